"""Whether this machine and this store are fit to run a centre: `zhihui doctor`.

Each check takes values and gives a finding; `examine` collects the values.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.clock_check import clock_findings
from core.identity.key_file import find_key, key_path
from core.terminal_check import terminal_findings
from data.daily_copies import newest_day
from data.errors import StoreTrouble
from data.findings import Finding
from data.location import is_sqlite, sqlite_path
from data.queries.searching import LAG_SHOWN, waiting
from data.reader import Reader
from data.revision import HEAD, REVISIONS, schema_version
from data.sqlite import driver

NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "gpfs", "virtiofs", "vboxsf")
)
GONE_AFTER_RESTART = frozenset(("tmpfs", "ramfs", "overlay", "aufs"))
MIB = 1024 * 1024
LATE_BACKUP = timedelta(days=2)
ROOM_NEEDED, ROOM_WANTED = 200 * MIB, 1024 * MIB


def examine(url: str, now: datetime, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Everything, on the machine and the store at a located URL; `now` is aware. Raises nothing: it finds.

    Takes about a third of a second. The terminal is asked for its widths only when a person sits at it.
    """
    known = os.environ if environment is None else environment
    found = [python_finding(sys.version_info[:3]), sqlite_finding()]
    found += sqlite_place(sqlite_path(url)) if is_sqlite(url) else []
    found += store_findings(url, now)
    found += terminal_findings(known, sys.stdin.isatty() and sys.stdout.isatty())
    return found + clock_findings(now)


# ------------------------------------------------------------------------------------------------ program


def python_finding(version: tuple[int, ...]) -> Finding:
    """Python 3.11 or newer."""
    text = ".".join(str(part) for part in version)
    if version >= (3, 11):
        return Finding(
            "python", "ok", f"Python {text}，{platform.machine()}。", f"Python {text}, {platform.machine()}."
        )
    return Finding(
        "python", "bad", f"Python {text} 过旧。", f"Python {text} is too old.", "需要 3.11。", "3.11 is needed."
    )


def sqlite_finding() -> Finding:
    """A SQLite without the WAL-reset bug, and where it comes from."""
    try:
        module = driver()
    except StoreTrouble as error:
        return _trouble("sqlite", error)
    text = f"SQLite {module.sqlite_version} ({module.__name__.partition('.')[0]})"
    return Finding("sqlite", "ok", f"{text}，无已知的数据损坏缺陷。", f"{text}, free of the known corruption bug.")


# ------------------------------------------------------------------------------------------------ store


def sqlite_place(path: str) -> list[Finding]:
    """The folder of an embedded store: file system, room, permissions."""
    folder = _nearest(Path(path).parent)
    mounts = _read("/proc/mounts")
    usage = shutil.disk_usage(folder)
    return [
        file_system_finding(file_system_of(os.path.realpath(folder), mounts)),
        room_finding(usage.free, usage.total),
        rights_finding(Path(path)),
    ]


def file_system_of(folder: str, mounts: str) -> str:
    """The type of the file system that holds a folder, out of /proc/mounts; empty when it is not known."""
    found, length = "", -1
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = parts[1].encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")
        inside = folder == point or folder.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= length:
            found, length = parts[2], len(point)
    return found


def file_system_finding(kind: str) -> Finding:
    """Network file systems have no locks that SQLite can rely on; some others do not keep what they hold."""
    if kind in NETWORK or kind.startswith("fuse"):
        return Finding(
            "file-system",
            "bad",
            f"数据在网络或 FUSE 文件系统（{kind}）上，多进程写入会损坏数据。",
            f"The store lies on a network or FUSE file system ({kind}): several processes will damage it.",
            "请移到本机磁盘，或使用 PostgreSQL。",
            "Move it to a local disk, or use PostgreSQL.",
        )
    if kind in GONE_AFTER_RESTART:
        return Finding(
            "file-system",
            "warn",
            f"数据在 {kind} 上，重启或重建容器后可能丢失。",
            f"The store lies on {kind}: it may be gone after a restart.",
            "请放到持久的磁盘或卷上。",
            "Put it on a disk or volume that stays.",
        )
    name = kind or "?"
    return Finding("file-system", "ok", f"文件系统 {name}。", f"File system {name}.")


def room_finding(free: int, total: int) -> Finding:
    """Room on the disk, in bytes."""
    text = f"{free // MIB} MiB"
    if free >= ROOM_WANTED and free * 50 >= total:
        return Finding("room", "ok", f"剩余空间 {text}。", f"{text} free.")
    return Finding(
        "room",
        "bad" if free < ROOM_NEEDED else "warn",
        f"剩余空间仅 {text}。",
        f"Only {text} free.",
        "请清理磁盘；写满后将无法登记事件。",
        "Make room: with a full disk no ticket can be taken in.",
    )


def rights_finding(path: Path) -> Finding:
    """The store holds personal data: only its owner may read it."""
    try:
        file, folder = path.stat(), path.parent.stat()
    except OSError:
        return Finding("rights", "ok", "数据文件尚未建立。", "There is no store file yet.")
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        return Finding(
            "rights",
            "bad",
            f"当前用户不能写入 {path}。",
            f"This user cannot write to {path}.",
            "请以数据文件的所有者运行。",
            "Run as the owner of the store.",
        )
    if file.st_mode & 0o077 or folder.st_mode & 0o022:
        return Finding(
            "rights",
            "warn",
            f"其他用户可以读取或替换 {path}。",
            f"Other users can read or replace {path}.",
            f"chmod 600 {path}; chmod 700 {path.parent}",
            f"chmod 600 {path}; chmod 700 {path.parent}",
        )
    return Finding("rights", "ok", "数据文件仅所有者可读写。", "Only its owner can read and write the store.")


