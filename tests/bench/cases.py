"""Ten real tickets, each stopped at another point of its life: the pattern from which big stores are woven."""

from __future__ import annotations

from core.desk.desk import Desk
from core.desk.orders import Accept, Acknowledge, Arrive, Assess, Dispatch, Order, Refuse, Report
from data.terms import Urgency
from tests.bench.wording import BODY, PLACE, TITLES

CASES = len(TITLES)
URGENCIES = (Urgency.URGENT, Urgency.NORMAL, Urgency.NORMAL, Urgency.ROUTINE)


def make_cases(desk: Desk) -> None:
    """Take ten reports in, all at one instant, and bring them to different stages; nine stay open."""
    for number in range(CASES):
        make_case(desk, number)


def make_case(desk: Desk, number: int) -> str:
    """One ticket of the pattern; returns its code."""
    duty, post = desk.actor("zhang"), desk.actor("li")
    report = Report(
        title=f"{PLACE}{TITLES[number]}",
        body=BODY,
        address=PLACE,
        reporter_name="赵小海",
        reporter_phone="13900001111",
        community="C01",
        grid="G01",
        urgency=URGENCIES[number % len(URGENCIES)],
    )
    code = desk.do(report, duty).ticket
    for order in life(number, code):
        desk.do(order, post if isinstance(order, Acknowledge | Arrive) else duty)
    return code


def life(number: int, code: str) -> tuple[Order, ...]:
    """What happens to a ticket of the pattern after its report."""
    accept, sent = Accept(ticket=code), Dispatch(ticket=code, to="CSGX")
    if number < 3:
        return ()
    if number < 5:
        return (accept,)
    return {
        5: (accept, Assess(ticket=code, matter="BJ0101", limit_no=1)),
        6: (accept, sent),
        7: (accept, sent, Acknowledge(ticket=code)),
        8: (accept, sent, Acknowledge(ticket=code), Arrive(ticket=code)),
    }.get(number, (Refuse(ticket=code, reason="不属于受理范围"),))
