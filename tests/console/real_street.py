"""The shipped street in a real store with tickets at many stages, made through the desk. People are made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Report, read_order
from core.desk.verbs.table import VERBS
from core.organisation.init import init_centre
from core.organisation.template import read_template
from data.errors import Refusal
from data.location import locate
from data.queries.organisation import holders
from data.schema import create_tables
from data.store import Store

START = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
"""Friday 2026-11-20, 08:30 in Chongqing."""

REPORTS = (
    ("春晖路88号路口井盖缺失，有人险些踩空", "春晖路88号路口", "赵大海", "13900001111"),
    ("古渡小区堡坎有裂缝，担心掉落", "古渡小区3栋后", "钱小花", "13700002222"),
    ("楼道堆放杂物堵塞消防通道", "锦霞街9号2单元", "", ""),
    ("下水道堵塞污水外溢", "松青路菜市场门口", "孙女士", "68900003"),
    ("夜间施工噪声扰民", "锦城花园工地", "李先生", ""),
    ("独居老人一天没有出门，电话无人接听", "柏华新村5栋", "周婆婆", "13600004444"),
    ("外墙瓷砖脱落砸到车辆", "铂金小区7栋", "吴师傅", "13500005555"),
    ("路灯不亮，晚上出行不便", "阳光路中段", "", ""),
)
STEPS = ("accept", "assess", "dispatch", "acknowledge", "arrive", "handle", "complete", "check", "call_back", "archive")
MATTERS = ("BJ0101", "", "", "", "", "", "", "")


def made_street(path: Path | str, amount: int = 40, clock: SetClock | None = None) -> tuple[Desk, str]:
    """A store at a path or address with tickets; gives the desk and the code of a duty officer."""
    return fill_street(Store(locate(str(path)), create=True), amount, clock or SetClock(START))


def street_of_twelve(store: Store) -> tuple[SetClock, str]:
    """Twelve tickets in a new store; gives the clock as it stands then, and a duty officer."""
    clock = SetClock(START)
    return clock, fill_street(store, 12, clock)[1]


def fill_street(store: Store, amount: int, clock: SetClock) -> tuple[Desk, str]:
    """The shipped template with tickets, in a new store."""
    create_tables(store)
    centre = init_centre(store, read_template("s3"), clock.now(), roster_days=3)
    desk = Desk(store, clock, centre.centre_id)
    with store.reader() as reader:
        people = holders(reader, centre.centre_id, desk.now())
    officer = next(line.officer_code for line in people if line.role == "duty_officer")
    for number in range(amount):
        _ticket(desk, officer, number)
    return desk, officer


def _ticket(desk: Desk, officer: str, number: int) -> None:
    """One ticket, taken as far as its number says."""
    actor = desk.actor(officer)
    title, address, name, phone = REPORTS[number % len(REPORTS)]
    values = {"title": title, "address": address, "reporter_name": name, "reporter_phone": phone}
    receipt = desk.do(Report(**values, body="群众来电反映，请尽快处理。"), actor)
    for verb in STEPS[: number % (len(STEPS) + 1)]:
        try:
            desk.do(read_order(VERBS[verb].order, {"ticket": receipt.ticket, **_values(desk, verb, number)}), actor)
        except Refusal:
            break
        desk.clock.set(desk.clock.now() + timedelta(seconds=7))  # type: ignore[attr-defined]


def _values(desk: Desk, verb: str, number: int) -> dict[str, object]:
    return {
        "dispatch": {"to": ("CSGX", "ZHZF", "YJGL", "MZFW")[number % 4]},
        "complete": {"outcome": "已处理完毕", "public_reply": "已派人处理，感谢反映。"},
        "check": {"passed": True},
        "call_back": {"result": "satisfied"},
        "assess": {"urgency": ("emergency", "urgent", "normal", "routine")[number % 4]},
    }.get(verb, {})
