"""Writers like consoles, each in a process of its own, which tell how long each of their writes took.

python -m tests.bench.clerks STORE KIND SECONDS SEED WRITERS FROM TO: KIND is `plain` (one small row and the change
number) or `note` (a note on a ticket through the desk); a writer pauses FROM to TO seconds between two writes. All
begin together, when each has written once. Prints one duration in seconds per line; errors as `error NAME`.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

from sqlalchemy import text

from core.clock import SystemClock
from core.desk.desk import open_desk
from core.desk.orders import Note
from data.errors import Refusal
from data.store import Store
from tests.bench.run import OFFICER

PATIENCE = 120
"""Seconds in which all writers must have begun."""


def main() -> None:
    path, kind, seconds, seed, writers = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4], int(sys.argv[5])
    pause = float(sys.argv[6]), float(sys.argv[7])
    forks = multiprocessing.get_context("fork")
    together, told = forks.Barrier(writers), forks.SimpleQueue()

    def work(number: int) -> None:
        told.put(_write(path, kind, seconds, f"{seed}-{number}", pause, together))

    clerks = [forks.Process(target=work, args=(number,)) for number in range(writers)]
    for clerk in clerks:
        clerk.start()
    for _ in clerks:
        print("\n".join(told.get()))
    for clerk in clerks:
        clerk.join()


def _write(path: str, kind: str, seconds: float, seed: str, pause: tuple[float, float], together: Barrier) -> list[str]:
    """One writer's times."""
    store, chance, told = Store(f"sqlite:///{path}"), random.Random(seed), list[str]()
    write = {"plain": _plain, "note": _note}[kind](store, chance)
    write()
    together.wait(PATIENCE)
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        time.sleep(chance.uniform(*pause))
        began = time.perf_counter()
        try:
            write()
        except Refusal as refusal:
            told.append(f"error {refusal.code}")
        else:
            told.append(str(time.perf_counter() - began))
    store.close()
    return told


def _plain(store: Store, chance: random.Random) -> Callable[[], None]:
    name = f"clerk-{chance.randrange(1 << 60)}"

    def write() -> None:
        with store.write() as connection:
            connection.execute(
                text(
                    "INSERT INTO setting (centre_id, name, value) VALUES (1, :name, :value)"
                    " ON CONFLICT (centre_id, name) DO UPDATE SET value = excluded.value"
                ),
                {"name": name, "value": f"{time.perf_counter()}"},
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
