"""The tickets that devices give rise to: a care ticket to two at once, an alarm, a fault to the maintainer.

Whatever stands in the way of sending it out, the ticket itself is there: it waits in the centre's queue then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from core.desk.actor import SENSOR
from core.desk.desk import Desk, Receipt
from core.desk.orders import Accept, Dispatch, Note, Report
from core.desk.references import References, UnitView
from core.rules.alerts import ORIGIN, alert_id
from core.rules.silence import Habit
from data.device_terms import AlertKind, DeviceKind
from data.errors import NotFound, Refusal
from data.masking import DEVICE
from data.tables import Device, UnitSuccession, table
from data.terms import Source, UnitKind, Urgency

CARE_MATTER, HEALTH_CENTRE = "GA0101", "WSZX"
ALARM_MATTERS = {DeviceKind.SMOKE: "AQ0105", DeviceKind.GAS: "AQ0105", DeviceKind.SOS: "GA0103"}
FAULT_MATTERS = {DeviceKind.SMOKE: ("AQ0105", 1), DeviceKind.GAS: ("AQ0105", 1)}
OTHER_FAULT = ("GA0106", 0)
BOTH_ASKED = "网格员与家庭医生同时上门：先电话、敲门、问邻居，必要时请警方开门；结束前判明情况。"
MEANWHILE = "设备修复前无法看护，请以电话或上门替代。"
SUCCESSION = table(UnitSuccession)
MAX_STEPS = 100


class DeviceTickets:
    """Makes the tickets of devices, inside an open write transaction."""

    def __init__(self, desk: Desk, connection: Connection) -> None:
        self.desk, self.connection = desk, connection
        self.refs = References(connection, desk.centre_id)
        self.zone = ZoneInfo(self.refs.centre().zone)

    def care(self, device: Device, since: int, watched: int, habit: Habit) -> Receipt:
        """Nothing moved for longer than this person ever stays quiet: to grid and family doctor at once."""
        hours = watched // 3600
        baseline = "首次" if habit.first else f"此前超过 24 小时 {len(habit.long)} 次"
        lines = [
            f"最后动静：{self.moment(since)}，已 {hours} 小时无动静（{baseline}）。",
            f"基线：{habit.days} 天内日均 {habit.per_day} 次。" if habit.days else "基线：不足一天的记录。",
            f"设备 {device.code} 在线，不属离线。",
            *self._person(device),
        ]
        ticket = self._report(
            device,
            AlertKind.CARE,
            device.code,
            since,
            title=f"关爱：{hours}小时无动静",
            body="\n".join(lines),
            urgency=Urgency.EMERGENCY,
            confidential=True,
            **self._matter(CARE_MATTER),
        )
        unit = self._unit(device)
        informed = [self._code(unit.parent_id)] if unit.kind != UnitKind.COMMUNITY else []
        grid = {"to": unit.code, "inform": [code for code in informed if code], "instruction": BOTH_ASKED}
        both = {**grid, "assist": [device.doctor or self._doctor()], "jointly": True}
        if not self._send(ticket, **both):
            self._send(ticket, **grid)  # one at the door is better than none; the record says who is missing
        return ticket

    def alarm(self, device: Device, since: int, late: int, text: str) -> Receipt:
        """A device is in alarm: an urgent ticket in the centre's queue, at once."""
        kind = DeviceKind(device.kind)
        lines = [f"设备 {device.code} 于 {self.moment(since)} 报警。"]
        lines += [f"信号迟到 {late // 60} 分钟。"] if late else []
        lines += [text, *self._person(device)]
        return self._report(
            device,
            AlertKind.ALARM,
            device.code,
            since,
            title=f"{kind.zh}报警：{device.address or device.name or device.code}",
            body="\n".join(line for line in lines if line),
            urgency=Urgency.EMERGENCY,
            **self._matter(ALARM_MATTERS.get(kind, "")),
        )

    def fault(self, device: Device, kind: AlertKind, subject: str, since: int, why: str) -> Receipt:
        """A device or a whole gateway is out of touch, or a battery is low: to whoever repairs it."""
        code, condition = FAULT_MATTERS.get(DeviceKind(device.kind), OTHER_FAULT)
        named = subject if kind == AlertKind.GATEWAY else f"{DeviceKind(device.kind).zh} {device.code}"
        ticket = self._report(
            device,
            kind,
            subject,
            since,
            title=f"{kind.zh}：{named}",
            body="\n".join([why, *self._person(device)]),
            urgency=Urgency.NORMAL,
            **self._matter(code, condition),
        )
        maintainer = self._code(device.maintainer_id)
        if maintainer:
            unit = self._unit(device)
            informed = [f"{unit.code}={MEANWHILE}"] if device.silence_seconds and unit.code != maintainer else []
            self._send(ticket, to=maintainer, inform=informed, instruction=why)
        return ticket

    def note(self, code: str, text: str) -> None:
        """What a device said later about a ticket that it gave rise to."""
        self.desk.do_in(self.connection, Note(ticket=code, text=text), SENSOR, refs=self.refs)

    def moment(self, at: int) -> str:
        """An instant as it is written into a ticket, in the centre's zone."""
        return datetime.fromtimestamp(at, self.zone).strftime("%m月%d日 %H:%M")

    # ------------------------------------------------------------------------------------------- parts

    def _report(
        self, device: Device, kind: AlertKind, subject: str, since: int, *, title: str, **values: Any
    ) -> Receipt:
        unit = self._unit(device)
        place: dict[str, Any] = {"community": unit.code} if unit.kind == UnitKind.COMMUNITY else {"grid": unit.code}
        order = Report(
            title=title[:200],
            source=Source.SENSOR,
            address=device.address,
            reporter_name=DEVICE + device.code,
            origin=ORIGIN,
            external_id=alert_id(kind, subject, since),
            **place,
            **values,
        )
        return self.desk.do_in(self.connection, order, SENSOR, refs=self.refs)

    def _send(self, ticket: Receipt, **values: Any) -> bool:
        """Accept and dispatch at once; where that cannot be, the ticket stays in the queue and says why."""
        try:
            with self.connection.begin_nested():
                for order in (Accept(ticket=ticket.ticket), Dispatch(ticket=ticket.ticket, **values)):
                    self.desk.do_in(self.connection, order, SENSOR, refs=self.refs)
        except Refusal as trouble:
            self.note(ticket.ticket, f"未能自动派往 {values['to']} {'、'.join(values.get('assist', []))}：{trouble.zh}")
            return False
        return True

    def _matter(self, code: str, condition: int = 0) -> dict[str, Any]:
        """The matter where the centre's catalogue has it."""
        try:
            matter = self.refs.matter(code)
        except NotFound:
            return {}
        return {"matter": code, "limit_no": condition if condition < len(matter.limits) else 0}

    def _doctor(self) -> str:
        """Who assists in matters of care first: the health centre, by the name that it has here."""
        try:
            first = self.refs.matter(CARE_MATTER).assist[0]
        except (NotFound, IndexError):
            return HEALTH_CENTRE
        return self.refs.routes().get(first, first)

    def _unit(self, device: Device) -> UnitView:
        """Where it hangs today: the unit that took over where boundaries were redrawn."""
        unit = self.refs.unit(device.unit_id)
        for _ in range(MAX_STEPS):
            if unit is None or unit.closed_at is None:
                break
            unit = self.refs.unit(self._successor(unit.id))
        if unit is None:
            raise NotFound("unit-unknown", "设备所在单位不存在。", "The device's unit does not exist.")
        return unit

    def _successor(self, unit_id: int) -> int | None:
        found = self.connection.execute(
            select(SUCCESSION.c.to_unit_id)
            .where(
                SUCCESSION.c.centre_id == self.desk.centre_id,
                SUCCESSION.c.from_unit_id == unit_id,
                SUCCESSION.c.to_unit_id != unit_id,
                SUCCESSION.c.main,
            )
            .order_by(SUCCESSION.c.at.desc())
            .limit(1)
        ).scalar()
        return None if found is None else int(found)

    def _code(self, unit_id: int | None) -> str:
        unit = self.refs.unit(unit_id)
        return unit.code if unit is not None and unit.closed_at is None else ""

    def _person(self, device: Device) -> list[str]:
        said = [("姓名", device.person_name), ("电话", device.person_phone)]
        line = "，".join(f"{title}：{value}" for title, value in said if value)
        return [f"看护对象 {line}"] if line else []
