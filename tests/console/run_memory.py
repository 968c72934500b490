"""Opens the console on the street in memory, to look at it: python -m tests.console.run_memory [AMOUNT]."""

from __future__ import annotations

import sys
import time

from console.app import ZhihuiApp
from tests.console.memory import NOW, MemoryBackend, made_row

if __name__ == "__main__":
    amount = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    began = time.time()
    ZhihuiApp(
        MemoryBackend([made_row(number) for number in range(amount)]), lambda: NOW + int(time.time() - began)
    ).run()
