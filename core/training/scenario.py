"""A training scenario: what happens when, how the units answer, and what the trainee has to achieve. Files in data/.

Times are seconds after the scenario's start. Tickets have short names inside a scenario (`key`); goals speak of those.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import BadInput, NotFound
from data.terms import Source

FOLDER = "data.training"
FREE = "FREE"
FREE_HOURS = 4


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Arrival(_Part):
    """Something comes in: a `call` that the trainee has to take down, or a `report` that comes in by itself."""

    at: int = Field(ge=0)
    kind: Literal["call", "report"]
    key: str
    source: Source
    words: str
    """What is said, or the report's own text."""
    words_en: str = ""
    title: str = ""
    address: str = ""
    community: str = ""
    known_by: tuple[str, ...] = ()
    """Words of which one must occur in the trainee's report, so that it is known to be this call."""


class Answer(_Part):
    """How units act on a task: seconds after it was sent; `unit` is a code, or `*` for every other one."""

    unit: str
    acknowledge: int = 120
    arrive: int | None = 900
    finish: int | None = 2400
    people: int = 2
    result: str = ""
    returns: str = ""
    """The unit sends the first ticket back instead, for this reason."""


class Goal(_Part):
    """Something to achieve; every condition that is given must hold. Late is worth half."""

    ticket: str
    text: str
    text_en: str
    points: int = Field(gt=0)
    within: int | None = None
    """Seconds after the arrival of the ticket's report."""
    verb: str = ""
    """This was done."""
    units: tuple[str, ...] = ()
    """All of these have a task."""
    least: int = 0
    """So many different units have a task."""
    lead: tuple[str, ...] = ()
    """One of these is the lead."""
    urgency: tuple[str, ...] = ()
    matter: tuple[str, ...] = ()


class Scenario(_Part):
    """One scenario."""

    code: str
    title: str
    title_en: str
    brief: str
    brief_en: str
    start: str
    """Local time of the centre, YYYY-MM-DD HH:MM."""
    minutes: int = Field(gt=0)
    """How long it lasts on its own clock."""
    speed: int = Field(gt=0, le=600)
    arrival: tuple[Arrival, ...] = Field(min_length=1)
    answer: tuple[Answer, ...] = ()
    goal: tuple[Goal, ...] = Field(min_length=1)

    def begin(self, zone: str) -> datetime:
        """The instant at which it starts."""
        return datetime.strptime(self.start, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))

    def answer_of(self, unit: str) -> Answer:
        """How a unit acts."""
        found = {answer.unit: answer for answer in self.answer}
        return found.get(unit) or found.get("*") or Answer(unit="*")

    @property
    def points(self) -> int:
        """The most that can be reached."""
        return sum(goal.points for goal in self.goal)


def read_scenario(text: str, name: str) -> Scenario:
    """A scenario from its file's text. Raises BadInput that names the place."""
    try:
        found = Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput("scenario", f"脚本 {name} 无法读取：{error}", f"Scenario {name}: {error}") from error
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            "scenario", f"脚本 {name} 的 {place} 有误", f"Scenario {name}, {place}: {first['msg']}"
        ) from error
    known = {arrival.key for arrival in found.arrival}
    strange = next((goal.ticket for goal in found.goal if goal.ticket not in known), None)
    if strange is not None:
        raise BadInput("scenario", f"脚本 {name} 没有事件 {strange}", f"Scenario {name}: there is no ticket {strange}")
    return found


def shipped() -> Sequence[Scenario]:
    """The scenarios that come with the product, in order."""
    folder = Path(str(files(FOLDER)))
    return [read_scenario(path.read_text("utf-8"), path.name) for path in sorted(folder.glob("*.toml"))]


def free_frame() -> Scenario:
    """What the menu says of free duty, before its reports are drawn."""
    return Scenario(
        code=FREE,
        title="自由值班",
        title_en="Free duty",
        brief="四小时的普通值班，来件自动到达，逐件受理、派出。",
        brief_en="Four hours of ordinary duty: reports come in by themselves; accept and send on each of them.",
        start="2026-11-20 08:00",
        minutes=FREE_HOURS * 60,
        speed=60,
        arrival=(Arrival(at=0, kind="report", key="-", source=Source.PHONE, words=""),),
        goal=(Goal(ticket="-", text="-", text_en="-", points=1),),
    )


def all_scenarios() -> Sequence[Scenario]:
    """The shipped ones, and free duty."""
    return [*shipped(), free_frame()]


def find_scenario(code: str) -> Scenario:
    """A scenario by its code, in either case. Raises NotFound."""
    scenarios = all_scenarios()
    found = next((item for item in scenarios if item.code.lower() == code.strip().lower()), None)
    if found is None:
        known = " ".join(item.code for item in scenarios)
        raise NotFound(
            "scenario-unknown", f"没有这个演练脚本，可用：{known}", f"There is no such scenario; there are: {known}"
        )
    return found
