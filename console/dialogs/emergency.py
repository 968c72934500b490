"""The drawer for emergencies: the mode, what is owed upward, calls and the running log; digits do things."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.binding import Binding
from textual.widget import Widget

from console.emergency_ports import CallView, EmergencyView
from console.i18n import _, language
from console.terminal.legible import clean
from console.widgets.drawer import Drawer
from console.widgets.fields import FieldSpec
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, text_line
from console.widgets.mode_bar import mode_words, owed_words
from data.terms import Grade, UpwardForm

HEIGHT = 15
MODE, LIFT, ENTRY, CALL = "mode", "lift", "entry", "call"
"""Answers that need no line; those for a line are `call N` and `owed KIND CODE`."""
DIGITS = {"1": MODE, "2": LIFT, "3": ENTRY, "4": CALL}


class EmergencyDrawer(Drawer[str]):
    """The answer says what is to be done next; whoever only looks on gives none."""

    BINDINGS = [Binding(digit, f"choose('{answer}')", show=False) for digit, answer in DIGITS.items()]

    def __init__(self, found: EmergencyView, zone: str, now: Callable[[], int], read_only: bool) -> None:
        """`now` is asked again each second: the countdowns go on."""
        super().__init__(_("Emergency mode"))
        self.found, self.zone, self.now, self.read_only = found, zone, now, read_only

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = HEIGHT
        view.on_pick = self._picked
        return [view, HintLine(lambda _width: [text_line(self._hint(), "muted")])]

    def on_mount(self) -> None:
        self.set_interval(1.0, self.query_one(".drawer--list", LinesView).rebuild)

    def _hint(self) -> str:
        if self.read_only:
            return _("this console only observes; Esc closes")
        first = _("change the grade") if self.found.mode is not None else _("declare")
        return _("1 {first}  2 lift  3 log  4 call  Enter follow-up, report made  Esc").format(first=first)

    def _lines(self, _width: int) -> list[Line]:
        mode = self.found.mode
        if mode is None:
            lines = [text_line(_("Normal times."), "title")]
        else:
            lines = [text_line(mode_words(mode, self.zone), "urgent"), text_line(f"   {clean(mode.reason, 200)}")]
        lines.append(text_line(_("Owed upward"), "title"))
        for owed in self.found.owed:
            late = "late" if self.now() >= owed.due else ""
            lines.append(
                Line(
                    ((f" {owed_words(owed, self.now())}", late),), f"owed {clean(owed.kind, 20)} {clean(owed.code, 40)}"
                )
            )
        lines += [] if self.found.owed else [text_line(_(" nothing"), "muted")]
        lines.append(text_line(_("Telephone log"), "title"))
        lines += [self._call(call) for call in self.found.calls] or [text_line(_(" nothing"), "muted")]
        lines.append(text_line(_("Running log"), "title"))
        for entry in self.found.log:
            lines.append(text_line(f" {entry.number:>3} {self._at(entry.at)} {clean(entry.text, 200)}"))
        lines += [] if self.found.log else [text_line(_(" nothing"), "muted")]
        return lines

    def _call(self, call: CallView) -> Line:
        follow_ups = _("+{n} follow-ups").format(n=call.follow_ups) if call.follow_ups else ""
        head = f" {call.number:>3} {self._at(call.at)} {clean(call.place, 30)}  {clean(call.text, 80)}"
        return Line(((head, ""), (f"  {follow_ups} {clean(call.code, 20)}", "muted")), f"call {call.number}")

    def _at(self, instant: int) -> str:
        return datetime.fromtimestamp(instant, ZoneInfo(self.zone)).strftime("%m-%d %H:%M")

    def _picked(self, key: str) -> None:
        if not self.read_only:
            self.dismiss(key)

    def action_choose(self, answer: str) -> None:
        if not self.read_only:
            self.dismiss(answer)


# ------------------------------------------------------------------------------------------------ forms


def mode_form(lasting: bool, ticket: str) -> tuple[FieldSpec, ...]:
    """Declaring, or changing the grade of what lasts."""
    grades = tuple((grade.value, f"{grade.label(language())}{grade.colour.label(language())}") for grade in Grade)
    incident = FieldSpec("ticket", _("Ticket"), initial=ticket, hint=_("the incident; it is graded too"), limit=60)
    return (
        FieldSpec("grade", _("Grade"), options=grades),
        FieldSpec("reason", _("Reason"), required=True),
        *(() if lasting else (incident,)),
        behalf_field(),
    )


def lift_form() -> tuple[FieldSpec, ...]:
    """Lifting."""
    return (FieldSpec("reason", _("Reason"), required=True), behalf_field())


def behalf_field() -> FieldSpec:
    """In whose name a duty leader acts."""
    return FieldSpec("behalf", _("For"), hint=_("which commander, where there are several"), limit=60)


def entry_form() -> tuple[FieldSpec, ...]:
    """An entry of the running log."""
    return (
        FieldSpec("text", _("Entry"), required=True),
        FieldSpec("corrects", _("Corrects"), number=True, hint=_("number of the entry, for a correction"), limit=6),
    )


def call_form(known: CallView | None, ticket: str = "") -> tuple[FieldSpec, ...]:
    """A call, field by field; for a follow-up each field shows what was said before, and is filled where it changed."""
    said = dict(known.known) if known is not None else {}
    first = known is None

    def field(name: str, label: str, required: bool = False, hint: str = "", limit: int = 2000) -> FieldSpec:
        before = _("so far: {text}").format(text=clean(said[name], 200)) if said.get(name) else ""
        return FieldSpec(name, label, required=required and first, hint=before or hint, limit=limit)

    fields = (
        field("place", _("Place"), required=True),
        field("cause", _("Cause")),
        field("course", _("Course"), required=True),
        field("measures", _("Measures taken")),
        field("result", _("Result"), hint=_("people, property")),
        field("effect", _("Effect")),
        field("trend", _("Trend")),
        field("told", _("Told already"), hint=_("whom and when")),
        field("caller_unit", _("Caller's unit"), limit=300),
        field("caller_name", _("Caller"), limit=60),
        field("caller_title", _("Title"), limit=60),
        field("caller_phone", _("Telephone"), limit=40),
    )
    return (*fields, FieldSpec("ticket", _("Ticket"), initial=ticket, limit=60)) if first else fields


def upward_form(kind: str) -> tuple[FieldSpec, ...]:
    """A report upward that was made; the one that a clock of this kind asks for is chosen first."""
    chosen = {"up_phone": UpwardForm.PHONE, "up_written": UpwardForm.WRITTEN, "up_follow": UpwardForm.FOLLOW_UP}
    forms = tuple((form.value, form.label(language())) for form in UpwardForm)
    return (
        FieldSpec("form", _("How"), options=forms, initial=str(chosen.get(kind, UpwardForm.PHONE).value)),
        FieldSpec("to", _("Taken by"), hint=_("by default the district centre"), limit=300),
        FieldSpec("text", _("Content")),
    )
