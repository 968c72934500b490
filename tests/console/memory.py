"""A street in memory: a backend for screens without a store. All people and places are made up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from console.backend.filter_words import filter_words
from console.duty_ask_ports import DutyAskRow, DutyAskView
from console.emergency_ports import EmergencyView
from console.handover_ports import HandoverShown
from console.intake_ports import Condition, FilterWord, MatterHit, PlaceHit
from console.leader_ports import LeaderView
from console.meeting_ports import AttendanceView, ComingMeeting
from console.overview_ports import OverviewView
from console.personal_ports import ShownField
from console.plan_ports import NextStep, Plan, Step
from console.ports import (
    Choice,
    ClockLine,
    Counts,
    CustodyLine,
    Heartbeat,
    HistoryLine,
    Key,
    NoticeRow,
    PostNode,
    Proposal,
    QueueProvider,
    QueueRow,
    Receipt,
    Status,
    TaskLine,
    TicketView,
)
from console.rights_ports import HeldRole, RightsView
from console.roster_ports import GapAhead
from console.tie_ports import Alike, Ties
from console.watch_ports import WatchView
from console.widgets.pages import MemoryProvider
from core.organisation.duty_week import Week
from core.rules.personal import PERSONAL
from data.errors import BadInput, Refusal
from data.queries.counted import Counted
from data.terms import Stage, Urgency
from tests.console.handover_packs import made_pack
from tests.console.memory_lock import MemoryLock
from tests.console.memory_overview import made_overview
from tests.console.memory_roster import ZONE, made_week

NOW = 1_784_510_160
"""2026-07-20 09:16 in Chongqing."""

TITLES = (
    "井盖破损",
    "堡坎裂缝有掉落风险",
    "楼道堆放杂物",
    "下水道堵塞污水外溢",
    "夜间施工噪声",
    "独居老人一天未出门",
    "外墙瓷砖脱落",
)
PLACES = ("柏华社区", "锦霞社区", "锦城社区", "阳光社区")
HOLDERS = ("中心待办", "城市更新岗", "综合执法岗", "应急管理岗")
STAGES = ("reported", "accepted", "dispatched", "handling", "completed")
RANKS = ("emergency", "urgent", "normal", "routine")
URGENCIES = ("emergency", "urgent", "normal", "normal", "normal", "routine")


def made_row(number: int, due: int | None = None) -> QueueRow:
    """The row of a made ticket."""
    return QueueRow(
        id=number + 1,
        revision=1,
        due=NOW - 1800 + number * 97 if due is None else due,
        code=f"20260720-{number + 1:04d}",
        urgency=URGENCIES[number % len(URGENCIES)],
        stage=STAGES[number % len(STAGES)],
        title=TITLES[number % len(TITLES)],
        place=PLACES[number % len(PLACES)],
        holder=HOLDERS[number % len(HOLDERS)],
        source="phone",
        due_kind="final",
        supervised=number % 9 == 0,
        bounces=number % 4,
    )


def in_order(row: QueueRow, order: str) -> QueueRow:
    """The row with its key in an order."""
    first = {
        "urgency": RANKS.index(row.urgency) if row.urgency in RANKS else len(RANKS),
        "age": row.id,
        "unit": HOLDERS.index(row.holder) if row.holder in HOLDERS else len(HOLDERS),
    }
    return row if order == "due" else replace(row, at=(first[order], row.due, row.id))


class EndlessProvider:
    """A million rows that are worked out when they are asked for; deadlines one per second."""

    def __init__(self, amount: int, first_due: int = NOW - 60, step: int = 1, more: bool = False) -> None:
        self.amount = amount
        self.more = more
        self.first_due = first_due
        self.step = step
        self.asked = 0

    def count(self) -> Counted:
        return Counted(self.amount, self.more)

    def _row(self, number: int) -> QueueRow:
        return made_row(number, self.first_due + number * self.step)

    def _rows(self, start: int, stop: int) -> list[QueueRow]:
        self.asked += 1
        return [self._row(number) for number in range(max(start, 0), min(max(stop, 0), self.amount))]

    def after(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        start = (0 if key is None else key[1]) + skip
        return self._rows(start, start + size)

    def before(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        stop = (self.amount if key is None else key[1] - 1) - skip
        return self._rows(stop - size, stop)

    def rank(self, key: Key) -> Counted:
        return Counted(key[1] - 1)

    def rows(self, ids: Sequence[int]) -> Sequence[QueueRow]:
        return [self._row(number - 1) for number in ids]


class LiveProvider(MemoryProvider):
    """The tickets of a backend that fit, as they are at each call, in an order."""

    def __init__(self, backend: MemoryBackend, fits: Callable[[QueueRow], bool], order: str = "due") -> None:
        self._backend = backend
        self._fits = fits
        self._order = order

    @property
    def all(self) -> list[QueueRow]:  # type: ignore[override]
        rows = [in_order(row, self._order) for row in self._backend.tickets if self._fits(row)]
        return sorted(rows, key=lambda row: row.key)


class MemoryBackend(MemoryLock):
    """Everything that the console asks for, from lists that a test may change."""

    def __init__(self, rows: Sequence[QueueRow] = (), provider: QueueProvider | None = None) -> None:
        self.tickets = list(rows)
        self.tied = Ties()
        self.provider = provider
        self.mark = 1
        self.overviews = 0
        """How often the overview was read."""
        self.heartbeat = Heartbeat(1, "console")
        self.emergency_shown = EmergencyView()
        self.handover_step = "pack"
        self.news: list[NoticeRow] = []
        self.seen: list[int] = []
        self.done: list[tuple[str, str, int | None, dict[str, object]]] = []
        self.noted: list[int] = []
        """Tickets whose read was put on record."""
        self.unwritable: Exception | None = None
        self.refusal: Refusal | None = None
        self.pages: list[str] = []
        """Pages of the centre that were put on record."""
        self.broken: Exception | None = None
        self.choices = [
            Choice("accept", "受理", True),
            Choice("refuse", "不予受理", True),
            Choice("return", "退单", True),
            Choice("complete", "办结", True),
            Choice("dispatch", "派单", True),
            Choice("note", "记录", True),
            Choice("archive", "归档", False, "尚未核查"),
        ]

    def status(self, now: int) -> Status:
        if self.broken is not None:
            raise self.broken
        late = Counted(sum(1 for row in self.tickets if row.due < now))
        soon = Counted(sum(1 for row in self.tickets if 0 <= row.due - now <= 600))
        return Status(
            "示范街道指挥中心",
            "流转调度岗 林",
            "Asia/Shanghai",
            Counts(len(self.tickets), late, soon),
            self.heartbeat,
            self.emergency_shown.mode,
            gaps=self.gaps,
        )

    gaps: tuple[GapAhead, ...] = ()

    name = "memory"
    read_only = False

    def start(self) -> None:
        """Nothing is heavy here."""

    personal: Mapping[str, str] = {}
    """Fields of every ticket in full."""

    def show_field(self, code: str, field: str, reason: str) -> ShownField:
        self.done.append(("show_field", code, None, {"field": field, "reason": reason}))
        return ShownField(self.personal.get(field, ""), PERSONAL.show_seconds)

    def read_noted(self, ticket_id: int) -> bool:
        return ticket_id in self.noted

    def page_noted(self, page: str) -> bool:
        return page in self.pages

    def note_page(self, page: str) -> None:
        self.pages.append(page)

    def note_read(self, ticket_id: int) -> None:
        if self.unwritable is not None:
            raise self.unwritable
        self.noted.append(ticket_id)

    def bell(self) -> int:
        return self.mark

    def bell_watch(self) -> None:
        """There is none: the bell is looked at."""

    def renew(self) -> None:
        """There are no connections here."""

    def newest_ticket(self) -> int:
        if self.provider is not None:
            return max((row.ticket for row in self.provider.before(None, 1)), default=0)
        return max((row.ticket for row in self.tickets), default=0)

    def change_mark(self) -> int:
        return self.mark

    orders: Sequence[str] = ("due", "urgency", "age", "unit")

    broken_words: Exception | None = None

    def filter_words(self) -> Sequence[FilterWord]:
        if self.broken_words is not None:
            raise self.broken_words
        return filter_words(self.posts(), [(hit.code, hit.title) for hit in self.matters("", 100)])

    def queue(self, words: str, order: str = "due") -> QueueProvider:
        if self.provider is not None:
            return self.provider
        return LiveProvider(self, self._fitting(words), order)

    def timers(self, words: str) -> QueueProvider:
        fits = self._fitting(words)
        return MemoryProvider([replace(row, next_step="提醒 B 岗") for row in self.tickets if fits(row)])

    def _fitting(self, words: str) -> Callable[[QueueRow], bool]:
        """What a filter text lets through: words, late, supervised, stage:, urgency:, unit:, and - before any."""
        tests = [self._term(part) for part in words.split()]
        return lambda row: all(test(row) for test in tests)

    def _term(self, part: str) -> Callable[[QueueRow], bool]:
        if part.startswith("-"):
            inner = self._term(part[1:])
            return lambda row: not inner(row)
        field, colon, value = part.partition(":")
        field = {"阶段": "stage", "紧急": "urgency", "岗位": "unit"}.get(field, field)
        if field == "colour":
            raise BadInput("filter-field", "没有字段“colour”，可用：stage urgency", "There is no field colour")
        if field in ("stage", "urgency") and colon:
            kinds = {"stage": Stage, "urgency": Urgency}
            wanted = {str(word.value) for word in kinds[field] if {word.value, word.zh} & set(value.split("|"))}
            return lambda row: getattr(row, field) in wanted
        if field == "unit" and colon:
            return lambda row: row.holder == self.unit_names.get(value, value)
        if part in ("late", "超期"):
            return lambda row: row.due < NOW
        if part in ("supervised", "督办"):
            return lambda row: row.supervised
        if part in ("mine", "soon", "paused"):
            return lambda row: False
        return lambda row: part in row.title + row.place + row.code

    unit_names: Mapping[str, str] = {"urban_renewal": "城市更新岗", "enforcement": "综合执法岗"}

    def ticket(self, ticket_id: int) -> TicketView | None:
        row = next((row for row in self.tickets if row.id == ticket_id), None)
        if row is None and self.provider is not None:
            row = next(iter(self.provider.rows([ticket_id])), None)
        if row is None:
            return None
        return TicketView(
            row,
            (("地点", row.place), ("来电人", "赵*海 139****1111")),
            "群众来电反映，请尽快处理。",
            (
                HistoryLine(NOW - 3000, "上报", "值班员 林", "来电"),
                HistoryLine(NOW - 2800, "受理", "值班员 林"),
                HistoryLine(NOW - 2000, "派单", "流转调度岗", "按目录派城市更新岗"),
            ),
            (
                CustodyLine(NOW - 3000, NOW - 2000, "中心待办", "reported"),
                CustodyLine(NOW - 2000, None, "城市更新岗", "dispatched"),
            ),
            (
                ClockLine("acknowledge", "running", row.due, None, "30 分钟", "提醒持单岗", row.due),
                ClockLine("accept", "met", NOW - 2700, None, "5 分钟"),
            ),
            (
                TaskLine("lead", "城市更新岗", "sent", NOW - 2000),
                TaskLine("assist", "应急管理岗", "acknowledged", NOW - 1900, NOW - 1500),
            ),
        )

    def posts(self) -> Sequence[PostNode]:
        return [
            PostNode(10, "economy", "经济发展", 0, False),
            PostNode(11, "urban_renewal", "城市更新岗", 1, True, "周 A / 吴 B", True, 4, 1, "chengshi gengxin csgxg"),
            PostNode(12, "planning", "规划建设岗", 1, True, "", False, 0, 0, "guihua jianshe ghjsg"),
            PostNode(20, "safety", "平安法治", 0, False),
            PostNode(21, "emergency", "应急管理岗", 1, True, "郑 A", True, 2, 0, "yingji guanli yjglg"),
            PostNode(22, "enforcement", "综合执法岗", 1, True, "冯 A", True, 7, 2, "zonghe zhifa zhzfg"),
        ]

    def hands(self) -> Sequence[PostNode]:
        return [
            PostNode(0, "-on-duty", "当班", 0, False),
            PostNode(0, "@duty_leader", "值班领导", 1, True, "陈一", found_by="zhibanlingdao zbld"),
            *self.posts(),
            PostNode(0, "-several", "多个", 0, False),
            PostNode(0, "*communities", "所有社区", 1, True, "2", found_by="suoyoushequ sysq", members=("C01", "C02")),
        ]

    def proposal(self, ticket_id: int) -> Proposal:
        return Proposal(11, "目录：外墙、堡坎 → 城市更新岗主办", "urban_renewal", ("emergency",))

    def leaders(self, now: int) -> Sequence[LeaderView]:
        near = tuple(self.tickets[:2])
        return [
            LeaderView(1, "陈一", "党工委书记", "", "指挥中心", True, climbed=1, holding=3, late=1, nearest=near),
            LeaderView(2, "李二", "副主任", "a", "经济发展", False, covered_by="王三", climbed=2, holding=5),
            LeaderView(3, "王三", "委员", "b", "经济发展", True, covers="李二", holding=5),
        ]

    with_map = True

    plan = Plan(
        ("受理", "派单  城市更新岗 (孙 A)", "依据：文中有“堡坎”"),
        (("accept", {}), ("dispatch", {"to": "urban_renewal"})),
    )

    def overview(self, now: int) -> OverviewView:
        if self.broken is not None:
            raise self.broken
        self.overviews += 1
        return made_overview(self.tickets, now, PLACES, self.with_map)

    def matters(self, text: str, limit: int) -> Sequence[MatterHit]:
        hits = [
            MatterHit(
                "M0101", "井盖缺失、移位", "平安法治", "emergency", "位置、有无人受伤",
                (Condition(0, "缺失", "2 紧急工作时"), Condition(1, "破损", "4 工作时")), 1, "文中有“井盖”",
            ),
            MatterHit(
                "M0203", "堡坎、挡墙裂缝", "经济发展", "urgent", "长度、有无掉落",
                (Condition(0, "有掉落风险", "控险 1 紧急工作时，办结 3 工作日"),), 0, "文中有“堡坎”",
            ),
            MatterHit("M0305", "楼道堆放杂物", "平安法治", "normal", "", (Condition(0, "一般", "3 工作日"),)),
        ]  # fmt: skip
        return [hit for hit in hits if any(part in hit.title for part in text)][:limit] if text else hits[:limit]

    def matters_of(self, ticket_id: int) -> Sequence[MatterHit]:
        return self.matters("", 100)

    def attendance(self, ticket_id: int) -> AttendanceView | None:
        return None

    def coming_meetings(self) -> Sequence[ComingMeeting]:
        return ()

    def ties(self, ticket_id: int) -> Ties:
        return self.tied

    def alike(self, values: Mapping[str, object]) -> Sequence[Alike]:
        return self.tied.alike if values.get("title") else ()

    def places(self, text: str, limit: int) -> Sequence[PlaceHit]:
        names = enumerate(PLACES)
        return [PlaceHit(100 + number, name, f"c{number}") for number, name in names if text[:2] in name][:limit]

    def notices(self, after: int) -> Sequence[NoticeRow]:
        return [notice for notice in self.news if notice.id > after and notice.id not in self.seen]

    def newest_notices(self, amount: int) -> Sequence[NoticeRow]:
        return [self._as_seen(notice) for notice in reversed(self.news[-amount:])]

    def _as_seen(self, notice: NoticeRow) -> NoticeRow:
        return replace(notice, seen_at=NOW, seen_by="lin") if notice.id in self.seen else notice

    def waiting_notices(self, ids: Collection[int]) -> frozenset[int]:
        return frozenset(ids) - frozenset(self.seen)

    def fallen_due(self, since: int, now: int) -> Sequence[NoticeRow]:
        rows = [row for row in self.tickets if since < row.due <= now]
        return [
            NoticeRow(-row.id, "alarm", f"{row.code} 已超期", row.id, "overdue", row.due, due=row.due) for row in rows
        ]

    def notice_seen(self, notice_id: int) -> None:
        self.seen.append(notice_id)

    def do(self, verb: str, code: str, revision: int | None, values: Mapping[str, object], key: str) -> Receipt:
        if self.refusal is not None:
            raise self.refusal
        number = next((row.id for row in self.tickets if row.code == code), 0)
        if number in self.refused:
            raise self.refused[number]
        self.done.append((verb, code, revision, dict(values)))
        self.mark += 1
        return Receipt(1, code or "20260720-9999", (revision or 0) + 1, f"{code}：{verb} 完成")

    refused: Mapping[int, Refusal] = {}
    """Tickets whose operations are refused, by id."""

    def possible_each(self, ticket_ids: Sequence[int]) -> Mapping[int, Sequence[Choice]]:
        """Accepting is for reports only; the rest is possible for all."""
        stages = {row.id: row.stage for row in self.tickets}
        return {
            number: [
                replace(choice, allowed=False, reason="不在待受理环节")
                if choice.verb == "accept" and stages[number] != "reported"
                else choice
                for choice in self.choices
            ]
            for number in ticket_ids
            if number in stages
        }

    def possible(self, code: str) -> Sequence[Choice]:
        if self.broken is not None:
            raise self.broken
        return self.choices

    def as_proposed(self, ticket_id: int) -> Plan:
        return self.plan

    def undo_plan(self, code: str) -> Plan:
        if self.refusal is not None:
            raise self.refusal
        return Plan(("撤销：派单",), (("undo", {}),))

    def do_all(self, code: str, revision: int | None, steps: Sequence[Step], key: str) -> Receipt:
        for verb, values in steps:
            self.do(verb, code, revision, values, key)
        return Receipt(1, code, (revision or 0) + len(steps), f"{code}：完成")

    def emergency(self) -> EmergencyView:
        return self.emergency_shown

    def watch(self) -> WatchView:
        return WatchView()

    def roster_week(self, first: date | None, now: int) -> Week:
        return made_week(first or datetime.fromtimestamp(now, ZONE).date())

    def duty_asks(self) -> Sequence[DutyAskRow]:
        return ()

    def duty_ask(self, number: int) -> DutyAskView:
        raise NotImplementedError

    def ask_leave(self, values: Mapping[str, object], key: str) -> str:
        raise NotImplementedError

    def rights_view(self) -> RightsView:
        return RightsView((), (), True, frozenset())

    def held_roles(self) -> Sequence[HeldRole]:
        return ()

    def centre_do(self, verb: str, values: Mapping[str, object], key: str) -> str:
        if self.refusal is not None:
            raise self.refusal
        self.done.append((verb, "", None, dict(values)))
        return f"{verb}：完成"

    def handover(self) -> HandoverShown:
        return HandoverShown(made_pack(self.tickets, NOW), self.handover_step)

    def ticket_number(self, code: str) -> int:
        return next(row.id for row in self.tickets if row.code == code)

    def next_steps(self, limit: int) -> Sequence[NextStep]:
        return [NextStep(row.due, row.code, row.title, "上报至板块领导 A 岗") for row in self.tickets[:limit]]
