"""Units, people, the roles they hold and when they are on duty."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, belongs_to, big, json_list, json_object, key_field


class Unit(SQLModel, table=True):
    """A section, post, community, grid, linked force … as it is now; its past is in `unit_span`."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("centre_id", "code", "opened_at", name="uq_unit_code"),
        Index("ix_unit_parent", "centre_id", "parent_id"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    code: str = Field(max_length=40)
    kind: str = Field(max_length=20)
    name: str
    name_en: str = ""
    aliases: list[str] = json_list()
    parent_id: int | None = big(None)
    section: str = ""
    """The section's code, for posts (party, economy, service, safety, centre)."""
    post_kind: str = ""
    households: int = 0
    people: int = 0
    facts: dict[str, Any] = json_object()
    sort_no: int = 0
    opened_at: int = big()
    closed_at: int | None = big(None)


class UnitSpan(SQLModel, table=True):
    """What a unit was called and where it belonged during [from_at, to_at)."""

    __tablename__ = "unit_span"
    __table_args__ = (
        belongs_to("unit", "unit_id", "fk_unit_span_unit"),
        Index("ix_unit_span_unit", "centre_id", "unit_id", "from_at"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    unit_id: int = big()
    name: str
    parent_id: int | None = big(None)
    from_at: int = big()
    to_at: int | None = big(None)
    reason: str = ""
    actor: str = ""


class UnitSuccession(SQLModel, table=True):
    """Which unit took over from which: merged, split or renamed."""

    __tablename__ = "unit_succession"
    __table_args__ = (
        UniqueConstraint("centre_id", "from_unit_id", "to_unit_id", "at", name="uq_unit_succession"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    from_unit_id: int = big()
    to_unit_id: int = big()
    kind: str = Field(max_length=12)
    """merge, split or rename."""
    main: bool = True
    """Whether tickets without a grid follow this successor."""
    at: int = big()
    reason: str = ""
    actor: str = ""


class Officer(SQLModel, table=True):
    """A person of the organisation."""

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("centre_id", "code", name="uq_officer_code"), {"info": TENANT})

    centre_id: int = key_field()
    id: int = key_field()
    code: str = Field(max_length=40)
    name: str
    phone: str = ""
    title: str = ""
    active: bool = True
    created_at: int = big()


class Appointment(SQLModel, table=True):
    """A role that an officer holds at a unit during [from_at, to_at); rank A or B where posts are doubled."""

    __tablename__ = "appointment"
    __table_args__ = (
        belongs_to("unit", "unit_id", "fk_appointment_unit"),
        belongs_to("officer", "officer_id", "fk_appointment_officer"),
        UniqueConstraint("centre_id", "officer_id", "unit_id", "role", "from_at", name="uq_appointment"),
        Index("ix_appointment_unit", "centre_id", "unit_id", "role"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    officer_id: int = big()
    unit_id: int = big()
    role: str = Field(max_length=24)
    rank: str = Field(default="", max_length=1)
    from_at: int = big()
    to_at: int | None = big(None)


class Duty(SQLModel, table=True):
    """A time on duty (`shift`) or away (`leave`) of an officer: [from_at, to_at)."""

    __tablename__ = "duty"
    __table_args__ = (
        belongs_to("officer", "officer_id", "fk_duty_officer"),
        Index("ix_duty_officer", "centre_id", "officer_id", "from_at"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    officer_id: int = big()
    kind: str = Field(max_length=8)
    role: str = Field(default="", max_length=24)
    """For a shift: the role it is served in (duty_officer, shift_leader, duty_leader)."""
    from_at: int = big()
    to_at: int | None = big(None)
    note: str = ""
    source: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    """The rotation that it was written out of; empty for what somebody wrote down."""
    planned_id: int | None = big(None)
    """Whose turn it was by the rotation; another officer than `officer_id` after a change of shifts."""


class DutySwap(SQLModel, table=True):
    """The A and B holder of a unit change places during [from_at, to_at), once it is agreed."""

    __tablename__ = "duty_swap"
    __table_args__ = (
        belongs_to("unit", "unit_id", "fk_duty_swap_unit"),
        belongs_to("officer", "a_id", "fk_duty_swap_a"),
        belongs_to("officer", "b_id", "fk_duty_swap_b"),
        Index("ix_duty_swap_unit", "centre_id", "unit_id", "from_at"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    unit_id: int = big()
    a_id: int = big()
    """Who is A by appointment."""
    b_id: int = big()
    from_at: int = big()
    to_at: int = big()
    reason: str
    asked_by: str
    asked_at: int = big()
    agreed_by: str = ""
    agreed_at: int | None = big(None)
    """Empty while the other of the two has not answered."""


class OrganisationEvent(SQLModel, table=True):
    """A change of organisation, catalogue, policy, calendar or duty: who, when, what.

    Append-only and chained by hash; `id` is its gap-free number in the centre's log of changes. The head stands in
    `centre_seq`.
    """

    __tablename__ = "organisation_event"
    __table_args__ = (Index("ix_organisation_event_at", "centre_id", "at"), {"info": TENANT})

    centre_id: int = key_field()
    id: int = key_field()
    at: int = big()
    actor: str = ""
    kind: str = Field(max_length=32)
    body: dict[str, Any] = json_object()
    hash: str = Field(max_length=64, sa_column_kwargs={"server_default": ""})
