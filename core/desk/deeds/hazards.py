"""The hazard register: found, looked at, changed, remedied, closed, opened again. Each is a line of the file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.hazard_orders import (
    HazardChange,
    HazardCheck,
    HazardClosed,
    HazardFound,
    HazardOrder,
    HazardRemedied,
    HazardReopened,
)
from core.desk.orders import Report
from core.desk.references import References, UnitView
from core.desk.work import Message
from core.rules.hazards import AFTER, mark_of, next_check, refusal_of_step, state_after_check
from core.rules.roles import DESK_ROLES
from core.rules.sweeps import SWEEP, is_sweep
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.tables import Hazard, HazardRecord, Ticket, table
from data.terms import (
    CLOSED_STAGES,
    CheckResult,
    HazardGrade,
    HazardState,
    HazardStep,
    Role,
    Severity,
    Source,
    Stage,
    UnitKind,
)

_HAZARD = table(Hazard)
PLACES = frozenset({UnitKind.COMMUNITY, UnitKind.GRID, UnitKind.EXCLUSIVE_GRID, UnitKind.MICRO_GRID})
TITLE_CUT = 60
"""So much of what was found goes into the title of the hazard's ticket."""


def find(deed: Deed, order: HazardFound) -> CentreReceipt:
    """Open a file, and the ticket for its remedy. Raises Conflict where the household has one for this already."""
    refs = References(deed.connection, deed.centre_id)
    unit = refs.unit_by_code(order.unit)
    if unit.kind not in PLACES:
        raise BadInput("not-a-place", f"{unit.name} 不是社区或网格。", f"{unit.code} is no community or grid.")
    _require_own(deed, refs, unit)
    sweep = _sweep(deed, order.sweep)
    matter = order.matter or (sweep["facts"][SWEEP]["matter"] if sweep else "")
    if matter:
        refs.matter(matter)
    mark = mark_of(order.place, order.household, matter, order.what)
    _refuse_known(deed, mark)
    ticket_id = _ticket(deed, order, unit, matter, sweep)
    community = _community_of(refs, unit)
    number, check_at = deed.newest("hazard") + 1, next_check(deed.at, order.every_days)
    fields: dict[str, Any] = {
        "id": number,
        "mark": mark,
        "matter_code": matter,
        "what": order.what,
        "grade": order.grade.value,
        "state": HazardState.OPEN.value,
        "place": order.place,
        "household": order.household,
        "owner_name": order.owner_name,
        "owner_phone": order.owner_phone,
        "photos": list(order.photos),
        "unit_id": unit.id,
        "community_id": community.id if community is not None else None,
        "sweep_id": sweep["id"] if sweep else None,
        "ticket_id": ticket_id,
        "found_by": deed.actor.id,
        "found_at": deed.at,
        "remedy_by": order.remedy_by,
        "every_days": order.every_days,
        "check_at": check_at,
        "raise_at": check_at,
    }
    if order.grade == HazardGrade.SERIOUS:
        _tell_shift(deed, f"重大隐患 第 {number} 号：{unit.name}", f"Serious hazard {number}: {unit.code}")
    entry = {"kind": HazardStep.FOUND.value, "note": order.what, "photos": list(order.photos)}
    return _write(deed, order.verb, fields, entry, {"unit": unit.code, "hazard_grade": order.grade.value}, ticket_id)


def _ticket(deed: Deed, order: HazardFound, unit: UnitView, matter: str, sweep: dict[str, Any] | None) -> int | None:
    """The ticket that is about it: the one named, or a new one in the queue that is a part of the sweep's."""
    if order.ticket:
        named = deed.ticket(order.ticket)
        return named[0] if named else None
    if order.register_only:
        return None
    grid = unit.kind != UnitKind.COMMUNITY
    cut = order.what if len(order.what) <= TITLE_CUT else order.what[: TITLE_CUT - 1] + "…"
    report = Report(
        title=cut.split("\n")[0],
        body=order.what,
        source=Source.PATROL,
        address=f"{order.place} {order.household}".strip(),
        reporter_name=order.owner_name,
        reporter_phone=order.owner_phone,
        community="" if grid else unit.code,
        grid=unit.code if grid else "",
        matter=matter,
        urgency=order.urgency,
        part_of=sweep["code"] if sweep and sweep["open"] else "",
    )
    return deed.on_ticket(report).ticket_id


