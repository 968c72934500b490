"""Drawers of contingency plans: choosing one with its reasons, working through its checklist; and the matter card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual import on
from textual.binding import Binding
from textual.widget import Widget

from console.contingency_ports import ActivePlanView, CardView, GapView, LineView, OfferView, PlansView
from console.i18n import _
from console.keyboard.order import KeyOrder
from console.terminal.legible import clean
from console.terminal.width import cells, cut, pad, wrap
from console.widgets.drawer import Drawer
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, Part, text_line

OFFERS, DETAILS = 6, 8
"""Lines of the list of plans, and of what is said of the one under the cursor."""
CHECKLIST = 15
ROOM = 4
"""Columns that the frame takes."""
MORE = "more"
"""The line, and the answer, that asks for another plan."""
ANSWER = "answer"
"""An answer that asks for the answer to a question: `answer CODE N`."""
NONE = "none"
"""The line that says that no plan fits: nothing is activated by a key that comes too fast."""
NARROWEST_TITLE, WIDEST_TITLE = 24, 40
GAP_ROWS = 2
"""Rows that all those with one shortfall may take."""


class OffersDrawer(Drawer[str]):
    """The plans of a centre, those that fit first and why. The answer is the code of the one to activate."""

    def __init__(self, heading: str, offers: Sequence[OfferView]) -> None:
        super().__init__(heading)
        self.offers = offers

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = OFFERS
        view.key = next((offer.code for offer in self.offers if offer.why and not offer.active), NONE)
        view.on_pick = self._picked
        details = LinesView(self._details, name="details")
        details.styles.height = DETAILS
        details.can_focus = False
        hint = _("Enter activates the plan under the cursor, Esc nothing")
        return [view, details, HintLine(lambda _width: [text_line(hint, "muted")])]

    @on(LinesView.Moved)
    def _moved(self) -> None:
        self.query_one("#details", LinesView).rebuild()

    def _lines(self, width: int) -> list[Line]:
        title = max(NARROWEST_TITLE, min(width // 3, WIDEST_TITLE))
        lines = [self._line(offer, title) for offer in self.offers]
        if any(offer.why for offer in self.offers):
            return lines
        return [Line(((_("No plan fits the report; these are all of them:"), "muted"),), NONE), *lines]

    def _line(self, offer: OfferView, title_width: int) -> Line:
        why = _("active already") if offer.active else offer.why or _("does not fit the report")
        parts: list[Part] = [
            (pad(clean(offer.title, 60), title_width) + " ", ""),
            (f"!{len(offer.gaps)} " if offer.gaps else "   ", "late"),
            (clean(why, 200), "soon" if offer.why else "muted"),
        ]
        return Line(tuple(parts), offer.code, off=offer.active)

    def _details(self, width: int) -> list[Line]:
        """What Enter would send, and which needs are not met."""
        key = self.query_one(".drawer--list", LinesView).key if self.is_mounted else None
        offer = next((offer for offer in self.offers if offer.code == key), None)
        if offer is None:
            return []
        source = _("a proposal that comes with the product") if offer.proposal else _("the centre's own")
        lines = [Line(((f"{clean(offer.code, 40)} {clean(offer.title, 60)}", "title"), (f"  {source}", "muted")))]
        for part in dict.fromkeys(part for part, _who in offer.hands):
            names = _(", ").join(clean(who, 60) for one, who in offer.hands if one == part)
            lines += [text_line(row, "ok") for row in wrap(f"{clean(part, 20)}: {names}", max(width, 10))]
        return [*lines, *gap_lines(offer.gaps, width)]

    def _picked(self, key: str) -> None:
        offer = next((offer for offer in self.offers if offer.code == key), None)
        if offer is not None and not offer.active:
            self.dismiss(key)


class ChecklistDrawer(Drawer[str]):
    """The active plans of a ticket. Enter ticks a line, or asks for an answer; what is missing stands first."""

    BINDINGS = [Binding("space", "tick", show=False)]

    def __init__(
        self,
        heading: str,
        found: PlansView,
        tick: Callable[[str, int, bool], Awaitable[PlansView]],
        failed: Callable[[Exception], object],
        key: str,
    ) -> None:
        """`tick` ticks a line of a plan, or takes the tick off, and reads anew; `key` is the line to begin at."""
        super().__init__(heading)
        self.found, self.ticking, self.failed, self.key = found, tick, failed, key

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        view.styles.height = CHECKLIST
        view.key = self.key or next((line.key for line in self._lines(80) if line.key), None)
        view.on_pick = self._picked
        hint = _("Enter ticks a line or answers a question; Esc closes, the plan stays active")
        return [view, HintLine(lambda _width: [text_line(hint, "muted")])]

    def _lines(self, width: int) -> list[Line]:
        lines = [line for plan in self.found.active for line in self._of(plan, width)]
        return [*lines, Line(((_("another plan"), "muted"),), MORE)]

    def _of(self, plan: ActivePlanView, width: int) -> list[Line]:
        head = f"{clean(plan.code, 40)} {clean(plan.title, 60)}"
        lines = [Line(((head, "title"), (f"  {clean(plan.since, 60)}", "muted"))), *gap_lines(plan.gaps, width)]
        lines += [_check_line(clean(plan.code, 40), line) for line in plan.checks]
        if plan.questions:
            lines.append(text_line(_("Questions"), "title"))
        return lines + [_question_line(clean(plan.code, 40), line) for line in plan.questions]

    def action_tick(self) -> None:
        """Space does what Enter does on the line under the cursor."""
        key = self.query_one(".drawer--list", LinesView).key
        if key is not None:
            self._picked(key)

    def _picked(self, key: str) -> None:
        kind, _space, rest = key.partition(" ")
        if kind != "check":
            self.dismiss(key)
            return
        code, _space, number = rest.rpartition(" ")
        plan = next(plan for plan in self.found.active if plan.code == code)
        done = next(line.done for line in plan.checks if line.number == int(number))
        self._hold()
        self.run_worker(self._tick(code, int(number), done), group="tick", exit_on_error=False)

    async def _tick(self, code: str, number: int, done: bool) -> None:
        try:
            self.found = await self.ticking(code, number, done)
        except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
            self.failed(error)
        else:
            view = self.query_one(".drawer--list", LinesView)
            view.show(self._lines, None if done else self._next_open(code, number))
        finally:
            if isinstance(self.app, KeyOrder):
                self.app.release_keys()

    def _next_open(self, code: str, number: int) -> str | None:
        """The next line that is still to be done; None where there is none."""
        plan = next(plan for plan in self.found.active if plan.code == code)
        left = (line for line in plan.checks if line.number > number and not line.done)
        return next((_check_key(code, line) for line in left), None)

    def _hold(self) -> None:
        """What is typed ahead waits for the tick: the next line is another one then."""
        if isinstance(self.app, KeyOrder):
            self.app.hold_keys()


class CardDrawer(Drawer[None]):
    """The card of a matter."""

    def __init__(self, card: CardView) -> None:
        super().__init__(_("Matter card  {title}").format(title=clean(card.title, 80)))
        self.card = card

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, classes="drawer--list")
        most = self.app.size.height * 4 // 5 - 3  # a drawer is four fifths of the screen; title, foot, edge
        view.styles.height = min(len(self._lines(self.app.size.width - ROOM)), most)
        more = len(self._lines(self.app.size.width - ROOM)) > most
        hint = _("Up Down for the rest, Esc closes") if more else _("Esc closes")
        return [view, HintLine(lambda _width: [text_line(hint, "muted")])]

    def _lines(self, width: int) -> list[Line]:
        lines = []
        for title, said in self.card.parts:
            lines.append(text_line(clean(title, 40), "title"))
            for text in said:
                first, *rest = wrap(clean(text, 500), max(width - 2, 10)) or [""]
                lines += [text_line(f"  {first}"), *(text_line(f"  {row}") for row in rest)]
        return lines


def gap_lines(gaps: Sequence[GapView], width: int) -> list[Line]:
    """Needs that are not met, each with its code; several with one code stand together."""
    lines = []
    for code in dict.fromkeys(gap.code for gap in gaps):
        same = [gap for gap in gaps if gap.code == code]
        names = _(", ").join(clean(gap.who or gap.text, 60) for gap in same)
        text = clean(same[0].text, 200) if len(same) == 1 else f"{clean(same[0].title, 40)} {len(same)}: {names}"
        head = f"! {clean(code, 40)} "
        room = max(width - cells(head), 10)
        rows = wrap(text, room) or [""]
        if len(rows) > GAP_ROWS:
            rows = [*rows[: GAP_ROWS - 1], cut(" ".join(rows[GAP_ROWS - 1 :]), room)]
        first, *rest = rows
        lines.append(Line(((head, "late"), (first, ""))))
        lines += [text_line(" " * cells(head) + row) for row in rest]
    return lines


def _check_key(code: str, line: LineView) -> str:
    return f"check {code} {line.number}"


def _check_line(code: str, line: LineView) -> Line:
    sign = "[x]" if line.done else "[ ]"
    head = f" {sign} {line.number:>2} {clean(line.text, 120)}"
    return Line(((head, "ok" if line.done else ""), (f"  {clean(line.said, 60)}", "muted")), _check_key(code, line))


def _question_line(code: str, line: LineView) -> Line:
    answer = f"  {clean(line.said, 200)}" if line.done else "  ?"
    parts: tuple[Part, ...] = (
        (f"     {line.number:>2} {clean(line.text, 120)}", ""),
        (answer, "ok" if line.done else "soon"),
    )
    return Line(parts, f"{ANSWER} {code} {line.number}")
