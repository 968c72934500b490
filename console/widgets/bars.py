"""The bars: status above, notices below it, keys at the bottom. One line each, drawn only when they change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from console.i18n import _
from console.keyboard import table as keys
from console.keyboard.table import Action, key_name
from console.ports import Heartbeat, NoticeRow, Status
from console.terminal.legible import clean
from console.terminal.width import cells, cut, pad

Parts = list[tuple[str, str]]
LOUD = ("alarm", "error")
KEPT_ENTRIES = 50
ESC_WIDTH = 6
"""Cells at the banner's right edge where a click puts it away."""


class Bar(Widget):
    """A line of parts, each a text and the name of its style."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"
    FAMILY = ""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str], ...] = ()

    def parts(self, width: int) -> Parts:
        """What the bar says at a width."""
        raise NotImplementedError

    def update(self) -> None:
        """Draw the bar if it reads differently now."""
        if tuple(self.parts(self.size.width)) != self._shown:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, ground = self.size.width, self.rich_style
        parts = self.parts(width)
        self._shown = tuple(parts)
        room, segments = width, []
        for text, name in parts:
            shown = cut(text, room, dots=False)
            segments.append(Segment(shown, ground + self._named(name) if name else ground))
            room -= cells(shown)
        return Strip(segments).adjust_cell_length(width, ground)

    def _named(self, name: str) -> Style:
        return self.get_component_rich_style(f"{self.FAMILY}--{name}", partial=True)


class StatusBar(Bar):
    """Centre, officer, figures, engine and clock; red from edge to edge when the engine is silent."""

    COMPONENT_CLASSES = {"status--late", "status--soon", "status--muted"}
    FAMILY = "status"

    def __init__(self) -> None:
        super().__init__()
        self.status = Status()
        self.now = 0
        self.link = ""
        """How the line to the terminal is, where that is worth a word."""

    def show(self, status: Status, now: int) -> None:
        """Show a state of things at an instant."""
        self.status, self.now = status, now
        self.set_class(self._silent(), "-silent")
        self.update()

    def parts(self, width: int) -> Parts:
        counts, silent = self.status.counts, self._silent()
        left: Parts = [(f" {clean(self.status.centre, 40)} ", "")]
        if self.status.officer:
            left.append((f" {clean(self.status.officer, 20)} ", "" if silent else "muted"))
        left.append((_(" open {n}").format(n=counts.open), ""))
        late = _(" !late {n}").format(n=counts.late)
        left.append((late, "late" if counts.late and not silent else ""))
        left.append((_(" ~soon {n}").format(n=counts.soon), "soon" if counts.soon and not silent else ""))
        lost = self.status.lost
        engine = engine_text(self.status.heartbeat) if self.status.centre else ""
        if lost is not None:
            engine = _("STORE SILENT {n} s ").format(n=lost)
        right: Parts = [(engine, "" if silent else "muted"), (self._clock(), "")]
        if self.link:
            right.insert(0, (f"{self.link} ", "" if silent else "muted"))
        # One cell always stays blank between the figures and the engine.
        room = width - sum(cells(text) for text, _name in [*left, *right]) - 1
        if room < 0 and self.status.officer:
            room += cells(left.pop(1)[0])
        if room < 0:
            name = left[0][0]
            left[0] = (cut(name, max(cells(name) + room, 6)), "")
            room = width - sum(cells(text) for text, _name in [*left, *right]) - 1
        return [*left, (" " * (max(room, 0) + 1), ""), *right]

    def _silent(self) -> bool:
        if self.status.lost is not None:
            return True
        return bool(self.now and self.status.centre) and not self.status.heartbeat.well

    def _clock(self) -> str:
        if not self.now:
            return " "
        moment = datetime.fromtimestamp(self.now, ZoneInfo(self.status.zone))
        return moment.strftime(" %m-%d %H:%M ")


def engine_text(heartbeat: Heartbeat) -> str:
    """How the engine does, in words."""
    if heartbeat.silent is None:
        return _("ENGINE NOT RUNNING ")
    if not heartbeat.well:
        return _("ENGINE SILENT {n} s ").format(n=heartbeat.silent)
    return _("engine ok ")


class Entry(NamedTuple):
    """Something in the banner: our own message, or what is to be said about a ticket."""

    text: str
    severity: str
    notices: tuple[NoticeRow, ...] = ()


class Banner(Bar):
    """The newest notice or message, until it is put away."""

    FAMILY = "banner"

    class Clicked(Message):
        """The banner was clicked: on what it says, or on the name of a key at its right edge."""

        def __init__(self, key: str, notices: tuple[NoticeRow, ...]) -> None:
            """`key` is the id of the key's action; empty on what the banner says."""
            super().__init__()
            self.key = key
            self.notices = notices

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    @property
    def shown(self) -> bool:
        """Whether something is up."""
        return bool(self.entries)

    def say(self, text: str, severity: str = "info") -> None:
        """Put a message of ours up; it must be clean. It replaces the one before it, but no receipt takes an alarm
        down, and no alarm a receipt: what an officer did is said also when the alarm comes in the same moment.
        """
        alarm = severity == "alarm"
        self.entries = [entry for entry in self.entries if entry.notices or (entry.severity == "alarm") != alarm]
        self._push(Entry(text, severity))

    def announce(self, text: str, notice: NoticeRow) -> None:
        """Put a notice up; it stands for the earlier ones about the same ticket."""
        earlier = [entry for entry in self.entries if notice.ticket_id and _ticket_of(entry) == notice.ticket_id]
        self.entries = [entry for entry in self.entries if entry not in earlier]
        before = tuple(one for entry in earlier for one in entry.notices)
        self._push(Entry(text, notice.severity, (*before, notice)))

    def announce_all(self, text: str, loudest: NoticeRow, notices: Sequence[NoticeRow]) -> None:
        """Put up one line that stands for many notices."""
        self._push(Entry(text, loudest.severity, tuple(notices)))

    def drop(self, ids: Collection[int]) -> None:
        """Take some notices down; what stood for them alone goes."""
        if not any(notice.id in ids for entry in self.entries for notice in entry.notices):
            return
        kept = [(entry, tuple(one for one in entry.notices if one.id not in ids)) for entry in self.entries]
        self.entries = [entry._replace(notices=left) for entry, left in kept if left or not entry.notices]
        self._update_look()

    def uncover(self) -> bool:
        """Take a message of ours off a notice; whether there was one."""
        covered = len(self.entries) > 1 and not self.entries[-1].notices
        if covered:
            self.dismiss()
        return covered

    @property
    def top_notices(self) -> tuple[NoticeRow, ...]:
        """The notices that the shown line stands for."""
        return self.entries[-1].notices if self.entries else ()

    @property
    def top_is_summary(self) -> bool:
        """Whether the shown line stands for notices about several tickets."""
        return len({notice.ticket_id or -notice.id for notice in self.top_notices}) > 1

    def clear(self) -> None:
        """Take everything down: it was said to somebody else."""
        self.entries = []
        self._update_look()

    def dismiss(self) -> tuple[NoticeRow, ...]:
        """Put the top message away; the notices that it stood for."""
        gone = self.entries.pop() if self.entries else Entry("", "")
        self._update_look()
        return gone.notices

    def on_click(self, event: events.Click) -> None:
        """A click opens the ticket that is spoken of; at the right edge it does what the key there does."""
        behind = self.size.width - event.x
        key = "back" if behind <= ESC_WIDTH else "acknowledge" if behind <= ESC_WIDTH + cells(self._noted()) else ""
        self.post_message(self.Clicked(key, self.top_notices))

    def parts(self, width: int) -> Parts:
        if not self.entries:
            return []
        entry = self.entries[-1]
        sign = "! " if entry.severity in LOUD else "* " if entry.severity == "warning" else "  "
        waiting = sum(1 for other in self.entries[:-1] if other.notices or other.severity == "alarm")
        more = _(" +{n} more").format(n=waiting) if waiting else ""
        ending = f"{more}{self._noted()}  Esc "
        return [(pad(sign + entry.text, max(width - cells(ending), 0)), ""), (ending, "")]

    def _noted(self) -> str:
        """The key that acknowledges, where there is something to acknowledge."""
        return f"  {key_name(keys.action('acknowledge').keys[0])}{_('Noted')}" if self.top_notices else ""

    def _push(self, entry: Entry) -> None:
        self.entries.append(entry)
        del self.entries[:-KEPT_ENTRIES]
        self._update_look()

    def _update_look(self) -> None:
        self.set_class(self.shown, "-shown")
        self.set_class(self.shown and self.entries[-1].severity in LOUD, "-alarm")
        self.refresh()


