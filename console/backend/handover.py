"""The change of shift as the screens show it."""

from __future__ import annotations

from console.handover_ports import HandoverShown, UnsignedHandover
from console.i18n import _, language
from core.rules.roles import SENIOR_ROLES
from data.queries import handovers as queries
from data.queries.organisation import officers, roles_now
from data.reader import Reader


def unsigned_handover(reader: Reader, centre: int, now: int) -> UnsignedHandover | None:
    """The newest change of shift that has come and is not signed; without a roster none ever comes."""
    for line in queries.unsigned(reader, centre):
        if line.leaving and line.incoming and line.change_at <= now:
            return UnsignedHandover(line.number, line.state, line.change_at)
    return None


def handover_shown(reader: Reader, centre: int, now: int, officer: str | None) -> HandoverShown:
    """What the drawer shows to an officer named by code or name."""
    from core.accountability.handover import under_way

    acting = next((number for number, *names in officers(reader, centre) if officer in names), None)
    held = roles_now(reader, centre, officer, now) if acting is not None and officer else None
    found = under_way(reader, centre, now, acting, held is not None and bool(held[0] & frozenset(SENIOR_ROLES)))
    refused = {act: why.en if language() == "en" else why.zh for act, why in found.refused.items()}
    step, why = found.next if found.own else "", refused.get(found.next, "")
    if found.view is None:
        return HandoverShown(found.pack, step, refused=refused, why=why)
    view, line = found.view, found.view.line
    acts = ((_("made"), line.made_by, line.made_at), (_("given"), line.given_by, line.given_at))
    people = tuple((what, view.name(who), at) for what, who, at in acts if at is not None)
    notes = tuple((note.ticket, note.words, note.officer) for note in view.notes)
    return HandoverShown(found.pack, step, line.number, line.state, people, notes, refused, why)
