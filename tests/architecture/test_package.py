"""The wheel: what somebody gets who installs zhihui without the repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.test_repository import FLOORS, tracked


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    ended = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return next(folder.glob("zhihui-*.whl"))


def test_the_wheel_holds_the_floors_and_nothing_else(wheel: Path, repository: Path) -> None:
    """Every file of the floors, those that are no Python too: catalogues, messages, themes, migrations."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {str(file.relative_to(repository)) for file in tracked(repository)}
    wanted = {name for name in wanted if name.partition("/")[0] in FLOORS}
    assert any(not name.endswith(".py") for name in wanted)
    assert wanted - names == set()
    assert {name.partition("/")[0] for name in names} == set(FLOORS)
    assert not [name for name in names if "__pycache__" in name]


def test_the_wheel_names_its_command_and_its_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert "zhihui = console.entry:main" in texts["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in texts["METADATA"]
    assert "Apache License" in texts["LICENSE"]


def test_the_installed_program_runs_away_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    """Nothing is read from the work tree: messages and catalogues come out of the wheel."""
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    script = f"import sys; sys.path.insert(0, {str(site)!r})\nfrom console import entry\n"
    script += "print(entry.__file__, flush=True)\nentry.main()"
    ended = subprocess.run(
        [sys.executable, "-P", "-c", script, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert str(site) in ended.stdout
