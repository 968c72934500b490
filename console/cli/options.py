"""Options that several commands share, and the progress bar on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import declare
from data.errors import BadInput

Progress = Callable[[int, int], None]
"""Called with what is done and how much there is."""


def option(*names: str, zh: str, en: str, **more: Any) -> Any:
    """An option with its help in both languages."""
    return declare(*names, help=words.explain(zh, en), show_default=False, **more)


def argument(zh: str, en: str, **more: Any) -> Any:
    """An argument with its help in both languages."""
    return typer.Argument(help=words.explain(zh, en), show_default=False, **more)


Json = Annotated[bool, option("--json", zh="输出 JSON", en="print JSON")]
Jsonl = Annotated[bool, option("--jsonl", zh="输出 JSONL", en="print JSONL")]
Csv = Annotated[bool, option("--csv", zh="输出 CSV", en="print CSV")]
DryRun = Annotated[bool, option("--dry-run", zh="只预演，不保存", en="only say what would happen")]
Force = Annotated[bool, option("--force", zh="覆盖已有内容", en="replace what is there")]
Where = Annotated[str, option("--where", zh="筛选条件", en="a filter")]
WhereListed = Annotated[
    str,
    option(
        "--where",
        zh="筛选条件；写明已结的（如 closed、stage=archived）即包括已结",
        en="a filter; one that names closed tickets, as closed or stage=archived do, includes them",
    ),
]
Period = Annotated[str, option("--period", zh="期间，如 2026-11、2026Q4", en="a period such as 2026-11 or 2026Q4")]


def form_of(json: bool, jsonl: bool = False, csv: bool = False) -> str:
    """The one output format that was asked for, or none. Raises BadInput for several."""
    chosen = [name for name, wanted in (("json", json), ("jsonl", jsonl), ("csv", csv)) if wanted]
    if len(chosen) > 1:
        raise BadInput("format", "只能选一种输出格式。", "Choose one output format.")
    return chosen[0] if chosen else ""


def show_records(
    records: Sequence[dict[str, Any]],
    fields: Sequence[str],
    form: str,
    titles: Sequence[tuple[str, str]] = (),
    right: Collection[int] = (),
    drop: Sequence[int] = (),
    flow: bool = False,
) -> None:
    """Records as data, or as a table whose columns have these titles (zh, en); without titles the fields' names.

    `right`, `drop` and `flow` as in `printing.table`.
    """
    if form:
        output.write_records(records, fields, form)
        return
    from console.cli.printing import table

    header = [words.say(*title) for title in titles] or list(fields)
    table(header, [[record.get(name) for name in fields] for record in records], right, drop, flow)


@contextmanager
def progress_bar(text: str = "") -> Iterator[Progress]:
    """A progress bar where stderr is a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, whole: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.text import Text

    from data.clean import clean

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        bar.console.print(Text(clean(text))) if text else None
        yield lambda done, whole: bar.update(task_id=task, completed=done, total=whole)
