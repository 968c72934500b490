"""Rights for the screen: what the officer who acts may not do, roles given and taken, break-glass in the centre."""

from __future__ import annotations

from collections.abc import Sequence

from console.backend.opening import OpenStore
from console.i18n import language
from console.permits import ACTIONS
from console.rights_ports import GlassView, GrantRow, HeldRole, Rights, RightsView, UseRow
from console.widgets.columns import term
from core.rules.permission_table import NAMED, OPERATIONS, grants_of, held_grants
from data.errors import NotAllowed
from data.masking import mask_text
from data.pinyin import found_by
from data.queries import rights as queries
from data.queries.organisation import holders, officers, roles_now
from data.queries.rights import GrantLine, UseLine, lasting
from data.reader import Reader
from data.terms import Role

ASKED = frozenset(operation for operation in ACTIONS.values() if NAMED not in grants_of(operation))
"""Operations that a role alone decides on: what a task given by name allows, the desk says ticket by ticket."""
OFFERED = (
    *("rights_log", "role_ask", "role_agree", "role_decline"),
    *("break_glass", "break_glass_end", "break_glass_review"),
)
"""Operations that the drawer shows or offers."""
SHOWN = 100


def rights_of(reader: Reader, centre: int, officer: str | None, now: int) -> Rights:
    """What somebody may not do; nothing is barred until somebody says who they are."""
    found = roles_now(reader, centre, officer, now) if officer else None
    barred = ASKED if found is not None else frozenset[str]()
    return Rights(
        frozenset(operation for operation in barred if found and not held_grants(operation, *found)),
        tuple(
            GlassView(use.name, term(Role, use.role, language()), use.to_at, mask_text(use.reason), use.id)
            for use in lasting(reader, centre, now)
        ),
    )


class RightsBackend(OpenStore):
    """The part of the backend that reads grants and uses of break-glass."""

    def rights_view(self) -> RightsView:
        """All of them for whoever reads the record; for others what concerns them, and what lasts now."""
        reader, centre, now = self._reader(), self.centre.id, self.seconds()
        may, me = self._may(), self._my_code()
        whole = "rights_log" in may
        grants = [
            line for line in queries.grants(reader, centre, size=SHOWN) if whole or me in (line.officer, line.asker)
        ]
        uses = [
            line
            for line in queries.uses(reader, centre, size=SHOWN)
            if whole or line.officer == me or line.from_at <= now < line.to_at
        ]
        return RightsView(
            tuple(_grant(line, me) for line in grants), tuple(_use(line, me) for line in uses), whole, may
        )

    def held_roles(self) -> Sequence[HeldRole]:
        """Who holds what now."""
        if "role_ask" not in self._may():
            row = OPERATIONS["role_ask"]
            who = self.officer or ""
            raise NotAllowed("not-permitted", f"{who} 没有“{row.zh}”的权限。", f"{who} may not {row.en}.")
        spoken = language()
        return [
            HeldRole(
                *(line.officer_code, line.name, line.role, term(Role, line.role, spoken)),
                *(line.unit_code, line.unit_name),
                found_by(line.officer_code, line.name, line.unit_code, line.unit_name, term(Role, line.role, "zh")),
            )
            for line in holders(self._reader(), self.centre.id, self.seconds())
        ]

    def _my_code(self) -> str:
        """The acting officer's code, by whatever name they go here."""
        named = self.officer or ""
        found = [names[0] for _id, *names in officers(self._reader(), self.centre.id) if named in names]
        return named if named in found else next(iter(found), "")

    def _may(self) -> frozenset[str]:
        """What is for the acting officer's roles; nothing for an observer."""
        found = roles_now(self._reader(), self.centre.id, self.officer, self.seconds()) if self.officer else None
        return frozenset(operation for operation in OFFERED if found is not None and held_grants(operation, *found))


def _grant(line: GrantLine, me: str) -> GrantRow:
    return GrantRow(
        number=line.id,
        kind=line.kind,
        state=line.state,
        who=f"{line.name} ({line.officer})",
        role=term(Role, line.role, language()),
        unit=line.unit_name,
        reason=mask_text(line.reason),
        asked_by=line.asked_by,
        asked_at=line.asked_at,
        decided_by=line.decided_by,
        decided_at=line.decided_at,
        words=mask_text(line.words),
        asked_here=line.asker == me,
        about_me=line.officer == me,
    )


def _use(line: UseLine, me: str) -> UseRow:
    return UseRow(
        *(line.id, f"{line.name} ({line.officer})", term(Role, line.role, language()), line.from_at, line.to_at),
        *(mask_text(line.reason), line.reviewed_by, line.reviewed_at, line.proper, mask_text(line.words)),
        line.officer == me,
    )
