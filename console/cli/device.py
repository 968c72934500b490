"""`zhihui device`: the register of sensing devices, absences, and what their signals came to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.instants import instant
from console.cli.options import Csv, DryRun, Force, Json, Jsonl, argument, form_of, option, show_records
from console.cli.session import Session
from console.exit_codes import OK, PARTLY
from data.errors import BadInput, NotFound, Refusal
from data.queries.listing import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.sensing.register import Register
    from data.queries.devices import DeviceLine

app = new_app("感知设备：登记、查看、外出、停用", "sensing devices: register, list, absences, retire")

Code = Annotated[str, argument("设备编号", "the device's code")]
Reason = Annotated[str, option("--reason", zh="原因", en="why")]
FIELDS = (
    *("code", "kind", "name", "standing", "unit", "address", "person_name", "person_phone", "doctor", "maintainer"),
    *("gateway", "beat_seconds", "silence_seconds", "word_at", "active_at", "battery", "away_until", "away_reason"),
    *("ticket", "alert", "retired_at"),
)
LISTED = ("code", "kind", "standing", "unit", "address", "person", "active", "word", "battery", "ticket")
TITLES = (
    *(("编号", "Code"), ("类型", "Kind"), ("状态", "Standing"), ("单位", "Unit"), ("地址", "Address")),
    *(("看护对象", "Person"), ("最后动静", "Moved"), ("最后信号", "Word"), ("电量", "Battery"), ("事件", "Ticket")),
)
SIGNAL_FIELDS = ("at", "kind", "heard_at", "said_at", "battery", "message")
SIGNAL_TITLES = (
    *(("发生", "At"), ("信号", "Signal"), ("收到", "Came in"), ("设备时间（不可信）", "Its own time (not believed)")),
    *(("电量", "Battery"), ("消息号", "Message")),
)
ALERT_FIELDS = ("device", "kind", "subject", "since_at", "found_at", "again_at", "ticket", "stage", "finding")
ALERT_TITLES = (
    *(("设备", "Device"), ("预警", "Alert"), ("对象", "Of"), ("起于", "Since"), ("发现", "Found")),
    *(("恢复", "Again"), ("事件", "Ticket"), ("环节", "Stage"), ("判明", "Finding")),
)
REFUSED_FIELDS = ("device", "reason", "times", "first_at", "last_at")
REFUSED_TITLES = (("设备编号", "Code"), ("原因", "Why"), ("次数", "Times"), ("首次", "First"), ("最近", "Last"))
WHY = {"unknown": ("未登记", "not in the register"), "retired": ("已停用", "retired")}
SHOWN = 10


def build() -> Any:
    """The noun."""
    return built(app)


def _write(session: Session, work: Callable[[Register], Any], dry_run: bool = False) -> Any:
    """Work on the register in one transaction; with `dry_run` it is undone."""
    from core.sensing.register import Register

    desk, actor = session.desk(), session.actor()

    class Undone(Exception):
        """Rolls a preview back."""

    found: list[Any] = []
    try:
        with desk.store.write() as connection:
            found.append(work(Register(connection, desk.centre_id, session.now(), actor)))
            if dry_run:
                raise Undone
    except Undone:
        pass
    return found[0]


@command(app, "add", "登记设备", "write a device down")
def add(
    context: typer.Context,
    code: Code,
    kind: Annotated[str, option("--kind", zh="类型，如 door 智慧门磁、smoke 智能烟感", en="kind, as door or smoke")],
    unit: Annotated[str, option("--unit", zh="所在网格或村社区", en="the grid or community where it hangs")],
    name: Annotated[str, option("--name", zh="名称", en="what it is called")] = "",
    address: Annotated[str, option("--address", zh="地址", en="the address")] = "",
    person: Annotated[str, option("--person", zh="看护对象", en="the person looked after")] = "",
    phone: Annotated[str, option("--phone", zh="看护对象电话", en="their telephone")] = "",
    doctor: Annotated[
        str, option("--doctor", zh="家庭医生：单位或 @人员", en="family doctor: a unit or @officer")
    ] = "",
    maintainer: Annotated[str, option("--maintainer", zh="维护单位", en="the unit that repairs it")] = "",
    gateway: Annotated[str, option("--gateway", zh="网关编号", en="code of its gateway")] = "",
    beat: Annotated[str, option("--beat", zh="心跳间隔，小时；0 无心跳", en="hours between heartbeats, 0: none")] = "",
    silence: Annotated[
        str, option("--silence", zh="多少小时无动静即预警，缺省看护类 24", en="hours of silence before an alert")
    ] = "",
    json: Json = False,
) -> int:
    """A new device; a change goes through `import`."""
    from core.sensing.files import read_entry

    session = session_of(context)
    entry = read_entry(
        {
            "code": code,
            "kind": _kind(kind),
            "unit": unit,
            "name": name,
            "address": address,
            "person_name": person,
            "person_phone": phone,
            "doctor": doctor,
            "maintainer": maintainer,
            "gateway": gateway,
            "beat_hours": beat,
            "silence_hours": silence,
        }
    )
    _write(session, lambda register: register.add(entry))
    return _say(session, entry.code, json, f"已登记设备 {entry.code}。", f"Device {entry.code} is in the register.")


@command(app, "list", "设备及其状态，需处置的在前", "devices and how they stand, what needs somebody first")
def list_command(
    context: typer.Context,
    standing: Annotated[
        str, option("--is", zh="只看一种状态，如 silent 无动静、lost 离线", en="one standing alone, as silent or lost")
    ] = "",
    retired: Annotated[bool, option("--retired", zh="包括已停用的", en="with those that are retired")] = False,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Personal data is masked."""
    from core.sensing.standing import in_order
    from data.device_terms import DeviceKind, Standing
    from data.queries.devices import devices

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    wanted = _word(Standing, standing, "standing") if standing else ""
    found = in_order(devices(session.reader(), session.centre_id(), retired), session.now())
    records = [_record(line, how) for line, how in found if wanted in ("", how.value)]
    if form:
        output.write_records(records, FIELDS, form)
        return OK
    from console.cli.printing import moment

    rows = [
        {
            **record,
            "kind": record["name"] or words.named(DeviceKind, record["kind"]),
            "standing": words.named(Standing, record["standing"]),
            "person": record["person_name"],
            "active": moment(line.active_at, session.zone()),
            "word": moment(line.word_at, session.zone()),
            "battery": "" if line.battery is None else f"{line.battery}%",
        }
        for record, (line, how) in zip(records, [one for one in found if wanted in ("", one[1].value)], strict=True)
    ]
    show_records(rows, LISTED, "", TITLES, right=(8,), drop=(8, 4, 7, 3))
    return OK


