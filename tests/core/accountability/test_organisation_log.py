"""Changes of the organisation: tampering of every kind is found on both engines, and what an upgrade vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from core.accountability.anchor import Anchored, anchor_findings, heads_now, read_kept
from core.accountability.audit import verify
from core.accountability.lookup import plain
from core.accountability.organisation_log import FIELDS, organisation_top
from core.desk.ledger import chain_hash
from core.engine.webhook import clear_webhook, set_webhook
from core.organisation.journal import note_change
from data.errors import BadInput, NotFound
from data.location import locate
from data.revision import HEAD
from data.schema import upgrade
from data.store import Store
from tests.core.accountability.tampering import BOTH, change, kept_scene, put_back
from tests.core.desk.scene import Scene
from tests.data.older import make_older

ENTRIES = 6
TABLES = ("organisation_event", "centre_seq")


@pytest.fixture(scope="module", params=BOTH)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A street with changes by the operations themselves, and a copy of them."""
    with kept_scene(request, tmp_path_factory.mktemp("organisation"), give_changes, TABLES) as scene:
        yield scene


def give_changes(scene: Scene) -> None:
    """Changes by the operations themselves."""
    with scene.store.write() as connection:
        set_webhook(connection, 1, "https://example.test/hook?key=k", "", scene.who("xi"), scene.wait(minutes=1))
        clear_webhook(connection, 1, scene.who("xi"), scene.wait(minutes=1))
        for number in range(ENTRIES - 2):
            body = {"before": f"岗位 {number}", "reason": "来电 13812345678 要求", 3: [None, 1.5, True]}
            note_change(connection, 1, scene.wait(minutes=1), "xi", "rename", body)


@pytest.fixture
def watched(kept: Scene) -> Iterator[Scene]:
    """The street with its changes, as new."""
    yield kept
    put_back(kept, TABLES)


def places(scene: Scene, *kept_outside: Anchored) -> set[str]:
    with scene.reader() as reader:
        found = [*verify(reader, 1), *anchor_findings(reader, 1, [*kept_outside])]
    assert all(one.text("zh") and one.text("en") for one in found)
    return {one.place for one in found}


def heads(scene: Scene) -> Anchored:
    with scene.reader() as reader:
        return heads_now(reader, 1, 0)


def restamp(connection: Connection) -> None:
    """Make every number and hash right again, as somebody would who knows how they are made."""
    previous, number = "", 0
    query = text(f"SELECT {', '.join(FIELDS)} FROM organisation_event ORDER BY id")
    for number, row in enumerate(connection.execute(query).mappings().all(), 1):
        entry = {**row, "body": plain(row["body"]), "centre_id": 1, "id": number}
        previous = chain_hash(previous, entry)
        connection.execute(
            text("UPDATE organisation_event SET id = :id, hash = :hash WHERE id = :was"),
            {"hash": previous, "id": number, "was": row["id"]},
        )
    connection.execute(
        text("UPDATE centre_seq SET organisation_no = :no, organisation_hash = :hash"), {"no": number, "hash": previous}
    )


def test_changes_are_numbered_and_hold_together(watched: Scene) -> None:
    rows = watched.rows("SELECT * FROM organisation_event WHERE centre_id = :centre ORDER BY id")
    assert [row["id"] for row in rows] == list(range(1, ENTRIES + 1))
    assert [row["kind"] for row in rows[:2]] == ["webhook", "webhook"]
    assert "k" not in plain(rows[0]["body"])["url"].partition("?")[2]
    assert plain(rows[2]["body"])["reason"] == "来电 138****5678 要求"
    assert places(watched, heads(watched)) == set()
    with watched.reader() as reader:
        assert organisation_top(reader, 1).anchor == f"{ENTRIES}:{rows[-1]['hash']}"


