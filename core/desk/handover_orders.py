"""What can be asked of a handover (交接班): make the pack, note, give, accept, refuse."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from core.desk.centre_orders import CentreOrder
from core.desk.orders import Line, Long, Reason

Number = Annotated[int, Field(ge=1)]


class HandoverPack(CentreOrder):
    """Make the pack of the change of shift, or make it anew as long as it was not given."""

    verb: ClassVar[str] = "handover_pack"


class HandoverNoted(CentreOrder):
    """Write a note for the next shift, in general or to a ticket."""

    verb: ClassVar[str] = "handover_note"
    text: Reason
    ticket: Line = ""
    handover: Number | None = None
    """By default the newest that was not given yet."""


class HandoverGive(CentreOrder):
    """Give it to the incoming shift."""

    verb: ClassVar[str] = "handover_give"
    handover: Number | None = None


class HandoverAccept(CentreOrder):
    """Sign for it: from now on the incoming shift has the duty."""

    verb: ClassVar[str] = "handover_accept"
    handover: Number | None = None
    """By default the newest that was given."""
    remarks: Long = ""


class HandoverRefuse(CentreOrder):
    """Refuse it, with a reason: the leaving shift keeps the duty and makes another one."""

    verb: ClassVar[str] = "handover_refuse"
    reason: Reason
    handover: Number | None = None
