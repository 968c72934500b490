"""A drawer with a form: Enter goes from field to field and sends after the last one; F8 sends from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from console.i18n import _
from console.widgets.drawer import Drawer
from console.widgets.fields import ChoiceField, FieldSpec, Label, TextField
from console.widgets.hints import HintLine
from console.widgets.lines import text_line


class FormDrawer(Drawer[dict[str, str]]):
    """Asks for the fields of a form. The answer holds only what was filled in."""

    BINDINGS = [Binding("f8,ctrl+s", "send", show=False, priority=True)]

    def __init__(
        self,
        heading: str,
        fields: Sequence[FieldSpec],
        draft: Mapping[str, str] | None = None,
        typed: Callable[[dict[str, str]], None] | None = None,
    ) -> None:
        """`draft` holds what was typed before and not sent; `typed` is told of everything that is typed."""
        super().__init__(heading)
        self.draft = draft or {}
        self.typed = typed
        self.fields = [replace(spec, initial=self.draft.get(spec.name, spec.initial)) for spec in fields]

    def content(self) -> list[Widget]:
        rows: list[Widget] = []
        for spec in self.fields:
            entry = ChoiceField(spec) if spec.options else TextField(spec)
            rows.append(Horizontal(Label(spec.label, spec.required), entry, classes="form--row"))
        return [*rows, HintLine(name="form-foot")]

    def on_mount(self) -> None:
        if self.draft:
            self._hint(_("What you had typed is here again. Enter next field, F8 send, Esc cancel"), "soon")
        else:
            self._hint(_("Enter next field, F8 send, Esc cancel"), "muted")
        entries = self.entries
        if entries:
            self.set_focus(entries[0])

    @property
    def entries(self) -> list[TextField | ChoiceField]:
        """The fields in order."""
        return [
            widget for widget in self.query("TextField, ChoiceField") if isinstance(widget, TextField | ChoiceField)
        ]

    def step_field(self, origin: Widget, step: int, _done: bool) -> None:
        """Go on from a field, or back; after the last one, send."""
        entries = self.entries
        at = next((index for index, entry in enumerate(entries) if entry is origin), 0) + step
        if at >= len(entries):
            self.action_send()
        elif at >= 0:
            self.set_focus(entries[at])

    @on(Input.Changed)
    @on(ChoiceField.Changed)
    def _typed(self) -> None:
        """Remember what is typed; choices alone are no work worth keeping."""
        if self.typed is not None:
            words = any(entry.filled for entry in self.entries if isinstance(entry, TextField))
            self.typed({entry.spec.name: entry.filled for entry in self.entries} if words else {})

    def action_send(self) -> None:
        for entry in self.entries:
            if entry.spec.required and not entry.filled:
                needed = _("{field} is needed.").format(field=entry.spec.label)
                # The keys stay there to be clicked.
                self._hint(needed + " " + _("Enter next field, F8 send, Esc cancel"), "late")
                self.set_focus(entry)
                return
        self.dismiss({entry.spec.name: entry.filled for entry in self.entries if entry.filled})

    def _hint(self, text: str, part: str) -> None:
        self.query_one(HintLine).show(lambda _width: [text_line(text, part)])
