"""The stage of the pictures: the demo street at a fixed moment, and the console, the wall or a training on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from console.app import ZhihuiApp
from console.backend.observer import ObserverBackend
from console.backend.store import StoreBackend
from console.backend.wall import WallBackend
from console.i18n import language
from console.ports import Heartbeat
from console.training.coach import Coach
from console.training.menu import TrainingMenu
from console.training.run import TrainingBackend
from console.wall.app import WallApp
from core.clock import ScaledClock, SetClock
from core.demo import TICKETS, make_demo
from core.engine.loop import Engine
from core.training.play import Play
from core.training.scenario import all_scenarios, find_scenario
from core.training.scores import PlayedScore
from core.training.street import make_street
from data.instants import to_seconds
from data.queries.organisation import holders
from data.store import Store
from data.terms import Role
from tests.console.pilots import at_rest, screen_text, until

Backend = TypeVar("Backend", bound=StoreBackend)
MOMENT = datetime(2026, 11, 20, 2, 16, tzinfo=UTC)
"""Friday 2026-11-20, 10:16 in Chongqing."""
FILE = "street.db"
URL = f"sqlite:///{FILE}"
"""In the folder where the picture is drawn: what a screen says of the store names no folder of this machine."""


@dataclass(frozen=True)
class Street:
    """The demo street in a file, and a duty officer on shift there."""

    path: Path
    officer: str


def made_street(folder: Path, tickets: int = TICKETS) -> Street:
    """Make the street, with the engine up to the moment."""
    path = folder / FILE
    demo = make_demo(f"sqlite:///{path}", MOMENT, tickets)
    store = Store(f"sqlite:///{path}")
    Engine(store, SetClock(MOMENT), demo.centre_id).once()
    with store.reader() as reader:
        people = holders(reader, demo.centre_id, to_seconds(MOMENT))
    store.close()
    return Street(path, next(line.officer_code for line in people if line.on_shift == Role.DUTY_OFFICER))


@contextmanager
def house(folder: Path) -> Iterator[None]:
    """Stand in an empty folder, with settings and state of its own: nobody's own are read or written."""
    before, names = Path.cwd(), [f"XDG_{name}_HOME" for name in ("DATA", "CONFIG", "STATE", "CACHE")]
    kept = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(folder / name.lower()) for name in names})
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@dataclass
class Stage:
    """An app on a street, its clock and its engine in the scene's hands."""

    street: Street
    clock: SetClock = field(default_factory=lambda: SetClock(MOMENT))
    silence: int = 0
    """For how long the engine has been silent, in seconds."""
    open_stores: list[Callable[[], None]] = field(default_factory=list)
    pilot: Pilot[Any] = field(init=False)

    def seconds(self) -> int:
        """What time it is."""
        return to_seconds(self.clock.now())

    # ------------------------------------------------------------------------------------------- opening

    def console(self, theme: str) -> App[Any]:
        """The console of the duty officer."""
        return ZhihuiApp(
            self._still(StoreBackend(URL, self.clock, self.seconds, None, self.street.officer)), self.seconds, theme
        )

    def observer(self, theme: str) -> App[Any]:
        """A console that only looks on."""
        return ZhihuiApp(self._still(ObserverBackend(URL, self.clock, self.seconds, None)), self.seconds, theme)

    def wall(self, theme: str) -> App[Any]:
        """The wall."""
        return WallApp(self._still(WallBackend(URL, self.clock, self.seconds, None)), self.seconds, theme=theme)

    def training_menu(self, theme: str) -> App[Any]:
        """The menu of scenarios, three plays done."""
        played = [PlayedScore(1, "AS-2", 40, 100, "D"), PlayedScore(2, "AS-2", 90, 100, "A")]
        return TrainingMenu(all_scenarios(), [*played, PlayedScore(3, "AS-8", 78, 100, "B")], theme)

    def training(self, theme: str) -> App[Any]:
        """A training whose clock runs at its speed and stands still until the scene moves it."""
        scenario = find_scenario("AS-8")
        desk, trainee = make_street(FILE, scenario)
        begin = scenario.begin("Asia/Shanghai")
        self.clock = SetClock(begin)
        desk.clock = fast = ScaledClock(begin, scenario.speed, lambda: (self.clock.now() - begin).total_seconds())

        def seconds() -> int:
            return to_seconds(fast.now())

        app = ZhihuiApp(self._still(TrainingBackend(URL, fast, seconds, None, trainee)), seconds, theme)
        app.coach = Coach(app, Play(scenario, desk, trainee), fast, lambda _score: None)
        self.open_stores.append(desk.store.close)
        return app

    def _still(self, backend: Backend) -> Backend:
        """No engine beside a clock that stands; how it does is the scene's to say."""
        if not backend.read_only:
            backend.start = backend.desk  # type: ignore[method-assign, assignment]
        backend._heartbeat = lambda *_look: Heartbeat(self.silence, "service")  # type: ignore[method-assign]
        self.open_stores.append(backend.close)
        return backend

    def close(self) -> None:
        """Give the stores back."""
        for close in self.open_stores:
            close()

    # ------------------------------------------------------------------------------------------- playing

    @property
    def app(self) -> App[Any]:
        """What is drawn."""
        return self.pilot.app

    async def press(self, *keys: str) -> None:
        """Keys one after the other, each when the one before has come to its end."""
        for key in keys:
            await self.pilot.press(key)
            await at_rest(self.pilot)

    async def type(self, words: str) -> None:
        """Words into the field that has the keys, as an input method gives them: all at once."""
        field = self.app.focused
        assert isinstance(field, Input)
        field.insert_text_at_cursor(words)
        await at_rest(self.pilot)

    async def shows(self, zh: str, en: str = "") -> None:
        """Wait until the screen shows a text and rests; one that both languages show is given once."""
        wanted = {"zh": zh, "en": en or zh}[language()]
        await until(self.pilot, lambda: wanted in screen_text(self.app), wanted)
        await at_rest(self.pilot)

    async def beat(self) -> None:
        """Let the app notice what the clock or the store brings."""
        app = self.app
        if isinstance(app, ZhihuiApp):
            await app._beat()
        elif isinstance(app, WallApp):
            await app.beat()
        await at_rest(self.pilot)

    def lose_store(self) -> None:
        """Take the store away under the app."""
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.remove(FILE + ending)


def copied(street: Street, folder: Path) -> None:
    """A copy of the street in a folder, to be worked on."""
    shutil.copy(street.path, folder / FILE)
