"""The centre that is simulated: a street on a file, clocks that the simulator moves, engines that die and come back."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Report
from core.engine.loop import Cycle, Engine
from core.engine.outbox import Outbox
from core.engine.webhook import set_webhook
from core.sensing.orders import DeviceEntry
from core.sensing.register import Register
from data.device_terms import DeviceKind
from data.errors import StoreTrouble
from tests.core.desk.scene import Scene, make_scene
from tests.simulator.disk import Disk, SimStore
from tests.simulator.receiver import Receiver
from tests.simulator.repeat import repeatable
from tests.street import START

CENTRE, NEIGHBOUR = 1, 2
CYCLE, TTL = 60.0, 300.0
"""Engines beat more seldom than real ones: between two events of a simulated day nothing would be found."""
DEVICES = (("S1", DeviceKind.SMOKE, 4), ("M1", DeviceKind.DOOR, 0), ("D1", DeviceKind.GAS, 12))
COPIED = ("centre", "centre_seq", "unit", "officer", "appointment", "catalogue", "matter")


def build_street(folder: Path) -> Path:
    """The street as every run begins: devices hang, notices go to a webhook, and a neighbour has tickets of its own."""
    path = folder / "street.sqlite"
    with repeatable("street"):
        scene = make_scene(str(path))
        with scene.store.write() as connection:
            register = Register(connection, CENTRE, scene.desk.now(), scene.desk.actor("zhang"))
            for code, kind, beat in DEVICES:
                register.add(DeviceEntry(code=code, kind=kind, unit="G01", beat_hours=beat, person_name="林兴玉"))
            admin, at = scene.who("xi"), scene.desk.now()
            set_webhook(connection, CENTRE, "http://notices.example/in", "0123456789abcdef", admin, at)
            for name in COPIED:
                _copy_rows(connection, name)
        neighbour = Desk(scene.store, scene.clock, NEIGHBOUR)
        for title in ("邻街井盖", "邻街路灯"):
            neighbour.do(Report(title=title, community="C01"), neighbour.actor("zhang"))
        scene.store.close()
    return path


def _copy_rows(connection: Any, name: str) -> None:
    columns = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")]
    key = "id" if name == "centre" else "centre_id"
    own = {key: str(NEIGHBOUR)} | ({"code": f"'{NEIGHBOUR}' || code"} if name == "centre" else {})
    if name == "centre_seq":
        own |= {"organisation_no": "0", "organisation_hash": "''"}  # the journal of changes is not copied
    taken = [own.get(column, column) for column in columns]
    connection.exec_driver_sql(
        f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(taken)} FROM {name} WHERE {key} = {CENTRE}"
    )


class Centre:
    """Everything that runs in the centre, and the ways in which it goes wrong."""

    def __init__(self, street: Path, folder: Path, seed: str) -> None:
        self.seed = seed
        self.clock = SetClock(START)
        self.steady = 1000.0
        self.disk = Disk(folder / "store.sqlite")
        shutil.copyfile(street, self.disk.path)
        self.receiver = Receiver(seed)
        self.engines: list[Engine] = []
        self._born = 0
        self._open()

    # ------------------------------------------------------------------------------------------------ life and death

    def _open(self) -> None:
        self.store = SimStore(self.disk)
        self.desk = Desk(self.store, self.clock, CENTRE)
        self.scene = Scene(self.store, self.desk, self.clock)
        self.engines = [self._engine(), self._engine()]

    def _engine(self) -> Engine:
        self._born += 1
        store = SimStore(self.disk)
        engine = Engine(
            store, self.clock, CENTRE, cycle=CYCLE, ttl=TTL, steady_clock=lambda: self.steady, holder=f"sim{self._born}"
        )
        engine.outbox = Outbox(
            store, self.clock, CENTRE, post=self.receiver.post, steady_clock=lambda: self.steady, seed=self._born
        )
        return engine

    def close(self) -> None:
        """Everything is let go, as it lies."""
        self.disk.mend()
        for engine in self.engines:
            engine.store.close()
        self.store.close()

    def revive(self) -> None:
        """All processes died at once; they start again on what the disk has."""
        self.close()
        self.disk.bury()
        self._open()

    def restart(self) -> None:
        """All processes end in order and start again."""
        for engine in self.engines:
            engine.close()
        self.close()
        self._open()

    def kill_engine(self) -> None:
        """The leading engine is gone without a word, and another one is started as the standby."""
        self.engines[0].store.close()
        self.engines = [self.engines[1], self._engine()]

    # ------------------------------------------------------------------------------------------------ time

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def skip(self, seconds: int) -> None:
        """Time passes on both clocks, and nobody works."""
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))
        self.steady += seconds

    def jump(self, seconds: int) -> None:
        """Somebody sets the wall clock."""
        self.clock.set(self.clock.now() + timedelta(seconds=seconds))

    def quiet(self, seconds: int) -> None:
        """Time passes in which the engines beat and find nothing."""
        self.skip(seconds)
        for engine in self.engines:
            if engine.lease.held:
                engine.lease.kept(self.now())

    # ------------------------------------------------------------------------------------------------ engines

    def beat(self, standby: bool = True) -> tuple[list[Cycle], str]:
        """One cycle of each engine; what they did, and the code of the trouble that the store gave one of them."""
        cycles: list[Cycle] = []
        trouble = ""
        for engine in self.engines[: 1 + standby]:
            try:
                cycles.append(engine.once())
            except StoreTrouble as error:
                trouble = error.code
        return cycles, trouble

    def freeze(self, writes: int, seconds: int) -> int:
        """The leading engine freezes before its nth write and thaws when the standby has long taken over.

        Gives how many events it still appended after that, under its old fence.
        """
        sleeper, other = self.engines
        left, thawed = [writes], []

        def sleep() -> None:
            left[0] -= 1
            if left[0] == 0:
                self.skip(seconds)
                other.once()
                self.skip(int(TTL) + 1)
                if other.once().leading:
                    thawed.append(self.events())

        sleeper.store.before_write = sleep  # type: ignore[attr-defined]
        try:
            sleeper.once()
        finally:
            sleeper.store.before_write = None  # type: ignore[attr-defined]
        if not thawed:
            return 0
        # What falls due next is the other's to do, however soon the sleeper looks.
        self.engines = [other, sleeper]
        due = sleeper.sweep.next_due()
        if due is not None and due > self.now():
            self.quiet(due - self.now())
        sleeper.once()
        return self.events() - thawed[0]

    def events(self) -> int:
        """The number of the newest event."""
        return int(self.scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")[0]["chain_no"])
