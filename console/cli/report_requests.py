"""`zhihui report requests`: what was asked for and what became of it, what waits, and what was sent back and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import words
from console.cli.options import show_records
from console.cli.session import Session
from data.terms import RequestKind, ReturnReason

if TYPE_CHECKING:
    from core.accountability.period import Period

FIELDS = ("kind", "asked", "granted", "declined", "withdrawn", "lapsed", "waiting", "late", "average")
TITLES = (
    *(("申请", "Request"), ("次数", "Asked"), ("同意", "Granted"), ("不同意", "Declined")),
    *(("撤回", "Withdrawn"), ("失效", "Lapsed"), ("待决定", "Waiting"), ("决定超时", "Late")),
    ("平均决定用时", "Decided in"),
)
WAITING_FIELDS = ("ticket", "kind", "due", "asked_at", "by", "reason", "deciders")
WAITING_TITLES = (
    *(("事件", "Ticket"), ("申请", "Request"), ("决定期限", "Decide by"), ("申请时间", "Asked")),
    *(("申请人", "By"), ("理由", "Reason"), ("可决定", "Decided by")),
)
RETURN_FIELDS = ("code", "times", "tickets", "after_deadline")
RETURN_TITLES = (
    ("退单原因", "Reason"),
    ("次数", "Times"),
    ("件数", "Tickets"),
    ("其中超期后退单", "After the deadline"),
)
MOST_WAITING = 10_000


def show_requests(session: Session, period: Period | None, form: str) -> None:
    """A line per kind; seconds for programs, hours and minutes for people."""
    from console.cli.report_custody import span
    from core.accountability.decisions import request_report

    records = [line._asdict() for line in request_report(session.reader(), session.centre_id(), session.now(), period)]
    for record in records:
        if not form:
            record["kind"] = words.named(RequestKind, record["kind"])
            record["average"] = "" if record["average"] is None else span(record["average"])
    show_records(records, FIELDS, form, TITLES, right=range(1, 9))


def show_waiting(session: Session, form: str) -> None:
    """What waits for a decision now, the nearest deadline first. Personal data is masked."""
    from console.cli.printing import moment
    from core.rules.requests import RULES
    from data.masking import mask_text
    from data.queries.listing import iso
    from data.queries.requests import waiting
    from data.terms import Role

    records = []
    for line in waiting(session.reader(), session.centre_id(), MOST_WAITING):
        rule = RULES[RequestKind(line.kind)]
        roles = [role for role in Role if role in rule.deciders]
        at = iso if form else (lambda instant: moment(instant, session.zone()))
        records.append(
            {
                "ticket": line.code,
                "kind": line.kind if form else words.named(RequestKind, line.kind),
                "due": at(line.due),
                "asked_at": at(line.asked_at),
                "by": line.facts.get("by_name", ""),
                "reason": mask_text(str(line.facts.get("reason", ""))),
                "deciders": " ".join(role.value if form else words.named(Role, role.value) for role in roles),
            }
        )
    show_records(records, WAITING_FIELDS, form, WAITING_TITLES, drop=(3,), flow=True)


def show_returns(session: Session, period: Period | None, form: str) -> None:
    """Returns by reason code, after-deadline ones apart."""
    from core.accountability.decisions import return_report

    records = [line._asdict() for line in return_report(session.reader(), session.centre_id(), period)]
    if not form:
        for record in records:
            record["code"] = words.named(ReturnReason, record["code"])
    show_records(records, RETURN_FIELDS, form, RETURN_TITLES, right=range(1, 4))
