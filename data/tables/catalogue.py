"""The matter catalogue, the policy, the calendars, the lists of who owns what, plans and cards, each versioned."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.tables.columns import TENANT, big, json_list, json_object, key_field, text


class Catalogue(SQLModel, table=True):
    """One loaded version of the matter catalogue, the policy, a calendar, the lists, a plan or the text of a card."""

    __tablename__ = "catalogue"
    __table_args__ = (
        UniqueConstraint("centre_id", "kind", "name", "version", name="uq_catalogue_version"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    kind: str = Field(max_length=12)
    """matters, policy, calendar, lists, plan or card; `name` tells calendars, plans and cards apart."""
    name: str = Field(default="", max_length=40)
    version: int = big()
    """Counts up from 1 inside (kind, name)."""
    label: str = ""
    """The version as its author wrote it."""
    digest: str = Field(max_length=64)
    body: dict[str, Any] = json_object()
    """The thing itself; for matters, which have their own table, their categories and synonyms."""
    loaded_at: int = big()
    actor: str = ""


class Matter(SQLModel, table=True):
    """A kind of event of one catalogue version: what to do, whom to ask, where it goes, how long it may take."""

    __tablename__ = "matter"
    __table_args__ = (
        UniqueConstraint("centre_id", "version", "code", name="uq_matter_code"),
        Index("ix_matter_code", "centre_id", "code"),
        {"info": TENANT},
    )

    centre_id: int = key_field()
    id: int = key_field()
    version: int = big()
    code: str = Field(max_length=20)
    category: str = Field(max_length=20)
    category_path: str = ""
    name: str
    name_en: str = ""
    work: str = text()
    ask: list[str] = json_list()
    section: str = Field(max_length=20)
    lead: str = Field(max_length=40)
    assist: list[str] = json_list()
    stages: list[str] = json_list()
    urgency: str = Field(max_length=12)
    affair: str = Field(max_length=12)
    ladder: str = Field(default="", max_length=40)
    keywords: list[str] = json_list()
    confidential: bool = False
    limits: list[dict[str, Any]] = json_list()
    """Conditions in order: {"when", "when_en", "arrive", "make_safe", "final"}, limits like "2 urgent_hour"."""
    sort_no: int = 0


class CalendarDay(SQLModel, table=True):
    """A day that differs from the calendar's week, as a site edited it over the official table."""

    __tablename__ = "calendar_day"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "calendar", "day"), {"info": TENANT})

    centre_id: int = big()
    calendar: str = Field(max_length=40)
    day: str = Field(max_length=10)
    kind: str = Field(max_length=8)
    """holiday, workday or windows."""
    windows: list[list[str]] = json_list()
    name: str = ""
