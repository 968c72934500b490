"""Orders: what somebody asks the desk to do, one model per verb, validated at the door."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from core.rules.requests import LONGEST_SUSPENSION
from data.errors import BadInput
from data.terms import (
    AffairKind,
    Grade,
    PauseReason,
    RequestKind,
    ReturnReason,
    Satisfaction,
    Source,
    Tier,
    UpwardForm,
    Urgency,
)

TITLE_LIMIT = 200
LINE_LIMIT = 300
TEXT_LIMIT = 20_000
HANDS_LIMIT = 300
"""Hands of one role in one order: every grid of a street, and its people."""


def _storable(value: str) -> str:
    """Text that every database takes: no NUL, no lone surrogate; line ends unified, outer blanks off."""
    if "\x00" in value:
        raise ValueError("NUL")
    value.encode("utf-8")
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def _said(value: str) -> str:
    """Text that says something: blanks and separators of any kind alone are nothing."""
    if not value:
        raise PydanticCustomError("string_too_short", "empty")
    return value


def _one_line(value: str) -> str:
    return " ".join(_storable(value).split("\n"))


Line = Annotated[str, Field(max_length=LINE_LIMIT), AfterValidator(_one_line)]
Title = Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT), AfterValidator(_one_line), AfterValidator(_said)]
Long = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_storable)]
Reason = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_storable), AfterValidator(_said)]
Why = Annotated[str, Field(max_length=2000), AfterValidator(_storable)]
"""A reason where there need not be one."""
Code = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_one_line), AfterValidator(_said)]
Named = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_one_line), AfterValidator(_said)]
"""A hand as `core.desk.hands` reads it: a unit, or `@` and an officer or a role, and after `=` an instruction."""


class Order(BaseModel):
    """Something to do. Unknown fields are refused, so that a typing error is not silently dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)
    verb: ClassVar[str] = ""


class TicketOrder(Order):
    """Something to do to one ticket."""

    ticket: Code
    """The ticket's code."""


class Report(Order):
    """A new report comes in. With `tier` grid or community the ticket starts in that unit's own hands."""

    verb: ClassVar[str] = "report"
    title: Title
    body: Long = ""
    source: Source = Source.PHONE
    address: Line = ""
    reporter_name: Line = ""
    reporter_phone: Line = ""
    community: Line = ""
    grid: Line = ""
    matter: Line = ""
    limit_no: int = Field(default=0, ge=0, le=99)
    urgency: Urgency | None = None
    tier: Tier = Tier.CENTRE
    confidential: bool = False
    direct: bool = False
    """Straight to the duty leader (直报)."""
    external_id: Annotated[str, Field(max_length=120), AfterValidator(_one_line)] = ""
    origin: Annotated[str, Field(max_length=40), AfterValidator(_one_line)] = ""
    join: Line = ""
    """A ticket of the same matter that the new one is joined into at once (并案)."""
    part_of: Line = ""
    """A sweep that found it; the desk may name any ticket that it is a part of."""


class Accept(TicketOrder):
    """Take the report in."""

    verb: ClassVar[str] = "accept"
    note: Long = ""


class Refuse(TicketOrder):
    """Do not take it in (不予受理). The reporter is told the reason: what is written, else what the list says."""

    verb: ClassVar[str] = "refuse"
    reason: Why = ""


class Amend(TicketOrder):
    """Correct what was written down at intake."""

    verb: ClassVar[str] = "amend"
    title: Title | None = None
    body: Long | None = None
    address: Line | None = None
    reporter_name: Line | None = None
    reporter_phone: Line | None = None


class Assess(TicketOrder):
    """Say what it is, how urgent, where it belongs (研判)."""

    verb: ClassVar[str] = "assess"
    matter: Line = ""
    limit_no: int | None = Field(default=None, ge=0, le=99)
    urgency: Urgency | None = None
    affair: AffairKind | None = None
    community: Line = ""
    grid: Line = ""
    note: Long = ""


class Dispatch(TicketOrder):
    """Send it to a lead, with assisting and informed hands (派单). Without `to`: as the catalogue proposes."""

    verb: ClassVar[str] = "dispatch"
    to: Named | Literal[""] = ""
    assist: list[Named] = Field(default_factory=list, max_length=HANDS_LIMIT)
    inform: list[Named] = Field(default_factory=list, max_length=HANDS_LIMIT)
    instruction: Long = ""
    """For every hand that has no instruction of its own."""
    matter: Line = ""
    limit_no: int | None = Field(default=None, ge=0, le=99)
    urgency: Urgency | None = None
    jointly: bool = False
    """The lead is not done before every assisting hand is (同到同办)."""
    override: Why = ""
    """Why it is sent although the lists stop it; for those who are entitled to that."""


