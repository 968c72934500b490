"""Words for stored values that are no terms of their own: kinds of events, hands, what an operation came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from console.i18n import _, language
from data.queries.organisation import HolderLine
from data.terms import Holder, Stage


def event_title(kind: str) -> str:
    """What a kind of event is called: the verb's title, or what the engine did."""
    from core.desk.verbs.table import REPORT, VERBS  # the desk is heavy: it loads after the first screen is drawn

    if kind == "report":
        return REPORT[language() == "en"]
    if kind == "engine_step":
        return _("ladder")
    if kind == "mode":
        return _("pace of the ladder")
    if kind == "take_over":
        return _("post B takes over")
    if kind == "meeting_step":
        return _("reminder of a meeting")
    verb = VERBS.get(kind)
    if verb is None:
        return kind
    return verb.en if language() == "en" else verb.zh


def holder_text(holder: str, unit: str | None) -> str:
    """In whose hands: the unit's name where a unit has it, the kind of hands otherwise."""
    if unit and holder in (Holder.UNIT, Holder.LEADER, Holder.DISTRICT):
        return unit
    known = Holder._value2member_map_.get(holder)
    return known.label(language()) if isinstance(known, Holder) else holder


def on_now(holder: HolderLine) -> str:
    """A name where it is said who is on; of the shift before, as long as its handover is not signed, it says so."""
    return holder.name + (not_signed() if holder.kept == holder.role else "")


def not_signed() -> str:
    """What stands behind the name of somebody who is kept on until the handover is signed."""
    return _(" (not signed)")


def listed(names: Iterable[str]) -> str:
    """Names in a row, with the comma of the language."""
    return (", " if language() == "en" else "、").join(names)


def receipts_text(code: str, verbs: Sequence[str], stage: str) -> str:
    """One sentence on several steps that were done at once."""
    known = Stage._value2member_map_.get(stage)
    now = known.label(language()) if isinstance(known, Stage) else stage
    return _("{code}: {verb} done, now {stage}").format(code=code, verb=listed(map(event_title, verbs)), stage=now)


def receipt_text(code: str, verb: str, stage: str) -> str:
    """One sentence on what was done."""
    return receipts_text(code, [verb], stage)
