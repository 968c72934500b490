"""Who may do what, and how far: one row per operation there is, deny by default.

The one truth: the desk, the commands and the console ask it, and docs/permissions.md is written out of it. At which
stage of a ticket an operation is possible stands in `core.rules.stages`, under the same name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.rules.roles import (
    BUSINESS_ROLES,
    DESK_ROLES,
    FIELD_ROLES,
    HEAD_ROLES,
    MEETING_ROLES,
    SENIOR_ROLES,
)
from data.terms import Role, Term


class Reach(Term):
    """How far a role carries an operation, from near to far."""

    TASK = "task", "本人任务", "own task"
    """A ticket with a live task given to the officer by name."""
    LEAD = "lead", "本单位主办", "own unit leads"
    """The own unit, or one right under it, has the ticket or the lead's task."""
    UNIT = "unit", "本单位有份", "own unit has a part"
    """The same, or any live task: a post, a grid, a community with its grids, a section with its posts."""
    SECTION = "section", "本板块", "own section"
    CENTRE = "centre", "本中心", "own centre"
    DISTRICT = "district", "本区", "own district"
    """Counts and urgent tickets of the centre, for the district's officers."""


@dataclass(frozen=True)
class Grant:
    """Roles that may, and how far. With `vacant`, only as long as nobody holds that administrator's role."""

    roles: frozenset[Role]
    reach: Reach = Reach.CENTRE
    vacant: Role | None = None


@dataclass(frozen=True)
class Operation:
    """A row: what an operation is called, and who may."""

    name: str
    zh: str
    en: str
    grants: tuple[Grant, ...]

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may, as far as any of them goes; stand-ins for an administrator are not among them."""
        return frozenset[Role]().union(*(grant.roles for grant in self.grants if grant.vacant is None))


EVERYBODY = (Grant(frozenset(Role)),)
ANYBODY = Grant(BUSINESS_ROLES)
DESK = Grant(DESK_ROLES)
SENIOR = Grant(SENIOR_ROLES)
HEADS = Grant(HEAD_ROLES)
SECTION = Grant(frozenset({Role.SECTION_LEADER}), Reach.SECTION)
HANDS = Grant(FIELD_ROLES, Reach.UNIT)
LEAD = Grant(FIELD_ROLES, Reach.LEAD)
COMMUNITY = Grant(frozenset({Role.COMMUNITY_SECRETARY}), Reach.LEAD)
MEETING = Grant(MEETING_ROLES, Reach.UNIT)
NAMED = Grant(BUSINESS_ROLES, Reach.TASK)
DISTRICT = Grant(frozenset({Role.DISTRICT_OFFICER}), Reach.DISTRICT)


def _admin(role: Role, instead: frozenset[Role]) -> tuple[Grant, ...]:
    """What is an administrator's; a centre without one, such as a single terminal, has stand-ins."""
    return Grant(frozenset({role})), Grant(instead, vacant=role)


SYSTEM = _admin(Role.SYSTEM_ADMIN, DESK_ROLES)
SECURITY = _admin(Role.SECURITY_ADMIN, SENIOR_ROLES)
AUDIT = _admin(Role.AUDIT_ADMIN, DESK_ROLES)

