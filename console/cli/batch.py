"""`zhihui batch`: many orders from JSONL in one process, a result line for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.batch_lines import Line, read_lines
from console.cli.frame import session_of, single
from console.cli.options import DryRun, argument, option, progress_bar
from console.cli.session import Session
from console.exit_codes import OK, PARTLY
from data.errors import BadInput, Refusal

NOT_OF_THE_ORDER = ("verb", "as", "seen", "key")


def build() -> Any:
    """The command."""
    return single(
        batch_command, "batch", "从 JSONL 逐条执行操作，每条一行结果", "carry out orders from JSONL, a result line each"
    )


def batch_command(
    context: typer.Context,
    file: Annotated[str, argument("JSONL 文件，- 为标准输入", "a JSONL file, - for stdin")],
    dry_run: DryRun = False,
    stop: Annotated[
        bool, option("--stop-on-error", zh="遇到第一条不能办的即停", en="stop at the first that is refused")
    ] = False,
    key: Annotated[str | None, option("--key", zh="幂等键前缀，按行号派生", en="prefix of keys, one per line")] = None,
) -> int:
    """Read, carry out, print."""
    from console.cli import acting

    session = session_of(context)
    session.desk()
    total = refused = 0
    with read_lines(file) as source, progress_bar() as progress:
        chunks = ([_item(session, line, key) for line in chunk] for chunk in source.chunks())
        if dry_run:
            found: Iterator[Any] = iter(
                acting.rehearse(session.desk(), (item for chunk in chunks for item in chunk), stop)
            )
        else:
            found = _carried_out(session, chunks, stop)
        for number, outcome in enumerate(found, 1):
            total, refused = number, refused + (outcome.refusal is not None)
            output.write_record({"line": source.number_of(number), **outcome.record, "dry_run": dry_run})
            progress(source.done, source.size or source.done)
        output.flush()
    output.remark(_summary(total, refused, dry_run, stopped=stop and refused > 0))
    return PARTLY if refused else OK


def _carried_out(session: Session, chunks: Iterator[list[Any]], stop: bool) -> Iterator[Any]:
    """The outcomes of all chunks; what is saved is told at once, not when the rest of its chunk is done as well."""
    from console.cli import acting

    for chunk in chunks:
        for outcome in acting.carry_out(session.desk(), chunk, stop=stop, saved=output.flush):
            yield outcome
            if stop and outcome.refusal is not None:
                return


def _item(session: Session, line: Line, prefix: str | None) -> Any:
    """A line as a job, or as the outcome of its refusal."""
    from console.cli import acting

    plain: dict[str, Any] = {}
    try:
        plain = _plain(line)
        return _job(session, plain, f"{prefix}:{line.number}" if prefix else None)
    except Refusal as refusal:
        shown = {name: value if isinstance(value := plain.get(name), str) else "" for name in ("ticket", "verb")}
        return acting.outcome_of_refusal(shown["ticket"], shown["verb"], refusal)


def _plain(line: Line) -> dict[str, Any]:
    """The JSON object of a line. Raises BadInput."""
    if line.refusal is not None:
        raise line.refusal
    try:
        value = json.loads(line.text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput("bad-json", "不是合法的 JSON。", "This is no JSON.") from error
    if not isinstance(value, dict):
        raise BadInput("not-an-object", "每行须是一个 JSON 对象。", "Each line must be a JSON object.")
    return value


def _job(session: Session, plain: dict[str, Any], derived: str | None) -> Any:
    from console.cli import acting
    from console.cli.verb_table import BY_COMMAND
    from core.desk.orders import Report, read_order
    from core.desk.verbs.table import VERBS

    name = _text(plain, "verb") or ""
    verb = BY_COMMAND[name].verb if name in BY_COMMAND else name.replace("-", "_")
    if verb != "report" and verb not in VERBS:
        known = " ".join(["report", *VERBS])
        raise BadInput("verb-unknown", f"没有这个操作，可用：{known}", f"There is no such verb; there are: {known}")
    kind = Report if verb == "report" else VERBS[verb].order
    order = read_order(kind, {field: value for field, value in plain.items() if field not in NOT_OF_THE_ORDER})
    seen = plain.get("seen")
    if seen is not None and (isinstance(seen, bool) or not isinstance(seen, int)):
        raise BadInput("bad-field", "seen 须是整数。", "seen must be an integer.")
    key = acting.checked_key(_text(plain, "key") or derived)
    return acting.Job(order, session.actor(_text(plain, "as")), seen, key)


def _text(plain: dict[str, Any], name: str) -> str | None:
    value = plain.get(name)
    if value is None or isinstance(value, str):
        return value
    raise BadInput("bad-field", f"{name} 须是文本。", f"{name} must be a text.")


def _summary(total: int, refused: int, dry_run: bool, stopped: bool) -> str:
    from console.cli.printing import summary

    tail = words.say("遇到未办即停。", " Stopped there.") if stopped else ""
    return summary(total, refused, dry_run) + tail
