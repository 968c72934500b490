"""Meetings, consultations with residents and mediation rounds as lines of the ticket's page."""

from __future__ import annotations

from console.meeting_ports import ProceedingView
from console.terminal.legible import clean
from console.terminal.width import wrap
from console.widgets.lines import Line, text_line
from console.widgets.ticket_lines import labelled


def proceeding_lines(item: ProceedingView, width: int) -> list[Line]:
    """The heading, then what was said, each behind its label; what is waited for stands out."""
    part = "title" if item.over else "soon"
    lines = [text_line(row, part) for row in wrap(clean(item.heading, 400), width)]
    for label, text in item.said:
        lines += labelled(clean(label, 20), clean(text, 4000, lines=True), width)
    return [*lines, text_line()]
