"""The verbs as commands: their names, their options, and both languages of their help.

Written out rather than read from the orders, because the orders are built on a validation library that costs a help
page twice its time. A test holds the two against each other.
"""

from __future__ import annotations

from console.cli.meeting_verbs import MEETING_COMMANDS
from console.cli.review_verbs import REVIEW_COMMANDS
from console.cli.verb_field import (
    COMMUNITY,
    GRID,
    INSTRUCTION,
    LIMIT_NO,
    MATTER,
    NOTE,
    OVERRIDE,
    PEOPLE,
    REASON,
    REASON_GIVEN,
    UNIT,
    URGENCY,
    Field,
    VerbCommand,
)

_REPORT = (
    Field("title", "标题（必填）", "what happened, in a line (required)"),
    Field("body", "详细内容", "the details"),
    Field("source", "来源", "how the report came in", term="Source"),
    Field("address", "地址", "where it is"),
    Field("reporter_name", "反映人姓名", "who reports it"),
    Field("reporter_phone", "反映人电话", "their telephone number"),
    COMMUNITY,
    GRID,
    MATTER,
    LIMIT_NO,
    URGENCY,
    Field("tier", "层级：由网格或社区自行处置时填写", "tier, when a grid or community handles it itself", term="Tier"),
    Field("confidential", "保密", "confidential", "flag"),
    Field("direct", "直报值班领导", "straight to the duty leader", "flag"),
    Field("external_id", "来源系统中的编号", "its number in the system it came from"),
    Field("origin", "来源系统", "the system it came from"),
    Field("join", "同一事件的编号：登记后即并案", "a ticket of the same matter: joined into it at once"),
    Field(
        "part_of",
        "发现它的排查（值班席可写任一上级事件）",
        "the sweep that found it; for the desk any ticket it is part of",
    ),
)
_AMEND = tuple(
    field for field in _REPORT if field.name in ("title", "body", "address", "reporter_name", "reporter_phone")
)
_DISPATCH = (
    Field(
        "to",
        "主办：单位、@姓名或 @值班领导，可写 单位=要求；缺省按事项目录",
        "the lead: a unit, @officer or @duty_leader, as UNIT=INSTRUCTION too; by default the catalogue's",
    ),
    Field("assist", "协办，写法同上，可多次给出", "an assisting hand, written likewise, may be repeated", "many"),
    Field("inform", "告知，写法同上，可多次给出", "somebody to inform, written likewise, may be repeated", "many"),
    INSTRUCTION,
    MATTER,
    LIMIT_NO,
    URGENCY,
    Field(
        "jointly", "同到同办：协办都完成后主办才能办结", "the lead is not done before every assisting hand is", "flag"
    ),
    OVERRIDE,
)
_ASSESS = (
    MATTER,
    LIMIT_NO,
    URGENCY,
    Field("affair", "公事、家事或共事", "kind of affair", term="AffairKind"),
    COMMUNITY,
    GRID,
    NOTE,
)
_COMPLETE = (
    Field("outcome", "处置结果（必填）", "what was done (required)"),
    Field("public_reply", "对群众的答复", "what the public is told"),
    Field("open_assist_reason", "协办未完成时的原因", "why, when assisting tasks are still open"),
    PEOPLE,
)
_CODE_PAUSE = Field("code", "暂停原因类别（必填）", "kind of pause (required)", term="PauseReason", flag="--for")
_CODE_RETURN = Field("code", "退单原因类别（必填）", "kind of reason (required)", term="ReturnReason", flag="--because")

