"""The terminal's answers never reach the app as keys, however they come; keys and pastes arrive as they were."""

from __future__ import annotations

import random

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from console.terminal.answers import ESCAPE_PATIENCE, LONGEST, PIECE_PATIENCE, Answers

KEYS = [
    "a",
    "堡",
    "1",
    "\x1b[B",
    "\x1b[5~",
    "\x1bOP",
    "\x1b[15~",
    "\r",
    "\x1b[1;5A",
    "[",
    "；",
    "R",
    "\x1b[13;2u",
    "7;9R",
]
OTHERS = [
    "\x1b[?62;22c",
    "\x1b[>0;276;0c",
    "\x1b[8;24;80t",
    "\x1b[48;24;80;480;800t",
    "\x1b[0n",
    "\x1b[?1u",
    "\x1b[?997;1n",
    "\x1b]11;rgb:1a1a/2b2b/3c3c\x1b\\",
    "\x1b]52;c;dG91Y2ggeDE=\x07",
    "\x1bP>|xterm(370)\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
]
"""Answers to what the console never asked."""
PASTES = ["\x1b[200~春晖路88号[24;5R\x1b[201~"]


def answer(dice: random.Random) -> str:
    return f"\x1b[{dice.randint(1, 200)};{dice.randint(1, 400)}R"


def keys_of(text: str) -> list[tuple[str, str | None]]:
    """What Textual makes of an input stream."""
    return [_told(event) for event in XTermParser().feed(text)]


def _told(event: object) -> tuple[str, str | None]:
    if isinstance(event, events.Key):
        return event.key, event.character
    if isinstance(event, events.Paste):
        return "paste", event.text
    return type(event).__name__, None


@pytest.mark.parametrize("seed", range(40))
def test_random_streams_in_random_pieces(seed: int) -> None:
    """Also in the middle of a paste; never in the middle of a key, where no terminal would write."""
    dice = random.Random(seed)
    typed, stream, asked = "", "", 0
    for _ in range(60):
        part = dice.choice(PASTES if dice.random() < 0.1 else KEYS)
        typed += part
        if part in PASTES:
            middle = dice.randint(6, len(part) - 6)
            stream += part[:middle] + answer(dice) + part[middle:]
            asked += 1
        else:
            stream += part
        if dice.random() < 0.5:
            stream += answer(dice)
            asked += 1
        if dice.random() < 0.3:
            stream += dice.choice(OTHERS)
    answers, left, found, now = Answers(), "", 0, 0.0
    while stream:
        size = dice.randint(1, 9)
        piece, stream = stream[:size], stream[size:]
        text, amount = answers.feed(piece, now)
        now += dice.random() * ESCAPE_PATIENCE * 0.9
        left += text + answers.overdue(now)
        found += amount
    left += answers.overdue(now + PIECE_PATIENCE)
    assert (found, left) == (asked, typed), f"seed {seed}"
    assert keys_of(left) == keys_of(typed)


def test_a_lone_escape_is_the_key_after_a_tenth_of_a_second() -> None:
    answers = Answers()
    assert answers.feed("\x1b", 5.0) == ("", 0)
    assert answers.overdue(5.0 + ESCAPE_PATIENCE / 2) == ""
    assert answers.overdue(5.01 + ESCAPE_PATIENCE) == "\x1b"
    assert answers.overdue(9.0) == ""


def test_an_answer_that_stalls_in_the_middle_is_still_one() -> None:
    answers = Answers()
    assert answers.feed("x\x1b[24", 0.0) == ("x", 0)
    assert answers.overdue(PIECE_PATIENCE * 0.9) == ""
    assert answers.feed(";80Ry", PIECE_PATIENCE * 0.9) == ("y", 1)


def test_an_answer_whose_beginning_was_taken_for_escape_types_nothing() -> None:
    answers = Answers()
    answers.feed("\x1b", 0.0)
    assert answers.overdue(0.2) == "\x1b"
    assert answers.feed("[24;80Rj", 0.9) == ("j", 1)


def test_what_only_begins_like_an_answer_is_handed_on() -> None:
    answers = Answers()
    assert answers.feed("\x1b[2", 0.0) == ("", 0)
    assert answers.feed("4~", 0.01) == ("\x1b[24~", 0)
    assert answers.feed("\x1b[", 1.0) == ("", 0)
    assert answers.overdue(1.0 + PIECE_PATIENCE) == "\x1b["


def test_a_string_without_an_end_is_given_up_and_a_long_one_takes_no_memory() -> None:
    """Alt and a bracket begin like one: they are keys after a while."""
    answers = Answers()
    assert answers.feed("\x1b]11;", 0.0) == ("", 0)
    assert answers.overdue(PIECE_PATIENCE * 1.1) == "\x1b]11;"
    for piece in range(100):
        assert answers.feed("\x1b]52;c;" * (not piece) + "QUFB" * 1000, 5.0) == ("", 0)
        assert len(answers._held) <= LONGEST + 4000
    assert answers.feed("\x07j", 5.0) == ("j", 0)
