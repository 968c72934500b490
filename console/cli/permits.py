"""Which operation each command is: an officer who is named may run what the table of permissions gives their roles.

Commands that are verbs on a ticket are not here: the desk asks the table about the ticket itself.
"""

from __future__ import annotations

from console.cli.proof import prove
from console.cli.session import Session
from data.errors import NotAllowed, NotFound, StoreTrouble

_OF: dict[str, str] = {
    "read": "ticket list|ticket show|ticket log|ticket hands|ticket replay|ticket duplicates|ticket explain|"
    "sweep list|sweep show|meeting list|meeting show|consult show|consult opinions|mediate show|"
    "review show|review pending|review follow-ups|plan status",
    "dispatch": "ticket as-proposed",
    "show_field": "ticket reveal",
    "find_number": "ticket find-number",
    "own_rows": "batch",
    "own_keys": "ssh key list|ssh key revoke",
    "sweep": "sweep start",
    "remind_hands": "sweep remind",
    "hazard": "hazard add|hazard check|hazard change|hazard remedied|hazard import",
    "hazard_close": "hazard close|hazard reopen",
    "registers": "hazard list|hazard show|hazard report|broadcast list|broadcast show|emergency log|emergency history|"
    "device list|device show|device refused",
    "broadcast": "broadcast send|broadcast remind",
    "broadcast_seen": "broadcast seen",
    "emergency": "emergency declare|emergency regrade|emergency lift",
    "duty_log": "emergency note",
    "handover": "handover pack|handover note|handover give",
    "handover_sign": "handover accept|handover refuse",
    "handover_read": "handover show|handover list|handover print|handover export",
    "phone_log": "phone add|phone follow|phone tie|phone list|phone show",
    "classify": "meeting classify",
    "convene": "meeting convene",
    "put_off": "meeting put-off|consult put-off",
    "attend": "meeting attend",
    "minutes": "meeting minutes",
    "decide": "meeting decide",
    "publish": "meeting publish|consult publish",
    "consult": "consult open",
    "collect": "consult collect|consult import",
    "conclude": "consult conclude",
    "mediate": "mediate round",
    "fulfil": "mediate fulfil",
    "review_open": "review open",
    "review_hold": "review hold",
    "review_lesson": "review lesson",
    "review_conclude": "review conclude",
    "review_follow_up": "review follow-up",
    "found": "org init",
    "organisation": "org load|org rename|org merge|org split|org move",
    "roster": "org roster|duty write|duty import|duty rotations-load",
    "area_map": "org map set|org map clear",
    "devices": "device add|device import|device export|device retire",
    "device_away": "device away|device back",
    "signals": "signal",
    "duty": "duty on|duty off|duty leave|duty swap",
    "duty_ask": "duty leave-ask|duty exchange|duty withdraw|duty requests",
    "duty_agree": "duty agree",
    "duty_grant": "duty grant",
    "duty_decline": "duty decline",
    "catalogue": "matter load|matter card-load|calendar set-day",
    "plans": "plan import",
    "activate_plan": "plan activate",
    "tick": "plan tick|plan answer",
    "lists": "lists load",
    "directory": "org show|org check|org export|org map show|duty show|duty now|duty week|duty check|duty rotations|"
    "duty export|duty template|"
    "emergency status|engine status|calendar show|"
    "matter list|matter show|matter find|matter export|matter card|matter card-export|plan list|plan show|"
    "plan export|plan recommend|lists list|lists matter|lists export|permission list|permission explain",
    "figures": "report overview|report monthly|report custody|report ontime|report sources|report alerts|"
    "report lists|report requests|report meetings|wall|emergency report",
    "engine": "engine run|engine once|engine webhook set|engine webhook clear|engine webhook test",
    "machine": "engine dry-run|engine audit|db info|db check|doctor|ssh setup|ssh check",
    "ssh_keys": "ssh key add",
    "accounts": "account add|account reset|account disable|account enable|account list|account key",
    "account_release": "account release",
    "sessions": "session list|session end",
    "sign_in_policy": "account policy",
    "own_account": "sign-in|sign-out|account password|account totp|account lost-key",
    "role_ask": "grant give|grant take",
    "role_agree": "grant agree",
    "role_decline": "grant decline",
    "rights_log": "grant list|break-glass list",
    "break_glass": "break-glass take",
    "break_glass_end": "break-glass end",
    "break_glass_review": "break-glass review",
    "database": "db upgrade|db backup|db backups|db restore|db drill|db index",
    "audit": "audit verify|audit head|audit log|audit export|audit anchor",
    "erase": "personal erase",
    "legal_hold": "personal hold|personal lift",
    "retention": "personal due|personal holds|personal erased",
    "import": "import tickets",
    "export": "export|hazard export|review export",
    "console": "observe",
    "program": "org templates|matter check|matter card-check|plan check|lists check|import maps|keys show|keys check|"
    "theme list|theme show|theme check|theme new|demo|train",
}
COMMANDS: dict[str, str] = {path: operation for operation, paths in _OF.items() for path in paths.split("|")}
"""The row of the table for each command that is not itself a verb on a ticket."""


def demand(session: Session, path: str) -> None:
    """Raises NotAllowed where the officer who is named may not run this command.

    Without an officer nothing is asked here: an operation that needs one says so itself. A centre that wants proof
    of who acts gets it first.
    """
    prove(session, path, COMMANDS.get(path, ""))
    operation = COMMANDS.get(path)
    if operation is None or not (session.officer or "").strip():
        return
    from core.rules.permission_table import OPERATIONS, held_grants
    from data.terms import Role

    row = OPERATIONS.get(operation)
    if row is None or row.roles == frozenset(Role):
        return
    roles, vacant = _held(session)
    if roles is not None and not held_grants(operation, roles, vacant):
        who = (session.officer or "").strip()
        raise NotAllowed("not-permitted", f"{who} 没有“{row.zh}”的权限。", f"{who} may not {row.en}.")


def _held(session: Session) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The officer's roles and the administrators' roles that nobody holds; None where there is no centre as yet.

    Raises like `Session.actor`.
    """
    from data.queries.organisation import roles_now

    try:
        reader, centre = session.reader(), session.centre_id()
    except (NotFound, StoreTrouble):  # the command itself says what is wrong, and nobody has a role there
        return None, frozenset()
    found = roles_now(reader, centre, (session.officer or "").strip(), session.now())
    if found is None:
        actor = session.actor()
        return actor.roles, actor.vacant
    return found
