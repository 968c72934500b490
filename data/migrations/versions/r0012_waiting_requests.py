"""An index of the clocks of requests, so that what waits for a decision is found without walking all clocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    condition = sa.text("kind = 'request'")
    columns = ["centre_id", "state", "due_at", "id"]
    op.create_index("ix_clock_request", "clock", columns, sqlite_where=condition, postgresql_where=condition)
