"""An engine beside the console that is measured, as in a centre with several consoles: the console's own stands by.

Without it, the console that is watched would do the day's backup of the store behind its screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.clock import SystemClock
from core.engine.loop import Engine

CENTRE = 1


@contextmanager
def engine_beside(store: Path) -> Iterator[None]:
    """Run the engine of a store in this process."""
    engine = Engine(f"sqlite:///{store}", SystemClock(), CENTRE)
    if not engine.once(send=False).leading:
        raise RuntimeError(f"another engine runs on {store}")
    engine.start()
    try:
        yield
    finally:
        engine.stop()
