"""The drawer for the change of shift: the pack, the notes, and the acts from making it to the signature."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import Binding
from textual.widget import Widget

from console.handover_ports import HandoverShown
from console.i18n import _, language
from console.terminal.legible import clean
from console.terminal.width import cells, pad, wrap
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
OPEN, GLASS = "open", "glass"
"""Of a line: the ticket, or the uses of break-glass that are to be reviewed now."""

STEPS: dict[str, Callable[[], str]] = {
    PACK: lambda: _("make the pack"),
    GIVE: lambda: _("give it"),
    ACCEPT: lambda: _("sign for it"),
}


ACTS: dict[str, Callable[[], str]] = {
    PACK: lambda: _("pack"),
    NOTE: lambda: _("note"),
    GIVE: lambda: _("give"),
    ACCEPT: lambda: _("sign"),
    REFUSE: lambda: _("refuse"),
    NOTE_TO: lambda: _("note to ticket"),
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
        self.refusal = ""
        """Why what was asked for last cannot be done."""

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = HEIGHT
        view.on_pick = self._picked
        return [view, HintLine(self._hint)]

    def _picked(self, key: str) -> None:
        self.dismiss(GLASS if key.startswith(f"{GLASS} ") else f"{OPEN} {key.split()[-1]}")

    def _hint(self, _width: int) -> list[Line]:
        if self.read_only:
            return [text_line(_("this console only observes; Esc closes"), "muted")]
        if self.refusal:
            return [text_line(f"! {self.refusal}", "soon")]
        step = f"F8 {STEPS[self.found.step]()}  " if self.found.step else ""
        keys = [f"{digit} {ACTS[act]()}" for digit, act in DIGITS.items() if _refusing(act) not in self.found.refused]
        return [text_line("  ".join([step.rstrip(), *keys] if step else keys), "muted")]

    def _lines(self, width: int) -> list[Line]:
        found, words, pack = self.found, self.words, self.found.pack
        lines = [text_line(self._state(), "title")]
        if found.why and not self.read_only:
            lines += [text_line(f" {line}", "soon") for line in wrap(f"! {clean(found.why, 300)}", width - 1)]
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
            noted = f"{_('note')}  {about}  {clean(said, 400)}  ({clean(officer, 40)})"
            lines += [text_line(f" {line}") for line in wrap(noted, width - 1)]
        lines += [text_line(f" {line}", "title") for line in _flowing(words.counts(pack["counts"]), width - 1)]
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
        for number, line in enumerate(listed):
            code, said = self.words.line(part, line)
            shown = f" {pad(clean(code, 40), CODE)} "
            # A ticket may stand in several lists: each line has a key of its own.
            key = f"{part.value} {line['ticket']}" if line["stage"] else None
            if part == HandoverPart.GLASS:
                key = f"{GLASS} {number}"
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
        self.refusal = clean(self.found.refused.get(_refusing(answer), ""), 300)
        self.query_one(HintLine).rebuild()
        if self.refusal:
            return
        key = self.query_one(".drawer--list", LinesView).key
        if answer == NOTE_TO:
            answer = f"{NOTE_TO} {key.split()[-1]}" if key and not key.startswith(f"{GLASS} ") else NOTE
        self.dismiss(answer)


def _refusing(act: str) -> str:
    """The act that says whether another one is refused: a note to a ticket is a note."""
    return NOTE if act == NOTE_TO else act


def _flowing(text: str, width: int) -> list[str]:
    """Figures with their words, two blanks between them, over as many lines as they need; none is broken."""
    lines = [""]
    for figure in text.split("  "):
        longer = f"{lines[-1]}  {figure}" if lines[-1] else figure
        if lines[-1] and cells(longer) > width:
            lines.append(figure)
        else:
            lines[-1] = longer
    return lines


def note_form() -> tuple[FieldSpec, ...]:
    """A note for the next shift."""
    return (FieldSpec("text", _("Note"), required=True),)


def accept_form() -> tuple[FieldSpec, ...]:
    """The signature, with remarks or without."""
    return (FieldSpec("remarks", _("Remarks"), hint=_("may stay empty")),)


def refuse_form() -> tuple[FieldSpec, ...]:
    """The refusal."""
    return (FieldSpec("reason", _("Reason"), required=True),)
