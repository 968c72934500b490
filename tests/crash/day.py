"""The chief commands in the order of a day: what is typed, by whom, when, and what a whole answer of each means."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from console.exit_codes import STORE
from tests.core.exchange.made_files import MADE_MAP, write_made
from tests.crash.machine import Ended, Look, Machine
from tests.street import START

TICKET = "20261120-0001"
IMPORTED = 20
OLD_REVISION = "0001"
BATCH = [
    {"verb": "report", "title": "路灯不亮", "source": "grid", "community": "C01"},
    {"verb": "report", "title": "道路坑洼", "source": "hotline", "community": "C01"},
    {"verb": "accept", "ticket": "20261120-0002"},
    {"verb": "note", "ticket": "20261120-0003", "text": "两人已看过"},
    {"verb": "accept", "ticket": "20261120-0003"},
]
ORGANISATION = """
[centre]
code = "demo"
name = "示范街道"
[[unit]]
code = "demo"
kind = "centre"
name = "示范中心"
[[unit]]
code = "C02"
kind = "community"
name = "二社区"
parent = "demo"
[[unit]]
code = "G02"
kind = "grid"
name = "第二网格"
parent = "C02"
[[officer]]
code = "zhou"
name = "周平"
[[appointment]]
officer = "zhou"
unit = "G02"
role = "grid_worker"
"""


TOLD = re.compile(r'.*"ticket": "(?P<ticket>[^"]+)".*"ok": true.*"event": (?P<event>\d+).*\},?$')
"""A whole line of an answer that tells of an entry of the log."""


@dataclass(frozen=True)
class Step:
    """A command of the day. `one`: it is one transaction, so that there is no state between before and after."""

    name: str
    argv: tuple[str, ...]
    officer: str = "zhang"
    minutes: int = 0
    one: bool = True
    again: tuple[int, ...] = (0,)
    """Exit codes of the same command line once more, after it was done."""
    plant: str = ""
    older: bool = False
    """Before it the store is one of an older release, which the checks refuse."""


@dataclass
class Scene:
    """A step with the disk before it, and what it does when nothing goes wrong."""

    step: Step
    before: Path
    ended: Ended
    old: str
    new: str
    """The states before and after."""
    rows: dict[str, list[str]]
    entries: int
    """Entries of the log before it."""

    def told(self, ended: Ended) -> bool:
        """Whether a command that may have been cut short had said everything."""
        return bool(self.ended.out) and len(ended.out) >= len(self.ended.out)

    def whole(self, look: Look) -> bool:
        """Whether a store passes its checks, or is still the older one that they refuse."""
        refused = self.step.older and (look.check, look.verify) == (STORE, STORE)
        return look.whole or (refused and look.state == self.old)

    @staticmethod
    def events(out: str) -> list[int]:
        """The entries of the log that whole lines of an answer name."""
        return [int(found["event"]) for line in out.splitlines() if (found := TOLD.match(line))]


def steps(files: Path) -> list[Step]:
    """The day; its files are below `files`, which is not on the disk that goes wrong."""
    ticket = ("ticket",)
    return [
        Step("ticket report", (*ticket, "report", "--title", "井盖缺失", "--source", "phone", "--community", "C01",
                               "--reporter-name", "王小明", "--reporter-phone", "13812345678", "--key", "k1",
                               "--json")),
        Step("ticket accept", (*ticket, "accept", TICKET, "--key", "k2", "--json"), minutes=1),
        Step("ticket assess", (*ticket, "assess", TICKET, "--matter", "BJ0101", "--key", "k3", "--json"), minutes=2),
        Step("ticket dispatch", (*ticket, "dispatch", TICKET, "--key", "k4", "--json"), minutes=3),
        Step("ticket ack", (*ticket, "ack", TICKET, "--key", "k5", "--json"), "li", 4),
        Step("ticket arrive", (*ticket, "arrive", TICKET, "--key", "k6", "--json"), "li", 20),
        Step("ticket complete", (*ticket, "complete", TICKET, "--outcome", "已补装", "--open-assist-reason", "无需协办",
                                 "--key", "k7", "--json"), "li", 50),
        Step("ticket check", (*ticket, "check", TICKET, "--passed", "--key", "k8", "--json"), minutes=52),
        Step("ticket call-back", (*ticket, "call-back", TICKET, "--result", "satisfied", "--key", "k9", "--json"),
             minutes=55),
        Step("ticket archive", (*ticket, "archive", TICKET, "--key", "k10", "--json"), minutes=57),
        Step("org load", ("org", "load", str(files / "org.toml"), "--json"), "wang", 57),
        Step("duty on", ("duty", "on", "zhang", "--role", "duty_officer", "--json"), "wang", 58, again=(0, 2, 4, 5)),
        Step("handover pack", ("handover", "pack", "--key", "h1", "--json"), minutes=60),
        Step("handover give", ("handover", "give", "--key", "h2", "--json"), minutes=61, again=(0, 3, 5)),
        Step("handover accept", ("handover", "accept", "1", "--key", "h3", "--json"), "wang", 62),
        Step("batch", ("batch", str(files / "orders.jsonl"), "--key", "b"), minutes=65, one=False),
        Step("two tickets", ("ticket", "note", "20261120-0002", "20261120-0003", "--text", "已到场", "--key", "n",
                             "--jsonl"), minutes=66, one=False, plant="small logs"),
        Step("import tickets", ("import", "tickets", str(files / "made.csv"), "--map", str(files / "made.toml")),
             minutes=70, one=False, plant="small chunks"),
        Step("engine once", ("engine", "once", "--json"), minutes=600, one=False),
        Step("db backup", ("db", "backup", "DISK/copy.db"), minutes=605, again=(0, 2)),
        Step("db restore", ("db", "restore", "DISK/copy.db", "--force"), minutes=606),
    ]  # fmt: skip


UPGRADE = Step("db upgrade", ("db", "upgrade"), minutes=610, older=True)


LONG = (Step("long batch", ("batch", "FILES/many.jsonl", "--key", "m"), minutes=607, one=False, plant="small logs"),)
"""Forty transactions of one process, with a write-ahead log that is emptied and begun again between them."""
NAMES = (*(step.name for step in steps(Path())), UPGRADE.name)


def write_files(folder: Path) -> None:
    """The files that the day's commands read."""
    folder.mkdir()
    (folder / "orders.jsonl").write_text("".join(json.dumps(line) + "\n" for line in BATCH), "utf-8")
    many = [{"verb": "report", "title": f"第 {number} 件", "source": "phone"} for number in range(40)]
    (folder / "many.jsonl").write_text("".join(json.dumps(line) + "\n" for line in many), "utf-8")
    write_made(folder / "made.csv", IMPORTED, seed=1)
    (folder / "made.toml").write_text(MADE_MAP, "utf-8")
    (folder / "org.toml").write_text(ORGANISATION, "utf-8")


