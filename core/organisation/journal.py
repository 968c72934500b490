"""Changes of what the centre works by (organisation, catalogue, policy, calendar, duty): noted, and made known.

Each is an entry of a log of its own, chained by hash as the other two are (`core.accountability.organisation_log`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.desk.ledger import chain_hash
from data.clean import clean
from data.errors import NotFound
from data.masking import mask_text
from data.store import lock_centre
from data.tables import BreakGlass, CentreSequence, Officer, OrganisationEvent, table

WRITTEN = "reason"
"""The part of a change that people write; numbers and names in it are masked, for the log is kept and handed out."""


def note_change(
    connection: Connection, centre_id: int, at: int, actor: str, kind: str, body: Mapping[str, Any]
) -> None:
    """Write down a change and count it, so that every console and engine drops what it remembers of the old state.

    `at` in epoch seconds; `actor` the code of an officer, or the name of what acted. Whatever raises here undoes the
    transaction: a change that cannot be recorded is not made. Raises NotFound for an unknown centre.
    """
    lock_centre(connection, centre_id)
    number, before = _head(connection, centre_id)
    facts: dict[str, Any] = json.loads(json.dumps(body))  # as it will be read again, when its hash is made again
    if isinstance(reason := facts.get(WRITTEN), str):
        facts[WRITTEN] = mask_text(clean(reason))
    if (glass := _glass_of(connection, centre_id, at, actor)) is not None:
        facts.setdefault("glass", glass)
    entry: dict[str, Any] = {
        "centre_id": centre_id,
        "id": number + 1,
        "at": at,
        "actor": actor,
        "kind": kind,
        "body": facts,
    }
    entry["hash"] = chain_hash(before, entry)
    connection.execute(insert(OrganisationEvent), [entry])
    connection.execute(
        update(CentreSequence)
        .where(CentreSequence.centre_id == centre_id)  # type: ignore[arg-type]
        .values(
            organisation_no=entry["id"],
            organisation_hash=entry["hash"],
            change_no=CentreSequence.change_no + 1,
        )
    )


def _head(connection: Connection, centre_id: int) -> tuple[int, str]:
    """Number and hash of the newest change."""
    sequence = table(CentreSequence).c
    row = connection.execute(
        select(sequence.organisation_no, sequence.organisation_hash).where(sequence.centre_id == centre_id)
    ).first()
    if row is None:
        raise NotFound("centre-unknown", "没有这个中心。", "There is no such centre.")
    return int(row[0]), str(row[1])


def _glass_of(connection: Connection, centre_id: int, at: int, actor: str) -> int | None:
    """The use of break-glass that an officer has at an instant: what is done under it is marked."""
    use, officer = table(BreakGlass).c, table(Officer).c
    found = connection.execute(
        select(use.id)
        .join_from(
            table(BreakGlass), table(Officer), (officer.centre_id == use.centre_id) & (officer.id == use.officer_id)
        )
        .where(use.centre_id == centre_id, officer.code == actor, use.from_at <= at, use.to_at > at)
        .order_by(use.id.desc())
        .limit(1)
    ).scalar()
    return None if found is None else int(found)
