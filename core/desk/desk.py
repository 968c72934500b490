"""The desk: every change of a ticket goes through `Desk.do`, from the console, a command, an import or the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from core.clock import Clock
from core.desk.actor import Actor, Origin, find_actor
from core.desk.in_sight import case_for, seen_case, sees, sees_everything
from core.desk.keys import keep_key, used_key
from core.desk.ledger import Ledger
from core.desk.notices import CHANNELS_SETTING, notice_rows
from core.desk.numbers import next_code
from core.desk.orders import Join, Order, Report, TicketOrder
from core.desk.people import people_at
from core.desk.permissions import acts_for_unit, refusal_of_role
from core.desk.references import References
from core.desk.verbs import requests
from core.desk.verbs.guarding import stopped_by_lists
from core.desk.verbs.intake import decide_report
from core.desk.verbs.table import REPORT, TITLES, VERBS, Verb
from core.desk.verbs.undoing import NAMES_A_LEAD
from core.desk.verbs.undoing import refusal as refusal_of_undo
from core.desk.work import Decision, Work
from core.identity.sessions import require_live
from core.rules.alerts import refusal_without_device
from core.rules.case import Case
from core.rules.joining import final_due, refusal_over_joined
from core.rules.meetings import refusal_of_nothing, refusal_over_agreements
from core.rules.reviews import refusal_of_review
from core.rules.stages import refusal_of_lead, refusal_of_stage, refusal_of_tasks
from core.rules.why import Why
from data.errors import Conflict, NotAllowed, NotFound
from data.ids import new_id
from data.instants import to_seconds
from data.store import Store
from data.tables import Centre, Setting, Ticket, TicketEvent, table

HARMLESS = frozenset(
    {"note", "tick", "ask", "remind", "supervise", "link", "sweep", "engine_step", "mode", "report_up", "take_over"}
) | {
    *("convene", "put_off", "attend", "minutes", "publish", "consult", "collect", "conclude", "meeting_step"),
    *("name_readers", "review_open", "review_hold", "review_lesson", "review_follow_up", "review_conclude"),
}
"""Events that change nothing another officer decides on: a colleague's note or a step of the ladder, in between looking
at a ticket and acting on it, does not make the order stale."""


@dataclass(frozen=True)
class Receipt:
    """What came of an order."""

    ticket: str
    ticket_id: int
    verb: str
    revision: int
    event_no: int
    stage: str
    at: int
    replayed: bool = False
    """The idempotency key had been used: nothing was done again."""
    opened: str = ""
    """The code of another ticket that the order opened."""


@dataclass(frozen=True)
class Possibility:
    """A verb and whether it is possible now; `why` says why not."""

    verb: Verb
    why: Why | None

    @property
    def allowed(self) -> bool:
        """Whether it can be done now."""
        return self.why is None


class Desk:
    """The operations of one centre on one store."""

    def __init__(self, store: Store, clock: Clock, centre_id: int) -> None:
        """On an open store; see `open_desk` to find the centre."""
        self.store = store
        self.clock = clock
        self.centre_id = centre_id
        self.origin: Origin | None = None
        """How and from where whoever acts here came in, where that was proved."""

    def now(self) -> int:
        """The injected clock's time in epoch seconds."""
        return to_seconds(self.clock.now())

    def actor(self, code: str | None) -> Actor:
        """The officer who acts, with the roles held now. Raises BadInput or NotFound."""
        with self.store.read() as connection:
            require_live(connection, self.centre_id, self.origin, self.now())
            return replace(find_actor(connection, self.centre_id, code, self.now()), origin=self.origin)

    def do(self, order: Order, actor: Actor, seen: int | None = None, key: str | None = None) -> Receipt:
        """Carry out one order in one write transaction.

        `seen` is the revision the actor looked at; `key` an idempotency key: the same key with the same order does
        nothing and returns the first receipt. Raises a Refusal, and then nothing has changed.
        """
        return self.store.run(
            lambda connection: self.do_in(connection, order, actor, seen, key), repeatable=key is not None
        )

    def do_all(
        self, orders: Sequence[Order], actor: Actor, seen: int | None = None, key: str | None = None
    ) -> list[Receipt]:
        """Carry out several orders in one write transaction: all of them, or none; one event each.

        `seen` is the revision that the first order's ticket was looked at; the others build on it. With `key` the same
        orders again do nothing and return the first receipts. Raises the first Refusal, and then nothing has changed.
        """
        return self.store.run(
            lambda connection: self.do_all_in(connection, orders, actor, seen, key), repeatable=key is not None
        )

    def do_all_in(
        self,
        connection: Connection,
        orders: Sequence[Order],
        actor: Actor,
        seen: int | None = None,
        key: str | None = None,
    ) -> list[Receipt]:
        """`do_all` inside a write transaction that is already open."""
        refs = References(connection, self.centre_id)
        return [
            self.do_in(connection, order, actor, seen if part == 1 else None, key and f"{key}/{part}", refs)
            for part, order in enumerate(orders, 1)
        ]

    def rehearse(self, order: TicketOrder, actor: Actor) -> tuple[Case, Decision]:
        """The ticket as it is and what an order would change, without doing it. Raises what `do` would raise."""
        with self.store.read() as connection:
            ledger = Ledger(connection, self.centre_id, self.now(), reading=True)
            refs = References(connection, self.centre_id)
            verb = VERBS[order.verb]
            case = case_for(ledger, refs, order.ticket, actor, (verb.name, verb.zh, verb.en))
            _raise(self._refusal(verb, case, actor, refs))
            return case, verb.decide(Work(case, refs, ledger.moment(case), actor, ledger), order)

    def do_in(
        self,
        connection: Connection,
        order: Order,
        actor: Actor,
        seen: int | None = None,
        key: str | None = None,
        refs: References | None = None,
    ) -> Receipt:
        """`do` inside a write transaction that is already open: for imports and batches.

        `refs` of the same transaction may be handed in again and again: orders change nothing that they look up.
        """
        ledger = Ledger(connection, self.centre_id, self.now())
        earlier = used_key(connection, self.centre_id, key, order)
        if earlier is not None:
            return Receipt(**{**earlier, "replayed": True})
        refs = refs or References(connection, self.centre_id)
        receipt = (
            self._report(ledger, refs, order, actor)
            if isinstance(order, Report)
            else self._act(ledger, refs, order, actor, seen)
        )
        ledger.flush()
        if key:
            keep_key(connection, self.centre_id, key, order, asdict(receipt))
        return receipt

    def possible(self, code: str, actor: Actor) -> list[Possibility]:
        """Every verb with whether this actor can use it on the ticket now, and why not.

        Raises NotFound for a ticket that is not there or that the actor does not see.
        """
        with self.store.read() as connection:
            refs = References(connection, self.centre_id)
            case = seen_case(Ledger(connection, self.centre_id, self.now(), reading=True), refs, code, actor)
            return [Possibility(verb, self._why_not(verb, case, actor, refs)) for verb in VERBS.values()]

    def possible_each(self, ticket_ids: Sequence[int], actor: Actor) -> dict[int, list[Possibility]]:
        """`possible` for many tickets by id in one reading; what does not exist, or is not seen, is left out."""
        with self.store.read() as connection:
            ledger = Ledger(connection, self.centre_id, self.now(), reading=True)
            refs = References(connection, self.centre_id)
            return {
                case.ticket.id: [Possibility(verb, self._why_not(verb, case, actor, refs)) for verb in VERBS.values()]
                for case in ledger.cases(ticket_ids)
                if sees(ledger, refs, case, actor)
            }

    def _report(self, ledger: Ledger, refs: References, order: Report, actor: Actor) -> Receipt:
        if "import" not in actor.roles:
            _raise(refusal_of_role("report", *REPORT, actor, None, refs))
        self._refuse_known(ledger, refs, order, actor)
        case = ledger.new_case(new_id())
        case.ticket.urgency = order.urgency.value if order.urgency else "normal"
        work = Work(case, refs, ledger.now, actor, ledger)
        decision = decide_report(work, order, next_code(ledger, refs))
        receipt = self._record(ledger, work, "report", decision, None)
        if not order.join:
            return receipt
        joined = self._act(ledger, refs, Join(ticket=receipt.ticket, into=order.join), actor, None)
        return replace(joined, verb="report")

    def _refuse_known(self, ledger: Ledger, refs: References, order: Report, actor: Actor) -> None:
        """One report of another system makes one ticket; which one is told to those who see it."""
        if not order.external_id:
            return
        tickets = table(Ticket)
        row = ledger.connection.execute(
            select(tickets.c.code, tickets.c.id).where(
                tickets.c.centre_id == self.centre_id,
                tickets.c.origin == order.origin,
                tickets.c.external_id == order.external_id,
            )
        ).first()
        if row is None:
            return
        if sees_everything(actor) or sees(ledger, refs, ledger.cases([row.id])[0], actor):
            raise Conflict(
                "external-known",
                f"{order.origin} 的 {order.external_id} 已登记为 {row.code}。",
                f"{order.external_id} of {order.origin} is ticket {row.code} already.",
                ticket=row.code,
            )
        raise Conflict(
            "external-known",
            f"{order.origin} 的 {order.external_id} 已登记。",
            f"{order.external_id} of {order.origin} is on record already.",
        )

    def _act(self, ledger: Ledger, refs: References, order: Order, actor: Actor, seen: int | None) -> Receipt:
        if not isinstance(order, TicketOrder):
            raise TypeError(f"no verb for {type(order).__name__}")
        verb = VERBS[order.verb]
        case = case_for(ledger, refs, order.ticket, actor, (verb.name, verb.zh, verb.en))
        if seen is not None and seen != case.ticket.revision:
            self._refuse_stale(ledger.connection, case, seen)
        _raise(self._refusal(verb, case, actor, refs))
        work = Work(case, refs, ledger.moment(case), actor, ledger)
        decision = verb.decide(work, order)
        if acts_for_unit(verb.name, actor, case, refs) or (work.task is not None and not work.is_own(work.task)):
            decision.facts["by_desk"] = True
        return self._record(ledger, work, verb.name, decision, seen)

    def _refusal(self, verb: Verb, case: Case, actor: Actor, refs: References) -> Why | None:
        why = refusal_of_stage(verb.name, verb.zh, verb.en, case) or refusal_without_device(verb.name, case)
        if why is None:
            why = refusal_of_role(verb.name, verb.zh, verb.en, actor, case, refs)
        if why is None and verb.name in NAMES_A_LEAD:
            why = refusal_of_lead(case, actor.roles)
        if why is None and verb.name == "undo":
            why = refusal_of_undo(case, actor, refs, self.now(), TITLES)
        why = why or requests.refusal(verb.name, case, actor, refs)
        why = why or refusal_over_joined(verb.name, case) or refusal_of_tasks(verb.name, case)
        why = why or refusal_of_nothing(verb.name, case) or refusal_over_agreements(verb.name, case)
        return why or refusal_of_review(verb.name, case)

    def _why_not(self, verb: Verb, case: Case, actor: Actor, refs: References) -> Why | None:
        """What is known before it is said to whom, and as what matter, a ticket is to be sent."""
        return self._refusal(verb, case, actor, refs) or stopped_by_lists(verb.name, case, actor.roles, refs)

    def _record(self, ledger: Ledger, work: Work, verb: str, decision: Decision, seen: int | None) -> Receipt:
        """Append the event, queue the notices; then the events of other tickets that the same deed changed."""
        requests.lapse(verb, work, decision)
        if verb != "undo" and (due := final_due(work.case, decision.effects.clocks)) is not None:
            decision.effects.set["final_due_at"] = due
        body = {**decision.facts, "effects": decision.effects.as_dict()}
        number = ledger.append(work.case, verb, work.actor, body, work.at, seen)
        if decision.messages:
            self._queue(ledger, work, decision, number)
        for also in decision.also:
            self._record(ledger, also.work, also.verb, also.decision, None)
        ticket = work.case.ticket
        return Receipt(
            ticket.code,
            ticket.id,
            verb,
            ticket.revision,
            number,
            ticket.stage,
            work.at,
            opened=decision.facts.get("opened", ""),
        )

    def _queue(self, ledger: Ledger, work: Work, decision: Decision, number: int) -> None:
        channels = channels_of(ledger.connection, self.centre_id)
        by_role = any(message.role for message in decision.messages)
        people = people_at(ledger.connection, self.centre_id, work.at) if by_role else None
        for message in decision.messages:
            for row in notice_rows(message, people, self.centre_id, work.case.ticket.id, number, work.at, channels):
                ledger.notify(row)

    def _refuse_stale(self, connection: Connection, case: Case, seen: int) -> None:
        """Tell the second officer what the first one did, unless it changes nothing that they decide on."""
        events = table(TicketEvent)
        rows = connection.execute(
            select(events.c.kind, events.c.actor, events.c.seq)
            .where(events.c.centre_id == self.centre_id, events.c.ticket_id == case.ticket.id, events.c.seq > seen)
            .order_by(events.c.seq)
        ).all()
        if not rows:
            raise Conflict(
                "changed",
                f"{case.ticket.code} 没有版本 {seen}，现为 {case.ticket.revision}，请重新查看。",
                f"{case.ticket.code} has no revision {seen}, it is at {case.ticket.revision}. Look again.",
                ticket=case.ticket.code,
                seen=seen,
                revision=case.ticket.revision,
                changes=[],
            )
        if all(row.kind in HARMLESS for row in rows):
            return
        zh = "、".join(f"{row.actor} {VERBS[row.kind].zh if row.kind in VERBS else row.kind}" for row in rows[:5])
        en = ", ".join(f"{row.actor}: {row.kind}" for row in rows[:5])
        raise Conflict(
            "changed",
            f"{case.ticket.code} 已被他人更新（{zh}），现为“{case.stage.zh}”，请重新查看。",
            f"{case.ticket.code} was changed since you looked ({en}); it is now {case.stage.en}. Look again.",
            ticket=case.ticket.code,
            seen=seen,
            revision=case.ticket.revision,
            changes=[{"seq": row.seq, "verb": row.kind, "actor": row.actor} for row in rows],
        )


