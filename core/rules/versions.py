"""Calendars and policies from their stored form, worked out once per process.

Known by what they say, not by where they were stored: two stores open in one process cannot mix theirs up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from core.rules.policy import Policy
from core.rules.worktime import WorkCalendar


def read_calendar(body: Mapping[str, Any], version: int) -> WorkCalendar:
    """The calendar of a stored version. Raises BadInput for a body that is none."""
    return _calendar(_canonical(body), str(version))


def read_policy(body: Mapping[str, Any], version: int) -> Policy:
    """The policy of a stored version. Raises BadInput for a body that is none."""
    return _policy(_canonical(body), str(version))


def _canonical(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=32)
def _calendar(body: str, version: str) -> WorkCalendar:
    return replace(WorkCalendar.from_dict(json.loads(body)), version=version)


@lru_cache(maxsize=32)
def _policy(body: str, version: str) -> Policy:
    return Policy.from_dict(json.loads(body), version)
