"""Passwords and codes: typed without an echo, or one a line on standard input. Never an argument of a command."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from console.cli import words
from core.desk.actor import Actor, Origin
from data.clean import clean
from data.errors import BadInput

if TYPE_CHECKING:
    from console.cli.session import Session
    from core.identity.accounts import Outcome
    from core.identity.policy import Policy

LONGEST = 1000


def ask(zh: str, en: str) -> str:
    """One secret. Raises BadInput where standard input has no further line."""
    if sys.stdin.isatty():
        return getpass.getpass(words.say(f"{zh}：", f"{en}: "))
    line = sys.stdin.readline(LONGEST)
    if not line:
        raise BadInput("no-secret", f"标准输入中缺少：{zh}。", f"There is no line on standard input for: {en}.")
    return line.rstrip("\r\n")


def ask_new() -> str:
    """A new password; at a terminal typed twice. Raises BadInput when the two differ."""
    first = ask("新密码", "New password")
    if sys.stdin.isatty() and ask("再输一次", "Once more") != first:
        raise BadInput("password-twice", "两次输入不同，未作更改。", "The two differ: nothing was changed.")
    return first


def here() -> str:
    """From where somebody signs in who sits at this machine: its account, since the environment may say anything."""
    return f"local:{os.getuid()}"


def policy(session: Session) -> Policy:
    """How the centre wants its officers to sign in."""
    from core.identity.policy import policy_of

    with session.store().read() as connection:
        return policy_of(connection, session.desk().centre_id)


def check(session: Session, officer: str, key_is_lost: bool = False) -> tuple[Actor, Outcome]:
    """Ask for password and code, and check them; no code where nobody could check it, because the `key_is_lost`.

    Raises NotAllowed; the failure has been counted then.
    """
    from core.identity.accounts import check_password
    from core.identity.policy import OFF

    centre = session.desk().centre_id
    password = ask("密码", "Password")
    code: str | None = None
    if not key_is_lost:
        with_code = policy(session).totp != OFF
        code = ask("验证码（没有则回车）", "One-time code (Enter for none)") if with_code else ""
    outcome = check_password(session.store(), centre, officer, password, code, here(), session.now())
    if outcome.refusal is not None:
        raise outcome.refusal
    if outcome.officer is None:
        raise AssertionError
    return replace(outcome.officer, origin=Origin(None, "password", here(), "")), outcome


def who(session: Session, given: str) -> str:
    """The officer who is to sign in: named, or asked for at a terminal. Raises BadInput."""
    named = (given or session.officer or "").strip()
    if not named and sys.stdin.isatty():
        sys.stderr.write(clean(words.say("人员编号：", "Officer: ")))
        sys.stderr.flush()
        named = sys.stdin.readline(LONGEST).strip()
    if not named:
        raise BadInput("no-officer", "请写明人员编号。", "Name the officer, by code.")
    return named
