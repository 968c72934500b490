"""Matter cards (事项卡): for each matter what it is, what to ask, the first safety step, who does what and by when.

Derived from the catalogue, the lists, the policy and the plans. What those do not say (the safety step, more questions,
English) is a text of its own, for a matter or for a whole category: a shipped one, or the centre's own in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.catalogue.fields import Fields, Problems, doubles
from core.catalogue.model import LIMIT_KINDS, CatalogueVersion, MatterEntry
from core.catalogue.plans import plans_of
from core.catalogue.sources import SHIPPED, parse_toml, read_bytes
from core.catalogue.stored import (
    Rows,
    newest_bodies,
    routes_of,
    stored_catalogue,
    stored_lists,
    stored_policy,
    targets_of,
)
from core.rules.budgets import Budget
from core.rules.contingency import Contingency
from core.rules.lists import TIER_LISTS, Lists, Subject, certificate_of, duty_of, duty_words, refusal_of_tier
from core.rules.policy import UPWARD_FORMS, Policy
from data.terms import AffairKind, ClockKind, Grade, Tier, Urgency

KIND = "card"
MAX_CARDS = 2_000
_KEYS = ("matter", "ask", "ask_en", "safety", "safety_en", "note", "note_en")
SEVERAL = ("ask", "ask_en")


@dataclass(frozen=True)
class CardText:
    """What somebody wrote for the card of a matter, or for those of a category."""

    matter: str
    ask: tuple[str, ...] = ()
    ask_en: tuple[str, ...] = ()
    safety: str = ""
    safety_en: str = ""
    note: str = ""
    note_en: str = ""
    label: str = ""
    """The version as its author wrote it."""


@dataclass(frozen=True)
class CardPart:
    """A part of a card: its name for programs, its title and its lines, in Chinese and English."""

    name: str
    zh: str
    en: str
    lines_zh: tuple[str, ...]
    lines_en: tuple[str, ...]

    def title(self, language: str) -> str:
        """What the part is called."""
        return self.en if language == "en" else self.zh

    def lines(self, language: str) -> tuple[str, ...]:
        """What it says."""
        return self.lines_en if language == "en" else self.lines_zh


@dataclass(frozen=True)
class Card:
    """The card of a matter; parts that say nothing are left out."""

    matter: MatterEntry
    parts: tuple[CardPart, ...]

    def title(self, language: str) -> str:
        """The matter's code and name."""
        name = self.matter.name_en or self.matter.name if language == "en" else self.matter.name
        return f"{self.matter.code} {name}"


@dataclass(frozen=True)
class Sources:
    """What cards are made from, as it stands at a centre. `routes` and `units` are those of `find.route`."""

    catalogue: CatalogueVersion
    lists: Lists
    policy: Policy
    plans: Mapping[str, Contingency]
    texts: Mapping[str, CardText]
    routes: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]
    """The open posts and forces: name and English name by code."""


def sources_of(rows: Rows, centre_id: int) -> Sources:
    """The newest of everything at a centre. Raises NotFound for one without catalogue or policy."""
    return Sources(
        stored_catalogue(rows, centre_id),
        stored_lists(rows, centre_id),
        stored_policy(rows, centre_id),
        plans_of(rows, centre_id),
        texts_of(rows, centre_id),
        routes_of(rows, centre_id),
        targets_of(rows, centre_id),
    )


def card_of(found: Sources, matter: MatterEntry) -> Card:
    """The card of a matter."""
    line = found.catalogue.line(matter.category)
    text = next((found.texts[code] for code in (matter.code, *line) if code in found.texts), CardText(matter.code))
    plans = [plan for plan in found.plans.values() if not plan.off and {matter.code, *line} & set(plan.matters)]
    plans.sort(key=lambda plan: (matter.code not in plan.matters, plan.code))
    parts = (
        _what(found, matter),
        CardPart("safety", "先保安全", "First safety step", _said(text.safety), _said(text.safety_en or text.safety)),
        _asking(matter, text),
        _hands(found, matter),
        _limits(matter),
        _upward(found.policy, plans),
        _listed(found, matter, line),
        CardPart("plan", "预案", "Plan", *_both([(f"{plan.code} {plan.name}", f"{plan.code} {plan.title('en')}")
                                                for plan in plans])),
        CardPart("note", "说明", "Note", _said(text.note), _said(text.note_en or text.note)),
    )  # fmt: skip
    return Card(matter, tuple(part for part in parts if part.lines_zh or part.lines_en))


def _what(found: Sources, matter: MatterEntry) -> CardPart:
    urgency, affair = Urgency(matter.urgency), AffairKind(matter.affair)
    paths = [found.catalogue.path(matter.category, language) for language in ("zh", "en")]
    lines = [
        (paths[0], paths[1]),
        (f"{urgency.zh}，{affair.zh}", f"{urgency.en}, {affair.en}"),
        (matter.work, matter.work),
    ]
    if matter.confidential:
        lines.append(("保密", "confidential"))
    return CardPart("what", "是什么", "What it is", *_both(lines))


def _asking(matter: MatterEntry, text: CardText) -> CardPart:
    """The catalogue's questions, then those of the text; in English those of the text, which has the translation."""
    zh = tuple(dict.fromkeys([*matter.ask, *text.ask]))
    return CardPart("ask", "要问的", "Questions to ask", zh, text.ask_en or zh)


