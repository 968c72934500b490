"""Backups of a store, and going back to one. A backup is one SQLite file, whatever the store is, with its manifest.

Nothing here can be left half done: files get their names when they are whole, and a store that is replaced is replaced
in one transaction, beside consoles that stay open.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from data.bell import ring
from data.errors import BadInput, StoreTrouble
from data.in_use import require_unused
from data.location import default_path, is_sqlite, sqlite_path
from data.reader import Reader
from data.revision import HEAD, REVISIONS, require_head
from data.row_check import rotten_in
from data.snapshot import (
    Contents,
    check_manifest,
    contents,
    damaged,
    discard,
    opened,
    settle,
    take,
    verify,
    write_manifest,
)
from data.steps import Steps, Tell
from data.trouble import missing, trouble_named, unwritable
from data.turnstile import TurnstileBusy, turnstile

if TYPE_CHECKING:
    from data.store import Store

RESTORE_PATIENCE = 60.0
SHOWN_ROWS = 5
KEEP = ("把当前数据另存为文件", "the present state, kept in a file")
REPLACE = ("替换并逐项核对", "replaced in one transaction, and compared")


@dataclass(frozen=True)
class Restored:
    """What a restore did: what the store holds now, where its old state is kept, whether a manifest vouched for it."""

    contents: Contents
    kept: Path | None
    had_manifest: bool


def backup(url: str, target: str) -> Path:
    """Take a verified backup of a live store; returns its file. `target` is a new file, or a folder to put one into.

    Raises StoreTrouble, and BadInput for a target that is there already.
    """
    path = _new_file(Path(target))
    with Reader(url) as reader:
        source = "sqlite" if reader.sqlite else "postgresql"
    partial = Path(f"{path}.partial")
    discard(partial)
    try:
        found = take(sqlite_path(url), str(partial)) if is_sqlite(url) else _out_of_postgres(url, partial)
        settle(partial, path)
    except OSError as error:
        raise unwritable(str(path), error) from error
    finally:
        discard(partial)
    write_manifest(path, source, found)
    return path


def restore(
    url: str,
    source: str,
    force: bool = False,
    tell: Tell = lambda _step: None,
    live: bool = True,
    accept_rot: bool = False,
) -> Restored:
    """Bring a store back to a backup, which is verified first; `tell` hears of each step.

    A store that has a centre is only replaced with `force`, and its old state is kept in a file; a backup of another
    centre is refused. With `live` consoles may stay open: they see the restored state as if somebody had written it.
    A backup with rows that rotted is refused unless `accept_rot`. Raises StoreTrouble; then nothing has changed.
    """
    path, steps = Path(source), Steps(tell)
    if is_sqlite(url) and os.path.exists(sqlite_path(url)) and path.exists() and path.samefile(sqlite_path(url)):
        raise BadInput("restore-itself", "备份就是当前数据文件。", "The backup is the store itself.")
    with steps.step(
        "verify", "核对备份：结构、引用、逐行校验值", "the backup: structure, links, each row's checksum"
    ) as said:
        found = verify(str(path))
        if found.schema not in REVISIONS:
            require_head(found.schema)
        if (rows := rotten_in(str(path), SHOWN_ROWS)) and not accept_rot:
            raise damaged(str(path), "; ".join(map(str, rows)))
        said.zh, said.en = _amount(found)
    with steps.step(
        "manifest", "核对备份清单：大小、SHA-256、行数", "the backup's manifest: size, SHA-256, rows"
    ) as said:
        had_manifest = check_manifest(path, found)
        said.zh, said.en = ("", "") if had_manifest else ("没有清单", "there is none")
    with steps.step(
        "target", "查看当前数据库：是否在用、是否同一中心", "the store as it is: not in use, of the same centre"
    ):
        if not live:
            require_unused(url)
        _require_same_centre(url, path)
    into = _into_sqlite if is_sqlite(url) else _into_postgres
    kept = into(url, path, found, force, steps)
    return Restored(found, kept, had_manifest)


def _amount(found: Contents) -> tuple[str, str]:
    tickets, events = found.rows.get("ticket", 0), found.rows.get("ticket_event", 0)
    return (
        f"版本 {found.schema}，事件 {tickets} 件，日志 {events} 条",
        f"schema {found.schema}, {tickets} tickets, {events} events",
    )


def _require_same_centre(url: str, source: Path) -> None:
    """Where the store has centres that can be read, the backup holds one of them."""
    try:
        with Reader(url, any_version=True) as reader:
            here = {str(row[0]) for row in reader.rows("SELECT code FROM centre", fanout=True)}
    except StoreTrouble:
        return
    with opened(str(source), "ro") as connection:
        there = {str(row[0]) for row in connection.execute("SELECT code FROM centre")}
    if here and not here & there:
        ours, theirs = ", ".join(sorted(here)), ", ".join(sorted(there))
        raise StoreTrouble(
            "restore-other-centre",
            f"备份属于其他中心（{theirs}），当前是 {ours}。请用 --store 恢复到新位置。",
            f"The backup is of another centre ({theirs}); this is {ours}. Restore it to a new place with --store.",
        )


def copy_before_upgrade(url: str, before: str) -> Path:
    """The old state, verified, in a file of its own: what an upgrade can be taken back to."""
    if is_sqlite(url):
        path = _free_name(f"{sqlite_path(url)}.schema-{before}")
        partial = Path(f"{path}.partial")
        discard(partial)
        try:
            found = take(sqlite_path(url), str(partial))
            settle(partial, path)
        finally:
            discard(partial)
        write_manifest(path, "sqlite", found)
        return path
    return _dump_postgres(url, _free_name(os.path.join(os.path.dirname(default_path()), f"postgresql.schema-{before}")))


# ------------------------------------------------------------------------------------------------ SQLite


def _into_sqlite(url: str, source: Path, _found: Contents, force: bool, steps: Steps) -> Path | None:
    path = sqlite_path(url)
    if os.path.isdir(path) or (os.path.exists(path) and os.path.getsize(path) and _is_foreign(path)):
        Reader(f"sqlite:///{path}", any_version=True).close()
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with turnstile(path, RESTORE_PATIENCE):
            if not os.path.exists(path) or not os.path.getsize(path):
                with steps.step("replace", *REPLACE):
                    _put_in_place(source, path)
                return None
            if not force and _has_centre(path):
                raise _not_empty(path)
            with steps.step("keep", *KEEP) as said:
                kept = _keep(path)
                said.zh, said.en = (
                    (str(kept), str(kept)) if kept else ("不可读，原样保留", "it cannot be read: kept as it is")
                )
            with steps.step("replace", *REPLACE):
                if kept is None:
                    return _put_in_place(source, path)
                _write_over(source, path)
            return kept
    except TurnstileBusy as error:
        raise trouble_named("store-busy") from error
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        ring(path)


def _put_in_place(source: Path, path: str) -> Path | None:
    """A store where there is none, or none that can be read: that one's files are kept, and their place returned."""
    partial = Path(f"{path}.partial")
    discard(partial)
    try:
        take(str(source), str(partial))
        aside = _free_name(f"{path}.before-restore", ".damaged")
        there = os.path.exists(path)
        if there:
            os.link(path, aside)
        for side in ("-wal", "-shm"):
            # An old log beside a new file would be played into it.
            with contextlib.suppress(FileNotFoundError):
                os.replace(path + side, f"{aside}{side}")
        settle(partial, Path(path))
    finally:
        discard(partial)
    return aside if there else None


