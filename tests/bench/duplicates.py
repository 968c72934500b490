"""Proposing duplicates: how long one look takes by the size of the store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from core.desk.duplicates import duplicates_of
from core.rules.likeness import Traits, pairs_of
from data.reader import Reader
from tests.bench.figures import Figure, Rounds, grown
from tests.bench.run import Run

CENTRE = 1
ADDRESS = "新华路390号"
TITLES = {"usual": "路口井盖破损", "rare": "阀门井坍塌冒烟"}
"""Words that one in ten tickets has, and words that hardly one has."""
LOOKS = 5


def measure(run: Run) -> Iterator[Figure]:
    """A report's proposals, by processor time."""
    rounds = Rounds()
    for _ in range(run.rounds):
        for size in run.sizes:
            with Reader(f"sqlite:///{run.store(size)}") as reader:
                for name, title in TITLES.items():
                    look = partial(duplicates_of, reader, CENTRE, _traits(reader, title))
                    look()
                    began = time.process_time()
                    for _look in range(LOOKS):
                        look()
                    rounds.add(f"{name} {size}", (time.process_time() - began) / LOOKS)
    for name in TITLES:
        yield from grown(f"duplicates.{name}", f"duplicates of a report with {name} words", rounds, run.sizes, name)


def _traits(reader: Reader, title: str) -> Traits:
    """A report at the time of the newest ticket, so that others lie near it."""
    newest = reader.one("SELECT max(reported_at) FROM ticket WHERE centre_id = :centre", centre=CENTRE)
    at = int(newest[0]) if newest else 0
    return Traits(pairs_of(title, ADDRESS), pairs_of(ADDRESS), community_id=4, source="phone", at=at)
