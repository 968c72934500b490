"""The made-up lives of the demo street's tickets: what happens to each, by whom, when."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from data.terms import Satisfaction, Source, Stage

MINUTE, HOUR, DAY = 60, 3600, 86_400

STREETS = (
    *("滨河东路", "滨河西路", "银杏街", "石榴巷", "长风路", "青云路", "桂花巷", "红岩街", "柏树街", "兴业路", "学府路"),
    *("南桥街", "北桥街", "体育路", "茶园路", "梧桐巷", "金沙路", "望江路", "东升街", "和平路"),
)
SPOTS = (
    "路口",
    "公交站旁",
    "小区门口",
    "农贸市场外",
    "学校门前",
    "桥头",
    "停车场入口",
    "药店门前",
    "菜店门口",
    "3号楼下",
)
FAMILY_NAMES = "陈李王张刘杨黄周吴徐孙马朱胡郭何林罗高郑"
OUTCOMES = (
    "已到场处置完毕，现场恢复正常。",
    "已修复并复查，无隐患。",
    "已协调权属单位整改到位。",
    "已劝导当事人，现场清理干净。",
)
REPLIES = ("您反映的问题已处理完毕，感谢您的监督。", "已安排人员处理，如再发生请随时来电。")
SOURCES = {
    Source.PHONE: 34,
    Source.GRID: 24,
    Source.HOTLINE: 14,
    Source.RESIDENT: 12,
    Source.PATROL: 7,
    Source.SENSOR: 5,
    Source.VISIT: 3,
    Source.LEADER: 1,
}


@dataclass(frozen=True)
class Step:
    """One thing that happens: the verb, who does it (desk, lead, leader, finder), how long after the one before."""

    verb: str
    who: str
    wait: tuple[int, int]
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A ticket's life: its report and what follows, with the time of each in epoch seconds."""

    report: dict[str, Any]
    finder: str
    """The officer who reports; empty for the desk."""
    steps: tuple[tuple[int, Step], ...]
    start: int


@dataclass(frozen=True)
class Place:
    """A grid with its community and the person who walks it."""

    grid: str
    community: str
    worker: str


@dataclass(frozen=True)
class Event:
    """A matter and one of its conditions."""

    matter: str
    limit_no: int
    text: str


ACCEPT = Step("accept", "desk", (40, 270))
ASSESS = Step("assess", "desk", (60, 600))
DISPATCH = Step("dispatch", "desk", (40, 900))
ACKNOWLEDGE = Step("acknowledge", "lead", (60, 1200))
ARRIVE = Step("arrive", "lead", (8 * MINUTE, 50 * MINUTE), {"people": 2})
HANDLE = Step("handle", "lead", (5 * MINUTE, 40 * MINUTE), {"note": "正在处置，已设置警示。"})
COMPLETE = Step("complete", "lead", (20 * MINUTE, 5 * HOUR))
CHECK = Step("check", "desk", (10 * MINUTE, 3 * HOUR), {"passed": True})
CALL_BACK = Step("call_back", "desk", (10 * MINUTE, 3 * HOUR), {"result": Satisfaction.SATISFIED.value})
ARCHIVE = Step("archive", "desk", (2 * MINUTE, HOUR))
RETURN = Step("return", "lead", (5 * MINUTE, 40 * MINUTE), {"code": "not_ours", "reason": "不在本岗职责范围，请另派。"})
FAILED = Step("check", "desk", (10 * MINUTE, 2 * HOUR), {"passed": False, "note": "现场未清理干净，返工。"})
PAUSE = Step("pause", "leader", (20 * MINUTE, 3 * HOUR), {"code": "third_party", "reason": "等待配件到货。"})
RESUME = Step("resume", "leader", (2 * HOUR, 20 * HOUR), {"note": "配件已到。"})
REMIND = Step("remind", "desk", (10 * MINUTE, HOUR), {"note": "群众再次来电，请加快办理。"})
SUPERVISE = Step("supervise", "leader", (5 * MINUTE, HOUR), {"note": "请每两小时报进度。"})
NOTE = Step("note", "lead", (5 * MINUTE, HOUR), {"text": "已与反映人电话沟通。"})
HAND_UP = Step("hand_up", "desk", (10 * MINUTE, 2 * HOUR), {"reason": "需区级部门协调。"})
FROM_BELOW = Step("hand_up", "finder", (20 * MINUTE, 3 * HOUR), {"reason": "本级无力处置，请镇街协调。"})
REFUSE = Step("refuse", "desk", (60, 280), {"reason": "不属受理范围，已告知反映人向主管部门提出。"})
VOID = Step("void", "leader", (5 * MINUTE, HOUR), {"reason": "误报。"})
DISSATISFIED = Step(
    "call_back", "desk", (10 * MINUTE, 3 * HOUR), {"result": "dissatisfied", "note": "反映人称问题又出现。"}
)

OUT = (ACCEPT, ASSESS, DISPATCH)
WORK = (ACKNOWLEDGE, ARRIVE, HANDLE)
END = (CHECK, CALL_BACK, ARCHIVE)

CLOSED: tuple[tuple[int, tuple[Step, ...]], ...] = (
    (60, (*OUT, *WORK, COMPLETE, *END)),
    (6, (*OUT, ACKNOWLEDGE, RETURN, DISPATCH, *WORK, COMPLETE, *END)),
    (5, (*OUT, *WORK, COMPLETE, FAILED, COMPLETE, *END)),
    (4, (*OUT, ACKNOWLEDGE, PAUSE, RESUME, ARRIVE, HANDLE, COMPLETE, *END)),
    (10, (REFUSE,)),
    (3, (ACCEPT, VOID)),
)
"""Lives that are over, with their weights."""

