"""`zhihui engine`: what happens by itself. Runs it, looks at it, says what it will do, and sets its webhook."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.hot import masked
from console.cli.options import Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import FAILED, OK
from data.errors import BadInput, NotFound, StoreTrouble
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.engine.dry_run import Upcoming

app = new_app("引擎：到点的时限、升级链、通知", "the engine: due clocks, ladders, notices")
webhook = new_app("把通知发往一个网址", "send notices to a web address")
app.add_typer(webhook, name="webhook")

SPANS = {"m": 60, "h": 3600, "d": 86_400}
LONGEST = 366 * 86_400


def build() -> Any:
    """The noun."""
    return built(app)


@command(app, "run", "运行引擎，直到被停止", "run the engine until it is stopped")
def run(
    context: typer.Context,
    jobs: Annotated[
        bool, option("--jobs/--no-jobs", zh="同时做每日备份等", en="daily backups and the like as well")
    ] = True,
) -> int:
    """Runs in the foreground: for a service manager, or a terminal of its own."""
    from console.log_lines import log_to_stderr
    from core.engine.loop import Engine

    session = session_of(context)
    desk = session.desk()
    log_to_stderr()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    output.remark(words.say("引擎运行中，Ctrl+C 停止。", "The engine runs; Ctrl+C stops it."))
    Engine(session.store(), session.clock, desk.centre_id, jobs=jobs).run(stop)
    return OK


@command(app, "once", "运行一轮", "one cycle")
def once(context: typer.Context, json: Json = False) -> int:
    """Do what is due, send what waits, and give the lease back."""
    from core.engine.loop import Engine

    session = session_of(context)
    engine = Engine(session.store(), session.clock, session.desk().centre_id)
    try:
        cycle = engine.once()
    finally:
        engine.close()
    fired, notices = (cycle.swept.fired, cycle.swept.notices) if cycle.swept else (0, 0)
    record = {**cycle.as_dict(), "leading": cycle.leading, "fired": fired, "notices": notices}
    if json:
        output.write_json(record)
        return OK
    if not cycle.leading:
        output.write(
            words.say("另一引擎正在运行，本轮未做任何事。\n", "Another engine is running: nothing was done.\n")
        )
        return OK
    output.write(words.say(f"触发 {fired} 步，通知 {notices} 条。\n", f"{fired} steps done, {notices} notices.\n"))
    return OK


@command(app, "status", "引擎状况；异常时退出码 8", "how the engine does; exit code 8 when it is silent or behind")
def status(context: typer.Context, json: Json = False) -> int:
    """Heartbeat, what is overdue, what comes next, outages, notices that wait."""
    from dataclasses import asdict

    from core.engine.auditor import engine_status

    session = session_of(context)
    found = engine_status(session.whole_reader(), session.centre_id(), session.now())
    record = asdict(found)
    for name in ("beat_at", "next_at"):
        record[name] = iso(record[name])
    record["outages"] = [
        {name: iso(value) if name.endswith("_at") else value for name, value in _plain(outage).items()}
        for outage in found.outages
    ]
    if json:
        output.write_json(record)
    else:
        _print_status(record, session.zone())
    return OK if found.running and not found.overdue else FAILED


def _plain(outage: Any) -> dict[str, Any]:
    return dict(outage._asdict()) if hasattr(outage, "_asdict") else dict(vars(outage))


def _print_status(record: dict[str, Any], zone: str) -> None:
    from console.cli.printing import moment_of

    lines = (
        ("运行中", "running", words.say("是", "yes") if record["running"] else words.say("否", "no")),
        ("由谁", "holder", record["holder"]),
        ("最近心跳", "last beat", moment_of(record["beat_at"], zone)),
        ("到期未触发", "overdue", f"{record['overdue']}{'+' if record['overdue_is_more'] else ''}"),
        ("最多迟到秒数", "seconds behind", str(record["lag"])),
        ("下一步", "next", moment_of(record["next_at"], zone)),
        ("待发通知", "notices waiting", str(record["pending"] + record["sending"])),
        ("发送失败", "notices failed", str(record["failed"])),
        ("停机记录", "outages", str(len(record["outages"]))),
    )
    for zh, en, value in lines:
        output.say_line(words.say(f"{zh}：{value}", f"{en}: {value}"))


STEP_FIELDS = (
    *("at", "ticket", "clock", "unit", "unit_name", "due_at", "step", "repeat", "action", "targets", "severity"),
    *("told", "skipped", "title"),
)


@command(app, "dry-run", "今后几小时升级链会做什么", "what the ladder will do in the next hours")
def dry_run(
    context: typer.Context,
    until: Annotated[
        str, option("--until", zh="到何时：8h、2d，或 2026-11-20T18:00Z", en="until when: 8h, 2d or an instant")
    ] = "8h",
    json: Json = False,
    jsonl: Jsonl = False,
) -> int:
    """Reads only."""
    from core.engine.dry_run import upcoming
    from data.queries.organisation import unit_codes

    session = session_of(context)
    now = session.now()
    centre = session.centre_id()
    with session.store().read() as connection:
        steps = upcoming(connection, centre, now, _until(until, now))
    units = unit_codes(session.reader(), centre, {step.unit_id for step in steps if step.unit_id is not None})
    records = [_step_record(step, units) for step in steps]
    form = form_of(json, jsonl)
    if form:
        output.write_records(records, STEP_FIELDS, form)
    else:
        _print_steps(records, session.zone())
    return OK


def _step_record(step: Upcoming, units: dict[int, tuple[str, str]]) -> dict[str, Any]:
    """A step with codes for ids and without personal data; `unit` is empty where the clock is the ticket's own."""
    unit, unit_name = units.get(step.unit_id or 0, ("", ""))
    return {
        "at": iso(step.at),
        "ticket": step.ticket,
        "clock": step.clock_kind,
        "unit": unit,
        "unit_name": unit_name,
        "due_at": iso(step.due_at),
        "step": step.step,
        "repeat": step.repeat,
        "action": step.action,
        "targets": list(dict.fromkeys(person.stands_in_for or person.target for person in step.people)),
        "severity": step.severity,
        "told": [person.name for person in step.told],
        "skipped": [
            {"target": person.target, "name": person.name, "why": masked(person.skipped)}
            for person in step.people
            if person.skipped
        ],
        "title": masked(step.title),
    }


