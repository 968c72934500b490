"""Hands: everybody who is given a part in a ticket, as they are written down and as they are found.

A hand is a unit (`PAZZ`, by code, name or alias), an officer by name or code (`@李强`), or whoever is on duty in a role
(`@值班领导`, `@duty_leader`). What this hand alone is asked to do follows a `=`: `PAZZ=核实活动情况`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.desk.people import Appointed, People, people_at
from core.desk.references import References, UnitView
from data.errors import BadInput, NotAllowed, NotFound
from data.tables import Officer, TaskRecord, table
from data.terms import DUTY_ROLES, Role, TaskRole, UnitKind

PERSON = "@"
BY_NAME = "officer"
"""Stored with a task that was given to an officer by name; a role where it was given to whoever was on duty in it."""
CENTRAL = (UnitKind.CENTRE, UnitKind.DISTRICT)


@dataclass(frozen=True)
class Hand:
    """Somebody who is to have a part in a ticket: one of `unit`, `officer`, `duty`; and what they are asked to do."""

    role: TaskRole
    unit: str = ""
    officer: str = ""
    duty: Role | None = None
    instruction: str = ""

    @classmethod
    def read(cls, text: str, role: TaskRole) -> Hand:
        """The hand that a text means. Raises BadInput for one that names nobody."""
        name, _, instruction = text.replace("＝", "=").partition("=")
        name, instruction = name.strip(), instruction.strip()
        person = name.replace("＠", PERSON)
        if not name.strip("@＠ "):
            shown = text if text.isprintable() else ascii(text)
            raise BadInput("hand-empty", f"“{shown}”没有说明派给谁。", f"{shown!a} does not say who is meant.")
        if not person.startswith(PERSON):
            return cls(role, unit=name, instruction=instruction)
        wanted = person[1:].strip()
        duty = next((one for one in DUTY_ROLES if wanted.lower() in (one.value, one.zh, one.en)), None)
        return cls(role, officer="" if duty else wanted, duty=duty, instruction=instruction)

    @property
    def name(self) -> str:
        """Who is meant, as `read` reads it."""
        return self.unit or PERSON + (self.duty.value if self.duty else self.officer)

    @property
    def written(self) -> str:
        """The whole hand, as `read` reads it."""
        return f"{self.name}={self.instruction}" if self.instruction else self.name


def read_hands(lead: str, assist: Sequence[str] = (), inform: Sequence[str] = ()) -> list[Hand]:
    """The hands of a dispatch: the lead first; without one only the others."""
    named = [(lead, TaskRole.LEAD)] if lead else []
    named += [(text, TaskRole.ASSIST) for text in assist] + [(text, TaskRole.INFORM) for text in inform]
    return [Hand.read(text, role) for text, role in named]


@dataclass(frozen=True)
class Person:
    """An officer whom a task is given to; `addressed` is BY_NAME, or the role in which they are on duty."""

    id: int
    code: str
    name: str
    addressed: str = BY_NAME


@dataclass(frozen=True)
class Found:
    """A hand in the organisation: the unit, and the officer where it is a person's own task."""

    role: TaskRole
    unit: UnitView
    person: Person | None = None
    instruction: str = ""

    @property
    def name(self) -> str:
        """As `Hand.read` reads it."""
        return PERSON + self.person.code if self.person else self.unit.code

    @property
    def key(self) -> tuple[int, int | None]:
        """What makes it the same hand as another."""
        return self.unit.id, self.person.id if self.person else None

    def label(self, language: str) -> str:
        """What it is called in a sentence."""
        if self.person is not None:
            return self.person.name
        return self.unit.name if language == "zh" else self.unit.name_en or self.unit.name

    def has(self, task: TaskRecord) -> bool:
        """Whether a task is this hand's own."""
        return self.key == (task.unit_id, task.officer_id if task.addressed else None)


