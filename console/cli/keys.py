"""`zhihui keys`: which key does what, and whether a keymap file can be followed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from console import output
from console.cli import words
from console.cli.findings import show_findings
from console.cli.frame import built, command, new_app
from console.cli.options import Csv, Json, Jsonl, argument, form_of, show_records
from console.exit_codes import OK
from console.i18n import _, set_language
from console.keyboard import table as keys
from console.keyboard.keymap import examine, follow, keymap_path
from console.keyboard.table import GROUPS, key_name
from data.errors import NotFound
from data.findings import Finding

FIELDS = ("id", "keys", "title", "help", "screens")
TITLES = (
    ("编号", "id"),
    ("按键", "keys"),
    ("名称", "title"),
    ("用途", "help"),
    ("界面", "screens"),
)


def build() -> Any:
    """The noun."""
    app = new_app("按键：查看、检查自定义按键", "keys: show them, check a keymap file")
    command(app, "show", "现用的全部按键", "all keys in use")(show_command)
    command(app, "check", "检查按键设置文件；有误时退出码 8", "check a keymap file; exit code 8 when it is broken")(
        check_command
    )
    return built(app)


def show_command(json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """Every action with its keys, those of the keymap file taken over when all of it is sound."""
    set_language(_spoken())
    trouble = follow(keymap_path())
    if trouble is not None:
        output.remark("zhihui: " + trouble.text(_spoken()))
    records: list[dict[str, Any]] = [
        {
            "id": item.id,
            "keys": " ".join(key_name(key) for key in item.keys),
            "title": _(item.title),
            "help": _(item.help),
            "screens": " ".join(sorted(item.screens)),
        }
        for group in GROUPS
        for item in keys.ACTIONS
        if item.group == group
    ]
    show_records(records, FIELDS, form_of(json, jsonl, csv), TITLES, flow=True)
    return OK


def check_command(
    file: Annotated[str, argument("按键设置文件，默认为配置目录中的 keys.toml", "a keymap file; keys.toml alone")] = "",
    json: Json = False,
) -> int:
    """All that is wrong with a keymap file: unknown actions, keys that clash, keys that lists use themselves."""
    path = Path(file or keymap_path())
    if not file and not path.exists():
        usual = f"没有 {path.name}：按键如常", f"There is no {path.name}: keys are as usual"
        return show_findings([Finding("keymap-none", "ok", *usual)], json)
    if not path.exists():
        raise NotFound("keymap-file", f"没有文件 {path}", f"There is no file {path}")
    found = [Finding("keymap-broken", "bad", error.zh, error.en) for error in examine(str(path))[0]]
    sound = Finding("keymap-sound", "ok", f"{path.name}：可以使用", f"{path.name}: can be used")
    return show_findings(found or [sound], json)


def _spoken() -> str:
    return "en" if words.chosen() == "en" else "zh"
