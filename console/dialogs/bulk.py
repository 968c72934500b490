"""The drawer of a bulk operation: a preview first, then the result of each ticket as it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _
from console.ports import QueueRow
from console.terminal.legible import clean
from console.terminal.width import cut, pad
from console.widgets.drawer import Drawer
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, Part, text_line

HEIGHT = 14


@dataclass
class Piece:
    """One ticket of it: why it cannot be done (raw), where it goes, and what came of it."""

    row: QueueRow
    why_not: str = ""
    detail: str = ""
    outcome: str = ""
    done: bool = False


class BulkDrawer(Drawer[str]):
    """Shows which tickets it would be done to and which not; F8 begins, Escape stops between two tickets."""

    BINDINGS = [Binding("f8,ctrl+s", "begin", show=False, priority=True)]

    def __init__(self, title: str, pieces: Sequence[Piece]) -> None:
        """`title` is the verb's, clean; `pieces` in the order in which they are done."""
        able = [piece for piece in pieces if not piece.why_not]
        super().__init__(
            _("{verb}: possible for {n}, not for {m}").format(verb=title, n=len(able), m=len(pieces) - len(able))
        )
        self.able = able
        self.unable = [piece for piece in pieces if piece.why_not]
        self.on_begin: Callable[[], object] = lambda: None
        self.begun = False
        self.stopping = False
        self.over = False

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = min(max(len(self.able) + len(self.unable), 1), HEIGHT)
        return [view, HintLine(self._foot, name="bulk-foot")]

    def action_begin(self) -> None:
        if not self.begun and self.able:
            self.begun = True
            self._draw()
            self.on_begin()

    def action_cancel(self) -> None:
        """Stop between two tickets; once nothing is under way, close."""
        if self.begun and not self.over:
            self.stopping = True
            self._draw()
        else:
            self.dismiss(None)

    def result(self, piece: Piece, text: str, done: bool) -> None:
        """What came of a ticket; the text is clean."""
        piece.outcome, piece.done = text, done
        self._draw()
        view = self.query_one(".drawer--list", LinesView)
        if done or not any(other.outcome and not other.done for other in self.able):
            view.select(str(piece.row.id))

    def ended(self) -> None:
        """Nothing is under way any more."""
        self.over = True
        self._draw()

    def summary(self) -> str:
        """What came of all of them, in words."""
        done = sum(piece.done for piece in self.able)
        refused = sum(bool(piece.outcome) and not piece.done for piece in self.able)
        untouched = len(self.able) - done - refused + len(self.unable)
        words = _("{n} done, {m} refused, {k} left as they were")
        return words.format(n=done, m=refused, k=untouched)

    def _draw(self) -> None:
        for view in self.query(LinesView):
            view.rebuild()

    def _foot(self, _width: int) -> list[Line]:
        if self.over:
            return [
                text_line(_("{summary}. What is not done stays marked. Esc").format(summary=self.summary()), "title")
            ]
        if self.begun:
            at = sum(bool(piece.outcome) for piece in self.able)
            words = _("stopping after this ticket") if self.stopping else _("Esc stops between two tickets")
            return [text_line(f"{at}/{len(self.able)}  {words}", "title")]
        if not self.able:
            return [text_line(_("Nothing can be done here. Esc"), "title")]
        return [
            text_line(_("F8 does it to {n}, one by one; Esc leaves all as it is").format(n=len(self.able)), "title")
        ]

    def _lines(self, width: int) -> list[Line]:
        return [self._line(piece, width) for piece in (*self.able, *self.unable)]

    def _line(self, piece: Piece, width: int) -> Line:
        """Sign, number, title, and what will or did come of it. The sign says it without colour."""
        if piece.why_not:
            sign, part, words = "-", "muted", piece.why_not
        elif piece.outcome:
            sign, part, words = ("+", "ok", piece.outcome) if piece.done else ("!", "late", piece.outcome)
        else:
            sign, part, words = " ", "", piece.detail
        room = max(width // 2 - 20, 24)
        title = pad(cut(clean(piece.row.title, 200), room), room)
        parts: list[Part] = [(f" {sign} ", part), (f"{pad(clean(piece.row.code, 40), 16)}{title} ", "")]
        parts.append((cut(clean(words, 300), max(width - room - 20, 10)), part))
        return Line(tuple(parts), str(piece.row.id))
