"""What the terminal answers before the first screen, what is made of it, and that keys typed meanwhile are kept."""

from __future__ import annotations

import os
import pty
import termios
from collections.abc import Iterator, Mapping

import pytest

from console.terminal.legible import Reach
from console.terminal.opening import (
    NO_FONT,
    NO_UTF8,
    SILENT,
    Decision,
    decide,
    few_colours,
    refuse_without_terminal,
    setting,
)
from console.terminal.probe import Drawn, Probe, questions, taken_out
from data.errors import BadInput

UTF8 = {"TERM": "xterm-256color", "LANG": "zh_CN.UTF-8"}


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Two ends of a pseudo-terminal: the terminal's and the program's."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def test_answers_among_keys_are_taken_out_and_the_keys_kept() -> None:
    drawn, rest = taken_out("1\x1b[1;5R井\x1b[1;9R\x1b[B".encode())
    assert drawn == Drawn(4, 8)
    assert rest == "1井\x1b[B".encode()


def test_a_terminal_that_answers(terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    before = termios.tcgetattr(theirs)
    probe = Probe(theirs, theirs)
    probe.ask()
    assert os.read(ours, 4096) == questions()
    os.write(ours, "2\r\x1b[24;5R/堡\x1b[24;9R".encode())
    assert probe.listen(30) == Drawn(4, 8)
    assert probe.typed_ahead == "2\r/堡".encode()
    assert termios.tcgetattr(theirs) == before


def test_a_mute_terminal_costs_the_patience_and_keeps_the_keys(terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    times = iter([0.0, 0.0, 5.0, 5.0])
    probe = Probe(theirs, theirs, lambda: next(times))
    probe.ask()
    os.write(ours, b"12")
    assert probe.listen(0.3) == Drawn()
    assert probe.typed_ahead == b"12"
    assert probe.listen(0.3) == Drawn()  # only once


def test_the_questions_leave_nothing_on_the_line_and_hold_no_control_an_eight_bit_terminal_obeys() -> None:
    assert questions().endswith(b"\r\x1b[K")
    assert not set(questions()) & {0x90, 0x98, 0x9B, 0x9D, 0x9E, 0x9F}


@pytest.mark.parametrize(
    ("environment", "setting_", "drawn", "wanted"),
    [
        (UTF8, "auto", Drawn(4, 4), Decision()),
        (UTF8, "auto", Drawn(4, 8), Decision(Reach.SURE)),
        (UTF8, "auto", Drawn(4, 5), Decision(Reach.SURE)),
        (UTF8, "1", Drawn(4, 8), Decision()),
        (UTF8, "2", Drawn(4, 4), Decision(Reach.SURE)),
        (UTF8, "2", Drawn(), Decision(Reach.SURE)),
        (UTF8, "auto", Drawn(), Decision()),
        (UTF8, "auto", Drawn(6, 11), Decision(Reach.ASCII, False, NO_UTF8)),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, "auto", Drawn(4, 4), Decision(Reach.ASCII, True, NO_FONT)),
        ({"TERM": "vt100"}, "auto", Drawn(), Decision(Reach.ASCII, True, SILENT)),
        ({"TERM": "vt100"}, "auto", Drawn(4, 4), Decision(Reach.ALL, True)),
        ({"TERM": "vt100", "LANG": "zh_CN.UTF-8"}, "auto", Drawn(0, 0), Decision(Reach.ASCII, True, SILENT)),
        (UTF8, "auto", Drawn(0, 0), Decision()),
        ({"TERM": "xterm-256color"}, "auto", Drawn(), Decision()),
        ({"TERM": "xterm-256color", "LC_ALL": "POSIX", "LANG": "zh_CN.GBK"}, "auto", Drawn(), Decision()),
        (UTF8 | {"LC_CTYPE": "zh_CN.GB18030"}, "auto", Drawn(), Decision(Reach.ASCII, False, SILENT)),
        (UTF8 | {"LC_ALL": "en_US.ISO-8859-1@euro"}, "auto", Drawn(0, 0), Decision(Reach.ASCII, False, SILENT)),
        (UTF8 | {"LC_ALL": "zh_CN.utf8"}, "auto", Drawn(), Decision()),
        ({"TERM": "screen", "LANG": "C"}, "auto", Drawn(4, 4), Decision(Reach.ALL, True)),
    ],
)
def test_what_follows(environment: Mapping[str, str], setting_: str, drawn: Drawn, wanted: Decision) -> None:
    assert decide(environment, setting_, drawn) == wanted


def test_few_colours() -> None:
    assert all(few_colours({"TERM": term}) for term in ("vt100", "xterm", "screen", "linux"))
    assert few_colours({"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert not few_colours({"TERM": "tmux-256color"})
    assert not few_colours({"TERM": "xterm", "COLORTERM": "truecolor"})
    assert Decision(few_colours=True).theme("") == "sixteen"
    assert Decision(few_colours=True).theme("day") == "day"
    assert Decision().theme("") == ""


def test_settings_and_terminals_that_cannot_be() -> None:
    with pytest.raises(BadInput, match="ZHIHUI_AMBIGUOUS"):
        setting({"ZHIHUI_AMBIGUOUS": "wide"})
    with pytest.raises(BadInput, match="TERM"):
        refuse_without_terminal({"TERM": "dumb"})
