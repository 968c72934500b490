"""What the lists did: certificates that were refused, tasks that were sent although the lists stop them.

Domain rows 1-22 and 1-23. Counted from the log, so that a later version of the lists changes nothing; a step that was
undone later is counted as well, because it was decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.accountability.lookup import plain
from core.accountability.period import Period
from data.reader import Reader
from data.terms import Term


class ListDeed(Term):
    """What came of a guard."""

    REFUSED = "refused", "不予出具证明", "certificate refused"
    OVERRIDDEN = "overridden", "突破清单派出", "sent although stopped"
    EMERGENCY = "emergency", "特急未拦截", "emergency, not stopped"


class ListCase(NamedTuple):
    """One time that a guard was decided on. `stop` is its code; `listed` the list and the code of the row."""

    deed: str
    at: int
    ticket: str
    verb: str
    actor: str
    stop: str
    unit: str
    listed: str
    name: str
    """The certificate; for a task the matter's code."""
    reason: str


class ListLine(NamedTuple):
    """How often, of one kind and one row of the lists or one matter."""

    deed: str
    stop: str
    listed: str
    name: str
    times: int
    tickets: int


_EVENTS = """
SELECT e.at, t.code, e.kind, e.actor, e.body, t.matter_code
FROM ticket_event e JOIN ticket t ON t.centre_id = e.centre_id AND t.id = e.ticket_id
WHERE e.centre_id = :centre AND e.at >= :begin AND e.at < :end
    AND e.kind IN ('refuse', 'dispatch', 'redispatch', 'add_task', 'hand_down')
    AND (CAST(e.body AS TEXT) LIKE :stopped OR CAST(e.body AS TEXT) LIKE :certificate)
ORDER BY e.at, e.id
"""


def list_cases(reader: Reader, centre: int, period: Period | None = None) -> list[ListCase]:
    """Every refused certificate and every overridden guard of a period, by default of all time."""
    begin, end = (period.from_at, period.to_at) if period else (0, 1 << 62)
    rows = reader.rows(
        _EVENTS, centre=centre, begin=begin, end=end, stopped='%"stopped"%', certificate='%"certificate"%'
    )
    found = []
    for at, ticket, verb, actor, stored, matter in rows:
        body = plain(stored)
        if "certificate" in body:
            found.append(ListCase(ListDeed.REFUSED.value, at, ticket, verb, actor, "certificate-not-issued", "",
                                  body["listed"], body["certificate"], body["reason"]))  # fmt: skip
        elif "stopped" in body:
            deed = ListDeed.EMERGENCY if body.get("emergency") else ListDeed.OVERRIDDEN
            found.append(ListCase(deed.value, at, ticket, verb, actor, body["stopped"], body["stopped_for"],
                                  body.get("listed", ""), matter, body.get("override", "")))  # fmt: skip
    return found


def list_report(cases: Sequence[ListCase]) -> list[ListLine]:
    """The cases counted, the most frequent first."""
    groups: dict[tuple[str, str, str, str], list[ListCase]] = {}
    for case in cases:
        groups.setdefault((case.deed, case.stop, case.listed, case.name), []).append(case)
    lines = [ListLine(*key, len(found), len({case.ticket for case in found})) for key, found in groups.items()]
    return sorted(lines, key=lambda line: (line.deed, -line.times, line.listed, line.name))