class Redispatch(TicketOrder):
    """Take it from the unit that has it and give it to another (转派)."""

    verb: ClassVar[str] = "redispatch"
    to: Named
    reason: Reason
    instruction: Long = ""
    override: Why = ""
    """Why it is sent although the lists stop it; for those who are entitled to that."""


class AddTask(TicketOrder):
    """Add assisting or informed hands to a ticket that is out (加派): `to` in the role, `inform` as informed."""

    verb: ClassVar[str] = "add_task"
    to: list[Named] = Field(default_factory=list, max_length=HANDS_LIMIT)
    inform: list[Named] = Field(default_factory=list, max_length=HANDS_LIMIT)
    role: Literal["assist", "inform"] = "assist"
    instruction: Long = ""
    override: Why = ""
    """Why it is sent although the lists stop it; for those who are entitled to that."""


class Acknowledge(TicketOrder):
    """The unit says that it has it (签收). `unit` names an assisting unit or officer; by default the lead."""

    verb: ClassVar[str] = "acknowledge"
    unit: Line = ""


class Arrive(TicketOrder):
    """The unit is on scene (到场)."""

    verb: ClassVar[str] = "arrive"
    unit: Line = ""
    people: int = Field(default=0, ge=0, le=100_000)


class Handle(TicketOrder):
    """Work goes on (处置): a progress note; `made_safe` when the danger is off."""

    verb: ClassVar[str] = "handle"
    note: Long = ""
    made_safe: bool = False


class FinishTask(TicketOrder):
    """An assisting unit or officer has done their part."""

    verb: ClassVar[str] = "finish_task"
    unit: Code
    result: Long = ""
    people: int = Field(default=0, ge=0, le=100_000)


class Complete(TicketOrder):
    """The lead unit has done it (办结), with the outcome and what the public is told."""

    verb: ClassVar[str] = "complete"
    outcome: Reason
    public_reply: Long = ""
    open_assist_reason: Long = ""
    people: int = Field(default=0, ge=0, le=100_000)


class Check(TicketOrder):
    """The centre checks the work (核查); failed means rework."""

    verb: ClassVar[str] = "check"
    passed: bool
    note: Long = ""


class CallBack(TicketOrder):
    """The reporter is called back (回访); dissatisfied means rework."""

    verb: ClassVar[str] = "call_back"
    result: Satisfaction
    note: Long = ""


class Archive(TicketOrder):
    """Close the ticket and file it (归档)."""

    verb: ClassVar[str] = "archive"
    note: Long = ""
    open_calls_reason: Long = ""
    """Why a reporter of a joined ticket was not called back."""
    open_children_reason: Long = ""
    """Why it is filed over children that are open."""


class Join(TicketOrder):
    """The ticket is of the same matter as another one and is handled with it (并案)."""

    verb: ClassVar[str] = "join"
    into: Code
    reason: Long = ""


class Separate(TicketOrder):
    """It was another matter: the ticket goes on by itself where it stood (拆分)."""

    verb: ClassVar[str] = "separate"
    reason: Reason


class Link(TicketOrder):
    """Tie two tickets: see also, or this one as a part of the other (关联)."""

    verb: ClassVar[str] = "link"
    other: Code
    tie: Literal["related", "parent"] = "related"
    off: bool = False


class Void(TicketOrder):
    """Strike a ticket that should not exist (作废)."""

    verb: ClassVar[str] = "void"
    reason: Reason


class Return(TicketOrder):
    """The unit sends it back (退单)."""

    verb: ClassVar[str] = "return"
    code: ReturnReason
    reason: Reason


class HandUp(TicketOrder):
    """Give it to the tier above (上报上级)."""

    verb: ClassVar[str] = "hand_up"
    reason: Reason
    to: Line = ""
    """A unit of a higher tier, to skip tiers; only for urgent tickets."""


class HandDown(TicketOrder):
    """Give it to a community or grid below (下派)."""

    verb: ClassVar[str] = "hand_down"
    to: Code
    reason: Reason
    override: Why = ""
    """Why it is sent although the lists stop it; for those who are entitled to that."""


class Remind(TicketOrder):
    """Press whoever has it (催办)."""

    verb: ClassVar[str] = "remind"
    note: Long = ""


class Supervise(TicketOrder):
    """A leader watches over it (督办); `off` ends it."""

    verb: ClassVar[str] = "supervise"
    off: bool = False
    note: Long = ""


class Ask(TicketOrder):
    """Ask the section's leader (请示): the A leader, or the B leader when A is away."""

    verb: ClassVar[str] = "ask"
    note: Reason


