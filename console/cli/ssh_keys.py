"""`zhihui ssh key`: whose keys are let in, from where, until when."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import command, new_app, session_of
from console.cli.instants import instant
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.exit_codes import OK
from data.errors import BadInput, NotFound
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.identity.ssh_keys import OfficerKey

keys = new_app("密钥：登记、列出、吊销", "keys: add, list, revoke")

FIELDS = (
    *("officer", "name", "state", "key_type", "fingerprint", "addresses", "expires_at"),
    *("comment", "added_by", "added_at", "revoked_by", "revoked_at", "reason"),
)
TITLES = (
    *(("编号", "Officer"), ("姓名", "Name"), ("状态", "State"), ("类型", "Kind"), ("指纹", "Fingerprint")),
    *(("来自", "From"), ("失效", "Expires")),
)
STATES = {"live": ("有效", "live"), "expired": ("已失效", "expired"), "revoked": ("已吊销", "revoked")}
LONGEST = 16_384


def _book(session: Session, work: Any) -> Any:
    from core.identity.ssh_keys import KeyBook

    actor = session.actor()
    with session.store().write() as connection:
        return work(KeyBook(connection, session.desk().centre_id, session.now(), actor))


def _print(found: list[OfficerKey], session: Session, form: str) -> None:
    from console.cli.printing import moment

    now, zone = session.now(), session.zone()
    records: list[dict[str, Any]] = []
    for key in found:
        record = {name: getattr(key, name, None) for name in FIELDS} | {"state": key.state(now)}
        record["addresses"] = list(key.addresses) if form else " ".join(key.addresses)
        for name in ("expires_at", "added_at", "revoked_at"):
            record[name] = iso(record[name]) if form else moment(record[name], zone)
        if not form:
            record["state"] = words.say(*STATES[key.state(now)])
        records.append(record)
    show_records(records, FIELDS if form else FIELDS[:7], form, TITLES, drop=(3, 1))


@command(keys, "add", "登记公钥", "give an officer a key")
def add(
    context: typer.Context,
    officer: Annotated[str, argument("人员编号或姓名", "an officer, by code or name")],
    file: Annotated[str, argument("公钥文件（.pub），- 或缺省为标准输入", "the .pub file, - or none for stdin")] = "-",
    sources: Annotated[
        list[str] | None,
        option(
            "--from",
            zh="只许从此 IP 地址或网段登录，可多次给出",
            en="let in only from this address or network, may be repeated",
        ),
    ] = None,
    expires: Annotated[str, option("--expires", zh="失效时间", en="until when it is let in")] = "",
    json: Json = False,
) -> int:
    """One key is one officer's; what is not exactly one sound public key is refused."""
    from core.identity.public_key import read_public_key

    session = session_of(context)
    key = read_public_key(_content(file))
    until = instant(expires, session.zone()) if expires else None
    made = _book(session, lambda book: book.add(officer, key, sources or (), until))
    _print([made], session, "json" if json else "")
    return OK


def _content(file: str) -> str:
    """What is in a file or comes on stdin, at most a little more than a key can be. Raises NotFound, BadInput."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(LONGEST).decode()
        with Path(file).open("rb") as opened:
            return opened.read(LONGEST).decode()
    except FileNotFoundError as error:
        raise NotFound("file-missing", f"没有文件 {file}。", f"There is no file {file}.") from error
    except (OSError, ValueError) as error:
        raise BadInput("file-unreadable", f"无法读取文件 {file}。", f"The file {file} cannot be read.") from error


@command(keys, "list", "所有密钥", "all keys")
def list_(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """Revoked ones too."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    found = _book(session, lambda book: book.listed())
    if found or form:
        _print(found, session, form)
    else:
        output.remark(words.say("没有登记密钥。", "There are no keys."))
    return OK


@command(keys, "revoke", "吊销密钥：其会话随即结束，永不恢复", "revoke a key for good: its sessions end")
def revoke(
    context: typer.Context,
    key: Annotated[str, argument("指纹，或其开头至少 6 个字符", "the fingerprint, or at least its first 6 characters")],
    reason: Annotated[str, option("--reason", zh="原因（必填）", en="why (required)")] = "",
    json: Json = False,
) -> int:
    """An officer may revoke the own keys."""
    session = session_of(context)
    revoked = _book(session, lambda book: book.revoke(key, reason))
    _print([revoked], session, "json" if json else "")
    return OK
