"""A small street with somebody in every role, and ways to bring a ticket to any stage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from core.clock import SetClock
from core.desk.actor import Actor
from core.desk.desk import Desk, Receipt, open_desk
from core.desk.orders import (
    Accept,
    Acknowledge,
    Archive,
    Arrive,
    Assess,
    CallBack,
    Check,
    Complete,
    Dispatch,
    Handle,
    Join,
    Order,
    Pause,
    Refuse,
    Report,
    Void,
)
from core.desk.verbs.table import VERBS
from data.location import locate
from data.reader import Reader
from data.store import Store
from data.tables import Appointment, Officer, Unit, table
from data.terms import PauseReason, Role, Satisfaction, Stage
from tests.street import START, small_street

CENTRE, ECONOMY, CSGX, GHJS, C01, G01, QJ, XF, SAFETY, AJ, C02, G02, W01 = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)

MORE_UNITS = [
    (XF, "XF", "force", "消防救援站", CENTRE, ""),
    (SAFETY, "safety", "section", "平安法治", CENTRE, "safety"),
    (AJ, "AJ", "post", "应急管理岗", SAFETY, "safety"),
    (C02, "C02", "community", "二社区", CENTRE, ""),
    (G02, "G02", "grid", "第二网格", C01, ""),
    (W01, "W01", "micro_grid", "第一微网格", G01, ""),
]
MORE_OFFICERS = [
    (11, "hu", "胡敏", ECONOMY, Role.SECTION_LEADER, "a"),
    (12, "ye", "叶青", ECONOMY, Role.SECTION_LEADER, "b"),
    (13, "qian", "钱进", GHJS, Role.POST_MEMBER, "a"),
    (14, "zhou", "周兰", C01, Role.COMMUNITY_SECRETARY, ""),
    (15, "gao", "高远", CENTRE, Role.SHIFT_LEADER, ""),
    (16, "dai", "戴维", QJ, Role.DISTRICT_OFFICER, ""),
    (17, "feng", "冯火", XF, Role.FORCE_CONTACT, ""),
    (18, "lin", "林平", SAFETY, Role.SECTION_LEADER, "a"),
    (19, "ma", "马安", AJ, Role.POST_MEMBER, "a"),
    (20, "tan", "谭网", G01, Role.GRID_HEAD, ""),
    (21, "pan", "潘兼", G01, Role.GRID_WORKER_PART, ""),
    (22, "wei", "韦导", G01, Role.GRID_MENTOR, ""),
    (23, "xie", "谢微", W01, Role.MICRO_GRID_HEAD, ""),
    (24, "tao", "陶二", G02, Role.GRID_WORKER, ""),
    (25, "xi", "席统", CENTRE, Role.SYSTEM_ADMIN, ""),
    (26, "an", "安全", CENTRE, Role.SECURITY_ADMIN, ""),
    (27, "shen", "沈计", CENTRE, Role.AUDIT_ADMIN, ""),
]
BY_ROLE = {
    **{role: code for _, code, _, _, role, _ in reversed(MORE_OFFICERS)},
    Role.DUTY_OFFICER: "zhang",
    Role.DUTY_LEADER: "wang",
    Role.COMMANDER: "chen",
    Role.POST_MEMBER: "li",
    Role.GRID_WORKER: "zhao",
}
"""An officer for every role."""


@dataclass
class Scene:
    """A desk on a clock that moves only when told to."""

    store: Store
    desk: Desk
    clock: SetClock
    _actors: dict[str, Actor] = field(default_factory=dict)

    def who(self, code: str) -> Actor:
        """An officer, looked up once."""
        if code not in self._actors:
            self._actors[code] = self.desk.actor(code)
        return self._actors[code]

    def do(self, order: Order, who: str = "zhang", **more: Any) -> Receipt:
        """Carry out an order as somebody."""
        return self.desk.do(order, self.who(who), **more)

    def wait(self, **span: float) -> int:
        """Let time pass; returns the new instant."""
        self.clock.advance(**span)
        return self.desk.now()

    def new(self, title: str = "井盖缺失", who: str = "zhang", **facts: Any) -> str:
        """A new ticket's code."""
        return self.do(Report(title=title, **facts), who).ticket

    def at_stage(self, stage: Stage, matter: str = "BJ0101") -> str:
        """A new ticket at a stage; the lead is the urban renewal post wherever it is out."""
        if stage in ASIDE:
            code = self.at_stage(ASIDE[stage][0], matter)
            order, who = ASIDE[stage][1](code, self)
            self.do(order, who)
            return code
        code = self.new(community="C01")
        for reached, order, who in _way(code, matter):
            if stage == reached:
                break
            self.do(order, who)
        assert self.ticket(code)["stage"] == stage
        return code

    def reader(self) -> Reader:
        """A new read connection."""
        return self.store.reader()

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of a SELECT, `:centre` given."""
        with self.reader() as reader:
            names, rows = reader.columns(sql, centre=1, **values)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def ticket(self, code: str) -> dict[str, Any]:
        """A ticket's row."""
        return self.rows("SELECT * FROM ticket WHERE centre_id = :centre AND code = :code", code=code)[0]

    def of(self, table_name: str, code: str, order: str) -> list[dict[str, Any]]:
        """A ticket's tasks, clocks, custody segments or events, with JSON as values."""
        from core.accountability.lookup import plain

        rows = self.rows(
            f"SELECT * FROM {table_name} WHERE centre_id = :centre AND ticket_id = :ticket ORDER BY {order}",
            ticket=self.ticket(code)["id"],
        )
        return [
            {name: plain(value) if name in ("body", "segments", "fired") else value for name, value in row.items()}
            for row in rows
        ]

    def clock_of(self, code: str, kind: str, state: str | None = None) -> dict[str, Any]:
        """The newest clock of a kind."""
        found = [row for row in self.of("clock", code, "id") if row["kind"] == kind and state in (None, row["state"])]
        return found[-1]

    def custody(self, code: str) -> list[dict[str, Any]]:
        """A ticket's custody segments in order."""
        return self.of("custody", code, "no")

    def events(self, code: str) -> list[dict[str, Any]]:
        """A ticket's events in order."""
        return self.of("ticket_event", code, "seq")

    def notices(self, kind: str) -> list[dict[str, Any]]:
        """Notices of a kind."""
        return self.rows("SELECT * FROM notice WHERE centre_id = :centre AND kind = :kind ORDER BY id", kind=kind)


