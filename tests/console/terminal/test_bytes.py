"""Budgets of bytes to the terminal. They are deterministic: whoever exceeds one has made the screen dearer.

The table is measured by `tests/console/byte_table.py`, 256 colours; figures of the remote line hold the requests for
the cursor's position. Over SSH about 40 bytes come to each packet.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.console.byte_table import LINES, SIZES, WHAT, measure

BUDGETS: dict[str, tuple[int, int, int]] = {
    "first": (4_700, 9_700, 16_000),
    "idle": (80, 100, 110),
    "busy": (150, 260, 350),
    "far": (15, 20, 25),
    "cursor": (650, 650, 750),
    "scroll": (650, 700, 750),
    "page": (2_300, 4_900, 8_200),
    "typed": (70, 70, 70),
    "drawer": (1_100, 1_500, 1_800),
    "close": (1_400, 2_000, 2_400),
    "screen": (3_100, 5_000, 8_500),
    "back": (3_100, 5_900, 9_500),
}
"""Bytes at 80x24, 120x36 and 160x50, the same for both lines. `idle`, `busy` and `far` are per second.

Goals of the remote line at 80x24: 150 per second idle, 110 per typed character, the overhead of SSH included.
"""


def measured(size: tuple[int, int], line: str) -> dict[str, float]:
    """One column of the table."""
    return asyncio.run(measure(size, LINES[line]))


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]], ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_costs_more_than_its_budget(size: tuple[int, int], line: str) -> None:
    """In a process of its own: styles remember the colours in which they were first drawn, and here those are few."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(measured, size, line).result()
    place = SIZES.index(size)
    over = {
        WHAT[name]: (amount, BUDGETS[name][place]) for name, amount in found.items() if amount > BUDGETS[name][place]
    }
    assert not over, f"(sent, budget) at {size}, {line}: {over}"
    assert set(found) == set(BUDGETS)
    assert all(amount > 0 for amount in found.values())