def open_desk(store: Store, clock: Clock, centre: str | None = None) -> Desk:
    """The desk of a centre named by code, or of the store's only centre. Raises NotFound."""
    with store.read() as connection:
        query = select(table(Centre).c.id, table(Centre).c.code).order_by(table(Centre).c.id)
        rows: Sequence[Any] = connection.execute(query).all()
    chosen = [row for row in rows if centre is None or row.code == centre]
    if not chosen:
        raise NotFound(
            "centre-missing",
            "还没有建立指挥中心，请先运行 zhihui org init。",
            "There is no command centre yet: run zhihui org init.",
        )
    if len(chosen) > 1:
        codes = ", ".join(row.code for row in chosen)
        raise NotFound(
            "centre-which", f"有多个中心，请用 --centre 指定：{codes}", f"Several centres, use --centre: {codes}"
        )
    return Desk(store, clock, chosen[0].id)


def channels_of(connection: Connection, centre_id: int) -> list[str]:
    """The channels that notices go out by: the console always, others as they are set up."""
    settings = table(Setting)
    row = connection.execute(
        select(settings.c.value).where(settings.c.centre_id == centre_id, settings.c.name == CHANNELS_SETTING)
    ).first()
    return ["console", *(row[0].get("names", []) if row else [])]


def _raise(why: Why | None) -> None:
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")
