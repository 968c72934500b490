"""Counts keys and seconds of the chief flows on the real screens: python -m tests.console.key_counts.

Each flow is driven by a pilot on a real store, from the ticket under the cursor to the entry in the log, which is
looked up. Command keys and typed words are counted apart. Seconds are a keystroke-level model (Card, Moran, Newell
1980): K for each key, T for each typed character (a Chinese one by pinyin, or a Latin one), M for each time somebody
reads something new and decides. They compare flows with each other; they are not measured on people.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.dialogs.changeover import HandoverDrawer
from console.dialogs.choose import MenuDrawer, SearchDrawer
from console.dialogs.contingency import ChecklistDrawer, OffersDrawer
from console.dialogs.form import FormDrawer
from console.dialogs.hands import HandsDrawer
from console.dialogs.plan import PlanDrawer
from console.keyboard.table import key_name
from console.screens.intake import IntakeScreen
from console.screens.ticket import TicketScreen
from console.screens.timers import TimersScreen
from console.widgets.fields import TextField
from console.widgets.queue_view import QueueView
from core.desk.desk import Desk
from core.desk.orders import Report, read_order
from core.desk.verbs.table import VERBS
from data.queries import tickets
from data.queries.organisation import holders
from data.terms import DUTY_ROLES, Rank, Role
from tests.console.pilots import said, screen_text, speaking, until
from tests.console.real_street import made_street

PAGE = Path(__file__).parent.parent.parent / "docs" / "flows.md"
K, T, M = 0.28, 0.56, 1.35
"""Seconds of the model: a key, a typed character, a look and a decision."""
MARK = "<!-- keys -->"

WAY: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("accept", {}),
    ("assess", {"matter": "BJ0101"}),
    ("dispatch", {"to": "CSGX"}),
    ("acknowledge", {}),
    ("complete", {"outcome": "已处理", "open_assist_reason": "不再需要"}),
    ("check", {"passed": True}),
)


class Count(NamedTuple):
    """What a flow takes."""

    keys: tuple[str, ...]
    typed: int
    looks: int

    @property
    def seconds(self) -> float:
        """By the model."""
        return K * len(self.keys) + T * self.typed + M * self.looks


@dataclass
class Hand:
    """Presses keys, types words and looks, and keeps count."""

    pilot: Pilot[None]
    desk: Desk
    officer: str

    def __post_init__(self) -> None:
        self.keys: list[str] = []
        self.typed = 0
        self.looks = 0

    @property
    def app(self) -> ZhihuiApp:
        """The console."""
        assert isinstance(self.pilot.app, ZhihuiApp)
        return self.pilot.app

    async def press(self, *keys: str) -> None:
        """Command keys."""
        for key in keys:
            self.keys.append(key)
            await self.pilot.press(key)

    async def type(self, words: str) -> None:
        """Words, by pinyin or Latin letters."""
        self.typed += len(words)
        await self.pilot.press(*words)

    async def look(self, there: Callable[[], bool], what: str = "") -> None:
        """Wait until something new is there to be read."""
        self.looks += 1
        await until(self.pilot, there, what)

    async def drawer(self, kind: type) -> None:
        """Look at a drawer."""
        await self.look(lambda: isinstance(self.app.screen, kind), kind.__name__)

    def ticket(self, steps: int, title: str = "春晖路路口井盖缺失") -> str:
        """A new ticket, so many steps on its way."""
        actor = self.desk.actor(self.officer)
        code = self.desk.do(Report(title=title, address="春晖路88号"), actor).ticket
        for verb, values in WAY[:steps]:
            self.desk.do(read_order(VERBS[verb].order, {"ticket": code, **values}), actor)
        return code

    async def at(self, code: str) -> None:
        """Bring the cursor to a ticket, before the count begins."""
        await until(self.pilot, lambda: self.app.screen is self.app.duty_screen, "no drawer")
        await self.app.action_pane("queue")
        self.app.heard()
        view = self.app.screen.query_one(QueueView)

        def there() -> bool:
            row = next((row for row in view._rows_on_screen() if row.code == code), None)
            if row is None:
                view.catch_up()
                return False
            view.go_to(row.id)
            fresh = self.app.backend.queue(f"code:{code}").after(None, 1)
            return view.row is not None and bool(fresh) and view.row.revision == fresh[0].revision

        await until(self.pilot, there, f"{code} under the cursor")
        self.keys, self.typed, self.looks = [], 0, 1

    async def done(self, code: str, *verbs: str) -> None:
        """The log has it."""
        await until(self.pilot, lambda: self.kinds(code)[-len(verbs) :] == list(verbs), f"{verbs}: {code}")

    def kinds(self, code: str) -> list[str]:
        """What happened to a ticket."""
        with self.desk.store.reader() as reader:
            number = tickets.ticket_id(reader, self.desk.centre_id, code)
            return [str(event["kind"]) for event in tickets.events(reader, self.desk.centre_id, number)]

    async def act(self, verb: str) -> None:
        """F7 and the number of a verb."""
        await self.press("f7")
        await self.drawer(MenuDrawer)
        menu = self.app.screen
        assert isinstance(menu, MenuDrawer)
        place = next(number for number, item in enumerate(menu.items) if item.key == verb)
        assert place < 10, f"{verb} has no number in the menu"
        await self.press(str((place + 1) % 10))

    def count(self) -> Count:
        """What it took."""
        return Count(tuple(self.keys), self.typed, self.looks)


# ------------------------------------------------------------------------------------------------ the flows


async def report(hand: Hand) -> None:
    """A report by telephone."""
    await hand.at(hand.ticket(0))
    await hand.press("f6")
    await hand.look(lambda: isinstance(hand.app.screen, IntakeScreen) and isinstance(hand.app.focused, TextField))
    await hand.type("松青路井盖缺失")
    await hand.look(lambda: "井盖" in screen_text(hand.app))
    await hand.press("enter")
    await hand.type("松青路9号")
    await hand.press("f8")
    await until(hand.pilot, lambda: said(hand.app, "已上报"), "reported")


async def as_proposed(hand: Hand) -> None:
    """Accept and dispatch as proposed."""
    code = hand.ticket(0)
    await hand.at(code)
    await hand.press("8")
    await hand.drawer(PlanDrawer)
    await hand.press("enter")
    await hand.done(code, "accept", "assess", "dispatch")


async def elsewhere(hand: Hand) -> None:
    """Dispatch elsewhere than proposed, found by initials."""
    code = hand.ticket(2)
    await hand.at(code)
    await hand.press("ctrl+d")
    await hand.drawer(SearchDrawer)
    await hand.type("yjgl")
    await hand.press("enter")
    await hand.done(code, "dispatch")


AS_3 = {"@duty_leader", "PAZZ", "ZHXT", "ZHZF", "JYWS", "SCJG"}
"""Whom AS-3 [1-10] names beside the secretaries of the communities."""


async def many_hands(hand: Hand) -> None:
    """AS-3: from the call to seven kinds of addressees; the secretaries and the duty leader join the proposal."""
    await hand.at(hand.ticket(0))
    await hand.press("f6")
    await hand.look(lambda: isinstance(hand.app.screen, IntakeScreen) and isinstance(hand.app.focused, TextField))
    await hand.type("宾馆聚集听课，疑似诈骗")
    await hand.look(lambda: "诈骗" in screen_text(hand.app) and bool(intake(hand).hits))
    await hand.press("enter")
    await hand.type("望江路12号")
    await hand.press("f8")
    await hand.look(lambda: bool(intake(hand).sent_code))
    code = intake(hand).sent_code
    await hand.press("f8")
    await hand.drawer(HandsDrawer)
    await hand.type("zbld")
    await hand.press("tab")
    await hand.type("gsqsj")
    await hand.press("tab")
    await hand.press("enter")
    await hand.done(code, "accept", "dispatch")
    with hand.desk.store.reader() as reader:
        number = tickets.ticket_id(reader, hand.desk.centre_id, code)
        rows = tickets.tasks(reader, hand.desk.centre_id, number)
        people = holders(reader, hand.desk.centre_id, hand.desk.now())
    sent = {f"@{row['addressed']}" if row["addressed"] in DUTY_ROLES else row["hand"] for row in rows}
    first = [line for line in people if line.role == Role.COMMUNITY_SECRETARY and line.rank != Rank.B]
    secretaries = {f"@{line.officer_code}" for line in first}
    assert len(secretaries) > 1
    assert sent >= AS_3 | secretaries


async def by_plan(hand: Hand) -> None:
    """AS-3 by the plan that is recommended: seven addressees, each asked for its own, and the checklist."""
    actor = hand.desk.actor(hand.officer)
    code = hand.desk.do(Report(title="宾馆聚集听课，疑似诈骗", community="SQ01"), actor).ticket
    await hand.at(code)
    await hand.press("ctrl+y")
    await hand.drawer(OffersDrawer)
    await hand.press("enter")
    await hand.drawer(ChecklistDrawer)
    await hand.done(code, "accept", "dispatch", "activate_plan")
    with hand.desk.store.reader() as reader:
        number = tickets.ticket_id(reader, hand.desk.centre_id, code)
        rows = tickets.tasks(reader, hand.desk.centre_id, number)
        people = holders(reader, hand.desk.centre_id, hand.desk.now())
    sent = {f"@{row['addressed']}" if row["addressed"] in DUTY_ROLES else row["hand"] for row in rows}
    led = {line.officer_code for line in people if line.role == Role.COMMUNITY_SECRETARY and line.unit_code == "SQ01"}
    assert sent >= AS_3
    assert sent & {f"@{one}" for one in led}
    await hand.pilot.press("escape")


def intake(hand: Hand) -> IntakeScreen:
    """The form."""
    assert isinstance(hand.app.screen, IntakeScreen)
    return hand.app.screen


async def send_back(hand: Hand) -> None:
    """Return a ticket with a reason."""
    code = hand.ticket(4)
    await hand.at(code)
    await hand.press("ctrl+r")
    await hand.drawer(FormDrawer)
    await hand.press("2", "enter")
    await hand.type("不属本岗")
    await hand.press("enter")
    await hand.done(code, "return")


async def hand_up(hand: Hand) -> None:
    """Hand a ticket up."""
    code = hand.ticket(2)
    await hand.at(code)
    await hand.act("hand_up")
    await hand.drawer(FormDrawer)
    await hand.type("需区级协调")
    await hand.press("enter")
    await hand.done(code, "hand_up")


async def ask(hand: Hand) -> None:
    """Ask the A leader."""
    code = hand.ticket(3)
    await hand.at(code)
    await hand.act("ask")
    await hand.drawer(FormDrawer)
    await hand.press("enter")
    await hand.done(code, "ask")


async def close(hand: Hand) -> None:
    """Call back and close."""
    code = hand.ticket(6)
    await hand.at(code)
    await hand.press("f8")
    await hand.drawer(FormDrawer)
    await hand.press("f8")
    await hand.done(code, "call_back")
    keys, typed, looks = hand.keys, hand.typed, hand.looks
    await hand.at(code)
    hand.keys, hand.typed, hand.looks = keys, typed, looks
    await hand.press("f8")
    await hand.done(code, "archive")


async def find(hand: Hand) -> None:
    """Find a ticket by half of its address, and open it."""
    code = hand.ticket(0, "金银巷漏水")
    await hand.at(code)
    await hand.press("slash")
    await hand.type("金银")
    await hand.press("enter")
    view = hand.app.screen.query_one(QueueView)
    await hand.look(lambda: view.ready and view.total == 1 and view.row is not None and view.row.code == code)
    await hand.press("enter")
    await hand.look(lambda: isinstance(hand.app.screen, TicketScreen))
    await hand.pilot.press("escape", "escape")


async def hand_over(hand: Hand) -> None:
    """Make the pack of the shift and give it."""
    await hand.at(hand.ticket(0))
    await hand.press("ctrl+o")
    await hand.drawer(HandoverDrawer)
    await hand.press("f8")
    await hand.look(lambda: isinstance(hand.app.screen, HandoverDrawer) and hand.app.screen.found.step == "give")
    await hand.press("f8")
    await hand.look(lambda: isinstance(hand.app.screen, HandoverDrawer) and hand.app.screen.found.state == "given")
    await hand.pilot.press("escape")


async def what_next(hand: Hand) -> None:
    """See what fires next."""
    await hand.at(hand.ticket(0))
    await hand.press("4")
    await hand.look(lambda: isinstance(hand.app.screen, TimersScreen) and bool(hand.app.screen.coming))
    await until(hand.pilot, lambda: "下一步" in screen_text(hand.app), "what fires next")


async def sweep(hand: Hand) -> None:
    """AS-4, AS-9: from a ticket to all grids with old compounds; who and how many is read before it is sent."""
    code = hand.ticket(4, "老旧居民楼起火")
    await hand.at(code)
    await hand.press("f17")
    await hand.drawer(SearchDrawer)
    await hand.type("ljxq")
    await hand.press("enter")
    await hand.drawer(FormDrawer)
    assert "个单位" in screen_text(hand.app)
    await hand.press("f8")
    await hand.done(code, "sweep")


class Flow(NamedTuple):
    """A chief flow: its name in both languages, how it is driven, and the most command keys that it may take."""

    en: str
    zh: str
    drive: Callable[[Hand], Awaitable[None]]
    most: int


FLOWS = (
    Flow("Take a telephone report", "登记来电上报", report, 3),
    Flow("Accept and dispatch as proposed", "按建议受理并派单", as_proposed, 3),
    Flow("Dispatch elsewhere", "改派其他岗位", elsewhere, 2),
    Flow("From the call to seven kinds of addressees (AS-3)", "从接报到七类对象同时派单（AS-3）", many_hands, 12),
    Flow("The same by a plan, from the queue (AS-3)", "按预案同时派单，从队列起（AS-3）", by_plan, 2),
    Flow(
        "From a ticket to a sweep of all old compounds (AS-4, AS-9)", "由事件发起老旧小区排查（AS-4、AS-9）", sweep, 3
    ),
    Flow("Return with a reason", "退单", send_back, 4),
    Flow("Hand up", "上报上级", hand_up, 3),
    Flow("Ask the A leader", "请示 A 岗领导", ask, 3),
    Flow("Close after the call-back", "回访后归档", close, 3),
    Flow("Find by half an address, open", "按半个地址查找并打开", find, 3),
    Flow("Hand the shift over: pack, give", "交班：制作交接包、移交", hand_over, 3),
    Flow("See what fires next", "查看下一步升级", what_next, 1),
)


async def measure() -> dict[str, Count]:
    """Drive all flows, one after the other, on a street of their own."""
    with tempfile.TemporaryDirectory() as folder, speaking("zh"):
        desk, officer = made_street(Path(folder) / "street.sqlite", 3)
        backend = StoreBackend(desk.store.url, desk.clock, desk.now, None, officer)
        backend.start = backend.desk  # type: ignore[method-assign, assignment]  # no engine: the clock stands still
        app = ZhihuiApp(backend, desk.now)
        counts = {}
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: bool(app.status.centre))
            for flow in FLOWS:
                hand = Hand(pilot, desk, officer)
                await flow.drive(hand)
                counts[flow.en] = hand.count()
        backend.close()
        desk.store.close()
        return counts


def table(counts: Mapping[str, Count]) -> str:
    """The table of keys and seconds, in both languages."""
    lines = [
        "| flow · 流程 | keys · 按键 | count · 次数 | typed · 输入字符 | looks · 查看 | seconds · 秒 |",
        "|---|---|---|---|---|---|",
    ]
    for flow in FLOWS:
        count = counts[flow.en]
        pressed = " ".join(f"`{key_name(key)}`" for key in count.keys)
        lines.append(
            f"| {flow.en} · {flow.zh} | {pressed} | {len(count.keys)} | {count.typed} | {count.looks}"
            f" | {count.seconds:.1f} |"
        )
    return "\n".join(lines)


def page(counts: Mapping[str, Count]) -> str:
    """The page with its table made anew."""
    before, _old, after = PAGE.read_text(encoding="utf-8").split(MARK)
    return f"{before}{MARK}\n\n{table(counts)}\n\n{MARK}{after}"


if __name__ == "__main__":
    found = asyncio.run(measure())
    print(table(found))
    PAGE.write_text(page(found), encoding="utf-8")
