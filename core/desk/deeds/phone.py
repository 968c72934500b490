"""The telephone log: first reports, and numbered follow-ups (续报) that carry only what changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.desk.centre_orders import CALLER, PHONE_CONTENT, PhoneFollowUp, PhoneReport, PhoneTie
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.deeds.emergency import newest_emergency
from core.desk.orders import Note
from core.rules.follow_up import follow_up_title, known_so_far, refusal_of_repetition
from data.errors import BadInput, NotFound
from data.tables import PhoneRecord, PhoneRecordFields, table

CALL_AHEAD = 60
"""Seconds that a call may seem to come from the future: two clocks differ a little."""

_PHONE = table(PhoneRecord)


def take_call(deed: Deed, order: PhoneReport) -> CentreReceipt:
    """Take down a first report."""
    ticket = deed.ticket(order.ticket)
    number = deed.newest("phone") + 1
    fields = {name: getattr(order, name) for name in (*PHONE_CONTENT, *CALLER)}
    fields |= {"id": number, "first_id": number, "follow_no": 0, "ticket_id": ticket[0] if ticket else None}
    return _call(deed, order, fields, order.ticket)


def follow_up(deed: Deed, order: PhoneFollowUp) -> CentreReceipt:
    """Take down what changed; raises BadInput for a repetition, NotFound without a first report."""
    thread = _thread(deed, order.first)
    names = (*PHONE_CONTENT, *CALLER)
    given = {name: getattr(order, name) for name in names if getattr(order, name)}
    known = known_so_far([{name: getattr(line, name) for name in names} for line in thread], names)
    why = refusal_of_repetition(given, known)
    if why is None and not given.keys() & set(PHONE_CONTENT):
        why = refusal_of_repetition({}, known)
    if why is not None:
        raise BadInput(why.code, why.zh + "。", why.en[:1].upper() + why.en[1:] + ".")
    first = thread[0]
    fields = {name: given.get(name, "") for name in names}
    fields |= {
        "id": deed.newest("phone") + 1,
        "first_id": first.id,
        "follow_no": thread[-1].follow_no + 1,
        "ticket_id": first.ticket_id,
    }
    code = deed.code_of(first.ticket_id)
    return _call(deed, order, fields, code)


def tie(deed: Deed, order: PhoneTie) -> CentreReceipt:
    """A call and its follow-ups belong to a ticket from now on."""
    thread, ticket = _thread(deed, order.first), deed.ticket(order.ticket)
    if ticket is None:
        raise BadInput("no-ticket", "请写明事件编号。", "Name the ticket.")
    if thread[0].ticket_id == ticket[0]:
        raise BadInput("no-change", "已关联该事件。", "It is tied to that ticket already.")
    effects = {"phone": [{"id": line.id, "ticket_id": ticket[0]} for line in thread]}
    facts = {"call": order.first, "ticket": order.ticket}
    number = deed.append(order.verb, {**facts, "effects": effects})
    deed.ledger.flush()
    _note_on(deed, order.ticket, thread[0].id, 0)
    return CentreReceipt(order.verb, number, order.first, deed.at, ticket[0])


def _call(deed: Deed, order: PhoneReport | PhoneFollowUp, fields: dict[str, Any], ticket: str) -> CentreReceipt:
    at = deed.at if order.at is None else order.at
    if at > deed.at + CALL_AHEAD:
        raise BadInput("call-time", "来电时间不能晚于现在。", "The call cannot be later than now.")
    emergency = newest_emergency(deed)
    fields |= {
        "emergency_id": emergency.id if emergency is not None and emergency.lifted_at is None else None,
        "at": at,
        "recorder_id": deed.actor.id,
        "recorded_at": deed.at,
    }
    facts = {"call": fields["first_id"], "follow_no": fields["follow_no"], "ticket": ticket}
    number = deed.append(order.verb, {**facts, "effects": {"phone": [fields]}})
    deed.ledger.flush()
    if ticket:
        _note_on(deed, ticket, fields["first_id"], fields["follow_no"])
    return CentreReceipt(order.verb, number, fields["id"], deed.at, fields["ticket_id"])


def _note_on(deed: Deed, code: str, call: int, follow_no: int) -> None:
    """The ticket's own history says that there is a call about it."""
    words = f"电话记录第 {call} 号，{follow_up_title(follow_no, 'zh')}"
    deed.desk.do_in(deed.connection, Note(ticket=code, text=words), deed.actor)


def _thread(deed: Deed, first: int) -> list[PhoneRecordFields]:
    """A first report with its follow-ups, in order. Raises NotFound."""
    rows = deed.connection.execute(
        select(_PHONE)
        .where(_PHONE.c.centre_id == deed.centre_id, _PHONE.c.first_id == first)
        .order_by(_PHONE.c.follow_no)
    ).mappings()
    found = [PhoneRecordFields.model_construct(**row) for row in rows]
    if not found:
        raise NotFound("call-unknown", f"没有第 {first} 号首报。", f"There is no first report {first}.")
    return found


DEEDS = (
    DeedKind(PhoneReport, "phone_log", "电话记录", "take down a call", take_call),
    DeedKind(PhoneFollowUp, "phone_log", "电话续报", "take down a follow-up", follow_up),
    DeedKind(PhoneTie, "phone_log", "关联事件", "tie a call to a ticket", tie),
)
