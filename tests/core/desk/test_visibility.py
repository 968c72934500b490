"""Who sees which ticket: the condition in the store against the pure rule, on organisations drawn by lot."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import SQLModel

from core.rules.visibility import GRIDS, Given, Held, Seen, Sight, scope_of, sight
from data.queries.scoping import LINES, TASK, TICKET, UNSCOPED, WHOLE, Scoping
from data.reader import Reader
from data.scope import Scope
from data.tables import (
    Custody,
    CustodyRecord,
    Task,
    TaskRecord,
    Ticket,
    TicketEvent,
    TicketReader,
    TicketReaderRecord,
    TicketRecord,
    TicketText,
    Unit,
    table,
)
from data.terms import Role, TaskState, UnitKind, Urgency
from tests import postgres
from tests.core.desk.scene import make_scene

TICKETS, OFFICERS, SCOPES = 200, 12, 60
FIRST = 1000
"""Ids of units made here start here."""
SECTIONS = ("s1", "s2", "s3")


@dataclass
class Town:
    """A store with tickets of every kind, and what the rule needs to know of each."""

    url: str
    units: dict[int, tuple[str, str, int]]
    """Id → kind, code, parent."""
    tickets: dict[int, Seen]

    def below(self, unit: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        level = {unit}
        while level:
            rows = [(number, kind) for number, (kind, _code, parent) in self.units.items() if parent in level]
            found += rows
            level = {number for number, _kind in rows}
        return found


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with ExitStack() as stack:
        url = str(tmp_path_factory.mktemp("town") / "store.sqlite")
        if request.param == "postgresql":
            url = stack.enter_context(postgres.database(request.getfixturevalue("postgres_url")))
        scene = make_scene(url)
        stack.callback(scene.store.close)
        yield build(scene.store, random.Random(7))


def build(store: Any, lot: random.Random) -> Town:
    units = organisation(lot)
    seen: dict[int, Seen] = {}
    rows: dict[type[SQLModel], list[dict[str, Any]]] = {
        kind: [] for kind in (Ticket, Task, TicketEvent, TicketReader, Custody, TicketText)
    }
    for number in range(1, TICKETS + 1):
        seen[number] = ticket(number, lot, units, rows)
    with store.write() as connection:
        connection.execute(
            insert(table(Unit)),
            [
                Unit(
                    centre_id=1, id=number, code=code, kind=kind, name=code, parent_id=parent, opened_at=0
                ).model_dump()
                for number, (kind, code, parent) in units.items()
            ],
        )
        for kind, lines in rows.items():
            connection.execute(insert(table(kind)), lines)
    return Town(store.url, units, seen)


def organisation(lot: random.Random) -> dict[int, tuple[str, str, int]]:
    units: dict[int, tuple[str, str, int]] = {}

    def add(kind: UnitKind, parent: int, code: str = "") -> int:
        number = FIRST + len(units)
        units[number] = (kind.value, code or f"u{number}", parent)
        return number

    for code in SECTIONS:
        section = add(UnitKind.SECTION, 1, code)
        for _post in range(lot.randint(1, 3)):
            add(UnitKind.POST, section)
    for _community in range(3):
        community = add(UnitKind.COMMUNITY, 1)
        for _grid in range(lot.randint(1, 3)):
            grid = add(lot.choice((UnitKind.GRID, UnitKind.EXCLUSIVE_GRID)), community)
            if lot.random() < 0.5:
                add(UnitKind.MICRO_GRID, grid)
    add(UnitKind.FORCE, 1)
    add(UnitKind.DISTRICT, 1)
    return units


def ticket(number: int, lot: random.Random, units: dict[int, tuple[str, str, int]], rows: Any) -> Seen:
    def one(*kinds: str) -> int | None:
        fitting = [unit for unit, (kind, _code, _parent) in units.items() if not kinds or kind in kinds]
        return lot.choice(fitting) if lot.random() < 0.5 else None

    tasks = []
    for no in range(1, lot.randint(0, 3) + 1):
        named = lot.random() < 0.3
        officer = lot.randint(1, OFFICERS) if named or lot.random() < 0.3 else None
        tasks.append(Given(lot.choice(list(units)), officer, lot.choice(list(TaskState)).value, named))
        rows[Task].append(
            TaskRecord(
                centre_id=1,
                id=number * 10 + no,
                ticket_id=number,
                no=no,
                unit_id=tasks[-1].unit_id,
                officer_id=officer,
                state=tasks[-1].state,
                instruction="secret",
                addressed="officer" if named else "",
            ).model_dump()
        )
    taken_by = lot.choice((None, lot.randint(1, OFFICERS)))
    readers = frozenset(lot.sample(range(1, OFFICERS + 1), lot.choice((0, 0, 0, 1, 2))))
    gone = lot.randint(1, OFFICERS)
    for no, officer in enumerate([*readers, *([gone] if gone not in readers else [])], start=1):
        until = None if officer in readers else 5
        rows[TicketReader].append(
            TicketReaderRecord(centre_id=1, ticket_id=number, no=no, officer_id=officer, until_at=until).model_dump()
        )
    found = Seen(
        section=lot.choice(("", *SECTIONS)),
        community_id=one("community"),
        grid_id=one(*GRIDS),
        holder_unit_id=one(),
        urgency=lot.choice(list(Urgency)).value,
        open=lot.random() < 0.7,
        confidential=lot.random() < 0.3,
        taken_by=taken_by,
        readers=readers,
        tasks=tuple(tasks),
    )
    rows[Ticket].append(
        TicketRecord(
            centre_id=1,
            id=number,
            code=f"T{number}",
            title="secret",
            reporter_phone="secret",
            matter_code="secret",
            body="secret",
            facts={"plan": "secret"},
            section=found.section,
            community_id=found.community_id,
            grid_id=found.grid_id,
            holder_unit_id=found.holder_unit_id,
            urgency=found.urgency,
            open=int(found.open),
            confidential=found.confidential,
            stage="accepted",
            due_at=number,
            reported_at=number,
        ).model_dump()
    )
    rows[TicketEvent].append(
        {
            "centre_id": 1,
            "id": number,
            "ticket_id": number,
            "seq": 1,
            "at": number,
            "kind": "report",
            "actor_id": taken_by,
            "actor": "x",
            "behalf_id": None,
            "seen_revision": None,
            "body": {},
            "hash": "x",
        }
    )
    rows[Custody].append(CustodyRecord(centre_id=1, ticket_id=number, no=1, stage="accepted").model_dump())
    rows[TicketText].append({"centre_id": 1, "ticket_id": number, "stamp": number, "head": "secret", "notes": ""})
    return found


def scopes(town: Town) -> Iterator[Scope]:
    """Every role at every unit once, then several roles by lot."""
    lot = random.Random(11)
    holds = [
        [Held(role.value, unit, kind, code)] for role in Role for unit, (kind, code, _parent) in town.units.items()
    ]
    lot.shuffle(holds)
    mixed = [[one for held in lot.sample(holds, lot.randint(2, 4)) for one in held] for _ in range(SCOPES // 3)]
    one_of_each_role = [next(held for held in holds if held[0].role == role) for role in Role]
    for held in [[], *one_of_each_role, *holds[:SCOPES], *mixed]:
        below = {one.unit_id: town.below(one.unit_id) for one in held}
        yield scope_of(lot.randint(1, OFFICERS), held, below)


def test_the_store_shows_what_the_rule_says(town: Town) -> None:
    tried = 0
    with Reader(town.url) as reader:
        for scope in islice(scopes(town), None if reader.sqlite else len(Role) + 3):
            expected = {number: sight(scope, seen) for number, seen in town.tickets.items()}
            reader.scoping = Scoping(lambda _reader, _centre, scope=scope: scope)
            rows = "SELECT id, title, reporter_phone, facts FROM ticket WHERE centre_id = :centre"
            for sql in (rows, f"{rows} ORDER BY due_at LIMIT 100000"):
                assert {row[0]: read_sight(*row[1:]) for row in reader.rows(sql, centre=1)} == {
                    number: found for number, found in expected.items() if found
                }
            lines = {number for number, found in expected.items() if found}
            whole = {number for number, found in expected.items() if found > Sight.LINE}
            for name, ids in (("custody", lines), ("ticket_event", whole), ("ticket_text", whole)):
                found = reader.rows(f"SELECT ticket_id FROM {name} WHERE centre_id = :centre", centre=1)
                assert {row[0] for row in found} == ids, name
            for number, instruction in reader.rows(
                "SELECT ticket_id, instruction FROM task WHERE centre_id = :centre", centre=1
            ):
                assert (number in lines, number in whole) == (True, instruction == "secret")
            if not scope.counts:
                counted = dict(
                    reader.rows(
                        "SELECT dimension, sum(amount) FROM centre_stat WHERE centre_id = :centre GROUP BY dimension",
                        centre=1,
                    )
                )
                assert counted.get("all", 0) == len(lines)
                assert counted.get("open_section", 0) == sum(town.tickets[number].open for number in lines)
            tried += len(expected)
    assert tried > 3_000


def read_sight(title: str, phone: str, facts: Any) -> Sight:
    if isinstance(facts, str):
        facts = json.loads(facts)
    if not title:
        assert (phone, facts) == ("", {})
        return Sight.LINE
    return Sight.WHOLE if phone else Sight.NO_CONTACT


def test_every_table_that_hangs_on_a_ticket_is_scoped_or_said_not_to_be() -> None:
    """A new table or column cannot be forgotten."""
    tables = SQLModel.metadata.tables
    hung = {name for name, one in tables.items() if "ticket_id" in one.c}
    assert hung == {"task", *LINES, *WHOLE, *UNSCOPED}
    assert (set(tables["ticket"].c.keys()), set(tables["task"].c.keys())) == (set(TICKET), set(TASK))
