"""The outbox: notices on their way to the channels outside the console.

A notice for the console is shown from its row and has arrived with it. One for the webhook is
claimed by compare-and-set to `sending` with a deadline, sent outside any transaction, and then marked. A sender that
dies in between loses nothing: after the deadline the notice is sent again, under the same idempotency key.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select, text, update

from core.accountability.access_log import note_access
from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.seals import target_of
from core.engine.webhook import Answer, Poster, Webhook, http_poster, payload_of, read_webhook
from core.processes import steady
from data.access_terms import AccessKind
from data.instants import to_seconds
from data.store import Store
from data.tables import Centre, Notice, Officer, Ticket, Unit, table
from data.tables.engine import UNDER_WAY

MAX_ATTEMPTS = 12
BACKOFF_FIRST = 5
"""Seconds before the second attempt; doubled each time, up to BACKOFF_MAX."""
BACKOFF_MAX = 600
TIMEOUT = 5.0
"""Seconds for one attempt."""
DEADLINE = 30
"""Seconds after which a notice that is still `sending` was left by a sender that died."""
AT_ONCE = 20
ERROR_LIMIT = 200
FAR_AHEAD = 2 * BACKOFF_MAX
"""A notice that waits for longer than any back-off was dated before the wall clock was set back: it is due."""

_NOTICE = table(Notice).c


@dataclass
class Sent:
    """What a round of sending did."""

    sent: int = 0
    again: int = 0
    """Not arrived; to be tried again."""
    failed: int = 0
    """Given up."""


class Outbox:
    """Sends the notices of one centre."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        centre_id: int,
        *,
        post: Poster | None = None,
        steady_clock: Callable[[], float] = steady,
        seed: int | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """`post` sends one request, by default over HTTP with `timeout` seconds; `seed` fixes the jitter."""
        self.store = store
        self.clock = clock
        self.centre_id = centre_id
        self.steady = steady_clock
        self.patience = timeout + 1.0
        self._post = post or http_poster(timeout)
        self._random = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing
        self._mute_until = 0.0
        self._refusals = 0

    def send_due(self, stopping: Callable[[], bool] = lambda: False) -> Sent:
        """Send what is due by webhook, oldest first, until nothing is or the receiver does not answer.

        Raises StoreTrouble when the store fails. A receiver that cannot be reached is left alone for a while, growing
        with each failure, and costs the notices behind no attempt.
        """
        sent = Sent()
        while not stopping() and self.steady() >= self._mute_until:
            with self.store.read() as connection:
                webhook = read_webhook(connection, self.centre_id)
                rows = self._due(connection) if webhook is not None else []
            if webhook is None or not rows:
                break
            for row in rows:
                if stopping() or self.steady() < self._mute_until:
                    break
                self._send(webhook, row, sent)
        return sent

    # ------------------------------------------------------------------------------------------------ one notice

    def _send(self, webhook: Webhook, row: Row[Any], sent: Sent) -> None:
        attempt = self._claim(row)
        if attempt is None:
            return
        with self.store.read() as connection:
            payload = self._payload(connection, row.id)
        if payload is None:
            return
        answer = self._post(webhook, str(row.id), payload, self._now())
        if answer.arrived:
            self._refusals = 0
            self._mark(row.id, attempt, AccessKind.NOTICE_SENT, state="sent", sent_at=self._now(), error="")
            sent.sent += 1
        elif answer.final or attempt >= MAX_ATTEMPTS:
            self._mark(row.id, attempt, AccessKind.NOTICE_FAILED, state="failed", error=answer.error[:ERROR_LIMIT])
            sent.failed += 1
        else:
            wait = self._wait(attempt, answer)
            self._mark(
                row.id, attempt, None, state="pending", next_try_at=self._now() + wait, error=answer.error[:ERROR_LIMIT]
            )
            sent.again += 1
        if answer.unreachable:
            self._refusals += 1
            self._mute_until = self.steady() + min(BACKOFF_MAX, 2.0 ** min(self._refusals, 10)) / 2

    def _wait(self, attempt: int, answer: Answer) -> int:
        """Seconds before the next attempt: doubling, with jitter so that many do not come at once."""
        if answer.wait is not None:
            return min(max(1, answer.wait), BACKOFF_MAX)
        base: float = min(BACKOFF_MAX, BACKOFF_FIRST * 2 ** (attempt - 1))
        return max(1, round(base * (0.5 + self._random.random())))

    def _due(self, connection: Connection) -> list[Row[Any]]:
        now = self._now()
        found = connection.execute(
            select(_NOTICE.id, _NOTICE.state, _NOTICE.attempts, _NOTICE.next_try_at)
            .where(
                _NOTICE.centre_id == self.centre_id,
                text(UNDER_WAY),
                _NOTICE.channel == "webhook",
                or_(_NOTICE.next_try_at <= now, _NOTICE.next_try_at > now + FAR_AHEAD),
            )
            .order_by(_NOTICE.next_try_at, _NOTICE.id)
            .limit(AT_ONCE)
        )
        return [*found]

    def _claim(self, row: Row[Any]) -> int | None:
        """Take a notice for sending; returns the number of this attempt, or None when another sender has it."""
        with self.store.write() as connection:
            attempt = connection.execute(
                update(table(Notice))
                .where(
                    _NOTICE.centre_id == self.centre_id,
                    _NOTICE.id == row.id,
                    _NOTICE.state == row.state,
                    _NOTICE.attempts == row.attempts,
                    _NOTICE.next_try_at == row.next_try_at,
                )
                .values(state="sending", attempts=_NOTICE.attempts + 1, next_try_at=self._now() + DEADLINE)
                .returning(_NOTICE.attempts)
            ).scalar()
        return None if attempt is None else int(attempt)

    def _mark(self, notice_id: int, attempt: int, end: AccessKind | None, **values: Any) -> None:
        """Write down how it went, unless another sender has taken over meanwhile; an end of it is on record."""
        with self.store.write() as connection:
            done = connection.execute(
                update(table(Notice))
                .where(
                    _NOTICE.centre_id == self.centre_id,
                    _NOTICE.id == notice_id,
                    _NOTICE.state == "sending",
                    _NOTICE.attempts == attempt,
                )
                .values(**values)
            )
            if end is not None and done.rowcount:
                at = values.get("sent_at", self._now())
                note_access(connection, self.centre_id, at, ENGINE, end, target_of(notice_id))

    def _payload(self, connection: Connection, notice_id: int) -> dict[str, Any] | None:
        ticket, officer, unit, centre = table(Ticket), table(Officer), table(Unit), table(Centre)
        row = (
            connection.execute(
                select(
                    table(Notice),
                    centre.c.code.label("centre_code"),
                    ticket.c.code.label("ticket_code"),
                    ticket.c.confidential,
                    officer.c.code.label("officer_code"),
                    unit.c.code.label("unit_code"),
                )
                .select_from(
                    table(Notice)
                    .join(centre, centre.c.id == _NOTICE.centre_id)
                    .outerjoin(ticket, (ticket.c.centre_id == _NOTICE.centre_id) & (ticket.c.id == _NOTICE.ticket_id))
                    .outerjoin(
                        officer, (officer.c.centre_id == _NOTICE.centre_id) & (officer.c.id == _NOTICE.officer_id)
                    )
                    .outerjoin(unit, (unit.c.centre_id == _NOTICE.centre_id) & (unit.c.id == _NOTICE.unit_id))
                )
                .where(_NOTICE.centre_id == self.centre_id, _NOTICE.id == notice_id)
            )
            .mappings()
            .first()
        )
        return None if row is None else payload_of(dict(row))

    def _now(self) -> int:
        return to_seconds(self.clock.now())
