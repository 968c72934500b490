"""The drawer that takes attendance: a key per state on the line under the cursor, all of it sent at once."""

from __future__ import annotations

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _, language
from console.meeting_ports import AttendanceView, AttendeeView
from console.terminal.legible import clean
from console.terminal.width import pad
from console.widgets.columns import by_language, term
from console.widgets.drawer import Drawer
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, Part, text_line
from data.meeting_terms import Attendance

STATES = (Attendance.CAME, Attendance.SENT, Attendance.EXCUSED, Attendance.ABSENT)
"""In the order of their digits."""
MOST_PEOPLE = 9_999
TALLEST = 16


class AttendanceDrawer(Drawer[dict[str, object]]):
    """Answers with the values of an order: who came, sent somebody, was excused, was absent."""

    BINDINGS = [
        *(Binding(str(place), f"state({place - 1})", show=False) for place in range(1, len(STATES) + 1)),
        Binding("space", "next_state", show=False),
        Binding("left,minus", "people(-1)", show=False),
        Binding("right,plus", "people(1)", show=False),
        Binding("f8,ctrl+s,enter", "send", show=False, priority=True),
    ]

    def __init__(self, heading: str, view: AttendanceView) -> None:
        super().__init__(f"{heading}  {clean(view.heading, 120)}")
        self.meeting = view.meeting
        self.known = {line.name: line for line in view.lines}
        self.states = {line.name: line.state for line in view.lines}
        self.people = {line.name: line.people for line in view.lines}

    def content(self) -> list[Widget]:
        view = LinesView(self._lines, name="attendees", classes="drawer--list")
        view.key = next(iter(self.known), None)
        view.styles.height = min(max(len(self.known), 1), TALLEST)
        return [view, HintLine(self._foot)]

    @property
    def view(self) -> LinesView:
        """The list."""
        return self.query_one("#attendees", LinesView)

    def _lines(self, _width: int) -> list[Line]:
        return [self._line(line) for line in self.known.values()] or [text_line(_("Nobody was called."), "muted")]

    def _line(self, line: AttendeeView) -> Line:
        state = self.states[line.name]
        people = self.people[line.name]
        parts: list[Part] = [
            (pad(term(Attendance, state, language()), by_language(10, 14)), "muted" if state == "called" else "ok"),
            (clean(line.title, 60), ""),
            (f"  {people}" if line.outside or people > 1 else "", "label"),
        ]
        return Line(tuple(parts), line.name)

    def _foot(self, _width: int) -> list[Line]:
        states = "  ".join(f"{place} {state.label(language())}" for place, state in enumerate(STATES, 1))
        return [text_line(f"{states}  {_('Left Right how many, Enter send, Esc cancel')}", "muted")]

    def action_state(self, place: int) -> None:
        """Set the line's state and go on to the next line."""
        if self.view.key is not None:
            self.states[self.view.key] = STATES[place].value
            self.view.rebuild()
            self.view.action_move(1)

    def action_next_state(self) -> None:
        if self.view.key is not None:
            at = next((n for n, state in enumerate(STATES) if state == self.states[self.view.key]), -1)
            self.states[self.view.key] = STATES[(at + 1) % len(STATES)].value
            self.view.rebuild()

    def action_people(self, step: int) -> None:
        """How many people from outside were there."""
        key = self.view.key
        if key is not None and self.known[key].outside:
            self.people[key] = min(max(self.people[key] + step, 1), MOST_PEOPLE)
            self.view.rebuild()

    def action_send(self) -> None:
        """Only what changed is sent; nothing changed is no answer."""
        values: dict[str, object] = {}
        for state in STATES:
            changed = [self._written(name) for name in self.known if self.states[name] == state and self._changed(name)]
            if changed:
                values[state.value] = changed
        self.dismiss({**values, "meeting": self.meeting} if values else None)

    def _changed(self, name: str) -> bool:
        line = self.known[name]
        return (self.states[name], self.people[name]) != (line.state, line.people)

    def _written(self, name: str) -> str:
        return f"{name}={self.people[name]}" if self.people[name] > 1 else name
