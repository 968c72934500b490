"""What is asked before an operation is carried out: one list of fields per verb; verbs without one need nothing."""

from __future__ import annotations

from collections.abc import Callable

from console.dialogs.form_parts import options_of, reason_field, yes_no
from console.dialogs.meeting_forms import MEETING_FORMS
from console.dialogs.review_forms import REVIEW_FORMS
from console.i18n import _
from console.widgets.fields import FieldSpec
from data.device_terms import AlertFinding
from data.terms import (
    AffairKind,
    Grade,
    PauseReason,
    RequestKind,
    ReturnReason,
    Satisfaction,
    UpwardForm,
    Urgency,
)


def _note() -> FieldSpec:
    return FieldSpec("note", _("Remark"))


def _people() -> FieldSpec:
    return FieldSpec("people", _("People"), number=True, hint=_("how many came"), limit=6)


def _instruction() -> FieldSpec:
    return FieldSpec("instruction", _("Instruction"))


def _assess() -> tuple[FieldSpec, ...]:
    as_matter = ("", _("as the matter"))
    return (
        FieldSpec("urgency", _("Urgency"), options=(as_matter, *options_of(Urgency))),
        FieldSpec("affair", _("Affair"), options=(as_matter, *options_of(AffairKind))),
        _note(),
    )


FORMS: dict[str, Callable[[], tuple[FieldSpec, ...]]] = {
    "refuse": lambda: (
        FieldSpec("reason", _("Reason told"), hint=_("of a certificate not to be issued: what the list says")),
    ),
    "amend": lambda: (
        FieldSpec("title", _("What"), limit=200),
        FieldSpec("address", _("Where"), limit=300),
        FieldSpec("reporter_name", _("Caller"), limit=60),
        FieldSpec("reporter_phone", _("Telephone"), limit=40),
        FieldSpec("body", _("Details")),
    ),
    "assess": _assess,
    "redispatch": lambda: (reason_field(), _instruction()),
    "add_task": lambda: (
        FieldSpec("role", _("As"), options=(("assist", _("assisting")), ("inform", _("informed")))),
        _instruction(),
    ),
    "arrive": lambda: (_people(),),
    "cordon": lambda: (FieldSpec("note", _("Measures"), required=True),),
    "handle": lambda: (FieldSpec("note", _("Progress")), yes_no("made_safe", _("Made safe"))),
    "finish_task": lambda: (FieldSpec("result", _("Outcome")), _people()),
    "finding": lambda: (FieldSpec("found", _("Found"), options=options_of(AlertFinding)), _note()),
    "complete": lambda: (
        FieldSpec("outcome", _("Outcome"), required=True),
        FieldSpec("public_reply", _("Public reply")),
        FieldSpec("open_assist_reason", _("Open parts"), hint=_("why, if an assisting unit is not done")),
        _people(),
    ),
    "return": lambda: (FieldSpec("code", _("Kind"), options=options_of(ReturnReason)), reason_field()),
    "check": lambda: (
        FieldSpec("passed", _("Check"), options=(("1", _("passed")), ("0", _("failed: rework"))), flag=True),
        _note(),
    ),
    "call_back": lambda: (FieldSpec("result", _("Caller is"), options=options_of(Satisfaction)), _note()),
    "void": lambda: (reason_field(),),
    "join": lambda: (
        FieldSpec("into", _("Into"), required=True, limit=60, hint=_("code of the main ticket")),
        FieldSpec("reason", _("Reason")),
    ),
    "separate": lambda: (reason_field(),),
    "link": lambda: (
        FieldSpec("other", _("Ticket"), required=True, limit=60, hint=_("code of the other ticket")),
        FieldSpec("tie", _("As"), options=(("related", _("see also")), ("parent", _("the other is its parent")))),
        yes_no("off", _("Take off")),
    ),
    "hand_up": lambda: (reason_field(),),
    "hand_down": lambda: (reason_field(),),
    "remind": lambda: (_note(),),
    "remind_hands": lambda: (_note(), yes_no("silent", _("Silent only"))),
    "supervise": lambda: (yes_no("off", _("End it")), _note()),
    "ask": lambda: (FieldSpec("note", _("Question"), required=True, initial=_("Please decide how to handle this.")),),
    "note": lambda: (FieldSpec("text", _("Remark"), required=True),),
    "pause": lambda: (FieldSpec("code", _("Kind"), options=options_of(PauseReason)), reason_field()),
    "grade": lambda: (
        FieldSpec("grade", _("Grade"), options=options_of(Grade)),
        FieldSpec("reason", _("Reason")),
    ),
    "report_up": lambda: (
        FieldSpec("form", _("How"), options=options_of(UpwardForm)),
        FieldSpec("to", _("Taken by"), hint=_("by default the district centre"), limit=300),
        FieldSpec("text", _("Content")),
    ),
    "request": lambda: (
        FieldSpec("kind", _("Kind"), options=options_of(RequestKind)),
        reason_field(),
        FieldSpec("days", _("Days"), number=True, leave_out=True, limit=3, hint=_("of a suspension, 365 at most")),
        FieldSpec("code", _("Returned as"), leave_out=True, options=(("", _("no return")), *options_of(ReturnReason))),
        FieldSpec("to", _("Whom"), many=True, limit=300, hint=_("to add or consult, with blanks between")),
    ),
    "grant": lambda: (_note(), FieldSpec("minutes", _("Minutes"), hint=_("of a consultation"))),
    "decline": lambda: (reason_field(),),
    "withdraw": lambda: (_note(),),
    "recompute": lambda: (yes_no("policy", _("New policy")),),
    "name_readers": lambda: (
        FieldSpec("officers", _("Who sees it"), many=True, limit=300, hint=_("officers, with blanks between")),
        FieldSpec("off", _("No longer"), many=True, limit=300),
        reason_field(),
    ),
    **MEETING_FORMS,
    **REVIEW_FORMS,
}

WHY = {
    ("archive", "calls-open"): lambda: FieldSpec("open_calls_reason", _("Why not called"), required=True),
    ("archive", "children-open"): lambda: FieldSpec("open_children_reason", _("Why over open children"), required=True),
}
"""What a refusal asks to be told, so that the operation can be done on the record."""


def override_form() -> tuple[FieldSpec, ...]:
    """What is asked of those who may send a ticket although the lists stop it."""
    return (FieldSpec("override", _("Reason"), required=True),)


NEEDS_UNIT = frozenset({"redispatch", "hand_down", "add_task"})
"""Verbs that first ask for a unit of the organisation."""

OF_A_TASK = frozenset({"acknowledge", "arrive", "finish_task"})
"""Verbs that are done by one of the units that work on the ticket: asked where there are several."""


def order_values(verb: str, filled: dict[str, str]) -> dict[str, object]:
    """The values of an order from what was filled into its form."""
    specs = {spec.name: spec for spec in FORMS[verb]()} if verb in FORMS else {}
    values: dict[str, object] = {}
    for name, text in filled.items():
        spec = specs.get(name)
        if spec is not None and spec.many:
            values[name] = text.split()
        elif spec is not None and spec.leave_out and not text:
            continue
        elif spec is not None and spec.flag:
            values[name] = text == "1"
        elif spec is not None and spec.number:
            values[name] = int(text) if text.lstrip("+-").isdigit() else text
        else:
            values[name] = text
    return values
