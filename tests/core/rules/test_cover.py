"""When B takes over from A, and when it goes back."""

import pytest

from core.rules.cover import Cover, Pair, goes_back, takeover
from core.rules.oncall import Officer

A, B = Officer(1, "a"), Officer(2, "b")
A_OFF, B_OFF = Officer(1, "a", False, "off_duty"), Officer(2, "b", False, "培训")
A_AWAY = Officer(1, "a", False, "培训")


@pytest.mark.parametrize(
    ("a", "b", "holder", "silent", "why"),
    [
        (A, B, None, 0, None),
        (A, B, None, 10, "silent"),
        (A, B, 1, 10, None),
        (A_AWAY, B, None, 0, "leave"),
        (A_AWAY, B, 1, 10, "leave"),
        (A_OFF, B, 1, 0, "off_duty"),
        (A_OFF, B, 3, 0, None),
        (A_OFF, B_OFF, None, 10, None),
        (A, B_OFF, None, 10, None),
    ],
)
def test_takeover(a: Officer, b: Officer, holder: int | None, silent: int, why: str | None) -> None:
    found = takeover(Pair(3, a, b), holder, silent, 100)
    assert (found.why if found else None) == why


@pytest.mark.parametrize(
    ("why", "a", "b", "by_itself", "back"),
    [
        ("leave", A, B, False, False),
        ("leave", A, B, True, True),
        ("silent", A, B, True, False),
        ("silent", A, B_OFF, False, True),
        ("leave", A_AWAY, B_OFF, True, False),
    ],
)
def test_going_back(why: str, a: Officer, b: Officer, by_itself: bool, back: bool) -> None:
    assert goes_back(Cover(3, 1, 2, why, 100), Pair(3, a, b), by_itself) is back
