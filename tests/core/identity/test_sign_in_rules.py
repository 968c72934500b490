"""Waits after failures, passwords and one-time codes, as rules."""

from __future__ import annotations

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from core.identity import lockout, passwords, totp
from core.identity.lockout import NONE, Failures, free_at, free_at_on_shift, wait_seconds
from data.errors import BadInput

INSTANTS = st.integers(0, 2_000_000_000)
FAILED = st.builds(Failures, st.integers(0, 10_000), INSTANTS)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@given(FAILED, FAILED, INSTANTS)
def test_nobody_waits_for_good(one: Failures, other: Failures, now: int) -> None:
    assert free_at(one, other, now) - now <= lockout.LONGEST_WAIT
    assert free_at_on_shift(one, other, now) - now <= lockout.LONGEST_WAIT_ON_SHIFT


def test_whoever_the_desk_depends_on_is_not_guessed_at_without_limit() -> None:
    """A day of guesses from one address, each as soon as it is heard; every fifth time somebody else signs in there."""
    address, pair, now, heard = NONE, NONE, 1_800_000_000, 0
    until, most = now + 24 * 3600, 24 * 3600 // lockout.LONGEST_WAIT_ON_SHIFT + 10
    while now < until and heard <= most:
        if free_at_on_shift(address, pair, now) > now:
            now += 1
            continue
        address, pair, heard = address.and_one(now), pair.and_one(now), heard + 1
        if heard % 5 == 0:
            address = NONE
    assert heard <= most


@given(st.integers(0, 10_000))
def test_waits_begin_at_the_fifth_failure_and_never_shrink(count: int) -> None:
    assert (wait_seconds(count) > 0) == (count >= 5)
    assert wait_seconds(count) <= wait_seconds(count + 1)


def test_a_wait_grows_with_each_failure_and_is_forgotten_after_a_day() -> None:
    failures = NONE
    for _ in range(6):
        failures = failures.and_one(1_000_000)
    assert free_at(failures, NONE, 1_000_000) == 1_000_060
    assert free_at(NONE, failures, 1_000_000) == 1_000_060
    assert failures.and_one(1_000_000 + lockout.FORGOTTEN_AFTER).count == 1


def test_a_password_is_kept_as_argon2id_and_only_itself_fits() -> None:
    stored = passwords.hashed("correct horse battery")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(stored, "correct horse battery")
    assert not passwords.fits(stored, "correct horse batterY")
    assert not passwords.fits("not a hash", "correct horse battery")
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))


def test_nobody_signs_in_without_a_stored_password() -> None:
    assert not passwords.fits(None, "nobody's password")
    assert not passwords.is_outdated(passwords.NOBODYS), "no officer's name costs the work of an officer's, and no more"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password-length"),
        ("x" * 257, "password-length"),
        ("abcdefg\x1bhij", "password-characters"),
        ("my-ZhangWei-2026", "password-name"),
        ("aaaaaaaaaaaa", "password-plain"),
        ("P@ssw0rd2026", "password-common"),
        ("woaini-1314520", "password-common"),
        ("1234567890", "password-common"),
        ("one I had before", "password-used"),
    ],
)
def test_a_weak_password_is_refused_and_not_repeated_in_the_text(password: str, code: str) -> None:
    earlier = [passwords.hashed("one I had before")]
    with pytest.raises(BadInput) as refused:
        passwords.check_new(password, 10, ("zhangwei", ""), earlier)
    assert refused.value.code == code
    assert password not in str(refused.value)


def test_a_code_is_good_once_and_only_about_now() -> None:
    now = 1_800_000_000
    code = pyotp.TOTP(SECRET).at(now)
    step = totp.step_of(SECRET, code, now, 0)
    assert step == now // 30
    assert totp.step_of(SECRET, code, now, step) is None
    assert totp.step_of(SECRET, code, now + 30, 0) == step
    assert totp.step_of(SECRET, code, now + 60, 0) is None
    assert totp.step_of(SECRET, "１２３４５６", now, 0) is None
    assert totp.pairing_uri(SECRET, "zhang", "centre").startswith("otpauth://totp/centre:zhang?secret=" + SECRET)
