"""From a ticket to its sweep, and from the key to sweeps, register and broadcasts and back to the banner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from console.dialogs import watch as dialogs
from console.dialogs.choose import SearchDrawer
from console.form_work import FormWork, Values
from console.i18n import _
from console.ports import PostNode, QueueRow
from console.terminal.legible import clean
from console.watch_ports import BroadcastView, HazardFile, SweepProgress, WatchView
from console.widgets.fields import FieldSpec
from console.work import post_items

if TYPE_CHECKING:
    from console.screens.duty import DutyScreen

SHOWN = 4
"""So many units are named before a sweep or a broadcast goes out."""
TAG = "*tag-"
"""What the line of a tag begins with."""
KINDS: Mapping[str, tuple[str, ...]] = {"*communities": ("community",), "*grids": ("grid", "exclusive_grid")}


class WatchWork(FormWork):
    """Opens the drawers and carries out what is chosen there."""

    # ------------------------------------------------------------------------------------------- whom

    def start_sweep(self, screen: DutyScreen, row: QueueRow, heading: str) -> None:
        """Ask whom, then say how many they are and ask the rest; F8 sends."""

        def chosen(whom: Values, said: str) -> None:
            title = _("Look for the like of: {title}").format(title=clean(row.title, 120))
            fields = dialogs.sweep_form(title, said)

            def work(values: Values, key: str) -> str:
                return self.app.backend.do("sweep", row.code, None, {**whom, **values}, key).text

            self._form(screen, f"sweep {row.code}", f"{_('Sweep')}  {said}", fields, work)

        self._whom(screen, heading, chosen)

    def send_broadcast(self, screen: DutyScreen) -> None:
        """The same for a broadcast."""

        def chosen(whom: Values, said: str) -> None:
            work = partial(self._centre, "broadcast", whom)
            self._form(screen, "broadcast", f"{_('Broadcast')}  {said}", dialogs.broadcast_form(said), work)

        self._whom(screen, _("Broadcast"), chosen)

    def _whom(self, screen: DutyScreen, heading: str, then: Callable[[Values, str], None]) -> None:
        """Choose several units at once, or one community or grid; goes on with how they are said in an order."""

        def show(nodes: Sequence[PostNode]) -> None:
            # tags first, then what else stands for several: a sweep goes to many that are alike
            places = [node for node in nodes if _is_place(node)]
            places.sort(key=lambda node: (not node.code.startswith(TAG), not node.members))
            names = {node.code: node.name for node in nodes}
            known = {node.code: node for node in places}

            def chosen(key: str | None) -> None:
                if key is not None:
                    members = known[key].members or (key,)
                    then(whom_of(key, members), _said(members, names))

            hint = _("name, pinyin or initials of a tag, a community, a grid")
            self.app.open_drawer(SearchDrawer(heading, lambda: post_items(places), hint), chosen)

        self.app.work.read_then(screen, lambda: self.app.load(self.app.backend.hands), show)

    # ------------------------------------------------------------------------------------------- what is under way

    def open(self, screen: DutyScreen) -> None:
        """Everything under way."""

        def show(found: WatchView) -> None:
            newest = found.sweeps[0].code if found.sweeps else ""
            drawer = dialogs.watch_drawer(found, self.app.status.zone, self.app.backend.read_only)
            self._open(drawer, partial(self._go_on, screen, newest))

        self.app.work.read_then(screen, lambda: self.app.load(self.app.backend.watch), show)

    def _go_on(self, screen: DutyScreen, newest: str, answer: str) -> None:
        kind, _space, item = answer.partition(" ")
        if kind == dialogs.SEND:
            self.send_broadcast(screen)
        elif kind == dialogs.ADD:
            work = partial(self._centre, "hazard", {})
            self._form(screen, "hazard", _("Enter a hazard"), dialogs.hazard_form(newest), work)
        elif kind == "sweep":
            self.app.work.read_then(
                screen,
                lambda: self.app.load(lambda: self.app.backend.sweep_progress(item)),
                partial(self._sweep, screen),
            )
        elif kind == "hazard":
            self.app.work.read_then(
                screen,
                lambda: self.app.personal.on_page(
                    f"hazard show {item}", lambda: self.app.backend.hazard_file(int(item))
                ),
                partial(self._hazard, screen),
            )
        else:
            self.app.work.read_then(
                screen,
                lambda: self.app.load(lambda: self.app.backend.broadcast_view(int(item))),
                partial(self._broadcast, screen),
            )

    def _sweep(self, screen: DutyScreen, found: SweepProgress) -> None:
        def answered(answer: str) -> None:
            if answer == dialogs.OPEN:
                self.app.open_ticket(found.ticket)
                return

            def work(values: Values, key: str) -> str:
                return self.app.backend.do("remind_hands", found.code, None, values, key).text

            fields = (FieldSpec("note", _("Remark")),)
            self._form(screen, f"remind {found.code}", _("Remind who is not done"), fields, work)

        self._open(dialogs.sweep_drawer(found, self.app.status.zone, self.app.backend.read_only), answered)

    def _hazard(self, screen: DutyScreen, found: HazardFile) -> None:
        number = found.row.number
        forms: dict[str, tuple[str, str, tuple[FieldSpec, ...]]] = {
            dialogs.CHECK: ("hazard_check", _("Look at the hazard"), dialogs.check_form()),
            dialogs.REMEDIED: ("hazard_remedied", _("Remedied"), dialogs.words_form("note")),
            dialogs.CLOSE: ("hazard_closed", _("Close the hazard"), dialogs.words_form("reason")),
            dialogs.REOPEN: ("hazard_reopened", _("Open it again"), dialogs.words_form("reason")),
        }

        def answered(answer: str) -> None:
            if answer not in forms:
                return
            verb, title, fields = forms[answer]
            work = partial(self._centre, verb, {"hazard": number})
            self._form(screen, f"{verb} {number}", f"{title}  {number}", fields, work)

        self._open(dialogs.hazard_drawer(found, self.app.status.zone, self.app.backend.read_only), answered)

    def _broadcast(self, screen: DutyScreen, found: BroadcastView) -> None:
        known: Values = {"broadcast": found.row.number}

        def answered(answer: str) -> None:
            if answer == dialogs.REMIND:
                self._carry_out(screen, "", {}, partial(self._centre, "broadcast_remind", known))
            elif answer == dialogs.SEEN:
                work = partial(self._centre, "broadcast_seen", known)
                self._form(screen, f"seen {found.row.number}", _("Receipt"), dialogs.seen_form(), work)

        self._open(dialogs.broadcast_drawer(found, self.app.status.zone, self.app.backend.read_only), answered)


def _is_place(node: PostNode) -> bool:
    """Whether a line stands for places: several at once, a community or a grid; groups stay as headings."""
    if node.members:
        return not any(member.startswith("@") for member in node.members)
    return node.target and not node.code.startswith("@")


def whom_of(key: str, members: Sequence[str]) -> Values:
    """How a line is said in an order: by tag, kind or community where it stands for one, else by name."""
    if key in KINDS:
        return {"kinds": list(KINDS[key])}
    if key.startswith(TAG):
        return {"tags": [key.removeprefix(TAG)]}
    if key.startswith("*grids-"):
        return {"communities": [key.removeprefix("*grids-")]}
    return {"units": list(members)}


def _said(members: Sequence[str], names: Mapping[str, str]) -> str:
    """How many, and the first of them by name."""
    first = _(", ").join(clean(names.get(code, code), 30).strip() for code in members[:SHOWN])
    more = " .." if len(members) > SHOWN else ""
    return _("to {n} units: {names}").format(n=len(members), names=first + more)
