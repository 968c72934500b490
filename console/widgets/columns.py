"""The columns of ticket lists: what each says, how wide it is, and which are shown at which width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from console.i18n import _, language
from console.ports import QueueRow
from console.terminal.legible import clean
from console.terminal.width import cells
from data.terms import ClockKind, Stage, Term, Urgency

TEXT_LIMIT = 400
"""Characters of a field that are looked at; a line shows fewer anyway."""


ENGLISH_MORE = 20
"""Cells by which the English terms are wider: columns that matter less wait for a wider list."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `width` cells, or 0 to take what is left; shown from `least` cells of the list on."""

    key: str
    title: str
    width: int
    text: Callable[[QueueRow], str]
    least: int = 0
    style: str = ""
    """The component class of its text, after `queue--`."""


def by_language(chinese: int, english: int) -> int:
    """Cells of a column whose terms are longer in English."""
    return english if language() == "en" else chinese


@lru_cache(maxsize=256)
def term(kind: type[Term], value: str, spoken: str) -> str:
    """The label of a stored term; the bare value, cleaned, when it is unknown."""
    member = kind._value2member_map_.get(value)
    return member.label(spoken) if isinstance(member, Term) else clean(value, 12)


def label(kind: type[Term], value: str) -> str:
    """The label of a stored term in the user's language."""
    return term(kind, value, language())


@lru_cache(maxsize=2)
def _stage_width(spoken: str) -> int:
    return max(cells(stage.label(spoken)) for stage in Stage)


def stage_width() -> int:
    """Cells that every stage has room in, in the user's language."""
    return _stage_width(language())


def stage_text(row: QueueRow) -> str:
    """The stage of a row in the user's language; a row that has left the list says so."""
    if row.gone:
        return _("left")
    return term(Stage, row.stage, language())


def urgency_text(row: QueueRow) -> str:
    """The urgency of a row, empty for the ordinary ones so that the others stand out."""
    if row.urgency in (Urgency.NORMAL, Urgency.ROUTINE):
        return ""
    return term(Urgency, row.urgency, language())


def flags_text(row: QueueRow) -> str:
    """Supervision and bounces, in at most three cells."""
    supervised = _("S") if row.supervised else ""
    return f"{supervised}{min(row.bounces, 9)}" if row.bounces else supervised


def queue_columns() -> tuple[Column, ...]:
    """The columns of the queue, in the user's language."""
    chinese = language() != "en"
    more = 0 if chinese else ENGLISH_MORE
    return (
        Column("urgency", _("Urg."), 4 if chinese else 9, urgency_text, style="urgent"),
        Column("stage", _("Stage"), stage_width(), stage_text),
        Column("title", _("Matter"), 0, lambda row: clean(row.title, TEXT_LIMIT)),
        Column("flags", _("Flag"), 4, flags_text, least=60 + more, style="urgent"),
        Column("place", _("Place"), 14, lambda row: clean(row.place, TEXT_LIMIT), least=84 + more, style="muted"),
        Column("holder", _("Holder"), 14, lambda row: clean(row.holder, TEXT_LIMIT), least=56),
        Column("code", _("Ticket"), 16, lambda row: clean(row.code, TEXT_LIMIT), least=110 + more, style="muted"),
    )


def waiting_columns() -> tuple[Column, ...]:
    """The columns of the tickets that wait to be sent: the matter before the stage, there are two of those only."""
    least = by_language(0, 40)
    return tuple(replace(column, least=least) if column.key == "stage" else column for column in queue_columns())


def timer_columns() -> tuple[Column, ...]:
    """The columns of the list of clocks, in the user's language."""
    chinese = language() != "en"
    more = 0 if chinese else ENGLISH_MORE
    return (
        Column("urgency", _("Urg."), 4 if chinese else 9, urgency_text, style="urgent"),
        Column("kind", _("Clock"), 8 if chinese else 11, lambda row: term(ClockKind, row.due_kind, language())),
        Column("step", _("Next on the ladder"), 26, lambda row: clean(row.next_step, TEXT_LIMIT), least=66 + more),
        Column("title", _("Matter"), 0, lambda row: clean(row.title, TEXT_LIMIT)),
        Column("holder", _("Unit"), 16, lambda row: clean(row.holder, TEXT_LIMIT), least=92 + more),
        Column("stage", _("Stage"), stage_width(), stage_text, least=116 + more),
        Column("code", _("Ticket"), 16, lambda row: clean(row.code, TEXT_LIMIT), least=104 + more, style="muted"),
    )


def shown_columns(columns: Sequence[Column], room: int) -> list[tuple[Column, int]]:
    """The columns that fit into `room` cells, with their widths; the open column takes what is left."""
    fitting = [column for column in columns if room >= column.least]
    fixed = sum(column.width + 1 for column in fitting if column.width)
    open_width = max(room - fixed - 1, 4)
    return [(column, column.width or open_width) for column in fitting]
