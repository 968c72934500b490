"""What the screens need from below, as protocols, and the plain values that they exchange.

Screens and widgets talk to these, never to the store; `console/backend/` fills them, tests do from memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from console.bell_ports import BellListener
from console.contingency_ports import ContingencyPort
from console.duty_ask_ports import DutyAskPort
from console.emergency_ports import EmergencyPort, ModeView
from console.handover_ports import HandoverPort, UnsignedHandover
from console.intake_ports import FilterWord, MatterHit, OfficerRow, PlaceHit
from console.leader_ports import LeaderPort
from console.lock_ports import LockPort, LockState
from console.meeting_ports import MeetingPort, ProceedingView
from console.personal_ports import PersonalPort
from console.plan_ports import PlanPort
from console.review_ports import ReviewPort
from console.rights_ports import Rights, RightsPort
from console.roster_ports import GapAhead, RosterPort
from console.sensing_ports import SensingPort
from console.tie_ports import TiePort
from console.watch_ports import WatchPort
from data.queries.counted import Counted
from data.terms import TaskState

if TYPE_CHECKING:
    from console.overview_ports import OverviewView

NONE = Counted(0)
Result = TypeVar("Result")
Key = tuple[int, ...]
"""The sort key of a row in its list's order, ending with its id: unique and ordered. By deadline: (due, id)."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of a list of tickets. All text is raw: whoever shows it cleans it."""

    id: int
    revision: int
    due: int
    code: str = ""
    urgency: str = "normal"
    stage: str = ""
    title: str = ""
    place: str = ""
    holder: str = ""
    source: str = ""
    due_kind: str = ""
    warn: int | None = None
    paused: bool = False
    supervised: bool = False
    bounces: int = 0
    ticket_id: int = 0
    """The ticket, where `id` names something of it (a clock)."""
    next_step: str = ""
    """What the ladder does next, in lists of clocks; in the user's language."""
    gone: bool = False
    """It has left the list and is only shown until the list is read anew."""
    at: Key = ()
    """Its key in another order than by deadline."""

    @property
    def ticket(self) -> int:
        """The ticket that the line is about."""
        return self.ticket_id or self.id

    @property
    def key(self) -> Key:
        """Where the row stands in the list."""
        return self.at or (self.due, self.id)


