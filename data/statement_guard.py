"""Watches an SQLAlchemy engine and refuses statements that are not pinned to a centre (see `data.pinning`).

For tests and trials: on with ZHIHUI_GUARD=1 for every store that is opened. A statement over all centres says so with
`execution_options(fanout=True)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BinaryExpression, BindParameter, ColumnElement, Delete, Engine, Insert, Table, Update, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.expression import FromClause, SelectBase

from data.pinning import TENANT_TABLES, unpinned

ENVIRONMENT = "ZHIHUI_GUARD"
COLUMN = "centre_id"


class NotPinned(AssertionError):
    """A statement on a tenant table that does not say which centre, nor that it means all."""


def watch(engine: Engine) -> None:
    """Refuse, with NotPinned, each statement of this engine that is not pinned."""

    @event.listens_for(engine, "before_execute")
    def _check(
        _connection: Any, statement: Any, many: Sequence[Any], one: Mapping[str, Any], options: Mapping[str, Any]
    ) -> None:
        if options.get("fanout"):
            return
        loose = loose_table(statement, [*many, one])
        if loose:
            raise NotPinned(f"{loose} is not pinned to a centre, nor is fanout=True said: {statement}")


def loose_table(statement: Any, parameters: Sequence[Mapping[str, Any]] = ()) -> str:
    """The tenant table that a statement leaves unpinned, or an empty text."""
    if isinstance(statement, TextClause):
        return unpinned(statement.text)
    if isinstance(statement, Insert):
        return _loose_insert(statement, parameters)
    if isinstance(statement, Update | Delete | SelectBase):
        return _Pins(statement).loose()
    return ""


def _loose_insert(statement: Insert, parameters: Sequence[Mapping[str, Any]]) -> str:
    """An INSERT names its centre among its values; one from a SELECT is as pinned as that."""
    target = statement.table
    if not isinstance(target, Table) or target.name not in TENANT_TABLES:
        return ""
    if statement.select is not None:
        names = [str(name) for name in statement._select_names or ()]
        return _Pins(statement.select).loose() if COLUMN in names else target.name
    given: set[str] = {str(getattr(key, "key", key)) for key in statement._values or {}}
    for rows in statement._multi_values:
        given |= {str(getattr(key, "key", key)) for key in next(iter(rows), {})}
    given |= {name for row in parameters for name in row}
    return "" if COLUMN in given else target.name


class _Pins:
    """Which of a statement's sources are tied to one centre, directly or through a join on centre_id."""

    def __init__(self, statement: Any) -> None:
        self._sources: set[str] = set()
        self._ties: list[tuple[set[str], set[str]]] = []
        self._pinned: set[str] = set()
        for element in visitors.iterate(statement):
            if isinstance(element, FromClause):
                self._sources.update(_tenant_name(element))
            elif isinstance(element, BinaryExpression) and element.operator is operators.eq:
                self._tie(element)

    def loose(self) -> str:
        """A source that is not tied to a centre, or an empty text."""
        pinned = set(self._pinned)
        grown = True
        while grown:
            grown = False
            for left, right in self._ties:
                if (left & pinned or right & pinned) and not (left | right) <= pinned:
                    pinned |= left | right
                    grown = True
        return next(iter(sorted(self._sources - pinned)), "")

    def _tie(self, equal: BinaryExpression[Any]) -> None:
        left, right = set(_centres(equal.left)), set(_centres(equal.right))
        if left and right:
            self._ties.append((left, right))
        elif left and isinstance(equal.right, BindParameter):
            self._pinned |= left
        elif right and isinstance(equal.left, BindParameter):
            self._pinned |= right


def _centres(column: ColumnElement[Any]) -> Iterator[str]:
    """The sources whose centre_id a column is; a subquery's column stands for those that it hands on."""
    for origin in getattr(column, "proxy_set", ()):
        if getattr(origin, "name", "") == COLUMN and getattr(origin, "table", None) is not None:
            yield from _tenant_name(origin.table)


def _tenant_name(source: Any) -> Iterator[str]:
    """A tenant table's own name, or the alias that it goes by in the statement."""
    if isinstance(source, Table):
        if source.name in TENANT_TABLES:
            yield source.name
        return
    element = getattr(source, "element", None)
    if isinstance(element, Table) and element.name in TENANT_TABLES:
        yield str(source.name)
