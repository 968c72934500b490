"""Files as they come: every encoding and delimiter is found, every kind of damage is a refusal that names the line."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.exchange.readers import open_table
from data.errors import BadInput, NotFound, Refusal

PLAIN = "id,title,time\n1,井盖破损,2019-01-01\n2,路灯不亮,2019-01-02\n"
ROWS = [
    (2, {"id": "1", "title": "井盖破损", "time": "2019-01-01"}),
    (3, {"id": "2", "title": "路灯不亮", "time": "2019-01-02"}),
]


def written(folder: Path, content: bytes | str, name: str = "t.csv", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


def refusal(file: Path, columns: tuple[str, ...] = (), form: str = "") -> Refusal:
    with pytest.raises(Refusal) as caught:
        list(open_table(file, columns, form).rows)
    return caught.value


# ------------------------------------------------------------------------------------------------ CSV


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, found: str) -> None:
    table = open_table(written(tmp_path, PLAIN, encoding=encoding))
    assert (table.encoding, table.header, table.count) == (found, ["id", "title", "time"], 2)
    assert list(table.dicts()) == ROWS
    table.close()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_outside_quotes(tmp_path: Path, delimiter: str) -> None:
    heading = delimiter.join(["id", '"a,;,;b"', "title"])
    table = open_table(written(tmp_path, heading + "\n" + delimiter.join(["1", "x", "y"]) + "\n"))
    assert list(table.dicts()) == [(2, {"id": "1", "a,;,;b": "x", "title": "y"})]


def test_lines_are_counted_through_quoted_breaks_and_blank_lines(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, 'id,text\r\n1,"a\r\nb"\r\n\r\n2,c\r\n'))
    assert [(line, cells) for line, cells, _ in table.rows] == [(2, ["1", "a\r\nb"]), (5, ["2", "c"])]


def test_a_row_with_too_many_or_too_few_cells_is_a_fault_of_that_row_only(tmp_path: Path) -> None:
    rows = list(open_table(written(tmp_path, "id,text\n1\n2,a,b\n3,c\n")).rows)
    assert [(line, fault.code if fault else None) for line, _, fault in rows] == [(2, "cells"), (3, "cells"), (4, None)]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('id,text\n1,a\n2,"never closed\n' + "3,c\n" * 50, 3),
        ('id,text\n1,"' + "x" * 200_000 + "\n2,b\n", 2),
        ('id,text\n1,a\n2,"opened\n3,b\n4,"closed by the next\n5,c\n', 3),
        ('id,text\n1,"a"b\n', 2),
        # Closed by chance before the end: the row runs over two lines and has too many cells.
        ('id,text\n1,a\n2,"opened, and, two\nmore",lines\n3,c\n', 3),
    ],
)
def test_broken_quoting_names_the_line_where_it_began(tmp_path: Path, content: str, line: int) -> None:
    error = refusal(written(tmp_path, content))
    assert error.code == "csv-broken"
    assert error.details["line"] == line
    assert str(line) in error.zh
    assert str(line) in error.en


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"\n\n", "csv-heading"),
        (b",,\n1,2,3\n", "csv-heading"),
        (b"id,text\n1,a\x00b\n", "file-nul"),
        (b"id,text\n1,\xff\xff\xff\n", "file-encoding"),
        (",".join(f"c{number}" for number in range(501)).encode() + b"\n", "csv-heading"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(written(tmp_path, content)).code == code


def test_the_line_that_cannot_be_decoded_is_named(tmp_path: Path) -> None:
    content = b"id,text\n" + b"1,a\n" * 7 + b"2,\xff\xff\n"
    assert refusal(written(tmp_path, content)).details["line"] == 9


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotFound):
        open_table(tmp_path / "nowhere.csv")
    for path, code in ((tmp_path, "file-directory"), (tmp_path / "pipe", "file-kind"), (Path("a\x00b"), "file-read")):
        with pytest.raises(BadInput) as caught:
            open_table(path)
        assert caught.value.code == code


# ------------------------------------------------------------------------------------------------ JSON lines


def test_json_lines_give_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    lines = [{"id": 1, "title": "井盖", "x": 1.5}, {"id": 2.0, "title": None, "flag": True, "deep": {"a": [1]}}]
    file = written(tmp_path, "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "t.jsonl")
    table = open_table(file, ("id", "title", "flag"))
    assert list(table.dicts()) == [
        (1, {"id": "1", "title": "井盖", "flag": ""}),
        (3, {"id": "2", "title": "", "flag": "true"}),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"id": NaN}',
        '{"id": Infinity}',
        "[1]",
        "{",
        '{"id": {"a": 1}}',
        '{"id": ' + "9" * 5000 + "}",
        '{"a":' * 50_000 + "1" + "}" * 50_000,
    ],
)
def test_a_line_that_is_no_flat_object_is_a_fault_of_that_line_only(tmp_path: Path, line: str) -> None:
    table = open_table(written(tmp_path, line + '\n{"id": 7}\n', "t.jsonl"), ("id",))
    assert table.count == 2
    rows = list(table.rows)
    assert rows[0][2] is not None
    assert rows[1][1:] == (["7"], None)


def test_an_endless_json_line_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, '{"id": "' + "x" * 1_100_000, "t.jsonl")).code == "jsonl-line"


# ------------------------------------------------------------------------------------------------ XLSX


def workbook(folder: Path, rows: list[list[object]], name: str = "t.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def test_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    from datetime import datetime

    rows = [["id", "when", "note"], [1, datetime(2019, 1, 2, 3, 4, 5), "井盖"], [None, None, None], [2.5, None, True]]
    table = open_table(workbook(tmp_path, rows, "misnamed.csv.xlsx"))
    assert (table.form, table.count) == ("xlsx", 2)
    assert list(table.dicts()) == [
        (2, {"id": "1", "when": "2019-01-02 03:04:05", "note": "井盖"}),
        (4, {"id": "2.5", "when": "", "note": "true"}),
    ]
    table.close()


def sheet_file(folder: Path, sheet: bytes, name: str = "bomb.xlsx", extra: int = 0) -> Path:
    """A workbook whose only sheet is the given XML."""
    book = folder / "empty.xlsx"
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            is_sheet = entry.filename.startswith("xl/worksheets/")
            target.writestr(entry.filename, sheet if is_sheet else source.read(entry))
        for number in range(extra):
            target.writestr(f"xl/media/{number}.bin", b"x")
    return folder / name


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


@pytest.mark.parametrize("place", [b"XFD1048576", b"A9999999", b"XFD1"])
def test_one_cell_far_away_is_refused_at_once(tmp_path: Path, place: bytes) -> None:
    cells = b'<row r="1"><c r="A1" t="str"><v>id</v></c></row><row><c r="' + place + b'"><v>1</v></c></row>'
    file = sheet_file(tmp_path, HEAD + cells + TAIL)
    assert file.stat().st_size < 10_000
    error = refusal(file)
    assert error.code == "xlsx-size"
    assert place.decode() in error.en


def test_a_far_cell_is_seen_wherever_the_blocks_are_cut(tmp_path: Path) -> None:
    """The sheet is looked through block by block; the place of the far cell lies across the border of two."""
    from core.exchange.unpack import _BLOCK

    far = b'<row><c r="XFD1048576"><v>1</v></c></row>'
    for cut in (8, 12, 16, 20):
        lead = HEAD + b"<!--"
        padding = b"x" * (_BLOCK - len(lead) - len(b"-->") - cut)
        error = refusal(sheet_file(tmp_path, lead + padding + b"-->" + far + TAIL, f"{cut}.xlsx"))
        assert "XFD1048576" in error.en


def test_a_sheet_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    row = b'<row><c t="str"><v>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</v></c></row>'
    file = sheet_file(tmp_path, HEAD + row * 400_000 + TAIL)
    assert file.stat().st_size < 300_000
    assert refusal(file).code == "xlsx-size"


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    assert refusal(sheet_file(tmp_path, HEAD + TAIL, extra=250)).code == "xlsx-size"


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The length in the archive's directory says 100 bytes; what unpacks is more."""
    file = sheet_file(tmp_path, HEAD + b'<row><c t="str"><v>id</v></c></row>' * 300_000 + TAIL)
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    place = content.index(size, start)
    content[place : place + 4] = (100).to_bytes(4, "little")
    file.write_bytes(content)
    assert refusal(file).code in ("xlsx-broken", "xlsx-size")


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"PK\x03\x04" + b"\x00" * 400, b"not a workbook at all"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content, "t.xlsx")).code == "xlsx-broken"


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(tmp_path / "t.xlsx").code == "xlsx-broken"