@command(app, "show", "一台设备：状态、最近信号、预警", "a device: how it stands, its newest signals, its alerts")
def show(context: typer.Context, code: Code, json: Json = False) -> int:
    """Personal data is masked."""
    from console.cli.printing import moment, stage_label
    from core.sensing.standing import standing
    from data.device_terms import AlertFinding, AlertKind, DeviceKind, SignalKind, Standing
    from data.queries.devices import alerts, signals

    session = session_of(context)
    reader, centre, zone = session.reader(), session.centre_id(), session.zone()
    line = _known(session, code)
    record = _record(line, standing(line, session.now()))
    said, made = signals(reader, centre, code, SHOWN), alerts(reader, centre, code=code, size=SHOWN)
    if json:
        timed = [{**one._asdict(), **_isos(one, "at", "heard_at", "said_at")} for one in said]
        found = [{**one._asdict(), **_isos(one, "since_at", "found_at", "again_at")} for one in made]
        output.write_json({**record, "signals": timed, "alerts": found})
        return OK
    output.say_line(
        f"{code} {record['name'] or words.named(DeviceKind, record['kind'])} "
        f"{words.named(Standing, record['standing'])} {record['unit']} {record['address']} {record['person_name']}"
    )
    show_records(
        [
            {
                **one._asdict(),
                "kind": words.named(SignalKind, one.kind),
                **{name: moment(getattr(one, name), zone) for name in ("at", "heard_at", "said_at")},
            }
            for one in said
        ],
        SIGNAL_FIELDS,
        "",
        SIGNAL_TITLES,
        drop=(3, 5),
    )
    show_records(
        [
            {
                **one._asdict(),
                "kind": words.named(AlertKind, one.kind),
                "stage": stage_label(one.stage),
                "finding": words.named(AlertFinding, one.finding) if one.finding else "",
                **{name: moment(getattr(one, name), zone) for name in ("since_at", "found_at", "again_at")},
            }
            for one in made
        ],
        ALERT_FIELDS,
        "",
        ALERT_TITLES,
        drop=(0, 2, 5),
    )
    return OK


