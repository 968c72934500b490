"""The audit handed to auditors: access log, changes of the organisation, events with their hashes, and a manifest.

The manifest can be signed. Bodies of events hold personal data and stay inside; their hashes are handed out, so that
the logs can be held against the store.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.accountability.access_log import FIELDS
from core.accountability.anchor import heads_now
from core.accountability.chained import FIRST
from core.accountability.lookup import plain
from core.accountability.organisation_log import FIELDS as ORGANISATION
from data.errors import BadInput
from data.reader import Reader

AT_ONCE = 2_000
EVENT_FIELDS = ("id", "ticket_id", "seq", "at", "kind", "actor", "behalf_id", "hash")
MANIFEST = "manifest.json"
KEY_BYTES = 16


def export_audit(reader: Reader, centre: int, folder: Path, at: int, key: bytes = b"") -> dict[str, Any]:
    """Write the logs and the manifest into a new folder; gives the manifest.

    With a key the manifest is signed: HMAC-SHA256 over its canonical JSON without the signature. Raises BadInput for
    a folder that is there already or cannot be made, and for a short key.
    """
    if key and len(key) < KEY_BYTES:
        raise BadInput("key-short", f"密钥至少 {KEY_BYTES} 字节。", f"The key must have {KEY_BYTES} bytes or more.")
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise BadInput(
            "audit-folder", f"无法新建 {folder}：{error.strerror}", f"Cannot make {folder}: {error.strerror}"
        ) from error
    with reader.steady():
        heads = heads_now(reader, centre, at)
        files = {
            "access.jsonl": _written(folder / "access.jsonl", _rows(reader, centre, "access_event", FIELDS)),
            "organisation.jsonl": _written(
                folder / "organisation.jsonl", _rows(reader, centre, "organisation_event", ORGANISATION)
            ),
            "events.jsonl": _written(folder / "events.jsonl", _rows(reader, centre, "ticket_event", EVENT_FIELDS)),
        }
    manifest: dict[str, Any] = {**heads._asdict(), "centre_id": centre, "files": files}
    if key:
        manifest["signature"] = signature(manifest, key)
    _written(folder / MANIFEST, iter([manifest]))
    return manifest


def signature(manifest: dict[str, Any], key: bytes) -> str:
    """What a manifest is signed with."""
    bare = {name: value for name, value in manifest.items() if name != "signature"}
    canonical = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def _rows(reader: Reader, centre: int, table: str, fields: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    after = FIRST
    query = (
        f"SELECT {', '.join(fields)} FROM {table}"  # noqa: S608 - names of our own
        " WHERE centre_id = :centre AND id > :after ORDER BY id LIMIT :size"
    )
    while rows := reader.rows(query, centre=centre, after=after, size=AT_ONCE):
        for row in rows:
            record = dict(zip(fields, row, strict=True))
            yield {name: plain(value) if name == "body" else value for name, value in record.items()}
        after = int(rows[-1][0])


def _written(path: Path, records: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Write one record a line; gives how many there are and the SHA-256 of the file."""
    digest, count = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        for record in records:
            line = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
            file.write(line)
            digest.update(line)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return {"lines": count, "sha256": digest.hexdigest()}
