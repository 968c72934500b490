"""A store of an older release: rows of today, put into the tables of a revision."""

from __future__ import annotations

from sqlalchemy import column, insert, inspect
from sqlalchemy import table as lightweight

from data.schema import migrate
from data.store import Store
from data.transfer import parents_first


def make_older(source: Store, url: str, revision: str) -> None:
    """Make the tables of a revision at a located URL, and copy what they had then out of a store of today."""
    old = Store(url, create=True)
    with old.change_schema() as connection, source.read() as rows:
        migrate(connection, revision)
        names = set(inspect(connection).get_table_names())
        for table in parents_first():
            if table.name not in names:
                continue
            then = {one["name"] for one in inspect(connection).get_columns(table.name)}
            today = rows.execute(table.select().execution_options(fanout=True)).mappings()
            found = [{name: value for name, value in row.items() if name in then} for row in today]
            if found:
                old_columns = [column(one.name, one.type) for one in table.columns if one.name in then]
                connection.execute(insert(lightweight(table.name, *old_columns)), found)
    old.close()
