"""The drawer for the change of shift: the pack, the notes, and the acts from making it to the signature."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import Binding
from textual.widget import Widget

from console.handover_ports import HandoverShown
from console.i18n import _, language
from console.terminal.legible import clean
from console.terminal.width import pad
from console.widgets.drawer import Drawer
from console.widgets.fields import FieldSpec
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, text_line
from core.accountability.handover_words import HandoverWords
from data.handover_terms import HandoverPart

HEIGHT = 15
CODE = 14
"""Cells of the column of codes."""
PACK, NOTE, GIVE, ACCEPT, REFUSE, NOTE_TO = "pack", "note", "give", "accept", "refuse", "note_to"
"""Answers; a note to a ticket is `note_to CODE`, a ticket to be opened `open CODE`."""
DIGITS = {"1": PACK, "2": NOTE, "3": GIVE, "4": ACCEPT, "5": REFUSE, "6": NOTE_TO}
OPEN = "open"

STEPS: dict[str, Callable[[], str]] = {
    PACK: lambda: _("make the pack"),
    GIVE: lambda: _("give it"),
    ACCEPT: lambda: _("sign for it"),
}


class HandoverDrawer(Drawer[str]):
    """The answer says what is to be done next."""

    BINDINGS = [
        Binding("f8", "next", show=False, priority=True),
        *(Binding(digit, f"choose('{answer}')", show=False) for digit, answer in DIGITS.items()),
    ]

    def __init__(self, found: HandoverShown, zone: str, read_only: bool) -> None:
        super().__init__(_("Change of shift"))
        self.found, self.read_only = found, read_only
        self.words = HandoverWords(language(), zone)

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = HEIGHT
        view.on_pick = lambda key: self.dismiss(f"{OPEN} {key.split()[-1]}")
        return [view, HintLine(lambda _width: [text_line(self._hint(), "muted")])]

    def _hint(self) -> str:
        if self.read_only:
            return _("this console only observes; Esc closes")
        step = f"F8 {STEPS[self.found.step]()}  " if self.found.step else ""
        return step + _("1 pack  2 note  3 give  4 sign  5 refuse  6 note to ticket")

    def _lines(self, _width: int) -> list[Line]:
        found, words, pack = self.found, self.words, self.found.pack
        lines = [text_line(self._state(), "title")]
        lines += [text_line(f" {what}  {clean(name, 40)}  {words.at(at)}") for what, name, at in found.people]
        for title, text in (
            (_("leaving"), words.shift(pack["shift"])),
            (_("coming"), words.shift(pack["next"])),
            (_("mode"), words.emergency(pack["emergency"])),
            (_("engine"), words.engine(pack["engine"])),
            (_("backup"), words.backup(pack["backup"])),
        ):
            lines.append(text_line(f" {title}  {clean(text, 200)}"))
        for ticket, said, officer in found.notes:
            about = clean(ticket, 40) or _("in general")
            lines.append(text_line(f" {_('note')}  {about}  {clean(said, 400)}  ({clean(officer, 40)})"))
        lines.append(text_line(f" {words.counts(pack['counts'])}", "title"))
        if not pack["counts"][HandoverPart.OPEN]:
            lines.append(text_line(_("Nothing is open."), "muted"))
        for part in HandoverPart:
            lines += self._part(part)
        return lines

    def _state(self) -> str:
        if self.found.number is None:
            return _("No pack is made yet; this is how it would be now.")
        state = self.words.state(self.found.state)
        return _("Handover {n}: {state}").format(n=self.found.number, state=state)

    def _part(self, part: HandoverPart) -> list[Line]:
        listed = self.found.pack["lists"].get(part.value, ())
        if not listed:
            return []
        total = self.found.pack["counts"][part]
        look = "late" if part == HandoverPart.LATE else ""
        lines = [text_line(f"{self.words.part(part)}  {total}", look or "title")]
        for line in listed:
            code, said = self.words.line(part, line)
            shown = f" {pad(clean(code, 40), CODE)} "
            # A ticket may stand in several lists: each line has a key of its own.
            key = f"{part.value} {line['ticket']}" if line["stage"] else None
            lines.append(Line(((shown, "label"), (clean(said, 200), look)), key))
        if total > len(listed):
            lines.append(text_line(_("  and {n} more").format(n=total - len(listed)), "muted"))
        return lines

    def action_next(self) -> None:
        if self.found.step and not self.read_only:
            self.dismiss(self.found.step)

    def action_choose(self, answer: str) -> None:
        if self.read_only:
            return
        key = self.query_one(".drawer--list", LinesView).key
        if answer == NOTE_TO:
            answer = f"{NOTE_TO} {key.split()[-1]}" if key else NOTE
        self.dismiss(answer)


def note_form() -> tuple[FieldSpec, ...]:
    """A note for the next shift."""
    return (FieldSpec("text", _("Note"), required=True),)


def accept_form() -> tuple[FieldSpec, ...]:
    """The signature, with remarks or without."""
    return (FieldSpec("remarks", _("Remarks"), hint=_("may stay empty")),)


def refuse_form() -> tuple[FieldSpec, ...]:
    """The refusal."""
    return (FieldSpec("reason", _("Reason"), required=True),)
