"""Leave and exchanges of shifts: asked for, agreed to by the other, granted by a leader; then the roster changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.duty_orders import AgreeExchange, AskExchange, AskLeave, DeclineAsk, GrantAsk, WithdrawAsk
from core.desk.permissions import may, refuse_by_glass
from core.desk.references import References
from core.desk.work import Message
from core.organisation.duty import LEAVE, LONGEST
from core.organisation.duty_ahead import limits_of
from core.organisation.duty_turns import TurnBook
from core.organisation.journal import note_change
from core.rules.duty_watch import Limits
from core.rules.roles import HEAD_ROLES, SENIOR_ROLES
from data.duty_terms import WAITING_ASKS, DutyAsk, DutyAskState
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.ids import new_id
from data.inside import InsideReader
from data.store import lock_centre
from data.tables import Appointment, Duty, DutyAskRecord, DutyAskRow, Unit, table
from data.terms import Role, Severity

NOTICE = "duty_ask"
_ASK, _DUTY, _HELD, _UNIT = table(DutyAskRow), table(Duty), table(Appointment), table(Unit)
Turn = dict[str, Any]


def ask_leave(deed: Deed, order: AskLeave) -> CentreReceipt:
    """Write it down, and tell the leaders. Raises Conflict where one for the same time waits."""
    officer = _asking(deed, order.officer)
    if not order.from_at < order.to_at <= order.from_at + LONGEST or order.to_at <= deed.at:
        raise BadInput(
            "duty-span",
            "请假须写明到何时，晚于开始与现在，且不超过 400 天。",
            "A leave ends at a time after its beginning and after now, within 400 days.",
        )
    waiting = select(_ASK.c.id).where(
        _ASK.c.centre_id == deed.centre_id,
        _ASK.c.kind == DutyAsk.LEAVE.value,
        _ASK.c.officer_id == officer.id,
        _ASK.c.state == DutyAskState.ASKED.value,
        _ASK.c.from_at < order.to_at,
        _ASK.c.to_at > order.from_at,
    )
    if (number := deed.connection.execute(waiting).scalar()) is not None:
        raise Conflict(
            "leave-waiting", f"第 {number} 号请假正等待批准。", f"Leave {number} waits for this time already."
        )
    ask = _fresh(deed, DutyAsk.LEAVE, officer.id, order.reason)
    ask.from_at, ask.to_at = order.from_at, order.to_at
    _tell_leaders(deed, officer, f"{officer.name}申请请假，第 {ask.id} 号", f"{officer.code} asks for leave, {ask.id}")
    return _write(deed, order.verb, ask, ask.model_dump(exclude={"centre_id"}))


def ask_exchange(deed: Deed, order: AskExchange) -> CentreReceipt:
    """Write it down, if it can be at all, and tell the other officer."""
    officer, other = _asking(deed, order.officer), deed.officer(order.other)
    if officer.id == other.id:
        raise BadInput("exchange-self", "不能与本人换班。", "Nobody exchanges a shift with themselves.")
    book = _book(deed)
    turns = [book.find(officer, order.mine)]
    turns += [book.find(other, order.theirs)] if order.theirs else []
    if len({(turn["role"], turn["from"], turn["to"]) for turn in turns}) < len(turns):
        raise BadInput(
            "exchange-same", "两人的是同一班次，不用换。", "Both have the same shift: there is nothing to exchange."
        )
    _demand_fit(deed, turns, officer, other)
    if any(turn["duty"] in _turns_asked(deed) for turn in turns):
        raise Conflict("exchange-waiting", "此班次已有换班申请在等待。", "An exchange of this shift waits already.")
    ask = _fresh(deed, DutyAsk.EXCHANGE, officer.id, order.reason)
    ask.other_id, ask.turns = other.id, turns
    ask.from_at = min(turn["from"] for turn in turns)
    ask.to_at = max(turn["to"] or turn["from"] for turn in turns)
    zh, en = f"{officer.name}请您换班，第 {ask.id} 号", f"{officer.code} asks you to exchange shifts, {ask.id}"
    deed.tell(Message(NOTICE, Severity.WARNING, zh, en, officer_id=other.id))
    return _write(deed, order.verb, ask, ask.model_dump(exclude={"centre_id"}))


def agree(deed: Deed, order: AgreeExchange) -> CentreReceipt:
    """The other agrees; where the policy wants no leader, the roster changes at once."""
    ask = _waiting(deed, order.ask)
    if ask.kind != DutyAsk.EXCHANGE or ask.state != DutyAskState.ASKED:
        raise BadInput("ask-agreed", f"第 {ask.id} 号不需要同意。", f"{ask.id} waits for nobody's agreement.")
    if deed.actor.id != ask.other_id and not (may("duty_others", deed.actor) and deed.actor.id != ask.officer_id):
        raise NotAllowed("exchange-other", "须由对方同意。", "The other officer agrees.")
    officer, other = deed.officer(ask.officer_id), deed.officer(ask.other_id or 0)
    _demand_current(deed, ask, officer, other)
    fields: dict[str, Any] = {"id": ask.id, "agreed_at": deed.at, "agreed_by": deed.actor.id}
    if _limits(deed).exchange_approved:
        fields["state"] = DutyAskState.AGREED.value
        zh = f"{officer.name}与{other.name}换班待批准，第 {ask.id} 号"
        _tell_leaders(deed, officer, zh, f"{officer.code} and {other.code} exchange shifts, {ask.id}: to be granted")
    else:
        fields |= {"state": DutyAskState.GRANTED.value, "decided_at": deed.at, "decided_by": deed.actor.id}
        _exchange(deed, ask)
    _tell_officers(deed, ask, f"{other.name}同意换班", f"{other.code} agrees to the exchange")
    return _write(deed, order.verb, ask, fields)


def grant(deed: Deed, order: GrantAsk) -> CentreReceipt:
    """A leader grants it: neither whoever it is about, nor a section's leader outside the own section."""
    refuse_by_glass(deed.actor)
    ask = _waiting(deed, order.ask)
    officer = deed.officer(ask.officer_id)
    _demand_leader(deed, ask)
    fields: dict[str, Any] = {"id": ask.id, "state": DutyAskState.GRANTED.value, "words": order.words}
    fields |= {"decided_at": deed.at, "decided_by": deed.actor.id}
    if ask.kind == DutyAsk.EXCHANGE:
        if ask.state != DutyAskState.AGREED:
            raise NotAllowed("exchange-other", "对方尚未同意。", "The other officer has not agreed yet.")
        if order.substitute:
            raise BadInput("substitute", "换班没有替班人。", "An exchange has no substitute.")
        _demand_current(deed, ask, officer, deed.officer(ask.other_id or 0))
        _exchange(deed, ask)
    else:
        fields |= _grant_leave(deed, ask, officer, order.substitute)
    what = DutyAsk(ask.kind)
    _tell_officers(deed, ask, f"第 {ask.id} 号{what.zh}已批准", f"{what.en} {ask.id} is granted".capitalize())
    return _write(deed, order.verb, ask, fields)


