"""Remote access as docs/remote.md sets it up, with an account of its own: setup, check, keys, sshd, scripts, a console.

The account lives in a mount namespace of the test (its own /etc/passwd), so that the machine stays as it is.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from console.exit_codes import OK, PARTLY
from console.remote.fork_check import listened_at
from console.remote.fork_client import socket_path
from console.remote.site_check import PROGRAM, SEPARATED, Account, closed_to
from core.clock import SystemClock
from core.desk.orders import Report
from data.store import Store
from tests.console.terminals import HOUSE, Emulator, Session, environment
from tests.remote_sshd import STRICT, cleared, processes_below, run, until
from tests.sshd import HOST, SSHD
from tests.street import small_street

NAME, NUMBER = "zhihui-e2e", 61_234
OWN = ("unshare", "--mount", "--propagation", "private")


def why_not() -> str:
    """Why no account of its own can be had here; empty where it can."""
    if SSHD is None:
        return "no sshd: install openssh-server"
    if os.geteuid() != 0:
        return "an account of its own needs root"
    if not all(map(shutil.which, ("unshare", "nsenter", "setpriv"))):
        return "no unshare, nsenter or setpriv: install util-linux"
    if subprocess.run([*OWN, "true"], capture_output=True, check=False).returncode:
        return "this machine lets nobody have mounts of their own"
    return ""


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_not()), reason=why_not())]


class Machine:
    """The machine as the account sees it."""

    def __init__(self, folder: Path, inside: int, port: int) -> None:
        self.folder, self.inside, self.port = folder, inside, port
        self.store, self.site = folder / "store/street.db", folder / "site"

    def command(self, *words: str, account: bool = False) -> list[str]:
        """A command in the namespace, as root or as the account."""
        becomes = ("setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups") if account else ()
        return ["nsenter", "--target", str(self.inside), "--mount", f"--wd={HOUSE}", "--", *becomes, *words]

    def zhihui(self, *words: str, account: bool = False) -> subprocess.CompletedProcess[str]:
        """The program, at the machine itself."""
        program = [sys.executable, "-m", "console", "--store", str(self.store), *words]
        told = {**environment(), **{name: str(self.folder / "home") for name in ("HOME", "XDG_STATE_HOME")}}
        return subprocess.run(
            self.command(*program, account=account), capture_output=True, text=True, env=told, check=False
        )

    def client(self, *options: str) -> list[str]:
        """The client of the officer `zhang`."""
        own = ("-i", str(self.folder / "zhang"), "-o", f"UserKnownHostsFile={self.folder}/known")
        return ["ssh", *options, *STRICT, *own, "-p", str(self.port), f"{NAME}@{HOST}", "--"]


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A street whose store is the account's; nothing is set up yet."""
    folder = Path(tempfile.mkdtemp(prefix="zhihui-ssh-", dir="/var/lib"))
    folder.chmod(0o755)
    try:
        (folder / "store").mkdir()
        desk = small_street(Store(f"sqlite:///{folder}/store/street.db", create=True), SystemClock())
        desk.do(Report(title="井盖缺失", community="C01"), desk.actor("zhang"))
        desk.store.close()
        for place, mode in (("home", 0o700), ("keep", 0o700)):
            (folder / place).mkdir(mode=mode)
        for place in (*(folder / "store").iterdir(), folder / "store", folder / "home", folder / "keep"):
            os.chown(place, NUMBER, NUMBER)
        SEPARATED.mkdir(mode=0o755, exist_ok=True)
        with socket.create_server((HOST, 0)) as free:
            port = int(free.getsockname()[1])
        with own_mounts(folder) as inside:
            yield Machine(folder, inside, port)
    finally:
        cleared(folder)


