"""A ticket named by the ending of its code, as people say it: `0042`, or `1122-0042`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from console.cli.hot import masked
from console.cli.session import Session
from data.errors import BadInput

WHOLE = re.compile(r"[0-9]{8}-[0-9]{4,}")
"""A code as the desk gives them: nothing needs to be looked up."""
ENDING = re.compile(r"[0-9A-Za-z-]{3,20}")
NAMED = 5
"""Candidates that a refusal names."""


def whole_codes(session: Session, given: Iterable[str]) -> list[str]:
    """The codes that were meant, each once, in order. Raises BadInput for an ending that several tickets share.

    What is no ending of any code stays as it is: the desk refuses it.
    """
    return list(dict.fromkeys(whole_code(session, text) for text in given))


def whole_code(session: Session, given: str) -> str:
    """The code that was meant. Raises BadInput as `whole_codes` does."""
    if WHOLE.fullmatch(given) or not ENDING.fullmatch(given):
        return given
    reader, centre = session.reader(), session.centre_id()
    if reader.one("SELECT code FROM ticket WHERE centre_id = :centre AND code = :code", centre=centre, code=given):
        return given
    found = reader.rows(
        "SELECT code, title, confidential FROM ticket WHERE centre_id = :centre AND code LIKE :ending"
        " ORDER BY reported_at DESC, id DESC LIMIT :size",
        centre=centre,
        ending=f"%{given}",
        size=NAMED + 1,
    )
    if len(found) > 1:
        raise _ambiguous(given, found)
    return str(found[0][0]) if found else given


def _ambiguous(given: str, found: list[tuple[str, str, bool]]) -> BadInput:
    shown = [f"{code} {'' if confidential else masked(title)}".strip() for code, title, confidential in found[:NAMED]]
    more = ["…"] if len(found) > NAMED else []
    return BadInput(
        "ticket-ambiguous",
        f"编号以“{given}”结尾的不止一件：{'；'.join(shown + more)}",
        f"More than one code ends with {given}: {'; '.join(shown + more)}",
        tickets=[code for code, *_ in found[:NAMED]],
    )
