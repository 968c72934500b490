"""What one officer may read, put under every statement of a reader in one place.

A reader that has a `Scoping` sees no table of tickets as it is: each statement gets common table expressions of the
same names in front, which hold what the officer may see. Whoever writes a query need not think of it, and cannot
forget it. `core.rules.visibility` says the same as a pure rule; a test holds the two against each other.

Two forms of one condition: a page (a statement with LIMIT) is driven from the set of ids that indexes give, anything
else names its tickets itself and each is looked at. Who sees a good part of the centre walks the list as the desk does:
a page is full before the set would be made.
"""

from __future__ import annotations

import re

from data.scope import GIVEN, LIVE, URGENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from data.reader import Reader
    from data.scope import Scope


CONTACT = ("reporter_name", "reporter_phone")
CONTENT = (
    *("title", "body", "address", *CONTACT),
    *("matter_code", "outcome", "public_reply", "reason", "affair", "satisfaction", "external_id"),
)
"""Columns of a ticket that say what it is about."""
TICKET = (
    *("centre_id", "id", "code", "origin", "external_id", "source", "title", "body", "address", "reporter_name"),
    *("reporter_phone", "confidential", "matter_code", "matter_version", "limit_no", "policy_version"),
    *("calendar_version", "section", "community_id", "grid_id", "urgency", "affair", "stage", "tier", "holder"),
    *("holder_unit_id", "holder_officer_id", "lead_unit_id", "pending", "supervised", "direct", "bounces"),
    *("reworks", "reminders", "hops", "revision", "reported_at", "accepted_at", "dispatched_at", "completed_at"),
    *("closed_at", "official_due_at", "due_at", "due_kind", "warn_at", "final_due_at", "on_time", "outcome"),
    *("public_reply", "satisfaction", "reason", "facts", "open", "updated_at", "parent_id", "extensions"),
    *("suspensions", "late_returns", "waived"),
)
TASK = (
    *("centre_id", "id", "ticket_id", "no", "role", "unit_id", "officer_id", "state", "instruction", "sent_at"),
    *("acknowledged_at", "arrived_at", "done_at", "people", "result", "reason", "addressed"),
)
TASK_CONTENT = ("instruction", "result", "reason")

LINES = ("clock", "clock_due", "custody", "ladder_step", "notice")
"""Tables without content: who sees a ticket's line, sees its rows."""
WHOLE = (
    *("ticket_event", "ticket_text", "request", "phone_record", "handover_note", "meeting", "attendee", "resolution"),
    *("consultation", "opinion", "publication", "mediation", "review", "lesson", "follow_up", "ticket_reader"),
)
"""Tables with content: who does not see a ticket's content, sees none of its rows."""
UNSCOPED = ("emergency", "hazard", "broadcast", "device_alert", "erasure", "legal_hold")
"""Tables that may name a ticket and are the centre's own: rows of the table of permissions guard them."""
SEALED = "sealed_ticket"
"""Ids of the tickets whose content this officer may not see, for a count that no ticket's row takes part in."""

PART = 20
"""Who sees one in so many open tickets, walks the list."""
KEPT = 500
"""Statements whose text is kept; lists by id make new ones all the time."""

_WORD = re.compile(r"[a-z_]+")
_STAR = re.compile(r"SELECT \*|\b[a-z]+\.\*")
_SCOPED = re.compile(rf"\b(?:FROM|JOIN|,)\s+({'|'.join(('ticket', 'task', 'centre_stat', SEALED, *LINES, *WHOLE))})\b")


