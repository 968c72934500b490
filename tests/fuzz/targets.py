"""What is fuzzed: each target takes any bytes, and may answer or refuse, but nothing else.

A refusal is `data.errors.Refusal`. Any other exception is a finding, and so is a target's promise that does not hold.
"""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text as sql

from console import views
from console.keyboard import keymap
from console.remote.allowed import ALLOWED
from console.remote.command_line import read_command
from console.terminal import width
from console.terminal.probe import taken_out
from console.theming import recipe
from core.accountability.anchor import read_anchors
from core.accountability.head import read_anchor
from core.accountability.period import read_period
from core.catalogue.calendars import read_calendars
from core.catalogue.cards import read_cards
from core.catalogue.lists import read_lists
from core.catalogue.plans import read_plans
from core.catalogue.read import read_catalogue, read_policy
from core.desk.centre_desk import DEEDS
from core.desk.orders import Report, read_order
from core.desk.verbs.table import VERBS
from core.exchange.duty_import import read_duty_file
from core.exchange.maps import load_map
from core.exchange.readers import open_table
from core.exchange.times import time_reader
from core.identity.public_key import read_public_key
from core.organisation.files import read_organisation
from core.organisation.geojson import read_map
from core.organisation.rotations import read_rotations
from core.organisation.sheets import read_csv, read_workbook
from core.rules.duty_shifts import ShiftCodes
from core.rules.local_time import read_instant
from core.sensing.files import read_devices
from core.training.scenario import read_scenario
from data.clean import clean
from data.errors import Refusal, StoreTrouble
from data.masking import mask_text
from data.queries.filters import parse
from data.store import Store
from tests.street import small_street

NOW = 1_790_000_000
ZONE = "Asia/Shanghai"
MOST_ROWS = 2_000
"""Rows of a table that a target goes through."""


@dataclass(frozen=True)
class Target:
    """One reader: what it is called, what is given to it, and texts it is fed with first."""

    call: Callable[[bytes], object]
    words: tuple[str, ...] = ()
    """Words of its grammar: the dictionary of the fuzzer."""


