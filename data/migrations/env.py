"""Runs revisions on a connection that `data.schema` hands over, inside its transaction.

There is no offline mode and no alembic.ini: the program itself is the only one who migrates.
"""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import data.tables  # noqa: F401 - registers the tables
from data.revision import VERSION_TABLE

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
