"""Sessions: opened when somebody proved who they are, live until they sign out, time is up, or somebody ends them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select, text, update

from core.accountability.access_log import note_access
from core.desk.actor import Actor, Origin
from core.identity.policy import policy_of
from core.processes import is_gone, is_here, own_identity
from data.access_terms import AccessKind
from data.clean import clean
from data.errors import NotAllowed, NotFound
from data.ids import new_id
from data.queries.identity import LIVE, SEEN_EVERY
from data.store import lock_centre
from data.tables import Officer, OfficerSession, table

HOUR = 3600
_SESSION = table(OfficerSession)
_LIVE = text(f"SELECT s.id {LIVE} AND s.id = :session")
_EVERY_LIVE = text(
    f"SELECT s.id, o.code, o.name, s.how, s.address, s.fingerprint, s.terminal, s.opened_at, s.expires_at,"
    f" s.process, s.seen_at {LIVE}"
    " ORDER BY s.opened_at, s.id"
)
GONE_AFTER = 3 * SEEN_EVERY
"""A process of another machine, or from before a restart, that is silent for so long is gone."""
GONE = "gone"
"""Why a session ended: its process was no longer there."""


@dataclass(frozen=True)
class LiveSession:
    """A session that stands; instants in epoch seconds."""

    id: int
    officer: str
    name: str
    how: str
    address: str
    fingerprint: str
    terminal: str
    opened_at: int
    expires_at: int
    gone: bool = False
    """Whether the process that it lived in is no longer there; such a session is about to be ended."""


def open_session(
    connection: Connection,
    centre_id: int,
    officer_id: int,
    now: int,
    how: str,
    address: str,
    fingerprint: str,
    terminal: str,
    token: str = "",
) -> int:
    """Open a session and note it; gives its id.

    `token` is a digest, for a session that later commands act with; without one it is this process's and ends with it.
    """
    row = OfficerSession(
        centre_id=centre_id,
        id=new_id(),
        officer_id=officer_id,
        token=token,
        how=how,
        address=clean(address)[:64],
        fingerprint=clean(fingerprint)[:80],
        terminal=clean(terminal)[:60],
        process="" if token else own_identity(),
        opened_at=now,
        seen_at=now,
        expires_at=now + policy_of(connection, centre_id).hours * HOUR,
    )
    connection.execute(insert(_SESSION), [row.model_dump()])
    officer = table(Officer).c
    code, name = connection.execute(
        select(officer.code, officer.name).where(officer.centre_id == centre_id, officer.id == officer_id)
    ).one()
    actor = Actor(code, name, officer_id, origin=Origin(row.id, how, address, fingerprint))
    note_access(connection, centre_id, now, actor, AccessKind.SIGNED_IN, row.terminal)
    return row.id


def end_session(
    connection: Connection, centre_id: int, session_id: int, now: int, actor: Actor, reason: str = ""
) -> None:
    """End a session and note it: a sign-out by its own officer, else ended by somebody. Raises NotFound."""
    row = connection.execute(
        select(
            _SESSION.c.officer_id, _SESSION.c.how, _SESSION.c.address, _SESSION.c.fingerprint, _SESSION.c.terminal
        ).where(_SESSION.c.centre_id == centre_id, _SESSION.c.id == session_id, _SESSION.c.ended_at.is_(None))
    ).first()
    if row is None:
        raise NotFound("session-unknown", "没有这个会话，或已结束。", "There is no such session, or it has ended.")
    connection.execute(
        update(_SESSION)
        .where(_SESSION.c.centre_id == centre_id, _SESSION.c.id == session_id)
        .values(ended_at=now, ended_by=actor.code, reason=reason)
    )
    own = row.officer_id == actor.id and not reason
    if own:
        actor = replace(actor, origin=Origin(session_id, row.how, row.address, row.fingerprint))
    kind = AccessKind.SIGNED_OUT if own else AccessKind.SESSION_ENDED
    body = {"session": session_id, "officer_id": int(row.officer_id)} | ({"what": GONE} if reason == GONE else {})
    note_access(connection, centre_id, now, actor, kind, row.terminal, body)


def end_all(connection: Connection, centre_id: int, officer_id: int, now: int, actor: Actor, reason: str) -> int:
    """End every session of an officer; gives how many."""
    found = connection.execute(
        select(_SESSION.c.id).where(
            _SESSION.c.centre_id == centre_id,
            _SESSION.c.officer_id == officer_id,
            _SESSION.c.ended_at.is_(None),
            _SESSION.c.expires_at > now,
        )
    ).all()
    for (session_id,) in found:
        end_session(connection, centre_id, int(session_id), now, actor, reason)
    return len(found)


def live_session(connection: Connection, centre_id: int, session_id: int, now: int) -> bool:
    """Whether a session stands: not ended, not over, of an officer who is there and whose account is not disabled."""
    given = {"centre": centre_id, "session": session_id, "now": now}
    return connection.execute(_LIVE, given).first() is not None


def require_live(connection: Connection, centre_id: int, origin: Origin | None, now: int) -> None:
    """Raises NotAllowed when the session in which somebody acts is over."""
    if origin is None or origin.session_id is None or live_session(connection, centre_id, origin.session_id, now):
        return
    raise NotAllowed(
        "session-over",
        "会话已结束，请重新登录：zhihui sign-in",
        "The session is over: sign in again with zhihui sign-in.",
    )


def live_sessions(connection: Connection, centre_id: int, now: int) -> list[LiveSession]:
    """Every session that stands, the oldest first; those whose process is gone are marked."""
    rows = connection.execute(_EVERY_LIVE, {"centre": centre_id, "now": now})
    return [
        LiveSession(
            row.id, row.code, row.name, row.how, row.address, row.fingerprint, row.terminal, row.opened_at,
            row.expires_at, _is_gone(row.process, row.seen_at, now),
        )
        for row in rows
    ]  # fmt: skip


def end_gone(connection: Connection, centre_id: int, now: int, actor: Actor) -> int:
    """End the sessions whose process is gone, on record; gives how many."""
    lock_centre(connection, centre_id)
    gone = [session.id for session in live_sessions(connection, centre_id, now) if session.gone]
    for session_id in gone:
        end_session(connection, centre_id, session_id, now, actor, GONE)
    return len(gone)


def note_seen(connection: Connection, centre_id: int, session_id: int, now: int) -> None:
    """The process of a session is there."""
    connection.execute(
        update(_SESSION).where(_SESSION.c.centre_id == centre_id, _SESSION.c.id == session_id).values(seen_at=now)
    )


def _is_gone(process: str, seen_at: int, now: int) -> bool:
    if not process:
        return False
    return is_gone(process) if is_here(process) else now - seen_at >= GONE_AFTER
