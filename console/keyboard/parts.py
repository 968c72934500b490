"""The keys that parts of a screen use themselves: lists, fields, drawers. Help and the printed sheets read them."""

from __future__ import annotations

from dataclasses import dataclass

from console.i18n import mark


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of part: the class that it is, what it is called, what it does, and its keys as printed, with what for."""

    kind: str
    title: str
    about: str
    keys: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    """The keys as bindings know them: a test holds them against the part."""


PARTS: tuple[Part, ...] = (
    Part("QueueView", mark("List of tickets"),
         mark("List of tickets. Up and Down move, PgUp and PgDn turn pages, Home and End go to the edges, "
              "Space marks, Enter opens. The first column counts down: ! is overdue, ~ is soon, -- is paused. "
              "New tickets never shift the lines; the header counts them, Home takes them in."),
         (("Up Down K J", mark("move by a line")), ("PgUp PgDn", mark("turn a page")),
          ("Home End", mark("first line, taking in what is new; last line")), ("Space", mark("mark")),
          ("Enter", mark("open the ticket"))),
         ("up", "k", "down", "j", "pageup", "pagedown", "home", "end", "enter", "space")),
    Part("TextField", mark("Field"),
         mark("Field. Type with any input method; Enter goes on, Up goes back, F-keys work as everywhere."),
         (("Enter Down", mark("to the next field")), ("Up", mark("to the field before"))),
         ("enter", "down", "up")),
    Part("ChoiceField", mark("Choice"), mark("Choice. Left and Right or the digit choose, Enter goes on."),
         (("Left Right Space 1-9", mark("choose")), ("Enter Down", mark("to the next field")),
          ("Up", mark("to the field before"))),
         ("enter", "down", "up", "right", "space", "left", *"123456789")),
    Part("LinesView", mark("List"), mark("List. Up and Down move, Enter chooses."),
         (("Up Down K J", mark("move by a line")), ("PgUp PgDn", mark("turn a page")),
          ("Home End", mark("first line, last line")), ("Enter", mark("choose"))),
         ("up", "k", "down", "j", "pageup", "pagedown", "home", "end", "enter")),
    Part("MenuDrawer", mark("Menu"), mark("Menu. The digit runs its line, what cannot run says why."),
         (("1-9 0", mark("run the line")), ("Esc", mark("leave without an answer"))), tuple("1234567890")),
    Part("SearchDrawer", mark("Search"), mark("Search. Type to narrow, arrows move, Enter chooses."),
         (("Up Down PgUp PgDn", mark("move")), ("Enter", mark("choose")), ("Esc", mark("leave without an answer"))),
         ("up", "down", "pageup", "pagedown", "enter")),
    Part("HandsDrawer", mark("Hands"),
         mark("Type to find units, people, who is on duty, or several at once; write =what to do behind a name, and "
              "commas between several. Tab marks the line: assisting, informed, not. Enter sends to the line under the "
              "cursor as lead, with all that are marked."),
         (("Up Down PgUp PgDn", mark("move")), ("Tab", mark("assisting, informed, not")), ("Enter", mark("send")),
          ("Esc", mark("leave without an answer"))),
         ("tab",)),
    Part("AttendanceDrawer", mark("Attendance"),
         mark("Who is at a meeting. The digit marks the line under the cursor: came, sent somebody, excused, absent; "
              "Space goes through them, Left and Right count people from outside. Enter sends what changed."),
         (("1-4 Space", mark("came, sent somebody, excused, absent")), ("Left Right - +", mark("how many")),
          ("Enter F8", mark("send")), ("Esc", mark("leave without an answer"))),
         ("1", "2", "3", "4", "space", "left", "minus", "right", "plus", "f8", "ctrl+s", "enter")),
    Part("NoticesDrawer", mark("Notices"), mark("All notices, newest first; what waits is marked"),
         (("Enter", mark("open the ticket")), ("0 E", mark("acknowledge and go on"))), ("0", "e")),
    Part("TicketScreen", mark("Whole ticket"), mark("The whole ticket: history, custody, clocks"),
         (("Right Tab", mark("next page")), ("Left Shift+Tab", mark("page before"))),
         ("right", "tab", "left", "shift+tab")),
    Part("ReviewScreen", mark("Review"),
         mark("Look back on the ticket: chart of all hands, what was late and whose, lessons; Enter replays it"),
         (("Right Tab", mark("next page")), ("Left Shift+Tab", mark("page before")), ("Enter", mark("replay"))),
         ("right", "tab", "left", "shift+tab", "enter")),
    Part("ReplayScreen", mark("Replay"), mark("The ticket minute by minute, as it was; nothing can be done to it here"),
         (("Space Enter", mark("play, pause")), ("Left Right", mark("a minute back, forward")),
          ("Up Down", mark("the event before, the next event")), ("Home End", mark("the report, the newest event")),
          ("+ -", mark("faster, slower"))),
         ("space", "enter", "right", "left", "down", "up", "home", "end", "plus", "＋", "equals_sign", "minus", "－")),
)  # fmt: skip


def part_of(widget: object) -> Part | None:
    """The part that a widget is, by the nearest of its classes."""
    by_kind = {part.kind: part for part in PARTS}
    return next((by_kind[kind.__name__] for kind in type(widget).__mro__ if kind.__name__ in by_kind), None)
