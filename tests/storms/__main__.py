"""`python -m tests.storms reports|outage`: reports by the thousand, or a month missed; see docs/proof.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.run import Run
from tests.simulator.tables import lines
from tests.storms.outage import come_back, missed_month
from tests.storms.outage import figures as outage_figures
from tests.storms.reports import Storm, blow, figures, street


def main() -> int:
    """Run what is asked for; 1 when anything was lost, doubled or wrong. Figures only say whether they were reached."""
    asked = _arguments()
    if asked.what == "outage":
        return _outage(asked)
    blowing = Storm(asked.rate, asked.minutes, asked.writers, asked.consoles, asked.urgent_every, asked.seed)
    print(f"seed: {asked.seed}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    with tempfile.TemporaryDirectory(prefix="zhihui-storms-") as folder:
        store = street(Path(folder))
        result = blow(blowing, Run(Path(folder)).environment(store), str(store))
    print("\n".join(lines([("storm of reports", "figure", "goal", ""), *figures(result)])))
    print("".join(f"WRONG  {line}\n" for line in result.wrong), end="")
    return int(bool(result.wrong))


def _outage(asked: argparse.Namespace) -> int:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    with tempfile.TemporaryDirectory(prefix="zhihui-storms-") as folder:
        path, now = missed_month(Path(folder), asked.tickets, asked.urgent)
        found = come_back(path, now, asked.urgent, Run(Path(folder)).environment(path))
    print("\n".join(lines([("thirty days without an engine", "figure", "goal", ""), *outage_figures(found)])))
    print("".join(f"WRONG  {line}\n" for line in found.wrong), end="")
    return int(bool(found.wrong))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.storms", description=__doc__)
    parser.add_argument("what", choices=("reports", "outage"))
    parser.add_argument("--tickets", type=int, default=100_000, help="of an outage: tickets in the store")
    parser.add_argument("--urgent", type=int, default=40, help="of an outage: emergencies besides")
    parser.add_argument("--rate", type=float, default=10_000, help="messages a minute")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--writers", type=int, default=2, help="programs that hand reports in")
    parser.add_argument("--consoles", type=int, default=2, help="consoles that show the queue; one more takes calls")
    parser.add_argument("--urgent-every", type=int, default=400, help="one message in so many is an emergency")
    parser.add_argument("--seed", default="1")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
