"""The register of devices: written down, changed, absent, retired. Each change stands in the organisation's journal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.desk.actor import Actor
from core.desk.hands import Finder, Hand, refuse_centre
from core.desk.permissions import require_role
from core.desk.references import References
from core.organisation.journal import note_change
from core.organisation.model import PLACES
from core.rules.roles import DESK_ROLES
from core.rules.silence import DAY, LOOKING_AFTER, allowance
from core.sensing.orders import LONGEST_AWAY, Away, DeviceEntry
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.ids import new_id
from data.store import lock_centre
from data.tables import Device, DeviceState, table
from data.terms import TaskRole

DEVICE, STATE = table(Device), table(DeviceState)
TITLE = ("登记感知设备", "keep the register of devices")
AWAY_TITLE = ("登记外出", "write down that somebody is away")
REASON_LIMIT = 200


class Register:
    """The devices of one centre, inside an open write transaction."""

    def __init__(self, connection: Connection, centre_id: int, now: int, actor: Actor) -> None:
        """`now` in epoch seconds. Queues behind the centre's other writers."""
        lock_centre(connection, centre_id)
        self.connection, self.centre_id, self.now, self.actor = connection, centre_id, now, actor
        self.refs = References(connection, centre_id)
        self.finder = Finder(self.refs, now)

    def add(self, entry: DeviceEntry) -> int:
        """Write a new device down; gives its id. Raises NotAllowed, NotFound, BadInput, Conflict."""
        require_role("devices", *TITLE, self.actor)
        if self._find(entry.code) is not None:
            raise Conflict(
                "device-known",
                f"设备 {entry.code} 已登记。",
                f"Device {entry.code} is in the register.",
            )
        values = self._values(entry)
        device_id = new_id()
        row = Device(centre_id=self.centre_id, id=device_id, code=entry.code, opened_at=self.now, **values)
        self.connection.execute(insert(DEVICE), [row.model_dump()])
        # One that never speaks at all is out of touch as well.
        watch_at = self.now + max(allowance(entry.beat_seconds) or 0, DAY)
        state = DeviceState(centre_id=self.centre_id, device_id=device_id, watch_at=watch_at)
        self.connection.execute(insert(STATE), [state.model_dump()])
        self._note("device_add", entry.code, what=entry.kind.value, unit=entry.unit)
        return device_id

    def put(self, entry: DeviceEntry) -> str:
        """Write a device down, or bring a known one up to date: `added`, `changed` or `same`. Raises as `add`."""
        require_role("devices", *TITLE, self.actor)
        known = self._find(entry.code)
        if known is None:
            self.add(entry)
            return "added"
        if known["retired_at"] is not None:
            raise _retired(entry.code)
        values = self._values(entry)
        changed = sorted(name for name, value in values.items() if known[name] != value)
        if not changed:
            return "same"
        self._update(known["id"], values)
        self._wake(known["id"])
        self._note("device_change", entry.code, changed=changed)
        return "changed"

    def retire(self, code: str, reason: str) -> None:
        """Take a device out of use: its signals are refused from now on, nobody is looked after by it.

        Raises NotAllowed, NotFound, BadInput without a reason or for one that is retired.
        """
        require_role("devices", *TITLE, self.actor)
        device = self._in_use(code)
        if not reason.strip() or len(reason) > REASON_LIMIT or not reason.isprintable():
            raise BadInput("device-reason", "停用须写明原因，200 字以内。", "Say why, in at most 200 characters.")
        self._update(device["id"], {"retired_at": self.now, "retired_reason": reason.strip()})
        self._sleep(device["id"])
        self._note("device_retire", code, reason=reason.strip())

    def away(self, order: Away) -> None:
        """Somebody is away until an instant: until then silence is nothing. Raises NotAllowed, NotFound, BadInput."""
        device = self._of_own_area(order.code)
        since = self.now if order.since is None else order.since
        if not max(since, self.now) < order.until <= since + LONGEST_AWAY:
            raise BadInput(
                "away-until",
                "外出须写明到何时，晚于开始与现在，且不超过 400 天。",
                "An absence ends at a time after its beginning and after now, within 400 days.",
            )
        if device["kind"] not in LOOKING_AFTER:
            raise BadInput("away-kind", f"{order.code} 不看护人员。", f"{order.code} looks after nobody.")
        self._absence(device, since, order.until, order.reason)

    def back(self, code: str) -> None:
        """Somebody is back earlier than was said. Raises NotAllowed, NotFound, BadInput where nobody is away."""
        device = self._of_own_area(code)
        if device["away_until"] is None or device["away_until"] <= self.now:
            raise BadInput("not-away", f"{code} 没有登记外出。", f"Nobody is away by {code}.")
        self._absence(device, min(device["away_from"], self.now), self.now, device["away_reason"])

    # ------------------------------------------------------------------------------------------- rows

    def _absence(self, device: dict[str, Any], since: int, until: int, reason: str) -> None:
        self._update(device["id"], {"away_from": since, "away_until": until, "away_reason": reason})
        self._wake(device["id"])
        self._note("device_away", device["code"], since=since, until=until, reason=reason)

    def _find(self, code: str) -> dict[str, Any] | None:
        row = self.connection.execute(
            select(DEVICE).where(DEVICE.c.centre_id == self.centre_id, DEVICE.c.code == code)
        ).mappings().first()  # fmt: skip
        return dict(row) if row else None

    def _in_use(self, code: str) -> dict[str, Any]:
        found = self._find(code.strip())
        if found is None:
            shown = code if code.isprintable() else ascii(code)
            raise NotFound("device-unknown", f"没有登记设备 {shown}。", f"There is no device {shown}.")
        if found["retired_at"] is not None:
            raise _retired(found["code"])
        return found

    def _of_own_area(self, code: str) -> dict[str, Any]:
        """A device that the actor may speak for: the desk for all, others for their own grid or community."""
        require_role("device_away", *AWAY_TITLE, self.actor)
        device = self._in_use(code)
        if self.actor.roles & DESK_ROLES:
            return device
        unit = self.refs.unit(device["unit_id"])
        if unit is None or not self.actor.answers_for(unit.id, unit.parent_id):
            raise NotAllowed(
                "not-own-unit",
                f"{device['code']} 不在 {self.actor.name} 的辖区。",
                f"{device['code']} is not in the area of {self.actor.code}.",
            )
        return device

    def _values(self, entry: DeviceEntry) -> dict[str, Any]:
        """The columns that an entry says, with its units found. Raises NotFound or BadInput."""
        unit = self.refs.unit_by_code(entry.unit)
        if unit.kind not in PLACES:
            raise BadInput(
                "device-place", f"{unit.name} 不是村社区或网格。", f"{unit.code} is no community and no grid."
            )
        maintainer = self.refs.unit_by_code(entry.maintainer) if entry.maintainer else None
        if maintainer is not None:
            refuse_centre(maintainer)
        if entry.silence_seconds and entry.kind not in LOOKING_AFTER:
            raise BadInput(
                "device-silence",
                f"{entry.kind.zh}没有动静不说明人员情况，不能设静默时限。",
                f"The silence of a {entry.kind.en} says nothing of a person: give it no limit.",
            )
        doctor = self.finder.find(Hand.read(entry.doctor, TaskRole.ASSIST)).name if entry.doctor else ""
        return {
            **entry.model_dump(include={"name", "address", "person_name", "person_phone", "gateway"}),
            "kind": entry.kind.value,
            "unit_id": unit.id,
            "doctor": doctor,
            "maintainer_id": None if maintainer is None else maintainer.id,
            "beat_seconds": entry.beat_seconds,
            "silence_seconds": entry.silence_seconds,
        }

    def _update(self, device_id: int, values: dict[str, Any]) -> None:
        self.connection.execute(
            update(DEVICE).where(DEVICE.c.centre_id == self.centre_id, DEVICE.c.id == device_id).values(**values)
        )

    def _wake(self, device_id: int) -> None:
        """The engine looks at it at once: what was said may change when something is due."""
        self._look(device_id, self.now)

    def _sleep(self, device_id: int) -> None:
        self._look(device_id, None)

    def _look(self, device_id: int, at: int | None) -> None:
        self.connection.execute(
            update(STATE).where(STATE.c.centre_id == self.centre_id, STATE.c.device_id == device_id).values(watch_at=at)
        )

    def _note(self, kind: str, code: str, **facts: Any) -> None:
        note_change(self.connection, self.centre_id, self.now, self.actor.code, kind, {"code": code, **facts})


def _retired(code: str) -> BadInput:
    return BadInput("device-retired", f"设备 {code} 已停用。", f"Device {code} is retired.")
