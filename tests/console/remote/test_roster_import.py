"""A roster comes in through a real sshd, as the workbook on the standard input of `ssh zhihui duty import`."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from tests.remote_sshd import Remote


def workbook(rows: list[list[Any]]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def shifts(remote: Remote) -> list[tuple[str, str, int]]:
    with remote.desk.store.reader() as reader:
        return reader.rows(
            "SELECT o.code, d.role, d.from_at FROM duty d JOIN officer o ON o.centre_id = d.centre_id"
            " AND o.id = d.officer_id WHERE d.centre_id = :centre ORDER BY d.from_at, o.code",
            centre=remote.desk.centre_id,
        )


def journal(remote: Remote) -> list[str]:
    with remote.desk.store.reader() as reader:
        rows = reader.rows(
            "SELECT actor FROM organisation_event WHERE centre_id = :centre AND kind = 'roster' ORDER BY id",
            centre=remote.desk.centre_id,
        )
    return [str(actor) for (actor,) in rows]


@pytest.mark.slow
def test_a_workbook_on_standard_input_is_the_roster(remote: Remote) -> None:
    remote.add("wang", "wang")
    day = datetime.now(UTC).date() + timedelta(days=40)
    roster = workbook(
        [
            ["日期", "班次", "人员", "角色"],
            [day.isoformat(), "白", "张明", ""],
            [None, "夜", "zhang", ""],
            [f"{day + timedelta(days=1)}", "全", "王　芳", "带班领导"],
        ]
    )
    # Who may not write the roster gets nothing in, and neither does what is no workbook; each says why.
    refused = remote.run("zhang", "duty", "import", "-", data=roster)
    assert (refused.returncode, shifts(remote), journal(remote)) == (4, [], [])
    broken = remote.run("wang", "duty", "import", "-", data=roster[: len(roster) // 2])
    assert (broken.returncode, shifts(remote)) == (2, [])
    wrong = remote.run(
        "wang", "duty", "import", "-", data=workbook([["日期", "班次", "人员"], [f"{day}", "百", "张明"]])
    )
    assert (wrong.returncode, shifts(remote)) == (2, [])
    assert "百" in wrong.stderr.decode()

    tried = remote.run("wang", "duty", "import", "-", "--dry-run", "--json", data=roster)
    assert (tried.returncode, shifts(remote)) == (0, [])
    done = remote.run("wang", "duty", "import", "-", "--json", data=roster)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["added"] == json.loads(tried.stdout)["added"]
    taken = shifts(remote)
    assert [(code, role) for code, role, _at in taken] == [
        ("zhang", "duty_officer"),
        ("zhang", "duty_officer"),
        ("wang", "duty_leader"),
    ]
    assert journal(remote) == ["wang"]
    # A line that breaks and is tried again: the same file changes nothing, and what it brought comes back the same way.
    again = remote.run("wang", "duty", "import", "-", "--json", data=roster)
    assert (json.loads(again.stdout)["added"], shifts(remote), journal(remote)) == ([], taken, ["wang"])
    week = remote.run("wang", "duty", "week", f"--from={day}", "--days=2", "--json")
    assert week.returncode == 0, week.stderr.decode()
    assert ("zhang", f"{day}") in {(one["officer"], one["day"]) for one in json.loads(week.stdout)}
