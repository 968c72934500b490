"""After-action review (复盘): which tickets owe one, and what may be done in which state.

A ticket is major when it has a grade of emergency, presses as an emergency, or is supervised by a leader
(`data.tables.ticket.MAJOR`); any other is reviewed when somebody asks for it. The state of the newest review is
repeated in the ticket's loose facts.
"""

from __future__ import annotations

from core.rules.case import Case
from core.rules.why import Why
from data.review_terms import ReviewState

STATE = "review"
"""The loose fact that holds the state of the newest review; absent where there was none."""

NEEDS_REVIEW = frozenset({"review_hold", "review_lesson", "review_follow_up", "review_conclude"})
"""What needs a review that lasts."""


def state_of(case: Case) -> ReviewState | None:
    """The state of the newest review; None where there was none."""
    state = case.ticket.facts.get(STATE)
    return None if state is None else ReviewState(state)


def refusal_of_review(verb: str, case: Case) -> Why | None:
    """What the state of the review forbids. A lesson is corrected even when the review is over."""
    state, code = state_of(case), case.ticket.code
    lasts = state in (ReviewState.OPENED, ReviewState.HELD)
    if verb == "review_open" and lasts:
        return Why("review-lasts", f"{code} 正在复盘", f"{code} is under review already")
    if verb not in NEEDS_REVIEW:
        return None
    if state is None:
        return Why("no-review", f"{code} 还没有开启复盘", f"no review of {code} has been opened")
    if not lasts and verb != "review_lesson":
        return Why("review-over", f"{code} 的复盘已结束，可再次开启", f"the review of {code} is over: open another one")
    if verb == "review_hold" and state == ReviewState.HELD:
        return Why("review-held", f"{code} 的复盘会已召开", f"the review of {code} has been held")
    if verb == "review_conclude" and state == ReviewState.OPENED:
        return Why("review-not-held", f"{code} 的复盘会还未召开", f"the review of {code} has not been held yet")
    return None
