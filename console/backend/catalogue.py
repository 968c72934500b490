"""The matter catalogue and the policy as the screens need them: proposals, conditions with limits, ladder steps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from console.i18n import _, language
from console.intake_ports import Condition, MatterHit
from console.ports import Proposal
from core.catalogue.find import Match, choose_limit, match, route
from core.catalogue.model import CatalogueVersion, MatterEntry
from core.catalogue.propose import Proposed, duty_said, propose, stops_below
from core.catalogue.stored import newest_version, stored_catalogue, stored_lists
from core.rules.budgets import Budget
from core.rules.lists import NO_LISTS
from core.rules.policy import Policy
from data.errors import NotFound, Refusal
from data.pinyin import found_by, spelt
from data.queries.organisation import CentreLine
from data.reader import Reader
from data.terms import ClockKind, Tier

EMPTY = CatalogueVersion("", (), (), ())


class CatalogueReader:
    """The newest catalogue and policy of a centre, read again when the organisation's number moves."""

    def __init__(self, centre: CentreLine) -> None:
        self._centre = centre
        self._number = -1
        self._catalogue = EMPTY
        self._lists = NO_LISTS
        self._policy: Policy | None = None
        self._sections: Mapping[str, str] = {}
        self._targets: Mapping[str, str] = {}
        self._officers: Mapping[int, str] = {}

    def refresh(self, reader: Reader, number: int) -> None:
        """Read again if `number`, the organisation's, differs from the last one."""
        if number == self._number:
            return
        try:
            self._catalogue = stored_catalogue(reader.rows, self._centre.id)
        except NotFound:
            self._catalogue = EMPTY
        self._lists = stored_lists(reader.rows, self._centre.id)
        self._policy = _policy(reader, self._centre.id)
        units = reader.rows(
            "SELECT code, kind, name, name_en FROM unit WHERE centre_id = :centre AND closed_at IS NULL"
            " AND kind IN ('section', 'post', 'force', 'department', 'district')",
            centre=self._centre.id,
        )
        names = {code: name_en if language() == "en" and name_en else name for code, _kind, name, name_en in units}
        self._sections = {code: names[code] for code, kind, _name, _en in units if kind == "section"}
        self._targets = names
        self._officers = dict(
            reader.rows("SELECT id, name FROM officer WHERE centre_id = :centre", centre=self._centre.id)
        )
        self._number = number

    # ------------------------------------------------------------------------------------------- matters

    def hits(self, text: str, limit: int) -> list[MatterHit]:
        """What a text speaks of, best first; then, for a short text, matters with these words in their names."""
        found = [self._proposed(hit) for hit in match(text, self._catalogue.matters, self._catalogue.synonyms, limit)]
        known = {hit.code for hit in found}
        word = text.strip().lower()
        for matter in self._catalogue.matters:
            if len(found) >= limit:
                break
            named = word in matter.name or word in matter.name_en.lower() or spelt(matter.name, word)
            if matter.code not in known and word and named:
                found.append(self._plain(matter, text))
        return found[:limit]

    def names(self) -> list[tuple[str, str]]:
        """Code and name of each matter, in the user's language."""
        return [(matter.code, _name(matter)) for matter in self._catalogue.matters]

    def all_for(self, text: str, chosen: str) -> list[MatterHit]:
        """The whole catalogue: the matter chosen before, what a text speaks of, then the rest in its order."""
        first = self.hits(text, 8)
        known = {hit.code for hit in first}
        rest = [self._plain(matter, text) for matter in self._catalogue.matters if matter.code not in known]
        return sorted([*first, *rest], key=lambda hit: hit.code != chosen)

    def _proposed(self, hit: Match[MatterEntry]) -> MatterHit:
        return self._hit(hit.matter, hit.limit_no, hit.reason(language()))

    def _plain(self, matter: MatterEntry, text: str) -> MatterHit:
        return self._hit(matter, choose_limit(text, matter.limits, self._catalogue.synonyms)[0], "")

    def _hit(self, matter: MatterEntry, number: int, reason: str) -> MatterHit:
        english = language() == "en"
        return MatterHit(
            matter.code,
            _name(matter),
            self._sections.get(matter.section, matter.section),
            matter.urgency,
            ("; " if english else "、").join(matter.ask),
            tuple(condition(place, limit) for place, limit in enumerate(matter.limits)),
            number,
            reason,
            found_by(matter.code, matter.name, matter.name_en),
        )

    def matter_name(self, code: str) -> str:
        """The name of a matter; empty for an unknown one."""
        matter = next((item for item in self._catalogue.matters if item.code == code), None)
        return _name(matter) if matter is not None else ""

    def officer_name(self, number: int) -> str:
        """The name of an officer; empty for an unknown one."""
        return self._officers.get(number, "")

    # ------------------------------------------------------------------------------------------- routing

    def proposal(
        self, matter_code: str, text: str, codes: Mapping[str, int], tiers: Mapping[str, Tier] = MappingProxyType({})
    ) -> Proposal:
        """Where the catalogue sends a ticket of a matter, or of what its text speaks of, and why.

        `tiers` are those of the units below the centre, by code, where the lists are to be asked about them.
        """
        matter = next((item for item in self._catalogue.matters if item.code == matter_code), None)
        said, guessed, limit_no = "", "", 0
        if matter is None:
            best = match(text, self._catalogue.matters, self._catalogue.synonyms, 1)
            if not best:
                return Proposal(None, _("The report names no matter of the catalogue: choose a post, or assess first."))
            matter, limit_no = best[0].matter, best[0].limit_no
            guessed = matter.code
            said = _(" (not assessed yet; {why})").format(why=best[0].reason(language()))
        routes: Mapping[str, str] = self._centre.labels.get("routes", {})
        way = route(matter, routes, self._targets)
        reason = (way.en if language() == "en" else way.zh) + said
        stops = stops_below(self._lists, self._catalogue, matter, text)
        off_list = {
            code: stops[tier].en if language() == "en" else stops[tier].zh
            for code, tier in tiers.items()
            if tier in stops
        }
        duty = duty_said(self._lists, self._catalogue, matter, text)[language() == "en"]
        return Proposal(codes.get(way.lead), reason, way.lead, way.assist, duty, guessed, limit_no, off_list)

    def propose(self, ticket: Mapping[str, Any]) -> Proposed:
        """The steps that the catalogue proposes for a ticket."""
        return propose(ticket, self._catalogue, self._centre.labels.get("routes", {}), self._targets, self._lists)

    # ------------------------------------------------------------------------------------------- ladder

    def step_words(self, ladder_code: str, key: str) -> str:
        """What a step of a ladder does, in words."""
        ladder = self._policy.ladder(ladder_code) if self._policy is not None else None
        step = ladder.step(key.partition("#")[0]) if ladder is not None else None
        if step is None:
            return key
        doing = action_words(step.action)
        people = "/".join(target_name(target) for target in step.targets)
        return f"{doing} {people}" if language() == "en" else f"{doing}{people}"


