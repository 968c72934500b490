"""What is wrong with a command line, in Chinese: the framework's own sentences, recognised by their kinds."""

from __future__ import annotations

import re
from typing import NamedTuple


class _Kind(NamedTuple):
    """A kind of complaint: how the framework words it, and what to say instead; groups of the pattern by number."""

    pattern: str
    zh: str


_KINDS = (
    _Kind(r"Missing argument '?([^']+?)'?\.", "缺少参数 {0}"),
    _Kind(r"Missing (?:option|parameter) '?([^']+?)'?\.", "缺少选项 {0}"),
    _Kind(r"Missing command\.", "缺少命令"),
    _Kind(r"No such option:? '?([^ ']+?)'?\.?", "没有选项 {0}"),
    _Kind(r"No such command '([^']*)'\.", "没有命令 {0}"),
    _Kind(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", "多余的参数 {0}"),
    _Kind(r"Option '([^']+)' does not take a value\.", "选项 {0} 不带值"),
    _Kind(r"Option '([^']+)' requires .*", "选项 {0} 后面缺少值"),
    _Kind(r"Invalid value(?: for (.+?))?: (.*)", "{0} 的值不对{1}"),
)
_HINT = re.compile(r"(?: |^)\(?(?:Did you mean|Possible options:|\(Possible options:) ?(.*?)[?)]*$")
_WANTED = (
    _Kind(r"valid integer", "须为整数"),
    _Kind(r"valid number|valid float", "须为数字"),
    _Kind(r"greater than or equal to (\S+)", "须不小于 {0}"),
    _Kind(r"less than or equal to (\S+)", "须不大于 {0}"),
    _Kind(r"greater than (\S+)", "须大于 {0}"),
    _Kind(r"less than (\S+)", "须小于 {0}"),
    _Kind(r"is not one of (.*?)\.?$", "可用：{0}"),
)


def in_chinese(message: str) -> str:
    """A complaint of the command-line framework in Chinese; empty for one of a kind that is not known."""
    hint = _HINT.search(message)
    told = message[: hint.start()] if hint else message
    for kind in _KINDS:
        found = re.fullmatch(kind.pattern, told.strip(), re.DOTALL)
        if found is None:
            continue
        given = [(part or "").replace("'", "") for part in found.groups()]
        if kind is _KINDS[-1]:
            given = [given[0] or "参数", _wanted(found[2])]
        text = kind.zh.format(*given)
        likely = hint[1].replace("'", "").replace(", ", "、") if hint else ""
        return text + (f"（是否指 {likely}？）" if likely else "")
    return ""


def _wanted(reason: str) -> str:
    """What the value must be, after a colon; empty where that is not known."""
    for kind in _WANTED:
        found = re.search(kind.pattern, reason)
        if found:
            return "：" + kind.zh.format(*found.groups())
    return ""