def _hands(found: Sources, matter: MatterEntry) -> CardPart:
    def named(code: str) -> tuple[str, str]:
        own = found.routes.get(code, code)
        if own not in found.units:
            return f"{own}（本中心未设）", f"{own} (not set up here)"
        zh, en = found.units[own]
        return f"{own} {zh}", f"{own} {en or zh}"

    lead_zh, lead_en = named(matter.lead)
    lines = [(f"主办 {lead_zh}", f"lead {lead_en}")]
    lines += [(f"协办 {zh}", f"assisting {en}") for zh, en in map(named, matter.assist)]
    return CardPart("hands", "谁办", "Who", *_both(lines))


def _limits(matter: MatterEntry) -> CardPart:
    lines = []
    for limit in matter.limits:
        given = [(ClockKind(kind), Budget.parse(limit[kind], zero=True)) for kind in LIMIT_KINDS if limit.get(kind)]
        zh = "，".join(f"{kind.zh} {budget.label('zh')}" for kind, budget in given)
        en = ", ".join(f"{kind.en} {budget.label('en')}" for kind, budget in given)
        lines.append((f"{limit['when']}：{zh}", f"{limit.get('when_en') or limit['when']}: {en}"))
    return CardPart("limits", "时限", "Limits", *_both(lines))


def _upward(policy: Policy, plans: Sequence[Contingency]) -> CardPart:
    """What the first plan's grade owes; without a plan nothing is owed until somebody grades the incident."""
    graded = next((plan for plan in plans if plan.grade in policy.upward), None)
    if graded is None:
        return CardPart("upward", "信息报送", "Reports upward", (), ())
    grade, owed = Grade(graded.grade), policy.upward[graded.grade]
    lines = [(f"{grade.zh}（预案 {graded.code}）", f"{grade.en} (plan {graded.code})")]
    for kind in UPWARD_FORMS.values():
        if kind in owed.limits:
            budget = Budget.parse(owed.limits[kind], zero=True)
            lines.append((f"{kind.zh} {budget.label('zh')}", f"{kind.en} {budget.label('en')}"))
    return CardPart("upward", "信息报送", "Reports upward", *_both(lines))


def _listed(found: Sources, matter: MatterEntry, line: tuple[str, ...]) -> CardPart:
    if not found.lists.entries:
        return CardPart("lists", "清单", "Lists", (), ())
    subject = Subject(matter.code, matter.name, matter.name_en, line)
    duty = duty_of(found.lists, subject)
    lines = [duty_words(duty) if duty is not None else ("三级责任清单未列", "on none of the responsibility lists")]
    for tier in (tier for tier in TIER_LISTS if tier != Tier.MICRO_GRID):
        stop = refusal_of_tier(found.lists, subject, tier)
        lines.append(
            (f"可下派{tier.zh}", f"may go down to a {tier.en}") if stop is None else (stop.zh, stop.en)
        )  # fmt: skip
    certificate = certificate_of(found.lists, subject)
    if certificate is not None:
        zh, en = certificate.kind.zh, certificate.kind.en
        lines.append((f"{zh}：{certificate.name}", f"{en}: {certificate.label('en')}"))
    return CardPart("lists", "清单", "Lists", *_both(lines))


def _both(lines: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(zh for zh, _ in lines if zh), tuple(en for _, en in lines if en)


def _said(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


# ------------------------------------------------------------------------------------------------ the texts


def shipped_file() -> Path:
    """The texts that come with the product: proposals of our own, by category and for the gravest matters."""
    return SHIPPED / "catalogue" / "cards.toml"


@cache
def shipped_texts() -> Mapping[str, CardText]:
    """The same by code of a matter or category."""
    return {card.matter: card for card in read_cards(shipped_file())}


def texts_of(rows: Rows, centre_id: int) -> dict[str, CardText]:
    """The texts of a centre: its own, and the shipped ones that it has none of its own for."""
    own = [_of_body(body, label) for body, _version, label in newest_bodies(rows, centre_id, KIND)]
    return {**shipped_texts(), **{card.matter: card for card in own}}


def read_cards(path: Path) -> list[CardText]:
    """The texts of a TOML file: `version`, then `[[card]]`. Raises BadInput with every mistake, or NotFound."""
    problems = Problems()
    file = Fields(parse_toml(read_bytes(path), path.name), path.name, problems, ("version", "card"))
    label = file.text("version", longest=40)
    cards = [
        _card(Fields(row, f"{path.name}: card {row.get('matter', number)!s:.40}", problems, _KEYS), label)
        for number, row in file.rows("card", MAX_CARDS)
    ]
    for code in doubles([card.matter for card in cards if card.matter]):
        problems.add(code, "编码重复", "this code is there twice")
    if not cards and not problems.found:
        problems.add(path.name, "没有任何事项卡", "there is no card")
    problems.raise_any("card-content")
    return cards


def card_body(card: CardText) -> dict[str, Any]:
    """A text as plain values, as it is stored; its label stands beside it."""
    values = {name: value for name, value in asdict(card).items() if name != "label"}
    return {name: list(value) if name in SEVERAL else value for name, value in values.items()}


def cards_toml(cards: Sequence[CardText], version: str) -> str:
    """Texts as one file that `read_cards` takes."""
    import tomli_w

    rows = [{name: value for name, value in card_body(card).items() if value} for card in cards]
    return tomli_w.dumps({"version": version, "card": rows}, multiline_strings=False)


def _of_body(body: Mapping[str, Any], label: str) -> CardText:
    values: dict[str, Any] = {name: tuple(body[name]) if name in SEVERAL else body[name] for name in _KEYS}
    return CardText(label=label, **values)


def _card(row: Fields, label: str) -> CardText:
    return CardText(
        row.text("matter", longest=20),
        row.texts("ask"),
        row.texts("ask_en"),
        row.text("safety", "", longest=300),
        row.text("safety_en", "", longest=300),
        row.text("note", "", longest=500),
        row.text("note_en", "", longest=500),
        label,
    )
