"""`zhihui ticket list` in its simple forms, ahead of the command-line framework: what scripts call in loops.

Anything out of the ordinary is left to the full command, which does the same with the same parts.
"""

from __future__ import annotations

from console import output
from console.cli import words
from console.cli.session import Session
from console.exit_codes import OK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

WORDS = ("ticket", "list")
_CHOSEN = {"--store", "--centre", "--as"}
_GLOBAL = {*_CHOSEN, "--lang"}
_VALUED = {"--limit", "--after", "--where", *_GLOBAL}


def run(arguments: Sequence[str], session: Session) -> int | None:
    """The exit code, or None when the full command must have a look. Raises Refusal."""
    found = _read(arguments)
    if found is None:
        return None
    form, given, everything = found
    if session.bound and not _CHOSEN.isdisjoint(given):
        return None
    if "--store" in given:
        session.choose_store(given["--store"])
    session.centre_code = given.get("--centre", session.centre_code)
    session.officer = given.get("--as", session.officer)
    limit = int(given.get("--limit", "20"))
    print_list(session, form, limit, given.get("--after", ""), given.get("--where", ""), everything)
    return OK


def print_list(session: Session, form: str, limit: int, after: str, where: str, everything: bool) -> None:
    """Print a list of tickets as JSON, JSONL or CSV. Raises Refusal."""
    from console.cli.permits import demand
    from data.queries.listing import FIELDS

    demand(session, "ticket list")
    output.write_records(read_list(session, limit, after, where, everything), FIELDS, form)


def read_list(session: Session, limit: int, after: str, where: str, everything: bool) -> list[dict[str, Any]]:
    """The rows of a list of tickets, without personal data. Raises Refusal."""
    from data.queries import listing

    reader, now = session.reader(), session.now()
    condition = session.condition(where) if where else None
    rows = listing.page(reader, session.centre_id(), now, everything, limit, after, condition)
    for row in rows:
        row["title"] = masked(row["title"])
    return rows


def masked(title: str) -> str:
    """A title without personal data; the rules are loaded for the first title that may hold some."""
    if title.isascii() and title.isalpha():
        return title
    from data.masking import mask_text

    return mask_text(title)


def _read(arguments: Sequence[str]) -> tuple[str, dict[str, str], bool] | None:
    """Format, options with their values, and whether closed tickets come too; None for anything else."""
    form, everything = "", False
    given: dict[str, str] = {}
    names: list[str] = []
    left = iter(arguments)
    for word in left:
        if word in _VALUED:
            value = next(left, None)
            if value is None or word in given or (word not in _GLOBAL and names != list(WORDS)):
                return None
            given[word] = value
        elif word[:2] == "--" and word[2:] in output.FORMATS and not form:
            form = word[2:]
        elif word == "--all":
            everything = True
        elif len(names) < len(WORDS) and word == WORDS[len(names)]:
            names.append(word)
        else:
            return None
    limit = given.get("--limit", "20")
    if not form or names != list(WORDS) or not (limit.isascii() and limit.isdigit() and len(limit) < 9):
        return None
    if given.get("--lang", "zh") not in words.LANGUAGES:
        return None
    words.choose(given.get("--lang", ""))
    return form, given, everything
