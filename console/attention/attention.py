"""Draws the officer's attention: banner, title and sound, repeated until somebody acknowledges, and no more than that.

What is meant for this officer waits here until it is acknowledged, here or on another console, or until its ticket is
closed. Everything else is only in the list of notices. When it rings is decided by `budget`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from console.attention.budget import Alarm, Budget, Grade, ring
from console.attention.settings import load_settings
from console.i18n import _
from console.ports import HEARTBEAT_LIMIT, NoticeRow
from console.terminal.calls import TerminalCalls
from console.terminal.legible import clean
from console.widgets.bars import Banner
from console.widgets.countdown import FAR
from console.widgets.ticket_lines import when
from data.terms import Severity, Urgency

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen
    from console.store_watch import News

ENGINE = 0
"""The key of the engine's silence among the alarms; notices have greater ones, tickets raised here smaller ones."""
BURST = 4
"""Tickets that come in one look from which on they are told in one line."""
OVERLAP = 10
"""Seconds before the engine's last sign of life from which on deadlines are raised here: the last may not be done."""
KEPT = 500
"""Notices that may wait at once; the oldest ones above that are in the list of notices alone."""


def grade(notice: NoticeRow) -> Grade | None:
    """How much a notice presses; None when it only informs."""
    if notice.severity == Severity.INFO or not notice.severity:
        return None
    if notice.urgency == Urgency.EMERGENCY:
        return Grade.EMERGENCY
    return Grade.ALARM if notice.severity == Severity.ALARM else Grade.NEARING


