"""Secrets of one-time codes, sealed with the key of `core.identity.key_file` before they come into the store."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, select, update

from core.accountability.access_log import note_access
from core.desk.actor import Actor
from core.desk.permissions import require_role
from core.identity.key_file import Key, find_key, key_path, make_key
from data.access_terms import AccessKind
from data.errors import Conflict, StoreTrouble
from data.store import Store, lock_centre
from data.tables import Account, Officer, table

MARK = "v1"
"""Before a sealed secret: `v1:KEY:NONCE AND CIPHERTEXT`; a plain one has no colon in it."""
NONCE = 12
_ACCOUNT, _OFFICER = table(Account), table(Officer)


@dataclass(frozen=True)
class Sealed:
    """How many pairings of a centre are sealed with the key that is here, with another one, and not at all."""

    here: int
    elsewhere: int
    plain: int


def seal(key: Key, centre_id: int, officer_id: int, secret: str) -> str:
    """What the store keeps of a secret: AES-256-GCM, good for this officer's account alone."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(key.raw).encrypt(nonce, secret.encode(), _owner(centre_id, officer_id))
    return f"{MARK}:{key.id}:{base64.b64encode(nonce + sealed).decode()}"


def open_secret(stored: str, centre_id: int, officer_id: int) -> str:
    """A secret as it was before. Raises StoreTrouble where the key is missing, another one, or the text is damaged.

    Costs the same for an account that is paired and for one that is not: whoever waits for the answer learns nothing.
    """
    key, needed = find_key(), _key_of(stored)
    if key is not None and key.id == needed:
        return _opened(key, stored, centre_id, officer_id)
    _opened(*_nobodys())
    if needed:
        raise _missing(needed)
    return stored


def seal_new(connection: Connection, centre_id: int, officer_id: int, secret: str) -> str:
    """Seal a secret that comes into the store; makes the key where no secret of the store needs another one.

    Raises StoreTrouble.
    """
    return seal(_key_for(connection), centre_id, officer_id, secret)


def seal_plain(store: Store, centre_id: int, now: int, actor: Actor) -> int:
    """Seal what an earlier release left plain; gives how many. Raises StoreTrouble."""

    def sealed(connection: Connection) -> int:
        lock_centre(connection, centre_id)
        plain = [row for row in _paired(connection, centre_id) if not _key_of(row.totp_secret)]
        for row in plain:
            _keep(connection, centre_id, row.id, seal_new(connection, centre_id, row.id, row.totp_secret))
            note_access(connection, centre_id, now, actor, AccessKind.ACCOUNT, row.code, {"what": "codes-sealed"})
        return len(plain)

    return store.run(sealed)


def count_sealed(connection: Connection, centre_id: int, key: Key | None) -> Sealed:
    """What the pairings of a centre are sealed with."""
    needed = [_key_of(row.totp_secret) for row in _paired(connection, centre_id)]
    here, plain = needed.count(key.id) if key is not None else 0, needed.count("")
    return Sealed(here, len(needed) - here - plain, plain)


def forget_lost(connection: Connection, centre_id: int, now: int, actor: Actor) -> list[str]:
    """Undo the pairings whose key is not here; gives the officers, who pair again.

    Raises NotAllowed, Conflict where none is lost, StoreTrouble for a key that is there and cannot be read.
    """
    require_role("accounts", "管理账号", "manage accounts", actor)
    lock_centre(connection, centre_id)
    lost = [row for row in _paired(connection, centre_id) if is_lost(row.totp_secret)]
    if not lost:
        raise Conflict("totp-key-there", "没有失去密钥的绑定。", "There is no pairing whose key is lost.")
    for row in lost:
        _keep(connection, centre_id, row.id, "")
        note_access(connection, centre_id, now, actor, AccessKind.ACCOUNT, row.code, {"what": "pairing-lost"})
    return [row.code for row in lost]


def is_lost(stored: str) -> bool:
    """Whether a secret is sealed with a key that is not here. Raises StoreTrouble."""
    key, needed = find_key(), _key_of(stored)
    return bool(needed) and (key is None or key.id != needed)


def _key_of(stored: str) -> str:
    """The name of the key that a stored secret needs; empty for one that is plain, or for none."""
    return stored.split(":")[1] if stored.startswith(f"{MARK}:") else ""


def _key_for(connection: Connection) -> Key:
    key = find_key()
    if key is not None:
        return key
    # Of every centre: they share the file.
    stored = connection.execute(
        select(_ACCOUNT.c.totp_secret).where(_ACCOUNT.c.totp_secret.like(f"{MARK}:%")).limit(1),
        execution_options={"fanout": True},
    ).scalar()
    if stored is not None:
        raise _missing(_key_of(stored))
    return make_key()


def _paired(connection: Connection, centre_id: int) -> Sequence[Any]:
    return connection.execute(
        select(_ACCOUNT.c.id, _ACCOUNT.c.totp_secret, _OFFICER.c.code)
        .join_from(
            _ACCOUNT, _OFFICER, (_OFFICER.c.centre_id == _ACCOUNT.c.centre_id) & (_OFFICER.c.id == _ACCOUNT.c.id)
        )
        .where(_ACCOUNT.c.centre_id == centre_id, _ACCOUNT.c.totp_secret != "")
        .order_by(_OFFICER.c.code)
    ).all()


def _keep(connection: Connection, centre_id: int, officer_id: int, secret: str) -> None:
    values = {"totp_secret": secret} if secret else {"totp_secret": "", "totp_step": 0}
    connection.execute(
        update(_ACCOUNT).where(_ACCOUNT.c.centre_id == centre_id, _ACCOUNT.c.id == officer_id).values(values)
    )


def _opened(key: Key, stored: str, centre_id: int, officer_id: int) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.b64decode(stored.split(":")[2], validate=True)
        return AESGCM(key.raw).decrypt(raw[:NONCE], raw[NONCE:], _owner(centre_id, officer_id)).decode()
    except (binascii.Error, IndexError, InvalidTag, ValueError) as error:
        raise StoreTrouble(
            "totp-damaged",
            "验证码绑定已损坏，请安全管理员解除后重新绑定：zhihui account reset --totp",
            "The pairing is damaged: the security administrator undoes it with zhihui account reset --totp.",
        ) from error


@cache
def _nobodys() -> tuple[Key, str, int, int]:
    key = Key(secrets.token_bytes(32))
    return key, seal(key, 0, 0, "nobody's secret"), 0, 0


def _owner(centre_id: int, officer_id: int) -> bytes:
    return f"{centre_id}:{officer_id}".encode()


def _missing(named: str) -> StoreTrouble:
    path = key_path()
    return StoreTrouble(
        "totp-key-missing",
        f"验证码密钥 {named} 不在 {path}，请放回；确已丢失时由安全管理员运行 zhihui account lost-key，各人重新绑定。",
        f"The key {named} of one-time codes is not at {path}: put it back. If it is lost, the security administrator"
        " runs zhihui account lost-key, and officers pair again.",
    )
