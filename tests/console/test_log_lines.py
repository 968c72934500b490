"""Lines of logs: no number and no name in a message, none in what an error quotes."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from console.log_lines import LogLines
from data.engines import postgres_engine, sqlite_engine
from tests.console.cli.canaries import SHORT, leaks


def written(error: BaseException | None) -> str:
    """A line about planted data, with an error or without."""
    info = (type(error), error, None) if error is not None else None
    return LogLines().format(logging.LogRecord("zhihui.engine", 40, "", 0, "the ticket of %s", (SHORT,), info))


def test_a_message_is_masked_and_an_error_is_only_placed() -> None:
    try:
        raise ValueError(SHORT)
    except ValueError as error:
        line = written(error)
    assert leaks(line) == []
    assert "builtins.ValueError" in line
    assert "test_log_lines.py" in line
    assert "139****1234" in written(None)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def test_a_statement_that_fails_does_not_say_with_what(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if engine == "sqlite":
        path = tmp_path / "s.db"
        path.touch()
        made = sqlite_engine(str(path))
    else:
        made = postgres_engine(request.getfixturevalue("postgres_database"))
    with pytest.raises(DBAPIError, match="no_such_function") as raised, made.connect() as connection:
        connection.execute(text("SELECT no_such_function(CAST(:said AS text))"), {"said": SHORT})
    assert leaks(str(raised.value)) == []
    made.dispose()
