"""The leaders in their A and B posts: what climbed to each, what their section holds, who covers whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget

from console.i18n import _, language
from console.keyboard.table import action, key_name
from console.leader_ports import LeaderView, TakenOver, ToDecide
from console.ports import QueueRow
from console.roster_ports import GapAhead
from console.screens.duty import DutyScreen
from console.terminal.legible import clean
from console.terminal.width import cells, pad
from console.widgets import countdown
from console.widgets.columns import stage_width, term
from console.widgets.gap_bar import gap_words, is_near, is_over
from console.widgets.lines import Line, LinesView, Part, text_line
from data.instants import from_seconds
from data.terms import Stage

DECIDES, ASKED, TAKEN, NEAR = "decides", "asked", "taken", "near"
WIDEST = 16
"""Cells of a column at most."""
GAPS_SHOWN = 3
"""Lines for what is wrong with the roster at most."""


class LeadersScreen(DutyScreen):
    """AB-post view."""

    NAME = "leaders"

    def body(self) -> Iterable[Widget]:
        self.gaps: Sequence[GapAhead] = ()
        ahead = LinesView(self._gap_lines, name="gaps")
        ahead.can_focus = False
        yield ahead
        with Horizontal(classes="split"):
            yield LinesView(self._leader_lines, name="leaders")
            yield LinesView(self._holding_lines, name="holding", classes="beside")

    def on_mount(self) -> None:
        self.leaders: Sequence[LeaderView] = ()
        self.people.on_pick, self.holding.on_pick = self._look, self._open
        self.set_focus(self.people)
        self.changed()

    @property
    def people(self) -> LinesView:
        """The leaders."""
        return self.query_one("#leaders", LinesView)

    @property
    def holding(self) -> LinesView:
        """What the chosen leader has to look at."""
        return self.query_one("#holding", LinesView)

    @property
    def leader(self) -> LeaderView | None:
        """The leader under the cursor."""
        return next((leader for leader in self.leaders if str(leader.id) == self.people.key), None)

    def ticket(self) -> QueueRow | None:
        leader = self.leader
        if leader is None:
            return None
        rows = {_key(kind, row): row for kind, row in _rows(leader)}
        return rows.get(self.holding.key or "") or next(iter(rows.values()), None)

    def changed(self) -> None:
        async def read() -> None:
            now = self.app.now
            try:
                self.leaders = await self.app.load(lambda: self.app.backend.leaders(now))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner
                self.refuse(error)
                return
            self.people.rebuild()
            self.holding.rebuild()

        self.run_worker(read(), group="leaders", exclusive=True, exit_on_error=False)

    def tick(self, now: int) -> None:
        super().tick(now)
        self._show_gaps(now)
        self.holding.rebuild()

    @on(LinesView.Moved)
    def _moved(self, event: LinesView.Moved) -> None:
        if event.view is self.people:
            self.holding.rebuild()

    def _look(self, _key: str) -> None:
        """Over to what the leader has to look at."""
        if self.leader is not None and _rows(self.leader):
            self.set_focus(self.holding)

    def _open(self, key: str) -> None:
        self.app.open_ticket(int(key.partition(":")[2]))

    def step_back(self) -> bool:
        away = self.focused is not self.people
        self.set_focus(self.people)
        return away

    # ------------------------------------------------------------------------------------------- content

    def _leader_lines(self, width: int) -> list[Line]:
        titles = (_("Leader"), _("Post"), _("Section"), _("Asked"), _("Climbed"), _("Holds"), _("Late"))
        rooms = self._rooms(titles)
        head = "".join(pad(title, room) for title, room in zip(titles, rooms, strict=True))
        return [text_line(head, "label"), *[self._leader_line(leader, rooms) for leader in self.leaders]]

    def _show_gaps(self, now: int) -> None:
        """What else is wrong with the roster within a day: the line above the screen has only the worst."""
        self.gaps = [gap for gap in self.app.status.gaps if not is_over(gap, now)][1:]
        view = self.query_one("#gaps", LinesView)
        view.styles.height = min(len(self.gaps), GAPS_SHOWN)
        view.display = bool(self.gaps)
        view.rebuild()

    def _gap_lines(self, _width: int) -> list[Line]:
        now, zone = self.app.now, self.app.status.zone
        more = len(self.gaps) - GAPS_SHOWN + 1 if len(self.gaps) > GAPS_SHOWN else 0
        shown = self.gaps[: len(self.gaps) - more]
        lines = [text_line(f" ! {gap_words(gap, zone, now)}", "late" if is_near(gap, now) else "soon") for gap in shown]
        return [*lines, text_line("  " + _("  {n} more").format(n=more), "soon")] if more else lines

    def _rooms(self, titles: Sequence[str]) -> list[int]:
        """Cells of each column, no more than it needs: who covers whom has the rest."""
        shown = [(leader.name, "", leader.section, "99", "!99", "999", "!99") for leader in self.leaders]
        return [min(max(map(cells, texts)) + 1, WIDEST) for texts in zip(titles, *shown, strict=True)]

    def _leader_line(self, leader: LeaderView, rooms: Sequence[int]) -> Line:
        name, post, section, asked, climbed, holds, late = rooms
        parts: list[Part] = [
            (pad(clean(leader.name, 20), name), ""),
            (pad(clean(leader.rank, 4).upper(), post), "muted"),
            (pad(clean(leader.section, 40), section - 1) + " ", ""),
            (pad(str(len(leader.decides) or ""), asked), "soon"),
            (pad(f"!{leader.climbed}" if leader.climbed else " 0", climbed), "late" if leader.climbed else "muted"),
            (pad(str(leader.holding), holds), ""),
            (pad(f"!{leader.late}" if leader.late else "", late), "late"),
        ]
        if not leader.present:
            parts.append((_("away"), "soon"))
            if leader.covered_by:
                parts.append((_(", covered by {name}").format(name=clean(leader.covered_by, 20)), "soon"))
        elif leader.kept:
            parts.append((_("on until signed for"), "soon"))
        elif leader.covers:
            parts.append((_("covers {name}").format(name=clean(leader.covers, 40)), "ok"))
        return Line(tuple(parts), str(leader.id))

    def _holding_lines(self, width: int) -> list[Line]:
        leader = self.leader
        if leader is None:
            return []
        title = f"{clean(leader.name, 20)}  {clean(leader.title, 40)}  {clean(leader.section, 40)}"
        lines = [text_line(title, "title")]
        groups = (
            (DECIDES, self._decides_heading(), [one.row for one in leader.decides]),
            (ASKED, _("Climbed to this leader"), leader.asked),
            (TAKEN, self._taken_heading(), [one.row for one in leader.taken]),
            (NEAR, _("Nearest deadlines"), leader.nearest),
        )
        reasons = {
            TAKEN: [self._taken_line(one) for one in leader.taken],
            DECIDES: [self._asked_line(one) for one in leader.decides],
        }
        for kind, heading, rows in groups:
            if rows:
                lines.append(text_line(heading, "label"))
            for number, row in enumerate(rows):
                lines.append(self._row_line(kind, row, width))
                if kind in reasons:
                    lines.append(reasons[kind][number])
        return lines if len(lines) > 1 else [*lines, text_line(_("Nothing is open here."), "muted")]

    def _decides_heading(self) -> str:
        grant, decline = (key_name(action(f"verb.{verb}").keys[0]) for verb in ("grant", "decline"))
        return _("Waits for a decision ({grant} grants, {decline} declines)").format(grant=grant, decline=decline)

    def _asked_line(self, one: ToDecide) -> Line:
        """What is asked for, by whom and why."""
        what = f"{clean(one.what, 30)} {clean(one.more, 40)}".rstrip()
        said = _("{what}, asked by {name}: {why}").format(what=what, name=clean(one.by, 20), why=clean(one.reason, 80))
        return text_line(f"  {said}", "soon")

    def _taken_heading(self) -> str:
        key = key_name(action("verb.take_back").keys[0])
        return _("Taken over by post B ({key} takes back)").format(key=key)

    def _taken_line(self, taken: TakenOver) -> Line:
        """Who has it for whom, since when and why."""
        at = from_seconds(taken.since).astimezone(ZoneInfo(self.app.status.zone)).strftime("%m-%d %H:%M")
        words = _("{b} for {a}: {why}").format(a=clean(taken.a, 20), b=clean(taken.b, 20), why=clean(taken.why, 60))
        return text_line(f"  {at} {words}", "soon")

    def _row_line(self, kind: str, row: QueueRow, width: int) -> Line:
        timer = countdown.label(row.due, self.app.now, row.warn, row.paused)
        stage = stage_width() + 1
        return Line(
            (
                (countdown.cell(timer) + " ", "" if timer.band == "none" else timer.band),
                (pad(term(Stage, row.stage, language()), stage), "muted"),
                (pad(clean(row.title, 200), max(width - 26 - stage, 12)) + " ", ""),
                (clean(row.holder, 60), "muted"),
            ),
            _key(kind, row),
        )


def _rows(leader: LeaderView) -> list[tuple[str, QueueRow]]:
    """What a leader has to look at, what waits for a decision first."""
    taken = [(TAKEN, one.row) for one in leader.taken]
    decides = [(DECIDES, one.row) for one in leader.decides]
    return [*decides, *((ASKED, row) for row in leader.asked), *taken, *((NEAR, row) for row in leader.nearest)]


def _key(kind: str, row: QueueRow) -> str:
    return f"{kind}:{row.id}"