TICKET: Mapping[str, tuple[Grant, ...]] = {
    "report": (ANYBODY,),
    "accept": (DESK,),
    "refuse": (DESK,),
    "amend": (DESK,),
    "assess": (DESK,),
    "dispatch": (DESK, SECTION),
    "redispatch": (DESK,),
    "add_task": (DESK, SECTION),
    "activate_plan": (DESK, SECTION),
    "tick": (DESK, HANDS, NAMED),
    "acknowledge": (DESK, HANDS, NAMED),
    "arrive": (DESK, HANDS, NAMED),
    "cordon": (DESK, HANDS),
    "handle": (DESK, HANDS),
    "finish_task": (DESK, HANDS, NAMED),
    "finding": (DESK, HANDS),
    "complete": (DESK, LEAD),
    "return": (DESK, LEAD),
    "check": (DESK,),
    "call_back": (DESK,),
    "archive": (DESK,),
    "join": (DESK,),
    "separate": (DESK,),
    "link": (DESK,),
    "sweep": (DESK,),
    "void": (SENIOR,),
    "hand_up": (DESK, LEAD),
    "hand_down": (DESK, COMMUNITY),
    "remind": (DESK, SECTION),
    "remind_hands": (DESK, SECTION),
    "supervise": (HEADS, SECTION),
    "ask": (DESK, HANDS),
    "note": (DESK, HANDS, NAMED),
    "pause": (DESK, SECTION),
    "resume": (DESK, SECTION),
    "take_back": (DESK, HANDS),
    "recompute": (SENIOR,),
    "grade": (SENIOR,),
    "report_up": (DESK,),
    "request": (ANYBODY,),
    "grant": (DESK, SECTION),
    "decline": (DESK, SECTION),
    "withdraw": (ANYBODY,),
    "undo": (DESK,),
    "classify": (DESK, MEETING),
    "convene": (DESK, MEETING),
    "put_off": (DESK, MEETING),
    "attend": (DESK, MEETING),
    "minutes": (DESK, MEETING),
    "decide": (DESK, MEETING),
    "consult": (DESK, MEETING),
    "collect": (DESK, MEETING),
    "conclude": (DESK, MEETING),
    "publish": (DESK, MEETING),
    "mediate": (DESK, HANDS),
    "fulfil": (DESK, HANDS),
    "name_readers": (HEADS,),
    "review_open": (SENIOR, SECTION),
    "review_hold": (SENIOR, SECTION),
    "review_lesson": (DESK, SECTION),
    "review_follow_up": (SENIOR, SECTION),
    "review_conclude": (SENIOR, SECTION),
}
"""Verbs on a ticket; their titles stand in `core.desk.verbs.table`. Requests are narrowed further by who leads."""


def _rows(*rows: tuple[str, str, str, tuple[Grant, ...]]) -> dict[str, Operation]:
    return {name: Operation(name, zh, en, grants) for name, zh, en, grants in rows}


GLASS = Grant(DESK_ROLES | {Role.SECTION_LEADER, Role.POST_MEMBER})

CENTRE = _rows(
    ("area_map", "设置地图", "change the map", (DESK,)),
    ("broadcast", "广播通知", "broadcast", (DESK,)),
    ("broadcast_seen", "广播回执", "say that a broadcast was seen", (ANYBODY,)),
    ("devices", "管理感知设备", "register devices", (DESK,)),
    ("device_away", "登记外出", "write down that somebody is away", (ANYBODY,)),
    ("signals", "接收感知信号", "take signals in", (DESK,)),
    ("duty_log", "值班记事", "write into the running log", (DESK,)),
    ("duty", "登记本人值班", "write down the own duty", (ANYBODY,)),
    ("duty_others", "登记他人值班", "write down the duty of others", (SENIOR,)),
    ("duty_ask", "申请请假、换班", "ask for leave or an exchange of shifts", (ANYBODY,)),
    ("duty_agree", "同意换班", "agree to an exchange of shifts", (ANYBODY,)),
    ("duty_grant", "批准请假、换班", "grant leave and exchanges of shifts", (SENIOR, SECTION)),
    ("duty_decline", "不同意请假、换班", "decline leave and exchanges of shifts", (ANYBODY,)),
    ("emergency", "平战切换", "declare, regrade or lift emergency mode", (HEADS,)),
    ("handover", "移交班次", "hand the shift over", (DESK,)),
    ("handover_sign", "签收接班", "sign for the shift or refuse it", (DESK,)),
    ("hazard", "隐患台账", "keep the hazard register", (ANYBODY,)),
    ("hazard_close", "隐患销号", "close a hazard", (DESK,)),
    ("organisation", "调整机构", "change the organisation", (SENIOR,)),
    ("notice", "确认通知", "acknowledge notices", (ANYBODY,)),
    ("phone_log", "电话记录", "keep the telephone log", (DESK,)),
    ("roster", "排值班表", "write the roster", (SENIOR,)),
    ("lists", "加载清单", "load lists", (SENIOR,)),
    ("plans", "加载预案", "load plans", (SENIOR,)),
    ("catalogue", "修改事项目录和日历", "change the catalogue and calendars", (SENIOR,)),
    ("override_lists", "不按清单办理", "override the lists", (HEADS,)),
    ("break_glass", "紧急授权", "break the glass", (GLASS,)),
    ("break_glass_end", "结束紧急授权", "end break-glass", (GLASS,)),
    ("break_glass_review", "复核紧急授权", "review a use of break-glass", (HEADS,)),
    ("import", "导入事件", "import tickets", (DESK,)),
)
"""What belongs to the whole centre."""

