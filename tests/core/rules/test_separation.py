"""The three administrators exclude each other and every business role: every pair of roles there is."""

from __future__ import annotations

from itertools import combinations

import pytest

from core.rules.separation import clash, demand_separate
from data.errors import BadInput
from data.terms import ADMIN_ROLES, Role

ADMINS = {"system_admin", "security_admin", "audit_admin"}
"""Said a second time, by hand."""


def test_every_pair_of_roles() -> None:
    assert {role.value for role in ADMIN_ROLES} == ADMINS
    for one, other in combinations(Role, 2):
        excluded = bool({one.value, other.value} & ADMINS)
        for pair in ((one, other), (other, one)):
            assert (clash(pair) is not None) == excluded, pair
    assert all(clash([role, role]) is None for role in Role)
    assert clash(set(Role) - set(ADMIN_ROLES)) is None


def test_a_clash_is_refused_with_both_roles_named() -> None:
    demand_separate("ma", [Role.AUDIT_ADMIN])
    with pytest.raises(BadInput) as refused:
        demand_separate("ma", ["duty_officer", "commander", "audit_admin"])
    assert refused.value.code == "roles-exclusive"
    assert "审计管理员和指挥长" in refused.value.zh
    assert "audit administrator and commander" in refused.value.en
