"""Sensing devices as the screens show them. Personal data is masked here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from console.i18n import _, language
from console.sensing_ports import DeviceFile, DeviceRow, SignalRow
from console.widgets.columns import term
from core.rules.signals import LATE
from core.sensing.standing import in_order, standing
from data.device_terms import AlertFinding, AlertKind, DeviceKind, SignalKind, Standing
from data.errors import BadInput, NotFound
from data.masking import mask_address, mask_name
from data.queries import devices as queries
from data.queries.tickets import ticket_id

if TYPE_CHECKING:
    from core.desk.actor import Actor
    from core.desk.desk import Desk
    from core.sensing.register import Register
    from data.reader import Reader

SIGNALS, ALERTS = 12, 6
ON_TICKET = 3


class StoreSensing:
    """The devices of one centre on a store."""

    def __init__(
        self,
        desk: Callable[[], Desk],
        actor: Callable[[], Actor],
        reader: Callable[[], Reader],
        centre: int,
        zone: str,
        now: Callable[[], int],
    ) -> None:
        self._desk, self._actor, self._reader = desk, actor, reader
        self._centre, self._zone, self._now = centre, zone, now

    def devices(self) -> Sequence[DeviceRow]:
        """All in use, what needs somebody first."""
        lines = in_order(queries.devices(self._reader(), self._centre), self._now())
        return [self._row(line, how) for line, how in lines]

    def device(self, code: str) -> DeviceFile:
        """One of them. Raises NotFound."""
        reader, centre = self._reader(), self._centre
        line = queries.device(reader, centre, code)
        if line is None:
            raise NotFound("device-unknown", "没有登记这台设备。", "There is no such device.")
        said = queries.signals(reader, centre, code, SIGNALS)
        made = queries.alerts(reader, centre, code=code, size=ALERTS)
        return DeviceFile(
            self._row(line, standing(line, self._now())),
            [SignalRow(one.at, one.kind, _late(one)) for one in said],
            [(one.found_at, _said(AlertKind, one.kind), one.ticket, _said(AlertFinding, one.finding)) for one in made],
        )

    def away(self, code: str, until: str, reason: str) -> str:
        """Somebody is away until a day or time. Raises BadInput for a time that is none."""
        from core.sensing.orders import Away

        try:
            found = datetime.fromisoformat(until.strip())
        except ValueError as error:
            raise BadInput("instant", "时间应如 2026-11-20。", "Write a time like 2026-11-20.") from error
        at = int((found if found.tzinfo else found.replace(tzinfo=ZoneInfo(self._zone))).timestamp())
        self._write(lambda register: register.away(Away(code=code, until=at, reason=reason)))
        return _("{code}: away until {day}").format(code=code, day=until.strip())

    def back(self, code: str) -> str:
        """Somebody is back."""
        self._write(lambda register: register.back(code))
        return _("{code}: back, watched again").format(code=code)

    def _write(self, work: Callable[[Register], None]) -> None:
        from core.sensing.register import Register

        desk = self._desk()
        with desk.store.write() as connection:
            work(Register(connection, self._centre, desk.now(), self._actor()))

    def _row(self, line: queries.DeviceLine, how: Standing) -> DeviceRow:
        return DeviceRow(
            line.code,
            line.kind,
            how.value,
            line.unit_name,
            mask_address(line.address),
            mask_name(line.person_name),
            line.active_at,
            line.word_at,
            line.battery,
            line.away_until,
            ticket_id(self._reader(), self._centre, line.ticket) if line.ticket else None,
            line.ticket,
        )


def device_facts(reader: Reader, centre: int, ticket: int, zone: str) -> list[tuple[str, str]]:
    """The device that a ticket was made of and its newest signals, as facts of the ticket."""
    facts = []
    for line in queries.devices_of_ticket(reader, centre, ticket):
        battery = _("battery {n}%").format(n=line.battery) if line.battery is not None else ""
        facts.append((_("Device"), f"{line.code} {_said(DeviceKind, line.kind)} {battery}".strip()))
        said = queries.signals(reader, centre, line.code, ON_TICKET)
        if said:
            facts.append(
                (_("Signals"), "; ".join(f"{_when(one.at, zone)} {_said(SignalKind, one.kind)}" for one in said))
            )
    return facts


def _late(one: queries.SignalLine) -> int:
    behind = one.heard_at - one.at
    return behind if behind >= LATE else 0


def _said(kind: type[DeviceKind | SignalKind | AlertKind | AlertFinding], word: str) -> str:
    return term(kind, word, language()) if word else ""


def _when(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%m-%d %H:%M")
