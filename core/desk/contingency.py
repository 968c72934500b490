"""Contingency plans at a centre: which fit a ticket and why, the orders that activate one, and what is active."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.catalogue.find import match, route
from core.catalogue.model import MatterEntry
from core.catalogue.plans import find_plan, plans_of, refuse_withdrawn
from core.catalogue.stored import rows_of, stored_catalogue
from core.desk.contingency_orders import ActivatePlan
from core.desk.desk import Desk
from core.desk.hands import Hand
from core.desk.ledger import Ledger
from core.desk.orders import Accept, Dispatch, Order
from core.desk.plan_hands import Roll, Standing, no_limits
from core.desk.references import References
from core.rules.case import Case
from core.rules.contingency import Contingency, Fit, Gap, Subject, active_plans, fitting, open_gaps
from data.errors import NotAllowed
from data.plan_terms import Shortfall
from data.terms import Stage, TaskRole, Urgency

TO_BE_SENT = frozenset({Stage.REPORTED, Stage.ACCEPTED, Stage.ASSESSED})


@dataclass(frozen=True)
class Recommended:
    """A plan that fits a ticket, with its hands and what is missing for them."""

    fit: Fit
    standings: tuple[Standing, ...]
    gaps: tuple[Gap, ...]
    active: bool


@dataclass(frozen=True)
class Guess:
    """The matter that a ticket has, or that its text speaks of."""

    matter: MatterEntry | None
    limit_no: int
    chosen: bool


@dataclass(frozen=True)
class ActiveView:
    """An active plan of a ticket: its code, how it stands in the ticket's facts, and what it lacks now."""

    ticket: str
    code: str
    plan: Mapping[str, Any]
    gaps: tuple[Gap, ...]


# ------------------------------------------------------------------------------------------------ the centre's plans


