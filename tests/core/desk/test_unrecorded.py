"""What cannot be put on record does not happen: every verb with logs that take nothing in.

The log refuses the entry, the operation says so as trouble of the store, and no row of any table is otherwise. Then the
log takes it in and the same order is carried out, which shows that it was not refused for another reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from core.desk.orders import Order, Report
from core.desk.verbs.table import VERBS
from core.engine.loop import Engine
from core.organisation.duty import DutyBook
from data.device_terms import DeviceKind, SignalKind
from data.terms import Stage
from tests.core.desk.scene import Scene, orders_of
from tests.core.desk.test_sensing import put, say
from tests.unwritable import must_be_on_record

Done = tuple[str, str, dict[str, Any]]
"""(verb, officer, what is said in the order): what comes before."""


class Way(NamedTuple):
    """How a ticket comes to where a verb can be carried out, and by whom."""

    stage: Stage
    who: str = "zhang"
    before: tuple[Done, ...] = ()
    more: dict[str, Any] = {}
    new: dict[str, Any] = {}
    """How the ticket was reported, where that matters."""


def done(verb: str, who: str = "zhang", **more: Any) -> Done:
    return verb, who, more


LATER = done("wait", days=14)
CONVENED = done("convene")
HELD = (CONVENED, LATER, done("attend", came=["居民=8"]))
REVIEWED = done("review_open", "gao", reason="群众关注")
AT = Stage.HANDLING
WAYS: dict[str, Way] = {
    "accept": Way(Stage.REPORTED),
    "refuse": Way(Stage.REPORTED),
    "amend": Way(AT),
    "assess": Way(Stage.ACCEPTED),
    "dispatch": Way(Stage.ASSESSED),
    "redispatch": Way(Stage.DISPATCHED),
    "add_task": Way(Stage.DISPATCHED),
    "acknowledge": Way(Stage.DISPATCHED, "li"),
    "arrive": Way(Stage.ACKNOWLEDGED, "li"),
    "cordon": Way(AT),
    "handle": Way(Stage.ON_SCENE, "li"),
    "finish_task": Way(AT, "zhang", (done("add_task"),)),
    "complete": Way(AT, "li"),
    "return": Way(Stage.DISPATCHED, "li"),
    "check": Way(Stage.COMPLETED),
    "call_back": Way(Stage.CHECKED),
    "archive": Way(Stage.CALLED_BACK),
    "void": Way(AT, "wang"),
    "hand_up": Way(AT),
    "hand_down": Way(AT),
    "remind": Way(AT),
    "remind_hands": Way(Stage.DISPATCHED),
    "supervise": Way(AT, "wang"),
    "ask": Way(AT),
    "note": Way(AT),
    "activate_plan": Way(Stage.DISPATCHED),
    "tick": Way(Stage.DISPATCHED, "zhang", (done("activate_plan"),)),
    "pause": Way(AT),
    "resume": Way(Stage.SUSPENDED),
    "request": Way(AT, "li"),
    "grant": Way(AT, "chen", (done("request", "li"),)),
    "decline": Way(AT, "chen", (done("request", "li"),)),
    "withdraw": Way(AT, "li", (done("request", "li"),)),
    "recompute": Way(AT, "wang"),
    "grade": Way(AT, "wang"),
    "report_up": Way(AT, "wang", (done("grade", "wang"),)),
    "undo": Way(Stage.ACCEPTED),
    "join": Way(AT, more={"into": "{other}"}),
    "separate": Way(Stage.MERGED),
    "link": Way(AT, more={"other": "{other}"}),
    "sweep": Way(AT),
    "name_readers": Way(Stage.REPORTED, "wang", new={"confidential": True}),
    "classify": Way(AT),
    "convene": Way(AT),
    "put_off": Way(AT, "zhang", (CONVENED,), {"at": "2026-12-02 09:00"}),
    "attend": Way(AT, "zhang", (CONVENED, LATER), {"came": ["居民=8"]}),
    "minutes": Way(AT, "zhang", HELD),
    "decide": Way(AT, "zhang", HELD, {"due": "2026-12-20"}),
    "consult": Way(AT),
    "collect": Way(AT, "zhang", (done("consult"),), {"words": "同意"}),
    "conclude": Way(AT, "zhang", (done("consult"), LATER)),
    "publish": Way(AT, "zhang", (*HELD, done("minutes"))),
    "mediate": Way(AT),
    "fulfil": Way(AT, "zhang", (done("mediate", outcome="agreed", follow="施工"),)),
    "review_open": Way(Stage.ARCHIVED, "gao", more={"reason": "群众关注"}),
    "review_hold": Way(Stage.ARCHIVED, "gao", (REVIEWED,)),
    "review_lesson": Way(Stage.ARCHIVED, "gao", (REVIEWED, done("review_hold", "gao"))),
    "review_follow_up": Way(Stage.ARCHIVED, "gao", (REVIEWED, done("review_hold", "gao"))),
    "review_conclude": Way(Stage.ARCHIVED, "gao", (REVIEWED, done("review_hold", "gao"), done("review_lesson", "gao"))),
}
BY_ITSELF: dict[str, Callable[[Scene], tuple[Order, str]]] = {}
"""Verbs for which more has to happen than orders on a ticket."""


def by_itself(verb: str) -> Callable[[Callable[[Scene], tuple[Order, str]]], None]:
    return lambda make: BY_ITSELF.update({verb: make})


@by_itself("report")
def _report(scene: Scene) -> tuple[Order, str]:
    return Report(title="新事件", community="C01"), "zhang"


@by_itself("finding")
def _finding(scene: Scene) -> tuple[Order, str]:
    put(scene, "S1", DeviceKind.SMOKE)
    code = say(scene, "S1", "1", SignalKind.ALARM).ticket
    for verb in ("accept", "dispatch"):
        scene.do(orders_of(code)[verb])
    return orders_of(code)["finding"], "zhang"


@by_itself("take_back")
def _take_back(scene: Scene) -> tuple[Order, str]:
    begin = scene.desk.now()
    with scene.store.write() as connection:
        DutyBook(connection, 1, begin, scene.who("wang")).leave("hu", begin, begin + 600, "培训")
    code = scene.at_stage(Stage.ASSESSED)
    scene.do(VERBS["dispatch"].order(ticket=code, to="economy"))
    engine = Engine(scene.store, scene.clock, 1)
    engine.once(send=False)
    scene.wait(minutes=11)
    return VERBS["take_back"].order(ticket=code), "hu"


def made(scene: Scene, way: Way, verb: str) -> Order:
    """A ticket brought to where the verb can be carried out; gives its order."""
    code = scene.new(**way.new) if way.new else scene.at_stage(way.stage)

    def order(name: str, more: dict[str, Any]) -> Order:
        said = {key: scene.new() if value == "{other}" else value for key, value in more.items()}
        return VERBS[name].order(**{**orders_of(code)[name].model_dump(), **said})

    for name, who, more in way.before:
        if name == "wait":
            scene.wait(**more)
        else:
            scene.do(order(name, more), who)
    return order(verb, way.more)


def test_every_verb_has_its_way() -> None:
    assert WAYS.keys() | BY_ITSELF.keys() == VERBS.keys() | {"report"}
    assert not WAYS.keys() & BY_ITSELF.keys()


@pytest.mark.parametrize("verb", sorted({*VERBS, "report"}))
def test_a_verb_that_cannot_be_put_on_record_is_not_carried_out(scene: Scene, verb: str) -> None:
    if verb in BY_ITSELF:
        order, who = BY_ITSELF[verb](scene)
    else:
        order, who = made(scene, WAYS[verb], verb), WAYS[verb].who
    must_be_on_record(scene.store, lambda: scene.do(order, who), {"ticket_event"})
