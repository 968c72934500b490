"""What the pictures show: one scene each, played by keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.app import App

from console.i18n import language
from console.theming.shelf import bundled
from console.training.drawers import CallDrawer
from console.wall.app import WallApp
from console.widgets.bars import Banner
from tests.console.pilots import at_rest, ready, screen_text, until
from tests.pictures.stage import Stage

Size = tuple[int, int]
Act = Callable[[Stage], Awaitable[None]]
Opening = Callable[[Stage, str], App[Any]]
LARGE = (120, 36)
WALL = (80, 24)


@dataclass(frozen=True)
class Scene:
    """A picture: what it shows, how it is played, at which size, what is opened."""

    zh: str
    en: str
    act: Act
    size: Size = (100, 30)
    opening: Opening = Stage.console
    theme: str = "night"


async def begin(stage: Stage) -> None:
    """The list, the ticket beside it and what rings are there; the notices are put away."""
    view = await ready(stage.pilot)
    await until(stage.pilot, lambda: view.row is not None and view.row.code in screen_text(stage.app), "the ticket")
    await until(stage.pilot, lambda: stage.app.screen.query_one(Banner).shown, "what rings")
    await stage.press("escape")


def then(*pressed: str, zh: str = "", en: str = "") -> Act:
    """Press keys, and wait until a text shows."""

    async def act(stage: Stage) -> None:
        await begin(stage)
        await stage.press(*pressed)
        if zh:
            await stage.shows(zh, en)

    return act


def among(words: str, *pressed: str, zh: str = "", en: str = "") -> Act:
    """The same on the tickets that a filter lets through."""

    async def act(stage: Stage) -> None:
        await begin(stage)
        await stage.press("slash")
        await stage.type(words)
        await stage.press("enter", *pressed)
        if zh:
            await stage.shows(zh, en)

    return act


# ------------------------------------------------------------------------------------------------ lists


async def alarms(stage: Stage) -> None:
    await ready(stage.pilot)
    await stage.shows("46 条提醒", "46 alarms")


async def prompt(stage: Stage) -> None:
    await begin(stage)
    await stage.press("slash")
    await stage.type("late stage:dsl" if language() == "zh" else "late stage:re")


async def palette(stage: Stage) -> None:
    await begin(stage)
    await stage.press("f12")
    await stage.type("jb" if language() == "zh" else "shift")


async def search(stage: Stage) -> None:
    await among("stage:assessed bounces<2", "d")(stage)
    await stage.type("csgx")
    await stage.shows("城市更新岗", "Urban renewal")


async def intake(stage: Stage) -> None:
    await begin(stage)
    await stage.press("f6")
    await stage.type("井盖缺失，有人险些踩空")
    await stage.press("enter")
    await stage.type("翠湖社区滨河东路36号路口")
    await stage.press("enter")
    await stage.type("赵先生")
    await stage.press("enter")
    await stage.type("13900001111")
    await stage.shows("[翠湖社区]")


async def undo(stage: Stage) -> None:
    await among("stage:reported", "a")(stage)
    await stage.press("7")


# ------------------------------------------------------------------------------------------------ states


async def observing(stage: Stage) -> None:
    view = await ready(stage.pilot)
    await until(stage.pilot, lambda: view.row is not None and view.row.code in screen_text(stage.app), "the ticket")
    await stage.press("8")


async def silent(stage: Stage) -> None:
    await begin(stage)
    stage.silence = 14
    await stage.beat()
    await stage.shows("14 秒", "14 s")


async def lost(stage: Stage) -> None:
    await begin(stage)
    stage.lose_store()
    await stage.beat()
    await until(stage.pilot, lambda: stage.app.screen.query_one(Banner).shown, "what is wrong")
    stage.clock.advance(seconds=12)
    await stage.beat()
    await stage.shows("12 秒", "12 s")


WALL_PAGES = {
    "glance": ("总览", "At a glance"),
    "deadlines": ("最近时限", "Nearest deadlines"),
    "latest": ("最新来件", "Latest reports"),
    "sections": ("板块未结", "Open by section"),
    "duty": ("在岗值班", "On duty"),
    "engine": ("时间与引擎", "Time and engine"),
}


def wall_page(zh: str, en: str) -> Act:
    """A page of the wall, held."""

    async def act(stage: Stage) -> None:
        app = stage.app
        assert isinstance(app, WallApp)
        await until(stage.pilot, lambda: bool(app.wall.page), "the wall")
        await stage.press("space")
        while app.wall.page != {"zh": zh, "en": en}[language()]:
            await stage.press("right")

    return act


async def opened(stage: Stage) -> None:
    await at_rest(stage.pilot)


async def call(stage: Stage) -> None:
    await until(stage.pilot, lambda: isinstance(stage.app.screen, CallDrawer), "the call")
    await at_rest(stage.pilot)


async def coach(stage: Stage) -> None:
    await call(stage)
    await stage.press("escape", "ctrl+t")


async def score(stage: Stage) -> None:
    await call(stage)
    await stage.press("enter")
    await stage.type("井盖缺失")
    await stage.press("enter")
    await stage.type("平都东路36号")
    await stage.press("f8", "f2")
    await stage.beat()
    await stage.shows("平都东路")
    await stage.press("a")
    await stage.beat()
    await stage.press("ctrl+t", "4")
    await stage.shows("达成", "met")


SCENES: dict[str, Scene] = {
    "queue": Scene("队列与所选工单", "The queue and the ticket under the cursor", then("down", "down")),
    "queue-large": Scene("队列，大屏", "The queue on a large screen", then("down", "down"), LARGE),
    "filter": Scene("筛选与可选项", "The filter prompt and what it offers", prompt),
    "marks": Scene("筛选与标记", "A filter and marks", among("stage:reported", "space", "space", "space")),
    "views": Scene("视图", "Saved views", then("6")),
    "bulk": Scene(
        "批量办理预览", "The preview of work on many", among("stage:reported", "space", "space", "space", "a")
    ),
    "dispatch": Scene("派单", "Dispatch", then("f3")),
    "search": Scene("按首字母找岗位", "A post found by its initials", search),
    "leaders": Scene("领导", "Leaders", then("f4")),
    "timers": Scene("时限", "Timers", then("f5")),
    "overview": Scene("总览", "The overview", then("5"), LARGE),
    "ticket": Scene("工单概要", "A ticket", then("enter")),
    "history": Scene("流转记录", "The history of a ticket", then("enter", "right")),
    "custody": Scene("在手时段", "Who held a ticket for how long", then("enter", "right", "right")),
    "clocks": Scene("时限明细", "The clocks of a ticket", then("enter", "right", "right", "right")),
    "actions": Scene("办理菜单", "Everything that can be done", then("f7")),
    "as-proposed": Scene("按建议", "As proposed", among("stage:reported", "8")),
    "undo": Scene("撤销", "Undo", undo),
    "note": Scene("填写表单", "A form", then("o")),
    "changeover": Scene("交接班", "Change of shift", then("ctrl+o")),
    "plans": Scene("预案", "Plans", among("stage:reported", "c")),
    "card": Scene("事项卡", "A matter card", then("x")),
    "emergency": Scene("平战", "Emergency mode and logs", then("y")),
    "meetings": Scene("会议与调解", "Meetings and mediation", then("w")),
    "review": Scene("复盘", "The review", then("enter", "h")),
    "intake": Scene("登记来电", "A report by telephone", intake),
    "help": Scene("帮助", "Help", then("f1")),
    "palette": Scene("命令面板", "Commands", palette),
    "jump": Scene("跳转", "Jump", then("ctrl+g")),
    "alarms": Scene("提醒", "What rings", alarms),
    "notices": Scene("通知", "Notices", then("ctrl+e")),
    "themes": Scene("选择主题", "Themes", then("f21")),
    **{
        f"theme-{name}": Scene(
            f"主题：{recipe.label_zh}", f"Theme: {recipe.label_en}", then("down", "space", "down"), theme=name
        )
        for name, recipe in bundled().items()
    },
    **{
        f"wall-{name}": Scene(f"大屏：{zh}", f"The wall: {en}", wall_page(zh, en), WALL, Stage.wall)
        for name, (zh, en) in WALL_PAGES.items()
    },
    "training-menu": Scene("演练脚本", "The menu of scenarios", opened, opening=Stage.training_menu),
    "training-call": Scene("演练来电", "A call of a training", call, opening=Stage.training),
    "training-coach": Scene("演练菜单", "The coach's menu", coach, opening=Stage.training),
    "training-score": Scene("演练评分", "The score of a training", score, opening=Stage.training),
    "observer": Scene("只读观察", "An observer's console", observing, opening=Stage.observer),
    "engine-silent": Scene("引擎静默", "A silent engine", silent),
    "store-lost": Scene("数据库中断", "A store that does not answer", lost),
}