def _ticket_of(entry: Entry) -> int | None:
    """The one ticket that an entry is about."""
    tickets = {notice.ticket_id for notice in entry.notices}
    return tickets.pop() if len(tickets) == 1 else None


class KeyBar(Bar):
    """The F-keys and what they do; a click does the same."""

    COMPONENT_CLASSES = {"keys--key", "keys--off", "keys--here"}
    FAMILY = "keys"
    SPARED = ("pane.overview", "theme", "pane.leaders")
    """What a narrow bar leaves out first; all of it is in the help and the palette too."""

    class Chosen(Message):
        """An action of the bar was clicked."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self, screen_name: str, own: Mapping[str, str]) -> None:
        """`own` gives actions that mean something else on this screen their title."""
        super().__init__()
        self.screen_name = screen_name
        self.own = own
        self.here = f"pane.{screen_name}" if screen_name != "intake" else screen_name
        self.off = {item.id for item in self._actions() if screen_name not in item.screens and item.id not in own}
        """Ids of the actions that cannot run now."""

    def parts(self, width: int) -> Parts:
        parts: Parts = []
        actions = self._fitting(width)
        states = [self._state(action) for action in actions]
        for action, state, following in zip(actions, states, [*states[1:], ""], strict=True):
            key, title = key_name(action.keys[0]), self._title(action)
            parts += [(f"{key}{title}", state)] if state else [(key, "key"), (title, "")]
            parts.append((_between(state, following), ""))
        return parts

    def _state(self, action: Action) -> str:
        """Where one is: `here`; what cannot be done now: `off`; else nothing."""
        if action.id == self.here:
            return "here"
        return "off" if action.id in self.off else ""

    def show_reasons(self, why: Callable[[Action], str]) -> None:
        """Ask of each action why it cannot run now, and show that it cannot."""
        self.off = {item.id for item in self._actions() if why(item)}
        self.update()

    def _title(self, action: Action) -> str:
        return _(self.own.get(action.id, action.title))

    def _actions(self) -> list[Action]:
        return [action for action in keys.ACTIONS if action.footer or action.id == self.here]

    def _fitting(self, width: int) -> list[Action]:
        """The actions that there is room for; where one is stands there always."""
        actions = self._actions()
        for spared in self.SPARED:
            if sum(map(self._width, actions)) <= width + 1:
                break
            if spared != self.here:
                actions = [action for action in actions if action.id != spared]
        return actions

    def _width(self, action: Action) -> int:
        """Cells of an action, with the one behind it."""
        return cells(key_name(action.keys[0]) + self._title(action)) + 1

    def on_click(self, event: events.Click) -> None:
        at = 0
        for action in self._fitting(self.size.width):
            width = self._width(action)
            if at <= event.x < at + width:
                self.post_message(self.Chosen(action))
                return
            at += width


def _between(left: str, right: str) -> str:
    """The cell between two keys: [here] and (off) are told without colour and take no more room than a blank."""
    if "here" in (left, right):
        return "]" if left == "here" else "["
    return {("off", "off"): "|", ("off", ""): ")", ("", "off"): "("}.get((left, right), " ")
