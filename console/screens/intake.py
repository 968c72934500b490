"""The intake form: a report by telephone in under half a minute, with the keyboard alone.

The matter is proposed while the words are typed and sets the urgency; the place proposes its community. Enter goes
from field to field and sends after the last one, F8 sends from anywhere. What is typed stays when one leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from console.drafts import ASIDE, INTAKE
from console.i18n import _, language, mark
from console.intake_ports import MatterHit, PlaceHit
from console.keyboard import table as keys
from console.keyboard.table import key_name
from console.ports import QueueRow, Receipt
from console.screens.duty import DutyScreen
from console.terminal.legible import clean
from console.terminal.width import pad, wrap
from console.tie_ports import Alike
from console.widgets.fields import ChoiceField, FieldSpec, Label, TextField
from console.widgets.lines import Line, LinesView, Part, text_line
from data.masking import mask_name, mask_phone
from data.terms import Source, Urgency

TYPING_PAUSE = 0.25
MATTERS_SHOWN = 5
PLACES_SHOWN = 5
SOURCES = (Source.PHONE, Source.VISIT, Source.GRID, Source.HOTLINE, Source.LEADER, Source.PATROL)


ORDER = (
    *("title", "matters", "address", "community", "reporter_name", "reporter_phone"),
    *("urgency", "source", "direct", "confidential", "body"),
)
TYPED = frozenset({"title", "address", "reporter_name", "reporter_phone", "body"})
"""Where Enter stops; the others are proposed or preset, and arrows reach them."""


class IntakeScreen(DutyScreen):
    """Take down a report."""

    NAME = "intake"
    OWN_KEYS = {"actions": mark("Matter"), "next": mark("Send")}
    OWN_CALLS = {
        "actions": "screen.matter",
        "next": "screen.send",
        **{name: f"screen.{name}" for name in ("join", "plans", "card")},
    }
    BINDINGS = [
        Binding("ctrl+n", "put_aside", show=False, priority=True),
        Binding("f8,ctrl+s", "send", show=False, priority=True),
        Binding("f7", "matter", show=False, priority=True),
        *[Binding(str(digit), f"digit({digit})", show=False) for digit in range(10)],
    ]

    def body(self) -> Iterable[Widget]:
        urgencies = (("", _("as the matter")), *((str(item.value), item.label(language())) for item in Urgency))
        sources = tuple((str(item.value), item.label(language())) for item in SOURCES)
        with VerticalScroll(classes="form", can_focus=False):
            yield self._row(
                FieldSpec("title", _("What"), required=True, limit=200, hint=_("what happened, in a few words"))
            )
            yield Horizontal(Label(_("Matter")), LinesView(self._matter_lines, name="matters"), classes="form--list")
            yield self._row(
                FieldSpec("address", _("Where"), required=True, limit=300, hint=_("road, building, landmark"))
            )
            yield self._row(FieldSpec("community", _("Community"), options=(("", _("not known")),)))
            yield self._row(FieldSpec("reporter_name", _("Caller"), limit=60, hint=_("name, if given")))
            yield self._row(FieldSpec("reporter_phone", _("Telephone"), limit=40))
            yield self._row(FieldSpec("urgency", _("Urgency"), options=urgencies))
            yield self._row(FieldSpec("source", _("Source"), options=sources))
            for name, text in (("direct", _("Direct report")), ("confidential", _("Confidential"))):
                yield self._row(FieldSpec(name, text, options=(("", _("no")), ("1", _("yes")))))
            yield self._row(
                FieldSpec("body", _("Details"), limit=4000, hint=_("what else the caller said; Enter sends"))
            )
            yield LinesView(self._hint_lines, name="hints")

    def _row(self, spec: FieldSpec) -> Horizontal:
        entry = ChoiceField(spec) if spec.options else TextField(spec)
        entry.id = f"field-{spec.name}"
        return Horizontal(Label(spec.label, spec.required), entry, classes="form--row")

    def on_mount(self) -> None:
        self.hits: Sequence[MatterHit] = ()
        self.places: Sequence[PlaceHit] = ()
        self.alike: Sequence[Alike] = ()
        self.trouble = ""
        self.sent_code = ""
        self._typing = self.set_timer(TYPING_PAUSE, self._propose, pause=True)
        self.query_one("#hints").can_focus = False
        self.matters.on_pick = self._matter_picked
        # At once: what is typed meanwhile must not be wiped by a form that is filled later.
        self._fill(self.app.drafts.get(INTAKE).values)
        self.set_focus(self.text("title"))
        self.call_after_refresh(self.query_one("#hints", LinesView).rebuild)

    # ------------------------------------------------------------------------------------------- fields

    def text(self, name: str) -> TextField:
        """A text field by name."""
        return self.query_one(f"#field-{name}", TextField)

    def choice(self, name: str) -> ChoiceField:
        """A choice by name."""
        return self.query_one(f"#field-{name}", ChoiceField)

    @property
    def matters(self) -> LinesView:
        """The proposed matters."""
        return self.query_one("#matters", LinesView)

    @property
    def chosen(self) -> MatterHit | None:
        """The matter under the cursor of the proposals."""
        return next((hit for hit in self.hits if hit.code == self.matters.key), None)

    def step_field(self, origin: Widget, step: int, done: bool) -> None:
        """Enter goes on to the next field that must be typed; arrows go through all of them."""
        order: list[Widget] = [
            self.matters if name == "matters" else self.query_one(f"#field-{name}") for name in ORDER
        ]
        at = order.index(origin) + step
        while done and at < len(order) and ORDER[at] not in TYPED:
            at += 1
        if at >= len(order):
            if done:
                self.action_send()
        elif at >= 0:
            self.set_focus(order[at])

    def _matter_picked(self, _key: str) -> None:
        self.step_field(self.matters, 1, done=True)

    def action_digit(self, digit: int) -> None:
        """In the proposals a digit chooses one; anywhere else in a form it must not lead out of it."""
        if self.focused is self.matters and 0 < digit <= len(self.hits):
            self.matters.select(self.hits[digit - 1].code)

    @on(LinesView.Moved)
    def _matter_moved(self, _event: LinesView.Moved) -> None:
        self.query_one("#hints", LinesView).rebuild()

    # ------------------------------------------------------------------------------------------- drafts

    def _keep(self) -> None:
        """Remember the form as it is; presets alone are nothing to remember."""
        texts = {field.spec.name: field.value for field in self.query(TextField)}
        choices = {name: self.choice(name).filled for name in ("urgency", "source", "direct", "confidential")}
        self.app.drafts.keep(INTAKE, {**texts, **choices} if any(texts.values()) else {})

    def _fill(self, values: Mapping[str, str]) -> None:
        """Fill the form anew; what `values` does not name is empty or preset."""
        for field in self.query(TextField):
            field.value = values.get(field.spec.name, "")
        for choice in self.query(ChoiceField):
            choice.at = 0
            choice.set_value(values.get(choice.spec.name, ""))
            choice.refresh()

    def action_put_aside(self) -> None:
        """Another call comes in: put this report aside and take the one that was aside, or an empty form."""
        drafts = self.app.drafts
        here, aside = drafts.get(INTAKE).values, drafts.get(ASIDE).values
        drafts.keep(ASIDE, here)
        drafts.keep(INTAKE, aside)
        self.trouble = self.sent_code = ""
        self._fill(aside)
        self._propose()
        self.set_focus(self.text("title"))

    # ------------------------------------------------------------------------------------------- proposals

    @on(ChoiceField.Changed)
    def _chosen_otherwise(self) -> None:
        self._keep()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._keep()
        self._typing.stop()
        self._typing = self.set_timer(TYPING_PAUSE, self._propose)
        if event.value and (self.sent_code or self.trouble):
            self.sent_code = self.trouble = ""
            self.query_one("#hints", LinesView).rebuild()

    def _propose(self) -> None:
        self.run_worker(self._read_proposals(), group="propose", exclusive=True, exit_on_error=False)

    async def _read_proposals(self) -> None:
        title, body, place = self.text("title").filled, self.text("body").filled, self.text("address").filled
        words = f"{title} {body}".strip()
        values = self.values()
        try:
            hits, places, self.alike = await self.app.load(
                lambda: (
                    self.app.backend.matters(words, MATTERS_SHOWN) if words else (),
                    self.app.backend.places(f"{place} {title}", PLACES_SHOWN) if place or title else (),
                    self.app.backend.alike(values) if place and title else (),
                )
            )
        except Exception as error:  # noqa: BLE001 - a failed query is a banner, the form stays
            self.refuse(error)
            return
        kept = self.matters.key if self.focused is self.matters else None
        self.hits, self.places = hits, places
        first = hits[0].code if hits else None
        self.matters.show(self._matter_lines, kept if any(hit.code == kept for hit in hits) else first)
        community = self.choice("community")
        community.options = [("", _("not known")), *((place.code, place.name) for place in places)]
        community.at = min(1, len(places))
        community.refresh()
        self.query_one("#hints", LinesView).rebuild()

    # ------------------------------------------------------------------------------------------- sending

    def values(self) -> dict[str, object]:
        """The order's values as filled in."""
        filled: dict[str, object] = {
            name: text
            for name in ("title", "address", "reporter_name", "reporter_phone", "body")
            if (text := self.text(name).filled)
        }
        for name in ("community", "urgency", "source"):
            if value := self.choice(name).filled:
                filled[name] = value
        for name in ("direct", "confidential"):
            if self.choice(name).filled:
                filled[name] = True
        if self.chosen is not None:
            filled |= {"matter": self.chosen.code, "limit_no": self.chosen.proposed}
        return filled

    def action_join(self) -> None:
        """It is the same matter as the ticket that is proposed: registered and joined into it in one go."""
        if self.alike:
            self._send({"join": self.alike[0].row.code})
        else:
            self.say(_("No ticket is likely a duplicate."))

    def action_send(self) -> None:
        if self.sent_code and not any(field.value for field in self.query(TextField)):
            self._send_out(self.sent_code)
            return
        self._send({})

    def _send(self, more: Mapping[str, object]) -> None:
        for name in ("title", "address"):
            if not self.text(name).filled:
                self.trouble = _("{field} is needed.").format(field=self.text(name).spec.label)
                self.query_one("#hints", LinesView).rebuild()
                self.set_focus(self.text(name))
                return
        self.app.work.carry_out(self, None, "report", {**self.values(), **more}, self._sent)

    def _send_out(self, code: str) -> None:
        """Give the report that was just registered to those who are to go."""
        self._with_row(code, lambda row: self.app.work.start(self, row, "dispatch"))

    def _with_row(self, code: str, then: Callable[[QueueRow], object]) -> None:
        """Read a ticket as it is now, then go on."""

        def found(rows: Sequence[QueueRow]) -> None:
            if rows:
                then(rows[0])

        read = self.app.backend.queue(f"code:{code}")
        self.app.work.read_then(self, lambda: self.app.load(lambda: read.after(None, 1)), found)

    def action_plans(self) -> None:
        """The plans for the report that was just registered."""
        if not self.sent_code:
            self.say(_("Register the report first: F8."))
            return
        self._with_row(self.sent_code, lambda row: self.app.contingency.open(self, row))

    def action_card(self) -> None:
        """The card of the matter that is proposed or chosen."""
        if self.chosen is None:
            self.say(_("No matter is proposed yet."))
        else:
            self.app.contingency.card(self, self.chosen.code)

    def _sent(self, receipt: Receipt) -> None:
        """The report is in the store: an empty form for the next call."""
        if self.app.coach is not None:
            self.app.coach.taken_down()
        self._fill({})
        self.hits, self.places, self.alike = (), (), ()
        self.matters.rebuild()
        self.sent_code = receipt.code
        self.query_one("#hints", LinesView).rebuild()
        self.set_focus(self.text("title"))

    def action_matter(self) -> None:
        """To the proposals and back."""
        if self.hits:
            self.set_focus(self.text("title") if self.focused is self.matters else self.matters)

    def step_back(self) -> bool:
        self.app.call_later(self.app.action_pane, "queue")
        return True

    # ------------------------------------------------------------------------------------------- content

    def _matter_lines(self, width: int) -> list[Line]:
        if not getattr(self, "hits", ()):
            return [text_line(_("proposed as you type"), "muted")]
        return [self._matter_line(hit, width) for hit in self.hits]

    def _matter_line(self, hit: MatterHit, width: int) -> Line:
        condition = next((item for item in hit.conditions if item.number == hit.proposed), None)
        parts: list[Part] = [
            (pad(clean(hit.title, 60), 26) + " ", ""),
            (pad(clean(hit.section, 30), 12) + " ", "muted"),
        ]
        if condition is not None:
            parts.append((f"{clean(condition.when, 60)}: {clean(condition.limits, 80)}", "muted"))
        return Line(tuple(parts), hit.code)

    def _hint_lines(self, width: int) -> list[Line]:
        """What to ask the caller, what is missing, or what was sent."""
        if self.trouble:
            return [text_line(self.trouble, "late")]
        if self.sent_code:
            done = _("{code} is registered. F8 sends it out; next call, or Esc.").format(code=clean(self.sent_code, 40))
            return [text_line(done, "ok"), *self._aside_line()]
        caller = self.app.coach.caller_words if self.app.coach is not None else ""
        lines = [text_line(row, "title") for row in wrap(clean(caller, 300), width)[:3]] if caller else []
        lines += self._alike_lines()
        chosen = self.chosen
        if chosen is not None and chosen.ask:
            lines.append(Line(((_("Ask: "), "label"), (clean(chosen.ask, 300), "soon"))))
        if chosen is not None and chosen.reason:
            lines.append(Line(((_("Why: "), "label"), (clean(chosen.reason, 300), "muted"))))
        name, phone = self.text("reporter_name").filled, self.text("reporter_phone").filled
        if name or phone:
            shown = f"{mask_name(clean(name, 60))} {mask_phone(phone)}".strip()
            lines.append(Line(((_("In lists: "), "label"), (shown, "muted"))))
        lines += self._aside_line()
        return [
            *lines,
            text_line(_("Enter next field, F7 matter, Shift+F6 its card, F8 send, Esc back; * is needed"), "muted"),
        ]

    def _alike_lines(self) -> list[Line]:
        """The ticket that this is likely a second report of, and why."""
        if not self.alike:
            return []
        one, key = self.alike[0], key_name(keys.action("join").keys[0])
        said = _("{code}; {key} registers and joins it").format(code=clean(one.row.code, 40), key=key)
        why = f"  {one.points}: {clean(one.reasons, 120)}  "
        return [
            Line(((_("Same? "), "label"), (said, "soon"))),
            Line(((why, "muted"), (clean(one.row.title, 60), ""))),
        ]

    def _aside_line(self) -> list[Line]:
        """A report that was put aside, so that it is not forgotten."""
        title = self.app.drafts.get(ASIDE).values.get("title", "")
        if not self.app.drafts.get(ASIDE):
            return []
        return [text_line(_("Put aside: {title}; Ctrl+N takes it up").format(title=clean(title, 60) or "--"), "soon")]
