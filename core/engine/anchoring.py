"""Heads of both logs to the webhook: each hour, and when a shift was signed for; loud when none arrives.

A head that somebody else keeps shows what the store alone cannot: a log that was written anew and stamped. It goes the
way of the notices (signed, tried again, under one key), as a row of the outbox with exactly what is sent.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

from core.accountability.anchor import ANCHOR, LOGS, heads_now
from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.deeds.deed import Deed
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.notices import notice_row
from core.desk.work import Message
from core.engine.webhook import CHANNEL, read_webhook
from data.handover_terms import HandoverState
from data.inside import InsideReader
from data.instants import to_seconds
from data.store import Store
from data.tables import Handover, Notice, table
from data.terms import Role, Severity

EVERY = 3600
"""Seconds from one head to the next."""
LATE_AFTER = 3 * EVERY
"""Seconds without a head that arrived, after which leaders are told."""
LATE = "anchor_late"
"""The kind of the event and of its notices."""
WINDOW = 48 * EVERY
"""Seconds of the outbox that are looked at; leaders are told again when it has passed without a head that arrived."""
TOLD = (Role.COMMANDER, Role.DUTY_LEADER)

_NOTICE = table(Notice).c


def send_anchor(store: Store, clock: Clock, centre_id: int) -> bool:
    """Queue the heads when they are owed, and say when none has arrived for long; whether anything was written."""
    now = to_seconds(clock.now())
    with store.read() as connection:
        if read_webhook(connection, centre_id) is None:
            return False
        if not _owed(connection, centre_id, now) and not _late(connection, centre_id, now):
            return False
    with store.write() as connection:
        deed = Deed(Desk(store, clock, centre_id), Ledger(connection, centre_id, now), ENGINE)
        late = _late(connection, centre_id, now)
        if late:
            _tell(deed, late)
        owed = _owed(connection, centre_id, now)
        if owed:
            _queue(connection, Deed(deed.desk, Ledger(connection, centre_id, now), ENGINE))
    return bool(late or owed)


def _owed(connection: Connection, centre_id: int, now: int) -> bool:
    """Whether an hour is over since the newest head, or a shift was signed for since."""
    newest = _seen(connection, centre_id, now, func.max(_NOTICE.created_at), ANCHOR)
    if newest is None or now - newest >= EVERY:
        return True
    handover = table(Handover).c
    signed = select(handover.id).where(
        handover.centre_id == centre_id,
        handover.state == HandoverState.ACCEPTED.value,
        handover.answered_at > newest,
        handover.answered_at <= now,
    )
    return connection.execute(signed.limit(1)).first() is not None


def _late(connection: Connection, centre_id: int, now: int) -> int:
    """Seconds since the last head that arrived, when that is too long and nobody was told; else 0.

    Before the first one has arrived, since the first one that was to go.
    """
    arrived = _seen(connection, centre_id, now, func.max(_NOTICE.sent_at), ANCHOR)
    first = _seen(connection, centre_id, now, func.min(_NOTICE.created_at), ANCHOR)
    since = first if arrived is None else arrived
    if since is None or now - since < LATE_AFTER:
        return 0
    told = _seen(connection, centre_id, now, func.max(_NOTICE.created_at), LATE)
    return 0 if told is not None and told >= since else now - since


def _tell(deed: Deed, late: int) -> None:
    hours = late // 3600
    zh = f"链头已 {hours} 小时未送达外部接收方，请查 Webhook"
    en = f"No head of the logs has reached the receiver outside for {hours} hours: look at the webhook"
    for role in TOLD:
        deed.tell(Message(LATE, Severity.ALARM, zh, en, role=role.value))
    deed.append(LATE, {"hours": hours, "effects": {}})
    deed.ledger.flush()


def _queue(connection: Connection, deed: Deed) -> None:
    """The heads as they are in this transaction, and an event that says so. Not masked: a hash is nobody's number."""
    heads = heads_now(InsideReader(connection), deed.centre_id, deed.ledger.now)
    message = Message(ANCHOR, Severity.INFO, "链头", "Heads of the logs")
    number = deed.ledger.chain_no + 1
    row = notice_row(message, None, CHANNEL, deed.centre_id, None, number, deed.ledger.now)
    deed.ledger.notify({**row, "body": heads.line()})
    deed.append(ANCHOR, {log: getattr(heads, log) for log in LOGS} | {"effects": {}})
    deed.ledger.flush()


def _seen(connection: Connection, centre_id: int, now: int, what: ColumnElement[int], kind: str) -> int | None:
    """A greatest or least instant among the rows of a kind within the window."""
    found = connection.execute(
        select(what).where(_NOTICE.centre_id == centre_id, _NOTICE.created_at >= now - WINDOW, _NOTICE.kind == kind)
    ).scalar()
    return None if found is None else int(found)
