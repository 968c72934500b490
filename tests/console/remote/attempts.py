"""What somebody with a key may try beside the console and the commands of the table.

`python -m tests.console.remote.attempts` prints it and writes it into docs/remote.md. In each, CANARY is a file that
must not come to be, SECRET one whose content must not come out, PORT a port of the server's machine that must not be
reached, GOT where a stolen file would lie on the client's side. The test runs each against a real sshd and looks for
what it left, not only at its exit code.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.console.remote.console_attempts import listed_console

REFUSED, USAGE, FAILED = 4, 2, 255
PAGE = Path(__file__).parents[3] / "docs" / "remote.md"
BEGIN, END = "<!-- attempts: python -m tests.console.remote.attempts -->", "<!-- end of the attempts -->"


class Attempt(NamedTuple):
    """Something tried. `way` says how it is run; `code` is the exit code of its refusal, None where any but 0 is."""

    what: str
    way: str
    text: str
    code: int | None = REFUSED
    more: tuple[str, ...] = ()
    """Options of the client, or variables of the environment."""
    data: str = ""
    """What is typed, or comes on standard input."""


def command(what: str, text: str, code: int | None = REFUSED, data: str = "") -> Attempt:
    return Attempt(what, "command", text, code, data=data)


def typed(what: str, text: str, data: str, *options: str, code: int | None = REFUSED) -> Attempt:
    return Attempt(what, "terminal", text, code, options, data)


def client(what: str, *options: str, text: str = "", code: int | None = None) -> Attempt:
    return Attempt(what, "client", text, code, options)


def program(what: str, text: str) -> Attempt:
    return Attempt(what, "program", text, None)


def forward(what: str, *options: str, code: int | None = None) -> Attempt:
    return Attempt(what, "forward", "", code, options)


def variable(what: str, *settings: str) -> Attempt:
    """A variable as the client sends it, and once more as if sshd had let it through."""
    return Attempt(what, "variable", "ticket list --json", 0, settings)


TOUCH = "touch CANARY; cat SECRET\n"

SHELLS = (
    command("a command of the system", "touch CANARY"),
    command("reading a file", "cat SECRET"),
    command("sh -c", "sh -c 'touch CANARY'"),
    command("an interactive shell", "bash -i", data=TOUCH),
    command("Python", 'python3 -c \'open("CANARY", "w")\''),
    command("the program by name", "zhihui export CANARY"),
    command("the forced command again", "SESSION --key-id 1.1"),
    command("eval", "eval 'touch CANARY'"),
    typed("a shell on a terminal", "sh", TOUCH, "-tt"),
    typed("a login shell on a terminal", "-sh", TOUCH, "-tt"),
)
INJECTED = (
    command("semicolon", "ticket list --json; touch CANARY"),
    command("and", "ticket list --json && touch CANARY"),
    command("or", "ticket list --nothing || touch CANARY"),
    command("pipe", "ticket list --json | tee CANARY"),
    command("background", "ticket list --json & touch CANARY"),
    command("output to a file", "ticket list --json > CANARY"),
    command("input from a file", "batch < SECRET"),
    command("here document", "batch <<E\ntouch CANARY\nE", USAGE),
    command("here string", "batch <<<SECRET"),
    command("newline", "ticket list --json\ntouch CANARY", USAGE),
    command("command substitution", "ticket show $(touch CANARY)", None),
    command("substitution in quotes", 'ticket list --json --where "$(touch CANARY)"', 0),
    command("backquotes", "ticket show `touch CANARY`", None),
    command("process substitution", "ticket show <(cat SECRET)", None),
    command("a variable", "ticket show ${IFS}CANARY", None),
    command("glob", "ticket show /*", None),
    command("tilde", "batch ~root/.ssh/id_ed25519"),
    command("comment", "ticket list --json # --store=SECRET"),
    command("a quote that stays open", "ticket list --where 'x", USAGE),
    command("a backslash at the end", "ticket list \\", USAGE),
    command("ANSI-C quotes with NUL", "ticket show $'\\x00touch CANARY'", None),
    command("escape sequences in the command", "\x1b]0;owned\x07ticket list", USAGE),
    command("C1 controls in the command", "ticket list \x9b2J", USAGE),
    command("a turned reading direction", "ticket list \u202e--as", USAGE),
    command("no UTF-8", "ticket list \udcff\udcfe", USAGE),
    command("twenty thousand characters", "ticket show " + "A" * 20_000, USAGE),
    command("two thousand words", "ticket show" + " x" * 2_000, REFUSED),
    command("nothing but blanks", "   "),
)
OPTIONS = (
    command("another officer", "ticket list --json --as wang"),
    command(
        "another officer in a batch", "batch", 7, '{"verb": "note", "ticket": "0001", "note": "x", "as": "wang"}\n'
    ),
    command("another store", "ticket list --json --store SECRET"),
    command("another centre", "ticket list --json --centre X"),
    command("the demo street", "ticket list --json --demo"),
    command("somebody else's key", "--key-id 1.1 ticket list --json"),
    command("somebody else's key behind", "ticket list --json --key-id=1.1"),
    command("an option cut short", "ticket list --jso"),
    command("an option of another command", "ticket list --full"),
    command("help", "ticket list --help"),
    command("the version", "--version"),
    command("completion installed", "--install-completion bash"),
    command("completion shown", "--show-completion"),
    command("options end", "ticket list -- --store=SECRET"),
    command("a flag with a value", "ticket list --json=SECRET"),
    command("the same option twice", "ticket list --limit=1 --limit=2"),
)
FILES = (
    command("a batch from a file", "batch SECRET"),
    command("signals from a file", "signal SECRET"),
    command("an export to a file", "export CANARY"),
    command("a register to a file", "hazard export CANARY"),
    command("rejected rows to a file", "import tickets - --map=12345 --rejects=CANARY"),
    command("an organisation from a file", "org load SECRET"),
    command("a copy of the store", "db backup CANARY"),
    command("a key map's file", "keys check SECRET"),
    command("a webhook", "engine webhook set http://127.0.0.1:PORT/"),
    command("a key for oneself", "ssh key add wang SECRET"),
    command("set-up anew", "ssh setup --folder CANARY"),
    command("a pager", "ticket log 0001 --pager=less"),
    command("an editor", "ticket amend 0001 --editor=vi"),
    command("an engine that stays", "engine run"),
    command("the console of an observer", "observe"),
)
TRANSFERS = (
    program("scp fetches", "scp SSH HOST:SECRET GOT"),
    program("scp sends", "scp SSH MINE HOST:CANARY"),
    program("scp fetches in the old way", "scp -O SSH HOST:SECRET GOT"),
    program("scp sends in the old way", "scp -O SSH MINE HOST:CANARY"),
    program("sftp", "sftp SSH -b BATCH HOST"),
    client("the subsystem sftp", "-s", text="sftp"),
    command("rsync's own server", "rsync --server --sender -logDtpre.iLsfxC . SECRET"),
)
FORWARDED = (
    forward("a port of the server's side (-L)", "-L", "LOCAL:127.0.0.1:PORT"),
    forward("a socket of the server's side (-L)", "-L", "LOCAL:SOCKET"),
    forward("any port by SOCKS (-D)", "-D", "LOCAL"),
    client("standard input to a port (-W)", "-W", "127.0.0.1:PORT"),
    client(
        "a port of the server's own (-R)",
        "-o",
        "ExitOnForwardFailure=yes",
        "-R",
        "127.0.0.1:FREE:127.0.0.1:PORT",
        text="ticket list --json",
    ),
    client(
        "a socket of the server's own (-R)",
        "-o",
        "ExitOnForwardFailure=yes",
        "-R",
        "CANARY:127.0.0.1:PORT",
        text="ticket list --json",
    ),
    client("a tunnel (-w)", "-o", "ExitOnForwardFailure=yes", "-w", "any:any", text="ticket list --json"),
    client("a connection that opens nothing (-N)", "-N"),
    client("a connection that goes into the background (-N -f)", "-N", "-o", "SessionType=none"),
)
PEOPLE = (
    client("root", "-l", "daemon", text="ticket list --json", code=FAILED),
    client(
        "a password",
        "-o",
        "PubkeyAuthentication=no",
        "-o",
        "PreferredAuthentications=password,keyboard-interactive",
        text="ticket list --json",
        code=FAILED,
    ),
    client("a key that nobody has", "-i", "STRANGER", text="ticket list --json", code=FAILED),
    client("a key that is revoked", "-i", "REVOKED", text="ticket list --json", code=FAILED),
    client("a key from another address", "-i", "ELSEWHERE", text="ticket list --json", code=FAILED),
    client("a key of an officer who left", "-i", "LEFT", text="ticket list --json", code=FAILED),
)
ENVIRONMENT = (
    variable("Python's path", "PYTHONPATH=EVIL"),
    variable("Python's start", "PYTHONSTARTUP=EVIL/sitecustomize.py", "PYTHONINSPECT=1"),
    variable("Python's home", "PYTHONHOME=EVIL"),
    variable(
        "Python's warnings and breakpoints", "PYTHONBREAKPOINT=os.system", "PYTHONWARNINGS=always", "PYTHONDUMPREFS=1"
    ),
    variable("the linker's path", "LD_LIBRARY_PATH=EVIL"),
    variable("the shell's start", "BASH_ENV=EVIL/rc", "ENV=EVIL/rc"),
    variable("Textual's driver", "TEXTUAL_DRIVER=sitecustomize:Driver"),
    variable("Textual's log", "TEXTUAL_LOG=CANARY"),
    variable(
        "Textual's screenshots and keys",
        "TEXTUAL_SCREENSHOT=1",
        "TEXTUAL_SCREENSHOT_LOCATION=CANARY",
        "TEXTUAL_PRESS=ctrl+q",
    ),
    variable("editor, pager, browser", "EDITOR=EVIL/rc", "VISUAL=EVIL/rc", "PAGER=EVIL/rc", "BROWSER=EVIL/rc"),
    variable("home and search path", "HOME=EVIL", "PATH=EVIL"),
    variable("folders of data and settings", "XDG_DATA_HOME=EVIL", "XDG_CONFIG_HOME=EVIL", "XDG_STATE_HOME=EVIL"),
    variable("officer, store and centre", "ZHIHUI_OFFICER=wang", "ZHIHUI_STORE=SECRET", "ZHIHUI_CENTRE=X"),
    variable("completion", "_ZHIHUI_COMPLETE=complete_bash", "COMP_WORDS=zhihui", "COMP_CWORD=1"),
    variable("the locale", "LC_ALL=\x1b]0;owned\x07", "LANG=zh_CN.GBK", "LC_MESSAGES=../../EVIL"),
    variable("an agent's socket", "SSH_AUTH_SOCK=EVIL/agent"),
)
SCREENS = (
    typed("escape sequences in TERM", "ticket list", "", "-tt", "TERM=xterm\x1b]0;owned\x07", code=0),
    typed("a path in TERM", "ticket list", "", "-tt", "TERM=../../EVIL/x", code=0),
    typed("escape sequences in COLORTERM", "ticket list", "", "-tt", "-o", "SetEnv=COLORTERM=\x1b[2J", code=0),
    typed("escape sequences in a ticket", "ticket list", "", "-tt", code=0),
    typed("escape sequences in a ticket's page", "ticket show 0002", "", "-tt", code=0),
    typed("escape sequences in a ticket, as JSON", "ticket list --json", "", "-tt", code=0),
    typed("escape sequences in a ticket, as CSV", "ticket list --csv", "", "-tt", code=0),
)

GROUPS = {
    "a shell": SHELLS,
    "commands put in": INJECTED,
    "options": OPTIONS,
    "files and programs of the server": FILES,
    "transfers": TRANSFERS,
    "forwarding": FORWARDED,
    "somebody else": PEOPLE,
    "the environment": ENVIRONMENT,
    "the terminal": SCREENS,
}
ATTEMPTS = [attempt for group in GROUPS.values() for attempt in group]


def listed() -> str:
    """The attempts by their groups, as docs/remote.md has them."""
    lines = [f"Beside the console: {len(ATTEMPTS)} attempts.", "", "| group | attempts |", "|---|---|"]
    lines += [f"| {group} | {', '.join(attempt.what for attempt in found)} |" for group, found in GROUPS.items()]
    return "\n".join(lines) + f"\n\n{listed_console()}"


def page_with_list(page: str) -> str:
    """docs/remote.md with the list between its marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{listed()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with_list(PAGE.read_text("utf-8")), "utf-8")
    print(listed(), end="")
