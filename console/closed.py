"""What is closed on the server's side: one table, from which every refusal takes its names.

A console runs on the centre's machine, and over SSH whoever sits before it sits elsewhere. Nothing there may write a
file where they say, open one, start a program, or stand for somebody else. `docs/remote.md` prints the table.
"""

from __future__ import annotations

import logging
from typing import NamedTuple, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Class = TypeVar("Class", bound=type)
APP, DRIVER = "app", "driver"


class Closed(NamedTuple):
    """One thing that is closed, and all the ways to it."""

    what: str
    instead: str
    """What there is for it, or why it is closed."""
    locally: bool = False
    """Whether it is closed on a local terminal, too."""
    calls: tuple[tuple[str, str], ...] = ()
    """Of whom, and which: calls of Textual's classes, which refuse."""
    variables: tuple[tuple[str, str], ...] = ()
    """What a session's environment has for them, whatever the client sent."""
    options: tuple[str, ...] = ()
    """Options of commands that no row of the remote table may have."""


NO_PROGRAM = "/bin/false"
MOUSE = Closed("the mouse", "each motion would be sent; the client's own marking and copying works")
CLOSED = (
    Closed(
        "links and web pages", "nothing on the screen starts a program", locally=True,
        calls=((APP, "open_url"), (DRIVER, "open_url")), variables=(("BROWSER", NO_PROGRAM),),
    ),
    Closed(
        "pictures of the screen", "they would be copies of personal data", locally=True,
        calls=((APP, "deliver_screenshot"), (APP, "save_screenshot"), (APP, "action_screenshot")),
    ),
    Closed(
        "files written or read by a screen", "exports are commands: `ssh zhihui export > tickets.csv`", locally=True,
        calls=((APP, "deliver_text"), (APP, "deliver_binary"), (DRIVER, "deliver_binary")),
    ),
    Closed(
        "suspending", "a stopped console shows old deadlines as if they were new", locally=True,
        calls=((APP, "suspend"), (APP, "action_suspend_process")),
    ),
    Closed("editors, pagers and shells", "text is typed into fields", variables=(
        ("EDITOR", NO_PROGRAM), ("VISUAL", NO_PROGRAM), ("PAGER", NO_PROGRAM), ("SHELL", NO_PROGRAM),
    )),
    Closed("a home, a search path, a locale of one's own", "they are the same for all", variables=(
        ("HOME", "/nonexistent"), ("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"),
    )),
    Closed("animations", "they would be sent", variables=(("TEXTUAL_ANIMATIONS", "none"),)),
    MOUSE,
    Closed("another officer, store or centre", "the key decides", options=("--as", "--store", "--centre", "--demo")),
    Closed(
        "files of the server in commands", "content goes through standard input and output",
        options=("--rejects", "--map", "--from-file", "--out", "--folder", "--keep", "--key-file"),
    ),
    Closed("reading personal data in full", "it asks for its reason on the screen", options=("--full",)),
    Closed("saying yes to what a command warns of", "it is said at the centre's own machine", options=("--force",)),
    Closed("help and completion of the command line", "`ssh zhihui help` lists what there is", options=(
        "--help", "--install-completion", "--show-completion",
    )),
)  # fmt: skip
VARIABLES = {name: value for row in CLOSED for name, value in row.variables}
OPTIONS = frozenset(option for row in CLOSED for option in row.options)

log = logging.getLogger("zhihui.console")


class Refused(Exception):
    """Something that is closed was called; what would have happened around the call must not."""


def is_closed(row: Closed, remote: bool) -> bool:
    """Whether a row holds on this terminal."""
    return row.locally or remote


def closing(whose: str) -> Callable[[Class], Class]:
    """Closes, in a class of an app or of its driver, what the table closes there."""

    def close(closed: Class) -> Class:
        for name in calls_of(whose):
            setattr(closed, name, _refusing(name))
        return closed

    return close


def calls_of(whose: str) -> Iterator[str]:
    """The calls that an app, or its driver, refuses."""
    return (name for row in CLOSED for owner, name in row.calls if owner == whose)


def _refusing(name: str) -> Callable[..., None]:
    def refuse(_self: object, *_args: object, **_options: object) -> None:
        log.warning("refused: %s", name)

    def suspend(_self: object) -> None:
        raise Refused(name)  # what its caller would run in the meantime is a program on the terminal

    chosen = suspend if name == "suspend" else refuse
    chosen.__name__ = name
    return chosen
