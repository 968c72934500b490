"""Fields of forms, made for an input method: Enter, Tab and arrows move between them, F-keys work in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol, runtime_checkable

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from console.i18n import mark
from console.terminal.legible import clean
from console.terminal.width import cells, pad

LABEL_WIDTH = 14


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of a form. With `options` (value, label) it is a choice, without it text."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    initial: str = ""
    hint: str = ""
    limit: int = 2000
    number: bool = False
    flag: bool = False
    many: bool = False
    """Several words, with blanks between them."""
    leave_out: bool = False
    """Nothing filled in is no value, not an empty one."""
    unit: bool = False
    """The text is searched among the units of the organisation."""


@dataclass
class Values:
    """What was filled in, by name."""

    items: dict[str, object] = field(default_factory=dict)


@runtime_checkable
class Form(Protocol):
    """A screen with fields, told at once when a person goes on: a message would come after the next key."""

    def step_field(self, origin: Widget, step: int, done: bool) -> None:
        """Go `step` fields on from `origin`; with `done` it is finished (Enter)."""
        ...


def leave(origin: Widget, step: int, done: bool) -> None:
    """Tell the form that a field is left."""
    if isinstance(origin.screen, Form):
        origin.screen.step_field(origin, step, done)


class TextField(Input):
    """One line of text. Enter and Down go on, Up goes back; nothing blinks."""

    BINDINGS = [
        Binding("enter", "leave(1, True)", show=False),
        Binding("down", "leave(1)", show=False),
        Binding("up", "leave(-1)", show=False),
    ]

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(
            value=spec.initial,
            placeholder=spec.hint,
            max_length=spec.limit,
            type="integer" if spec.number else "text",
            compact=True,
            select_on_focus=False,
        )
        self.cursor_blink = False
        self.spec = spec

    def action_leave(self, step: int, done: bool = False) -> None:
        leave(self, step, done)

    def key_ideographic_space(self) -> None:
        """A full-width blank is text as well, though no printable character."""
        self.insert_text_at_cursor("\u3000")

    @property
    def filled(self) -> str:
        """What was typed, without outer blanks."""
        return self.value.strip()


class ChoiceField(Widget, can_focus=True):
    """One of a few values: arrows or its digit choose, Enter goes on."""

    COMPONENT_CLASSES = {"choice--on", "choice--off"}
    DEFAULT_CSS = "ChoiceField { height: 1; width: 1fr; }"
    BINDINGS = [
        Binding("enter", "leave(1, True)", show=False),
        Binding("down", "leave(1)", show=False),
        Binding("up", "leave(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
        Binding("left", "step(-1)", show=False),
        *[Binding(str(digit), f"choose({digit - 1})", show=False) for digit in range(1, 10)],
    ]

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, choice: ChoiceField) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        self.options: Sequence[tuple[str, str]] = spec.options
        values = [value for value, _label in spec.options]
        self.at = values.index(spec.initial) if spec.initial in values else 0

    @property
    def filled(self) -> str:
        """The chosen value."""
        return self.options[self.at][0] if self.options else ""

    def set_value(self, value: str) -> None:
        """Choose a value by program; unknown ones are ignored."""
        values = [own for own, _label in self.options]
        if value in values:
            self.at = values.index(value)
            self.refresh()

    def action_leave(self, step: int, done: bool = False) -> None:
        leave(self, step, done)

    def action_step(self, step: int) -> None:
        self.action_choose((self.at + step) % max(len(self.options), 1))

    def action_choose(self, index: int) -> None:
        if 0 <= index < len(self.options):
            self.at = index
            self.refresh()
            self.post_message(self.Changed(self))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """The option that was clicked is chosen."""
        at, left = 0, self._left()
        for index in range(len(self.options)):
            at += cells(self._shown(index))
            if event.x + left < at:
                self.action_choose(index)
                return

    def _shown(self, index: int) -> str:
        """An option as it stands in the line."""
        number = f"{index + 1}" if index < 9 and self.has_focus else ""
        text = f"{number}{clean(self.options[index][1], 40)}"
        return f"[{text}]" if index == self.at else f" {text} "

    def render_line(self, y: int) -> Strip:
        on = self.get_component_rich_style("choice--on")
        off = self.get_component_rich_style("choice--off")
        segments = []
        for index in range(len(self.options)):
            chosen, text = index == self.at, self._shown(index)
            segments.append(Segment(text, on if chosen and self.has_focus else self.rich_style if chosen else off))
        left = self._left()
        return Strip(segments).crop(left, left + self.size.width).adjust_cell_length(self.size.width, self.rich_style)

    def _left(self) -> int:
        """How far the line is moved so that the chosen option is in it, whole where there is room."""
        ends = list(accumulate(cells(self._shown(index)) for index in range(self.at + 1)))
        return max(ends[-1] - self.size.width, 0) if ends else 0


class Label(Widget):
    """The name of a field, at a fixed width; required ones carry a star."""

    DEFAULT_CSS = f"Label {{ height: 1; width: {LABEL_WIDTH}; }}"

    def __init__(self, text: str, required: bool = False) -> None:
        super().__init__()
        self.text = text
        self.required = required

    def render_line(self, y: int) -> Strip:
        star = "*" if self.required else " "
        return Strip([Segment(pad(f"{star}{self.text}", LABEL_WIDTH), self.rich_style)], LABEL_WIDTH)


YES_NO = (("", mark("no")), ("1", mark("yes")))
