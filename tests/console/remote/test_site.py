"""Setting up and checking a place: what is written, and each thing that keeps sshd from letting anybody in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from console.remote.site import Site, read_site, write
from console.remote.site_check import (
    Account,
    account_findings,
    closed_to,
    file_findings,
    host_key_finding,
    keep_finding,
    separation_finding,
    server_finding,
    store_findings,
    unsafe_places,
)
from data.errors import BadInput, Conflict, NotFound
from data.findings import Finding
from tests.console.cli.conftest import Run, Street, run, street  # noqa: F401 - fixtures
from tests.sshd import SSHD

ME = os.geteuid()
ACCOUNT = Account(ME, frozenset({os.getegid()}), "/bin/sh", "/", "*")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "ssh", "zhihui", f"sqlite:///{tmp_path}/store/street.db", tmp_path / "keep")
    write(made, ME)
    return made


def codes(found: object) -> dict[str, str]:
    return {one.code: one.level for one in found if isinstance(one, Finding)}  # type: ignore[attr-defined]


def test_what_is_written_is_read_again_and_the_host_key_stays(site: Site) -> None:
    assert read_site(site.folder) == site
    modes = {path.name: path.stat().st_mode & 0o777 for path in site.folder.iterdir()}
    assert modes["host_key"] == 0o600
    assert modes["session"] == modes["authorized-keys"] == 0o750
    key = site.host_key.read_bytes()
    write(replace(site, port=2222), ME)
    assert "Port 2222" in (site.folder / "sshd_config").read_text()
    assert site.host_key.read_bytes() == key
    (site.folder / "session").unlink()
    (site.folder / "session").symlink_to("/etc/passwd")
    with pytest.raises(Conflict):
        write(site, ME)


@pytest.mark.skipif(SSHD is None or ME != 0, reason="sshd tests its settings for root alone")
def test_sshd_accepts_its_settings(site: Site) -> None:
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    said = subprocess.run([str(SSHD), "-t", "-f", str(site.folder / "sshd_config")], capture_output=True, check=False)
    assert (said.returncode, said.stderr) == (0, b"")


@pytest.mark.parametrize(
    "change",
    [
        {"account": "root"},
        {"account": "Zhang; id"},
        {"port": 0},
        {"host": "a b"},
        {"address": "everywhere"},
        {"folder": Path("/etc/with blank")},
        {"keep": Path("relative")},
        {"python": "/" + "x" * 200},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_sshd_or_a_shell_would_misread_is_refused(site: Site, change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        replace(site, **change).check()  # type: ignore[arg-type]
    site.check()


def test_a_sound_place_has_no_bad_findings(site: Site) -> None:
    (store := Path(site.store.removeprefix("sqlite:///"))).parent.mkdir()
    store.touch()
    site.keep.mkdir(mode=0o700)
    found = [*file_findings(site, ME), *account_findings("zhihui", ACCOUNT), *store_findings(site, ACCOUNT)]
    found += [keep_finding(site, ACCOUNT), separation_finding(site.keep, ME), server_finding((9, 2))]
    # A temporary folder lies below one that everybody writes to, which is what `modes` is there to find.
    assert {code for code, level in codes(found).items() if level != "ok"} <= {"modes"}


def _loosen(site: Site) -> list[Finding]:
    (site.folder / "session").chmod(0o770)
    assert site.folder / "session" in unsafe_places(site.folder / "session", ME)
    return list(file_findings(site, ME))


def _edit(site: Site) -> list[Finding]:
    (site.folder / "session").write_text("#!/bin/sh\nexec sh\n")
    return list(file_findings(site, ME))


def _open_host_key(site: Site) -> list[Finding]:
    site.host_key.chmod(0o644)
    return [host_key_finding(site.host_key, ME)]


def _another_store_owner(site: Site) -> list[Finding]:
    (store := Path(site.store.removeprefix("sqlite:///"))).parent.mkdir()
    store.touch()
    return list(store_findings(site, ACCOUNT._replace(uid=ME + 1)))


WRONG: dict[str, tuple[str, Callable[[Site], list[Finding]]]] = {
    "no sshd": ("sshd", lambda site: [server_finding(None)]),
    "no separation folder": ("separation", lambda site: [separation_finding(site.folder / "none", ME)]),
    "a separation folder of another": ("separation", lambda site: [separation_finding(site.folder, ME + 1)]),
    "a file that others write": ("modes", _loosen),
    "a file that was changed": ("files", _edit),
    "a host key for all to read": ("host-key", _open_host_key),
    "a locked account": ("locked", lambda site: list(account_findings("x", ACCOUNT._replace(password="!")))),
    "no shell": ("shell", lambda site: list(account_findings("x", ACCOUNT._replace(shell="/usr/sbin/nologin")))),
    "no store": ("store", lambda site: list(store_findings(site, ACCOUNT))),
    "a store of another account": ("store-owner", _another_store_owner),
    "no place for drafts": ("keep", lambda site: [keep_finding(site, ACCOUNT)]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found_and_said_in_both_languages_with_what_to_do(site: Site, case: str) -> None:
    code, look = WRONG[case]
    found = {one.code: one for one in look(site)}[code]
    assert found.level == "bad"
    assert found.zh != found.en
    assert found.en.isascii()


def test_a_program_below_a_closed_folder_is_found(site: Site, tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "python"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o700)
    assert inner.parent in closed_to(inner, ACCOUNT._replace(uid=ME + 1, groups=frozenset()))
    assert inner.parent not in closed_to(inner, ACCOUNT)


def test_setup_shows_before_it_writes_and_check_says_what_is_missing(run: Run, tmp_path: Path) -> None:  # noqa: F811
    folder = str(tmp_path / "place")
    shown = run("ssh", "setup", "--folder", folder, "--dry-run")
    assert shown.code == 0, shown.err
    assert "AuthorizedKeysCommand" in shown.out
    assert not Path(folder).exists()
    refused = run("ssh", "setup", "--folder", folder, "--account", "root", "--dry-run")
    assert refused.code == 2
    missing = run("ssh", "check", "--folder", folder)
    assert missing.code == 3
    with pytest.raises(NotFound):
        read_site(Path(folder))
