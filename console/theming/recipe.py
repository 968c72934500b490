"""What a theme file says: read with suspicion, each problem with its line and field, in Chinese and English.

A theme is a TOML file: `name`, `label`, `dark`, perhaps `extend` (another theme that gives what is left out), the base
colours that the framework knows, and under `[variables]` ours. Only colours (#rgb, #rrggbb) and weights are taken.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.theming.colours import TEXT_CONTRAST, contrast, full, is_colour
from console.theming.pairs import PAIRS
from data.clean import clean

LARGEST = 32_768
"""Bytes of a theme file; more is refused unread."""
NAME = re.compile(r"[\w-]{1,40}")
LABEL_LIMIT = 24
WEIGHT_WORDS = frozenset({"none", "bold", "underline", "reverse"})

BASE = (
    *("primary", "secondary", "accent", "warning", "error", "success"),
    *("foreground", "background", "surface", "panel"),
)
"""Colours of the framework."""
OURS = (
    *("ground", "ink", "muted", "title", "late", "soon", "ok", "urgent", "frame", "field"),
    *("bar", "bar-ink", "bar-muted", "bar-title", "bar-late", "bar-soon"),
    *("cursor", "cursor-ink", "away", "away-ink", "alarm", "alarm-ink", "notice", "notice-ink"),
)
"""Our colours, written with `zh-` in front."""
WEIGHTS = ("late", "soon", "ok", "urgent", "cursor")
"""What can also be told by weight, written `zh-late-weight`."""
COLOURS = frozenset(f"zh-{name}" for name in OURS)
WEIGHT_FIELDS = frozenset(f"zh-{name}-weight" for name in WEIGHTS)
HEAD = frozenset({"name", "label", "dark", "extend", "variables"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a theme file; one that is only a warning keeps nothing from working.

    `line` is 0 where no line can be named.
    """

    file: str
    line: int
    field: str
    zh: str
    en: str
    warning: bool = False

    def text(self, language: str) -> str:
        """In one sentence: which file, which line, which field, and why. Clean."""
        if language == "en":
            place = ", ".join(
                [self.file, *([f"line {self.line}"] if self.line else []), *([self.field] * bool(self.field))]
            )
            return clean(f"{place}: {self.en}", 300)
        place = " ".join(
            [self.file, *([f"第 {self.line} 行"] if self.line else []), *([self.field] * bool(self.field))]
        )
        return clean(f"{place}：{self.zh}", 300)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A theme whose values are all there and all sound."""

    name: str
    label_zh: str
    label_en: str
    dark: bool
    base: Mapping[str, str]
    variables: Mapping[str, str]

    def label(self, language: str) -> str:
        """What people call it."""
        return self.label_en if language == "en" else self.label_zh


@dataclass(slots=True)
class Reading:
    """A theme file that was read: the theme unless it is broken, and everything that was found."""

    recipe: Recipe | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """What keeps the theme from being used."""
        return [problem for problem in self.problems if not problem.warning]


Parent = Callable[[str], Recipe | None]
"""Finds the theme that another one extends."""


def read(data: bytes, file: str, parent: Parent) -> Reading:
    """Read a theme file's bytes; `file` is its name in messages, `parent` finds what it may extend. Never raises."""
    return _Reader(data, file, parent).read()


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, data: bytes, file: str, parent: Parent) -> None:
        self.data = data
        self.file = file
        self.parent = parent
        self.text = ""
        self.found = Reading()

    def read(self) -> Reading:
        given = self._parsed()
        if given is None:
            return self.found
        head = self._head(given)
        parent = self._extended(given)
        base, variables = self._values(given)
        if not self.found.errors:
            self._complete(parent, base, variables)
        if not self.found.errors:
            merged = {**(parent.variables if parent else {}), **variables}
            self.found.recipe = Recipe(
                *head,
                dark=bool(given.get("dark", parent.dark if parent else True)),
                base={**(parent.base if parent else {}), **base},
                variables=merged,
            )
            self._warn_of_contrast(merged)
        return self.found

    def _parsed(self) -> dict[str, Any] | None:
        if len(self.data) > LARGEST:
            self._wrong("", f"文件超过 {LARGEST} 字节，未读取", f"larger than {LARGEST} bytes, not read")
            return None
        try:
            self.text = self.data.decode("utf-8-sig")
            return tomllib.loads(self.text)
        except UnicodeDecodeError:
            self._wrong("", "不是 UTF-8 文本", "not UTF-8 text")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            said = clean(str(error), 120)
            found = re.search(r"line (\d+)", said)
            line = int(found[1]) if found else len(self.text.splitlines()) if "end of document" in said else 0
            self._wrong("", f"不是有效的 TOML：{said}", f"not valid TOML: {said}", line)
        return None

    def _wrong(self, name: str, zh: str, en: str, line: int | None = None) -> None:
        at = self._line_of(name) if line is None else line
        self.found.problems.append(Problem(self.file, at, clean(name, 60), zh, en))

    def _line_of(self, name: str) -> int:
        """The line where a field is written; 0 when it is not."""
        if not name:
            return 0
        written = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
        return next((number for number, row in enumerate(self.text.splitlines(), 1) if written.match(row)), 0)

    def _head(self, given: Mapping[str, Any]) -> tuple[str, str, str]:
        """Name and labels."""
        name = given.get("name", self.file.removesuffix(".toml"))
        if not isinstance(name, str) or not NAME.fullmatch(name):
            self._wrong("name", "只能用文字、数字、- 和 _，最多 40 个字符", "only letters, digits, - and _, 40 at most")
        if not isinstance(given.get("dark", True), bool):
            self._wrong("dark", "只能是 true 或 false", "must be true or false")
        label = given.get("label", name)
        pair = (label.get("zh"), label.get("en")) if isinstance(label, dict) else (label, label)
        if not all(isinstance(text, str) and text for text in pair):
            self._wrong("label", "应为文字，或 { zh = .., en = .. }", "must be a text, or { zh = .., en = .. }")
        zh, en = (clean(str(text), LABEL_LIMIT) for text in pair)
        return str(name), zh, en

    def _extended(self, given: Mapping[str, Any]) -> Recipe | None:
        if "extend" not in given:
            return None
        wanted = given["extend"]
        parent = self.parent(wanted) if isinstance(wanted, str) else None
        if parent is None:
            self._wrong("extend", "没有可用的同名主题", "there is no such theme that works")
        return parent

    def _values(self, given: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """The colours and weights that are sound; what is not is noted."""
        base = {
            name: full(value) for name, value in given.items() if name not in HEAD and self._sound(name, value, BASE)
        }
        ours = given.get("variables", {})
        if not isinstance(ours, dict):
            self._wrong("variables", "应为 [variables] 一节", "must be the section [variables]")
            return base, {}
        variables = {}
        for name, value in ours.items():
            if name in WEIGHT_FIELDS:
                if isinstance(value, str) and value.split() and set(value.split()) <= WEIGHT_WORDS:
                    variables[name] = value
                else:
                    words = ", ".join(sorted(WEIGHT_WORDS))
                    self._wrong(name, f"只能是 {words}", f"only {words}")
            elif self._sound(name, value, COLOURS):
                variables[name] = full(value)
        return base, variables

    def _sound(self, name: str, value: object, known: tuple[str, ...] | frozenset[str]) -> bool:
        if name not in known:
            self._wrong(name, "没有这一项", "there is no such field")
        elif not is_colour(value):
            self._wrong(name, "只能是颜色，如 #1b2027", "must be a colour such as #1b2027")
        else:
            return True
        return False

    def _complete(self, parent: Recipe | None, base: Mapping[str, str], variables: Mapping[str, str]) -> None:
        """A theme that extends nothing has every field itself."""
        if parent is not None:
            return
        missing = [name for name in BASE if name not in base]
        missing += sorted((COLOURS | WEIGHT_FIELDS) - set(variables))
        if missing:
            rest = f" (+{len(missing) - 1})" if len(missing) > 1 else ""
            self._wrong(
                missing[0], f'缺少此项{rest}；可加 extend = "night"', f'is missing{rest}; extend = "night" fills it in'
            )

    def _warn_of_contrast(self, colours: Mapping[str, str]) -> None:
        for ink, ground in PAIRS:
            found = contrast(colours[ink], colours[ground])
            if found < TEXT_CONTRAST:
                zh = f"在 {ground} 上的对比度只有 {found:.1f}，应不低于 {TEXT_CONTRAST}"
                en = f"on {ground} has a contrast of only {found:.1f}; {TEXT_CONTRAST} is needed"
                line = self._line_of(ink) or self._line_of(ground)
                self.found.problems.append(Problem(self.file, line, ink, zh, en, warning=True))
