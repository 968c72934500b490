"""What each officer asked and was told, with times of a clock that all processes of the machine share."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

OK, REFUSED, UNSURE, BROKEN = "ok", "refused", "unsure", "broken"
"""How an order ended: done, refused in words, nobody knows, or in a way in which no order may end."""


@dataclass
class Answer:
    """What came back for an order."""

    was: str
    code: str = ""
    said: str = ""
    ticket: str = ""
    event: int = 0
    revision: int = 0
    replayed: bool = False


@dataclass
class Deed:
    """An order and its answer. Without an answer its process died over it, and it may or may not have been done."""

    name: str
    who: str
    verb: str
    ticket: str
    seen: int | None
    key: str
    order: dict[str, Any]
    asked: float
    told: float = 0.0
    answer: Answer = field(default_factory=lambda: Answer(UNSURE))

    @property
    def until(self) -> float:
        """When it was over at the latest."""
        return self.told or float("inf")


@dataclass
class Look:
    """A ticket as somebody saw it."""

    who: str
    ticket: str
    revision: int
    asked: float
    told: float


def now() -> float:
    """Seconds of the clock that every process of this machine reads alike."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class Recorder:
    """Writes lines that are there when the process dies by SIGKILL right after."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def asks(self, deed: Deed) -> None:
        """Before the order goes out."""
        plain = {each.name: getattr(deed, each.name) for each in fields(deed) if each.name not in ("told", "answer")}
        self._line({"deed": plain})

    def told(self, deed: Deed) -> None:
        """After its answer came."""
        self._line({"answer": asdict(deed.answer), "of": deed.name, "told": deed.told})

    def saw(self, look: Look) -> None:
        """After somebody looked."""
        self._line({"look": asdict(look)})

    def _line(self, plain: dict[str, Any]) -> None:
        os.write(self._file, (json.dumps(plain, ensure_ascii=False) + "\n").encode())


@dataclass
class History:
    """Everything that was recorded in a run."""

    deeds: list[Deed] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    deaths: int = 0
    """Processes that were killed, or times that sessions of a server were cut."""

    def count(self, was: str) -> int:
        """How many orders ended in a way."""
        return sum(deed.answer.was == was for deed in self.deeds)


def read_histories(folder: Path) -> History:
    """The records of all processes."""
    found = History()
    for path in sorted(folder.glob("*.jsonl")):
        open_: dict[str, Deed] = {}
        for plain in _lines(path):
            if "deed" in plain:
                deed = Deed(**plain["deed"])
                open_[deed.name] = deed
                found.deeds.append(deed)
            elif "look" in plain:
                found.looks.append(Look(**plain["look"]))
            else:
                open_[plain["of"]].answer, open_[plain["of"]].told = Answer(**plain["answer"]), plain["told"]
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue  # the process died over this line; what it was about was not told to anybody