class Note(TicketOrder):
    """Write something down."""

    verb: ClassVar[str] = "note"
    text: Reason


class Pause(TicketOrder):
    """Stop the clocks with a reason (挂起)."""

    verb: ClassVar[str] = "pause"
    code: PauseReason
    reason: Reason


class Resume(TicketOrder):
    """Let the clocks run on (恢复)."""

    verb: ClassVar[str] = "resume"
    note: Long = ""


class TakeBack(TicketOrder):
    """The A holder takes back what the B holder took over (收回)."""

    verb: ClassVar[str] = "take_back"
    note: Long = ""


class Request(TicketOrder):
    """Ask for something that others decide (申请)."""

    verb: ClassVar[str] = "request"
    kind: RequestKind
    reason: Reason
    to: list[Named] = Field(default_factory=list, max_length=HANDS_LIMIT)
    """Whom to add, whom to consult, or the unit above."""
    days: int = Field(default=0, ge=0, le=LONGEST_SUSPENSION)
    """How long a suspension is to last."""
    code: ReturnReason | None = None
    """Why it is to be sent back."""


class Grant(TicketOrder):
    """Grant what was asked for (同意)."""

    verb: ClassVar[str] = "grant"
    note: Long = ""
    minutes: Long = ""
    """What a consultation came to."""


class Decline(TicketOrder):
    """Refuse what was asked for (不同意), with the reason."""

    verb: ClassVar[str] = "decline"
    reason: Reason


class Withdraw(TicketOrder):
    """Take one's request back (撤回申请)."""

    verb: ClassVar[str] = "withdraw"
    note: Long = ""


class Recompute(TicketOrder):
    """Set deadlines anew after the calendar or the policy changed; earlier pauses stay."""

    verb: ClassVar[str] = "recompute"
    policy: bool = False
    """Also move the ticket to the newest policy version."""


class GradeIncident(TicketOrder):
    """Say which grade of emergency it is (定级): from then on the policy's reports upward are owed."""

    verb: ClassVar[str] = "grade"
    grade: Grade
    reason: Long = ""


class ReportUp(TicketOrder):
    """A report went to the tier above (信息报送): by telephone, in writing, a numbered follow-up, the final one."""

    verb: ClassVar[str] = "report_up"
    form: UpwardForm
    to: Line = ""
    """Who took it; by default the district centre."""
    text: Long = ""


class Undo(TicketOrder):
    """Undo the newest step of the ticket (撤销); the undoing is on the record."""

    verb: ClassVar[str] = "undo"
    note: Long = ""


def read_order(kind: type[Order], values: dict[str, Any]) -> Order:
    """Build an order from plain values. Raises BadInput that names the field, in both languages."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise bad_fields(error) from error


def bad_fields(error: ValidationError) -> BadInput:
    """What pydantic found, as a refusal: the first field in words, all of them in the details."""
    places = [
        (".".join(str(part) for part in item["loc"]) or "?", item)
        for item in error.errors(include_url=False, include_input=False)
    ]
    name, first = places[0]
    zh, en = _sentence(name, first)
    return BadInput("bad-field", zh, en, fields=[place for place, _ in places])


_WANTED = {
    "int_parsing": ("须为整数", "a whole number"),
    "int_parsing_size": ("须为整数", "a whole number"),
    "greater_than_equal": ("须不小于 {ge:g}", "{ge:g} or more"),
    "less_than_equal": ("须不大于 {le:g}", "{le:g} or less"),
}
"""What a number must be, by the kind of mistake."""


def _sentence(name: str, item: Any) -> tuple[str, str]:
    kind, context = item["type"], item.get("ctx", {})
    shown = name if name.isprintable() else ascii(name)
    if kind == "missing":
        return f"缺少 {shown}。", f"{shown} is missing."
    if kind == "extra_forbidden":
        return f"没有 {shown} 这一项。", f"There is no field {shown}."
    if kind == "string_too_long":
        return (
            f"{shown} 太长，最多 {context['max_length']} 个字符。",
            f"{shown} is too long: at most {context['max_length']} characters.",
        )
    if kind == "string_too_short":
        return f"{shown} 不能为空。", f"{shown} may not be empty."
    if kind in ("enum", "literal_error"):
        expected = context["expected"]
        return (
            f"{shown} 只能是：{expected.replace(' or ', '、').replace(', ', '、')}。",
            f"{shown} must be one of: {expected}.",
        )
    if kind in _WANTED:
        zh, en = (text.format(**context) for text in _WANTED[kind])
        return f"{shown} {zh}。", f"{shown} must be {en}."
    return f"{shown} 无法理解。", f"{shown} cannot be understood: {item['msg'].splitlines()[0]}."
