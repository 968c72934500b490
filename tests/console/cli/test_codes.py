"""Tickets named by the ending of their code."""

from __future__ import annotations

import pytest

from core.desk.orders import Report
from tests.console.cli.conftest import Run, Street


@pytest.fixture
def two_days(street: Street) -> Street:
    """The next day begins again with 0001 and goes on to 0005."""
    zhang = street.desk.actor("zhang")
    street.clock.advance(days=1)
    for number in range(1, 6):
        title = "联系人王小明 电话13812345678" if number == 4 else "树枝断落"
        street.desk.do(Report(title=title, community="C01", confidential=number == 3), zhang)
        street.clock.advance(minutes=1)
    return street


@pytest.mark.parametrize("ending", ["0005", "1121-0005", "21-0005", "20261121-0005"])
def test_an_ending_that_one_code_has(run: Run, two_days: Street, ending: str) -> None:
    assert run("ticket", "show", ending, "--json").json["code"] == "20261121-0005"
    assert run("ticket", "log", ending, "--json").json[0]["verb"] == "report"
    assert run("ticket", "explain", ending, "--json").json["code"] == "20261121-0005"
    done = run("ticket", "accept", ending, "20261121-0005", "--json")
    assert [row["ticket"] for row in done.json] == ["20261121-0005"]
    assert done.json[0]["stage"] == "accepted"


@pytest.mark.parametrize(
    "arguments",
    [("show", "0004"), ("log", "0004"), ("explain", "0004"), ("accept", "0004"), ("accept", "0005", "0004")],
)
def test_an_ending_that_several_have(run: Run, two_days: Street, arguments: tuple[str, ...]) -> None:
    before = two_days.digest()
    ended = run("ticket", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "[ticket-ambiguous]" in ended.err
    assert "20261120-0004" in ended.err
    assert "20261121-0004" in ended.err
    assert "13812345678" not in ended.err
    assert "王小明" not in ended.err
    assert two_days.digest() == before


def test_a_confidential_title_is_not_told(run: Run, two_days: Street) -> None:
    ended = run("ticket", "show", "0003")
    assert "道路坑洼" in ended.err
    assert "树枝断落" not in ended.err


@pytest.mark.parametrize("given", ["9999", "04", "%0004", "____-0005", "0005 ", "1120", "20261120"])
def test_what_is_no_ending(run: Run, two_days: Street, given: str) -> None:
    ended = run("ticket", "show", given)
    assert (ended.code, "[ticket-unknown]" in ended.err) == (3, True)


def test_a_key_belongs_to_the_whole_code(run: Run, two_days: Street) -> None:
    first = run("ticket", "accept", "0005", "--key", "k", "--json").json
    again = run("ticket", "accept", "20261121-0005", "--key", "k", "--json").json
    assert [first[0]["replayed"], again[0]["replayed"]] == [False, True]
