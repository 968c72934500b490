"""The verbs of meetings, consultations with residents and mediation as commands."""

from __future__ import annotations

from console.cli.verb_field import OVERRIDE, REASON, REASON_GIVEN, Field, VerbCommand

MEETING = Field("meeting", "第几次会议，缺省最近一次", "number of the meeting, by default the newest", "number")
CONSULTATION = Field(
    "consultation", "第几次征求意见，缺省最近一次", "number of the consultation, by default the newest", "number"
)
_WHO = ("单位、@姓名或名单上的称呼，可写 名称=人数 或 名称=说明", "a unit, @officer or a name on the list")


def _line(name: str, zh: str, en: str) -> Field:
    return Field(
        name,
        f"{zh}：{_WHO[0]}，可多次给出",
        f"{en}: {_WHO[1]}, as NAME=NUMBER or NAME=NOTE too, may be repeated",
        "many",
    )


_OUTSIDE = Field(
    "outside",
    "系统外人员，用文字，可写 称呼=人数，可多次给出",
    "people outside the organisation, in words, as WORDS=NUMBER too, may be repeated",
    "many",
)

MEETING_COMMANDS = (
    VerbCommand(
        "classify",
        "classify",
        "分类",
        "分类：公事、家事、共事，据此建议开什么会",
        "say which kind of affair it is; that proposes the meeting",
        (Field("affair", "公事、家事或共事（必填）", "kind of affair (required)", term="AffairKind"), REASON_GIVEN),
    ),
    VerbCommand(
        "convene",
        "convene",
        "召集会议",
        "召集会议：街道联席会、社区评议会、网格邻里会或会商",
        "call a meeting; those called are told",
        (
            Field("at", "开会时间（必填）", "when it is (required)"),
            Field("place", "地点（必填）", "where it is (required)"),
            Field("agenda", "议题（必填）", "what it is about (required)"),
            Field("kind", "会议类别，缺省按分类", "kind of meeting, by default the class's", term="MeetingKind"),
            Field(
                "call",
                "参会的单位、@姓名或 @值班领导，可多次给出",
                "a unit, @officer or @duty_leader to be called, may be repeated",
                "many",
            ),
            _OUTSIDE,
            Field("reason", "改开其他会议的原因", "why another meeting than the class asks for"),
        ),
    ),
    VerbCommand(
        "put-off",
        "put_off",
        "改期",
        "改期、延长或取消：会议改时间，征求意见延长截止",
        "another time for a meeting, a later end for a consultation, or called off",
        (
            REASON,
            Field("at", "新的时间或截止", "the new time or end"),
            Field("place", "新的地点", "the new place"),
            MEETING,
            Field("consultation", "第几次征求意见", "number of the consultation", "number"),
            Field("off", "取消", "called off", "flag"),
        ),
    ),
    VerbCommand(
        "attend",
        "attend",
        "签到",
        "签到：谁到会、派员、请假、缺席",
        "take attendance: who came, sent somebody, was excused, was absent",
        (
            MEETING,
            _line("came", "到会", "came"),
            _line("sent", "派员参会", "sent somebody"),
            _line("excused", "请假", "excused"),
            _line("absent", "缺席", "absent"),
            Field(
                "outside",
                "名单外到会的群众，可写 称呼=人数，可多次给出",
                "people from outside who came uncalled, as WORDS=NUMBER too, may be repeated",
                "many",
            ),
        ),
    ),
    VerbCommand(
        "minutes",
        "minutes",
        "会议纪要",
        "会议纪要",
        "write the minutes of a meeting",
        (Field("text", "纪要（必填）", "the minutes (required)"), MEETING),
    ),
    VerbCommand(
        "decide",
        "decide",
        "议定",
        "议定：一项决定，谁办、何时办完；成为任务或子事件",
        "write down a decision: what, who, by when; it becomes a task or a ticket",
        (
            Field("text", "议定内容（必填）", "what was decided (required)"),
            Field("to", "责任单位、@姓名（必填）", "who does it: a unit or @officer (required)"),
            Field("due", "完成时限（必填）", "by when (required)"),
            MEETING,
            OVERRIDE,
        ),
    ),
    VerbCommand(
        "consult",
        "consult",
        "征求意见",
        "征求意见：意见征集、表决或告知，起止之外不收",
        "open a consultation with residents: opinions, a vote or a notice",
        (
            Field("kind", "类别（必填）", "kind (required)", term="AskKind"),
            Field("subject", "主题（必填）", "what it is about (required)"),
            Field("closes", "截止（必填），只写日期即当日结束", "its end (required); a date means the end of that day"),
            Field("opens", "开始，缺省现在", "its opening, by default now"),
            Field("body", "内容", "the text that residents get"),
            Field(
                "options",
                "选项，可多次给出；表决缺省同意、反对、弃权",
                "an option, may be repeated",
                "many",
                flag="--option",
            ),
            Field("households", "应征求户数", "how many households are asked", "number"),
        ),
    ),
    VerbCommand(
        "collect",
        "collect",
        "收集意见",
        "收集意见：一户的意见或表决；文件用 consult import",
        "take one answer of a household; files go by consult import",
        (
            Field("household", "户号，如 8-2-301（必填）", "household, such as 8-2-301 (required)"),
            Field("choice", "选项", "the option"),
            Field("words", "意见", "what they say"),
            Field("name", "姓名", "their name"),
            Field("received", "收到时间，缺省现在", "when it was received, by default now"),
            CONSULTATION,
        ),
    ),
    VerbCommand(
        "conclude",
        "conclude",
        "征求结果",
        "征求结果：截止后写明结果及前后数值",
        "say what came of a consultation, once it is closed",
        (
            Field("result", "结果（必填）", "the result (required)"),
            Field("before", "原数值", "a figure before"),
            Field("after", "现数值", "the figure after"),
            Field("unit", "数值单位，如 万元", "what the figures count"),
            CONSULTATION,
        ),
    ),
    VerbCommand(
        "publish",
        "publish",
        "公示",
        "公示：在哪里、何时公开了什么",
        "note what was made public: where, when, in which words",
        (
            Field("place", "公示地点或渠道（必填）", "where (required)"),
            Field("words", "公示内容（必填）", "the words (required)"),
            Field("step", "公示环节", "of which step", term="PublishedStep"),
            Field("at", "公示时间，缺省现在", "when, by default now"),
            Field("meeting", "第几次会议", "number of the meeting", "number"),
            CONSULTATION,
        ),
    ),
    VerbCommand(
        "mediate",
        "mediate",
        "调解",
        "调解：一轮调解的当事人、结果；协议写明后续履行",
        "write down a round of mediation; an agreement says what must follow",
        (
            Field("parties", "当事人（必填）", "the parties (required)"),
            Field("outcome", "结果（必填）", "the outcome (required)", term="MediationOutcome"),
            Field("words", "协议内容或未成原因（必填）", "what was agreed, or why not (required)"),
            Field("follow", "后续须履行的事项（达成协议必填）", "what must follow (required for an agreement)"),
            Field("mediator", "调解人，缺省经办人", "the mediator, by default who writes"),
            Field("place", "地点", "where"),
            Field("at", "调解时间，缺省现在", "when it was held, by default now"),
        ),
    ),
    VerbCommand(
        "fulfil",
        "fulfil",
        "履约",
        "履约：协议已履行",
        "an agreement was carried out",
        (
            Field("words", "履行情况（必填）", "how it was carried out (required)"),
            Field(
                "round", "第几轮调解，缺省最近的协议", "number of the round, by default the newest agreement", "number"
            ),
        ),
    ),
)
