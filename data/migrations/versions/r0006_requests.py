"""What was granted to a ticket: extensions, suspensions, a waiver; and its returns after the deadline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("extensions", "suspensions", "late_returns"):
        op.add_column("ticket", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("waived", sa.Boolean(), nullable=False, server_default=sa.text("false")))
