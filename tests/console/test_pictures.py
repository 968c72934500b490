"""What the screens look like: every pane at the three sizes that matter, by day and by night, in both languages.

The clock stands still and the street is in memory, so the same code draws the same pictures.
`pytest tests/console/test_pictures.py --snapshot-update` draws them anew; look at each before committing it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from console import i18n
from console.app import ZhihuiApp
from console.ports import Heartbeat, NoticeRow
from console.roster_ports import GapAhead
from console.screens.intake import IntakeScreen
from console.screens.ticket import TicketScreen
from console.wall.app import WallApp
from console.widgets.drawer import Drawer
from console.widgets.fields import TextField
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import at_rest, ready, screen_text, speaking, street_app, until
from tests.console.wall.street import MemoryWall, made_ticket, settle

Compare = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
SIZES = [(80, 24), (120, 36), (160, 50)]
DRAWER_SIZES = SIZES[:2]
LANGUAGES = ("zh", "en")
THEMES = ("night", "day")
LOOKS = (("night", "zh"), ("day", "en"))
"""Colours hang on no word: each theme is drawn in one language."""


@pytest.fixture
def backend() -> MemoryBackend:
    """Tickets that are late, soon, paused, urgent and in time."""
    rows = [made_row(number) for number in range(60)]
    rows[2] = replace(rows[2], paused=True)
    rows[30] = replace(rows[30], due=NOW + 90_000)
    return MemoryBackend(rows)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(look))
def look(request: pytest.FixtureRequest) -> Iterator[str]:
    """A theme, while its language is spoken."""
    theme, language = request.param
    with speaking(language):
        yield theme


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    found: tuple[int, int] = request.param
    return found


def app_in(theme: str, backend: MemoryBackend) -> ZhihuiApp:
    return ZhihuiApp(backend, lambda: NOW, theme)


def after(*keys: str, shows: Sequence[str] = ()) -> Before:
    """Press keys once the list is there, and wait until the texts show and the screen rests."""

    async def run(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await until(pilot, lambda: "20260720-0001" in screen_text(pilot.app), "the first ticket")
        await press(pilot, *keys)
        for text in shows:
            await until(pilot, lambda text=text: text in screen_text(pilot.app), text)  # type: ignore[misc]
        await at_rest(pilot)

    return run


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other, each when the one before has come to its end."""
    for key in keys:
        await pilot.press(key)
        await at_rest(pilot)


async def paste(pilot: Pilot[None], text: str) -> None:
    """Fill the field that has the keys at once: what each key does is told elsewhere."""
    field = pilot.app.focused
    assert isinstance(field, TextField)
    field.post_message(Paste(text))
    await until(pilot, lambda: field.value == text, text)


# ------------------------------------------------------------------------------------------------ the wall


@pytest.mark.parametrize("page", ["glance", "deadlines", "alarm"])
def test_wall(snap_compare: Compare, size: tuple[int, int], theme: str, page: str) -> None:
    """Large type on the first page and on that of deadlines, and an alarm between the pages."""
    source = MemoryWall()
    app = WallApp(source, lambda: NOW, theme=theme)

    async def run(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: bool(app.wall.page))
        if page == "alarm":
            source.ringing = [made_ticket(3)]
            app._looked_at = None
        await settle(pilot, app)
        if page == "deadlines":
            await pilot.press("right")
        await settle(pilot, app)

    assert snap_compare(app, terminal_size=size, run_before=run)


# ------------------------------------------------------------------------------------------------ panes


def test_queue(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int], look: str) -> None:
    """Countdown first, late and soon marked by sign and colour, the ticket beside the list or below it."""
    assert snap_compare(app_in(look, backend), terminal_size=size, run_before=after("down", "space"))


@pytest.mark.parametrize(
    "pane", ["f3", "f4", "f5", "5", "ctrl+x"], ids=["dispatch", "leaders", "timers", "overview", "roster"]
)
def test_pane(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int], look: str, pane: str) -> None:
    """Dispatch: tickets and the tree with the proposal. Leaders: who climbed to whom. Timers: what fires next.

    Overview: figures, deadlines, communities, map, trend, who is on duty; at 80 columns a page of it.
    Roster: a week of shifts and posts, what is wrong below; at 80 columns four days of it.
    """
    assert snap_compare(app_in(look, backend), terminal_size=size, run_before=after(pane))


