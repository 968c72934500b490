"""A ticket and its log as plain text for people."""

from __future__ import annotations

from typing import Any

from console import output
from console.cli import words
from console.cli.fact_words import actor_label, facts_line
from console.cli.printing import limit_label, moment_of, shown_value, stage_label, table, verb_label
from data.clean import clean
from data.terms import (
    AffairKind,
    ClockKind,
    ClockState,
    Holder,
    RequestKind,
    Satisfaction,
    Source,
    TaskRole,
    TaskState,
    Tier,
    Urgency,
)

TERMS: dict[str, Any] = {
    "source": Source,
    "urgency": Urgency,
    "tier": Tier,
    "affair": AffairKind,
    "satisfaction": Satisfaction,
    "holder": Holder,
    "due_kind": ClockKind,
}
PENDING = {
    "lead": ("待值班领导指定主办", "the duty leader must name a lead"),
    **{kind.value: (f"{kind.zh}申请待决定", f"a decision on: {kind.en}") for kind in RequestKind},
}
"""What a ticket waits for that somebody was asked to decide."""
LABELS = {
    "title": ("标题", "Title"),
    "stage": ("环节", "Stage"),
    "urgency": ("紧急程度", "Urgency"),
    "source": ("来源", "Source"),
    "tier": ("层级", "Tier"),
    "holder": ("在谁手中", "Held by"),
    "holder_name": ("在手单位", "Unit"),
    "lead_name": ("主办单位", "Lead"),
    "matter_code": ("事项", "Matter"),
    "affair": ("事务类别", "Affair"),
    "section_name": ("板块", "Section"),
    "community_name": ("村社区", "Community"),
    "grid_name": ("网格", "Grid"),
    "address": ("地址", "Address"),
    "reporter_name": ("反映人", "Reporter"),
    "reporter_phone": ("电话", "Telephone"),
    "body": ("内容", "Details"),
    "reported_at": ("上报", "Reported"),
    "accepted_at": ("受理", "Accepted"),
    "dispatched_at": ("派单", "Dispatched"),
    "completed_at": ("办结", "Completed"),
    "closed_at": ("结束", "Closed"),
    "due_at": ("当前时限", "Due"),
    "due_kind": ("时限类别", "Clock"),
    "final_due_at": ("办结时限", "Final deadline"),
    "official_due_at": ("原定时限", "Official deadline"),
    "on_time": ("按期", "On time"),
    "outcome": ("处置结果", "Outcome"),
    "public_reply": ("答复", "Public reply"),
    "satisfaction": ("满意度", "Satisfaction"),
    "reason": ("原因", "Reason"),
    "pending": ("待办请求", "Pending"),
    "supervised": ("督办", "Supervised"),
    "confidential": ("保密", "Confidential"),
    "bounces": ("退单次数", "Returned"),
    "reworks": ("返工次数", "Reworks"),
    "reminders": ("催办次数", "Reminders"),
    "revision": ("版本", "Revision"),
}


def print_ticket(record: dict[str, Any], zone: str) -> None:
    """One ticket: what it is, who has it, its clocks and tasks, what can be done."""
    output.say_line(record["code"])
    for name, (zh, en) in LABELS.items():
        text = _shown(name, record.get(name), zone)
        if text:
            output.write(
                "  " + words.say(f"{zh}：", f"{en}: ") + clean(text, lines=True).replace("\n", "\n    ") + "\n"
            )
    if named := ", ".join(f"{one['name']} ({one['code']})" for one in record["named"]):
        output.say_line("  " + words.say("知悉人：", "Named: ") + clean(named))
    _print_related(record["related"])
    _print_clocks(record["clocks"], zone)
    _print_tasks(record["tasks"], zone)
    _print_custody(record["custody"], zone)
    _print_actions(record["actions"])


def print_log(records: list[dict[str, Any]], zone: str) -> None:
    """What happened, a line each."""
    header = words.say("序号 时间 操作 经办人 内容", "No Time What Who Facts").split()
    rows = [
        (
            str(row["seq"]),
            moment_of(row["at"], zone),
            verb_label(row["verb"]),
            row["actor_name"] or actor_label(row["actor"]),
            facts_line(row["verb"], row["facts"]),
        )
        for row in records
    ]
    table(header, rows, flow=True)


