"""The list guards: what may be sent down to a community or grid, and which certificates are not to be issued.

Domain rows 1-19 to 1-23: each tier answers for the matters on its own lists, and the centre turns the others away. The
rules look at the matter of a ticket and, for certificates, at its words; values in, values out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.terms import ListKind, Tier

TIER_LISTS: dict[Tier, tuple[ListKind, ...]] = {
    Tier.COMMUNITY: (ListKind.COMMUNITY,),
    Tier.GRID: (ListKind.COMMUNITY, ListKind.GRID),
    Tier.MICRO_GRID: (ListKind.COMMUNITY, ListKind.GRID),
}
"""The tiers below the centre, with the lists of what may be sent down to them; a grid works for its community."""

DUTIES = (ListKind.STREET_DUTY, ListKind.STREET_ASSIST, ListKind.DISTRICT_LED)
CERTIFICATES = (ListKind.CERTIFICATE, ListKind.NO_CERTIFICATE)


@dataclass(frozen=True)
class ListEntry:
    """A row of a list. `matters` are codes of matters or categories; `words` are what a certificate is called."""

    kind: ListKind
    code: str
    name: str
    name_en: str = ""
    matters: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    lead: str = ""
    """Who leads, where it is not the street: a district department."""
    says: str = ""
    """What the list says to do instead."""
    says_en: str = ""
    basis: str = ""
    """The document that it rests on."""

    def label(self, language: str) -> str:
        """What it is called."""
        return self.name_en or self.name if language == "en" else self.name

    def advice(self, language: str) -> str:
        """What the list says to do instead; may be empty."""
        return self.says_en or self.says if language == "en" else self.says


@dataclass(frozen=True)
class Lists:
    """The lists of a centre in one version; without entries nothing is stopped."""

    version: str = ""
    entries: tuple[ListEntry, ...] = ()

    def of(self, *kinds: ListKind) -> list[ListEntry]:
        """The rows of some lists, in order."""
        return [entry for entry in self.entries if entry.kind in kinds]


NO_LISTS = Lists()


@dataclass(frozen=True)
class Subject:
    """What is looked for on the lists: a matter with the categories above it, and the words of the report."""

    matter: str = ""
    name: str = ""
    name_en: str = ""
    categories: tuple[str, ...] = ()
    text: str = ""

    def is_on(self, entry: ListEntry) -> bool:
        """Whether a row names this matter, or a category above it."""
        return bool(self.matter) and (self.matter in entry.matters or any(c in entry.matters for c in self.categories))

    def label(self, language: str) -> str:
        """The matter in words."""
        return (self.name_en or self.name if language == "en" else self.name) or self.matter


class Stop(NamedTuple):
    """Why something is stopped, in both languages, and the row that says so, where one does."""

    code: str
    zh: str
    en: str
    entry: ListEntry | None = None


def duty_of(lists: Lists, subject: Subject) -> ListEntry | None:
    """The row of the three responsibility lists that a matter is on; one that names it alone before a category's."""
    found = [entry for entry in lists.of(*DUTIES) if subject.is_on(entry)]
    return next((entry for entry in found if subject.matter in entry.matters), found[0] if found else None)


def duty_words(entry: ListEntry) -> tuple[str, str]:
    """Who leads and who assists by a row of the responsibility lists, in Chinese and English."""
    if entry.kind == ListKind.STREET_DUTY:
        return "镇街法定职责", "the street's statutory duty"
    lead_zh, lead_en = (f"（{entry.lead}）", f" ({entry.lead})") if entry.lead else ("", "")
    if entry.kind == ListKind.STREET_ASSIST:
        return f"区级主责{lead_zh}、镇街配合", f"the district leads{lead_en}, the street assists"
    return f"区级主责{lead_zh}", f"the district's own duty{lead_en}"