def test_the_unpacking_process_has_limits(tmp_path: Path) -> None:
    """The limits hold in the child, whatever it reads: a file that fills its memory ends it, not us."""
    from core.exchange import unpack

    program = (
        "import runpy, sys, resource\n"
        "sys.argv = ['unpack', sys.argv[1], '']\n"
        "space = runpy.run_path(sys.argv[1] + '.py')\n"
        "space['_measure'].__globals__['_measure'] = lambda path: bytearray(3 << 30)\n"
        "space['main'](sys.argv[1], '')\n"
    )
    copy = tmp_path / "unpack.py"
    copy.write_bytes(Path(unpack.__file__).read_bytes())
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "unpack")], capture_output=True, text=True)
    assert ended.returncode == unpack.REFUSED
    assert json.loads(ended.stderr.strip().splitlines()[-1])["code"] == "xlsx-size"


# ------------------------------------------------------------------------------------------------ anything at all


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), name=st.sampled_from(["t.csv", "t.jsonl"]))
def test_random_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    file = written(tmp_path, content, name)
    try:
        table = open_table(file, ("a", "b"))
    except Refusal:
        return
    assert len(list(table.rows)) == table.count
    table.close()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 4000), junk=st.binary(max_size=40))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, cut: int, junk: bytes) -> None:
    whole = workbook(tmp_path, [["id", "title"], [1, "井盖"]]).read_bytes()
    place = cut % len(whole)
    file = written(tmp_path, whole[:place] + junk + whole[place + len(junk) :], "damaged.xlsx")
    with suppress(Refusal):
        open_table(file).close()


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=6), delimiter=st.sampled_from([",", ";", "\t"]))
def test_what_a_csv_writer_wrote_is_read_back(tmp_path: Path, rows: list[tuple[str, str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "title"), *rows])
    table = open_table(written(tmp_path, out.getvalue()), delimiter=delimiter)
    assert [tuple(cells) for _, cells, _ in table.rows] == rows
    table.close()
