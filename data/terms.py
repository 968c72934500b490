"""The words of the field: each term with its stored value, its Chinese label and its English one.

The one place where a stored value meets what people read. Sources of the terms: GB/T 30428, GB/T 33358 and the
practice of street command centres.
"""

from __future__ import annotations

from enum import Enum


class Term(str, Enum):
    """A word of the field. Its value is what is stored; `zh` and `en` are what is shown."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str = "", en: str = "") -> Term:
        """Make the member from its stored value and its two labels."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member

    def __str__(self) -> str:
        return str(self.value)

    def label(self, language: str) -> str:
        """The label in a language: `zh` or `en`."""
        return self.en if language == "en" else self.zh


class Stage(Term):
    """Where a ticket stands in its life."""

    REPORTED = "reported", "待受理", "reported"
    ACCEPTED = "accepted", "待研判", "accepted"
    ASSESSED = "assessed", "待派单", "assessed"
    DISPATCHED = "dispatched", "待签收", "dispatched"
    ACKNOWLEDGED = "acknowledged", "已签收", "acknowledged"
    ON_SCENE = "on_scene", "已到场", "on scene"
    HANDLING = "handling", "处置中", "handling"
    COMPLETED = "completed", "待核查", "completed"
    CHECKED = "checked", "待回访", "checked"
    CALLED_BACK = "called_back", "待归档", "called back"
    ARCHIVED = "archived", "已归档", "archived"
    REFUSED = "refused", "不予受理", "refused"
    VOID = "void", "作废", "void"
    SUSPENDED = "suspended", "挂账", "suspended"
    MERGED = "merged", "并案", "merged"


CLOSED_STAGES = frozenset({Stage.ARCHIVED, Stage.REFUSED, Stage.VOID, Stage.MERGED})


class Tier(Term):
    """The level of the ladder that holds a ticket, from below to above."""

    MICRO_GRID = "micro_grid", "微网格", "micro-grid"
    GRID = "grid", "网格", "grid"
    COMMUNITY = "community", "社区", "community"
    CENTRE = "centre", "镇街中心", "street centre"
    DISTRICT = "district", "区级", "district"
    JOINT = "joint", "多部门协同", "several departments"


class Urgency(Term):
    """How much a ticket presses; each has its own default limits and ladder."""

    EMERGENCY = "emergency", "特急", "emergency"
    URGENT = "urgent", "紧急", "urgent"
    NORMAL = "normal", "一般", "normal"
    ROUTINE = "routine", "常规", "routine"


class AffairKind(Term):
    """The three kinds of affairs; the kind decides tier and meeting."""

    PUBLIC = "public", "公事", "public affair"
    HOUSEHOLD = "household", "家事", "household affair"
    SHARED = "shared", "共事", "shared affair"


class HazardGrade(Term):
    """How bad a hazard is."""

    GENERAL = "general", "一般隐患", "ordinary"
    LARGER = "larger", "较大隐患", "larger"
    SERIOUS = "serious", "重大隐患", "serious"


class HazardState(Term):
    """Where a hazard's file stands."""

    OPEN = "open", "在册", "open"
    REMEDIED = "remedied", "已整改", "remedied"
    CLOSED = "closed", "已销号", "closed"


class HazardStep(Term):
    """A line of a hazard's file."""

    FOUND = "found", "建档", "found"
    CHECKED = "checked", "复查", "checked"
    CHANGED = "changed", "更改", "changed"
    REMEDIED = "remedied", "整改", "remedied"
    CLOSED = "closed", "销号", "closed"
    REOPENED = "reopened", "重新在册", "reopened"


class CheckResult(Term):
    """What a look at a hazard found."""

    SAME = "same", "无变化", "no change"
    BETTER = "better", "好转", "better"
    WORSE = "worse", "加重", "worse"
    GONE = "gone", "已消除", "gone"


class BroadcastKind(Term):
    """What a broadcast is for."""

    REMINDER = "reminder", "提醒", "reminder"
    PUBLICITY = "publicity", "宣传", "publicity"
    BOARD = "board", "公告", "notice board"