def _print_steps(records: list[dict[str, Any]], zone: str) -> None:
    from console.cli.fact_words import action_words
    from console.cli.printing import moment_of, table
    from data.terms import ClockKind, Target

    between = words.say("、", ", ")
    rows = [
        (
            moment_of(row["at"], zone),
            row["ticket"],
            words.label(ClockKind(row["clock"])),
            row["unit_name"] or row["unit"],
            action_words(row["action"])
            + words.say("", " ")
            + between.join(words.named(Target, target) for target in row["targets"])
            + (words.say(f"（第{row['repeat'] + 1}次）", f" ({row['repeat'] + 1})") if row["repeat"] else ""),
            between.join(row["told"]) or "-",
            row["title"],
            between.join(_skipped(person) for person in row["skipped"]),
        )
        for row in records
    ]
    header = words.say("时间 编号 时钟 单位 步骤 通知 标题 跳过", "Time Code Clock Unit Step Told Title Skipped")
    table(header.split(), rows, drop=(6, 2), flow=True)


def _skipped(person: dict[str, Any]) -> str:
    """Who would be passed over, and why."""
    from console.cli.fact_words import skip_words, target_words

    who = f"{target_words(person['target'])} {person['name']}".strip()
    return who + words.say(f"（{skip_words(person['why'])}）", f" ({skip_words(person['why'])})")


