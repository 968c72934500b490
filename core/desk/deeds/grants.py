"""Roles given and taken while the centre runs: the security administrator asks, a second person agrees."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from core.accountability.access_log import note_access
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.permissions import refuse_by_glass
from core.desk.references import References
from core.desk.rights_orders import AgreeRole, AskRole, DeclineRole
from core.desk.work import Message
from core.identity.administrators import require_another
from core.organisation.journal import note_change
from core.organisation.spans import end_appointments
from core.rules.roles import HEAD_ROLES
from core.rules.separation import demand_separate
from data.access_terms import AccessKind
from data.errors import BadInput, NotAllowed, NotFound
from data.ids import new_id
from data.rights_terms import GrantKind, GrantState
from data.tables import Appointment, RoleGrant, RoleGrantRecord, Unit, table
from data.terms import Role, Severity, UnitKind

_HELD, _GRANT, _UNIT = table(Appointment), table(RoleGrant), table(Unit)


def ask(deed: Deed, order: AskRole) -> CentreReceipt:
    """Write the question down, if it can be agreed to at all, and tell those who may."""
    officer, unit = deed.officer(order.officer), _unit(deed, order.unit)
    if officer.id == deed.actor.id:
        raise NotAllowed("own-rights", "不能为本人申请授权。", "Nobody asks for rights of their own.")
    number = deed.newest("role_grant") + 1
    grant = RoleGrantRecord(
        centre_id=deed.centre_id,
        id=number,
        kind=order.kind.value,
        state=GrantState.WAITING.value,
        officer_id=officer.id,
        unit_id=unit.id,
        role=order.role.value,
        rank=order.rank.value if order.rank else "",
        reason=order.reason,
        asked_at=deed.at,
        asked_by=deed.actor.id or 0,
    )
    _demand_possible(deed, grant, officer.code)
    title = f"{order.kind.zh}{officer.name}{order.role.zh}（{unit.name}）"
    title_en = f"{order.kind.en} {officer.code} the role of {order.role.en} at {unit.code}"
    for role in HEAD_ROLES:
        zh, en = f"授权待同意 {number}：{title}", f"To agree to, {number}: {title_en}"
        deed.tell(Message("grant", Severity.WARNING, zh, en, role=role))
    return _write(deed, order.verb, grant, {"reason": order.reason}, grant.model_dump(exclude={"centre_id"}))


def agree(deed: Deed, order: AgreeRole) -> CentreReceipt:
    """It holds from now on; neither whoever asked nor whoever it is about agrees."""
    refuse_by_glass(deed.actor)
    grant = _waiting(deed, order.grant)
    if deed.actor.id in (grant.asked_by, grant.officer_id):
        raise NotAllowed(
            "second-person",
            "须由申请人和本人以外的第二人同意。",
            "A second person agrees: neither who asked nor who it is about.",
        )
    officer = deed.officer(grant.officer_id)
    _demand_possible(deed, grant, officer.code)
    if grant.kind == GrantKind.GIVE:
        held = Appointment(
            centre_id=deed.centre_id, id=new_id(), officer_id=grant.officer_id, unit_id=grant.unit_id,
            role=grant.role, rank=grant.rank, from_at=deed.at,
        )  # fmt: skip
        deed.connection.execute(insert(_HELD), [held.model_dump()])
    else:
        end_appointments(deed.connection, deed.centre_id, _appointments(deed, grant), deed.at)
    body = {"what": grant.kind, "officer": officer.code, "role": grant.role, "grant": grant.id}
    note_change(deed.connection, deed.centre_id, deed.at, deed.actor.code, "grant", body)
    word = Role(grant.role)
    zh = f"您的角色“{word.zh}”已{GrantKind(grant.kind).zh}"
    en = f"Your role of {word.en}: {'given' if grant.kind == GrantKind.GIVE else 'taken away'}"
    deed.tell(Message("grant", Severity.WARNING, zh, en, officer_id=grant.officer_id))
    receipt = _decide(deed, order.verb, grant, GrantState.AGREED, "")
    kind = AccessKind.GRANTED if grant.kind == GrantKind.GIVE else AccessKind.TAKEN_AWAY
    said = {"role": grant.role, "grant": grant.id}
    note_access(deed.connection, deed.centre_id, deed.at, deed.actor, kind, officer.code, said)
    return receipt


def decline(deed: Deed, order: DeclineRole) -> CentreReceipt:
    """It does not come to be; whoever asked withdraws it so."""
    grant = _waiting(deed, order.grant)
    own = deed.actor.id == grant.asked_by
    if not own and deed.actor.roles.isdisjoint(HEAD_ROLES):
        raise NotAllowed("second-person", "由申请人撤回，或由指挥长、值班领导决定。", "Who asked may withdraw it.")
    return _decide(deed, order.verb, grant, GrantState.WITHDRAWN if own else GrantState.DECLINED, order.reason)


def _demand_possible(deed: Deed, grant: RoleGrantRecord, code: str) -> None:
    """Raises BadInput where there is nothing to give or take, or the officer's roles would exclude each other.

    Conflict where no security administrator would be left.
    """
    there = _appointments(deed, grant)
    if grant.kind == GrantKind.TAKE:
        if not there:
            raise BadInput("role-not-held", f"{code} 没有该角色。", f"{code} does not hold this role there.")
        if grant.role == Role.SECURITY_ADMIN:
            require_another(deed.connection, deed.centre_id, deed.at, there)
        return
    if there:
        raise BadInput("role-held", f"{code} 已有该角色。", f"{code} holds this role there already.")
    roles = deed.connection.execute(
        select(_HELD.c.role).where(
            _HELD.c.centre_id == deed.centre_id, _HELD.c.officer_id == grant.officer_id, _HELD.c.to_at.is_(None)
        )
    )
    demand_separate(code, [*(row.role for row in roles), grant.role])


def _appointments(deed: Deed, grant: RoleGrantRecord) -> list[int]:
    rows = deed.connection.execute(
        select(_HELD.c.id).where(
            _HELD.c.centre_id == deed.centre_id,
            _HELD.c.officer_id == grant.officer_id,
            _HELD.c.unit_id == grant.unit_id,
            _HELD.c.role == grant.role,
            _HELD.c.to_at.is_(None),
        )
    )
    return [int(row.id) for row in rows]


def _waiting(deed: Deed, number: int) -> RoleGrantRecord:
    row: Any = (
        deed.connection.execute(select(_GRANT).where(_GRANT.c.centre_id == deed.centre_id, _GRANT.c.id == number))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("grant-unknown", f"没有第 {number} 号授权。", f"There is no grant {number}.")
    if row["state"] != GrantState.WAITING:
        state = GrantState(row["state"])
        raise BadInput("grant-decided", f"第 {number} 号授权{state.zh}。", f"Grant {number} is {state.en} already.")
    return RoleGrantRecord.model_construct(**row)


def _unit(deed: Deed, code: str) -> Any:
    """An open unit by its code or name; the centre's own where none is named."""
    if code:
        return References(deed.connection, deed.centre_id).unit_by_code(code)
    return deed.connection.execute(
        select(_UNIT.c.id, _UNIT.c.code, _UNIT.c.name).where(
            _UNIT.c.centre_id == deed.centre_id, _UNIT.c.kind == UnitKind.CENTRE.value, _UNIT.c.closed_at.is_(None)
        )
    ).one()


