"""Working on many marked tickets at once: what is possible, what it needs to know, a preview, then one by one.

Every ticket goes through the desk by itself, with the revision that the preview showed and a key of its own; what is
refused is said with its reason and stays marked.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from console.dialogs.bulk import BulkDrawer, Piece
from console.dialogs.choose import Item, MenuDrawer, SearchDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.verb_forms import FORMS, NEEDS_UNIT, order_values
from console.i18n import _
from console.intake_ports import MatterHit
from console.ports import Choice, PostNode, Proposal, QueueRow
from console.screens.duty import sentence
from console.terminal.legible import clean
from console.work import post_items, usual_step
from data.errors import Refusal, StoreTrouble

if TYPE_CHECKING:
    from console.screens.queue import QueueScreen

STEP = 50
"""Tickets that are looked at in one reading: other readings come in between."""
ALONE = frozenset({"amend", "finish_task", "activate_plan", "tick"})
"""Verbs that say something about one ticket only."""
PROPOSED = "="
"""Stands for "where the catalogue would send each" in the list of posts."""

Values = Mapping[str, object]


@dataclass
class Looked:
    """The marked tickets as they are now, with what can be done to each."""

    rows: list[QueueRow]
    choices: dict[int, Sequence[Choice]] = field(default_factory=dict)

    def able(self, verb: str) -> list[QueueRow]:
        """The tickets to which a verb can be done."""
        return [row for row in self.rows if self.why_not(row, verb) is None]

    def why_not(self, row: QueueRow, verb: str) -> str | None:
        """Why a verb cannot be done to a ticket; None where it can."""
        choice = next((item for item in self.choices.get(row.id, ()) if item.verb == verb), None)
        if choice is None:
            return _("it is not open any more")
        return None if choice.allowed else choice.reason or _("not possible now")

    def title(self, verb: str) -> str:
        """What a verb is called."""
        named = (item.title for choices in self.choices.values() for item in choices if item.verb == verb)
        return clean(next(named, verb), 40)

    def verbs(self) -> dict[str, int]:
        """How many tickets each verb is possible for, in the order of a ticket's life; only those with some."""
        order = [item.verb for item in next(iter(self.choices.values()), ())]
        amounts = Counter(item.verb for choices in self.choices.values() for item in choices if item.allowed)
        return {verb: amounts[verb] for verb in order if amounts[verb] and verb not in ALONE}

    def usual(self) -> str | None:
        """The next step that most of them have."""
        steps = Counter(usual_step(row.stage, self.choices.get(row.id, ())) for row in self.rows)
        del steps[None]
        possible = self.verbs()
        return next((str(verb) for verb, _amount in steps.most_common() if verb in possible), None)


