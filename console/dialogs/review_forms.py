"""What is asked before something is written into an after-action review."""

from __future__ import annotations

from collections.abc import Callable

from console.i18n import _
from console.widgets.fields import FieldSpec

REVIEW_FORMS: dict[str, Callable[[], tuple[FieldSpec, ...]]] = {
    "review_open": lambda: (FieldSpec("reason", _("Reason"), hint=_("needed for a second review")),),
    "review_hold": lambda: (
        FieldSpec("attendance", _("Present"), required=True, hint=_("who came, in words")),
        FieldSpec("minutes", _("Minutes")),
        FieldSpec("at", _("When"), limit=30, hint=_("such as 2026-11-20 18:00")),
    ),
    "review_lesson": lambda: (
        FieldSpec("text", _("Lesson"), required=True),
        FieldSpec("corrects", _("Corrects"), number=True, leave_out=True, limit=4, hint=_("number of a lesson")),
    ),
    "review_follow_up": lambda: (
        FieldSpec("text", _("What"), required=True),
        FieldSpec("to", _("Owner"), required=True, limit=300, hint=_("a unit, or @ and an officer")),
        FieldSpec("due", _("By when"), required=True, limit=30, hint=_("such as 2026-11-20 18:00")),
    ),
    "review_conclude": lambda: (FieldSpec("conclusion", _("Conclusion"), required=True),),
}
