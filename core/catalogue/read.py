"""From TOML to a checked catalogue. Every mistake is found in one pass and said with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.catalogue.fields import Fields, Problems, doubles
from core.catalogue.model import LIMIT_KINDS, CatalogueVersion, CategoryEntry, MatterEntry
from core.catalogue.sources import SHIPPED, read_toml
from core.rules.budgets import Budget
from core.rules.policy import Policy
from data.errors import BadInput, NotFound, Refusal
from data.terms import AffairKind, Urgency

SECTIONS = ("party", "economy", "service", "safety")
STAGES = ("arrive", "make_safe")
MAX_MATTERS = 5_000
MAX_LIMITS = 30
MAX_DEPTH = 3

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}", re.ASCII)
_FILE_KEYS = ("version", "category", "matter", "synonyms")
_CATEGORY_KEYS = ("code", "name", "name_en", "parent")
_MATTER_KEYS = (
    *("code", "category", "name", "name_en", "work", "ask", "section", "lead", "assist", "urgency", "kind"),
    *("ladder", "stages", "keywords", "confidential", "limit"),
)
_LIMIT_KEYS = ("when", "when_en", *LIMIT_KINDS)


def shipped_catalogue() -> Path:
    """The folder of the catalogue that comes with the product."""
    return SHIPPED / "catalogue"


def read_catalogue(path: Path | None = None, policy: Policy | None = None) -> CatalogueVersion:
    """A catalogue from a folder (matters*.toml) or one file; by default the one that comes with the product.

    With a policy, the ladders that matters ask for must be among its ladders. Raises BadInput whose details list every
    mistake with its place, NotFound for a path without matters.
    """
    tables = {file.name: read_toml(file) for file in _files(path or shipped_catalogue())}
    return parse_catalogue(tables, policy)


def read_policy(path: Path | None = None) -> tuple[Policy, dict[str, Any]]:
    """A policy and its plain body; by default the one that comes with the product. Raises BadInput or NotFound."""
    given = path or shipped_catalogue()
    file = given / "policy.toml" if given.is_dir() else given
    body = read_toml(file)
    try:
        return Policy.from_dict(body), body
    except (AttributeError, TypeError, ValueError) as error:
        raise BadInput(
            "policy-shape", f"{file.name}：结构有误（{error}）", f"{file.name}: wrong shape ({error})"
        ) from error


def parse_catalogue(tables: Mapping[str, Mapping[str, Any]], policy: Policy | None = None) -> CatalogueVersion:
    """A catalogue from tables by file name. Raises BadInput whose details list every mistake with its place."""
    problems = Problems()
    files = [Fields(table, file, problems, _FILE_KEYS) for file, table in tables.items()]
    categories = _categories(files, problems)
    matters = [entry for file in files for number, row in file.rows("matter", MAX_MATTERS)
               if (entry := _matter(_numbered(file, "matter", number, row, _MATTER_KEYS)))]  # fmt: skip
    for code in doubles([entry.code for entry in matters]):
        problems.add(f"matter {code}", "编码重复", "this code is there twice")
    for entry in matters:
        if entry.category not in categories:
            problems.add(f"matter {entry.code}", f"没有类别 {entry.category}", f"there is no category {entry.category}")
        if policy is not None and entry.ladder and entry.ladder not in policy.ladders:
            problems.add(
                f"matter {entry.code}", f"政策没有升级链 {entry.ladder}", f"the policy has no ladder {entry.ladder}"
            )
    synonyms = tuple(group for file in files for group in _synonyms(file))
    versions = {file.text("version", longest=40) for file in files if "version" in file.row}
    if len(versions) != 1:
        problems.add("version", "须且只能有一个版本号", "exactly one version is needed")
    if not matters:
        problems.add("matter", "没有任何事项", "there is no matter")
    problems.raise_any("catalogue-content")
    return CatalogueVersion(versions.pop(), tuple(categories.values()), tuple(matters), synonyms)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("matters*.toml"))
    if not found:
        raise NotFound("catalogue-empty", f"{path} 中没有 matters*.toml。", f"There is no matters*.toml in {path}.")
    return found


def _numbered(file: Fields, key: str, number: int, row: Mapping[str, Any], known: tuple[str, ...]) -> Fields:
    """A row of a file, its place named by its code, or by its number where it has none."""
    code = row.get("code")
    name = code if isinstance(code, str) and _CODE.fullmatch(code) else str(number)
    return Fields(row, f"{file.place}: {key} {name}", file.problems, known)


def _categories(files: list[Fields], problems: Problems) -> dict[str, CategoryEntry]:
    rows = [
        _numbered(file, "category", number, row, _CATEGORY_KEYS)
        for file in files
        for number, row in file.rows("category", MAX_MATTERS)
    ]
    entries = [
        CategoryEntry(row.text("code"), row.text("name"), row.text("name_en", ""), row.text("parent", ""))
        for row in rows
    ]
    for code in doubles([entry.code for entry in entries]):
        problems.add(f"category {code}", "编码重复", "this code is there twice")
    found = {entry.code: entry for entry in entries}
    for entry in entries:
        if entry.parent and entry.parent not in found:
            problems.add(
                f"category {entry.code}", f"没有上级类别 {entry.parent}", f"there is no category {entry.parent}"
            )
        if _depth(entry, found) > MAX_DEPTH:
            problems.add(f"category {entry.code}", "类别超过三级或成环", "deeper than three levels, or in a ring")
    return found


def _synonyms(file: Fields) -> list[tuple[str, ...]]:
    groups = file.row.get("synonyms", [])
    if not isinstance(groups, list):
        file.wrong("synonyms 须为列表的列表", "synonyms must be a list of lists")
        return []
    return [
        Fields({"words": group}, f"{file.place}: synonyms {number}", file.problems, ("words",)).texts("words")
        for number, group in enumerate(groups, 1)
    ]


def _depth(entry: CategoryEntry, found: Mapping[str, CategoryEntry]) -> int:
    depth, current = 1, entry
    while current.parent in found and depth <= MAX_DEPTH:
        depth, current = depth + 1, found[current.parent]
    return depth


def _matter(row: Fields) -> MatterEntry | None:
    before = len(row.problems.found)
    entry = MatterEntry(
        code=row.text("code", longest=20),
        category=row.text("category", longest=20),
        name=row.text("name", longest=60),
        name_en=row.text("name_en", "", longest=80),
        work=row.text("work", longest=2_000),
        section=row.word("section", SECTIONS),
        lead=row.text("lead", longest=40),
        urgency=row.word("urgency", Urgency),
        affair=row.word("kind", AffairKind),
        ask=row.texts("ask"),
        assist=row.texts("assist"),
        stages=row.texts("stages"),
        ladder=row.text("ladder", "", longest=40),
        keywords=row.texts("keywords"),
        confidential=row.flag("confidential"),
        limits=_limits(row),
    )
    if not _CODE.fullmatch(entry.code):
        row.wrong("编码须以字母开头，20 位以内的字母数字", "the code must be letters and digits, at most 20")
    for stage in entry.stages:
        if stage not in STAGES:
            row.wrong(f"未知步骤 {stage}", f"unknown stage {stage}; known: {', '.join(STAGES)}")
    for code in doubles([entry.lead, *entry.assist]):
        row.wrong(f"{code} 重复，或与主办相同", f"{code} is there twice, or is the lead itself")
    return entry if len(row.problems.found) == before else None


def _limits(matter: Fields) -> tuple[dict[str, str], ...]:
    found = []
    for number, values in matter.rows("limit", MAX_LIMITS):
        row = Fields(values, f"{matter.place}, limit {number}", matter.problems, _LIMIT_KEYS)
        entry = {"when": row.text("when"), "when_en": row.text("when_en", "")}
        if "final" not in values:
            row.wrong("缺少最终时限 final", "has no final limit")
        entry.update((kind, _budget(row, kind)) for kind in LIMIT_KINDS if kind in values)
        found.append(entry)
    if not found:
        matter.wrong("至少要有一个时限 limit", "needs one limit at least")
    return tuple(found)


def _budget(row: Fields, kind: str) -> str:
    try:
        return Budget.parse(row.text(kind)).format()
    except Refusal as error:
        row.problems.add(f"{row.place}, {kind}", error.zh, error.en)
    return ""
