"""Processor time of whole commands: what a script that calls them in a loop pays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.figures import Figure, Rounds
from tests.bench.run import OFFICER, Run, module, program

TICKET = "20000000-0000"
"""A code that every woven store has."""


def measure(run: Run) -> Iterator[Figure]:
    """The hot reading command, help, and an ordinary command."""
    store = run.store(run.large)
    environment = {name: value for name, value in run.environment(store).items() if name != "ZHIHUI_OFFICER"}
    contenders = {
        "pass": [sys.executable, "-c", "pass"],
        "typer": module("bare_typer"),
        "list": [*program(), "ticket", "list", "--json"],
        "help": [*program(), "--help"],
        "show": [*program(), "ticket", "show", TICKET],
        "log": [*program(), "ticket", "log", TICKET],
        "desk": [*program(), "--as", OFFICER, "ticket", "show", TICKET],
    }
    ways = {name: _works(command, environment) for name, command in contenders.items()}
    rounds = Rounds()
    for turn in range(run.rounds + 1):
        for name, command in contenders.items():
            if not ways[name]:
                cost = _cpu(command, environment, run.repeats)
                if turn:
                    rounds.add(name, cost)
    wanted = [
        ("list", "zhihui ticket list --json (20 of the open ones)", "pass", "python -c pass", 3.0),
        ("help", "zhihui --help", "typer", "bare typer command", 1.3),
        ("show", "zhihui ticket show CODE", "typer", "bare typer command", 1.3),
        ("log", "zhihui ticket log CODE", "typer", "bare typer command", 1.3),
        (
            "desk",
            "zhihui --as OFFICER ticket show CODE (what can be done: loads the desk)",
            "typer",
            "bare typer command",
            1.3,
        ),
    ]
    for name, what, other, baseline, goal in wanted:
        figure = f"commands.{name}", f"{what}, {run.large:,} tickets, processor time", baseline
        if ways[name]:
            yield Figure(*figure, goal=goal, missing=ways[name])
            continue
        note = rounds.amounts("ms", name, other, scale=1000)
        yield Figure(*figure, rounds.ratios(name, other), goal=goal, note=note)


def _works(command: list[str], environment: dict[str, str]) -> str:
    """Why a command cannot be measured; empty when it can."""
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    if ended.returncode == 0:
        return ""
    return f"not built yet: {' '.join(ended.stderr.split()[:12])}"


def _cpu(command: list[str], environment: dict[str, str], repeats: int) -> float:
    """Processor seconds (user and system) of one run, the mean of some."""
    spent = 0.0
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    for _ in range(repeats):
        child = os.posix_spawn(command[0], command, environment, file_actions=quiet)
        _, status, usage = os.wait4(child, 0)
        if status:
            raise RuntimeError(f"{command[-3:]} ended with {status}")
        spent += usage.ru_utime + usage.ru_stime
    return spent / repeats
