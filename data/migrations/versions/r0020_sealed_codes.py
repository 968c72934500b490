"""Room for the sealed secret of one-time codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.alter_column("totp_secret", existing_type=sa.String(64), type_=sa.String(200), existing_nullable=False)
