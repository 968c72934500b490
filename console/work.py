"""Working on a ticket from any screen: what can be done, what is asked first, doing it, and saying what came of it.

An operation is always meant for the ticket and the revision that were on the screen when its key was pressed, so that
type-ahead on a slow line never hits another ticket.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from console.backend.words import event_title
from console.dialogs.choose import Item, MenuDrawer, SearchDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.hands import HandsDrawer
from console.dialogs.verb_forms import FORMS, NEEDS_UNIT, OF_A_TASK, WHY, order_values, override_form
from console.drafts import INTAKE
from console.i18n import _
from console.intake_ports import MatterHit
from console.ports import Choice, PostNode, Proposal, QueueRow, Receipt, TicketView
from console.terminal.legible import clean
from console.widgets.columns import label
from data.errors import Refusal
from data.terms import TaskRole, TaskState

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

Found = TypeVar("Found")

WAITING_AFTER = 2.0
"""Seconds without an answer after which the officer is told that it waits."""

EVERYDAY = frozenset(
    (
        *("accept", "refuse", "amend", "assess", "dispatch", "redispatch", "add_task", "acknowledge", "arrive"),
        *("handle", "finish_task", "complete", "return", "check", "call_back", "archive", "void", "hand_up"),
        *("hand_down", "remind", "supervise", "ask", "note", "pause", "resume", "take_back"),
    )
)
"""What the menu names first, so that it keeps its digits; what is needed now and then comes after it."""

NEXT: tuple[str, ...] = (
    "accept",
    "assess",
    "dispatch",
    "acknowledge",
    "arrive",
    "complete",
    "check",
    "call_back",
    "archive",
    "resume",
)
"""The usual steps in their order; the next one is the first that is possible, but see `usual_step`."""

AFTER_STAGE = {
    "reported": "accept",
    "accepted": "assess",
    "assessed": "dispatch",
    "dispatched": "acknowledge",
    "acknowledged": "arrive",
    "on_scene": "complete",
    "handling": "complete",
    "completed": "check",
    "checked": "call_back",
    "called_back": "archive",
    "suspended": "resume",
}


def usual_step(stage: str, choices: Sequence[Choice]) -> str | None:
    """The verb that usually follows a stage, when it is possible; otherwise a later one that is, or asking the leader.

    Never an earlier one: a ticket whose lead only the duty leader may name is not assessed over and over.
    """
    allowed = {choice.verb for choice in choices if choice.allowed}
    usual = AFTER_STAGE.get(stage, "")
    later = NEXT[NEXT.index(usual) :] if usual in NEXT else NEXT
    return next((verb for verb in (*later, "ask") if verb in allowed), None)


class TicketWork:
    """Carries operations from a key to the desk and back to the banner."""

    def __init__(self, app: ZhihuiApp) -> None:
        self.app = app

    # ------------------------------------------------------------------------------------------- from a key

    def choose_action(self, screen: DutyScreen, row: QueueRow) -> None:
        """Show everything that can be done to a ticket, and do what is chosen."""
        self._with_choices(screen, row, partial(self._menu, screen, row))

    def next_step(self, screen: DutyScreen, row: QueueRow) -> None:
        """Do what usually comes next."""

        def go(choices: Sequence[Choice]) -> None:
            verb = usual_step(row.stage, choices)
            if verb is None:
                screen.say(_("There is no next step for you here; F7 shows what is possible and why."))
            else:
                self._ask(screen, row, verb, choices)

        self._with_choices(screen, row, go)

    def start(self, screen: DutyScreen, row: QueueRow, verb: str) -> None:
        """Do one verb, or say why it cannot be done."""
        self._with_choices(screen, row, partial(self._ask, screen, row, verb))

    # ------------------------------------------------------------------------------------------- asking

    def _with_choices(self, screen: DutyScreen, row: QueueRow, then: Callable[[Sequence[Choice]], None]) -> None:
        """Read what is possible, then go on."""
        self.read_then(screen, lambda: self.app.load(lambda: self.app.backend.possible(row.code)), then)

    def read_then(
        self, screen: DutyScreen, read: Callable[[], Awaitable[Found]], then: Callable[[Found], None]
    ) -> None:
        """Read something away from the event loop, then go on; the keys that follow wait for what comes of it."""
        self.app.hold_keys()

        async def run() -> None:
            try:
                then(await read())
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                self.app.forget_keys()
                screen.refuse(error)
            finally:
                self.app.release_keys()

        screen.run_worker(run(), group="work", exit_on_error=False)

    def _menu(self, screen: DutyScreen, row: QueueRow, choices: Sequence[Choice]) -> None:
        usual = usual_step(row.stage, choices)
        items = [
            Item(choice.verb, choice.title, _("usual next step") if choice.verb == usual else "", choice.reason)
            for choice in sorted(choices, key=lambda choice: choice.verb not in EVERYDAY)
            if choice.allowed or choice.reason
        ]

        def chosen(verb: str | None) -> None:
            if verb is not None:
                self._ask(screen, row, verb, choices)

        heading = f"{clean(row.code, 40)}  {clean(row.title, 60)}"
        self.app.open_drawer(MenuDrawer(heading, items, usual), chosen)

    def _ask(self, screen: DutyScreen, row: QueueRow, verb: str, choices: Sequence[Choice]) -> None:
        """Ask what a verb needs to know, then carry it out."""
        choice = next((item for item in choices if item.verb == verb), None)
        allowed = {item.verb for item in choices if item.allowed}
        if verb == "dispatch" and verb not in allowed and "accept" in allowed:
            self._choose_hands(screen, row, self._heading(verb, row, choices), (("accept", {}),))
            return
        if choice is None or not choice.allowed:
            reason = clean(choice.reason, 200) if choice is not None else _("unknown action")
            self.app.forget_keys()
            screen.say(_("Not possible now: {reason}").format(reason=reason), "warning")
            return
        heading = self._heading(verb, row, choices)
        if verb == "dispatch":
            self._choose_hands(screen, row, heading)
        elif verb == "add_task":
            self._add_hands(screen, row, heading)
        elif verb == "assess":
            self._choose_matter(screen, row, heading)
        elif verb in ("activate_plan", "tick"):
            self.app.contingency.open(screen, row)
        elif verb == "attend":
            self.app.meetings.attend(screen, row, heading)
        elif verb == "join":
            self.app.joining.propose(screen, row)
        elif verb == "sweep":
            self.app.watching.start_sweep(screen, row, heading)
        elif verb in NEEDS_UNIT:
            self._choose_unit(screen, row, verb, heading)
        elif verb in OF_A_TASK:
            self._choose_task(screen, row, verb, heading)
        else:
            self._fill_form(screen, row, verb, heading, {})

    def fill_form(self, screen: DutyScreen, row: QueueRow, verb: str) -> None:
        """Ask for everything that a verb's order needs, then carry it out."""
        title = event_title(verb)
        self._fill_form(screen, row, verb, f"{title}  {clean(row.code, 40)}  {clean(row.title, 60)}", {})

    def _fill_form(
        self, screen: DutyScreen, row: QueueRow, verb: str, heading: str, known: Mapping[str, object]
    ) -> None:
        if verb not in FORMS:
            self.carry_out(screen, row, verb, known)
            return

        drafts, form = self.app.drafts, form_of(verb, row)

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self.carry_out(screen, row, verb, {**known, **order_values(verb, answer)})

        drawer = FormDrawer(heading, FORMS[verb](), drafts.get(form).values, partial(drafts.keep, form))
        self.app.open_drawer(drawer, filled)

    def _heading(self, verb: str, row: QueueRow, choices: Sequence[Choice]) -> str:
        title = next((choice.title for choice in choices if choice.verb == verb), verb)
        return f"{clean(title, 40)}  {clean(row.code, 40)}  {clean(row.title, 60)}"

    def _choose_hands(
        self, screen: DutyScreen, row: QueueRow, heading: str, before: Sequence[tuple[str, dict[str, object]]] = ()
    ) -> None:
        """Ask whom to send a ticket to; the catalogue's proposal is preselected and says why.

        What has to be done `before` is done together with it: all or nothing.
        """

        def show(found: tuple[Sequence[PostNode], Proposal]) -> None:
            nodes, proposal = found
            drawer = HandsDrawer(heading, post_items(nodes), members_of(nodes), proposal)

            def sent(key: str | None) -> None:
                if key is None:
                    return
                if before:
                    self.app.planned.carry_out(screen, row, (*before, ("dispatch", drawer.values)))
                else:
                    self.carry_out(screen, row, "dispatch", drawer.values)

            self.app.open_drawer(drawer, sent)

        backend = self.app.backend
        self.read_then(screen, lambda: self.app.load(lambda: (backend.hands(), backend.proposal(row.ticket))), show)

    def _add_hands(self, screen: DutyScreen, row: QueueRow, heading: str) -> None:
        """Ask who else is to have a part in a ticket that is out."""

        def show(nodes: Sequence[PostNode]) -> None:
            drawer = HandsDrawer(heading, post_items(nodes), members_of(nodes), None)

            def added(key: str | None) -> None:
                if key is not None:
                    self.carry_out(screen, row, "add_task", drawer.values)

            self.app.open_drawer(drawer, added)

        self.read_then(screen, lambda: self.app.load(self.app.backend.hands), show)

    def send(
        self,
        screen: DutyScreen,
        row: QueueRow,
        unit_code: str,
        proposal: Proposal | None,
        marks: Mapping[str, str] | None = None,
    ) -> None:
        """Dispatch a ticket to a unit with all that are marked; the proposed one has its assisting units by itself."""
        values: dict[str, object] = {"to": unit_code}
        if marks:
            for role in (TaskRole.ASSIST, TaskRole.INFORM):
                values[role.value] = [code for code, part in marks.items() if part == role and code != unit_code]
        elif proposal is not None and unit_code == proposal.unit_code and proposal.assist:
            values["assist"] = list(proposal.assist)
        if proposal is not None and unit_code == proposal.unit_code:
            values |= proposal.assessment
        self.carry_out(screen, row, "dispatch", values)

    def _choose_unit(self, screen: DutyScreen, row: QueueRow, verb: str, heading: str) -> None:
        """Ask for a unit, then for the rest of the form."""

        def show(nodes: Sequence[PostNode]) -> None:
            items = post_items([node for node in nodes if not node.members])

            def chosen(key: str | None) -> None:
                if key is not None:
                    self._fill_form(screen, row, verb, heading, {"to": key})

            self.app.open_drawer(SearchDrawer(heading, lambda: items, _("post, pinyin or initials")), chosen)

        self.read_then(screen, lambda: self.app.load(self.app.backend.hands), show)

    def _choose_task(self, screen: DutyScreen, row: QueueRow, verb: str, heading: str) -> None:
        """Ask which of the units at work it is, where there are several; the lead is meant without a word."""

        def show(view: TicketView | None) -> None:
            tasks = [task for task in view.tasks if task.live] if view is not None else []
            if verb == "finish_task":
                tasks = [task for task in tasks if task.role == TaskRole.ASSIST]
            elif len(tasks) < 2:
                self._fill_form(screen, row, verb, heading, {})
                return
            items = [
                Item(task.code, task.unit, f"{label(TaskRole, task.role)}  {label(TaskState, task.state)}")
                for task in tasks
            ]
            leads = {task.code for task in tasks if task.role == TaskRole.LEAD}

            def chosen(key: str | None) -> None:
                if key is not None:
                    self._fill_form(screen, row, verb, heading, {} if key in leads else {"unit": key})

            self.app.open_drawer(MenuDrawer(heading, items), chosen)

        self.read_then(screen, lambda: self.app.load(lambda: self.app.backend.ticket(row.ticket)), show)

    def _choose_matter(self, screen: DutyScreen, row: QueueRow, heading: str) -> None:
        """Ask what kind of matter it is; those that the report speaks of stand first and say why."""

        def show(hits: Sequence[MatterHit]) -> None:
            items = [
                Item(hit.code, hit.title, f"{hit.section}  {hit.reason}", found_by=hit.found_by or hit.code)
                for hit in hits
            ]

            def chosen(key: str | None) -> None:
                hit = next((hit for hit in hits if hit.code == key), None)
                if hit is not None:
                    self._choose_condition(screen, row, heading, hit)

            self.app.open_drawer(SearchDrawer(heading, lambda: items, _("kind of matter")), chosen)

        self.read_then(screen, lambda: self.app.load(lambda: self.app.backend.matters_of(row.ticket)), show)

    def _choose_condition(self, screen: DutyScreen, row: QueueRow, heading: str, hit: MatterHit) -> None:
        """Ask under which condition, when the matter has several: the limits hang on it."""
        if len(hit.conditions) < 2:
            self._fill_form(screen, row, "assess", heading, {"matter": hit.code})
            return
        items = [Item(str(item.number), item.when, item.limits) for item in hit.conditions]

        def chosen(key: str | None) -> None:
            if key is not None:
                self._fill_form(screen, row, "assess", heading, {"matter": hit.code, "limit_no": int(key)})

        self.app.open_drawer(MenuDrawer(f"{heading}  {clean(hit.title, 60)}", items, str(hit.proposed)), chosen)

    def _ask_why(
        self, screen: DutyScreen, row: QueueRow, verb: str, values: Mapping[str, object], error: Exception
    ) -> None:
        """It can be done all the same, on the record with a reason: ask for it, then do it."""

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self.carry_out(screen, row, verb, {**values, **answer})

        heading = f"{clean(row.code, 40)}  {clean(str(error), 200)}"
        spec = WHY[verb, getattr(error, "code", "")]()
        self.app.open_drawer(FormDrawer(heading, (spec,)), filled)

    # ------------------------------------------------------------------------------------------- doing

    def carry_out(
        self,
        screen: DutyScreen,
        row: QueueRow | None,
        verb: str,
        values: Mapping[str, object],
        then: Callable[[Receipt], None] | None = None,
    ) -> None:
        """Hand an operation to the desk, once; say what came of it."""
        code, revision = (row.code, row.revision) if row is not None else ("", None)
        key = f"console-{os.urandom(12).hex()}"
        drafts, form = self.app.drafts, form_of(verb, row)
        waiting = screen.set_timer(WAITING_AFTER, lambda: screen.say(_("The store is busy; this waits its turn.")))

        async def run() -> None:
            try:
                receipt = await self.app.write(lambda: self.app.backend.do(verb, code, revision, values, key))
            except Exception as error:  # noqa: BLE001 - see above
                kept = _(" What you typed is kept: the same key brings it back.") if row and drafts.get(form) else ""
                screen.refuse(error, kept)
                self.app.heard()
                if row is not None and (verb, getattr(error, "code", "")) in WHY:
                    self._ask_why(screen, row, verb, values, error)
                self.ask_override(
                    error, lambda why: self.carry_out(screen, row, verb, {**values, "override": why}, then)
                )
                return
            finally:
                waiting.stop()
            drafts.drop(form)
            if verb == "report":
                self.app.attention.reported_here(receipt.ticket_id)
            screen.say(clean(receipt.text, 200))
            self.app.heard()
            if then is not None:
                then(receipt)

        self.app.run_worker(run(), group="doing", exit_on_error=False)

    def ask_override(self, error: Exception, again: Callable[[str], None]) -> None:
        """Where the lists stopped it and this officer may override them: ask why, then do it all the same."""
        if not (isinstance(error, Refusal) and error.details.get("may_override")):
            return

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                again(answer["override"])

        heading = _("Send it although the lists stop it?")
        self.app.open_drawer(FormDrawer(heading, override_form()), filled)


def form_of(verb: str, row: QueueRow | None) -> str:
    """The name of a form among the drafts: the intake, or a verb on a ticket."""
    return f"{verb} {row.code}" if row is not None else INTAKE


def members_of(nodes: Sequence[PostNode]) -> dict[str, tuple[str, ...]]:
    """The hands behind each line that stands for several."""
    return {node.code: node.members for node in nodes if node.members}


def post_items(posts: Sequence[PostNode]) -> list[Item]:
    """The tree of posts as things to choose; sections are headings."""
    return [post_item(post) for post in posts]


def post_item(post: PostNode) -> Item:
    """A line of the tree: name, who is on, load and overdue."""
    title = "  " * post.depth + post.name
    if not post.target:
        return Item(post.code, title, off=" ", part="title")
    on_duty = post.on_duty if post.staffed else _("! nobody on duty")
    load = _("{n} open").format(n=post.load) if post.load else ""
    late = _("!{n} late").format(n=post.late) if post.late else ""
    detail = "  ".join(part for part in (on_duty, load, late) if part)
    return Item(post.code, title, detail, found_by=f"{post.code} {post.found_by}")
