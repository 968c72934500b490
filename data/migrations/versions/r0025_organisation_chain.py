"""Changes of the organisation are numbered without a gap and chained by hash.

What is there already is chained as it stands, in the order in which it was written. Whether somebody had changed it
before, nobody can say: an entry of this upgrade says up to where that is so. From then on every change of it shows.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ACTOR, KIND = "upgrade", "chained"
EVENTS = sa.table(
    "organisation_event",
    sa.column("centre_id", sa.BigInteger),
    sa.column("id", sa.BigInteger),
    sa.column("at", sa.BigInteger),
    sa.column("actor", sa.String),
    sa.column("kind", sa.String),
    sa.column("body", sa.JSON),
    sa.column("hash", sa.String),
)
HEADS = sa.table(
    "centre_seq",
    sa.column("centre_id", sa.BigInteger),
    sa.column("organisation_no", sa.BigInteger),
    sa.column("organisation_hash", sa.String),
)
PLAIN = ("centre_id", "id", "at", "actor", "kind", "body")


def upgrade() -> None:
    op.add_column("organisation_event", sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    op.add_column("centre_seq", sa.Column("organisation_hash", sa.String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    for centre in connection.execute(sa.select(HEADS.c.centre_id)).scalars().all():
        number, digest = chain(connection, int(centre))
        connection.execute(
            HEADS.update().where(HEADS.c.centre_id == centre).values(organisation_no=number, organisation_hash=digest)
        )


def chain(connection: sa.Connection, centre: int) -> tuple[int, str]:
    """Number and chain the entries of a centre, and put one behind them that says so; gives the head."""
    number, digest, newest = 0, "", 0
    rows = connection.execute(
        sa.select(EVENTS).where(EVENTS.c.centre_id == centre).order_by(EVENTS.c.id)
    ).mappings().all()  # fmt: skip
    for number, row in enumerate(rows, 1):
        entry = {**row, "id": number}
        digest, newest = hashed(digest, entry), max(newest, int(row["at"]))
        connection.execute(
            EVENTS.update().where(EVENTS.c.centre_id == centre, EVENTS.c.id == row["id"]).values(id=number, hash=digest)
        )
    if not number:
        return 0, ""
    # At the time of the newest one: an upgrade has no clock of its own.
    said = {"entries": number, "schema": revision}
    entry = {"centre_id": centre, "id": number + 1, "at": newest, "actor": ACTOR, "kind": KIND, "body": said}
    digest = hashed(digest, entry)
    connection.execute(EVENTS.insert().values(**entry, hash=digest))
    return number + 1, digest


def hashed(previous: str, entry: dict[str, Any]) -> str:
    """As the desk hashes it: SHA-256 over the hash before and the canonical JSON."""
    plain = {name: entry[name] for name in PLAIN}
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode("utf-8", "surrogatepass")).hexdigest()
