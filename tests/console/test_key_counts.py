"""The chief flows take no more keys than their budgets, and the page that says so is current."""

from __future__ import annotations

import pytest

from tests.console.key_counts import FLOWS, PAGE, measure, page


@pytest.mark.slow
async def test_the_chief_flows_keep_to_their_budgets() -> None:
    counts = await measure()
    assert {flow.en: len(counts[flow.en].keys) for flow in FLOWS if len(counts[flow.en].keys) > flow.most} == {}
    letters = {flow.en: key for flow in FLOWS for key in counts[flow.en].keys if len(key) == 1 and key.isalpha()}
    assert letters == {}, "no letter comes while an input method is on"
    assert page(counts) == PAGE.read_text(encoding="utf-8"), "run: python -m tests.console.key_counts"