def decline(deed: Deed, order: DeclineAsk) -> CentreReceipt:
    """It does not come to be."""
    ask = _waiting(deed, order.ask, lapsed=True)
    if deed.actor.id is None or deed.actor.id != ask.other_id:
        _demand_leader(deed, ask)
    what = DutyAsk(ask.kind)
    fields = {"id": ask.id, "state": DutyAskState.DECLINED.value, "words": order.reason}
    fields |= {"decided_at": deed.at, "decided_by": deed.actor.id}
    _tell_officers(deed, ask, f"第 {ask.id} 号{what.zh}未获同意", f"{what.en} {ask.id} is declined".capitalize())
    return _write(deed, order.verb, ask, fields)


def withdraw(deed: Deed, order: WithdrawAsk) -> CentreReceipt:
    """Taken back; of a leave that was granted what lies ahead is called off."""
    ask = _known(deed, order.ask)
    if deed.actor.id not in (ask.officer_id, ask.asked_by) and not may("duty_others", deed.actor):
        raise NotAllowed(
            "ask-other", "只有申请人和值班长以上可以撤回。", "Who asked, or the desk's leaders, withdraw it."
        )
    called_off = ask.kind == DutyAsk.LEAVE and ask.state == DutyAskState.GRANTED and ask.to_at > deed.at
    if called_off:
        _call_off(deed, ask)
    elif ask.state not in WAITING_ASKS:
        raise _decided(ask)
    fields = {"id": ask.id, "state": DutyAskState.WITHDRAWN.value, "decided_at": deed.at, "decided_by": deed.actor.id}
    what = DutyAsk(ask.kind)
    _tell_officers(deed, ask, f"第 {ask.id} 号{what.zh}已撤回", f"{what.en} {ask.id} is withdrawn".capitalize())
    return _write(deed, order.verb, ask, fields)


