"""The webhook: where notices are sent to, what is sent, and how the receiver can tell that it is ours.

`POST` of a JSON object with the headers
    Idempotency-Key      the notice's id: the same notice, sent again, has the same key
    X-Zhihui-Signature   t=<epoch seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>" under the shared secret>
Any 2xx answer means that it has arrived.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, update

from core.accountability.access_log import note_each
from core.accountability.anchor import ANCHOR
from core.desk.actor import Actor
from core.desk.notices import CHANNELS_SETTING
from core.desk.permissions import require_role
from core.desk.seals import target_of
from core.organisation.journal import note_change
from core.rules.permission_table import OPERATIONS
from data.access_terms import AccessKind
from data.clean import clean
from data.errors import BadInput
from data.instants import from_seconds
from data.masking import mask_text
from data.tables import Notice, Setting, table

WEBHOOK_SETTING = "webhook"
CHANNEL = "webhook"
URL_LIMIT = 500
SECRET_MIN = 16
TRY_AGAIN = frozenset({408, 409, 425, 429})
"""Refusals that time may heal; every other 4xx is final."""
_SETTING = table(Setting)


@dataclass(frozen=True)
class Webhook:
    """Where notices go, and the secret that signs them."""

    url: str
    secret: str


@dataclass(frozen=True)
class Answer:
    """What came of one attempt."""

    arrived: bool = False
    final: bool = False
    """Refused for good: trying again is pointless."""
    unreachable: bool = False
    """Nobody answered: the receiver is down, or too slow."""
    wait: int | None = None
    """Seconds that the receiver asks us to wait."""
    error: str = ""


Poster = Callable[[Webhook, str, Mapping[str, Any], int], Answer]
"""(where, idempotency key, payload, now in epoch seconds) → what came of it."""


# ------------------------------------------------------------------------------------------------- setting


def read_webhook(connection: Connection, centre_id: int) -> Webhook | None:
    """The webhook of a centre, if one is set."""
    value = _read(connection, centre_id, WEBHOOK_SETTING)
    return Webhook(str(value["url"]), str(value["secret"])) if value else None


def set_webhook(connection: Connection, centre_id: int, url: str, secret: str, actor: Actor, at: int) -> Webhook:
    """Send notices to `url` from now on; with an empty secret one is made. `at` in epoch seconds.

    Raises NotAllowed; BadInput for anything but an http or https address without a password in it, and for a short
    secret.
    """
    _demand(actor)
    webhook = Webhook(_checked_url(url), _checked_secret(secret))
    names = _channel_names(connection, centre_id)
    _write(connection, centre_id, WEBHOOK_SETTING, {"url": webhook.url, "secret": webhook.secret})
    if CHANNEL not in names:
        _write(connection, centre_id, CHANNELS_SETTING, {"names": [*names, CHANNEL]})
    # The secret stays out of the log, and so does what of an address is a key: chat robots have theirs in the query.
    place = urlsplit(webhook.url)._replace(query="", fragment="").geturl()
    note_change(connection, centre_id, at, actor.code, "webhook", {"url": place})
    return webhook


def clear_webhook(connection: Connection, centre_id: int, actor: Actor, at: int) -> bool:
    """Send nothing more; notices that still waited are given up. False when no webhook was set. Raises NotAllowed."""
    _demand(actor)
    if read_webhook(connection, centre_id) is None:
        return False
    connection.execute(delete(_SETTING).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == WEBHOOK_SETTING))
    names = [name for name in _channel_names(connection, centre_id) if name != CHANNEL]
    _write(connection, centre_id, CHANNELS_SETTING, {"names": names})
    notice = table(Notice)
    given_up = connection.execute(
        update(notice)
        .where(
            notice.c.centre_id == centre_id,
            notice.c.channel == CHANNEL,
            notice.c.state.in_(("pending", "sending")),
        )
        .values(state="failed", error="webhook removed")
        .returning(notice.c.id)
    ).scalars()
    targets = [target_of(number) for number in sorted(given_up)]
    note_each(connection, centre_id, at, actor, AccessKind.NOTICE_FAILED, targets)
    note_change(connection, centre_id, at, actor.code, "webhook", {"url": ""})
    return True


def _demand(actor: Actor) -> None:
    row = OPERATIONS["engine"]
    require_role(row.name, row.zh, row.en, actor)


def _checked_url(url: str) -> str:
    wanted = url.strip()
    try:
        parts = urlsplit(wanted)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    fine = (
        host
        and parts.scheme in ("http", "https")
        and "@" not in parts.netloc
        and len(wanted) <= URL_LIMIT
        and wanted.isascii()
        and wanted.isprintable()
        and " " not in wanted
    )
    if not fine:
        raise BadInput(
            "webhook-url",
            "Webhook 地址须为 http:// 或 https:// 开头，不含用户名和口令。",
            "A webhook is an http:// or https:// address without a name or a password in it.",
        )
    return wanted


def _checked_secret(secret: str) -> str:
    chosen = secret or secrets.token_urlsafe(32)
    if len(chosen) < SECRET_MIN or not chosen.isascii() or not chosen.isprintable():
        raise BadInput(
            "webhook-secret",
            f"密钥须至少 {SECRET_MIN} 个可打印的英文字符。",
            f"The secret needs at least {SECRET_MIN} printable ASCII characters.",
        )
    return chosen


def _channel_names(connection: Connection, centre_id: int) -> list[str]:
    return list((_read(connection, centre_id, CHANNELS_SETTING) or {}).get("names", []))


def _read(connection: Connection, centre_id: int, name: str) -> dict[str, Any] | None:
    row = connection.execute(
        select(_SETTING.c.value).where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == name)
    ).first()
    return row[0] if row else None


def _write(connection: Connection, centre_id: int, name: str, value: dict[str, Any]) -> None:
    changed = connection.execute(
        update(_SETTING)
        .where(_SETTING.c.centre_id == centre_id, _SETTING.c.name == name)
        .values(value=value)
        .returning(_SETTING.c.name)
    ).first()
    if changed is None:
        connection.execute(insert(_SETTING), {"centre_id": centre_id, "name": name, "value": value})


# ------------------------------------------------------------------------------------------------- what is sent


def payload_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A notice as it leaves the house: cleaned, personal data masked, nothing of what a confidential ticket says.

    A head of the logs goes as it was written down.
    """
    if row["kind"] == ANCHOR:
        return {"id": str(row["id"]), "kind": ANCHOR, **json.loads(row["body"])}
    title, title_en = mask_text(clean(row["title"])), mask_text(clean(row["title_en"]))
    if row["confidential"]:
        title, title_en = f"{row['ticket_code']} 有新通知", f"{row['ticket_code']}: a new notice"
    return {
        "id": str(row["id"]),
        "centre": row["centre_code"],
        "kind": row["kind"],
        "severity": row["severity"],
        "ticket": row["ticket_code"] or "",
        "title": title,
        "title_en": title_en,
        "officer": row["officer_code"] or "",
        "unit": row["unit_code"] or "",
        "event": row["event_no"],
        "created_at": from_seconds(row["created_at"]).isoformat(),
    }


