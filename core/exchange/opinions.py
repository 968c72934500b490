"""Answers of residents from a file: sound rows are taken in one event, the others go into a file with their reasons.

A row is known again by its household (in a vote or a notice) or by the very same opinion of the household, so that the
same file twice changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.desk.actor import Actor
from core.desk.desk import Desk
from core.desk.in_sight import seen_case
from core.desk.ledger import Ledger
from core.desk.meeting_orders import ROWS_LIMIT, CollectFile, Given
from core.desk.references import References
from core.desk.verbs.consulting import Sorted, running
from core.desk.work import Work
from core.exchange.importing import SAMPLES, Rejection
from core.exchange.readers import open_table
from core.exchange.rejects import Rejects
from core.exchange.tables import Fault, Table, shown
from data.errors import BadInput, NotAllowed

HEADINGS: dict[str, tuple[str, ...]] = {
    "household": ("户号", "房号", "门牌", "住户", "household"),
    "name": ("姓名", "业主", "业主姓名", "name"),
    "choice": ("选项", "表决", "表决意见", "态度", "choice"),
    "words": ("意见", "意见建议", "建议", "内容", "words"),
    "received": ("时间", "收到时间", "提交时间", "日期", "received"),
}
"""What the columns are called, in the order of preference."""
NEEDED = "household"


@dataclass
class Collected:
    """What came of a file; in a dry run, what would come of it."""

    read: int = 0
    taken: int = 0
    known: int = 0
    rejected: int = 0
    reject_file: Path | None = None
    dry_run: bool = False
    reasons: dict[str, int] = field(default_factory=dict)
    """Rejected rows by the code of their reason."""
    samples: list[Rejection] = field(default_factory=list)
    """The first rejected rows."""


def collect_file(
    desk: Desk,
    actor: Actor,
    ticket: str,
    file: Path,
    consultation: int | None = None,
    columns: Mapping[str, str] | None = None,
    dry_run: bool = False,
    rejects: Path | None = None,
) -> Collected:
    """Take the answers of a CSV, XLSX or JSONL file.

    `columns` says what a column is called where it is none of the usual headings; `rejects` where rejected rows go, by
    default a new file beside the source. Raises a Refusal, and then nothing has changed.
    """
    _demand_right(desk, actor, ticket)
    names = [name for headings in HEADINGS.values() for name in headings] + list((columns or {}).values())
    table = open_table(file, names)
    try:
        return _collect(desk, actor, ticket, file, consultation, columns or {}, dry_run, rejects, table)
    finally:
        table.close()


def _demand_right(desk: Desk, actor: Actor, ticket: str) -> None:
    """Also where nothing would be taken: who may not do it learns nothing of the answers that are there."""
    found = next(item for item in desk.possible(ticket, actor) if item.verb.name == CollectFile.verb)
    if found.why is not None:
        raise NotAllowed(found.why.code, found.why.zh + "。", found.why.en + ".")


def _collect(
    desk: Desk,
    actor: Actor,
    ticket: str,
    file: Path,
    consultation: int | None,
    columns: Mapping[str, str],
    dry_run: bool,
    wanted: Path | None,
    table: Table,
) -> Collected:
    if table.count > ROWS_LIMIT:
        raise BadInput(
            "file-rows",
            f"文件超过 {ROWS_LIMIT} 行，请分开导入。",
            f"More than {ROWS_LIMIT} rows: split the file.",
        )
    places = _places(table.header, columns)
    result, rows, faults = Collected(dry_run=dry_run), list[Given](), list[tuple[int, list[str], Fault]]()
    with desk.store.read() as connection:
        ledger = Ledger(connection, desk.centre_id, desk.now(), reading=True)
        refs = References(connection, desk.centre_id)
        case = seen_case(ledger, refs, ticket, actor)
        work = Work(case, refs, ledger.moment(case), actor, ledger)
        found = Sorted(work, running(work, consultation))
        for line, cells, given, fault in _given(table, places):
            result.read += 1
            why = fault or found.take(given)
            if why is not None:
                faults.append((line, cells, Fault(*why)))
            if fault is None:
                rows.append(given)
    result.taken, result.known = len(found.new), found.known
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    order = CollectFile(
        ticket=ticket, rows=rows, file=file.name[:300], digest=digest, consultation=consultation,
        unread=result.read - len(rows),
    )  # fmt: skip
    if result.taken:
        (desk.rehearse if dry_run else desk.do)(order, actor)
    _keep_rejects(result, faults, Rejects(file, wanted, table.header, not dry_run))
    return result


def _given(table: Table, places: Mapping[str, int]) -> Iterator[tuple[int, list[str], Given, Fault | None]]:
    for line, cells, fault in table.rows:
        values = {} if fault else {name: cells[place] for name, place in places.items()}
        yield line, cells, Given(**{"household": "", **values}), fault


def _places(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Which column holds what. Raises BadInput for a file without households, and for columns that are not there."""
    for name, heading in columns.items():
        if name not in HEADINGS:
            known = " ".join(HEADINGS)
            raise BadInput("column-field", f"列只能对应：{known}。", f"A column is one of: {known}.")
        if heading not in header:
            there = "、".join(shown(text) for text in header[:40])
            raise BadInput(
                "column-missing",
                f"文件没有列 {shown(heading)}（文件的列：{there}）。",
                f"The file has no column {shown(heading)}.",
            )
    plain = [text.strip().lower() for text in header]
    found = {}
    for name, headings in HEADINGS.items():
        if name in columns:
            found[name] = header.index(columns[name])
            continue
        place = next((plain.index(heading) for heading in headings if heading in plain), None)
        if place is not None:
            found[name] = place
    if NEEDED not in found:
        names = "、".join(HEADINGS[NEEDED])
        raise BadInput(
            "column-missing",
            f"文件没有户号列（{names}）；可用 --column household=列名 指定。",
            f"The file has no column of households ({names}); name it with --column household=HEADING.",
        )
    return found


def _keep_rejects(result: Collected, faults: list[tuple[int, list[str], Fault]], file: Rejects) -> None:
    result.rejected = len(faults)
    try:
        for line, cells, fault in faults:
            file.add(line, cells, fault)
            result.reasons[fault.code] = result.reasons.get(fault.code, 0) + 1
            if len(result.samples) < SAMPLES:
                result.samples.append(Rejection(line, fault.code, fault.zh, fault.en))
        file.flush()
    finally:
        file.close()
    result.reject_file = file.path
