"""The review of a ticket: its chart, what was late and whose, people, lessons and follow-up tasks, one tab each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _, language, mark
from console.incident_chart import chart_rows
from console.ports import QueueRow
from console.screens.duty import DutyScreen
from console.terminal.legible import clean
from console.terminal.width import wrap
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, Part, text_line
from core.accountability.mobilisation import sentences
from core.accountability.review import ReviewView
from core.accountability.review_words import ReviewWords
from data.masking import mask_text

TABS = (
    ("chart", mark("Chart")),
    ("late", mark("Late")),
    ("people", mark("People")),
    ("lessons", mark("Lessons")),
)
INDENT = 4


class ReviewScreen(DutyScreen):
    """Looks back on one ticket; the actions of reviews are in the menu of F7."""

    NAME = "review"
    BINDINGS: ClassVar = [
        Binding("right,tab", "tab(1)", show=False, priority=True),
        Binding("left,shift+tab", "tab(-1)", show=False, priority=True),
        Binding("enter", "replay", show=False, priority=True),
    ]

    def __init__(self, row: QueueRow) -> None:
        super().__init__()
        self.row = row
        self.view: ReviewView | None = None
        self.tab = 0

    def body(self) -> Iterable[Widget]:
        yield LinesView(self._tab_line, name="tabs")
        yield LinesView(name="review")
        yield HintLine(lambda _width: [text_line(_hint(), "muted")], name="review-hint")

    def on_mount(self) -> None:
        self.query_one("#tabs", LinesView).can_focus = False
        self.set_focus(self.lines)
        self.changed()

    @property
    def lines(self) -> LinesView:
        """The tab's content."""
        return self.query_one("#review", LinesView)

    def ticket(self) -> QueueRow | None:
        return self.row

    def changed(self) -> None:
        self.run_worker(self._read(), group="review", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        backend, number = self.app.backend, self.row.ticket
        try:
            shown, self.view = await self.app.personal.on_record(
                number, lambda: (backend.ticket(number), backend.review(number))
            )
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            self.refuse(error)
            return
        if shown is not None:
            self.row = shown.row
        self._show()

    def _show(self) -> None:
        self.query_one("#tabs", LinesView).rebuild()
        self.lines.show(self._content)

    def action_tab(self, step: int) -> None:
        self.tab = (self.tab + step) % len(TABS)
        self.lines.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._show()

    def action_replay(self) -> None:
        from console.screens.replay import ReplayScreen

        self.app.push_screen(ReplayScreen(self.row.ticket))

    def step_back(self) -> bool:
        self.app.pop_screen()
        return True

    # ------------------------------------------------------------------------------------------- content

    def _tab_line(self, _width: int) -> list[Line]:
        parts: list[Part] = [(" ", "")]
        for number, (_name, title) in enumerate(TABS):
            here = number == self.tab
            parts.append((f"[{_(title)}]" if here else f" {_(title)} ", "title" if here else "muted"))
        parts += [(f"   {clean(self.row.code, 40)}", "label"), (f"  {clean(self.row.title, 200)}", "")]
        return [Line(tuple(parts))]

    def _content(self, width: int) -> list[Line]:
        if self.view is None:
            return [text_line(_("No ticket."), "muted")]
        build: Callable[[ReviewView, int], list[Line]] = getattr(self, f"_{TABS[self.tab][0]}")
        return build(self.view, width)

    def _words(self) -> ReviewWords:
        return ReviewWords(language(), self.app.status.zone, mask_text)

    def _chart(self, view: ReviewView, width: int) -> list[Line]:
        return [Line(row) for row in chart_rows(view, width, self.app.status.zone, language())]

    def _late(self, view: ReviewView, width: int) -> list[Line]:
        words = self._words()
        late = [line for item in view.late for line in _labelled(words.late(item), width, "late")]
        held = [
            Line(((f"{words.span(seconds):>10}  ", "label"), (clean(words.hands(kind, name), 100), "")))
            for kind, name, seconds in view.held
        ]
        return [
            *(late or [text_line(_("Nothing was late."), "ok")]),
            text_line(),
            text_line(_("Who held it for how long"), "title"),
            *held,
        ]

    def _people(self, view: ReviewView, width: int) -> list[Line]:
        said = [row for text in sentences(view.mobilised, language()) for row in wrap(clean(text, 400), width)]
        return [text_line(row, "title") for row in said]

    def _lessons(self, view: ReviewView, width: int) -> list[Line]:
        words = self._words()
        lines: list[Line] = []
        for row in view.reviews:
            lines.append(text_line(_("Review {n}").format(n=row.no), "title"))
            lines += [line for pair in words.review(row) for line in _labelled(pair, width)]
        parts = (
            (_("Lessons"), [words.lesson(row) for row in view.lessons]),
            (_("Follow-up tasks"), [words.follow_up(row, view.now) for row in view.follow_ups]),
        )
        for title, pairs in parts:
            if pairs:
                lines += [text_line(), text_line(title, "title")]
                lines += [line for pair in pairs for line in _labelled(pair, width)]
        return lines or [text_line(_("No review has been opened: F7 opens one."), "muted")]


def _labelled(pair: tuple[str, str], width: int, part: str = "") -> list[Line]:
    """A label on a line of its own, what is said below it."""
    label, said = pair
    rows = wrap(clean(said, 4000, lines=True), max(width - INDENT, 8))
    return [text_line(clean(label, 120), part or "label"), *(Line(((" " * INDENT, ""), (row, ""))) for row in rows)]


def _hint() -> str:
    return _(" Enter replays it  Left Right page  F7 write into it  Esc back")
