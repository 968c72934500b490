"""The policy as a value, and the silent minutes as ladder data."""

from __future__ import annotations

import copy
import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest

from core.rules.budgets import Budget
from core.rules.clocks import spent, start
from core.rules.ladder import schedule
from core.rules.policy import SILENT, Policy
from core.rules.versions import read_calendar, read_policy
from data.errors import BadInput
from data.terms import ClockKind, Urgency
from tests.street import CATALOGUE

BODY: dict[str, Any] = tomllib.loads((CATALOGUE / "policy.toml").read_text("utf-8"))
HOURS: dict[str, Any] = tomllib.loads((CATALOGUE / "calendar.toml").read_text("utf-8"))["calendar"][0]["hours"]


def changed(path: str, value: object) -> dict[str, Any]:
    body = copy.deepcopy(BODY)
    place = body
    *way, last = path.split(".")
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return body


def test_the_policy_that_comes_with_the_product_is_whole() -> None:
    policy = Policy.from_dict(BODY, "7")
    for urgency in Urgency:
        for kind in (ClockKind.ACCEPT, ClockKind.ASSESS, ClockKind.ACKNOWLEDGE, ClockKind.FINAL, ClockKind.CHECK):
            assert Budget.parse(policy.limit(kind, urgency)).amount > 0
        assert policy.ladder(policy.ladder_code(urgency)) is not None
        assert policy.limit(ClockKind.ACCEPT, urgency) == "5 minute"
    assert (policy.bounce_limit, policy.version) == (3, "7")
    assert policy.ladder_code(Urgency.NORMAL, "life") == "life"
    assert policy.ladder_code(Urgency.NORMAL, "no such") == "normal"
    assert policy.ladder("") is None


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("urgency.normal.final", None, "policy-limit"),
        ("urgency.normal.final", 5, "policy-limit"),
        ("urgency.normal.final", "bald", "budget.text"),
        ("urgency.normal.ladder", "nosuch", "policy-ladder"),
        ("clock.accept.ladder", "nosuch", "policy-ladder"),
        ("urgency.normal.pre_warning", 0, "policy-share"),
        ("urgency.normal.pre_warning", 1.5, "policy-share"),
        ("urgency.normal.pre_warning", True, "policy-share"),
        ("urgency.normal.silent_minutes", -1, "policy-silent"),
        ("urgency.normal.silent_minutes", "x", "policy-silent"),
        ("urgency.normal.silent_minutes", True, "policy-silent"),
        ("bounce_limit", 0, "policy-bounce"),
        ("bounce_limit", "3", "policy-bounce"),
    ],
)
def test_what_is_wrong_is_named(path: str, value: object, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        Policy.from_dict(changed(path, value))
    assert refused.value.code == code


@pytest.mark.parametrize("urgency", list(Urgency))
def test_silent_minutes_are_counted_to_the_second(urgency: Urgency) -> None:
    """In the clock's own unit: an hour's silence on working time is an hour of working time."""
    policy, calendar = Policy.from_dict(BODY), read_calendar(HOURS, 1)
    limit = Budget.parse(policy.limit(ClockKind.ACKNOWLEDGE, urgency))
    silent = BODY["urgency"][urgency.value]["silent_minutes"] * 60
    share, code = policy.warning(ClockKind.ACKNOWLEDGE, urgency, policy.ladder_code(urgency), limit.seconds(calendar))
    assert code == urgency.value + SILENT
    facts = start(ClockKind.ACKNOWLEDGE, limit, datetime(2026, 11, 20, 1, 0, tzinfo=UTC), calendar, warn_share=share)
    assert facts.warn_at is not None
    assert spent(facts.started_at, facts.warn_at, limit.unit, calendar) == silent


@pytest.mark.parametrize("minutes", [1, 7, 10, 13, 14, 59])
def test_every_whole_minute_comes_out_of_the_share_again(minutes: int) -> None:
    policy = Policy.from_dict(changed("urgency.urgent.silent_minutes", minutes))
    for seconds in (900, 3600, 28_800, 40 * 3600 + 1):
        share, _ = policy.warning(ClockKind.ACKNOWLEDGE, Urgency.URGENT, "urgent", seconds)
        facts = start(
            ClockKind.ACKNOWLEDGE,
            Budget.parse(f"{seconds} second"),
            datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
            read_calendar(HOURS, 1),
            warn_share=share,
        )
        if minutes * 60 < seconds:
            assert facts.warn_at is not None
            assert int((facts.warn_at - facts.started_at).total_seconds()) == minutes * 60


def test_the_silent_ladder_is_the_ordinary_one_with_the_b_post_at_its_warning() -> None:
    policy = Policy.from_dict(BODY)
    plain, silent = policy.ladder("urgent"), policy.ladder("urgent" + SILENT)
    assert plain is not None
    assert silent is not None
    assert (silent.steps[0].key, silent.steps[0].targets) == ("silent", ("holder", "post_b"))
    assert silent.steps[1:] == tuple(step for step in plain.steps if step.key != "warn")
    now = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert [firing.name for firing in schedule(silent, now, None, now)] == [("silent", 0)]


@pytest.mark.parametrize(
    ("kind", "ladder", "seconds", "wanted"),
    [
        (ClockKind.FINAL, "urgent", 900, (0.6, "urgent")),
        (ClockKind.ACKNOWLEDGE, "", 900, (None, "")),
        (ClockKind.ACKNOWLEDGE, "urgent", 600, (0.6, "urgent")),
        (ClockKind.ACKNOWLEDGE, "urgent", 300, (0.6, "urgent")),
    ],
)
def test_other_clocks_and_short_ones_warn_as_ever(
    kind: ClockKind, ladder: str, seconds: int, wanted: tuple[float | None, str]
) -> None:
    assert Policy.from_dict(BODY).warning(kind, Urgency.URGENT, ladder, seconds) == wanted


def test_without_silent_minutes_nothing_is_different() -> None:
    policy = Policy.from_dict(changed("urgency.urgent.silent_minutes", None))
    assert policy.warning(ClockKind.ACKNOWLEDGE, Urgency.URGENT, "urgent", 900) == (0.6, "urgent")


def test_versions_are_worked_out_once_and_known_by_what_they_say() -> None:
    assert read_policy(BODY, 1) is read_policy(copy.deepcopy(BODY), 1)
    assert read_policy(BODY, 2) is not read_policy(BODY, 1)
    assert read_policy(changed("bounce_limit", 5), 1).bounce_limit == 5
    assert read_calendar(HOURS, 1) is read_calendar(dict(HOURS), 1)
    assert read_calendar({**HOURS, "holidays": ["2026-11-23"]}, 1) != read_calendar(HOURS, 1)
    assert read_calendar(HOURS, 3).version == "3"
