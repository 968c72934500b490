"""What of an event is personal, and how the chain covers it so that it can be erased and the chain still verifies.

The hash of an event covers, in place of each personal text, a commitment: SHA-256 over a salt of the event's own, the
place of the text and the text. Erasing removes texts and salt and keeps the commitments. The hash is then the same as
before, everything else of the event is covered as before, and without the salt nobody can try numbers against it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from data.ids import new_salt
from data.masking import ERASED

VERSION = "1"
"""Begins a salt: which texts are covered by commitments. A changed list of names takes a new sign, for new events."""
SALT_BITS = 128
_NAMES = {
    VERSION: frozenset(
        (
            *("title", "body", "address", "reporter_name", "reporter_phone", "outcome", "public_reply", "reason"),
            *("instruction", "instructions", "result", "note", "text", "words", "answer", "override", "record"),
            *("agenda", "place", "minutes", "subject", "follow", "followed", "parties", "mediator", "outside"),
            *("household", "name", "conclusion", "attendance", "owner", "choice", "file", "photo", "photos"),
            *("open_assist_reason", "open_calls_reason", "open_children_reason"),
            *("caller_name", "caller_phone", "caller_title", "caller_unit", "cause", "course", "measures", "effect"),
            *("trend", "told"),
        )
    )
}
"""Names under which people write; every text under one of them is personal, however deep."""
_OR_CODE = frozenset(("outcome", "result", "reason", "owner", "name"))
"""Of these, names that also stand before stored words and codes of units and officers, which stay."""
_CODE = re.compile(r"@?[A-Za-z][A-Za-z0-9_.-]{0,11}")
_TO_OF = {VERSION: frozenset(("report_up",))}
"""Verbs that say in `to` who took it, in free text."""
_SEGMENT_REASON = 3
Place = tuple[str | int, ...]


def fresh_salt() -> str:
    """The salt of a new event."""
    return VERSION + new_salt(SALT_BITS)


def personal_places(version: str, kind: str, body: Any) -> Iterator[tuple[Place, str]]:
    """Where an event's personal texts stand, and the texts; empty ones are none."""
    names = _NAMES[version]
    if kind in _TO_OF[version]:
        names |= {"to"}
    yield from _walk(body, (), "", names)


def _walk(value: Any, at: Place, under: str, names: frozenset[str]) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        if under and value and not (under in _OR_CODE and _CODE.fullmatch(value)):
            yield at, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name == "segments" and isinstance(item, list):
                yield from _segments(item, (*at, name))
            else:
                yield from _walk(item, (*at, name), name if name in names else under, names)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, (*at, number), under, names)


def _segments(segments: list[Any], at: Place) -> Iterator[tuple[Place, str]]:
    """Why a clock paused."""
    for number, segment in enumerate(segments):
        if isinstance(segment, list) and len(segment) > _SEGMENT_REASON and segment[_SEGMENT_REASON]:
            yield (*at, number, _SEGMENT_REASON), str(segment[_SEGMENT_REASON])


def commitment(salt: str, at: Place, value: str) -> str:
    """What stands in for a text, in hex."""
    return hashlib.sha256(f"{salt}\n{named(at)}\n{value}".encode("utf-8", "surrogatepass")).hexdigest()


def named(at: Place) -> str:
    """A place as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in at)


def covered(event: Mapping[str, Any]) -> Any:
    """The body as the chain covers it. An event without a salt, written before there were any, is covered whole."""
    salt = event.get("salt") or ""
    if not salt:
        return event["body"]
    kept: Mapping[str, str] = event.get("erased") or {}
    body = event["body"]
    if salt[:1] not in _NAMES or not isinstance(body, Mapping):
        return body
    signs: dict[Place, str] = {}
    for at, value in personal_places(salt[:1], event["kind"], body):
        if not kept:
            signs[at] = commitment(salt, at, value)
        elif value == ERASED and named(at) in kept:
            signs[at] = kept[named(at)]
    return _replaced(body, (), signs, lambda sign: {"sha256": sign})


def erase(event: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The body without personal texts, and their commitments by place."""
    version = (event["salt"] or VERSION)[:1]
    found = list(personal_places(version, event["kind"], event["body"]))
    kept = {named(at): commitment(event["salt"], at, value) for at, value in found}
    bare = _replaced(event["body"], (), dict.fromkeys((at for at, _ in found), ERASED), lambda sign: sign)
    return bare, kept


def _replaced(value: Any, at: Place, signs: Mapping[Place, str], put: Any) -> Any:
    if at in signs:
        return put(signs[at])
    if isinstance(value, Mapping):
        return {name: _replaced(item, (*at, name), signs, put) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, (*at, number), signs, put) for number, item in enumerate(value)]
    return value
