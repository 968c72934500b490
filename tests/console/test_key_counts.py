"""The ten chief flows take no more keys than their budgets, and the page that says so is current."""

from __future__ import annotations

import pytest

from tests.console.key_counts import FLOWS, PAGE, measure, page


@pytest.mark.slow
async def test_the_chief_flows_keep_to_their_budgets() -> None:
    counts = await measure()
    assert {flow.en: len(counts[flow.en].keys) for flow in FLOWS if len(counts[flow.en].keys) > flow.most} == {}
    assert page(counts) == PAGE.read_text(encoding="utf-8"), "run: python -m tests.console.key_counts"
