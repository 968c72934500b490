"""What of an event is personal, and how the chain covers it so that it can be erased and the chain still verifies.

The hash of an event covers, in place of each personal text, a commitment: SHA-256 over a salt of the event's own, the
place of the text and the text. Erasing removes texts and salt and keeps the commitments. The hash is then the same as
before, everything else of the event is covered as before, and without the salt nobody can try numbers against it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
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
Put = Callable[[str, str], Any]
"""What stands in for a text, by its place (a JSON Pointer, RFC 6901) and the text."""


def fresh_salt() -> str:
    """The salt of a new event."""
    return VERSION + new_salt(SALT_BITS)


def covered(event: Mapping[str, Any]) -> Any:
    """The body as the chain covers it. An event without a salt, written before there were any, is covered whole."""
    salt = event.get("salt") or ""
    if salt[:1] not in _NAMES:
        return event["body"]
    kept: Mapping[str, str] = event.get("erased") or {}
    if not kept:
        return _without_texts(salt, event, lambda at, text: {"sha256": _commitment(salt, at, text)})
    # A text that was put back, or one that was never erased, is covered as it stands, and fits no hash.
    return _without_texts(salt, event, lambda at, text: {"sha256": kept[at]} if text == ERASED and at in kept else text)


def erase(event: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The body without personal texts, and their commitments by place."""
    kept: dict[str, str] = {}

    def put(at: str, text: str) -> str:
        kept[at] = _commitment(event["salt"], at, text)
        return ERASED

    return _without_texts(event["salt"] or VERSION, event, put), kept


def _commitment(salt: str, at: str, text: str) -> str:
    return hashlib.sha256(f"{salt}\n{at}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _without_texts(salt: str, event: Mapping[str, Any], put: Put) -> Any:
    names = _NAMES[salt[:1]]
    if event["kind"] in _TO_OF[salt[:1]]:
        names |= {"to"}
    return _put(event["body"], "", "", names, put)


def _put(value: Any, at: str, under: str, names: frozenset[str], put: Put) -> Any:
    """The value with each text below a free name replaced; empty ones are none."""
    if isinstance(value, str):
        free = under and value and not (under in _OR_CODE and _CODE.fullmatch(value))
        return put(at, value) if free else value
    if isinstance(value, Mapping):
        return {
            name: item
            if item is None or isinstance(item, int)
            else _put_reasons(item, f"{at}/{name}", put)
            if name == "segments"
            else _put(item, f"{at}/{_escaped(name)}", name if name in names else under, names, put)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_put(item, f"{at}/{number}", under, names, put) for number, item in enumerate(value)]
    return value


def _put_reasons(segments: Any, at: str, put: Put) -> Any:
    """The segments of a clock, with why it paused replaced."""
    if not isinstance(segments, list | tuple):
        return segments
    found = [list(one) if isinstance(one, list | tuple) else one for one in segments]
    for number, one in enumerate(found):
        if isinstance(one, list) and len(one) > _SEGMENT_REASON and one[_SEGMENT_REASON]:
            one[_SEGMENT_REASON] = put(f"{at}/{number}/{_SEGMENT_REASON}", str(one[_SEGMENT_REASON]))
    return found


def _escaped(name: Any) -> str:
    text = str(name)
    return text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text
