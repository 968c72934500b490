"""Whatever a terminal types, the console goes on: what is no key says nothing, and the keys behind it do."""

from __future__ import annotations

import random

import pytest
from textual import events

from console.terminal import typed as module
from console.terminal.answers import Answers
from console.terminal.typed import HIGHEST, WIDEST, Typed, within

NO_KEYS = {
    "a number that is no character": "\x1b[99999999u",
    "a number beyond the last character": "\x1b[1114112u",
    "half of a pair": "\x1b[55296u",
    "a key without a number": "\x1b[::;::u",
    "a size and a mouse on it": "\x1b[48;0;0;0;0t\x1b[<0;5;5M",
    "a size that no machine has memory for": "\x1b[48;65535;65535;1;1t",
    "sizes that come in the band": "\x1b[?2048;1$y",
}


def keys_of(messages: object) -> list[str]:
    return [one.key for one in messages if isinstance(one, events.Key)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", NO_KEYS)
def test_what_is_no_key_says_nothing_and_the_next_key_is_there(what: str) -> None:
    typed = Typed()
    found = [*typed.feed(NO_KEYS[what]), *typed.feed("j")]
    assert keys_of(found) == ["j"]
    assert not [one for one in found if isinstance(one, events.Resize)]


def test_a_screen_is_drawn_as_far_as_screens_go() -> None:
    assert within(65535, 65535) == (WIDEST, HIGHEST)
    assert within(0, 0) == (1, 1)
    assert within(120, 36) == (120, 36)


def test_a_paste_without_an_end_takes_no_memory_and_one_that_fits_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PASTE", 1000)
    typed = Typed()
    assert list(typed.feed("\x1b[200~" + "x" * 600)) == []
    assert list(typed.feed("y" * 600)) == []
    assert list(typed.feed("z\x1b[201~")) == [], "dropped whole"
    assert keys_of(typed.feed("j")) == ["j"]
    (paste,) = (one for one in typed.feed("\x1b[200~" + "x" * 600 + "\x1b[201~") if isinstance(one, events.Paste))
    assert paste.text == "x" * 600


@pytest.mark.parametrize("seed", range(30))
def test_noise_ends_nothing(seed: int) -> None:
    """Bytes of escape sequences in any order; then a key, once the noise can be no part of it."""
    dice = random.Random(seed)
    noise = "".join(dice.choice("\x1b\x1b[[<>?;:$0123456789MmuRtyc~OPQ]_\\\x07ab\x00\x9b") for _ in range(3000))
    typed, answers, now = Typed(), Answers(), 0.0
    for at in range(0, len(noise), 100):
        list(typed.feed(answers.feed(noise[at : at + 100], now)[0]))
        now += 0.01
    list(typed.feed(answers.overdue(now + 5)))
    list(typed.feed("\x1b[201~\x18"))
    list(typed.overdue(at_once=True))
    assert keys_of(typed.feed("j")) == ["j"], f"seed {seed}"
