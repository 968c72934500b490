"""Plans in words: what the catalogue proposes, what an undo would do, what is open when the shift changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from console.backend.catalogue import condition
from console.backend.words import event_title, holder_text, listed
from console.i18n import _, language
from console.plan_ports import Plan
from console.ports import PostNode
from data.masking import mask_name, mask_phone, mask_text

if TYPE_CHECKING:
    from core.catalogue.propose import Proposed
    from core.desk.undo_plan import UndoPlan

MASKS: dict[str, Callable[[str], str]] = {"reporter_name": mask_name, "reporter_phone": mask_phone}
"""How a text of a ticket is shown; the others as any text from outside."""


def _field(name: str) -> str:
    """What a text of a ticket is called."""
    return {
        "title": _("What"),
        "body": _("Details"),
        "address": _("Where"),
        "reporter_name": _("Caller"),
        "reporter_phone": _("Telephone"),
    }[name]


def proposed_plan(found: Proposed, posts: Mapping[str, PostNode]) -> Plan:
    """The steps of a proposal, one a line, and why."""
    english = language() == "en"
    if not found.steps:
        instead = _("Instead: S assesses it, D sends it to a post that you choose, F7 shows everything.")
        return Plan((found.en if english else found.zh, instead))
    return Plan(tuple(_proposed_lines(found, posts, english)), found.steps)


def _proposed_lines(found: Proposed, posts: Mapping[str, PostNode], english: bool) -> list[str]:
    lines = []
    matter = found.matter
    said = ""
    if matter is not None:
        name = matter.name_en if english and matter.name_en else matter.name
        shown = condition(found.limit_no, matter.limits[found.limit_no]) if matter.limits else None
        limits = "  ".join(part for part in ((shown.when, shown.limits) if shown else ()) if part)
        said = f"{matter.code} {name}  {limits}".rstrip()
    for verb, _values in found.steps:
        if verb == "dispatch":
            helping = listed(_post(code, posts) for code in found.assist)
            text = _post(found.lead, posts)
            lines.append(
                f"{event_title(verb)}  {text}" + (_("; assisted by {units}").format(units=helping) if helping else "")
            )
        else:
            lines.append(f"{event_title(verb)}  {said}" if verb == "assess" else event_title(verb))
    if all(verb != "assess" for verb, _values in found.steps) and said:
        lines.append(_("matter: {matter}").format(matter=said))
    reason = (found.found_en if english else found.found_zh) or (found.en if english else found.zh)
    lines.append(_("because: {reason}").format(reason=reason))
    duty = found.duty_en if english else found.duty_zh
    return [*lines, _("by the lists: {duty}").format(duty=duty)] if duty else lines


def _post(code: str, posts: Mapping[str, PostNode]) -> str:
    """A unit by name, with who is on; nobody on duty is said, because nobody would come."""
    post = posts.get(code)
    if post is None:
        return code
    if not post.staffed:
        return f"{post.name} ({_('! nobody on duty')})"
    return f"{post.name} ({post.on_duty})" if post.on_duty else post.name


def undo_lines(plan: UndoPlan, unit_name: Callable[[int | None], str], officer: str, zone: str) -> Plan:
    """What an undo would do, one thing a line."""
    where = ZoneInfo(zone)

    def clock(at: int) -> str:
        return datetime.fromtimestamp(at, UTC).astimezone(where).strftime("%m-%d %H:%M")

    lines = [
        _("Undoes: {verb}, {officer} {at}").format(verb=event_title(plan.undone), officer=officer, at=clock(plan.at))
    ]
    hands = holder_text(plan.holder, unit_name(plan.unit_id)) if plan.holder else ""
    back = _("The ticket is {stage} again").format(stage=plan.stage.label(language()))
    lines.append(back + (_(", in the hands of {holder}").format(holder=hands) if hands else ""))
    for name, old in plan.words.items():
        lines.append(f"{_field(name)}: {MASKS.get(name, mask_text)(old)}")
    for kind, due in plan.runs_on:
        until = _("due {at}").format(at=clock(due)) if due is not None else _("paused")
        lines.append(
            _("{clock} clock: goes on as if never touched, {until}").format(clock=kind.label(language()), until=until)
        )
    if plan.ends:
        kinds = listed(dict.fromkeys(kind.label(language()) for kind in plan.ends))
        lines.append(_("Withdrawn clocks: {clocks}").format(clocks=kinds))
    if plan.withdrawn:
        lines.append(_("Told that it is withdrawn: {units}").format(units=listed(map(unit_name, plan.withdrawn))))
    if plan.again:
        lines.append(_("Has it again: {units}").format(units=listed(map(unit_name, plan.again))))
    return Plan(tuple(lines), (("undo", {}),))
