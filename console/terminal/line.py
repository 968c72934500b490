"""What kind of line the terminal is on, and what the console does differently on a long one.

Over SSH the console spares the line by itself; `--line` or ZHIHUI_LINE say otherwise where the guess is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from data.errors import BadInput

VARIABLE = "ZHIHUI_LINE"
CHOICES = ("auto", "slow", "fast")
SSH = ("SSH_CONNECTION", "SSH_TTY")
MULTIPLEXERS = ("TMUX", "STY")


@dataclass(frozen=True)
class Line:
    """How the console treats the line to the terminal."""

    paced: bool
    """Frames wait for the terminal's answers to the ones before."""
    seconds_below: int
    """Countdowns nearer than this many seconds show seconds, others minutes."""
    typing_rest: float
    """Seconds after a key in a field during which nothing is drawn behind it."""
    shows_link: bool
    """The status bar tells how long an answer takes."""


LOCAL = Line(paced=False, seconds_below=3600, typing_rest=0, shows_link=False)
REMOTE = Line(paced=True, seconds_below=600, typing_rest=10, shows_link=True)


def choose(wanted: str, environment: Mapping[str, str]) -> Line:
    """The line for a choice (`--line`; empty: the environment's). Raises BadInput for a word that is none.

    Inside tmux or screen on the far side the answers are the multiplexer's own: they pace, but tell nothing about the
    officer's line, so their time is not shown.
    """
    word = wanted or environment.get(VARIABLE) or "auto"
    if word not in CHOICES:
        choices = "、".join(CHOICES)
        raise BadInput(
            "line", f"线路 {word!r} 无效，可选 {choices}。", f"No line {word!r}: choose {', '.join(CHOICES)}."
        )
    far = word == "slow" or (word == "auto" and any(environment.get(name) for name in SSH))
    if not far:
        return LOCAL
    return replace(REMOTE, shows_link=not any(environment.get(name) for name in MULTIPLEXERS))