def _decide(deed: Deed, verb: str, grant: RoleGrantRecord, state: GrantState, words: str) -> CentreReceipt:
    fields = {
        "id": grant.id,
        "state": state.value,
        "decided_at": deed.at,
        "decided_by": deed.actor.id,
        "words": words,
    }
    return _write(deed, verb, grant, {"reason": words, "state": state.value}, fields)


def _write(
    deed: Deed, verb: str, grant: RoleGrantRecord, facts: dict[str, Any], fields: dict[str, Any]
) -> CentreReceipt:
    told = {"grant": grant.id, "what": _what(deed, grant), **facts}
    number = deed.append(verb, {**told, "effects": {"role_grant": fields}})
    deed.ledger.flush()
    return CentreReceipt(verb, number, grant.id, deed.at)


def _what(deed: Deed, grant: RoleGrantRecord) -> str:
    """Who, what role, where: as codes, so that it says the same in both languages."""
    officer = deed.officer(grant.officer_id)
    unit = deed.connection.execute(
        select(_UNIT.c.code).where(_UNIT.c.centre_id == deed.centre_id, _UNIT.c.id == grant.unit_id)
    ).scalar_one()
    return f"{grant.kind} {officer.code} {grant.role}@{unit}"


DEEDS = (
    DeedKind(AskRole, "role_ask", "申请授权或收回", "ask to give or take a role", ask),
    DeedKind(AgreeRole, "role_agree", "同意授权", "agree to a grant", agree),
    DeedKind(DeclineRole, "role_decline", "不同意授权", "decline a grant", decline),
)
