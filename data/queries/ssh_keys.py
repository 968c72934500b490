"""Which public key is whose, for those who come in with one. Light: sshd asks twice per log-in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from data.reader import Reader

_COLUMNS = """
SELECT k.centre_id, k.id, k.officer_id, k.key_type, k.blob, k.fingerprint, k.addresses, o.code, c.code
FROM ssh_key k
JOIN officer o ON o.centre_id = k.centre_id AND o.id = k.officer_id
JOIN centre c ON c.id = k.centre_id
WHERE o.active AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > :now)
AND NOT EXISTS (SELECT 1 FROM account a WHERE a.centre_id = k.centre_id AND a.id = k.officer_id AND a.disabled)
"""
_BY_KEY = f"{_COLUMNS} AND k.fingerprint = :fingerprint AND k.key_type = :key_type AND k.blob = :blob"
_BY_ID = f"{_COLUMNS} AND k.centre_id = :centre AND k.id = :key"


class LiveKey:
    """A key that is let in now: not revoked, not expired, of an officer who is there."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.centre_id, self.id, self.officer_id = int(row[0]), int(row[1]), int(row[2])
        self.key_type, self.blob, self.fingerprint = str(row[3]), str(row[4]), str(row[5])
        self.addresses = _texts(row[6])
        self.officer, self.centre = str(row[7]), str(row[8])
        """Their codes."""


def key_presented(reader: Reader, fingerprint: str, key_type: str, blob: str, now: int) -> LiveKey | None:
    """The live key that a client shows; None where there is none, or where two centres have it."""
    rows = reader.rows(_BY_KEY, fanout=True, fingerprint=fingerprint, key_type=key_type, blob=blob, now=now)
    return LiveKey(rows[0]) if len(rows) == 1 else None


def key_numbered(reader: Reader, centre: int, key: int, now: int) -> LiveKey | None:
    """The live key with an id; None where there is none any more."""
    row = reader.one(_BY_ID, centre=centre, key=key, now=now)
    return LiveKey(row) if row else None


def _texts(value: Any) -> tuple[str, ...]:
    """A JSON array of plain texts: PostgreSQL's driver has read it, SQLite's gives the text."""
    if isinstance(value, str):
        if value == "[]":
            return ()
        import json

        value = json.loads(value)
    return tuple(str(one) for one in value)
