"""Words of rights that change while the centre runs: roles given and taken, break-glass."""

from __future__ import annotations

from data.terms import Role, Term


class GrantKind(Term):
    """What is asked for."""

    GIVE = "give", "授予", "give"
    TAKE = "take", "收回", "take away"


class GrantState(Term):
    """How far it is."""

    WAITING = "waiting", "待同意", "waiting for agreement"
    AGREED = "agreed", "已同意", "agreed"
    DECLINED = "declined", "不同意", "declined"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


GLASS_ROLES = (Role.COMMANDER, Role.SHIFT_LEADER)
"""The wider rights that can be taken in an emergency of one's own."""
GLASS_SECONDS = 1_800
"""For how long."""
