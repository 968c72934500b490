"""The log of tickets and its projection: ticket, tasks, clocks and custody.

Each projected row has a plain record class (no table) that the rules work on, and a table class on top of it, so that
a field is written down once. Instants are epoch seconds in UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from data.instants import FAR
from data.tables.columns import TENANT, belongs_to, big, json_list, json_object, key_field, text

UPWARD_RUNNING = "state = 'running' AND kind IN ('up_phone', 'up_written', 'up_follow')"
"""Which clocks measure what is owed upward; a statement that looks for them says this in these very words."""

MAJOR = "supervised OR urgency = 'emergency' OR facts ->> 'grade' IS NOT NULL"
"""Which tickets are major and reviewed afterwards; a statement that looks for them says this in these very words."""


ENDED = "open = 0 AND title <> '（已删除）'"
"""Which tickets ended and were not erased; a statement that looks for them says this in these very words."""


def _open_index(name: str, *columns: str, where: str = "open = 1") -> Index:
    """An index of open tickets for lists: the columns that choose, then those that sort."""
    return Index(name, "centre_id", *columns, sqlite_where=sql(where), postgresql_where=sql(where))


class TicketRecord(SQLModel):
    """A ticket as the log left it."""

    centre_id: int = key_field()
    id: int = key_field()
    code: str = Field(default="", max_length=40)
    origin: str = Field(default="", max_length=40)
    """The system it came from; with external_id the guard against importing twice."""
    external_id: str = Field(default="", max_length=120)
    source: str = Field(default="", max_length=16)
    title: str = ""
    body: str = text()
    address: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    confidential: bool = False
    matter_code: str = Field(default="", max_length=20)
    matter_version: int = big(0)
    limit_no: int = 0
    policy_version: int = big(0)
    calendar_version: int = big(0)
    section: str = Field(default="", max_length=20)
    community_id: int | None = big(None)
    grid_id: int | None = big(None)
    urgency: str = Field(default="normal", max_length=12)
    affair: str = Field(default="", max_length=12)
    stage: str = Field(default="", max_length=16)
    tier: str = Field(default="centre", max_length=12)
    holder: str = Field(default="queue", max_length=12)
    holder_unit_id: int | None = big(None)
    holder_officer_id: int | None = big(None)
    lead_unit_id: int | None = big(None)
    pending: str = Field(default="", max_length=16)
    """What waits for a decision: a RequestKind, or lead (the duty leader must name a lead)."""
    supervised: bool = False
    direct: bool = False
    """Reported straight to the duty leader, skipping tiers."""
    bounces: int = 0
    reworks: int = 0
    reminders: int = 0
    hops: int = 0
    revision: int = 0
    reported_at: int = big(0)
    accepted_at: int | None = big(None)
    dispatched_at: int | None = big(None)
    completed_at: int | None = big(None)
    closed_at: int | None = big(None)
    official_due_at: int | None = big(None)
    due_at: int = big(FAR)
    """Earliest deadline of a running clock; FAR without one."""
    due_kind: str = Field(default="", max_length=12)
    warn_at: int | None = big(None)
    """When the clock of `due_at` gives its pre-warning."""
    final_due_at: int | None = big(None)
    """The final deadline, kept after closing for the on-time rate."""
    on_time: bool | None = None
    outcome: str = text()
    public_reply: str = text()
    satisfaction: str = Field(default="", max_length=12)
    reason: str = ""
    """Why it was refused, made void or returned last."""
    facts: dict[str, Any] = json_object()
    open: int = 1
    updated_at: int = big(0)
    parent_id: int | None = big(None)
    """The ticket that this one is a part of."""
    extensions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Extensions granted."""
    suspensions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Suspensions on the books."""
    late_returns: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Of its bounces, those after the deadline."""
    waived: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    """Late for a reason that two reviewers accepted: the fact stays, the statistics leave it out."""


