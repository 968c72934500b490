"""Signals come in: taken once each, in the order of their own time, whatever the order in which they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from core.desk.actor import Actor
from core.desk.desk import Desk
from core.desk.permissions import require_role
from core.rules.signals import LATE, Moment, believed
from core.rules.silence import ACTIVE, CHARGED, LOOKING_AFTER, LOW, Watch, lost_at
from core.sensing.alerts import FAULTS, Alerts, Known
from core.sensing.orders import Signal
from core.sensing.tickets import DeviceTickets
from data.device_terms import AlertKind, SignalKind
from data.ids import new_id
from data.store import lock_centre
from data.tables import Device, DeviceSignal, DeviceState, table

AT_ONCE = 200
"""Signals of one write transaction: a console that wants to write waits for one batch at most."""
TITLE = ("接收感知信号", "take in signals of devices")

DEVICE, STATE, SIGNAL = table(Device), table(DeviceState), table(DeviceSignal)


@dataclass(frozen=True)
class Taken:
    """What became of one signal: `taken`, `again` (it was here before) or `refused` with why; the ticket it made."""

    device: str
    message: str
    result: str
    why: str = ""
    late: int = 0
    """Seconds that it came late, from `LATE` on."""
    wrong_clock: bool = False
    ticket: str = ""


@dataclass
class _Standing:
    """A device with its state as the signals so far left it."""

    device: Device
    state: DeviceState
    changed: bool = False
    seen: set[str] = field(default_factory=set)
    alerts: list[Known] | None = None


class Intake:
    """Takes signals in for one centre."""

    def __init__(self, desk: Desk, actor: Actor) -> None:
        """Raises NotAllowed for an officer who may not hand signals in."""
        require_role("signals", *TITLE, actor)
        self.desk = desk

    def take_all(self, signals: Iterable[Signal]) -> Iterable[Taken]:
        """All of them in batches; what is given out is safely stored."""
        left = iter(signals)
        while batch := list(islice(left, AT_ONCE)):
            yield from self.take(batch)

    def take(self, signals: Sequence[Signal]) -> list[Taken]:
        """Some signals in one write transaction."""
        return self.desk.store.run(lambda connection: _Batch(self.desk, connection).run(signals))


class _Batch:
    """The signals of one transaction."""

    def __init__(self, desk: Desk, connection: Connection) -> None:
        lock_centre(connection, desk.centre_id)
        self.connection, self.centre_id, self.now = connection, desk.centre_id, desk.now()
        self.tickets = DeviceTickets(desk, connection)
        self.alerts = Alerts(connection, desk.centre_id)
        self.rows: list[dict[str, Any]] = []

    def run(self, signals: Sequence[Signal]) -> list[Taken]:
        known = self._standings(signals)
        done = [self._one(known.get(signal.device), signal) for signal in signals]
        if self.rows:
            self.connection.execute(insert(SIGNAL), self.rows)
        for standing in known.values():
            if standing.changed:
                self._save(standing)
        return done

    def _one(self, standing: _Standing | None, signal: Signal) -> Taken:
        why = "unknown" if standing is None else "retired" if standing.device.retired_at is not None else ""
        if standing is None or why:
            self._refuse(signal.device, why)
            return Taken(signal.device, signal.id, "refused", why)
        if signal.id in standing.seen:
            return Taken(signal.device, signal.id, "again")
        standing.seen.add(signal.id)
        standing.changed = True
        moment = believed(signal.at, self.now)
        self._keep(standing, signal, moment)
        late = max(0, self.now - moment.at)
        late = late if late >= LATE else 0
        newest = standing.state.word_at is None or moment.at >= standing.state.word_at
        self._stand(standing, signal, moment.at)
        made = self._battery(standing, signal, moment.at) if newest else ""
        if signal.kind == SignalKind.ALARM:
            made = self._alarm(standing, moment.at, late, signal.text)
        self._answer(standing, signal, moment.at, late)
        return Taken(signal.device, signal.id, "taken", "", late, moment.said_at is not None, made)

    def _keep(self, standing: _Standing, signal: Signal, moment: Moment) -> None:
        row = DeviceSignal(
            centre_id=self.centre_id,
            id=new_id(),
            device_id=standing.device.id,
            message_id=signal.id,
            kind=signal.kind.value,
            at=moment.at,
            heard_at=self.now,
            said_at=moment.said_at,
            battery=signal.battery,
        )
        self.rows.append(row.model_dump())

    def _stand(self, standing: _Standing, signal: Signal, at: int) -> None:
        """The newest of everything; a late signal never sets a newer one back."""
        state = standing.state
        if state.word_at is None or at >= state.word_at:
            state.word_at = at
            state.offline_at = at if signal.kind == SignalKind.OFFLINE else None
        if signal.kind in ACTIVE and (state.active_at is None or at > state.active_at):
            state.active_at = at

    def _battery(self, standing: _Standing, signal: Signal, at: int) -> str:
        """A battery that gets low is told once, until it was changed."""
        state, device = standing.state, standing.device
        if signal.battery is None:
            return ""
        state.battery = signal.battery
        if signal.battery >= CHARGED:
            state.low_at = None
        if signal.battery > LOW or state.low_at is not None:
            return ""
        state.low_at = at
        why = f"电量 {signal.battery}%，请更换电池。"
        receipt = self.tickets.fault(device, AlertKind.BATTERY, device.code, at, why)
        self._told(standing, AlertKind.BATTERY, at, receipt.ticket_id, {"battery": signal.battery})
        return receipt.ticket

    def _alarm(self, standing: _Standing, at: int, late: int, said: str) -> str:
        """An urgent ticket at once; an alarm that goes on while its ticket is open makes no second one."""
        device = standing.device
        alarms = [alert for alert in self._alerts(standing) if alert.kind == AlertKind.ALARM]
        # Said twice for one moment it is the same alarm, also when its ticket is closed.
        running = next((alert for alert in alarms if alert.is_open or alert.since_at == at), None)
        if running is not None:
            return running.ticket
        receipt = self.tickets.alarm(device, at, late, said)
        self._told(standing, AlertKind.ALARM, at, receipt.ticket_id, {"late": late} if late else {})
        return receipt.ticket

    def _answer(self, standing: _Standing, signal: Signal, at: int, late: int) -> None:
        """A sign of life after an alert is written on its ticket, once; so is the end of an alarm."""
        device = standing.device
        for alert in self._alerts(standing):
            if alert.again_at is not None or not alert.is_open or at <= alert.since_at:
                continue
            if alert.kind == AlertKind.CARE and alert.subject == device.code and signal.kind in ACTIVE:
                said = f"{self.tickets.moment(at)} {signal.kind.zh}"
            elif alert.kind in FAULTS and signal.kind != SignalKind.OFFLINE:
                said = f"{self.tickets.moment(at)} 恢复信号"
            elif alert.kind == AlertKind.ALARM and signal.kind == SignalKind.CLEAR:
                said = f"{self.tickets.moment(at)} {signal.kind.zh}"
            else:
                continue
            self.tickets.note(alert.ticket, f"{device.code} {said}" + (f"（迟到 {late // 60} 分钟）" if late else ""))
            self.alerts.answered(alert, at)
            standing.alerts = None

    def _alerts(self, standing: _Standing) -> list[Known]:
        if standing.alerts is None:
            standing.alerts = self.alerts.of(standing.device)
        return standing.alerts

    def _told(self, standing: _Standing, kind: AlertKind, since: int, ticket_id: int, facts: dict[str, Any]) -> None:
        self.alerts.add(standing.device, kind, standing.device.code, since, self.now, ticket_id, facts)
        standing.alerts = None

    # ------------------------------------------------------------------------------------------- rows

    def _standings(self, signals: Sequence[Signal]) -> dict[str, _Standing]:
        codes = {signal.device for signal in signals}
        devices = self.connection.execute(
            select(DEVICE).where(DEVICE.c.centre_id == self.centre_id, DEVICE.c.code.in_(codes))
        ).mappings()
        found = {row["id"]: Device(**row) for row in devices}
        states = self.connection.execute(
            select(STATE).where(STATE.c.centre_id == self.centre_id, STATE.c.device_id.in_(found))
        ).mappings()
        standings = {row["device_id"]: _Standing(found[row["device_id"]], DeviceState(**row)) for row in states}
        seen = self.connection.execute(
            select(SIGNAL.c.device_id, SIGNAL.c.message_id).where(
                SIGNAL.c.centre_id == self.centre_id,
                SIGNAL.c.device_id.in_(found),
                SIGNAL.c.message_id.in_({signal.id for signal in signals}),
            )
        )
        for device_id, message in seen:
            standings[device_id].seen.add(message)
        return {standing.device.code: standing for standing in standings.values()}

    def _save(self, standing: _Standing) -> None:
        state = standing.state
        state.watch_at = next_look(standing.device, state)
        self.connection.execute(
            update(STATE)
            .where(STATE.c.centre_id == self.centre_id, STATE.c.device_id == state.device_id)
            .values(state.model_dump(exclude={"centre_id", "device_id"}))
        )

    def _refuse(self, code: str, why: str) -> None:
        self.connection.execute(
            text(
                "INSERT INTO signal_refused (centre_id, device_code, reason, times, first_at, last_at)"
                " VALUES (:centre, :code, :why, 1, :now, :now)"
                " ON CONFLICT (centre_id, device_code, reason)"
                " DO UPDATE SET times = signal_refused.times + 1, last_at = excluded.last_at"
            ),
            {"centre": self.centre_id, "code": code, "why": why, "now": self.now},
        )


def next_look(device: Device, state: DeviceState) -> int | None:
    """When the engine has to look at a device at the latest; the look itself knows better."""
    watch = Watch(
        device.kind,
        device.opened_at,
        device.silence_seconds,
        device.beat_seconds,
        state.word_at,
        state.active_at,
        state.offline_at,
        state.battery,
    )
    looks = [lost_at(watch)]
    if watch.base and watch.kind in LOOKING_AFTER and watch.active_at is not None:
        looks.append(watch.active_at + watch.base)
    return min((at for at in looks if at is not None), default=None)