def _name(matter: MatterEntry) -> str:
    """In the user's language."""
    return matter.name_en if language() == "en" and matter.name_en else matter.name


def condition(number: int, limit: Mapping[str, Any]) -> Condition:
    """A condition of a matter with its limits in words."""
    english = language() == "en"
    when = str(limit.get("when_en") or limit.get("when", "")) if english else str(limit.get("when", ""))
    parts = []
    for kind in (ClockKind.ARRIVE, ClockKind.MAKE_SAFE, ClockKind.FINAL):
        text = limit.get(kind.value)
        if text:
            parts.append(f"{kind.label(language())} {budget_words(str(text))}")
    return Condition(number, when, (", " if english else "，").join(parts))


def action_words(action: str) -> str:
    """What a rung of the ladder does."""
    return {"climb": _("up to"), "handup": _("hand up to")}.get(action, _("remind"))


def budget_words(text: str) -> str:
    """A stored limit in words; as it is when it cannot be read."""
    try:
        return Budget.parse(text).label(language())
    except Refusal:
        return text


def target_name(target: str) -> str:
    """Whom a rung of the ladder tells."""
    names = {
        "holder": _("the holder"),
        "post_a": _("post A"),
        "post_b": _("post B"),
        "section_a": _("section leader A"),
        "section_b": _("section leader B"),
        "duty_desk": _("the duty desk"),
        "shift_leader": _("the shift leader"),
        "duty_leader": _("the duty leader"),
        "commander": _("the commander"),
        "district": _("the district"),
    }
    return names.get(target, target)


def _policy(reader: Reader, centre: int) -> Policy | None:
    """The newest policy; None when there is none or it cannot be read."""
    version, _label, _digest = newest_version(reader.rows, centre, "policy")
    rows: Sequence[Sequence[Any]] = reader.rows(
        "SELECT body FROM catalogue WHERE centre_id = :centre AND kind = 'policy' AND version = :version",
        centre=centre,
        version=version,
    )
    if not rows:
        return None
    body = json.loads(rows[0][0]) if isinstance(rows[0][0], str) else rows[0][0]
    try:
        return Policy.from_dict(body, str(version))
    except Refusal:
        return None