# ------------------------------------------------------------------------------------------------ the roster


def _exchange(deed: Deed, ask: DutyAskRecord) -> None:
    book = _book(deed)
    for turn in ask.turns:
        book.hand_over(turn, _receiver(turn, ask))
    _note(deed, ask, "exchange", ask.turns)


def _grant_leave(deed: Deed, ask: DutyAskRecord, officer: Any, substitute: str) -> dict[str, Any]:
    """Away from now on or later; the substitute has the shifts, or as much of them as the leave takes."""
    if ask.to_at <= deed.at:
        raise BadInput("leave-over", "请假的时间已过。", "The time of this leave is over.")
    fields: dict[str, Any] = {"leave_id": new_id()}
    row = Duty(
        centre_id=deed.centre_id, id=fields["leave_id"], officer_id=officer.id, kind=LEAVE, from_at=ask.from_at,
        to_at=ask.to_at,
    )  # fmt: skip
    if substitute:
        other = deed.officer(substitute)
        if other.id == officer.id:
            raise BadInput("substitute", "替班人不能是本人。", "Nobody stands in for themselves.")
        fields |= {"other_id": other.id, "turns": _stand_in(deed, ask, officer, other)}
        zh, en = f"{officer.name}请假，由您替班", f"{officer.code} is on leave: you stand in"
        deed.tell(Message(NOTICE, Severity.WARNING, zh, en, officer_id=other.id))
    deed.connection.execute(insert(_DUTY), [row.model_dump()])
    _note(deed, ask, LEAVE, fields.get("turns", []))
    return fields


def _stand_in(deed: Deed, ask: DutyAskRecord, officer: Any, other: Any) -> list[Turn]:
    book, limits, turns = _book(deed), _limits(deed), list[Turn]()
    for row in book.of(officer.id, ask.from_at, ask.to_at):
        turn = book.as_turn(row)
        begin, end = max(row.from_at, ask.from_at, deed.at), min(row.to_at or ask.to_at, ask.to_at)
        book.demand_fit(other, {**turn, "from": begin, "to": end}, (), limits)
        if (begin, end) == (row.from_at, row.to_at):
            book.hand_over(turn, other.id)
            turns.append(turn)
        else:
            turns.append(book.add_part(row, other.id, begin, end))
    if not turns:
        raise BadInput(
            "substitute-none",
            f"{officer.name}在此期间没有班次，不用替班；岗位由B岗负责。",
            f"{officer.code} has no shift in that time: B answers for a post.",
        )
    return turns


def _call_off(deed: Deed, ask: DutyAskRecord) -> None:
    """The leave ends now or never begins; shifts that the substitute has not begun go back."""
    key = (_DUTY.c.centre_id == deed.centre_id) & (_DUTY.c.id == ask.leave_id)
    if ask.from_at >= deed.at:
        deed.connection.execute(delete(_DUTY).where(key))
    else:
        deed.connection.execute(update(_DUTY).where(key).values(to_at=deed.at))
    book = _book(deed)
    for turn in ask.turns:
        book.take_back(turn, ask.other_id or 0, ask.officer_id)
    _note(deed, ask, "back", ask.turns)


def _note(deed: Deed, ask: DutyAskRecord, what: str, turns: list[Turn]) -> None:
    body = {"what": what, "ask": ask.id, "from_at": ask.from_at, "to_at": ask.to_at, "turns": turns}
    note_change(deed.connection, deed.centre_id, deed.at, deed.actor.code, "duty", body)


