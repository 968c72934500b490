"""Words of after-action reviews (复盘)."""

from __future__ import annotations

from data.terms import Term


class ReviewState(Term):
    """How far a review is."""

    OPENED = "opened", "已开启", "opened"
    HELD = "held", "已召开", "held"
    CONCLUDED = "concluded", "已结束", "concluded"