def check(deed: Deed, order: HazardCheck) -> CentreReceipt:
    """A look, due or not; the next one is counted from it. One that finds it worse is told to the shift leader."""
    hazard, refs = _hazard(deed, order, HazardStep.CHECKED)
    state = state_after_check(HazardState(hazard.state), order.result)
    check_at = next_check(deed.at, hazard.every_days)
    fields: dict[str, Any] = {
        "id": hazard.id,
        "state": state.value,
        "checked_at": deed.at,
        "checks": hazard.checks + 1,
        "result": order.result.value,
        "check_at": check_at,
        "raise_at": check_at,
    }
    if state == HazardState.REMEDIED and hazard.remedied_at is None:
        fields["remedied_at"] = deed.at
    elif state == HazardState.OPEN:
        fields["remedied_at"] = None
    if order.result == CheckResult.WORSE:
        unit = refs.unit(hazard.unit_id)
        name = unit.name if unit is not None else ""
        _tell_shift(deed, f"隐患加重 第 {hazard.id} 号：{name}", f"Hazard {hazard.id} is worse")
    entry = {
        "kind": HazardStep.CHECKED.value,
        "due_at": hazard.check_at,
        "result": order.result.value,
        "note": order.note,
        "photos": list(order.photos),
    }
    return _write(deed, order.verb, fields, entry, {"result": order.result.value}, hazard.ticket_id)


def change(deed: Deed, order: HazardChange) -> CentreReceipt:
    """Correct or complete the file. Raises BadInput where nothing would be different."""
    hazard, _ = _hazard(deed, order, HazardStep.CHANGED)
    given = order.model_dump(exclude={"hazard", "note"}, exclude_none=True, mode="json")
    fields = {name: value for name, value in given.items() if getattr(hazard, name) != value}
    if not fields:
        raise BadInput("no-change", "没有变化。", "Nothing would be different.")
    changed = sorted(fields)
    if "every_days" in fields:
        last = hazard.checked_at or hazard.found_at
        fields["check_at"] = fields["raise_at"] = next_check(last, fields["every_days"])
    entry = {"kind": HazardStep.CHANGED.value, "note": order.note or "、".join(changed)}
    return _write(deed, order.verb, {"id": hazard.id, **fields}, entry, {"changed": changed}, hazard.ticket_id)


def remedy(deed: Deed, order: HazardRemedied) -> CentreReceipt:
    """It was put right."""
    hazard, _ = _hazard(deed, order, HazardStep.REMEDIED)
    fields = {"id": hazard.id, "state": AFTER[HazardStep.REMEDIED].value, "remedied_at": deed.at}
    entry = {"kind": HazardStep.REMEDIED.value, "note": order.note, "photos": list(order.photos)}
    return _write(deed, order.verb, fields, entry, {}, hazard.ticket_id)


def close(deed: Deed, order: HazardClosed) -> CentreReceipt:
    """Off the open part of the register: nobody has to look at it any more."""
    hazard, _ = _hazard(deed, order, HazardStep.CLOSED)
    fields = {
        "id": hazard.id,
        "state": AFTER[HazardStep.CLOSED].value,
        "closed_at": deed.at,
        "reason": order.reason,
        "check_at": None,
        "raise_at": None,
    }
    entry = {"kind": HazardStep.CLOSED.value, "note": order.reason}
    return _write(deed, order.verb, fields, entry, {}, hazard.ticket_id)


def reopen(deed: Deed, order: HazardReopened) -> CentreReceipt:
    """It is there again: the same file goes on."""
    hazard, _ = _hazard(deed, order, HazardStep.REOPENED)
    days = hazard.every_days if order.every_days is None else order.every_days
    check_at = next_check(deed.at, days)
    fields = {
        "id": hazard.id,
        "state": AFTER[HazardStep.REOPENED].value,
        "remedied_at": None,
        "closed_at": None,
        "reason": order.reason,
        "every_days": days,
        "check_at": check_at,
        "raise_at": check_at,
    }
    entry = {"kind": HazardStep.REOPENED.value, "note": order.reason}
    return _write(deed, order.verb, fields, entry, {}, hazard.ticket_id)


