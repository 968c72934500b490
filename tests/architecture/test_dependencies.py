"""The locks, the licences, and the names that dependencies take up."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.architecture.licences import PERMITTED, installed, licence, normal

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
FLOORS = {"console", "core", "data", "themes"}


def locked(lock: Path) -> dict[str, tuple[Requirement, list[str]]]:
    """Each entry of a lock with its hashes."""
    entries = {}
    for entry in lock.read_text().replace("\\\n", " ").splitlines():
        line, *hashes = re.split(r"\s+--hash=", entry.strip())
        if line:
            requirement = Requirement(line)
            entries[normal(requirement.name)] = (requirement, hashes)
    return entries


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text())


def direct(project: dict[str, Any]) -> dict[str, list[Requirement]]:
    """The direct dependencies by the lock that holds them."""
    groups = project["dependency-groups"]
    return {
        "requirements.lock": [Requirement(line) for line in project["project"]["dependencies"]],
        "requirements-dev.lock": [Requirement(line) for line in groups["dev"]],
        "requirements-build.lock": [Requirement(line) for line in groups["build"]],
    }


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_exact_releases_with_hashes(repository: Path, name: str) -> None:
    entries = locked(repository / name)
    assert entries
    for requirement, hashes in entries.values():
        assert [pin.operator for pin in requirement.specifier] == ["=="], requirement
        assert requirement.url is None
        assert hashes, requirement
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", value) for value in hashes), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_serves_what_the_project_asks_for(repository: Path, project: dict[str, Any], name: str) -> None:
    entries = locked(repository / name)
    for wanted in direct(project)[name]:
        pinned, _ = entries[normal(wanted.name)]
        assert wanted.specifier.contains(next(iter(pinned.specifier)).version), wanted


def test_the_locks_agree_with_each_other(repository: Path) -> None:
    seen: dict[str, str] = {}
    for lock in LOCKS:
        for name, (requirement, _) in locked(repository / lock).items():
            assert seen.setdefault(name, str(requirement.specifier)) == str(requirement.specifier), (lock, name)


def test_what_is_installed_is_what_is_locked(repository: Path) -> None:
    found = installed()
    wrong = []
    for lock in LOCKS:
        for name, (requirement, _) in locked(repository / lock).items():
            if requirement.marker is None or requirement.marker.evaluate():
                version = found[name].version if name in found else "absent"
                if not requirement.specifier.contains(version):
                    wrong.append(f"{requirement} is locked, {version} is installed: make setup-dev")
    assert wrong == []


def test_no_dependency_takes_the_name_of_a_floor() -> None:
    taken = packages_distributions()
    assert len(taken) > 30
    assert {floor: taken[floor] for floor in FLOORS if set(taken.get(floor, [])) - {"zhihui"}} == {}


def test_no_floor_is_named_like_the_standard_library() -> None:
    assert not FLOORS & sys.stdlib_module_names


def test_licences_allow_what_we_do(repository: Path) -> None:
    names = {name for lock in LOCKS for name in locked(repository / lock)}
    found = installed()
    stated = {name: licence(found[name]) for name in names if name in found}
    assert len(stated) > 60
    assert {name: text for name, text in stated.items() if not set(text.split(" or ")) & PERMITTED} == {}
    copyleft = {name for name, text in stated.items() if text.startswith("LGPL")}
    assert copyleft <= {"psycopg", "psycopg-binary", "pyte"}


def test_the_page_of_dependencies_is_true(repository: Path, project: dict[str, Any]) -> None:
    page = (repository / "docs" / "dependencies.md").read_text()
    rows = dict(re.findall(r"^\| ([\w-]+) \| .+ \| ([\w. -]+) \|$", page, re.MULTILINE))
    wanted = {normal(requirement.name) for requirements in direct(project).values() for requirement in requirements}
    assert set(rows) - {"package"} == wanted
    found = installed()
    assert {name: text for name, text in rows.items() if name in found and licence(found[name]) != text} == {}


def test_the_licence_of_the_project(repository: Path, project: dict[str, Any]) -> None:
    assert project["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (repository / "LICENSE").read_text()
