"""The engine looks at the roster ahead: leaders are told of each gap once, again as it comes near, and when filled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from core.accountability.audit import verify
from core.engine.loop import Engine
from core.rules.duty_gaps import Known, compare
from core.rules.duty_watch import HOUR, Gap
from data.duty_terms import GapKind
from data.ids import new_id
from data.tables import Duty, table
from tests.core.desk.scene import Scene

DAY = 24 * HOUR


def book(scene: Scene, officer: str, begin: int, end: int) -> None:
    row = Duty(centre_id=1, id=new_id(), officer_id=scene.who(officer).id, kind="shift", role="duty_officer")
    row.from_at, row.to_at = begin, end
    with scene.store.write() as connection:
        connection.execute(insert(table(Duty)), [row.model_dump()])


def look(scene: Scene, times: int = 2) -> None:
    """Engines look one after the other, each with nothing in its head."""
    for _ in range(times):
        engine = Engine(scene.store, scene.clock, 1)
        engine.once(send=False)
        engine.close()


def told(scene: Scene) -> list[tuple[str, int, str]]:
    return [(one["severity"], one["officer_id"], one["title"]) for one in scene.notices("duty_gap")]


def rows(scene: Scene) -> list[dict[str, Any]]:
    return scene.rows("SELECT kind, from_at, to_at, state, step FROM duty_gap WHERE centre_id = :centre ORDER BY id")


def test_a_gap_is_told_of_once_comes_near_and_is_filled(any_scene: Scene) -> None:
    scene = any_scene
    start = scene.desk.now()
    gao, wang, chen = (scene.who(code).id for code in ("gao", "wang", "chen"))
    book(scene, "zhang", start, start + 30 * HOUR)
    book(scene, "zhang", start + 42 * HOUR, start + 10 * DAY)
    look(scene)
    (gap,) = rows(scene)
    assert (gap["kind"], gap["from_at"], gap["to_at"]) == ("empty_desk", start + 30 * HOUR, start + 42 * HOUR)
    assert [one[:2] for one in told(scene)] == [("warning", gao), ("warning", wang)]
    assert told(scene)[0][2].startswith("值班安排有问题：值班席无人 ")
    scene.wait(hours=5, minutes=59)
    look(scene)
    assert len(told(scene)) == 2
    scene.wait(minutes=1)
    look(scene)
    assert [one[:2] for one in told(scene)[2:]] == [("warning", gao), ("warning", wang)]
    scene.wait(hours=22)
    look(scene)
    assert [one[:2] for one in told(scene)[4:]] == [("alarm", gao), ("alarm", wang), ("alarm", chen)]
    book(scene, "li", start + 30 * HOUR, start + 36 * HOUR)
    look(scene)
    assert (rows(scene)[0]["from_at"], rows(scene)[0]["state"]) == (start + 36 * HOUR, "open")
    assert len(told(scene)) == 7, "a shorter one is the same one"
    book(scene, "tan", start + 36 * HOUR, start + 42 * HOUR)
    look(scene)
    assert [one["state"] for one in rows(scene)] == ["filled"]
    assert [one[:2] for one in told(scene)[7:]] == [("info", gao), ("info", wang)]
    assert told(scene)[7][2].startswith("值班已补齐：值班席无人 ")
    events = scene.rows("SELECT id FROM ticket_event WHERE centre_id = :centre AND kind = 'duty_gap'")
    assert len(events) == 5
    with scene.reader() as reader:
        assert verify(reader, 1) == []


EMPTY = Gap(GapKind.EMPTY_DESK, "duty_officer", (), 30 * HOUR, 42 * HOUR)


def test_what_was_cut_by_the_end_of_the_look_goes_on() -> None:
    """A roster that ends is one gap, told of once, however many days pass; its end follows now and then."""
    cut = EMPTY._replace(to_at=72 * HOUR)
    (new,) = compare([], [cut], 0, 0, 72 * HOUR).told
    known = Known(1, new.gap, new.step)
    assert not any(compare([known], [EMPTY._replace(to_at=73 * HOUR)], HOUR, HOUR, 73 * HOUR))
    later = compare([known._replace(step=2)], [EMPTY._replace(to_at=120 * HOUR)], 48 * HOUR, 30 * HOUR, 120 * HOUR)
    assert (later.told, [one.gap.to_at for one in later.moved]) == ([], [120 * HOUR])


def test_split_joined_and_gone_by() -> None:
    known = Known(1, EMPTY, 0)
    first, second = EMPTY._replace(to_at=34 * HOUR), EMPTY._replace(from_at=38 * HOUR)
    split = compare([known], [first, second], 0, 0, 72 * HOUR)
    assert ([one.gap for one in split.moved], [one.gap for one in split.told]) == ([first], [second])
    joined = compare([Known(1, first, 0), Known(2, second, 0)], [EMPTY], 0, 0, 72 * HOUR)
    assert ([one.known for one in joined.moved], joined.filled, len(joined.over)) == ([1], [], 1)
    assert compare([known], [], 43 * HOUR, 30 * HOUR, 99 * HOUR).over == [known]
    assert compare([known], [], 31 * HOUR, 30 * HOUR, 99 * HOUR).filled == [known]
    assert not any(compare([known], [], 0, 0, 20 * HOUR)), "beyond what is looked at"


def test_found_late_is_told_of_once() -> None:
    (found,) = compare([], [EMPTY], 29 * HOUR, 29 * HOUR, 99 * HOUR).told
    assert found.is_near
    assert not any(compare([Known(1, EMPTY, found.step)], [EMPTY], 31 * HOUR, 30 * HOUR, 99 * HOUR))
