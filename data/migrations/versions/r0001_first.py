"""The first release: every table, index and foreign key."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _centres()
    _catalogues()
    _organisation()
    _people()
    _tickets()
    _work()
    _clocks()
    _engine()
    if op.get_bind().dialect.name != "sqlite":
        # After all tables: on a distributed database a foreign key needs both ends in place.
        _foreign_keys()


def columns(names: tuple[str, ...], kind: Any, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=null, autoincrement=False) for name in names]


def big(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return columns(names, sa.BigInteger(), null)


def number(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return columns(names, sa.Integer(), null)


def flag(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return columns(names, sa.Boolean(), null)


def share(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return columns(names, sa.Float(), null)


def word(*names: str, length: int | None = None) -> list[sa.Column[Any]]:
    return columns(names, sa.String(length))


def words(*names: str) -> list[sa.Column[Any]]:
    return columns(names, sa.Text())


def document(*names: str) -> list[sa.Column[Any]]:
    return columns(names, sa.JSON())


def key(*columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns)


def unique(*columns: str, name: str | None = None) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=name)


def belongs(column: str, parent: str, name: str) -> list[sa.ForeignKeyConstraint]:
    """SQLite cannot add a foreign key later; elsewhere `_foreign_keys` does."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [sa.ForeignKeyConstraint(["centre_id", column], [f"{parent}.centre_id", f"{parent}.id"], name=name)]


def index(name: str, table: str, *columns: str, where: str | None = None, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition)


def _centres() -> None:
    op.create_table(
        "centre",
        *big("id"),
        *word("code", length=40),
        *word("name", "name_en", "zone", "calendar"),
        *document("labels"),
        *big("created_at"),
        key("id"),
        unique("code"),
    )
    op.create_table(
        "centre_seq",
        *big("centre_id", "chain_no"),
        *word("chain_hash"),
        *big("change_no", "organisation_no"),
        key("centre_id"),
    )
    op.create_table(
        "centre_stat",
        *big("centre_id"),
        *word("dimension", length=20),
        *word("item", length=64),
        *big("amount"),
        key("centre_id", "dimension", "item"),
    )
    op.create_table(
        "daily_number",
        *big("centre_id"),
        *word("day", length=8),
        *big("last"),
        key("centre_id", "day"),
    )
    op.create_table(
        "setting",
        *big("centre_id"),
        *word("name", length=60),
        *document("value"),
        key("centre_id", "name"),
    )
    op.create_table(
        "request",
        *big("centre_id"),
        *word("key", length=120),
        *word("fingerprint", length=64),
        *big("ticket_id", null=True),
        *document("receipt"),
        *big("at"),
        key("centre_id", "key"),
    )


def _catalogues() -> None:
    op.create_table(
        "catalogue",
        *big("centre_id", "id"),
        *word("kind", length=12),
        *word("name", length=40),
        *big("version"),
        *word("label"),
        *word("digest", length=64),
        *document("body"),
        *big("loaded_at"),
        *word("actor"),
        key("centre_id", "id"),
        unique("centre_id", "kind", "name", "version", name="uq_catalogue_version"),
    )
    op.create_table(
        "matter",
        *big("centre_id", "id", "version"),
        *word("code", "category", length=20),
        *word("category_path", "name", "name_en"),
        *words("work"),
        *document("ask"),
        *word("section", length=20),
        *word("lead", length=40),
        *document("assist", "stages"),
        *word("urgency", "affair", length=12),
        *word("ladder", length=40),
        *document("keywords"),
        *flag("confidential"),
        *document("limits"),
        *number("sort_no"),
        key("centre_id", "id"),
        unique("centre_id", "version", "code", name="uq_matter_code"),
    )
    index("ix_matter_code", "matter", "centre_id", "code")
    op.create_table(
        "calendar_day",
        *big("centre_id"),
        *word("calendar", length=40),
        *word("day", length=10),
        *word("kind", length=8),
        *document("windows"),
        *word("name"),
        key("centre_id", "calendar", "day"),
    )


def _organisation() -> None:
    op.create_table(
        "unit",
        *big("centre_id", "id"),
        *word("code", length=40),
        *word("kind", length=20),
        *word("name", "name_en"),
        *document("aliases"),
        *big("parent_id", null=True),
        *word("section", "post_kind"),
        *number("households", "people"),
        *document("facts"),
        *number("sort_no"),
        *big("opened_at"),
        *big("closed_at", null=True),
        key("centre_id", "id"),
        unique("centre_id", "code", "opened_at", name="uq_unit_code"),
    )
    index("ix_unit_parent", "unit", "centre_id", "parent_id")
    op.create_table(
        "unit_span",
        *big("centre_id", "id", "unit_id"),
        *word("name"),
        *big("parent_id", null=True),
        *big("from_at"),
        *big("to_at", null=True),
        *word("reason", "actor"),
        key("centre_id", "id"),
        *belongs("unit_id", "unit", "fk_unit_span_unit"),
    )
    index("ix_unit_span_unit", "unit_span", "centre_id", "unit_id", "from_at")
    op.create_table(
        "unit_succession",
        *big("centre_id", "id", "from_unit_id", "to_unit_id"),
        *word("kind", length=12),
        *flag("main"),
        *big("at"),
        *word("reason", "actor"),
        key("centre_id", "id"),
        unique("centre_id", "from_unit_id", "to_unit_id", "at", name="uq_unit_succession"),
    )


