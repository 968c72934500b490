"""A training by keys: the menu, a call, the report, the coach's menu, the score."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import App

from console.app import ZhihuiApp
from console.dialogs.choose import MenuDrawer
from console.screens.intake import IntakeScreen
from console.training.coach import Coach
from console.training.drawers import CallDrawer, ResultDrawer
from console.training.menu import TrainingMenu
from console.training.run import TrainingBackend
from console.widgets.fields import TextField
from console.widgets.queue_view import QueueView
from core.clock import ScaledClock
from core.training.play import Play
from core.training.scenario import all_scenarios, find_scenario
from core.training.score import Score
from core.training.scores import PlayedScore, add_score, read_scores
from core.training.street import make_street
from data.instants import to_seconds
from tests.console.pilots import said, screen_text, until


class Trained:
    """A console on the street of a scenario, with a steady clock in the test's hands."""

    def __init__(self, path: Path, code: str) -> None:
        scenario = find_scenario(code)
        self.desk, trainee = make_street(str(path), scenario)
        self.real = [0.0]
        self.desk.clock = self.clock = ScaledClock(
            scenario.begin("Asia/Shanghai"), scenario.speed, lambda: self.real[0]
        )
        self.backend = TrainingBackend(self.desk.store.url, self.clock, self.seconds, None, trainee)
        self.backend.start = self.backend.desk  # type: ignore[method-assign, assignment]  # the engine has its own tests
        self.ended: list[Score] = []
        self.app = ZhihuiApp(self.backend, self.seconds)
        self.app.coach = Coach(self.app, Play(scenario, self.desk, trainee), self.clock, self.ended.append)

    def seconds(self) -> int:
        return to_seconds(self.clock.now())

    def close(self) -> None:
        self.backend.close()
        self.desk.store.close()


@pytest.mark.slow
async def test_a_trainee_takes_a_call_and_is_scored(tmp_path: Path) -> None:
    trained = Trained(tmp_path / "training.db", "AS-8")
    app = trained.app
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, CallDrawer), "the call")
        assert "井盖没了" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, IntakeScreen) and isinstance(app.focused, TextField))
        await until(pilot, lambda: "井盖没了" in screen_text(app), "the caller's words beside the form")
        await pilot.press(*"井盖缺失", "enter")
        await until(pilot, lambda: "控险" in screen_text(app), "the matter is proposed, and goes with the report")
        await pilot.press(*"平都东路36号", "f8")
        await until(pilot, lambda: "已登记" in screen_text(app) or said(app, "20261120-0001"))
        trained.real[0] += 4  # two minutes of the street
        await pilot.press("f2")
        await until(pilot, lambda: app.screen.query_one(QueueView).row is not None, "the ticket in the list")
        await pilot.press("a")
        await until(pilot, lambda: said(app, "受理"))
        assert "演练 x30" in screen_text(app)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        await pilot.press("1")
        await until(pilot, lambda: said(app, "时限 2 紧急工作时"))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, ResultDrawer))
        await until(pilot, lambda: "+ 达成" in screen_text(app) and "未达成" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: bool(trained.ended))
    met = {mark.goal.text_en for mark in trained.ended[0].marks if mark.met and not mark.late}
    assert met == {"accepted within five minutes", "assessed as a manhole cover"}
    trained.close()


async def test_skipping_and_stopping_the_clock(tmp_path: Path) -> None:
    trained = Trained(tmp_path / "training.db", "AS-4")
    app, clock = trained.app, trained.clock
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.status.counts.open == 1, "the sensor's report")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, CallDrawer), "skipped to the call")
        assert trained.seconds() == to_seconds(find_scenario("AS-4").begin("Asia/Shanghai")) + 120
        await pilot.press("escape", "ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        await pilot.press("3")
        await until(pilot, lambda: clock.speed == 0)
        trained.real[0] += 100
        assert trained.seconds() == to_seconds(find_scenario("AS-4").begin("Asia/Shanghai")) + 120
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, MenuDrawer))
        await pilot.press("3")
        await until(pilot, lambda: clock.speed == 20)
    trained.close()


async def test_the_menu_shows_the_best_score_and_gives_the_choice() -> None:
    menu = TrainingMenu(all_scenarios(), [PlayedScore(1, "AS-2", 40, 100, "D"), PlayedScore(2, "AS-2", 90, 100, "A")])
    async with menu.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = "\n".join(strip.text for strip in menu.screen._compositor.render_strips())
        assert "反诈紧急劝返" in shown
        assert "最好 90/100（A），已演练 2 次" in shown
        await pilot.press("3")
    assert isinstance(menu, App)
    assert menu.return_value == "AS-3"


def test_scores_are_kept_and_broken_lines_left_out(tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "scores")
    add_score(path, PlayedScore(1, "AS-2", 40.5, 100, "D"))
    with open(path, "a", encoding="utf-8") as file:
        file.write('nonsense\n{"at": 1}\n[]\n')
    add_score(path, PlayedScore(2, "AS-3", 80, 100, "B"))
    assert [played.scenario for played in read_scores(path)] == ["AS-2", "AS-3"]


def run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console", "train", *arguments],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command_lists_and_refuses(repository: Path) -> None:
    listed = run(repository, "--list", "--json")
    assert [row["scenario"] for row in json.loads(listed.stdout)] == [*(f"AS-{n}" for n in range(1, 11)), "FREE"]
    assert run(repository, "--scores", "--json").stdout.strip() == "[]"
    unknown = run(repository, "AS-99")
    assert (unknown.returncode, unknown.stdout) == (3, "")
    assert "没有这个演练脚本" in unknown.stderr
    assert "There is no such scenario" in unknown.stderr
    assert run(repository, "AS-3", "--speed", "9999").returncode == 2
    assert "控制台需要终端" in run(repository, "AS-3").stderr


def test_a_clock_that_runs_fast_stands_and_jumps() -> None:
    real = [10.0]
    begin = find_scenario("AS-3").begin("Asia/Shanghai")
    clock = ScaledClock(begin, 12, lambda: real[0])
    real[0] += 5
    assert (clock.now() - begin).total_seconds() == 60
    clock.run(0)
    real[0] += 1000
    assert (clock.now() - begin).total_seconds() == 60
    clock.run(2)
    real[0] += 10
    assert (clock.now() - begin).total_seconds() == 80
    clock.skip_to(begin)
    assert (clock.now() - begin).total_seconds() == 80
