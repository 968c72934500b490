"""The benchmark runs on small stores and prints every figure. Nothing here says how fast anything is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console.terminal.probe import Drawn, questions, taken_out
from tests.bench.__main__ import MEASUREMENTS, main
from tests.bench.figures import Figure, Rounds, grown, line, percentile
from tests.bench.goals import GOALS
from tests.bench.history import load
from tests.bench.line import WHAT
from tests.bench.searching import FLAT
from tests.bench.searching import WORDS as SEARCHED
from tests.bench.ssh import WHAT as OVER_SSH
from tests.bench.terminal import answers
from tests.sshd import SSHD

FIGURES = {
    "queue": [
        *(f"queue.{page}{kind}" for page in ("first", "next") for kind in ("", ".growth")),
        *("queue.counters.growth", "queue.late.growth"),
    ],
    "searching": [
        *(f"searching.{word}.{what}" for word in SEARCHED for what in ("page", "count")),
        *(f"searching.{name.replace(' ', '-')}.growth" for name in FLAT),
    ],
    "searching_server": [f"searching_server.{word}.{what}" for word in SEARCHED for what in ("page", "count")],
    "indexing": [
        *("indexing.note", "indexing.import", "indexing.sweep"),
        *("indexing.note.index", "indexing.import.index"),
    ],
    "overview": ["overview.now.growth", "overview.full.growth"],
    "monthly": ["monthly.rows", "monthly.growth"],
    "commands": [
        "commands.help",
        *(f"commands.{name}{kind}" for name in ("list", "show", "log", "desk") for kind in ("", ".growth")),
    ],
    "opening": ["opening.cpu", "opening.wall", "opening.growth"],
    "keys": [
        f"keys.{key}.{kind}"
        for key in ("down", "page_down", "scroll", "end", "home")
        for kind in ("cpu", "bytes", "growth")
    ],
    "filtered": [
        f"filtered.{what}.growth" for what in ("order", "filter", "down", "page_down", "scroll", "end", "home")
    ],
    "duplicates": ["duplicates.usual.growth", "duplicates.rare.growth"],
    "ticking": ["ticking.bytes", "ticking.cpu", "ticking.engine"],
    "importing": ["importing.rows.wall", "importing.rows.cpu", "importing.tickets.wall", "importing.tickets.cpu"],
    "hands": ["hands.sweep", "hands.acknowledge", "hands.finish", "hands.progress", "hands.engine"],
    "sweeping": ["sweeping.wall", "sweeping.cpu"],
    "writing": [f"writing.{who}{beside}" for who in ("consoles", "plain", "note") for beside in ("", ".import")],
    "sums": ["sums.note", "sums.log", "sums.check"],
    "stalled": ["stalled.beats", "stalled.late", "stalled.healed"],
    "line": [f"line.{what}.80x24" for what in WHAT],
    "ssh": [f"ssh.{what}.80x24" for what in OVER_SSH],
    "remote": [
        *(f"remote.{what}.{name}" for name in ("alone", "3") for what in ("memory", "cpu", "start")),
        *("remote.carried.memory.3", "remote.carried.cpu.3", "remote.shared", "remote.cut"),
    ],
    "spreading": ["spreading.p50", "spreading.p99", "spreading.idle"],
}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


def test_every_measurement_is_known() -> None:
    assert set(FIGURES) == set(MEASUREMENTS)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.pg) if "server" in name else name for name in MEASUREMENTS]
)
def test_it_runs_and_prints_each_figure(name: str, work: Path, tmp_path: Path) -> None:
    if "server" in name and os.environ.get("ZHIHUI_TEST_POSTGRES") == "skip":
        pytest.skip("ZHIHUI_TEST_POSTGRES=skip")
    if name == "ssh" and SSHD is None:
        pytest.skip("no sshd: install openssh-server")
    said: list[str] = []
    report = tmp_path / "report.json"
    arguments = ["--tickets", "200,400", "--only", name, "--quick", "--rounds", "1", "--work", str(work)]
    assert main([*arguments, "--json", str(report)], said.append) == 0, said
    text = "\n".join(said)
    for figure in FIGURES[name]:
        shown = rf"^{re.escape(figure)} .*\| [\d.,]+ (×|ms|B|B/s|MiB|%|s|sessions)( |$)"
        assert re.search(shown, text, re.MULTILINE), f"{figure} in {text}"
    figures = load(report)[name].figures
    assert {figure.name for figure in figures} == set(FIGURES[name])
    assert all(figure.values for figure in figures)
    keys = [figure.key for figure in figures]
    assert len(set(keys)) == len(keys), "two figures of one name"
    promised = {figure for goal in GOALS for figure in goal.figures} & set(FIGURES[name])
    limited = {figure.name for figure in figures if figure.goal is not None}
    assert promised - limited <= {"searching.two.page"}, "a goal of a million tickets alone"


def test_each_goal_has_figures() -> None:
    assert {figure for goal in GOALS for figure in goal.figures} <= {
        name for names in FIGURES.values() for name in names
    }


def test_an_unknown_measurement_is_named(tmp_path: Path) -> None:
    said: list[str] = []
    assert main(["--only", "magic", "--work", str(tmp_path)], said.append) == 2
    assert "magic" in said[0]
    assert "queue" in said[0]


def test_ratios_are_made_round_by_round() -> None:
    rounds = Rounds()
    for ours, base in ((2.0, 1.0), (9.0, 3.0), (4.0, 4.0)):
        rounds.add("ours", ours)
        rounds.add("base", base)
    figure = Figure("x", "what", "base", rounds.ratios("ours", "base"), goal=2.5)
    assert figure.values == (2.0, 3.0, 1.0)
    assert figure.middle == 2.0
    assert figure.met
    assert "2 × (1–3)" in line(figure)
    assert "goal ≤ 2.5 ×: met" in line(figure)


def test_growth_is_held_against_the_smallest_store_round_by_round() -> None:
    rounds = Rounds()
    for small, large in ((2.0, 4.0), (1.0, 3.0)):
        rounds.add("page 10", small)
        rounds.add("page 1000", large)
        rounds.add("page 100", small)
    hundred, thousand = grown("x", "a page", rounds, (1000, 10, 100), "page", goal=2)
    assert (hundred.name, hundred.tickets, hundred.values) == ("x.growth", 100, (1.0, 1.0))
    assert (thousand.tickets, thousand.values, thousand.met) == (1000, (2.0, 3.0), False)
    assert "a page, 1,000 tickets | itself on 10 tickets | 2.5 × (2–3) | goal ≤ 2 ×: NOT MET" in line(thousand)


def test_a_figure_that_is_missing_says_why_and_meets_nothing() -> None:
    figure = Figure("x", "what", "base", goal=1.0, missing="not built yet")
    assert figure.met is None
    assert "not built yet" in line(figure)


def test_percentiles_are_readings() -> None:
    assert percentile(list(range(100)), 0.99) == 99
    assert percentile([5.0], 0.5) == 5.0


def test_the_counting_terminal_answers_as_one_that_draws_chinese() -> None:
    told = b"".join(answers(questions() + b"\x1b[7;5H\x1b[6n"))
    assert taken_out(told) == (Drawn(4, 4), b"\x1b[1;1R")


def test_baselines_load_nothing_of_the_product() -> None:
    check = "import sys, tests.bench.table_app, tests.bench.bare_typer; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout.split()
    heavy = {name.split(".")[0] for name in loaded} & {"console", "core", "data", "sqlmodel", "sqlalchemy"}
    assert heavy == set()
