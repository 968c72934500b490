"""What is wrong with a place's sshd, before anybody is told nothing but "Permission denied (publickey)".

sshd is strict about owners and modes and says why only in its own log. Each check takes what it looks at, so that all
of them can be tried without being root.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from console.remote.site import PROGRAM, Site
from data.findings import Finding
from data.location import is_sqlite, sqlite_path

SEPARATED = Path("/run/sshd")
SHADOW = Path("/etc/shadow")
NO_SHELL = ("nologin", "false")
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
CUTS_UNUSED = (9, 2)


class Account(NamedTuple):
    """The account that sessions run as. `password` is the field of the shadow file, None where it cannot be read."""

    uid: int
    groups: frozenset[int]
    shell: str
    home: str
    password: str | None


def examine(site: Site, owner: int = 0) -> list[Finding]:
    """Everything about a place. `owner` is whose the files must be: root's. Raises nothing: it finds."""
    found = [server_finding(version()), separation_finding(SEPARATED, owner), *file_findings(site, owner)]
    account = account_of(site.account)
    if account is None:
        return [*found, _missing_account(site.account)]
    found += [*account_findings(site.account, account), *reach_findings(site, account)]
    found += [*store_findings(site, account), keep_finding(site, account)]
    return [*found, *settings_finding(site)]


# ------------------------------------------------------------------------------------------------ sshd


def server() -> str | None:
    """The path of sshd; None where it is not installed."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def version() -> tuple[int, ...] | None:
    """The version of the installed sshd; None where there is none."""
    program = server()
    if program is None:
        return None
    said = subprocess.run([program, "-V"], capture_output=True, text=True, check=False)  # noqa: S603
    numbered = re.search(r"OpenSSH_(\d+)\.(\d+)", said.stderr + said.stdout)
    return (int(numbered[1]), int(numbered[2])) if numbered else ()


def server_finding(found: tuple[int, ...] | None) -> Finding:
    """Whether there is an sshd that has what is needed."""
    if found is None:
        return Finding(
            "sshd", "bad", "没有安装 sshd。", "There is no sshd.", "请安装 openssh-server。", "Install openssh-server."
        )
    named = ".".join(map(str, found))
    if found < CUTS_UNUSED:
        return Finding(
            "sshd",
            "warn",
            f"OpenSSH {named or '版本不明'}：不能断开登录后什么都不做的连接（ssh -N）。",
            f"OpenSSH {named or 'of an unknown version'} cannot cut off who logs in and opens nothing (ssh -N).",
            "建议 9.2 或更新；旧版须重新运行 zhihui ssh setup。",
            "9.2 or newer is better; for an older one run zhihui ssh setup again.",
        )
    return Finding("sshd", "ok", f"OpenSSH {named}。", f"OpenSSH {named}.")


def separation_finding(folder: Path, owner: int) -> Finding:
    """The empty folder that sshd locks its network side into."""
    try:
        found = folder.stat()
    except OSError:
        return Finding(
            "separation",
            "bad",
            f"没有特权分离目录 {folder}，sshd 不会启动。",
            f"The privilege separation directory {folder} is missing: sshd does not start.",
            f"mkdir -m 755 {folder}；systemd 服务中写 RuntimeDirectory=sshd。",
            f"mkdir -m 755 {folder}; in a systemd unit, RuntimeDirectory=sshd.",
        )
    if found.st_uid != owner or found.st_mode & OTHERS_WRITE:
        return Finding(
            "separation",
            "bad",
            f"{folder} 须属于 root，且他人不可写。",
            f"{folder} must be root's, and nobody else may write to it.",
            f"chown root {folder}; chmod 755 {folder}",
            f"chown root {folder}; chmod 755 {folder}",
        )
    return Finding("separation", "ok", f"特权分离目录 {folder} 正常。", f"The directory {folder} is sound.")


def settings_finding(site: Site) -> Iterator[Finding]:
    """What sshd itself says of its settings; only root can ask."""
    program = server()
    if program is None or os.geteuid() != 0 or not (site.folder / "sshd_config").exists():
        return
    said = subprocess.run(  # noqa: S603
        [program, "-t", "-f", str(site.folder / "sshd_config")], capture_output=True, text=True, check=False
    )
    if said.returncode:
        words = said.stderr.strip()[:300]
        yield Finding("settings", "bad", f"sshd 不接受设置：{words}", f"sshd refuses its settings: {words}")
    else:
        yield Finding("settings", "ok", "sshd 接受设置。", "sshd accepts its settings.")


# ------------------------------------------------------------------------------------------------ files


def file_findings(site: Site, owner: int) -> Iterator[Finding]:
    """Files as they were written, root's, and no folder above them that others may write to."""
    changed = []
    for file in site.files():
        try:
            if (site.folder / file.name).read_text("utf-8") != file.text:
                changed.append(file.name)
        except OSError:
            changed.append(file.name)
    if changed:
        names = ", ".join(changed)
        yield Finding(
            "files",
            "bad",
            f"缺少、不可读或被改动：{names}。",
            f"Missing, unreadable or changed: {names}.",
            "重新运行 zhihui ssh setup。",
            "Run zhihui ssh setup again.",
        )
    else:
        yield Finding("files", "ok", f"{site.folder} 中的文件完整。", f"The files in {site.folder} are whole.")
    places = [site.folder / "authorized-keys", site.folder / "session"]
    unsafe = sorted({str(place) for start in places for place in unsafe_places(start, owner)})
    if unsafe:
        names = ", ".join(unsafe)
        yield Finding(
            "modes",
            "bad",
            f"sshd 要求属于 root 且他人不可写：{names}。",
            f"sshd wants these to be root's, and writable by nobody else: {names}.",
            "chown root 并 chmod go-w；不要放在 /tmp 之下。",
            "chown root and chmod go-w; keep them out of /tmp.",
        )
    else:
        yield Finding("modes", "ok", "属主与权限正常。", "Owners and modes are right.")
    yield host_key_finding(site.host_key, owner)


