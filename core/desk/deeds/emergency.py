"""Emergency mode (平战结合): declared, regraded and lifted by the commander, or in a commander's name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.desk.centre_orders import Declare, Lift, Regrade
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.desk import channels_of
from core.desk.notices import notice_row
from core.desk.orders import GradeIncident
from core.desk.people import people_at
from core.desk.work import Message
from data.errors import BadInput, NotAllowed, NotFound
from data.tables import Appointment, Emergency, EmergencyRecord, Officer, table
from data.terms import Grade, Role, Severity

TOLD = (
    *(Role.COMMANDER, Role.DUTY_LEADER, Role.SHIFT_LEADER, Role.DUTY_OFFICER),
    *(Role.SECTION_LEADER, Role.POST_MEMBER, Role.COMMUNITY_SECRETARY, Role.FORCE_CONTACT),
)
"""Who is told that the mode changed."""

_EMERGENCY = table(Emergency)


def declare(deed: Deed, order: Declare) -> CentreReceipt:
    """Begin; raises NotAllowed where an emergency lasts already."""
    newest = newest_emergency(deed)
    if newest is not None and newest.lifted_at is None:
        grade = Grade(newest.grade)
        raise NotAllowed(
            "emergency-already",
            f"已处于战时（{grade.zh}），请用“调整等级”。",
            f"Emergency mode holds already ({grade.en}): change its grade instead.",
        )
    behalf = _behalf(deed, order.behalf)
    ticket = deed.ticket(order.ticket)
    number = newest.id + 1 if newest else 1
    fields: dict[str, Any] = {
        "id": number,
        "grade": order.grade.value,
        "ticket_id": ticket[0] if ticket else None,
        "reason": order.reason,
        "declared_at": deed.at,
        "declared_by": deed.actor.id,
        "behalf_id": behalf,
        "graded_at": deed.at,
    }
    facts = {"grade": order.grade.value, "reason": order.reason, "ticket": order.ticket}
    receipt = _change_mode(deed, "declare", fields, facts, behalf)
    if ticket is not None and ticket[1].get("grade") != order.grade.value:
        _grade_ticket(deed, order)
    return receipt


def regrade(deed: Deed, order: Regrade) -> CentreReceipt:
    """Another grade; raises NotAllowed in normal times."""
    newest = _lasting(deed)
    if newest.grade == order.grade.value:
        raise BadInput("no-change", f"现在就是{order.grade.zh}。", f"It is {order.grade.en} already.")
    fields = {"id": newest.id, "grade": order.grade.value, "graded_at": deed.at}
    facts = {"grade": order.grade.value, "before": newest.grade, "reason": order.reason}
    return _change_mode(deed, "regrade", fields, facts, _behalf(deed, order.behalf))


def lift(deed: Deed, order: Lift) -> CentreReceipt:
    """End it; raises NotAllowed in normal times."""
    newest, behalf = _lasting(deed), _behalf(deed, order.behalf)
    fields = {
        "id": newest.id,
        "lifted_at": deed.at,
        "lifted_by": deed.actor.id,
        "lift_behalf_id": behalf,
        "lift_reason": order.reason,
    }
    return _change_mode(deed, "lift", fields, {"grade": newest.grade, "reason": order.reason}, behalf)


def _change_mode(
    deed: Deed, verb: str, fields: dict[str, Any], facts: dict[str, Any], behalf: int | None
) -> CentreReceipt:
    """Write the event and the row, and tell everybody. The engine sets the ladders of open tickets by it."""
    effects = {"emergency": {**fields, "changed_seq": deed.newest_seq() + 1}}
    number = deed.append(verb, {**facts, "effects": effects}, behalf)
    _tell(deed, verb, Grade(facts["grade"]), facts["reason"])
    deed.ledger.flush()
    return CentreReceipt(verb, number, fields["id"], deed.at, fields.get("ticket_id"))


def _grade_ticket(deed: Deed, order: Declare) -> None:
    """The incident itself has this grade as well; its reports upward are owed from then on."""
    grading = GradeIncident(ticket=order.ticket, grade=order.grade, reason=order.reason)
    deed.desk.do_in(deed.connection, grading, deed.actor)


def _behalf(deed: Deed, named: str) -> int | None:
    """In which commander's name; None where a commander acts. Raises NotAllowed, BadInput or NotFound."""
    if Role.COMMANDER in deed.actor.roles:
        return None
    officer, held = table(Officer).c, table(Appointment).c
    rows = deed.connection.execute(
        select(officer.id, officer.code, officer.name)
        .join_from(
            table(Officer),
            table(Appointment),
            (held.centre_id == officer.centre_id) & (held.officer_id == officer.id),
        )
        .where(
            officer.centre_id == deed.centre_id,
            officer.active,
            held.role == Role.COMMANDER.value,
            held.from_at <= deed.at,
            held.to_at.is_(None) | (held.to_at > deed.at),
        )
        .order_by(officer.code)
    ).all()
    if not rows:
        raise NotAllowed("no-commander", "没有在任的指挥长，不能代为宣布。", "There is no commander to act for.")
    found = [row for row in rows if named in (row.code, row.name)] if named else rows
    if not found:
        shown = named if named.isprintable() else ascii(named)
        raise NotFound("commander-unknown", f"“{shown}”不是指挥长。", f"{shown} is no commander.")
    if len({row.id for row in found}) > 1:
        names = ", ".join(row.code for row in found)
        raise BadInput("commander-which", f"指挥长不止一人，请说明代谁：{names}", f"Which commander: {names}")
    return int(found[0].id)


def _tell(deed: Deed, verb: str, grade: Grade, reason: str) -> None:
    people = people_at(deed.connection, deed.centre_id, deed.at)
    told = dict.fromkeys(officer for role in TOLD for officer in people.on_duty(role) if officer != deed.actor.id)
    zh, en = {
        "declare": (f"进入战时 {grade.zh}{grade.colour.zh}", f"Emergency mode, {grade.en} ({grade.colour.en})"),
        "regrade": (f"应急等级调整为 {grade.zh}{grade.colour.zh}", f"The emergency is now {grade.en}"),
        "lift": ("解除战时，恢复平时", "Emergency mode is lifted"),
    }[verb]
    message = Message("emergency", Severity.ALARM, f"{zh}：{reason}", f"{en}: {reason}")
    for channel in channels_of(deed.connection, deed.centre_id):
        for officer in told:
            deed.ledger.notify(
                notice_row(message, officer, channel, deed.centre_id, None, deed.ledger.chain_no, deed.at)
            )


def newest_emergency(deed: Deed) -> EmergencyRecord | None:
    """The newest emergency, whether it lasts or not."""
    row = (
        deed.connection.execute(
            select(_EMERGENCY).where(_EMERGENCY.c.centre_id == deed.centre_id).order_by(_EMERGENCY.c.id.desc()).limit(1)
        )
        .mappings()
        .first()
    )
    return None if row is None else EmergencyRecord.model_construct(**row)


def _lasting(deed: Deed) -> EmergencyRecord:
    """The emergency that lasts. Raises NotAllowed in normal times."""
    newest = newest_emergency(deed)
    if newest is None or newest.lifted_at is not None:
        raise NotAllowed("no-emergency", "现在是平时。", "There is no emergency: these are normal times.")
    return newest


DEEDS = (
    DeedKind(Declare, "emergency", "进入战时", "declare emergency mode", declare),
    DeedKind(Regrade, "emergency", "调整应急等级", "change the grade of the emergency", regrade),
    DeedKind(Lift, "emergency", "解除战时", "lift emergency mode", lift),
)
