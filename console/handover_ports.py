"""What the screens need of the change of shift: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class UnsignedHandover:
    """A change of shift that has come and is not signed; `state` is a stored value of `HandoverState`."""

    number: int
    state: str
    change_at: int


@dataclass(frozen=True, slots=True)
class HandoverShown:
    """What the drawer shows. Names and notes are raw text, masked; the pack is as `make_pack` made it."""

    pack: Mapping[str, Any]
    step: str = ""
    """What the acting officer does next: pack, give or accept; empty where it is not theirs."""
    number: int | None = None
    """None for a pack that was not made: how it would be now."""
    state: str = ""
    people: tuple[tuple[str, str, int], ...] = ()
    """Who made, gave and signed it: (what, name, when)."""
    notes: tuple[tuple[str, str, str], ...] = ()
    """(ticket or nothing, words, officer)."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Act → why the acting officer cannot do it now, in the user's language."""
    why: str = ""
    """Why the acting officer does not do what comes next."""


class HandoverPort(Protocol):
    """Reading; the deeds are the centre's. Each may raise `data.errors.Refusal`."""

    def handover(self) -> HandoverShown:
        """The handover that is under way, or how one would look now."""
        ...

    def ticket_number(self, code: str) -> int:
        """The id of a ticket by its code."""
        ...