def unsafe_places(start: Path, owner: int) -> Iterator[Path]:
    """A file and the folders above it that sshd would not trust: another's, or writable by others."""
    for place in (start, *start.parents):
        try:
            found = place.stat()
        except OSError:
            continue
        if found.st_uid not in (0, owner) or found.st_mode & OTHERS_WRITE:
            yield place


def host_key_finding(path: Path, owner: int) -> Finding:
    """The private key of the host, for root's eyes only."""
    try:
        found = path.stat()
    except OSError:
        return Finding(
            "host-key",
            "bad",
            f"没有主机密钥 {path}。",
            f"There is no host key {path}.",
            "重新运行 zhihui ssh setup。",
            "Run zhihui ssh setup again.",
        )
    if found.st_uid != owner or found.st_mode & 0o077:
        return Finding(
            "host-key",
            "bad",
            f"主机密钥 {path} 他人可读，sshd 会拒用。",
            f"Others may read the host key {path}: sshd refuses it.",
            f"chmod 600 {path}",
            f"chmod 600 {path}",
        )
    return Finding("host-key", "ok", "主机密钥正常。", "The host key is sound.")


# ------------------------------------------------------------------------------------------------ account


def account_of(name: str) -> Account | None:
    """The account of a name; None where there is none."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    groups = {entry.pw_gid, *(group.gr_gid for group in grp.getgrall() if name in group.gr_mem)}
    password = None
    try:
        lines = SHADOW.read_text("utf-8").splitlines()
        password = next((line.split(":")[1] for line in lines if line.startswith(f"{name}:")), None)
    except OSError:
        pass
    return Account(entry.pw_uid, frozenset(groups), entry.pw_shell, entry.pw_dir, password)


def account_findings(name: str, account: Account) -> Iterator[Finding]:
    """Whether sshd lets the account in, and can start a command as it."""
    if account.password is not None and account.password.startswith("!"):
        yield Finding(
            "locked",
            "bad",
            f"账号 {name} 被锁定，sshd 不让它登录。",
            f"The account {name} is locked: sshd lets nobody in as it.",
            f"usermod -p '*' {name}（仍不能用密码登录）",
            f"usermod -p '*' {name} (there is no password to log in with then, either)",
        )
    if account.shell.rpartition("/")[2] in NO_SHELL:
        yield Finding(
            "shell",
            "bad",
            f"账号 {name} 的登录 shell 是 {account.shell}，会话无法启动。",
            f"The shell of {name} is {account.shell}: no session can start.",
            f"usermod -s /bin/sh {name}（客户端得不到 shell，只有强制命令）",
            f"usermod -s /bin/sh {name} (clients get no shell, only the forced command)",
        )
    if not Path(account.home).is_dir():
        yield Finding(
            "home",
            "warn",
            f"没有主目录 {account.home}，客户端会看到一行警告。",
            f"There is no home {account.home}: clients see a line of warning.",
            f"mkdir -p {account.home}",
            f"mkdir -p {account.home}",
        )


def _missing_account(name: str) -> Finding:
    todo = f"useradd --system --create-home --shell /bin/sh {name}; usermod -p '*' {name}"
    return Finding("account", "bad", f"没有账号 {name}。", f"There is no account {name}.", todo, todo)


def reach_findings(site: Site, account: Account) -> Iterator[Finding]:
    """Whether the account can start Python and read the program."""
    closed = [path for path in (Path(site.python).resolve(), PROGRAM) for path in closed_to(path, account)]
    if closed:
        names = ", ".join(sorted(map(str, set(closed))))
        yield Finding(
            "reach",
            "bad",
            f"账号 {site.account} 进不了：{names}。",
            f"The account {site.account} cannot enter: {names}.",
            "把程序装到大家可读的位置（如 /opt），不要在 /root 之下。",
            "Install the program where everybody may read it, as /opt, and not below /root.",
        )


def closed_to(path: Path, account: Account) -> Iterator[Path]:
    """The folders on the way to a path, and the path itself, that an account may not enter or read."""
    for place in (path, *path.parents):
        try:
            found = place.stat()
        except OSError:
            yield place
            continue
        wanted = stat.S_IXOTH if place.is_dir() else stat.S_IROTH | stat.S_IXOTH
        if not _has(found, wanted, account):
            yield place


def _has(found: os.stat_result, wanted: int, account: Account) -> bool:
    """Whether an account has rights, given as those of others, on a file."""
    if account.uid == 0:
        return True
    if found.st_uid == account.uid:
        return found.st_mode >> 6 & wanted == wanted
    if found.st_gid in account.groups:
        return found.st_mode >> 3 & wanted == wanted
    return found.st_mode & wanted == wanted


# ------------------------------------------------------------------------------------------------ store


def store_findings(site: Site, account: Account) -> Iterator[Finding]:
    """A store in a file and everything beside it must be the account's own: the trap of the write-ahead log."""
    if not is_sqlite(site.store):
        return
    path = Path(sqlite_path(site.store))
    if not path.exists():
        yield Finding("store", "bad", f"没有数据文件 {path}。", f"There is no store {path}.")
        return
    others = [
        place
        for place in (path.parent, path, *sorted(path.parent.glob(f"{path.name}-*")))
        if place.exists() and place.stat().st_uid != account.uid
    ]
    if others:
        names = ", ".join(map(str, others))
        yield Finding(
            "store-owner",
            "bad",
            f"不属于账号 {site.account}：{names}。没有其他程序打开数据库时，他人读不了 WAL，没有人能登录。",
            f"Not of the account {site.account}: {names}. While nothing else has the store open, another user cannot"
            " read its write-ahead log, and nobody gets in.",
            f"所有程序（引擎、控制台、sshd 会话）都用同一账号：chown -R {site.account} {path.parent}",
            f"Run everything (engine, console, sessions) as one account: chown -R {site.account} {path.parent}",
        )
    else:
        yield Finding("store-owner", "ok", "数据文件属于会话账号。", "The store is the account's own.")


def keep_finding(site: Site, account: Account) -> Finding:
    """Where drafts and logs are kept."""
    try:
        found = site.keep.stat()
    except OSError:
        found = None
    if found is not None and found.st_uid == account.uid and not found.st_mode & 0o077:
        return Finding("keep", "ok", f"{site.keep} 正常。", f"{site.keep} is sound.")
    todo = f"install -d -m 700 -o {site.account} {site.keep}"
    return Finding(
        "keep",
        "bad",
        f"{site.keep} 须属于 {site.account}、他人不可读，否则草稿无处保存。",
        f"{site.keep} must be {site.account}'s and closed to others, or unsent work is not kept.",
        todo,
        todo,
    )
