"""Labels of the jump mode: digits, because they arrive while an input method is on; none begins with another."""

from __future__ import annotations

DIGITS = "1234567890"
MOST = 100


def labels(amount: int) -> list[str]:
    """Labels for so many targets, the short ones first; targets beyond a hundred get none."""
    amount = min(amount, MOST)
    leading = next(count for count in range(len(DIGITS) + 1) if len(DIGITS) - count + 10 * count >= amount)
    short = list(DIGITS[: len(DIGITS) - leading])
    long = [first + second for first in DIGITS[len(DIGITS) - leading :] for second in DIGITS]
    return [*short, *long][:amount]