@pytest.mark.parametrize(
    "statements",
    [
        *[
            (f"UPDATE organisation_event SET {field} WHERE id = 3",)
            for field in ("at = at + 1", "kind = 'merge'", "actor = 'wang'", "body = '{}'", "hash = 'x'")
        ],
        ("DELETE FROM organisation_event WHERE id = 3",),
        ("DELETE FROM organisation_event WHERE id = 1",),
        *[
            (
                f"INSERT INTO organisation_event (centre_id, id, at, actor, kind, body, hash)"
                f" SELECT centre_id, {number}, at, actor, kind, body, hash FROM organisation_event WHERE id = 6",
            )
            for number in (ENTRIES + 1, 0, -7)
        ],
        tuple(
            f"UPDATE organisation_event SET id = {after} WHERE id = {before}"
            for before, after in ((3, -3), (4, 3), (-3, 4))
        ),
        ("DELETE FROM organisation_event WHERE id > 4",),
        ("DELETE FROM organisation_event",),
        ("UPDATE centre_seq SET organisation_no = organisation_no + 1",),
        ("UPDATE centre_seq SET organisation_hash = 'x'",),
        (
            "DELETE FROM organisation_event WHERE id > 4",
            "UPDATE centre_seq SET organisation_no = 4",
        ),
    ],
    ids=lambda statements: statements[0][:70],
)
def test_edits_deletions_insertions_moves_and_a_cut_tail_are_found(watched: Scene, statements: tuple[str, ...]) -> None:
    for statement in statements:
        change(watched, statement)
    found = places(watched)
    assert found <= {"organisation", "organisation_head"}
    assert found


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM organisation_event WHERE id > 4",
        "DELETE FROM organisation_event WHERE id = 2",
        "DELETE FROM organisation_event",
        "UPDATE organisation_event SET actor = 'nobody' WHERE id = 2",
        "UPDATE organisation_event SET at = at - 86400",
    ],
)
def test_a_log_stamped_anew_shows_against_a_head_kept_outside(watched: Scene, damage: str) -> None:
    kept_outside = heads(watched)
    change(watched, damage)
    change(watched, restamp)
    assert places(watched) == set()
    assert places(watched, kept_outside) == {"organisation_anchor"}
    paper = read_kept(f" Organisation: {kept_outside.organisation[:9]} {kept_outside.organisation[9:]}", "demo")
    assert paper == Anchored("demo", "", organisation=kept_outside.organisation)
    assert places(watched, paper) == {"organisation_anchor"}


def test_a_head_kept_before_there_was_this_chain_says_nothing_of_it(watched: Scene) -> None:
    change(watched, "DELETE FROM organisation_event WHERE id > 4")
    change(watched, restamp)
    assert places(watched, heads(watched)._replace(organisation="0:")) == set()
    for written in ("organisation:", "organisation:5", "people:5:" + "a" * 64):
        with pytest.raises(BadInput):
            read_kept(written, "demo")


def test_those_who_change_at_once_make_one_chain(watched: Scene) -> None:
    together, at = Barrier(4), watched.desk.now()

    def work(number: int) -> None:
        together.wait()
        for _ in range(5):
            with watched.store.write() as connection:
                note_change(connection, 1, at, f"officer {number}", "rename", {"number": number})

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, number) for number in range(4)]:
            done.result()
    assert places(watched) == set()
    assert watched.rows("SELECT count(*) AS n FROM organisation_event WHERE centre_id = :centre") == [
        {"n": ENTRIES + 20}
    ]


def test_nothing_is_noted_for_a_centre_that_is_not_there(watched: Scene) -> None:
    with pytest.raises(NotFound), watched.store.write() as connection:
        note_change(connection, 99, 0, "xi", "rename", {})


# ------------------------------------------------------------------------------------------------ an older store


def test_an_upgrade_chains_what_is_there_and_says_up_to_where(watched: Scene, store_url: str) -> None:
    url = locate(store_url)
    make_older(watched.store, url, "0024")
    old = Store(url, any_version=True)
    with old.change_schema() as connection:  # ids were drawn then, and grew
        connection.execute(text("UPDATE organisation_event SET id = 4611686018427387 + id * 31"))
    old.close()
    assert upgrade(url, no_copy=True).after == HEAD
    store = Store(url)
    with store.reader() as reader:
        rows = reader.rows(
            "SELECT id, actor, kind, body FROM organisation_event WHERE centre_id = :centre ORDER BY id", centre=1
        )
        assert [row[0] for row in rows] == list(range(1, ENTRIES + 2))
        assert rows[2][1:3] == ("xi", "rename")
        assert rows[-1][1:3] == ("upgrade", "chained")
        assert plain(rows[-1][3]) == {"entries": ENTRIES, "schema": "0025"}
        assert organisation_top(reader, 1).number == ENTRIES + 1
    with store.write() as connection:
        note_change(connection, 1, 0, "xi", "rename", {})
    assert wrong(store) == []
    for number in (2, ENTRIES + 1, ENTRIES + 2):
        with store.write() as connection:
            query = text("UPDATE organisation_event SET actor = 'x' WHERE centre_id = 1 AND id = :number")
            connection.execute(query, {"number": number})
    assert wrong(store) == [("organisation", number) for number in (2, ENTRIES + 1, ENTRIES + 2)]
    store.close()


def test_an_upgrade_of_a_store_without_changes_says_nothing(tmp_path: Path, scene: Scene) -> None:
    with scene.store.write() as connection:
        connection.execute(text("DELETE FROM organisation_event WHERE centre_id = 1"))
    url = locate(str(tmp_path / "old.sqlite"))
    make_older(scene.store, url, "0024")
    upgrade(url, no_copy=True)
    store = Store(url)
    assert wrong(store) == []
    with store.reader() as reader:
        assert organisation_top(reader, 1) == (0, "")
    store.close()


def wrong(store: Store) -> list[tuple[str, int | str]]:
    with store.reader() as reader:
        return [(one.place, one.number) for one in verify(reader, 1)]
