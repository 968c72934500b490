"""Versions in the store: loaded once, changed as a new version, the old one still there for its tickets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.catalogue.calendars import read_calendars
from core.catalogue.load import load_calendar, load_matters, load_policy
from core.catalogue.read import read_catalogue, read_policy
from core.catalogue.stored import newest_version, rows_of, stored_catalogue
from core.desk.actor import Actor
from core.organisation.init import init_centre
from core.organisation.template import read_template
from data.errors import NotFound
from data.location import locate
from data.schema import create_tables
from data.store import Store
from data.terms import Role
from tests.made_stores import MadeStores

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LATER = int(NOW.timestamp()) + 86_400
HEAD = Actor("wang", "王芳", roles=frozenset({Role.DUTY_LEADER.value}))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def made(request: pytest.FixtureRequest, made_stores: MadeStores, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The address of a store with one street, and the centre."""
    with made_stores.copy(s4_street, request.param, tmp_path / "store.sqlite") as found:
        yield found


@pytest.fixture
def store(made: tuple[str, int]) -> Iterator[Store]:
    opened = Store(locate(made[0]))
    yield opened
    opened.close()


@pytest.fixture
def centre_id(made: tuple[str, int]) -> int:
    return made[1]


def s4_street(store: Store) -> int:
    create_tables(store)
    return init_centre(store, read_template("s4"), NOW, roster_days=0).centre_id


def test_the_same_content_again_changes_nothing(store: Store, centre_id: int) -> None:
    _, body = read_policy()
    with store.write() as connection:
        again = [
            load_matters(connection, centre_id, read_catalogue(), LATER, HEAD),
            load_policy(connection, centre_id, body, LATER, HEAD),
            *(load_calendar(connection, centre_id, calendar, LATER, HEAD) for calendar in read_calendars()),
        ]
    assert [(loaded.is_new, loaded.version) for loaded in again] == [(False, 1)] * len(again)
    with store.reader() as reader:
        counts = reader.rows(
            "SELECT kind, count(*) FROM catalogue WHERE centre_id = :centre GROUP BY kind", centre=centre_id
        )
        assert {row[1] for row in counts} == {1}
        events = "SELECT count(*) FROM organisation_event WHERE centre_id = :centre AND at = :at"
        assert reader.one(events, centre=centre_id, at=LATER) == (0,)


def test_what_comes_back_is_what_went_in(store: Store, centre_id: int) -> None:
    with store.reader() as reader:
        assert stored_catalogue(reader.rows, centre_id) == read_catalogue()
        with pytest.raises(NotFound):
            stored_catalogue(reader.rows, centre_id, 9)
    with store.read() as connection:
        assert stored_catalogue(rows_of(connection), centre_id).digest() == read_catalogue().digest()


def test_a_changed_catalogue_is_a_new_version_with_its_differences(store: Store, centre_id: int) -> None:
    shipped = read_catalogue()
    first, second, *rest = shipped.matters
    edited = replace(
        shipped,
        version="site-2",
        matters=(replace(first, lead="YJGL"), *rest, replace(second, code="XX0001", name="新增")),
    )
    with store.write() as connection:
        loaded = load_matters(connection, centre_id, edited, LATER, HEAD)
    assert (loaded.is_new, loaded.version, loaded.label) == (True, 2, "site-2")
    assert {(change.code, change.what) for change in loaded.changes} == {
        (first.code, "changed"),
        (second.code, "removed"),
        ("XX0001", "added"),
    }
    (change,) = [change for change in loaded.changes if change.what == "changed"]
    assert change.fields == {"lead": (first.lead, "YJGL")}
    with store.reader() as reader:
        assert newest_version(reader.rows, centre_id, "matters")[:2] == (2, "site-2")
        assert stored_catalogue(reader.rows, centre_id, 1) == shipped
        newest = stored_catalogue(reader.rows, centre_id)
        assert newest == edited
        assert newest.matter(first.code).lead == "YJGL"  # type: ignore[union-attr]
        seen = reader.one("SELECT organisation_no FROM centre_seq WHERE centre_id = :centre", centre=centre_id)
        assert seen is not None
        assert seen[0] > 0


def test_going_back_is_a_version_too(store: Store, centre_id: int) -> None:
    _, body = read_policy()
    with store.write() as connection:
        second = load_policy(connection, centre_id, {**body, "bounce_limit": 2}, LATER, HEAD)
        third = load_policy(connection, centre_id, body, LATER + 1, HEAD)
    assert (second.version, third.version, third.is_new) == (2, 3, True)


def test_the_desk_finds_matters_and_policy(store: Store, centre_id: int) -> None:
    from core.desk.references import References

    with store.read() as connection:
        references = References(connection, centre_id)
        assert references.matter("BJ0101").limit(0)["final"] == "2 urgent_hour"
        assert references.policy().bounce_limit == 3
        assert references.calendar().tz.key == "Asia/Shanghai"
        assert references.unit_by_code(references.routes()["GHJS"]).name == "村镇建设岗"