class ListKind(Term):
    """The lists that say who owns a matter: three tiers of responsibility, the four lists and the directory."""

    DISTRICT_LED = "district_led", "区县主责事项清单", "district's own duties"
    STREET_DUTY = "street_duty", "镇街法定职责事项清单", "street's statutory duties"
    STREET_ASSIST = "street_assist", "区县主责、镇街配合事项清单", "district leads, street assists"
    COMMUNITY = "community", "村（社区）事项清单", "community duties"
    GRID = "grid", "网格职责任务清单", "grid duties"
    NEGATIVE = "negative", "负面事项清单", "negative list"
    CERTIFICATE = "certificate", "依法出具证明事项清单", "certificates to be issued"
    NO_CERTIFICATE = "no_certificate", "不应出具证明事项清单", "certificates not to be issued"
    PLATE = "plate", "挂牌指导目录", "plate directory"


class Source(Term):
    """The way a report came in; a dimension of the statistics."""

    PHONE = "phone", "来电", "phone"
    VISIT = "visit", "来访", "visit"
    GRID = "grid", "网格上报", "grid worker"
    RESIDENT = "resident", "居民上报", "resident"
    HOTLINE = "hotline", "热线转办", "hotline"
    SENSOR = "sensor", "感知设备", "sensor"
    LEADER = "leader", "领导交办", "leader's order"
    PATROL = "patrol", "巡查发现", "patrol"
    DISTRICT = "district", "上级交办", "district"
    IMPORT = "import", "批量导入", "import"
    SWEEP = "sweep", "举一反三", "sweep"


class UnitKind(Term):
    """What a unit of the organisation is."""

    DISTRICT = "district", "区级中心", "district centre"
    CENTRE = "centre", "指挥中心", "command centre"
    SECTION = "section", "板块", "section"
    POST = "post", "岗位", "post"
    COMMUNITY = "community", "村社区", "community"
    GRID = "grid", "基础网格", "basic grid"
    EXCLUSIVE_GRID = "exclusive_grid", "专属网格", "exclusive grid"
    MICRO_GRID = "micro_grid", "微网格", "micro-grid"
    FORCE = "force", "联动力量", "linked force"
    DEPARTMENT = "department", "区级部门", "district department"


class PostKind(Term):
    """How a post came to the centre."""

    FIXED = "fixed", "固定岗", "fixed post"
    SPECIAL = "special", "特色岗", "special post"
    STATIONED = "stationed", "派驻机构", "stationed agency"


class Role(Term):
    """What an officer is, at a unit. One person may hold several roles."""

    COMMANDER = "commander", "指挥长", "commander"
    DUTY_LEADER = "duty_leader", "值班领导", "duty leader"
    SHIFT_LEADER = "shift_leader", "值班长", "shift leader"
    DUTY_OFFICER = "duty_officer", "值班员", "duty officer"
    SECTION_LEADER = "section_leader", "板块领导", "section leader"
    POST_MEMBER = "post_member", "岗位人员", "post member"
    COMMUNITY_SECRETARY = "community_secretary", "社区书记", "community secretary"
    GRID_HEAD = "grid_head", "网格长", "grid head"
    GRID_WORKER = "grid_worker", "专职网格员", "full-time grid worker"
    GRID_WORKER_PART = "grid_worker_part", "兼职网格员", "part-time grid worker"
    GRID_MENTOR = "grid_mentor", "网格指导员", "grid mentor"
    MICRO_GRID_HEAD = "micro_grid_head", "微网格长", "micro-grid head"
    FORCE_CONTACT = "force_contact", "联动力量联系人", "contact of a linked force"
    DISTRICT_OFFICER = "district_officer", "区级值班员", "district officer"
    SYSTEM_ADMIN = "system_admin", "系统管理员", "system administrator"
    SECURITY_ADMIN = "security_admin", "安全管理员", "security administrator"
    AUDIT_ADMIN = "audit_admin", "审计管理员", "audit administrator"


DUTY_ROLES = (Role.DUTY_LEADER, Role.SHIFT_LEADER, Role.DUTY_OFFICER, Role.COMMANDER)
"""Roles in which whoever is on duty can be given a task."""

ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
"""The three administrators (三员): each excludes the other two and every business role."""


class Rank(Term):
    """Principal or substitute holder of a post or section (AB post)."""

    A = "a", "A岗", "A (principal)"
    B = "b", "B岗", "B (substitute)"


class TimeUnit(Term):
    """The four units of a limit. Urgent hours and natural days run through; the working ones use the calendar."""

    URGENT_HOUR = "urgent_hour", "紧急工作时", "urgent hour"
    NATURAL_DAY = "natural_day", "自然日", "calendar day"
    WORK_HOUR = "work_hour", "工作时", "working hour"
    WORK_DAY = "work_day", "工作日", "working day"


