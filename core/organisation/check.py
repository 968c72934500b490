"""What is wrong or unusual in an organisation. Errors must not be loaded; warnings are for people to judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from core.catalogue.fields import doubles
from core.organisation.model import PARENTS, ROOTS, Organisation, UnitEntry
from core.rules.separation import clash, clash_words
from data.terms import Rank, Role, UnitKind

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing found: a stable code for scripts, the unit or officer it is about, and what it is."""

    level: Level
    code: str
    subject: str
    zh: str
    en: str


def check(organisation: Organisation, needed: Iterable[str] = ()) -> list[Finding]:
    """Everything found, errors first. `needed` are the catalogue's codes of posts and forces, to follow the routes."""
    found = [
        *_codes(organisation),
        *_parents(organisation),
        *_appointments(organisation),
        *_duty(organisation),
        *_routes(organisation, needed),
        *_sizes(organisation),
        *_holders(organisation),
    ]
    return sorted(found, key=lambda finding: finding.level != "error")


def _error(code: str, subject: str, zh: str, en: str) -> Finding:
    return Finding("error", code, subject, zh, en)


def _warning(code: str, subject: str, zh: str, en: str) -> Finding:
    return Finding("warning", code, subject, zh, en)


def _codes(organisation: Organisation) -> Iterator[Finding]:
    for code in doubles([unit.code for unit in organisation.units]):
        yield _error("unit-twice", code, f"单位编号 {code} 重复", f"the unit code {code} is there twice")
    for code in doubles([officer.code for officer in organisation.officers]):
        yield _error("officer-twice", code, f"人员编号 {code} 重复", f"the officer code {code} is there twice")
    for name in doubles([officer.name for officer in organisation.officers]):
        yield _warning("name-twice", name, f"有多名人员叫 {name}，须用编号", f"several officers are called {name}")


def _parents(organisation: Organisation) -> Iterator[Finding]:
    by_code = {unit.code: unit for unit in organisation.units}
    centres = [unit.code for unit in organisation.of_kind(UnitKind.CENTRE)]
    if centres != [organisation.code]:
        yield _error(
            "centre-unit",
            organisation.code,
            f"须有且只有一个中心单位，编号为 {organisation.code}",
            f"there must be exactly one unit of kind centre, with the code {organisation.code}",
        )
    for unit in organisation.units:
        parent = by_code.get(unit.parent)
        kind = UnitKind(unit.kind)
        if not unit.parent and kind in ROOTS:
            continue
        if parent is None:
            yield _error(
                "parent-unknown",
                unit.code,
                f"{unit.code} {unit.name} 的上级 {unit.parent or '（空）'} 不存在",
                f"{unit.code}: there is no parent {unit.parent or '(empty)'}",
            )
        elif UnitKind(parent.kind) not in PARENTS[kind]:
            yield _error(
                "parent-kind",
                unit.code,
                f"{unit.code} 是{kind.zh}，不能归属{UnitKind(parent.kind).zh} {parent.code}",
                f"{unit.code} is a {kind.en} and cannot stand under {parent.code}, a {UnitKind(parent.kind).en}",
            )
        elif kind is UnitKind.POST and UnitKind(parent.kind) is UnitKind.SECTION and unit.section != parent.code:
            yield _error(
                "section-differs",
                unit.code,
                f"岗位 {unit.code} 的板块 {unit.section} 与上级 {parent.code} 不一致",
                f"post {unit.code}: its section {unit.section} is not its parent {parent.code}",
            )


def _appointments(organisation: Organisation) -> Iterator[Finding]:
    units = {unit.code for unit in organisation.units}
    officers = {officer.code for officer in organisation.officers}
    seen = Counter((entry.officer, entry.unit, entry.role) for entry in organisation.appointments)
    for entry in organisation.appointments:
        subject = f"{entry.officer}@{entry.unit}"
        if entry.unit not in units:
            yield _error("appointment-unit", subject, f"任职单位 {entry.unit} 不存在", f"there is no unit {entry.unit}")
        if entry.officer not in officers:
            yield _error(
                "appointment-officer",
                subject,
                f"任职人员 {entry.officer} 不存在",
                f"there is no officer {entry.officer}",
            )
    for (officer, unit, role), times in seen.items():
        if times > 1:
            zh = f"{officer} 在 {unit} 的职务 {Role(role).zh} 重复"
            yield _error("appointment-twice", f"{officer}@{unit}", zh, f"{officer} is twice {role} at {unit}")
    held: dict[str, set[str]] = {}
    for entry in organisation.appointments:
        held.setdefault(entry.officer, set()).add(entry.role)
    for officer, roles in held.items():
        if pair := clash(roles):
            yield _error("roles-exclusive", officer, *clash_words(officer, pair))


