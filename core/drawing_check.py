"""How the terminal really draws, by its own answers: how wide characters are, and whether frames appear whole."""

from __future__ import annotations

import os
import re
import select
import termios
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from data.findings import Finding

CHINESE = ("汉", "，", "：")
"""Two cells each, on the screens and on every terminal that has Chinese."""
AMBIGUOUS = ("│", "…", "●", "—", "①")
"""One cell each on the screens; Unicode leaves it open, and many Chinese terminals draw two."""
PROBES = (*((char, 2) for char in CHINESE), *((char, 1) for char in AMBIGUOUS))
PROBE_SECONDS = 0.6
_POSITION = re.compile(rb"\x1b\[(\d+);(\d+)R")
_MODE = re.compile(rb"\x1b\[\?2026;(\d)\$y")
_ATTRIBUTES = re.compile(rb"\x1b\[\?[\d;]*c")
_MODE_QUESTION = b"\x1b[?2026$p\x1b[c"
"""DECRQM of the mode, and what kind of terminal it is: that question all answer, so that nobody waits for the first."""


@dataclass(frozen=True)
class Drawing:
    """What the terminal answered: cells by probed character, empty without answers; whether it knows mode 2026."""

    cells: Mapping[str, int]
    whole_frames: bool = False


def drawing_findings(drawing: Drawing, multiplexed: bool) -> list[Finding]:
    """What the answers mean, of a terminal or of the `multiplexed` tmux or screen in it.

    The font itself tells nothing: a person has to look at it.
    """
    if not drawing.cells:
        return [
            Finding(
                "widths",
                "warn",
                "终端未回答光标位置，无法检查字符宽度。",
                "The terminal did not say where its cursor is: widths are unknown.",
                "可用 ZHIHUI_AMBIGUOUS=1 或 2 说明歧义字符的宽度。",
                "ZHIHUI_AMBIGUOUS=1 or 2 tells how wide ambiguous characters are.",
            ),
            font_finding(),
        ]
    found = [chinese_finding(drawing.cells), ambiguous_width_finding(drawing.cells), font_finding()]
    return [*found, whole_frames_finding(drawing.whole_frames, multiplexed)]


def chinese_finding(cells: Mapping[str, int]) -> Finding:
    """Chinese characters must take two cells; three are bytes of UTF-8, one is a terminal without wide characters."""
    wrong = _wrong(cells, CHINESE, 2)
    if not wrong:
        return Finding("widths", "ok", "中文字符占两格。", "Chinese characters take two cells.")
    return Finding(
        "widths",
        "bad",
        f"中文字符宽度不符（{wrong}，应为 2），各列会错位。",
        f"Chinese characters of another width ({wrong}; it should be 2): columns are sheared.",
        "请把终端的字符编码设为 UTF-8，并选用等宽中文字体，如 Noto Sans Mono CJK SC、文泉驿等宽微米黑。",
        "Set the terminal's encoding to UTF-8 and choose a monospaced Chinese font such as Noto Sans Mono CJK SC.",
    )


def ambiguous_width_finding(cells: Mapping[str, int]) -> Finding:
    """Ambiguous characters in two cells are replaced by the console; better the terminal draws them in one."""
    wrong = _wrong(cells, AMBIGUOUS, 1)
    if not wrong:
        return Finding("ambiguous-width", "ok", "歧义宽度字符占一格。", "Characters of ambiguous width take one cell.")
    return Finding(
        "ambiguous-width",
        "warn",
        f"歧义宽度字符画成两格（{wrong}），控制台会以其他字符代替。",
        f"Characters of ambiguous width take two cells ({wrong}): the console shows others instead.",
        "请在终端设置中把“东亚歧义宽度字符”改为窄（单格）；不能改时无须处理。",
        "Set characters of ambiguous width to narrow in the terminal; where that cannot be set, nothing needs doing.",
    )


def font_finding() -> Finding:
    """A sample to look at: a terminal without a Chinese font counts right and draws boxes."""
    return Finding(
        "font",
        "ok",
        "字体对照：井盖、堡坎、①②。若见空框或问号，或字形忽宽忽窄，终端缺少等宽中文字体。",
        "Look at the font: 井盖、堡坎、①②. Boxes, question marks or uneven letters: a Chinese font is missing.",
    )


def whole_frames_finding(known: bool, multiplexed: bool) -> Finding:
    """Synchronized output (mode 2026): the terminal shows a repainted screen at once, never half of it.

    tmux and screen compose the picture themselves, and hand it on at once where they know that the terminal can.
    """
    if known:
        return Finding(
            "whole-frames", "ok", "支持同步输出，画面整幅更新。", "Synchronized output: screens change in one go."
        )
    if multiplexed:
        return Finding(
            "whole-frames",
            "ok",
            "画面由 tmux 或 screen 合成。",
            "tmux or screen composes the picture.",
            "外层终端支持同步输出时，在 ~/.tmux.conf 中写入 set -as terminal-features ',*:sync'",
            "Where the terminal has synchronized output, put into ~/.tmux.conf: set -as terminal-features ',*:sync'",
        )
    return Finding(
        "whole-frames",
        "warn",
        "终端不支持同步输出（模式 2026），换屏时可能闪动；不影响使用。",
        "No synchronized output (mode 2026): screens may flicker when they change; nothing else suffers.",
        "介意时请升级终端，或换用支持它的终端，如 kitty、foot、WezTerm、Alacritty、iTerm2。",
        "If it disturbs, update the terminal or take one that has it, such as kitty, foot, WezTerm, Alacritty, iTerm2.",
    )


def _wrong(cells: Mapping[str, int], chars: tuple[str, ...], wanted: int) -> str:
    """The characters that are not as wide as they should be, each with its cells."""
    return ", ".join(f"{char} {cells[char]}" for char in chars if cells.get(char, wanted) != wanted)


# ------------------------------------------------------------------------------------------------ asking


def probe_drawing(keyboard: int, screen: int) -> Drawing:
    """Draw each character and ask where the cursor is, then for the mode; given up as soon as an answer stays out."""
    cells: dict[str, int] = {}
    with _raw(keyboard, screen):
        for char, _ in PROBES:
            os.write(screen, b"\r" + char.encode() + b"\x1b[6n")
            position = _POSITION.search(_heard(keyboard, _POSITION))
            if position is None:
                return Drawing(cells)
            cells[char] = int(position[2]) - 1
        os.write(screen, b"\r" + _MODE_QUESTION)
        mode = _MODE.search(_heard(keyboard, _ATTRIBUTES))
    return Drawing(cells, mode is not None and mode[1] in (b"1", b"2", b"3"))


@contextmanager
def _raw(keyboard: int, screen: int) -> Iterator[None]:
    """Answers come at once and unseen; afterwards the terminal is as it was and the line empty."""
    before = termios.tcgetattr(keyboard)
    try:
        tty.setraw(keyboard, termios.TCSANOW)
        yield
    finally:
        os.write(screen, b"\r\x1b[K")
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _heard(keyboard: int, wanted: re.Pattern[bytes]) -> bytes:
    """What comes until an answer is in it, or none has come in time."""
    heard = b""
    until = monotonic() + PROBE_SECONDS
    while not wanted.search(heard) and (left := until - monotonic()) > 0 and len(heard) < 4096:
        piece = os.read(keyboard, 64) if select.select([keyboard], [], [], left)[0] else b""
        if not piece:
            break
        heard += piece
    return heard
