"""What the coach shows: a call, the score."""

from __future__ import annotations

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _, language
from console.terminal.width import pad, wrap
from console.widgets.drawer import Drawer
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, text_line
from console.widgets.ticket_lines import exact
from core.training.scenario import Arrival, Scenario
from core.training.score import Mark, Score
from data.terms import Source


def spoken(arrival: Arrival) -> str:
    """What a caller says, in the trainee's language."""
    return arrival.words_en if language() == "en" and arrival.words_en else arrival.words


class CallDrawer(Drawer[str]):
    """The telephone rings: what the caller says. Enter takes it down."""

    BINDINGS = [Binding("enter,f6", "answer", show=False, priority=True)]

    def __init__(self, arrival: Arrival) -> None:
        source = Source(arrival.source).label(language())
        super().__init__(_("A call comes in ({source})").format(source=source))
        self.arrival = arrival

    def content(self) -> list[Widget]:
        view = LinesView(self._lines)
        view.styles.height = 6
        words = _("Enter takes it down; Ctrl+T lets you hear it again.")
        return [view, HintLine(lambda _width: [text_line(words, "muted")])]

    def _lines(self, width: int) -> list[Line]:
        return [text_line(row) for row in wrap(spoken(self.arrival), width)]

    def action_answer(self) -> None:
        self.dismiss("intake")


class ResultDrawer(Drawer[str]):
    """The score, goal by goal."""

    BINDINGS = [Binding("enter", "done", show=False, priority=True)]

    def __init__(self, scenario: Scenario, score: Score) -> None:
        title = scenario.title_en if language() == "en" else scenario.title
        super().__init__(f"{scenario.code}  {title}")
        self.score = score

    def content(self) -> list[Widget]:
        view = LinesView(self._lines)
        view.styles.height = min(len(self.score.marks) + 3, 19)
        words = _("Enter ends this training; Esc goes on playing.")
        return [view, HintLine(lambda _width: [text_line(words, "muted")])]

    def _lines(self, width: int) -> list[Line]:
        whole = _("{points:g} of {most} points, grade {grade}").format(
            points=self.score.points, most=self.score.most, grade=self.score.grade
        )
        lines = [text_line(whole, "title"), text_line()]
        lines += [mark_line(mark, width) for mark in self.score.marks]
        return lines

    def action_done(self) -> None:
        self.dismiss("end")


def mark_line(mark: Mark, width: int) -> Line:
    """One goal: a sign and a word for what came of it, the points, how long it took."""
    text = mark.goal.text_en if language() == "en" else mark.goal.text
    if not mark.met:
        word, part, after = _("x missed"), "late", ""
    else:
        word, part = (_("~ late"), "soon") if mark.late else (_("+ met"), "ok")
        after = exact(mark.after or 0)
    points = f"{mark.points:g}/{mark.goal.points}"
    return Line(
        (
            (pad(word, 9), part),
            (pad(points, 8), ""),
            (pad(text, max(width - 30, 10)) + " ", ""),
            (after, "muted"),
        )
    )
