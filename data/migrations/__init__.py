"""Alembic's revisions, run by `data.schema`."""
