"""How much may be under way to the terminal, and what happens when it answers late, never, or again."""

from __future__ import annotations

import pytest

from console.remote.site import ALIVE, MISSED
from console.terminal.line import LOCAL, REMOTE, choose
from console.terminal.link import LinkSign
from console.terminal.pacing import (
    ASK_AGAIN,
    GIVEN_UP,
    MUTE_AHEAD,
    MUTE_RATE,
    PATIENCE,
    QUESTION,
    STALLED,
    STILL_THERE,
    Pacer,
)
from data.errors import BadInput
from tests.console.pilots import speaking


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def made() -> tuple[Pacer, Clock]:
    clock = Clock()
    return Pacer(clock), clock


def answering() -> tuple[Pacer, Clock]:
    """A terminal that has answered once, after 300 ms."""
    pacer, clock = made()
    pacer.send(100)
    clock.pass_by(0.3)
    pacer.answered()
    return pacer, clock


def test_two_frames_go_ahead_and_more_while_they_are_small() -> None:
    pacer, _clock = answering()
    pacer.send(1500)
    assert pacer.may_send()
    pacer.send(500)
    assert pacer.may_send(), "2 kB are allowed in any number of frames"
    pacer.send(500)
    assert not pacer.may_send()
    pacer.answered()
    assert pacer.may_send()


def test_a_second_frame_may_follow_a_large_one_but_no_third() -> None:
    pacer, _clock = answering()
    pacer.send(9000)
    assert pacer.may_send()
    pacer.send(60)
    assert not pacer.may_send()


def test_on_a_line_that_stands_still_ticks_end_soon() -> None:
    """Else sshd, which only asks for its peer on a silent session, would never end it."""
    pacer, clock = answering()
    pacer.send(40)
    clock.pass_by(1)
    pacer.send(40)
    clock.pass_by(STALLED)
    for _second in range(300):
        assert not pacer.may_send()
        clock.pass_by(1)
    assert pacer.state == "waiting"
    pacer.answered(2)
    assert pacer.may_send()
    assert pacer.outage == (pytest.approx(303, abs=1), clock.now)


def test_a_terminal_that_never_answers_is_paced_by_time() -> None:
    pacer, clock = made()
    assert pacer.send(5000) == QUESTION
    pacer.send(5000)
    assert not pacer.may_send()
    clock.pass_by(PATIENCE + 0.1)
    assert pacer.may_send()
    assert pacer.state == "mute"
    assert pacer.send(6000) == "", "asked seconds ago"
    assert not pacer.may_send()
    assert pacer.wait() == pytest.approx(6000 / MUTE_RATE - MUTE_AHEAD)
    clock.pass_by(pacer.wait())
    assert pacer.may_send()


def test_a_mute_terminal_gets_no_more_than_its_line_carries() -> None:
    pacer, clock = made()
    pacer.send(10)
    clock.pass_by(PATIENCE + 1)
    sent = 0
    for _ in range(10_000):
        pacer.heard()
        if pacer.may_send():
            pacer.send(700)
            sent += 700
        clock.pass_by(0.01)
    assert sent == pytest.approx(100 * MUTE_RATE, rel=0.03)


def test_a_mute_terminal_at_which_nobody_types_leaves_sshd_its_silences() -> None:
    """sshd asks only after five seconds in which nothing was sent, and must have asked often enough within 45."""
    pacer, clock = made()
    pacer.send(10)
    began = last = clock.now
    silences = 0
    while silences < MISSED + 1:
        clock.pass_by(0.25)
        asked = pacer.remind()
        if asked or pacer.may_send():
            silences += clock.now - last >= ALIVE
            last = clock.now
            if not asked:
                pacer.send(60)
        assert clock.now - began < 45
    pacer.heard()
    clock.pass_by(MUTE_AHEAD)
    assert pacer.may_send(), "who types is answered at once"


