"""Personal data in full: one field of one ticket at a time, so many an hour; tickets by a number that is not shown."""

from __future__ import annotations

from sqlalchemy import func, select

from core.accountability.access_log import note_access
from core.desk.centre_orders import Reveal
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.in_sight import seen_case, sight_of
from core.desk.permissions import refusal_of_role
from core.desk.personal_orders import FindNumber, ShowField
from core.desk.references import References
from core.rules.visibility import Sight
from data.access_terms import NUMBER, AccessKind
from data.errors import BadInput, NotAllowed
from data.masking import mask_text
from data.tables import AccessEvent, table

HOUR = 3_600
LIMIT = "reveal-limit"
"""The code of the refusal that raises the alarm."""


def show_field(deed: Deed, order: ShowField) -> CentreReceipt:
    """Whoever has a part in the ticket; of a confidential one only who sees what it holds."""
    refs = References(deed.connection, deed.centre_id)
    case = seen_case(deed.ledger, refs, order.ticket, deed.actor)
    if case.ticket.confidential:
        if sight_of(deed.ledger, refs, case, deed.actor) <= Sight.LINE:
            raise NotAllowed("confidential", f"{order.ticket} 是保密件。", f"{order.ticket} is confidential.")
    else:
        why = refusal_of_role(order.verb, "查看一项个人信息", "see a field in full", deed.actor, case, refs)
        if why is not None:
            raise NotAllowed(why.code, why.zh + "。", why.en + ".")
    _within_limit(deed)
    reason = mask_text(order.reason)
    facts = {"ticket": order.ticket, "field": order.field.value, "reason": reason}
    number = deed.append(order.verb, facts)
    deed.ledger.flush()
    body = {"field": order.field.value, "reason": reason}
    note_access(deed.connection, deed.centre_id, deed.at, deed.actor, AccessKind.REVEALED, case.ticket.code, body)
    return CentreReceipt(order.verb, number, number, deed.at, case.ticket.id)


def find_number(deed: Deed, order: FindNumber) -> CentreReceipt:
    """Write down that it was asked for, and how long the number was; who was looked for stays out of the log."""
    if not NUMBER.fullmatch(order.digits):
        raise BadInput(
            "number",
            "请输入完整号码，或末四位。",
            "Give a whole number, or its last four digits.",
        )
    _within_limit(deed)
    facts = {"length": len(order.digits), "reason": mask_text(order.reason)}
    number = deed.append(order.verb, facts)
    deed.ledger.flush()
    note_access(deed.connection, deed.centre_id, deed.at, deed.actor, AccessKind.SEARCHED, "", facts)
    return CentreReceipt(order.verb, number, number, deed.at)


def reveal(deed: Deed, order: Reveal) -> CentreReceipt:
    """Keep who had a whole paper in full, and why."""
    number = deed.append(order.verb, {"what": order.what, "reason": mask_text(order.reason)})
    deed.ledger.flush()
    body = {"reason": order.reason}
    note_access(deed.connection, deed.centre_id, deed.at, deed.actor, AccessKind.REVEALED, order.what, body)
    return CentreReceipt(order.verb, number, number, deed.at)


def _within_limit(deed: Deed) -> None:
    """Raises NotAllowed for an officer who saw or searched as much in the last hour as one may."""
    most = References(deed.connection, deed.centre_id).policy().personal.looks_an_hour
    entries = table(AccessEvent).c
    seen = deed.connection.execute(
        select(func.count()).where(
            entries.centre_id == deed.centre_id,
            entries.actor == deed.actor.code,
            entries.kind.in_((AccessKind.REVEALED.value, AccessKind.SEARCHED.value)),
            entries.at > deed.at - HOUR,
        )
    ).scalar_one()
    if int(seen) >= most:
        raise NotAllowed(
            LIMIT,
            f"一小时内查看个人信息已达 {most} 次，暂不能再看，已告知指挥长和审计管理员。",
            f"You saw personal data {most} times within an hour: no more for now; the commander and the"
            " audit administrator are told.",
        )


DEEDS = (
    DeedKind(Reveal, "reveal", "查看完整信息", "have names and numbers in full", reveal),
    DeedKind(ShowField, "show_field", "查看一项个人信息", "see a field in full", show_field),
    DeedKind(FindNumber, "find_number", "按号码查找", "search by a number", find_number),
)