def line_of(step: Step) -> tuple[list[str], datetime]:
    """What is typed, and when."""
    return [*step.argv, "--as", step.officer], START + timedelta(minutes=step.minutes)


def command(machine: Machine, step: Step, plant: str = "", **more: Any) -> Ended:
    """Type the command of a step."""
    return machine.run(*line_of(step), plant=plant or step.plant, **more)


def play(machine: Machine, names: Sequence[str] = (), extra: Sequence[Step] = ()) -> list[Scene]:
    """Play the day once, or some steps of it, with nothing going wrong; the disk before each is kept.

    `extra` are steps that come behind the others; their files are written like those of the day.

    Raises AssertionError where the day itself does not go as it should.
    """
    files = machine.folder / "files"
    write_files(files)
    machine.call("make_street", str(machine.store))
    scenes, old = [], machine.look()
    for step in (*steps(files), *extra):
        step = replace(step, argv=tuple(part.replace("FILES", str(files)) for part in step.argv))
        if not names or step.name in names:
            scene, old = _play(machine, step, old.state, old.events)
            scenes.append(scene)
    if not names or UPGRADE.name in names:
        machine.wipe()
        machine.call("make_old", str(machine.store), OLD_REVISION)
        scenes.append(_play(machine, UPGRADE, machine.call("state", str(machine.store)), 0)[0])
    return scenes


def _play(machine: Machine, step: Step, old: str, entries: int) -> tuple[Scene, Look]:
    before = machine.keep(machine.folder / f"before {step.name}")
    ended = command(machine, step, modules=True)
    assert ended.code == 0, (step, ended)
    new = machine.look()
    assert new.whole, (step, new.said)
    machine.load(ended.modules)
    return Scene(step, before, ended, old, new.state, new.rows, entries), new
