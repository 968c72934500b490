"""What can be asked of the desk about meetings, consultations with residents and mediation on a ticket.

Times are texts as people write them (`core.rules.local_time`): the desk reads them in the centre's zone, so that the
screen, a command and a batch say the same. `meeting`, `consultation` and `round` are numbers inside the ticket; where
none is given the newest one that the order fits is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from core.desk.orders import Line, Long, Named, Reason, TicketOrder, Title, Why
from data.meeting_terms import AskKind, MediationOutcome, MeetingKind, PublishedStep
from data.terms import AffairKind

CALLED_LIMIT = 500
ROWS_LIMIT = 20_000
"""Answers in one file: a district of tower blocks."""
Number = Field(default=None, ge=1, le=9_999)


class Classify(TicketOrder):
    """Say which kind of affair it is (公事、家事、共事); the kind proposes the meeting."""

    verb: ClassVar[str] = "classify"
    affair: AffairKind
    reason: Why = ""


class Convene(TicketOrder):
    """Call a meeting (召集): by default the one that the class of the affair asks for."""

    verb: ClassVar[str] = "convene"
    at: Line
    place: Title
    agenda: Reason
    kind: MeetingKind | None = None
    call: list[Named] = Field(default_factory=list, max_length=CALLED_LIMIT)
    """Units and officers, as hands are written."""
    outside: list[Named] = Field(default_factory=list, max_length=CALLED_LIMIT)
    """People who are not in the organisation, in words, with `=` and a number for how many."""
    reason: Why = ""
    """Why another meeting than the class asks for."""


class PutOff(TicketOrder):
    """Another time for a meeting, or a later end for a consultation (改期、延长); `off` calls it off (取消)."""

    verb: ClassVar[str] = "put_off"
    reason: Reason
    at: Line = ""
    place: Line = ""
    meeting: int | None = Number
    consultation: int | None = Number
    off: bool = False


class Attend(TicketOrder):
    """Who came, sent somebody, was excused, was absent (签到). `NAME=NUMBER` says how many, `NAME=TEXT` who or why."""

    verb: ClassVar[str] = "attend"
    meeting: int | None = Number
    came: list[Named] = Field(default_factory=list, max_length=CALLED_LIMIT)
    sent: list[Named] = Field(default_factory=list, max_length=CALLED_LIMIT)
    excused: list[Named] = Field(default_factory=list, max_length=CALLED_LIMIT)
    absent: list[Named] = Field(default_factory=list, max_length=CALLED_LIMIT)
    outside: list[Named] = Field(default_factory=list, max_length=CALLED_LIMIT)
    """People outside the organisation who came without being called."""


class Minutes(TicketOrder):
    """What was said at a meeting (纪要); a second text replaces the first, which stays in the log."""

    verb: ClassVar[str] = "minutes"
    text: Reason
    meeting: int | None = Number


class Decide(TicketOrder):
    """Write down one decision of a meeting: what, who, by when (议定). It becomes a task, or a ticket of its own."""

    verb: ClassVar[str] = "decide"
    text: Reason
    to: Named
    due: Line
    meeting: int | None = Number
    override: Why = ""
    """Why it is given although the lists stop it; for those who are entitled to that."""


class Publish(TicketOrder):
    """Note what was made public of a meeting or a consultation: where, when, in which words (公示)."""

    verb: ClassVar[str] = "publish"
    place: Title
    words: Reason
    step: PublishedStep = PublishedStep.PROGRESS
    at: Line = ""
    meeting: int | None = Number
    consultation: int | None = Number


class Consult(TicketOrder):
    """Open a consultation with residents (意见征集、表决、告知)."""

    verb: ClassVar[str] = "consult"
    kind: AskKind
    subject: Title
    closes: Line
    opens: Line = ""
    body: Long = ""
    options: list[Title] = Field(default_factory=list, max_length=20)
    households: int = Field(default=0, ge=0, le=1_000_000)


class Collect(TicketOrder):
    """Take one answer of a household (收集意见)."""

    verb: ClassVar[str] = "collect"
    household: Title
    choice: Line = ""
    words: Long = ""
    name: Line = ""
    received: Line = ""
    consultation: int | None = Number

    def given(self) -> Sequence[Given]:
        """The answers."""
        answer = Given(household=self.household, choice=self.choice, words=self.words, name=self.name)
        return [answer.model_copy(update={"received": self.received})]


class Given(BaseModel):
    """An answer of a file as it stands there; `core.rules.opinions` says whether it counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    household: str
    choice: str = ""
    words: str = ""
    name: str = ""
    received: str = ""


class CollectFile(TicketOrder):
    """Take the answers of a file; what was there before is passed over, what does not count is left out."""

    verb: ClassVar[str] = "collect"
    rows: list[Given] = Field(max_length=ROWS_LIMIT)
    file: Line = ""
    digest: Line = ""
    unread: int = Field(default=0, ge=0)
    """Rows of the file that could not even be read."""
    consultation: int | None = Number

    def given(self) -> Sequence[Given]:
        """The answers."""
        return self.rows


class Conclude(TicketOrder):
    """Say what came of a consultation (结果), with a figure before and after where there is one."""

    verb: ClassVar[str] = "conclude"
    result: Reason
    before: Line = ""
    after: Line = ""
    unit: Line = ""
    consultation: int | None = Number


class Mediate(TicketOrder):
    """Write down a round of mediation (调解); an agreement says what must follow from it."""

    verb: ClassVar[str] = "mediate"
    parties: Title
    outcome: MediationOutcome
    words: Reason
    follow: Why = ""
    mediator: Line = ""
    place: Line = ""
    at: Line = ""


class Fulfil(TicketOrder):
    """An agreement was carried out (履约): how."""

    verb: ClassVar[str] = "fulfil"
    words: Reason
    round: int | None = Number
