"""What an officer gives next: most of it on what they have just looked at, while others do the same."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from core.desk.desk import Desk
from core.desk.orders import Amend, Note, Order, Report
from core.desk.verbs.table import VERBS
from data.reader import Reader
from data.terms import PauseReason, ReturnReason
from tests.races.street import CENTRE

ORIGIN = "12345"
FRESH = 3
"""How many numbers of the other system are in the air at once, so that several officers register the same one."""

DRAWN: dict[str, dict[str, tuple[Any, ...]]] = {
    "accept": {},
    "assess": {"matter": ("BJ0101",), "urgency": (None, "urgent", "emergency")},
    "dispatch": {"to": ("CSGX", "GHJS"), "assist": ([], ["GHJS"])},
    "redispatch": {"to": ("CSGX", "GHJS"), "reason": ("换一家",)},
    "acknowledge": {},
    "arrive": {"people": (0, 2)},
    "handle": {"note": ("在办",)},
    "complete": {"outcome": ("办好了",), "open_assist_reason": ("不再需要",)},
    "check": {"passed": (False, True)},
    "call_back": {"result": ("dissatisfied",)},
    "return": {"code": tuple(ReturnReason), "reason": ("不是我们的",)},
    "remind": {"note": ("快",)},
    "supervise": {"off": (True, False)},
    "ask": {"note": ("请示",)},
    "pause": {"code": tuple(PauseReason), "reason": ("等料",)},
    "resume": {},
    "recompute": {"policy": (True, False)},
    "undo": {},
}
"""Verbs of a life that never ends here, with what is drawn for them."""


@dataclass(frozen=True)
class Seen:
    """A ticket as an officer saw it: one row, one instant."""

    code: str
    revision: int
    title: str

    @property
    def count(self) -> int:
        """The number that stands before the title: each correction writes the next one."""
        return int(self.title.partition(" ")[0])


def look(reader: Reader, code: str) -> Seen:
    """Read a ticket."""
    row = reader.one(
        "SELECT revision, title FROM ticket WHERE centre_id = :centre AND code = :code", centre=CENTRE, code=code
    )
    assert row is not None
    return Seen(code, int(row[0]), str(row[1]))


def draw(dice: Random, desk: Desk, who: str, seen: Seen, name: str, last: int) -> tuple[Order, int | None]:
    """An order, and the revision that it is given on; `last` is the newest external number that is in the air."""
    kind = dice.random()
    if kind < 0.4:
        # The next number over the one that was read: two that read the same one must not both be taken.
        return Amend(ticket=seen.code, title=f"{seen.count + 1} 由 {name} 更正"), seen.revision
    if kind < 0.5:
        return Note(ticket=seen.code, text=f"{name} 已电话告知"), None
    if kind < 0.6:
        number = max(last - dice.randrange(FRESH), 0)
        return Report(title=f"0 转办 {number}", origin=ORIGIN, external_id=f"R-{number}", community="C01"), None
    return _possible(dice, desk, who, seen) or (Note(ticket=seen.code, text=f"{name} 看过"), seen.revision)


def _possible(dice: Random, desk: Desk, who: str, seen: Seen) -> tuple[Order, int | None] | None:
    """Something that the desk calls possible now; by the time it is given, it may no longer be."""
    found = [one.verb.name for one in desk.possible(seen.code, desk.actor(who)) if one.allowed]
    verbs = [name for name in found if name in DRAWN]
    if not verbs:
        return None
    verb = dice.choice(verbs)
    values = {field: dice.choice(of) for field, of in DRAWN[verb].items()}
    return VERBS[verb].order(ticket=seen.code, **values), dice.choice((seen.revision, seen.revision, None))
