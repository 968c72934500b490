"""What the catalogue proposes for a ticket that is not sent out yet: accept, assess, dispatch, each with why.

A proposal, never a decision: an officer reads it and carries it out, or does something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalogue.find import match, route
from core.catalogue.model import CatalogueVersion, MatterEntry
from core.rules.lists import (
    NO_LISTS,
    TIER_LISTS,
    Lists,
    Stop,
    Subject,
    duty_of,
    duty_words,
    first_stop,
    refusal_of_certificate,
)
from data.terms import Stage, Tier

Step = tuple[str, Mapping[str, Any]]
"""A verb and the values of its order, without the ticket."""

TO_BE_SENT = frozenset({Stage.REPORTED, Stage.ACCEPTED, Stage.ASSESSED})


@dataclass(frozen=True)
class Proposed:
    """The steps that a proposal comes to; none where the catalogue has no proposal, and then `zh` and `en` say why."""

    steps: tuple[Step, ...]
    zh: str
    en: str
    matter: MatterEntry | None = None
    limit_no: int = 0
    found_zh: str = ""
    """Why this matter; empty where somebody had chosen it before."""
    found_en: str = ""
    lead: str = ""
    assist: tuple[str, ...] = ()
    duty_zh: str = ""
    """Who is responsible by the lists (区级主责、镇街配合), or why they stop it; empty where they say nothing."""
    duty_en: str = ""


def propose(
    ticket: Mapping[str, Any],
    catalogue: CatalogueVersion,
    routes: Mapping[str, str],
    units: Mapping[str, str],
    lists: Lists = NO_LISTS,
) -> Proposed:
    """The steps that take a ticket out, by the matter it has or that its text speaks of.

    `ticket` has stage, matter_code, limit_no, title and body; `routes` and `units` are those of `find.route`; `lists`
    say who is responsible.
    """
    stage = Stage(ticket["stage"])
    if stage not in TO_BE_SENT:
        return _none(
            f"{ticket['code']} 现在是“{stage.zh}”，不必再派单；改派请用转派",
            f"{ticket['code']} is {stage.en}: it needs no dispatch; to send it elsewhere, re-dispatch",
        )
    known = next((item for item in catalogue.matters if item.code == ticket["matter_code"]), None)
    matter, limit_no, found = known, int(ticket["limit_no"]), ("", "")
    if matter is None:
        hits = match(f"{ticket['title']} {ticket['body']}", catalogue.matters, catalogue.synonyms, 1)
        if not hits:
            return _none(
                "文中未提到目录事项，无法建议；请先研判事项，或直接选岗位派单",
                "the report names no matter of the catalogue: assess it first, or choose a post yourself",
            )
        matter, limit_no = hits[0].matter, hits[0].limit_no
        found = hits[0].reason("zh"), hits[0].reason("en")
    way = route(matter, routes, units)
    if not way.lead:
        return _none(way.zh.rstrip("。"), way.en.rstrip("."))
    return Proposed(
        tuple(_steps(stage, matter.code if known is None else "", limit_no, way.lead, way.assist)),
        way.zh, way.en, matter, limit_no, *found, way.lead, way.assist,
        *duty_said(lists, catalogue, matter, f"{ticket['title']} {ticket['body']}"),
    )  # fmt: skip


def duty_said(lists: Lists, catalogue: CatalogueVersion, matter: MatterEntry, text: str) -> tuple[str, str]:
    """What the lists say of a ticket of a matter, in Chinese and English; empty where they say nothing.

    That a certificate is not to be issued, else who leads and who assists.
    """
    subject = Subject(matter.code, matter.name, matter.name_en, catalogue.line(matter.category), text)
    stop, entry = refusal_of_certificate(lists, subject), duty_of(lists, subject)
    if stop is not None:
        return stop.zh, stop.en
    return duty_words(entry) if entry is not None else ("", "")


def stops_below(lists: Lists, catalogue: CatalogueVersion, matter: MatterEntry, text: str) -> dict[Tier, Stop]:
    """The tiers below the centre to which a ticket of a matter may not be sent, and why."""
    subject = Subject(matter.code, matter.name, matter.name_en, catalogue.line(matter.category), text)
    found = {tier: first_stop(lists, subject, [tier]) for tier in TIER_LISTS} if lists.entries else {}
    return {tier: stop for tier, stop in found.items() if stop is not None}


def _steps(stage: Stage, matter: str, limit_no: int, lead: str, assist: Sequence[str]) -> list[Step]:
    """What is still to be done; a matter that somebody chose is left as it is."""
    steps: list[Step] = []
    if stage == Stage.REPORTED:
        steps.append(("accept", {}))
    if matter:
        steps.append(("assess", {"matter": matter, "limit_no": limit_no}))
    steps.append(("dispatch", {"to": lead, "assist": list(assist)}))
    return steps


def _none(zh: str, en: str) -> Proposed:
    return Proposed((), zh, en)
