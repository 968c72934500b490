"""The lists of who owns what, from and to files: TOML, CSV or XLSX. Every mistake is said with its place.

A table has one row per entry, its list named in the first column; several codes or words in one cell are parted by `|`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from core.catalogue.fields import Fields, Problems, doubles
from core.catalogue.model import CatalogueVersion
from core.catalogue.sources import SHIPPED, parse_toml, read_bytes
from core.rules.lists import CERTIFICATES, DUTIES, ListEntry, Lists, doubled_words
from data.errors import BadInput
from data.findings import Finding
from data.terms import ListKind

Form = Literal["toml", "csv", "xlsx"]
COLUMNS = ("list", "code", "name", "name_en", "matters", "words", "lead", "says", "says_en", "basis")
HEADINGS = {
    "清单": "list",
    "编号": "code",
    "名称": "name",
    "英文名": "name_en",
    "事项": "matters",
    "用语": "words",
    "主责单位": "lead",
    "清单说明": "says",
    "英文说明": "says_en",
    "依据": "basis",
}
"""Chinese headings that a table may have instead."""
SEVERAL = ("matters", "words")
SEPARATOR = "|"
MAX_ENTRIES = 5_000


def shipped_lists() -> Path:
    """The example that comes with the product: for the demo street, every row a proposal of our own."""
    return SHIPPED / "catalogue" / "lists.toml"


def read_lists(path: Path, label: str = "") -> Lists:
    """Lists from a .toml, .csv or .xlsx file. `label` names the version of a table, by default the file's name.

    Raises BadInput whose details list every mistake with its place, NotFound without such a file.
    """
    content, problems = read_bytes(path), Problems()
    suffix = path.suffix.lower()
    if suffix == ".toml":
        file = Fields(parse_toml(content, path.name), path.name, problems, ("version", "entry"))
        version = file.text("version", longest=40)
        rows = [(f"{path.name}: entry {number}", row) for number, row in file.rows("entry", MAX_ENTRIES)]
    elif suffix in (".csv", ".xlsx"):
        version, rows = label or path.stem[:40], _table(content, path.name, suffix, problems)
    else:
        raise BadInput(
            "lists-format",
            f"{path.name}：只能读取 .toml、.csv、.xlsx。",
            f"{path.name}: only .toml, .csv or .xlsx can be read.",
        )
    entries = tuple(entry for place, row in rows if (entry := _entry(Fields(row, place, problems, COLUMNS))))
    for code in doubles([f"{entry.kind.value} {entry.code}" for entry in entries]):
        problems.add(code, "编号重复", "this code is there twice")
    lists = Lists(label or version, entries)
    for word in doubled_words(lists):
        problems.add(word, "同时在可开与不应开两张证明清单上", "stands on both lists of certificates")
    if not rows and not problems.found:
        problems.add(path.name, "没有任何条目", "there is no entry")
    problems.raise_any("lists-content")
    return lists


def dump_lists(lists: Lists, form: Form) -> bytes:
    """Lists as the content of one file that `read_lists` takes."""
    import tomli_w

    from core.organisation.sheets import write_csv, write_workbook

    rows = [_row(entry) for entry in lists.entries]
    if form == "toml":
        kept = [{name: value for name, value in row.items() if value} for row in rows]
        return tomli_w.dumps({"version": lists.version, "entry": kept}).encode()
    cells = [{name: SEPARATOR.join(value) if name in SEVERAL else value for name, value in row.items()} for row in rows]
    return write_workbook({"lists": (COLUMNS, cells)}) if form == "xlsx" else write_csv(COLUMNS, cells)


def lists_body(lists: Lists) -> dict[str, Any]:
    """Lists as plain values, as they are stored."""
    return {"version": lists.version, "entries": [_row(entry) for entry in lists.entries]}


def lists_of_body(body: Mapping[str, Any]) -> Lists:
    """The stored lists as values."""
    entries = []
    for row in body["entries"]:
        values: dict[str, Any] = {name: tuple(row[name]) if name in SEVERAL else row[name] for name in COLUMNS[1:]}
        entries.append(ListEntry(kind=ListKind(row["list"]), **values))
    return Lists(body["version"], tuple(entries))


def check_lists(lists: Lists, catalogue: CatalogueVersion) -> list[Finding]:
    """What is worth a second look: codes that the catalogue does not have, matters on lists that exclude each other."""
    zh, en = f"版本 {lists.version}，{len(lists.entries)} 条", f"version {lists.version}: {len(lists.entries)} entries"
    found = [Finding("lists", "ok", zh, en)]
    for kind in ListKind:
        if not lists.of(kind):
            todo = _EMPTY.get(kind, ("", ""))
            found.append(Finding(f"{kind.value}-empty", "warn", f"{kind.zh}为空", f"nothing on: {kind.en}", *todo))
    found += _strangers(lists, catalogue) + _excluded(lists) + _twice(lists)
    for entry in lists.of(ListKind.STREET_ASSIST, ListKind.DISTRICT_LED):
        if not entry.lead:
            todo = "填写主责单位", "name the department"
            found.append(_warn("no-lead", entry, "没有写主责单位", "does not say who leads", *todo))
    return found


def _strangers(lists: Lists, catalogue: CatalogueVersion) -> list[Finding]:
    known = {matter.code for matter in catalogue.matters} | {category.code for category in catalogue.categories}
    todo = "改正编码，或先加载新目录", "correct it, or load the catalogue first"
    found = []
    for entry in lists.entries:
        codes = [code for code in entry.matters if code not in known]
        if codes:
            zh, en = f"事项目录里没有 {'、'.join(codes)}", f"the catalogue has no {', '.join(codes)}"
            found.append(_warn("matter-unknown", entry, zh, en, *todo))
    return found


def _excluded(lists: Lists) -> list[Finding]:
    negative = {code for entry in lists.of(ListKind.NEGATIVE) for code in entry.matters}
    todo = "负面清单优先", "the negative list holds"
    found = []
    for entry in lists.of(ListKind.COMMUNITY, ListKind.GRID):
        both = sorted(negative & set(entry.matters))
        if both:
            zh, en = f"{'、'.join(both)} 也在负面清单上", f"{', '.join(both)} is on the negative list too"
            found.append(_warn("negative-too", entry, zh, en, *todo))
    return found


def _twice(lists: Lists) -> list[Finding]:
    """Matters that two of the three tiers answer for."""
    found, seen = list[Finding](), dict[str, ListEntry]()
    todo = "一事项只归一张清单", "one list per matter"
    for entry in lists.of(*DUTIES):
        for code in entry.matters:
            other = seen.setdefault(code, entry)
            if other.kind != entry.kind:
                zh, en = (
                    f"{code} 也在{other.kind.zh}（{other.code}）",
                    f"{code} is also on: {other.kind.en} ({other.code})",
                )
                found.append(_warn("duty-twice", entry, zh, en, *todo))
    return found


_EMPTY = {
    ListKind.COMMUNITY: ("不拦截清单外下派", "what is off the list is not stopped"),
    ListKind.NEGATIVE: ("负面事项不拦截", "nothing is stopped as negative"),
    ListKind.NO_CERTIFICATE: ("不拒开证明", "no certificate is refused"),
}


def _warn(code: str, entry: ListEntry, zh: str, en: str, todo_zh: str, todo_en: str) -> Finding:
    place_zh, place_en = f"{entry.kind.zh} {entry.code}：", f"{entry.kind.en} {entry.code}: "
    return Finding(code, "warn", place_zh + zh, place_en + en, todo_zh, todo_en)


def _table(content: bytes, name: str, suffix: str, problems: Problems) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of a table; of a workbook all sheets, so that each list may have its own."""
    from core.organisation.sheets import read_csv, read_workbook

    sheets = [read_csv(content, name)] if suffix == ".csv" else read_workbook(content, name)
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for sheet in sheets:
        columns = [HEADINGS.get(column, column) for column in sheet.columns]
        strangers = [column for column in columns if column not in COLUMNS]
        if strangers or len(set(columns)) < len(columns):
            problems.add(
                f"{name}: {sheet.name}" if suffix == ".xlsx" else name,
                f"表头只能是 {'、'.join(COLUMNS)}，各一次", f"the heading is made of {', '.join(COLUMNS)}, each once",
            )  # fmt: skip
            continue
        for line, cells in sheet.rows:
            values = dict(zip(columns, cells.values(), strict=True))
            rows.append((f"{name}: {sheet.name} {line}" if suffix == ".xlsx" else f"{name}: {line}", _typed(values)))
    return rows[: MAX_ENTRIES + 1]


