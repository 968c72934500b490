"""The backend on a real store: reads through light readers, one per thread, and the desk for what changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from console.backend.duty_asks import DutyAskBackend
from console.backend.emergency import do_for_centre, emergency_view, mode_view
from console.backend.handover import handover_shown, unsigned_handover
from console.backend.lists import ClockList, TicketList
from console.backend.notices import Notices, veiled
from console.backend.personal import PersonalBackend
from console.backend.places import places_in
from console.backend.rights import RightsBackend, rights_of
from console.backend.roster import RosterBackend, gaps_ahead
from console.backend.signing_in import SignInBackend
from console.backend.watch import WatchBackend
from console.backend.words import event_title, holder_text, not_signed, receipt_text, receipts_text
from console.emergency_ports import EmergencyView
from console.handover_ports import HandoverShown
from console.i18n import _, language
from console.intake_ports import FilterWord, MatterHit, OfficerRow, PlaceHit
from console.leader_ports import LeaderView
from console.lock_ports import LockState
from console.meeting_ports import AttendanceView, ComingMeeting
from console.plan_ports import NextStep, Plan, Step
from console.ports import (
    Choice,
    Counts,
    Heartbeat,
    NoticeRow,
    PostNode,
    Proposal,
    QueueProvider,
    QueueRow,
    Receipt,
    Status,
    TicketView,
)
from console.rights_ports import Rights
from console.widgets.columns import term
from core.desk.who_is_on import holders_now
from data.masking import mask_text
from data.pinyin import found_by, spelt
from data.queries import organisation, queue, tickets, timers
from data.queries.counted import Counted, counter
from data.queries.filters import Condition, parse
from data.queries.orders import ORDERS
from data.reader import Reader
from data.terms import ADMIN_ROLES, Role, Tier, UnitKind, Urgency

if TYPE_CHECKING:
    from console.backend.overview import OverviewReader
    from console.contingency_ports import ContingencyPort
    from console.overview_ports import OverviewView
    from console.review_ports import Replay
    from console.sensing_ports import SensingPort
    from console.tie_ports import Alike, Ties
    from core.accountability.review import ReviewView
    from core.clock import Clock
    from core.desk.desk import Possibility

COUNT_EVERY = 5
"""Seconds between two countings of late and soon tickets: they are counted in an index, not kept."""

NEAREST = 12
"""Deadlines shown for a leader."""


class StoreBackend(WatchBackend, DutyAskBackend, RosterBackend, RightsBackend, SignInBackend, PersonalBackend):
    """One centre of a store, for one console."""

    def __init__(
        self, url: str, clock: Clock, seconds: Callable[[], int], centre: str | None, officer: str | None
    ) -> None:
        """On a located URL; `centre` and `officer` are codes. Raises StoreTrouble or NotFound when there is nothing."""
        super().__init__(url, clock, seconds, centre, officer)
        self._known_overview: OverviewReader | None = None
        self._beat_seen: tuple[int, float] = (-1, 0.0)
        self._counted_for: tuple[object, float] = (None, 0.0)
        """Whoever acts, and in which session; and when it was."""
        self._counted = (Counted(0), Counted(0))
        self._rights = Rights()
        self._lock_state = LockState()
        self._officer_name = ("", "")
        """The acting officer as named, and the name."""
        self._noted = {}
        self._notices = Notices(self._calling_reader, self.centre.id, seconds)

    # ------------------------------------------------------------------------------------------- state

    def status(self, now: int) -> Status:
        reader, centre, officer = self._calling_reader(), self.centre, self.officer
        whose = (officer, self.origin)
        if self._counted_for[0] != whose or time.monotonic() - self._counted_for[1] >= COUNT_EVERY:
            self._counted = queue.late_and_soon(reader, centre.id, now)
            self._rights = rights_of(reader, centre.id, officer, now)
            self._lock_state = self.lock_state(now)
            self._counted_for = (whose, time.monotonic())
        name = centre.name_en if language() == "en" and centre.name_en else centre.name
        figures = Counts(counter(reader, centre.id, "open", "all"), *self._counted)
        mode = mode_view(reader, centre.id)
        unsigned, beat = unsigned_handover(reader, centre.id, now), self._heartbeat(reader, now)
        return Status(
            name, self._who(reader), centre.zone, figures, beat, mode, self._rights, unsigned, self._lock_state,
            gaps_ahead(reader, centre.id, now),
        )  # fmt: skip

    def _who(self, reader: Reader) -> str:
        """The acting officer's name."""
        officer = self.officer or ""
        if self._officer_name[0] != officer:
            found = organisation.officers(reader, self.centre.id)
            name = next((name for _id, code, name in found if officer in (code, name)), officer) if officer else ""
            self._officer_name = (officer, name)
        return self._officer_name[1]

    def _heartbeat(self, reader: Reader, now: int) -> Heartbeat:
        """Silence by our own steady clock: only a beat number that does not move counts, not the wall clock."""
        row = reader.one(
            "SELECT beat_no, beat_at, holder FROM lease WHERE centre_id = :centre AND name = 'engine'",
            centre=self.centre.id,
        )
        if row is None or not row[2]:
            return Heartbeat(None)
        number, seen_at = self._beat_seen
        if row[0] != number:
            first_look = number == -1
            behind = max(now - int(row[1]), 0) if first_look else 0
            self._beat_seen = (int(row[0]), time.monotonic() - behind)
            return Heartbeat(behind, str(row[2]))
        return Heartbeat(int(time.monotonic() - seen_at), str(row[2]))

    def change_mark(self) -> int:
        self._reader().change_mark()  # another file in the place of this one is noticed here
        return tickets.change_numbers(self._reader(), self.centre.id)[1]

    def newest_ticket(self) -> int:
        return tickets.newest_id(self._reader(), self.centre.id)

    def officers(self) -> Sequence[OfficerRow]:
        """Everybody who may act, those on shift now first; administrators do not act here."""
        held: dict[int, list[str]] = {}
        on_shift: dict[int, str] = {}
        apart: set[int] = set()
        for holder in holders_now(self._reader(), self.centre.id, self.seconds()):
            if holder.role in ADMIN_ROLES:
                apart.add(holder.officer_id)
            held.setdefault(holder.officer_id, []).append(f"{holder.unit_name}{holder.rank.upper()}")
            if holder.on_shift:
                on_shift[holder.officer_id] = term(Role, holder.on_shift, language())
            elif holder.kept:
                on_shift[holder.officer_id] = term(Role, holder.kept, language()) + not_signed()
        rows = []
        for number, code, name in organisation.officers(self._reader(), self.centre.id):
            if number in apart:
                continue
            posts = held.get(number, [])
            shown = _posts(on_shift.get(number, ""), posts)
            rows.append((number not in on_shift, OfficerRow(code, name, shown, found_by(code, name, *posts))))
        return [row for _off, row in sorted(rows, key=lambda pair: pair[0])]

    def act_as(self, officer: str) -> None:
        self.officer, self.signed_out = officer, False
        self._scoping.forget()

    # ------------------------------------------------------------------------------------------- lists

    orders: Sequence[str] = ORDERS

    def filter_words(self) -> Sequence[FilterWord]:
        from console.backend.filter_words import filter_words

        return filter_words(self.posts(), self._catalogue().names())

    def queue(self, words: str, order: str = "due") -> QueueProvider:
        return TicketList(self._reader, self.centre.id, holder_text, self._condition(words), order)

    def timers(self, words: str) -> QueueProvider:
        return ClockList(self._reader, self.centre.id, self._step_words, self._condition(words))

    def _condition(self, words: str) -> Condition:
        if not words.strip():
            return queue.EVERYTHING
        return parse(words, self.seconds(), self.centre.zone, self.officer, self._units_named)

    def _units_named(self, name: str) -> Sequence[str]:
        """Codes of the units that letters stand for, by pinyin or initials."""
        if not name.isascii():
            return ()
        units = self._reader().rows(
            "SELECT code, name FROM unit WHERE centre_id = :centre AND closed_at IS NULL", centre=self.centre.id
        )
        if any(name == code for code, _name in units):
            return ()
        return [code for code, called in units if spelt(called, name)]

    def review(self, ticket_id: int) -> ReviewView:
        from core.accountability.review import review_of

        return review_of(self._reader(), self.centre.id, ticket_id, self.seconds())

    def replay(self, ticket_id: int) -> Replay:
        from console.backend.reviews import TicketReplay
        from console.backend.tickets import TicketWords

        catalogue = self._catalogue()
        # Played on the screen's own thread: what is looked up must be there already.
        steps = catalogue.step_words
        words = TicketWords(holder_text, lambda ladder, key: steps(ladder, key) if key else "", catalogue.matter_name,
                            catalogue.officer_name)  # fmt: skip
        return TicketReplay(self._reader(), self.centre.id, ticket_id, words)

    def ticket(self, ticket_id: int) -> TicketView | None:
        from console.backend.tickets import ticket_view

        catalogue = self._catalogue()
        return ticket_view(
            self._reader(),
            self.centre.id,
            ticket_id,
            holder_text,
            self._step_words,
            catalogue.matter_name,
            catalogue.officer_name,
            self.seconds(),
            self.centre.zone,
        )

    def _step_words(self, ladder: str, key: str) -> str:
        return self._catalogue().step_words(ladder, key) if key else ""

    # ------------------------------------------------------------------------------------------- organisation

    def posts(self) -> Sequence[PostNode]:
        from console.backend.people import TREE_KINDS, post_tree

        reader, now = self._reader(), self.seconds()
        units = organisation.units(reader, self.centre.id, now, tuple(str(kind) for kind in TREE_KINDS))
        return post_tree(units, holders_now(reader, self.centre.id, now))

    def hands(self) -> Sequence[PostNode]:
        from console.backend.hands import HAND_KINDS, hand_nodes

        reader, now = self._reader(), self.seconds()
        units = organisation.units(reader, self.centre.id, now, tuple(str(kind) for kind in HAND_KINDS))
        people = holders_now(reader, self.centre.id, now)
        return hand_nodes(units, people, organisation.tagged(reader, self.centre.id))

    def proposal(self, ticket_id: int) -> Proposal:
        row = tickets.ticket(self._reader(), self.centre.id, ticket_id)
        if row is None:
            return Proposal(None, "")
        codes = dict(
            self._reader().rows(
                "SELECT code, id FROM unit WHERE centre_id = :centre AND closed_at IS NULL AND kind IN"
                " ('post', 'force', 'department', 'district')",
                centre=self.centre.id,
            )
        )
        below = {} if row["urgency"] == Urgency.EMERGENCY else self._tiers_below()
        return self._catalogue().proposal(row["matter_code"], f"{row['title']} {row['body']}", codes, below)

    def _tiers_below(self) -> dict[str, Tier]:
        """The tiers of the units below the centre, by code: an emergency goes to all of them, whatever lists say."""
        from core.desk.work import tier_of

        found = self._reader().rows(
            "SELECT code, kind FROM unit WHERE centre_id = :centre AND closed_at IS NULL"
            " AND kind IN ('community', 'grid', 'exclusive_grid', 'micro_grid')",
            centre=self.centre.id,
        )
        return {code: tier_of(kind) for code, kind in found}

    def leaders(self, now: int) -> Sequence[LeaderView]:
        from console.backend.decisions import to_decide
        from console.backend.people import leader_views, taken_over

        reader, centre = self._reader(), self.centre.id
        kinds = (UnitKind.CENTRE, UnitKind.SECTION, UnitKind.POST)
        units = organisation.units(reader, centre, now, tuple(str(kind) for kind in kinds))
        holders = holders_now(reader, centre, now)
        climbed, taken = organisation.climbed_to(reader, centre), taken_over(self._reader, self.centre.id, holders)
        return leader_views(
            holders,
            units,
            climbed,
            self._nearest,
            self._climbed_to,
            lambda held: [one for unit, one in taken if unit in held][:NEAREST],
            to_decide(self._reader(), centre, holders),
        )

    def overview(self, now: int) -> OverviewView:
        if self._known_overview is None:
            from console.backend.overview import OverviewReader

            self._known_overview = OverviewReader(self._reader, self.centre)
        return self._known_overview.read(now)

    def _nearest(self, units: Sequence[int]) -> Sequence[QueueRow]:
        """The nearest deadlines of what units have in hand, read unit by unit from an index; of all without units."""
        if not units:
            return self.queue("").after(None, NEAREST)
        rows: list[QueueRow] = []
        for unit in units:
            held = Condition("t.holder_unit_id = :unit", {"unit": unit})
            rows += TicketList(self._reader, self.centre.id, holder_text, held).after(None, NEAREST)
        return sorted(rows, key=lambda row: row.key)[:NEAREST]

    def _climbed_to(self, officer: int) -> Sequence[QueueRow]:
        """Open tickets whose ladder reached an officer, by deadline."""
        return TicketList(self._reader, self.centre.id, holder_text, organisation.climbed(officer)).after(None, NEAREST)

    # ------------------------------------------------------------------------------------------- plans

    def as_proposed(self, ticket_id: int) -> Plan:
        from console.backend.planning import proposed_plan

        row = tickets.ticket(self._reader(), self.centre.id, ticket_id)
        if row is None:
            return Plan((_("No ticket."),))
        posts = {post.code: post for post in self.posts() if post.target}
        return proposed_plan(self._catalogue().propose(row), posts)

    def undo_plan(self, code: str) -> Plan:
        from console.backend.planning import undo_lines
        from core.desk.undo_plan import undo_plan

        found = undo_plan(self.desk(), code, self.actor())
        units = {
            number: name
            for number, (_code, name) in organisation.unit_codes(
                self._reader(),
                self.centre.id,
                [*found.withdrawn, *found.again, *([found.unit_id] if found.unit_id else [])],
            ).items()
        }
        names = {code: name for _number, code, name in organisation.officers(self._reader(), self.centre.id)}
        return undo_lines(found, lambda unit: units.get(unit or 0, ""), names.get(found.by, found.by), self.centre.zone)

    def attendance(self, ticket_id: int) -> AttendanceView | None:
        from console.backend.meetings import attendance_view

        return attendance_view(self._reader(), self.centre.id, ticket_id, self.centre.zone)

    def coming_meetings(self) -> Sequence[ComingMeeting]:
        from console.backend.meetings import coming

        return coming(self._reader(), self.centre.id, self.seconds())

    def ties(self, ticket_id: int) -> Ties:
        from console.backend.ties import ties_of

        return ties_of(self._reader(), self.centre.id, ticket_id)

    def alike(self, values: Mapping[str, object]) -> Sequence[Alike]:
        from console.backend.ties import alike_of

        return alike_of(self._reader(), self.centre.id, values, self.seconds())

    def handover(self) -> HandoverShown:
        return handover_shown(self._reader(), self.centre.id, self.seconds(), self.officer)

    def ticket_number(self, code: str) -> int:
        return tickets.ticket_id(self._reader(), self.centre.id, code)

    def next_steps(self, limit: int) -> Sequence[NextStep]:
        lines = timers.next_steps(self._reader(), self.centre.id, limit)
        return [
            NextStep(line.at, line.code, mask_text(line.title), self._step_words(line.ladder, line.step))
            for line in lines
        ]

    # ------------------------------------------------------------------------------------------- catalogue

    def matters(self, text: str, limit: int) -> Sequence[MatterHit]:
        return self._catalogue().hits(text, limit)

    def matters_of(self, ticket_id: int) -> Sequence[MatterHit]:
        row = tickets.ticket(self._reader(), self.centre.id, ticket_id)
        if row is None:
            return []
        return self._catalogue().all_for(f"{row['title']} {row['body']}", row["matter_code"])

    def places(self, text: str, limit: int) -> Sequence[PlaceHit]:
        return places_in(self._reader(), self.centre.id, text, limit)

    # ------------------------------------------------------------------------------------------- notices

    def notices(self, after: int) -> Sequence[NoticeRow]:
        return self._veiled(self._notices.after(after, self.officer))

    def newest_notices(self, amount: int) -> Sequence[NoticeRow]:
        return self._notices.newest(amount, self.officer)

    def waiting_notices(self, ids: Collection[int]) -> frozenset[int]:
        return self._notices.waiting(ids)

    def fallen_due(self, since: int, now: int) -> Sequence[NoticeRow]:
        return self._veiled(self._notices.fallen_due(since, now, self.centre.zone, self.officer))

    def _veiled(self, rows: Sequence[NoticeRow]) -> Sequence[NoticeRow]:
        """While nobody is signed in, that something waits, and not what: a notice names its ticket."""
        return [veiled(row) for row in rows] if self.signed_out else rows

    def notice_seen(self, notice_id: int) -> None:
        from core.desk.seen import mark_seen

        mark_seen(self.desk(), notice_id, self.officer or "")

    # ------------------------------------------------------------------------------------------- the desk

    def do(self, verb: str, code: str, revision: int | None, values: Mapping[str, object], key: str) -> Receipt:
        from core.desk.orders import Report, read_order
        from core.desk.verbs.table import VERBS

        kind = Report if verb == "report" else VERBS[verb].order
        given = dict(values) if verb == "report" else {**values, "ticket": code}
        receipt = self.desk().do(read_order(kind, given), self.actor(), revision, key)
        text = receipt_text(receipt.ticket, verb, receipt.stage)
        if receipt.opened:
            text = _("Sweep {code} is started").format(code=receipt.opened)
        return Receipt(receipt.ticket_id, receipt.ticket, receipt.revision, text)

    def do_all(self, code: str, revision: int | None, steps: Sequence[Step], key: str) -> Receipt:
        from core.desk.orders import read_order
        from core.desk.verbs.table import VERBS

        orders = [read_order(VERBS[verb].order, {**values, "ticket": code}) for verb, values in steps]
        receipt = self.desk().do_all(orders, self.actor(), revision, key)[-1]
        text = receipts_text(receipt.ticket, [verb for verb, _values in steps], receipt.stage)
        return Receipt(receipt.ticket_id, receipt.ticket, receipt.revision, text)

    @property
    def plans(self) -> ContingencyPort:
        from console.backend.contingency import StorePlans

        return StorePlans(self.desk, self._reader, self.centre.id, self.centre.zone)

    @property
    def sensing(self) -> SensingPort:
        from console.backend.sensing import StoreSensing

        return StoreSensing(self.desk, self.actor, self._reader, self.centre.id, self.centre.zone, self.seconds)

    def emergency(self) -> EmergencyView:
        return emergency_view(self._reader(), self.centre.id)

    def centre_do(self, verb: str, values: Mapping[str, object], key: str) -> str:
        return do_for_centre(self.desk(), self.actor(), verb, values, key)

    def possible(self, code: str) -> Sequence[Choice]:
        return [_choice(item) for item in self.desk().possible(code, self.actor())]

    def possible_each(self, ticket_ids: Sequence[int]) -> Mapping[int, Sequence[Choice]]:
        found = self.desk().possible_each(ticket_ids, self.actor())
        return {number: [_choice(item) for item in items] for number, items in found.items()}


def _choice(item: Possibility) -> Choice:
    """A verb with why it cannot be done now, in the user's language."""
    why = "" if item.why is None else item.why.en if language() == "en" else item.why.zh
    return Choice(item.verb.name, event_title(item.verb.name), item.allowed, why)


def _posts(shift: str, held: Sequence[str]) -> str:
    """What an officer is now, in words; somebody on shift is marked."""
    posts = " ".join(dict.fromkeys(held))
    return f"* {shift}  {posts}" if shift else posts
