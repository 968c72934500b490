"""Which roles one person may hold together: the three administrators (三员) go with nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from data.errors import BadInput
from data.terms import ADMIN_ROLES, Role


def clash(roles: Iterable[str]) -> tuple[Role, Role] | None:
    """Two of these roles that one person may not hold together, the administrator's first; None where all may."""
    held = sorted({Role(role) for role in roles}, key=lambda role: (role not in ADMIN_ROLES, list(Role).index(role)))
    return (held[0], held[1]) if len(held) > 1 and held[0] in ADMIN_ROLES else None


def clash_words(officer: str, pair: tuple[Role, Role]) -> tuple[str, str]:
    """The clash of an officer's roles in Chinese and English, without a full stop."""
    one, other = pair
    return (
        f"{officer} 不能同时担任{one.zh}和{other.zh}：三员互斥，且不得兼任业务职务",
        f"{officer} cannot be {one.en} and {other.en} together: an administrator holds no other role",
    )


def demand_separate(officer: str, roles: Iterable[str]) -> None:
    """Raises BadInput where these roles of an officer exclude each other."""
    pair = clash(roles)
    if pair is not None:
        zh, en = clash_words(officer, pair)
        raise BadInput("roles-exclusive", f"{zh}。", f"{en}.", officer=officer, roles=[role.value for role in pair])
