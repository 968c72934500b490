"""The least that any program could send while timers tick: a cursor address and the digits that changed, no more.

python -m tests.bench.digits STORE ROWS: prints the countdowns of the first tickets once, then what changes.
"""

from __future__ import annotations

import sys
import time

from data.sqlite import driver


def main() -> None:
    store, rows = sys.argv[1], int(sys.argv[2])
    connection = driver().connect(store)
    found = connection.execute("SELECT due_at FROM ticket WHERE open = 1 ORDER BY due_at LIMIT ?", (rows,))
    due = [row[0] for row in found]
    connection.close()
    shown = [""] * len(due)
    while True:
        now = time.time()
        parts = []
        for line, instant in enumerate(due):
            left = max(instant - int(now), 0)
            label = f"{left // 60:02d}:{left % 60:02d}"
            same = next((at for at, (a, b) in enumerate(zip(label, shown[line], strict=False)) if a != b), 0)
            if label != shown[line]:
                parts.append(f"\x1b[{line + 1};{same + 1}H{label[same:]}")
            shown[line] = label
        sys.stdout.write("".join(parts))
        sys.stdout.flush()
        time.sleep(1 - time.time() % 1)


if __name__ == "__main__":
    main()
