"""From what the environment says and the terminal answers to how it is drawn on: reach, language, theme, and a word
to the officer where something should be changed.

`Opening()` asks at once; `decide` reads the answers when the modules are loaded.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper

from console import i18n
from console.terminal.legible import Reach, adapt
from console.terminal.probe import PATIENCE_FAR, PATIENCE_NEAR, Drawn, Probe
from data.errors import BadInput

AMBIGUOUS = "ZHIHUI_AMBIGUOUS"
CHOICES = ("auto", "1", "2")
LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
PLAIN_THEME = "sixteen"
"""Keeps to the sixteen colours that all have, and tells cursor and alarms by reverse too."""
TERM_WITHOUT_CHINESE = re.compile(r"linux|vt\d+.*|ansi|cons25.*|dumb|unknown|")
"""Names of terminals without Chinese characters. A vt100 may be anything: there the answer of the terminal decides."""


@dataclass(frozen=True)
class Decision:
    """How the terminal is drawn on."""

    reach: Reach = Reach.ALL
    few_colours: bool = False
    warning: str = ""
    """What should be changed; in English, as it is only said where Chinese cannot be read."""

    def theme(self, asked: str) -> str:
        """The theme for this terminal: the one asked for, or one for few colours, or empty."""
        return asked or (PLAIN_THEME if self.few_colours else "")


class Opening:
    """The time between the command and the first screen."""

    def __init__(self, far: bool, environment: Mapping[str, str] = os.environ) -> None:
        """Ask the terminal, which takes longer to answer when it is far.

        Raises BadInput for a TERM that cannot draw and for a setting that is none.
        """
        self._environment = environment
        self._patience = PATIENCE_FAR if far else PATIENCE_NEAR
        self._setting = setting(environment)
        refuse_without_terminal(environment)
        write_utf8()
        self._probe = Probe(sys.__stdin__.fileno(), sys.__stderr__.fileno())  # type: ignore[union-attr]
        self._probe.ask()
        self.answered = False
        """Whether the terminal answered, once it is decided."""

    def __enter__(self) -> Opening:
        return self

    def __exit__(self, *_error: object) -> None:
        """Whatever went wrong before the first screen: no answer is left to the shell, and keys are echoed again."""
        self._listen()

    def decide(self) -> Decision:
        """Read the answers, decide, and adapt to it what texts look like from now on."""
        drawn = self._listen()
        self.answered = drawn.chinese is not None
        decision = decide(self._environment, self._setting, drawn)
        adapt(decision.reach)
        if decision.reach is Reach.ASCII:
            i18n.set_language("en")
        return decision

    def _listen(self) -> Drawn:
        return self._probe.listen(self._patience)

    @property
    def typed_ahead(self) -> bytes:
        """Keys that came among the answers."""
        return self._probe.typed_ahead


def setting(environment: Mapping[str, str]) -> str:
    """ZHIHUI_AMBIGUOUS. Raises BadInput for a word that is none of the choices."""
    word = environment.get(AMBIGUOUS) or "auto"
    if word not in CHOICES:
        choices = ", ".join(CHOICES)
        raise BadInput("ambiguous", f"{AMBIGUOUS} 只能是 {choices}。", f"{AMBIGUOUS} must be one of {choices}.")
    return word


def refuse_without_terminal(environment: Mapping[str, str]) -> None:
    """Raises BadInput where nothing can be placed on the screen: TERM=dumb is an editor's shell or a pipe."""
    if environment.get("TERM") == "dumb":
        raise BadInput(
            "terminal-dumb",
            "此终端（TERM=dumb）不能定位光标，控制台无法打开；命令可用，如 zhihui ticket list。"
            "若它其实是普通终端，请设置 TERM=xterm-256color。",
            "This terminal (TERM=dumb) cannot place its cursor: the console cannot open; commands work, for example"
            " zhihui ticket list. If it is an ordinary terminal, set TERM=xterm-256color.",
        )


def write_utf8() -> None:
    """Whatever the locale, the screen is written in UTF-8, and what cannot be encoded ends nothing."""
    for stream in (sys.__stderr__, sys.__stdout__):
        if isinstance(stream, TextIOWrapper):
            with suppress(ValueError, OSError):
                stream.reconfigure(encoding="utf-8", errors="replace")


def decide(environment: Mapping[str, str], ambiguous: str, drawn: Drawn) -> Decision:
    """What follows from the environment, ZHIHUI_AMBIGUOUS and the terminal's answers."""
    term = environment.get("TERM", "")
    few = few_colours(environment)
    if not drawn.utf8:
        return Decision(Reach.ASCII, few, NO_UTF8)
    if term == "linux":
        return Decision(Reach.ASCII, few, NO_FONT)
    if not drawn.answered and not has_chinese(environment):
        return Decision(Reach.ASCII, few, SILENT)
    wide = ambiguous == "2" or (ambiguous == "auto" and drawn.ambiguous_wide)
    return Decision(Reach.SURE if wide else Reach.ALL, few)


def has_chinese(environment: Mapping[str, str]) -> bool:
    """Whether a terminal that answers nothing may be believed to draw Chinese in UTF-8: by its locale and its name.

    A locale without an encoding (`C`, `POSIX`, none) says nothing: servers that nobody set up have it.
    """
    encoding = locale_of(environment).partition(".")[2].partition("@")[0]
    if encoding and not re.fullmatch(r"utf-?8", encoding, re.IGNORECASE):
        return False
    return not TERM_WITHOUT_CHINESE.fullmatch(environment.get("TERM", ""))


def locale_of(environment: Mapping[str, str]) -> str:
    """The locale of characters, by the order in which programs look for it; empty where none is set."""
    return next((environment[name] for name in LOCALE if environment.get(name)), "")


def few_colours(environment: Mapping[str, str]) -> bool:
    """Whether there are sixteen colours or fewer, or none are wanted."""
    if environment.get("NO_COLOR"):
        return True
    many = environment.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    return not many and not re.search(r"256color|kitty|direct|truecolor", environment.get("TERM", ""))


NO_UTF8 = "No UTF-8 on this terminal, so all is ASCII: see zhihui doctor"
NO_FONT = "No Chinese on this console, so all is ASCII: see zhihui doctor"
SILENT = "The terminal answers nothing, so all is ASCII: see zhihui doctor"
