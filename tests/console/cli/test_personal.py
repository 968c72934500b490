"""Personal data by the real commands: one field at a time, on record, so many an hour; the audit shows who saw what."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from core.accountability.audit import verify
from core.accountability.audit_export import signature
from core.organisation.journal import note_change
from core.rules.personal import PERSONAL
from tests.console.cli.conftest import Run, Street

PHONE = "13900008000"


@pytest.fixture
def code(run: Run) -> str:
    """A ticket with a caller."""
    ended = run(
        *("ticket", "report", "--title", "井盖缺失", "--reporter-name", "张晓三", "--reporter-phone", PHONE, "--json")
    )
    return str(ended.json[0]["ticket"])


def test_one_field_is_shown_with_a_reason_and_is_on_record(run: Run, code: str, street: Street) -> None:
    refused = run("ticket", "reveal", code, "phone")
    assert refused.code != 0
    assert PHONE not in refused.out + refused.err
    shown = run("ticket", "reveal", code, "phone", "--reason", "回访")
    assert (shown.code, shown.out.strip()) == (0, PHONE)
    assert PHONE not in run("ticket", "show", code).out
    found = run("audit", "log", "--ticket", code, "--jsonl").lines
    assert [(one["kind"], one["actor"]) for one in found if one["kind"] != "audited"] == [
        ("read", "zhang"),
        ("revealed", "zhang"),
    ]
    assert found[-1]["body"] == {"field": "phone", "reason": "回访"}
    with street.desk.store.reader() as reader:
        assert verify(reader, street.desk.centre_id) == []
        log = reader.one("SELECT body FROM ticket_event WHERE centre_id = :centre AND kind = 'show_field'", centre=1)
    assert log is not None
    assert PHONE not in str(log[0])


def test_too_much_within_an_hour_is_refused_with_an_alarm(run: Run, code: str, street: Street) -> None:
    for _number in range(PERSONAL.looks_an_hour):
        assert run("ticket", "reveal", code, "phone", "--reason", "回访").code == 0
    for _number in range(2):
        refused = run("ticket", "reveal", code, "phone", "--reason", "回访")
        assert refused.code != 0
        assert PHONE not in refused.out
    with street.desk.store.reader() as reader:
        told = reader.rows("SELECT severity FROM notice WHERE centre_id = :centre AND kind = 'reveal_limit'", centre=1)
        refusals = reader.rows(
            "SELECT id FROM access_event WHERE centre_id = :centre AND kind = 'reveal_refused'", centre=1
        )
    assert {row[0] for row in told} == {"alarm"}
    assert len(refusals) == 2
    people = len(told)
    run("ticket", "reveal", code, "name", "--reason", "回访")
    with street.desk.store.reader() as reader:
        assert (
            len(reader.rows("SELECT id FROM notice WHERE centre_id = :centre AND kind = 'reveal_limit'", centre=1))
            == people
        )
    street.clock.advance(hours=1, seconds=1)
    assert run("ticket", "reveal", code, "phone", "--reason", "回访").code == 0


@pytest.mark.parametrize("digits", [PHONE, "8000", "139-0000-8000"])
def test_a_number_finds_tickets_and_is_kept_nowhere(run: Run, code: str, digits: str, street: Street) -> None:
    found = run("ticket", "find-number", digits, "--reason", "重复来电", "--json")
    assert code in found.json
    assert run("ticket", "find-number", "12345", "--reason", "x").code != 0
    with street.desk.store.reader() as reader:
        kept = reader.rows(
            "SELECT body FROM access_event WHERE centre_id = :centre UNION ALL"
            " SELECT body FROM ticket_event WHERE centre_id = :centre AND kind = 'find_number'",
            centre=1,
        )
    assert len(kept) == 2
    assert not any("8000" in str(row[0]) for row in kept)


def test_what_cannot_be_recorded_is_neither_shown_nor_taken_out(
    run: Run, code: str, street: Street, tmp_path: Path
) -> None:
    with street.desk.store.change_schema() as connection:
        connection.execute(
            text("CREATE TRIGGER no_audit BEFORE INSERT ON access_event BEGIN SELECT raise(ABORT, 'disk full'); END")
        )
    for command in (
        ("ticket", "reveal", code, "phone", "--reason", "回访"),
        ("ticket", "find-number", "8000", "--reason", "回访"),
        ("ticket", "show", code),
        ("ticket", "log", code),
        ("export", str(tmp_path / "out.csv")),
        ("audit", "log"),
        ("audit", "export", str(tmp_path / "audit")),
    ):
        ended = run(*command)
        assert ended.code != 0, command
        assert ended.out == "", command
    assert list(tmp_path.glob("out.csv")) == list(tmp_path.glob("audit")) == []
    with street.desk.store.reader() as reader:
        assert (
            reader.rows("SELECT id FROM ticket_event WHERE centre_id = :centre AND kind = 'show_field'", centre=1) == []
        )
    assert run("ticket", "list").code == 0


def test_a_kept_head_and_an_export_for_auditors(run: Run, code: str, street: Street, tmp_path: Path) -> None:
    heads, key = tmp_path / "heads.jsonl", tmp_path / "key"
    key.write_bytes(b"0123456789abcdef0123")
    assert run("audit", "anchor", str(heads)).code == 0
    run("ticket", "show", code)
    assert run("audit", "anchor", str(heads)).code == 0
    assert len(heads.read_text().splitlines()) == 2
    assert run("audit", "verify", "--against", str(heads)).code == 0
    ended = run("audit", "export", str(tmp_path / "audit"), "--key-file", str(key), "--json")
    manifest = json.loads((tmp_path / "audit" / "manifest.json").read_text())
    assert manifest == ended.json
    assert manifest["signature"] == signature(manifest, key.read_bytes())
    assert PHONE not in (tmp_path / "audit" / "events.jsonl").read_text()
    with street.desk.store.write() as connection:
        connection.execute(text("DELETE FROM access_event WHERE centre_id = 1 AND id > 1"))
        connection.execute(
            text(
                "UPDATE access_head SET no = 1, hash ="
                " (SELECT hash FROM access_event WHERE centre_id = 1 AND id = 1) WHERE centre_id = 1"
            )
        )
    assert run("audit", "verify").code == 0
    assert run("audit", "verify", "--against", str(heads)).code == 8
    assert run("audit", "verify", "--against", str(tmp_path / "key")).code not in (0, 8)


def test_heads_on_paper_hold_each_log(run: Run, code: str, street: Street) -> None:
    with street.desk.store.write() as connection:
        note_change(connection, 1, street.desk.now(), "xi", "rename", {"before": "一岗"})
    printed = run("audit", "head").out.splitlines()[-3:]
    assert [line.partition(":")[0] for line in printed[:2]] == ["access", "organisation"]
    against = [part for line in printed for part in ("--against", line)]
    assert run("audit", "verify", *against).code == 0
    with street.desk.store.write() as connection:
        for statement in ("UPDATE organisation_event SET hash = 'x'", "UPDATE centre_seq SET organisation_hash = 'x'"):
            connection.execution_options(fanout=True).execute(text(statement))
    ended = run("audit", "verify", "--against", printed[1], "--json")
    assert ended.code == 8
    assert {one["place"] for one in ended.json["findings"]} == {"organisation", "organisation_anchor"}
    assert run("audit", "verify", "--against", "people:1:" + "a" * 64).code not in (0, 8)


@pytest.mark.parametrize("name", ["access", "organisation"])
def test_an_export_is_checked_with_the_lines_of_the_manual_alone(
    run: Run, code: str, street: Street, tmp_path: Path, name: str
) -> None:
    for number in range(3):
        run("ticket", "reveal", code, "phone", "--reason", f"回访 {number}")
        with street.desk.store.write() as connection:
            note_change(connection, 1, street.desk.now(), "xi", "rename", {"reason": f"回访 {number}"})
    folder = tmp_path / "audit"
    assert run("audit", "export", str(folder)).code == 0
    manual = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
    lines = manual.partition("```python\n")[2].partition("```")[0]

    def checked() -> str:
        done = subprocess.run([sys.executable, "-I", "-c", lines], cwd=folder, capture_output=True, text=True)
        return done.stderr.strip() or str(done.returncode)

    assert checked() == "0"
    log = folder / f"{name}.jsonl"
    whole = log.read_text(encoding="utf-8")
    log.write_text(whole.replace("回访 1", "回访 9"), encoding="utf-8")
    assert checked().endswith("differs")
    log.write_text("".join(whole.splitlines(keepends=True)[:-1]), encoding="utf-8")
    assert checked() == f"{name}: the tail is missing"


def test_of_a_confidential_ticket_only_who_is_named_sees_a_field(run: Run) -> None:
    given = ("--title", "家庭纠纷", "--reporter-name", "张晓三", "--reporter-phone", PHONE, "--confidential")
    code = str(run("ticket", "report", *given, "--json").json[0]["ticket"])
    asked = ("ticket", "reveal", code, "phone", "--reason", "回访")
    assert run(*asked).out.strip() == PHONE, "who took it down"
    for officer, code_of_exit in (("li", 3), ("chen", 4)):
        refused = run(*asked, officer=officer)
        assert refused.code == code_of_exit, "a rank opens nothing, and to the field it is not there"
        assert PHONE not in refused.out + refused.err
    named = run("ticket", "name-readers", code, "--officer", "li", "--reason", "值班", officer="chen")
    assert named.code == 0, named.err
    assert run(*asked, officer="li").out.strip() == PHONE
    run("ticket", "name-readers", code, "--off", "li", "--reason", "下班", officer="chen")
    assert run(*asked, officer="li").code == 3