class ClockKind(Term):
    """What a clock measures."""

    ACCEPT = "accept", "受理", "accept"
    ASSESS = "assess", "研判派单", "assess and dispatch"
    ACKNOWLEDGE = "acknowledge", "签收", "acknowledge"
    ARRIVE = "arrive", "到场", "arrive"
    MAKE_SAFE = "make_safe", "控险", "make safe"
    HANDLE = "handle", "处置", "handle"
    """What one unit has used of its time over all its turns (the bundle deadline); it has no ladder of its own."""
    FINAL = "final", "办结", "final"
    JOINED = "joined", "并入时限", "joined"
    """The final deadline of a ticket that was joined into this one; it runs beside the own one."""
    PART = "part", "协办", "assisting part"
    """What an assisting unit has for its own part, where the policy gives one."""
    CHECK = "check", "核查", "check"
    CALL_BACK = "call_back", "回访", "call back"
    OFFICIAL = "official", "原定时限", "official deadline"
    UP_PHONE = "up_phone", "电话报送", "report by telephone"
    UP_WRITTEN = "up_written", "书面报送", "written report"
    UP_FOLLOW = "up_follow", "续报", "follow-up report"
    REQUEST = "request", "审批", "decide a request"
    """What the deciders have for a request; it is theirs, not the unit's."""
    SUSPENSION = "suspension", "挂账期限", "suspension"
    """How long an approved suspension lasts; at its end the ticket goes on by itself."""


UPWARD_CLOCKS = frozenset({ClockKind.UP_PHONE, ClockKind.UP_WRITTEN, ClockKind.UP_FOLLOW})
"""Clocks of what is owed to the tier above: no pause, completion or calendar of the ticket touches them."""


class ClockState(Term):
    """What a clock is doing."""

    RUNNING = "running", "计时中", "running"
    PAUSED = "paused", "暂停", "paused"
    MET = "met", "按期", "met"
    MISSED = "missed", "超期", "missed"
    CANCELLED = "cancelled", "取消", "cancelled"
    WITHDRAWN = "withdrawn", "已撤销", "withdrawn"
    """What started it was undone: it counts as if it had never run."""


class TaskRole(Term):
    """The part a unit plays in a ticket."""

    LEAD = "lead", "主办", "lead"
    ASSIST = "assist", "协办", "assist"
    INFORM = "inform", "告知", "informed"


class TaskState(Term):
    """How far a task is."""

    SENT = "sent", "待签收", "sent"
    ACKNOWLEDGED = "acknowledged", "已签收", "acknowledged"
    ARRIVED = "arrived", "已到场", "arrived"
    DONE = "done", "已完成", "done"
    RETURNED = "returned", "已退单", "returned"
    CANCELLED = "cancelled", "已取消", "cancelled"
    WITHDRAWN = "withdrawn", "已撤销", "withdrawn"
    """What gave it to the unit was undone."""


class Holder(Term):
    """The kind of hands that a ticket is in."""

    QUEUE = "queue", "中心待办", "centre's queue"
    UNIT = "unit", "单位", "unit"
    LEADER = "leader", "领导", "leader"
    DISTRICT = "district", "区级", "district"
    TRANSIT = "transit", "流转中", "in transit"
    CITIZEN = "citizen", "待群众", "waiting for the citizen"
    SUSPENSION = "suspension", "批准暂停", "approved suspension"
    JOINED = "joined", "并案", "joined"
    """Its matter is worked on under another ticket; that one's custody says by whom."""
    ENGINE = "engine", "系统停机", "engine down"


class ReturnReason(Term):
    """Why a unit sends a ticket back."""

    NOT_OURS = "not_ours", "非本单位职责", "not this unit's duty"
    WRONG_PLACE = "wrong_place", "不在辖区", "outside the unit's area"
    UNCLEAR = "unclear", "信息不清", "information unclear"
    DUPLICATE = "duplicate", "重复事件", "duplicate"
    NO_MEANS = "no_means", "无处置手段", "no means to handle it"
    NEEDS_LEAD = "needs_lead", "需明确主办", "a lead must be named"


class RequestKind(Term):
    """What whoever has a ticket may ask for."""

    RETURN = "return", "退单", "return"
    EXTENSION = "extension", "延期", "extension"
    SUSPENSION = "suspension", "挂账", "suspension"
    MORE_HANDS = "more_hands", "加派", "more hands"
    CONSULTATION = "consultation", "会商", "consultation"
    HAND_UP = "hand_up", "上报上级", "hand-up"
    APPEAL = "appeal", "申诉", "appeal of an overdue verdict"


