"""Long work in numbered steps: each is told when it begins and when it is done, with the time it took."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One step. `code` is for scripts; `seconds` is None while it is at work, `ok` None until it is known."""

    number: int
    code: str
    zh: str
    en: str
    ok: bool | None = None
    seconds: float | None = None
    said_zh: str = ""
    said_en: str = ""

    def text(self, language: str) -> str:
        """What the step does, in a language: `zh` or `en`."""
        return self.en if language == "en" else self.zh

    def said(self, language: str) -> str:
        """What came of it; may be empty."""
        return self.said_en if language == "en" else self.said_zh


Tell = Callable[[Step], None]


@dataclass
class Said:
    """What a step has to say at its end."""

    zh: str = ""
    en: str = ""
    ok: bool = True


@dataclass
class Steps:
    """The steps of one piece of work, told to whoever watches; `clock` is a steady one, in seconds."""

    tell: Tell = lambda _step: None
    clock: Callable[[], float] = time.monotonic
    done: list[Step] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, code: str, zh: str, en: str) -> Iterator[Said]:
        """Tell of a step around the work of it. An error that leaves it is told of as well, and goes on."""
        number, said, began = len(self.done) + 1, Said(), self.clock()
        self.tell(Step(number, code, zh, en))
        try:
            yield said
        except BaseException:
            said.ok = False
            raise
        finally:
            took = self.clock() - began
            ended = Step(number, code, zh, en, said.ok, took, said.zh, said.en)
            self.done.append(ended)
            self.tell(ended)

    @property
    def sound(self) -> bool:
        """Whether every step so far went well."""
        return all(step.ok for step in self.done)
