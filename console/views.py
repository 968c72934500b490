"""Saved views: a filter and an order under a name and a key. Ours are `views.toml` beside this file, the officer's own
are `views.toml` in the XDG configuration folder; what the officer's file says goes before what ours says.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from console.i18n import language
from data.errors import BadInput

SHIPPED = Path(__file__).with_name("views.toml")
ORDERS = ("due", "urgency", "age", "unit")
KEYS = "123456789"
FIELDS = frozenset({"title", "title_en", "filter", "order", "key"})
LIMIT = 100_000
"""Bytes: a larger file is none of ours."""


@dataclass(frozen=True, slots=True)
class View:
    """A view: what it shows, in which order, and the digit that brings it up."""

    title: str
    title_en: str = ""
    filter: str = ""
    order: str = "due"
    key: str = ""

    @property
    def name(self) -> str:
        """The title in the user's language; raw, whoever shows it cleans it."""
        return self.title_en if language() == "en" and self.title_en else self.title


@cache
def shipped() -> tuple[View, ...]:
    """The views that come with the program."""
    return _read(SHIPPED)


def own_path() -> Path:
    """The officer's own views."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return Path(base) / "zhihui" / "views.toml"


def views() -> tuple[View, ...]:
    """Our views with the officer's own: one of the same title takes its place, a key goes to the officer's.

    Raises BadInput, naming file and line, for a file that cannot be followed; then `shipped` is what there is.
    """
    path = own_path()
    own = {view.title: view for view in _read(path)} if path.exists() else {}
    taken = {view.key for view in own.values() if view.key}
    ours = [replace(view, key="") if view.key in taken else view for view in shipped()]
    return (*(own.pop(view.title, view) for view in ours), *own.values())


def save(view: View) -> None:
    """Add a view to the officer's own file, whose other lines stay as they are. Raises BadInput on a clash."""
    path = own_path()
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    given = {"title": view.title, "filter": view.filter, "order": view.order, "key": view.key}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in given.items() if value]
    text = old + ("\n" if old and not old.endswith("\n\n") else "") + "\n".join(["[[view]]", *lines]) + "\n"
    _parse(text, str(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)


def _read(path: Path) -> tuple[View, ...]:
    try:
        if path.stat().st_size > LIMIT:
            raise _wrong(str(path), 0, "文件过大", "the file is too large")
        return _parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(str(path), 0, f"无法读取：{error}", f"cannot be read: {error}") from error


def _parse(text: str, path: str) -> tuple[View, ...]:
    """The views of a file. Raises BadInput that names the line."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("views", f"视图文件 {path}：{error}", f"Views, {path}: {error}") from error
    tables = given.get("view", [])
    if set(given) - {"view"} or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _wrong(path, 1, "只能包含 [[view]]", "there may only be [[view]] in it")
    found: list[View] = []
    for number, table in enumerate(tables):
        found.append(_view(table, text, number, path, found))
    return tuple(found)


def _view(table: dict[str, object], text: str, number: int, path: str, before: Sequence[View]) -> View:
    """One view, checked against those before it."""

    def wrong(field: str, zh: str, en: str) -> BadInput:
        return _wrong(path, _line(text, number, field), zh, en)

    for field in table:
        if field not in FIELDS:
            raise wrong(field, f"没有“{field}”，可用：{' '.join(sorted(FIELDS))}", f"there is no {field}")
    values = {field: str(value).strip() for field, value in table.items()}
    view = View(**{"title": "", **values})
    if not view.title:
        raise wrong("title", "缺少 title", "a view needs a title")
    if view.order not in ORDERS:
        raise wrong("order", f"order 可用：{' '.join(ORDERS)}", f"order is one of {' '.join(ORDERS)}")
    if view.key and view.key not in KEYS:
        raise wrong("key", "key 为 1 到 9", "key is 1 to 9")
    for other in before:
        if view.key and other.key == view.key:
            raise wrong("key", f"key {view.key} 已用于“{other.title}”", f"key {view.key} is taken by {other.title}")
        if other.title == view.title:
            raise wrong("title", f"“{view.title}”出现两次", f"{view.title} is there twice")
    return view


def _line(text: str, number: int, field: str) -> int:
    """The line on which a field of the n-th view stands, or the view itself."""
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if line.strip().startswith("[[view]]")]
    if number >= len(heads):
        return 0
    end = heads[number + 1] if number + 1 < len(heads) else len(lines)
    for at in range(heads[number], end):
        if lines[at].split("=")[0].strip() == field:
            return at + 1
    return heads[number] + 1


def _wrong(path: str, line: int, zh: str, en: str) -> BadInput:
    where_zh, where_en = (f" 第 {line} 行", f", line {line}") if line else ("", "")
    return BadInput("views", f"视图文件 {path}{where_zh}：{zh}。", f"Views, {path}{where_en}: {en}.")
