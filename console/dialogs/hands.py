"""The drawer that gives a ticket to many hands at once: type to find, Tab to mark, Enter sends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual import on
from textual.binding import Binding
from textual.widget import Widget

from console.dialogs.choose import Item, SearchDrawer, item_line, matching
from console.i18n import _
from console.ports import Proposal
from console.terminal.legible import clean
from console.terminal.width import wrap
from console.widgets.fields import TextField
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, text_line
from data.terms import TaskRole

SEVERAL = re.compile(r"[,，、;；]")
"""Between names that are typed one after the other."""
SUMMARY_LINES = 3
KEYS: Mapping[str, str] = {"Tab": "tab", "Enter": "enter"}
NEXT_PART: Mapping[str, str] = {"": TaskRole.ASSIST.value, TaskRole.ASSIST.value: TaskRole.INFORM.value}
SIGNS: Mapping[str, str] = {TaskRole.ASSIST.value: "+ ", TaskRole.INFORM.value: "i "}


@dataclass(frozen=True, slots=True)
class Mark:
    """The part that a hand was marked for, and what it is asked to do."""

    role: str
    asked: str = ""
    proposed: bool = False
    """The catalogue's: it goes with the proposed lead and with no other."""


class HandsDrawer(SearchDrawer):
    """Enter sends: the line under the cursor leads, the marked ones assist or are informed.

    Without a proposal there is a lead already, and what is marked is added. A name may be followed by `=` and what the
    hand is asked to do; several names, with commas between them, are taken together. The answer is in `values`.
    """

    BINDINGS = [Binding("tab", "mark", show=False, priority=True)]
    HEIGHT = 11

    def __init__(
        self, heading: str, items: Sequence[Item], members: Mapping[str, Sequence[str]], proposal: Proposal | None
    ) -> None:
        """`members` are the hands behind a line that stands for several."""
        hint = _("name, pinyin or initials; =what to do; commas between several")
        lead, reason = (proposal.unit_code or None, proposal.reason) if proposal is not None else (None, "")
        super().__init__(heading, lambda: items, hint, lead, reason)
        self.members = members
        self.duty = proposal.duty if proposal is not None else ""
        self.proposal = proposal
        self.off_list = proposal.off_list if proposal is not None else {}
        self.leads = proposal is not None
        proposed = proposal.assist if proposal is not None else ()
        self.marks = {code: Mark(TaskRole.ASSIST.value, proposed=True) for code in proposed}
        self.values: dict[str, object] = {}
        self._titles = {item.key: item.title.strip() for item in items}
        self._typed: list[str] = []
        """The hands that several names stand for."""
        self._marked: list[str] = []
        """What was marked last: Tab again goes on with it, until something is typed or the cursor is moved."""

    def content(self) -> list[Widget]:
        *above, view = super().content()
        summary = LinesView(self._summary, name="summary")
        summary.styles.height = SUMMARY_LINES
        summary.can_focus = False
        duty = [LinesView(self._duty_lines, name="duty")] if self.duty else []
        for line in duty:
            line.styles.height = 1
            line.can_focus = False
            view.styles.height = self.HEIGHT - 1  # at 24 lines there is no room for one more
        return [*duty, *above, summary, view, HintLine(self._foot, names=KEYS)]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#summary", LinesView).rebuild()

    @property
    def view(self) -> LinesView:
        """The list."""
        return self.query_one(".drawer--list", LinesView)

    @on(LinesView.Moved)
    def _moved(self, _event: LinesView.Moved) -> None:
        self.query_one("#summary", LinesView).rebuild()

    # ------------------------------------------------------------------------------------------- finding

    def _show(self, words: str) -> None:
        names, _asked = _split(words)
        if names:
            self._marked = []
        items = self.items()
        if len(names) < 2:
            found = matching(items, names[0] if names else "")
            self._typed = []
        else:
            found = _one_each([item for item in items if not item.off], names)
            lines = [item.key for item in found if not item.off]
            self._typed = list(dict.fromkeys(hand for key in lines for hand in self.members.get(key, (key,))))
        key = next((item.key for item in found if not item.off), None) if names else self.key
        self.view.show(lambda _width: self._lines(found), key)
        self.query_one("#summary", LinesView).rebuild()

    def _lines(self, found: Sequence[Item]) -> list[Line]:
        return [self._line(item) for item in found] or [text_line(_("Nothing found."), "muted")]

    def _line(self, item: Item) -> Line:
        mark = self.marks.get(item.key)
        sign = SIGNS[mark.role] if mark is not None else "= " if self.leads and item.key == self.key else "  "
        if item.key in self.off_list:
            stopped = _("off the list")
            item = replace(item, detail=f"{stopped}  {item.detail}")
        line = item_line(item)
        return replace(line, parts=((sign, "soon"), *line.parts))

    # ------------------------------------------------------------------------------------------- marking

    def _meant(self) -> list[str]:
        """The hands of the line under the cursor, or of all names that are typed."""
        if self._typed:
            return list(self._typed)
        key = self.view.key
        if key is None or all(line.key != key or line.off for line in self.view.lines):
            return []
        return list(self.members.get(key, (key,)))

    def action_list(self, what: str, step: int) -> None:
        self._marked = []
        super().action_list(what, step)

    def action_mark(self) -> None:
        """Assisting, informed, and not at all, one after the other."""
        field = self.query_one(TextField)
        keys, asked = self._marked or self._meant(), _split(field.value)[1]
        if not keys:
            return
        self._marked = keys
        present = self.marks.get(keys[0])
        role = TaskRole.ASSIST.value if asked else NEXT_PART.get(present.role if present else "", "")
        for key in keys:
            self.marks.pop(key, None)
            if role:
                self.marks[key] = Mark(role, asked)
        if field.value:
            field.value = ""  # the list follows
        else:
            self.view.rebuild()
        self.query_one("#summary", LinesView).rebuild()

    def action_choose(self) -> None:
        keys, field = self._meant(), self.query_one(TextField)
        asked = _split(field.value)[1]
        if self.leads:
            if self.view.key in self.members and not self._typed:
                self.action_mark()
            elif keys:
                self._send(keys[0], keys[1:], asked)
        elif field.value or not self.marks:
            if keys:
                self._send("", keys, asked)
        else:
            self._send("", (), "")

    def _send(self, lead: str, others: Sequence[str], asked: str) -> None:
        marks = self._counting(lead, others, asked)
        assist = [_written(key, mark.asked) for key, mark in marks.items() if mark.role == TaskRole.ASSIST]
        inform = [_written(key, mark.asked) for key, mark in marks.items() if mark.role == TaskRole.INFORM]
        main: dict[str, object] = {"to": _written(lead, asked)} if lead else {"to": assist}
        self.values = main | ({"assist": assist} if lead and assist else {}) | ({"inform": inform} if inform else {})
        if self.proposal is not None and lead == self.key:
            self.values |= self.proposal.assessment
        self.dismiss(lead or "more")

    def _counting(self, lead: str, others: Sequence[str], asked: str) -> dict[str, Mark]:
        """The marks that count beside a lead, and the others that are typed with it."""
        own = lead == self.key
        marks = {key: mark for key, mark in self.marks.items() if key != lead and (own or not mark.proposed)}
        return marks | {key: Mark(TaskRole.ASSIST.value, asked) for key in others if key not in marks}

    # ------------------------------------------------------------------------------------------- content

    def _summary(self, width: int) -> list[Line]:
        """What Enter would send."""
        keys = self._meant() if self.is_mounted else []
        several = bool(keys) and self.view.key in self.members and not self._typed
        asked = _split(self.query_one(TextField).value)[1] if keys else ""
        lead = keys[0] if self.leads and keys and not several else ""
        marks = self._counting(lead, keys[1:] if self._typed and lead else self._typed, asked)
        shown = [_("lead: {name}").format(name=self._named(lead, asked) if lead else "--")] if self.leads else []
        for role, text in ((TaskRole.ASSIST, _("assisting: {names}")), (TaskRole.INFORM, _("informed: {names}"))):
            names = [self._named(key, mark.asked) for key, mark in marks.items() if mark.role == role]
            shown += [text.format(names=_(", ").join(names))] if names else []
        told = {key for key, mark in marks.items() if mark.role == TaskRole.INFORM}
        stops = [self.off_list[key] for key in (lead, *marks) if key in self.off_list and key not in told]
        rows = (
            [text_line(row, "late") for row in wrap(f"! {clean(stops[0], 200)}", max(width, 10))[:1]] if stops else []
        )
        rows += [text_line(row, "ok") for row in wrap("  ".join(shown), max(width, 10))]
        return rows[:SUMMARY_LINES]

    def _duty_lines(self, _width: int) -> list[Line]:
        """Who is responsible by the lists."""
        return [text_line(clean(self.duty, 300), "ok")]

    def _named(self, key: str, asked: str) -> str:
        title = clean(self._titles.get(key, key), 60)
        return f"{title}={clean(asked, 60)}" if asked else title

    def _foot(self, _width: int) -> list[Line]:
        first = _("Enter sends to this line as lead") if self.leads else _("Enter adds them")
        return [text_line(_("Tab marks: assisting, informed, not;") + " " + first, "muted")]


def _split(words: str) -> tuple[list[str], str]:
    """The names that are typed, and what their hands are asked to do."""
    names, _sign, asked = words.replace("＝", "=").partition("=")
    return [name.strip() for name in SEVERAL.split(names) if name.strip()], asked.strip()


def _one_each(items: Sequence[Item], names: Sequence[str]) -> list[Item]:
    """The best hit of each name; a name that fits nothing says so."""
    found: dict[str, Item] = {}
    for name in names:
        hits = matching(items, name)
        item = hits[0] if hits else Item(f"? {name}", name, off=_("nothing found"))
        found.setdefault(item.key, item)
    return list(found.values())


def _written(key: str, asked: str) -> str:
    return f"{key}={asked}" if asked else key
