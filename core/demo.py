"""The demo street: a made street with tickets in every stage, made through the very operations that officers use.

Everything in it is invented, and drawn from a seed: the same moment gives the same street.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text

from core.catalogue.lists import read_lists, shipped_lists
from core.catalogue.load import load_lists
from core.clock import SetClock
from core.demo_map import demo_map
from core.demo_shifts import DemoShifts
from core.demo_stories import DAY, HOUR, MINUTE, Event, Place, Step, Story, stories
from core.desk.actor import Actor, find_actor
from core.desk.desk import Desk, Receipt
from core.desk.orders import Order, Report, read_order
from core.desk.references import References
from core.desk.verbs.table import VERBS
from core.engine.loop import Engine
from core.organisation.area_map import set_area_map
from core.organisation.geojson import read_map
from core.organisation.init import init_centre
from core.organisation.template import DEFAULT_TEMPLATE, read_template
from data.errors import Conflict
from data.instants import from_seconds, to_seconds
from data.location import is_sqlite, sqlite_path
from data.schema import create_tables
from data.store import Store
from data.tables import Ticket, table
from data.terms import Role, UnitKind

TICKETS = 300
DAYS_BACK = 5
SEED = "zhihui-demo"
ACTOR = "demo"
HEAD = Actor(ACTOR, ACTOR, roles=frozenset({Role.COMMANDER.value}))
"""Who loads the lists of the street that is made: nobody of it is at work yet."""
ROSTER_DAYS = 60
FIELD_ROLES = (
    *(Role.POST_MEMBER, Role.FORCE_CONTACT, Role.DISTRICT_OFFICER, Role.COMMUNITY_SECRETARY),
    *(Role.GRID_WORKER, Role.GRID_HEAD, Role.MICRO_GRID_HEAD),
)


@dataclass(frozen=True)
class Demo:
    """The demo street that is there now; `made` when this call made it."""

    centre_id: int
    officer: str
    """The duty officer to act as: of the shift that runs."""
    tickets: int
    made: bool


Progress = Callable[[int, int], None]
"""Called with how many things have happened and how many there are."""


def make_demo(
    url: str,
    now: datetime,
    tickets: int = TICKETS,
    template: str = DEFAULT_TEMPLATE,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Demo:
    """Make the demo street in the store at `url`, unless it is there; `fresh` makes it anew.

    A file is made beside its place and put there when it is whole. Raises StoreTrouble, also for a store that holds
    something else; only a store that this function made is ever replaced.
    """
    if not is_sqlite(url):
        store = Store(url, create=True)
        try:
            create_tables(store)
            return _find(store, now) or _make(store, now, tickets, template, progress)
        finally:
            store.close()
    path = sqlite_path(url)
    if os.path.exists(path):
        found = _present(url, now, fresh)
        if found is not None and not fresh:
            return found
    return _make_file(path, now, tickets, template, progress)


def _present(url: str, now: datetime, fresh: bool) -> Demo | None:
    """What an existing file holds. Raises StoreTrouble, and Conflict where `fresh` would replace real work."""
    store = Store(url)
    try:
        found = _find(store, now)
        if found is not None and fresh and not _is_demo(store, found.centre_id):
            raise Conflict(
                "not-a-demo",
                f"{store.path} 不是示范街道，不会重建。",
                f"{store.path} is no demo street: it will not be replaced.",
            )
        return found
    finally:
        store.close()


def _is_demo(store: Store, centre_id: int) -> bool:
    """Whether the centre's first change was made here."""
    with store.read() as connection:
        actor = connection.execute(
            text("SELECT actor FROM organisation_event WHERE centre_id = :centre ORDER BY at, id LIMIT 1"),
            {"centre": centre_id},
        ).scalar()
    return bool(actor == ACTOR)


def _make_file(path: str, now: datetime, tickets: int, template: str, progress: Progress | None) -> Demo:
    making = path + ".making"
    remove_store(making)
    store = Store("sqlite:///" + making, create=True)
    try:
        create_tables(store)
        made = _make(store, now, tickets, template, progress)
    finally:
        store.close()
    remove_store(path)
    os.replace(making, path)
    remove_store(making)
    return made


def remove_store(path: str) -> None:
    """Remove a store's file and what lies beside it."""
    for ending in ("", "-wal", "-shm", ".bell", ".gate", ".turn"):
        try:
            os.remove(path + ending)
        except FileNotFoundError:
            continue


def _find(store: Store, now: datetime) -> Demo | None:
    """What the store holds, if it has a centre."""
    with store.read() as connection:
        row = connection.execute(text("SELECT id FROM centre ORDER BY id")).first()
        if row is None:
            return None
        count = connection.execute(
            text("SELECT coalesce(sum(amount), 0) FROM centre_stat WHERE centre_id = :centre AND dimension = 'all'"),
            {"centre": row[0]},
        ).scalar_one()
        people = People(connection, int(row[0]), to_seconds(now))
        return Demo(int(row[0]), people.at_desk(to_seconds(now))[0], int(count), made=False)


