"""Groups of roles, for the table of permissions and the rules that follow from it."""

from __future__ import annotations

from data.terms import ADMIN_ROLES, Role

DESK_ROLES = frozenset({Role.DUTY_OFFICER, Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER})
SENIOR_ROLES = frozenset({Role.SHIFT_LEADER, Role.DUTY_LEADER, Role.COMMANDER})
HEAD_ROLES = frozenset({Role.DUTY_LEADER, Role.COMMANDER})
LEADER_ROLES = HEAD_ROLES | {Role.SECTION_LEADER}
BUSINESS_ROLES = frozenset(Role) - frozenset(ADMIN_ROLES)
FIELD_ROLES = BUSINESS_ROLES - DESK_ROLES
MEETING_ROLES = FIELD_ROLES - {Role.GRID_WORKER_PART, Role.FORCE_CONTACT, Role.DISTRICT_OFFICER}
"""Of the field, who has to do with meetings and residents; which kind each may call stands in `core.rules.meetings`."""
