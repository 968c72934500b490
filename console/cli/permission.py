"""`zhihui permission`: who may do what, out of the table that every operation asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.cli.printing import table
from console.exit_codes import OK
from core.rules.permission_table import OPERATIONS, TICKET, Grant, Operation, Reach, held_grants
from core.rules.stages import STAGES
from core.rules.why import Why
from data.errors import NotFound
from data.queries.tickets import ticket_id
from data.terms import Role, Stage

if TYPE_CHECKING:
    from console.cli.session import Session
    from core.desk.actor import Actor

FIELDS = ("operation", "zh", "en", "grants", "stages")
TITLES = (("操作", "operation"), ("名称", "called"), ("谁可以", "who may"), ("阶段", "stages"))
EXPLAINED = ("officer", "operation", "ticket", "allowed", "roles", "grants", "error", "zh", "en")


def build() -> Any:
    """The noun."""
    app = new_app("权限：谁可以做什么，为什么", "permissions: who may do what, and why")
    command(app, "list", "全部操作及可以办理的角色和范围", "every operation with its roles and their reach")(
        list_command
    )
    command(app, "explain", "某人能否做某事，为什么", "whether somebody may do something, and why")(explain_command)
    return built(app)


def operations() -> Iterator[Operation]:
    """Every row of the table, verbs on tickets first."""
    from core.desk.verbs.table import TITLES as VERB_TITLES

    for name, grants in TICKET.items():
        yield Operation(name, *VERB_TITLES[name], grants)
    yield from OPERATIONS.values()


def stages_of(operation: str) -> list[str]:
    """The stages of a ticket at which an operation is possible; none where it is about no ticket."""
    found = STAGES.get(operation, frozenset()) if operation in TICKET else frozenset()
    return [stage.value for stage in Stage if stage in found]


def list_command(
    role: Annotated[str, option("--role", zh="只列此角色可做的", en="only what this role may")] = "",
    operation: Annotated[str, option("--operation", zh="只列此操作", en="only this operation")] = "",
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """The table itself: what is not in it, nobody may."""
    wanted = _role(role) if role else None
    rows = [_operation(operation)] if operation else list(operations())
    chosen = [row for row in rows if wanted is None or any(wanted in grant.roles for grant in row.grants)]
    form = form_of(json, jsonl, csv)
    if form:
        records = [_record(row, wanted) for row in chosen]
        show_records(
            [{**item, "grants": " ".join(item["grants"])} for item in records] if csv else records, FIELDS, form
        )
        return OK
    table(
        [words.say(*title) for title in TITLES],
        [
            [
                row.name,
                words.say(row.zh, row.en),
                _said(_grants(row.grants, wanted)),
                words.say("、", ", ").join(words.label(Stage(stage)) for stage in stages_of(row.name)),
            ]
            for row in chosen
        ],
        flow=True,
    )
    return OK


def explain_command(
    context: typer.Context,
    officer: Annotated[str, argument("人员编号或姓名", "the officer, by code or name")],
    operation: Annotated[str, argument("操作，见 permission list", "the operation, see permission list")],
    ticket: Annotated[str, argument("事件编号", "a ticket")] = "",
    json: Json = False,
) -> int:
    """Says which role of the officer carries the operation, or what forbids it: role, unit, section or stage."""
    session = session_of(context)
    row, actor = _operation(operation), session.desk().actor(officer)
    held = held_grants(row.name, actor.roles, actor.vacant)
    refusal = None if held else _not_permitted(row, actor)
    if ticket and row.name in TICKET and row.name != "report":
        refusal = _on_ticket(session, ticket, row, actor)
    carried = [f"{role}:{grant.reach}" for grant in held for role in sorted(grant.roles & actor.roles)]
    record = {
        "officer": actor.code,
        "operation": row.name,
        "ticket": ticket,
        "allowed": refusal is None,
        "roles": sorted(actor.roles),
        "grants": carried,
        "error": refusal.code if refusal else "",
        "zh": refusal.zh if refusal else "",
        "en": refusal.en if refusal else "",
    }
    if json:
        output.write_records([record], EXPLAINED, "json")
        return OK
    roles = "、".join(words.label(Role(role)) for role in sorted(actor.roles)) or words.say("无", "none")
    output.write(words.say(f"{actor.name}，角色：{roles}\n", f"{actor.code}, roles: {roles}\n"))
    if refusal is not None:
        output.write(words.say(f"不可以：{refusal.zh}\n", f"No: {refusal.en}\n"))
    else:
        by = _said(carried) or words.say("任务点名", "a task given by name")
        output.write(words.say(f"可以“{row.zh}”：{by}\n", f"Yes, {row.en}: {by}\n"))
    return OK


def _not_permitted(row: Operation, actor: Actor) -> Why:
    return Why("not-permitted", f"{actor.name} 没有“{row.zh}”的权限", f"{actor.code} may not {row.en}")


def _on_ticket(session: Session, code: str, row: Operation, actor: Actor) -> Why | None:
    """Why the officer may not do it to a ticket, be it that they do not see it.

    Raises NotFound for a ticket that whoever asks does not see: the answer tells its stage.
    """
    ticket_id(session.reader(), session.centre_id(), code)
    try:
        possible = session.desk().possible(code, actor)
    except NotFound as unseen:
        if not held_grants(row.name, actor.roles, actor.vacant):
            return _not_permitted(row, actor)
        return Why(unseen.code, f"{actor.name} 看不到 {code}", f"{actor.code} does not see {code}")
    return next(item.why for item in possible if item.verb.name == row.name)


def _record(row: Operation, wanted: Role | None) -> dict[str, Any]:
    return {
        "operation": row.name,
        "zh": row.zh,
        "en": row.en,
        "grants": _grants(row.grants, wanted),
        "stages": " ".join(stages_of(row.name)),
    }


def _role(text: str) -> Role:
    """A role by its word or label. Raises NotFound."""
    for role in Role:
        if text.strip().lower() in (role.value, role.zh, role.en):
            return role
    known = " ".join(Role)
    raise NotFound("role-unknown", f"没有角色 {text!a}：{known}。", f"There is no role {text!a}: {known}.")


def _operation(text: str) -> Operation:
    """A row by its name or title. Raises NotFound."""
    for row in operations():
        if text.strip().lower() in (row.name, row.name.replace("_", "-"), row.zh, row.en):
            return row
    raise NotFound(
        "operation-unknown",
        f"没有操作 {text!a}，见 zhihui permission list。",
        f"There is no operation {text!a}: see zhihui permission list.",
    )


def _grants(grants: tuple[Grant, ...], wanted: Role | None) -> list[str]:
    """Each role with its reach, as `role:reach`, and for stand-ins `role:reach:vacant`."""
    return [
        ":".join([role, grant.reach, *([grant.vacant] if grant.vacant else [])])
        for grant in grants
        for role in Role
        if role in grant.roles and wanted in (None, role)
    ]


def _said(grants: list[str]) -> str:
    """Grants as people read them: roles of one reach together."""
    by_reach: dict[str, list[str]] = {}
    for text in grants:
        role, _, reach = text.partition(":")
        by_reach.setdefault(reach, []).append(words.label(Role(role)))
    parts = []
    for which, roles in by_reach.items():
        reach, _, vacant = which.partition(":")
        said = words.say("、", ", ").join(roles) + words.say("：", ": ") + words.label(Reach(reach))
        if vacant:
            said += words.say(f"（无{Role(vacant).zh}时）", f" (while there is no {Role(vacant).en})")
        parts.append(said)
    return words.say("；", "; ").join(parts)
