"""Accounts: made and kept by the security administrator, and the check of whoever wants to sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.accountability.access_log import note_access
from core.desk.actor import Actor, Origin, find_actor
from core.desk.permissions import require_role
from core.identity import lockout, passwords, totp
from core.identity.administrators import administrator_kept
from core.identity.failures import Subjects, by_account, count, desk_depends_on, failures_of, forget, subjects_of
from core.identity.lockout import NONE, Failures
from core.identity.policy import OFF, Policy, policy_of
from core.identity.sealing import is_lost, open_secret, seal_new
from core.identity.sessions import end_all
from data.access_terms import AccessKind
from data.errors import Conflict, NotAllowed, NotFound, Refusal
from data.queries.identity import REQUIRED
from data.store import Store, lock_centre
from data.tables import Account, Officer, table

REMEMBERED = 5
"""Earlier passwords that are not taken again."""
NOBODY = Actor(code="unknown", name="")
"""In the access log, for a name that is no officer's: what was typed may have been a password."""
_ACCOUNT, _OFFICER = table(Account), table(Officer)


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: the officer, or why not. A failure is to be committed before it is told."""

    officer: Actor | None = None
    refusal: Refusal | None = None
    owes: str = ""
    """`password` or `totp`: what the officer must set before anything else."""


@dataclass(frozen=True)
class AccountLine:
    """An account as a list shows it; instants in epoch seconds."""

    officer: str
    name: str
    state: str
    totp: bool
    waits_until: int | None
    changed_at: int


@dataclass(frozen=True)
class _Attempt:
    """What somebody gave to prove who they are."""

    centre_id: int
    officer: str
    password: str = field(repr=False)
    code: str | None = field(repr=False)
    address: str
    now: int


@dataclass(frozen=True)
class _Look:
    """The account that an attempt is on, as the store has it."""

    policy: Policy
    found: Mapping[str, Any] | None = field(repr=False)
    failed: Mapping[str, Failures]
    subjects: Subjects
    waits: int
    """Seconds until an attempt is heard; 0 for at once."""

    @property
    def account(self) -> Mapping[str, Any] | None:
        """The account, unless it is disabled."""
        return self.found if self.found is not None and not self.found["disabled"] else None

    @property
    def stored(self) -> str | None:
        """The password that the account has."""
        return self.account["password"] if self.account is not None else None

    @property
    def sealed(self) -> str:
        """The secret of the codes that are asked for, as it is stored; empty where none are."""
        return str(self.account["totp_secret"]) if self.account is not None and self.policy.totp != OFF else ""


@dataclass(frozen=True)
class _Tried:
    """A password tried on the stored one, and the secret that the code is tried on."""

    stored: str | None
    sealed: str
    fits: bool
    renewed: str | None
    """The hash with the parameters of today, where those were others."""
    secret: str = field(repr=False)
    trouble: Refusal | None
    """Why the secret cannot be opened."""


def check_password(
    store: Store, centre_id: int, officer_code: str, password: str, code: str | None, address: str, now: int
) -> Outcome:
    """Whether somebody is the officer they say; counts and notes a failure. Opens transactions of its own.

    An unknown officer, one without an account, a wrong password and a wrong code cost the same work and give the same
    words. The password is tried before the write transaction: whoever writes meanwhile does not wait for that. Without
    a `code` nobody gets in whose code could be checked: that is for the loss of the key that seals the secrets.
    """
    attempt = _Attempt(centre_id, officer_code, password, code, address, now)
    while True:  # once more only where the password was changed meanwhile
        with store.read() as connection:
            look = _look(connection, attempt)
        if look.waits:
            return Outcome(refusal=_wait(look.waits))
        tried = _try(attempt, look)
        outcome = store.run(partial(_settle, attempt=attempt, tried=tried))
        if outcome is not None:
            return outcome


def _look(connection: Connection, attempt: _Attempt) -> _Look:
    centre_id, now = attempt.centre_id, attempt.now
    found = _account(connection, centre_id, attempt.officer)
    subjects = subjects_of(attempt.officer.strip(), attempt.address)
    failed = failures_of(connection, centre_id, subjects)
    account, address, pair = (failed.get(subject, NONE) for subject in subjects)
    free_at = lockout.free_at(account, address, now)
    there = found["id"] if found is not None and not found["disabled"] else None
    if free_at > now and there is not None and desk_depends_on(connection, centre_id, there, now):
        free_at = lockout.free_at_on_shift(address, pair, now)
    return _Look(policy_of(connection, centre_id), found, failed, subjects, max(free_at - now, 0))


def _try(attempt: _Attempt, look: _Look) -> _Tried:
    fits = passwords.fits(look.stored, attempt.password)
    renew = fits and look.stored is not None and passwords.is_outdated(look.stored)
    secret, trouble = "", None
    if attempt.code is not None and look.policy.totp != OFF:
        try:
            secret = open_secret(look.sealed, attempt.centre_id, look.account["id"] if look.account else 0)
        except Refusal as refusal:
            trouble = refusal
    renewed = passwords.hashed(attempt.password) if renew else None
    return _Tried(look.stored, look.sealed, fits, renewed, secret, trouble)


def _settle(connection: Connection, attempt: _Attempt, tried: _Tried) -> Outcome | None:
    """Count the attempt or let it in; None where the password or the secret it was tried on is no longer the account's.

    An attempt that others' failures overtook counts as one, right or wrong: many at once are no more guesses than one
    after the other, and the wait does not tell which of them was right.
    """
    lock_centre(connection, attempt.centre_id)  # attempts are settled one by one: none slips past the count
    look = _look(connection, attempt)
    if (look.stored, look.sealed) != (tried.stored, tried.sealed):
        return None
    account = look.account
    step = _step(account, attempt, tried) if account is not None else None
    if account is None or not tried.fits or look.waits or (step is None and tried.trouble is None):
        _note_failure(connection, attempt, look)
        return Outcome(refusal=_wait(look.waits) if look.waits else _wrong())
    if step is None:
        return Outcome(refusal=tried.trouble)
    forget(connection, attempt.centre_id, look.subjects, attempt.now)
    values: dict[str, Any] = {"totp_step": step}
    if tried.renewed is not None:
        values["password"] = tried.renewed
    _save(connection, attempt.centre_id, account["id"], values)
    officer = find_actor(connection, attempt.centre_id, account["code"], attempt.now)
    return Outcome(officer, owes=_owed(account, look.policy))


def _owed(account: Mapping[str, Any], policy: Policy) -> str:
    """What an officer must set before anything else."""
    if account["given"]:
        return "password"
    return "totp" if policy.totp == REQUIRED and not account["totp_secret"] else ""


def _step(account: Mapping[str, Any], attempt: _Attempt, tried: _Tried) -> int | None:
    """The step to keep after this code; None when it is not the right one, or cannot be checked."""
    last = int(account["totp_step"])
    if not tried.sealed:
        return last
    if attempt.code is None:
        return last if is_lost(tried.sealed) else None
    return None if tried.trouble is not None else totp.step_of(tried.secret, attempt.code, attempt.now, last)


def _note_failure(connection: Connection, attempt: _Attempt, look: _Look) -> None:
    for subject in look.subjects:
        count(connection, attempt.centre_id, subject, look.failed.get(subject, NONE).and_one(attempt.now))
    found = look.found
    actor = Actor(found["code"], found["name"], found["id"]) if found is not None else NOBODY
    actor = Actor(actor.code, actor.name, actor.id, origin=Origin(None, "password", attempt.address, ""))
    note_access(connection, attempt.centre_id, attempt.now, actor, AccessKind.SIGN_IN_FAILED)


@dataclass(frozen=True)
class NewPassword:
    """A password that was accepted and hashed before the transaction that keeps it."""

    officer: str
    """The code of whose it is."""
    stored: str = field(repr=False)
    earlier: tuple[str, ...] = field(repr=False)
    """Those it was compared with, as they are stored."""
    shortest: int


def new_password(store: Store, centre_id: int, officer: str, password: str, now: int, own: bool = False) -> NewPassword:
    """Look at a new password and hash it, which takes a tenth of a second and more: no writer waits for that.

    `own` for one that the officer chooses, who does not take one of the last again. Raises BadInput and NotFound.
    """
    with store.read() as connection:
        who = find_actor(connection, centre_id, officer, now)
        account = _account(connection, centre_id, who.code) if own else None
        shortest = policy_of(connection, centre_id).shortest
    earlier = _earlier(account) if account is not None else []
    passwords.check_new(password, shortest, (who.code, who.name), earlier)
    return NewPassword(who.code, passwords.hashed(password), tuple(earlier), shortest)


class AccountBook:
    """The accounts of one centre, inside an open write transaction."""

    def __init__(self, connection: Connection, centre_id: int, now: int, actor: Actor) -> None:
        """`actor` is who changes something."""
        self.connection, self.centre_id, self.now, self.actor = connection, centre_id, now, actor

    def add(self, officer: str, password: NewPassword) -> None:
        """Give an officer an account. Raises NotAllowed, NotFound, and Conflict where there is one."""
        self._require()
        owner = find_actor(self.connection, self.centre_id, officer, self.now)
        if _account(self.connection, self.centre_id, owner.code) is not None:
            raise Conflict("account-exists", f"{owner.code} 已有账号。", f"{owner.code} has an account already.")
        stored = self._accepted(password, owner.code, ())
        row = Account(
            centre_id=self.centre_id, id=owner.id or 0, password=stored, added_at=self.now, changed_at=self.now
        )
        self.connection.execute(insert(_ACCOUNT), [row.model_dump()])
        self._noted(owner.code, "added")

    def reset(self, officer: str, password: NewPassword, pairing: bool) -> None:
        """Set a password that the officer must change, and with `pairing` forget the phone. Raises like `add`."""
        self._require()
        account = self._one(officer)
        stored = self._accepted(password, account["code"], ())
        values: dict[str, Any] = {"password": stored, "given": True, "changed_at": self.now}
        if pairing:
            values |= {"totp_secret": "", "totp_step": 0}
        _save(self.connection, self.centre_id, account["id"], values)
        end_all(self.connection, self.centre_id, account["id"], self.now, self.actor, "reset")
        self._noted(account["code"], "reset", pairing=pairing)

    def set_disabled(self, officer: str, disabled: bool) -> None:
        """Disable an account, which ends its sessions, or enable it again. Raises NotAllowed, NotFound, Conflict."""
        self._require()
        account = self._one(officer)
        if disabled and account["id"] == self.actor.id:
            raise Conflict("account-own", "不能停用本人账号。", "Nobody disables the own account.")
        with administrator_kept(self.connection, self.centre_id, self.now):
            _save(self.connection, self.centre_id, account["id"], {"disabled": disabled})
        if disabled:
            end_all(self.connection, self.centre_id, account["id"], self.now, self.actor, "disabled")
        self._noted(account["code"], "disabled" if disabled else "enabled")

    def disable_of(self, officer_id: int) -> int:
        """Disable an officer's account, as part of a change that was permitted; gives how many there were: 1 or 0."""
        row = self.connection.execute(
            _accounts().where(_ACCOUNT.c.centre_id == self.centre_id, _ACCOUNT.c.id == officer_id, ~_ACCOUNT.c.disabled)
        ).first()
        if row is None:
            return 0
        _save(self.connection, self.centre_id, officer_id, {"disabled": True})
        self._noted(row.code, "disabled")
        return 1

    def release(self, officer: str) -> None:
        """Let an officer try again at once, after failures. Raises NotAllowed, NotFound."""
        require_role("account_release", "解除登录等待", "release from waiting to sign in", self.actor)
        account = self._one(officer)
        forget(self.connection, self.centre_id, (by_account(account["code"]),), self.now)
        note_access(
            self.connection,
            self.centre_id,
            self.now,
            self.actor,
            AccessKind.UNLOCKED,
            account["code"],
            {"what": "wait"},
        )

    def choose_password(self, password: NewPassword) -> None:
        """The actor's own new password; they were just checked. Ends the sessions opened with the old one.

        Raises Conflict where it was compared with others than the account has now.
        """
        account = self._one(self.actor.code)
        earlier = _earlier(account)
        stored = self._accepted(password, account["code"], earlier)
        values = {"password": stored, "earlier": earlier, "given": False, "changed_at": self.now}
        _save(self.connection, self.centre_id, account["id"], values)
        end_all(self.connection, self.centre_id, account["id"], self.now, self.actor, "password")
        self._noted(account["code"], "password")

    def pair(self, secret: str, code: str) -> None:
        """Pair the actor's phone, once it shows a right code. Raises NotAllowed, and StoreTrouble without a key."""
        account = self._one(self.actor.code)
        step = totp.step_of(secret, code, self.now, 0)
        if step is None:
            raise NotAllowed("totp-wrong", "验证码不对，未绑定。", "That is not the code: nothing was paired.")
        sealed = seal_new(self.connection, self.centre_id, account["id"], secret)
        _save(self.connection, self.centre_id, account["id"], {"totp_secret": sealed, "totp_step": step})
        self._noted(account["code"], "totp")

    def owed(self) -> str:
        """What the actor must set before anything else, as in `Outcome.owes`."""
        return _owed(self._one(self.actor.code), policy_of(self.connection, self.centre_id))

    def listed(self) -> list[AccountLine]:
        """Every account. Raises NotAllowed."""
        self._require()
        rows = self.connection.execute(
            _accounts().where(_ACCOUNT.c.centre_id == self.centre_id).order_by(_OFFICER.c.code)
        ).mappings()
        accounts = [dict(row) for row in rows]
        subjects = {row["code"]: by_account(row["code"]) for row in accounts}
        failed = failures_of(self.connection, self.centre_id, subjects.values())
        lines = []
        for row in accounts:
            free_at = lockout.free_at(failed.get(subjects[row["code"]], NONE), NONE, self.now)
            state = "disabled" if row["disabled"] else "given" if row["given"] else "live"
            waits = free_at if free_at > self.now else None
            lines.append(
                AccountLine(row["code"], row["name"], state, bool(row["totp_secret"]), waits, row["changed_at"])
            )
        return lines

    def _require(self) -> None:
        require_role("accounts", "管理账号", "manage accounts", self.actor)
        lock_centre(self.connection, self.centre_id)

    def _one(self, officer: str) -> Mapping[str, Any]:
        code = find_actor(self.connection, self.centre_id, officer, self.now).code
        account = _account(self.connection, self.centre_id, code)
        if account is None:
            raise NotFound("account-unknown", f"{code} 没有账号。", f"{code} has no account.")
        return account

    def _accepted(self, password: NewPassword, code: str, earlier: Sequence[str]) -> str:
        """What is stored of it, where nothing of what it was compared with has changed since."""
        shortest = policy_of(self.connection, self.centre_id).shortest
        if (password.officer, password.earlier) != (code, tuple(earlier)) or password.shortest < shortest:
            raise Conflict(
                "password-overtaken",
                "账号或密码规则刚被更改，请重试。",
                "The account or the rules for passwords have just been changed: try again.",
            )
        return password.stored

    def _noted(self, officer: str, what: str, **more: Any) -> None:
        body = {"what": what, **more}
        note_access(self.connection, self.centre_id, self.now, self.actor, AccessKind.ACCOUNT, officer, body)


