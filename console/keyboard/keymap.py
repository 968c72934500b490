"""The officer's own keys, from `keys.toml`: read, checked to the end, and taken over only when all of it is sound."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace

from console.i18n import _
from console.keyboard import table as keys
from console.keyboard.table import Action
from data.errors import BadInput

RESERVED = frozenset(
    {"up", "down", "left", "right", "pageup", "pagedown", "end", "tab", "shift+tab", "backspace", "delete", "ctrl+c"}
)
"""Keys of lists and fields themselves: no action may take them."""
OWN = {"enter": "open", "space": "mark", "home": "newest", "escape": "back"}
"""Keys that lists use too; only the action that they stand for may have them."""
ENTRY = re.compile(r"""^\s*(?:"([^"]+)"|'([^']+)'|([\w.-]+))\s*=""")


def keymap_path() -> str:
    """The file, in the XDG configuration folder."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(base, "zhihui", "keys.toml")


def follow(path: str) -> BadInput | None:
    """Take the keys of a file over; with anything wrong in it, none, and what is wrong comes back."""
    if not os.path.exists(path):
        return None
    found, changed = examine(path)
    if not found:
        keys.ACTIONS = changed
        return None
    more_zh = f"（另有 {len(found) - 1} 处，见 zhihui keys check）" if found[1:] else ""
    more_en = f" ({len(found) - 1} more: zhihui keys check)" if found[1:] else ""
    return BadInput(
        "keymap", f"{found[0].zh}{more_zh} 现用默认按键。", f"{found[0].en}{more_en} The default keys are in use."
    )


def examine(path: str) -> tuple[list[BadInput], tuple[Action, ...]]:
    """Everything that is wrong with a file, and the actions as it would have them."""
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
        given = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [BadInput("keymap", f"{path} 无法读取：{error}。", f"Cannot read {path}: {error}.")], keys.ACTIONS
    return check(_flat(given), _lines(text))


def check(wanted: Mapping[str, object], lines: Mapping[str, int]) -> tuple[list[BadInput], tuple[Action, ...]]:
    """What is wrong with other keys (id → keys with commas), and the actions with them."""
    known = {item.id: item for item in keys.ACTIONS}
    found: list[BadInput] = []
    moved: dict[str, tuple[str, ...]] = {}
    for name, value in wanted.items():
        own = tuple(key.strip() for key in str(value).split(",") if key.strip())
        if name not in known:
            near = ", ".join(difflib.get_close_matches(name, known, 3, 0.5))
            found.append(
                _wrong(lines, name, "没有这个动作" + (f"，是否指 {near}" if near else ""),
                       "there is no such action" + (f"; did you mean {near}" if near else ""))
            )  # fmt: skip
        elif not own:
            found.append(_wrong(lines, name, "没有按键", "no key"))
        elif taken := [key for key in own if key in RESERVED or OWN.get(key, name) != name]:
            zh, en = f"按键 {taken[0]} 由列表和输入框自用", f"key {taken[0]} belongs to lists and fields themselves"
            found.append(_wrong(lines, name, zh, en))
        else:
            moved[name] = own
    changed = tuple(replace(item, keys=moved[item.id]) if item.id in moved else item for item in keys.ACTIONS)
    return [*found, *_clashes(changed, moved, lines)], changed


def _clashes(actions: tuple[Action, ...], moved: Mapping[str, object], lines: Mapping[str, int]) -> list[BadInput]:
    """Keys that two actions of a screen would share."""
    found = []
    for place, second in enumerate(actions):
        for first in actions[:place]:
            screens = ", ".join(sorted(first.screens & second.screens))
            shared = [key for key in second.keys if key in first.keys]
            if not screens or not shared:
                continue
            own, other = (second, first) if second.id in moved else (first, second)
            zh = f"按键 {shared[0]} 已用于 {other.id}（{_(other.title)}），界面 {screens}"
            en = f"key {shared[0]} is taken by {other.id} ({other.title}) on {screens}"
            found.append(_wrong(lines, own.id, zh, en))
    return found


def _flat(given: Mapping[str, object], before: str = "") -> dict[str, object]:
    """Ids without quotes are tables to TOML: `pane.queue = "f11"` means the same as `"pane.queue"`."""
    flat: dict[str, object] = {}
    for name, value in given.items():
        flat |= _flat(value, f"{before}{name}.") if isinstance(value, dict) else {before + name: value}
    return flat


def _lines(text: str) -> dict[str, int]:
    """The line on which each id stands."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = ENTRY.match(line)
        if match is not None:
            found[match[1] or match[2] or match[3]] = number
    return found


def _wrong(lines: Mapping[str, int], name: str, zh: str, en: str) -> BadInput:
    at_zh = f"第 {lines[name]} 行 " if name in lines else ""
    at_en = f"line {lines[name]}, " if name in lines else ""
    return BadInput("keymap", f"按键设置 {at_zh}{name}：{zh}。", f"Keymap, {at_en}{name}: {en}.")