ADDRESSED = (
    Field(
        "kinds",
        "单位类别，可多次给出，缺省为网格",
        "kinds of units, may be repeated; by default the grids",
        "many",
        "UnitKind",
        flag="--kind",
    ),
    Field("tags", "带有标签的单位，可多次给出", "units with a tag, may be repeated", "many", flag="--tag"),
    Field(
        "communities",
        "只限这些社区，可多次给出",
        "only in these communities, may be repeated",
        "many",
        flag="--community",
    ),
    Field("units", "另加的单位，可多次给出", "further units by name, may be repeated", "many", flag="--unit"),
)
"""Whom a sweep or a broadcast is for."""
SWEEP_FIELDS = (
    *ADDRESSED,
    Field("title", "排查标题（必填）", "title of the sweep (required)"),
    Field("instruction", "排查要求", "what to look for, and what to do with it"),
    Field("lead", "牵头单位，缺省为原主办", "who runs it, by default who led this ticket"),
    Field("matter", "排查的事项，缺省为本事件的事项", "what is looked for, by default this ticket's matter"),
    Field(
        "limit", "各单位时限，如 5工作日，缺省按政策", "the time each has, such as 5 work_day; by default the policy's"
    ),
    Field("urgency", "紧急程度，缺省一般", "how urgent it is, by default normal", term="Urgency"),
    OVERRIDE,
)

REPORT = VerbCommand("report", "report", "上报", "上报：登记新事件", "a new report comes in", _REPORT)

