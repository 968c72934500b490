"""The overview's figures after whatever officers and engine did: always what counting the tickets gives."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.backend.overview import OverviewReader
from data.queries import organisation, overview, queue
from data.queries.filters import parse
from data.queries.overview import Figure
from tests.core.desk.scene import Scene
from tests.core.desk.walk import Walk

ZONE = ZoneInfo("Asia/Shanghai")
Row = dict[str, Any]
MOVES = ("report", "report", "act", "forward", "forward", "forward", "forward", "wait", "engine_cycle")


def live(scene: Scene, drawn: random.Random, moves: int) -> None:
    """Random days on the street."""
    walk = Walk(scene)
    walk.report(lambda _name, options: drawn.choice(options))
    for _move in range(moves):
        move = drawn.choice(MOVES)
        if walk.tickets or move in ("report", "wait"):
            getattr(walk, move)(lambda _name, options: drawn.choice(options))


def counted(tickets: list[Row], now: int, name: str) -> dict[str, Figure]:
    """Open, late and lately reported tickets by a column, counted one by one."""
    opened, late, intake = Counter[str](), Counter[str](), Counter[str]()
    for ticket in tickets:
        item = str(ticket[name] or ("-" if name == "section" else 0))
        opened[item] += ticket["open"]
        late[item] += bool(ticket["open"] and ticket["due_at"] <= now)
        intake[item] += ticket["reported_at"] >= now - 86_400
    items = opened.keys() | late.keys() | intake.keys()
    figures = {item: Figure(opened[item], late[item], intake[item]) for item in items}
    return {item: figure for item, figure in figures.items() if any(figure)}


def open_only(figures: dict[str, Figure]) -> dict[int, tuple[int, int]]:
    return {int(item): (figure.open, figure.late) for item, figure in figures.items() if figure.open}


@pytest.mark.parametrize("number", range(3))
def test_the_figures_are_those_of_a_plain_count(any_scene: Scene, seed: int, number: int) -> None:
    drawn = random.Random(f"{seed}:{number}")
    live(any_scene, drawn, 60)
    now = any_scene.desk.now()
    tickets = any_scene.rows("SELECT * FROM ticket WHERE centre_id = :centre")
    with any_scene.reader() as reader:
        found = overview.figures(reader, 1, now, "Asia/Shanghai")
    whole = Figure(
        sum(ticket["open"] for ticket in tickets),
        sum(bool(ticket["open"] and ticket["due_at"] <= now) for ticket in tickets),
        sum(ticket["reported_at"] >= now - 86_400 for ticket in tickets),
    )
    assert found.whole == whole
    assert found.sources == counted(tickets, now, "source")
    assert found.sections == counted(tickets, now, "section")
    assert found.urgencies == counted(tickets, now, "urgency")
    for figures, name in ((found.communities, "community_id"), (found.grids, "grid_id")):
        assert {item: (one.open, one.late) for item, one in figures.items() if one.open} == open_only(
            counted(tickets, now, name)
        )


@pytest.mark.parametrize("number", range(2))
def test_the_trends_are_those_of_a_plain_count(any_scene: Scene, seed: int, number: int) -> None:
    live(any_scene, random.Random(f"{seed}:trend:{number}"), 60)
    now = any_scene.desk.now()
    tickets = any_scene.rows("SELECT reported_at, closed_at FROM ticket WHERE centre_id = :centre")
    with any_scene.reader() as reader:
        found = overview.figures(reader, 1, now, "Asia/Shanghai")
    assert len(found.hours) == 24
    assert len(found.days) == 30
    for bucket in (*found.hours, *found.days):
        assert bucket.reported == sum(bucket.start <= ticket["reported_at"] < bucket.end for ticket in tickets)
        assert bucket.closed == sum(bucket.start <= (ticket["closed_at"] or 0) < bucket.end for ticket in tickets)
    assert found.hours[-1].start <= now < found.hours[-1].end
    midnight = datetime.fromtimestamp(now, UTC).astimezone(ZONE).replace(hour=0, minute=0, second=0)
    assert found.days[-1].start == int(midnight.timestamp())
    assert found.days[0].start == int((midnight - timedelta(days=29)).timestamp())


def test_figures_beyond_the_cap_say_that_they_are_least_figures(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ticket in range(4):
        scene.new("井盖")
    scene.wait(hours=20)
    monkeypatch.setattr(overview, "CAP", 3)
    with scene.reader() as reader:
        found = overview.figures(reader, 1, scene.desk.now(), "Asia/Shanghai")
    assert (found.whole.late, found.late_is_more) == (3, True)
    assert (found.whole.intake, found.intake_is_more) == (3, True)
    assert found.whole.open == 4


def test_what_the_screen_gets_adds_up_and_its_filters_find_the_same(any_scene: Scene, seed: int) -> None:
    live(any_scene, random.Random(f"{seed}:view"), 80)
    now = any_scene.desk.now()
    with any_scene.reader() as reader:
        centre = organisation.centres(reader)[0]
        view = OverviewReader(lambda: reader, centre).read(now)
        for shares in (view.sources, view.sections, view.urgencies):
            assert sum(share.open for share in shares) == view.open
            assert sum(share.late for share in shares) == view.late
        assert sum(area.open for area in view.areas if not area.depth) == view.open
        for line in (*view.sources, *view.sections, *view.urgencies, *view.areas):
            assert line.open == queue.count(reader, 1, parse(line.words, now)).number, line
