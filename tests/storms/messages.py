"""What comes in during a storm: reports, some of them sent twice, some of them told again by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.bench.wording import BODY, STREETS, TITLES

AGAIN, ALIKE = 0.15, 0.15
"""Shares of what was sent before under the same key, and of what somebody else tells of once more."""
BACK = 400
"""How far back the first one of a double lies at most."""
FIRST_SIGN = 0x3500
SIGNS = 0x4DB0 - FIRST_SIGN
"""Each urgent report has a character of its own that nothing else on a screen has (CJK extension A)."""
NEW, SENT_AGAIN, TOLD_AGAIN = "new", "sent again", "told again"


@dataclass(frozen=True)
class Message:
    """One report on its way in."""

    place: int
    """Which one it is, from 0."""
    kind: str
    of: int
    """The place of the one that it is a double of; its own for a new one."""
    key: str
    sign: str
    """The character that shows an urgent one on a screen; empty for the others."""
    line: dict[str, Any]


def storm(amount: int, every: int, seed: str) -> Iterator[Message]:
    """So many messages by a seed, one in `every` an emergency."""
    dice = Random(f"storm:{seed}")
    said: list[Message] = []
    for place in range(amount):
        urgent = place % every == every // 2
        kind = NEW if urgent else dice.choices((NEW, SENT_AGAIN, TOLD_AGAIN), (1 - AGAIN - ALIKE, AGAIN, ALIKE))[0]
        earlier = _earlier(said, place, dice) if kind != NEW else None
        if earlier is None:
            made = _new(place, urgent, place // every)
        elif kind == SENT_AGAIN:
            made = Message(place, kind, earlier.place, earlier.key, "", earlier.line)
        else:
            made = _told_again(place, earlier)
        said.append(made)
        yield made


def _earlier(said: list[Message], place: int, dice: Random) -> Message | None:
    """One that came in not long ago and was new; None where there is none yet."""
    fresh = [one for one in said[max(0, place - BACK) :] if one.kind == NEW and not one.sign]
    return dice.choice(fresh) if fresh else None


def _new(place: int, urgent: bool, number: int) -> Message:
    sign = chr(FIRST_SIGN + number % SIGNS) if urgent else ""
    where = _where(place)
    key = f"storm-{place}"
    title = (
        f"{sign}{sign}急 {where}{TITLES[place % len(TITLES)]}" if urgent else f"{where}{TITLES[place % len(TITLES)]}"
    )
    line = {"verb": "report", "title": title, "body": BODY, "source": "phone", "community": "C01", "address": where,
            "key": key}  # fmt: skip
    return Message(place, NEW, place, key, sign, line | ({"urgency": "emergency"} if urgent else {}))


def _told_again(place: int, first: Message) -> Message:
    key = f"storm-{place}"
    said = str(first.line["title"])[:-2]
    line = {**first.line, "title": f"又有人反映{said}", "body": "", "key": key}
    return Message(place, TOLD_AGAIN, first.place, key, "", line)


def _where(place: int) -> str:
    at = place * 5 % 8 * 2
    return f"{STREETS[at : at + 2]}路{1000 + place}号"
