"""Knows at once that somebody wants nothing but the console, before the commands' framework is loaded."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.cli.session import Session

VALUED = frozenset({"--store", "--centre", "--as", "--lang", "--line", "--theme"})
LANGUAGES = ("zh", "en")


def wanted(given: Sequence[str], session: Session) -> bool:
    """Whether the command line only opens the console on a terminal; then the session has its options.

    Anything unusual is left to the framework, which knows how to refuse it.
    """
    options = dict(zip(given[::2], given[1::2], strict=False))
    plain = len(given) % 2 == 0 and len(options) == len(given) // 2 and set(options) <= VALUED
    if not plain or options.get("--lang", "zh") not in LANGUAGES:
        return False
    if any(not value or value.startswith("-") for value in options.values()):
        return False
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    from console.cli import words

    if "--store" in options:
        session.choose_store(options["--store"])
    session.centre_code = options.get("--centre", session.centre_code)
    session.officer = options.get("--as", session.officer)
    session.line = options.get("--line", session.line)
    session.theme = options.get("--theme", session.theme)
    words.choose(options.get("--lang", ""))
    return True