def _earlier(account: Mapping[str, Any]) -> list[str]:
    """The passwords that an account had last, as they are stored, the newest first."""
    return [account["password"], *account["earlier"]][:REMEMBERED]


def _accounts() -> Any:
    return select(_ACCOUNT, _OFFICER.c.code, _OFFICER.c.name).join_from(
        _ACCOUNT, _OFFICER, (_OFFICER.c.centre_id == _ACCOUNT.c.centre_id) & (_OFFICER.c.id == _ACCOUNT.c.id)
    )


def _account(connection: Connection, centre_id: int, code: str) -> dict[str, Any] | None:
    row = (
        connection.execute(
            _accounts().where(_ACCOUNT.c.centre_id == centre_id, _OFFICER.c.code == code.strip(), _OFFICER.c.active)
        )
        .mappings()
        .first()
    )
    return dict(row) if row is not None else None


def _save(connection: Connection, centre_id: int, officer_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(
        update(_ACCOUNT).where(_ACCOUNT.c.centre_id == centre_id, _ACCOUNT.c.id == officer_id).values(dict(values))
    )


def _wrong() -> NotAllowed:
    return NotAllowed(
        "sign-in-failed",
        "人员编号、密码或验证码不对。",
        "The officer, the password or the one-time code is not right.",
    )


def _wait(seconds: int) -> NotAllowed:
    return NotAllowed(
        "sign-in-wait",
        f"失败次数过多，请等 {seconds} 秒再试；值班长可解除：zhihui account release",
        f"Too many failures: wait {seconds} seconds. A shift leader may release it: zhihui account release.",
    )
