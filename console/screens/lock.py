"""The locked console, and one at which nobody is signed in: how to go on, and above it status and alarms as ever."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from console.i18n import _, mark
from console.lock_ports import Entered, LockPort, Pairing
from console.screens.duty import DutyScreen, sentence
from console.terminal.legible import clean
from console.terminal.width import wrap
from console.widgets.bars import Banner, StatusBar
from console.widgets.fields import FieldSpec, Label, TextField
from console.widgets.glass_bar import GlassBar
from console.widgets.hints import HintLine
from console.widgets.lines import text_line
from console.widgets.mode_bar import ModeBar
from console.widgets.pairing_view import PairingView
from data.errors import BadInput

OFFICER, PROOF, PASSWORD, PHONE, KEY = "officer", "proof", "password", "totp", "key"
"""Where somebody is who goes on: who it is, the proof, what is owed after it; or only the key of a remote session."""
FIELDS = {
    OFFICER: ("officer",),
    PROOF: ("officer", "password", "one-time"),
    PASSWORD: ("new", "again"),
    PHONE: ("phone-code",),
    KEY: (),
}
SECRET = frozenset({"password", "new", "again"})
NAMES = {"Enter": "enter", "Esc": "escape", "F10": "f10"}
WIDTH = 60
SAID_LINES, KEY_LINES = 4, 2


class LockScreen(DutyScreen):
    """Nothing of a ticket or of a person in it stands here, and no key acts on what is hidden."""

    NAME = "lock"
    OWN_KEYS = {"back": mark("From the start"), "quit": mark("Quit"), "repaint": mark("Redraw")}
    """What of the table can run here; `console.locking` says when."""
    DEFAULT_CSS = f"""
    LockScreen > #lock {{ height: 1fr; align: center middle; }}
    LockScreen #lock-fields {{ width: {WIDTH}; height: auto; }}
    LockScreen #lock-fields > * {{ width: 100%; height: 1; }}
    """

    def compose(self) -> ComposeResult:
        yield ModeBar()
        yield GlassBar(reasons=False)
        yield StatusBar()
        yield Banner()
        yield from self.body()

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="lock"):
            yield PairingView()
            with Vertical(id="lock-fields"):
                yield HintLine(name="lock-heading", names={})
                yield from self._rows()
                yield HintLine(name="lock-said", names={})
                yield HintLine(name="lock-keys", names=NAMES)

    def _rows(self) -> Iterable[Widget]:
        labels = {
            "officer": _("Officer"),
            "password": _("Password"),
            "one-time": _("One-time code"),
            "new": _("New password"),
            "again": _("Once more"),
            "phone-code": _("Phone's code"),
        }
        for name, label in labels.items():
            entry = TextField(FieldSpec(name, label, limit=200))
            entry.password = name in SECRET
            entry.id = f"lock-{name}"
            yield Horizontal(Label(label, name == "officer"), entry, id=f"lock-row-{name}", classes="form--row")

    # ------------------------------------------------------------------------------------------- life

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#lock-said", HintLine).styles.height = SAID_LINES
        self.query_one("#lock-keys", HintLine).styles.height = KEY_LINES
        self.call_after_refresh(self.begin)

    def on_screen_resume(self) -> None:
        """The lock is on again: nothing of the last time stands here."""
        if self.is_mounted:
            self.call_after_refresh(self.begin)

    def begin(self, trouble: Exception | None = None) -> None:
        """From the start: nothing that was typed or said stands here any more."""
        self._port.forget_proof()
        for entry in self.query(TextField):
            entry.value = ""
        for banner in self.query(Banner):
            banner.clear()
        self._shown = frozenset({"one-time"})
        self._hint = ""
        self._step(KEY if self.app.status.lock.key_alone else OFFICER)
        if self._port.signed_out and self.app.locking.named:
            self._entry("officer").value = clean(self.app.locking.named, 200)
        if trouble is not None:
            self._say_wrong(trouble)

    def _head(self) -> None:
        who = clean(self.app.status.officer, 40)
        heading = _("Locked. On duty here: {officer}. Alarms go on.").format(officer=who)
        if self._port.signed_out:
            heading = _("Nobody is signed in here. Alarms go on.")
        heading = {PASSWORD: _("Choose an own password"), PHONE: _("Pair your phone")}.get(self._at, heading)
        self.query_one("#lock-heading", HintLine).show(lambda _width: [text_line(heading, "title")])

    def _step(self, step: str) -> None:
        """Show the fields of a step, and what to do there."""
        self._at = step
        self._head()
        for names in FIELDS.values():
            for name in names:
                self.query_one(f"#lock-row-{name}").display = name in self._names()
        self._show_picture(None)
        says = {
            OFFICER: _("Code or name, then Enter; for another officer too"),
            PROOF: "",
            PASSWORD: _("Somebody else set the one that you have."),
            PHONE: "",
            KEY: _("Your key is your proof: Enter ends this session, what you typed is kept. Connect again to go on."),
        }
        if step == OFFICER and self._port.signed_out:
            says[OFFICER] = _("Code or name, then Enter")
        self._hint = says[step]
        self._say(self._hint, "muted")
        keys = "" if step in (OFFICER, KEY) else _("Enter next or go on; Esc from the start")
        leave = _("F10 leave") if self._port.signed_out else ""
        self._keys("  ".join(part for part in (keys, leave) if part))
        if self._names():
            self.set_focus(self._entry(next((name for name in self._names() if name != "officer"), "officer")))
        else:
            self.set_focus(None)

    def _names(self) -> list[str]:
        """The fields of this step."""
        return [name for name in FIELDS[self._at] if name in self._shown or name != "one-time"]

    def _entry(self, name: str) -> TextField:
        return self.query_one(f"#lock-{name}", TextField)

    def _say(self, text: str, part: str, hint: str = "") -> None:
        """A text, and the hint of the step under it as far as there is room."""
        said = self.query_one("#lock-said", HintLine)
        said.show(
            lambda width: [
                *(text_line(line, part) for line in wrap(text, width)),
                *(text_line(line, "muted") for line in wrap(hint, width) if hint),
            ][:SAID_LINES]
        )

    def _say_wrong(self, error: Exception) -> None:
        """What went wrong; what to do here stays."""
        self._say(sentence(error), "late", self._hint)

    def _keys(self, text: str) -> None:
        keys = self.query_one("#lock-keys", HintLine)
        keys.show(lambda width: [text_line(line, "muted") for line in wrap(text, width)][:KEY_LINES])

    # ------------------------------------------------------------------------------------------- going on

    def step_field(self, origin: Widget, step: int, done: bool) -> None:
        """Enter on the officer asks for a proof where there is one; Enter on the last field goes on."""
        names = self._names()
        at = next((place for place, name in enumerate(names) if self._entry(name) is origin), 0)
        if names[at] == "officer" and done:
            self._start(self._ask_proof)
        elif 0 <= at + step < len(names):
            self.set_focus(self._entry(names[at + step]))
        elif done:
            self._start({PROOF: self._unlock, PASSWORD: self._choose, PHONE: self._pair}[self._at])

    def key_enter(self) -> None:
        """Where the key is the proof, there is no field that Enter could leave."""
        if self._at == KEY:
            self.app.exit(message=Text(_("Your session has ended; what you typed is kept. Connect again to go on.")))

    def action_back(self) -> None:
        self.begin()

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        self.app.hold_keys()

        async def run() -> None:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - a refusal, or a silent store: everything stays hidden
                self._refused(error)
            finally:
                self.app.release_keys()

        self.run_worker(run(), group="lock", exclusive=True, exit_on_error=False)

    def _refused(self, error: Exception) -> None:
        names = self._names()
        for name in names:
            if name != "officer":
                self._entry(name).value = ""
        if names:
            self.set_focus(self._entry(next((name for name in names if name != "officer"), "officer")))
        self._say_wrong(error)

    async def _ask_proof(self) -> None:
        officer = self._entry("officer").filled
        asked = await self.app.load(lambda: self._port.asks(officer))
        if not asked.password:
            await self._unlock()
            return
        self._shown = frozenset({"one-time"} if asked.one_time else ())
        self._step(PROOF)

    async def _unlock(self) -> None:
        officer, password = self._entry("officer").filled, self._entry("password").value
        one_time = self._entry("one-time").filled
        await self._entered(await self.app.write(lambda: self._port.unlock(officer, password, one_time)))

    async def _choose(self) -> None:
        chosen = self._entry("new").value
        if chosen != self._entry("again").value:
            raise BadInput("password-twice", "两次输入不同，未作更改。", "The two differ: nothing was changed.")
        await self._entered(await self.app.write(lambda: self._port.choose_password(chosen)))

    async def _pair(self) -> None:
        code = self._entry("phone-code").filled
        await self._entered(await self.app.write(lambda: self._port.pair(code)))

    async def _entered(self, entered: Entered) -> None:
        for name in SECRET:
            self._entry(name).value = ""
        if not entered.owes:
            await self.app.locking.lift(entered.officer)
            return
        self._step(entered.owes)
        if entered.owes == PHONE:
            self._show_picture(await self.app.load(self._port.pairing))

    def _show_picture(self, pairing: Pairing | None) -> None:
        """What a phone takes in, beside the field where there is room; and always as words."""
        view, fields, room = self.query_one(PairingView), self.query_one("#lock-fields"), self.query_one("#lock").size
        taken = view.show(pairing.address if pairing is not None else "", room.width - WIDTH // 2, room.height)
        fields.styles.width = min(WIDTH, room.width - taken - 3)
        if pairing is not None:
            secret = " ".join(pairing.secret[at : at + 4] for at in range(0, len(pairing.secret), 4))
            scan, by_hand = (
                _("Scan the picture with your phone, or type in {secret}"),
                _("Type into the phone: {secret}"),
            )
            said = scan if taken else by_hand
            self._say(said.format(secret=secret), "muted")

    # ------------------------------------------------------------------------------------------- nothing behind it

    @property
    def _port(self) -> LockPort:
        return self.app.backend

    @on(Banner.Clicked)
    def _banner_clicked(self, event: Banner.Clicked) -> None:
        """An alarm is acknowledged by somebody who has said who they are."""
        event.stop()
        event.prevent_default()
