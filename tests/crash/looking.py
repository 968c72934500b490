"""What is asked of a store, in processes of their own: whether it is whole, and what it holds."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import column, insert, inspect
from sqlalchemy import table as lightweight

from data.sqlite import driver

NOT_COMPARED = re.compile(r"search_|sqlite_|row_sum|lease$|session")
"""Tables that are derived and that the checks look after, or that name processes."""
_IDS = re.compile(r"\b\d{15,}\b")
_HASHES = re.compile(r"\b[0-9a-f]{16,64}\b")


def look(path: str) -> dict[str, Any]:
    """Both checks by the real command, and every row; the state is the same for stores that hold the same."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        codes = [_command([noun, command, "--store", path]) for noun, command in (("db", "check"), ("audit", "verify"))]
    rows = _rows(path)
    return {"check": codes[0], "verify": codes[1], "said": said.getvalue() if any(codes) else "", "rows": rows,
            "state": state_of(rows)}  # fmt: skip


def after(path: str, at: str, *argv: str) -> dict[str, Any]:
    """Look, type a command line once more, and look again: what whoever was not answered does."""
    from core.clock import SetClock

    first = look(path)
    said, complaints = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaints):
        code = _command(list(argv), SetClock(datetime.fromisoformat(at)))
    return {"first": first, "code": code, "out": said.getvalue(), "err": complaints.getvalue(), "last": look(path)}


def _command(argv: list[str], clock: Any = None) -> int:
    from console.cli import words
    from console.entry import main

    try:
        return main(argv, clock)
    finally:
        words.choose("")


def plain_rows(connection: Any) -> dict[str, list[str]]:
    """Every row of every table that is compared, as it is."""
    return {name: lines for name, lines in all_rows(connection).items() if not NOT_COMPARED.match(name)}


def all_rows(connection: Any) -> dict[str, list[str]]:
    """Every row of every table but the search index, as it is."""
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if not name.startswith("search_")
    ]
    return {name: sorted(repr(row) for row in connection.execute(f'SELECT * FROM "{name}"')) for name in names}


def rows_of(connection: Any) -> dict[str, list[str]]:
    """The same with ids by their order and without hashes, because they differ from run to run."""
    rows = plain_rows(connection)
    ids = sorted({int(found) for lines in rows.values() for line in lines for found in _IDS.findall(line)})
    order = {str(number): f"#{place}" for place, number in enumerate(ids)}

    def plain(line: str) -> str:
        return _HASHES.sub("~", _IDS.sub(lambda found: order[found.group()], line))

    return {name: sorted(map(plain, lines)) for name, lines in rows.items()}


def state_of(rows: dict[str, list[str]]) -> str:
    """One short word for all rows."""
    return hashlib.sha256(repr(sorted(rows.items())).encode()).hexdigest()[:16]


def state(path: str) -> str:
    """The state of a store of any release."""
    return state_of(_rows(path))


def _rows(path: str) -> dict[str, list[str]]:
    if not Path(path).exists():
        return {}
    connection = driver().connect(f"file:{quote(path)}?mode=rw", uri=True)
    try:
        return rows_of(connection)
    finally:
        connection.close()


# ------------------------------------------------------------------------------------------------ making


def make_street(path: str) -> None:
    """The small street, with nothing that has happened."""
    from data.location import locate
    from data.store import Store
    from tests.street import small_street

    store = Store(locate(path), create=True)
    small_street(store)
    store.close()


def make_old(path: str, revision: str) -> None:
    """A store of an older revision with a street and tickets: rows of today, as far as its tables had them then."""
    import core.desk.ledger
    from core.desk.orders import Accept, Report
    from data.location import locate
    from data.schema import migrate
    from data.store import Store
    from data.terms import Source
    from data.transfer import parents_first
    from tests.street import small_street

    core.desk.ledger.fresh_salt = str  # type: ignore[attr-defined] # events had no salts then
    today = Store(locate(f"{path}.today"), create=True)
    desk = small_street(today)
    duty = desk.actor("zhang")
    for title in ("井盖缺失", "路灯不亮", "道路坑洼"):
        desk.do(Report(title=title, source=Source.PHONE, community="C01"), duty)
    desk.do(Accept(ticket="20261120-0001"), duty)
    old = Store(locate(path), create=True)
    with old.change_schema() as connection, today.read() as rows:
        migrate(connection, revision)
        known = set(inspect(connection).get_table_names())
        for table in parents_first():
            if table.name not in known:
                continue
            then = {one["name"] for one in inspect(connection).get_columns(table.name)}
            all_rows = rows.execute(table.select().execution_options(fanout=True)).mappings()
            found = [{name: value for name, value in row.items() if name in then} for row in all_rows]
            if found:
                columns = [column(one.name, one.type) for one in table.columns if one.name in then]
                connection.execute(insert(lightweight(table.name, *columns)), found)
    old.close()
    today.close()
    for file in Path(path).parent.glob(f"{Path(path).name}.today*"):
        file.unlink()
