"""The locked console: who is on duty here, how to go on, and above it status and alarms as ever."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from console.i18n import _
from console.lock_ports import LockPort
from console.screens.duty import DutyScreen, sentence
from console.terminal.legible import clean
from console.widgets.bars import Banner, StatusBar
from console.widgets.fields import FieldSpec, Label, TextField
from console.widgets.hints import HintLine
from console.widgets.lines import text_line
from console.widgets.mode_bar import ModeBar


class LockScreen(DutyScreen):
    """Nothing of a ticket or of a person in it stands here, and no key acts on what is hidden."""

    NAME = "lock"
    DEFAULT_CSS = """
    LockScreen > #lock { height: 1fr; align: center middle; }
    LockScreen > #lock > * { width: 60; height: 1; }
    """

    def compose(self) -> ComposeResult:
        yield ModeBar()
        yield StatusBar()
        yield Banner()
        yield from self.body()

    def body(self) -> Iterable[Widget]:
        with Vertical(id="lock"):
            yield HintLine(name="lock-heading", names={})
            yield from self._rows()
            yield HintLine(name="lock-said", names={})

    def _rows(self) -> Iterable[Widget]:
        for name, label in (("officer", _("Officer")), ("password", _("Password")), ("one-time", _("One-time code"))):
            entry = TextField(FieldSpec(name, label, limit=200))
            entry.password = name == "password"
            entry.id = f"lock-{name}"
            yield Horizontal(Label(label, name == "officer"), entry, id=f"lock-row-{name}", classes="form--row")

    # ------------------------------------------------------------------------------------------- life

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self._begin)

    def on_screen_resume(self) -> None:
        """The lock is on again: nothing of the last time stands here."""
        if self.is_mounted:
            self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        for entry in self.query(TextField):
            entry.value = ""
        who = clean(self.app.status.officer, 40)
        heading = _("Locked. On duty here: {officer}. Alarms go on.").format(officer=who)
        self.query_one("#lock-heading", HintLine).show(lambda _width: [text_line(heading, "title")])
        self._say(_("Code or name, then Enter; for another officer too"), "muted")
        self._asks(False)
        self.set_focus(self._entry("officer"))

    def _asks(self, proof: bool) -> None:
        """Show the fields of the proof, or hide them."""
        for name in ("password", "one-time"):
            self.query_one(f"#lock-row-{name}").display = proof

    def _entry(self, name: str) -> TextField:
        return self.query_one(f"#lock-{name}", TextField)

    def _say(self, text: str, part: str) -> None:
        self.query_one("#lock-said", HintLine).show(lambda _width: [text_line(text, part)])

    # ------------------------------------------------------------------------------------------- going on

    def step_field(self, origin: Widget, step: int, done: bool) -> None:
        """Enter on the officer asks for a proof where there is one; Enter on the last field lifts the lock."""
        if step < 0:
            self.set_focus(self._entry("officer"))
        elif origin is self._entry("officer") and done:
            self._start(self._ask_proof())
        elif origin is self._entry("password"):
            self.set_focus(self._entry("one-time"))
        elif done:
            self._start(self._unlock())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self.app.hold_keys()
        self.run_worker(work, group="lock", exclusive=True, exit_on_error=False)

    async def _ask_proof(self) -> None:
        officer = self._entry("officer").filled
        try:
            asked = await self.app.load(lambda: self._port.asks_password(officer))
            if asked:
                self._asks(True)
                self.set_focus(self._entry("password"))
                self._say(_("Enter next field, and on the last one go on"), "muted")
            else:
                await self._go_on(officer)
        except Exception as error:  # noqa: BLE001 - a store that is silent is said, and the lock stays
            self._say(sentence(error), "late")
        finally:
            self.app.release_keys()

    async def _unlock(self) -> None:
        try:
            await self._go_on(self._entry("officer").filled)
        except Exception as error:  # noqa: BLE001 - a refusal, or a silent store: the lock stays
            for name in ("password", "one-time"):
                self._entry(name).value = ""
            self.set_focus(self._entry("password"))
            self._say(sentence(error), "late")
        finally:
            self.app.release_keys()

    async def _go_on(self, officer: str) -> None:
        password, one_time = self._entry("password").value, self._entry("one-time").filled
        code = await self.app.write(lambda: self._port.unlock(officer, password, one_time))
        await self.app.locking.lift(code)

    # ------------------------------------------------------------------------------------------- nothing behind it

    @property
    def _port(self) -> LockPort:
        return self.app.backend

    @on(Banner.Clicked)
    def _banner_clicked(self, event: Banner.Clicked) -> None:
        """An alarm is acknowledged by somebody who has said who they are."""
        event.stop()
        event.prevent_default()
