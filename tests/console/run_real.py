"""Opens the console on the shipped street in a fresh store: python -m tests.console.run_real [AMOUNT]."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from core.clock import SetClock
from data.instants import from_seconds, to_seconds
from tests.console.real_street import START, made_street

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "street.sqlite"
        desk, officer = made_street(path, int(sys.argv[1]) if len(sys.argv) > 1 else 40)
        offset = to_seconds(START) - int(time.time()) + 2000

        class Running(SetClock):
            def now(self):  # type: ignore[no-untyped-def]
                return from_seconds(int(time.time()) + offset)

        clock = Running(START)
        backend = StoreBackend(desk.store.url, clock, lambda: to_seconds(clock.now()), None, officer)
        ZhihuiApp(backend, lambda: to_seconds(clock.now())).run()
