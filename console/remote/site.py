"""The files of one place's sshd: its settings, the two programs it runs, and what goes to the officers' machines.

An instance of its own, with its own port, host key and account: the machine's own sshd stays as it is.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import console
from data.errors import BadInput, Conflict, NotFound, StoreTrouble

NAME = re.compile(r"[a-z_][a-z0-9_-]{0,30}", re.ASCII)
PLAIN_PATH = re.compile(r"/[A-Za-z0-9_./+@-]*", re.ASCII)
SHEBANG_LIMIT = 120
RECORD = "site.json"
"""What the files were written from, for the check."""
ALIVE, MISSED = 5, 6
"""sshd asks every so many seconds whether the client is there, and gives it up after so many questions more."""


class File(NamedTuple):
    """A file to write: its name in the folder, its mode, whether the account's group may read it, its text."""

    name: str
    mode: int
    of_group: bool
    text: str


@dataclass(frozen=True)
class Site:
    """One place: where its files are, whose account sessions run as, where the store is, where sshd listens."""

    folder: Path
    account: str
    store: str
    """A located URL."""
    keep: Path
    """What sessions keep: drafts, logs, settings."""
    address: str = "0.0.0.0"  # noqa: S104 - remote centres come from other machines
    port: int = 22022
    host: str = "zhihui.example"
    """What clients call this machine."""
    python: str = sys.executable
    cuts_unused: bool = True
    """Whether this sshd can cut off who logs in and opens nothing (OpenSSH 9.2)."""

    def check(self) -> None:
        """Raises BadInput for what sshd, a `#!` line or a shell would misread."""
        if not NAME.fullmatch(self.account) or self.account == "root":
            raise _bad(
                "account",
                f"账号 {self.account!a} 不可用：小写字母开头，不得为 root。",
                f"{self.account!a} cannot be the account: a name in small letters, and not root.",
            )
        for path in (self.folder, self.keep, Path(self.python), PROGRAM):
            if not PLAIN_PATH.fullmatch(str(path)):
                raise _bad(
                    "path",
                    f"路径 {str(path)!a} 须为绝对路径，不含空格和特殊字符。",
                    f"The path {str(path)!a} must be absolute, without blanks and special signs.",
                )
        if len(self.python) > SHEBANG_LIMIT:
            raise _bad("python", "Python 的路径太长。", "The path of Python is too long.")
        if not 0 < self.port < 65536:
            raise _bad("port", "端口须为 1 到 65535。", "The port must be 1 to 65535.")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,250}", self.host, re.ASCII):
            raise _bad("host", f"主机名 {self.host!a} 不可用。", f"{self.host!a} is no host name.")
        try:
            ip_address(self.address)
        except ValueError as error:
            raise _bad("address", f"{self.address!a} 不是 IP 地址。", f"{self.address!a} is no IP address.") from error

    @property
    def host_key(self) -> Path:
        """The private key by which clients know this sshd."""
        return self.folder / "host_key"

    def files(self) -> Iterator[File]:
        """Everything but the host key."""
        yield File("sshd_config", 0o644, False, self._settings())
        yield File("authorized-keys", 0o750, True, self._program("authorized_keys", self._key_arguments()))
        for name, module in (("session", "session"), ("fork-server", "fork_server")):
            yield File(name, 0o750, True, self._program(module, f"{self.store!r}, {str(self.keep)!r}"))
        yield File(
            RECORD, 0o640, True, json.dumps({**asdict(self), "folder": str(self.folder), "keep": str(self.keep)})
        )
        yield File(
            "client_config", 0o644, False, CLIENT_SETTINGS.format(host=self.host, port=self.port, user=self.account)
        )
        yield File("zhihui-remote", 0o755, False, CLIENT_WRAPPER)

    def _settings(self) -> str:
        return SERVER_SETTINGS.format(
            folder=self.folder, address=self.address, port=self.port, account=self.account,
            host_key=self.host_key, alive=ALIVE, missed=MISSED,
            unused="" if self.cuts_unused else "#",
        )  # fmt: skip

    def _key_arguments(self) -> str:
        return f"{self.account!r}, {self.store!r}, {str(self.folder / 'session')!r}"

    def _program(self, module: str, arguments: str) -> str:
        return PROGRAM_TEXT.format(python=self.python, place=str(PROGRAM), module=module, arguments=arguments)


PROGRAM = Path(console.__file__).resolve().parent.parent
"""The folder in which the program's packages are."""

PROGRAM_TEXT = """\
#!{python} -I
# Written by zhihui ssh setup.
import sys

sys.path.insert(0, {place!r})
from console.remote.{module} import main

raise SystemExit(main(sys.argv[1:], {arguments}))
"""