def _shown(name: str, value: Any, zone: str) -> str:
    if value in (None, "", 0) or (value is False and name != "on_time"):
        return ""
    if name == "stage":
        return stage_label(value)
    if name.endswith("_at"):
        return moment_of(value, zone)
    if name in TERMS:
        return words.label(TERMS[name](value))
    if name == "pending":
        return words.say(*PENDING[value]) if value in PENDING else shown_value(value)
    return shown_value(value)


TIES = {
    "main": ("并入", "joined into"),
    "joined": ("已并入", "joined in"),
    "links": ("互见", "see also"),
    "parent": ("上级事件", "part of"),
    "children": ("子事件", "child"),
}


def _print_related(related: dict[str, Any]) -> None:
    rows = []
    for name, (zh, en) in TIES.items():
        found = related[name] if isinstance(related[name], list) else [related[name]]
        rows += [(words.say(zh, en), *_tied_cells(line)) for line in found if line is not None]
    if not rows:
        return
    output.write("\n")
    table(
        words.say("关系,编号,环节,上报人,回访,标题", "Tie,Code,Stage,Reporter,Called back,Title").split(","),
        rows,
        drop=(3,),
    )
    if related["children_all"]:
        done = related["children_all"] - related["children_open"]
        said = f"子事件已结 {done}/{related['children_all']}", f"children closed: {done} of {related['children_all']}"
        output.say_line(words.say(*said))


def _tied_cells(line: dict[str, Any]) -> tuple[str, ...]:
    called = words.label(Satisfaction(line["satisfaction"])) if line["satisfaction"] else ""
    title = words.say("（保密）", "(confidential)") if line["confidential"] else line["title"]
    return line["code"], stage_label(line["stage"]), line["reporter_name"], called, title


def _print_clocks(clocks: list[dict[str, Any]], zone: str) -> None:
    if not clocks:
        return
    output.write("\n")
    table(
        words.say("时钟 状态 限时 开始 到期 单位", "Clock State Budget Started Due Unit").split(),
        [
            (
                words.label(ClockKind(row["kind"])),
                words.label(ClockState(row["state"])),
                limit_label(row["budget"]),
                moment_of(row["started_at"], zone),
                moment_of(row["due_at"], zone) + (words.say("（暂）", " (provisional)") if row["provisional"] else ""),
                row["unit_name"] or "",
            )
            for row in clocks
        ],
        drop=(3,),
    )


def _print_tasks(tasks: list[dict[str, Any]], zone: str) -> None:
    if not tasks:
        return
    output.write("\n")
    table(
        words.say("任务 单位 状态 派出 签收 到场 完成", "Task Unit State Sent Acknowledged Arrived Done").split(),
        [
            (
                words.label(TaskRole(row["role"])),
                hand_label(row),
                words.label(TaskState(row["state"])),
                *(moment_of(row[name], zone) for name in ("sent_at", "acknowledged_at", "arrived_at", "done_at")),
            )
            for row in tasks
        ],
        drop=(3, 5),
    )


def hand_label(task: dict[str, Any]) -> str:
    """Whose task it is, in words."""
    unit = task["unit_name"] or task["unit_code"] or ""
    return f"{task['officer_name'] or task['hand']} ({unit})" if task["hand"].startswith("@") else unit


def _print_custody(segments: list[dict[str, Any]], zone: str) -> None:
    output.write("\n")
    table(
        words.say("从,到,在谁手中,单位,环节", "From,To,Held by,Unit,Stage").split(","),
        [
            (
                moment_of(row["from_at"], zone),
                moment_of(row["to_at"], zone),
                words.label(Holder(row["holder"])),
                row["unit_name"] or "",
                stage_label(row["stage"]),
            )
            for row in segments
        ],
    )


def _print_actions(actions: list[dict[str, Any]] | None) -> None:
    if actions is None:
        return
    output.write("\n" + words.say("现在能做：", "Possible now:") + "\n")
    for item in actions:
        if item["possible"]:
            output.say_line("  " + verb_label(item["verb"]))
    output.write(words.say("现在不能做：", "Not possible now:") + "\n")
    for item in actions:
        if not item["possible"]:
            output.say_line(f"  {verb_label(item['verb'])}: {words.say(item['zh'], item['en'])}")
