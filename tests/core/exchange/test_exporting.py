"""Files that go out: safe to open, masked, stable in form, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SetClock
from core.desk.desk import Desk
from core.desk.orders import Accept, Dispatch, Report
from core.exchange import exporting
from core.exchange.cells import CELL_LIMIT, is_formula, safe_cell, without_guard
from core.exchange.exporting import ExportResult, export_tickets, stream_tickets
from data.errors import BadInput
from data.location import locate
from data.queries.export import COLUMNS
from data.queries.filters import parse
from data.store import Store
from tests.core.exchange.importing_rig import street
from tests.street import START

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠x"),
    *("\u200b=1", "\ufeff=cmd|x", "|cmd", "%0A", "\n=1", '=HYPERLINK("x")', "﹦1"),
]


@pytest.fixture
def store(street_url: str) -> Iterator[Store]:
    opened = Store(locate(street_url))
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, SetClock(START), 1)


def export(store: Store, target: Path, **options: Any) -> ExportResult:
    with store.reader() as reader:
        return export_tickets(reader, 1, target, **options)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def report(desk: Desk, **values: Any) -> str:
    return desk.do(Report(**{"title": "井盖破损", **values}), desk.actor("zhang")).ticket


# ------------------------------------------------------------------------------------------------ cells


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    assert is_formula(text)
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["井盖破损", "1-2", "a=b", "", "   ", "2026-11-20", "~x", "'quoted'"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text(max_size=60))
def test_a_safe_cell_has_no_formula_no_control_and_fits(text: str) -> None:
    cell = safe_cell(text)
    assert not is_formula(cell)
    assert all(char == "\n" or ord(char) >= 32 for char in cell)
    assert len(cell) <= CELL_LIMIT


@given(st.text(st.sampled_from("='+-@ab1 "), max_size=12))
def test_a_guard_can_be_taken_off(text: str) -> None:
    assert without_guard(safe_cell(text)) == text


# ------------------------------------------------------------------------------------------------ files


def test_the_three_forms_say_the_same(store: Store, desk: Desk, tmp_path: Path) -> None:
    first = report(desk, title="第一件", body="两行\n文字", source="hotline", grid="G01")
    second = report(desk, title="第二件", urgency="urgent")
    desk.do(Accept(ticket=second), desk.actor("zhang"))
    desk.do(Dispatch(ticket=second, to="CSGX"), desk.actor("zhang"))
    results = {form: export(store, tmp_path / f"t.{form}", progress=None) for form in ("csv", "xlsx", "jsonl")}
    assert {form: result.written for form, result in results.items()} == {"csv": 2, "xlsx": 2, "jsonl": 2}
    from_csv = read_csv(tmp_path / "t.csv")
    sheet = list(openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows(values_only=True))
    from_json = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text("utf-8").splitlines()]
    assert list(from_csv[0]) == list(sheet[0]) == list(from_json[0]) == list(COLUMNS)
    for plain, line, record in zip(from_csv, sheet[1:], from_json, strict=True):
        for name, value in zip(COLUMNS, line, strict=True):
            expected = record[name]
            if isinstance(expected, bool):
                expected = "true" if expected else "false"
            assert plain[name] == ("" if expected is None else str(expected))
            assert value == expected or (value is None and expected == "")
    one, two = from_json
    assert (one["code"], one["grid"], one["grid_name"], one["community"], one["on_time"]) == (
        first, "G01", "第一网格", "C01", None,
    )  # fmt: skip
    assert (two["unit"], two["unit_name"], two["stage"], two["urgency"]) == (
        "CSGX",
        "城市更新岗",
        "dispatched",
        "urgent",
    )
    assert two["reported_at"] == "2026-11-20T09:00:00+08:00"
    assert one["body"] == "两行\n文字"


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_in_a_workbook_are_text(sqlite_database: str, tmp_path: Path, text: str) -> None:
    store = street(sqlite_database)
    desk = Desk(store, SetClock(START), 1)
    report(desk, title="x" + text, body=f"a{text}", address=text)
    export(store, tmp_path / "t.xlsx", reveal=True)
    export(store, tmp_path / "t.csv", reveal=True)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not any(is_formula(str(value)) for row in sheet.iter_rows(values_only=True) for value in row if value)
    (line,) = read_csv(tmp_path / "t.csv")
    assert line["address"].startswith("'")
    store.close()


def test_personal_data_is_masked_unless_it_is_asked_for(store: Store, desk: Desk, tmp_path: Path) -> None:
    report(desk, title="请回电13812345678", body="身份证352123199001011226", address="春晖路5号3单元201室",
           reporter_name="张三丰", reporter_phone="13812345678")  # fmt: skip
    masked = export(store, tmp_path / "masked.csv")
    (line,) = read_csv(tmp_path / "masked.csv")
    assert masked.masked
    whole = (tmp_path / "masked.csv").read_text("utf-8")
    for secret in ("13812345678", "352123199001011226", "张三丰", "201"):
        assert secret not in whole
    assert line["reporter_name"] == "张*丰"
    assert line["reporter_phone"] == "138****5678"
    assert not export(store, tmp_path / "all.csv", reveal=True).masked
    (line,) = read_csv(tmp_path / "all.csv")
    assert (line["reporter_name"], line["reporter_phone"]) == ("张三丰", "13812345678")


def test_what_is_confidential_is_withheld(store: Store, desk: Desk, tmp_path: Path) -> None:
    code = report(desk, title="举报某单位", body="内情", address="春晖路", reporter_name="张三", confidential=True)
    export(store, tmp_path / "t.jsonl")
    record = json.loads((tmp_path / "t.jsonl").read_text("utf-8"))
    assert record["code"] == code
    assert {record[name] for name in ("title", "body", "address", "reporter_name")} == {"***"}
    export(store, tmp_path / "all.jsonl", reveal=True)
    assert json.loads((tmp_path / "all.jsonl").read_text("utf-8"))["title"] == "举报某单位"


def test_control_characters_do_not_leave(store: Store, desk: Desk, tmp_path: Path) -> None:
    report(desk, title="红\x1b[31m字", body="a\x07b\u202ec\x9bd")
    for name in ("t.csv", "t.xlsx", "t.jsonl"):
        export(store, tmp_path / name, reveal=True)
    for name in ("t.csv", "t.jsonl"):
        content = (tmp_path / name).read_text("utf-8-sig")
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(content)


def test_a_filter_chooses(store: Store, desk: Desk, tmp_path: Path) -> None:
    codes = [report(desk, title=f"第{number}件", urgency=("urgent", "normal")[number % 2]) for number in range(6)]
    chosen = parse("urgency:urgent open", int(START.timestamp()))
    heard: list[tuple[int, int]] = []
    result = export(store, tmp_path / "t.csv", condition=chosen, progress=lambda done, of: heard.append((done, of)))
    assert result.written == 3
    assert [line["code"] for line in read_csv(tmp_path / "t.csv")] == codes[::2]
    assert heard == [(3, 3)]


def test_pages_follow_each_other_without_a_gap(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.queries.export.PAGE", 2)
    store = street(sqlite_database)
    desk = Desk(store, SetClock(START), 1)
    codes = [report(desk) for _ in range(5)]
    assert export(store, tmp_path / "t.csv").written == 5
    assert [line["code"] for line in read_csv(tmp_path / "t.csv")] == codes
    store.close()


# ------------------------------------------------------------------------------------------------ places


def test_nothing_is_overwritten_without_force(store: Store, desk: Desk, tmp_path: Path) -> None:
    report(desk)
    target = tmp_path / "t.csv"
    target.write_text("mine")
    with pytest.raises(BadInput) as caught:
        export(store, target)
    assert caught.value.code == "file-exists"
    assert target.read_text() == "mine"
    assert export(store, target, force=True).written == 1
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = street(sqlite_database)
    report(Desk(store, SetClock(START), 1))
    target = tmp_path / "t.csv"

    def intrude(text: str) -> str:
        target.write_text("theirs")
        return text

    monkeypatch.setitem(exporting._MASKS, "title", intrude)
    with pytest.raises(BadInput) as caught:
        export(store, target)
    assert caught.value.code == "file-exists"
    assert target.read_text() == "theirs"
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]
    store.close()


def test_a_text_that_looks_like_an_error_of_a_workbook_is_text(sqlite_database: str, tmp_path: Path) -> None:
    store = street(sqlite_database)
    report(Desk(store, SetClock(START), 1), title="#REF!")
    export(store, tmp_path / "t.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "t.xlsx").active["B2"]
    assert (cell.value, cell.data_type) == ("#REF!", "s")
    store.close()


@pytest.mark.parametrize(("name", "code"), [("t.pdf", "export-form"), ("no/where/t.csv", "export-file")])
def test_a_place_that_cannot_be_is_refused(store: Store, tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        export(store, tmp_path / name)
    assert caught.value.code == code


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_an_export_that_fails_leaves_nothing_behind(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    store = street(sqlite_database)
    desk = Desk(store, SetClock(START), 1)
    for _ in range(3):
        report(desk)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.csv").write_text("old")
    calls = iter(range(100))

    def fail(name: str) -> str:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        return name

    monkeypatch.setitem(exporting._MASKS, "title", fail)
    with pytest.raises(BadInput) as caught:
        export(store, folder / "old.csv", form=form, force=True)
    assert caught.value.code == "export-file"
    assert os.listdir(folder) == ["old.csv"]
    assert (folder / "old.csv").read_text() == "old"
    store.close()


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_a_stream_says_when_its_place_is_full(sqlite_database: str, tmp_path: Path, form: str) -> None:
    store = street(sqlite_database)
    report(Desk(store, SetClock(START), 1))
    with store.reader() as reader:
        with open(tmp_path / "t", "wb", buffering=0) as file:
            assert stream_tickets(reader, 1, file, form) == 1
            assert not file.closed
        assert (tmp_path / "t").stat().st_size > 500
        with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError, match="No space"):
            stream_tickets(reader, 1, full, form)
    store.close()