def test_a_terminal_that_answered_before_the_first_frame_and_then_no_more_has_gone() -> None:
    """A line that is cut while the first screen comes; one that never answered anything tells nothing."""
    pacer, clock = made()
    pacer.believe()
    pacer.send(4000)
    assert GIVEN_UP <= second_given_up(pacer, clock, 1) <= 45
    silent, clock = made()
    silent.send(4000)
    assert second_given_up(silent, clock, 1) == 0


def test_keys_without_answers_show_that_the_terminal_is_mute() -> None:
    pacer, clock = answering()
    pacer.send(40)
    clock.pass_by(PATIENCE + 1)
    assert pacer.state == "waiting"
    pacer.heard()
    assert pacer.state == "mute"
    assert pacer.round_trip is None


def test_keys_soon_after_a_frame_show_nothing() -> None:
    pacer, clock = answering()
    pacer.send(40)
    pacer.heard()
    clock.pass_by(PATIENCE + 1)
    assert pacer.state == "waiting"


def test_a_mute_terminal_is_asked_again_on_a_screen_where_nothing_moves() -> None:
    pacer, clock = made()
    pacer.send(40)
    asked = 0
    for _second in range(20):
        clock.pass_by(1)
        pacer.heard()
        asked += bool(pacer.remind())
    assert asked == 4
    pacer.answered()
    assert pacer.state == "answering"


def test_it_recovers_when_answers_come_again() -> None:
    pacer, clock = made()
    pacer.send(40)
    clock.pass_by(PATIENCE + 1)
    assert pacer.state == "mute"
    clock.pass_by(ASK_AGAIN)
    assert pacer.send(40) == QUESTION
    pacer.answered()
    assert pacer.state == "answering"
    pacer.send(40)
    clock.pass_by(0.2)
    pacer.answered()
    assert pacer.round_trip == pytest.approx(0.2)


def test_a_lost_answer_blocks_for_seconds_only_and_a_late_one_does_no_harm() -> None:
    pacer, clock = answering()
    pacer.send(3000)
    pacer.send(3000)
    pacer.answered(5)
    assert pacer.may_send()
    pacer.send(3000)
    pacer.send(3000)
    clock.pass_by(PATIENCE + 1)
    pacer.heard()
    assert pacer.may_send()


def test_a_line_that_stands_still_is_asked_again_ever_more_seldom() -> None:
    """A single lost answer must not freeze the screen for good, and a dead line must fall silent."""
    pacer, clock = answering()
    pacer.send(40)
    pacer.send(40)
    asked = []
    for second in range(1, 400):
        clock.pass_by(1)
        if pacer.remind():
            asked.append(second)
    assert asked == [5, 13, 29, 61, 121, 181, 241, 301, 361]
    pacer.answered()
    assert pacer.may_send()
    assert not pacer.waiting_for


def second_given_up(pacer: Pacer, clock: Clock, frame_every: int = 0) -> int:
    """The second in which the line is given up; 0 when it is not within five minutes."""
    for second in range(1, 300):
        clock.pass_by(1)
        pacer.remind()
        if frame_every and second % frame_every == 0 and pacer.may_send():
            pacer.send(40)
        if pacer.gone:
            return second
    return 0


@pytest.mark.parametrize("frame_every", [0, 1, 7, 60])
def test_a_peer_that_is_gone_is_given_up_within_45_seconds(frame_every: int) -> None:
    """However much moves on the screen: sshd may not look, and its look is put off by whatever is sent."""
    pacer, clock = answering()
    assert GIVEN_UP <= second_given_up(pacer, clock, frame_every) <= GIVEN_UP + STILL_THERE <= 45


def test_a_terminal_that_answers_again_is_not_given_up() -> None:
    pacer, clock = answering()
    for _outage in range(5):
        pacer.send(40)
        for _second in range(int(GIVEN_UP) - 1):
            clock.pass_by(1)
            pacer.remind()
            assert not pacer.gone
        pacer.answered()
        assert not pacer.gone


def test_keys_or_a_terminal_that_never_answered_are_not_given_up() -> None:
    pacer, clock = made()
    pacer.send(40)
    assert second_given_up(pacer, clock, 1) == 0
    pacer, clock = answering()
    for _ in range(20):
        pacer.send(40)
        clock.pass_by(GIVEN_UP / 2)
        pacer.remind()
        pacer.heard()
        assert not pacer.gone
    assert pacer.state == "mute"
    assert GIVEN_UP <= second_given_up(pacer, clock, 1) <= GIVEN_UP + STILL_THERE, "it could answer, and keys ceased"