def make_scene(url: str) -> Scene:
    """The street in an empty store."""
    store = Store(locate(url), create=True)
    clock = SetClock(START)
    return Scene(store, fill_scene(store, clock), clock)


def open_scene(url: str) -> Scene:
    """A street that was made before."""
    store, clock = Store(locate(url)), SetClock(START)
    return Scene(store, open_desk(store, clock), clock)


def fill_scene(store: Store, clock: SetClock | None = None) -> Desk:
    """The small street, and more of everything; gives its desk."""
    desk = small_street(store, clock)
    with store.write() as connection:
        connection.execute(insert(table(Unit)), [_unit(*row) for row in MORE_UNITS])
        connection.execute(
            insert(table(Officer)),
            [
                {"centre_id": 1, "id": n, "code": code, "name": name, "phone": "", "title": "", "active": True,
                 "created_at": 0}
                for n, code, name, *_ in MORE_OFFICERS
            ],
        )  # fmt: skip
        connection.execute(
            insert(table(Appointment)),
            [
                {"centre_id": 1, "id": n, "officer_id": n, "unit_id": unit, "role": role.value, "rank": rank,
                 "from_at": 0, "to_at": None}
                for n, _, _, unit, role, rank in MORE_OFFICERS
            ],
        )  # fmt: skip
    return desk


def copy_scene(street: Path, folder: Path) -> Scene:
    """A street that was made before, in a file of its own."""
    return open_scene(str(shutil.copy(street, folder / "store.sqlite")))


def _unit(number: int, code: str, kind: str, name: str, parent: int | None, section: str) -> dict[str, Any]:
    return {
        "centre_id": 1, "id": number, "code": code, "kind": kind, "name": name, "name_en": "", "aliases": [],
        "parent_id": parent, "section": section, "post_kind": "", "households": 0, "people": 0, "facts": {},
        "sort_no": number, "opened_at": 0, "closed_at": None,
    }  # fmt: skip