@command(
    app,
    "import",
    "从文件登记：新的登记，已有的更新；同一文件可重复导入",
    "register from a file: new ones are added, known ones brought up to date; the same file twice changes nothing",
)
def import_command(
    context: typer.Context,
    file: Annotated[str, argument("CSV、XLSX 或 JSONL 文件", "a CSV, XLSX or JSONL file")],
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Sound lines go in; the others are said with their reasons, and the exit code is 7."""
    from core.sensing.files import read_devices

    session = session_of(context)
    entries = list(read_devices(Path(file)))
    counts = {"read": len(entries), "added": 0, "changed": 0, "same": 0, "rejected": 0}
    faults: list[tuple[int, Refusal]] = []

    def work(register: Register) -> None:
        for line, entry in entries:
            try:
                if isinstance(entry, Refusal):
                    raise entry
                with register.connection.begin_nested():
                    counts[register.put(entry)] += 1
            except Refusal as refusal:
                if refusal.code == "not-permitted":
                    raise
                counts["rejected"] += 1
                faults.append((line, refusal))

    _write(session, work, dry_run)
    if json:
        reasons = [
            {"line": line, "error": refusal.code, "zh": refusal.zh, "en": refusal.en} for line, refusal in faults
        ]
        output.write_json({**counts, "dry_run": dry_run, "rejects": reasons})
    else:
        output.say_line(
            words.say(
                f"读取 {counts['read']} 行：新登记 {counts['added']}，更新 {counts['changed']}，"
                f"未变 {counts['same']}，退回 {counts['rejected']}。",
                f"{counts['read']} lines read: {counts['added']} added, {counts['changed']} changed, "
                f"{counts['same']} as before, {counts['rejected']} rejected.",
            )
            + (words.say("（预演，未保存）", " (dry run, not saved)") if dry_run else "")
        )
        for line, refusal in faults[:SHOWN]:
            why = words.say(refusal.zh, refusal.en)
            output.say_line(words.say(f"第 {line} 行：{why}", f"line {line}: {why}"))
    return PARTLY if faults else OK


@command(app, "export", "导出在用设备到 .csv 或 .jsonl，可再导入", "write the register to .csv or .jsonl")
def export(
    context: typer.Context,
    file: Annotated[str, argument("文件", "the file")],
    force: Force = False,
) -> int:
    """In full: who may keep the register may have it."""
    from core.desk.permissions import require_role
    from core.sensing.files import write_devices
    from core.sensing.register import TITLE
    from data.queries.devices import devices

    session = session_of(context)
    require_role("devices", *TITLE, session.actor())
    path = Path(file)
    if path.exists() and not force:
        raise BadInput("file-exists", f"{file} 已存在，覆盖请用 --force。", f"{file} is there already: use --force.")
    write_devices(path, devices(session.reader(), session.centre_id()))
    output.say_line(file)
    return OK


@command(app, "retire", "停用设备，此后不收其信号", "take a device out of use; its signals are refused from then on")
def retire(context: typer.Context, code: Code, reason: Reason = "", json: Json = False) -> int:
    """On record with the reason."""
    session = session_of(context)
    _write(session, lambda register: register.retire(code, reason))
    return _say(session, code, json, f"设备 {code} 已停用。", f"Device {code} is retired.")


@command(app, "away", "登记外出：住院、出行，到期前不预警", "somebody is away, in hospital or travelling, until a date")
def away(
    context: typer.Context,
    code: Code,
    until: Annotated[str, option("--until", zh="到何时（必填）", en="until when (required)")] = "",
    since: Annotated[str, option("--from", zh="从何时，缺省现在", en="from when, by default now")] = "",
    reason: Reason = "",
    json: Json = False,
) -> int:
    """The desk for everybody, others for their own grid or community."""
    from core.sensing.orders import Away, read_order

    session = session_of(context)
    zone = session.zone()
    given = {
        "code": code,
        "reason": reason,
        **({"until": instant(until, zone)} if until else {}),
        **({"since": instant(since, zone)} if since else {}),
    }
    order = read_order(Away, given)
    assert isinstance(order, Away)
    _write(session, lambda register: register.away(order))
    return _say(session, code, json, f"{code} 已登记外出。", f"Somebody is away by {code}.")


@command(app, "back", "提前返回，重新看护", "somebody is back earlier than was said")
def back(context: typer.Context, code: Code, json: Json = False) -> int:
    """Silence counts again from now on."""
    session = session_of(context)
    _write(session, lambda register: register.back(code))
    return _say(session, code, json, f"{code} 已登记返回。", f"Somebody is back by {code}.")


@command(app, "refused", "未收的信号：未登记或已停用的设备", "signals that were not taken: unknown or retired devices")
def refused(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """Counted by what they called themselves."""
    from console.cli.printing import moment
    from data.queries.devices import refused as found

    session = session_of(context)
    form, lines = form_of(json, jsonl, csv), found(session.reader(), session.centre_id())
    if form:
        records = [{**line._asdict(), **_isos(line, "first_at", "last_at")} for line in lines]
    else:
        records = [
            {
                **line._asdict(),
                "reason": words.say(*WHY.get(line.reason, (line.reason, line.reason))),
                **{name: moment(getattr(line, name), session.zone()) for name in ("first_at", "last_at")},
            }
            for line in lines
        ]
    show_records(records, REFUSED_FIELDS, form, REFUSED_TITLES, right=(2,))
    return OK


# ------------------------------------------------------------------------------------------------ parts


def _known(session: Session, code: str) -> DeviceLine:
    from data.queries.devices import device

    found = device(session.reader(), session.centre_id(), code)
    if found is None:
        shown = code if code.isprintable() else ascii(code)
        raise NotFound("device-unknown", f"没有登记设备 {shown}。", f"There is no device {shown}.")
    return found


def _record(line: DeviceLine, how: Any) -> dict[str, Any]:
    """A device as data: masked, instants in ISO 8601."""
    from data.masking import mask_address, mask_name, mask_phone

    record = {name: getattr(line, name) for name in FIELDS if name != "standing"}
    return record | {
        "standing": how.value,
        "address": mask_address(line.address),
        "person_name": mask_name(line.person_name),
        "person_phone": mask_phone(line.person_phone),
        **_isos(line, "word_at", "active_at", "away_until", "retired_at"),
    }


def _isos(line: Any, *names: str) -> dict[str, str | None]:
    return {name: iso(getattr(line, name)) for name in names}


def _say(session: Session, code: str, json: bool, zh: str, en: str) -> int:
    from core.sensing.standing import standing

    if json:
        line = _known(session, code)
        output.write_json(_record(line, standing(line, session.now())))
    else:
        output.say_line(words.say(zh, en))
    return OK


def _kind(text: str) -> str:
    from data.device_terms import DeviceKind

    return _word(DeviceKind, text, "kind")


def _word(kind: Any, text: str, name: str) -> str:
    """A term by its stored value or by its label. Raises BadInput with all of them."""
    found = next((item for item in kind if text in (item.value, item.zh, item.en)), None)
    if found is None:
        known = " ".join(f"{item.value} {words.label(item)}" for item in kind)
        raise BadInput(name, f"没有“{text}”，可选：{known}", f"There is no {text!a}; known: {known}")
    return str(found.value)
