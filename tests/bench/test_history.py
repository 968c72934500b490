"""Saved runs: what is compared with what, and the page that is written from what is published."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import Figure
from tests.bench.goals import GOALS
from tests.bench.history import PUBLISHED, SAVED, Readings, Taken, compared, last_saved, load, newest, save
from tests.bench.page import BEGIN, END, PAGE, REPOSITORY, tables, with_figures
from tests.bench.page import main as publish
from tests.bench.places import PLACES, with_table, write_tables


def figure(*values: float, name: str = "queue.first", unit: str = "×", tickets: int | None = 1000) -> Figure:
    return Figure(name, "first page", "raw sqlite3", values, unit, 3.0, "0.3 / 0.2 ms", tickets=tickets)


def readings(*figures: Figure, at: str = "2026-11-29T10:00:00", machine: str = "2 cores") -> Readings:
    return {"queue": Taken(figures, at, machine, 7, 5, 12.5)}


BEFORE = readings(figure(1.0, 1.2))


def test_what_is_saved_is_what_is_read(tmp_path: Path) -> None:
    several = readings(figure(1.0, 1.25), figure(5.0, unit="ms", tickets=None))
    save(tmp_path / "deep" / "run.json", several)
    assert load(tmp_path / "deep" / "run.json") == several


@pytest.mark.parametrize(
    ("values", "word"),
    [((0.8, 0.99), "better"), ((0.8, 1.0), ""), ((1.1, 1.9), ""), ((1.2, 1.3), ""), ((1.21, 1.3), "WORSE")],
)
def test_a_change_is_one_beyond_the_spread_of_both(values: tuple[float, ...], word: str) -> None:
    *told, summed = compared(BEFORE, readings(figure(*values)))
    assert [line.split()[0] for line in told] == ([word] if word else [])
    counts = f"{int(word == 'better')} better, {int(word == 'WORSE')} worse, {int(not word)} within"
    assert summed == f"# {counts} the spread of the rounds"


def test_both_readings_are_told() -> None:
    told, _ = compared(BEFORE, readings(figure(2.0, 4.0)))
    assert told == "WORSE  queue.first                  first page, 1,000 tickets: 1.1 × (1–1.2) → 3 × (2–4)"


def test_readings_without_spread_of_other_stores_and_times_of_other_machines_are_left_out() -> None:
    none = ["# 0 better, 0 worse, 0 within the spread of the rounds"]
    assert list(compared(BEFORE, readings(figure(9.0)))) == none
    assert list(compared(BEFORE, readings(figure(9.0, 9.1, tickets=10)))) == none
    times = readings(figure(1.0, 1.2, unit="ms"))
    later = figure(9.0, 9.1, unit="ms")
    assert len(list(compared(times, readings(later)))) == 2
    assert list(compared(times, readings(later, machine="64 cores"))) == none
    assert len(list(compared(BEFORE, readings(figure(9.0, 9.1), machine="64 cores")))) == 2


def test_of_each_measurement_the_newest_counts_saved_or_published(tmp_path: Path) -> None:
    old, new = readings(figure(1.0), at="2026-11-28T10:00:00"), readings(figure(2.0))
    save(tmp_path / PUBLISHED, new)
    save(tmp_path / SAVED / "1.json", old)
    other = replace(old["queue"], at="2026-11-27T10:00:00")
    save(tmp_path / SAVED / "2.json", {"keys": other})
    assert last_saved(tmp_path) == {**new, "keys": other}
    assert newest([tmp_path / SAVED / "1.json", tmp_path / PUBLISHED]) == new


def test_a_run_is_compared_with_a_file_and_saved(tmp_path: Path) -> None:
    before, after, said = tmp_path / "before.json", tmp_path / "after.json", list[str]()
    command = ["--tickets", "100,200", "--only", "overview", "--rounds", "2", "--quick", "--work", str(tmp_path)]
    assert main([*command, "--json", str(before)], said.append) == 0
    slow = load(before)
    first, *others = slow["overview"].figures
    slow["overview"] = replace(slow["overview"], figures=(replace(first, values=(1e6, 2e6)), *others))
    save(before, slow)
    assert main([*command, "--json", str(after), "--compare", str(before)], said.append) == 0
    assert any(line.startswith(f"better {first.name}") for line in said), said
    assert load(after).keys() == {"overview"}


def test_the_page_shows_what_is_published() -> None:
    page = (REPOSITORY / PAGE).read_text("utf-8")
    assert with_figures(page, load(REPOSITORY / PUBLISHED)) == page, "run `python -m tests.bench.page`"


def test_publishing_takes_readings_in_and_leaves_the_prose_alone(tmp_path: Path) -> None:
    run, page = tmp_path / "run.json", tmp_path / PAGE
    page.parent.mkdir()
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    save(run, readings(figure(1.0, 1.2), figure(4.0, 5.0, tickets=1_000_000)))
    assert publish([str(run)], tmp_path) == 0
    text = page.read_text("utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text  # noqa: PT018
    assert "| first page | raw sqlite3 | 3 × | 1.1 × (1–1.2) | **4.5 ×** (4–5) | 0.3 / 0.2 ms |" in text
    assert "| `queue.first` | first page, 1,000,000 tickets; raw sqlite3 | 3 × | 4.5 × (4–5) | **missed** |" in text
    save(run, {"keys": readings(figure(1.0, name="keys.down.cpu"))["queue"]})
    publish([str(run)], tmp_path)
    assert load(tmp_path / PUBLISHED).keys() == {"queue", "keys"}
    with pytest.raises(ValueError, match="no <!-- figures"):
        with_figures("no marks", {})


def test_a_goal_that_nobody_measured_is_in_the_table_too() -> None:
    shown = tables(readings(figure(1.0)))
    for goal in GOALS:
        for name in goal.figures:
            assert f"`{name}`" in shown
    assert shown.count("not measured yet") == sum(len(goal.figures) for goal in GOALS) - 1


def test_tables_come_between_their_marks_and_nowhere_else(tmp_path: Path) -> None:
    """All three, from figures as the measurements name them."""
    for page in ("remote.md", "bad-lines.md"):
        shutil.copy(REPOSITORY / "docs" / page, tmp_path / page)
    sizes = {
        name: [
            Figure(f"{name}.typed.{size}", f"{words}, {size}", "stock", (2.0,), "B", None, f"{n} / 9 B")
            for n, size in enumerate(("80x24", "160x50"), 1)
        ]
        for name, words in (("ssh", "over SSH, a character typed"), ("line", "a character typed, 64 kbit/s, 300 ms"))
    }
    remote = [
        Figure("remote.memory.alone", "3 consoles", "–", (80.0,), "MiB", 40.0),
        Figure("remote.memory.50", "50 consoles", "–", (37.0, 38.0, 39.0), "MiB", 40.0),
        Figure("remote.shared", "50 consoles", "–", (0.4,), goal=0.5),
        Figure("remote.cut", "a cut line", "–", (36.0,), "s", 45.0),
    ]
    taken = {name: readings(*found)["queue"] for name, found in {**sizes, "remote": remote}.items()}
    write_tables(taken, tmp_path)
    pages = {page: (tmp_path / page).read_text() for page in ("remote.md", "bad-lines.md")}
    assert pages["bad-lines.md"].count("| a character typed | 1 / 9 B | 2 / 9 B |") == 2
    assert "| memory of each | 80 MiB | 38 MiB | 40 MiB |" in pages["remote.md"]
    assert "| a cut line, to the end of its last process |  | 36 s | 45 s |" in pages["remote.md"]
    assert "taken on 2026-11-29: 2 cores" in pages["remote.md"]
    write_tables(taken, tmp_path)
    assert (tmp_path / "remote.md").read_text() == pages["remote.md"], "again, the same"
    for page, text in pages.items():
        assert _outside(text) == _outside((REPOSITORY / "docs" / page).read_text())
    with pytest.raises(ValueError, match="no <!-- remote"):
        with_table("no marks", PLACES[0], taken["remote"])


def _outside(page: str) -> str:
    return re.sub(r"(<!-- (?:remote|ssh|line): .*? -->)[\s\S]*?<!-- end of ", r"\1", page)
