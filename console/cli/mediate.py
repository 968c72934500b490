"""`zhihui mediate`: rounds of mediation on a dispute, and whether an agreement was carried out."""

from __future__ import annotations

from typing import Any

import typer

from console import output
from console.cli import words
from console.cli.frame import Entry, Group, built, new_app, single
from console.cli.meeting import proceedings_of
from console.cli.options import Json
from console.cli.ticket import verb_entries
from console.cli.ticket_views import TicketCode
from console.exit_codes import OK


def show_command(context: typer.Context, code: TicketCode, json: Json = False) -> int:
    """The rounds of a ticket in order."""
    from console.cli.meeting_text import mediation_lines, mediation_record

    session, found = proceedings_of(context, code)
    if json:
        output.write_json([mediation_record(line) for line in found.mediations])
        return OK
    for line in found.mediations:
        for text in mediation_lines(line, session.zone()):
            output.say_line(text)
    if not found.mediations:
        output.remark(words.say("没有调解。", "There was no mediation."))
    return OK


class MediateGroup(Group):
    """`zhihui mediate`: `round` and `fulfil` are verbs of `zhihui ticket`."""

    entries = {
        **verb_entries("fulfil", round="mediate"),
        "show": Entry(
            "一件事件的各轮调解",
            "a ticket's rounds of mediation",
            lambda: single(show_command, "show", "一件事件的各轮调解", "a ticket's rounds of mediation"),
        ),
    }


def build() -> Any:
    """The noun."""
    app = new_app("调解：记录每轮、协议履行", "mediation: each round, and what must follow", cls=MediateGroup)
    app.callback()(_noun)
    return built(app)


def _noun() -> None:
    """The group itself does nothing."""
