"""`zhihui batch -` as programs at other centres use it: lines go in at a rate, answers come out."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.bench.run import program

Answered = Callable[[dict[str, Any], float], None]
"""Called with an answer and the time at which it came."""


class Pipe:
    """One such process. Use as a context manager; leaving it waits until everything was answered."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._waiting: deque[Answered] = deque()
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(
            [*program(), "batch", "-"], stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=dict(environment)
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self.said = ""
        self.cpu = 0.0
        """Seconds of processor time that it took, when it has answered everything."""

    def __enter__(self) -> Pipe:
        self._reader.start()
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._child.stdin
        assert self._child.stderr
        if exception[0] is not None:
            self._child.kill()
        self._wait_for_answers()
        self.cpu = cpu_of(self._child.pid)
        self._child.stdin.close()
        self.said = self._child.stderr.read()
        self._reader.join(60)
        self._child.wait(60)
        self._child.stderr.close()

    @property
    def unanswered(self) -> int:
        """How many lines wait for their answer."""
        return len(self._waiting)

    def give(self, line: Mapping[str, Any], answered: Answered) -> None:
        """Hand a line in; blocks while the program is behind by more than a pipe holds."""
        assert self._child.stdin
        self._waiting.append(answered)
        self._child.stdin.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._child.stdin.flush()

    def _wait_for_answers(self) -> None:
        while self._waiting and self._child.poll() is None:
            time.sleep(0.05)

    def _read(self) -> None:
        assert self._child.stdout
        for line in self._child.stdout:
            self._waiting.popleft()(json.loads(line), time.perf_counter())
        self._child.stdout.close()


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process so far; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