class Satisfaction(Term):
    """What the caller said when called back."""

    SATISFIED = "satisfied", "满意", "satisfied"
    FAIR = "fair", "基本满意", "fairly satisfied"
    DISSATISFIED = "dissatisfied", "不满意", "dissatisfied"
    UNREACHED = "unreached", "未联系上", "not reached"
    NOT_NEEDED = "not_needed", "无需回访", "not needed"


class PauseReason(Term):
    """Why a clock stands still."""

    CITIZEN = "citizen", "等待群众配合", "waiting for the citizen"
    THIRD_PARTY = "third_party", "等待第三方", "waiting for a third party"
    WEATHER = "weather", "天气原因", "weather"
    SAFETY = "safety", "现场安全", "safety on site"
    APPROVED = "approved", "批准挂账", "approved suspension"


class SkipReason(Term):
    """Why the ladder passes somebody over."""

    NOBODY = "nobody", "无人", "nobody there"
    OFF_DUTY = "off_duty", "不在岗", "off duty"
    ALREADY_TOLD = "already_told", "已通知", "told already"
    LEAVE = "leave", "请假", "away"
    COVERED = "covered", "已由B岗接手", "post B has it"


class CoverReason(Term):
    """Why the B holder of a post took over."""

    OFF_DUTY = "off_duty", "A岗不在岗", "A is off duty"
    LEAVE = "leave", "A岗请假", "A is away"
    SILENT = "silent", "A岗逾时未签收", "A did not acknowledge in time"


class Target(Term):
    """Whom a rung of the ladder means."""

    HOLDER = "holder", "经办人", "the holder"
    POST_A = "post_a", "A岗", "post A"
    POST_B = "post_b", "B岗", "post B"
    SECTION_A = "section_a", "板块A岗领导", "section leader A"
    SECTION_B = "section_b", "板块B岗领导", "section leader B"
    DUTY_DESK = "duty_desk", "值班席", "the duty desk"
    SHIFT_LEADER = "shift_leader", "值班长", "the shift leader"
    DUTY_LEADER = "duty_leader", "值班领导", "the duty leader"
    COMMANDER = "commander", "指挥长", "the commander"
    DISTRICT = "district", "区级", "the district"


class RungAction(Term):
    """What a rung of the ladder does."""

    REMIND = "remind", "提醒", "remind"
    CLIMB = "climb", "升级至", "climb to"
    HANDUP = "handup", "上报至", "hand up to"


class NoticeState(Term):
    """How far a notice is on its way out."""

    PENDING = "pending", "待发送", "pending"
    SENDING = "sending", "发送中", "sending"
    SENT = "sent", "已发送", "sent"
    FAILED = "failed", "发送失败", "failed"
    SEEN = "seen", "已读", "seen"


class Severity(Term):
    """How loud a notice is."""

    INFO = "info", "提示", "info"
    WARNING = "warning", "预警", "warning"
    ALARM = "alarm", "告警", "alarm"


class Grade(Term):
    """The four grades of an emergency, as GB emergency plans have them."""

    I = "1", "I级（特别重大）", "grade I (extremely serious)"  # noqa: E741 - the field's own numeral
    II = "2", "II级（重大）", "grade II (serious)"
    III = "3", "III级（较大）", "grade III (large)"
    IV = "4", "IV级（一般）", "grade IV (ordinary)"

    @property
    def colour(self) -> WarningColour:
        """The warning colour of the grade."""
        return tuple(WarningColour)[int(self.value) - 1]

    @property
    def numeral(self) -> str:
        """The Roman numeral, in Latin letters: the Unicode ones have no certain width."""
        return self.name


class WarningColour(Term):
    """The warning colours, from grade I to IV."""

    RED = "red", "红色", "red"
    ORANGE = "orange", "橙色", "orange"
    YELLOW = "yellow", "黄色", "yellow"
    BLUE = "blue", "蓝色", "blue"


class UpwardForm(Term):
    """How a report goes to the tier above."""

    PHONE = "phone", "电话", "by telephone"
    WRITTEN = "written", "书面", "in writing"
    FOLLOW_UP = "follow_up", "续报", "follow-up"
    FINAL = "final", "终报", "final report"
