"""Bugs of concurrency that are planted on purpose, in every process of a run. The checker must find each of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from core.desk import desk as desk_module
from core.desk.desk import Desk
from core.desk.orders import TicketOrder
from data import engines, store


@contextlib.contextmanager
def planted(name: str) -> Iterator[None]:
    """With a bug of `BUGS`; nothing for an empty name."""
    with BUGS[name]() if name else contextlib.nullcontext():
        yield


@contextlib.contextmanager
def _instead(owner: Any, name: str, value: Any) -> Iterator[None]:
    real = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, real)


def _no_version_check() -> Any:
    return _instead(Desk, "_refuse_stale", lambda *_: None)


@contextlib.contextmanager
def _forgets_keys() -> Iterator[None]:
    with (
        _instead(desk_module, "used_key", lambda *_: None),
        _instead(desk_module, "keep_key", lambda *_: None),
    ):
        yield


@contextlib.contextmanager
def _knows_no_other_system() -> Iterator[None]:
    with _instead(Desk, "_refuse_known", lambda *_: None):
        yield


EVERY = 6


class _Forgotten(Exception):
    pass


def _acknowledges_without_saving() -> Any:
    real, left = Desk.do, [EVERY]

    def do(self: Desk, order: Any, actor: Any, seen: Any = None, key: Any = None) -> Any:
        left[0] -= 1
        if left[0] > 0 or not isinstance(order, TicketOrder):
            return real(self, order, actor, seen, key)
        left[0] = EVERY
        receipts: list[Any] = []
        with contextlib.suppress(_Forgotten), self.store.write() as connection:
            receipts.append(self.do_in(connection, order, actor, seen, key))
            raise _Forgotten
        return receipts[0]

    return _instead(Desk, "do", do)


@contextlib.contextmanager
def _no_queue() -> Iterator[None]:
    """Writers of a file neither queue nor wait, as in a program that opens SQLite without another thought."""
    hasty = tuple("busy_timeout = 0" if line.startswith("busy_timeout") else line for line in engines.PRAGMAS)
    with (
        _instead(store, "turnstile", lambda *_: contextlib.nullcontext()),
        _instead(engines, "PRAGMAS", hasty),
    ):
        yield


BUGS: dict[str, Callable[[], Any]] = {
    "looks at no revision": _no_version_check,
    "forgets keys": _forgets_keys,
    "registers a number twice": _knows_no_other_system,
    "acknowledges without saving": _acknowledges_without_saving,
    "does not queue": _no_queue,
}
"""By what they do; the last one is of SQLite alone."""
OF_SQLITE = frozenset({"does not queue"})
