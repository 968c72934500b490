"""Rights of the officer who acts, read from the store for the screen."""

from __future__ import annotations

from console.permits import ACTIONS
from console.rights_ports import Rights
from core.rules.permission_table import NAMED, grants_of, held_grants
from data.queries.organisation import roles_now
from data.reader import Reader

ASKED = frozenset(operation for operation in ACTIONS.values() if NAMED not in grants_of(operation))
"""Operations that a role alone decides on: what a task given by name allows, the desk says ticket by ticket."""


def rights_of(reader: Reader, centre: int, officer: str | None, now: int) -> Rights:
    """What somebody may not do; nothing is barred until somebody says who they are."""
    found = roles_now(reader, centre, officer, now) if officer else None
    if found is None:
        return Rights()
    return Rights(frozenset(operation for operation in ASKED if not held_grants(operation, *found)))