def test_a_console_that_was_stopped_itself_asks_first() -> None:
    pacer, clock = answering()
    pacer.send(40)
    clock.pass_by(3600)
    assert not pacer.gone
    assert pacer.remind() == QUESTION
    clock.pass_by(1)
    assert not pacer.gone
    pacer.answered()
    assert not pacer.gone


def test_a_line_on_which_nothing_moves_is_asked_now_and_then() -> None:
    pacer, clock = answering()
    asked = []
    for second in range(1, 61):
        clock.pass_by(1)
        if pacer.remind():
            asked.append(second)
            pacer.answered()
    assert asked == [11, 22, 33, 44, 55]


def test_the_round_trip_is_the_median_of_the_last_few() -> None:
    pacer, clock = made()
    for seconds in (9.0, 0.3, 0.32, 4.0, 0.31, 0.33):
        pacer.send(50)
        clock.pass_by(seconds)
        pacer.answered()
    assert pacer.round_trip == pytest.approx(0.32)


# ------------------------------------------------------------------------------------------- the sign


def answered_after(pacer: Pacer, clock: Clock, seconds: float, times: int = 5) -> None:
    for _ in range(times):
        pacer.send(50)
        clock.pass_by(seconds)
        pacer.answered()


def test_the_sign_changes_seldom_and_only_when_it_matters() -> None:
    with speaking("en"):
        pacer, clock = made()
        sign = LinkSign(pacer, clock)
        assert sign.text() == ""
        answered_after(pacer, clock, 0.321)
        assert sign.text() == "link 320 ms"
        answered_after(pacer, clock, 0.8)
        assert sign.text() == "link 320 ms", "too soon"
        clock.pass_by(5)
        assert sign.text() == "link 800 ms"
        answered_after(pacer, clock, 0.9)
        clock.pass_by(60)
        assert sign.text() == "link 800 ms", "not noticeably longer"
        answered_after(pacer, clock, 1.23)
        assert sign.text() == "link 1.2 s"


def test_the_sign_tells_of_outages_and_of_mute_terminals() -> None:
    with speaking("en"):
        pacer, clock = made()
        sign = LinkSign(pacer, clock)
        answered_after(pacer, clock, 0.05)
        assert sign.text() == "link 50 ms"
        pacer.send(40)
        clock.pass_by(12)
        assert sign.text() == "link lost 12 s"
        clock.pass_by(6)
        pacer.answered()
        assert sign.text() == "link lost 18 s", "the screen stood still for so long"
        clock.pass_by(20)
        answered_after(pacer, clock, 0.05)
        assert sign.text() == "link 50 ms"
        pacer.send(40)
        clock.pass_by(10)
        pacer.heard()
        assert sign.text() == "link ?"


# ------------------------------------------------------------------------------------------- which line it is


@pytest.mark.parametrize(
    ("wanted", "environment", "paced", "shown"),
    [
        ("", {}, False, False),
        ("", {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, True, True),
        ("", {"SSH_TTY": "/dev/pts/1"}, True, True),
        ("", {"SSH_TTY": "/dev/pts/1", "TMUX": "/tmp/tmux"}, True, False),
        ("slow", {}, True, True),
        ("fast", {"SSH_TTY": "/dev/pts/1"}, False, False),
        ("", {"ZHIHUI_LINE": "slow"}, True, True),
        ("auto", {"ZHIHUI_LINE": "slow"}, False, False),
    ],
)
def test_the_line_is_guessed_or_said(wanted: str, environment: dict[str, str], paced: bool, shown: bool) -> None:
    line = choose(wanted, environment)
    assert (line.paced, line.shows_link) == (paced, shown)
    assert line.seconds_below == (REMOTE if paced else LOCAL).seconds_below


def test_a_line_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadInput):
        choose("medium", {})
