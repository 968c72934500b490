"""What the intake form, the pickers and the filter prompt get from below: plain values; text is raw."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a matter, with its limits in words."""

    number: int
    when: str
    limits: str


@dataclass(frozen=True, slots=True)
class MatterHit:
    """A matter of the catalogue that fits what was typed; text in the user's language."""

    code: str
    title: str
    section: str = ""
    urgency: str = "normal"
    ask: str = ""
    """The information to ask the caller for."""
    conditions: tuple[Condition, ...] = ()
    proposed: int = 0
    """The condition that the text speaks of."""
    reason: str = ""
    """Why it is proposed; empty for one that merely exists."""
    found_by: str = ""
    """Code, pinyin and initials."""


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A unit of the street that fits a place that was typed."""

    id: int
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer who may act, with the posts held."""

    code: str
    name: str
    posts: str = ""
    found_by: str = ""
    """Code, pinyin and initials of the name and of the posts."""


@dataclass(frozen=True, slots=True)
class FilterWord:
    """Something that can stand in a filter: a flag, a field with its colon, or a field with a value."""

    text: str
    title: str
    """What it means, in the user's language."""
    detail: str = ""
    fields: tuple[str, ...] = ()
    """For a value: the names that its field goes by, in small letters."""
    names: tuple[str, ...] = ()
    """What finds it, in small letters: labels in both languages, codes, pinyin and initials."""
    aside: str = ""
    """Of a unit: who is on duty there."""

    @property
    def field(self) -> str:
        """The field that it is a value of; empty for flags and fields themselves."""
        return self.fields[0] if self.fields else ""