def _duty(organisation: Organisation) -> Iterator[Finding]:
    officers = {officer.code for officer in organisation.officers}
    named = {
        *(entry.officer for entry in organisation.duty),
        *(officer for team in organisation.desk.teams for officer in team),
        *organisation.desk.leaders,
    }
    for officer in sorted(named - officers):
        yield _error("duty-officer", officer, f"值班人员 {officer} 不存在", f"on duty: there is no officer {officer}")


def _routes(organisation: Organisation, needed: Iterable[str]) -> Iterator[Finding]:
    places = {unit.code for unit in organisation.of_kind(UnitKind.POST, UnitKind.FORCE, UnitKind.DEPARTMENT)}
    for code, target in organisation.routes.items():
        if target not in places:
            zh = f"路由 {code} 指向的 {target} 不存在"
            yield _error("route-nowhere", code, zh, f"the route of {code} leads to {target}, which is not there")
    for code in dict.fromkeys(needed):
        if code not in organisation.routes and code not in places:
            zh = f"事项目录用到的 {code} 在本中心没有对应岗位，请在 routes 中指定"
            yield _warning("route-missing", code, zh, f"the catalogue uses {code}: no such post here, add a route")


def _sizes(organisation: Organisation) -> Iterator[Finding]:
    sizes = organisation.sizes
    for unit in organisation.of_kind(UnitKind.GRID):
        yield from _bound(unit, "grid", unit.households, 0, sizes.grid_most, ("户", "households"))
    for unit in organisation.of_kind(UnitKind.MICRO_GRID):
        yield from _bound(unit, "micro", unit.households, sizes.micro_least, sizes.micro_most, ("户", "households"))
    for unit in organisation.of_kind(UnitKind.COMMUNITY):
        yield from _bound(unit, "community", unit.people, sizes.community_least, sizes.community_most, ("人", "people"))


def _bound(
    unit: UnitEntry, word: str, amount: int, least: int, most: int, measure: tuple[str, str]
) -> Iterator[Finding]:
    zh, en = measure
    if most and amount > most:
        yield _warning(
            f"{word}-large",
            unit.code,
            f"{unit.name} {amount} {zh}，超过 {most} {zh}",
            f"{unit.code}: {amount} {en}, more than {most}",
        )
    if least and amount < least:
        yield _warning(
            f"{word}-small",
            unit.code,
            f"{unit.name} {amount} {zh}，不足 {least} {zh}",
            f"{unit.code}: {amount} {en}, fewer than {least}",
        )


def _holders(organisation: Organisation) -> Iterator[Finding]:
    ranks: dict[str, set[str]] = {}
    for entry in organisation.appointments:
        ranks.setdefault(entry.unit, set()).add(entry.rank)
    for unit in organisation.of_kind(UnitKind.POST, UnitKind.SECTION):
        held = ranks.get(unit.code, set())
        if not held:
            zh, en = f"{unit.name}（{unit.code}）无人在岗", f"nobody holds {unit.code}"
            yield _warning("post-vacant", unit.code, zh, en)
        elif missing := [rank for rank in Rank if rank.value not in held]:
            zh = f"{unit.name}（{unit.code}）缺{'、'.join(rank.zh for rank in missing)}"
            en = f"{unit.code} has no {' and no '.join(rank.en for rank in missing)} holder"
            yield _warning("post-half", unit.code, zh, en)
    workers = {entry.unit for entry in organisation.appointments if entry.role == Role.GRID_WORKER}
    for unit in organisation.of_kind(UnitKind.GRID):
        if unit.code not in workers:
            yield _warning(
                "grid-unstaffed", unit.code, f"{unit.name} 没有专职网格员", f"{unit.code} has no full-time worker"
            )
