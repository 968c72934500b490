"""How officers sign in at a centre, and whose a session is. Light: every command asks."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from data.reader import Reader

SETTING = "identity"
NAMED, REQUIRED = "named", "required"
SEEN_EVERY = 5 * 60
"""How often the process of a session says that it is there, in seconds."""
LIVE = """
FROM officer_session s
JOIN officer o ON o.centre_id = s.centre_id AND o.id = s.officer_id
LEFT JOIN account a ON a.centre_id = s.centre_id AND a.id = s.officer_id
WHERE s.centre_id = :centre AND s.ended_at IS NULL AND s.expires_at > :now AND o.active
AND (a.disabled IS NULL OR NOT a.disabled)
"""
_SETTING = "SELECT value FROM setting WHERE centre_id = :centre AND name = :name"
_BY_TOKEN = f"SELECT s.id, o.code, o.name, s.how, s.address, s.fingerprint {LIVE} AND s.token = :token"
_BY_ID = f"SELECT s.id {LIVE} AND s.id = :session"


class Found:
    """A live session."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.id = int(row[0])
        self.officer, self.name, self.how, self.address, self.fingerprint = map(str, row[1:])


def sign_in_values(reader: Reader, centre: int) -> Mapping[str, Any]:
    """What the centre set; empty for the defaults of `core.identity.policy`."""
    row = reader.one(_SETTING, centre=centre, name=SETTING)
    if row is None:
        return {}
    if isinstance(row[0], str):
        import json

        return dict(json.loads(row[0]))
    return dict(row[0])


def digest_of(token: str, user: int) -> str:
    """What is kept of a token: of no use to whoever reads the store, nor to another account of the machine."""
    import hashlib

    return hashlib.sha256(f"{user}\n{token}".encode()).hexdigest()


def session_of_token(reader: Reader, centre: int, token: str, now: int) -> Found | None:
    """The live session whose token has this digest."""
    row = reader.one(_BY_TOKEN, centre=centre, token=token, now=now) if token else None
    return Found(row) if row else None


def session_stands(reader: Reader, centre: int, session: int, now: int) -> bool:
    """Whether a session is still live."""
    return reader.one(_BY_ID, centre=centre, session=session, now=now) is not None


def lives_in_process(reader: Reader, centre: int, session: int) -> bool:
    """Whether a session is open and ends with its process: no command acts with it by a token."""
    row = reader.one(
        "SELECT process FROM officer_session WHERE centre_id = :centre AND id = :session AND ended_at IS NULL",
        centre=centre,
        session=session,
    )
    return row is not None and row[0] != ""


def has_account(reader: Reader, centre: int, officer: str) -> bool:
    """Whether the officer with a code has an account that is not disabled."""
    row = reader.one(
        "SELECT a.id FROM account a JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.id"
        " WHERE a.centre_id = :centre AND o.code = :code AND NOT a.disabled",
        centre=centre,
        code=officer,
    )
    return row is not None
