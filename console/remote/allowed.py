"""What may be run over SSH without the console: one row per command, everything else is refused.

Rows name each option; those that name a file, another officer, centre or store are left out. Content comes by standard
input, results go to standard output. A test holds the rows against the commands themselves.
"""

from __future__ import annotations

from console.cli.verb_table import REPORT, VERB_COMMANDS
from console.closed import OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.verb_field import VerbCommand

STDIN = "-"
LANGUAGE = "--lang"
"""The one global option that a client may give."""
MANY = 200
"""Operands of a command that takes any number."""
FORMS = "--json --jsonl --csv"
SPAN = "--period= --from= --to="


class Allowed:
    """A command that may be run."""

    def __init__(self, path: str, operands: int, options: str, most: int | None = None, stdin: bool = False) -> None:
        """`options` as they are typed: `--flag`, `--valued=`, `--repeated=*`; `operands` is how many there must be.

        `most` is how many there may be; with `stdin` a file's place comes after them, which is always `-`.
        """
        self.path = tuple(path.split())
        self.operands, self.most, self.stdin = operands, operands if most is None else most, stdin
        given = options.split()
        self.flags = frozenset(option for option in given if "=" not in option)
        self.valued = frozenset(option.partition("=")[0] for option in given if "=" in option)
        self.repeated = frozenset(option[:-2] for option in given if option.endswith("=*"))
        if closed := OPTIONS & (self.flags | self.valued):
            raise ValueError(f"{path} would have {', '.join(sorted(closed))}, which is closed")

    def usage(self) -> str:
        """The row in one line, for `help`."""
        options = [*sorted(self.flags), *(f"{name}=" + "*" * (name in self.repeated) for name in sorted(self.valued))]
        needed = "CODE " * self.operands + "[CODE ..] " * (self.most > self.operands) + "- " * self.stdin
        return f"{' '.join(self.path)} {needed}{' '.join(options)}".rstrip()


def _verb(row: VerbCommand) -> Allowed:
    """Every verb: what it may do is decided by its permission row, as in a batch."""
    kinds = {"flag": "", "many": "=*"}
    # A flag may be a pair: `--passed/--failed`.
    options = [name + kinds.get(field.kind, "=") for field in row.fields for name in field.option.split("/")]
    common = f"--dry-run --key= {FORMS}" + (" --where= --seen=" if row is not REPORT else "")
    return Allowed(f"ticket {row.command}", 0, f"{' '.join(options)} {common}", most=0 if row is REPORT else MANY)


def _tickets() -> Iterator[Allowed]:
    yield Allowed("batch", 0, "--dry-run --stop-on-error --key=", stdin=True)
    yield Allowed("ticket list", 0, f"--where= --all --limit= --after= {FORMS}")
    yield Allowed("ticket show", 1, "--json")
    yield Allowed("ticket explain", 1, "--json")
    for view in ("log", "hands"):
        yield Allowed(f"ticket {view}", 1, FORMS)
    yield Allowed("ticket replay", 1, f"--at= {FORMS}")
    yield Allowed("ticket as-proposed", 1, f"--dry-run --seen= {FORMS}")
    yield Allowed("ticket duplicates", 0, f"--title= --address= --limit= {FORMS}", most=1)
    yield from map(_verb, VERB_COMMANDS)


