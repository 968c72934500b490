"""Contingency plans and matter cards in the store, for the screens, in the user's language. Text is masked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from console.contingency_ports import ActivePlanView, CardView, GapView, LineView, OfferView, PlansView, Step
from console.i18n import _, language
from data.masking import mask_text
from data.queries.tickets import ticket_id
from data.reader import Reader

if TYPE_CHECKING:
    from core.catalogue.cards import Sources
    from core.desk.contingency import ActiveView, Recommended
    from core.desk.desk import Desk
    from core.rules.contingency import Contingency, Gap

PLAN_EVENTS = frozenset({"activate_plan", "tick"})


class StorePlans:
    """The plans and cards of one centre."""

    def __init__(self, desk: Callable[[], Desk], reader: Callable[[], Reader], centre: int, zone: str) -> None:
        """The desk is heavy and is asked for when it is needed; readers belong to the thread that asks."""
        self._desk, self._reader, self._centre, self._zone = desk, reader, centre, zone

    # ------------------------------------------------------------------------------------------- plans

    def view(self, ticket: str) -> PlansView:
        from core.desk.contingency import Contingencies

        ticket_id(self._reader(), self._centre, ticket)
        plans = Contingencies(self._desk())
        active = tuple(self._active(one) for one in plans.active(ticket))
        return PlansView(active, tuple(_offer(one) for one in plans.recommend(ticket, everything=True)))

    def steps(self, ticket: str, plan: str, override: str = "") -> Sequence[Step]:
        from core.desk.contingency import Contingencies

        ticket_id(self._reader(), self._centre, ticket)
        orders = Contingencies(self._desk()).orders(ticket, plan, override=override)
        return [(order.verb, order.model_dump(exclude={"ticket"}, exclude_defaults=True)) for order in orders]

    def _active(self, one: ActiveView) -> ActivePlanView:
        from core.rules.contingency import called

        plan = one.plan
        since = f"{self._at(plan['at'])} {plan['by']}"
        return ActivePlanView(
            one.code,
            _title(plan),
            since,
            tuple(self._check(number, line, plan) for number, line in enumerate(plan["checks"], 1)),
            tuple(_question(number, line, plan) for number, line in enumerate(plan["questions"], 1)),
            _gaps(one.gaps, lambda name: called(plan, name, language())),
        )

    def _check(self, number: int, line: Mapping[str, Any], plan: Mapping[str, Any]) -> LineView:
        done = "done_at" in line
        return LineView(
            number, _text(line, plan), done, f"{self._at(line['done_at'])} {line['done_by']}" if done else ""
        )

    def _at(self, instant: int) -> str:
        from datetime import datetime
        from zoneinfo import ZoneInfo

        return datetime.fromtimestamp(instant, ZoneInfo(self._zone)).strftime("%H:%M")

    # ------------------------------------------------------------------------------------------- cards

    def card(self, matter: str) -> CardView | None:
        from core.catalogue.cards import sources_of

        return _card(sources_of(self._reader().rows, self._centre), matter)

    def card_of(self, ticket: str) -> CardView | None:
        from core.catalogue.cards import sources_of
        from core.catalogue.find import match

        row = self._reader().one(
            "SELECT matter_code, title, body FROM ticket WHERE centre_id = :centre AND code = :code",
            centre=self._centre,
            code=ticket,
        )
        if row is None:
            return None
        found = sources_of(self._reader().rows, self._centre)
        if row[0]:
            return _card(found, str(row[0]))
        hits = match(f"{row[1]} {row[2]}", found.catalogue.matters, found.catalogue.synonyms, 1)
        return _card(found, hits[0].matter.code) if hits else None


def plan_text(body: Mapping[str, Any]) -> str:
    """What an activation or a tick says in a ticket's history; a tick that was taken back says so."""
    if "line" not in body:
        return "; ".join([f"{body['plan']} {body['name']}", *body.get("missing", ())])
    said = _("{line}: taken back").format(line=body["line"]) if body.get("off") else str(body["line"])
    return f"{said}: {mask_text(body['answer'])}" if body.get("answer") else said


def plan_facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The active plans of a ticket's facts as label and value: how far each is."""
    if not any(key.startswith("plan.") for key in facts):
        return []
    from core.rules.contingency import active_plans  # brings the tables with it

    said = []
    for plan in active_plans(facts).values():
        done = sum("done_at" in line for line in plan["checks"])
        said.append(_("{plan}, {n} of {all} done").format(plan=_title(plan), n=done, all=len(plan["checks"])))
    return [(_("Plan"), "; ".join(said))]


def _card(found: Sources, code: str) -> CardView | None:
    from core.catalogue.cards import card_of

    matter = found.catalogue.matter(code)
    if matter is None:
        return None
    card, spoken = card_of(found, matter), language()
    return CardView(card.title(spoken), tuple((part.title(spoken), part.lines(spoken)) for part in card.parts))


def _offer(one: Recommended) -> OfferView:
    plan, spoken = one.fit.plan, language()
    hands = tuple(
        (standing.hand.part.label(spoken), standing.found.label(spoken))
        for standing in one.standings
        if standing.found is not None
    )
    return OfferView(
        plan.code,
        plan.title(spoken),
        one.fit.why(spoken),
        one.fit.points,
        hands,
        _gaps(one.gaps, lambda name: _meant(plan, name)),
        one.active,
        plan.version == 0,
    )


def _gaps(gaps: Iterable[Gap], name: Callable[[str], str]) -> tuple[GapView, ...]:
    spoken = language()
    return tuple(
        GapView(gap.code.value, gap.label(spoken), gap.code.label(spoken), name(gap.who) if gap.who else "")
        for gap in gaps
    )


def _meant(plan: Contingency, name: str) -> str:
    """Whom a plan means by the name of a hand."""
    hand = next((hand for hand in plan.hands if hand.name == name), None)
    return name if hand is None else hand.said[language() == "en"]


def _question(number: int, line: Mapping[str, Any], plan: Mapping[str, Any]) -> LineView:
    return LineView(number, _text(line, plan), "answer" in line, mask_text(line.get("answer", "")))


def _title(plan: Mapping[str, Any]) -> str:
    return str(plan["name_en"] or plan["name"] if language() == "en" else plan["name"])


def _text(line: Mapping[str, Any], plan: Mapping[str, Any]) -> str:
    """What a line says, and who sees to it where the plan says so."""
    from core.rules.contingency import called

    said = str(line.get("en") or line["zh"] if language() == "en" else line["zh"])
    return _("{line} ({who})").format(line=said, who=called(plan, line["by"], language())) if line.get("by") else said