@contextmanager
def own_mounts(folder: Path) -> Iterator[int]:
    """A process whose machine has the account, and lets it reach Python; gives its number."""
    entry = f"{NAME}:x:{NUMBER}:{NUMBER}::{folder}/home:/bin/sh\n"
    lines = [f"set -e; cd {folder}"]
    for name, line in (("passwd", entry), ("group", f"{NAME}:x:{NUMBER}:\n"), ("shadow", f"{NAME}:*:20000::::::\n")):
        (folder / name).write_text((Path("/etc") / name).read_text() + line)
        (folder / name).chmod(0o600 if name == "shadow" else 0o644)
        lines.append(f"mount --bind {name} /etc/{name}")
    for number, (closed, children) in enumerate(ways_to_python().items()):
        lines.append(f"mkdir -m 755 open{number}")
        for child in children:
            lines.append(f"mkdir open{number}/{child}; mount --bind {closed}/{child} open{number}/{child}")
        lines.append(f"mount --rbind open{number} {closed}")
    script = "; ".join([*lines, "echo ready", "exec cat"])
    with subprocess.Popen([*OWN, "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        try:
            assert holder.stdout.readline() == b"ready\n"
            yield holder.pid
        finally:
            holder.terminate()


def ways_to_python() -> dict[Path, set[str]]:
    """Folders that are closed to the account, and what is needed of each."""
    account = Account(NUMBER, frozenset({NUMBER}), "/bin/sh", "/", "*")
    found: dict[Path, set[str]] = {}
    for wanted in (Path(sys.executable).resolve(), Path(sys.prefix), PROGRAM):
        closed = [place for place in closed_to(wanted, account) if place != wanted]
        if closed:
            outermost = min(closed, key=lambda place: len(place.parts))
            found.setdefault(outermost, set()).add(wanted.relative_to(outermost).parts[0])
    return found


@contextmanager
def running(command: Sequence[str]) -> Iterator[int]:
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def answers(port: int) -> bool:
    with socket.socket() as found:
        return found.connect_ex((HOST, port)) == 0


def users_of(processes: set[int]) -> set[int]:
    """Whose processes they are."""
    return {os.stat(f"/proc/{process}").st_uid for process in processes if os.path.exists(f"/proc/{process}")}


def test_it_is_set_up_checked_and_used_as_the_page_says(machine: Machine) -> None:
    folder = machine.folder
    where = ("--folder", str(machine.site))
    given = ("--account", NAME, "--keep", str(folder / "keep"), "--listen", HOST, "--port", str(machine.port))
    done = machine.zhihui("ssh", "setup", *where, *given, "--host", HOST)
    assert done.returncode == OK, done.stderr
    checked = machine.zhihui("ssh", "check", *where, "--json")
    found = {one["code"]: one["level"] for one in json.loads(checked.stdout)}
    assert checked.returncode == OK, checked.stdout
    assert set(found.values()) == {"ok"}, found
    assert {"store-owner", "keep", "fork-server", "settings"} <= found.keys()

    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "zhang")], check=True)
    public = folder / "zhang.pub"
    added = machine.zhihui("ssh", "key", "add", "zhang", str(public), "--as", "chen", account=True)
    assert added.returncode == OK, added.stderr
    (folder / "known").write_text(f"[{HOST}]:{machine.port} {(machine.site / 'host_key.pub').read_text()}")
    sshd = machine.command(str(SSHD), "-D", "-f", str(machine.site / "sshd_config"), "-E", str(folder / "log"))
    with running(sshd) as server:
        until(lambda: answers(machine.port), "sshd answers")
        _scripts(machine)
        _console(machine, server)
        service = machine.command(str(machine.site / "fork-server"), account=True)
        with running(service):
            until(lambda: listened_at(Path(socket_path(str(folder / "keep")))), "the server of consoles runs")
            checked = machine.zhihui("ssh", "check", *where, "--json")
            assert checked.returncode == OK, checked.stdout
            assert "The server of consoles runs." in checked.stdout
            _console(machine, server)
    assert users_of_files(folder / "keep") == users_of_files(folder / "store") == {NUMBER}


def _scripts(machine: Machine) -> None:
    """What the page shows: a list as JSON, a batch from a file, its rejected line and exit code."""
    listed = run([*machine.client(), "ticket", "list", "--json"])
    log = (machine.folder / "log").read_text()
    assert (listed.returncode, listed.stderr) == (OK, b""), log
    (code,) = [row["code"] for row in json.loads(listed.stdout)]
    ops = machine.folder / "ops.jsonl"
    lines = [{"verb": "accept", "ticket": code}, {"verb": "accept", "ticket": "9999"}]
    ops.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run(["sh", "-c", f'exec "$@" <{ops}', "sh", *machine.client(), "batch"])
    assert done.returncode == PARTLY, done.stderr
    assert [json.loads(line)["ok"] for line in done.stdout.splitlines()] == [True, False]
    shown = run([*machine.client(), "ticket", "show", code, "--json"])
    assert json.loads(shown.stdout)["stage"] == "accepted", shown.stdout


def _console(machine: Machine, server: int) -> None:
    """The list, and the way out; its processes are the account's, but for sshd's own watcher."""
    with closing(Session(machine.client("-tt"), Emulator(100, 30), environment())) as session:
        session.until("井盖缺失")
        whose = users_of(processes_below(server))
        assert whose == {0, NUMBER}
        session.press("\x11")
        assert session.ended() == OK


def users_of_files(folder: Path) -> set[int]:
    return {place.lstat().st_uid for place in (folder, *folder.rglob("*"))}
