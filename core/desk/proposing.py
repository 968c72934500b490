"""What the catalogue proposes for a ticket of the store."""

from __future__ import annotations

import json

from core.catalogue.propose import Proposed, propose
from core.catalogue.stored import stored_catalogue, stored_lists
from data.queries import tickets
from data.reader import Reader

_LABELS = "SELECT labels FROM centre WHERE id = :centre"
_UNITS = (
    "SELECT code, name FROM unit WHERE centre_id = :centre AND closed_at IS NULL"
    " AND kind IN ('post', 'force', 'department', 'district')"
)


def proposed(reader: Reader, centre: int, code: str) -> Proposed:
    """The steps that take a ticket out as the catalogue proposes. Raises NotFound for a ticket or catalogue unknown."""
    ticket = tickets.ticket(reader, centre, tickets.ticket_id(reader, centre, code))
    assert ticket is not None
    found = reader.one(_LABELS, centre=centre)
    labels = found[0] if found else {}
    routes = (json.loads(labels) if isinstance(labels, str) else labels or {}).get("routes", {})
    units = {str(unit): str(name) for unit, name in reader.rows(_UNITS, centre=centre)}
    return propose(ticket, stored_catalogue(reader.rows, centre), routes, units, stored_lists(reader.rows, centre))
