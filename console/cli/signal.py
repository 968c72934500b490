"""`zhihui signal`: signals of sensing devices, one by its words, or many from JSONL."""

from __future__ import annotations

import json as jsons
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.batch_lines import Line, read_lines
from console.cli.frame import session_of, single
from console.cli.instants import instant
from console.cli.options import Json, argument, option
from console.cli.session import Session
from console.exit_codes import MISSING, OK, PARTLY
from data.errors import BadInput, Refusal

if TYPE_CHECKING:
    from core.sensing.orders import Signal
    from core.sensing.signals import Intake, Taken


def build() -> Any:
    """The command."""
    return single(
        signal_command,
        "signal",
        "接收感知信号：一条（设备 信号），或从 JSONL 逐条（文件，- 为标准输入）",
        "take in signals: one (DEVICE SIGNAL), or many from JSONL (a file, - for stdin)",
    )


def signal_command(
    context: typer.Context,
    source: Annotated[str, argument("设备编号；或 JSONL 文件，- 为标准输入", "a device, or a JSONL file, - for stdin")],
    kind: Annotated[str, argument("信号，如 open、alive、alarm", "the signal, as open, alive or alarm")] = "",
    message: Annotated[
        str, option("--id", zh="设备的消息号，缺省由信号与时间得出", en="the message's own number")
    ] = "",
    at: Annotated[str, option("--at", zh="发生时间，缺省现在", en="when it happened, by default now")] = "",
    battery: Annotated[str, option("--battery", zh="电量，百分比", en="battery, per cent")] = "",
    text: Annotated[str, option("--text", zh="附言", en="words with it")] = "",
    json: Json = False,
) -> int:
    """Each message once; from JSONL a result line for each that was not simply taken."""
    from core.sensing.signals import Intake

    session = session_of(context)
    intake = Intake(session.desk(), session.actor())
    if not kind:
        return _many(session, intake, source)
    given = {"device": source, "id": message, "kind": kind, "at": at, "battery": battery, "text": text}
    if not message:
        given["id"] = f"{kind}@{at or session.now()}"
    (taken,) = intake.take([_signal({name: value for name, value in given.items() if value != ""}, session.zone())])
    if json:
        output.write_json(_record(taken))
    elif taken.result != "refused":
        output.say_line(_words(taken))
    if taken.result == "refused":
        output.remark(_words(taken))
        return MISSING
    return OK


def _many(session: Session, intake: Intake, source: str) -> int:
    counts: Counter[str] = Counter()
    with read_lines(source) as lines:
        for chunk in lines.chunks():
            signals, bad = [], 0
            for line in chunk:
                try:
                    signals.append(_signal(_plain(line), session.zone()))
                except Refusal as refusal:
                    bad += 1
                    output.write_record(
                        {"line": line.number, "error": refusal.code, "zh": refusal.zh, "en": refusal.en}
                    )
            counts["bad"] += bad
            for taken in intake.take_all(signals):
                counts[taken.result] += 1
                counts["late"] += bool(taken.late)
                counts["wrong_clock"] += taken.wrong_clock
                if taken.result == "refused" or taken.ticket:
                    output.write_record(_record(taken))
            output.flush()
    output.remark(_summary(counts))
    return PARTLY if counts["bad"] or counts["refused"] else OK


def _plain(line: Line) -> dict[str, Any]:
    if line.refusal is not None:
        raise line.refusal
    try:
        value = jsons.loads(line.text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput("bad-json", "不是合法的 JSON。", "This is no JSON.") from error
    if not isinstance(value, dict):
        raise BadInput("not-an-object", "每行须是一个 JSON 对象。", "Each line must be a JSON object.")
    return value


def _signal(values: dict[str, Any], zone: str) -> Signal:
    """A signal from plain values; `at` in epoch seconds or ISO 8601. Raises BadInput that names the field."""
    from core.sensing.orders import Signal, read_order

    at = values.get("at")
    found = read_order(Signal, {**values, **({"at": instant(at, zone)} if isinstance(at, str) else {})})
    assert isinstance(found, Signal)
    return found


def _record(taken: Taken) -> dict[str, Any]:
    return {
        "device": taken.device,
        "id": taken.message,
        "result": taken.result,
        "why": taken.why,
        "late_seconds": taken.late,
        "wrong_clock": taken.wrong_clock,
        "ticket": taken.ticket,
    }


def _words(taken: Taken) -> str:
    from console.cli.device import WHY

    if taken.result == "refused":
        zh, en = WHY[taken.why]
        return words.say(f"未收：设备 {taken.device} {zh}。", f"Not taken: device {taken.device} is {en}.")
    if taken.result == "again":
        return words.say("此消息已收过。", "This message was taken before.")
    said = words.say("已收。", "Taken.")
    if taken.late:
        said += words.say(f"迟到 {taken.late // 60} 分钟。", f" {taken.late // 60} min late.")
    if taken.wrong_clock:
        said += words.say("设备时钟有误，按收到时间计。", " Its clock is wrong: our time counts.")
    return said + (words.say(f"事件 {taken.ticket}。", f" Ticket {taken.ticket}.") if taken.ticket else "")


def _summary(counts: Counter[str]) -> str:
    return words.say(
        f"已收 {counts['taken']} 条，重复 {counts['again']} 条，未收 {counts['refused']} 条，"
        f"格式有误 {counts['bad']} 条；其中迟到 {counts['late']} 条，时钟有误 {counts['wrong_clock']} 条。",
        f"{counts['taken']} taken, {counts['again']} again, {counts['refused']} refused, {counts['bad']} bad lines; "
        f"{counts['late']} late, {counts['wrong_clock']} with a wrong clock.",
    )