class Ticket(TicketRecord, table=True):
    """A ticket."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("centre_id", "code", name="uq_ticket_code"),
        Index(
            "uq_ticket_external",
            "centre_id",
            "origin",
            "external_id",
            unique=True,
            sqlite_where=sql("external_id <> ''"),
            postgresql_where=sql("external_id <> ''"),
        ),
        _open_index("ix_ticket_open_due", "due_at", "id"),
        _open_index("ix_ticket_open_holder", "holder_unit_id", "due_at", "id"),
        _open_index("ix_ticket_open_warn", "warn_at", "due_at"),
        _open_index("ix_ticket_open_urgency", "urgency", "due_at", "id"),
        _open_index("ix_ticket_open_age", "reported_at", "id"),
        _open_index("ix_ticket_open_stage", "stage", "due_at", "id"),
        _open_index("ix_ticket_open_section", "section", "due_at", "id"),
        _open_index("ix_ticket_open_community", "community_id", "due_at", "id"),
        _open_index("ix_ticket_open_source", "source", "due_at", "id"),
        _open_index("ix_ticket_open_matter", "matter_code", "due_at", "id"),
        _open_index("ix_ticket_open_supervised", "due_at", "id", where="open = 1 AND supervised"),
        _open_index("ix_ticket_open_bounced", "due_at", "id", where="open = 1 AND bounces > 0"),
        Index("ix_ticket_reported", "centre_id", "reported_at", "id"),
        Index(
            "ix_ticket_major",
            "centre_id",
            "reported_at",
            "id",
            sqlite_where=sql(MAJOR),
            postgresql_where=sql(MAJOR),
        ),
        Index(
            "ix_ticket_ended",
            "centre_id",
            "closed_at",
            "id",
            sqlite_where=sql(ENDED),
            postgresql_where=sql(ENDED),
        ),
        Index("ix_ticket_section", "centre_id", "section", "id"),
        Index("ix_ticket_community", "centre_id", "community_id", "id"),
        Index("ix_ticket_grid", "centre_id", "grid_id", "id"),
        Index(
            "ix_ticket_confidential",
            "centre_id",
            "id",
            sqlite_where=sql("confidential"),
            postgresql_where=sql("confidential"),
        ),
        Index(
            "ix_ticket_parent",
            "centre_id",
            "parent_id",
            "id",
            sqlite_where=sql("parent_id IS NOT NULL"),
            postgresql_where=sql("parent_id IS NOT NULL"),
        ),
        {"info": TENANT},
    )


class TicketEvent(SQLModel, table=True):
    """One thing that happened to a ticket. Append-only; `id` is its gap-free number in the centre's chain.

    What belongs to the centre and to no ticket stands in the same chain under `CENTRE_LOG` in place of a ticket's id.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (
        UniqueConstraint("centre_id", "ticket_id", "seq", name="uq_ticket_event_seq"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    ticket_id: int = big()
    seq: int = 0
    at: int = big()
    kind: str = Field(max_length=24)
    actor_id: int | None = big(None)
    """The officer; empty for the engine and for imports."""
    actor: str = Field(default="", max_length=60)
    """Code of the officer, or `engine`, `import`."""
    behalf_id: int | None = big(None)
    seen_revision: int | None = None
    body: dict[str, Any] = json_object()
    """{"effects": what it changed, …facts of the verb}."""
    hash: str = Field(max_length=64)
    salt: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    """What the commitments to its personal texts are made with (`core.rules.erasing`); gone when those were erased."""
    erased: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """The commitments to the texts that were erased, by their place; none in an entry that is whole."""


CENTRE_LOG = 0
"""Stands for the centre itself where an event names its ticket; no ticket has this id."""


class TaskRecord(SQLModel):
    """A piece of work of a ticket given to a unit."""

    centre_id: int = key_field()
    id: int = key_field()
    ticket_id: int = big()
    no: int = 0
    role: str = Field(default="lead", max_length=8)
    unit_id: int = big()
    officer_id: int | None = big(None)
    """Whom it was given to by name, else who acknowledged it for the unit."""
    state: str = Field(default="sent", max_length=12)
    instruction: str = text()
    sent_at: int = big(0)
    acknowledged_at: int | None = big(None)
    arrived_at: int | None = big(None)
    done_at: int | None = big(None)
    people: int = 0
    """Head-count that the unit brought."""
    result: str = text()
    reason: str = ""
    addressed: str = Field(default="", max_length=16)
    """`officer` for a task given by name, a role for one given to whoever was on duty in it; empty for the unit's."""


class Task(TaskRecord, table=True):
    """A task."""

    __tablename__ = "task"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_task_ticket"),
        Index("ix_task_ticket", "centre_id", "ticket_id"),
        Index("ix_task_unit", "centre_id", "unit_id", "state"),
        Index(
            "ix_task_officer",
            "centre_id",
            "officer_id",
            "ticket_id",
            sqlite_where=sql("officer_id IS NOT NULL"),
            postgresql_where=sql("officer_id IS NOT NULL"),
        ),
        {"info": TENANT},
    )