@pytest.mark.parametrize("drawer_size", DRAWER_SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_gaps_ahead(backend: MemoryBackend, snap_compare: Compare, drawer_size: tuple[int, int], language: str) -> None:
    """Nobody at the desk within two hours: the line above the leaders' pane is an alarm; the pane has the others."""
    words = {
        "zh": (
            "值班席无人",
            "欧阳志远 一人两处",
            "孙立 休息不足（4 小时）",
            "城市更新岗 A、B岗均不在岗",
            "李强 请假又排班",
        ),
        "en": (
            "nobody at the desk",
            "one person in two places",
            "too little rest (4 h)",
            "neither A nor B",
            "on leave",
        ),
    }[language]
    backend.gaps = tuple(
        GapAhead(number, text, NOW + (1 + 4 * number) * 3600, NOW + (9 + 4 * number) * 3600, not number)
        for number, text in enumerate(words)
    )
    assert snap_compare(street_app(backend), terminal_size=drawer_size, run_before=after("f4", shows=words[:1]))


@pytest.mark.parametrize("tab", [0, 1, 2, 3], ids=["summary", "history", "custody", "clocks"])
def test_ticket(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int], look: str, tab: int) -> None:
    """The whole ticket, one tab each: what it is, what happened, who held it how long, which clocks run."""

    async def run(pilot: Pilot[None]) -> None:
        await after("enter")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, TicketScreen))
        await at_rest(pilot)
        await press(pilot, *["right"] * tab)

    assert snap_compare(app_in(look, backend), terminal_size=size, run_before=run)


def test_intake(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int], look: str) -> None:
    """A report being taken down: the matter proposed with its limits and why, what to ask, the community found."""

    async def run(pilot: Pilot[None]) -> None:
        await after("f6")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, IntakeScreen))
        await paste(pilot, "井盖破了")
        await pilot.press("enter")
        await paste(pilot, "柏华路口")
        await until(pilot, lambda: "[柏华社区]" in screen_text(pilot.app))
        await pilot.press("enter")
        await paste(pilot, "赵大海")
        await pilot.press("enter")
        await paste(pilot, "13900001111")
        await until(pilot, lambda: "139****1111" in screen_text(pilot.app))
        await at_rest(pilot)

    assert snap_compare(app_in(look, backend), terminal_size=size, run_before=run)


# ------------------------------------------------------------------------------------------------ drawers and states

DRAWERS = {
    "actions": ("f7",),
    "help": ("f1",),
    "palette": ("f12", "p", "d"),
    "views": ("6",),
    "as_proposed": ("8",),
    "undo": ("7",),
    "changeover": ("ctrl+o",),
    "dispatch": ("d",),
    "form": ("o",),
    "filter": ("slash", "s", "t"),
    "jump": ("ctrl+g",),
    "bulk": ("space", "space", "f7"),
    "themes": ("f21",),
}


@pytest.mark.parametrize("drawer_size", DRAWER_SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", DRAWERS)
def test_drawer(
    backend: MemoryBackend, snap_compare: Compare, name: str, drawer_size: tuple[int, int], language: str
) -> None:
    """What comes up from the bottom, the list staying in sight above."""

    async def run(pilot: Pilot[None]) -> None:
        await after()(pilot)
        for key in DRAWERS[name]:
            await press(pilot, key)
        if name not in ("filter", "jump", "undo"):
            await until(pilot, lambda: isinstance(pilot.app.screen, Drawer), name)
        await at_rest(pilot)

    assert snap_compare(street_app(backend), terminal_size=drawer_size, run_before=run)


def test_notices(backend: MemoryBackend, snap_compare: Compare, size: tuple[int, int], language: str) -> None:
    """All notices, newest first: what waits for an acknowledgement is marked, what went to many is one line."""
    backend.news = [
        NoticeRow(9, "alarm", "20260720-0001 受理已超期 30 分钟，请您督促解决", 1),
        NoticeRow(10, "warning", "派单 20260720-0003：楼道堆放杂物", 3),
        NoticeRow(11, "info", "协办 20260720-0004：下水道堵塞污水外溢", 4),
    ]

    async def run(pilot: Pilot[None]) -> None:
        await after("ctrl+e")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Drawer), "the notices")
        await at_rest(pilot)

    assert snap_compare(street_app(backend), terminal_size=size, run_before=run)


def test_a_filter_is_always_visible(backend: MemoryBackend, snap_compare: Compare, language: str) -> None:
    """The filter stands above the list, with what fits it, after the prompt is closed."""

    async def run(pilot: Pilot[None]) -> None:
        await after("slash")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.focused, TextField))
        await press(pilot, "井", "盖", "enter")

    assert snap_compare(street_app(backend), terminal_size=(80, 24), run_before=run)


def test_silence_and_an_alarm(backend: MemoryBackend, snap_compare: Compare, language: str) -> None:
    """The engine is silent: red from edge to edge, said in words; an alarm below it."""
    backend.heartbeat = Heartbeat(14, "console")
    backend.news = [NoticeRow(9, "alarm", "20260720-0001 受理已超期 30 分钟，请您督促解决", 1)]
    silent, both = {"zh": ("14 秒", "另有 1 条"), "en": ("14 s", "+1 more")}[i18n.language()]
    assert snap_compare(street_app(backend), terminal_size=(80, 24), run_before=after(shows=[silent, both]))
