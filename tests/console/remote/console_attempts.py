"""What an officer's own terminal may try against the console over SSH, each both ways: loaded by itself, and forked.

The words in capitals are those of `attempts`. What must hold of each, beside what `HOLDS` says of it: no file made and
no program run, nothing told of SECRET, no change to a ticket, no process below the console, no memory beyond MOST, and
nothing sent to the terminal but the sequences that a screen is drawn with.
"""

from __future__ import annotations

from typing import NamedTuple

STAYS, ENDS, DUMB = "stays", "ends", "dumb"
HOLDS = {
    STAYS: "the console is there and works",
    ENDS: "the console is there and works, or has ended",
    DUMB: "refused with exit code 2",
}
MOST = 500
"""MiB that a console may ever take."""
SIZE = (100, 30)
COMMANDS = "touch CANARY; cat SECRET\n"
"""Without an Enter of the console's own, which might say yes to what a letter has opened."""
CLICK = "".join(f"\x1b[<0;{column};{line}{state}" for line in range(3, 9) for column in (24, 40) for state in "Mm")
"""A mouse that nobody has, on the lines of the list."""
ALL_FUNCTION_KEYS = "".join(
    f"\x1b[{number};{modifier}~"
    for number in (15, 17, 18, 19, 20, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34)
    for modifier in (2, 3, 5, 6, 7, 8)
    if (number, modifier) != (23, 2)  # Shift+F11 signs out
)
CONTROLS = "".join(chr(code) for code in range(1, 27) if chr(code) not in "\n\r\x11")
"""Ctrl with each letter, but for the one that leaves and the two that are Enter."""


class Try(NamedTuple):
    """Something tried at a console."""

    what: str
    typed: str = ""
    """Once the list is on the screen."""
    ahead: str = ""
    """As soon as the client has a terminal, before the console has one."""
    again: bool = False
    """Whether that is typed until the console is there or has ended."""
    told: tuple[str, ...] = ()
    """Variables as if sshd had let them through."""
    options: tuple[str, ...] = ()
    """Options of the client."""
    term: str = "xterm-256color"
    begin: tuple[int, int] = SIZE
    """Columns and lines of the terminal at first."""
    sizes: tuple[tuple[int, int], ...] = ()
    """And then, one after the other."""
    holds: str = STAYS


def told(what: str, *settings: str) -> Try:
    return Try(what, told=settings)