class ClockRecord(SQLModel):
    """A running, paused or finished measure of time with its segments, deadline and place on the ladder."""

    centre_id: int = key_field()
    id: int = key_field()
    ticket_id: int = big()
    task_id: int | None = big(None)
    unit_id: int | None = big(None)
    """The unit that it measures, for the bundle deadline."""
    kind: str = Field(default="", max_length=12)
    state: str = Field(default="running", max_length=12)
    budget: str = Field(default="", max_length=40)
    """The limit as policies write it, such as "2 urgent_hour"."""
    seconds: int = big(0)
    """The budget in seconds of its unit, in the calendar of `calendar_version`."""
    warn_share: float | None = None
    calendar_version: str = Field(default="", max_length=20)
    policy_version: str = Field(default="", max_length=20)
    ladder: str = Field(default="", max_length=40)
    segments: list[list[Any]] = json_list()
    """[[since, until or null, "run"|"pause"|"away", reason, officer id or null]] in order."""
    started_at: int = big(0)
    stopped_at: int | None = big(None)
    due_at: int | None = big(None)
    warn_at: int | None = big(None)
    provisional: bool = False
    generation: int = 1
    """Counts up when the deadline is set anew, so that ladder steps can fire again."""
    fired: list[str] = json_list()
    """Ladder steps fired in this generation, as "key#n" with n = 0 for the first time."""
    next_at: int | None = big(None)
    next_step: str = Field(default="", max_length=40)


class ClockRow(ClockRecord, table=True):
    """A clock."""

    __tablename__ = "clock"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_clock_ticket"),
        Index("ix_clock_ticket", "centre_id", "ticket_id"),
        Index(
            "ix_clock_running",
            "centre_id",
            "due_at",
            "id",
            sqlite_where=sql("state = 'running' AND kind <> 'handle'"),
            postgresql_where=sql("state = 'running' AND kind <> 'handle'"),
        ),
        Index(
            "ix_clock_upward",
            "centre_id",
            "due_at",
            "id",
            sqlite_where=sql(UPWARD_RUNNING),
            postgresql_where=sql(UPWARD_RUNNING),
        ),
        Index(
            "ix_clock_request",
            "centre_id",
            "state",
            "due_at",
            "id",
            sqlite_where=sql("kind = 'request'"),
            postgresql_where=sql("kind = 'request'"),
        ),
        {"info": TENANT},
    )


class ClockDue(SQLModel, table=True):
    """The next ladder step of each running clock, narrow and clustered by time: what the engine claims."""

    __tablename__ = "clock_due"
    __table_args__ = (
        PrimaryKeyConstraint("centre_id", "next_at", "clock_id"),
        {"info": TENANT, "sqlite_with_rowid": False},
    )

    centre_id: int = big()
    next_at: int = big()
    clock_id: int = big()
    ticket_id: int = big()


class CustodyRecord(SQLModel):
    """A half-open time [from_at, to_at) in one pair of hands at one stage; `no` counts from 1 inside the ticket."""

    centre_id: int = key_field()
    ticket_id: int = key_field()
    no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    holder: str = Field(default="queue", max_length=12)
    unit_id: int | None = big(None)
    officer_id: int | None = big(None)
    tier: str = Field(default="centre", max_length=12)
    stage: str = Field(default="", max_length=16)
    from_at: int = big(0)
    to_at: int | None = big(None)


class Custody(CustodyRecord, table=True):
    """A custody segment."""

    __tablename__ = "custody"
    __table_args__ = (
        belongs_to("ticket", "ticket_id", "fk_custody_ticket"),
        {"info": TENANT},
    )
