"""`zhihui report meetings`: meetings, decisions, consultations with residents and mediation rounds of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import words
from console.cli.options import show_records
from console.cli.session import Session

if TYPE_CHECKING:
    from core.accountability.period import Period

FIELDS = ("part", "what", "number", "done", "people")
TITLES = (
    *(("项目", "What"), ("类别", "Kind"), ("数量", "Number"), ("完成", "Done")),
    ("人数、户数", "People"),
)


def show_meetings(session: Session, period: Period | None, form: str) -> None:
    """The counts."""
    from core.accountability.met import WORDS, Part, met_report

    records = [line._asdict() for line in met_report(session.reader(), session.centre_id(), period)]
    if not form:
        for record in records:
            part = Part(record["part"])
            record.update(part=words.label(part), what=words.named(WORDS[part], record["what"]))
    show_records(records, FIELDS, form, TITLES, right=(2, 3, 4))
