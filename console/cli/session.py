"""What one run of the program works on: store, centre, officer, language, clock. Opened when first needed."""

from __future__ import annotations

import os

from data.errors import NotAllowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock
    from core.desk.actor import Actor, Origin
    from core.desk.desk import Desk
    from data.errors import Refusal
    from data.queries.filters import Condition
    from data.reader import Reader
    from data.scope import Scope
    from data.store import Store

OFFICER = "ZHIHUI_OFFICER"
CENTRE = "ZHIHUI_CENTRE"


class Session:
    """The global options of a command line and what they open."""

    def __init__(self, clock: Clock | None = None, opener: Callable[[Session], int] | None = None) -> None:
        """With the machine's clock, or another one; `opener` opens the console, which no command knows."""
        self._opener = opener
        self.store_name: str | None = None
        self.centre_code: str | None = os.environ.get(CENTRE) or None
        self.officer: str | None = os.environ.get(OFFICER) or None
        self.demo = False
        self.observe = False
        """Whether the console only looks on."""
        self.training: tuple[str, float | None] | None = None
        """The scenario to train and its speed, where the console opens for that; an empty code asks with a menu."""
        self.line = ""
        """What kind of line leads to the terminal: see `console.terminal.line`."""
        self.wall: int | None = None
        """The wall instead of the console: for how many seconds a page stays."""
        self.theme: str | None = None
        """The theme that was asked for by name."""
        self.bound = False
        """Whether store, centre and officer are fixed: somebody proved elsewhere who they are."""
        self.proved = False
        """Whether the officer signed in, and nobody else may be named."""
        self.origin: Origin | None = None
        """How the officer came in, where that was proved."""
        self._clock = clock
        self._store: Store | None = None
        self._reader: Reader | None = None
        self._whole_reader: Reader | None = None
        self._desk: Desk | None = None
        self._actors: dict[str | None, Actor] = {}

    def choose_store(self, given: str) -> None:
        """The store that a command line names. Raises BadInput for a password in it, which others could read there."""
        from data.location import has_password

        if has_password(given):
            from data.errors import BadInput

            raise BadInput(
                "store-password",
                "命令行中的口令他人可见，并会留在命令历史中：地址请用 ZHIHUI_STORE 给出，或把口令写入 ~/.pgpass。",
                "Others see a password on the command line, and the shell's history keeps it: give the address in"
                " ZHIHUI_STORE, or the password in ~/.pgpass.",
            )
        self.store_name = given

    def bind(self, url: str, centre: str, officer: str, origin: Origin) -> None:
        """Fix store, centre and officer for the whole run, and how the officer came in."""
        self.store_name, self.centre_code, self.officer, self.bound = url, centre, officer, True
        self.origin = origin

    def prove(self, officer: str, origin: Origin) -> None:
        """Act as the officer who signed in, and as nobody else."""
        self.officer, self.origin, self.proved = officer, origin, True

    @property
    def clock(self) -> Clock:
        """The clock that rules and lists go by."""
        if self._clock is None:
            from core.clock import SystemClock

            self._clock = SystemClock()
        return self._clock

    def now(self) -> int:
        """The clock's time in epoch seconds."""
        from data.instants import to_seconds

        if self._clock is None:
            import time

            return int(time.time())
        return to_seconds(self._clock.now())

    def url(self) -> str:
        """The store's URL. Raises BadInput for an address that cannot be one."""
        from data.location import demo_path, locate

        if self.demo and self.store_name is None:
            return locate(demo_path())
        return locate(self.store_name)

    def reader(self) -> Reader:
        """A read connection without the weight of the writer's side; it shows what the acting officer may see."""
        if self._reader is None:
            from data.queries.scoping import Scoping
            from data.reader import Reader

            self._reader = Reader(self.url())
            self._reader.scoping = Scoping(self._scope)
        return self._reader

    def _scope(self, reader: Reader, centre: int) -> Scope:
        if not self.officer:
            from data.scope import NOBODY

            return NOBODY
        from core.desk.sight import scope_for

        return scope_for(reader, centre, self.officer, self.now())

    def whole_reader(self) -> Reader:
        """A read connection that sees everything: for the audit and the machine, which show nothing of a ticket."""
        if self._whole_reader is None:
            from data.reader import Reader

            self._whole_reader = Reader(self.url())
        return self._whole_reader

    def centre_id(self) -> int:
        """The centre's id. Raises NotFound."""
        from data.queries.listing import centre_id

        return centre_id(self.reader(), self.centre_code)

    def zone(self) -> str:
        """The centre's time zone. Raises NotFound."""
        row = self.reader().one("SELECT zone FROM centre WHERE id = :id", fanout=True, id=self.centre_id())
        return str(row[0]) if row else "Asia/Shanghai"

    def condition(self, where: str) -> Condition:
        """What a filter lets through; `mine` is the acting officer's. Raises BadInput, and NotFound for no officer."""
        from data.queries.filters import parse

        found = parse(where, self.now(), self.zone(), (self.officer or "").strip())
        if "acting" in found.values:
            found.values["acting"] = self._officer_code(found.values["acting"])
        return found

    def _officer_code(self, named: str) -> str:
        """The code of an officer named by code or name, without the weight of the desk. Raises like `actor`."""
        from data.queries.organisation import officers

        found = [row[1] for row in officers(self.reader(), self.centre_id()) if named in row[1:]]
        if len(found) == 1 or named in found:
            return found[0] if len(found) == 1 else named
        return self.actor().code

    def store(self) -> Store:
        """The store, open for writing."""
        if self._store is None:
            from data.store import Store

            self._store = Store(self.url())
        return self._store

    def desk(self) -> Desk:
        """The centre's desk."""
        if self._desk is None:
            from core.desk.desk import open_desk

            self._desk = open_desk(self.store(), self.clock, self.centre_code)
            self._desk.origin = self.origin
        return self._desk

    def actor(self, code: str | None = None) -> Actor:
        """The officer named here, or the one of the whole run. Raises BadInput, NotFound, NotAllowed."""
        if (self.bound or self.proved) and code not in (None, "", self.officer):
            raise NotAllowed(
                "acts-as-oneself",
                "您只能以本人名义操作，不能写 as。",
                "You act in your own name here: leave out whom to act as.",
            )
        wanted = code or self.officer
        if wanted not in self._actors:
            self._actors[wanted] = self.desk().actor(wanted)
        return self._actors[wanted]

    def open_console(self) -> int:
        """Open the console on this store; gives its exit code. Raises BadInput where there is no terminal."""
        self.require_terminal()
        if self._opener is None:
            raise RuntimeError("there is no console here")
        return self._opener(self)

    def require_terminal(self) -> None:
        """Raises BadInput where the console could not be shown."""
        import sys

        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            from data.errors import BadInput

            raise BadInput(
                "no-terminal",
                "控制台需要终端；脚本请用命令，见 zhihui --help。",
                "The console needs a terminal; scripts use commands, see zhihui --help.",
            )

    def as_it_stands(self, refusal: Refusal) -> Refusal:
        """A refusal in words that are true when something was saved before it."""
        from data.errors import StoreTrouble

        if self._store is None or not self._store.saved or not isinstance(refusal, StoreTrouble):
            return refusal
        from data.trouble import after_saving

        return after_saving(refusal)

    def close(self) -> None:
        """Close what was opened."""
        for reader in (self._reader, self._whole_reader):
            if reader is not None:
                reader.close()
        if self._store is not None:
            self._store.close()
        self._reader = self._whole_reader = self._store = self._desk = None
