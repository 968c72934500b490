"""The access log: tampering of every kind is found, and what cannot be recorded does not happen, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from core.accountability.access_log import FIELDS, access_top, note_access
from core.accountability.audit import verify
from core.accountability.head import Anchor, read_anchor
from core.accountability.lookup import plain
from core.desk.actor import Origin
from core.desk.ledger import chain_hash
from data.access_terms import AccessKind
from tests.core.accountability.tampering import BOTH, change, kept_scene, put_back
from tests.core.desk.scene import Scene

TABLES = ("access_event", "access_head")


@pytest.fixture(scope="module", params=BOTH)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A street with six entries in its access log, and a copy of them."""
    with kept_scene(request, tmp_path_factory.mktemp("access"), give_entries, TABLES) as scene:
        yield scene


def give_entries(scene: Scene) -> None:
    """Six reads by somebody who came over SSH."""
    remote = replace(scene.who("zhang"), origin=Origin(7, "ssh-key", "10.1.2.3", "SHA256:abc"))
    for number in range(6):
        with scene.store.write() as connection:
            note_access(connection, 1, scene.wait(minutes=1), remote, AccessKind.READ, f"T-{number}", {"n": number})


@pytest.fixture
def watched(kept: Scene) -> Iterator[Scene]:
    """The street with its entries, as new."""
    yield kept
    put_back(kept, TABLES)


def places(scene: Scene, access: Anchor | None = None) -> set[str]:
    with scene.reader() as reader:
        return {finding.place for finding in verify(reader, 1, access=access)}


def anchor(scene: Scene) -> Anchor:
    with scene.reader() as reader:
        return read_anchor(access_top(reader, 1).anchor)


def restamp(connection: Connection) -> None:
    """Make every hash right again, as somebody would who knows how they are made."""
    previous = ""
    rows = connection.execute(text(f"SELECT {', '.join(FIELDS)} FROM access_event ORDER BY id")).mappings().all()
    for row in rows:
        entry = {**row, "body": plain(row["body"]), "centre_id": 1}
        previous = chain_hash(previous, entry)
        connection.execute(
            text("UPDATE access_event SET hash = :hash WHERE id = :id"), {"hash": previous, "id": entry["id"]}
        )
    connection.execute(text("UPDATE access_head SET no = :no, hash = :hash"), {"no": len(rows), "hash": previous})


def test_entries_say_who_and_from_where_and_hold_together(watched: Scene) -> None:
    entry = watched.rows("SELECT * FROM access_event WHERE centre_id = :centre AND id = 3")[0]
    assert (entry["actor"], entry["session_id"], entry["how"], entry["address"], entry["fingerprint"]) == (
        *("zhang", 7, "ssh-key", "10.1.2.3", "SHA256:abc"),
    )
    assert (entry["kind"], entry["target"], plain(entry["body"])) == ("read", "T-2", {"n": 2})
    assert places(watched, anchor(watched)) == set()


@pytest.mark.parametrize(
    "statements",
    [
        *[
            (f"UPDATE access_event SET {field} WHERE id = 3",)
            for field in (
                *("at = at + 1", "kind = 'exported'", "actor = 'wang'", "actor_id = NULL", "session_id = 8"),
                *("how = 'named'", "address = ''", "fingerprint = 'x'", "target = 'T-9'", "body = '{}'", "hash = 'x'"),
            )
        ],
        ("DELETE FROM access_event WHERE id = 3",),
        *[
            (
                f"INSERT INTO access_event SELECT centre_id, {number}, at, kind, actor_id, actor, session_id, how,"
                " address, fingerprint, target, body, hash FROM access_event WHERE id = 6",
            )
            for number in (7, 0, -7)
        ],
        tuple(
            f"UPDATE access_event SET id = {after} WHERE id = {before}" for before, after in ((3, -3), (4, 3), (-3, 4))
        ),
        ("DELETE FROM access_event WHERE id > 4",),
        ("DELETE FROM access_head",),
        ("DELETE FROM access_event",),
    ],
    ids=lambda statements: statements[0][:60],
)
def test_edits_deletions_insertions_moves_and_a_cut_tail_are_found(watched: Scene, statements: tuple[str, ...]) -> None:
    for statement in statements:
        change(watched, statement)
    assert places(watched) & {"access", "access_head"}


@pytest.mark.parametrize(
    "damage",
    ["DELETE FROM access_event WHERE id > 4", "UPDATE access_event SET actor = 'nobody' WHERE id = 2"],
)
def test_a_log_stamped_anew_shows_against_a_head_kept_outside(watched: Scene, damage: str) -> None:
    kept_outside = anchor(watched)
    change(watched, damage)
    change(watched, restamp)
    assert places(watched) == set()
    assert places(watched, kept_outside) == {"access_anchor"}


def test_a_beginning_cut_off_is_found_though_the_head_says_it_was_removed(watched: Scene) -> None:
    change(
        watched,
        "UPDATE access_head SET base_no = 2, base_hash = (SELECT hash FROM access_event WHERE id = 2)",
    )
    change(watched, "DELETE FROM access_event WHERE id <= 2")
    assert places(watched) == {"access_head"}
