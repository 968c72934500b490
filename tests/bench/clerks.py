"""A console-like writer in a process of its own, which tells how long each of its writes took.

python -m tests.bench.clerks STORE KIND SECONDS SEED: KIND is `plain` (one small row and the change number) or `note`
(a note on a ticket through the desk). Prints one duration in seconds per line; errors as `error NAME`.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from sqlalchemy import text

from core.clock import SystemClock
from core.desk.desk import open_desk
from core.desk.orders import Note
from data.errors import Refusal
from data.store import Store
from tests.bench.run import OFFICER

BETWEEN = (0.02, 0.12)
"""Seconds between two writes of one writer: far busier than an officer."""


def main() -> None:
    path, kind, seconds, seed = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
    store, chance = Store(f"sqlite:///{path}"), random.Random(seed)
    write = {"plain": _plain(store, seed), "note": _note(store, chance)}[kind]
    write()
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        time.sleep(chance.uniform(*BETWEEN))
        began = time.perf_counter()
        try:
            write()
        except Refusal as refusal:
            print(f"error {refusal.code}")
        else:
            print(time.perf_counter() - began)
    store.close()


def _plain(store: Store, name: str) -> Callable[[], None]:
    def write() -> None:
        with store.write() as connection:
            connection.execute(
                text(
                    "INSERT INTO setting (centre_id, name, value) VALUES (1, :name, :value)"
                    " ON CONFLICT (centre_id, name) DO UPDATE SET value = excluded.value"
                ),
                {"name": f"clerk-{name}", "value": f"{time.perf_counter()}"},
            )
            connection.execute(text("UPDATE centre_seq SET change_no = change_no + 1 WHERE centre_id = 1"))

    return write


def _note(store: Store, chance: random.Random) -> Callable[[], None]:
    desk = open_desk(store, SystemClock())
    actor = desk.actor(OFFICER)

    def write() -> None:
        code = f"20000000-{chance.randrange(50):04d}"
        desk.do(Note(ticket=code, text="已电话告知来电人"), actor)

    return write


if __name__ == "__main__":
    main()
