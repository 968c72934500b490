"""What is asked before an operation is carried out: one list of fields per verb; verbs without one need nothing."""

from __future__ import annotations

from collections.abc import Callable

from console.i18n import _, language
from console.widgets.fields import FieldSpec
from data.terms import PauseReason, ReturnReason, Satisfaction, Term


def _options(kind: type[Term]) -> tuple[tuple[str, str], ...]:
    """A term's values with their labels."""
    return tuple((str(member.value), member.label(language())) for member in kind)


def _reason(label: str = "") -> FieldSpec:
    return FieldSpec("reason", label or _("Reason"), required=True)


def _note() -> FieldSpec:
    return FieldSpec("note", _("Remark"))


FORMS: dict[str, Callable[[], tuple[FieldSpec, ...]]] = {
    "refuse": lambda: (_reason(_("Reason told")),),
    "amend": lambda: (
        FieldSpec("title", _("What"), limit=200),
        FieldSpec("address", _("Where"), limit=300),
        FieldSpec("reporter_name", _("Caller"), limit=60),
        FieldSpec("reporter_phone", _("Telephone"), limit=40),
    ),
    "redispatch": lambda: (_reason(),),
    "arrive": lambda: (FieldSpec("people", _("People"), number=True, hint=_("how many came"), limit=6),),
    "handle": lambda: (
        FieldSpec("note", _("Progress")),
        FieldSpec("made_safe", _("Made safe"), options=(("", _("no")), ("1", _("yes"))), flag=True),
    ),
    "complete": lambda: (
        FieldSpec("outcome", _("Outcome"), required=True),
        FieldSpec("public_reply", _("Public reply")),
        FieldSpec("open_assist_reason", _("Open parts"), hint=_("why, if an assisting unit is not done")),
    ),
    "return": lambda: (FieldSpec("code", _("Kind"), options=_options(ReturnReason)), _reason()),
    "check": lambda: (
        FieldSpec("passed", _("Check"), options=(("1", _("passed")), ("0", _("failed: rework"))), flag=True),
        _note(),
    ),
    "call_back": lambda: (FieldSpec("result", _("Caller is"), options=_options(Satisfaction)), _note()),
    "void": lambda: (_reason(),),
    "hand_up": lambda: (_reason(),),
    "hand_down": lambda: (_reason(),),
    "note": lambda: (
        FieldSpec("text", _("Remark"), required=True),
        FieldSpec("kind", _("Kind"), options=(("note", _("remark")), ("mediation", _("mediation round")))),
    ),
    "pause": lambda: (FieldSpec("code", _("Kind"), options=_options(PauseReason)), _reason()),
    "supervise": lambda: (_note(),),
    "remind": lambda: (_note(),),
}

NEEDS_UNIT = frozenset({"redispatch", "hand_down", "add_task"})
"""Verbs that first ask for a unit of the organisation."""


def order_values(verb: str, filled: dict[str, str]) -> dict[str, object]:
    """The values of an order from what was filled into its form."""
    specs = {spec.name: spec for spec in FORMS[verb]()} if verb in FORMS else {}
    values: dict[str, object] = {}
    for name, text in filled.items():
        spec = specs.get(name)
        if spec is not None and spec.flag:
            values[name] = text == "1"
        elif spec is not None and spec.number:
            values[name] = int(text) if text.lstrip("+-").isdigit() else text
        else:
            values[name] = text
    return values
