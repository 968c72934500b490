"""A SQLite copy of a store as one file: taken from a steady view, checked, and described by a manifest.

Only SQLite's own backup interface is used: copying the file of a live store gives a broken or a stale copy.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from data.errors import StoreTrouble
from data.reader import APPLICATION_ID
from data.revision import VERSION_QUERY, VERSION_TABLE
from data.row_sums import TABLE as SUMS
from data.sqlite import driver
from data.trouble import foreign, missing, trouble_named, trouble_of, unwritable

MANIFEST = ".manifest.json"
SIDE_FILES = ("-wal", "-shm", "-journal", ".turn", ".gate", ".bell")


@dataclass(frozen=True)
class Contents:
    """What a store holds: its revision, rows per table, and per centre the head of the event chain."""

    schema: str
    rows: dict[str, int] = field(default_factory=dict)
    chains: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """Stands beside a backup: how large it is, its SHA-256, what it holds, and which kind of store it came from."""

    file: str
    size: int
    sha256: str
    source: str
    contents: Contents


@contextlib.contextmanager
def opened(path: str, mode: str = "rw") -> Iterator[Any]:
    """A plain connection to a SQLite file (`mode` rw, ro or rwc), closed at the end. Raises StoreTrouble."""
    module = driver()
    try:
        connection = module.connect(f"file:{quote(path)}?mode={mode}", uri=True, isolation_level=None, timeout=10)
        try:
            yield connection
        finally:
            connection.close()
    except module.Error as error:
        raise trouble_of(error) from error
    except UnicodeDecodeError as error:
        # A name or a text of the file that rotted.
        raise trouble_named("store-damaged") from error


def contents(connection: Any) -> Contents:
    """Count everything, in the connection's view."""
    schema = connection.execute(VERSION_QUERY).fetchone()
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    rows = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a table of the file
        for name in names
        if not name.startswith(("sqlite_", "search_")) and name not in (VERSION_TABLE, SUMS)
    }
    heads = connection.execute("SELECT centre_id, chain_no, chain_hash FROM centre_seq").fetchall()
    return Contents(str(schema[0]) if schema else "", rows, {str(centre): [no, head] for centre, no, head in heads})


def contents_of(path: str) -> Contents:
    """Count everything in a file. Raises StoreTrouble."""
    with opened(path, "ro") as connection:
        return contents(connection)


def take(source: str, target: str) -> Contents:
    """Copy a live store's file to a new file, and hold the copy against the source. Raises StoreTrouble."""
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise unwritable(target, error) from error
    with opened(source) as origin, opened(target) as copy:
        origin.execute("PRAGMA query_only = ON")
        origin.execute("BEGIN")
        wanted = contents(origin)
        origin.backup(copy)
        origin.execute("COMMIT")
        copy.execute("PRAGMA synchronous = FULL")
        copy.execute("PRAGMA journal_mode = DELETE")
    found = verify(target)
    if found != wanted:
        raise damaged(target, "row counts")
    return found


def verify(path: str) -> Contents:
    """Read a whole copy: structure, links and counts. Raises StoreTrouble when anything is wrong with it."""
    if not os.path.isfile(path):
        raise missing(path)
    module = driver()
    try:
        with opened(path, "ro") as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise foreign(path)
            answer = connection.execute("PRAGMA integrity_check(5)").fetchall()
            if answer != [("ok",)]:
                raise damaged(path, "; ".join(str(row[0]) for row in answer))
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise damaged(path, "foreign keys")
            return contents(connection)
    except StoreTrouble as error:
        if isinstance(error.__cause__, (module.DatabaseError, UnicodeDecodeError)):
            raise (foreign(path) if error.code == "store-damaged" else damaged(path, str(error.__cause__))) from error
        raise


def write_manifest(path: Path, source: str, found: Contents) -> Manifest:
    """Describe a finished copy in a file beside it. Raises StoreTrouble; then the copy stays without a manifest."""
    partial = Path(f"{path}{MANIFEST}.partial")
    try:
        manifest = Manifest(path.name, path.stat().st_size, sha256(path), source, found)
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2, sort_keys=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        settle(partial, Path(f"{path}{MANIFEST}"))
    except OSError as error:
        raise unwritable(f"{path}{MANIFEST}", error) from error
    finally:
        discard(partial)
    return manifest


def read_manifest(path: Path) -> Manifest | None:
    """The manifest beside a copy; None without one. Raises StoreTrouble for one that cannot be read."""
    try:
        text = Path(f"{path}{MANIFEST}").read_text("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise damaged(str(path), f"manifest: {error.strerror}") from error
    try:
        values = json.loads(text)
        return Manifest(**{**values, "contents": Contents(**values["contents"])})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(str(path), "manifest") from error


def check_manifest(path: Path, found: Contents) -> bool:
    """Hold a copy against its manifest; False without one. Raises StoreTrouble when they differ."""
    manifest = read_manifest(path)
    if manifest is None:
        return False
    if (manifest.size, manifest.sha256, manifest.contents) != (path.stat().st_size, sha256(path), found):
        raise damaged(str(path), "manifest (size, SHA-256, counts)")
    return True


def sha256(path: Path) -> str:
    """SHA-256 of a file in hex. Never of a live store: closing it here would drop SQLite's locks on it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(partial: Path, final: Path) -> None:
    """Give a finished file its name, so that it and its name survive a power cut. Raises StoreTrouble."""
    try:
        _sync(partial)
        os.replace(partial, final)
        _sync(final.parent)
    except OSError as error:
        raise unwritable(str(final), error) from error


def discard(path: Path) -> None:
    """Remove an unfinished file and what SQLite left beside it."""
    for name in ("", *SIDE_FILES):
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{name}")


def damaged(path: str, what: str) -> StoreTrouble:
    """The trouble of a copy that is not as it should be."""
    return StoreTrouble(
        "backup-damaged",
        f"备份 {path} 校验未通过（{what}），未作更改。",
        f"{path} failed its check ({what}); nothing was changed.",
        path=path,
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