def store_findings(url: str, now: datetime) -> list[Finding]:
    """Whether the store opens, of which release it is, and whether the clock stands before its last event."""
    try:
        with Reader(url, any_version=True) as reader:
            version = schema_version(reader)
            found = [schema_finding(version)]
            if version == HEAD:
                last = reader.rows(
                    "SELECT max(e.at) FROM centre_seq s JOIN ticket_event e"
                    " ON e.centre_id = s.centre_id AND e.id = s.chain_no",
                    fanout=True,
                )[0][0]
                found.append(set_back_finding(now, datetime.fromtimestamp(last or 0, UTC)))
                centres = reader.rows("SELECT id FROM centre", fanout=True)
                found.append(index_finding(sum(waiting(reader, int(centre)) for (centre,) in centres)))
                found += key_findings(reader)
                if reader.sqlite and last:
                    found.append(backup_finding(Path(sqlite_path(url)), now))
            return found
    except StoreTrouble as error:
        if error.code == "store-missing":
            return [Finding("store", "ok", "还没有数据文件。", "There is no store yet.", error.zh, error.en)]
        return [_trouble("store", error)]


def key_findings(reader: Reader) -> list[Finding]:
    """The key file of one-time codes, where pairings are sealed: there, readable, and the one that they need."""
    sealed = reader.rows("SELECT totp_secret FROM account WHERE totp_secret LIKE 'v1:%'", fanout=True)
    needed = [str(secret).split(":")[1] for (secret,) in sealed]
    if not needed:
        return []
    try:
        key = find_key()
    except StoreTrouble as error:
        return [_trouble("totp-key", error)]
    lost = sum(one != (key.id if key is not None else "") for one in needed)
    path = key_path()
    if not lost:
        text = f"验证码密钥 {path} 可用。", f"The key of one-time codes {path} is there."
        return [Finding("totp-key", "ok", *text)]
    return [
        Finding(
            "totp-key",
            "bad",
            f"{lost} 人的验证码所需密钥不在 {path}，无法登录。",
            f"The key that the one-time codes of {lost} officers need is not at {path}: they cannot sign in.",
            "放回密钥文件；确已丢失时由安全管理员运行 zhihui account lost-key。",
            "Put the file back; if it is lost, the security administrator runs zhihui account lost-key.",
        )
    ]


def backup_finding(path: Path, now: datetime) -> Finding:
    """The daily copies: the newest was restored and compared, and is not old."""
    newest = newest_day(str(path))
    todo = ("请查看：zhihui db backups。", "Look at them: zhihui db backups.")
    if newest.startswith("!"):
        good = newest[1:].strip() or "-"
        return Finding(
            "backup",
            "bad",
            f"最近一次每日备份失败；最近完好的：{good}。",
            f"The latest daily backup failed; the latest good one: {good}.",
            *todo,
        )
    late = (now - LATE_BACKUP).strftime("%Y-%m-%d")
    if newest < late:
        said = newest or "-"
        return Finding(
            "backup",
            "warn",
            f"最近两天没有每日备份（最近：{said}）；引擎运行时每天做一次。",
            f"There is no daily backup of the last two days (latest: {said}); a running engine makes one a day.",
            *todo,
        )
    return Finding("backup", "ok", f"最近的每日备份：{newest}。", f"Latest daily backup: {newest}.")


def index_finding(waiting: int) -> Finding:
    """A search index that lags: what waits is searched plainly, which is right and slow."""
    if waiting < LAG_SHOWN:
        return Finding("search-index", "ok", "搜索索引已跟上。", "The search index keeps up.")
    return Finding(
        "search-index",
        "warn",
        f"搜索索引落后：至少 {waiting} 件事件待索引，搜索较慢。",
        f"The search index lags: at least {waiting} tickets wait for it, and searching is slow.",
        "zhihui db index",
        "zhihui db index",
    )


def schema_finding(version: str | None) -> Finding:
    """The revision of the store against the program's."""
    if version == HEAD:
        return Finding("schema", "ok", f"数据结构版本 {version}。", f"Schema {version}.")
    if version is None:
        return Finding("schema", "warn", "数据库中没有数据表。", "The database has no tables yet.")
    older = version in REVISIONS
    return Finding(
        "schema",
        "bad",
        f"数据结构版本 {version!a}，本程序为 {HEAD}。",
        f"The store has schema {version!a}, this program {HEAD}.",
        "zhihui db upgrade" if older else "请升级程序。",
        "zhihui db upgrade" if older else "Update the program.",
    )


def set_back_finding(now: datetime, last: datetime) -> Finding:
    """A clock behind the last event was set back, or the store comes from another machine."""
    if last <= now + timedelta(minutes=5):
        return Finding("last-event", "ok", "时钟晚于最后一次登记。", "The clock is past the last event.")
    return Finding(
        "last-event",
        "bad",
        f"时钟比最后一次登记（{last:%Y-%m-%d %H:%M} UTC）还早。",
        f"The clock stands before the last event ({last:%Y-%m-%d %H:%M} UTC).",
        "请核对系统时间。",
        "Check the system's time.",
    )


def _trouble(code: str, error: StoreTrouble) -> Finding:
    return Finding(code, "bad", error.zh, error.en)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
