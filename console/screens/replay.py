"""A ticket minute by minute: played, stepped, or from event to event; its pages show each moment as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding
from textual.widget import Widget

from console.i18n import _
from console.ports import QueueRow
from console.review_ports import Replay
from console.screens.ticket import TabLine, TicketScreen
from console.widgets.hints import HintLine
from console.widgets.lines import Line, LinesView, text_line
from console.widgets.ticket_lines import when

MINUTE = 60
SPEEDS = (1, 10, 60, 300, 900, 3600)
"""Seconds of the incident in one second: the third is a minute a second."""
USUAL = SPEEDS.index(60)
TRACK = 40
"""Cells of the line that shows how far it is, where there is room."""


class ReplayScreen(TicketScreen):
    """A ticket as it was. Nothing can be done to it from here: what is shown is over."""

    NAME = "replay"
    BINDINGS: ClassVar = [
        Binding("space,enter", "play", show=False, priority=True),
        Binding("right", "minute(1)", show=False, priority=True),
        Binding("left", "minute(-1)", show=False, priority=True),
        Binding("down", "event(1)", show=False, priority=True),
        Binding("up", "event(-1)", show=False, priority=True),
        Binding("home", "edge(0)", show=False, priority=True),
        Binding("end", "edge(1)", show=False, priority=True),
        Binding("plus,＋,equals_sign", "speed(1)", show=False, priority=True),
        Binding("minus,－", "speed(-1)", show=False, priority=True),
    ]

    def __init__(self, ticket_id: int) -> None:
        super().__init__(ticket_id)
        self.replay: Replay | None = None
        self.at = 0
        self.playing = False
        self.speed = USUAL
        self._beat_at = 0

    def body(self) -> Iterable[Widget]:
        yield TabLine(self._tab_line, name="tabs")
        head = LinesView(self._head, name="replay-head")
        head.can_focus = False
        head.styles.height = 1
        yield head
        yield LinesView(name="ticket")
        yield HintLine(lambda _width: [text_line(_hint(), "muted")], name="replay-hint")

    @property
    def moment(self) -> int:
        """What is shown is of this instant, countdowns too."""
        return self.at

    def ticket(self) -> QueueRow | None:
        """None: keys that work on a ticket have nothing to work on here."""
        return None

    def changed(self) -> None:
        """Somebody wrote: the log may have grown. The moment that is shown stays."""
        self.run_worker(self._read(), group="replay", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        try:
            self.replay = await self.app.personal.on_record(
                self.ticket_id, lambda: self.app.backend.replay(self.ticket_id)
            )
        except Exception as error:  # noqa: BLE001 - a failed query is a banner
            self.refuse(error)
            return
        self.go(self.at or self.replay.first_at)

    def go(self, at: int) -> None:
        """Show a moment between the report and the newest event."""
        if self.replay is None:
            return
        self.at = min(max(at, self.replay.first_at), self.replay.last_at)
        self.shown = self.replay.view(self.at)
        self.since = self.at - MINUTE
        if self.at >= self.replay.last_at:
            self.playing = False
        self._show()
        self.query_one("#replay-head", LinesView).rebuild()

    def tick(self, now: int) -> None:
        """The clock goes on: so many seconds of the incident have passed as the speed says."""
        passed, self._beat_at = now - self._beat_at if self._beat_at else 0, now
        if self.playing and passed > 0:
            self.go(self.at + passed * SPEEDS[self.speed])
        super().tick(now)

    # ------------------------------------------------------------------------------------------- keys

    def action_play(self) -> None:
        if self.replay is None:
            return
        if not self.playing and self.at >= self.replay.last_at:
            self.at = self.replay.first_at
        self.playing = not self.playing
        self._beat_at = self.app.now
        self.go(self.at)

    def action_minute(self, step: int) -> None:
        """To the next or the last full minute."""
        self.go((self.at // MINUTE + 1) * MINUTE if step > 0 else (self.at - 1) // MINUTE * MINUTE)

    def action_event(self, step: int) -> None:
        if self.replay is not None:
            found = self.replay.next_event(self.at) if step > 0 else self.replay.event_before(self.at)
            self.go(self.at if found is None else found)

    def action_edge(self, which: int) -> None:
        if self.replay is not None:
            self.go(self.replay.last_at if which else self.replay.first_at)

    def action_speed(self, step: int) -> None:
        self.speed = min(max(self.speed + step, 0), len(SPEEDS) - 1)
        self.go(self.at)

    def action_open_ticket(self) -> None:
        """Enter plays here."""
        self.action_play()

    # ------------------------------------------------------------------------------------------- content

    def _head(self, width: int) -> list[Line]:
        replay = self.replay
        if replay is None:
            return [text_line()]
        state = _("playing") if self.playing else _("paused")
        minutes = (self.at - replay.first_at) // MINUTE
        said = _("{state}  {at}  minute {minute}  step {step} of {steps}  {speed} s per second").format(
            state=state,
            at=when(self.at, self.app.status.zone, seconds=True),
            minute=minutes,
            step=replay.steps_at(self.at),
            steps=replay.steps,
            speed=SPEEDS[self.speed],
        )
        length = min(TRACK, width - 86)
        track = (
            f"  [{_track(self.at - replay.first_at, replay.last_at - replay.first_at, length)}]" if length > 9 else ""
        )
        return [Line(((" " + said, "title"), (track, "muted")))]


def _track(done: int, whole: int, width: int) -> str:
    place = done * (width - 1) // whole if whole else width - 1
    return "=" * place + ">" + "." * (width - 1 - place)


def _hint() -> str:
    return _(" Space plays  Left Right minute  Up Down event  + - speed  Tab page  Esc back")
