"""Who stands behind the hands of a contingency plan, for one ticket at one instant, and what is missing for them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.desk.hands import Finder, Found, Hand, Person, refuse_centre
from core.desk.people import People, people_at
from core.desk.references import References, UnitView
from core.desk.work import tier_of
from core.rules.case import Case
from core.rules.contingency import Contingency, Gap, PlanHand
from core.rules.lists import Stop, Subject, first_stop
from data.errors import NotAllowed, Refusal
from data.plan_terms import Shortfall
from data.terms import Role, TaskRole, UnitKind, Urgency

LEADERS_OF_PLACE = {"secretary": Role.COMMUNITY_SECRETARY, "grid_head": Role.GRID_HEAD}
STRENGTH = (TaskRole.LEAD, TaskRole.ASSIST, TaskRole.INFORM)


@dataclass(frozen=True)
class Standing:
    """A hand of a plan as it stands at the centre: who it is, if anybody, and what is missing, if anything."""

    hand: PlanHand
    found: Found | None = None
    gap: Gap | None = None


class Roll:
    """Who stands behind a plan's hands, for one ticket at one instant."""

    def __init__(self, case: Case, refs: References, at: int, urgency: Urgency, matter: str = "") -> None:
        """`matter` is the one that the ticket will have, where it has none yet; `at` in epoch seconds."""
        self.case, self.refs, self.at, self.urgency = case, refs, at, urgency
        self._finder = Finder(refs, at)
        self._known: People | None = None
        self._lists = refs.lists()
        self._subject = self._list_subject(matter or case.ticket.matter_code)

    def _list_subject(self, code: str) -> Subject:
        text = f"{self.case.ticket.title} {self.case.ticket.body}"
        if not code or not self._lists.entries:
            return Subject(text=text)
        matter = self.refs.matter(code, self.case.ticket.matter_version or None)
        return Subject(matter.code, matter.name, matter.name_en, self.refs.categories(matter), text)

    @property
    def _people(self) -> People:
        if self._known is None:
            self._known = people_at(self.refs.connection, self.refs.centre_id, self.at)
        return self._known

    def standings(self, plan: Contingency, override: bool = False) -> list[Standing]:
        """The hands of a plan; who is meant twice has one part, the stronger, and is asked for both.

        With `override` nobody is left out for the lists.
        """
        found: dict[tuple[int, int | None], Standing] = {}
        missing: list[Standing] = []
        for hand in sorted(plan.hands, key=lambda hand: STRENGTH.index(hand.part)):
            one = self._standing(hand, override)
            if one.found is None:
                missing.append(one)
                continue
            earlier = found.get(one.found.key)
            found[one.found.key] = one if earlier is None else _joined(earlier, one)
        return [*found.values(), *missing]

    def _standing(self, hand: PlanHand, override: bool) -> Standing:
        try:
            found = self._found(hand)
        except _Missing as missing:
            return Standing(hand, None, missing.gap)
        stop = None if override or hand.part is TaskRole.INFORM else self._stop(found)
        if stop is not None:
            return Standing(hand, None, Gap(Shortfall.LIST_STOPS, hand.name, stop.zh, stop.en))
        return Standing(hand, found, self._unstaffed(hand, found))

    def _stop(self, found: Found) -> Stop | None:
        """What the lists say against this hand; an emergency goes down whatever they say."""
        if self.urgency == Urgency.EMERGENCY:
            return None
        return first_stop(self._lists, self._subject, [tier_of(found.unit.kind)])

    def _found(self, hand: PlanHand) -> Found:
        if hand.by == "role":
            return self._in_role(hand)
        if hand.by == "place":
            return self._at_place(hand)
        code = self.refs.routes().get(hand.name, hand.name)
        try:
            unit = self.refs.unit_by_code(code)
            refuse_centre(unit)
        except Refusal as error:
            if hand.by == "force":
                raise _Missing(
                    Shortfall.FORCE_NOT_LINKED, hand.name, f"没有联动力量 {code}", f"no linked force {code}"
                ) from error
            raise _Missing(
                Shortfall.NO_SUCH_UNIT, hand.name, f"本中心没有 {code}", f"this centre has no {code}"
            ) from error
        return Found(hand.part, unit, instruction=hand.asked)

    def _in_role(self, hand: PlanHand) -> Found:
        try:
            return self._finder.find(Hand(hand.part, duty=Role(hand.name), instruction=hand.asked))
        except NotAllowed as error:
            zh, en = error.zh.partition("，")[0], error.en.partition(":")[0]
            raise _Missing(Shortfall.NOBODY_ON_DUTY, hand.name, zh, en) from error

    def _at_place(self, hand: PlanHand) -> Found:
        """The ticket's community or grid; whoever leads it by name, or the whole of it while they are away."""
        ticket = self.case.ticket
        community = hand.name in ("community", "secretary")
        unit = self.refs.unit(ticket.community_id if community else ticket.grid_id)
        if unit is None or unit.closed_at is not None:
            kind = UnitKind.COMMUNITY if community else UnitKind.GRID
            raise _Missing(Shortfall.NO_PLACE, hand.name, f"事件未定位到{kind.zh}", f"the ticket names no {kind.en}")
        role = LEADERS_OF_PLACE.get(hand.name)
        person = self._leader_of(unit, role) if role is not None else None
        return Found(hand.part, unit, person, hand.asked)

    def _leader_of(self, unit: UnitView, role: Role) -> Person | None:
        held = [line for line in self._people.appointed if line.unit_id == unit.id and line.role == role]
        there = [line for line in held if line.officer_id not in self._people.away]
        return self._finder.person_of(there[0].officer_id) if there else None

    def _unstaffed(self, hand: PlanHand, found: Found) -> Gap | None:
        """Nobody holds the post, or nobody of it is there: it is tasked all the same, and its notices wait."""
        if found.person is not None:
            return None
        zh, en = found.label("zh"), found.label("en")
        here = {line.officer_id for line in self._people.appointed if line.unit_id == found.unit.id}
        if not here:
            return Gap(Shortfall.POST_VACANT, hand.name, f"{zh} 没有任何人员", f"nobody is appointed to {en}")
        if here <= self._people.away.keys():
            return Gap(Shortfall.NOBODY_ON_DUTY, hand.name, f"{zh} 无人在岗", f"nobody of {en} is on duty")
        return None


class _Missing(Exception):
    """A hand of a plan cannot be found."""

    def __init__(self, code: Shortfall, who: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.gap = Gap(code, who, zh, en)


def _joined(first: Standing, second: Standing) -> Standing:
    """One hand for two of a plan: a centre may look after two posts with one."""
    assert first.found is not None
    asked = "；".join(dict.fromkeys(part for part in (first.hand.asked, second.hand.asked) if part))
    times = {name: getattr(first.hand, name) or getattr(second.hand, name) for name in ("answer", "arrive")}
    hand = replace(first.hand, asked=asked, **times)
    return Standing(hand, replace(first.found, instruction=asked), first.gap)


def no_limits(plan: Contingency) -> Gap:
    """The ticket's policy says nothing of reports upward at the plan's grade."""
    zh, en = "政策没有该等级的报送时限", "the policy has no limits for reports of its grade"
    return Gap(Shortfall.NO_UPWARD_LIMITS, "", zh, en)
