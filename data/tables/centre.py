"""Centres and what is kept once per centre."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from data.tables.columns import REFERENCE, TENANT, big, json_object, key_field


class Centre(SQLModel, table=True):
    """A street or town command centre."""

    __tablename__ = "centre"
    __table_args__ = {"info": REFERENCE}

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    code: str = Field(unique=True, max_length=40)
    name: str
    name_en: str = ""
    zone: str = "Asia/Shanghai"
    calendar: str = "cn_official"
    labels: dict[str, Any] = json_object()
    """Aliases of sections and tiers, and the catalogue's post codes mapped to this centre's posts."""
    created_at: int = big()


class CentreSequence(SQLModel, table=True):
    """The counters of a centre: the heads of two chains, and its change number. Locking it serialises writers."""

    __tablename__ = "centre_seq"
    __table_args__ = ({"info": TENANT},)

    centre_id: int = key_field()
    chain_no: int = big(0)
    chain_hash: str = ""
    change_no: int = big(0)
    organisation_no: int = big(0)
    """The newest change of organisation, catalogue, policy, calendar or duty: when it grows, readers drop caches."""
    organisation_hash: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    """The head of the log of those changes."""


class CentreStatistic(SQLModel, table=True):
    """Kept counters, so that nothing has to be counted over all tickets."""

    __tablename__ = "centre_stat"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "dimension", "item"), {"info": TENANT})

    centre_id: int = Field(sa_type=BigInteger)
    dimension: str = Field(max_length=20)
    item: str = Field(max_length=64)
    amount: int = big(0)


class DailyNumber(SQLModel, table=True):
    """The last ticket number given on a day of the centre (its own zone)."""

    __tablename__ = "daily_number"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "day"), {"info": TENANT})

    centre_id: int = Field(sa_type=BigInteger)
    day: str = Field(max_length=8)
    last: int = big(0)


class Setting(SQLModel, table=True):
    """A small setting of a centre, such as a webhook's address."""

    __tablename__ = "setting"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "name"), {"info": TENANT})

    centre_id: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=60)
    value: dict[str, Any] = json_object()


class Request(SQLModel, table=True):
    """An idempotency key that was used, with what it did."""

    __tablename__ = "request"
    __table_args__ = (PrimaryKeyConstraint("centre_id", "key"), {"info": TENANT})

    centre_id: int = Field(sa_type=BigInteger)
    key: str = Field(max_length=120)
    fingerprint: str = Field(max_length=64)
    ticket_id: int | None = big(None)
    receipt: dict[str, Any] = json_object()
    at: int = big()


__all__ = ["Centre", "CentreSequence", "CentreStatistic", "DailyNumber", "Request", "Setting"]
