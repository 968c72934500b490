"""Reading a site's own catalogue: every mistake with its place, nothing but refusals whatever the file holds."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue.calendars import read_calendars
from core.catalogue.read import parse_catalogue, read_catalogue, read_policy
from core.catalogue.sources import parse_toml
from data.errors import BadInput, NotFound, Refusal

MATTER: dict[str, Any] = {
    "code": "AA0101",
    "category": "AA",
    "name": "井盖",
    "work": "补装",
    "section": "economy",
    "lead": "GHJS",
    "urgency": "urgent",
    "kind": "public",
    "limit": [{"when": "缺失", "final": "2紧急工作时"}],
}
TABLE: dict[str, Any] = {"version": "1", "category": [{"code": "AA", "name": "部件"}], "matter": [MATTER]}


def changed(**values: Any) -> dict[str, Any]:
    table = copy.deepcopy(TABLE)
    table["matter"][0].update(values)
    return {"m.toml": table}


def problems(tables: dict[str, Any]) -> list[dict[str, str]]:
    with pytest.raises(BadInput) as caught:
        parse_catalogue(tables)
    found = caught.value.details["problems"]
    assert isinstance(found, list)
    assert caught.value.zh
    assert caught.value.en
    return found


def test_a_small_catalogue_is_read_and_limits_are_written_the_stored_way() -> None:
    catalogue = parse_catalogue({"m.toml": TABLE})
    assert catalogue.matters[0].limits == ({"when": "缺失", "when_en": "", "final": "2 urgent_hour"},)
    assert catalogue.version == "1"


@pytest.mark.parametrize(
    ("values", "place", "word"),
    [
        ({"limit": [{"when": "缺失", "final": "2 fortnight"}]}, "m.toml: matter AA0101, limit 1, final", "fortnight"),
        ({"limit": [{"when": "缺失"}]}, "m.toml: matter AA0101, limit 1", "final"),
        ({"limit": []}, "m.toml: matter AA0101", "limit"),
        ({"limit": [{"when": "缺失", "final": "1 work_day", "until": "x"}]}, "m.toml: matter AA0101, limit 1", "until"),
        ({"urgency": "yesterday"}, "m.toml: matter AA0101", "emergency"),
        ({"kind": 3}, "m.toml: matter AA0101", "household"),
        ({"section": "finance"}, "m.toml: matter AA0101", "party"),
        ({"lead": ""}, "m.toml: matter AA0101", "lead"),
        ({"name": "红\x1b[31m"}, "m.toml: matter AA0101", "control"),
        ({"name": "长" * 61}, "m.toml: matter AA0101", "60"),
        ({"assist": ["GHJS"]}, "m.toml: matter AA0101", "GHJS"),
        ({"stages": ["fly"]}, "m.toml: matter AA0101", "fly"),
        ({"keywords": "井盖"}, "m.toml: matter AA0101", "keywords"),
        ({"confidential": "yes"}, "m.toml: matter AA0101", "confidential"),
        ({"colour": "red"}, "m.toml: matter AA0101", "colour"),
        ({"code": "井"}, "m.toml: matter 1", "code"),
        ({"category": "ZZ"}, "matter AA0101", "ZZ"),
    ],
)
def test_a_mistake_is_said_with_its_place(values: dict[str, Any], place: str, word: str) -> None:
    found = problems(changed(**values))
    assert found[0]["place"] == place
    assert word in found[0]["en"]


def test_all_mistakes_are_said_at_once() -> None:
    table = copy.deepcopy(TABLE)
    table["matter"] = [{**MATTER, "code": f"AA{number}", "lead": ""} for number in range(7)]
    assert len(problems({"m.toml": table})) >= 7


def test_a_code_twice_a_ring_of_categories_and_two_versions() -> None:
    table = copy.deepcopy(TABLE)
    table["matter"].append(MATTER)
    assert any("twice" in problem["en"] for problem in problems({"m.toml": table}))
    table = copy.deepcopy(TABLE)
    table["category"] = [{"code": "AA", "name": "a", "parent": "BB"}, {"code": "BB", "name": "b", "parent": "AA"}]
    assert any("ring" in problem["en"] for problem in problems({"m.toml": table}))
    assert any("version" in problem["place"] for problem in problems({"m.toml": TABLE, "n.toml": {"version": "2"}}))


def test_a_ladder_must_be_in_the_policy() -> None:
    policy, _ = read_policy()
    with pytest.raises(BadInput, match="moon"):
        parse_catalogue(changed(ladder="moon"), policy)
    assert parse_catalogue(changed(ladder="life"), policy)


def test_missing_and_wrong_files(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_catalogue(tmp_path)
    with pytest.raises(NotFound):
        read_catalogue(tmp_path / "no.toml")
    (tmp_path / "matters.toml").write_bytes(b"version = \xff")
    with pytest.raises(BadInput):
        read_catalogue(tmp_path)
    (tmp_path / "matters.toml").write_text("[" * 100_000)
    with pytest.raises(BadInput):
        read_catalogue(tmp_path)
    (tmp_path / "matters.toml").unlink()
    (tmp_path / "matters.toml").mkdir()
    with pytest.raises(BadInput):
        read_catalogue(tmp_path)
    with pytest.raises(BadInput):
        read_calendars(_written(tmp_path / "c.toml", "calendar = 3"))
    with pytest.raises(Refusal):
        read_policy(_written(tmp_path / "p.toml", "ladder = 3"))


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_random_bytes_are_refused_or_read(content: bytes) -> None:
    try:
        parse_catalogue({"m.toml": parse_toml(content, "m.toml")})
    except Refusal:
        pass


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*MATTER, "assist", "ask", "stages", "keywords", "ladder"]), VALUES), VALUES)
@settings(max_examples=200, deadline=None)
def test_any_shape_is_refused_or_read(values: dict[str, Any], other: Any) -> None:
    try:
        parse_catalogue({**changed(**values), "n.toml": {"category": other, "synonyms": other}})
    except Refusal:
        pass
