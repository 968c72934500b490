"""How a centre wants its officers to sign in: a setting that the security administrator changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.accountability.access_log import note_access
from core.desk.actor import Actor
from core.desk.permissions import require_role
from data.access_terms import AccessKind
from data.errors import BadInput, Conflict
from data.queries.identity import NAMED, REQUIRED, SETTING
from data.store import lock_centre
from data.tables import Account, Appointment, Officer, Setting, table
from data.terms import Role

OFF, OPTIONAL = "off", "optional"
SIGN_IN = (NAMED, REQUIRED)
TOTP = (OFF, OPTIONAL, REQUIRED)
HOURS = range(1, 25)
SHORTEST = range(8, 65)

_SETTING = table(Setting)


@dataclass(frozen=True)
class Policy:
    """The setting. Without one, officers are named and not asked for proof."""

    sign_in: str = NAMED
    totp: str = OPTIONAL
    hours: int = 14
    """How long a session lasts: a shift of twelve hours with its handover."""
    shortest: int = 10
    """Characters of a password, at least."""


def policy_of(connection: Connection, centre_id: int) -> Policy:
    """The centre's."""
    found = connection.execute(
        select(_SETTING.c.value).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == SETTING)
    ).scalar()
    return Policy(**found) if found else Policy()


def change_policy(connection: Connection, centre_id: int, now: int, actor: Actor, changes: Mapping[str, Any]) -> Policy:
    """Change the setting. Raises NotAllowed, BadInput, and Conflict where nobody could undo it afterwards."""
    require_role("sign_in_policy", "设置登录方式", "set how officers sign in", actor)
    lock_centre(connection, centre_id)
    before = policy_of(connection, centre_id)
    after = replace(before, **changes)
    _check(after)
    if after.sign_in == REQUIRED and not has_administrator(connection, centre_id, now, with_account=True):
        raise Conflict(
            "no-administrator",
            "须先有安全管理员并为其建立账号，否则无人能改回。",
            "First give the centre a security administrator with an account: nobody could turn back.",
        )
    where = (_SETTING.c.centre_id == centre_id, _SETTING.c.name == SETTING)
    done = connection.execute(update(_SETTING).where(*where).values(value=asdict(after)))
    if done.rowcount == 0:
        connection.execute(insert(_SETTING), {"centre_id": centre_id, "name": SETTING, "value": asdict(after)})
    if after != before:
        note_access(connection, centre_id, now, actor, AccessKind.ACCOUNT, "policy", asdict(after))
    return after


def _check(policy: Policy) -> None:
    if policy.sign_in not in SIGN_IN:
        raise BadInput("sign-in-mode", "登录方式为 named 或 required。", "Sign-in is named or required.")
    if policy.totp not in TOTP:
        raise BadInput("totp-mode", "验证码为 off、optional 或 required。", "Codes are off, optional or required.")
    if policy.hours not in HOURS:
        raise BadInput("session-hours", "会话时长为 1 到 24 小时。", "A session lasts 1 to 24 hours.")
    if policy.shortest not in SHORTEST:
        raise BadInput("password-shortest", "密码最短为 8 到 64 个字符。", "The shortest password is 8 to 64.")


def has_administrator(
    connection: Connection, centre_id: int, at: int, with_account: bool, without: Collection[int] = ()
) -> bool:
    """Whether an officer who is there holds the security administrator's role, with an account if one is wanted.

    `without`: ids of appointments that do not count.
    """
    held, account, officer = table(Appointment).c, table(Account).c, table(Officer).c
    found = (
        select(held.id)
        .join_from(
            table(Appointment),
            table(Officer),
            (officer.centre_id == held.centre_id) & (officer.id == held.officer_id),
        )
        .where(
            held.centre_id == centre_id,
            held.role == Role.SECURITY_ADMIN.value,
            held.from_at <= at,
            held.to_at.is_(None) | (held.to_at > at),
            officer.active,
            held.id.not_in(without),
        )
        .limit(1)
    )
    if with_account:
        found = found.join(
            table(Account), (account.centre_id == held.centre_id) & (account.id == held.officer_id)
        ).where(~account.disabled)
    return connection.execute(found).first() is not None
