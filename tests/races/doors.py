"""The ways in that are raced through: the desk itself, as consoles use it, and `zhihui batch` behind a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Protocol

from core.clock import SystemClock
from core.desk.desk import Desk, open_desk
from core.desk.orders import Order
from data.errors import Refusal, StoreTrouble
from data.store import Store
from tests.races.history import BROKEN, OK, REFUSED, UNSURE, Answer

IN_DOUBT, LOST = "store-in-doubt", "store-lost"
"""What may be said of the store itself, and only where a connection was cut."""


class Door(Protocol):
    """Takes an order in and says what came of it, whatever happens."""

    def give(self, order: Order, who: str, seen: int | None, key: str) -> Answer: ...

    def close(self) -> None: ...


class DeskDoor:
    """`Desk.do` on a store that the threads of a process share, as the parts of a console do."""

    def __init__(self, store: Store) -> None:
        self.desk: Desk = open_desk(store, SystemClock())

    def give(self, order: Order, who: str, seen: int | None, key: str) -> Answer:
        try:
            receipt = self.desk.do(order, self.desk.actor(who), seen, key or None)
        except Refusal as refusal:
            return refused(refusal.code, f"{refusal.zh} {refusal.en}", isinstance(refusal, StoreTrouble))
        except Exception as error:  # noqa: BLE001 - no other error may reach an officer, whatever it is
            return Answer(BROKEN, type(error).__name__, str(error))
        return Answer(OK, "", "", receipt.ticket, receipt.event_no, receipt.revision, receipt.replayed)

    def close(self) -> None:
        """The store is closed by whoever opened it."""


class BatchDoor:
    """A `zhihui batch -` that stays, an order a line."""

    def __init__(self, url: str, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "console", "--store", url, "batch", "-"]
        self._environment = dict(environment)
        self._child = self._start()

    def _start(self) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=self._environment
        )  # fmt: skip

    def give(self, order: Order, who: str, seen: int | None, key: str) -> Answer:
        assert self._child.stdin
        assert self._child.stdout
        try:
            self._child.stdin.write(json.dumps(_line(order, who, seen, key), ensure_ascii=False) + "\n")
            self._child.stdin.flush()
            said = self._child.stdout.readline()
        except BrokenPipeError:
            said = ""
        if not said:
            return self._ended()
        record = json.loads(said)
        if not record["ok"]:
            return refused(record["error"], f"{record['zh']} {record['en']}")
        return Answer(OK, "", "", record["ticket"], record["event"], record["revision"], record["replayed"])

    def _ended(self) -> Answer:
        """It gave up: what it said at last. The next order finds another one."""
        assert self._child.stderr
        said = self._child.stderr.read()
        self.close()
        self._child = self._start()
        return refused(
            next((code for code in (IN_DOUBT, LOST) if f"[{code}]" in said), "batch-ended"), said[-500:], True
        )

    def close(self) -> None:
        """End it."""
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()
        self._child.wait(30)


def refused(code: str, said: str, of_store: bool = False) -> Answer:
    """A refusal in words. Of the store itself: in doubt, or, where nothing was done, lost; anything else is broken."""
    if code == IN_DOUBT:
        return Answer(UNSURE, code, said)
    return Answer(BROKEN if of_store and code != LOST else REFUSED, code, said)


def _line(order: Order, who: str, seen: int | None, key: str) -> dict[str, Any]:
    plain = {"verb": order.verb, "as": who, **order.model_dump(mode="json", exclude_defaults=True)}
    if seen is not None:
        plain["seen"] = seen
    if key:
        plain["key"] = key
    return plain
