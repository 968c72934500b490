"""Silence is found: devices whose time has come are looked at, oldest first, until none is left.

What is due stands in a row of its own for each device, so a stop of the engine loses nothing. A look and what it makes
of it, ticket and all, are one write transaction; the unique key of the alert is the last guard against two of one
silence.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from core.desk.desk import Desk
from core.engine.lease import LeaseKeeper, LeaseLost
from core.rules.silence import (
    ACTIVE,
    DEAF_AFTER,
    FEW,
    HISTORY,
    HOUR,
    LOOKING_AFTER,
    LOW,
    Span,
    Verdict,
    Watch,
    Word,
    deaf,
    fault_of,
    habit_of,
    judge,
    out_of_touch,
    tidy,
    watched,
)
from core.sensing.alerts import Alerts, Known
from core.sensing.tickets import DeviceTickets
from data.device_terms import AlertFinding, AlertKind
from data.errors import StoreTrouble
from data.store import Store
from data.tables import Device, DeviceSignal, DeviceState, EngineOutage, table
from data.tables.sensing import WATCHED

BATCH = 20
"""Devices per transaction: each may make a ticket with its tasks and notices."""
AGAIN = HOUR
"""A device that cannot be judged is looked at again so many seconds later; the others go on."""
IN_NEED = (AlertFinding.HOSPITAL, AlertFinding.HELPED)

DEVICE, STATE, SIGNAL, OUTAGE = table(Device), table(DeviceState), table(DeviceSignal), table(EngineOutage)

log = logging.getLogger("zhihui.engine")


@dataclass
class Silences:
    """Looks after the devices of one centre."""

    desk: Desk
    lease: LeaseKeeper

    @property
    def store(self) -> Store:
        """The store of the desk."""
        return self.desk.store

    def follow(self, now: int) -> int:
        """Look at every device whose time has come; gives how many alerts came of it.

        Raises LeaseLost, and StoreTrouble when the store refuses; done batches stay done.
        """
        alerts = 0
        while self._due(now):
            with self.store.write() as connection:
                self.lease.beat(connection, now)
                look = _Look(self.desk, connection, now)
                alerts += sum(look.at(device_id) for device_id in look.due())
            self.lease.kept(now)
        return alerts

    def _due(self, now: int) -> bool:
        """Looked at without a lock, so that an idle engine disturbs nobody."""
        with self.store.read() as connection:
            return bool(_due_devices(connection, self.desk.centre_id, now, 1))


def _due_devices(connection: Connection, centre_id: int, now: int, most: int) -> list[int]:
    found = connection.execute(
        select(STATE.c.device_id)
        .where(STATE.c.centre_id == centre_id, text(WATCHED), STATE.c.watch_at <= now)
        .order_by(STATE.c.watch_at)
        .limit(most)
    )
    return [int(row[0]) for row in found]


class _Look:
    """One batch of looks."""

    def __init__(self, desk: Desk, connection: Connection, now: int) -> None:
        self.connection, self.centre_id, self.now = connection, desk.centre_id, now
        self.tickets = DeviceTickets(desk, connection)
        self.alerts = Alerts(connection, desk.centre_id)

    def due(self) -> list[int]:
        return _due_devices(self.connection, self.centre_id, self.now, BATCH)

    def at(self, device_id: int) -> bool:
        """Look at one device; whether an alert came of it. One that cannot be judged does not stop the others."""
        try:
            with self.connection.begin_nested():
                return self._judge(device_id)
        except (StoreTrouble, SQLAlchemyError, LeaseLost):
            raise
        except Exception:
            log.exception("device %d cannot be judged and waits", device_id)
            self._again(device_id, self.now + AGAIN)
            return False

    def _judge(self, device_id: int) -> bool:
        device, state = self._read(device_id)
        if device.retired_at is not None:
            self._again(device_id, None)
            return False
        known = self.alerts.of(device)
        watch = self._watch(device, state, known)
        verdict = judge(watch, self.now, [(alert.kind, alert.since_at) for alert in known])
        look_at = verdict.look_at
        self._again(device_id, None if look_at is None else max(look_at, self.now + 1))
        if verdict.alert is None:
            return False
        self._tell(device, watch, verdict, known)
        return True

    # ------------------------------------------------------------------------------------------- what is known

    def _read(self, device_id: int) -> tuple[Device, DeviceState]:
        one, other = (
            self.connection.execute(select(source).where(source.c.centre_id == self.centre_id, key == device_id))
            .mappings()
            .one()
            for source, key in ((DEVICE, DEVICE.c.id), (STATE, STATE.c.device_id))
        )
        return Device(**one), DeviceState(**other)

    def _watch(self, device: Device, state: DeviceState, known: list[Known]) -> Watch:
        """What is known of a device; its history is read only where a silence may have been reached."""
        away = (device.away_from, device.away_until)
        watch = Watch(
            kind=device.kind,
            opened_at=device.opened_at,
            base=device.silence_seconds,
            beat=device.beat_seconds,
            word_at=state.word_at,
            active_at=state.active_at,
            offline_at=state.offline_at,
            battery=state.battery,
            others_at=self._others(device),
            away=away if away[0] is not None and away[1] is not None else None,  # type: ignore[arg-type]
        )
        since = state.active_at
        earliest = since if since is not None else state.word_at or device.opened_at
        outages = self._outages(earliest)
        if since is None or not watch.base or device.kind not in LOOKING_AFTER or self.now < since + watch.base:
            return replace(watch, outages=outages)
        words = self._words(device.id, since - HISTORY)
        blind = [*out_of_touch(words, watch.beat), *deaf(outages, self._heard(outages))]
        actives = [word.at for word in words if word.kind in ACTIVE and word.at <= since]
        trouble = {alert.since_at for alert in known if alert.kind == AlertKind.CARE and alert.finding in IN_NEED}
        return replace(watch, outages=outages, blind=tidy(blind), habit=habit_of(actives, watch.base, blind, trouble))

    def _others(self, device: Device) -> int | None:
        """The newest word of the others on its gateway; None where there are too few to tell."""
        if not device.gateway:
            return None
        count, newest = self.connection.execute(
            select(func.count(), func.max(STATE.c.word_at))
            .join_from(DEVICE, STATE, (STATE.c.centre_id == DEVICE.c.centre_id) & (STATE.c.device_id == DEVICE.c.id))
            .where(
                DEVICE.c.centre_id == self.centre_id,
                DEVICE.c.gateway == device.gateway,
                DEVICE.c.id != device.id,
                DEVICE.c.retired_at.is_(None),
            )
        ).one()
        return int(newest) if newest is not None and count >= FEW else None

    def _outages(self, since: int) -> list[Span]:
        rows = self.connection.execute(
            select(OUTAGE.c.from_at, OUTAGE.c.to_at)
            .where(
                OUTAGE.c.centre_id == self.centre_id,
                OUTAGE.c.to_at > since,
                OUTAGE.c.to_at - OUTAGE.c.from_at > DEAF_AFTER,
            )
            .order_by(OUTAGE.c.from_at)
        )
        return [(int(start), int(end)) for start, end in rows]

    def _heard(self, outages: list[Span]) -> list[int]:
        """For each outage one instant at which a signal of any device came in, where there is one."""
        heard = SIGNAL.c.heard_at
        found = (
            self.connection.execute(
                select(heard).where(SIGNAL.c.centre_id == self.centre_id, heard > start, heard <= end).limit(1)
            ).scalar()
            for start, end in outages
        )
        return [int(at) for at in found if at is not None]

    def _words(self, device_id: int, since: int) -> list[Word]:
        rows = self.connection.execute(
            select(SIGNAL.c.at, SIGNAL.c.kind)
            .where(SIGNAL.c.centre_id == self.centre_id, SIGNAL.c.device_id == device_id, SIGNAL.c.at >= since)
            .order_by(SIGNAL.c.at, SIGNAL.c.id)
        )
        return [Word(int(at), str(kind)) for at, kind in rows]

    # ------------------------------------------------------------------------------------------- what comes of it

    def _tell(self, device: Device, watch: Watch, verdict: Verdict, known: list[Known]) -> None:
        """A ticket; where the device has one that is open for the same thing, that one says so instead."""
        kind, since = verdict.alert, verdict.since
        assert kind is not None
        subject = device.gateway if kind == AlertKind.GATEWAY else device.code
        running = next((a for a in known if a.kind == kind and a.subject == subject and a.is_open), None)
        facts: dict[str, Any] = {"habit": asdict(watch.habit)} if kind == AlertKind.CARE else {}
        if running is not None:
            self.tickets.note(running.ticket, f"{device.code} {self.tickets.moment(since)} 之后再次无动静或无信号")
            ticket_id = running.ticket_id
        elif kind == AlertKind.CARE:
            away = [watch.away] if watch.away else []
            seconds = watched(since, self.now, tidy([*watch.blind, *away]))
            facts["watched"] = seconds
            ticket_id = self.tickets.care(device, since, seconds, watch.habit).ticket_id
        else:
            ticket_id = self.tickets.fault(device, kind, subject, since, self._why(watch, kind, subject)).ticket_id
        self.alerts.add(device, kind, subject, since, self.now, ticket_id, facts)

    def _why(self, watch: Watch, kind: AlertKind, subject: str) -> str:
        """Why it is a fault and no person's silence."""
        found = fault_of(watch, self.now)
        last = "从未有信号" if watch.word_at is None else f"最后信号 {self.tickets.moment(watch.word_at)}"
        if kind == AlertKind.GATEWAY and found is not None:
            return f"网关 {subject} 上所有设备自 {self.tickets.moment(found[1])} 起无信号，按设备故障处理。"
        if watch.battery is not None and watch.battery <= LOW:
            return f"{last}，电量 {watch.battery}%，按设备故障处理。"
        return f"{last}，按设备故障处理。"

    def _again(self, device_id: int, at: int | None) -> None:
        self.connection.execute(
            update(STATE).where(STATE.c.centre_id == self.centre_id, STATE.c.device_id == device_id).values(watch_at=at)
        )
