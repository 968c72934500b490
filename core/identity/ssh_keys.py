"""The keys with which officers come in over SSH: whose they are, from where, until when, and that they are revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.accountability.access_log import note_access
from core.desk.actor import Actor, find_actor
from core.desk.permissions import may, require_role
from core.identity.public_key import PublicKey
from data.access_terms import AccessKind
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.store import lock_centre
from data.tables import Officer, SshKey, table

KEYS_EACH = 20
"""Live keys that one officer may have."""
ADDRESSES = 32
REASON_LIMIT = 200

_KEY, _OFFICER = table(SshKey), table(Officer).c


@dataclass(frozen=True)
class OfficerKey:
    """A key of an officer; instants in epoch seconds."""

    id: int
    officer: str
    name: str
    key_type: str
    fingerprint: str
    comment: str
    addresses: tuple[str, ...]
    added_by: str
    added_at: int
    expires_at: int | None
    revoked_by: str
    revoked_at: int | None
    reason: str

    def state(self, now: int) -> str:
        """live, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "live"


class KeyBook:
    """The keys of one centre, inside an open transaction."""

    def __init__(self, connection: Connection, centre_id: int, now: int, actor: Actor) -> None:
        """`now` in epoch seconds; `actor` is who adds or revokes."""
        self.connection, self.centre_id, self.now, self.actor = connection, centre_id, now, actor

    def add(
        self, officer: str, key: PublicKey, addresses: Sequence[str] = (), expires_at: int | None = None
    ) -> OfficerKey:
        """Give an officer a key.

        Raises NotAllowed, NotFound for the officer, BadInput for an address or an end that is past, Conflict for a key
        that somebody has or had, here or at another centre of the store: a key says who it is, and a revoked one is
        out for good.
        """
        require_role("ssh_keys", "管理 SSH 密钥", "manage SSH keys", self.actor)
        lock_centre(self.connection, self.centre_id)
        owner = find_actor(self.connection, self.centre_id, officer, self.now)
        if expires_at is not None and expires_at <= self.now:
            raise BadInput("key-expiry", "失效时间须晚于现在。", "The key must expire later than now.")
        self._require_new(key)
        live = [one for one in self._all() if one.officer == owner.code and one.state(self.now) == "live"]
        if len(live) >= KEYS_EACH:
            raise Conflict(
                "key-many",
                f"{owner.name} 已有 {KEYS_EACH} 把密钥，请先吊销旧的。",
                f"{owner.code} has {KEYS_EACH} keys: revoke an old one first.",
            )
        row = SshKey(
            centre_id=self.centre_id,
            id=new_id(),
            officer_id=owner.id or 0,
            key_type=key.key_type,
            blob=key.blob,
            fingerprint=key.fingerprint,
            comment=key.comment,
            addresses=networks(addresses),
            added_by=self.actor.code,
            added_at=self.now,
            expires_at=expires_at,
        )
        self.connection.execute(insert(_KEY), [row.model_dump()])
        return self._noted(AccessKind.KEY_ADDED, self._one(row.id))

    def revoke(self, named: str, reason: str) -> OfficerKey:
        """Take a key away for good; it ends the sessions it opened. An officer may revoke the own ones.

        `named` is the fingerprint or its beginning. Raises NotFound, NotAllowed, BadInput, Conflict.
        """
        found = self._find(named)
        if found.officer != self.actor.code:
            require_role("ssh_keys", "管理 SSH 密钥", "manage SSH keys", self.actor)
        if not reason.strip() or len(reason) > REASON_LIMIT or not reason.isprintable():
            raise BadInput(
                "key-reason", "须写明吊销原因，200 字以内。", "Say why, in at most 200 printable characters."
            )
        if found.revoked_at is not None:
            raise Conflict("key-revoked", "这把密钥已被吊销。", "This key is revoked already.")
        lock_centre(self.connection, self.centre_id)
        return self._revoked(found.id, reason.strip())

    def listed(self) -> list[OfficerKey]:
        """Every key, those of one officer together, the newest last; to officers without an administrator's part
        their own.
        """
        everything = may("ssh_keys", self.actor) or may("audit", self.actor)
        return [key for key in self._all() if everything or key.officer == self.actor.code]

    def revoke_of(self, officer_id: int, reason: str) -> int:
        """Take every key of an officer away, as part of a change that was permitted; gives how many."""
        held = [int(row.id) for row in self._rows(_KEY.c.officer_id == officer_id, _KEY.c.revoked_at.is_(None))]
        for key in held:
            self._revoked(key, reason)
        return len(held)

    def _revoked(self, key: int, reason: str) -> OfficerKey:
        self.connection.execute(
            update(_KEY)
            .where(_KEY.c.centre_id == self.centre_id, _KEY.c.id == key)
            .values(revoked_by=self.actor.code, revoked_at=self.now, reason=reason)
        )
        return self._noted(AccessKind.KEY_REVOKED, self._one(key))

    def _noted(self, kind: AccessKind, key: OfficerKey) -> OfficerKey:
        body = {"fingerprint": key.fingerprint, "from": list(key.addresses), "expires_at": key.expires_at}
        note_access(self.connection, self.centre_id, self.now, self.actor, kind, key.officer, body)
        return key

    def _require_new(self, key: PublicKey) -> None:
        held = self.connection.execute(
            select(_KEY.c.centre_id, _KEY.c.revoked_at).where(_KEY.c.fingerprint == key.fingerprint),
            execution_options={"fanout": True},
        ).all()
        if any(row.revoked_at is not None for row in held):
            raise Conflict(
                "key-was-revoked",
                "这把密钥曾被吊销，不能再用；请另做一把。",
                "This key was revoked and never comes back: make a new one.",
            )
        if held:
            raise Conflict("key-taken", "这把密钥已登记，一把密钥只属一人。", "Somebody has this key already.")

    def _find(self, named: str) -> OfficerKey:
        wanted = named.strip().removeprefix("SHA256:")
        found = [key for key in self._all() if key.fingerprint.removeprefix("SHA256:").startswith(wanted)]
        if len(wanted) < 6 or not found:
            raise NotFound(
                "key-unknown",
                "没有这把密钥；请给出指纹，或其开头至少 6 个字符。",
                "There is no such key: give the fingerprint, or at least its first 6 characters.",
            )
        if len(found) > 1:
            raise BadInput("key-ambiguous", "有多把密钥以此开头。", "Several keys begin like that.")
        return found[0]

    def _all(self) -> list[OfficerKey]:
        return [_of(row) for row in self._rows()]

    def _one(self, key: int) -> OfficerKey:
        return _of(self._rows(_KEY.c.id == key)[0])

    def _rows(self, *conditions: Any) -> Sequence[Any]:
        return self.connection.execute(
            select(_KEY, _OFFICER.code.label("officer"), _OFFICER.name.label("name"))
            .join_from(
                _KEY, table(Officer), (_OFFICER.centre_id == _KEY.c.centre_id) & (_OFFICER.id == _KEY.c.officer_id)
            )
            .where(_KEY.c.centre_id == self.centre_id, _OFFICER.centre_id == self.centre_id, *conditions)
            .order_by(_OFFICER.code, _KEY.c.added_at, _KEY.c.id)
        ).all()


def networks(addresses: Sequence[str]) -> list[str]:
    """Addresses and networks as sshd reads them in `from=`. Raises BadInput for one that is none, or too many."""
    found = []
    for address in addresses:
        try:
            one = ip_network(address) if "/" in address else ip_address(address)
        except ValueError as error:
            raise BadInput(
                "key-address",
                f"{address!a} 不是 IP 地址或网段（如 10.20.0.0/16）。",
                f"{address!a} is no IP address or network such as 10.20.0.0/16.",
            ) from error
        found.append(str(one))
    if len(found) > ADDRESSES:
        raise BadInput("key-address", f"最多 {ADDRESSES} 个地址。", f"At most {ADDRESSES} addresses.")
    return found


def _of(row: Any) -> OfficerKey:
    return OfficerKey(
        **{name: getattr(row, name) for name in OfficerKey.__dataclass_fields__ if name != "addresses"},
        addresses=tuple(row.addresses),
    )
