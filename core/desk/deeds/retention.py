"""How long personal data is kept: erased when its time is up, held where it must stay."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, select, text, update

from core.accountability.access_log import note_access
from core.accountability.erased import VOUCHED, digest_of
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.references import References
from core.desk.retention_orders import Erase, Hold, LiftHold
from core.desk.texts import text_row
from core.rules.case import Case
from core.rules.centre_log import ERASE, PHONE, PHONE_FOLLOW
from core.rules.erasing import VERSION, erase
from core.rules.projection import apply, open_case
from core.rules.retention import Bound, refusal_of_erasing
from data.access_terms import AccessKind
from data.errors import BadInput, NotAllowed, NotFound
from data.inside import InsideReader
from data.masking import ERASED, mask_text
from data.queries import retention as queries
from data.tables import (
    CENTRE_LOG,
    OF_CENTRE,
    LegalHold,
    Notice,
    Request,
    TicketEvent,
    TicketText,
    table,
)
from data.tables.retention import HELD

_EVENT = table(TicketEvent)
_CALL_KINDS = (PHONE, PHONE_FOLLOW)
Row = dict[str, Any]


def erase_ticket(deed: Deed, order: Erase) -> CentreReceipt:
    """The texts go, what happened stays; the entry of this deed names each entry of the log that lost some."""
    ticket_id = _known(deed, order.ticket)
    line = queries.bound(InsideReader(deed.connection), deed.centre_id, ticket_id)
    days = References(deed.connection, deed.centre_id).policy().personal.keep_days
    why = refusal_of_erasing(Bound(*line[2:]), deed.at, days)
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")
    eraser = _Eraser(deed)
    _rewrite(deed, ticket_id, eraser.ticket(ticket_id))
    eraser.calls(ticket_id)
    record = {
        "id": deed.newest("erasure") + 1,
        "ticket_id": ticket_id,
        "at": deed.at,
        "actor": deed.actor.code,
        "reason": mask_text(order.reason),
        "events": len(eraser.bare),
    }
    facts = {"ticket": order.ticket, "reason": record["reason"], "events": sorted(eraser.bare)}
    given = {"vouched": eraser.vouched} if eraser.vouched else {}
    number = deed.append(ERASE, {**facts, **given, "effects": {"erasure": record}})
    deed.ledger.flush()
    note_access(deed.connection, deed.centre_id, deed.at, deed.actor, AccessKind.ERASED, order.ticket)
    return CentreReceipt(order.verb, number, deed.newest("erasure"), deed.at, ticket_id)


def hold(deed: Deed, order: Hold) -> CentreReceipt:
    """From now on its texts stay, whatever the policy says."""
    ticket_id = _known(deed, order.ticket)
    if _held(deed, ticket_id) is not None:
        raise BadInput("hold-lasts", f"{order.ticket} 已保全。", f"{order.ticket} is under a hold already.")
    record = {
        "id": deed.newest("legal_hold") + 1,
        "ticket_id": ticket_id,
        "reason": order.reason,
        "set_at": deed.at,
        "set_by": deed.actor.id,
        "lift_reason": "",
    }
    return _write(deed, order.verb, order.ticket, record, AccessKind.HELD)


def lift(deed: Deed, order: LiftHold) -> CentreReceipt:
    """It is kept as long as any other again."""
    ticket_id = _known(deed, order.ticket)
    held = _held(deed, ticket_id)
    if held is None:
        raise NotFound("hold-none", f"{order.ticket} 没有保全。", f"{order.ticket} is under no hold.")
    record = {"id": held, "lifted_at": deed.at, "lifted_by": deed.actor.id, "lift_reason": order.reason}
    return _write(deed, order.verb, order.ticket, record, AccessKind.HOLD_LIFTED)


def _write(deed: Deed, verb: str, code: str, record: dict[str, Any], kind: AccessKind) -> CentreReceipt:
    number = deed.append(verb, {"ticket": code, "effects": {"legal_hold": record}})
    deed.ledger.flush()
    note_access(deed.connection, deed.centre_id, deed.at, deed.actor, kind, code, {"hold": record["id"]})
    return CentreReceipt(verb, number, int(record["id"]), deed.at)


def _known(deed: Deed, code: str) -> int:
    found = deed.any_ticket(code)
    assert found is not None
    return found[0]


def _held(deed: Deed, ticket_id: int) -> int | None:
    """The hold that lasts on a ticket."""
    holds = table(LegalHold).c
    return deed.connection.execute(
        select(holds.id).where(holds.centre_id == deed.centre_id, holds.ticket_id == ticket_id, text(HELD))
    ).scalar()


class _Eraser:
    """Takes the texts out of entries of the log."""

    def __init__(self, deed: Deed) -> None:
        """Inside an erasure."""
        self._deed = deed
        self.bare: list[int] = []
        """Numbers of the entries that lost texts."""
        self.vouched: dict[str, str] = {}
        """Digests of those from before entries had salts."""

    def ticket(self, ticket_id: int) -> list[Row]:
        """A ticket's entries, as they are left."""
        return [self._erase(row) for row in self._entries(_EVENT.c.ticket_id == ticket_id)]

    def calls(self, ticket_id: int) -> None:
        """The calls about it: their entries stand in the centre's own log; and their rows."""
        deed, calls = self._deed, OF_CENTRE["phone"].table
        mine = (calls.c.centre_id == deed.centre_id) & (calls.c.ticket_id == ticket_id)
        found = set(deed.connection.execute(select(calls.c.id).where(mine)).scalars())
        if not found:
            return
        for row in self._entries(_EVENT.c.ticket_id == CENTRE_LOG, _EVENT.c.kind.in_(_CALL_KINDS)):
            if found.isdisjoint(one["id"] for one in _calls_of(row["body"])):
                continue
            for one in _calls_of(self._erase(row)["body"]):
                texts = {name: value for name, value in one.items() if value == ERASED}
                here = (calls.c.centre_id == deed.centre_id) & (calls.c.id == one["id"])
                if texts:
                    deed.connection.execute(update(calls).where(here).values(**texts))

    def _entries(self, *conditions: ColumnElement[bool]) -> list[Row]:
        query = select(_EVENT).where(_EVENT.c.centre_id == self._deed.centre_id, *conditions).order_by(_EVENT.c.seq)
        return [dict(row) for row in self._deed.connection.execute(query).mappings()]

    def _erase(self, event: Row) -> Row:
        salted = bool(event["salt"])
        body, kept = erase(event)
        if not kept:
            return event
        event |= {"body": body, "salt": VERSION if salted else VOUCHED, "erased": kept if salted else None}
        self.bare.append(event["id"])
        if not salted:
            self.vouched[str(event["id"])] = digest_of(event)
        self._deed.connection.execute(
            update(_EVENT)
            .where(_EVENT.c.centre_id == self._deed.centre_id, _EVENT.c.id == event["id"])
            .values(body=event["body"], salt=event["salt"], erased=event["erased"])
        )
        return event


