"""Tables of readings between marks in pages besides docs/performance.md; `python -m tests.bench.page` writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.figures import Figure, short
from tests.bench.history import Readings, Taken

MARK = "<!-- {name}: python -m tests.bench.page -->"
END = "<!-- end of {name} -->"
SIZES = ("80x24", "160x50")
OF_EACH = {
    "memory": "memory of each",
    "cpu": "processor time of each when idle, of one core",
    "start": "client started to the list on its screen",
    "carried.memory": "sessions that seven tenths of the memory carry",
    "carried.cpu": "sessions that seven tenths of two cores carry",
    "cut": "a cut line, to the end of its last process",
}
"""What of consoles over SSH the page has, by the names of its figures."""

Rows = list[list[str]]


class Place(NamedTuple):
    """Where a measurement's table stands, and how it is made."""

    name: str
    page: str
    rows: Callable[[Sequence[Figure]], Rows]


def write_tables(readings: Readings, docs: Path) -> None:
    """Put the tables of what was read into their pages; a measurement that was not read leaves its table."""
    for place in PLACES:
        if place.name in readings:
            path = docs / place.page
            path.write_text(with_table(path.read_text("utf-8"), place, readings[place.name]), "utf-8")


def with_table(page: str, place: Place, taken: Taken) -> str:
    """A page with the table of a measurement between its marks. Raises ValueError where the marks are missing."""
    mark, end = MARK.format(name=place.name), END.format(name=place.name)
    before, _, rest = page.partition(mark)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"no {mark} and {end} in the page")
    head, *body = place.rows(taken.figures)
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *body]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"{before}{mark}\n\n{table}\nMedians, taken on {taken.at[:10]}: {taken.machine}.\n\n{end}{after}"


def by_size(figures: Sequence[Figure]) -> Rows:
    """What was compared at two sizes: ours and Textual's own amounts, as the notes of the figures have them."""
    rows: dict[str, list[str]] = {}
    for figure in figures:
        words = re.sub(r"^over SSH, |, \d+ kbit/s, \d+ ms|, \d+x\d+$", "", figure.what)
        rows.setdefault(words, []).append(figure.note)
    return [["ours / Textual's own output", *SIZES], *([words, *amounts] for words, amounts in rows.items())]


def by_number(figures: Sequence[Figure]) -> Rows:
    """Consoles over SSH: a column for each number at once, one for those that load the program themselves."""
    cells: dict[str, dict[str, str]] = {}
    columns: list[str] = []
    for figure in figures:
        what, _, column = figure.name.removeprefix("remote.").rpartition(".")
        if not what:
            what, column = column, columns[-1] if columns else ""
        if what not in OF_EACH or figure.middle is None:
            continue
        columns += [] if column in columns else [column]
        row = cells.setdefault(what, {})
        row[column] = f"{short(figure.middle)} {figure.unit}".strip()
        row.setdefault("goal", "" if figure.goal is None else f"{short(figure.goal)} {figure.unit}")
    heads = [f"{column} at once" if column.isdigit() else "loading the program itself" for column in columns]
    body = [
        [words, *(cells[what].get(c, "") for c in (*columns, "goal"))]
        for what, words in OF_EACH.items()
        if what in cells
    ]
    return [["", *heads, "goal"], *body]


PLACES = (
    Place("remote", "remote.md", by_number),
    Place("ssh", "bad-lines.md", by_size),
    Place("line", "bad-lines.md", by_size),
)
