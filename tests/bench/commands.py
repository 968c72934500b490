"""Processor time of whole commands: what a script that calls them in a loop pays."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from tests.bench.figures import Figure, Rounds, grown
from tests.bench.run import OFFICER, Run, module, program

TICKET = "20000000-0000"
"""A code that every woven store has."""
ON_STORES = {
    "list": (["ticket", "list", "--json"], "zhihui ticket list --json (20 of the open ones)"),
    "show": (["ticket", "show", TICKET], "zhihui ticket show CODE"),
    "log": (["ticket", "log", TICKET], "zhihui ticket log CODE"),
    "desk": (
        ["--as", OFFICER, "ticket", "show", TICKET],
        "zhihui --as OFFICER ticket show CODE (what can be done: loads the desk)",
    ),
}
GOALS = {"pass": ("python -c pass", 3.0), "typer": ("bare typer command", 1.3)}
"""What commands are held against, and how far above it they may be."""


def measure(run: Run) -> Iterator[Figure]:
    """The hot reading command, help, and ordinary commands on each store."""
    baselines = {"pass": [sys.executable, "-c", "pass"], "typer": module("bare_typer")}
    contenders = {name: (command, run.environment()) for name, command in baselines.items()}
    contenders["help"] = ([*program(), "--help"], run.environment())
    for size in run.sizes:
        environment = run.environment(run.store(size))
        del environment["ZHIHUI_OFFICER"]
        for name, (arguments, _) in ON_STORES.items():
            contenders[f"{name} {size}"] = ([*program(), *arguments], environment)
    rounds = Rounds()
    for turn in range(run.rounds + 1):
        for name, (command, environment) in contenders.items():
            cost = _cpu(command, environment, run.repeats)
            if turn:  # the first round only warms the disk
                rounds.add(name, cost)
    yield _figure(rounds, "help", "help", "zhihui --help", "typer", None)
    for name, (_, what) in ON_STORES.items():
        for size in run.sizes:
            baseline = "pass" if name == "list" else "typer"
            yield _figure(rounds, name, f"{name} {size}", what, baseline, size)
        yield from grown(f"commands.{name}", f"{what}, processor time", rounds, run.sizes, name)


def _figure(rounds: Rounds, name: str, ours: str, what: str, baseline: str, tickets: int | None) -> Figure:
    words, goal = GOALS[baseline]
    return Figure(
        f"commands.{name}",
        f"{what}, processor time",
        words,
        rounds.ratios(ours, baseline),
        goal=goal,
        note=rounds.amounts("ms", ours, baseline, scale=1000),
        tickets=tickets,
    )


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
