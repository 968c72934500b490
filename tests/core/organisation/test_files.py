"""Organisations in files: there and back unchanged, bad rows with their line, hostile files refused."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.organisation.files import dump_organisation, read_organisation, write_organisation
from core.organisation.model import Organisation
from core.organisation.roster import roster
from core.organisation.sheets import read_csv, read_workbook, write_csv
from core.organisation.template import read_template
from data.errors import BadInput, NotFound, Refusal

FORMS = ["street.toml", "street.csv", "street.xlsx", "street"]


@pytest.fixture(scope="module")
def s3() -> Organisation:
    organisation = read_template("s3")
    return replace(organisation, duty=tuple(roster(organisation, date(2026, 11, 20), 2)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["s3", "s4"])
def test_there_and_back(tmp_path: Path, form: str, name: str) -> None:
    organisation = read_template(name)
    organisation = replace(organisation, duty=tuple(roster(organisation, date(2026, 11, 20), 2)))
    write_organisation(organisation, tmp_path / form)
    assert read_organisation(tmp_path / form) == organisation
    assert not list(tmp_path.glob("**/*.part"))


def test_a_table_alone_takes_the_rest_from_what_is_there(tmp_path: Path, s3: Organisation) -> None:
    (tmp_path / "officer.csv").write_text("code,name\nL01,新书记\n", encoding="utf-8")
    found = read_organisation(tmp_path, s3)
    assert found.units == s3.units
    assert [officer.name for officer in found.officers] == ["新书记"]
    with pytest.raises(BadInput, match="centre"):
        read_organisation(tmp_path)


def test_chinese_headings_words_and_gb18030(tmp_path: Path, s3: Organisation) -> None:
    text = "编号,类型,名称,上级,户数\nSQ01,村社区,望江社区,CHL,\nSQ01-G01,基础网格,一网格,SQ01,480\n"
    (tmp_path / "unit.csv").write_bytes(text.encode("gb18030"))
    units = read_organisation(tmp_path, s3).units
    assert [(unit.kind, unit.households) for unit in units] == [("community", 0), ("grid", 480)]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("SQ01,planet,望江,CHL,1", "kind"),
        (",grid,望江,SQ01,1", "code"),
        ("SQ01,grid,望江,SQ01,many", "households"),
        ("SQ01,grid,望江,SQ01,-4", "households"),
        ("SQ01,grid,望\x1b江,SQ01,4", "control"),
        (f"SQ01,grid,{'长' * 90},SQ01,4", "80"),
    ],
)
def test_a_bad_row_is_said_with_its_line(tmp_path: Path, s3: Organisation, row: str, word: str) -> None:
    (tmp_path / "unit.csv").write_text(f"code,kind,name,parent,households\nSQ09,grid,好,SQ01,1\n\n{row}\n")
    with pytest.raises(BadInput) as caught:
        read_organisation(tmp_path, s3)
    (problem, *_) = caught.value.details["problems"]  # type: ignore[misc]
    assert problem["place"] == "unit.csv line 4"
    assert word in problem["en"]
    assert problem["zh"]


def test_lines_are_counted_through_quoted_line_breaks(tmp_path: Path, s3: Organisation) -> None:
    (tmp_path / "officer.csv").write_text('code,name,title\na,甲,"two\nlines"\nb,,x\n')
    with pytest.raises(BadInput) as caught:
        read_organisation(tmp_path, s3)
    places = [problem["place"] for problem in caught.value.details["problems"]]  # type: ignore[attr-defined]
    assert places == ["officer.csv line 2", "officer.csv line 4"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b'record,code\nunit,"x"y\n', "csv-broken"),
        ("a.csv", b'record,code\nunit,"x\n', "csv-broken"),
        ("a.csv", b"record\nunit,x\n", "table-cells"),
        ("a.csv", b"code\nx\n", "organisation-record"),
        ("a.csv", b"record,code\nghost,x\n", "organisation-record"),
        ("a.csv", b"\xff\xfe\x00a", "csv-encoding"),
        ("a.csv", b"record,code\nunit," + b"x" * 30_000, "table-size"),
        ("a.xlsx", b"not a zip", "xlsx-broken"),
        ("a.toml", b"[centre", "toml-text"),
        ("a.toml", b"x = 3", "organisation-table"),
        ("a.toml", b"unit = [3]\n[centre]\ncode = 'a'", "organisation-content"),
        ("a.pdf", b"%PDF", "organisation-format"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_organisation(tmp_path / name)
    assert caught.value.code == code
    assert caught.value.zh


def test_missing_and_empty(tmp_path: Path) -> None:
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(NotFound):
            read_organisation(path)
    (tmp_path / "empty.csv").touch()
    with pytest.raises(BadInput):
        read_organisation(tmp_path / "empty.csv")


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path, s3: Organisation) -> None:
    (tmp_path / "here").touch()
    with pytest.raises(BadInput) as caught:
        write_organisation(s3, tmp_path / "here" / "x.toml")
    assert caught.value.code == "file-write"


# ------------------------------------------------------------------------------------------------ hostile workbooks


def bomb(text: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A sound workbook with one part replaced."""
    out, sound = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["record", "code"])  # type: ignore[union-attr]
    book.save(sound)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == name else old.read(part))
    return out.getvalue()


SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b"%s</sheetData></worksheet>"
)
FAR = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>record</t></is></c></row>'
    b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
)


SOUND = bomb(SHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>record</t></is></c></row>')


def test_a_workbook_that_unpacks_to_too_much_is_not_opened() -> None:
    content = bomb(SHEET % (b" " * 101_000_000))
    assert len(content) < 1_000_000
    with pytest.raises(BadInput) as caught:
        read_workbook(content, "bomb.xlsx")
    assert caught.value.code == "xlsx-unsafe"


def test_a_workbook_with_entities_is_not_opened() -> None:
    lol = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(BadInput) as caught:
        read_workbook(bomb(lol + SHEET % b""), "lol.xlsx")
    assert caught.value.code == "xlsx-unsafe"


def test_a_cell_far_away_does_not_fill_the_memory() -> None:
    (sheet,) = read_workbook(bomb(SHEET % FAR), "far.xlsx")
    assert sheet.rows == []


def test_too_many_parts() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(300):
            archive.writestr(f"p{number}", b"")
    with pytest.raises(BadInput) as caught:
        read_workbook(out.getvalue(), "parts.xlsx")
    assert caught.value.code == "xlsx-unsafe"


def test_a_wide_table_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        read_csv((",".join(f"c{number}" for number in range(100)) + "\n").encode(), "wide.csv")
    assert caught.value.code == "table-size"


def test_cells_are_never_formulas() -> None:
    nasty = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "'=x", "''=x", "'quiet", "plain", ""]
    content = write_csv(["code", "name"], [{"code": f"c{n}", "name": text} for n, text in enumerate(nasty)])
    cells = [cell for row in csv.reader(content.decode("utf-8-sig").splitlines()) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert [row["name"] for _, row in read_csv(content, "x.csv").rows] == nasty
    organisation = replace(read_template("s4"), name="=HYPERLINK(1)")
    book = load_workbook(io.BytesIO(dump_organisation(organisation, "xlsx")))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@given(st.binary(max_size=300), st.sampled_from([".csv", ".toml", ".xlsx"]))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"random{ending}"
    path.write_bytes(content)
    with pytest.raises(Refusal):
        read_organisation(path)


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=8), max_size=8))
@settings(max_examples=100, deadline=None)
def test_any_cells_are_read_or_refused(rows: list[list[str]]) -> None:
    heading = ["record", "code", "kind", "name", "key", "value", "facts", "aliases"]
    out = [heading, *[["unit", *row][:8] for row in rows]]
    content = "\n".join(",".join(cell.replace(",", "").replace('"', "") for cell in row) for row in out)
    try:
        read_csv(content.encode("utf-8", "replace"), "x.csv")
    except Refusal:
        pass


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_workbook_is_refused_or_read(data: st.DataObject) -> None:
    sound = bytearray(SOUND)
    for place in data.draw(st.lists(st.integers(0, len(sound) - 1), min_size=1, max_size=6)):
        sound[place] ^= data.draw(st.integers(1, 255))
    try:
        read_workbook(bytes(sound), "x.xlsx")
    except Refusal:
        pass
