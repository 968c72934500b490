"""AS-12: communities are redrawn, and every ticket keeps the unit that it had."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert

from core.organisation.change import ChangeReport, Part, Redrawing
from core.organisation.stored import stored_organisation
from data.errors import BadInput, Conflict, NotFound
from data.tables import Ticket, table
from tests.core.organisation.conftest import COMMANDER, NOW, Street

AT = int(NOW.timestamp())
DAY = 86_400
MONDAY = AT + 3 * DAY


def redraw(street: Street, verb: str, *arguments: Any, at: int = MONDAY, now: int = MONDAY) -> ChangeReport:
    with street.store.write() as connection:
        drawing = Redrawing(connection, street.centre.centre_id, at, now, COMMANDER, "区划调整")
        report = getattr(drawing, verb)(*arguments)
        assert isinstance(report, ChangeReport)
        return report


def unit(street: Street, code: str) -> dict[str, Any]:
    names = ("id", "name", "parent_id", "households", "people", "closed_at", "opened_at")
    rows = street.rows(f"SELECT {', '.join(names)} FROM unit WHERE centre_id = :centre AND code = :code", code=code)
    return dict(zip(names, rows[-1], strict=True))


def below(street: Street, code: str) -> set[str]:
    sql = (
        "SELECT c.code FROM unit c JOIN unit p ON p.centre_id = c.centre_id AND p.id = c.parent_id"
        " WHERE c.centre_id = :centre AND p.code = :code AND c.closed_at IS NULL AND p.closed_at IS NULL"
    )
    return {str(row[0]) for row in street.rows(sql, code=code)}


def succession(street: Street) -> list[tuple[Any, ...]]:
    return street.rows(
        "SELECT f.code, t.code, s.kind, s.main, s.at FROM unit_succession s"
        " JOIN unit f ON f.centre_id = s.centre_id AND f.id = s.from_unit_id"
        " JOIN unit t ON t.centre_id = s.centre_id AND t.id = s.to_unit_id"
        " WHERE s.centre_id = :centre ORDER BY f.code, t.code"
    )


def assert_spans_are_gapless(street: Street) -> None:
    """Each unit's spans follow each other from its opening to its closing, and the last says what the unit is now."""
    spans: dict[Any, list[tuple[Any, ...]]] = {}
    for row in street.rows(
        "SELECT unit_id, from_at, to_at, name, parent_id FROM unit_span"
        " WHERE centre_id = :centre ORDER BY unit_id, from_at"
    ):
        spans.setdefault(row[0], []).append(row[1:])
    units = street.rows("SELECT id, opened_at, closed_at, name, parent_id FROM unit WHERE centre_id = :centre")
    assert set(spans) == {row[0] for row in units}
    for unit_id, opened, closed, name, parent in units:
        own = spans[unit_id]
        assert own[0][0] == opened
        assert own[-1][1] == closed
        assert own[-1][2] == name
        assert closed is not None or own[-1][3] == parent
        assert all(before[1] == after[0] for before, after in pairwise(own))


def put_ticket(street: Street, number: int, community: str, grid: str | None = None) -> None:
    row = Ticket(
        centre_id=street.centre.centre_id,
        id=number,
        code=f"T{number}",
        title="井盖破损",
        community_id=unit(street, community)["id"],
        grid_id=unit(street, grid)["id"] if grid else None,
        holder_unit_id=unit(street, community)["id"],
        reported_at=AT,
    )
    with street.store.write() as connection:
        connection.execute(insert(table(Ticket)), [row.model_dump()])