class QueueProvider(Protocol):
    """A frozen filter over tickets in one order, read in pages by key. Called off the event loop.

    No method may scan the whole list, except that `skip` walks an index.
    """

    def count(self) -> Counted:
        """How many rows there are: from kept counters, or with a filter counted up to a cap."""
        ...

    def after(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        """The rows behind `key` (None: from the start), leaving out the first `skip`."""
        ...

    def before(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        """The rows in front of `key` (None: from the end), leaving out the `skip` nearest; in list order."""
        ...

    def rank(self, key: Key) -> Counted:
        """How many rows stand in front of `key`, counted up to a cap."""
        ...

    def rows(self, ids: Sequence[int]) -> Sequence[QueueRow]:
        """These tickets as they are now, in any order; those that are gone from the filter are left out."""
        ...


class Loader(Protocol):
    """Runs a call away from the event loop and gives its result back."""

    def __call__(self, work: Callable[[], Result]) -> Awaitable[Result]:
        """Run `work`; its exception is raised where the result is awaited."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """An action on a ticket: whether it can run now, and if not, why not (already in the user's language)."""

    verb: str
    title: str
    allowed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How the engine does: seconds since its last beat, or None when it has never beaten."""

    silent: int | None
    holder: str = ""

    @property
    def well(self) -> bool:
        """Whether it beats."""
        return self.silent is not None and self.silent < HEARTBEAT_LIMIT


HEARTBEAT_LIMIT = 10
"""Seconds of silence of the engine after which every screen turns red."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the status bar."""

    open: int = 0
    late: Counted = NONE
    soon: Counted = NONE


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice for the banner and the list of notices. All text is raw: whoever shows it cleans it."""

    id: int
    severity: str
    title: str
    ticket_id: int | None = None
    kind: str = ""
    at: int = 0
    mine: bool = True
    """Whether it is meant for the acting officer: by name, by their units, or as the duty desk."""
    urgency: str = ""
    """Of its ticket."""
    seen_at: int | None = None
    seen_by: str = ""
    """Code of the officer who acknowledged it."""
    due: int | None = None
    """The deadline of its ticket."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the status bar shows besides the clock."""

    centre: str = ""
    officer: str = ""
    zone: str = "Asia/Shanghai"
    counts: Counts = field(default_factory=Counts)
    heartbeat: Heartbeat = field(default_factory=lambda: Heartbeat(None))
    mode: ModeView | None = None
    """The emergency that lasts; None in normal times."""
    rights: Rights = field(default_factory=Rights)
    handover: UnsignedHandover | None = None
    lock: LockState = field(default_factory=LockState)
    gaps: tuple[GapAhead, ...] = ()
    """What is wrong with the roster of the next 24 hours, the worst first."""
    lost: int | None = None
    """Seconds since the store last answered, while it does not; the other figures are from then."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an operation did: the ticket, its new revision, and the sentence to show."""

    ticket_id: int
    code: str
    revision: int
    text: str


class DeskPort(Protocol):
    """The operations, as the screens call them. Each may raise `data.errors.Refusal`; then nothing has changed."""

    def do(self, verb: str, code: str, revision: int | None, values: Mapping[str, object], key: str) -> Receipt:
        """Carry out an operation on a ticket as it was seen (its revision). `key` keeps it from happening twice."""
        ...

    def possible_each(self, ticket_ids: Sequence[int]) -> Mapping[int, Sequence[Choice]]:
        """The same for many tickets by id in one reading; what does not exist is left out."""
        ...

    def possible(self, code: str) -> Sequence[Choice]:
        """What can be done to a ticket now, in the order of a ticket's life, and why the rest cannot."""
        ...


# ------------------------------------------------------------------------------------------------ one ticket


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened: when, what (in the user's language), by whom, and the words that go with it."""

    at: int
    what: str
    who: str
    text: str = ""
    by_engine: bool = False


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """A time in one pair of hands; `to_at` is None while it lasts."""

    from_at: int
    to_at: int | None
    holder: str
    stage: str


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock of a ticket. `state` is a stored value of `data.terms.ClockState`."""

    kind: str
    state: str
    due: int | None
    warn: int | None = None
    budget: str = ""
    next_step: str = ""
    next_at: int | None = None
    provisional: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A piece of work given to a unit."""

    role: str
    unit: str
    state: str
    sent_at: int
    acknowledged_at: int | None = None
    arrived_at: int | None = None
    done_at: int | None = None
    text: str = ""
    code: str = ""
    """The hand as orders name it: the unit's code, or `@` and the officer's."""
    people: int = 0
    asked: str = ""
    due_kind: str = ""
    """The clock of this hand that runs out next; empty where none runs."""
    due: int | None = None

    @property
    def live(self) -> bool:
        """Whether the unit is still at it."""
        return self.state in (TaskState.SENT, TaskState.ACKNOWLEDGED, TaskState.ARRIVED)


@dataclass(frozen=True, slots=True)
class TicketView:
    """Everything that is shown of a ticket. Personal data comes masked; text is raw."""

    row: QueueRow
    facts: tuple[tuple[str, str], ...] = ()
    """Labels and values, in the user's language."""
    body: str = ""
    history: tuple[HistoryLine, ...] = ()
    custody: tuple[CustodyLine, ...] = ()
    clocks: tuple[ClockLine, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    mobilised: tuple[str, ...] = ()
    """What the hands come to, in sentences of the user's language."""
    proceedings: tuple[ProceedingView, ...] = ()
    closed: bool = False
    more_tasks: int = 0
    """Hands that are not among `tasks`: a sweep has hundreds, and those that are not done come first."""
    more_clocks: int = 0
    """Clocks that are not among `clocks`."""


# ------------------------------------------------------------------------------------------------ dispatch and leaders


@dataclass(frozen=True, slots=True)
class PostNode:
    """A line of the dispatch tree: a section (not a target) or a post, community, force under it."""

    id: int
    code: str
    name: str
    depth: int
    target: bool
    on_duty: str = ""
    staffed: bool = True
    load: int = 0
    late: int = 0
    found_by: str = ""
    """Pinyin, initials and aliases that a search also looks into."""
    members: tuple[str, ...] = ()
    """The hands that the line stands for, where it is several."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the catalogue would send a ticket, and why (in the user's language)."""

    unit_id: int | None
    reason: str
    unit_code: str = ""
    assist: tuple[str, ...] = ()
    """Codes of the assisting units."""
    duty: str = ""
    """Who is responsible by the lists, or why they stop it (in the user's language); empty where they say nothing."""
    matter: str = ""
    """The matter that the text speaks of, where nobody has assessed it yet, and its condition."""
    limit_no: int = 0
    off_list: Mapping[str, str] = field(default_factory=dict)
    """Codes of units that the lists keep it from, and why (in the user's language)."""

    @property
    def assessment(self) -> dict[str, object]:
        """What a dispatch to the proposed unit says about the matter; nothing where it is assessed."""
        return {"matter": self.matter, "limit_no": self.limit_no} if self.matter else {}


class Backend(
    DeskPort,
    PlanPort,
    EmergencyPort,
    MeetingPort,
    TiePort,
    ReviewPort,
    WatchPort,
    DutyAskPort,
    HandoverPort,
    LeaderPort,
    LockPort,
    PersonalPort,
    RosterPort,
    RightsPort,
    Protocol,
):
    """All that the console needs from below. Reads run on one reading thread, `do` on one writing thread."""

    def status(self, now: int) -> Status:
        """Names, figures and the engine's heartbeat."""
        ...

    def change_mark(self) -> int:
        """A number that differs after somebody wrote."""
        ...

    def newest_ticket(self) -> int:
        """The greatest id of a ticket; ids grow with time."""
        ...

    def renew(self) -> None:
        """The store was lost and answers again: every connection is made anew."""
        ...

    @property
    def name(self) -> str:
        """What tells this store and centre from others; never shown."""
        ...

    @property
    def plans(self) -> ContingencyPort:
        """Contingency plans and matter cards."""
        ...

    @property
    def sensing(self) -> SensingPort:
        """Sensing devices."""
        ...

    @property
    def officer(self) -> str | None:
        """The code of the officer who acts here; None until somebody says so."""
        ...

    @property
    def read_only(self) -> bool:
        """Whether somebody only looks on: nothing can be changed and nobody has to say who acts."""
        ...

    def start(self) -> None:
        """Load what is heavy and run the engine unless a service does. Again after the store was lost. A write."""
        ...

    def officers(self) -> Sequence[OfficerRow]:
        """Everybody who may act."""
        ...

    def act_as(self, officer: str) -> None:
        """From now on this officer acts."""
        ...

    def bell(self) -> int:
        """A number that moves when somebody wrote: a cheap hint, 0 where there is none."""
        ...

    def bell_watch(self) -> BellListener | None:
        """Something that becomes readable at the moment when somebody writes; None where there is no such thing."""
        ...

    @property
    def orders(self) -> Sequence[str]:
        """The orders that lists can have; the first is the usual one, by deadline."""
        ...

    def queue(self, words: str, order: str = "due") -> QueueProvider:
        """Open tickets in an order that fit a filter text (`data.queries.filters`). Raises BadInput."""
        ...

    def filter_words(self) -> Sequence[FilterWord]:
        """What a filter can be made of, for completion."""
        ...

    def timers(self, words: str) -> QueueProvider:
        """Running clocks by deadline, of tickets that fit a filter text. Raises BadInput."""
        ...

    def ticket(self, ticket_id: int) -> TicketView | None:
        """A ticket with all that belongs to it; None when there is none."""
        ...

    def posts(self) -> Sequence[PostNode]:
        """The dispatch tree, depth first."""
        ...

    def hands(self) -> Sequence[PostNode]:
        """Everybody who can be given a part in a ticket: the tree, who is on duty, several at once, grids, people."""
        ...

    def proposal(self, ticket_id: int) -> Proposal:
        """The catalogue's target for a ticket."""
        ...

    def overview(self, now: int) -> OverviewView:
        """The figures, deadlines, people and places of the whole centre."""
        ...

    def matters(self, text: str, limit: int) -> Sequence[MatterHit]:
        """Matters that fit a text, best first."""
        ...

    def matters_of(self, ticket_id: int) -> Sequence[MatterHit]:
        """The whole catalogue, what the ticket's report speaks of first."""
        ...

    def places(self, text: str, limit: int) -> Sequence[PlaceHit]:
        """Communities and grids whose name fits a text."""
        ...

    def notices(self, after: int) -> Sequence[NoticeRow]:
        """Console notices with a greater id, oldest first; from 0 on only what waits for this officer."""
        ...

    def newest_notices(self, amount: int) -> Sequence[NoticeRow]:
        """The newest console notices, whoever they are for, newest first."""
        ...

    def waiting_notices(self, ids: Collection[int]) -> frozenset[int]:
        """Those of some notices that nobody has acknowledged and whose ticket is open."""
        ...

    def fallen_due(self, since: int, now: int) -> Sequence[NoticeRow]:
        """Open tickets whose deadline passed after `since`, meant for this officer, as notices that nobody wrote.

        Their ids are negative; they are what a console raises by itself while no engine does.
        """
        ...

    def notice_seen(self, notice_id: int) -> None:
        """Note that the officer has seen a notice. A write."""
        ...