def _write(
    deed: Deed,
    verb: str,
    fields: dict[str, Any],
    entry: dict[str, Any],
    facts: dict[str, Any],
    ticket_id: int | None,
) -> CentreReceipt:
    """The event: the file as it is now, and its new line."""
    line = {
        "id": deed.newest("hazard_entry") + 1,
        "hazard_id": fields["id"],
        "at": deed.at,
        "officer_id": deed.actor.id,
        "photos": [],
        **entry,
    }
    effects = {"hazard": [fields], "hazard_entry": [line]}
    number = deed.append(verb, {"hazard": fields["id"], **facts, "effects": effects})
    deed.ledger.flush()
    return CentreReceipt(verb, number, fields["id"], deed.at, ticket_id)


def _hazard(deed: Deed, order: HazardOrder, step: HazardStep) -> tuple[HazardRecord, References]:
    """The file, for a step that is possible and that the actor may take."""
    row = (
        deed.connection.execute(
            select(_HAZARD).where(_HAZARD.c.centre_id == deed.centre_id, _HAZARD.c.id == order.hazard)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("hazard-unknown", f"没有第 {order.hazard} 号隐患。", f"There is no hazard {order.hazard}.")
    hazard = HazardRecord.model_construct(**row)
    refs = References(deed.connection, deed.centre_id)
    unit = refs.unit(hazard.unit_id)
    if unit is not None:
        _require_own(deed, refs, unit)
    why = refusal_of_step(step, HazardState(hazard.state), hazard.id)
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en[:1].upper() + why.en[1:] + ".")
    return hazard, refs


def _require_own(deed: Deed, refs: References, unit: UnitView) -> None:
    """Those who are not of the desk work on what lies in their own unit, or under it."""
    if deed.actor.roles & DESK_ROLES:
        return
    at: UnitView | None = unit
    seen: set[int] = set()
    while at is not None and at.id not in seen:
        if at.id in deed.actor.units:
            return
        seen.add(at.id)
        at = refs.unit(at.parent_id)
    raise NotAllowed(
        "not-own-unit",
        f"{unit.name} 不是 {deed.actor.name} 的单位。",
        f"{unit.code} is no unit of {deed.actor.code}.",
    )


def _refuse_known(deed: Deed, mark: str) -> None:
    row = deed.connection.execute(
        select(_HAZARD.c.id, _HAZARD.c.state).where(_HAZARD.c.centre_id == deed.centre_id, _HAZARD.c.mark == mark)
    ).first()
    if row is None:
        return
    state = HazardState(row.state)
    again = state == HazardState.CLOSED
    raise Conflict(
        "hazard-known",
        f"该户（处）同类隐患已有档案：第 {row.id} 号（{state.zh}）。" + ("再次出现请重新在册。" if again else ""),
        f"This place has a file already: hazard {row.id} ({state.en})." + (" Open it again." if again else ""),
        hazard=row.id,
        state=state.value,
    )


def _sweep(deed: Deed, code: str) -> dict[str, Any] | None:
    """The sweep's ticket. Raises BadInput for a ticket that is none."""
    if not code:
        return None
    found = deed.ticket(code)
    if found is None or not is_sweep(found[1]):
        raise BadInput("not-a-sweep", f"{code} 不是举一反三排查。", f"{code} is no sweep.")
    stage = deed.connection.execute(
        select(table(Ticket).c.stage).where(table(Ticket).c.centre_id == deed.centre_id, table(Ticket).c.id == found[0])
    ).scalar_one()
    return {"id": found[0], "code": code, "facts": found[1], "open": Stage(stage) not in CLOSED_STAGES}


def _community_of(refs: References, unit: UnitView) -> UnitView | None:
    at: UnitView | None = unit
    while at is not None and at.kind != UnitKind.COMMUNITY:
        at = refs.unit(at.parent_id)
    return at


def _tell_shift(deed: Deed, zh: str, en: str) -> None:
    """The shift leader hears of it; places and people are in the register, not in the notice."""
    deed.tell(Message("hazard", Severity.ALARM, zh, en, role=Role.SHIFT_LEADER.value))


DEEDS = (
    DeedKind(HazardFound, "hazard", "登记隐患", "enter a hazard", find),
    DeedKind(HazardCheck, "hazard", "复查隐患", "look at a hazard", check),
    DeedKind(HazardChange, "hazard", "更改隐患档案", "change a hazard's file", change),
    DeedKind(HazardRemedied, "hazard", "整改隐患", "say that a hazard was put right", remedy),
    DeedKind(HazardClosed, "hazard_close", "隐患销号", "close a hazard", close),
    DeedKind(HazardReopened, "hazard_close", "隐患重新在册", "open a hazard again", reopen),
)