def _write_over(source: Path, path: str) -> None:
    """Replace the contents of a store that others have open, in one transaction."""
    with opened(str(source), "ro") as origin, opened(path) as store:
        store.execute("PRAGMA synchronous = FULL")
        origin.backup(store)
        store.execute("PRAGMA busy_timeout = 200")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if contents(store) != contents(origin):
            raise StoreTrouble(
                "restore-differs", "恢复后核对不一致，请重试。", "The store differs from the backup: restore again."
            )


def _keep(path: str) -> Path | None:
    """The old state of a store, in a file beside it; None when it cannot be read."""
    kept = _free_name(f"{path}.before-restore")
    partial = Path(f"{kept}.partial")
    discard(partial)
    try:
        take(path, str(partial))
        settle(partial, kept)
    except StoreTrouble as error:
        if error.code not in ("store-damaged", "backup-damaged", "store-foreign", "store-error"):
            raise
        return None
    finally:
        discard(partial)
    return kept


def _is_foreign(path: str) -> bool:
    """Whether a file is certainly something else; a damaged store still has the mark in its first page, or nothing."""
    try:
        Reader(f"sqlite:///{path}", any_version=True).close()
    except StoreTrouble as error:
        return error.code == "store-foreign"
    return False


def _has_centre(path: str) -> bool:
    try:
        with Reader(f"sqlite:///{path}", any_version=True) as reader:
            return bool(reader.rows("SELECT id FROM centre LIMIT 1", fanout=True))
    except StoreTrouble:
        return True


