"""Drawers for sweeps, the hazard register and broadcasts: the list of all, and one of each; digits do things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _, language
from console.terminal.legible import clean
from console.terminal.width import pad
from console.watch_ports import (
    BroadcastRow,
    BroadcastView,
    GroupRow,
    HazardFile,
    HazardRow,
    OwingRow,
    SweepProgress,
    SweepRow,
    WatchView,
)
from console.widgets.columns import term
from console.widgets.drawer import Drawer
from console.widgets.fields import FieldSpec
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, text_line
from data.terms import BroadcastKind, CheckResult, HazardGrade, HazardState, TaskState, Term

HEIGHT = 15
ADD, SEND = "add", "send"
"""Answers that need no line; those for a line are `sweep CODE`, `hazard N` and `broadcast N`."""
REMIND, OPEN = "remind", "open"
CHECK, REMEDIED, CLOSE, REOPEN = "check", "remedied", "close", "reopen"
SEEN = "seen"
NAMES = 4


class DigitsDrawer(Drawer[str]):
    """A list with a line of what the digits do; whoever only looks on gives no answer but a line."""

    BINDINGS = [Binding(str(digit), f"digit({digit - 1})", show=False) for digit in range(1, 5)]

    def __init__(
        self,
        heading: str,
        lines: Callable[[int], Sequence[Line]],
        digits: Sequence[tuple[str, str]],
        hint: str,
        read_only: bool,
    ) -> None:
        """`digits` are (answer, title) of 1, 2 …; `hint` says what Enter does."""
        super().__init__(heading)
        self.lines, self.hint = lines, hint
        self.digits = () if read_only else tuple(digits)

    def content(self) -> list[Widget]:
        view = LinesView(self.lines, classes="drawer--list")
        view.styles.height = HEIGHT
        view.on_pick = self.dismiss
        return [view, HintLine(lambda _width: [text_line(self._foot(), "muted")])]

    def _foot(self) -> str:
        parts = [f"{number} {title}" for number, (_answer, title) in enumerate(self.digits, 1)]
        return "  ".join([*parts, *([self.hint] if self.hint else []), _("Esc closes")])

    def action_digit(self, place: int) -> None:
        if place < len(self.digits):
            self.dismiss(self.digits[place][0])


def when(at: int | None, zone: str) -> str:
    """An instant as lists show it."""
    return "" if at is None else datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%m-%d %H:%M")


def watch_drawer(found: WatchView, zone: str, read_only: bool) -> DigitsDrawer:
    """Everything under way: sweeps, the register with what is due first, broadcasts."""

    def lines(_width: int) -> list[Line]:
        nothing = [text_line(_(" nothing"), "muted")]
        shown = [text_line(_("Sweeps"), "title")]
        shown += [_sweep(row) for row in found.sweeps] or nothing
        count = _("Hazards: {n}, looks overdue {m}").format(n=found.hazards_all, m=found.overdue)
        shown += [text_line(count, "title"), *([_hazard(row, zone) for row in found.hazards] or nothing)]
        if found.hazards_all > len(found.hazards):
            more = _(" and {n} more: zhihui hazard list").format(n=found.hazards_all - len(found.hazards))
            shown.append(text_line(more, "muted"))
        shown.append(text_line(_("Broadcasts"), "title"))
        return shown + ([_broadcast(row, zone) for row in found.broadcasts] or nothing)

    digits = ((ADD, _("enter a hazard")), (SEND, _("send a broadcast")))
    return DigitsDrawer(_("Sweeps, hazards, broadcasts"), lines, digits, _("Enter opens"), read_only)


def _sweep(row: SweepRow) -> Line:
    figures = _("done {done}/{hands}, acknowledged {acknowledged}, found {found}").format(
        done=row.done, hands=row.hands, acknowledged=row.acknowledged, found=row.found
    )
    late = (_("  ! late {n}").format(n=row.late), "late") if row.late else ("", "")
    head = f" {clean(row.code, 40)}  {clean(row.title, 40)}  "
    return Line(((head, ""), (figures, "muted"), late), f"sweep {clean(row.code, 40)}")


def _hazard(row: HazardRow, zone: str) -> Line:
    due = when(row.due, zone)[:5]
    sign = f"!{due}" if row.late else f" {due}"
    spoken = language()
    words = f"{term(HazardState, row.state, spoken)} {term(HazardGrade, row.grade, spoken)}"
    rest = f"  {clean(row.unit, 30)} {clean(row.place, 40)}  {clean(row.what, 80)}"
    return Line(
        ((pad(sign, 7), "late" if row.late else "muted"), (f"{row.number:>4} ", "label"), (words, ""), (rest, "")),
        f"hazard {row.number}",
    )


def _broadcast(row: BroadcastRow, zone: str) -> Line:
    kind = term(BroadcastKind, row.kind, language())
    head = f" {when(row.at, zone)} {row.number:>4} {kind} {clean(row.title, 60)}  "
    return Line(
        ((head, ""), (_("seen {n}/{m}").format(n=row.seen, m=row.units), "" if row.seen == row.units else "soon")),
        f"broadcast {row.number}",
    )


def sweep_drawer(found: SweepProgress, zone: str, read_only: bool) -> DigitsDrawer:
    """How far a sweep is, by community, and who has not done it."""

    def lines(_width: int) -> list[Line]:
        shown = [_group(found.whole, _("All"))]
        shown += [_group(group, group.name or _("(no community)")) for group in found.groups]
        shown.append(text_line(_("Not done: {n}").format(n=found.owing_all), "title"))
        shown += [_owing(row, zone) for row in found.owing]
        if found.owing_all > len(found.owing):
            more = _(" and {n} more: zhihui sweep show {code} --owing")
            shown.append(
                text_line(more.format(n=found.owing_all - len(found.owing), code=clean(found.code, 40)), "muted")
            )
        return shown

    digits = ((REMIND, _("remind who is not done")), (OPEN, _("open the ticket")))
    heading = f"{_('Sweep')}  {clean(found.code, 40)}  {clean(found.title, 60)}"
    return DigitsDrawer(heading, lines, digits, "", read_only)


def _group(row: GroupRow, name: str) -> Line:
    figures = _("{done}/{hands} done, acknowledged {acknowledged}, found {found}").format(
        done=row.done, hands=row.hands, acknowledged=row.acknowledged, found=row.found
    )
    late = (_("  ! late {n}").format(n=row.late), "late") if row.late else ("", "")
    return Line(((f" {pad(clean(name, 24), 24)} ", "label"), (figures, ""), late))


def _owing(row: OwingRow, zone: str) -> Line:
    state = term(TaskState, row.state, language())
    sign = "!" if row.late else " "
    where = f" {clean(row.community, 20)} {clean(row.name, 40)}  "
    return Line(((sign, "late"), (where, ""), (f"{state}  {when(row.due, zone)}", "late" if row.late else "muted")))


def hazard_drawer(found: HazardFile, zone: str, read_only: bool) -> DigitsDrawer:
    """A file of the register: one household or place, and all that was done about it."""

    def lines(_width: int) -> list[Line]:
        shown = [_hazard(found.row, zone)]
        shown += [Line(((f" {pad(label, 10)} ", "label"), (clean(text, 200), ""))) for label, text in found.facts]
        shown.append(text_line(_("History"), "title"))
        for at, what, who, words in found.entries:
            shown.append(text_line(f" {when(at, zone)} {clean(what, 30)}  {clean(who, 20)}  {clean(words, 200)}"))
        return shown

    state = found.row.state
    steps = [(CHECK, _("look")), (REMEDIED, _("remedied")), (CLOSE, _("close"))]
    if state == HazardState.CLOSED:
        steps = [(REOPEN, _("open again"))]
    elif state == HazardState.REMEDIED:
        steps = [(CHECK, _("look")), (REOPEN, _("open again")), (CLOSE, _("close"))]
    return DigitsDrawer(_("Hazard {n}").format(n=found.row.number), lines, steps, "", read_only)


def broadcast_drawer(found: BroadcastView, zone: str, read_only: bool) -> DigitsDrawer:
    """A broadcast, and who owes a receipt."""

    def lines(_width: int) -> list[Line]:
        shown = [_broadcast(found.row, zone)]
        shown += [text_line(f" {clean(found.body, 2000)}")] if found.body else []
        shown.append(text_line(_("Not seen: {n}").format(n=len(found.owing)), "title"))
        return shown + [text_line(f" {clean(name, 60)}") for name in found.owing]

    digits = ((REMIND, _("remind who has not seen it")), (SEEN, _("write down a receipt")))
    return DigitsDrawer(_("Broadcast {n}").format(n=found.row.number), lines, digits, "", read_only)


# ------------------------------------------------------------------------------------------------ forms


def _options(kind: type[Term]) -> tuple[tuple[str, str], ...]:
    return tuple((str(member.value), member.label(language())) for member in kind)


def sweep_form(title: str, whom: str) -> tuple[FieldSpec, ...]:
    """A sweep, once it is known whom it goes to; `whom` says how many they are."""
    return (
        FieldSpec("title", _("What"), required=True, initial=title, hint=whom, limit=200),
        FieldSpec("limit", _("Limit"), leave_out=True, limit=40, hint=_("such as 5 work_day")),
        FieldSpec("instruction", _("Instruction")),
        FieldSpec("lead", _("Run by"), leave_out=True, limit=60, hint=_("by default who led the ticket")),
    )


def broadcast_form(whom: str) -> tuple[FieldSpec, ...]:
    """A broadcast, once it is known whom it goes to."""
    return (
        FieldSpec("title", _("What"), required=True, hint=whom, limit=200),
        FieldSpec("kind", _("Kind"), options=_options(BroadcastKind)),
        FieldSpec("text", _("Text")),
    )


def hazard_form(sweep: str) -> tuple[FieldSpec, ...]:
    """A new file; the newest sweep is filled in."""
    return (
        FieldSpec("unit", _("Grid"), required=True, limit=60, hint=_("grid or community, by code or name")),
        FieldSpec("place", _("Place"), required=True, limit=200),
        FieldSpec("household", _("Household"), limit=120),
        FieldSpec("what", _("Hazard"), required=True),
        FieldSpec("grade", _("Grade"), options=_options(HazardGrade)),
        FieldSpec("owner_name", _("Owner"), limit=120),
        FieldSpec("owner_phone", _("Telephone"), limit=40),
        FieldSpec("remedy_by", _("Remedy by"), limit=200),
        FieldSpec("every_days", _("Every"), number=True, limit=3, hint=_("days between two looks")),
        FieldSpec("sweep", _("Sweep"), initial=sweep, limit=60),
    )


def check_form() -> tuple[FieldSpec, ...]:
    """A look."""
    return (FieldSpec("result", _("Found"), options=_options(CheckResult)), FieldSpec("note", _("Remark")))


def words_form(name: str) -> tuple[FieldSpec, ...]:
    """One text that is needed: what was done, or why."""
    return (FieldSpec(name, _("Reason") if name == "reason" else _("Remark"), required=True),)


def seen_form() -> tuple[FieldSpec, ...]:
    """A receipt that the desk writes down for a unit."""
    return (
        FieldSpec("unit", _("Unit"), required=True, limit=60, hint=_("by code or name")),
        FieldSpec("note", _("Remark"), limit=300),
    )