OPEN: tuple[tuple[int, Stage, tuple[int, int], tuple[Step, ...]], ...] = (
    (20, Stage.REPORTED, (5, 420), ()),
    (14, Stage.ACCEPTED, (5, 2 * HOUR), (ACCEPT,)),
    (12, Stage.ASSESSED, (5, 2 * HOUR), (ACCEPT, ASSESS)),
    (18, Stage.DISPATCHED, (5, 1500), OUT),
    (4, Stage.DISPATCHED, (5, 1500), (*OUT, ACKNOWLEDGE, RETURN, DISPATCH)),
    (16, Stage.ACKNOWLEDGED, (60, HOUR), (*OUT, ACKNOWLEDGE)),
    (12, Stage.ON_SCENE, (60, 90 * MINUTE), (*OUT, ACKNOWLEDGE, ARRIVE)),
    (26, Stage.HANDLING, (60, 8 * HOUR), (*OUT, *WORK)),
    (8, Stage.HANDLING, (60, 20 * HOUR), (*OUT, *WORK, REMIND, SUPERVISE)),
    (5, Stage.HANDLING, (60, 6 * HOUR), (*OUT, *WORK, COMPLETE, CHECK, DISSATISFIED)),
    (5, Stage.HANDLING, (60, 4 * HOUR), (*OUT, *WORK, COMPLETE, FAILED, NOTE)),
    (14, Stage.COMPLETED, (60, 5 * HOUR), (*OUT, *WORK, COMPLETE)),
    (12, Stage.CHECKED, (60, 8 * HOUR), (*OUT, *WORK, COMPLETE, CHECK)),
    (8, Stage.CALLED_BACK, (60, 20 * HOUR), (*OUT, *WORK, COMPLETE, CHECK, CALL_BACK)),
    (8, Stage.SUSPENDED, (HOUR, 30 * HOUR), (*OUT, ACKNOWLEDGE, ARRIVE, PAUSE)),
    (4, Stage.DISPATCHED, (60, 3 * HOUR), (*OUT, *WORK, HAND_UP)),
    (4, Stage.REPORTED, (5, 400), (FROM_BELOW,)),
    (6, Stage.HANDLING, (10 * MINUTE, 6 * HOUR), ()),
    (4, Stage.ASSESSED, (60, HOUR), (*OUT, RETURN, DISPATCH, RETURN, DISPATCH, RETURN)),
)
"""Lives that are not: weight, the stage that is reached, how long ago the last step was, the steps."""


def stories(count: int, now: int, events: Sequence[Event], places: Sequence[Place], seed: str) -> list[Story]:
    """Lives for `count` tickets, two in three of them open, so that deadlines lie around `now` (epoch seconds)."""
    draw = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    told = []
    still_open = count * 2 // 3
    pattern = [row for row in OPEN for _ in range(row[0])]
    for number in range(count):
        event, place = draw.choice(events), draw.choice(places)
        if number < still_open:
            _, stage, ago, steps = pattern[number * len(pattern) // still_open]
            last = now - draw.randint(*ago)
        else:
            steps = draw.choices([row for _, row in CLOSED], [weight for weight, _ in CLOSED])[0]
            stage, last = Stage.ARCHIVED, now - draw.randint(2 * HOUR, 3 * DAY)
        below = steps[:1] == (FROM_BELOW,) or (not steps and stage == Stage.HANDLING)
        told.append(_story(draw, event, place, steps, last, below))
    return told


def _story(draw: random.Random, event: Event, place: Place, steps: tuple[Step, ...], last: int, below: bool) -> Story:
    """Count back from the last step to the report."""
    at, timed = last, []
    for step in reversed(steps):
        timed.append((at, _filled(draw, step, event, place)))
        at -= draw.randint(*step.wait)
    source = Source.GRID if below else draw.choices(list(SOURCES), list(SOURCES.values()))[0]
    street = draw.choice(STREETS)
    report: dict[str, Any] = {
        "title": f"{street}{draw.choice(SPOTS)}{event.text}",
        "source": source.value,
        "address": f"{street}{draw.randint(1, 240)}号",
        "community": place.community,
        "grid": place.grid,
    }
    if source in (Source.PHONE, Source.HOTLINE, Source.RESIDENT, Source.VISIT):
        report["reporter_name"] = draw.choice(FAMILY_NAMES) + draw.choice(("先生", "女士"))
        report["reporter_phone"] = f"1390000{draw.randint(0, 9999):04d}"
        report["body"] = f"反映人称{event.text}，希望尽快处理。"
    if below:
        report.update(tier="grid", matter=event.matter, limit_no=event.limit_no)
    return Story(report, place.worker if source == Source.GRID else "", tuple(reversed(timed)), at)


def _filled(draw: random.Random, step: Step, event: Event, place: Place) -> Step:
    """The step with what only this ticket knows."""
    values = dict(step.values)
    if step.verb == "assess":
        values.update(matter=event.matter, limit_no=event.limit_no)
    elif step.verb == "complete":
        values.update(
            outcome=draw.choice(OUTCOMES),
            public_reply=draw.choice(REPLIES),
            open_assist_reason="协办单位已现场配合完毕",
        )
    elif step is CALL_BACK:
        values["result"] = draw.choice(("satisfied", "satisfied", "satisfied", "fair", "not_needed"))
    elif step.verb == "arrive":
        values["people"] = draw.randint(1, 4)
    return Step(step.verb, step.who, step.wait, values)