class Finder:
    """Finds hands at one instant; the roster is read once, and only where a person is meant."""

    def __init__(self, refs: References, at: int) -> None:
        """`at` in epoch seconds."""
        self._refs = refs
        self._at = at
        self._read: People | None = None

    @property
    def _people(self) -> People:
        if self._read is None:
            self._read = people_at(self._refs.connection, self._refs.centre_id, self._at)
        return self._read

    def find(self, hand: Hand) -> Found:
        """The hand in the organisation.

        Raises NotFound for somebody unknown, BadInput for a name that fits several or for the centre itself, NotAllowed
        where nobody is on duty in the role.
        """
        if hand.duty is not None:
            return self._on_duty(hand, hand.duty)
        if hand.officer:
            return self._officer(hand)
        unit = self._refs.unit_by_code(hand.unit)
        refuse_centre(unit)
        return Found(hand.role, unit, instruction=hand.instruction)

    def person(self, name: str) -> Person:
        """An active officer by code, or by a name that only one has. Raises NotFound or BadInput."""
        officer = table(Officer).c
        rows = self._refs.connection.execute(
            select(officer.id, officer.code, officer.name)
            .where(officer.centre_id == self._refs.centre_id, officer.active)
            .where((officer.code == name) | (officer.name == name))
            .order_by(officer.code)
            .limit(6)
        ).all()
        exact = [row for row in rows if row.code == name] or rows
        if not exact:
            shown = name if name.isprintable() else ascii(name)
            raise NotFound("officer-unknown", f"没有人员“{shown}”。", f"There is no officer {shown}.", officer=name)
        if len(exact) > 1:
            codes = [row.code for row in exact]
            raise BadInput(
                "officer-ambiguous",
                f"有多名人员叫“{name}”，请用编号：" + "、".join(codes),
                f"Several officers are called {name}, use a code: " + ", ".join(codes),
            )
        return Person(exact[0].id, exact[0].code, exact[0].name)

    def _officer(self, hand: Hand) -> Found:
        person = self.person(hand.officer)
        held = [line for line in self._people.appointed if line.officer_id == person.id]
        return Found(hand.role, self._unit_of(held), person, hand.instruction)

    def _unit_of(self, held: Sequence[Appointed]) -> UnitView:
        """Where an officer works: out in a post, community, grid or force rather than in the centre's own roles."""
        best = min(held, key=lambda line: (line.unit_kind in CENTRAL, line.rank or "z"), default=None)
        unit = self._refs.unit(best.unit_id) if best else self._refs.first_of_kind(UnitKind.CENTRE)
        if unit is None:
            raise NotFound("centre-unknown", "没有这个中心。", "There is no such centre.")
        return unit

    def _on_duty(self, hand: Hand, role: Role) -> Found:
        """Whoever is on duty in a role now: of several the first."""
        officers = self._people.in_role(role)
        present = next((officer for officer in officers if officer.on_duty), None)
        if present is None:
            away = [f"{officer.name} {officer.why_off}".strip() for officer in officers]
            raise NotAllowed(
                "nobody-on-duty",
                f"现在没有在岗的{role.zh}" + (f"（{'、'.join(away)}）" if away else "") + "，请按姓名另派。",
                f"Nobody is on duty as {role.en}" + (f" ({', '.join(away)})" if away else "") + ": name an officer.",
                role=role.value,
            )
        known = self.person_of(present.officer_id)
        held = [line for line in self._people.appointed if line.officer_id == known.id]
        own = [line for line in held if line.role == role] or held
        return Found(
            hand.role, self._unit_of(own), Person(known.id, known.code, known.name, role.value), hand.instruction
        )

    def person_of(self, officer_id: int) -> Person:
        """An officer by id. Raises NotFound."""
        officer = table(Officer).c
        row = self._refs.connection.execute(
            select(officer.id, officer.code, officer.name).where(
                officer.centre_id == self._refs.centre_id, officer.id == officer_id
            )
        ).first()
        if row is None:
            raise NotFound("officer-unknown", "没有这名人员。", "There is no such officer.")
        return Person(row.id, row.code, row.name)


def refuse_centre(unit: UnitView) -> None:
    """The centre dispatches; it is not a target itself."""
    if unit.kind == UnitKind.CENTRE:
        raise BadInput("not-a-target", f"{unit.name} 不能作为派往单位。", f"{unit.code} cannot be dispatched to.")


def refuse_doubles(hands: Sequence[Found]) -> None:
    """Nobody has two parts in one dispatch."""
    seen: set[tuple[int, int | None]] = set()
    for hand in hands:
        if hand.key in seen:
            raise BadInput("unit-twice", f"{hand.label('zh')} 出现了两次。", f"{hand.label('en')} is named twice.")
        seen.add(hand.key)
