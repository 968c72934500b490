"""`zhihui sign-out`: end the session of whoever signed in at this terminal."""

from __future__ import annotations

from typing import Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of, single
from console.cli.proof import live
from console.cli.token_file import drop_token
from console.exit_codes import OK


def build() -> Any:
    """The command."""
    return single(sign_out_command, "sign-out", "退出登录", "sign out")


def sign_out_command(context: typer.Context) -> int:
    """Also when the session is over already."""
    from core.identity.sessions import end_session

    session = session_of(context)
    found = live(session)
    if found is not None:
        desk = session.desk()
        actor = desk.actor(found.officer)
        desk.store.run(lambda connection: end_session(connection, desk.centre_id, found.id, session.now(), actor))
    drop_token(session.url(), session.centre_id())
    output.remark(words.say("已退出。", "Signed out."))
    return OK
