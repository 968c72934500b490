"""`zhihui train`: scenarios that a trainee plays against the clock, and the scores so far."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from console.cli import words
from console.cli.frame import session_of, single
from console.cli.options import Json, argument, option, show_records
from console.exit_codes import OK
from data.errors import BadInput

ZH = "演练：打开脚本菜单（或直接演练某个脚本），在快速时钟下办理并评分"
EN = "training: the menu of scenarios, or one of them, played on a fast clock and scored"
FASTEST = 600
FIELDS = ("scenario", "title", "speed", "minutes", "points", "played", "best", "grade")
SCORE_FIELDS = ("at", "scenario", "points", "most", "grade")


def build() -> Any:
    """The command."""
    return single(train_command, "train", ZH, EN)


def train_command(
    context: typer.Context,
    scenario: Annotated[str, argument("脚本编号，如 AS-3；不写则打开菜单", "a scenario such as AS-3; none asks")] = "",
    speed: Annotated[float, option("--speed", zh="一秒当作几秒", en="seconds that pass in one")] = 0,
    listing: Annotated[bool, option("--list", zh="列出脚本和最好成绩", en="list scenarios and best scores")] = False,
    scores: Annotated[bool, option("--scores", zh="列出历次成绩", en="list all scores")] = False,
    json: Json = False,
) -> int:
    """Train. Raises NotFound for an unknown scenario, BadInput for a speed or a place that cannot be."""
    if speed and not 1 <= speed <= FASTEST:
        raise BadInput("speed", f"--speed 应在 1 到 {FASTEST} 之间。", f"--speed must be between 1 and {FASTEST}.")
    if listing or scores:
        _list(scores, json)
        return OK
    if scenario:
        from core.training.scenario import find_scenario

        scenario = find_scenario(scenario).code
    session = session_of(context)
    session.training = (scenario, speed or None)
    return session.open_console()


def _list(scores: bool, json: bool) -> None:
    from console.training.paths import scores_path
    from core.training.scenario import all_scenarios
    from core.training.scores import read_scores

    played = read_scores(scores_path())
    form = "json" if json else ""
    if scores:
        rows = [
            {
                "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(one.at)),
                "scenario": one.scenario,
                "points": one.points,
                "most": one.most,
                "grade": one.grade,
            }
            for one in played
        ]
        show_records(rows, SCORE_FIELDS, form)
        return
    records = []
    for item in all_scenarios():
        own = [one for one in played if one.scenario == item.code]
        best = max(own, key=lambda one: one.points, default=None)
        records.append(
            {
                "scenario": item.code,
                "title": words.say(item.title, item.title_en),
                "speed": item.speed,
                "minutes": item.minutes,
                "points": item.points,
                "played": len(own),
                "best": best.points if best else None,
                "grade": best.grade if best else "",
            }
        )
    show_records(records, FIELDS, form)
