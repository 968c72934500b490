"""Writes the printed sheets of keys, one page each, from the tables of keys: python -m tests.console.key_sheet."""

from __future__ import annotations

from pathlib import Path

from console.i18n import _
from console.keyboard.parts import PARTS
from console.keyboard.table import ACTIONS, GROUPS, key_name
from tests.console.pilots import speaking

DOCS = Path(__file__).parent.parent.parent / "docs"
SHEETS = {"en": DOCS / "keys.md", "zh": DOCS / "keys.zh-CN.md"}
HEADS = {
    "en": """# Keys

[中文](keys.zh-CN.md) · F-keys, digits, Enter, Esc, Space and arrows always work, an input method on or off.
Single letters are shortcuts only: with an input method on, F7 and the number do the same. Ids are for `keys.toml` in
the configuration folder of zhihui: `"pane.queue" = "f2,ctrl+v"`. `zhihui keys check` says what is wrong with that file,
`zhihui keys show` which keys are in use; with anything wrong in it the console opens with the keys of this page and
says so. An action that cannot run now stands grey in parentheses in the bottom line, and its key says why.

The mouse is never needed. A click does what the key does on the bottom line, a line of a list (a second click is
Enter), a menu, a tab, the line above a list, the banner, and the keys that a drawer names; beside a drawer it is Esc.
""",
    "zh": """# 按键

[English](keys.md) · F 键、数字、Enter、Esc、空格和方向键在中文输入法开启时同样可用；单个字母只是捷径，开着输入法时可用
F7 加数字。编号用于 zhihui 配置目录中的 `keys.toml`：`"pane.queue" = "f2,ctrl+v"`。`zhihui keys check` 检查该文件，
`zhihui keys show` 列出现用按键；文件有误时控制台按本页按键打开并在横幅说明。现在不能用的动作在底行变灰并加括号，
按其键会说明原因。

鼠标可用可不用。点击与按键同效：底栏、列表行（再点一次即 Enter）、菜单、标签页、列表上方一行、提醒横幅、
抽屉里写明的按键；点抽屉以外即 Esc。
""",
}
COLUMNS = {"en": ("keys", "id", "what it does"), "zh": ("按键", "编号", "用途")}
PARTS_TITLE = {"en": "Inside lists, fields and drawers", "zh": "列表、输入框与抽屉内"}


def sheet(language: str) -> str:
    """The whole sheet in a language, `en` or `zh`."""
    with speaking(language):
        parts = [HEADS[language]]
        titles = COLUMNS[language]
        for group in GROUPS:
            parts.append(f"\n## {_(group)}\n\n| {' | '.join(titles)} |\n|---|---|---|\n")
            parts += [
                f"| {_printed(item.keys)} | `{item.id}` | **{_(item.title)}** {_(item.help)} |\n"
                for item in ACTIONS
                if item.group == group and not item.alike
            ]
        parts.append(f"\n## {PARTS_TITLE[language]}\n\n| {titles[0]} | {titles[2]} |\n|---|---|\n")
        for part in PARTS:
            parts += [f"| `{pressed}` | **{_(part.title)}** {_(words)} |\n" for pressed, words in part.keys]
        return "".join(parts)


def _printed(keys: tuple[str, ...]) -> str:
    return " ".join(f"`{key_name(key)}`" for key in keys)


if __name__ == "__main__":
    for language, path in SHEETS.items():
        path.write_text(sheet(language), encoding="utf-8")
