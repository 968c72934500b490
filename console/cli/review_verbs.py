"""The verbs of after-action reviews as commands."""

from __future__ import annotations

from console.cli.verb_field import OVERRIDE, Field, VerbCommand

REVIEW_COMMANDS = (
    VerbCommand(
        "review-open",
        "review_open",
        "开启复盘",
        "开启复盘；再次复盘须说明原因",
        "open an after-action review; a second one says why",
        (Field("reason", "原因", "the reason"),),
    ),
    VerbCommand(
        "review-hold",
        "review_hold",
        "召开复盘会",
        "召开复盘会：谁参加、谈了什么",
        "the review was held: who came, what was said",
        (
            Field("attendance", "参加人员，用文字（必填）", "who came, in words (required)"),
            Field("minutes", "纪要", "what was said"),
            Field("at", "召开时间，缺省现在", "when it was held, by default now"),
        ),
    ),
    VerbCommand(
        "review-lesson",
        "review_lesson",
        "经验教训",
        "写一条经验教训；更正另写一条",
        "write a lesson; a correction is a new entry",
        (
            Field("text", "内容（必填）", "the lesson (required)"),
            Field("corrects", "更正第几条", "number of the lesson that it corrects", "number"),
        ),
    ),
    VerbCommand(
        "review-follow-up",
        "review_follow_up",
        "整改任务",
        "整改任务：做什么、谁负责、何时完成；作为子事件跟踪到办结",
        "what is to change, by whom and by when: a child ticket, tracked until it is done",
        (
            Field("text", "内容（必填）", "what is to be done (required)"),
            Field("to", "责任单位或 @姓名（必填）", "the unit or @officer who does it (required)"),
            Field("due", "完成时间（必填）", "by when (required)"),
            OVERRIDE,
        ),
    ),
    VerbCommand(
        "review-conclude",
        "review_conclude",
        "结束复盘",
        "结束复盘：结论",
        "end the review with what it came to",
        (Field("conclusion", "结论（必填）", "what it came to (required)"),),
    ),
)
