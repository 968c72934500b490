"""One fault class after the other, for as long as one likes: tried, survived, lost."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.simulator.centre import build_street
from tests.simulator.faults import KINDS
from tests.simulator.run import Ways, simulate
from tests.simulator.tables import lines, replay_command

DAYS, SOAK_SHARE = 0.25, 0.5
STORMS = "tests/faults/test_engine_faults.py"
"""Real processes that are killed and frozen: one test is one try."""
_RESULT = re.compile(r"::(test_\w+)\S* (PASSED|FAILED|ERROR)")


def soak(seconds: float, first: int) -> int:
    """Go round until the time is up, at least once; prints the table, and 1 where something was lost."""
    end, seed = time.monotonic() + seconds, first
    tried: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        street = build_street(Path(folder))
        while True:
            for kind in KINDS:
                outcome = simulate(str(seed), DAYS, ways=Ways({kind: 1.0}, SOAK_SHARE), street=street)
                tried[kind] += outcome.memory.faults[kind]
                if outcome.broken:
                    lost[kind] += 1
                    print(f"LOST   {kind}, seed {seed}, {outcome.broken}\n       {replay_command(outcome, DAYS)}"
                          f" --kind '{kind}'", flush=True)  # fmt: skip
                if time.monotonic() > end and seed > first:
                    break
            storms, failed = _storms()
            tried.update(storms)
            lost.update(failed)
            seed += 1
            if time.monotonic() > end:
                break
    rows = [(kind, number, number - lost[kind], lost[kind]) for kind, number in tried.items()]
    print("\n".join(lines([("fault class", "tried", "survived", "lost"), *rows])))
    return int(bool(lost.total()))


def _storms() -> tuple[Counter[str], Counter[str]]:
    """Each test of the fault rig once, with a seed of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:randomly", STORMS], capture_output=True, text=True, check=False
    )
    tried: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for name, result in _RESULT.findall(done.stdout):
        said = "storm: " + name.removeprefix("test_").replace("_", " ")
        tried[said] += 1
        failed[said] += result != "PASSED"
    return tried, failed
