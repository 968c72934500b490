"""Which part of a delay is the engine's."""

from __future__ import annotations

import pytest

from core.engine.lease import Taken
from core.engine.outages import Outages, Span, outage_before


@pytest.mark.parametrize(
    ("spans", "nominal", "now", "delay"),
    [
        ([], 100, 200, None),
        ([(50, 90)], 100, 200, None),  # over before the step
        ([(50, 100)], 100, 200, None),  # half-open: over when the step was due
        ([(50, 150)], 100, 200, (100, 150)),
        ([(120, 150)], 100, 200, (120, 150)),  # the engine was there, but had not come to it
        ([(50, 120), (130, 170)], 100, 200, (100, 170)),  # and it still waited between the two
        ([(50, 150)], 100, 100, None),  # set back into the outage: it delays nothing now
        ([(50, 250)], 100, 200, None),  # ends in the future: noted before the clock was set back
    ],
)
def test_delay(spans: list[Span], nominal: int, now: int, delay: Span | None) -> None:
    assert Outages(spans).delay(nominal, now) == delay


@pytest.mark.parametrize(
    ("taken", "oldest", "outage"),
    [
        (Taken(None, None), None, None),  # nothing was ever missed
        (Taken(None, None), 400, (400, 1000)),  # the first engine ever
        (Taken(None, None), 1200, None),
        (Taken(900, None), None, (900, 1000)),
        (Taken(997, None), None, None),
        (Taken(2000, None), None, None),  # the wall clock was set back
        (Taken(2000, 30.9), None, (970, 1000)),  # but whoever watched knows better
        (Taken(100, 2.0), None, None),
    ],
)
def test_outage_before(taken: Taken, oldest: int | None, outage: Span | None) -> None:
    assert outage_before(taken, 1000, 3.0, oldest) == outage
