"""The organisation in a real store: a new centre, the same file twice, edits, and what comes back out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.catalogue.stored import rows_of
from core.desk.people import people_at
from core.organisation.files import read_organisation, write_organisation
from core.organisation.init import init_centre
from core.organisation.load import LoadReport, load_organisation
from core.organisation.model import AppointmentEntry, Organisation, UnitEntry
from core.organisation.stored import stored_organisation
from core.organisation.template import read_template
from data.errors import BadInput, Conflict, NotFound
from data.store import Store
from data.terms import Role
from tests.core.organisation.conftest import COMMANDER, NOW, Street

AT = int(NOW.timestamp())
DAY = 86_400


def load(street: Street, organisation: Organisation, at: int = AT + DAY, replace_all: bool = False) -> LoadReport:
    with street.store.write() as connection:
        return load_organisation(connection, street.centre.centre_id, organisation, at, COMMANDER, replace_all)


def stored(street: Street, at: int = AT) -> Organisation:
    with street.store.reader() as reader:
        return stored_organisation(reader.rows, street.centre.centre_id, at)


def test_a_new_centre_holds_the_whole_template(street: Street) -> None:
    template = read_template("s3")
    back = stored(street)
    assert replace(back, duty=()) == template
    assert len(back.duty) > 20
    assert street.centre.matters >= 150
    assert street.one("SELECT count(*) FROM unit_span WHERE centre_id = :centre") == len(template.units)
    assert street.one("SELECT count(*) FROM matter WHERE centre_id = :centre") == street.centre.matters


def test_somebody_is_on_duty_at_once(street: Street) -> None:
    with street.store.read() as connection:
        people = people_at(connection, street.centre.centre_id, AT)
    assert len(people.on_duty(Role.SHIFT_LEADER)) == 1
    assert len(people.on_duty(Role.DUTY_OFFICER)) == 2
    assert len(people.on_duty(Role.DUTY_LEADER)) == 1
    assert len(people.on_duty(Role.COMMANDER)) == 2


def test_two_centres_share_a_store_and_one_code_is_there_once(street: Street) -> None:
    init_centre(street.store, read_template("s4"), NOW, roster_days=0)
    before = stored(street)
    with pytest.raises(Conflict):
        init_centre(street.store, read_template("s3"), NOW)
    assert stored(street) == before


def test_a_centre_is_made_whole_or_not_at_all(empty_store: Store) -> None:
    wrong = replace(read_template("s4"), calendar="moon")
    with pytest.raises(BadInput):
        init_centre(empty_store, wrong, NOW)
    broken = replace(read_template("s4"), routes={"GHJS": "NOPE"})
    with pytest.raises(BadInput, match="NOPE"):
        init_centre(empty_store, broken, NOW)
    with empty_store.reader() as reader:
        assert reader.one("SELECT count(*) FROM centre", fanout=True) == (0,)


def test_the_same_again_changes_nothing(street: Street, tmp_path: Path) -> None:
    changes = street.one("SELECT organisation_no FROM centre_seq WHERE centre_id = :centre")
    for form in ("o.toml", "o.csv", "o.xlsx", "o"):
        write_organisation(stored(street), tmp_path / form)
        report = load(street, read_organisation(tmp_path / form))
        assert not report.is_change, form
        assert not report.left
    assert street.one("SELECT organisation_no FROM centre_seq WHERE centre_id = :centre") == changes


def test_edits_are_changed_with_their_date(street: Street) -> None:
    template = read_template("s3")
    units = [
        replace(unit, name="望江新社区") if unit.code == "SQ01"
        else replace(unit, parent="SQ02") if unit.code == "SQ01-G13"
        else replace(unit, households=499) if unit.code == "SQ05-G01"
        else unit
        for unit in template.units
    ]  # fmt: skip
    appointments = [
        replace(entry, rank="a") if entry == AppointmentEntry("L04", "party", "section_leader", "b") else entry
        for entry in template.appointments
        if entry.officer != "L03" or entry.role != "section_leader"
    ]
    edited = replace(
        template,
        units=(*units, UnitEntry("NEW", "force", "新联动单位", parent="CHL")),
        appointments=tuple(appointments),
        routes={"GHJS": "CSGX"},
    )
    report = load(street, edited)
    assert report.added == {"unit": 1}
    assert report.changed == {"centre": 1, "unit": 3, "appointment": 1}
    assert report.left == {"appointment": 1}
    spans = street.rows(
        "SELECT s.name, s.from_at, s.to_at FROM unit_span s"
        " JOIN unit u ON u.centre_id = s.centre_id AND u.id = s.unit_id"
        " WHERE s.centre_id = :centre AND u.code = 'SQ01' ORDER BY s.from_at"
    )
    assert spans == [("望江社区", AT, AT + DAY), ("望江新社区", AT + DAY, None)]
    ranks = street.rows(
        "SELECT a.rank, a.from_at, a.to_at FROM appointment a"
        " JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
        " JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id"
        " WHERE a.centre_id = :centre AND o.code = 'L04' AND u.code = 'party' ORDER BY a.from_at"
    )
    assert ranks == [("b", AT, AT + DAY), ("a", AT + DAY, None)]
    assert not load(street, edited, AT + 2 * DAY).is_change


def test_what_is_left_out_stays_unless_everything_is_replaced(street: Street) -> None:
    template = read_template("s3")
    fewer = replace(
        template,
        units=tuple(unit for unit in template.units if unit.code != "WY03"),
        officers=tuple(officer for officer in template.officers if not officer.code.startswith("WY03")),
        appointments=tuple(entry for entry in template.appointments if entry.unit != "WY03"),
    )
    report = load(street, fewer)
    assert not report.is_change
    assert report.left == {"unit": 1, "officer": 2, "appointment": 2}
    report = load(street, fewer, replace_all=True)
    assert report.ended["unit"] == 1
    assert report.ended["officer"] == 2
    assert {unit.code for unit in stored(street).units} == {unit.code for unit in fewer.units}
    assert street.one("SELECT closed_at FROM unit WHERE centre_id = :centre AND code = 'WY03'") == AT + DAY
    # It can come back under its code, as a new unit.
    assert load(street, template, AT + 2 * DAY).added["unit"] == 1
    assert street.one("SELECT count(*) FROM unit WHERE centre_id = :centre AND code = 'WY03'") == 2


def test_errors_and_another_centres_file_change_nothing(street: Street) -> None:
    before = stored(street)
    template = read_template("s3")
    with pytest.raises(BadInput):
        load(street, replace(template, units=template.units[:-1]))
    with pytest.raises(BadInput, match="CSZ"):
        load(street, read_template("s4"))
    kind = tuple(
        replace(unit, kind="department", parent="QJ") if unit.code == "WY03" else unit for unit in template.units
    )
    with pytest.raises(BadInput, match="WY03"):
        load(street, replace(template, units=kind))
    assert stored(street) == before


def test_duty_that_is_over_is_left_out_of_an_export(street: Street) -> None:
    assert len(stored(street, AT + int(timedelta(days=30).total_seconds())).duty) == 0
    with street.store.read() as connection:
        assert stored_organisation(rows_of(connection), street.centre.centre_id, AT).code == "CHL"
        with pytest.raises(NotFound):
            stored_organisation(rows_of(connection), 5, AT)