class Contingencies:
    """The plans of one centre, beside its desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def plans(self) -> dict[str, Contingency]:
        """All plans by code."""
        with self.desk.store.read() as connection:
            return plans_of(rows_of(connection), self.desk.centre_id)

    def recommend(self, ticket: str, everything: bool = False) -> list[Recommended]:
        """The plans that fit a ticket, best first; with `everything` then all others. Raises NotFound."""
        now = self.desk.now()
        with self.desk.store.read() as connection:
            case = Ledger(connection, self.desk.centre_id, now, reading=True).case_by_code(ticket)
            refs = References(connection, self.desk.centre_id)
            plans = plans_of(rows_of(connection), self.desk.centre_id)
            guess = _guess(case, refs)
            found = fitting(plans.values(), _subject(case, refs, guess))
            if everything:
                known = {fit.plan.code for fit in found}
                found += [Fit(plan, ()) for plan in plans.values() if plan.code not in known and not plan.off]
            roll = _roll(case, refs, now, guess)
            active = active_plans(case.ticket.facts)
            return [
                Recommended(fit, *_standing_of(roll, fit.plan, case, refs), fit.plan.code in active) for fit in found
            ]

    def orders(self, ticket: str, named: str, lead: str = "", override: str = "") -> list[Order]:
        """What activates a plan on a ticket, from where it stands: all of it in one transaction, or nothing.

        A ticket that is not out yet is accepted and sent to the plan's lead; where the centre has none, to the
        catalogue's, or to `lead`. Raises NotFound, or NotAllowed where there is nobody to lead.
        """
        now = self.desk.now()
        with self.desk.store.read() as connection:
            case = Ledger(connection, self.desk.centre_id, now, reading=True).case_by_code(ticket)
            refs = References(connection, self.desk.centre_id)
            plan = find_plan(plans_of(rows_of(connection), self.desk.centre_id), named)
            refuse_withdrawn(plan)
            activate = ActivatePlan(ticket=ticket, plan=plan.code, override=override)
            if case.stage not in TO_BE_SENT:
                _refuse_another_lead(ticket, lead)
                return [activate]  # the desk says why, where it cannot be
            guess = _guess(case, refs)
            hand = Hand.read(lead, TaskRole.LEAD) if lead else _lead(plan, _roll(case, refs, now, guess), refs, guess)
        first: list[Order] = [Accept(ticket=ticket)] if case.stage == Stage.REPORTED else []
        new = guess.matter if not guess.chosen else None
        dispatch = Dispatch(
            ticket=ticket,
            to=hand.written,
            matter=new.code if new else "",
            limit_no=guess.limit_no if new else None,
            urgency=_urgency(case, guess) if new else None,
            override=override,
        )
        return [*first, dispatch, activate]

    def active(self, ticket: str) -> list[ActiveView]:
        """The plans that are active on a ticket, with what they lack now. Raises NotFound."""
        now = self.desk.now()
        with self.desk.store.read() as connection:
            case = Ledger(connection, self.desk.centre_id, now, reading=True).case_by_code(ticket)
            return _active(case, now)

    def active_everywhere(self) -> list[ActiveView]:
        """The plans that are active on open tickets."""
        now = self.desk.now()
        with self.desk.store.read() as connection:
            rows = rows_of(connection)(
                "SELECT id FROM ticket WHERE centre_id = :centre AND open = 1"
                " AND CAST(facts AS TEXT) LIKE '%\"plan.%' ORDER BY due_at, id",
                centre=self.desk.centre_id,
            )
            ledger = Ledger(connection, self.desk.centre_id, now, reading=True)
            return [view for case in ledger.cases([int(row[0]) for row in rows]) for view in _active(case, now)]


def _active(case: Case, now: int) -> list[ActiveView]:
    return [
        ActiveView(case.ticket.code, code, plan, tuple(open_gaps(case, plan, now)))
        for code, plan in active_plans(case.ticket.facts).items()
    ]


def _guess(case: Case, refs: References) -> Guess:
    catalogue = stored_catalogue(rows_of(refs.connection), refs.centre_id)
    ticket = case.ticket
    if ticket.matter_code:
        return Guess(catalogue.matter(ticket.matter_code), ticket.limit_no, True)
    hits = match(f"{ticket.title} {ticket.body}", catalogue.matters, catalogue.synonyms, 1)
    return Guess(hits[0].matter, hits[0].limit_no, False) if hits else Guess(None, 0, False)


def _urgency(case: Case, guess: Guess) -> Urgency:
    """The ticket's; where its matter is still to be set, that one's may raise it."""
    own = Urgency(case.ticket.urgency)
    if guess.matter is None or guess.chosen:
        return own
    order = list(Urgency)
    return min(own, Urgency(guess.matter.urgency), key=order.index)


def _roll(case: Case, refs: References, now: int, guess: Guess) -> Roll:
    return Roll(case, refs, now, _urgency(case, guess), guess.matter.code if guess.matter else "")


def _subject(case: Case, refs: References, guess: Guess) -> Subject:
    ticket, matter = case.ticket, guess.matter
    units = [refs.unit(number) for number in (ticket.grid_id, ticket.community_id)]
    return Subject(
        matter=matter.code if matter else "",
        matter_name=matter.name if matter else "",
        matter_name_en=matter.name_en if matter else "",
        categories=refs.categories(refs.matter(matter.code)) if matter else (),
        text=f"{ticket.title} {ticket.body} {ticket.address}",
        urgency=_urgency(case, guess).value,
        tags=tuple(dict.fromkeys(tag for unit in units if unit is not None for tag in unit.tags)),
        mode=refs.emergency_grade(),
    )


def _standing_of(
    roll: Roll, plan: Contingency, case: Case, refs: References
) -> tuple[tuple[Standing, ...], tuple[Gap, ...]]:
    standings = tuple(roll.standings(plan))
    gaps = [one.gap for one in standings if one.gap is not None]
    led = any(one.found is not None and one.hand.part is TaskRole.LEAD for one in standings)
    if not led and case.stage in TO_BE_SENT:
        gaps.append(
            Gap(Shortfall.NO_LEAD, "", "预案的主办找不到，按目录派", "the plan's lead is missing: the catalogue's")
        )
    if plan.grade and plan.grade not in refs.policy(case.ticket.policy_version or None).upward:
        gaps.append(no_limits(plan))
    return standings, tuple(gaps)


def _lead(plan: Contingency, roll: Roll, refs: References, guess: Guess) -> Hand:
    leads = (one for one in roll.standings(plan) if one.hand.part is TaskRole.LEAD)
    one = next((one for one in leads if one.found is not None), None)
    if one is not None and one.found is not None:
        person = one.found.person
        return Hand(
            TaskRole.LEAD,
            unit="" if person else one.found.unit.code,
            officer=person.code if person else "",
            instruction=one.hand.asked,
        )
    if guess.matter is not None:
        units: dict[str, str] = {unit.code: unit.name for unit in refs.posts_and_forces()}
        way = route(guess.matter, refs.routes(), units)
        if way.lead:
            return Hand(TaskRole.LEAD, unit=way.lead)
    raise NotAllowed(
        "plan-no-lead",
        f"{plan.name} 的主办在本中心找不到，请用 --to 指定主办。",
        f"The lead of {plan.title('en')} is not at this centre: name one with --to.",
        shortfall=Shortfall.NO_LEAD.value,
    )


def _refuse_another_lead(ticket: str, lead: str) -> None:
    """A plan changes no lead: an officer who names one must not believe that it was sent there."""
    if lead:
        raise NotAllowed(
            "plan-lead",
            f"{ticket} 已派出，启动预案不改主办；改派请用 ticket redispatch。",
            f"{ticket} is out: a plan leaves its lead as it is; ticket redispatch sends it elsewhere.",
        )
