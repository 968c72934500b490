"""A backend for looking on: everything can be read, and whatever would write is refused in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from console.backend.store import StoreBackend
from console.backend.words import event_title
from console.i18n import _
from console.ports import Choice, Status
from data.errors import NotAllowed

if TYPE_CHECKING:
    from core.clock import Clock


class ObserverBackend(StoreBackend):
    """One centre of a store, for somebody who must not change anything: no officer, no desk, no engine."""

    read_only = True

    def __init__(self, url: str, clock: Clock, seconds: Callable[[], int], centre: str | None) -> None:
        """On a located URL; `centre` is a code. Raises StoreTrouble or NotFound when there is nothing."""
        super().__init__(url, clock, seconds, centre, None)

    def start(self) -> None:
        """Nothing stands by: an observer's console never runs the engine."""

    def desk(self) -> NoReturn:
        """Refused: this is the one door to every change."""
        raise NotAllowed(
            "observer", "这里是只读观察，不能办理。", "This console only observes: nothing can be changed here."
        )

    def status(self, now: int) -> Status:
        return replace(super().status(now), officer=_("observer, read-only"))

    def possible(self, code: str) -> Sequence[Choice]:
        """Every verb, none of them possible."""
        from core.desk.verbs.table import VERBS

        return [Choice(verb, event_title(verb), False, _("this console only observes")) for verb in VERBS]

    def possible_each(self, ticket_ids: Sequence[int]) -> Mapping[int, Sequence[Choice]]:
        """Every verb, none of them possible."""
        return {number: self.possible("") for number in ticket_ids}

    def notice_seen(self, notice_id: int) -> None:
        """An observer puts notices away for this screen alone."""
