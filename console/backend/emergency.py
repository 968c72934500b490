"""The centre's mode and logs as the screens show them. Personal data is masked here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from console.emergency_ports import CallView, EmergencyView, LogEntryView, ModeView, OwedReport
from console.i18n import _, language
from data.masking import mask_text
from data.queries import emergency as queries
from data.reader import Reader

if TYPE_CHECKING:
    from core.desk.actor import Actor
    from core.desk.desk import Desk

ENTRIES, CALLS = 8, 6
"""Entries of the log and first reports that the drawer goes back."""


def mode_view(reader: Reader, centre: int) -> ModeView | None:
    """The emergency that lasts, with what is owed upward next; None in normal times."""
    found = queries.mode(reader, centre)
    if found is None:
        return None
    owed = _owed(reader, centre, 1)
    reason, next_owed = mask_text(found.reason), owed[0] if owed else None
    return ModeView(found.grade, found.since, found.by, found.behalf, reason, found.ticket, next_owed)


def emergency_view(reader: Reader, centre: int) -> EmergencyView:
    """What the drawer shows."""
    from core.accountability.upward import Papers

    papers = Papers(reader, centre, language())
    entries = [
        LogEntryView(entry.number, entry.at, papers.entry(entry).replace("\n", "  "))
        for entry in queries.log(reader, centre, size=ENTRIES)
    ]
    calls = [_call(papers, queries.thread(reader, centre, first)) for first in _firsts(reader, centre)]
    return EmergencyView(mode_view(reader, centre), _owed(reader, centre, 20), tuple(reversed(entries)), tuple(calls))


def do_for_centre(desk: Desk, actor: Actor, verb: str, values: Mapping[str, object], key: str) -> str:
    """Carry out a deed on the centre; gives the sentence to show."""
    from core.desk.centre_desk import DEEDS, CentreDesk, read_centre_order

    order = read_centre_order(verb, values)
    receipt = CentreDesk(desk).do(order, actor, key)
    title = DEEDS[verb].en if language() == "en" else DEEDS[verb].zh
    return _("{deed}: done, entry {n} of the log").format(deed=title, n=receipt.number)


def _owed(reader: Reader, centre: int, size: int) -> tuple[OwedReport, ...]:
    return tuple(
        OwedReport(item.ticket, item.kind, item.due, item.warn) for item in queries.owed_upward(reader, centre, size)
    )


def _firsts(reader: Reader, centre: int) -> list[int]:
    return list(dict.fromkeys(call.first for call in queries.calls(reader, centre, CALLS)))


def _call(papers: object, thread: list[queries.Call]) -> CallView:
    from core.accountability.upward import Papers
    from core.rules.follow_up import FIELD_TITLES, known_so_far

    assert isinstance(papers, Papers)
    known = known_so_far([call._asdict() for call in thread], FIELD_TITLES)
    shown = {name: papers.field(name, said) for name, said in known.items()}
    newest = next((shown[name] for name in ("result", "course") if shown.get(name)), "")
    first = thread[0]
    return CallView(
        first.number, first.at, thread[-1].follow_no, shown.get("place", ""), newest, first.ticket, tuple(shown.items())
    )
