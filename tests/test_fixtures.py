"""The fixtures that every other test stands on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text


def test_a_test_lives_in_a_home_of_its_own(home: Path) -> None:
    assert Path.home() == home
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        assert Path(os.environ[name]).is_relative_to(home)
    assert not [name for name in os.environ if name in ("ZHIHUI_STORE", "ZHIHUI_OFFICER", "ZHIHUI_LANG")]


@pytest.mark.parametrize("turn", [1, 2])
def test_a_store_is_new_and_empty_each_time(store_url: str, turn: int) -> None:
    url = store_url if "://" in store_url else f"sqlite:///{store_url}"
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (id BIGINT PRIMARY KEY, title TEXT)"))
        connection.execute(text("INSERT INTO left_behind VALUES (1, '指挥')"))
        assert connection.execute(text("SELECT title FROM left_behind")).scalar_one() == "指挥"
    # The connection stays open on purpose: the fixture drops the database all the same.


@given(st.integers())
def test_properties_run_beside_the_automatic_fixtures(number: int) -> None:
    assert number == number


REPEATED = """
import random
from hypothesis import given, strategies as st

drawn = []

@given(st.integers(0, 10**12))
def test_draw(number):
    drawn.append(number)

def test_print():
    print("DRAWN", random.random(), drawn)
"""


def test_the_same_seed_draws_the_same_values(repository: Path, tmp_path: Path) -> None:
    case = tmp_path / "test_case.py"
    case.write_text(REPEATED)

    def run(seed: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "_hypothesis_pytestplugin", "-p", "tests.conftest",
                   f"--rootdir={tmp_path}", f"--confcutdir={tmp_path}", str(case)]  # fmt: skip
        environment = os.environ | {"ZHIHUI_TEST_SEED": seed, "PYTHONPATH": str(repository), "ZHIHUI_HYPOTHESIS": "ci"}
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return next(line for line in ended.stdout.splitlines() if "DRAWN" in line)

    assert run("7") == run("7") != run("8")


def test_random_is_seeded_by_the_test(seed: int, request: pytest.FixtureRequest) -> None:
    assert random.random() == random.Random(f"{seed}:{request.node.nodeid}").random()


def test_the_server_goes_with_its_last_user(repository: Path, tmp_path: Path) -> None:
    """Killed outright, a process that used the server leaves none behind."""
    if os.environ.get("ZHIHUI_TEST_POSTGRES"):
        pytest.skip("another server is in use")
    script = (
        "import pathlib, sys, time\nfrom tests import postgres\n"
        "with postgres.running(pathlib.Path(sys.argv[1])) as url:\n    print(url, flush=True)\n    time.sleep(600)\n"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=repository, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    with user.stdout as output:
        folder = Path(output.readline().strip().rpartition("host=")[2])
    assert (folder / "data" / "postmaster.pid").exists()
    user.kill()
    user.wait()
    patience = time.monotonic() + 30
    while folder.exists():
        assert time.monotonic() < patience, "the server outlived its last user"
        time.sleep(0.02)