def test_two_communities_become_a_new_one_and_tickets_keep_theirs(street: Street) -> None:
    put_ticket(street, 1, "SQ07", "SQ07-G01")
    old, other = unit(street, "SQ07"), unit(street, "SQ02")
    grids = below(street, "SQ07") | below(street, "SQ02")
    report = redraw(street, "merge", ["SQ07", "SQ02"], "SQ11", "晨松社区")
    assert (report.closed, report.opened, report.open_tickets) == (["SQ07", "SQ02"], ["SQ11"], 1)
    new = unit(street, "SQ11")
    assert (new["name"], new["opened_at"], new["parent_id"]) == ("晨松社区", MONDAY, old["parent_id"])
    assert new["people"] == old["people"] + other["people"]
    assert below(street, "SQ11") == grids
    assert unit(street, "SQ07")["closed_at"] == MONDAY
    assert succession(street) == [("SQ02", "SQ11", "merge", 1, MONDAY), ("SQ07", "SQ11", "merge", 1, MONDAY)]
    # The ticket still says what it said on the day.
    kept = street.rows(
        "SELECT u.code, u.name FROM ticket t JOIN unit u ON u.centre_id = t.centre_id AND u.id = t.community_id"
        " WHERE t.centre_id = :centre"
    )
    assert kept == [("SQ07", "晨光社区")]
    secretaries = "SELECT count(*) FROM appointment WHERE centre_id = :centre AND unit_id = :unit AND to_at IS NULL"
    assert street.one(secretaries, unit=new["id"]) == 4
    assert street.one(secretaries, unit=old["id"]) == 0
    assert_spans_are_gapless(street)


def test_a_community_goes_into_its_neighbour(street: Street) -> None:
    people = unit(street, "SQ07")["people"] + unit(street, "SQ02")["people"]
    report = redraw(street, "merge", ["SQ07"], "SQ02")
    assert (report.closed, report.opened) == (["SQ07"], [])
    assert unit(street, "SQ02")["people"] == people
    assert unit(street, "SQ02")["closed_at"] is None
    assert_spans_are_gapless(street)


def test_a_community_that_is_too_large_is_split(street: Street) -> None:
    grids = sorted(below(street, "SQ03"))
    mine, other = tuple(grids[:10]), tuple(grids[10:])
    report = redraw(street, "split", "SQ03", [Part("SQ03", "金桥社区", mine), Part("SQ12", "金桥南社区", other)])
    assert (report.closed, report.opened) == ([], ["SQ12"])
    assert below(street, "SQ03") == set(mine)
    assert below(street, "SQ12") == set(other)
    assert unit(street, "SQ03")["people"] < 20_000
    assert {(row[0], row[1], bool(row[3])) for row in succession(street)} == {
        ("SQ03", "SQ03", True),
        ("SQ03", "SQ12", False),
    }
    assert_spans_are_gapless(street)


def test_a_community_is_split_into_two_new_ones(street: Street) -> None:
    grids = sorted(below(street, "SQ07"))
    parts = [Part("A", "晨东社区", tuple(grids[:2])), Part("B", "晨西社区", tuple(grids[2:]), main=True)]
    report = redraw(street, "split", "SQ07", parts)
    assert (report.closed, report.opened) == (["SQ07"], ["A", "B"])
    assert [row[1] for row in succession(street) if row[3]] == ["B"]
    assert_spans_are_gapless(street)


def test_a_new_name_is_found_by_the_old_one(street: Street) -> None:
    redraw(street, "rename", "SQ01", "望江门社区")
    assert unit(street, "SQ01")["name"] == "望江门社区"
    with street.store.reader() as reader:
        units = stored_organisation(reader.rows, street.centre.centre_id, MONDAY).units
    assert [unit.aliases for unit in units if unit.code == "SQ01"] == [("望江社区",)]
    redraw(street, "rename", "SQ01", "望江社区", at=MONDAY + DAY, now=MONDAY + DAY)
    assert_spans_are_gapless(street)
    with pytest.raises(BadInput):
        redraw(street, "rename", "SQ01", "望江社区", at=MONDAY + 2 * DAY, now=MONDAY + 2 * DAY)


def test_a_grid_moves_to_the_community_next_door(street: Street) -> None:
    grid = unit(street, "SQ01-G13")
    from_people, to_people = unit(street, "SQ01")["people"], unit(street, "SQ02")["people"]
    redraw(street, "move", "SQ01-G13", "SQ02")
    assert "SQ01-G13" in below(street, "SQ02")
    assert unit(street, "SQ01")["people"] == from_people - grid["people"]
    assert unit(street, "SQ02")["people"] == to_people + grid["people"]
    # Twice at one instant is one span.
    redraw(street, "move", "SQ01-G13", "SQ03")
    assert_spans_are_gapless(street)