class BulkWork:
    """Carries one verb to many tickets, from a screen with marks."""

    def __init__(self, screen: QueueScreen) -> None:
        self.screen = screen
        self.app = screen.app

    # ------------------------------------------------------------------------------------------- from a key

    def choose_action(self) -> None:
        """Show what can be done to the marked tickets, each verb with how many it is possible for."""

        def menu(looked: Looked) -> None:
            usual, amount = looked.usual(), len(looked.rows)
            items = [
                Item(verb, looked.title(verb), _("for {n} of {m}").format(n=able, m=amount))
                for verb, able in looked.verbs().items()
            ]
            heading = _("{n} marked tickets").format(n=amount)

            def chosen(verb: str | None) -> None:
                if verb is not None:
                    self._ask(looked, verb)

            self.app.open_drawer(MenuDrawer(heading, items, usual), chosen)

        self._look(menu)

    def next_step(self) -> None:
        """The next step that most of the marked tickets have."""

        def go(looked: Looked) -> None:
            verb = looked.usual()
            if verb is None:
                self.screen.say(_("There is no next step for you here; F7 shows what is possible and why."))
            else:
                self._ask(looked, verb)

        self._look(go)

    def start(self, verb: str) -> None:
        """One verb on all of them."""
        self._look(lambda looked: self._ask(looked, verb))

    # ------------------------------------------------------------------------------------------- asking

    def _look(self, then: Callable[[Looked], None]) -> None:
        """Read the marked tickets and what can be done to them, a few at a time; the keys that follow wait."""
        marked, backend = list(self.screen.view.marks), self.app.backend

        async def read() -> Looked:
            looked = Looked([])
            for start in range(0, len(marked), STEP):
                part = marked[start : start + STEP]
                ids = [row.id for row in part]
                fresh = {row.id: row for row in await self.app.load(partial(backend.queue("").rows, ids))}
                looked.rows += [fresh.get(row.id, row) for row in part]
                found = await self.app.load(partial(backend.possible_each, ids))
                looked.choices |= {number: choices for number, choices in found.items() if number in fresh}
            return looked

        self._then(read, then)

    def _then(self, read: Callable[[], object], then: Callable[..., None]) -> None:
        """Read, then go on; whatever fails is said, and the keys that follow wait for what comes of it."""
        self.app.hold_keys()

        async def run() -> None:
            try:
                then(await read())  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 - whatever fails is said in the banner
                self.screen.refuse(error)
            finally:
                self.app.release_keys()

        self.screen.run_worker(run(), group="bulk", exit_on_error=False)

    def _ask(self, looked: Looked, verb: str) -> None:
        """Ask once what the verb needs to know for all of them."""
        if not looked.able(verb):
            reason = looked.why_not(looked.rows[0], verb) if looked.rows else ""
            words = _("Not possible for any of the marked tickets: {reason}")
            self.screen.say(words.format(reason=clean(reason or "", 200)), "warning")
        elif verb == "dispatch" or verb in NEEDS_UNIT:
            self._then(lambda: self.app.load(self.app.backend.posts), lambda posts: self._ask_unit(looked, verb, posts))
        elif verb == "assess":
            first = looked.able(verb)[0].ticket
            self._then(
                lambda: self.app.load(lambda: self.app.backend.matters_of(first)),
                lambda hits: self._ask_matter(looked, hits),
            )
        else:
            self._fill_form(looked, verb, {})

    def _heading(self, looked: Looked, verb: str) -> str:
        return _("{verb}: {n} marked tickets").format(verb=looked.title(verb), n=len(looked.rows))

    def _fill_form(self, looked: Looked, verb: str, known: Values) -> None:
        if verb not in FORMS:
            self._preview(looked, verb, {row.id: known for row in looked.able(verb)}, {})
            return

        def filled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                values = {**known, **order_values(verb, answer)}
                self._preview(looked, verb, {row.id: values for row in looked.able(verb)}, {})

        self.app.open_drawer(FormDrawer(self._heading(looked, verb), FORMS[verb]()), filled)

    def _ask_unit(self, looked: Looked, verb: str, posts: Sequence[PostNode]) -> None:
        items = post_items(posts)
        if verb == "dispatch":
            items = [Item(PROPOSED, _("as the catalogue proposes, each by itself"), found_by="anmulu aml"), *items]

        def chosen(key: str | None) -> None:
            if key == PROPOSED:
                self._plan_proposed(looked, {post.code: post.name for post in posts})
            elif key is not None:
                self._fill_form(looked, verb, {"to": [key] if verb == "add_task" else key})

        hint = _("post, pinyin or initials")
        self.app.open_drawer(SearchDrawer(self._heading(looked, verb), lambda: items, hint), chosen)

    def _plan_proposed(self, looked: Looked, names: Mapping[str, str]) -> None:
        """Find where the catalogue would send each; what it knows nothing for is left out and says so."""
        able, backend = looked.able("dispatch"), self.app.backend

        def proposals(rows: Sequence[QueueRow]) -> dict[int, Proposal]:
            return {row.id: backend.proposal(row.ticket) for row in rows}

        async def read() -> dict[int, Proposal]:
            found: dict[int, Proposal] = {}
            for start in range(0, len(able), STEP):
                part = able[start : start + STEP]
                found |= await self.app.load(partial(proposals, part))
            return found

        def show(found: Mapping[int, Proposal]) -> None:
            plan: dict[int, Values] = {}
            details: dict[int, str] = {}
            for number, proposal in found.items():
                if proposal.unit_code:
                    assist = {"assist": list(proposal.assist)} if proposal.assist else {}
                    plan[number] = {"to": proposal.unit_code, **assist}
                    details[number] = names.get(proposal.unit_code, proposal.unit_code)
                else:
                    details[number] = _("the catalogue proposes nobody")
            self._preview(looked, "dispatch", plan, details)

        self._then(read, show)

    def _ask_matter(self, looked: Looked, hits: Sequence[MatterHit]) -> None:
        items = [Item(hit.code, hit.title, f"{hit.section}  {hit.reason}", found_by=hit.code) for hit in hits]

        def chosen(key: str | None) -> None:
            hit = next((hit for hit in hits if hit.code == key), None)
            if hit is not None:
                self._ask_condition(looked, hit)

        heading = self._heading(looked, "assess")
        self.app.open_drawer(SearchDrawer(heading, lambda: items, _("kind of matter")), chosen)

    def _ask_condition(self, looked: Looked, hit: MatterHit) -> None:
        if len(hit.conditions) < 2:
            self._fill_form(looked, "assess", {"matter": hit.code})
            return
        items = [Item(str(item.number), item.when, item.limits) for item in hit.conditions]

        def chosen(key: str | None) -> None:
            if key is not None:
                self._fill_form(looked, "assess", {"matter": hit.code, "limit_no": int(key)})

        self.app.open_drawer(MenuDrawer(self._heading(looked, "assess"), items, str(hit.proposed)), chosen)

    # ------------------------------------------------------------------------------------------- doing

    def _preview(self, looked: Looked, verb: str, plan: Mapping[int, Values], details: Mapping[int, str]) -> None:
        """Show what would be done to each and what not, and why; F8 begins."""
        pieces = [
            Piece(
                row,
                looked.why_not(row, verb) or ("" if row.id in plan else details.get(row.id, "")),
                details.get(row.id, ""),
            )
            for row in looked.rows
        ]
        drawer = BulkDrawer(looked.title(verb), pieces)
        token = os.urandom(9).hex()

        async def carry_out() -> None:
            for piece in drawer.able:
                if drawer.stopping:
                    break
                row = piece.row
                key = f"bulk-{token}-{row.id}"
                do = partial(self.app.backend.do, verb, row.code, row.revision, plan[row.id], key)
                try:
                    receipt = await self.app.write(do)
                except Exception as error:  # noqa: BLE001 - each ticket says what came of it
                    drawer.result(piece, sentence(error), done=False)
                    if isinstance(error, StoreTrouble) or not isinstance(error, Refusal):
                        break  # the others would fail the same way
                    continue
                self.screen.view.marks.drop([row.id])
                drawer.result(piece, clean(receipt.text, 200), done=True)
            drawer.ended()
            self.app.heard()

        def closed(_answer: str | None) -> None:
            self.screen.view.refresh()
            if drawer.begun:
                self.screen.say(drawer.summary())

        drawer.on_begin = lambda: self.app.run_worker(carry_out(), group="bulk-doing", exit_on_error=False)
        self.app.open_drawer(drawer, closed)
