"""A machine that runs commands of the program on a disk of its own, and on which everything can go wrong."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.crash import shim
from tests.crash.shim import Arm

REPOSITORY = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")
STORE = "store.db"


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, or minus the signal; what it had printed; what was seen of it."""

    code: int
    out: str
    err: str
    seen: int = 0
    struck: int = 0
    modules: Sequence[str] = field(default=(), repr=False)

    @property
    def killed(self) -> bool:
        return self.code == -9


@dataclass(frozen=True)
class Look:
    """What there is on a disk when one looks: exit codes of the two checks, and every row."""

    check: int
    verify: int
    said: str
    state: str
    rows: dict[str, list[str]] = field(repr=False, default_factory=dict)

    @property
    def whole(self) -> bool:
        return self.check == 0 and self.verify == 0

    @property
    def events(self) -> int:
        """How many entries the log has."""
        return len(self.rows.get("ticket_event", []))


class Machine:
    """Runs commands as processes of their own, forked from one that has loaded the program."""

    def __init__(self, folder: Path, plant: str = "") -> None:
        self.folder = folder
        self.plant = plant
        self.disk = folder / "disk"
        self.disk.mkdir()
        self.store = self.disk / STORE
        self._number = 0
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env={**os.environ, "LD_PRELOAD": str(shim.library()), "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"},
            text=True,
        )

    def run(self, argv: Sequence[str], at: datetime, arm: Arm | None = None, record: str = "", **more: Any) -> Ended:
        """One command line to its end. `more`: plant (another planted bug), modules (tell which were loaded)."""
        job = self._job(argv, at, arm or Arm(), record, **more)
        code = self._ask({**job, "do": "run"})["code"]
        return self._ended(job, code)

    def start(self, argv: Sequence[str], at: datetime, arm: Arm | None = None, **more: Any) -> dict[str, Any]:
        """Begin a command; `wait` with what this gives ends it."""
        job = self._job(argv, at, arm or Arm(), "", **more)
        return {**job, **self._ask({**job, "do": "start"})}

    def wait(self, started: dict[str, Any]) -> Ended:
        """How a started command ended."""
        return self._ended(started, self._ask({"do": "wait", "pid": started["pid"]})["code"])

    def call(self, name: str, *arguments: str, plant: str = "") -> Any:
        """A function of tests.crash.looking, or module.function, in a process of its own: this one opens no store."""
        job = self._job(arguments, datetime.now().astimezone(), Arm(), "", call=name, plant=plant)
        code = self._ask({**job, "do": "run"})["code"]
        if code:
            raise RuntimeError(f"{name}: {Path(job['err']).read_text()}")
        return json.loads(Path(job["result"]).read_text("utf-8"))["result"]

    def look(self, plant: str = "") -> Look:
        """Open the store with the real commands that check it, and read all of it."""
        return Look(**self.call("look", str(self.store), plant=plant))

    def after(self, argv: Sequence[str], at: datetime, plant: str = "") -> tuple[Look, Ended, Look]:
        """Look, type a command line once more, look again."""
        found = self.call("after", str(self.store), at.isoformat(), *argv, plant=plant)
        again = Ended(found["code"], found["out"], found["err"])
        return Look(**found["first"]), again, Look(**found["last"])

    def load(self, modules: Sequence[str]) -> None:
        """Load these once, so that no command has to."""
        self._ask({"do": "load", "modules": list(modules)})

    def lay(self, source: Path) -> None:
        """Put a disk that was kept in the place of this one."""
        shutil.rmtree(self.disk)
        shutil.copytree(source, self.disk)

    def wipe(self) -> None:
        """An empty disk."""
        shutil.rmtree(self.disk)
        self.disk.mkdir()

    def keep(self, target: Path) -> Path:
        """Keep this disk as it is."""
        return Path(shutil.copytree(self.disk, target))

    def close(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()

    def _job(self, argv: Sequence[str], at: datetime, arm: Arm, record: str, **more: Any) -> dict[str, Any]:
        self._number += 1
        paths = {name: str(self.folder / f"{self._number}.{name}") for name in ("out", "err", "result")}
        home = str(self.disk / "home")
        env = {"HOME": home, "ZHIHUI_STORE": str(self.store), "ZHIHUI_GUARD": ""} | {
            f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("DATA", "CONFIG", "STATE", "CACHE")
        }
        return {
            "argv": [part.replace("DISK", str(self.disk)) for part in argv],
            "at": at.isoformat(), "arm": vars(arm), "record": record, "folder": str(self.disk),
            "env": env, "plant": more.get("plant") or self.plant, "call": more.get("call", ""),
            "modules": more.get("modules", False), **paths,
        }  # fmt: skip

    def _ended(self, job: dict[str, Any], code: int) -> Ended:
        result = Path(job["result"])
        found = json.loads(result.read_text("utf-8")) if result.exists() else {}
        out, err = (Path(job[name]).read_text("utf-8", "replace") for name in ("out", "err"))
        for name in ("out", "err", "result"):
            Path(job[name]).unlink(missing_ok=True)
        return Ended(code, out, err, **found)

    def _ask(self, job: dict[str, Any]) -> Any:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        if not answer:
            raise RuntimeError("the server of commands is gone")
        return json.loads(answer)


@contextlib.contextmanager
def machine(plant: str = "") -> Iterator[Machine]:
    """A machine with an empty disk in memory; gone at the end."""
    with tempfile.TemporaryDirectory(
        prefix="zhihui-crash-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None
    ) as folder:
        made = Machine(Path(folder), plant)
        try:
            yield made
        finally:
            made.close()