class Scoping:
    """Puts what an officer may see under each statement of a reader."""

    def __init__(self, find: Callable[[Reader, int], Scope]) -> None:
        """`find` gives the scope in a centre; it is asked again after `forget`."""
        self._find = find
        self._known: dict[int, _Expressions] = {}
        self._home: str | None = None

    def forget(self) -> None:
        """Somebody else acts, or roles have changed."""
        self._known = {}

    def scope(self, reader: Reader, centre: int) -> Scope:
        """How far the officer sees in a centre."""
        return self._expressions(reader, centre).scope

    def applied(self, reader: Reader, sql: str, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """The statement with its expressions and the values with theirs."""
        centre = values.get("centre")
        if centre is None or not _SCOPED.search(sql):
            return sql, values
        known = self._expressions(reader, centre)
        return known.statement(sql, values.get("dimension", "")), {**values, **known.values}

    def _expressions(self, reader: Reader, centre: int) -> _Expressions:
        cache = self._known  # what is found for one officer must not be kept for the next: `forget` makes another
        known = cache.get(centre)
        if known is None:
            if self._home is None:
                self._home = "main" if reader.sqlite else f'"{_schema(reader)}"'
            scope = self._find(reader, centre)
            dense = not scope.whole and _dense(reader, centre, scope)
            known = cache[centre] = _Expressions(scope, self._home, reader.sqlite, dense)
        return known


def _dense(reader: Reader, centre: int, scope: Scope) -> bool:
    """Whether a good part of the open tickets is seen, by the kept counters."""
    items = {
        *(("open_section", code) for code in scope.sections),
        *(("open_community", str(number)) for number in scope.communities),
        *(("open_grid", str(number)) for number in scope.grids),
        *(("open_unit", str(number)) for number in scope.units),
    }
    kept = reader.bare_rows(
        "SELECT dimension, item, amount FROM centre_stat WHERE centre_id = :centre AND dimension LIKE 'open%'",
        centre=centre,
    )
    total = sum(amount for dimension, _item, amount in kept if dimension == "open")
    most = max([0, *(int(amount) for *key, amount in kept if tuple(key) in items)])
    return bool(total) and most * PART >= total


def _schema(reader: Reader) -> str:
    row = reader.one("SELECT current_schema()", fanout=True)
    assert row is not None
    return str(row[0])


class _Expressions:
    """The common table expressions of one scope; `home` is the schema where the tables themselves are."""

    def __init__(self, scope: Scope, home: str, sqlite: bool, dense: bool) -> None:
        self.scope = scope
        self._dense = dense
        self._home = home
        self._sqlite = sqlite
        self._texts: dict[tuple[str, str], str] = {}
        self.values: dict[str, Any] = {}
        if scope.officer_id is not None:
            self.values["sight_officer"] = scope.officer_id
        self.values.update({f"sight_section{number}": code for number, code in enumerate(scope.sections)})

    def statement(self, sql: str, dimension: str = "") -> str:
        """The statement with the expressions that it needs in front; of the counters only `dimension` if given."""
        found = self._texts.get((sql, dimension))
        if found is None:
            if len(self._texts) >= KEPT:
                self._texts = {}
            found = self._texts[sql, dimension] = self._before(sql, dimension)
        return found

    def _before(self, sql: str, dimension: str) -> str:
        names = set(_SCOPED.findall(sql))
        if "centre_stat" in names and not self.scope.counts:
            names.add("ticket")
        page, taken = "LIMIT" in sql, _taken(sql)
        parts = [f"{name} AS NOT MATERIALIZED ({found})" for name in sorted(names, key=_rank)
                 if (found := self._expression(name, page, taken, dimension))]  # fmt: skip
        if not parts:
            return sql
        body = sql.strip()
        if body[:5].upper() == "WITH ":
            return f"WITH {', '.join(parts)}, {body[5:]}"
        return f"WITH {', '.join(parts)} {body}"

    def _expression(self, name: str, page: bool, taken: frozenset[str], dimension: str) -> str:
        if name == "ticket":
            return self._ticket(page, taken)
        if name == "task":
            return self._task(taken)
        if name == "centre_stat":
            return "" if self.scope.counts else _counted(dimension)
        if name == SEALED:
            return f"SELECT t.id FROM {self._home}.ticket t WHERE t.centre_id = :centre AND {self._sealed()}"
        return self._hung(name)

    def _ticket(self, page: bool, taken: frozenset[str]) -> str:
        sealed = self._sealed()
        shown = []
        for column in TICKET:
            if column in CONTENT and column not in taken:
                continue
            hidden = sealed if column in CONTENT else ""
            if column in CONTACT and not self.scope.contacts:
                hidden = f"{sealed} OR NOT ({self._own_task(LIVE)})"
            if column == "facts" and column in taken:
                empty = "'{}'" if self._sqlite else "CAST('{}' AS JSON)"
                shown.append(f"CASE WHEN {sealed} THEN {empty} ELSE t.facts END AS facts")
            else:
                shown.append(f"CASE WHEN {hidden} THEN '' ELSE t.{column} END AS {column}" if hidden else f"t.{column}")
        where = "" if self.scope.whole else f" AND {self._seen(page)}"
        return f"SELECT {', '.join(shown)} FROM {self._home}.ticket t WHERE t.centre_id = :centre{where}"

    def _task(self, taken: frozenset[str]) -> str:
        ticket = f"FROM {self._home}.ticket t WHERE t.centre_id = h.centre_id AND t.id = h.ticket_id"
        sealed = f"EXISTS (SELECT 1 {ticket} AND {self._sealed()})"
        shown = ", ".join(
            f"CASE WHEN {sealed} THEN '' ELSE h.{column} END AS {column}" if column in TASK_CONTENT else f"h.{column}"
            for column in TASK
            if column in taken or column not in TASK_CONTENT
        )
        where = "" if self.scope.whole else f" AND EXISTS (SELECT 1 {ticket} AND {self._seen(False)})"
        return f"SELECT {shown} FROM {self._home}.task h WHERE h.centre_id = :centre{where}"

    def _hung(self, name: str) -> str:
        """Rows that hang on a ticket; those that hang on none, such as the centre's own log, stay."""
        ticket = f"FROM {self._home}.ticket t WHERE t.centre_id = h.centre_id AND t.id = h.ticket_id"
        rows = f"SELECT h.* FROM {self._home}.{name} h WHERE h.centre_id = :centre AND "
        if self.scope.whole:
            return "" if name in LINES else f"{rows}NOT EXISTS (SELECT 1 {ticket} AND {self._sealed()})"
        seen = self._seen(False) + ("" if name in LINES else f" AND NOT ({self._sealed()})")
        mine = "h.officer_id = :sight_officer OR " if name == "notice" else ""
        return f"{rows}({mine}coalesce(h.ticket_id, 0) = 0 OR EXISTS (SELECT 1 {ticket} AND {seen}))"

    # ---------------------------------------------------------------------------------------- conditions on ticket t

    def _sealed(self) -> str:
        """Confidential, and this officer is not among those who see it."""
        return f"(t.confidential AND NOT ({self._named()}))" if self.scope.officer_id is not None else "t.confidential"

    def _named(self) -> str:
        """Named by a leader, in charge of a task, or the one who took it down."""
        return (
            f"{self._reader()} OR EXISTS (SELECT 1 FROM {self._home}.task k WHERE k.centre_id = t.centre_id"
            f" AND k.ticket_id = t.id AND k.officer_id = :sight_officer AND k.state IN {LIVE})"
            f" OR EXISTS (SELECT 1 FROM {self._home}.ticket_event e WHERE e.centre_id = t.centre_id"
            " AND e.ticket_id = t.id AND e.seq = 1 AND e.actor_id = :sight_officer)"
        )

    def _reader(self) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {self._home}.ticket_reader r WHERE r.centre_id = t.centre_id"
            " AND r.ticket_id = t.id AND r.officer_id = :sight_officer AND r.until_at IS NULL)"
        )

    def _own_task(self, states: tuple[str, ...]) -> str:
        """A task of the officer's units, or one that the officer has by name."""
        return (
            f"EXISTS (SELECT 1 FROM {self._home}.task k WHERE k.centre_id = t.centre_id AND k.ticket_id = t.id"
            f" AND k.state IN {states} AND (k.officer_id = :sight_officer"
            f" OR (k.addressed = '' AND k.unit_id IN {_ids(self.scope.units)})))"
        )

    def _seen(self, page: bool) -> str:
        """In the officer's scope; of confidential tickets those that the officer is named on or must acknowledge."""
        if self.scope.nothing:
            return "1 = 0"
        inside = f"t.id IN ({self._set()})" if page and not self._dense else f"({self._inside()})"
        return f"{inside} AND (NOT t.confidential OR {self._named()} OR {self._own_task(LIVE)})"

    def _inside(self) -> str:
        scope = self.scope
        parts = [self._own_task(GIVEN), self._reader()]
        if scope.sections:
            parts.append(f"t.section IN ({self._sections()})")
        if scope.communities:
            parts.append(f"t.community_id IN {_ids(scope.communities)}")
        if scope.grids:
            parts.append(f"t.grid_id IN {_ids(scope.grids)}")
        if scope.units:
            parts.append(f"(t.open = 1 AND t.holder_unit_id IN {_ids(scope.units)})")
        if scope.urgent:
            parts.append(f"(t.open = 1 AND t.urgency IN {URGENT})")
        return " OR ".join(parts)

    def _set(self) -> str:
        """The ids of the same tickets; each part is answered by an index."""
        scope, home = self.scope, self._home
        ticket = f"SELECT s.id FROM {home}.ticket s WHERE s.centre_id = :centre AND "
        task = f"SELECT k.ticket_id FROM {home}.task k WHERE k.centre_id = :centre AND k.state IN {GIVEN} AND "
        parts = [
            f"{task}k.officer_id = :sight_officer",
            f"SELECT r.ticket_id FROM {home}.ticket_reader r WHERE r.centre_id = :centre"
            " AND r.officer_id = :sight_officer AND r.until_at IS NULL",
        ]
        if scope.units:
            parts.append(f"{task}k.addressed = '' AND k.unit_id IN {_ids(scope.units)}")
            parts.append(f"{ticket}s.open = 1 AND s.holder_unit_id IN {_ids(scope.units)}")
        if scope.sections:
            parts.append(f"{ticket}s.section IN ({self._sections()})")
        if scope.communities:
            parts.append(f"{ticket}s.community_id IN {_ids(scope.communities)}")
        if scope.grids:
            parts.append(f"{ticket}s.grid_id IN {_ids(scope.grids)}")
        if scope.urgent:
            parts.append(f"{ticket}s.open = 1 AND s.urgency IN {URGENT}")
        return " UNION ".join(parts)

    def _sections(self) -> str:
        return ", ".join(f":sight_section{number}" for number in range(len(self.scope.sections)))


def _ids(numbers: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, numbers)) or 'NULL'})"


def _counted(only: str) -> str:
    """The kept counters, counted over the tickets that are seen: an expression that `ticket` stands before."""
    from data.counting import DIMENSIONS

    return " UNION ALL ".join(
        f"SELECT :centre AS centre_id, '{name}' AS dimension, CAST({line.item} AS TEXT) AS item, count(*) AS amount"
        f" FROM ticket WHERE centre_id = :centre{f' AND {line.where}' if line.where else ''} GROUP BY 3"
        for name, line in DIMENSIONS.items()
        if only in ("", name)
    )


def _taken(sql: str) -> frozenset[str]:
    """The columns with content that a statement names: what it does not name is not worth a condition.

    One that takes single facts by name takes the grade and the state of a review, and neither is content.
    """
    words = frozenset(_WORD.findall(sql))
    every = words if not _STAR.search(sql) else words.union(CONTENT, TASK_CONTENT, ("facts",))
    return every - {"facts"} if "->>" in sql else every


def _rank(name: str) -> tuple[bool, str]:
    return name == "centre_stat", name
