"""Fields that the forms of many verbs have."""

from __future__ import annotations

from console.i18n import _, language
from console.widgets.fields import FieldSpec
from data.terms import Term


def options_of(kind: type[Term]) -> tuple[tuple[str, str], ...]:
    """A term's values with their labels."""
    return tuple((str(member.value), member.label(language())) for member in kind)


def reason_field(label: str = "") -> FieldSpec:
    """Why it is done; it must be said."""
    return FieldSpec("reason", label or _("Reason"), required=True)


def yes_no(name: str, label: str) -> FieldSpec:
    """No, unless yes is chosen."""
    return FieldSpec(name, label, options=(("", _("no")), ("1", _("yes"))), flag=True)