def _people() -> None:
    op.create_table(
        "officer",
        *big("centre_id", "id"),
        *word("code", length=40),
        *word("name", "phone", "title"),
        *flag("active"),
        *big("created_at"),
        key("centre_id", "id"),
        unique("centre_id", "code", name="uq_officer_code"),
    )
    op.create_table(
        "appointment",
        *big("centre_id", "id", "officer_id", "unit_id"),
        *word("role", length=24),
        *word("rank", length=1),
        *big("from_at"),
        *big("to_at", null=True),
        key("centre_id", "id"),
        *belongs("unit_id", "unit", "fk_appointment_unit"),
        *belongs("officer_id", "officer", "fk_appointment_officer"),
        unique("centre_id", "officer_id", "unit_id", "role", "from_at", name="uq_appointment"),
    )
    index("ix_appointment_unit", "appointment", "centre_id", "unit_id", "role")
    op.create_table(
        "duty",
        *big("centre_id", "id", "officer_id"),
        *word("kind", length=8),
        *word("role", length=24),
        *big("from_at"),
        *big("to_at", null=True),
        *word("note"),
        key("centre_id", "id"),
        *belongs("officer_id", "officer", "fk_duty_officer"),
    )
    index("ix_duty_officer", "duty", "centre_id", "officer_id", "from_at")
    op.create_table(
        "organisation_event",
        *big("centre_id", "id", "at"),
        *word("actor"),
        *word("kind", length=32),
        *document("body"),
        key("centre_id", "id"),
    )
    index("ix_organisation_event_at", "organisation_event", "centre_id", "at")


def _tickets() -> None:
    op.create_table(
        "ticket",
        *big("centre_id", "id"),
        *word("code", "origin", length=40),
        *word("external_id", length=120),
        *word("source", length=16),
        *word("title"),
        *words("body"),
        *word("address", "reporter_name", "reporter_phone"),
        *flag("confidential"),
        *word("matter_code", length=20),
        *big("matter_version"),
        *number("limit_no"),
        *big("policy_version", "calendar_version"),
        *word("section", length=20),
        *big("community_id", "grid_id", null=True),
        *word("urgency", "affair", length=12),
        *word("stage", length=16),
        *word("tier", "holder", length=12),
        *big("holder_unit_id", "holder_officer_id", "lead_unit_id", null=True),
        *word("pending", length=16),
        *flag("supervised", "direct"),
        *number("bounces", "reworks", "reminders", "hops", "revision"),
        *big("reported_at"),
        *big("accepted_at", "dispatched_at", "completed_at", "closed_at", "official_due_at", null=True),
        *big("due_at"),
        *word("due_kind", length=12),
        *big("warn_at", "final_due_at", null=True),
        *flag("on_time", null=True),
        *words("outcome", "public_reply"),
        *word("satisfaction", length=12),
        *word("reason"),
        *document("facts"),
        *number("open"),
        *big("updated_at"),
        key("centre_id", "id"),
        unique("centre_id", "code", name="uq_ticket_code"),
    )
    index("ix_ticket_open_due", "ticket", "centre_id", "due_at", "id", where="open = 1")
    index("ix_ticket_open_holder", "ticket", "centre_id", "holder_unit_id", "due_at", "id", where="open = 1")
    index("ix_ticket_open_warn", "ticket", "centre_id", "warn_at", "due_at", where="open = 1")
    index("ix_ticket_reported", "ticket", "centre_id", "reported_at", "id")
    index("uq_ticket_external", "ticket", "centre_id", "origin", "external_id", where="external_id <> ''", unique=True)
    op.create_table(
        "ticket_event",
        *big("centre_id", "id", "ticket_id"),
        *number("seq"),
        *big("at"),
        *word("kind", length=24),
        *big("actor_id", null=True),
        *word("actor", length=60),
        *big("behalf_id", null=True),
        *number("seen_revision", null=True),
        *document("body"),
        *word("hash", length=64),
        key("centre_id", "id"),
        unique("centre_id", "ticket_id", "seq", name="uq_ticket_event_seq"),
    )