def signature(secret: str, at: int, body: bytes) -> str:
    """The value of X-Zhihui-Signature for a body sent at `at` (epoch seconds)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def http_poster(timeout: float) -> Poster:
    """Posts over HTTP, giving up after `timeout` seconds of silence. Redirects and proxies are not followed."""

    def post(webhook: Webhook, key: str, payload: Mapping[str, Any], now: int) -> Answer:
        # Imported late: it is a tenth of a second that only centres with a webhook should pay.
        import httpx

        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "zhihui",
            "Idempotency-Key": key,
            "X-Zhihui-Signature": signature(webhook.secret, now, body),
        }
        try:
            # The answer's body is nobody's business, and may be endless: it is not read.
            with (
                httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", webhook.url, content=body, headers=headers) as response,
            ):
                return _answer(response.status_code, response.headers.get("Retry-After", ""))
        except (httpx.TransportError, httpx.InvalidURL) as error:
            return Answer(unreachable=True, error=f"{type(error).__name__}: {error}")

    return post


def _answer(status: int, retry_after: str) -> Answer:
    if 200 <= status < 300:
        return Answer(arrived=True)
    wait = int(retry_after) if retry_after.isdecimal() and len(retry_after) < 7 else None
    final = 400 <= status < 500 and status not in TRY_AGAIN
    return Answer(final=final, wait=wait, error=f"HTTP {status}")
