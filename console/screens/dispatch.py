"""Dispatch: tickets that wait to be sent on the left, sections and posts on the right; Enter, Enter sends.

The catalogue's proposal is preselected and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from console.dialogs.hands import NEXT_PART, SIGNS
from console.i18n import _
from console.ports import PostNode, Proposal, QueueRow
from console.screens.duty import DutyScreen
from console.terminal.legible import clean
from console.terminal.width import cells, pad, wrap
from console.widgets.columns import waiting_columns
from console.widgets.lines import Line, LinesView, Part, text_line
from console.widgets.queue_view import QueueView
from data.terms import TaskRole

WAITING = "stage:accepted|assessed"
"""The filter for tickets that are still to be sent."""

PAUSE = 0.12

FIGURES = 11
"""Cells of a post's sign, load and late tickets with their gaps."""
NARROWEST_NAME, WIDEST_NAME = 14, 26


class DispatchScreen(DutyScreen):
    """Send tickets to posts."""

    NAME = "dispatch"
    BINDINGS = [
        Binding("right", "side('posts')", show=False),
        Binding("left", "side('tickets')", show=False),
        Binding("tab,shift+tab", "other_side", show=False, priority=True),
        Binding("space", "mark_post", show=False),
    ]

    def body(self) -> Iterable[Widget]:
        with Horizontal(classes="split"):
            yield QueueView(self.app.load, waiting_columns, empty=_("Nothing waits to be sent."), name="tickets")
            with Vertical(classes="beside"):
                yield LinesView(name="reason")
                yield LinesView(name="posts")

    def on_mount(self) -> None:
        self.nodes: Sequence[PostNode] = ()
        self.proposal: Proposal | None = None
        self.proposed_for: QueueRow | None = None
        self.marks: dict[str, str] = {}
        """Posts marked to assist or to be informed, for the ticket at hand."""
        self._asked_post = ""
        """A post that somebody wants to look at: for now no proposal moves the cursor away from it."""
        self._waiting = self.set_timer(PAUSE, self._read_proposal, pause=True)
        self.reason.can_focus = False
        self.posts.on_pick = self._send_to
        self.view.show(self.app.backend.queue(WAITING))
        self.set_focus(self.view)
        self._read_tree()

    @property
    def view(self) -> QueueView:
        """The tickets that wait."""
        return self.query_one(QueueView)

    @property
    def posts(self) -> LinesView:
        """The tree."""
        return self.query_one("#posts", LinesView)

    @property
    def reason(self) -> LinesView:
        """The proposal in words."""
        return self.query_one("#reason", LinesView)

    def changed(self) -> None:
        super().changed()
        self._read_tree()
        self._rest()

    # ------------------------------------------------------------------------------------------- reading

    def _read_tree(self) -> None:
        async def read() -> None:
            try:
                self.nodes = await self.app.load(self.app.backend.posts)
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self.refuse(error)
                return
            self.posts.show(self._tree_lines)

        self.run_worker(read(), group="tree", exclusive=True, exit_on_error=False)

    @on(QueueView.Moved)
    def _moved(self, _event: QueueView.Moved) -> None:
        self._rest()

    def _rest(self) -> None:
        self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._read_proposal)

    def _read_proposal(self) -> None:
        row = self.view.row

        async def read() -> None:
            proposal = None
            if row is not None:
                try:
                    proposal = await self.app.load(lambda: self.app.backend.proposal(row.ticket))
                except Exception as error:  # noqa: BLE001 - a failed query is a banner
                    self.refuse(error)
                    return
            again = self.proposed_for is not None and row is not None and row.id == self.proposed_for.id
            if not again:
                self.marks = {}
            self.proposal, self.proposed_for = proposal, row
            self.reason.show(self._reason_lines)
            proposed = proposal is not None and not again
            wanted = proposal.unit_code if proposal is not None and proposed else None
            self.posts.show(self._tree_lines, self._asked_post or wanted or None)
            self._asked_post = ""

        self.run_worker(read(), group="proposal", exclusive=True, exit_on_error=False)

    # ------------------------------------------------------------------------------------------- sending

    def picked(self, row: QueueRow) -> None:
        self.set_focus(self.posts)

    def _send_to(self, unit_code: str) -> None:
        """Send the ticket at hand to a unit of the tree."""
        row = self.proposed_for
        if row is None or row != self.view.row:
            self.say(_("Choose a ticket first."), "warning")
            return
        self.app.work.send(self, row, unit_code, self.proposal, self.marks)
        self.set_focus(self.view)

    def action_mark_post(self) -> None:
        """The post under the cursor assists, is informed, or neither."""
        code = self.posts.key
        if self.focused is not self.posts or code is None:
            return
        if not self.marks and self.proposal is not None:
            self.marks = dict.fromkeys(self.proposal.assist, TaskRole.ASSIST.value)
        role = NEXT_PART.get(self.marks.pop(code, ""), "")
        if role:
            self.marks[code] = role
        self.posts.rebuild()

    def look_at(self, unit_code: str) -> None:
        """Put the cursor of the tree on a unit."""
        self._asked_post = unit_code
        self.posts.show(self._tree_lines, unit_code)
        self.set_focus(self.posts)

    def action_side(self, name: str) -> None:
        self.set_focus(self.query_one(f"#{name}"))

    def action_other_side(self) -> None:
        self.set_focus(self.view if self.focused is self.posts else self.posts)

    def action_open_ticket(self) -> None:
        """Enter goes on to the posts here; the whole ticket opens from the queue."""
        self.set_focus(self.posts)

    def action_filter(self) -> None:
        """Find a post by name, pinyin or initials and send to it."""
        self.action_verb("dispatch")

    def step_back(self) -> bool:
        away = self.focused is not self.view
        self.set_focus(self.view)
        return away

    # ------------------------------------------------------------------------------------------- content

    def _reason_lines(self, width: int) -> list[Line]:
        if self.proposed_for is None:
            return [text_line(_("No ticket."), "muted")]
        lines = [text_line(clean(self.proposed_for.title, 200), "title")]
        reason = self.proposal.reason if self.proposal is not None else ""
        duty = self.proposal.duty if self.proposal is not None else ""
        said = wrap(clean(duty, 300), width)[:2] if duty else []
        lines += [text_line(row, "ok") for row in said]
        lines += [text_line(row, "soon") for row in wrap(clean(reason, 300), width)[: 2 - len(said)]]
        return lines

    def _tree_lines(self, width: int) -> list[Line]:
        room = width - FIGURES - cells(_("! nobody on duty"))  # the name gives way to the warning
        name_width = max(min(room, WIDEST_NAME), NARROWEST_NAME)
        return [self._tree_line(post, name_width) for post in self.nodes]

    def _tree_line(self, post: PostNode, name_width: int) -> Line:
        """A section as a heading, a post with who is on, its load and what is overdue."""
        name = "  " * post.depth + clean(post.name, 60)
        if not post.target:
            return Line(((name, "title"),))
        proposed = self.proposal is not None and post.code == self.proposal.unit_code
        parts_of = self.marks or dict.fromkeys(self.proposal.assist if self.proposal else (), TaskRole.ASSIST.value)
        sign = "= " if proposed else SIGNS.get(parts_of.get(post.code, ""), "  ")
        parts: list[Part] = [
            (sign, "soon"),
            (pad(name, name_width) + " ", ""),
            (f"{post.load:>3} ", "" if post.load else "muted"),
            (f"!{post.late:<3}" if post.late else "    ", "late"),
        ]
        on_duty = clean(post.on_duty, 60)
        parts.append((on_duty, "muted") if post.staffed else (_("! nobody on duty"), "late"))
        return Line(tuple(parts), post.code)
