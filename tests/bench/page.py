"""The figures of docs/performance.md, written from the readings that are published beside it.

python -m tests.bench.page [FILE…]: takes the readings of saved runs into docs/performance.json, measurement by
measurement, the newest of each, and writes the tables between the marks in the page anew. Without a file, only the
page is written. Other pages have tables of some measurements (`tests.bench.places`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.figures import Figure, short, spread
from tests.bench.goals import GOALS
from tests.bench.history import PUBLISHED, Readings, load, newest, save
from tests.bench.places import write_tables

PAGE = Path("docs") / "performance.md"
BEGIN, END = "<!-- figures: python -m tests.bench.page -->", "<!-- end of figures -->"
REPOSITORY = Path(__file__).resolve().parents[2]


def main(files: Sequence[str], repository: Path = REPOSITORY) -> int:
    """Publish the readings of some files and write the page."""
    published = repository / PUBLISHED
    if files:
        save(published, newest([*([published] if published.exists() else []), *map(Path, files)]))
    page = repository / PAGE
    readings = load(published)
    page.write_text(with_figures(page.read_text("utf-8"), readings), "utf-8")
    write_tables(readings, repository / "docs")
    return 0


def with_figures(page: str, readings: Readings) -> str:
    """The page with these readings between its marks. Raises ValueError where the page has no marks."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no {BEGIN} and {END} in the page")
    return f"{before}{BEGIN}\n\n{tables(readings)}\n\n{END}{after}"


def tables(readings: Readings) -> str:
    """The goals, then a table for each measurement."""
    parts = ["### The goals", "\n".join(_goals(readings))]
    for name, taken in readings.items():
        taken_on = f"Taken on {taken.at[:10]} with {taken.rounds} rounds: {taken.machine}."
        parts += [f"### `{name}`", taken_on, "\n".join(_measurement(taken.figures))]
    return "\n\n".join(parts)


def _goals(readings: Readings) -> Iterator[str]:
    """Each goal at the largest store for which it was measured."""
    figures = [figure for taken in readings.values() for figure in taken.figures]
    yield "| the goal | figure | against | at most | reading | |"
    yield "|---|---|---|---|---|---|"
    for goal in GOALS:
        for name in goal.figures:
            sizes = [figure for figure in figures if figure.name == name]
            if not sizes:
                yield f"| {goal.promise} | `{name}` | | | not measured yet | |"
                continue
            figure = max(sizes, key=lambda figure: figure.tickets or 0)
            limit = "" if figure.goal is None else f"{short(figure.goal)} {figure.unit}"
            store = "" if figure.tickets is None else f", {figure.tickets:,} tickets"
            met = {True: "met", False: "**missed**", None: ""}[figure.met]
            against = f"{figure.what}{store}; {figure.baseline}" if figure.baseline != "–" else f"{figure.what}{store}"
            yield f"| {goal.promise} | `{name}` | {against} | {limit} | {_cell(figure)} | {met} |"


def _measurement(figures: Sequence[Figure]) -> Iterator[str]:
    """A line for each figure, a column for each size of store."""
    sizes: list[int | None] = sorted({figure.tickets for figure in figures if figure.tickets is not None})
    if any(figure.tickets is None for figure in figures):
        sizes.insert(0, None)
    heads = ["reading" if size is None else f"{size:,}" for size in sizes]
    yield f"| figure | against | at most | {' | '.join(heads)} | amounts{' on the largest' if len(sizes) > 1 else ''} |"
    yield "|---" * (4 + len(sizes)) + "|"
    rows: dict[tuple[str, str, str], dict[int | None, Figure]] = {}
    for figure in figures:
        rows.setdefault((figure.name, figure.what, figure.baseline), {})[figure.tickets] = figure
    for (_, what, baseline), by_size in rows.items():
        largest = by_size[max(by_size, key=lambda size: size or 0)]
        limit = "–" if largest.goal is None else f"{short(largest.goal)} {largest.unit}"
        cells = [_cell(by_size[size], True) if size in by_size else "" for size in sizes]
        yield f"| {what} | {baseline} | {limit} | {' | '.join(cells)} | {largest.note} |"


def _cell(figure: Figure, judged: bool = False) -> str:
    if figure.middle is None:
        return figure.missing
    reading = f"{short(figure.middle)} {figure.unit}"
    marked = f"**{reading}**" if judged and figure.met is False else reading
    return f"{marked} {spread(figure)}".strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
