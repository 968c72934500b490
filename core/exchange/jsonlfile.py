"""JSON lines: one object per line; a line that is none is a fault of that row only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from core.exchange.tables import Fault, NumberedRow, Table, broken
from core.exchange.textfile import find_encoding, open_text

MAX_LINE = 1 << 20
"""Characters of one line: far more than a ticket may hold."""


def open_jsonl(path: Path, columns: Sequence[str], encoding: str = "auto") -> Table:
    """A file of JSON lines as a table of the named columns; other fields are left aside.

    Raises BadInput for another encoding, NUL, or a line over a million characters.
    """
    found = find_encoding(path, encoding)
    header = list(columns)
    with open_text(path, found) as text:
        count = sum(1 for _ in _lines(text, path.name))
    text = open_text(path, found)
    return Table("jsonl", found, header, _rows(text, path.name, header), count, text.close)


def _lines(text: TextIO, name: str) -> Iterator[tuple[int, str]]:
    number = 0
    while line := text.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise broken("jsonl-line", name, number, "行过长", "the line is too long")
        if line.strip():
            yield number, line


def _rows(text: TextIO, name: str, header: list[str]) -> Iterator[NumberedRow]:
    decode = json.JSONDecoder(parse_constant=_refuse).decode
    for number, line in _lines(text, name):
        try:
            values = decode(line.strip())
        except (ValueError, RecursionError) as error:
            reason = "nested too deep" if isinstance(error, RecursionError) else str(error)[:100]
            fault = Fault("json", f"不是 JSON 对象：{reason}", f"not a JSON object: {reason}")
            yield number, [line.rstrip("\r\n")], fault
            continue
        yield _row(number, line, values, header)


def _row(number: int, line: str, values: object, header: list[str]) -> NumberedRow:
    if not isinstance(values, dict):
        return number, [line.rstrip("\r\n")], Fault("json", "不是 JSON 对象", "not a JSON object")
    try:
        return number, [_text(values.get(column)) for column in header], None
    except ValueError as error:
        fault = Fault("json-value", f"字段值有误：{error}", f"a field cannot be used: {error}")
        return number, [line.rstrip("\r\n")], fault


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    raise ValueError("nested")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")