def _make(store: Store, now: datetime, tickets: int, template: str, progress: Progress | None) -> Demo:
    clock = SetClock(now - timedelta(days=DAYS_BACK))
    new = init_centre(store, read_template(template), clock.now(), ACTOR, DAYS_BACK + ROSTER_DAYS)
    with store.write() as connection:
        load_lists(connection, new.centre_id, read_lists(shipped_lists()), to_seconds(clock.now()), HEAD)
    desk = Desk(store, clock, new.centre_id)
    at = to_seconds(now)
    with store.read() as connection:
        people = People(connection, new.centre_id, at)
        told = stories(tickets, at, events_of(connection, new.centre_id), people.places, SEED)
    _draw_map(store, new.centre_id, people, to_seconds(clock.now()))
    telling = _Telling(desk, people, told)
    engine = Engine(
        store,
        clock,
        new.centre_id,
        cycle=DAY,
        ttl=10 * DAY,
        steady_clock=lambda: clock.now().timestamp(),
        holder="demo",
    )
    shifts = DemoShifts(desk, clock)
    for until in _looks(to_seconds(clock.now()), at):
        for change in shifts.before(to_seconds(clock.now()), until):
            telling.tell(change)
        telling.tell(until)
        clock.set(from_seconds(until))
        engine.once(send=False)
        if progress is not None:
            progress(telling.told_of, telling.whole)
    engine.close()
    return Demo(new.centre_id, people.at_desk(at)[0], tickets, made=True)


def _draw_map(store: Store, centre_id: int, people: People, at: int) -> None:
    """Give the street a made map of its communities."""
    with store.write() as connection:
        found = connection.execute(
            text(
                "SELECT code, name FROM unit WHERE centre_id = :centre AND kind = 'community' AND closed_at IS NULL"
                " ORDER BY sort_no, code"
            ),
            {"centre": centre_id},
        )
        drawn = json.dumps(demo_map([(str(code), str(name)) for code, name in found], SEED))
        actor = find_actor(connection, centre_id, people.at_desk(at)[0], at)
        set_area_map(connection, centre_id, read_map(drawn.encode()), "demo", actor, at)


def _looks(start: int, now: int) -> list[int]:
    """When the engine looks: more and more often towards now. Nobody wants to wait for five days of seconds."""
    far = range(start, now - DAY, 3 * HOUR)
    near = range(now - DAY, now - 2 * HOUR, HOUR)
    close = range(now - 2 * HOUR, now, 10 * MINUTE)
    return [*far, *near, *close, now]


def events_of(connection: Connection, centre_id: int) -> list[Event]:
    """Everything of the catalogue whose posts exist here."""
    refs = References(connection, centre_id)
    known = {view.code for view in refs.posts_and_forces()}
    codes = connection.execute(
        text("SELECT code FROM matter WHERE centre_id = :centre ORDER BY sort_no, code"), {"centre": centre_id}
    )
    found = []
    for (code,) in codes:
        matter = refs.matter(code)
        if {matter.lead, *matter.assist} - {*known, *refs.routes()} or matter.confidential:
            continue
        found += [
            Event(code, number, matter.name + ("" if limit.get("when", "") in matter.name else limit["when"]))
            for number, limit in enumerate(matter.limits[:3])
        ]
    return found


class People:
    """Who acts for whom: the duty desk, the leaders, one person for each unit."""

    def __init__(self, connection: Connection, centre_id: int, at: int) -> None:
        rows = connection.execute(
            text(
                "SELECT o.code, a.role, u.id, u.code, u.kind, p.code FROM appointment a"
                " JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
                " JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id"
                " LEFT JOIN unit p ON p.centre_id = u.centre_id AND p.id = u.parent_id"
                " WHERE a.centre_id = :centre AND a.from_at <= :at AND (a.to_at IS NULL OR a.to_at > :at)"
                " ORDER BY a.rank, o.code, u.code"
            ),
            {"centre": centre_id, "at": at},
        ).all()
        self.desk = [row[0] for row in rows if row[1] == Role.DUTY_OFFICER]
        self.turns = [
            (int(begin), int(end), str(code))
            for code, begin, end in connection.execute(
                text(
                    "SELECT o.code, d.from_at, d.to_at FROM duty d"
                    " JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id"
                    " WHERE d.centre_id = :centre AND d.kind = 'shift' AND d.role = 'duty_officer'"
                    " AND d.to_at IS NOT NULL ORDER BY d.from_at, o.code"
                ),
                {"centre": centre_id},
            )
        ]
        self.leaders = [row[0] for row in rows if row[1] == Role.DUTY_LEADER]
        self.of_unit: dict[int, str] = {}
        for role in FIELD_ROLES:
            for row in rows:
                if row[1] == role:
                    self.of_unit.setdefault(row[2], row[0])
        self.places = [
            Place(row[3], row[5], row[0]) for row in rows if row[1] == Role.GRID_WORKER and row[4] == UnitKind.GRID
        ]

    def at_desk(self, at: int) -> list[str]:
        """The duty officers of the shift that runs at an instant; all of them once the roster has come to its end."""
        return [code for begin, end, code in self.turns if begin <= at < end] or self.desk


