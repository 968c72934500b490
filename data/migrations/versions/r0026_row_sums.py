"""A checksum for each row of an embedded store; whoever migrates takes them of all rows at the commit."""

from __future__ import annotations

from alembic import op

from data.row_keeping import create_sums

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_sums(op.get_bind())
