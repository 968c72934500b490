"""Fields of hand-written tables, checked one by one; mistakes are collected with their place and said all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from data.errors import BadInput

MAX_ITEMS = 60
SHOWN_PROBLEMS = 200


class Problem(NamedTuple):
    """A mistake: where it stands, and what it is in both languages."""

    place: str
    zh: str
    en: str


class Problems:
    """Collects mistakes while the reading goes on."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, place: str, zh: str, en: str) -> None:
        """Note a mistake."""
        self.found.append(Problem(place, zh, en))

    def raise_any(self, code: str) -> None:
        """Raise BadInput with the first mistake in words and all of them in the details, if there is any."""
        if not self.found:
            return
        first, more = self.found[0], len(self.found) - 1
        raise BadInput(
            code,
            f"{first.place}：{first.zh}" + (f"（另有 {more} 处）" if more else ""),
            f"{first.place}: {first.en}" + (f" ({more} more)" if more else ""),
            problems=[problem._asdict() for problem in self.found[:SHOWN_PROBLEMS]],
        )


class Fields:
    """One table with its place. Each getter notes what is wrong and then gives an empty value."""

    def __init__(self, row: Mapping[str, Any], place: str, problems: Problems, known: Iterable[str]) -> None:
        """Take a table; keys that are not known are a mistake, so that a typing error is not silently dropped."""
        self.row = row
        self.place = place
        self.problems = problems
        strangers = sorted(ascii(str(key)[:40]) for key in set(row) - set(known))
        if strangers:
            self.wrong(f"未知的项 {'、'.join(strangers)}", f"unknown keys {', '.join(strangers)}")

    def wrong(self, zh: str, en: str) -> None:
        """Note a mistake of this table."""
        self.problems.add(self.place, zh, en)

    def text(self, key: str, default: str | None = None, longest: int = 200) -> str:
        """A printable text of one line; without a default it must be there and not be blank."""
        return self._text(key, self.row.get(key, default), default is None, longest)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is not there."""
        values = self.row.get(key, [])
        if not isinstance(values, list | tuple) or len(values) > MAX_ITEMS:
            self.wrong(f"{key} 须为文字列表", f"{key} must be a list of texts")
            return ()
        return tuple(self._text(key, value, True, 200) for value in values)

    def word(self, key: str, words: Iterable[str], default: str | None = None) -> str:
        """One of some words."""
        value, known = self.row.get(key, default), [str(word) for word in words]
        if value not in known and value != default:
            self.wrong(f"{key} 须为 {'、'.join(known)} 之一", f"{key} must be one of {', '.join(known)}")
            return ""
        if value is None:
            self.wrong(f"缺少 {key}", f"{key} is missing")
        return str(value or "")

    def whole(self, key: str, default: int = 0, most: int = 100_000_000) -> int:
        """A whole number from 0."""
        value = self.row.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            self.wrong(f"{key} 须为 0 到 {most} 的整数", f"{key} must be a whole number from 0 to {most}")
            return default
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it is not there."""
        value = self.row.get(key, False)
        if not isinstance(value, bool):
            self.wrong(f"{key} 须为 true 或 false", f"{key} must be true or false")
        return value is True

    def table(self, key: str) -> Mapping[str, Any]:
        """A table; empty where it is not there."""
        value = self.row.get(key, {})
        if not isinstance(value, Mapping):
            self.wrong(f"{key} 须为键值表", f"{key} must be a table")
            return {}
        return value

    def rows(self, key: str, most: int) -> list[tuple[int, Mapping[str, Any]]]:
        """A list of tables with their numbers from 1; empty where it is not there."""
        values = self.row.get(key, [])
        if not isinstance(values, list | tuple) or len(values) > most:
            self.wrong(f"{key} 须为不超过 {most} 项的列表", f"{key} must be a list of at most {most} tables")
            return []
        return [(number, value) for number, value in enumerate(values, 1) if self._is_table(key, number, value)]

    def _is_table(self, key: str, number: int, value: object) -> bool:
        if isinstance(value, Mapping):
            return True
        self.wrong(f"{key} 第 {number} 项须为键值表", f"{key} {number} must be a table")
        return False

    def _text(self, key: str, value: object, needed: bool, longest: int) -> str:
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(f"{key} 须为文字且不为空", f"{key} must be a text and not be empty")
        elif len(value) > longest:
            self.wrong(f"{key} 最多 {longest} 字", f"{key} has at most {longest} characters")
        elif not value.isprintable():
            self.wrong(f"{key} 含有控制字符", f"{key} holds control characters")
        else:
            return value.strip()
        return ""


def doubles(values: Sequence[str]) -> list[str]:
    """The values that are there more than once, in the order of their second appearance."""
    seen: set[str] = set()
    found: dict[str, None] = {}
    for value in values:
        if value in seen:
            found[value] = None
        seen.add(value)
    return list(found)