KEYS = (
    Try("Ctrl+Z", "\x1a" * 5),
    Try("Ctrl+backslash", "\x1c" * 5),
    Try("Ctrl+C", "\x03" * 5),
    Try("Ctrl+D", "\x04" * 5),
    Try("Ctrl+S, which holds output", "\x13" * 5),
    Try("Ctrl with each letter", CONTROLS),
    Try("every F-key with Shift, Alt and Ctrl", ALL_FUNCTION_KEYS),
    Try("Textual's own palette", "\x10screenshot\r"),
    Try("a picture of the screen from the palette", "\x1b[112;5uscreenshot\r"),
    Try("a command of the system in the palette", "\x1b[112;5u!touch CANARY\r"),
    Try("Textual's actions by name in the palette", "\x1b[112;5uapp.suspend_process\r"),
    Try("a shell's text in the filter", "/$(touch CANARY)`touch CANARY`\r"),
    Try("the path of a file in the filter", "/SECRET\r"),
    Try("a shell's text in a report", "\x1b[17~;touch CANARY;"),
    Try("the path of a file in a report", "\x1b[17~file://SECRET"),
    Try("a click on an action in a ticket's title", CLICK),
    Try("a middle click, which pastes", CLICK.replace("<0", "<1")),
    Try("a click beyond the screen", "\x1b[<0;99999;99999M\x1b[<0;99999;99999m"),
    Try("the page of a ticket whose title is escape sequences", "\x1b[B\r\x1b[27u"),
    Try("two thousand keys at once", "\x1b[B" * 2_000),
)
ANSWERS = (
    Try("a clipboard that nobody asked for (OSC 52)", "\x1b]52;c;dG91Y2ggQ0FOQVJZCg==\x07"),
    Try("colours that nobody asked for (OSC 11)", "\x1b]11;rgb:8888/7777/8888\x1b\\"),
    Try("a title told back (OSC l)", "\x1b]l8touch CANARY\r\x1b\\"),
    Try("a version (DCS)", "\x1bP>|xterm(8)7\x1b\\"),
    Try("a setting told back (DCS)", "\x1bP1$r8;7m\x1b\\"),
    Try("graphics (APC)", "\x1b_Gi=8;7\x1b\\"),
    Try("what kind of terminal it is", "\x1b[?62;8;7c\x1b[>0;276;8c\x1b[0n"),
    Try("a size that no machine has memory for", "\x1b[?2048;1$y\x1b[48;65535;65535;1;1t"),
    Try("a size of nothing, and a mouse on it", "\x1b[?2048;1$y\x1b[48;0;0;0;0t\x1b[<0;5;5M"),
    Try("where the cursor stands, two thousand times", "\x1b[1;1R" * 2_000),
    Try("a key whose number is no character", "\x1b[99999999u\x1b[1114112u\x1b[::;::u"),
    Try("half a character in a field", "\x1b[17~\x1b[55296u\x1b[56320u"),
    Try("NUL, C1 controls, no UTF-8", "\0\0\udc9b2J\udcff\udcfe\u009b2J"),
)
PASTES = (
    Try("commands pasted onto the list", f"\x1b[200~{COMMANDS * 5}\x1b[201~"),
    Try("commands pasted into a field", f"\x1b[17~\x1b[200~{COMMANDS}\x1b[201~"),
    Try("escape sequences pasted into a field", "\x1b[17~\x1b[200~\x1b]0;owned\x07\x1b[2J\u009b2J\u202ex\x1b[201~"),
    Try("markup pasted into a field", "\x1b[17~\x1b[200~[@click=app.leave]x[/][link=file:SECRET]y[/]\x1b[201~"),
    Try("a paste of two million characters", f"\x1b[17~\x1b[200~{'x' * 2_000_000}\x1b[201~"),
    Try("a paste that ends in the middle", f"\x1b[200~x\x1b[201~{COMMANDS[:-2]}"),
)
AHEAD = (
    Try("a command line", ahead=COMMANDS),
    Try("five hundred keys", ahead="\x1b[B" * 500),
    Try("Ctrl+C, again and again", ahead="\x03", again=True, holds=ENDS),
    Try("Ctrl+backslash, again and again", ahead="\x1c", again=True, holds=ENDS),
    Try("Ctrl+Z, again and again", ahead="\x1a", again=True),
    Try("Ctrl+D, again and again", ahead="\x04", again=True),
    Try("a command line after each signal", ahead=f"\x03\x1c\x1a{COMMANDS}" * 20, holds=ENDS),
    Try("answers before there is a question", ahead="\x1b[1;1R\x1b[24;80R" * 50),
)
VARIABLES = (
    told("Python's own", "PYTHONPATH=EVIL", "PYTHONSTARTUP=EVIL/rc", "PYTHONINSPECT=1", "PYTHONBREAKPOINT=os.system"),
    told("Textual's driver", "TEXTUAL_DRIVER=sitecustomize:Driver"),
    told(
        "Textual's log and devtools", "TEXTUAL_LOG=CANARY", "TEXTUAL=devtools,debug", "TEXTUAL_DEVTOOLS_HOST=127.0.0.1"
    ),
    told(
        "Textual's screenshot and keys",
        *("TEXTUAL_SCREENSHOT=0", "TEXTUAL_SCREENSHOT_LOCATION=CANARY", "TEXTUAL_SCREENSHOT_FILENAME=CANARY"),
        "TEXTUAL_PRESS=ctrl+q",
    ),
    told(
        "editor, pager, browser",
        "EDITOR=EVIL/rc",
        "VISUAL=EVIL/rc",
        "PAGER=EVIL/rc",
        "BROWSER=EVIL/rc",
        "SHELL=EVIL/rc",
    ),
    told(
        "home, search path, linker's path",
        "HOME=EVIL",
        "PATH=EVIL",
        "LD_LIBRARY_PATH=EVIL",
        "BASH_ENV=EVIL/rc",
        "ENV=EVIL/rc",
    ),
    told("folders of data and settings", *(f"XDG_{one}_HOME=EVIL" for one in ("DATA", "CONFIG", "STATE", "CACHE"))),
    told(
        "the console's own",
        *("ZHIHUI_OFFICER=wang", "ZHIHUI_STORE=SECRET", "ZHIHUI_CENTRE=X", "ZHIHUI_LINE=fast", "ZHIHUI_PAINT=stock"),
        *("ZHIHUI_THEME=../../EVIL", "ZHIHUI_AMBIGUOUS=x"),
    ),
    told("a size in the environment", "COLUMNS=65535", "LINES=65535"),
    told("a locale of escape sequences", "LC_ALL=\x1b]0;owned\x07", "LANG=../../EVIL", "LANGUAGE=EVIL"),
    told("an agent and a display", "SSH_AUTH_SOCK=EVIL/agent", "DISPLAY=:99"),
)
TERMINALS = (
    Try("all variables at once, through sshd", options=("-o", "SetEnv=ALL")),
    Try("escape sequences in TERM", term="xterm\x1b]0;owned\x07"),
    Try("a path in TERM", term="../../EVIL/x"),
    Try("a TERM of five thousand characters", term="x" * 5_000),
    Try("a shell's text in TERM", term="$(touch CANARY)"),
    Try("no TERM", term=""),
    Try("TERM=dumb", term="dumb", holds=DUMB),
    Try("escape sequences in COLORTERM", options=("-o", "SetEnv=COLORTERM=\x1b[2J\x1b]0;owned\x07")),
    Try("an agent and a display forwarded", options=("-A", "-Y")),
)
SIZES = (
    Try("one cell from the beginning", begin=(1, 1)),
    Try("no cell from the beginning", begin=(0, 0)),
    Try("65535 by 65535 cells from the beginning", begin=(65535, 65535)),
    Try("made one cell", sizes=((1, 1),)),
    Try("made no cell", sizes=((0, 0),)),
    Try("made 65535 by 65535 cells", sizes=((65535, 65535),)),
    Try("made one line, made one column", sizes=((1000, 1), (1, 1000))),
    Try("changed all the time", sizes=tuple((7 * n % 200, 5 * n % 60) for n in range(1, 60))),
)
CONSOLE_GROUPS = {
    "keys": KEYS,
    "answers that were not asked for": ANSWERS,
    "pastes": PASTES,
    "typed before the console is up": AHEAD,
    "the environment, as if sshd had let it through": VARIABLES,
    "what the client tells": TERMINALS,
    "the window": SIZES,
}
TRIES = [one for group in CONSOLE_GROUPS.values() for one in group]


def on_one(one: Try) -> bool:
    """Whether one console takes this after others; else it needs its own, but for variables, all told at once."""
    return bool(one.typed or one.sizes)


def listed_console() -> str:
    """The attempts by their groups and what must hold, as docs/remote.md has them."""
    lines = [
        f"At the console: {len(TRIES)} attempts, each both ways.",
        "",
        "| group | attempts | must hold |",
        "|---|---|---|",
    ]
    for group, found in CONSOLE_GROUPS.items():
        for holds, words in HOLDS.items():
            whats = "; ".join(one.what for one in found if one.holds == holds)
            lines += [f"| {group} | {whats} | {words} |"] if whats else []
    return "\n".join(lines) + "\n"
