"""Rights for the screen: what the officer who acts may not do, and break-glass in the centre."""

from __future__ import annotations

from console.i18n import language
from console.permits import ACTIONS
from console.rights_ports import GlassView, Rights
from console.widgets.columns import term
from core.rules.permission_table import NAMED, grants_of, held_grants
from data.queries.organisation import roles_now
from data.queries.rights import lasting
from data.reader import Reader
from data.terms import Role

ASKED = frozenset(operation for operation in ACTIONS.values() if NAMED not in grants_of(operation))
"""Operations that a role alone decides on: what a task given by name allows, the desk says ticket by ticket."""


def rights_of(reader: Reader, centre: int, officer: str | None, now: int) -> Rights:
    """What somebody may not do; nothing is barred until somebody says who they are."""
    found = roles_now(reader, centre, officer, now) if officer else None
    barred = ASKED if found is not None else frozenset[str]()
    return Rights(
        frozenset(operation for operation in barred if found and not held_grants(operation, *found)),
        tuple(
            GlassView(use.name, term(Role, use.role, language()), use.to_at, use.reason)
            for use in lasting(reader, centre, now)
        ),
    )