SERVER_SETTINGS = """\
# Written by zhihui ssh setup: an sshd of its own. Start it with: /usr/sbin/sshd -D -f {folder}/sshd_config
Port {port}
ListenAddress {address}
HostKey {host_key}
PidFile none
LogLevel VERBOSE
AllowUsers {account}
PermitRootLogin no
AuthenticationMethods publickey
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
UsePAM no
# The only source of keys is the store.
AuthorizedKeysFile none
AuthorizedKeysCommand {folder}/authorized-keys %u %t %k %f
AuthorizedKeysCommandUser {account}
StrictModes yes
PermitUserEnvironment no
PermitUserRC no
AcceptEnv COLORTERM
DisableForwarding yes
AllowTcpForwarding no
AllowAgentForwarding no
AllowStreamLocalForwarding no
X11Forwarding no
PermitTunnel no
GatewayPorts no
PrintMotd no
PrintLastLog no
MaxAuthTries 4
MaxSessions 3
MaxStartups 60:30:120
LoginGraceTime 30
ClientAliveInterval {alive}
ClientAliveCountMax {missed}
TCPKeepAlive yes
Compression yes
# Without a Subsystem line there is no sftp. From OpenSSH 9.2 on, who logs in and opens nothing is cut off:
{unused}UnusedConnectionTimeout 30
"""

CLIENT_SETTINGS = """\
# For ~/.ssh/config on the officer's machine. Written by zhihui ssh setup.
Host zhihui
  HostName {host}
  Port {port}
  User {user}
  IdentitiesOnly yes
  IdentityFile ~/.ssh/zhihui
  ForwardAgent no
  ForwardX11 no
  Compression yes
  IgnoreUnknown ObscureKeystrokeTiming
  ObscureKeystrokeTiming interval:200
  ServerAliveInterval 10
  ServerAliveCountMax 3
  ControlMaster auto
  ControlPath ~/.ssh/cm-%C
  ControlPersist 10m
"""

CLIENT_WRAPPER = """\
#!/bin/sh
# Opens the console of the centre, and puts the terminal right when the line drops in the middle. Written by zhihui ssh
# setup. Without arguments the console, with arguments one command: zhihui-remote ticket list --json
if [ $# -gt 0 ]; then
    exec ssh zhihui "$@"
fi
saved=$(stty -g 2>/dev/null)
ssh -t zhihui
code=$?
if [ -t 1 ]; then
    printf '\\033[?1049l\\033[?25h\\033[?1000;1002;1003;1006;2004;1004;2026l\\033[<u\\033[?7h\\033[m'
    [ -n "$saved" ] && stty "$saved"
fi
exit $code
"""


def read_site(folder: Path) -> Site:
    """The place that was set up in a folder. Raises NotFound, BadInput."""
    try:
        given = json.loads((folder / RECORD).read_text("utf-8"))
        return Site(**{**given, "folder": Path(given["folder"]), "keep": Path(given["keep"])})
    except OSError as error:
        raise NotFound(
            "ssh-not-set-up",
            f"{folder} 中没有设置，请先运行 zhihui ssh setup。",
            f"Nothing is set up in {folder}: run zhihui ssh setup first.",
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput("ssh-record", f"{folder / RECORD} 无法读取。", f"{folder / RECORD} cannot be read.") from error


def write(site: Site, owner: int = 0, group: int | None = None) -> list[Path]:
    """Write the files of a place, and make a host key where there is none; gives what was written.

    `owner` is the user that the files belong to, as sshd demands root's; `group` the account's. Raises StoreTrouble
    where the folder cannot be written, Conflict where a file is a link.
    """
    written = []
    try:
        site.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        for file in site.files():
            path = site.folder / file.name
            if path.is_symlink():
                raise Conflict("ssh-link", f"{path} 是链接，未作更改。", f"{path} is a link; nothing was changed.")
            path.unlink(missing_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="utf-8") as opened:
                opened.write(file.text)
                os.fchown(handle, owner, group if file.of_group and group is not None else -1)
                os.fchmod(handle, file.mode)
            written.append(path)
        if not site.host_key.exists():
            _make_host_key(site.host_key)
            written.append(site.host_key)
    except OSError as error:
        raise StoreTrouble(
            "ssh-write",
            f"无法写入 {site.folder}：{error.strerror}。",
            f"{site.folder} cannot be written: {error.strerror}.",
        ) from error
    return written


def _make_host_key(path: Path) -> None:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise StoreTrouble(
            "ssh-keygen", "没有 ssh-keygen，请先安装 OpenSSH。", "No ssh-keygen here: install OpenSSH first."
        )
    subprocess.run([program, "-q", "-t", "ed25519", "-N", "", "-C", "zhihui", "-f", str(path)], check=True)  # noqa: S603


def _bad(what: str, zh: str, en: str) -> BadInput:
    return BadInput(f"ssh-{what}", zh, en)
