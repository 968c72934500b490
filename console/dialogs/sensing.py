"""Drawers for sensing devices: the list with what needs somebody first, and one with its newest signals."""

from __future__ import annotations

from collections.abc import Sequence

from console.dialogs.watch import DigitsDrawer, when
from console.i18n import _, language
from console.sensing_ports import DeviceFile, DeviceRow
from console.terminal.legible import clean
from console.terminal.width import pad
from console.widgets.columns import term
from console.widgets.fields import FieldSpec
from console.widgets.lines import Line, text_line
from data.device_terms import DeviceKind, SignalKind, Standing

OPEN, AWAY, BACK = "open", "away", "back"
MARKS = {Standing.ALARM: ("!!", "urgent"), Standing.SILENT: ("!", "late"), Standing.LOST: ("?", "soon")}
"""Sign and part of what needs somebody: never by colour alone."""


def devices_drawer(found: Sequence[DeviceRow], zone: str) -> DigitsDrawer:
    """All devices in use; a line's answer is its code."""

    def lines(_width: int) -> list[Line]:
        counts = [(how, sum(row.standing == how for row in found)) for how in Standing]
        said = "  ".join(f"{how.label(language())} {count}" for how, count in counts if count)
        shown = [text_line(said or _("No device is in the register."), "title")]
        return shown + [_device(row, zone) for row in found]

    return DigitsDrawer(_("Sensing devices"), lines, (), _("Enter opens"), True)


def _device(row: DeviceRow, zone: str) -> Line:
    how = Standing(row.standing)
    sign, part = MARKS.get(how, (" ", "muted"))
    kind = term(DeviceKind, row.kind, language())
    head = f"{pad(sign, 2)} {pad(how.label(language()), 8)} "
    rest = f"{clean(row.code, 30)} {kind}  {clean(row.unit, 20)} {clean(row.address, 40)} {clean(row.person, 20)}  "
    last = _("moved {at}").format(at=when(row.moved, zone)) if row.moved else when(row.word, zone)
    return Line(
        ((head, part), (rest, ""), (last, "muted"), (f"  {clean(row.ticket_code, 30)}", "muted")), clean(row.code, 60)
    )


def device_drawer(found: DeviceFile, zone: str, read_only: bool) -> DigitsDrawer:
    """One device: how it stands, what it said last, what was made of it."""

    def lines(_width: int) -> list[Line]:
        row = found.row
        shown = [_device(row, zone)]
        if row.battery is not None:
            shown.append(text_line(_(" battery {n}%").format(n=row.battery), "soon" if row.battery <= 20 else ""))
        if row.standing == Standing.AWAY:
            shown.append(text_line(_(" away until {at}").format(at=when(row.away_until, zone))))
        shown.append(text_line(_("Newest signals"), "title"))
        for one in found.signals:
            late = _("  {n} min late").format(n=one.late // 60) if one.late else ""
            shown.append(text_line(f" {when(one.at, zone)} {term(SignalKind, one.kind, language())}{late}"))
        shown += [] if found.signals else [text_line(_(" nothing"), "muted")]
        shown.append(text_line(_("Alerts"), "title"))
        for at, kind, ticket, finding in found.alerts:
            shown.append(text_line(f" {when(at, zone)} {clean(kind, 30)} {clean(ticket, 40)}  {clean(finding, 60)}"))
        return shown + ([] if found.alerts else [text_line(_(" nothing"), "muted")])

    steps = [(AWAY, _("away until")), (BACK, _("back"))]
    if found.row.ticket is not None:
        steps.insert(0, (OPEN, _("open the ticket")))
    return DigitsDrawer(clean(found.row.code, 60), lines, steps, "", read_only)


def away_form() -> tuple[FieldSpec, ...]:
    """Somebody is away."""
    return (
        FieldSpec("until", _("Until"), required=True, limit=20, hint=_("such as 2026-12-01")),
        FieldSpec("reason", _("Reason"), limit=200),
    )
