"""Every scenario can be played: perfectly by who does the right thing at once, for nothing by who does nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Report, read_order
from core.desk.verbs.table import VERBS
from core.engine.loop import Engine
from core.training.play import Play
from core.training.scenario import Arrival, Scenario, shipped
from core.training.street import free_duty, make_street
from data.errors import Refusal
from data.queries import tickets

SCENARIOS = shipped()


def standing(path: Path, scenario: Scenario) -> tuple[Desk, str]:
    """A street whose clock only moves when it is told to."""
    desk, trainee = make_street(str(path), scenario)
    desk.clock = SetClock(scenario.begin("Asia/Shanghai"))
    return desk, trainee


class Model:
    """A trainee who does what every goal asks for, as soon as it can be done."""

    def __init__(self, play: Play) -> None:
        self.play, self.desk = play, play.desk
        self.actor = self.desk.actor(play.trainee)

    def take_down(self, call: Arrival) -> None:
        words = call.known_by[0]
        self.desk.do(Report(title=f"{words} {call.words[:40]}", address="街口", source=call.source), self.actor)

    def work(self) -> None:
        """One round over every ticket: whatever its goals still want and the rules allow."""
        unmet = {mark.goal.ticket for mark in self.play.score().marks if not mark.met}
        for key, code in self.play._codes.items():
            if key not in unmet:
                continue
            goals = [goal for goal in self.play.scenario.goal if goal.ticket == key]
            if any(goal.verb == "refuse" for goal in goals):
                self.do("refuse", code, reason="与烟感报警为同一火情")
                continue
            self.do("accept", code)
            self.do("assess", code, **self.assessment(goals))
            lead = next((goal.lead[0] for goal in goals if goal.lead), "ZHXT")
            units = {unit for goal in goals for unit in goal.units} - {lead}
            for unit in ("ZHXT", "PCS", "ZHZF", "SCJG", "JYWS", "SQ01", "SQ02"):
                if len(units) + 1 < max(goal.least for goal in goals) and unit != lead:
                    units.add(unit)
            self.do("dispatch", code, to=lead, assist=sorted(units))
            for verb, values in (
                ("ask", {"note": "请领导指示"}),
                ("mediate", {"parties": "高低楼层住户", "outcome": "failed", "words": "意见不一"}),
                ("note", {"text": "已告知居民"}), ("check", {"passed": True}),
                ("call_back", {"result": "satisfied"}), ("archive", {}),
            ):  # fmt: skip
                if any(goal.verb in (verb, "archive", "call_back") for goal in goals) and not self.did(code, verb):
                    self.do(verb, code, **values)

    def assessment(self, goals: list) -> dict[str, object]:
        values: dict[str, object] = {}
        for goal in goals:
            if goal.matter:
                values["matter"] = goal.matter[0]
            if goal.urgency:
                values["urgency"] = goal.urgency[0]
        return values

    def did(self, code: str, verb: str) -> bool:
        with self.desk.store.reader() as reader:
            number = tickets.ticket_id(reader, self.desk.centre_id, code)
            return any(event["kind"] == verb for event in tickets.events(reader, self.desk.centre_id, number))

    def do(self, verb: str, code: str, **values: object) -> None:
        try:
            self.desk.do(read_order(VERBS[verb].order, {"ticket": code, **values}), self.actor)
        except Refusal:
            return


def run(play: Play, model: Model | None, minutes: int) -> None:
    """Let the play run to its end in steps."""
    clock = play.desk.clock
    assert isinstance(clock, SetClock)
    while not play.over():
        for call in play.step():
            if model is not None:
                model.take_down(call)
        play.step()
        if model is not None:
            model.work()
        following = play.next_at()
        ahead = timedelta(minutes=minutes)
        if following is not None:
            ahead = min(ahead, timedelta(seconds=max(following - play.desk.now(), 1)))
        clock.set(clock.now() + ahead)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.code)
def test_a_model_trainee_gets_everything(tmp_path: Path, scenario: Scenario) -> None:
    desk, trainee = standing(tmp_path / "street.sqlite", scenario)
    play = Play(scenario, desk, trainee)
    run(play, Model(play), 30)
    missed = [(mark.goal.text_en, mark.after) for mark in play.score().marks if not mark.met or mark.late]
    assert missed == []
    assert play.score().grade == "A"
    desk.store.close()


def test_somebody_who_does_nothing_gets_nothing_and_the_ladder_climbs(tmp_path: Path) -> None:
    scenario = next(item for item in SCENARIOS if item.code == "AS-7")
    desk, trainee = standing(tmp_path / "street.sqlite", scenario)
    play = Play(scenario, desk, trainee)
    run(play, None, 30)
    assert play.score().points == 0
    assert play.score().grade == "D"
    engine = Engine(desk.store, desk.clock, desk.centre_id)
    engine.once(send=False)
    engine.close()
    with desk.store.reader() as reader:
        told = reader.rows(
            "SELECT count(*) FROM notice WHERE centre_id = :centre AND severity = 'alarm'", centre=desk.centre_id
        )
    assert told[0][0] > 0
    desk.store.close()


def test_free_duty_is_drawn_from_a_seed(tmp_path: Path) -> None:
    desk, trainee = standing(tmp_path / "street.sqlite", SCENARIOS[0])
    scenario = free_duty(desk, "a seed")
    assert scenario == free_duty(desk, "a seed")
    assert scenario != free_duty(desk, "another")
    play = Play(scenario, desk, trainee)
    run(play, Model(play), 10)
    assert all(mark.met and not mark.late for mark in play.score().marks)
    desk.store.close()


def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    """A second player on the same street (the console was started anew) repeats nothing."""
    scenario = next(item for item in SCENARIOS if item.code == "AS-4")
    desk, trainee = standing(tmp_path / "street.sqlite", scenario)
    first = Play(scenario, desk, trainee)
    first.step()
    again = Play(scenario, desk, trainee)
    again.step()
    first.step()
    with desk.store.reader() as reader:
        assert reader.rows("SELECT count(*) FROM ticket WHERE centre_id = :centre", centre=desk.centre_id) == [(1,)]
    desk.store.close()
