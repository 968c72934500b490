"""`zhihui report overview`: the figures of the overview for scripts, from the same reader as the screen's."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import session_of
from console.cli.options import Json
from console.cli.session import Session
from console.exit_codes import OK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.overview_ports import Area, Bucket, OverviewView, Share
    from console.ports import QueueRow


def overview_command(context: typer.Context, json: Json = False) -> int:
    """Counters and index ranges only: as quick on a million tickets as on a thousand."""
    view = _read(session_of(context))
    if json:
        output.write_json(_record(view))
    else:
        _print(view)
    return OK


def _read(session: Session) -> OverviewView:
    from console.backend.overview import OverviewReader
    from console.i18n import set_language
    from data.counting import keeps_all
    from data.queries.organisation import centres

    set_language(words.chosen() or "zh")
    reader, wanted = session.reader(), session.centre_id()
    if not keeps_all(reader, wanted):
        from core.desk.counters import mend_counters

        mend_counters(session.store(), wanted)
    centre = next(centre for centre in centres(reader) if centre.id == wanted)
    return OverviewReader(lambda: reader, centre).read(session.now())


# ------------------------------------------------------------------------------------------------ data


def _record(view: OverviewView) -> dict[str, Any]:
    from data.queries.listing import iso

    return {
        "at": iso(view.at),
        **{name: getattr(view, name) for name in ("open", "late", "late_is_more", "intake", "intake_is_more")},
        **{f"by_{name}": [_share(share) for share in shares] for name, _title, shares in _groups(view)},
        "places": [_area(area) for area in view.areas],
        "overdue": [_deadline(row) for row in view.overdue],
        "nearest": [_deadline(row) for row in view.nearest],
        "on_duty": [asdict(one) for one in view.on_duty],
        "unstaffed": [asdict(post) for post in view.unstaffed],
        "hours": [_bucket(bucket) for bucket in view.hours],
        "days": [_bucket(bucket) for bucket in view.days],
    }


def _groups(view: OverviewView) -> tuple[tuple[str, str, Sequence[Share]], ...]:
    return (
        ("source", words.say("按来源", "By source"), view.sources),
        ("section", words.say("按板块", "By section"), view.sections),
        ("urgency", words.say("按紧急程度", "By urgency"), view.urgencies),
    )


def _share(share: Share) -> dict[str, Any]:
    return {"name": share.name, "filter": share.words, "open": share.open, "late": share.late, "intake": share.intake}


def _area(area: Area) -> dict[str, Any]:
    kind = "grid" if area.depth else "community"
    return {"code": area.code, "name": area.name, "kind": kind, "open": area.open, "late": area.late}


def _deadline(row: QueueRow) -> dict[str, Any]:
    from data.queries.listing import iso

    return {"code": row.code, "title": row.title, "stage": row.stage, "due_at": iso(row.due), "due_kind": row.due_kind}


def _bucket(bucket: Bucket) -> dict[str, Any]:
    from data.queries.listing import iso

    return {
        "from": iso(bucket.start), "to": iso(bucket.end), "reported": bucket.reported, "closed": bucket.closed,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ words


def _print(view: OverviewView) -> None:
    """Figures, places and staff as tables; trends and deadlines are for the screen and for JSON."""
    more = {True: "+", False: ""}
    output.say_line(
        words.say("未结 {} · 超期 {} · 24 小时上报 {}", "Open {} · late {} · reported in 24 h {}").format(
            view.open, f"{view.late}{more[view.late_is_more]}", f"{view.intake}{more[view.intake_is_more]}"
        )
    )
    titles = words.say("未结 超期 上报", "Open Late Reported").split()
    for _name, title, shares in _groups(view):
        _table([title, *titles], ((share.name, share.open, share.late, share.intake) for share in shares))
    communities = ((area.name, area.open, area.late) for area in view.areas if not area.depth)
    _table([words.say("村社区", "Community"), *titles[:2]], communities)
    if view.unstaffed:
        posts = ((post.name, post.load, post.late) for post in view.unstaffed)
        _table([words.say("无人在岗", "Without staff"), *titles[:2]], posts)
    unsigned = words.say("（未交清）", " (not signed)")
    people = words.say("、", ", ").join(f"{one.role} {one.name}{unsigned if one.kept else ''}" for one in view.on_duty)
    output.write("\n")
    output.say_line(words.say(f"在岗：{people or '无'}", f"On duty: {people or 'nobody'}"))


def _table(titles: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    from console.cli.printing import table

    output.write("\n")
    table(titles, list(rows), right=range(1, len(titles)))
