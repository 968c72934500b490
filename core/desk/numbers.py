"""The codes of tickets: the day in the centre's own zone and a number, such as 20261121-0001."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import text

from core.desk.ledger import Ledger
from core.desk.references import References
from data.instants import from_seconds


def next_code(ledger: Ledger, refs: References) -> str:
    """The day's next code; taken, unless the ledger only looks."""
    day = from_seconds(ledger.now).astimezone(ZoneInfo(refs.centre().zone)).strftime("%Y%m%d")
    values = {"centre": ledger.centre_id, "day": day}
    if ledger.reading:
        last = ledger.connection.execute(
            text("SELECT last FROM daily_number WHERE centre_id = :centre AND day = :day"), values
        ).scalar()
        return f"{day}-{int(last or 0) + 1:04d}"
    number = ledger.connection.execute(
        text(
            "INSERT INTO daily_number (centre_id, day, last) VALUES (:centre, :day, 1)"
            " ON CONFLICT (centre_id, day) DO UPDATE SET last = daily_number.last + 1 RETURNING last"
        ),
        values,
    ).scalar_one()
    return f"{day}-{number:04d}"
