"""`zhihui report lists`: certificates refused, tasks sent although the lists stop them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import words
from console.cli.options import show_records
from console.cli.session import Session

if TYPE_CHECKING:
    from core.accountability.period import Period

FIELDS = ("deed", "stop", "listed", "name", "times", "tickets")
TITLES = (
    *(("结果", "What"), ("拦截原因", "Why stopped"), ("清单条目", "List entry")),
    *(("证明或事项", "Certificate or matter"), ("次数", "Times"), ("件数", "Tickets")),
)
EACH_FIELDS = ("at", "ticket", "verb", "actor", "deed", "stop", "unit", "listed", "name", "reason")
EACH_TITLES = (
    *(("时间", "Time"), ("事件", "Ticket"), ("操作", "Step"), ("经办", "By"), ("结果", "What")),
    *(("拦截原因", "Why stopped"), ("派往", "To"), ("清单条目", "List entry")),
    *(("证明或事项", "Certificate or matter"), ("理由", "Reason")),
)


def show_lists(session: Session, period: Period | None, each: bool, form: str) -> None:
    """The counts, or with `each` every case; instants in UTC for programs, in the centre's zone for people."""
    from console.cli.printing import moment, verb_label
    from core.accountability.listed import ListDeed, list_cases, list_report
    from data.queries.listing import iso

    cases = list_cases(session.reader(), session.centre_id(), period)
    records = [line._asdict() for line in (cases if each else list_report(cases))]
    for record in records:
        if each:
            record["at"] = iso(record["at"]) if form else moment(record["at"], session.zone())
        if not form:
            record["deed"] = words.named(ListDeed, record["deed"])
        if each and not form:
            record["verb"] = verb_label(record["verb"])
    fields, titles = (EACH_FIELDS, EACH_TITLES) if each else (FIELDS, TITLES)
    show_records(records, fields, form, titles, right=() if each else (4, 5), drop=(5, 7) if each else (1,), flow=each)
