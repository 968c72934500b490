"""Bugs that are planted on purpose. A simulator that does not find each of them proves nothing about the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from core.desk.actor import ENGINE
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.orders import TicketOrder
from core.engine.firing import CLIMBED, REMINDED, Firing
from core.engine.lease import LeaseKeeper, LeaseLost
from core.engine.outbox import Outbox
from core.engine.sweep import Sweep
from core.rules import clocks
from data.ids import new_id
from data.tables import ClockDue, table


@dataclass(frozen=True)
class Canary:
    """A planted bug, and the days on which it strikes soon."""

    plant: Callable[[], Any]
    moves: dict[str, float]
    aside: dict[str, float] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()


@contextmanager
def _wrapped(owner: Any, name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    real = getattr(owner, name)
    setattr(owner, name, wrap(real))
    try:
        yield
    finally:
        setattr(owner, name, real)


def _once() -> Callable[[], bool]:
    """True the first time."""
    left = [True]

    def strike() -> bool:
        return bool(left) and left.pop()

    return strike


def _drops_a_step() -> Any:
    strike = _once()

    def wrap(real: Any) -> Any:
        def claim(self: Sweep, connection: Any, now: int) -> Any:
            rows = real(self, connection, now)
            if rows and strike():
                due, (at, clock, _) = table(ClockDue), rows[0]
                connection.execute(
                    delete(due).where(due.c.centre_id == self.centre_id, due.c.next_at == at, due.c.clock_id == clock)
                )
                return rows[1:]
            return rows

        return claim

    return _wrapped(Sweep, "_claim", wrap)


def _doubles_a_step() -> Any:
    strike = _once()

    def wrap(real: Any) -> Any:
        def fire(self: Firing, case: Any, *rest: Any, **more: Any) -> Any:
            done = real(self, case, *rest, **more)
            last = self.ledger._events[-1] if self.ledger._events else None
            if last is not None and last["kind"] == "engine_step" and strike():
                body = {**last["body"], "effects": {}}
                self.ledger.append(case, "engine_step", ENGINE, body, last["at"])
            return done

        return fire

    return _wrapped(Firing, "fire", wrap)


def _tells_twice() -> Any:
    strike = _once()

    def wrap(real: Any) -> Any:
        def notify(self: Ledger, notice: dict[str, Any]) -> None:
            real(self, notice)
            if notice["kind"] in (REMINDED, CLIMBED) and strike():
                real(self, {**notice, "id": new_id()})

        return notify

    return _wrapped(Ledger, "notify", wrap)


class _Forgotten(Exception):
    pass


def _loses_a_deed() -> Any:
    strike = _once()

    def wrap(real: Any) -> Any:
        def do(self: Desk, order: Any, actor: Any, seen: Any = None, key: Any = None) -> Any:
            if not isinstance(order, TicketOrder) or not strike():
                return real(self, order, actor, seen, key)
            receipts = []
            try:
                with self.store.write() as connection:
                    receipts.append(self.do_in(connection, order, actor, seen, key))
                    raise _Forgotten
            except _Forgotten:
                return receipts[0]

        return do

    return _wrapped(Desk, "do", wrap)


def _stands_still_twice() -> Any:
    def wrap(real: Any) -> Any:
        def resume(facts: Any, at: Any, calendar: Any, **more: Any) -> Any:
            after = real(facts, at, calendar, **more)
            paused = at - facts.segments[-1].since
            return replace(after, due_at=after.due_at + max(paused, timedelta(seconds=1)))

        return resume

    return _wrapped(clocks, "resume", wrap)


def _forgets_the_fence() -> Any:
    def wrap(real: Any) -> Any:
        def beat(self: LeaseKeeper, connection: Any, now: int, cycle: Any = None) -> None:
            try:
                real(self, connection, now, cycle)
            except LeaseLost:
                self.held = True

        return beat

    return _wrapped(LeaseKeeper, "beat", wrap)


def _sends_under_new_keys() -> Any:
    def wrap(real: Any) -> Any:
        def made(self: Outbox, *rest: Any, post: Any = None, **more: Any) -> None:
            sent = [0]

            def under_another(webhook: Any, key: str, payload: Any, now: int) -> Any:
                sent[0] += 1
                return post(webhook, f"{key}-{sent[0]}", payload, now)

            real(self, *rest, post=post and under_another, **more)

        return made

    return _wrapped(Outbox, "__init__", wrap)


BUSY = {"report": 2.0, "go_on": 1.0}
CANARIES: dict[str, Canary] = {
    "drops one escalation": Canary(_drops_a_step, BUSY),
    "doubles one escalation": Canary(_doubles_a_step, BUSY),
    "tells one person twice": Canary(_tells_twice, BUSY),
    "loses one acknowledged deed": Canary(_loses_a_deed, BUSY),
    "lets a pause count twice": Canary(_stands_still_twice, {"report": 0.2, "go_on": 2, "turn_aside": 2}, {"pause": 1}),
    "writes under an old fence": Canary(_forgets_the_fence, {"report": 1.0}, kinds=("engine frozen, old fence",)),
    "sends again under another key": Canary(_sends_under_new_keys, BUSY),
}
"""By what they do."""