def _work() -> None:
    op.create_table(
        "task",
        *big("centre_id", "id", "ticket_id"),
        *number("no"),
        *word("role", length=8),
        *big("unit_id"),
        *big("officer_id", null=True),
        *word("state", length=12),
        *words("instruction"),
        *big("sent_at"),
        *big("acknowledged_at", "arrived_at", "done_at", null=True),
        *number("people"),
        *words("result"),
        *word("reason"),
        key("centre_id", "id"),
        *belongs("ticket_id", "ticket", "fk_task_ticket"),
    )
    index("ix_task_ticket", "task", "centre_id", "ticket_id")
    index("ix_task_unit", "task", "centre_id", "unit_id", "state")
    op.create_table(
        "custody",
        *big("centre_id", "ticket_id"),
        *number("no"),
        *word("holder", length=12),
        *big("unit_id", "officer_id", null=True),
        *word("tier", length=12),
        *word("stage", length=16),
        *big("from_at"),
        *big("to_at", null=True),
        key("centre_id", "ticket_id", "no"),
        *belongs("ticket_id", "ticket", "fk_custody_ticket"),
    )


def _clocks() -> None:
    op.create_table(
        "clock",
        *big("centre_id", "id", "ticket_id"),
        *big("task_id", "unit_id", null=True),
        *word("kind", "state", length=12),
        *word("budget", length=40),
        *big("seconds"),
        *share("warn_share", null=True),
        *word("calendar_version", "policy_version", length=20),
        *word("ladder", length=40),
        *document("segments"),
        *big("started_at"),
        *big("stopped_at", "due_at", "warn_at", null=True),
        *flag("provisional"),
        *number("generation"),
        *document("fired"),
        *big("next_at", null=True),
        *word("next_step", length=40),
        key("centre_id", "id"),
        *belongs("ticket_id", "ticket", "fk_clock_ticket"),
    )
    index("ix_clock_running", "clock", "centre_id", "due_at", "id", where="state = 'running' AND kind <> 'handle'")
    index("ix_clock_ticket", "clock", "centre_id", "ticket_id")
    op.create_table(
        "clock_due",
        *big("centre_id", "next_at", "clock_id", "ticket_id"),
        key("centre_id", "next_at", "clock_id"),
        sqlite_with_rowid=False,
    )


def _engine() -> None:
    op.create_table(
        "lease",
        *big("centre_id"),
        *word("name", length=20),
        *word("holder", length=120),
        *big("fence", "expires_at", "beat_at", "beat_no"),
        *word("version", length=20),
        *document("cycle"),
        key("centre_id", "name"),
    )
    op.create_table(
        "ladder_step",
        *big("centre_id", "id", "ticket_id", "clock_id"),
        *word("step", length=40),
        *number("generation"),
        *big("nominal_at", "fired_at"),
        *flag("caught_up"),
        *document("people"),
        key("centre_id", "id"),
        unique("centre_id", "clock_id", "step", "generation", name="uq_ladder_step"),
    )
    index("ix_ladder_step_ticket", "ladder_step", "centre_id", "ticket_id")
    op.create_table(
        "engine_outage",
        *big("centre_id", "id", "from_at", "to_at", "noted_at"),
        key("centre_id", "id"),
    )
    op.create_table(
        "notice",
        *big("centre_id", "id"),
        *big("ticket_id", "event_no", null=True),
        *word("channel", length=16),
        *word("kind", length=24),
        *word("severity", length=8),
        *big("officer_id", "unit_id", null=True),
        *word("title", "title_en"),
        *words("body"),
        *word("state", length=8),
        *number("attempts"),
        *big("created_at", "next_try_at"),
        *big("sent_at", "seen_at", null=True),
        *word("seen_by", "error"),
        key("centre_id", "id"),
    )
    index(
        "ix_notice_climbed",
        "notice",
        "centre_id",
        "officer_id",
        "ticket_id",
        where="officer_id IS NOT NULL AND kind IN ('ladder', 'ask', 'direct', 'needs_lead')",
    )
    index("ix_notice_recent", "notice", "centre_id", "created_at", "id")
    index("ix_notice_ticket", "notice", "centre_id", "ticket_id")
    index(
        "ix_notice_waiting",
        "notice",
        "centre_id",
        "channel",
        "next_try_at",
        "id",
        where="state in ('pending', 'sending')",
    )


def _foreign_keys() -> None:
    for table, column, parent, name in (
        ("appointment", "officer_id", "officer", "fk_appointment_officer"),
        ("appointment", "unit_id", "unit", "fk_appointment_unit"),
        ("clock", "ticket_id", "ticket", "fk_clock_ticket"),
        ("custody", "ticket_id", "ticket", "fk_custody_ticket"),
        ("duty", "officer_id", "officer", "fk_duty_officer"),
        ("task", "ticket_id", "ticket", "fk_task_ticket"),
        ("unit_span", "unit_id", "unit", "fk_unit_span_unit"),
    ):
        op.create_foreign_key(name, table, parent, ["centre_id", column], ["centre_id", "id"])
