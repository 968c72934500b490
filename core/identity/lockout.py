"""How long an account or an address waits after failed attempts. Pure: counts and instants in, an instant out.

Nobody is locked for good. An attempt made while waiting is refused unread and not counted, so that nobody can make
the wait grow by going on. Whoever the duty desk depends on does not wait for failures on the account, since anybody who
knows the name could bring those about, but shortly for those from the same address: each guess costs half a minute
in the end, and a sign-in of somebody else from there does not make it cheaper.
"""

from __future__ import annotations

from dataclasses import dataclass

FREE_FAILURES = 5
FIRST_WAIT = 30
LONGEST_WAIT = 15 * 60
FIRST_WAIT_ON_SHIFT = 5
LONGEST_WAIT_ON_SHIFT = 30
"""Whoever the duty desk depends on waits no longer, and for failures from the same address alone."""
FORGOTTEN_AFTER = 24 * 3600


@dataclass(frozen=True)
class Failures:
    """Failed attempts in a row on one account, or from one address."""

    count: int = 0
    last_at: int = 0

    def at(self, now: int) -> Failures:
        """What still counts: a day without a failure is a new start."""
        return NONE if now - self.last_at >= FORGOTTEN_AFTER else self

    def and_one(self, now: int) -> Failures:
        """With one more failure, now."""
        return Failures(self.at(now).count + 1, now)


NONE = Failures()


def wait_seconds(count: int, first: int = FIRST_WAIT, longest: int = LONGEST_WAIT) -> int:
    """The wait after this many failures in a row: none before the fifth, then doubling up to the longest."""
    if count < FREE_FAILURES:
        return 0
    doublings = min(count - FREE_FAILURES, longest.bit_length())
    return min(first << doublings, longest)


def free_at(account: Failures, address: Failures, now: int) -> int:
    """From when an attempt is heard again; `now` or earlier if at once.

    A clock set back does not lengthen a wait: it counts from now at the latest.
    """
    return max(min(one.last_at, now) + wait_seconds(one.at(now).count) for one in (account, address))


def free_at_on_shift(address: Failures, pair: Failures, now: int) -> int:
    """The same for an officer the duty desk depends on; `pair` are failures on the account from this address."""
    bounds = FIRST_WAIT_ON_SHIFT, LONGEST_WAIT_ON_SHIFT
    return max(min(one.last_at, now) + wait_seconds(one.at(now).count, *bounds) for one in (address, pair))
