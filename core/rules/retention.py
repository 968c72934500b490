"""When personal data of a ticket is erased: long enough after its end, and nobody needs it any more.

PIPL art. 19 and 47: no longer than the purpose needs, and erased when its time is up. What must not be erased: an open
ticket; one that is joined into an open one; one with a request that waits (an appeal is one), a review that is not
concluded, a remedy or hazard that is open; one under a hold. Supervision ends with a ticket's end; a leader who wants
such a ticket kept sets a hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.rules.why import Why

DAY = 86_400


@dataclass(frozen=True)
class Bound:
    """What of a ticket decides whether its personal data may be erased. Instants in epoch seconds."""

    code: str
    open: bool
    ended_at: int | None
    """Of the ticket, or of the one that it is joined into, whichever is later."""
    pending: bool = False
    main_open: bool = False
    reviewed: bool = False
    """A review that is not concluded."""
    remedied: bool = False
    """A follow-up or a hazard that is open."""
    held: bool = False
    erased: bool = False


def refusal_of_erasing(ticket: Bound, now: int, days: int) -> Why | None:
    """Why its personal data may not be erased now; `days` after its end."""
    code = ticket.code
    if ticket.erased:
        return Why("erased", f"{code} 的个人信息已删除", f"the personal data of {code} is erased already")
    if ticket.open or ticket.ended_at is None:
        return Why("erase-open", f"{code} 尚未结束", f"{code} is open")
    if ticket.main_open:
        return Why("erase-joined", f"{code} 并入的事件尚未结束", f"{code} is joined into an open ticket")
    if ticket.held:
        return Why("erase-held", f"{code} 已保全，先解除", f"{code} is under a hold: lift it first")
    if ticket.pending:
        return Why("erase-pending", f"{code} 有申请待决定", f"a request on {code} waits for a decision")
    if ticket.reviewed:
        return Why("erase-review", f"{code} 的复盘尚未结束", f"the review of {code} is not concluded")
    if ticket.remedied:
        return Why("erase-remedy", f"{code} 有整改未完成", f"a remedy of {code} is open")
    if now < ticket.ended_at + days * DAY:
        return Why("erase-early", f"{code} 结束未满 {days} 天", f"{code} ended less than {days} days ago")
    return None
