"""Writes the sheet of keys from the one table of keys: python -m tests.console.key_sheet."""

from __future__ import annotations

from pathlib import Path

from console.i18n import _
from console.keys import ACTIONS, GROUPS, key_name
from tests.console.pilots import speaking

SHEET = Path(__file__).parent.parent.parent / "docs" / "keys.md"
HEAD = """# Keys · 按键

F-keys, digits, Enter, Esc, Space and arrows always work, also while a Chinese input method is on. Single letters are
shortcuts only: with an input method on, F7 and the number do the same. Ids are for `keys.toml` in the configuration
folder of zhihui: `"pane.queue" = "f11,ctrl+y"`.

F 键、数字、Enter、Esc、空格和方向键在中文输入法开启时同样可用；单个字母只是捷径，开着输入法时可用 F7 加数字。
编号用于 zhihui 配置目录中的 `keys.toml`：`"pane.queue" = "f11,ctrl+y"`。
"""


def sheet() -> str:
    """The whole sheet."""
    parts = [HEAD]
    for group in GROUPS:
        parts.append(f"\n## {group} · {_in_chinese(group)}\n\n| keys | id | English | 中文 |\n|---|---|---|---|\n")
        parts += [_row(item.id) for item in ACTIONS if item.group == group]
    return "".join(parts)


def _row(name: str) -> str:
    item = next(item for item in ACTIONS if item.id == name)
    pressed = " ".join(f"`{key_name(key)}`" for key in item.keys)
    english = f"**{item.title}** {item.help}"
    return f"| {pressed} | `{item.id}` | {english} | **{_in_chinese(item.title)}** {_in_chinese(item.help)} |\n"


def _in_chinese(message: str) -> str:
    with speaking("zh"):
        return _(message)


if __name__ == "__main__":
    SHEET.write_text(sheet(), encoding="utf-8")