def certificate_of(lists: Lists, subject: Subject) -> ListEntry | None:
    """The certificate that a report asks for, on the one list or the other: the longest name wins.

    A ticket without a matter is known by its words alone.
    """
    said = plain(subject.text)
    hits = [
        (len(word), entry)
        for entry in lists.of(*CERTIFICATES)
        if not subject.matter or not entry.matters or subject.is_on(entry)
        for word in map(plain, entry.words)
        if word and word in said
    ]
    return max(hits, key=lambda hit: hit[0])[1] if hits else None


def refusal_of_certificate(lists: Lists, subject: Subject) -> Stop | None:
    """A certificate that is not to be issued is refused with what the list says, not sent to anybody."""
    entry = certificate_of(lists, subject)
    if entry is None or entry.kind != ListKind.NO_CERTIFICATE:
        return None
    zh = f"“{entry.name}”在{entry.kind.zh}（{entry.code}），不应出具" + _more("：", entry.says)
    en = f"{entry.label('en')} is on the list of certificates not to be issued ({entry.code})"
    return Stop("certificate-not-issued", zh, en + _more(": ", entry.advice("en")), entry)


def refusal_of_tier(lists: Lists, subject: Subject, tier: Tier) -> Stop | None:
    """Why a matter may not be sent down to a tier: it is on the negative list, or on no list of that tier.

    A tier whose lists are empty takes everything that is not on the negative list; tiers from the centre up take all.
    """
    own = TIER_LISTS.get(tier)
    if own is None:
        return None
    zh, en = subject.label("zh"), subject.label("en")
    for entry in lists.of(ListKind.NEGATIVE):
        if subject.is_on(entry):
            zh = f"“{zh}”在{entry.kind.zh}（{entry.code} {entry.name}），不得下派{tier.zh}" + _more("：", entry.says)
            en = f"{en} is on the negative list ({entry.code} {entry.label('en')}): not for a {tier.en}"
            return Stop("list-negative", zh, en + _more("; ", entry.advice("en")), entry)
    listed = lists.of(*own)
    if not listed or any(subject.is_on(entry) for entry in listed) or _may_be_issued(lists, subject):
        return None
    if not subject.matter:
        return Stop(
            "list-no-matter",
            f"事项未定，不能对照清单下派{tier.zh}，请先研判",
            f"no matter is chosen, and so none is on a list of the {tier.en}: assess it first",
        )
    names_zh, names_en = "、".join(kind.zh for kind in own), ", ".join(kind.en for kind in own)
    return Stop(
        "list-off",
        f"“{zh}”不在{names_zh}内，不得下派{tier.zh}",
        f"{en} is on no list of a {tier.en} ({names_en})",
    )


def first_stop(lists: Lists, subject: Subject, tiers: Iterable[Tier]) -> Stop | None:
    """The first thing that stops a ticket from being sent to hands of some tiers, or None."""
    stop = refusal_of_certificate(lists, subject)
    return stop or next((found for tier in tiers if (found := refusal_of_tier(lists, subject, tier))), None)


def below_everywhere(lists: Lists, subject: Subject) -> Stop | None:
    """What stops a ticket from being sent down at all: nobody below the centre may have it."""
    stops = [refusal_of_tier(lists, subject, tier) for tier in TIER_LISTS]
    return stops[0] if all(stops) else None


def plain(text: str) -> str:
    """Text as it is compared: full-width letters, capitals and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def doubled_words(lists: Lists) -> Sequence[str]:
    """Names of certificates that stand on both lists: nobody could say what holds."""
    issued, refused = ({plain(word) for entry in lists.of(kind) for word in entry.words} for kind in CERTIFICATES)
    return sorted(issued & refused)


def _may_be_issued(lists: Lists, subject: Subject) -> bool:
    entry = certificate_of(lists, subject)
    return entry is not None and entry.kind == ListKind.CERTIFICATE and bool(subject.matter)


def _more(sign: str, text: str) -> str:
    return sign + text.rstrip("。.") if text else ""
