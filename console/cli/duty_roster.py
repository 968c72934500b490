"""`zhihui duty`: the roster as a whole: who is on, what is wrong ahead, rotations and writing them out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.dry_run import write_or_try
from console.cli.frame import command, session_of
from console.cli.options import Csv, DryRun, Json, Jsonl, argument, form_of, option, show_records
from console.exit_codes import FAILED, OK
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.desk.duty_now import Person, Place
    from core.organisation.duty_writing import Written

At = Annotated[str, option("--at", zh="时刻，缺省现在", en="when, by default now")]
NOW_FIELDS = ("kind", "code", "name", "a", "b", "answers", "why", "until")
NOW_TITLES = (
    *(("类别", "Kind"), ("编码", "Code"), ("岗位", "Post"), ("在岗或A岗", "On or A")),
    *(("B岗", "B"), ("由谁负责", "Answers"), ("原因", "Why"), ("到", "Until")),
)
KINDS = {"role": ("值班", "desk"), "section": ("板块", "section"), "post": ("岗位", "post")}
WHY = {
    "shift": ("当班", "on shift"),
    "unsigned": ("交接未签收，由上一班负责", "handover not signed: the shift before"),
    "no_roster": ("未排班，任职者负责", "no shifts kept: whoever is appointed"),
    "present": ("在岗", "there"),
    "stands_in": ("A岗不在，B岗负责", "B for A, who is away"),
    "above": ("A、B岗均不在，由板块负责", "neither A nor B: the section"),
    "nobody": ("无人", "nobody"),
}
GAP_FIELDS = ("kind", "subject", "officers", "from_at", "to_at", "text")
GAP_TITLES = (("从", "From"), ("到", "To"), ("问题", "What"))


def add_to(app: typer.Typer) -> None:
    """Put the commands into the noun."""
    command(app, "now", "此刻各岗位由谁负责、为何", "who answers for every post and role, and why")(now)
    command(app, "check", "今后几天值班的缺口与冲突；有则退出码 8", "gaps and conflicts ahead; exit code 8 if any")(
        check
    )
    command(app, "rotations", "轮值规则；--toml 输出可加载的文件", "the rotations; --toml prints a file to load")(
        rotations
    )
    command(app, "rotations-load", "从 TOML 加载轮值规则", "load rotations from TOML")(rotations_load)
    command(app, "write", "按轮值规则排班；可重复执行", "write the turns out; the same again changes nothing")(write)


def now(context: typer.Context, at: At = "", json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """As the ladder sees it."""
    from core.desk.duty_now import duty_now
    from core.rules.local_time import read_instant
    from data.terms import Role

    session, form = session_of(context), form_of(json, jsonl, csv)
    zone = session.zone()
    with session.store().read() as connection:
        places = duty_now(connection, session.desk().centre_id, read_instant(at, zone) if at else session.now())
    records = [_place(place, form, zone) for place in places]
    for record in records:
        if record["kind"] == "role" and not form:
            record["name"], record["code"] = words.named(Role, record["code"]), ""
        if not form:
            record["kind"] = words.say(*KINDS[record["kind"]])
    show_records(records, NOW_FIELDS, form, NOW_TITLES, drop=(0, 1), flow=False)
    return OK


def _place(place: Place, form: str, zone: str) -> dict[str, Any]:
    from console.cli.printing import moment

    record: dict[str, Any] = {"kind": place.kind, "code": place.code, "name": place.name, "why": place.why}
    until = place.answers.until if place.answers else None
    if form:
        record |= {"a": [_person(one) for one in place.a], "b": [_person(one) for one in place.b]}
        return {**record, "answers": place.answers.code if place.answers else None, "until": iso(until)}
    a, b = (words.say("、", ", ").join(map(_named, people)) for people in (place.a, place.b))
    name = place.answers.name if place.answers else words.say("无人", "nobody")
    record |= {"why": words.say(*WHY[place.why]), "until": moment(until, zone) if until else ""}
    return {**record, "a": a, "b": b, "answers": name}


def _person(one: Person) -> dict[str, Any]:
    plain: dict[str, Any] = {"officer": one.code, "name": one.name, "away": one.away or None, "until": iso(one.until)}
    return {**plain, "unsigned": True} if one.kept else plain


def _named(one: Person) -> str:
    from data.terms import SkipReason

    if not one.away:
        return words.say(f"{one.name}（未交清）", f"{one.name} (not signed)") if one.kept else one.name
    why = words.named(SkipReason, one.away)
    return words.say(f"{one.name}（{why}）", f"{one.name} ({why})")


def check(
    context: typer.Context,
    days: Annotated[
        int, option("--days", zh="几天，缺省按政策", en="how many days, by default the policy's", min=0, max=92)
    ] = 0,
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Nothing wrong prints nothing for scripts."""
    from console.cli.printing import moment
    from core.organisation.duty_ahead import DAY, gaps_ahead, limits_of

    session, form = session_of(context), form_of(json, jsonl, csv)
    centre, begin, zone = session.centre_id(), session.now(), session.zone()
    ahead = days or limits_of(session.reader(), centre).ahead_days
    found = gaps_ahead(session.reader(), centre, begin, begin + ahead * DAY)
    if form:
        records = [
            {
                "kind": line.gap.kind.value,
                "subject": line.gap.subject or None,
                "officers": list(line.officers),
                "from_at": iso(line.gap.from_at),
                "to_at": iso(line.gap.to_at),
                "text": words.say(line.zh, line.en),
            }
            for line in found
        ]
        show_records(records, GAP_FIELDS, form)
    elif found:
        lines = [
            {"from": moment(gap.from_at, zone), "to": moment(gap.to_at, zone), "text": words.say(zh, en)}
            for gap, zh, en, _ in found
        ]
        show_records(lines, ("from", "to", "text"), "", GAP_TITLES, flow=True)
    else:
        output.remark(words.say(f"今后 {ahead} 天值班无缺口。", f"Nothing is wrong in the next {ahead} days."))
    return FAILED if found else OK


