"""Whether the terminal can show the console: locale, kind, colours, size; how it really draws is in `drawing_check`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

from core.drawing_check import drawing_findings, probe_drawing
from core.multiplexer_check import between_findings
from data.findings import Finding

SMALLEST = (80, 24)


def terminal_findings(environment: Mapping[str, str], interactive: bool) -> list[Finding]:
    """Everything about the terminal; the questions to it only when it is `interactive`."""
    found = [locale_finding(environment), term_finding(environment), colour_finding(environment)]
    found.append(ambiguous_finding(environment))
    found += between_findings(environment)
    if not interactive:
        return found
    size = os.get_terminal_size(sys.stdout.fileno())
    found.append(size_finding(size.columns, size.lines))
    multiplexed = bool(environment.get("TMUX") or environment.get("STY"))
    return found + drawing_findings(probe_drawing(sys.stdin.fileno(), sys.stdout.fileno()), multiplexed)


def locale_finding(environment: Mapping[str, str]) -> Finding:
    """The locale must say UTF-8, for the terminal programs in between as well."""
    chosen = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    if re.search(r"utf-?8", chosen, re.IGNORECASE):
        return Finding("locale", "ok", f"字符集 {chosen}。", f"Locale {chosen}.")
    shown = ascii(chosen) if chosen else "-"
    return Finding(
        "locale",
        "warn",
        f"字符集未设为 UTF-8（{shown}），中文可能显示为乱码。",
        f"The locale does not say UTF-8 ({shown}): Chinese may come out garbled.",
        "请设置 LANG=zh_CN.UTF-8 或 C.UTF-8。",
        "Set LANG=zh_CN.UTF-8 or C.UTF-8.",
    )


def term_finding(environment: Mapping[str, str]) -> Finding:
    """The kind of terminal."""
    term = environment.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return Finding(
            "terminal",
            "warn",
            "没有可用的终端类型（TERM），控制台不能打开；命令可以使用。",
            "TERM names no usable terminal: the console cannot open; commands work.",
            "请在终端中运行，或设置 TERM=xterm-256color。",
            "Run it in a terminal, or set TERM=xterm-256color.",
        )
    if term == "linux":
        return Finding(
            "terminal",
            "warn",
            "Linux 文本控制台没有中文字体。",
            "The Linux text console has no Chinese characters.",
            "请用图形终端或 SSH 登录，或设置 ZHIHUI_LANG=en。",
            "Use a graphical terminal or SSH, or set ZHIHUI_LANG=en.",
        )
    return Finding("terminal", "ok", f"终端类型 {term!a}。", f"Terminal {term!a}.")


def colour_finding(environment: Mapping[str, str]) -> Finding:
    """How many colours there are; no state is shown by colour alone."""
    if environment.get("NO_COLOR"):
        return Finding("colours", "ok", "已设置 NO_COLOR，以单色显示。", "NO_COLOR is set: shown in one colour.")
    term = environment.get("TERM", "")
    many = environment.get("COLORTERM", "") in ("truecolor", "24bit")
    count = "16777216" if many else "256" if "256color" in term else "16"
    return Finding("colours", "ok", f"颜色数 {count}。", f"{count} colours.")


def ambiguous_finding(environment: Mapping[str, str]) -> Finding:
    """Whether the width of ambiguous characters is asked at each start, or set."""
    chosen = environment.get("ZHIHUI_AMBIGUOUS") or "auto"
    if chosen in ("auto", "1", "2"):
        return Finding(
            "ambiguous",
            "ok",
            f"歧义宽度字符（… “ ” ①）：ZHIHUI_AMBIGUOUS={chosen}。",
            f"Characters of ambiguous width: ZHIHUI_AMBIGUOUS={chosen}.",
        )
    return Finding(
        "ambiguous",
        "bad",
        f"ZHIHUI_AMBIGUOUS={chosen!a} 无效，控制台不能打开。",
        f"ZHIHUI_AMBIGUOUS={chosen!a} is none of its values: the console does not open.",
        "请设为 auto、1 或 2。",
        "Set it to auto, 1 or 2.",
    )


def size_finding(columns: int, lines: int) -> Finding:
    """The console works from 80x24 on."""
    if columns >= SMALLEST[0] and lines >= SMALLEST[1]:
        return Finding("size", "ok", f"窗口 {columns}x{lines}。", f"Window {columns}x{lines}.")
    return Finding(
        "size",
        "warn",
        f"窗口 {columns}x{lines}，小于 80x24。",
        f"Window {columns}x{lines}: smaller than 80x24.",
        "请放大窗口或缩小字号。",
        "Make the window larger or the type smaller.",
    )
