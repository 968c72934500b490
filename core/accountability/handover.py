"""A handover as it is read: the pack as it was, who made, gave and signed it, and the notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.accountability.handover_pack import Pack, make_pack
from core.accountability.handover_refusals import ACCEPT, GIVE, PACK, refusals
from core.accountability.lookup import Lookup
from core.rules.handover import DESK_SHIFT_ROLES, OWED_FOR, Change, change_for, changes_of, shifts_of
from core.rules.why import Why
from data.daily_copies import newest_day
from data.errors import NotFound
from data.handover_terms import HandoverState
from data.location import is_sqlite, sqlite_path
from data.queries import handovers as queries
from data.queries.handovers import HandoverLine, NoteLine
from data.reader import Reader


@dataclass(frozen=True)
class HandoverView:
    """One handover; `names` are those of every officer that it mentions, by id."""

    line: HandoverLine
    notes: list[NoteLine]
    names: dict[int, str]

    @property
    def pack(self) -> Pack:
        """The pack as it was made; empty where nobody has made one."""
        return self.line.pack

    def name(self, officer: int | None) -> str:
        """The name of an officer; empty for none."""
        return self.names.get(officer, "") if officer is not None else ""

    def people(self, officers: list[int]) -> list[str]:
        """Names of officers."""
        return [self.name(one) for one in officers]


def view_of(reader: Reader, centre: int, number: int | None = None) -> HandoverView:
    """A handover with its notes, by default the newest. Raises NotFound."""
    chosen = queries.newest(reader, centre) if number is None else number
    if chosen is None:
        raise NotFound("handover-never", "还没有交接班记录。", "No shift has been handed over yet.")
    line = queries.handover(reader, centre, chosen)
    if line is None:
        raise NotFound("handover-unknown", f"没有第 {chosen} 号交接。", f"There is no handover {chosen}.")
    return HandoverView(line, queries.notes(reader, centre, chosen), names_in(reader, centre, [line]))


def names_in(reader: Reader, centre: int, lines: list[HandoverLine]) -> dict[int, str]:
    """Names of all officers in some handovers."""
    ids: set[int | None] = set()
    for line in lines:
        ids |= {*line.leaving, *line.incoming, *line.bound, line.made_by, line.given_by, line.answered_by}
    return Lookup(reader, centre).officers(ids)


def preview(reader: Reader, centre: int, at: int, officer: int | None) -> Pack:
    """The pack as it would be made now by an officer; nothing is kept."""
    with reader.steady():
        copy = newest_day(sqlite_path(reader.url)) if is_sqlite(reader.url) else None
        return make_pack(reader, centre, at, change_now(reader, centre, at, officer), copy)


def change_now(reader: Reader, centre: int, at: int, officer: int | None) -> Change | None:
    """The change of shift that an officer would hand over now."""
    changes = changes_of(shifts_of(queries.desk_times(reader, centre, at, DESK_SHIFT_ROLES)))
    signed = queries.known_changes(reader, centre, at - OWED_FOR, signed=True)
    return change_for(changes, at, officer, signed)


def record_of(view: HandoverView) -> dict[str, Any]:
    """Everything about a handover in plain values; officers by name, instants in epoch seconds."""
    line = view.line
    return {
        **summary_of(line, view.names),
        "words": line.words,
        "pack": line.pack,
        "notes": [{name: value for name, value in note._asdict().items() if name != "number"} for note in view.notes],
    }


def summary_of(line: HandoverLine, names: dict[int, str]) -> dict[str, Any]:
    """One line of the history."""

    def name(officer: int | None) -> str:
        return names.get(officer, "") if officer is not None else ""

    return {
        "number": line.number,
        "state": line.state,
        "change_at": line.change_at,
        "attempt": line.attempt,
        "leaving": [name(one) for one in line.leaving],
        "incoming": [name(one) for one in line.incoming],
        "made_at": line.made_at,
        "made_by": name(line.made_by),
        "given_at": line.given_at,
        "given_by": name(line.given_by),
        "answered_at": line.answered_at,
        "answered_by": name(line.answered_by),
        "bound": [name(one) for one in line.bound],
        "step": line.step,
        "pack_hash": line.pack_hash,
    }


@dataclass(frozen=True)
class UnderWay:
    """What there is to do about the change of shift: the handover, or a pack that nobody made yet."""

    view: HandoverView | None
    pack: Pack
    next: str
    """What comes next, whoever does it: pack, give or accept."""
    own: bool
    """Whether it is this officer's turn; a leader may do it for them as well."""
    refused: dict[str, Why]
    """Act → why this officer cannot do it now."""


def under_way(reader: Reader, centre: int, at: int, officer: int | None, senior: bool) -> UnderWay:
    """The newest handover that was made and is not signed, else how a pack would look now.

    `officer` is who looks, None for nobody who could act; `senior` whether a leader's role is held.
    """
    waiting = next(iter(queries.unsigned(reader, centre)), None)
    if waiting is not None and waiting.state not in (HandoverState.MADE, HandoverState.GIVEN):
        waiting = None
    change = change_now(reader, centre, at, officer)
    refused = {} if officer is None else refusals(reader, centre, at, officer, senior, change, waiting)
    if waiting is None:
        own = officer is not None and (change is None or officer in change.leaving.officers)
        return UnderWay(None, preview(reader, centre, at, officer), PACK, own and PACK not in refused, refused)
    view, given = view_of(reader, centre, waiting.number), waiting.state == HandoverState.GIVEN
    leaves = officer in {waiting.made_by, waiting.given_by, *waiting.leaving}
    act = ACCEPT if given else GIVE
    return UnderWay(view, view.pack, act, officer is not None and given != leaves and act not in refused, refused)
