"""Entries of the log that lost their personal texts: each must be named by the entry of the deed that erased them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from core.accountability.findings import MISSING, Finding
from core.accountability.lookup import plain
from core.rules.centre_log import ERASE
from data.reader import Reader

VOUCHED = "0"
"""Stands as the salt of an erased entry that was written before entries had salts: the chain covers its texts
themselves, so its own hash cannot be made again, and the entry of its erasure vouches for what is left."""
_LATER = """
SELECT body FROM ticket_event WHERE centre_id = :centre AND id > :last AND kind = :kind ORDER BY id
"""


def is_vouched(event: Mapping[str, Any]) -> bool:
    """Whether an erased entry can be judged by the entry of its erasure alone."""
    return bool(event["salt"] == VOUCHED)


def digest_of(event: Mapping[str, Any]) -> str:
    """What an erasure keeps of such an entry: SHA-256 over it as it is left, its hash included."""
    left = {name: event[name] for name in ("id", "ticket_id", "seq", "at", "kind", "actor", "body", "hash")}
    canonical = json.dumps(left, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class ErasedEvents:
    """Pairs erased entries with the erasures that name them, while somebody walks the chain."""

    def __init__(self, reader: Reader, centre: int) -> None:
        """For the chain of a centre."""
        self._reader, self._centre = reader, centre
        self._open: dict[int, str] = {}
        """Erased entries without their erasure so far, with the digest of those that need a voucher."""

    def look(self, event: Mapping[str, Any]) -> Iterator[Finding]:
        """Take the next entry of the chain."""
        if event["erased"] or is_vouched(event):
            self._open[event["id"]] = digest_of(event) if is_vouched(event) else ""
        if event["kind"] == ERASE and isinstance(event["body"], dict):
            yield from self._close(event["body"])

    def unaccounted(self, last: int) -> Iterator[Finding]:
        """At the end: erased entries that no erasure names. Those written behind `last` meanwhile count as well."""
        if self._open:
            for (body,) in self._reader.rows(_LATER, centre=self._centre, last=last, kind=ERASE):
                named = plain(body)
                for number in named.get("events", ()):
                    if self._open.get(number) in ("", named.get("vouched", {}).get(str(number))):
                        self._open.pop(number, None)
        for number in self._open:
            yield Finding("chain", number, None, "erasure", "(an entry that says so)", MISSING)

    def _close(self, body: Mapping[str, Any]) -> Iterator[Finding]:
        vouched = body.get("vouched", {})
        for number in body.get("events", ()):
            if number not in self._open:
                yield Finding("chain", number, body.get("ticket"), "erasure", "(erased)", "(its texts are there)")
                continue
            digest = self._open.pop(number)
            if digest and digest != vouched.get(str(number)):
                yield Finding("chain", number, body.get("ticket"), "erasure", vouched.get(str(number), MISSING), digest)
