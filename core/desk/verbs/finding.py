"""What a device's alert turned out to be."""

from __future__ import annotations

from core.desk.device_orders import Establish
from core.desk.work import Decision, Work
from core.rules.alerts import FINDING
from data.errors import BadInput


def decide_finding(work: Work, order: Establish) -> Decision:
    """The finding, on the ticket of the device or on the one that it is joined into; it may be corrected."""
    ticket = work.case.ticket
    before = ticket.facts.get(FINDING, "")
    if before == order.found.value:
        raise BadInput("no-change", f"已判明为“{order.found.zh}”。", f"It is {order.found.en} already.")
    work.effects.set["facts"] = {**ticket.facts, FINDING: order.found.value}
    return work.decision(found=order.found.value, note=order.note, before=before)
