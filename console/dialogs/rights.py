"""Drawers for rights: roles asked for and agreed to, break-glass; the list of all, and one of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.widget import Widget

from console.dialogs.choose import Item
from console.dialogs.watch import DigitsDrawer, when
from console.i18n import _, language
from console.rights_ports import GrantRow, HeldRole, RightsView, UseRow
from console.terminal.legible import clean
from console.widgets.columns import term
from console.widgets.fields import FieldSpec
from console.widgets.glass_bar import left_words
from console.widgets.lines import Line, LinesView, text_line
from data.pinyin import found_by
from data.rights_terms import GLASS_ROLES, GLASS_SECONDS, GrantKind, GrantState
from data.terms import Rank, Role

GIVE, TAKE, GLASS = "give", "take", "glass"
"""Answers that need no line; those for a line are `grant N` and `use N`."""
AGREE, DECLINE, END, PROPER, IMPROPER = "agree", "decline", "end", "proper", "improper"
Now = Callable[[], int]


class RightsDrawer(DigitsDrawer):
    """A list in which time runs."""

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(1.0, self.query_one(".drawer--list", LinesView).rebuild)

    def content(self) -> list[Widget]:
        view, foot = super().content()
        view.styles.max_height = "60vh"
        return [view, foot]


def rights_drawer(found: RightsView, zone: str, now: Now, read_only: bool) -> RightsDrawer:
    """What lasts, what waits for a second person, and what was."""

    def lines(_width: int) -> list[Line]:
        at = now()
        lasting = [use for use in found.uses if at < use.to_at]
        owed = [use for use in found.uses if use.to_at <= at and use.reviewed_at is None]
        waiting = [row for row in found.grants if row.state == GrantState.WAITING]
        nothing = [text_line(_(" nothing"), "muted")]
        shown = [text_line(_("Break-glass now"), "title"), *([_use(use, zone, at) for use in lasting] or nothing)]
        shown.append(text_line(_("Break-glass to review: {n}").format(n=len(owed)), "title"))
        shown += [_use(use, zone, at) for use in owed] or nothing
        shown.append(text_line(_("Grants that wait: {n}").format(n=len(waiting)), "title"))
        shown += [_grant(row, zone) for row in waiting] or nothing
        past = [(row.decided_at or 0, _grant(row, zone)) for row in found.grants if row not in waiting]
        past += [(use.reviewed_at, _use(use, zone, at)) for use in found.uses if use.reviewed_at is not None]
        past.sort(key=lambda pair: -pair[0])
        shown += [text_line(_("Decided"), "title"), *([line for _at, line in past] or nothing)]
        if not found.whole:
            shown.append(text_line(_(" Only what concerns you; seniors and administrators see all of it."), "muted"))
        return shown

    titles = {GIVE: _("give a role"), TAKE: _("take one away"), GLASS: _("break the glass")}
    needed = {GIVE: "role_ask", TAKE: "role_ask", GLASS: "break_glass"}
    digits = [(answer, title) for answer, title in titles.items() if needed[answer] in found.may]
    return RightsDrawer(_("Rights"), lines, digits, _("Enter opens"), read_only)


def _use(use: UseRow, zone: str, now: int) -> Line:
    if now < use.to_at:
        sign, look = left_words(use.to_at, now), "urgent"
    elif use.reviewed_at is None:
        sign, look = _("! to review"), "late"
    else:
        sign, look = _("proper") if use.proper else _("! improper"), "" if use.proper else "late"
    named = _("Break-glass {n}").format(n=use.number)
    span = f"  {clean(use.who, 40)}  {clean(use.role, 20)}  {when(use.from_at, zone)} - {when(use.to_at, zone)[6:]}  "
    return Line(
        ((f" {named}  ", "label"), (sign, look), (span, ""), (clean(use.reason, 80), "muted")), f"use {use.number}"
    )


def _grant(row: GrantRow, zone: str) -> Line:
    spoken = language()
    waits = row.state == GrantState.WAITING
    head = f" {term(GrantKind, row.kind, spoken)} {row.number}  "
    rest = f"  {clean(row.who, 40)}  {clean(row.role, 20)}  {clean(row.unit, 30)}  {when(row.asked_at, zone)}  "
    return Line(
        (
            (head, "label"),
            (term(GrantState, row.state, spoken), "soon" if waits else ""),
            (rest, ""),
            (clean(row.reason, 80), "muted"),
        ),
        f"grant {row.number}",
    )


# ------------------------------------------------------------------------------------------------ one of them


def grant_drawer(row: GrantRow, may: frozenset[str], zone: str, read_only: bool) -> DigitsDrawer:
    """One grant: who asked for what, why, and who decided."""
    waits = row.state == GrantState.WAITING
    digits: list[tuple[str, str]] = []
    if waits and row.asked_here:
        digits = [(DECLINE, _("withdraw"))]
    elif waits and not row.about_me:
        digits = [(AGREE, _("agree"))] if "role_agree" in may else []
        digits += [(DECLINE, _("decline"))] if "role_agree" in may else []

    def lines(_width: int) -> list[Line]:
        spoken = language()
        shown = _facts(
            (_("Who"), row.who),
            (_("Role"), row.role),
            (_("Unit"), row.unit),
            (_("State"), term(GrantState, row.state, spoken)),
            (_("Reason"), row.reason),
            (_("Asked by"), f"{clean(row.asked_by, 20)}  {when(row.asked_at, zone)}"),
            (_("Decided by"), f"{clean(row.decided_by, 20)}  {when(row.decided_at, zone)}".strip()),
            (_("Remark"), row.words),
        )
        if waits and not digits:
            said = _(" A second person agrees: the commander or the duty leader, never whom it is about.")
            shown.append(text_line(said, "muted"))
        elif waits and row.asked_here:
            shown.append(text_line(_(" The commander or the duty leader agrees, not who asked."), "muted"))
        return shown

    heading = f"{term(GrantKind, row.kind, language())}  {row.number}"
    return DigitsDrawer(heading, lines, digits, "", read_only)


def use_drawer(use: UseRow, may: frozenset[str], zone: str, now: Now, read_only: bool) -> RightsDrawer:
    """One use of break-glass: given back, or looked back on."""
    lasts, head = now() < use.to_at, "break_glass_review" in may
    digits: list[tuple[str, str]] = []
    if lasts and (use.mine or head):
        digits = [(END, _("end it now"))]
    elif not lasts and use.reviewed_at is None and head and not use.mine:
        digits = [(PROPER, _("it was proper")), (IMPROPER, _("it was not proper"))]

    def lines(_width: int) -> list[Line]:
        at = now()
        shown = _facts(
            (_("Who"), use.who),
            (_("Right"), use.role),
            (_("When"), f"{when(use.from_at, zone)} - {when(use.to_at, zone)}"),
            (_("Reason"), use.reason),
            (_("Reviewed by"), f"{clean(use.reviewed_by, 20)}  {when(use.reviewed_at, zone)}".strip()),
            (_("Found"), "" if use.proper is None else _("proper") if use.proper else _("! improper")),
            (_("Remark"), use.words),
        )
        if at < use.to_at:
            shown.append(text_line(f" !! {left_words(use.to_at, at)}", "urgent"))
        elif use.reviewed_at is None:
            said = _(" Over. The commander or the duty leader reviews it, never who took it.")
            shown.append(text_line(said, "late"))
        return shown

    return RightsDrawer(_("Break-glass {n}").format(n=use.number), lines, digits, "", read_only)


def _facts(*facts: tuple[str, str]) -> list[Line]:
    return [Line(((f" {title}  ", "label"), (clean(text, 400), ""))) for title, text in facts if text.strip()]


# ------------------------------------------------------------------------------------------------ choosing and forms


def role_items() -> list[Item]:
    """Every role, to be searched by name and pinyin."""
    spoken = language()
    return [Item(role.value, role.label(spoken), found_by=found_by(role.value, role.zh, role.en)) for role in Role]


def held_items(held: Sequence[HeldRole]) -> list[Item]:
    """Who holds what; the key is the line's number."""
    return [
        Item(
            str(number),
            f"{clean(one.name, 20)} ({clean(one.officer, 20)})",
            f"{clean(one.role_label, 20)}  {clean(one.unit_name, 30)}",
            found_by=one.found_by,
        )
        for number, one in enumerate(held)
    ]


def give_form() -> tuple[FieldSpec, ...]:
    """Who is to have the role that was chosen, and where."""
    ranks = (("", _("none")), *((rank.value, rank.label(language())) for rank in Rank))
    return (
        FieldSpec("officer", _("Officer"), required=True, limit=60, hint=_("code or name")),
        FieldSpec("unit", _("Unit"), leave_out=True, limit=60, hint=_("by code or name; empty: the centre")),
        FieldSpec("rank", _("Rank"), options=ranks, leave_out=True),
        FieldSpec("reason", _("Reason"), required=True),
    )


def glass_form() -> tuple[FieldSpec, ...]:
    """Which right, and why."""
    options = tuple((role.value, role.label(language())) for role in GLASS_ROLES)
    return (FieldSpec("role", _("Right"), options=options), FieldSpec("reason", _("Reason"), required=True))


def glass_heading() -> str:
    """What it means to break the glass, before it is done."""
    return _("Break the glass for {n} minutes: leaders are told, it is reviewed").format(n=GLASS_SECONDS // 60)


def words_form(name: str) -> tuple[FieldSpec, ...]:
    """Why, or what is said about it."""
    return (FieldSpec(name, _("Reason") if name == "reason" else _("Remark"), required=True),)