def _way(code: str, matter: str) -> list[tuple[Stage, Order, str]]:
    """(a stage, the order that leads on from it, who gives it)."""
    return [
        (Stage.REPORTED, Accept(ticket=code), "zhang"),
        (Stage.ACCEPTED, Assess(ticket=code, matter=matter), "zhang"),
        (Stage.ASSESSED, Dispatch(ticket=code, to="CSGX"), "zhang"),
        (Stage.DISPATCHED, Acknowledge(ticket=code), "li"),
        (Stage.ACKNOWLEDGED, Arrive(ticket=code, people=2), "li"),
        (Stage.ON_SCENE, Handle(ticket=code, note="处置"), "li"),
        (Stage.HANDLING, Complete(ticket=code, outcome="修好", public_reply="已修复"), "li"),
        (Stage.COMPLETED, Check(ticket=code, passed=True), "zhang"),
        (Stage.CHECKED, CallBack(ticket=code, result=Satisfaction.SATISFIED), "zhang"),
        (Stage.CALLED_BACK, Archive(ticket=code), "zhang"),
    ]


ASIDE: dict[Stage, tuple[Stage, Callable[[str, Scene], tuple[Order, str]]]] = {
    Stage.REFUSED: (Stage.REPORTED, lambda code, scene: (Refuse(ticket=code, reason="不属本辖区"), "zhang")),
    Stage.VOID: (Stage.DISPATCHED, lambda code, scene: (Void(ticket=code, reason="误报"), "gao")),
    Stage.SUSPENDED: (
        Stage.HANDLING,
        lambda code, scene: (Pause(ticket=code, code=PauseReason.CITIZEN, reason="等居民在家"), "zhang"),
    ),
    Stage.MERGED: (Stage.HANDLING, lambda code, scene: (Join(ticket=code, into=scene.new("主事件")), "zhang")),
}
"""Side exits: from which stage, by which order."""
REACHABLE = tuple(Stage)
"""Every stage that an order of this release leads to."""


def orders_of(code: str) -> dict[str, Order]:
    """A complete order for every verb."""
    values: dict[str, dict[str, Any]] = {
        "refuse": {"reason": "不属本辖区"},
        "amend": {"address": "新址一号"},
        "assess": {"matter": "BJ0101"},
        "dispatch": {"to": "CSGX"},
        "redispatch": {"to": "AJ", "reason": "改派"},
        "add_task": {"to": ["XF"]},
        "activate_plan": {"plan": "LIFT"},
        "tick": {"check": 1},
        "finish_task": {"unit": "XF"},
        "finding": {"found": "false_alarm"},
        "complete": {"outcome": "修好"},
        "check": {"passed": True},
        "call_back": {"result": "satisfied"},
        "void": {"reason": "误报"},
        "return": {"code": "not_ours", "reason": "非本岗职责"},
        "hand_up": {"reason": "办不了"},
        "hand_down": {"to": "C01", "reason": "就近处理"},
        "ask": {"note": "请示"},
        "note": {"text": "记一笔"},
        "classify": {"affair": "shared"},
        "convene": {"at": "2026-12-01 09:00", "place": "会议室", "agenda": "议题", "outside": ["居民"]},
        "put_off": {"reason": "改期"},
        "attend": {"came": ["CSGX"]},
        "minutes": {"text": "纪要"},
        "decide": {"text": "划线", "to": "CSGX", "due": "2026-12-01"},
        "consult": {"kind": "opinions", "subject": "停车", "closes": "2026-12-01"},
        "collect": {"household": "8-2-301"},
        "conclude": {"result": "同意"},
        "publish": {"place": "公告栏", "words": "纪要"},
        "mediate": {"parties": "双方", "outcome": "failed", "words": "不同意"},
        "fulfil": {"words": "已履行"},
        "review_hold": {"attendance": "全体"},
        "review_lesson": {"text": "早通知"},
        "review_follow_up": {"text": "改方案", "to": "CSGX", "due": "2026-12-01"},
        "review_conclude": {"conclusion": "照此办理"},
        "pause": {"code": "citizen", "reason": "等居民"},
        "join": {"into": code},
        "separate": {"reason": "另一件"},
        "link": {"other": code},
        "sweep": {"title": "举一反三排查", "kinds": ["grid"]},
        "cordon": {"note": "拉警戒线"},
        "grade": {"grade": "2"},
        "report_up": {"form": "phone"},
        "request": {"kind": "extension", "reason": "等材料"},
        "decline": {"reason": "理由不足"},
        "name_readers": {"officers": ["li"], "reason": "经办"},
    }
    return {name: verb.order(ticket=code, **values.get(name, {})) for name, verb in VERBS.items()}