class _Telling:
    """Carries the stories out, all of them together in the order of time."""

    def __init__(self, desk: Desk, people: People, told: list[Story]) -> None:
        self.desk = desk
        self.people = people
        self.told = told
        self._actors: dict[str, Actor] = {}
        self._codes: dict[int, str] = {}
        happenings: list[tuple[int, int, int, Step | None]] = []
        for number, story in enumerate(told):
            happenings.append((story.start, number, 0, None))
            happenings += [(at, number, place, step) for place, (at, step) in enumerate(story.steps, 1)]
        self._left = deque(sorted(happenings, key=lambda item: item[:3]))
        self.whole = len(self._left)

    @property
    def told_of(self) -> int:
        """How much of it has happened."""
        return self.whole - len(self._left)

    def tell(self, until: int) -> None:
        """Everything that happens up to an instant, oldest first, in one transaction."""
        clock = self.desk.clock
        with self.desk.store.write() as self.connection:
            self._refs = References(self.connection, self.desk.centre_id)
            while self._left and self._left[0][0] <= until:
                at, number, _, step = self._left.popleft()
                if isinstance(clock, SetClock):
                    clock.set(from_seconds(at))
                self._happen(number, self.told[number], step)

    def _happen(self, number: int, story: Story, step: Step | None) -> None:
        serving = self.people.at_desk(self.desk.now())
        desk = serving[number % len(serving)]
        if step is None:
            order = read_order(Report, story.report)
            receipt = self._do(order, story.finder or desk)
            self._codes[number] = receipt.ticket
            return
        ticket = self._codes[number]
        values = {**step.values, "ticket": ticket}
        if step.verb == "dispatch":
            values.update(self._target(number, ticket))
        order = read_order(VERBS[step.verb].order, values)
        if step.who == "lead":
            who = self._lead_person(ticket) or desk
        elif step.who == "leader":
            who = self.people.leaders[number % len(self.people.leaders)]
        else:
            who = story.finder if step.who == "finder" else desk
        self._do(order, who)
        if step.verb == "acknowledge":
            for unit in self._assists(ticket):
                self._do(read_order(VERBS[step.verb].order, {"ticket": ticket, "unit": unit}), desk)

    def _do(self, order: Order, who: str) -> Receipt:
        return self.desk.do_in(self.connection, order, self._actor(who), refs=self._refs)

    def _actor(self, code: str) -> Actor:
        if code not in self._actors:
            self._actors[code] = find_actor(self.connection, self.desk.centre_id, code, self.desk.now())
        return self._actors[code]

    def _lead_person(self, ticket: str) -> str:
        return self.people.of_unit.get(self._ticket(ticket, "lead_unit_id"), "")

    def _target(self, number: int, ticket: str) -> dict[str, str]:
        """After a return, another post of the section; else the catalogue's lead, now and then with its assists."""
        row = self.connection.execute(
            text(
                "SELECT k.unit_id, u.code FROM task k JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id"
                " JOIN unit v ON v.centre_id = k.centre_id AND v.id = k.unit_id"
                " JOIN unit u ON u.centre_id = v.centre_id AND u.parent_id = v.parent_id AND u.id <> v.id"
                " AND u.kind = 'post' AND u.closed_at IS NULL"
                " WHERE t.centre_id = :centre AND t.code = :code AND k.role = 'lead' ORDER BY k.no DESC, u.code"
            ),
            {"centre": self.desk.centre_id, "code": ticket},
        ).first()
        if row:
            return {"to": str(row[1])}
        if number % 4 == 0:
            return {}
        matter = self._refs.matter(self._ticket(ticket, "matter_code"))
        return {"to": self._refs.routes().get(matter.lead, matter.lead)}

    def _assists(self, ticket: str) -> list[str]:
        """Codes of the assisting units that have not acknowledged yet."""
        rows = self.connection.execute(
            text(
                "SELECT u.code FROM task k JOIN ticket t ON t.centre_id = k.centre_id AND t.id = k.ticket_id"
                " JOIN unit u ON u.centre_id = k.centre_id AND u.id = k.unit_id"
                " WHERE t.centre_id = :centre AND t.code = :code AND k.role = 'assist' AND k.state = 'sent'"
                " ORDER BY k.no"
            ),
            {"centre": self.desk.centre_id, "code": ticket},
        )
        return [str(code) for (code,) in rows]

    def _ticket(self, ticket: str, column: str) -> Any:
        found = table(Ticket).c
        return self.connection.execute(
            select(found[column]).where(found.centre_id == self.desk.centre_id, found.code == ticket)
        ).scalar_one()
