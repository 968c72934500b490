"""The handover between shifts (交接班): a pack made by the system, noted on, given, and signed by who comes.

Signing binds the incoming shift and frees the leaving one; until then the change goes on pressing, and both are reached
by the ladder and by notices (`core.desk.kept_on`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core.accountability.access_log import note_access
from core.accountability.handover_pack import make_pack, pack_hash
from core.accountability.handover_refusals import (
    GIVEN_ALREADY,
    NOTHING_TO_GIVE,
    NOTHING_TO_SIGN,
    attempt_of,
    leavers,
    refusal_of_answer,
    refusal_of_pack,
    refusal_of_state,
)
from core.desk.deeds.deed import CentreReceipt, Deed, DeedKind
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverNoted, HandoverPack, HandoverRefuse
from core.desk.references import References
from core.desk.work import Message
from core.rules.handover import (
    DESK_SHIFT_ROLES,
    OPEN_STATES,
    OWED_FOR,
    Change,
    change_for,
    changes_of,
    first_press,
    refusal_of_leaving,
    shifts_of,
)
from core.rules.roles import SENIOR_ROLES
from core.rules.why import Why
from data.access_terms import AccessKind
from data.daily_copies import newest_day
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.handover_terms import HandoverState
from data.inside import InsideReader
from data.queries import handovers as queries
from data.queries.handovers import HandoverLine
from data.terms import Severity

NOTICE = "handover"


def make(deed: Deed, order: HandoverPack) -> CentreReceipt:
    """Make the pack, or make it anew. Raises Conflict while one is given, NotAllowed for whoever does not leave."""
    reader, officer = InsideReader(deed.connection), _officer(deed)
    changes = desk_changes(reader, deed.centre_id, deed.at)
    signed = queries.known_changes(reader, deed.centre_id, deed.at - OWED_FOR, signed=True)
    change = change_for(changes, deed.at, officer, signed)
    why = refusal_of_pack(reader, deed.centre_id, officer, _is_senior(deed), change)
    if why is not None and why.code == GIVEN_ALREADY:
        raise Conflict(why.code, why.zh + "。", _sentence(why.en))
    _demand(why)
    before = attempt_of(reader, deed.centre_id, change)
    pack = make_pack(reader, deed.centre_id, deed.at, change, backup_of(deed))
    fields = _packed(deed, change, pack)
    rows = [fields]
    if before is not None and before.state in OPEN_STATES:
        fields |= {"id": before.number, "packs": before.packs + 1}
    else:
        fields |= _begun(deed, reader, change, before)
        if before is not None:
            rows.insert(0, {"id": before.number, "unsigned": False, "next_at": None})
    kept = {name: pack[name] for name in ("counts", "head", "heads")}
    facts = {"handover": fields["id"], "pack_hash": fields["pack_hash"], **kept}
    return _written(deed, order, fields["id"], facts, rows)


def note(deed: Deed, order: HandoverNoted) -> CentreReceipt:
    """Write a note to what was not given yet."""
    found = _chosen(deed, order.handover, HandoverState.MADE)
    _demand(refusal_of_leaving(found.number, leavers(found), _officer(deed), _is_senior(deed)))
    ticket = deed.ticket(order.ticket)
    line = {
        "id": deed.newest("handover_note") + 1,
        "handover_id": found.number,
        "ticket_id": ticket[0] if ticket else None,
        "officer_id": deed.actor.id,
        "at": deed.at,
        "words": order.text,
    }
    facts = {"handover": found.number, "text": order.text, "ticket": order.ticket}
    return _written(deed, order, found.number, facts, [], [line])


def give(deed: Deed, order: HandoverGive) -> CentreReceipt:
    """Give it: the incoming shift is told, and from now on nothing in it changes."""
    found = _chosen(deed, order.handover, HandoverState.MADE)
    _demand(refusal_of_leaving(found.number, leavers(found), _officer(deed), _is_senior(deed)))
    zh, en = f"第 {found.number} 号交接等您签收", f"Handover {found.number} waits for your signature"
    _tell(deed, found.incoming, zh, en, Severity.INFO)
    fields = {
        "id": found.number,
        "state": HandoverState.GIVEN.value,
        "given_at": deed.at,
        "given_by": deed.actor.id,
    }
    return _written(deed, order, found.number, {"handover": found.number, "pack_hash": found.pack_hash}, [fields])


def accept(deed: Deed, order: HandoverAccept) -> CentreReceipt:
    """Sign: the incoming shift has the duty alone, and changes before this one wait for nobody any more."""
    found, coming = _signing(deed, order.handover)
    bound = sorted({*coming, _officer(deed)})
    fields = _answered(deed, found, HandoverState.ACCEPTED, order.remarks)
    fields |= {"bound": bound, "unsigned": False, "next_at": None}
    earlier = [
        {"id": line.number, "unsigned": False, "next_at": None}
        for line in queries.unsigned(InsideReader(deed.connection), deed.centre_id)
        if line.number != found.number and line.change_at <= found.change_at
    ]
    zh = f"{deed.actor.name}已签收第 {found.number} 号交接"
    en = f"{deed.actor.code} signed handover {found.number}"
    _tell(deed, found.leaving or [found.given_by], zh, en, Severity.INFO)
    _tell(
        deed,
        [one for one in bound if one != deed.actor.id],
        f"{zh}，您已在班",
        f"{en}: you have the duty",
        Severity.INFO,
    )
    facts = {
        "handover": found.number,
        "pack_hash": found.pack_hash,
        "text": order.remarks,
        "bound": bound,
    }
    return _written(deed, order, found.number, facts, [*earlier, fields])


def refuse(deed: Deed, order: HandoverRefuse) -> CentreReceipt:
    """Refuse: the leaving shift stays on duty, and the change goes on pressing."""
    found, _coming = _signing(deed, order.handover)
    fields = _answered(deed, found, HandoverState.REFUSED, order.reason)
    zh = f"第 {found.number} 号交接被拒绝：{order.reason}"
    en = f"Handover {found.number} was refused: {order.reason}"
    _tell(deed, found.leaving or [found.given_by], zh, en, Severity.WARNING)
    facts = {"handover": found.number, "pack_hash": found.pack_hash, "reason": order.reason}
    return _written(deed, order, found.number, facts, [fields])


# ------------------------------------------------------------------------------------------------ what is there


def desk_changes(reader: InsideReader, centre: int, at: int) -> list[Change]:
    """The changes of shift about an instant, as the roster has them now."""
    return changes_of(shifts_of(queries.desk_times(reader, centre, at, DESK_SHIFT_ROLES)))


def backup_of(deed: Deed) -> str | None:
    """The day of the newest daily copy; None for a server."""
    store = deed.desk.store
    return newest_day(store.path) if store.sqlite else None


def _chosen(deed: Deed, number: int | None, state: HandoverState) -> HandoverLine:
    """The handover that an order names, by default the newest in a state. Raises NotFound, NotAllowed."""
    reader = InsideReader(deed.connection)
    if number is None:
        number = next(
            (line.number for line in queries.unsigned(reader, deed.centre_id) if line.state == state.value), None
        )
        if number is None:
            why = NOTHING_TO_GIVE if state == HandoverState.MADE else NOTHING_TO_SIGN
            raise NotFound(why.code, why.zh + "。", _sentence(why.en))
    found = queries.handover(reader, deed.centre_id, number)
    if found is None:
        raise NotFound("handover-unknown", f"没有第 {number} 号交接。", f"There is no handover {number}.")
    if found.state != state.value:
        why = refusal_of_state(found)
        raise NotAllowed(why.code, why.zh + "。", _sentence(why.en), state=found.state)
    return found


def _signing(deed: Deed, number: int | None) -> tuple[HandoverLine, frozenset[int]]:
    """What is to be signed and who comes by the roster as it is now. Raises NotAllowed for whoever does not sign."""
    found, reader = _chosen(deed, number, HandoverState.GIVEN), InsideReader(deed.connection)
    why, coming = refusal_of_answer(reader, deed.centre_id, found, deed.at, _officer(deed))
    _demand(why)
    return found, coming


def _officer(deed: Deed) -> int:
    if deed.actor.id is None:
        raise BadInput("no-officer", "交接班须由人员本人办理。", "A handover is an officer's own act.")
    return deed.actor.id


def _is_senior(deed: Deed) -> bool:
    return bool(deed.actor.roles & SENIOR_ROLES)


def _demand(why: Why | None) -> None:
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", _sentence(why.en))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


# ------------------------------------------------------------------------------------------------ what is written


def _packed(deed: Deed, change: Change | None, pack: dict[str, Any]) -> dict[str, Any]:
    """The fields that a pack brings with it."""
    return {
        "state": HandoverState.MADE.value,
        **shift_fields(change),
        "made_at": deed.at,
        "made_by": deed.actor.id,
        "packs": 1,
        "pack": pack,
        "pack_hash": pack_hash(pack),
    }


def shift_fields(change: Change | None) -> dict[str, Any]:
    """The shifts of a change as a handover keeps them."""
    leaving, coming = (change.leaving, change.incoming) if change is not None else (None, None)
    return {
        "from_at": leaving.from_at if leaving else None,
        "to_at": leaving.to_at if leaving else None,
        "next_from": coming.from_at if coming else None,
        "next_to": coming.to_at if coming else None,
        "leaving": sorted(leaving.officers) if leaving else [],
        "incoming": sorted(coming.officers - leaving.officers) if leaving and coming else [],
    }


def _begun(deed: Deed, reader: InsideReader, change: Change | None, before: HandoverLine | None) -> dict[str, Any]:
    """The fields of a new handover; after a refused one it stands where that one stood."""
    number = deed.newest("handover") + 1
    if before is not None:
        started = {"change_at": before.change_at, "attempt": before.attempt + 1}
        return {"id": number, **started, "unsigned": True, "step": before.step, "next_at": before.next_at}
    if change is None:
        # Without a roster nobody is late: it waits, and presses nobody.
        return {"id": number, "change_at": deed.at, "attempt": 1, "unsigned": True, "step": 0, "next_at": None}
    minutes = References(deed.connection, deed.centre_id).policy().handover_minutes
    press = first_press(change.at, minutes) if change.incoming is not None else None
    attempts = queries.attempts(reader, deed.centre_id, change.at)
    return {
        "id": number,
        "change_at": change.at,
        "attempt": attempts + 1,
        "unsigned": True,
        "step": 0,
        "next_at": press,
    }


def _answered(deed: Deed, found: HandoverLine, state: HandoverState, words: str) -> dict[str, Any]:
    return {
        "id": found.number,
        "state": state.value,
        "answered_at": deed.at,
        "answered_by": deed.actor.id,
        "words": words,
    }


def _tell(deed: Deed, officers: Collection[int | None], zh: str, en: str, severity: Severity) -> None:
    for officer in officers:
        if officer is not None:
            deed.tell(Message(NOTICE, severity, zh, en, officer_id=officer))


def _written(
    deed: Deed,
    order: HandoverPack | HandoverNoted | HandoverGive | HandoverAccept | HandoverRefuse,
    number: int,
    facts: dict[str, Any],
    rows: list[dict[str, Any]],
    notes: list[dict[str, Any]] | None = None,
) -> CentreReceipt:
    effects = {"handover": rows} if rows else {}
    effects |= {"handover_note": notes} if notes else {}
    entry = deed.append(order.verb, {**facts, "effects": effects})
    deed.ledger.flush()
    # Who took the duty, and from where, stands beside who read and revealed what.
    note_access(
        deed.connection, deed.centre_id, deed.at, deed.actor, AccessKind.HANDOVER, str(number), {"act": order.verb}
    )
    return CentreReceipt(order.verb, entry, number, deed.at)


DEEDS = (
    DeedKind(HandoverPack, "handover", "制作交接包", "make the pack of a handover", make),
    DeedKind(HandoverNoted, "handover", "写交接说明", "write a note for the next shift", note),
    DeedKind(HandoverGive, "handover", "移交", "give a handover", give),
    DeedKind(HandoverAccept, "handover_sign", "签收接班", "sign for a handover", accept),
    DeedKind(HandoverRefuse, "handover_sign", "拒绝接班", "refuse a handover", refuse),
)
