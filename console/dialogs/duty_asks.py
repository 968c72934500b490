"""Drawers for leave and exchanges of shifts: all that was asked for, and one with what it means for the roster."""

from __future__ import annotations

from collections.abc import Sequence

from console.dialogs.watch import DigitsDrawer, when
from console.duty_ask_ports import DutyAskRow, DutyAskView, StandInRow
from console.i18n import _, language
from console.terminal.legible import clean
from console.widgets.columns import term
from console.widgets.fields import FieldSpec
from console.widgets.lines import Line, text_line
from data.duty_terms import WAITING_ASKS, DutyAsk, DutyAskState

LEAVE, EXCHANGE = "ask_leave", "ask_exchange"
GRANT, DECLINE, AGREE, WITHDRAW = "grant", "decline", "agree", "withdraw"
"""Answers; for a line of the list it is `ask N`."""


def asks_drawer(found: Sequence[DutyAskRow], zone: str, read_only: bool) -> DigitsDrawer:
    """What waits first, then the newest."""

    def lines(_width: int) -> list[Line]:
        waiting = [row for row in found if row.state in WAITING_ASKS]
        shown = [text_line(_("Waiting: {n}").format(n=len(waiting)), "title")]
        shown += [_line(row, zone) for row in waiting] or [text_line(_(" nothing"), "muted")]
        shown.append(text_line(_("Decided"), "title"))
        return shown + (
            [_line(row, zone) for row in found if row not in waiting] or [text_line(_(" nothing"), "muted")]
        )

    digits = ((LEAVE, _("ask for leave")), (EXCHANGE, _("exchange a shift")))
    return DigitsDrawer(_("Leave and exchanges"), lines, digits, _("Enter opens"), read_only)


def ask_drawer(found: DutyAskView, zone: str, read_only: bool) -> DigitsDrawer:
    """One request: who, when, why; who stands in, and what would be wrong."""
    row = found.row

    def lines(_width: int) -> list[Line]:
        spoken = language()
        facts = (
            (_("Who"), row.who),
            (_("With"), row.other),
            (_("When"), _times(row, zone)),
            (_("State"), term(DutyAskState, row.state, spoken)),
            (_("Reason"), row.reason),
            (_("Asked by"), found.asked_by if found.asked_by != row.who else ""),
            (_("Decided by"), found.decided_by),
            (_("Remark"), found.words),
        )
        shown = [text_line(f" {title}  {clean(text, 200)}") for title, text in facts if text]
        if found.stand_ins:
            shown.append(text_line(_("Who stands in"), "title"))
            shown += [_stand_in(one, zone) for one in found.stand_ins]
        if found.gaps:
            shown.append(text_line(_("What is wrong then"), "title"))
        for begin, end, what in found.gaps:
            shown.append(text_line(f" ! {when(begin, zone)} - {when(end, zone)}  {clean(what, 120)}", "late"))
        return shown

    heading = f"{term(DutyAsk, row.kind, language())}  {row.number}"
    return DigitsDrawer(heading, lines, _digits(row), "", read_only)


def _digits(row: DutyAskRow) -> tuple[tuple[str, str], ...]:
    """What can be done to it as it stands; whether by this officer, the centre's desk says."""
    withdraw = (WITHDRAW, _("withdraw"))
    if row.state not in WAITING_ASKS:
        return (withdraw,) if (row.kind, row.state) == (DutyAsk.LEAVE, DutyAskState.GRANTED) else ()
    agrees = row.kind == DutyAsk.EXCHANGE and row.state == DutyAskState.ASKED
    return (AGREE, _("agree")) if agrees else (GRANT, _("grant")), (DECLINE, _("decline")), withdraw


def _line(row: DutyAskRow, zone: str) -> Line:
    spoken = language()
    waits = row.state in WAITING_ASKS
    head = f"{row.number:>4} {term(DutyAsk, row.kind, spoken)} {term(DutyAskState, row.state, spoken)}"
    with_whom = f" ⇄ {clean(row.other, 20)}" if row.other else ""
    rest = f"  {clean(row.who, 20)}{with_whom}  {_times(row, zone)}  "
    return Line(
        ((head, "soon" if waits else "muted"), (rest, ""), (clean(row.reason, 60), "muted")), f"ask {row.number}"
    )


def _times(row: DutyAskRow, zone: str) -> str:
    if row.turns:
        return " ⇄ ".join(when(at, zone) for at in row.turns)
    return f"{when(row.from_at, zone)} - {when(row.to_at, zone)}"


def _stand_in(one: StandInRow, zone: str) -> Line:
    people = _(", ").join(clean(name, 20) for name in one.people)
    until = when(one.to_at, zone) if one.to_at is not None else ""
    head = f" {when(one.from_at, zone)} - {until}  {clean(one.name, 30)}  "
    return Line(((head, ""), (people, "") if people else (_("! nobody"), "late")))


def leave_form() -> tuple[FieldSpec, ...]:
    """A leave; a day as its end is included."""
    return (
        FieldSpec("since", _("From"), hint=_("like 2026-12-01 or 2026-12-01T18:00; empty: now")),
        FieldSpec("until", _("Until"), required=True, hint=_("a day alone is included")),
        FieldSpec("reason", _("Reason"), required=True),
    )


def exchange_form() -> tuple[FieldSpec, ...]:
    """An exchange; shifts by their day, or by when they begin."""
    return (
        FieldSpec("other", _("With whom"), required=True, hint=_("code or name")),
        FieldSpec("mine", _("Own shift"), required=True, hint=_("its day, or when it begins")),
        FieldSpec("theirs", _("For theirs"), leave_out=True, hint=_("may stay empty: the other takes the shift")),
        FieldSpec("reason", _("Reason"), required=True),
    )


def grant_form(kind: str) -> tuple[FieldSpec, ...]:
    """Granting a leave, with or without a substitute."""
    substitute = FieldSpec(
        "substitute", _("Substitute"), leave_out=True, hint=_("who takes the shifts; may stay empty")
    )
    remark = FieldSpec("words", _("Remark"), hint=_("may stay empty"))
    return (substitute, remark) if kind == DutyAsk.LEAVE else (remark,)


def decline_form() -> tuple[FieldSpec, ...]:
    """Why not."""
    return (FieldSpec("reason", _("Reason"), required=True),)
