"""A made-up next release, so that upgrading can be tested: it makes a table anew."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection

import data.backup
import data.maintenance
import data.revision
import data.schema

HEAD = data.revision.HEAD
"""The revision that it follows."""
NEXT = "9000"

REVISION = f"""
import os, signal
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{NEXT}", "{HEAD}", None, None

def upgrade():
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("ticket", recreate=recreate) as batch:
        batch.add_column(sa.Column("weather", sa.String(20), nullable=True))
    if os.environ.get("DIE"):
        os.kill(os.getpid(), signal.SIGKILL)
    op.execute("UPDATE ticket SET weather = 'rain'")
    if os.environ.get("FAIL"):
        op.execute("UPDATE nothing SET x = 1")
"""


def install(folder: Path) -> None:
    """Make this process the next release; undo with monkeypatch, or end the process."""
    folder.mkdir(exist_ok=True)
    (folder / "next_weather.py").write_text(REVISION)
    usual = data.schema.config

    def config(connection: Connection) -> Config:
        made = usual(connection)
        own = Path(data.schema.__file__).parent / "migrations" / "versions"
        made.set_main_option("path_separator", "newline")
        made.set_main_option("version_locations", f"{own}\n{folder}")
        return made

    data.schema.config = config
    for module in (data.revision, data.schema, data.backup, data.maintenance):
        module.HEAD = NEXT
    known = (*data.revision.REVISIONS, NEXT)
    for module in (data.revision, data.schema, data.backup):
        module.REVISIONS = known