def _until(text: str, now: int) -> int:
    from datetime import UTC, datetime

    digits, unit = text[:-1], text[-1:]
    if digits.isascii() and digits.isdigit() and unit in SPANS and len(digits) < 6:
        found = now + int(digits) * SPANS[unit]
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadInput(
                "until", "--until 应如 8h、2d 或 2026-11-20T18:00Z。", "--until is like 8h, 2d or 2026-11-20T18:00Z."
            ) from error
        found = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    if not now <= found <= now + LONGEST:
        raise BadInput("until", "--until 须在今后一年之内。", "--until must lie within the next year.")
    return found


@command(app, "audit", "核对引擎：有没有该触发而未触发的", "look for steps that should have been done and were not")
def audit(context: typer.Context, json: Json = False) -> int:
    """Goes another way than the engine does. Exit code 8 when something was missed."""
    from core.engine import auditor

    session = session_of(context)
    centre = session.centre_id()
    with session.store().read() as connection:
        found = auditor.audit(connection, centre, session.now())
    records = [
        {"ticket": item.ticket, "clock": item.clock_id, "step": item.step, "nominal_at": iso(item.nominal_at)}
        for item in found.missed
    ]
    if json:
        output.write_json({"clocks": found.clocks, "missed": records, "unqueued": found.unqueued, "stray": found.stray})
    else:
        show_records(records, ("nominal_at", "ticket", "step", "clock"), "")
        wrong = len(found.missed) + len(found.unqueued) + len(found.stray)
        output.write(
            words.say(
                f"核对 {found.clocks} 个时钟，{wrong} 处异常。\n", f"{found.clocks} clocks, {wrong} complaints.\n"
            )
        )
    return OK if found.clean else FAILED


# ------------------------------------------------------------------------------------------------ webhook


@command(webhook, "set", "设定网址与签名密钥", "set the address and the secret that signs")
def webhook_set(
    context: typer.Context,
    url: Annotated[
        str, argument("http 或 https 地址；- 为输入（地址含密钥时）", "an http or https address; - asks for it")
    ],
    secret: Annotated[
        bool, option("--secret", zh="输入密钥，缺省自动生成", en="asks for the secret; one is made by default")
    ] = False,
) -> int:
    """What is asked for has no echo, or is a line of standard input. A secret that was made is printed once."""
    from console.cli.secret_input import ask
    from core.engine.webhook import set_webhook

    session = session_of(context)
    actor = session.actor()
    address = ask("地址", "Address") if url == "-" else url
    chosen = ask("密钥", "Secret") if secret else ""
    with session.store().write() as connection:
        made = set_webhook(connection, session.desk().centre_id, address, chosen, actor, session.now())
    if not secret:
        output.write(made.secret + "\n")
    return OK


@command(webhook, "clear", "不再发送", "send nothing more")
def webhook_clear(context: typer.Context) -> int:
    """Notices that still waited are given up."""
    from core.engine.webhook import clear_webhook

    session = session_of(context)
    actor = session.actor()
    with session.store().write() as connection:
        if not clear_webhook(connection, session.desk().centre_id, actor, session.now()):
            raise NotFound("no-webhook", "没有设定网址。", "No webhook is set.")
    return OK


@command(webhook, "test", "发送一条测试通知", "send a test notice")
def webhook_test(
    context: typer.Context,
    timeout: Annotated[float, option("--timeout", zh="等待秒数", en="seconds to wait", min=0.1, max=60)] = 10.0,
) -> int:
    """Exit code 0 when the receiver took it."""
    from core.engine.webhook import http_poster, read_webhook

    session = session_of(context)
    with session.store().read() as connection:
        target = read_webhook(connection, session.desk().centre_id)
    if target is None:
        raise NotFound("no-webhook", "没有设定网址。", "No webhook is set.")
    payload = {"kind": "test", "severity": "info", "title": "测试", "title_en": "test"}
    answer = http_poster(timeout)(target, f"test-{session.now()}", payload, session.now())
    if not answer.arrived:
        raise StoreTrouble("webhook-failed", f"发送失败：{answer.error}", f"It did not arrive: {answer.error}")
    output.write(words.say("已送达。\n", "It arrived.\n"))
    return OK