def _registers() -> Iterator[Allowed]:
    yield Allowed("sweep list", 0, f"--all {FORMS}")
    yield Allowed("sweep show", 1, f"--each --owing {FORMS}")
    yield Allowed("sweep remind", 1, "--note= --silent --unit=* --json")
    yield Allowed("hazard list", 0, f"--state= --unit= --sweep= --grade= --due {FORMS}")
    yield Allowed("hazard show", 1, "--json")
    yield Allowed("hazard check", 1, "--result= --note= --key= --json")
    yield Allowed("hazard remedied", 1, "--note= --json")
    yield Allowed("broadcast list", 0, f"--type= {FORMS}")
    yield Allowed("broadcast show", 1, f"--owing {FORMS}")
    yield Allowed("broadcast seen", 1, "--unit= --note= --json")
    yield Allowed("emergency status", 0, "--json")
    yield Allowed("emergency history", 0, FORMS)
    yield Allowed("emergency note", 1, "--corrects= --key= --json")
    yield Allowed("emergency log", 0, f"--from= --until= {FORMS}")
    yield Allowed("phone list", 0, FORMS)
    yield Allowed("phone show", 1, "--json")
    yield Allowed("meeting list", 0, f"--all {FORMS}")
    yield Allowed("meeting show", 1, "--json")
    yield Allowed("consult show", 1, "--json")
    yield Allowed("mediate show", 1, "--json")
    yield Allowed("review show", 1, "--json")
    yield Allowed("review pending", 0, f"--from= {FORMS}")
    yield Allowed("review follow-ups", 0, FORMS)


def _directory() -> Iterator[Allowed]:
    yield Allowed("org show", 0, f"--kind= --people {FORMS}", most=1)
    yield Allowed("device list", 0, f"--is= --retired {FORMS}")
    yield Allowed("device show", 1, "--json")
    yield Allowed("signal", 0, "", stdin=True)
    for view in ("show", "now"):
        yield Allowed(f"duty {view}", 0, f"--at= {FORMS}")
    yield Allowed("duty check", 0, f"--days= {FORMS}")
    yield Allowed("duty week", 0, f"--from= --days= {FORMS}")
    yield Allowed("duty leave-ask", 0, "--from= --until= --reason= --officer= --key= --json")
    yield Allowed("duty exchange", 1, "--mine= --theirs= --reason= --officer= --key= --json")
    yield Allowed("duty requests", 0, f"--waiting {FORMS}")
    yield Allowed("duty agree", 1, "--json")
    yield Allowed("duty grant", 1, "--substitute= --note= --dry-run --json")
    yield Allowed("duty decline", 1, "--reason= --json")
    yield Allowed("duty withdraw", 1, "--json")
    yield Allowed("duty import", 0, "--month= --sheet= --dry-run --json", stdin=True)
    yield Allowed("duty export", 0, "--from= --days= --grid --format=", stdin=True)
    yield Allowed("duty template", 0, "--grid --month= --format=")
    yield Allowed("matter list", 0, f"--section= --category= --version= {FORMS}")
    yield Allowed("matter show", 1, "--json")
    yield Allowed("matter find", 1, f"--top= {FORMS}")
    yield Allowed("matter card", 1, "--json")
    yield Allowed("plan list", 0, FORMS)
    yield Allowed("plan show", 1, "--json")
    yield Allowed("plan recommend", 1, f"--all {FORMS}")
    yield Allowed("plan status", 0, FORMS, most=1)
    yield Allowed("lists list", 0, f"--list= --version= {FORMS}")
    yield Allowed("lists matter", 1, "--text= --json")
    yield Allowed("calendar show", 0, f"--from= --days= {FORMS}")
    yield Allowed("engine status", 0, "--json")


def _figures() -> Iterator[Allowed]:
    yield Allowed("report overview", 0, "--json")
    yield Allowed("report monthly", 0, f"--period= --top= {FORMS}")
    yield Allowed("report custody", 0, f"--by= --where= --tier= --section= --unit= --stage= {SPAN} {FORMS}", most=1)
    yield Allowed("report ontime", 0, f"--by= --where= --current-division {SPAN} {FORMS}")
    yield Allowed("report sources", 0, f"--where= {SPAN} {FORMS}")
    yield Allowed("report alerts", 0, f"{SPAN} {FORMS}")
    yield Allowed("report lists", 0, f"--each {SPAN} {FORMS}")
    yield Allowed("report requests", 0, f"--waiting --returns {SPAN} {FORMS}")
    yield Allowed("report meetings", 0, f"{SPAN} {FORMS}")
    yield Allowed("audit head", 0, "--json")
    yield Allowed("export", 0, "--format= --where= --all", stdin=True)


ALLOWED = {row.path: row for rows in (_tickets, _registers, _directory, _figures) for row in rows()}
"""The rows by the words they begin with."""