VERB_COMMANDS = (
    REPORT,
    VerbCommand("accept", "accept", "受理", "受理", "take the report in", (NOTE,)),
    VerbCommand(
        "refuse",
        "refuse",
        "不予受理",
        "不予受理",
        "do not take it in",
        (
            Field(
                "reason",
                "原因；不应出具的证明缺省为清单说明",
                "the reason; of a certificate not to be issued what the list says",
            ),
        ),
    ),
    VerbCommand("amend", "amend", "更正", "更正登记内容", "correct what was written down", _AMEND),
    VerbCommand(
        "assess", "assess", "研判", "研判：定事项、紧急程度、地点", "say what it is, how urgent, where", _ASSESS
    ),
    VerbCommand("dispatch", "dispatch", "派单", "派单", "send it to a lead unit", _DISPATCH),
    VerbCommand(
        "redispatch",
        "redispatch",
        "转派",
        "转派",
        "take it from its unit and give it to another",
        (Field("to", "新的主办单位（必填）", "the new lead unit (required)"), REASON, INSTRUCTION, OVERRIDE),
    ),
    VerbCommand(
        "add",
        "add_task",
        "加派",
        "加派单位",
        "add units to a ticket that is out",
        (
            Field(
                "to",
                "单位、@姓名或 @值班领导，可写 单位=要求，可多次给出",
                "a unit, @officer or @duty_leader, as UNIT=INSTRUCTION too, may be repeated",
                "many",
            ),
            Field("inform", "只告知，写法同上，可多次给出", "somebody to inform only, may be repeated", "many"),
            Field("role", "assist 协办，inform 告知", "assist or inform"),
            INSTRUCTION,
            OVERRIDE,
        ),
    ),
    VerbCommand("ack", "acknowledge", "签收", "签收", "the unit has it", (UNIT,)),
    VerbCommand("arrive", "arrive", "到场", "到场", "the unit is on scene", (UNIT, PEOPLE)),
    VerbCommand(
        "cordon",
        "cordon",
        "设警戒",
        "设警戒：现场先期安全措施，可在派单前记录",
        "the place is cordoned off, before anything else",
        (Field("note", "措施（必填）", "what was done (required)"),),
    ),
    VerbCommand(
        "handle",
        "handle",
        "处置",
        "处置进展",
        "work goes on",
        (NOTE, Field("made_safe", "险情已控制", "the danger is off", "flag")),
    ),
    VerbCommand(
        "finish",
        "finish_task",
        "完成协办",
        "完成协办",
        "an assisting unit has done its part",
        (
            Field("unit", "协办单位或 @人员（必填）", "the assisting unit or @officer (required)"),
            Field("result", "结果", "the result"),
            PEOPLE,
        ),
    ),
    VerbCommand(
        "found",
        "finding",
        "判明",
        "判明：感知设备事件的实际情况",
        "say what a device's alert turned out to be",
        (Field("found", "情况（必填）", "what was found (required)", term="AlertFinding", flag="--is"), NOTE),
    ),
    VerbCommand("complete", "complete", "办结", "办结", "the lead unit has done it", _COMPLETE),
    VerbCommand("return", "return", "退单", "退单", "the unit sends it back", (_CODE_RETURN, REASON)),
    VerbCommand(
        "check",
        "check",
        "核查",
        "核查，不通过即返工",
        "check the work; failed means rework",
        (
            Field("passed", "通过或不通过（必填）", "whether it passed (required)", "flag", flag="--passed/--failed"),
            NOTE,
        ),
    ),
    VerbCommand(
        "call-back",
        "call_back",
        "回访",
        "回访，不满意即返工",
        "call the reporter back; dissatisfied means rework",
        (Field("result", "满意度（必填）", "what they say (required)", term="Satisfaction"), NOTE),
    ),
    VerbCommand(
        "archive",
        "archive",
        "归档",
        "归档",
        "close the ticket and file it",
        (
            NOTE,
            Field(
                "open_calls_reason", "并案上报人未回访的原因", "why reporters of joined tickets were not called back"
            ),
            Field("open_children_reason", "子事件未结的原因", "why, when children are still open"),
        ),
    ),
    VerbCommand("void", "void", "作废", "作废", "strike a ticket that should not exist", (REASON,)),
    VerbCommand(
        "hand-up",
        "hand_up",
        "上报上级",
        "上报上级",
        "give it to the tier above",
        (REASON, Field("to", "越级上报的单位，限紧急事件", "a unit further up, for urgent tickets")),
    ),
    VerbCommand(
        "hand-down",
        "hand_down",
        "下派",
        "下派社区或网格",
        "give it to a community or grid",
        (Field("to", "社区或网格（必填）", "the community or grid (required)"), REASON, OVERRIDE),
    ),
    VerbCommand("remind", "remind", "催办", "催办", "press whoever has it", (NOTE,)),
    VerbCommand(
        "remind-hands",
        "remind_hands",
        "提醒未完成的各方",
        "提醒所有未完成的协办、主办",
        "remind everybody whose part is not done",
        (
            NOTE,
            Field("silent", "只提醒未签收的", "only those who have not acknowledged", "flag"),
            Field(
                "units",
                "只提醒这些单位及其下属，可多次给出",
                "only these units and what is under them",
                "many",
                flag="--unit",
            ),
        ),
    ),
    VerbCommand(
        "supervise",
        "supervise",
        "督办",
        "督办",
        "a leader watches over it",
        (Field("off", "结束督办", "no longer", "flag"), NOTE),
    ),
    VerbCommand(
        "ask",
        "ask",
        "请示领导",
        "请示板块领导，A 岗不在时请 B 岗",
        "ask the section's leader, or the B leader when A is away",
        (Field("note", "请示内容（必填）", "what is asked (required)"),),
    ),
    VerbCommand(
        "note",
        "note",
        "记录",
        "记录",
        "write something down",
        (Field("text", "内容（必填）", "the text (required)"),),
    ),
    VerbCommand(
        "activate-plan",
        "activate_plan",
        "启动预案",
        "启动预案：补齐各方任务，起算报送时限；未派单的用 zhihui plan activate",
        "put a contingency plan in force on a ticket that is out; see also zhihui plan activate",
        (Field("plan", "预案编号或名称（必填）", "the plan, by code or name (required)"), OVERRIDE),
    ),
    VerbCommand(
        "tick",
        "tick",
        "预案勾选",
        "勾选预案清单的一行，或写下问题的回答",
        "tick a line of a plan's checklist, or write down an answer",
        (
            Field("plan", "预案，缺省为唯一已启动的", "the plan, by default the only one that is active"),
            Field("check", "清单行号", "number of the line", "number"),
            Field("question", "问题号", "number of the question", "number"),
            Field("answer", "回答", "the answer"),
            Field("off", "取消", "take it back", "flag"),
        ),
    ),
    VerbCommand("pause", "pause", "暂停", "暂停计时", "stop the clocks", (_CODE_PAUSE, REASON)),
    VerbCommand("resume", "resume", "恢复", "恢复计时", "let the clocks run on", (NOTE,)),
    VerbCommand(
        "take-back",
        "take_back",
        "收回",
        "收回：A岗收回B岗接手的事件",
        "post A takes back what post B took over",
        (NOTE,),
    ),
    VerbCommand(
        "request",
        "request",
        "申请",
        "申请：退单、延期、挂账、加派、会商、上报上级、申诉",
        "ask for what others decide: return, extension, suspension, more hands …",
        (
            Field("kind", "申请类别（必填）", "what is asked for (required)", term="RequestKind", flag="--for"),
            REASON,
            Field("to", "加派或会商的单位、人员，或上级单位", "whom to add or consult, or the unit above", "many"),
            Field("days", "挂账天数，最多 365", "days of a suspension, 365 at most", "number"),
            Field("code", "退单原因类别", "kind of reason of a return", term="ReturnReason", flag="--because"),
        ),
    ),
    VerbCommand(
        "grant",
        "grant",
        "同意申请",
        "同意申请；申诉须两人先后同意",
        "grant the request that waits; an appeal needs two people",
        (NOTE, Field("minutes", "会商纪要（会商必填）", "minutes of a consultation (required for one)")),
    ),
    VerbCommand("decline", "decline", "不同意申请", "不同意申请", "refuse the request that waits", (REASON,)),
    VerbCommand("withdraw", "withdraw", "撤回申请", "撤回申请", "take the request back", (NOTE,)),
    VerbCommand(
        "recompute",
        "recompute",
        "重算时限",
        "按现行日历重算时限",
        "set deadlines anew under the present calendar",
        (Field("policy", "同时改用最新时限政策", "also move to the newest policy", "flag"),),
    ),
    VerbCommand(
        "grade",
        "grade",
        "定级",
        "定级：I 至 IV 级，从此计报送时限",
        "say which grade of emergency it is; reports upward are owed from then on",
        (Field("grade", "等级，1 至 4（必填）", "grade, 1 to 4 (required)", term="Grade"), REASON_GIVEN),
    ),
    VerbCommand(
        "report-up",
        "report_up",
        "信息报送",
        "信息报送：已向上级电话、书面首报，或续报、终报",
        "a report went to the tier above: by telephone, in writing, a follow-up, the final one",
        (
            Field("form", "方式（必填）", "how (required)", term="UpwardForm"),
            Field("to", "接报单位或人，缺省区级中心", "who took it, by default the district centre"),
            Field("text", "报送内容", "what was reported"),
        ),
    ),
    VerbCommand("undo", "undo", "撤销", "撤销最近一步，留痕", "undo the newest step, on the record", (NOTE,)),
    VerbCommand(
        "join",
        "join",
        "并案",
        "并案：同一事件的上报并入主事件",
        "join a report into the ticket of the same matter",
        (
            Field("into", "主事件编号或其结尾（必填）", "code of the main ticket, or its ending (required)"),
            Field("reason", "原因", "the reason"),
        ),
    ),
    VerbCommand(
        "separate",
        "separate",
        "拆分",
        "拆分：从主事件中分出，接着办",
        "it was another matter: it goes on by itself where it stood",
        (REASON,),
    ),
    VerbCommand(
        "link",
        "link",
        "关联",
        "关联：互见，或作为另一事件的子事件",
        "tie two tickets: see also, or parent and child",
        (
            Field(
                "other",
                "另一事件的编号或其结尾（必填）",
                "code of the other ticket, or its ending (required)",
                flag="--to",
            ),
            Field("tie", "related 互见，parent 另一事件为上级", "related, or parent: the other is the parent"),
            Field("off", "解除关联", "take it off", "flag"),
        ),
    ),
    VerbCommand(
        "sweep",
        "sweep",
        "举一反三",
        "举一反三：由此事件对多个单位开展同类排查",
        "many units look for the like of this ticket, on a ticket of its own",
        SWEEP_FIELDS,
    ),
    VerbCommand(
        "name-readers",
        "name_readers",
        "指定知悉人",
        "指定知悉人：谁能看保密事件的内容",
        "say who sees what a confidential ticket holds",
        (
            Field("officers", "知悉人，可多次给出", "an officer, may be repeated", "many", flag="--officer"),
            Field("off", "取消知悉人，可多次给出", "an officer who no longer sees it, may be repeated", "many"),
            REASON,
        ),
    ),
    *MEETING_COMMANDS,
    *REVIEW_COMMANDS,
)

BY_COMMAND = {row.command: row for row in VERB_COMMANDS}
BY_VERB = {row.verb: row for row in VERB_COMMANDS}
