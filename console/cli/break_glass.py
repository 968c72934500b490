"""`zhihui break-glass`: a wider right for half an hour (紧急授权), loud, and reviewed afterwards."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.handing_on import carry_out, say_receipt
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import OK
from data.errors import BadInput
from data.masking import mask_text
from data.queries import rights
from data.queries.listing import iso
from data.rights_terms import GLASS_SECONDS
from data.terms import Role

app = new_app("紧急授权：临时取得更高权限，事后复核", "break-glass: a wider right for half an hour, reviewed later")

Why = Annotated[str, option("--reason", zh="原因（必填）", en="the reason (required)")]
FIELDS = tuple(rights.UseLine._fields)
TITLES = (
    *(("次", "No"), ("人员", "Officer"), ("权限", "Right"), ("起", "From"), ("止", "Until")),
    *(("复核", "Review"), ("原因", "Reason")),
)


def build() -> Any:
    """The noun."""
    return built(app)


@command(
    app,
    "take",
    "取得 commander 指挥长或 shift_leader 值班长的权限 30 分钟",
    "take the right of the commander or the shift_leader for 30 minutes",
)
def take(
    context: typer.Context,
    role: Annotated[str, argument("角色", "the role")],
    reason: Why = "",
    json: Json = False,
) -> int:
    """The commander, the duty leader and the administrators are told; all that is done is marked."""
    wanted = next((item.value for item in Role if role.lower() in (item.value, item.zh, item.en)), role)
    receipt = carry_out(session_of(context), "break_glass", {"role": wanted, "reason": reason})
    zh = f"第 {receipt.item} 次紧急授权，{GLASS_SECONDS // 60} 分钟后自动结束。"
    en = f"Break-glass {receipt.item}: it ends by itself after {GLASS_SECONDS // 60} minutes."
    say_receipt(receipt, json, zh, en)
    return OK


@command(app, "end", "提前结束", "give it back before its time")
def end(
    context: typer.Context,
    use: Annotated[int | None, argument("第几次，缺省为本人的", "which use, by default one's own")] = None,
    json: Json = False,
) -> int:
    """By whoever took it, or a head."""
    receipt = carry_out(session_of(context), "break_glass_end", {"use": use})
    say_receipt(receipt, json, f"第 {receipt.item} 次紧急授权已结束。", f"Break-glass {receipt.item} has ended.")
    return OK


@command(
    app, "list", "紧急授权记录；--unreviewed 只看待复核的", "uses of break-glass; --unreviewed those to be reviewed"
)
def list_command(
    context: typer.Context,
    unreviewed: Annotated[bool, option("--unreviewed", zh="只看待复核的", en="only those not reviewed yet")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The newest first; they are looked at when the shift changes."""
    session = session_of(context)
    form = form_of(json, jsonl, csv)
    found = [
        line._replace(reason=mask_text(line.reason), words=mask_text(line.words))
        for line in rights.uses(session.reader(), session.centre_id(), unreviewed)
    ]
    if form:
        instants = ("from_at", "to_at", "reviewed_at")
        records = [line._asdict() | {name: iso(getattr(line, name)) for name in instants} for line in found]
        show_records(records, FIELDS, form)
        return OK
    from console.cli.printing import moment

    zone = session.zone()
    rows = [
        {
            "id": line.id,
            "who": line.name,
            "role": words.named(Role, line.role),
            "from": moment(line.from_at, zone),
            "to": moment(line.to_at, zone),
            "review": _reviewed(line),
            "reason": line.reason,
        }
        for line in found
    ]
    show_records(rows, ("id", "who", "role", "from", "to", "review", "reason"), "", TITLES, (0,), flow=True)
    return OK


@command(app, "review", "复核：是否妥当（由指挥长或值班领导）", "review a use: proper or not, by a head")
def review(
    context: typer.Context,
    use: Annotated[int, argument("第几次", "which use")],
    proper: Annotated[bool, option("--proper", zh="妥当", en="it was proper")] = False,
    improper: Annotated[bool, option("--improper", zh="不当", en="it was not")] = False,
    said: Annotated[str, option("--words", zh="复核意见（必填）", en="what is said about it (required)")] = "",
    json: Json = False,
) -> int:
    """Nobody reviews their own."""
    if proper == improper:
        raise BadInput("review-which", "请用 --proper 或 --improper 说明是否妥当。", "Say --proper or --improper.")
    receipt = carry_out(session_of(context), "break_glass_review", {"use": use, "proper": proper, "words": said})
    say_receipt(receipt, json, f"第 {use} 次紧急授权已复核。", f"Break-glass {use} is reviewed.")
    return OK


def _reviewed(line: rights.UseLine) -> str:
    if line.reviewed_at is None:
        return words.say("! 待复核", "! to be reviewed")
    return words.say("妥当" if line.proper else "不当", "proper" if line.proper else "improper")
