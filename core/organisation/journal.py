"""Changes of what the centre works by (organisation, catalogue, policy, calendar, duty): noted, and made known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, update

from data.ids import new_id
from data.tables import CentreSequence, OrganisationEvent


def note_change(
    connection: Connection, centre_id: int, at: int, actor: str, kind: str, body: Mapping[str, Any]
) -> None:
    """Write down a change and count it, so that every console and engine drops what it remembers of the old state.

    `at` in epoch seconds; `actor` the code of an officer, or the name of what acted.
    """
    event = OrganisationEvent(centre_id=centre_id, id=new_id(), at=at, actor=actor, kind=kind, body=dict(body))
    connection.execute(insert(OrganisationEvent), [event.model_dump()])
    connection.execute(
        update(CentreSequence)
        .where(CentreSequence.centre_id == centre_id)  # type: ignore[arg-type]
        .values(
            organisation_no=CentreSequence.organisation_no + 1,
            change_no=CentreSequence.change_no + 1,
        )
    )
