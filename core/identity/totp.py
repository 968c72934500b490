"""One-time codes (RFC 6238): the secret, the address that pairs a phone, and which code is good now."""

from __future__ import annotations

import hmac

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
"""How many steps a phone's clock may be off, either way."""


def new_secret() -> str:
    """A new secret, base32."""
    import pyotp

    return pyotp.random_base32()


def pairing_uri(secret: str, officer: str, centre: str) -> str:
    """The otpauth address that a phone takes in."""
    import pyotp

    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(name=officer, issuer_name=centre)


def step_of(secret: str, code: str, now: int, last_step: int) -> int | None:
    """The step whose code this is, to be kept as the new `last_step`; None if it is none of now.

    A step at or before `last_step` is spent: a code read over a shoulder is good for nothing.
    """
    import pyotp

    if not (len(code) == DIGITS and code.isascii() and code.isdecimal()):
        return None
    codes, here = pyotp.HOTP(secret, digits=DIGITS), now // STEP_SECONDS
    for step in range(max(here - DRIFT_STEPS, last_step + 1, 0), here + DRIFT_STEPS + 1):
        if hmac.compare_digest(codes.at(step), code):
            return step
    return None