# ------------------------------------------------------------------------------------------------ who may


def _asking(deed: Deed, officer: str) -> Any:
    """Whose request it is: the own, or somebody's for whom the desk's leaders write it down."""
    found = deed.officer(officer or deed.actor.id or "")
    if found.id != deed.actor.id and not may("duty_others", deed.actor):
        raise NotAllowed(
            "not-permitted", f"{deed.actor.name} 不能替他人申请。", f"{deed.actor.code} may not ask for others."
        )
    return found


def _demand_leader(deed: Deed, ask: DutyAskRecord) -> None:
    """Raises NotAllowed for who is no leader of those whom it is about, or is one of them."""
    about = [officer for officer in (ask.officer_id, ask.other_id) if officer is not None]
    if deed.actor.id in about:
        raise NotAllowed("second-person", "不能批准自己的申请。", "Nobody grants what is their own.")
    if deed.actor.roles & SENIOR_ROLES:
        return
    if Role.SECTION_LEADER in deed.actor.roles and all(_answers_for(deed, officer) for officer in about):
        return
    raise NotAllowed(
        "not-permitted",
        f"{deed.actor.name} 不能批准：须值班长以上，或本板块的板块领导。",
        f"{deed.actor.code} may not grant it: the desk's leaders do, or the section's own.",
    )


def _answers_for(deed: Deed, officer_id: int) -> bool:
    return any(deed.actor.answers_for(unit, parent) for unit, parent in _units(deed, officer_id))


def _units(deed: Deed, officer_id: int) -> list[tuple[int, int | None]]:
    """Posts and sections of an officer, each with the unit above."""
    rows = deed.connection.execute(
        select(_UNIT.c.id, _UNIT.c.parent_id)
        .join_from(_HELD, _UNIT, (_UNIT.c.centre_id == _HELD.c.centre_id) & (_UNIT.c.id == _HELD.c.unit_id))
        .where(
            *(_HELD.c.centre_id == deed.centre_id, _HELD.c.officer_id == officer_id, _HELD.c.from_at <= deed.at),
            _HELD.c.to_at.is_(None) | (_HELD.c.to_at > deed.at),
            _UNIT.c.kind.in_(("post", "section")),
        )
    )
    return [(row.id, row.parent_id) for row in rows]


def _demand_fit(deed: Deed, turns: list[Turn], officer: Any, other: Any) -> None:
    """Raises NotAllowed where one of the two cannot serve what they would get."""
    book, limits = _book(deed), _limits(deed)
    for turn in turns:
        taker = other if turn["officer"] == officer.id else officer
        given = [one["duty"] for one in turns if one["officer"] == taker.id]
        book.demand_fit(taker, turn, given, limits)


def _demand_current(deed: Deed, ask: DutyAskRecord, officer: Any, other: Any) -> None:
    book = _book(deed)
    _demand_fit(deed, [book.current(turn) for turn in ask.turns], officer, other)


# ------------------------------------------------------------------------------------------------ what is there


def _book(deed: Deed) -> TurnBook:
    lock_centre(deed.connection, deed.centre_id)
    zone = References(deed.connection, deed.centre_id).centre().zone
    return TurnBook(deed.connection, deed.centre_id, deed.at, zone)


def _limits(deed: Deed) -> Limits:
    return limits_of(InsideReader(deed.connection), deed.centre_id)


def _receiver(turn: Turn, ask: DutyAskRecord) -> int:
    return (ask.other_id or 0) if turn["officer"] == ask.officer_id else ask.officer_id


def _turns_asked(deed: Deed) -> set[int]:
    """Shifts of exchanges that wait."""
    rows = deed.connection.execute(
        select(_ASK.c.turns).where(
            _ASK.c.centre_id == deed.centre_id,
            _ASK.c.kind == DutyAsk.EXCHANGE.value,
            _ASK.c.state.in_([state.value for state in WAITING_ASKS]),
        )
    )
    return {turn["duty"] for row in rows for turn in row.turns}


