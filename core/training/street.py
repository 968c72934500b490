"""The street of a training: a fresh store for each play, its clock running fast, nothing on it but the scenario."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from core.clock import ScaledClock
from core.demo import People, events_of, remove_store
from core.demo_stories import stories
from core.desk.desk import Desk
from core.organisation.init import init_centre
from core.organisation.template import DEFAULT_TEMPLATE, read_template
from core.training.scenario import FREE_HOURS, Arrival, Goal, Scenario, free_frame
from data.instants import from_seconds, to_seconds
from data.location import locate, sqlite_path
from data.queries.organisation import holders
from data.schema import create_tables
from data.store import Store
from data.terms import Role, Source

ROSTER_DAYS = 5
FREE_REPORTS = 16
ACCEPT_SECONDS, DISPATCH_SECONDS = 300, 1200


def make_street(path: str, scenario: Scenario, speed: float | None = None) -> tuple[Desk, str]:
    """A fresh street in the file at `path`, replacing the play before; its desk and the trainee's officer code.

    The clock stands at the scenario's start and runs at `speed`, or at the scenario's own.
    """
    template = read_template(DEFAULT_TEMPLATE)
    begin = scenario.begin(template.zone)
    url = locate(path)
    remove_store(sqlite_path(url))
    store = Store(url, create=True)
    create_tables(store)
    made = init_centre(store, template, begin, "training", ROSTER_DAYS)
    desk = Desk(store, ScaledClock(begin, scenario.speed if speed is None else speed), made.centre_id)
    with store.reader() as reader:
        people = holders(reader, made.centre_id, to_seconds(begin))
    desk_officers = [line.officer_code for line in people if line.role == Role.DUTY_OFFICER]
    on_shift = [line.officer_code for line in people if line.on_shift == Role.DUTY_OFFICER]
    return desk, (on_shift or desk_officers)[0]


def free_duty(desk: Desk, seed: str) -> Scenario:
    """Four hours of ordinary duty: made reports come in by themselves, each to be accepted and sent on in time."""
    with desk.store.read() as connection:
        people = People(connection, desk.centre_id, desk.now())
        told = stories(FREE_REPORTS, desk.now(), events_of(connection, desk.centre_id), people.places, seed)
    step = FREE_HOURS * 3600 // (FREE_REPORTS + 1)
    arrivals, goals = [], []
    for number, story in enumerate(told):
        report, key = story.report, f"t{number + 1}"
        arrivals.append(
            Arrival(
                at=number * step,
                kind="report",
                key=key,
                source=Source(report["source"]),
                words=report.get("body", ""),
                title=report["title"],
                address=report["address"],
                community=report["community"],
            )
        )
        for verb, within, zh, en in (
            ("accept", ACCEPT_SECONDS, "五分钟内受理", "accepted within five minutes"),
            ("dispatch", DISPATCH_SECONDS, "二十分钟内派出", "sent out within twenty minutes"),
        ):
            text, text_en = f"{report['title']}：{zh}", f"{report['title']}: {en}"
            goals.append(Goal(ticket=key, text=text, text_en=text_en, points=10, verb=verb, within=within))
    start = from_seconds(desk.now()).astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    return free_frame().model_copy(update={"start": start, "arrival": tuple(arrivals), "goal": tuple(goals)})
