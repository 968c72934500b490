"""Runs trainings: the menu, a fresh street for the scenario, the console on it, the score, and the menu again."""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import suppress
from dataclasses import replace

from console import exit_codes, i18n, output
from console.app import ZhihuiApp
from console.backend.store import StoreBackend
from console.closed import MOUSE, is_closed
from console.i18n import _
from console.keyboard.keymap import follow, keymap_path
from console.ports import Status
from console.run import THEME, log_to_file
from console.terminal.hangup import Hangup
from console.terminal.line import Line, choose
from console.terminal.opening import Opening
from console.training.coach import Coach
from console.training.menu import TrainingMenu
from console.training.paths import scores_path
from core.clock import ScaledClock
from core.engine.loop import Engine
from core.training.play import Play
from core.training.scenario import FREE, Scenario, all_scenarios, find_scenario
from core.training.score import Score
from core.training.scores import PlayedScore, add_score, read_scores
from core.training.street import free_duty, make_street
from data.errors import Refusal
from data.instants import to_seconds
from data.location import training_path


class TrainingBackend(StoreBackend):
    """The street of a training: its engine runs by the fast clock, and the screen says that it is no real duty."""

    def start(self) -> None:
        self.desk()
        if self._engine is None:
            # The fast clock looks to the engine like one that somebody sets all the time.
            logging.getLogger("zhihui.engine").setLevel(logging.ERROR)
            self._engine = Engine(self.url, self.clock, self.centre.id)
            self._engine.start()

    def status(self, now: int) -> Status:
        speed = self.clock.speed if isinstance(self.clock, ScaledClock) else 1
        found = super().status(now)
        return replace(found, centre=_("TRAINING x{speed:g}").format(speed=speed))


def run_training(code: str, speed: float | None, language: str) -> int:
    """Play scenarios until the trainee leaves; with a code, that one alone. Gives the exit code. Raises Refusal."""
    hangup = Hangup()
    i18n.set_language(language)
    trouble = follow(keymap_path())
    log_to_file()
    line = choose("", os.environ)
    with Opening(line.paced) as opening:
        theme = opening.decide().theme(os.environ.get(THEME, ""))
    app: list[ZhihuiApp | TrainingMenu] = []

    def leave() -> None:
        for one in app:
            if isinstance(one, ZhihuiApp):
                one.leave_from_outside()
            else:
                os._exit(exit_codes.OK)  # a menu holds nothing that could be lost

    hangup.watch(leave, sys.stdin.fileno())
    try:
        chosen: str | None = code
        while chosen is not None:
            if not chosen:
                menu = TrainingMenu(all_scenarios(), read_scores(scores_path()), theme)
                app[:] = [menu]
                chosen = menu.run()
                if not chosen:
                    break
            left = _play(find_scenario(chosen), speed, theme, line, hangup, app, trouble)
            chosen = None if left or code else ""
    finally:
        hangup.finished()
    return exit_codes.OK


def _play(
    scenario: Scenario,
    speed: float | None,
    theme: str,
    line: Line,
    hangup: Hangup,
    app: list[ZhihuiApp | TrainingMenu],
    trouble: Refusal | None,
) -> bool:
    """One play; whether the trainee left the program instead of ending the training. `trouble` is said at its start."""
    output.remark(_("Preparing the street of the training .."))
    desk, trainee = make_street(training_path(), scenario, speed)
    if scenario.code == FREE:
        scenario = free_duty(desk, f"{time.time_ns()}")
    clock = desk.clock
    assert isinstance(clock, ScaledClock)

    def seconds() -> int:
        return to_seconds(clock.now())

    backend = TrainingBackend(desk.store.url, clock, seconds, None, trainee)
    console = ZhihuiApp(backend, seconds, theme, line)
    console.hang_up = hangup.hang_up
    console.troubles += [trouble] if trouble is not None else []
    app[:] = [console]
    ended: list[Score] = []
    console.coach = Coach(console, Play(scenario, desk, trainee), clock, ended.append)
    try:
        console.run(mouse=not is_closed(MOUSE, remote=line.paced))
    finally:
        backend.close()
        desk.store.close()
    for score in ended:
        with suppress(OSError):
            played = PlayedScore(int(time.time()), scenario.code, score.points, score.most, score.grade)
            add_score(scores_path(), played)
    return not ended