READING = _rows(
    ("read", "查看事件", "read tickets", (DESK, SECTION, HANDS, NAMED, DISTRICT)),
    ("figures", "查看统计", "read figures", (ANYBODY,)),
    ("directory", "查看机构、值班、目录、预案、清单", "read who and what there is", EVERYBODY),
    ("registers", "查看台账、广播、设备、电话记录", "read registers and logs", (ANYBODY,)),
    ("handover_read", "查看交接班", "read handovers", (DESK,)),
    ("rights", "查看与本人有关的授权、正在使用的紧急授权", "see grants about oneself, and break-glass now", (ANYBODY,)),
    ("reveal", "查看完整个人信息", "see names and numbers in full", (SENIOR,)),
    ("show_field", "查看一项个人信息", "see a field in full", (DESK, SECTION, HANDS, NAMED)),
    ("find_number", "按号码查找", "search by a number", (DESK,)),
    ("export", "导出（个人信息已遮蔽）", "export, personal data masked", (DESK, SECTION, HANDS)),
    ("console", "打开控制台", "open the console", (ANYBODY,)),
    (
        "program",
        "使用程序本身：按键、主题、检查文件、演练",
        "use the program itself: keys, themes, checks, training",
        EVERYBODY,
    ),
    ("own_account", "登录、退出、本人密码和验证码", "sign in and out, the own password and codes", EVERYBODY),
    ("own_keys", "查看、吊销本人的 SSH 密钥", "see and revoke the own SSH keys", EVERYBODY),
    ("own_rows", "批量操作（逐条核对权限）", "give orders in bulk, each under its own row", EVERYBODY),
)
"""What is read. Which tickets somebody sees goes by reach; what changes nothing of the centre is everybody's."""

SYSTEMS = _rows(
    ("found", "建立指挥中心", "make a centre", SYSTEM),
    ("role_ask", "申请授权或收回", "ask to give or take a role", SECURITY),
    ("role_agree", "同意授权", "agree to a grant", (HEADS,)),
    ("role_decline", "不同意或撤回授权", "decline or withdraw a grant", (HEADS, *SECURITY)),
    ("rights_log", "查看授权和紧急授权记录", "read grants and uses of break-glass", (SENIOR, *SECURITY, *AUDIT)),
    ("engine", "运行引擎", "run the engine", SYSTEM),
    ("database", "数据库升级、备份、恢复", "upgrade, back up and restore the store", SYSTEM),
    ("machine", "检查本机和数据库", "look at machine and store", (*SYSTEM, DESK)),
    ("audit", "查看、核验审计", "read and verify the audit", AUDIT),
    ("ssh_keys", "管理 SSH 密钥", "manage SSH keys", SECURITY),
    ("accounts", "管理账号", "manage accounts", SECURITY),
    (
        "account_release",
        "解除登录等待",
        "release from waiting to sign in",
        (SENIOR, Grant(frozenset({Role.SECURITY_ADMIN}))),
    ),
    ("sessions", "查看、结束会话", "list and end sessions", SECURITY),
    ("erase", "删除个人信息", "erase personal data", SECURITY),
    ("legal_hold", "保全事件", "hold a ticket", (HEADS, *SECURITY)),
    ("retention", "查看保全和删除", "see what is held, due and erased", (SENIOR, *SECURITY, *AUDIT)),
    ("sign_in_policy", "设置登录方式", "set how officers sign in", SECURITY),
)
"""The three administrators' part."""

OPERATIONS: Mapping[str, Operation] = {**CENTRE, **READING, **SYSTEMS}
"""Every operation on no single ticket."""


def grants_of(operation: str) -> tuple[Grant, ...]:
    """Who may; empty, so nobody, for an operation without a row."""
    row = OPERATIONS.get(operation)
    return row.grants if row is not None else TICKET.get(operation, ())


def roles_of(operation: str) -> frozenset[Role]:
    """The roles that may, however far."""
    return Operation(operation, "", "", grants_of(operation)).roles


def held_grants(operation: str, roles: Collection[str], vacant: Collection[str] = ()) -> list[Grant]:
    """What these roles are granted; `vacant`: administrators' roles that nobody holds."""
    return [
        grant
        for grant in grants_of(operation)
        if not grant.roles.isdisjoint(roles) and (grant.vacant is None or grant.vacant in vacant)
    ]
