"""Signals and silence on both engines: taken once, batteries and alarms told once, care when nobody stirs."""

from __future__ import annotations

import pytest

from core.desk.actor import Actor
from core.engine.loop import Engine
from core.sensing.orders import DeviceEntry, Signal
from core.sensing.register import Register
from core.sensing.signals import Intake, Taken
from data.device_terms import DeviceKind, SignalKind
from data.errors import NotAllowed
from data.terms import Role
from tests.core.desk.scene import Scene

HOUR = 3600


def put(scene: Scene, code: str, kind: DeviceKind, **more: object) -> None:
    with scene.store.write() as connection:
        entry = DeviceEntry(code=code, kind=kind, unit="G01", address="建设路1号", **more)
        Register(connection, 1, scene.desk.now(), scene.desk.actor("zhang")).add(entry)


def say(scene: Scene, device: str, number: str, kind: SignalKind, **more: object) -> Taken:
    signal = Signal(device=device, id=number, kind=kind, **more)
    (taken,) = Intake(scene.desk, scene.desk.actor("zhang")).take([signal])
    return taken


def tickets(scene: Scene) -> list[str]:
    return [row["code"] for row in scene.rows("SELECT code FROM ticket WHERE centre_id = :centre ORDER BY id")]


def test_a_signal_is_taken_once_and_a_low_battery_told_once(any_scene: Scene) -> None:
    scene = any_scene
    put(scene, "M1", DeviceKind.DOOR, person_name="林兴玉")
    assert say(scene, "M1", "1", SignalKind.OPEN).result == "taken"
    assert say(scene, "M1", "1", SignalKind.OPEN).result == "again"
    assert say(scene, "M9", "1", SignalKind.OPEN).result == "refused"
    low = say(scene, "M1", "2", SignalKind.BATTERY, battery=18)
    assert low.ticket
    assert say(scene, "M1", "3", SignalKind.BATTERY, battery=12).ticket == ""
    assert say(scene, "M1", "4", SignalKind.BATTERY, battery=95).ticket == ""
    scene.wait(hours=1)
    assert say(scene, "M1", "5", SignalKind.BATTERY, battery=9).ticket not in ("", low.ticket), "changed, and low again"
    assert len(tickets(scene)) == 2


def test_an_alarm_makes_one_ticket_and_the_same_moment_no_second_one(any_scene: Scene) -> None:
    scene = any_scene
    put(scene, "S1", DeviceKind.SMOKE)
    at = scene.desk.now()
    first = say(scene, "S1", "1", SignalKind.ALARM, at=at)
    assert first.ticket
    assert scene.ticket(first.ticket)["urgency"] == "emergency"
    assert say(scene, "S1", "2", SignalKind.ALARM).ticket == first.ticket, "it goes on"
    with scene.store.write() as connection:
        connection.exec_driver_sql("UPDATE ticket SET open = 0, stage = 'archived'")
    assert say(scene, "S1", "3", SignalKind.ALARM, at=at).ticket == first.ticket, "the same moment said again"
    scene.wait(hours=2)
    assert say(scene, "S1", "4", SignalKind.ALARM).ticket not in ("", first.ticket)


def test_whoever_does_not_stir_for_a_day_is_looked_after_once(any_scene: Scene) -> None:
    scene = any_scene
    put(scene, "M1", DeviceKind.DOOR, person_name="林兴玉", doctor="GHJS")
    say(scene, "M1", "1", SignalKind.OPEN)
    steady = iter(range(1, 1000))
    engine = Engine(scene.store, scene.clock, 1, steady_clock=lambda: float(next(steady)), holder="test")
    seen = []
    for _hour in range(30):
        scene.wait(hours=1)
        engine.once(send=False)
        seen.append(len(tickets(scene)))
    assert seen[22] == 0
    assert seen[23:] == [1] * 7, "at the twenty-fourth hour, and never twice"
    assert scene.ticket(tickets(scene)[0])["source"] == "sensor"


@pytest.mark.parametrize("role", [*Role])
def test_who_may_register_devices_and_hand_in_signals(scene: Scene, role: Role) -> None:
    desk_role = role in (Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER)
    actor = Actor("x", "某人", roles=frozenset({role}))

    def register() -> None:
        with scene.store.write() as connection:
            entry = DeviceEntry(code="M1", kind=DeviceKind.DOOR, unit="G01")
            Register(connection, 1, scene.desk.now(), actor).add(entry)

    for work in (register, lambda: Intake(scene.desk, actor)):
        if desk_role:
            work()
        else:
            with pytest.raises(NotAllowed):
                work()
