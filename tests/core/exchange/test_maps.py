"""Import maps: the shipped ones are right, and a wrong one says everything that is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exchange.maps import load_map, read_map, shipped_maps
from core.exchange.times import LATEST, check_format, time_reader
from data.errors import BadInput, NotFound, Refusal
from tests.core.exchange.importing_rig import RULES

NEW_YORK = ZoneInfo("America/New_York")
BALTIMORE = "%m/%d/%Y %I:%M:%S %p"


def test_the_shipped_maps_are_sound() -> None:
    assert set(shipped_maps()) == {"baltimore311", "miniprogram", "residents"}
    for name in shipped_maps():
        rules = load_map(name)
        assert rules.name == rules.origin == name
        assert rules.title
        assert rules.title_en


def test_a_map_is_found_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(shipped_maps()["residents"].read_text("utf-8").replace('origin = "residents"', 'origin = "mine"'))
    assert load_map(str(file)).origin == "mine"


def test_an_unknown_map_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="baltimore311"):
        load_map("nothing")
    with pytest.raises(NotFound):
        load_map("a\x1b[31m")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "red"}, "colour"),
        ({"origin": ""}, "origin"),
        ({"origin": None}, "origin"),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"encoding": "ebcdic"}, "encoding"),
        ({"delimiter": "ab"}, "delimiter"),
        ({"dates": []}, "dates"),
        ({"dates": ["%Y-%j"]}, "%Y-%j"),
        ({"dates": ["%Y-%m-%d %Y"]}, "%Y-%m-%d %Y"),
        ({"dates": "%Y-%m-%d"}, "dates"),
        ({"columns": {"title": "t"}}, "reported_at"),
        ({"columns": {"reported_at": "t"}}, "title"),
        ({"columns": {**RULES["columns"], "colour": "x"}}, "colour"),
        ({"columns": {**RULES["columns"], "title": 5}}, "title"),
        ({"columns": {**RULES["columns"], "title": {"column": "a", "size": 3}}}, "size"),
        ({"columns": {**RULES["columns"], "title": {"column": "a", "cut": 201}}}, "cut"),
        ({"columns": {**RULES["columns"], "urgency": {"column": "a", "values": {"x": "very"}}}}, "very"),
        ({"columns": {**RULES["columns"], "source": {"column": "a", "default": "?"}}}, "source"),
        ({"columns": {**RULES["columns"], "closed_at": {"column": "a", "default": "now"}}}, "closed_at"),
        ({"columns": {**RULES["columns"], "source": "a"}}, "source"),
        ({"fixed": {"title": "x"}}, "title"),
        ({"fixed": {"urgency": "very"}}, "urgency"),
        ({"status": {"column": "s", "values": {"a": "merged"}}}, "merged"),
        ({"status": {"values": {}}}, "column"),
        ({"units": {"column": "u", "create": "post"}}, "section"),
        ({"units": {"column": "u", "create": "grid", "section": "economy"}}, "create"),
        ({"units": None}, "units"),
        ({"facts": {"import": "x"}}, "import"),
        ({"facts": {"a b": "x"}}, "a b"),
        ({"columns": {name: rule for name, rule in RULES["columns"].items() if name != "closed_at"}}, "closed_at"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(changes: dict[str, Any], words: str) -> None:
    values = {name: value for name, value in {**RULES, **changes}.items() if value is not None}
    with pytest.raises(BadInput) as caught:
        read_map(values, "wrong.toml")
    assert caught.value.code == "map-wrong"
    problems: Any = caught.value.details["problems"]
    assert any(words in f"{problem['place']} {problem['en']}" for problem in problems), problems
    assert all(problem["zh"] and problem["en"] for problem in problems)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from([*RULES, "facts", "sheet", "form"]), value=ANYTHING)
def test_whatever_a_map_holds_it_is_read_or_refused(key: str, value: Any) -> None:
    try:
        read_map({**RULES, key: value}, "odd.toml")
    except Refusal as error:
        assert error.details["problems"]  # noqa: PT017 - both ends are right


# ------------------------------------------------------------------------------------------------ times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04/12/2018 12:45:48 PM", "2018-04-12T16:45:48+00:00"),
        ("04/12/2018 12:00:00 AM", "2018-04-12T04:00:00+00:00"),
        ("01/12/2018 12:00:00 AM", "2018-01-12T05:00:00+00:00"),
        # In the hour that spring skips, the offset before the change holds.
        ("03/11/2018 02:43:56 AM", "2018-03-11T07:43:56+00:00"),
        ("03/11/2018 03:00:00 AM", "2018-03-11T07:00:00+00:00"),
        # The hour that comes twice in autumn is the first one.
        ("11/04/2018 01:30:00 AM", "2018-11-04T05:30:00+00:00"),
        ("11/04/2018 02:00:00 AM", "2018-11-04T07:00:00+00:00"),
        # As a workbook's cells come.
        ("2018-04-12 12:45:48", "2018-04-12T16:45:48+00:00"),
        ("2018-04-12T12:45:48+02:00", "2018-04-12T10:45:48+00:00"),
        ("2018-04-12T12:45:48Z", "2018-04-12T12:45:48+00:00"),
        ("2018-04-12", "2018-04-12T04:00:00+00:00"),
        ("13/12/2018 12:45:48 PM", None),
        ("02/29/2018 12:45:48 PM", None),
        ("04/12/2018 13:45:48 PM", None),
        ("04/12/2018 00:45:48 PM", None),
        ("04/12/1918 01:45:48 PM", None),
        ("04/12/2218 01:45:48 PM", None),
        ("04/12/2018 12:45:60 PM", None),
        ("٠٤/12/2018 12:45:48 PM", None),
        ("04/12/2018 12:45:48 PM ", None),
        ("", None),
    ],
)
def test_times_are_read_to_the_second(text: str, expected: str | None) -> None:
    found = time_reader((BALTIMORE,), NEW_YORK)(text)
    assert (None if found is None else datetime.fromtimestamp(found, UTC).isoformat()) == expected


@given(
    moment=st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)).map(lambda found: found.replace(microsecond=0)),
    form=st.sampled_from([BALTIMORE, "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y%m%d%H%M%S"]),
    zone=st.sampled_from(["America/New_York", "Asia/Shanghai", "Europe/London", "Australia/Lord_Howe", "UTC"]),
)
def test_what_strftime_wrote_is_read_as_the_zone_says(moment: datetime, form: str, zone: str) -> None:
    expected = int(moment.replace(tzinfo=ZoneInfo(zone)).timestamp())
    assert check_format(form)
    assert time_reader((form,), ZoneInfo(zone))(moment.strftime(form)) == expected


@given(text=st.text(max_size=30))
def test_any_text_is_a_time_or_none(text: str) -> None:
    for form in (BALTIMORE, "epoch", "epoch_ms"):
        found = time_reader((form,), NEW_YORK)(text)
        assert found is None or 0 <= found < LATEST


def test_epochs_are_read() -> None:
    assert time_reader(("epoch",), NEW_YORK)("1523551548") == 1_523_551_548
    assert time_reader(("epoch_ms",), NEW_YORK)("1523551548999") == 1_523_551_548
    assert time_reader(("epoch",), NEW_YORK)("-5") is None
