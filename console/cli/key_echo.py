"""`zhihui doctor --keys`: shows what arrives for a key, where a terminal keeps F-keys or chords for itself."""

from __future__ import annotations

import os
import re
import select
import termios
import tty

from console import output
from console.cli import words
from console.exit_codes import OK
from data.errors import BadInput

TOGETHER = 0.05
"""Seconds within which the bytes of one key come."""
_PLAIN = {b"\r": "Enter", b"\x1b": "Esc", b" ": "Space", b"\t": "Tab", b"\x7f": "Backspace"}
_CODES = {11: "F1", 12: "F2", 13: "F3", 14: "F4", 15: "F5", 17: "F6", 18: "F7", 19: "F8", 20: "F9", 21: "F10",
          23: "F11", 24: "F12", 1: "Home", 7: "Home", 4: "End", 8: "End", 5: "PageUp", 6: "PageDown",
          3: "Delete"}  # fmt: skip
_ENDS = {"A": "Up", "B": "Down", "C": "Right", "D": "Left", "H": "Home", "F": "End", "P": "F1", "Q": "F2", "R": "F3",
         "S": "F4"}  # fmt: skip


def echo_keys(keyboard: int) -> int:
    """Show each key until q or Ctrl+C; gives the exit code. Raises BadInput without a terminal."""
    if not os.isatty(keyboard):
        raise BadInput("keys-terminal", "检查按键需要终端。", "Keys are tested in a terminal.")
    output.say_line(words.explain("请逐个按键，q 结束。", "Press keys one by one; q ends."))
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard, termios.TCSANOW)
        while (heard := _one_key(keyboard)) not in (b"", b"q", "ｑ".encode()):
            output.say_line(f"{name_of(heard):<12} {heard.decode('utf-8', 'replace')!a}")
            output.flush()
    except KeyboardInterrupt:
        pass
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)
    return OK


def _one_key(keyboard: int) -> bytes:
    """The bytes of one key; empty when the terminal has gone."""
    output.flush()
    heard = os.read(keyboard, 64)
    while select.select([keyboard], [], [], TOGETHER)[0] and len(heard) < 64:
        piece = os.read(keyboard, 64)
        if not piece:
            break
        heard += piece
    return heard


def name_of(heard: bytes) -> str:
    """What a key is called; `?` when we do not know such bytes."""
    if heard in _PLAIN or heard == b"\n":
        return _PLAIN.get(heard, "Enter")
    if len(heard) == 1 and heard < b" ":
        return f"Ctrl+{chr(heard[0] + 64)}"
    text = heard.decode("utf-8", "replace")
    if text.isprintable():
        return text
    if linux := re.fullmatch(r"\x1b\[\[([A-E])", text):
        return f"F{ord(linux[1]) - 64}"
    if coded := re.fullmatch(r"\x1b\[(\d+)(?:;\d+)?~", text):
        return _CODES.get(int(coded[1]), "?")
    if ended := re.fullmatch(r"\x1b(?:O|\[)(?:1;\d+)?([A-Z])", text):
        return _ENDS.get(ended[1], "?")
    return f"Alt+{text[1]}" if len(text) == 2 else "?"
