"""What every test gets: a private home, a clean environment, a known seed; for the asking, a store of each kind."""

from __future__ import annotations

import os
import random
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres

if TYPE_CHECKING:
    from tests.made_stores import MadeStores

# Every store of a test, those of its subprocesses too, refuses statements that are not pinned to a centre. Set before
# any conftest below loads the product, which looks at it once.
os.environ.setdefault("ZHIHUI_GUARD", "1")
REPOSITORY = Path(__file__).resolve().parent.parent
# Variables that steer the tests themselves; all other ZHIHUI_* of the person who runs them stay outside.
KEPT = {
    *("ZHIHUI_TEST_SEED", "ZHIHUI_TEST_POSTGRES", "ZHIHUI_SHARED", "ZHIHUI_HYPOTHESIS", "ZHIHUI_BENCH"),
    "ZHIHUI_GUARD",
}
TERMINAL = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "LANGUAGE", "SSH_CONNECTION",
            "SSH_CLIENT", "SSH_TTY", "TMUX", "STY")  # fmt: skip

settings.register_profile("default", deadline=None, print_blob=True, max_examples=50)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=2000)
settings.register_profile(
    "ci", deadline=None, print_blob=True, max_examples=100, database=None, suppress_health_check=[HealthCheck.too_slow]
)


# ------------------------------------------------------------------------------------------------ seed


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """One seed for the whole run, handed to the workers through the environment."""
    seed = os.environ.setdefault("ZHIHUI_TEST_SEED", str(secrets.randbelow(2**32)))
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = seed
    settings.load_profile(os.environ.get("ZHIHUI_HYPOTHESIS", "ci" if os.environ.get("CI") else "default"))


def pytest_report_header() -> str:
    seed = os.environ["ZHIHUI_TEST_SEED"]
    return f"seed: {seed} (ZHIHUI_TEST_SEED={seed} repeats this run)"


@pytest.fixture(scope="session")
def seed() -> int:
    """The run's seed: a test that draws numbers of its own derives them from it."""
    return int(os.environ["ZHIHUI_TEST_SEED"])


# ------------------------------------------------------------------------------------------------ order

LONG_FIRST = (
    *("tests/bench/test_bench.py", "tests/scenarios/test_first_shift.py", "tests/console/terminal/test_bytes.py"),
    *("tests/console/terminal/test_whole_screen.py", "tests/console/terminal/test_ssh.py", "tests/faults/"),
    *("tests/races/", "tests/storms/"),
    *("tests/console/test_contrast.py", "tests/core/exchange/test_import_real.py", "tests/simulator/", "tests/crash/"),
    *("tests/console/terminal/test_paced_screen.py", "tests/console/remote/", "tests/core/desk/test_machine.py"),
    *("tests/console/keyboard/test_full_width.py", "tests/console/test_pictures.py", "tests/pictures/"),
)
"""Few tests, each of them long, most of it waiting: begun before the others, so that no worker of several is left alone
with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first; each module stays together and in its own order."""
    places = {start: place for place, start in enumerate(LONG_FIRST)}
    rest = len(places)
    items.sort(key=lambda item: next((n for start, n in places.items() if item.nodeid.startswith(start)), rest))


# ------------------------------------------------------------------------------------------------ environment


def _move_house(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Point the home and the XDG folders at `home`, and forget what the caller's shell says about zhihui."""
    home.mkdir(mode=0o700)
    (home / "run").mkdir(mode=0o700)
    patch.setenv("HOME", str(home))
    patch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    for name, folder in {"DATA": "data", "CONFIG": "config", "STATE": "state", "CACHE": "cache"}.items():
        patch.setenv(f"XDG_{name}_HOME", str(home / folder))
    for name in list(os.environ):
        if name in TERMINAL or (name.startswith("ZHIHUI_") and name not in KEPT):
            patch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Fixtures wider than one test live here, so that they cannot see the caller's home either."""
    with pytest.MonkeyPatch.context() as patch:
        homes = tmp_path_factory.mktemp("homes", numbered=False)
        _move_house(homes / "session", patch)
        yield homes


_numbers = count(1)


@pytest.fixture(autouse=True)
def home(_session_home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A fresh home with fresh XDG folders, no ZHIHUI_* variables, no language chosen, `random` seeded per test."""
    folder = _session_home / str(next(_numbers))
    _move_house(folder, monkeypatch)
    if (spoken := sys.modules.get("console.i18n")) is not None:
        monkeypatch.setitem(spoken._spoken, "language", "")  # what the test before spoke
    random.seed(f"{os.environ['ZHIHUI_TEST_SEED']}:{request.node.nodeid}")
    return folder


# ------------------------------------------------------------------------------------------------ stores


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running PostgreSQL server: `postgresql+psycopg://…/postgres`.

    ZHIHUI_TEST_POSTGRES names another server (a role that may create databases) or is `skip`.
    """
    given = os.environ.get("ZHIHUI_TEST_POSTGRES")
    if given == "skip":
        pytest.skip("ZHIHUI_TEST_POSTGRES=skip")
    if given:
        yield given
        return
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with postgres.running(folder) as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, dropped after the test."""
    with postgres.database(postgres_url) as url:
        yield url


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    """The path of a SQLite file that does not exist yet."""
    return str(tmp_path / "store.sqlite")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def store_url(request: pytest.FixtureRequest) -> str:
    """A new, empty store, once as a SQLite file and once as a PostgreSQL database: what `--store` takes."""
    name = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    return str(request.getfixturevalue(name))


@pytest.fixture(scope="session")
def lasting_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Gives new, empty PostgreSQL databases that stay as long as the run."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(postgres.database(postgres_url))


@pytest.fixture(scope="session")
def made_stores(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> MadeStores:
    """Stores that are made once and copied for each test. The server starts when a test asks for it."""
    from tests.made_stores import MadeStores

    wanted = request.getfixturevalue
    return MadeStores(
        tmp_path_factory.mktemp("made"), lambda: str(wanted("postgres_url")), lambda: str(wanted("lasting_database")())
    )


@pytest.fixture
def street_file(made_stores: MadeStores, tmp_path: Path) -> Iterator[str]:
    """The path of a SQLite store with the small street of `tests.street`."""
    from tests.street import small_street

    with made_stores.copy(small_street, "sqlite", tmp_path / "store.sqlite") as (path, _desk):
        yield path


@pytest.fixture
def street_database(made_stores: MadeStores, tmp_path: Path) -> Iterator[str]:
    """The address of a PostgreSQL store with that street."""
    from tests.street import small_street

    with made_stores.copy(small_street, "postgresql", tmp_path) as (url, _desk):
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def street_url(request: pytest.FixtureRequest) -> str:
    """A store with that street, once as a SQLite file and once as a PostgreSQL database."""
    name = {"sqlite": "street_file", "postgresql": "street_database"}[request.param]
    return str(request.getfixturevalue(name))


# ------------------------------------------------------------------------------------------------ real input


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real tickets, tables and worked cases, which does not ship with the product.

    ZHIHUI_SHARED names it or the folder above it; without that, it is looked for beside the repository.
    """
    root = Path(os.environ.get("ZHIHUI_SHARED", REPOSITORY.parent / "shared"))
    for folder in (root / "data", root):
        if (folder / "tickets").is_dir():
            return folder
    pytest.skip(f"real input is not here: no tickets/ in {root} or its data/ (ZHIHUI_SHARED names the folder)")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY
