"""`zhihui grant`: roles given and taken while the centre runs (授权). One asks, a second person agrees."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import Key, carry_out, say_receipt
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import OK
from data.masking import mask_text
from data.queries import rights
from data.queries.listing import iso
from data.rights_terms import GrantKind, GrantState
from data.terms import Rank, Role

app = new_app("授权：申请授予或收回角色，由第二人同意", "grants: roles given and taken, agreed to by a second person")

Who = Annotated[str, argument("人员编号或姓名", "the officer, by code or name")]
What = Annotated[str, argument("角色", "the role")]
Number = Annotated[int, argument("授权编号", "number of the grant")]
Unit = Annotated[str, option("--unit", zh="单位，缺省为中心", en="the unit, by default the centre")]
Why = Annotated[str, option("--reason", zh="原因（必填）", en="the reason (required)")]
FIELDS = tuple(rights.GrantLine._fields)
TITLES = (
    *(("号", "No"), ("状态", "State"), ("人员", "Officer"), ("角色", "Role"), ("单位", "Unit")),
    *(("申请", "Asked by"), ("决定", "Decided by"), ("原因", "Reason")),
)


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "give", "申请授予角色，待指挥长或值班领导同意", "ask that somebody is given a role; a head agrees")
def give(
    context: typer.Context,
    officer: Who,
    role: What,
    unit: Unit = "",
    rank: Annotated[str, option("--rank", zh="A岗 a 或 B岗 b", en="a (principal) or b (substitute)")] = "",
    reason: Why = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """By the security administrator; an administrator's role goes with no other."""
    return _ask(context, GrantKind.GIVE, officer, role, unit, rank, reason, key, json)


@command(app, "take", "申请收回角色，待指挥长或值班领导同意", "ask that a role is taken from somebody; a head agrees")
def take(
    context: typer.Context,
    officer: Who,
    role: What,
    unit: Unit = "",
    reason: Why = "",
    key: Key = "",
    json: Json = False,
) -> int:
    """By the security administrator."""
    return _ask(context, GrantKind.TAKE, officer, role, unit, "", reason, key, json)


@command(app, "agree", "同意授权：由指挥长或值班领导", "agree to a grant: the commander or the duty leader")
def agree(context: typer.Context, number: Number, json: Json = False) -> int:
    """Not whoever asked, nor whoever it is about."""
    receipt = carry_out(session_of(context), "role_agree", {"grant": number})
    say_receipt(receipt, json, f"第 {number} 号授权已生效。", f"Grant {number} holds.")
    return OK


@command(app, "decline", "不同意授权，或由申请人撤回", "decline a grant, or withdraw one's own")
def decline(context: typer.Context, number: Number, reason: Why = "", json: Json = False) -> int:
    """Nothing of the officer's roles changes."""
    receipt = carry_out(session_of(context), "role_decline", {"grant": number, "reason": reason})
    say_receipt(receipt, json, f"第 {number} 号授权不生效。", f"Grant {number} does not come to be.")
    return OK


@command(app, "list", "授权记录", "grants, the newest first")
def list_command(
    context: typer.Context,
    waiting: Annotated[bool, option("--waiting", zh="只看待同意的", en="only those that wait")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Who asked for what, and who agreed."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    found = [
        line._replace(reason=mask_text(line.reason), words=mask_text(line.words))
        for line in rights.grants(session.reader(), session.centre_id(), waiting)
    ]
    if form:
        records = [
            line._asdict() | {"asked_at": iso(line.asked_at), "decided_at": iso(line.decided_at)} for line in found
        ]
        show_records(records, FIELDS, form)
        return OK
    rows = [
        {
            "id": line.id,
            "state": f"{words.named(GrantKind, line.kind)} {words.named(GrantState, line.state)}",
            "who": f"{line.name}（{line.officer}）" if words.chosen() != "en" else f"{line.officer} {line.name}",
            "role": words.named(Role, line.role),
            "unit": line.unit,
            "asked": line.asked_by,
            "decided": line.decided_by,
            "reason": line.reason,
        }
        for line in found
    ]
    show_records(
        rows, ("id", "state", "who", "role", "unit", "asked", "decided", "reason"), "", TITLES, (0,), flow=True
    )
    return OK


def _ask(
    context: typer.Context,
    kind: GrantKind,
    officer: str,
    role: str,
    unit: str,
    rank: str,
    reason: str,
    key: str,
    json: bool,
) -> int:
    given = {
        "kind": kind.value,
        "officer": officer,
        "role": next((item.value for item in Role if role.lower() in (item.value, item.zh, item.en)), role),
        "unit": unit,
        "rank": next((item.value for item in Rank if rank.lower() in (item.value, item.zh.lower())), rank),
        "reason": reason,
    }
    receipt = carry_out(session_of(context), "role_ask", given, key)
    zh = f"第 {receipt.item} 号，待指挥长或值班领导同意：zhihui grant agree {receipt.item}"
    en = f"Grant {receipt.item} waits for the commander or the duty leader: zhihui grant agree {receipt.item}"
    say_receipt(receipt, json, zh, en)
    return OK
