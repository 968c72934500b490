"""Break-glass (紧急授权): a wider right for half an hour, told to everybody who answers for it, reviewed afterwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.accountability.access_log import note_access
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.desk import channels_of
from core.desk.notices import notice_row
from core.desk.people import people_at
from core.desk.permissions import refuse_by_glass
from core.desk.rights_orders import EndGlass, ReviewGlass, TakeGlass
from core.desk.work import Message
from core.rules.roles import HEAD_ROLES
from data.access_terms import AccessKind
from data.errors import BadInput, NotAllowed, NotFound
from data.rights_terms import GLASS_ROLES, GLASS_SECONDS
from data.tables import BreakGlass, BreakGlassRecord, table
from data.terms import Role, Severity

TOLD = (Role.COMMANDER, Role.DUTY_LEADER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
_USE = table(BreakGlass)


def take(deed: Deed, order: TakeGlass) -> CentreReceipt:
    """It begins now and ends by itself."""
    if order.role not in GLASS_ROLES:
        zh, en = "、".join(role.zh for role in GLASS_ROLES), " or ".join(role.value for role in GLASS_ROLES)
        raise BadInput("glass-role", f"紧急授权只能取得{zh}的权限。", f"Break-glass gives the right of {en} alone.")
    if order.role in deed.actor.roles:
        zh, en = f"您已有{order.role.zh}的权限。", f"You have the right of {order.role.en} already."
        raise BadInput("glass-needless", zh, en)
    until = deed.at + GLASS_SECONDS
    fields = {
        "id": deed.newest("break_glass") + 1,
        "officer_id": deed.actor.id,
        "role": order.role.value,
        "reason": order.reason,
        "from_at": deed.at,
        "to_at": until,
        "words": "",
    }
    name, code = deed.actor.name, deed.actor.code
    _tell(
        deed,
        f"紧急授权：{name}取得{order.role.zh}权限 30 分钟。原因：{order.reason}",
        f"Break-glass: {code} took the right of {order.role.en} for 30 minutes. Reason: {order.reason}",
    )
    receipt = _write(deed, order.verb, fields, {"role": order.role.value, "reason": order.reason, "until": until})
    said = {"use": receipt.item, "until": until}
    note_access(deed.connection, deed.centre_id, deed.at, deed.actor, AccessKind.BREAK_GLASS, order.role.value, said)
    return receipt


def end(deed: Deed, order: EndGlass) -> CentreReceipt:
    """Given back before its time, by whoever took it or by a head."""
    use = _use(deed, order.use) if order.use else _own(deed)
    if deed.at >= use.to_at:
        raise BadInput("glass-over", f"第 {use.id} 次紧急授权已结束。", f"Use {use.id} of break-glass is over.")
    if use.officer_id != deed.actor.id and deed.actor.roles.isdisjoint(HEAD_ROLES):
        raise NotAllowed("glass-not-own", "不是您的紧急授权。", "It is not yours.")
    _tell(deed, f"紧急授权 {use.id} 已提前结束", f"Break-glass {use.id} was given back")
    return _write(deed, order.verb, {"id": use.id, "to_at": deed.at}, {})


def review(deed: Deed, order: ReviewGlass) -> CentreReceipt:
    """Somebody else looks back on it, once it is over."""
    refuse_by_glass(deed.actor)
    use = _use(deed, order.use)
    if use.reviewed_at is not None:
        raise BadInput("glass-reviewed", f"第 {use.id} 次已复核。", f"Use {use.id} was reviewed already.")
    if use.officer_id == deed.actor.id:
        raise NotAllowed("glass-own-review", "不能复核本人的紧急授权。", "Nobody reviews their own use.")
    if deed.at < use.to_at:
        raise NotAllowed("glass-lasts", f"第 {use.id} 次尚未结束。", f"Use {use.id} has not ended yet.")
    fields = {
        "id": use.id,
        "reviewed_at": deed.at,
        "reviewed_by": deed.actor.id,
        "proper": order.proper,
        "words": order.words,
    }
    if not order.proper:
        _tell(deed, f"紧急授权 {use.id} 复核为不当：{order.words}", f"Break-glass {use.id} was improper: {order.words}")
    return _write(deed, order.verb, fields, {"proper": order.proper, "reason": order.words})


def _tell(deed: Deed, zh: str, en: str) -> None:
    people = people_at(deed.connection, deed.centre_id, deed.at)
    told = dict.fromkeys(officer for role in TOLD for officer in people.on_duty(role) if officer != deed.actor.id)
    message = Message("break_glass", Severity.ALARM, zh, en)
    for channel in channels_of(deed.connection, deed.centre_id):
        for officer in told:
            number = deed.ledger.chain_no + 1
            deed.ledger.notify(notice_row(message, officer, channel, deed.centre_id, None, number, deed.at))


def _own(deed: Deed) -> BreakGlassRecord:
    """The one that the actor has now. Raises NotFound."""
    if deed.actor.glass is None:
        raise NotFound("no-glass", "您现在没有紧急授权。", "You have taken no right by break-glass.")
    return _use(deed, deed.actor.glass)


def _use(deed: Deed, number: int) -> BreakGlassRecord:
    row: Any = (
        deed.connection.execute(select(_USE).where(_USE.c.centre_id == deed.centre_id, _USE.c.id == number))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("glass-unknown", f"没有第 {number} 次紧急授权。", f"There is no use {number} of break-glass.")
    return BreakGlassRecord.model_construct(**row)


def _write(deed: Deed, verb: str, fields: dict[str, Any], facts: dict[str, Any]) -> CentreReceipt:
    number = deed.append(verb, {"use": fields["id"], **facts, "effects": {"break_glass": fields}})
    deed.ledger.flush()
    return CentreReceipt(verb, number, int(fields["id"]), deed.at)


DEEDS = (
    DeedKind(TakeGlass, "break_glass", "紧急授权", "break the glass", take),
    DeedKind(EndGlass, "break_glass_end", "结束紧急授权", "end break-glass", end),
    DeedKind(ReviewGlass, "break_glass_review", "复核紧急授权", "review a use of break-glass", review),
)
