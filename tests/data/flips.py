"""Single bits of a store are flipped, one at a time on copies; what a query answers then may differ only if the check
says so. The long form: `python -m tests.data.flips --bits 20000 --seed 7`.
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data.errors import StoreTrouble
from data.location import locate
from data.maintenance import check, worst
from data.search_index import fill
from data.snapshot import discard
from data.sqlite import driver
from data.store import Store
from tests.data.test_store_parity import run

TERMS = "SELECT DISTINCT term FROM temp.vocabulary ORDER BY term"
SEARCH = "SELECT rowid FROM search_fts WHERE search_fts MATCH ?"


@dataclass
class Tally:
    """What came of the flips; `silent` are those that changed an answer and were not reported."""

    outcomes: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    """Rows that differ, where the file could be read, and of which the check did not name the table."""


def make(path: Path) -> None:
    """A store in which much has happened, as one file without a log beside it."""
    run(locate(str(path)))
    store = Store(locate(str(path)))
    fill(store, 1)
    store.close()


def answers(path: Path, terms: list[str]) -> dict[str, Any]:
    """What the store answers: every row of every table, and what each term of the search finds."""
    found: dict[str, Any] = {}
    module = driver()
    connection = module.connect(f"file:{path}?mode=ro", uri=True)
    connection.text_factory = lambda plain: ("text", plain)
    try:
        for (_, name), (_, kind) in connection.execute("SELECT name, type FROM sqlite_master ORDER BY name").fetchall():
            if kind == b"table" and not name.startswith((b"sqlite_", b"search_fts", b"row_sum")):
                found[name.decode()] = _rows(connection, f'SELECT * FROM "{name.decode()}"')
    except (module.Error, UnicodeDecodeError) as error:
        found["?"] = repr(error)
    for term in terms:
        found[f"search {term}"] = _rows(connection, SEARCH, f'"{term}"')
    connection.close()
    return found


def _rows(connection: Any, query: str, *values: str) -> Any:
    try:
        return sorted(connection.execute(query, values).fetchall(), key=repr)
    except (driver().Error, UnicodeDecodeError) as error:
        return repr(error)


def terms_of(path: Path) -> list[str]:
    """Every term of the search."""
    connection = driver().connect(f"file:{path}?mode=ro", uri=True)
    connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'search_fts', 'row')")
    found = [row[0] for row in connection.execute(TERMS)]
    connection.close()
    return found


def places(path: Path, amount: int, seed: int) -> Iterator[tuple[int, int]]:
    """Bytes of the file, with the bit of each that is flipped."""
    chance, size = random.Random(seed), path.stat().st_size
    for _ in range(amount):
        yield chance.randrange(size), chance.randrange(8)


def flip(path: Path, at: int, bit: int) -> None:
    """Flip one bit of a file."""
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << bit)]))


def try_flips(source: Path, folder: Path, amount: int, seed: int) -> Tally:
    """Flip so many bits of copies of a store, one in each, and see what is answered and reported."""
    tally, terms = Tally(), terms_of(source)
    before = answers(source, terms)
    for at, bit in places(source, amount, seed):
        copy = folder / "flipped.db"
        discard(copy)
        shutil.copyfile(source, copy)
        flip(copy, at, bit)
        after = answers(copy, terms)
        differing = [name for name in before if before[name] != after.get(name)]
        said = _said(copy)
        outcome = f"{'changed' if differing else 'same'}, {'reported' if said else 'not reported'}"
        tally.outcomes[outcome] += 1
        where = f"seed {seed} byte {at} bit {bit}: {differing[:3]} / {said[:300]}"
        if differing and not said:
            tally.silent.append(where)
        readable = [name for name in differing if isinstance(after.get(name), list)]
        if "?" not in after and said and any(name.split()[0] not in said for name in readable):
            tally.unnamed.append(where)
    return tally


def _said(path: Path) -> str:
    """What the check found wrong."""
    try:
        findings = check(locate(str(path)))
    except StoreTrouble as trouble:
        return f"trouble {trouble.code}"
    return "; ".join(finding.en for finding in findings if finding.level == "bad") if worst(findings) == "bad" else ""


def main() -> int:
    """Flip many, print what came of it; 1 when a change was silent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bits", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        source = Path(folder) / "store.db"
        make(source)
        tally = try_flips(source, Path(folder), asked.bits, asked.seed)
    for outcome, number in sorted(tally.outcomes.items()):
        print(f"{number:8} {outcome}")
    for line in (*tally.silent, *tally.unnamed):
        print(line)
    return 1 if tally.silent else 0


if __name__ == "__main__":
    raise SystemExit(main())
