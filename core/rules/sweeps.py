"""A sweep: a ticket on which many units look for the like of what happened once (举一反三).

It is an ordinary ticket with many assisting hands. What makes it a sweep is kept in its loose facts, under `sweep`:
{"of": id of the ticket it learnt from, "limit": the time each has, "matter": what is looked for}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.terms import ClockKind

SWEEP = "sweep"
OWN_LIMIT = (ClockKind.FINAL, ClockKind.HANDLE, ClockKind.PART)
"""Clocks that have the sweep's limit, for the lead as for each hand."""
NO_LIMIT = (ClockKind.ARRIVE, ClockKind.MAKE_SAFE)
"""Clocks of an incident on site: to look for others like it is none."""


def is_sweep(facts: Mapping[str, Any]) -> bool:
    """Whether a ticket with these loose facts is a sweep."""
    return SWEEP in facts


def sweep_limit(facts: Mapping[str, Any], kind: ClockKind) -> str | None:
    """The limit that a sweep gives a kind of clock, "" for none; None where it says nothing."""
    if SWEEP not in facts:
        return None
    if kind in NO_LIMIT:
        return ""
    return str(facts[SWEEP]["limit"]) if kind in OWN_LIMIT else None
