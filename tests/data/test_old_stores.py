"""Every released schema comes to this one with its rows, killed or not; an older program writes no more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.desk.orders import Report
from data.errors import StoreTrouble
from data.location import locate
from data.maintenance import check
from data.revision import HEAD, REVISIONS
from data.schema import upgrade
from data.snapshot import opened
from data.store import Store
from tests.data import next_release, old_stores
from tests.data.test_migrations import become_next_release as become_next_release
from tests.street import small_street

REPOSITORY = Path(__file__).parents[2]
EVERY = 9


def test_a_store_of_each_released_schema_comes_through_with_every_row(tmp_path: Path) -> None:
    made = old_stores.make_all(tmp_path)
    assert list(made) == list(REVISIONS[:-1])
    seen: set[tuple[str, str]] = set()
    for revision, path in made.items():
        before = old_stores.rows_of(path)
        assert all(before.values()), f"a table of {revision} is empty"
        done = upgrade(locate(str(path)), no_copy=revision != REVISIONS[0])
        assert (done.before, done.after) == (revision, HEAD)
        assert old_stores.faults(before, path) == [], revision
        seen |= old_stores.differences(before, old_stores.rows_of(path))
    assert seen == old_stores.ALLOWED.keys(), "what is allowed does happen"


def test_a_row_that_an_upgrade_loses_or_changes_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    old_stores.make_full(path)
    before = old_stores.rows_of(path)
    assert old_stores.differences(before, before) == set()
    with opened(str(path)) as connection:
        connection.execute("UPDATE ticket SET title = title || '!' WHERE id IN (SELECT id FROM ticket LIMIT 1)")
        connection.execute("DELETE FROM lesson")
        connection.execute("ALTER TABLE unit RENAME COLUMN name TO title")
    assert {("ticket", "title"), ("lesson", "row"), ("unit", "name")} == old_stores.differences(
        before, old_stores.rows_of(path)
    )


def test_killed_at_any_step_the_store_is_the_old_one_and_the_next_try_goes_through() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.data.old_stores", "--every", str(EVERY)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = re.fullmatch(r"(\d+) kills among (\d+) statements from 0001 to (\d+), 0 wrong\n", ended.stdout)
    assert found is not None
    assert int(found[1]) > len(REVISIONS) - 5


# ------------------------------------------------------------------------------------------------ rot and revisions


def test_an_upgrade_of_a_store_with_rot_wants_a_word(tmp_path: Path, become_next_release: Callable[[], None]) -> None:
    """The tables that it makes anew get their sums anew: rot would be sealed."""
    url = locate(str(tmp_path / "s.db"))
    desk = small_street(Store(url, create=True))
    desk.do(Report(title="井盖缺失", source="phone", community="C01"), desk.actor("zhang"))
    desk.store.close()
    with opened(str(tmp_path / "s.db")) as connection:
        connection.execute("UPDATE ticket SET title = title || '!'")
    become_next_release()
    with pytest.raises(StoreTrouble, match="ticket 1/") as caught:
        upgrade(url, no_copy=True)
    assert caught.value.code == "upgrade-rot"
    assert old_stores.version_of(tmp_path / "s.db") == next_release.HEAD
    assert upgrade(url, no_copy=True, accept_rot=True).after == next_release.NEXT
    assert [one for one in check(url) if one.level == "bad"] == []


# ------------------------------------------------------------------------------------------------ an older release

OLDER = """
import sys
import data.revision as revision
revision.REVISIONS = revision.REVISIONS[:-1]
revision.HEAD = revision.REVISIONS[-1]
from console.entry import main
sys.exit(main(sys.argv[1:]))
"""
COMMANDS = (
    "ticket report --title 路灯不亮 --source phone --as zhang",
    "ticket list",
    "engine once",
    "db upgrade",
    "db index",
    "audit verify",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_program_of_the_release_before_refuses_a_store_of_this_one(tmp_path: Path, command: str) -> None:
    path = tmp_path / "s.db"
    small_street(Store(locate(str(path)), create=True)).store.close()
    before = old_stores.rows_of(path)
    ended = subprocess.run(
        [sys.executable, "-c", OLDER, *command.split(), "--store", str(path), "--lang", "en"],
        cwd=REPOSITORY,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 6, ended.stdout + ended.stderr
    assert f"made by a newer zhihui; this program knows up to {REVISIONS[-2]}. Update it." in ended.stderr
    assert ended.stdout == ""
    assert old_stores.rows_of(path) == before