def _calls_of(body: Row) -> list[Row]:
    part = body.get("effects", {}).get("phone", [])
    return [part] if isinstance(part, dict) else list(part)


def _rewrite(deed: Deed, ticket_id: int, events: list[Row]) -> None:
    """The rows, the searched words and the notices are what the log says now."""
    case: Case = open_case(deed.centre_id, ticket_id)
    for event in events:
        apply(case, event["seq"], event["at"], event["body"].get("effects", {}))
    deed.ledger.put(case)
    row = text_row(case.ticket.model_dump(), [event["body"] for event in events], deed.ledger.chain_no + 1)
    texts, notices, keys = table(TicketText), table(Notice), table(Request)
    here = {"head": row["head"], "notes": row["notes"], "stamp": row["stamp"]}
    run = deed.connection.execute
    run(update(texts).where(texts.c.centre_id == deed.centre_id, texts.c.ticket_id == ticket_id).values(**here))
    for source in (notices, keys):
        run(delete(source).where(source.c.centre_id == deed.centre_id, source.c.ticket_id == ticket_id))


DEEDS = (
    DeedKind(Erase, "erase", "删除个人信息", "erase personal data", erase_ticket),
    DeedKind(Hold, "legal_hold", "保全", "hold a ticket", hold),
    DeedKind(LiftHold, "legal_hold", "解除保全", "lift a hold", lift),
)
