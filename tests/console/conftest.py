"""The shipped street with tickets, made once and copied for each test that asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from data.location import locate
from data.store import Store
from tests.console.picture_difference import difference
from tests.console.real_street import START, made_street

StreetCopy = Callable[[], tuple[Desk, str]]


@pytest.fixture(scope="session")
def street_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store file with twelve tickets, and the code of a duty officer."""
    path = tmp_path_factory.mktemp("street") / "street.sqlite"
    desk, officer = made_street(path, 12, SetClock(START))
    desk.store.close()
    return path, officer


@pytest.fixture
def street_copy(street_template: tuple[Path, str], tmp_path: Path) -> StreetCopy:
    """Makes an own copy of the street: its desk, on a clock that stands where the street was made, and the officer."""

    def copy() -> tuple[Desk, str]:
        source, officer = street_template
        target = tmp_path / "street.sqlite"
        for name in (source, *source.parent.glob(f"{source.name}-*")):
            shutil.copy(name, target.with_name(target.name + name.name.removeprefix(source.name)))
        clock = SetClock(START)
        clock.advance(minutes=10)
        return open_desk(Store(locate(str(target))), clock), officer

    return copy


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool], request: pytest.FixtureRequest) -> Callable[..., bool]:
    """The plugin's comparison, which says in words what differs."""

    def compare(app: App[Any], **options: Any) -> bool:
        if snap_compare(app, **options):
            return True
        stored = Path(request.node.path.parent) / "__snapshots__" / request.node.path.stem / f"{request.node.name}.raw"
        if not stored.exists():
            pytest.fail("there is no picture of it yet")
        pytest.fail(difference(stored.read_text(), str(app.return_value)))

    return compare
