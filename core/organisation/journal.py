"""Changes of what the centre works by (organisation, catalogue, policy, calendar, duty): noted, and made known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.ids import new_id
from data.tables import BreakGlass, CentreSequence, Officer, OrganisationEvent, table


def note_change(
    connection: Connection, centre_id: int, at: int, actor: str, kind: str, body: Mapping[str, Any]
) -> None:
    """Write down a change and count it, so that every console and engine drops what it remembers of the old state.

    `at` in epoch seconds; `actor` the code of an officer, or the name of what acted.
    """
    facts = dict(body)
    if (glass := _glass_of(connection, centre_id, at, actor)) is not None:
        facts.setdefault("glass", glass)
    event = OrganisationEvent(centre_id=centre_id, id=new_id(), at=at, actor=actor, kind=kind, body=facts)
    connection.execute(insert(OrganisationEvent), [event.model_dump()])
    connection.execute(
        update(CentreSequence)
        .where(CentreSequence.centre_id == centre_id)  # type: ignore[arg-type]
        .values(
            organisation_no=CentreSequence.organisation_no + 1,
            change_no=CentreSequence.change_no + 1,
        )
    )


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
