"""Passwords: what is accepted as one, how it is kept, and how it is tried. Never logged, never in an error's text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from core.identity.common_passwords import is_common
from data.errors import BadInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
"""argon2id as OWASP's smallest advice: a shift that signs in together does not stop two cores."""
LONGEST = 256
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$02rlGCZBJWBrSK8cpNQQUA$9X+8BPjCSjx429Juao25KyH1Dt9Q80wpuXVA90z+RYw"
"""The hash of a password that nobody knows, with the parameters above: made anew, it would take the time of a second
password where the first name that is tried is no officer's."""


@cache
def _hasher() -> PasswordHasher:
    # Imported when a password is tried: reading a list must not pay for it.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def hashed(password: str) -> str:
    """What is stored of a password: argon2id with its salt and parameters."""
    return _hasher().hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one. Without a stored one the same work is done, and the answer is no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(stored or NOBODYS, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a stored password was hashed with other parameters than those of today."""
    return _hasher().check_needs_rehash(stored)


def check_new(password: str, shortest: int, names: Iterable[str], earlier: Iterable[str]) -> None:
    """Refuse a new password that is short or common, contains the officer's name or code, or was used before.

    Raises BadInput.
    """
    if not shortest <= len(password) <= LONGEST:
        raise BadInput(
            "password-length",
            f"密码须为 {shortest} 到 {LONGEST} 个字符。",
            f"A password takes {shortest} to {LONGEST} characters.",
        )
    if not password.isprintable():
        raise BadInput("password-characters", "密码含有控制字符。", "The password has control characters in it.")
    lowered = password.casefold()
    if any(name and name.casefold() in lowered for name in names):
        raise BadInput(
            "password-name", "密码不得包含姓名或编号。", "A password must not contain the officer's name or code."
        )
    if len(set(lowered)) < shortest // 2:
        raise BadInput("password-plain", "密码重复字符过多。", "The password has too few different characters.")
    if is_common(password):
        raise BadInput("password-common", "该密码太常见。", "This password is one of the commonest.")
    if any(fits(stored, password) for stored in earlier):
        raise BadInput("password-used", "该密码近期用过。", "This password was used lately.")
