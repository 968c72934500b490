"""`python -m tests.bench`: measures, prints each figure as it is found, then the whole as a table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

from tests.bench.figures import Figure, as_table, line
from tests.bench.run import Run

MEASUREMENTS = (
    "queue",
    "searching",
    "searching_server",
    "indexing",
    "overview",
    "monthly",
    "commands",
    "opening",
    "keys",
    "filtered",
    "duplicates",
    "ticking",
    "spreading",
    "importing",
    "sweeping",
    "hands",
    "writing",
    "line",
    "ssh",
    "remote",
)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Run the benchmark; 0 when everything that was asked for could be measured."""
    wanted = _parser().parse_args(arguments)
    names = [name for part in wanted.only for name in part.split(",")] or list(MEASUREMENTS)
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        say(f"no measurement {', '.join(unknown)}; there are: {', '.join(MEASUREMENTS)}")
        return 2
    with tempfile.TemporaryDirectory(prefix="zhihui-bench-") as scratch:
        run = _run(wanted, Path(wanted.work or scratch).absolute())
        say(f"# {_machine()}; seed {run.seed}; {run.rounds} interleaved rounds; tickets {run.sizes}")
        figures = list(_measure(run, names, say))
    say("\n" + as_table(figures))
    if wanted.json:
        report = {"machine": _machine(), "seed": run.seed, "figures": [figure.as_dict() for figure in figures]}
        Path(wanted.json).write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0 if all(figure.values for figure in figures) else 1


def _measure(run: Run, names: Iterable[str], say: Callable[[str], object]) -> Iterable[Figure]:
    for name in names:
        began = time.monotonic()
        for figure in import_module(f"tests.bench.{name}").measure(run):
            say(line(figure))
            yield figure
        say(f"# {name}: {time.monotonic() - began:.0f} s")


def _run(wanted: argparse.Namespace, work: Path) -> Run:
    sizes = tuple(sorted({int(part.replace("_", "")) for part in wanted.tickets.split(",")}))
    sessions = tuple(sorted({int(part) for part in wanted.sessions.split(",")}))
    run = Run(work, sizes, wanted.rounds, wanted.seed, sessions=sessions)
    return run.quick() if wanted.quick else run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--tickets", default="1000,1000000", help="sizes of the stores")
    parser.add_argument("--only", action="append", default=[], help=f"some of: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--json", help="also write the figures to this file")
    parser.add_argument(
        "--work", default=os.environ.get("ZHIHUI_BENCH"), help="folder that keeps the stores (or ZHIHUI_BENCH)"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20_261_121)
    parser.add_argument("--sessions", default="50", help="consoles over SSH at once, such as 50,200")
    parser.add_argument("--quick", action="store_true", help="few repetitions: to see that it runs")
    return parser


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    sys.exit(main())