def rotations(
    context: typer.Context,
    toml: Annotated[bool, option("--toml", zh="输出 TOML", en="print TOML")] = False,
    json: Json = False,
) -> int:
    """Those that were loaded, else the organisation's own turns."""
    from core.organisation.rotations import as_toml, plain
    from data.terms import Role

    session = session_of(context)
    found = _rotations(session)
    if toml:
        output.write(as_toml(found))
        return OK
    records = [plain(one) for one in found]
    if json:
        show_records(records, tuple(dict.fromkeys(name for one in records for name in one)), "json")
        return OK
    lines = [
        {
            "code": one.code,
            "role": words.named(Role, one.role),
            "shifts": " ".join("-".join(shift) for shift in one.shifts),
            "teams": words.say("；", "; ").join(" ".join(team) for team in one.teams),
        }
        for one in found
    ]
    titles = (("轮值", "Rotation"), ("角色", "Role"), ("班次", "Shifts"), ("班组", "Teams"))
    show_records(lines, ("code", "role", "shifts", "teams"), "", titles, flow=True)
    return OK


def _rotations(session: Any) -> list[Any]:
    from core.organisation.rotations import kept_rotations
    from core.organisation.stored import stored_organisation

    rows, centre = session.reader().rows, session.centre_id()
    return kept_rotations(rows, centre, stored_organisation(rows, centre, session.now()).desk)


def rotations_load(
    context: typer.Context,
    file: Annotated[str, argument("TOML 文件", "a TOML file")],
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """They replace those that were there; shifts change when they are written out."""
    from core.catalogue.sources import read_bytes
    from core.organisation.rotations import keep_rotations, plain, read_rotations

    session = session_of(context)
    actor, centre = session.actor(), session.desk().centre_id
    held: dict[str, set[str]] = {}
    rows = session.reader().rows(
        "SELECT o.code, a.role FROM officer o LEFT JOIN appointment a ON a.centre_id = o.centre_id"
        " AND a.officer_id = o.id AND a.from_at <= :at AND (a.to_at IS NULL OR a.to_at > :at)"
        " WHERE o.centre_id = :centre AND o.active",
        centre=centre,
        at=session.now(),
    )
    for code, role in rows:
        held.setdefault(code, set()).add(role)
    found = read_rotations(read_bytes(Path(file)), Path(file).name, held)
    changed = write_or_try(
        session, dry_run, lambda connection: keep_rotations(connection, centre, found, session.now(), actor)
    )
    if json:
        output.write_json({"changed": changed, "rotations": [plain(one) for one in found]})
    else:
        n = len(found)
        output.say_line(
            words.say(f"轮值规则 {n} 项已加载；用 zhihui duty write 排班。", f"{n} rotations loaded; write them out.")
            if changed
            else words.say("与现有轮值规则相同。", "The rotations are the same as before.")
        )
    return OK


def write(
    context: typer.Context,
    days: Annotated[int, option("--days", zh="几天，缺省 31", en="how many days, by default 31", min=1, max=400)] = 31,
    first: Annotated[str, option("--from", zh="从哪天，缺省今天", en="first day, by default today")] = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """What has begun, and what was written down by hand, stays."""
    from zoneinfo import ZoneInfo

    from core.organisation.duty_writing import write_rotations
    from core.rules.local_time import read_instant
    from data.instants import from_seconds

    session = session_of(context)
    actor, zone = session.actor(), ZoneInfo(session.zone())
    begin = from_seconds(read_instant(first, str(zone)) if first else session.now()).astimezone(zone).date()
    found = _rotations(session)
    done: Written = write_or_try(
        session,
        dry_run,
        lambda connection: write_rotations(
            connection, session.desk().centre_id, found, zone, begin, days, session.now(), actor
        ),
    )
    print_written(done, json)
    return OK


def print_written(done: Written, json: bool) -> None:
    """What writing a roster did."""
    if json:
        output.write_json(asdict(done))
        return
    output.say_line(
        words.say(
            f"新排 {done.added}，取消 {done.removed}，不变 {done.unchanged}，已开始而未动 {done.begun}。",
            f"{done.added} added, {done.removed} taken out, {done.unchanged} as before, {done.begun} begun and left.",
        )
    )
    for one in done.changes_lost:
        output.say_line(words.say(f"随之取消的换班：{one}", f"a change of shifts went with it: {one}"))