def test_both_divisions_can_be_read(street: Street) -> None:
    """Where a grid belonged on a day, before and after."""
    redraw(street, "move", "SQ01-G13", "SQ02")
    sql = (
        "SELECT p.code FROM unit_span s JOIN unit u ON u.centre_id = s.centre_id AND u.id = s.unit_id"
        " JOIN unit p ON p.centre_id = s.centre_id AND p.id = s.parent_id"
        " WHERE s.centre_id = :centre AND u.code = 'SQ01-G13'"
        " AND s.from_at <= :day AND (s.to_at IS NULL OR s.to_at > :day)"
    )
    assert [street.one(sql, day=day) for day in (AT, MONDAY - 1, MONDAY)] == ["SQ01", "SQ01", "SQ02"]


WRONG: list[tuple[str, tuple[Any, ...], type[Exception]]] = [
    ("merge", (["SQ07"], "SQ77", "x"), BadInput),
    ("merge", (["SQ07", "SQ08"], "SQ77", ""), BadInput),
    ("merge", (["SQ07", "SQ08-G01"], "SQ77", "x"), BadInput),
    ("merge", (["LZDD", "ZHXT"], "SQ77", "x"), BadInput),
    ("merge", (["SQ07", "nowhere"], "SQ77", "x"), NotFound),
    ("merge", (["SQ07"], "SQ08", "another name"), BadInput),
    ("merge", ([], "SQ08"), BadInput),
    ("split", ("SQ07", [Part("A", "a", ())]), BadInput),
    ("split", ("SQ07", [Part("A", "a", ()), Part("B", "b", ())]), BadInput),
    ("split", ("SQ07", [Part("A", "a", ("SQ01-G01",)), Part("B", "b", ())]), BadInput),
    ("rename", ("SQ07", "  "), BadInput),
    ("rename", ("SQ07", "红\x1b[31m"), BadInput),
    ("rename", ("nowhere", "x"), NotFound),
    ("move", ("SQ07", "LZDD"), BadInput),
    ("move", ("SQ01-G01", "SQ01"), BadInput),
    ("move", ("LZDD", "party"), BadInput),
]


def test_what_cannot_be_is_refused_and_changes_nothing(street: Street) -> None:
    def everything() -> list[object]:
        tables = ("unit", "unit_span", "unit_succession", "appointment", "organisation_event", "centre_seq")
        return [street.rows(f"SELECT * FROM {name} WHERE centre_id = :centre ORDER BY 2") for name in tables]

    before = everything()
    for verb, arguments, error in WRONG:
        with pytest.raises(error):
            redraw(street, verb, *arguments)
        assert everything() == before, (verb, arguments)


def test_a_code_in_use_and_dates_that_cannot_be(street: Street) -> None:
    grids = tuple(sorted(below(street, "SQ07")))
    with pytest.raises(Conflict):
        redraw(street, "split", "SQ07", [Part("SQ01", "x", grids), Part("B", "y", ())])
    with pytest.raises(BadInput) as caught:
        redraw(street, "rename", "SQ07", "x", at=MONDAY + 1, now=MONDAY)
    assert caught.value.code == "date-future"
    redraw(street, "rename", "SQ07", "晨曦社区")
    with pytest.raises(BadInput) as caught:
        redraw(street, "rename", "SQ07", "y", at=MONDAY - DAY)
    assert caught.value.code == "span-order"


def test_a_change_is_noted_with_its_reason(street: Street) -> None:
    redraw(street, "merge", ["SQ07"], "SQ02")
    rows = street.rows("SELECT kind, actor, body FROM organisation_event WHERE centre_id = :centre AND kind = 'merge'")
    assert [(row[0], row[1]) for row in rows] == [("merge", "admin")]
    assert "SQ07" in str(rows[0][2])