# ------------------------------------------------------------------------------------------------ PostgreSQL


@contextlib.contextmanager
def _store(url: str, create: bool = False) -> Iterator[Store]:
    from data.store import Store

    store = Store(url, create=create)
    try:
        yield store
    finally:
        store.close()


def _out_of_postgres(url: str, partial: Path) -> Contents:
    from data.schema import create_tables
    from data.transfer import transfer

    with _store(url) as source, _store(f"sqlite:///{partial}", create=True) as target:
        create_tables(target)
        with source.read() as rows, target.write() as connection:
            transfer(rows, connection)
    with opened(str(partial)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return verify(str(partial))


def _into_postgres(url: str, source: Path, found: Contents, force: bool, steps: Steps) -> Path | None:
    from data.schema import create_tables
    from data.transfer import empty, is_empty, transfer

    if found.schema != HEAD:
        require_head(found.schema)
    kept = None
    with TemporaryDirectory() as folder, _store(url, create=True) as target:
        # From a copy: opening a backup as a store would change its file.
        take(str(source), f"{folder}/store.db")
        create_tables(target)
        with target.read() as connection:
            has_centre = not is_empty(connection)
        if has_centre:
            if not force:
                raise _not_empty("PostgreSQL")
            with steps.step("keep", *KEEP) as said:
                kept = backup(url, str(_free_name(f"{source}.before-restore")))
                said.zh = said.en = str(kept)
        with (
            steps.step("replace", *REPLACE),
            _store(f"sqlite:///{folder}/store.db") as origin,
            origin.read() as rows,
            target.write() as connection,
        ):
            empty(connection)
            transfer(rows, connection)
    return kept


def _dump_postgres(url: str, path: Path) -> Path:
    from sqlalchemy import make_url

    program = shutil.which("pg_dump")
    address = make_url(url)
    reason = "pg_dump"
    if program is not None:
        partial = Path(f"{path}.partial")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
        plain = address.set(drivername="postgresql", password=None).render_as_string()
        ended = subprocess.run(  # noqa: S603 - a fixed program, and an address that is no option
            [program, "--format=custom", f"--file={partial}", f"--dbname={plain}"],
            env={**os.environ, "PGPASSWORD": address.password or os.environ.get("PGPASSWORD", "")},
            capture_output=True,
            text=True,
        )
        if not ended.returncode:
            settle(partial, path)
            return path
        discard(partial)
        reason = ended.stderr.strip()[:300]
    raise StoreTrouble(
        "upgrade-no-copy",
        f"升级前无法备份 PostgreSQL 数据库（{reason}）。请自行备份后使用 --no-copy。",
        f"The PostgreSQL database could not be copied first ({reason}). Take your own copy, then use --no-copy.",
    )


# ------------------------------------------------------------------------------------------------ names


def _new_file(target: Path) -> Path:
    if target.is_dir():
        target = target / f"zhihui-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    if target.exists():
        raise BadInput(
            "backup-exists", f"{target} 已存在，未覆盖。", f"{target} is there already: nothing was written."
        )
    if not target.parent.is_dir():
        raise missing(str(target.parent))
    return target


def _free_name(name: str, suffix: str = "") -> Path:
    """`name`, or `name.2`, `name.3` … when it is taken."""
    number = 1
    while True:
        path = Path(f"{name}{f'.{number}' if number > 1 else ''}{suffix}")
        if not path.exists():
            return path
        number += 1


def _not_empty(where: str) -> StoreTrouble:
    return StoreTrouble(
        "restore-not-empty",
        f"{where} 中已有数据。确要替换请加 --force（会先保存现有数据）。",
        f"{where} holds a centre already. To replace it use --force (its present state is kept first).",
    )