def in_file(suffix: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A reader of paths, given bytes."""

    def call(given: bytes) -> object:
        with tempfile.NamedTemporaryFile(suffix=suffix, dir=_memory()) as file:
            file.write(given)
            file.flush()
            return read(Path(file.name))

    return call


def as_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """A reader of text: bytes that are none become half surrogates, as in the arguments of a command."""
    return lambda given: read(given.decode("utf-8", "surrogateescape"))


def _memory() -> str | None:
    return "/dev/shm" if os.path.isdir("/dev/shm") else None


# ------------------------------------------------------------------------------------------------ tables


def _table(path: Path) -> None:
    table = open_table(path, ("title", "phone", "unit"))
    try:
        for number, _row in zip(range(MOST_ROWS), table.rows, strict=False):
            assert number < MOST_ROWS
    finally:
        table.close()


def _roster(path: Path) -> object:
    codes = ShiftCodes({"白": "08:30-17:30", "夜": "17:30-08:30"})
    return read_duty_file(path, codes, date(2026, 11, 20), None)


PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="一" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
}
"""A workbook but for its one sheet."""


def workbook_with(sheet: bytes) -> bytes:
    """A whole workbook around the XML of a sheet."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return packed.getvalue()


# ------------------------------------------------------------------------------------------------ grammars


@cache
def _store() -> Store:
    """A street without tickets: enough to say whether the database understands a statement."""
    return small_street(Store(f"sqlite:///{tempfile.mkdtemp(dir=_memory())}/street.sqlite", create=True)).store


def _filter(text: str) -> None:
    found = parse(text, NOW, ZONE, "zhang")
    statement = f"SELECT count(*) FROM ticket t WHERE t.centre_id = :centre AND {found.sql}"
    with _store().read() as connection:
        connection.execute(sql(statement), {**found.values, "centre": 1, "now": NOW}).all()


def _command(given: bytes) -> None:
    words = read_command(given)
    assert any(tuple(words[: len(row.path)]) == tuple(row.path) for row in ALLOWED.values()), words
    assert not any(unicodedata.category(char) == "Cc" for word in words for char in word), words


def _answers(given: bytes) -> None:
    _drawn, rest = taken_out(given)
    assert len(rest) <= len(given)


def _times(text: str) -> None:
    for read in (
        lambda: read_instant(text, ZONE),
        lambda: read_period(text, ZONE),
        lambda: time_reader(("auto",), ZoneInfo(ZONE))(text),
    ):
        with suppress(Refusal, ValueError):
            read()


_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NUMBER = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def _shown(text: str) -> None:
    """What any sink gets: no control, nothing that turns the direction, a width that holds, no telephone number."""
    for lines in (False, True):
        once = clean(text, lines=lines)
        assert clean(once, lines=lines) == once, "cleaning twice changes something"
        bad = [char for char in once if unicodedata.category(char) in ("Cc", "Cs") and not (lines and char == "\n")]
        assert not bad, bad
        assert not _DIRECTION & set(once)
    line = clean(text)
    for cells in (1, 7, 40):
        assert width.cells(width.pad(line, cells)) == cells
        assert all(width.cells(part) <= max(cells, 2) for part in width.wrap(line, cells))
    assert not _NUMBER.search(mask_text(text))


def _order(given: bytes) -> None:
    """A line of `zhihui batch`: one byte chooses the verb, the rest is its JSON."""
    if not given:
        return
    try:
        values = json.loads(given[1:])
    except (ValueError, RecursionError):
        return
    if isinstance(values, Mapping):
        kind = ORDERS[given[0] % len(ORDERS)]
        read_order(kind, dict(values))


ORDERS = (Report, *(verb.order for verb in VERBS.values()), *(deed.order for deed in DEEDS.values()))


def _views(given: bytes) -> None:
    path = views.own_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(given)
    views.views()


FILTER_WORDS = ("stage:", "due<", "-", "!", "mine", "阶段：", "urgency:", "2h", "..", '"', "NOT", "|", "《", "unit:")
TOML_WORDS = ("[[matter]]", "[[category]]", "code=", "limit=[", "1 urgent_hour", "work_day", '"""', "[x.y]", "= true")

TARGETS: dict[str, Target] = {
    "csv": Target(in_file(".csv", _table), ('"', ",", "\r\n", ";", "\t", "\ufeff")),
    "jsonl": Target(in_file(".jsonl", _table), ('{"title":', "null", "1e999", "[[", "\\ud800")),
    "workbook": Target(lambda given: read_workbook(given, "a.xlsx"), ("PK\x03\x04", "xl/", "[Content_Types].xml")),
    "sheet": Target(
        lambda given: read_workbook(workbook_with(given), "a.xlsx"),
        ("<sheetData>", "<row r=", "<c r=", "<v>", "<!DOCTYPE", "<!ENTITY", 't="inlineStr"', "<is><t>"),
    ),
    "organisation_csv": Target(lambda given: read_csv(given, "units.csv")),
    "organisation": Target(in_file(".toml", read_organisation), ("[centre]", "[[unit]]", "[[officer]]", "code=")),
    "map": Target(read_map, ('"Feature"', '"Polygon"', '"coordinates"', "[[[", "1e999", "NaN")),
    "rotations": Target(
        lambda given: read_rotations(given, "r.toml", {"zhang": ["duty"]}), ("[[rotation]]", "begins=", "cycle=")
    ),
    "roster": Target(in_file(".csv", _roster), ("日期", "班次", "人员", "白", "夜", "2026-11-20", "姓名", "1日")),
    "catalogue": Target(in_file(".toml", read_catalogue), TOML_WORDS),
    "policy": Target(in_file(".toml", read_policy), TOML_WORDS),
    "calendar": Target(in_file(".toml", read_calendars), ("[[calendar]]", "hours", "08:30", "2026-10-01")),
    "plans": Target(in_file(".toml", read_plans), ("[[plan]]", "[[plan.hand]]", "grade=")),
    "cards": Target(in_file(".toml", read_cards), ("[[card]]", "ask=")),
    "lists": Target(in_file(".toml", read_lists), ("[[item]]", "refuse=")),
    "import_map": Target(in_file(".toml", lambda path: load_map(str(path))), ("[column.title]", "[status]", "from=")),
    "devices": Target(in_file(".jsonl", lambda path: list(read_devices(path))), ('{"code":', '"kind":')),
    "scenario": Target(as_text(lambda text: read_scenario(text, "s")), ("[[call]]", "[frame]", "at=", "+10m")),
    "public_key": Target(as_text(read_public_key), ("ssh-ed25519 ", "ssh-rsa ", "AAAA", "sk-ssh-ed25519@openssh.com")),
    "anchor": Target(as_text(read_anchor), (":", "sha256", "0" * 64)),
    "anchors": Target(in_file(".jsonl", lambda path: read_anchors(path, "demo")), ('{"centre":"demo"', '"head":')),
    "times": Target(as_text(_times), ("2026-11-20", "T09:00", "+08:00", "今天", "昨天", "..", "2026-W01", "-3d")),
    "filter": Target(as_text(_filter), FILTER_WORDS),
    "command": Target(_command, ("ticket", "list", "--json", "batch", "--store", "';", "$(", "\\", "ticket show ")),
    "answers": Target(_answers, ("\x1b[", "R", "\x1b[1;3R")),
    "keymap": Target(in_file(".toml", lambda path: keymap.examine(str(path))), ("accept=", '"f2"', "ctrl+")),
    "theme": Target(lambda given: recipe.read(given, "a.toml", lambda _name: None), ("[theme]", "name=", "#ff0000")),
    "views": Target(_views, ("[[view]]", "name=", "filter=")),
    "shown": Target(as_text(_shown), ("\x1b]0;", "\u202e", "\u0301", "13812345678", "１３８", "[@click=", "\x9b")),
    "order": Target(_order, ('{"ticket":', '"title":', '"to":', "null", "1e999")),
}
"""By name; the folder `corpus/NAME` keeps what is worth trying first."""


def answered(target: Target, given: bytes) -> None:
    """Give bytes to a target. Raises whatever is not an answer and no refusal."""
    try:
        target.call(given)
    except StoreTrouble:
        raise  # a statement that the database does not understand
    except Refusal:
        pass
