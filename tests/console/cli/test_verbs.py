"""Every verb as a command: options, results, selections, keys, revisions, dry runs."""

from __future__ import annotations

import pytest

from console.cli.verb_table import BY_COMMAND, VERB_COMMANDS
from core.desk.orders import Report
from core.desk.verbs.table import REPORT, VERBS
from tests.console.cli.conftest import Run, Street


def test_the_table_of_commands_is_the_table_of_verbs() -> None:
    assert [row.verb for row in VERB_COMMANDS] == ["report", *VERBS]
    titles = {row.verb: row.title for row in VERB_COMMANDS}
    assert titles == {"report": REPORT[0], **{name: verb.zh for name, verb in VERBS.items()}}


@pytest.mark.parametrize("row", VERB_COMMANDS, ids=lambda row: row.command)
def test_the_options_are_the_fields_of_the_order(row) -> None:
    order = Report if row.verb == "report" else VERBS[row.verb].order
    assert [field.name for field in row.fields] == [name for name in order.model_fields if name != "ticket"]
    for field in row.fields:
        note = str(order.model_fields[field.name].annotation)
        kind = "many" if "list" in note else "flag" if "bool" in note else "number" if "int" in note else "text"
        assert field.kind == kind, field.name
        assert (field.term in note) if field.term else ("data.terms" not in note), field.name


def test_a_ticket_goes_through_its_whole_life(run: Run) -> None:
    made = run("ticket", "report", "--title", "井盖缺失", "--matter", "BJ0101", "--grid", "G01", "--json").json[0]
    code = made["ticket"]
    for stage, officer, *arguments in (
        ("accepted", "zhang", "accept"),
        ("assessed", "zhang", "assess", "--urgency", "特急"),
        ("dispatched", "zhang", "dispatch"),
        ("acknowledged", "li", "ack"),
        ("on_scene", "li", "arrive", "--people", "3"),
        ("handling", "li", "handle", "--made-safe"),
        ("suspended", "chen", "pause", "--for", "approved", "--reason", "等配件"),
        ("handling", "wang", "resume"),
        ("completed", "li", "complete", "--outcome", "已补装", "--open-assist-reason", "已配合"),
        ("handling", "zhang", "check", "--failed", "--note", "未清理"),
        ("completed", "li", "complete", "--outcome", "已清理"),
        ("checked", "zhang", "check", "--passed"),
        ("called_back", "zhang", "call-back", "--result", "满意"),
        ("archived", "zhang", "archive"),
    ):
        verb, *options = arguments
        ended = run("ticket", verb, code, *options, "--json", officer=officer)
        assert ended.code == 0, ended.err
        assert ended.json[0]["stage"] == stage
    history = run("ticket", "log", code, "--jsonl").lines
    assert [event["seq"] for event in history] == list(range(1, 16))


@pytest.mark.parametrize("name", ["签收", "acknowledge", "ack"])
def test_a_verb_answers_to_its_other_names(run: Run, name: str) -> None:
    assert "签收" in run("ticket", name, "--help").out


def test_several_tickets_with_a_result_each(run: Run, street: Street) -> None:
    ended = run("ticket", "accept", "20261120-0001", "20261120-0002", "20261120-0004", "--jsonl")
    assert ended.code == 7
    assert [(row["ticket"][-4:], row["ok"], row["error"]) for row in ended.lines] == [
        ("0001", True, None),
        ("0002", False, "stage"),
        ("0004", True, None),
    ]


def test_a_selection(run: Run) -> None:
    ended = run("ticket", "accept", "--where", "stage=reported", "--jsonl")
    assert ended.code == 0
    assert sorted(row["ticket"][-4:] for row in ended.lines) == ["0001", "0004"]
    again = run("ticket", "accept", "--where", "stage=reported", "--json")
    assert (again.code, again.json) == (0, [])


def test_a_dry_run_says_what_would_happen_and_changes_nothing(run: Run, street: Street) -> None:
    before = street.digest()
    ended = run("ticket", "dispatch", "--where", "open", "--to", "CSGX", "--dry-run", "--jsonl")
    assert street.digest() == before
    found = {row["ticket"][-4:]: row for row in ended.lines}
    assert (found["0003"]["ok"], found["0003"]["unit"], found["0003"]["dry_run"]) == (True, "CSGX", True)
    assert found["0001"]["error"] == "stage"
    assert "待受理" in found["0001"]["zh"]
    done = run("ticket", "dispatch", "20261120-0003", "--to", "CSGX", "--json").json[0]
    assert {**done, "dry_run": True} == found["0003"]


def test_each_ticket_of_a_dry_run_is_tried_on_its_own(run: Run) -> None:
    tried = run("ticket", "remind", "--where", "open", "--dry-run", "--jsonl").lines
    assert len(tried) == 4
    assert {row["event"] for row in tried} == {8}


def test_a_dry_run_of_a_report_takes_no_number(run: Run, street: Street) -> None:
    before = street.digest()
    assert run("ticket", "report", "--title", "x", "--dry-run", "--json").json[0]["ticket"] == "20261120-0005"
    assert street.digest() == before


def test_a_key_makes_it_happen_once(run: Run, street: Street) -> None:
    first = run("ticket", "report", "--title", "x", "--key", "k1", "--json").json[0]
    remind = ("ticket", "remind", "20261120-0001", "20261120-0002", "--key", "k2", "--json")
    assert [row["replayed"] for row in run(*remind).json] == [False, False]
    before = street.digest()
    again = run("ticket", "report", "--title", "x", "--key", "k1", "--json").json[0]
    assert again == {**first, "replayed": True}
    assert [row["replayed"] for row in run(*remind).json] == [True, True]
    assert run("ticket", "report", "--title", "y", "--key", "k1").code == 5
    assert street.digest() == before


def test_a_stale_revision_is_refused_and_says_who_was_first(run: Run, street: Street) -> None:
    assert run("ticket", "accept", "20261120-0001", "--seen", "1").code == 0
    before = street.digest()
    ended = run("ticket", "refuse", "20261120-0001", "--reason", "x", "--seen", "1")
    assert ended.code == 5
    assert "受理" in ended.err
    assert "zhang: accept" in ended.err
    assert street.digest() == before


def test_every_verb_has_help_in_both_languages(run: Run) -> None:
    for row in BY_COMMAND.values():
        out = run("ticket", row.command, "--help").out
        for field in row.fields:
            assert field.option.partition("/")[0] in out
        assert row.zh in out
    assert "send it to a lead unit" not in run("ticket", "--help", "--lang", "zh").out
    assert "派单" not in run("ticket", "--help", "--lang", "en").out


def test_a_granted_extension_is_said_in_words(run: Run) -> None:
    code = "20261120-0003"
    assert run("ticket", "dispatch", code).code == 0
    assert run("ticket", "request", code, "--for", "extension", "--reason", "等配件", officer="li").code == 0
    refused = run("ticket", "grant", code, officer="li")
    assert (refused.code != 0, "不能" in refused.err or "权限" in refused.err or "决定" in refused.err) == (True, True)
    assert run("ticket", "grant", code, officer="wang").code == 0
    log = run("ticket", "log", code).out
    moved = next(line for line in log.splitlines() if "同意申请" in line)
    assert "时限变动：办结 " in moved
    assert " → " in moved
    assert "[{" not in log
