"""Notices: what operations and the engine tell people, as rows of the outbox."""

from __future__ import annotations

from typing import Any

from core.desk.people import People
from core.desk.seals import CONSOLE
from core.desk.work import Message
from data.ids import new_id
from data.masking import mask_text

CHANNELS_SETTING = "channels"
NOTICE_TEXT_LIMIT = 500


def notice_rows(
    message: Message,
    people: People | None,
    centre_id: int,
    ticket_id: int | None,
    event_no: int,
    at: int,
    channels: list[str],
) -> list[dict[str, Any]]:
    """The outbox rows of one message: one per person (or unit) and channel."""
    officers: list[int | None] = [message.officer_id]
    if message.role and people is not None:
        officers = [*people.on_duty(message.role)] or [None]
    return [
        notice_row(message, officer, channel, centre_id, ticket_id, event_no, at)
        for officer in officers
        for channel in channels
    ]


def notice_row(
    message: Message,
    officer_id: int | None,
    channel: str,
    centre_id: int,
    ticket_id: int | None,
    event_no: int,
    at: int,
) -> dict[str, Any]:
    """One outbox row, with every column; without a ticket it is about the centre.

    One for the console is shown from the table itself: it has arrived as soon as it is written. Masked as it is
    stored: notices go to many, by channels that are not ours, and need nobody's number.
    """
    return {
        "centre_id": centre_id,
        "id": new_id(),
        "ticket_id": ticket_id,
        "event_no": event_no,
        "channel": channel,
        "kind": message.kind,
        "severity": message.severity.value,
        "officer_id": officer_id,
        "unit_id": message.unit_id,
        "title": mask_text(message.zh)[:NOTICE_TEXT_LIMIT],
        "title_en": mask_text(message.en)[:NOTICE_TEXT_LIMIT],
        "body": "",
        "state": "sent" if channel == CONSOLE else "pending",
        "attempts": 0,
        "created_at": at,
        "next_try_at": at,
        "sent_at": at if channel == CONSOLE else None,
        "seen_at": None,
        "seen_by": "",
        "error": "",
    }
