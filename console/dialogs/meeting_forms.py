"""What is asked before meetings, consultations with residents and mediation are written down."""

from __future__ import annotations

from collections.abc import Callable

from console.dialogs.form_parts import options_of, reason_field, yes_no
from console.i18n import _
from console.widgets.fields import FieldSpec
from data.meeting_terms import AskKind, MediationOutcome, MeetingKind, PublishedStep
from data.terms import AffairKind


def _number(name: str, label: str) -> FieldSpec:
    return FieldSpec(name, label, number=True, leave_out=True, limit=4, hint=_("number; by default the newest"))


def _when(name: str, label: str, hint: str = "", required: bool = False) -> FieldSpec:
    return FieldSpec(name, label, required=required, limit=30, hint=hint or _("such as 2026-11-20 18:00"))


def _names(name: str, label: str, hint: str = "") -> FieldSpec:
    return FieldSpec(name, label, many=True, hint=hint or _("names with blanks between, NAME=NUMBER for several"))


MEETING_FORMS: dict[str, Callable[[], tuple[FieldSpec, ...]]] = {
    "classify": lambda: (
        FieldSpec("affair", _("Affair"), options=options_of(AffairKind)),
        FieldSpec("reason", _("Reason")),
    ),
    "convene": lambda: (
        FieldSpec(
            "kind", _("Meeting"), leave_out=True, options=(("", _("as the class asks")), *options_of(MeetingKind))
        ),
        _when("at", _("When"), required=True),
        FieldSpec("place", _("Where"), required=True, limit=200),
        FieldSpec("agenda", _("Agenda"), required=True),
        _names("call", _("Called"), _("units and @officers, with blanks between")),
        _names("outside", _("From outside"), _("in words, WORDS=NUMBER for several")),
        FieldSpec("reason", _("Reason"), hint=_("of another meeting than the class asks for")),
    ),
    "put_off": lambda: (
        reason_field(),
        _when("at", _("New time")),
        FieldSpec("place", _("New place"), limit=200),
        _number("meeting", _("Meeting")),
        _number("consultation", _("Consultation")),
        yes_no("off", _("Call it off")),
    ),
    "attend": lambda: (
        _names("came", _("Came")),
        _names("sent", _("Sent somebody")),
        _names("excused", _("Excused")),
        _names("absent", _("Absent")),
        _names("outside", _("Came uncalled")),
        _number("meeting", _("Meeting")),
    ),
    "minutes": lambda: (FieldSpec("text", _("Minutes"), required=True), _number("meeting", _("Meeting"))),
    "decide": lambda: (
        FieldSpec("text", _("Decision"), required=True),
        FieldSpec("to", _("Who does it"), required=True, hint=_("a unit or @officer"), limit=300),
        _when("due", _("By when"), required=True),
        _number("meeting", _("Meeting")),
    ),
    "consult": lambda: (
        FieldSpec("kind", _("Kind"), options=options_of(AskKind)),
        FieldSpec("subject", _("Subject"), required=True, limit=200),
        _when("closes", _("Closes"), _("a date means the end of that day"), required=True),
        _when("opens", _("Opens"), _("by default now")),
        FieldSpec("body", _("Text")),
        _names("options", _("Options"), _("with blanks between; of a vote by default yes, no, abstain")),
        FieldSpec("households", _("Households"), number=True, leave_out=True, limit=7),
    ),
    "collect": lambda: (
        FieldSpec("household", _("Household"), required=True, limit=60, hint="8-2-301"),
        FieldSpec("choice", _("Choice"), limit=60),
        FieldSpec("words", _("Opinion")),
        FieldSpec("name", _("Name"), limit=60),
        _when("received", _("Received"), _("by default now")),
        _number("consultation", _("Consultation")),
    ),
    "conclude": lambda: (
        FieldSpec("result", _("Result"), required=True),
        FieldSpec("before", _("Before"), limit=20, hint=_("a figure")),
        FieldSpec("after", _("After"), limit=20, hint=_("a figure")),
        FieldSpec("unit", _("Unit"), limit=40),
        _number("consultation", _("Consultation")),
    ),
    "publish": lambda: (
        FieldSpec("step", _("Step"), options=options_of(PublishedStep)),
        FieldSpec("place", _("Where"), required=True, limit=200),
        FieldSpec("words", _("Words"), required=True),
        _when("at", _("When"), _("by default now")),
        _number("meeting", _("Meeting")),
        _number("consultation", _("Consultation")),
    ),
    "mediate": lambda: (
        FieldSpec("outcome", _("Outcome"), options=options_of(MediationOutcome)),
        FieldSpec("parties", _("Parties"), required=True, limit=200),
        FieldSpec("words", _("What was said"), required=True),
        FieldSpec("follow", _("Must follow"), hint=_("needed for an agreement")),
        FieldSpec("mediator", _("Mediator"), limit=300, hint=_("by default yourself")),
        FieldSpec("place", _("Where"), limit=300),
        _when("at", _("When"), _("by default now")),
    ),
    "fulfil": lambda: (
        FieldSpec("words", _("What was done"), required=True),
        _number("round", _("Round")),
    ),
}