def _typed(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: [part.strip() for part in cell.split(SEPARATOR) if part.strip()] if name in SEVERAL else cell
        for name, cell in values.items()
    }


def _entry(row: Fields) -> ListEntry | None:
    before = len(row.problems.found)
    named = row.row.get("list")
    kind = next((kind for kind in ListKind if named in (kind.value, kind.zh)), None)
    if kind is None:
        known = "、".join(f"{kind.value} {kind.zh}" for kind in ListKind)
        row.wrong(f"list 须为：{known}", f"list must be one of: {', '.join(ListKind)}")
    entry = ListEntry(
        kind=kind or ListKind.PLATE,
        code=row.text("code", longest=20),
        name=row.text("name", longest=80),
        name_en=row.text("name_en", "", longest=120),
        matters=row.texts("matters"),
        words=row.texts("words"),
        lead=row.text("lead", "", longest=60),
        says=row.text("says", "", longest=300),
        says_en=row.text("says_en", "", longest=300),
        basis=row.text("basis", "", longest=200),
    )
    if kind in CERTIFICATES and not entry.words:
        row.wrong("证明清单须写证明的叫法 words", "a certificate needs words, what it is called")
    elif kind in (*DUTIES, ListKind.COMMUNITY, ListKind.GRID, ListKind.NEGATIVE) and not entry.matters:
        row.wrong("须写对应的事项或类别 matters", "needs its matters or categories")
    return entry if len(row.problems.found) == before else None


def _row(entry: ListEntry) -> dict[str, Any]:
    values = {**asdict(entry), "list": entry.kind.value}
    return {name: list(values[name]) if name in SEVERAL else values[name] for name in COLUMNS}


def kinds_of(lists: Lists) -> Sequence[tuple[ListKind, int]]:
    """How many rows each list has."""
    return [(kind, len(lists.of(kind))) for kind in ListKind]