class Attention:
    """Keeps what waits for this officer, and rings."""

    def __init__(self, app: ZhihuiApp) -> None:
        self._app = app
        self.settings, self.trouble = load_settings()
        self.calls = TerminalCalls(self._write, self.settings.title, self.settings.desktop)
        self._waiting: dict[int, NoticeRow] = {}
        self._met: set[int] = set()
        """Notices that were put up already: none is put up twice by a look."""
        self._hidden: set[int] = set()
        """What was put away with Escape; the next ring brings it back."""
        self._noting: set[int] = set()
        self._budget = Budget()
        self._first_look = True
        self._unwell_since: int | None = None
        self._engine_noted = False
        self._engine_seen = False
        """Whether it was well at any time since the console began."""
        self._fallen_due: dict[int, NoticeRow] = {}
        """What this console raises by itself while the engine is silent."""
        self._noted_here: dict[int, int] = {}
        """Of these, what was acknowledged here: the key, and for which deadline."""
        self._reported: set[int] = set()
        """Tickets taken down here: whoever wrote it knows of it."""

    # ------------------------------------------------------------------------------------------- what comes in

    @property
    def waiting(self) -> Collection[int]:
        """Ids of the notices that wait."""
        return self._waiting.keys()

    @property
    def raised_here(self) -> Collection[NoticeRow]:
        """What this console raises by itself, as no engine does."""
        return self._fallen_due.values()

    def take(self, duty: DutyScreen, news: News) -> None:
        """Show new notices that are meant for this officer, and put away what was acknowledged elsewhere."""
        self._forget(news.gone)
        fresh = [notice for notice in news.notices if notice.title and notice.id not in self._met]
        known = [notice for notice in fresh if notice.kind == "urgent" and notice.ticket_id in self._reported]
        self._note(known)
        shown = [notice for notice in fresh if self._concerns(notice) and notice not in known]
        self._met |= {notice.id for notice in (*shown, *known)}
        self._wait_for(shown)
        self._raise_by_ourselves(duty, news.fallen_due)
        self._put_up(duty.query_one(Banner), shown)
        self._show(duty)
        self._first_look = False
        self._tell_title()

    def start_over(self) -> None:
        """Another officer goes on here: what waits for them is another matter."""
        self._waiting.clear()
        self._met.clear()
        self._hidden.clear()
        self._fallen_due.clear()
        self._noted_here.clear()
        self._reported.clear()
        self._first_look = True
        self._app.watch_store.look_at_all()

    def reported_here(self, ticket_id: int) -> None:
        """A report was taken down on this console."""
        self._reported.add(ticket_id)

    def _raise_by_ourselves(self, duty: DutyScreen, notices: Sequence[NoticeRow]) -> None:
        """While no engine watches the deadlines, what has passed; once it beats again, it says so itself."""
        if self._app.backend.read_only:
            fresh = [notice for notice in notices if notice.id not in self._met]
            self._met |= {notice.id for notice in fresh}
            self._put_up(duty.query_one(Banner), fresh)
            return
        self._fallen_due = {
            notice.id: notice for notice in notices if self._noted_here.get(notice.id) != notice.at
        }  # a ticket that fell due anew is raised anew

    def _concerns(self, notice: NoticeRow) -> bool:
        """An observer sees everything and answers for nothing."""
        return notice.mine or self._app.backend.read_only

    def _put_up(self, banner: Banner, notices: Sequence[NoticeRow]) -> None:
        if len({notice.ticket_id or -notice.id for notice in notices}) >= BURST:
            loudest = max(notices, key=lambda notice: (grade(notice) or 0, -notice.id))
            banner.announce_all(self._burst_words(notices, loudest), loudest, notices)
            return
        for notice in notices:
            banner.announce(clean(notice.title, 200), notice)

    def _burst_words(self, notices: Sequence[NoticeRow], loudest: NoticeRow) -> str:
        """How many, and the one to look at first: the nearest deadline, of the emergencies where there are any.

        Where nobody is signed in, only that some wait: whose they are and how many is for whoever they are meant for.
        """
        if self._app.backend.signed_out:
            return _("Alarms wait: sign in to see them")
        now, first = self._app.now, grade(loudest)
        pressing = [notice for notice in notices if first is not Grade.EMERGENCY or grade(notice) is first]
        dues = [
            (notice.due < now, notice.due, notice) for notice in pressing if notice.due is not None and notice.due < FAR
        ]
        if not dues:
            words = _("{n} alarms, first of all: {text}")
            return words.format(n=len(notices), text=clean(loudest.title, 160))
        _passed, due, nearest = min(dues, key=lambda one: one[:2])
        words = _("{n} alarms, nearest deadline {at}: {text}")
        at = when(due, self._app.status.zone)
        return words.format(n=len(notices), at=at, text=clean(nearest.title, 160))

    def _wait_for(self, notices: Sequence[NoticeRow]) -> None:
        if self._app.backend.read_only:
            return
        pressing = {notice.id: notice for notice in notices if grade(notice) is not None}
        self._waiting |= pressing
        for oldest in list(self._waiting)[: max(len(self._waiting) - KEPT, 0)]:
            del self._waiting[oldest]
        if self._first_look:
            self._budget = self._budget.known(self._alarms(), self._app.now)

    # ------------------------------------------------------------------------------------------- ringing

    def beat(self, now: int) -> None:
        """A second has passed: ring when the budget says so, on whatever screen the officer is now."""
        self._watch_engine(now)
        self._budget, rings = ring(self._alarms(), self._budget, self.settings.policy, now, self._second(now))
        duty = self._app.duty_screen
        if rings:
            self._call(duty)
        if duty is not None:
            self._show(duty)
        self._tell_title()

    def _alarms(self) -> list[Alarm]:
        alarms = [Alarm(key, pressing) for key, notice in self._open.items() if (pressing := grade(notice))]
        return [*alarms, Alarm(ENGINE, Grade.EMERGENCY)] if self._engine_silent else alarms

    @property
    def _engine_silent(self) -> bool:
        """Whether the engine has been silent for long enough and nobody here has noted it."""
        silent = self.unwatched_since is not None and not self._app.backend.read_only
        return silent and not self._engine_noted

    @property
    def unwatched_since(self) -> int | None:
        """Since when no engine may have watched the deadlines, in epoch seconds; None while one does.

        Where no engine has been seen at all, since ever.
        """
        since = self._unwell_since
        if since is None or self._app.now - since < HEARTBEAT_LIMIT:
            return None
        known = self._engine_seen or self._app.status.heartbeat.silent is not None
        return since - OVERLAP if known else 0

    def _watch_engine(self, now: int) -> None:
        app = self._app
        if app.status.heartbeat.well or not app.status.centre:
            self._unwell_since, self._engine_noted = None, False
            self._engine_seen |= app.status.heartbeat.well
        elif self._unwell_since is None or self._unwell_since > now:
            self._unwell_since = now - (app.status.heartbeat.silent or 0)

    def _second(self, now: int) -> int:
        """The second of the day in the centre's zone."""
        local = datetime.fromtimestamp(now, ZoneInfo(self._app.status.zone))
        return local.hour * 3600 + local.minute * 60 + local.second

    def _call(self, duty: DutyScreen | None) -> None:
        """Ring, and let what was put away without an acknowledgement come back."""
        if self.settings.sound:
            self._app.bell()
        self.calls.tell_desktop(self._count_words())
        self._hidden.clear()
        if (
            duty is not None and self._engine_silent and not self._fallen_due
        ):  # tickets go before: the status bar is red
            duty.say(_("The engine is silent: no deadline is watched. zhihui engine status says why."), "alarm")

    def _show(self, duty: DutyScreen) -> None:
        """Bring a screen's banner in step with what waits: each screen has its own."""
        for banner in duty.standing(Banner):
            up = {notice.id: notice for entry in banner.entries for notice in entry.notices}
            if not self._app.backend.read_only:
                banner.drop({key for key, one in up.items() if grade(one) and key not in self._open})
            missing = [notice for key, notice in self._open.items() if key not in up and key not in self._hidden]
            self._put_up(banner, missing)

    @property
    def _open(self) -> dict[int, NoticeRow]:
        """What waits, without what is being written down as acknowledged just now."""
        waiting = {**self._waiting, **self._fallen_due}
        return {key: notice for key, notice in waiting.items() if key not in self._noting}

    # ------------------------------------------------------------------------------------------- acknowledging

    def acknowledge(self, duty: DutyScreen) -> None:
        """What the banner shows is acknowledged; a line that stands for many opens the list instead."""
        banner = duty.query_one(Banner)
        notices = banner.top_notices
        if self._app.backend.read_only:
            duty.say(_("An observer acknowledges nothing."))
        elif banner.top_is_summary:
            self.open_list(duty)
        elif notices:
            banner.dismiss()
            self._note(notices)
        elif self._engine_silent:
            self._engine_noted = True
            duty.say(_("Noted. The status bar stays red until the engine beats again."))
        elif not banner.uncover():  # a message of ours lay over it: only what was read is acknowledged
            duty.say(_("Nothing waits for an acknowledgement."))
        self._tell_title()

    def put_away(self, notices: Sequence[NoticeRow]) -> None:
        """Escape: what waits comes back with the next ring, the rest has been read.

        What is put away before it has rung was seen: its first ring is the one that reminds of it.
        """
        waiting = {notice.id for notice in notices} & self._open.keys()
        unheard = [one for one in self._alarms() if one.key in waiting and one.key not in self._budget.told]
        self._budget = self._budget.known(unheard, self._app.now)
        self._hidden |= waiting
        self._note([notice for notice in notices if notice.id not in waiting])

    def open_list(self, duty: DutyScreen) -> None:
        """The list of all notices; there each is acknowledged by itself."""
        from console.dialogs.notices import open_notices

        open_notices(self._app, duty)

    def note(self, notice: NoticeRow) -> None:
        """A notice is acknowledged in the list."""
        self._note([notice])
        if self._app.duty_screen is not None:
            self._show(self._app.duty_screen)

    def _note(self, notices: Sequence[NoticeRow]) -> None:
        """Record who acknowledged; until it is written, it goes on waiting. What was raised here is noted here."""
        for notice in notices:
            if notice.id < ENGINE:
                self._noted_here[notice.id] = notice.at
                self._fallen_due.pop(notice.id, None)
        app, ids = self._app, [notice.id for notice in notices if notice.id > ENGINE]
        if not ids:
            return
        self._noting |= set(ids)

        def write() -> None:
            for number in ids:
                app.backend.notice_seen(number)

        async def record() -> None:
            try:
                await app.write(write)
            except Exception as error:  # noqa: BLE001 - whatever the store has, the duty screen stays open
                app.watch_store.failed(error)
                return
            finally:
                self._noting -= set(ids)
            self._forget(ids)
            self._tell_title()

        app.run_worker(record(), group="notice", exit_on_error=False)

    def _forget(self, ids: Collection[int]) -> None:
        for number in ids:
            self._waiting.pop(number, None)

    # ------------------------------------------------------------------------------------------- the terminal

    def close(self) -> None:
        """The console ends."""
        self.calls.give_title_back()

    def _count_words(self) -> str:
        amount = len(self._alarms())
        if amount and self._app.backend.signed_out:
            return f"! {_('zhihui')}"
        return _("! {n} zhihui").format(n=amount) if amount else _("zhihui")

    def _tell_title(self) -> None:
        self.calls.show_title(self._count_words())

    def _write(self, text: str) -> None:
        driver = self._app._driver
        if driver is not None and not driver.is_headless:
            driver.write(text)