def _fresh(deed: Deed, kind: DutyAsk, officer_id: int, reason: str) -> DutyAskRecord:
    return DutyAskRecord(
        centre_id=deed.centre_id,
        id=deed.newest("duty_ask") + 1,
        kind=kind.value,
        state=DutyAskState.ASKED.value,
        officer_id=officer_id,
        reason=reason,
        asked_at=deed.at,
        asked_by=deed.actor.id or 0,
    )


def _known(deed: Deed, number: int) -> DutyAskRecord:
    row: Any = (
        deed.connection.execute(select(_ASK).where(_ASK.c.centre_id == deed.centre_id, _ASK.c.id == number))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("ask-unknown", f"没有第 {number} 号申请。", f"There is no request {number}.")
    return DutyAskRecord.model_construct(**row)


def _waiting(deed: Deed, number: int, lapsed: bool = False) -> DutyAskRecord:
    """A request that waits for somebody's word. Raises NotFound, BadInput, NotAllowed once its shift has begun."""
    ask = _known(deed, number)
    if ask.state not in WAITING_ASKS:
        raise _decided(ask)
    if not lapsed and ask.kind == DutyAsk.EXCHANGE and ask.from_at <= deed.at:
        raise NotAllowed("turn-begun", "班次已经开始，换班作废。", "The shift has begun: the exchange is off.")
    return ask


def _decided(ask: DutyAskRecord) -> BadInput:
    state = DutyAskState(ask.state)
    return BadInput("ask-decided", f"第 {ask.id} 号申请{state.zh}。", f"Request {ask.id} is {state.en} already.")


# ------------------------------------------------------------------------------------------------ what is written


def _tell_leaders(deed: Deed, officer: Any, zh: str, en: str) -> None:
    """The heads on duty, and the leaders of the officer's sections."""
    for role in HEAD_ROLES:
        deed.tell(Message(NOTICE, Severity.WARNING, zh, en, role=role.value))
    units = [unit for place in _units(deed, officer.id) for unit in place if unit is not None]
    leaders = deed.connection.execute(
        select(_HELD.c.officer_id)
        .where(
            *(_HELD.c.centre_id == deed.centre_id, _HELD.c.unit_id.in_(units), _HELD.c.from_at <= deed.at),
            *(_HELD.c.role == Role.SECTION_LEADER.value, _HELD.c.officer_id != officer.id),
            _HELD.c.to_at.is_(None) | (_HELD.c.to_at > deed.at),
        )
        .distinct()
    )
    for leader in leaders.scalars():
        deed.tell(Message(NOTICE, Severity.WARNING, zh, en, officer_id=leader))


def _tell_officers(deed: Deed, ask: DutyAskRecord, zh: str, en: str) -> None:
    """Those whom it is about, but not whoever does it."""
    for officer in (ask.officer_id, ask.other_id):
        if officer is not None and officer != deed.actor.id:
            deed.tell(Message(NOTICE, Severity.INFO, zh, en, officer_id=officer))


def _write(deed: Deed, verb: str, ask: DutyAskRecord, fields: dict[str, Any]) -> CentreReceipt:
    what = f"{ask.kind} {deed.officer(ask.officer_id).code}"
    number = deed.append(verb, {"ask": ask.id, "what": what, "effects": {"duty_ask": fields}})
    deed.ledger.flush()
    return CentreReceipt(verb, number, ask.id, deed.at)


DEEDS = (
    DeedKind(AskLeave, "duty_ask", "申请请假", "ask for leave", ask_leave),
    DeedKind(AskExchange, "duty_ask", "申请换班", "ask for an exchange of shifts", ask_exchange),
    DeedKind(AgreeExchange, "duty_agree", "同意换班", "agree to an exchange", agree),
    DeedKind(GrantAsk, "duty_grant", "批准请假、换班", "grant leave and exchanges", grant),
    DeedKind(DeclineAsk, "duty_decline", "不同意请假、换班", "decline leave and exchanges", decline),
    DeedKind(WithdrawAsk, "duty_ask", "撤回请假、换班", "withdraw what was asked", withdraw),
)
