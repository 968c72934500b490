"""How long an account or an address waits after failed attempts. Pure: counts and instants in, an instant out.

Nobody is locked for good. An attempt made while waiting is refused unread and not counted, so that nobody can make
the wait grow by going on. The only officer on shift does not wait for failures on the account: anybody who knows the
name could bring those about.
"""

from __future__ import annotations

from dataclasses import dataclass

FREE_FAILURES = 5
FIRST_WAIT = 30
LONGEST_WAIT = 15 * 60
ONLY_ON_SHIFT_WAIT = 5
"""The longest wait of the only officer on shift, for failures from the same address."""
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


def wait_seconds(count: int) -> int:
    """The wait after this many failures in a row: none before the fifth, then doubling up to a quarter of an hour."""
    if count < FREE_FAILURES:
        return 0
    doublings = min(count - FREE_FAILURES, LONGEST_WAIT.bit_length())
    return min(FIRST_WAIT << doublings, LONGEST_WAIT)


def free_at(account: Failures, address: Failures, only_on_shift: bool, now: int) -> int:
    """From when an attempt is heard again; `now` or earlier if at once.

    A clock set back does not lengthen a wait: it counts from now at the latest.
    """
    waits = [(failures, wait_seconds(failures.at(now).count)) for failures in (account, address)]
    if only_on_shift:
        waits = [(address, min(waits[1][1], ONLY_ON_SHIFT_WAIT))]
    return max(min(failures.last_at, now) + seconds for failures, seconds in waits)
