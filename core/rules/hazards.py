"""The hazard register by rule: what is one file, when the next look is due, what may follow on what."""

from __future__ import annotations

import hashlib
import unicodedata

from core.rules.why import Why
from data.terms import CheckResult, HazardState, HazardStep

DAY = 86_400
TOLD_AGAIN = DAY
"""Seconds after which the engine tells again of a look that nobody has taken."""
MOST_DAYS = 366

FOLLOWS: dict[HazardStep, frozenset[HazardState]] = {
    HazardStep.CHECKED: frozenset({HazardState.OPEN, HazardState.REMEDIED}),
    HazardStep.CHANGED: frozenset({HazardState.OPEN, HazardState.REMEDIED}),
    HazardStep.REMEDIED: frozenset({HazardState.OPEN}),
    HazardStep.CLOSED: frozenset({HazardState.OPEN, HazardState.REMEDIED}),
    HazardStep.REOPENED: frozenset({HazardState.REMEDIED, HazardState.CLOSED}),
}
"""In which state of its file a step is possible."""

AFTER: dict[HazardStep, HazardState] = {
    HazardStep.REMEDIED: HazardState.REMEDIED,
    HazardStep.CLOSED: HazardState.CLOSED,
    HazardStep.REOPENED: HazardState.OPEN,
}
"""The state that a step leads to; the others change none."""


def mark_of(place: str, household: str, matter: str, what: str) -> str:
    """The fingerprint of a file: one household or place has one file for each matter, however it is written.

    Where no matter is known, what was found stands for it.
    """
    parts = (_plain(place), _plain(household), _plain(matter or what))
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def next_check(at: int, every_days: int) -> int | None:
    """When it is to be looked at again, counted from `at` (epoch seconds); None for never."""
    return at + every_days * DAY if every_days else None


def refusal_of_step(step: HazardStep, state: HazardState, number: int) -> Why | None:
    """Why a step is not possible in the state that a file has."""
    if state in FOLLOWS[step]:
        return None
    return Why(
        "hazard-state",
        f"第 {number} 号隐患“{state.zh}”，不能{step.zh}",
        f"hazard {number} is {state.en}: it cannot be {step.en} now",
    )


def state_after_check(state: HazardState, result: CheckResult) -> HazardState:
    """A look that finds it gone puts the file to "remedied"; one that finds it there again opens it."""
    if result == CheckResult.GONE:
        return HazardState.REMEDIED
    return HazardState.OPEN if result == CheckResult.WORSE else state
