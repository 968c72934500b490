"""`zhihui audit`: whether the log is whole and the tickets are what it says."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Json, option, progress_bar
from console.exit_codes import FAILED, OK

app = new_app("审计：日志链与事件是否一致", "audit: the chain of the log, and the tickets against it")


def build() -> Any:
    """The noun."""
    return built(app)


@command(
    app,
    "verify",
    "重算日志链与全部事件并比对；有误时退出码 8",
    "rebuild and compare; exit code 8 when something differs",
)
def verify(
    context: typer.Context,
    against: Annotated[
        str, option("--against", zh="打印保存的链头（编号:校验）", en="a head that was printed before")
    ] = "",
    json: Json = False,
) -> int:
    """Reads everything once; changes nothing."""
    from core.accountability import audit
    from core.accountability.head import head, read_anchor

    session = session_of(context)
    reader, centre = session.whole_reader(), session.centre_id()
    anchor = read_anchor(against) if against else None
    with progress_bar() as progress:
        found = audit.verify(reader, centre, progress, anchor)
    top = head(reader, centre)
    if json:
        records = [
            {
                name: value if isinstance(value, int) else str(value)
                for name, value in finding._asdict().items()
                if value is not None
            }
            for finding in found
        ]
        output.write_json({"whole": not found, "head": top.anchor, "findings": records})
        return FAILED if found else OK
    for finding in found:
        output.say_line(finding.text("en" if words.chosen() == "en" else "zh"))
    if found:
        output.remark(words.say(f"有 {len(found)} 处不符。", f"{len(found)} differences."))
        return FAILED
    output.write(words.say(f"一致：{top.number} 条日志。\n", f"All is whole: {top.number} events.\n"))
    return OK


@command(app, "head", "日志链头，可打印留存", "the head of the chain, to keep on paper")
def head_command(context: typer.Context, json: Json = False) -> int:
    """Whoever keeps it can prove later that nothing before it was changed."""
    from core.accountability.head import head, head_lines
    from data.queries.listing import iso

    session = session_of(context)
    found = head(session.whole_reader(), session.centre_id())
    if json:
        output.write_json(
            {
                "centre": found.centre,
                "number": found.number,
                "hash": found.hash,
                "at": iso(found.at),
                "anchor": found.anchor,
            }
        )
        return OK
    for line in head_lines(found, "en" if words.chosen() == "en" else "zh"):
        output.say_line(line)
    output.say_line(found.anchor)
    return OK
