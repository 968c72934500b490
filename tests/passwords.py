"""Passwords of test officers, accepted and hashed as an account takes them."""

from __future__ import annotations

from core.desk.desk import Desk
from core.identity.accounts import NewPassword, new_password


def fresh(desk: Desk, officer: str, password: str, own: bool = False) -> NewPassword:
    """A password for an officer's account; `own` for one that the officer chooses."""
    return new_password(desk.store, desk.centre_id, officer, password, desk.now(), own)
