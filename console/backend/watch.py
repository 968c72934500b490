"""Sweeps, hazard register and broadcasts as the screens show them. Personal data is masked here."""

from __future__ import annotations

from console.backend.opening import OpenStore
from console.i18n import _, language
from console.watch_ports import (
    BroadcastRow,
    BroadcastView,
    GroupRow,
    HazardFile,
    HazardRow,
    OwingRow,
    SweepProgress,
    SweepRow,
    WatchView,
)
from console.widgets.columns import term
from data.masking import mask_address, mask_name, mask_phone, mask_text
from data.queries import hazards as register
from data.queries import sweeps as queries
from data.queries.tickets import ticket_id
from data.terms import CheckResult, HazardStep, TaskState

SHOWN = 300
"""Hazards that the drawer lists; the command lists all."""
OWING = 200
BROADCASTS = 10


class WatchBackend(OpenStore):
    """The part of the backend that reads them."""

    def watch(self) -> WatchView:
        """What is under way now."""
        reader, centre, now = self._reader(), self.centre.id, self.seconds()
        hazards = register.hazards(reader, centre)
        sweeps = tuple(
            SweepRow(line.id, line.code, line.title, line.hands, line.acknowledged, line.done, line.late, line.found)
            for line in queries.sweeps(reader, centre, now)
        )
        sent = register.broadcasts(reader, centre, size=BROADCASTS)
        return WatchView(
            sweeps,
            tuple(_hazard(line, now) for line in hazards[:SHOWN]),
            len(hazards),
            sum(line.late(now) for line in hazards),
            tuple(_broadcast(line) for line in sent),
        )

    def sweep_progress(self, code: str) -> SweepProgress:
        """How far one sweep is."""
        reader, centre, now = self._reader(), self.centre.id, self.seconds()
        number = ticket_id(reader, centre, code)
        units = queries.progress(reader, centre, number, now)
        title = next((line.title for line in queries.sweeps(reader, centre, now, closed=True) if line.code == code), "")
        owing = sorted((unit for unit in units if unit.state != TaskState.DONE), key=lambda unit: not unit.late)
        rows = [OwingRow(unit.name, unit.community, unit.state, unit.due_at, unit.late) for unit in owing]
        groups = tuple(GroupRow(*group) for group in queries.by_community(units))
        return SweepProgress(
            number, code, title, GroupRow(*queries.whole(units)), groups, tuple(rows[:OWING]), len(rows)
        )

    def hazard_file(self, number: int) -> HazardFile:
        """One file of the register."""
        reader, centre, now = self._reader(), self.centre.id, self.seconds()
        line = register.hazard(reader, centre, number)
        facts = (
            (_("Where"), f"{line.unit_name} {mask_address(line.place)} {mask_address(line.household)}".strip()),
            (_("Owner"), f"{mask_name(line.owner_name)} {mask_phone(line.owner_phone)}".strip()),
            (_("Hazard"), mask_text(line.what)),
            (_("Remedy by"), mask_text(line.remedy_by)),
            (_("Looked at"), _("every {n} days").format(n=line.every_days) if line.every_days else ""),
            (_("Pictures"), _(", ").join(line.photos)),
            (_("Ticket"), line.ticket),
            (_("Sweep"), line.sweep),
        )
        spoken = language()
        entries = tuple(
            (
                entry.at,
                " ".join((term(HazardStep, entry.kind, spoken), *_result(entry.result))),
                entry.by,
                " ".join([mask_text(entry.note), *(f"[{photo}]" for photo in entry.photos)]).strip(),
            )
            for entry in register.entries(reader, centre, number)
        )
        return HazardFile(_hazard(line, now), tuple(fact for fact in facts if fact[1]), entries)

    def broadcast_view(self, number: int) -> BroadcastView:
        """One broadcast."""
        reader, centre = self._reader(), self.centre.id
        line = register.broadcast(reader, centre, number)
        owing = [receipt.name for receipt in register.receipts(reader, centre, number) if receipt.seen_at is None]
        return BroadcastView(_broadcast(line), mask_text(line.body), tuple(owing))


def _hazard(line: register.HazardLine, now: int) -> HazardRow:
    place = f"{mask_address(line.place)} {mask_address(line.household)}".strip()
    what = mask_text(line.what).split("\n")[0]
    return HazardRow(line.id, line.state, line.grade, line.unit_name, place, what, line.check_at, line.late(now))


def _broadcast(line: register.BroadcastLine) -> BroadcastRow:
    return BroadcastRow(line.id, line.kind, mask_text(line.title), line.sent_at, line.units, line.seen)


def _result(stored: str) -> list[str]:
    return [term(CheckResult, stored, language())] if stored else []
