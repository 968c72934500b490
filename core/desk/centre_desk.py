"""What is done to the centre as a whole: emergency mode, the running log and the telephone log.

Each deed is one event of the centre's own log, in the same chain as the tickets'; the rows of emergencies and calls
are its projection, written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.desk.actor import Actor
from core.desk.centre_orders import (
    CALLER,
    PHONE_CONTENT,
    CentreOrder,
    Declare,
    Lift,
    LogEntry,
    PhoneFollowUp,
    PhoneReport,
    PhoneTie,
    Regrade,
    Reveal,
)
from core.desk.desk import Desk, channels_of
from core.desk.keys import keep_key, used_key
from core.desk.ledger import Ledger
from core.desk.notices import notice_row
from core.desk.orders import GradeIncident, Note, read_order
from core.desk.people import people_at
from core.desk.permissions import require_role
from core.desk.work import Message
from core.rules.centre_log import CentreState
from core.rules.follow_up import follow_up_title, known_so_far, refusal_of_repetition
from data.errors import BadInput, NotAllowed, NotFound
from data.tables import (
    CENTRE_LOG,
    Appointment,
    Emergency,
    EmergencyRecord,
    Officer,
    PhoneRecord,
    PhoneRecordFields,
    Ticket,
    TicketEvent,
    table,
)
from data.terms import Grade, Role, Severity

TITLES = {
    "declare": ("进入战时", "declare emergency mode"),
    "regrade": ("调整应急等级", "change the grade of the emergency"),
    "lift": ("解除战时", "lift emergency mode"),
    "duty_log": ("值班记事", "write into the running log"),
    "phone": ("电话记录", "take down a call"),
    "phone_follow": ("电话续报", "take down a follow-up"),
    "phone_tie": ("关联事件", "tie a call to a ticket"),
    "reveal": ("查看完整信息", "have names and numbers in full"),
}
"""What each deed is called, in Chinese and English."""

PERMISSION = {
    "declare": "emergency",
    "regrade": "emergency",
    "lift": "emergency",
    "duty_log": "duty_log",
    "phone": "phone_log",
    "phone_follow": "phone_log",
    "phone_tie": "phone_log",
    "reveal": "reveal",
}
"""The row of CENTRE_ROLES that each deed is under."""

TOLD = (
    *(Role.COMMANDER, Role.DUTY_LEADER, Role.SHIFT_LEADER, Role.DUTY_OFFICER),
    *(Role.SECTION_LEADER, Role.POST_MEMBER, Role.COMMUNITY_SECRETARY, Role.FORCE_CONTACT),
)
"""Who is told that the mode changed."""

CORRECTABLE = frozenset({"duty_log"})
CALL_AHEAD = 60
"""Seconds that a call may seem to come from the future: two clocks differ a little."""

_EMERGENCY, _PHONE = table(Emergency), table(PhoneRecord)


@dataclass(frozen=True)
class CentreReceipt:
    """What came of an order on the centre: `number` is the entry of its log, `item` the emergency or call."""

    verb: str
    number: int
    item: int
    at: int
    ticket_id: int | None = None
    replayed: bool = False


class CentreDesk:
    """The operations on a centre itself."""

    def __init__(self, desk: Desk) -> None:
        """Beside the desk for tickets, on its store and clock."""
        self.desk = desk
        self.centre_id = desk.centre_id

    def do(self, order: CentreOrder, actor: Actor, key: str | None = None) -> CentreReceipt:
        """Carry out one order in one write transaction; `key` as for tickets. Raises a Refusal, and nothing changed."""
        return self.desk.store.run(lambda connection: self.do_in(connection, order, actor, key), key is not None)

    def do_in(self, connection: Connection, order: CentreOrder, actor: Actor, key: str | None = None) -> CentreReceipt:
        """`do` inside a write transaction that is already open."""
        require_role(PERMISSION[order.verb], *TITLES[order.verb], actor)
        ledger = Ledger(connection, self.centre_id, self.desk.now())
        earlier = used_key(connection, self.centre_id, key, order)
        if earlier is not None:
            return CentreReceipt(**{**earlier, "replayed": True})
        deed = _Deed(self.desk, ledger, actor)
        receipt = _DEEDS[type(order)](deed, order)
        if key:
            keep_key(connection, self.centre_id, key, order, asdict(receipt))
        return receipt


class _Deed:
    """One deed inside its transaction."""

    def __init__(self, desk: Desk, ledger: Ledger, actor: Actor) -> None:
        self.desk, self.ledger, self.actor = desk, ledger, actor
        self.connection, self.centre_id = ledger.connection, ledger.centre_id
        self.at = max(ledger.now, self._newest_at())

    # ------------------------------------------------------------------------------------------- emergency mode

    def declare(self, order: Declare) -> CentreReceipt:
        newest = self._newest_emergency()
        if newest is not None and newest.lifted_at is None:
            grade = Grade(newest.grade)
            raise NotAllowed(
                "emergency-already",
                f"已处于战时（{grade.zh}），请用“调整等级”。",
                f"Emergency mode holds already ({grade.en}): change its grade instead.",
            )
        behalf = self._behalf(order.behalf)
        ticket = self._ticket(order.ticket)
        number = newest.id + 1 if newest else 1
        fields: dict[str, Any] = {
            "id": number,
            "grade": order.grade.value,
            "ticket_id": ticket[0] if ticket else None,
            "reason": order.reason,
            "declared_at": self.at,
            "declared_by": self.actor.id,
            "behalf_id": behalf,
            "graded_at": self.at,
        }
        facts = {"grade": order.grade.value, "reason": order.reason, "ticket": order.ticket}
        receipt = self._change_mode("declare", fields, facts, behalf)
        if ticket is not None and ticket[1].get("grade") != order.grade.value:
            self._grade_ticket(order)
        return receipt

    def regrade(self, order: Regrade) -> CentreReceipt:
        newest = self._lasting()
        if newest.grade == order.grade.value:
            raise BadInput("no-change", f"现在就是{order.grade.zh}。", f"It is {order.grade.en} already.")
        fields = {"id": newest.id, "grade": order.grade.value, "graded_at": self.at}
        facts = {"grade": order.grade.value, "before": newest.grade, "reason": order.reason}
        return self._change_mode("regrade", fields, facts, self._behalf(order.behalf))

    def lift(self, order: Lift) -> CentreReceipt:
        newest, behalf = self._lasting(), self._behalf(order.behalf)
        fields = {
            "id": newest.id,
            "lifted_at": self.at,
            "lifted_by": self.actor.id,
            "lift_behalf_id": behalf,
            "lift_reason": order.reason,
        }
        return self._change_mode("lift", fields, {"grade": newest.grade, "reason": order.reason}, behalf)

    def _change_mode(
        self, verb: str, fields: dict[str, Any], facts: dict[str, Any], behalf: int | None
    ) -> CentreReceipt:
        """Write the event and the row, and tell everybody. The engine sets the ladders of open tickets by it."""
        effects = {"emergency": {**fields, "changed_seq": self._newest_seq() + 1}}
        number = self._append(verb, {**facts, "effects": effects}, behalf)
        self._tell(verb, Grade(facts["grade"]), facts["reason"])
        self.ledger.flush()
        return CentreReceipt(verb, number, fields["id"], self.at, fields.get("ticket_id"))

    def _grade_ticket(self, order: Declare) -> None:
        """The incident itself has this grade as well; its reports upward are owed from then on."""
        grading = GradeIncident(ticket=order.ticket, grade=order.grade, reason=order.reason)
        self.desk.do_in(self.connection, grading, self.actor)

    def _behalf(self, named: str) -> int | None:
        """In which commander's name; None where a commander acts. Raises NotAllowed, BadInput or NotFound."""
        if Role.COMMANDER in self.actor.roles:
            return None
        officer, held = table(Officer).c, table(Appointment).c
        rows = self.connection.execute(
            select(officer.id, officer.code, officer.name)
            .join_from(
                table(Officer),
                table(Appointment),
                (held.centre_id == officer.centre_id) & (held.officer_id == officer.id),
            )
            .where(
                officer.centre_id == self.centre_id,
                officer.active,
                held.role == Role.COMMANDER.value,
                held.from_at <= self.at,
                held.to_at.is_(None) | (held.to_at > self.at),
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

    def _tell(self, verb: str, grade: Grade, reason: str) -> None:
        people = people_at(self.connection, self.centre_id, self.at)
        told = dict.fromkeys(officer for role in TOLD for officer in people.on_duty(role) if officer != self.actor.id)
        zh, en = {
            "declare": (f"进入战时 {grade.zh}{grade.colour.zh}", f"Emergency mode, {grade.en} ({grade.colour.en})"),
            "regrade": (f"应急等级调整为 {grade.zh}{grade.colour.zh}", f"The emergency is now {grade.en}"),
            "lift": ("解除战时，恢复平时", "Emergency mode is lifted"),
        }[verb]
        message = Message("emergency", Severity.ALARM, f"{zh}：{reason}", f"{en}: {reason}")
        for channel in channels_of(self.connection, self.centre_id):
            for officer in told:
                self.ledger.notify(
                    notice_row(message, officer, channel, self.centre_id, None, self.ledger.chain_no, self.at)
                )

    # ------------------------------------------------------------------------------------------- logs

    def write_log(self, order: LogEntry) -> CentreReceipt:
        if order.corrects is not None:
            self._correctable(order.corrects)
        number = self._append(order.verb, {"text": order.text, "corrects": order.corrects})
        self.ledger.flush()
        return CentreReceipt(order.verb, number, number, self.at)

    def _correctable(self, number: int) -> None:
        events = table(TicketEvent).c
        kind = self.connection.execute(
            select(events.kind).where(
                events.centre_id == self.centre_id, events.ticket_id == CENTRE_LOG, events.seq == number
            )
        ).scalar()
        if kind not in CORRECTABLE:
            raise BadInput("no-entry", f"第 {number} 号不是值班记事。", f"Entry {number} is not in the running log.")

    def take_call(self, order: PhoneReport) -> CentreReceipt:
        ticket = self._ticket(order.ticket)
        number = self._newest_call() + 1
        fields = {name: getattr(order, name) for name in (*PHONE_CONTENT, *CALLER)}
        fields |= {"id": number, "first_id": number, "follow_no": 0, "ticket_id": ticket[0] if ticket else None}
        return self._call(order, fields, order.ticket)

    def follow_up(self, order: PhoneFollowUp) -> CentreReceipt:
        thread = self._thread(order.first)
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
            "id": self._newest_call() + 1,
            "first_id": first.id,
            "follow_no": thread[-1].follow_no + 1,
            "ticket_id": first.ticket_id,
        }
        code = self._code_of(first.ticket_id)
        return self._call(order, fields, code)

    def tie(self, order: PhoneTie) -> CentreReceipt:
        thread, ticket = self._thread(order.first), self._ticket(order.ticket)
        if ticket is None:
            raise BadInput("no-ticket", "请写明事件编号。", "Name the ticket.")
        if thread[0].ticket_id == ticket[0]:
            raise BadInput("no-change", "已关联该事件。", "It is tied to that ticket already.")
        effects = {"phone": [{"id": line.id, "ticket_id": ticket[0]} for line in thread]}
        facts = {"call": order.first, "ticket": order.ticket}
        number = self._append(order.verb, {**facts, "effects": effects})
        self.ledger.flush()
        self._note_on(order.ticket, thread[0].id, 0)
        return CentreReceipt(order.verb, number, order.first, self.at, ticket[0])

    def reveal(self, order: Reveal) -> CentreReceipt:
        number = self._append(order.verb, {"what": order.what, "reason": order.reason})
        self.ledger.flush()
        return CentreReceipt(order.verb, number, number, self.at)

    def _call(self, order: PhoneReport | PhoneFollowUp, fields: dict[str, Any], ticket: str) -> CentreReceipt:
        at = self.at if order.at is None else order.at
        if at > self.at + CALL_AHEAD:
            raise BadInput("call-time", "来电时间不能晚于现在。", "The call cannot be later than now.")
        emergency = self._newest_emergency()
        fields |= {
            "emergency_id": emergency.id if emergency is not None and emergency.lifted_at is None else None,
            "at": at,
            "recorder_id": self.actor.id,
            "recorded_at": self.at,
        }
        facts = {"call": fields["first_id"], "follow_no": fields["follow_no"], "ticket": ticket}
        number = self._append(order.verb, {**facts, "effects": {"phone": [fields]}})
        self.ledger.flush()
        if ticket:
            self._note_on(ticket, fields["first_id"], fields["follow_no"])
        return CentreReceipt(order.verb, number, fields["id"], self.at, fields["ticket_id"])

    def _note_on(self, code: str, call: int, follow_no: int) -> None:
        """The ticket's own history says that there is a call about it."""
        words = f"电话记录第 {call} 号，{follow_up_title(follow_no, 'zh')}"
        self.desk.do_in(self.connection, Note(ticket=code, text=words), self.actor)

    # ------------------------------------------------------------------------------------------- reading and writing

    def _append(self, verb: str, body: dict[str, Any], behalf: int | None = None) -> int:
        """Append the event; its effects become rows."""
        kept = {name: value for name, value in body.items() if value not in ("", None)}
        effects = body.get("effects", {})
        state = self._state(effects)
        present = {Emergency: set(state.emergencies), PhoneRecord: set(state.phones)}
        number = self.ledger.append_to_centre(state, verb, self.actor, kept, self.at, behalf)
        if "emergency" in effects:
            self._save(_EMERGENCY, state.emergencies[effects["emergency"]["id"]], present[Emergency])
        for facts in effects.get("phone", ()):
            self._save(_PHONE, state.phones[facts["id"]], present[PhoneRecord])
        return number

    def _state(self, effects: Mapping[str, Any]) -> CentreState:
        """The rows that effects are about, as they are."""
        state = CentreState(self.centre_id)
        if "emergency" in effects:
            state.emergencies = self._rows(_EMERGENCY, EmergencyRecord, [effects["emergency"]["id"]])
        if "phone" in effects:
            state.phones = self._rows(_PHONE, PhoneRecordFields, [facts["id"] for facts in effects["phone"]])
        return state

    def _rows(self, source: Any, kind: Any, ids: list[int]) -> dict[int, Any]:
        rows = self.connection.execute(
            select(source).where(source.c.centre_id == self.centre_id, source.c.id.in_(ids))
        ).mappings()
        return {row["id"]: kind.model_construct(**row) for row in rows}

    def _save(self, target: Any, record: EmergencyRecord | PhoneRecordFields, present: set[int]) -> None:
        values = record.model_dump()
        if record.id in present:
            self.connection.execute(
                update(target).where(target.c.centre_id == self.centre_id, target.c.id == record.id).values(values)
            )
        else:
            self.connection.execute(insert(target), [values])

    def _newest_emergency(self) -> EmergencyRecord | None:
        row = (
            self.connection.execute(
                select(_EMERGENCY)
                .where(_EMERGENCY.c.centre_id == self.centre_id)
                .order_by(_EMERGENCY.c.id.desc())
                .limit(1)
            )
            .mappings()
            .first()
        )
        return None if row is None else EmergencyRecord.model_construct(**row)

    def _lasting(self) -> EmergencyRecord:
        """The emergency that lasts. Raises NotAllowed in normal times."""
        newest = self._newest_emergency()
        if newest is None or newest.lifted_at is not None:
            raise NotAllowed("no-emergency", "现在是平时。", "There is no emergency: these are normal times.")
        return newest

    def _newest_call(self) -> int:
        row = self.connection.execute(
            select(_PHONE.c.id).where(_PHONE.c.centre_id == self.centre_id).order_by(_PHONE.c.id.desc()).limit(1)
        ).scalar()
        return int(row or 0)

    def _thread(self, first: int) -> list[PhoneRecordFields]:
        """A first report with its follow-ups, in order. Raises NotFound."""
        rows = self.connection.execute(
            select(_PHONE)
            .where(_PHONE.c.centre_id == self.centre_id, _PHONE.c.first_id == first)
            .order_by(_PHONE.c.follow_no)
        ).mappings()
        found = [PhoneRecordFields.model_construct(**row) for row in rows]
        if not found:
            raise NotFound("call-unknown", f"没有第 {first} 号首报。", f"There is no first report {first}.")
        return found

    def _ticket(self, code: str) -> tuple[int, dict[str, Any]] | None:
        """Id and loose facts of a ticket named by its code; None where none is named. Raises NotFound."""
        if not code:
            return None
        tickets = table(Ticket).c
        row = self.connection.execute(
            select(tickets.id, tickets.facts).where(tickets.centre_id == self.centre_id, tickets.code == code)
        ).first()
        if row is None:
            shown = code if code.isprintable() else ascii(code)
            raise NotFound("ticket-unknown", f"没有事件 {shown}。", f"There is no ticket {shown}.", ticket=code)
        return int(row.id), row.facts or {}

    def _code_of(self, ticket_id: int | None) -> str:
        if ticket_id is None:
            return ""
        tickets = table(Ticket).c
        found = self.connection.execute(
            select(tickets.code).where(tickets.centre_id == self.centre_id, tickets.id == ticket_id)
        ).scalar()
        return str(found or "")

    def _newest_event(self, column: Any) -> int:
        events = table(TicketEvent).c
        found = self.connection.execute(
            select(column)
            .where(events.centre_id == self.centre_id, events.ticket_id == CENTRE_LOG)
            .order_by(events.seq.desc())
            .limit(1)
        ).scalar()
        return int(found or 0)

    def _newest_at(self) -> int:
        return self._newest_event(table(TicketEvent).c.at)

    def _newest_seq(self) -> int:
        return self._newest_event(table(TicketEvent).c.seq)


_DEEDS: dict[type[CentreOrder], Callable[[_Deed, Any], CentreReceipt]] = {
    Declare: _Deed.declare,
    Regrade: _Deed.regrade,
    Lift: _Deed.lift,
    LogEntry: _Deed.write_log,
    PhoneReport: _Deed.take_call,
    PhoneFollowUp: _Deed.follow_up,
    PhoneTie: _Deed.tie,
    Reveal: _Deed.reveal,
}


def read_centre_order(verb: str, values: Mapping[str, Any]) -> CentreOrder:
    """The order of a deed on the centre from plain values. Raises BadInput that names the field, in both languages."""
    kind = next(kind for kind in _DEEDS if kind.verb == verb)
    order = read_order(kind, dict(values))
    assert isinstance(order, CentreOrder)
    return order
