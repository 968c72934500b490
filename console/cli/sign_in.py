"""`zhihui sign-in`: prove who one is; the commands and the console after it act as that officer."""

from __future__ import annotations

import os
import secrets
import sys
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of, single
from console.cli.options import argument
from console.cli.proof import digest
from console.cli.secret_input import check, here, who
from console.cli.token_file import write_token
from console.exit_codes import OK
from data.errors import NotAllowed, StoreTrouble

OWED = {
    "password": (
        "密码由他人设置，须先改为本人的：zhihui account password",
        "Somebody else set this password: choose an own one first with zhihui account password.",
    ),
    "totp": (
        "本中心须用验证码，请先绑定手机：zhihui account totp",
        "This centre wants one-time codes: pair a phone first with zhihui account totp.",
    ),
}


def build() -> Any:
    """The command."""
    return single(sign_in_command, "sign-in", "登录：输入密码和验证码", "sign in with password and one-time code")


def sign_in_command(
    context: typer.Context, officer: Annotated[str, argument("人员编号", "the officer, by code")] = ""
) -> int:
    """Asks without an echo, or reads one line each from standard input."""
    from core.identity.sessions import open_session

    session = session_of(context)
    actor, outcome = check(session, who(session, officer))
    if outcome.owes:
        raise NotAllowed(f"owes-{outcome.owes}", *OWED[outcome.owes])
    centre, token = session.desk().centre_id, secrets.token_urlsafe(32)
    terminal = os.ttyname(sys.stdin.fileno()) if sys.stdin.isatty() else ""
    session.store().run(
        lambda connection: open_session(
            *(connection, centre, actor.id or 0, session.now(), "password", here(), "", terminal), digest(token)
        )
    )
    try:
        write_token(session.url(), centre, token)
    except OSError as error:
        raise StoreTrouble(
            "token-unwritable",
            "无法在状态目录中保存会话，未登录。",
            "The session cannot be kept in the state folder: not signed in.",
        ) from error
    output.remark(words.say(f"已登录：{actor.name}（{actor.code}）。", f"Signed in: {actor.code}."))
    return OK
