"""The roster through the real command: rotations, writing out, who is on, what is wrong ahead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.cli.conftest import Run, Street

ROTATIONS = """
[[rotation]]
code = "desk"
role = "duty_officer"
shifts = ["08:00-20:00", "20:00-08:00"]
teams = [["zhang"]]
[[rotation]]
code = "leaders"
role = "duty_leader"
shifts = ["08:00-08:00"]
by = "day"
teams = [["wang"]]
[[rotation]]
code = "csgx"
role = "post_member"
shifts = ["09:00-17:00"]
by = "week"
weekdays = [1, 2, 3, 4, 5]
since = 2026-11-16
teams = [["li"], ["sun"]]
"""


def load(run: Run, tmp_path: Path, text: str, officer: str = "wang") -> int:
    file = tmp_path / "rotations.toml"
    file.write_text(text, "utf-8")
    return run("duty", "rotations-load", str(file), officer=officer).code


def shifts(street: Street) -> list[tuple[str, str, int]]:
    with street.desk.store.reader() as reader:
        return reader.rows(
            "SELECT o.code, d.role, d.from_at FROM duty d JOIN officer o ON o.centre_id = d.centre_id"
            " AND o.id = d.officer_id WHERE d.centre_id = :centre ORDER BY d.from_at, d.role, o.code",
            centre=1,
        )


def test_rotations_are_written_out_once_and_changed_without_touching_what_began(
    run: Run, street: Street, tmp_path: Path
) -> None:
    assert load(run, tmp_path, ROTATIONS.replace('["zhang"]', '["zhao"]')) == 2, "a grid worker sits at no desk"
    assert load(run, tmp_path, ROTATIONS, "zhang") == 4
    assert load(run, tmp_path, ROTATIONS) == 0
    assert run("duty", "write", "--days", "7", officer="zhang").code == 4
    before = street.digest()
    tried = run("duty", "write", "--days", "7", "--dry-run", "--json", officer="wang").json
    assert (street.digest(), shifts(street)) == (before, [])
    # It is Friday 9:00: the shifts that run are written as well.
    assert (tried["added"], tried["begun"]) == (14 + 7 + 5, 0)
    assert run("duty", "write", "--days", "7", "--json", officer="wang").json == tried
    again = run("duty", "write", "--days", "7", "--json", officer="wang").json
    assert (again["added"], again["removed"], again["unchanged"]) == (0, 0, tried["added"])
    assert [code for code, role, _ in shifts(street) if role == "post_member"] == ["li", *["sun"] * 4]
    run("duty", "on", "zhang", "--from", "2026-11-29T08:00", "--until", "2026-11-29T20:00", officer="wang")
    street.clock.advance(days=2)
    assert load(run, tmp_path, ROTATIONS.replace('["li"], ["sun"]', '["sun"]')) == 0
    changed = run("duty", "write", "--days", "12", "--json", officer="wang").json
    assert changed["removed"] == 0, "the second week was sun's already"
    posts = [code for code, role, _ in shifts(street) if role == "post_member"]
    assert posts == ["li", *["sun"] * 9], "what began stays li's"
    assert len({row for row in shifts(street) if row[1] == "duty_officer"}) == len(
        [row for row in shifts(street) if row[1] == "duty_officer"]
    ), "the shift that was written down by hand is not doubled"


def test_now_says_who_answers_and_why(run: Run, street: Street) -> None:
    def place(code: str) -> dict[str, object]:
        return next(row for row in run("duty", "now", "--json").json if row["code"] == code)

    assert (place("CSGX")["answers"], place("CSGX")["why"]) == ("li", "present")
    assert place("GHJS")["answers"] is None
    assert place("duty_officer")["why"] == "no_roster"
    run("duty", "leave", "li", "--until", "2026-11-22", "--note", "培训", officer="wang")
    run("duty", "on", "zhang", "--until", "2026-11-20T20:00", officer="wang")
    assert (place("CSGX")["answers"], place("CSGX")["why"]) == ("sun", "stands_in")
    assert [one["away"] for one in place("CSGX")["a"]] == ["培训"]  # type: ignore[union-attr, index]
    assert (place("duty_officer")["why"], place("duty_officer")["until"]) == ("shift", "2026-11-20T12:00:00Z")
    later = run("duty", "now", "--at", "2026-11-23", "--json").json
    assert next(row["answers"] for row in later if row["code"] == "CSGX") == "li"
    shown = run("duty", "now").out
    assert "李强（培训）" in shown
    assert "A岗不在，B岗负责" in shown


def test_check_finds_what_is_wrong_ahead(run: Run, street: Street) -> None:
    assert run("duty", "check", "--json").code == 0, "a centre without shifts owes none"
    for begin, end in (("20T09:00", "20T20:00"), ("21T00:00", "21T08:00"), ("21T07:00", "21T12:00")):
        assert run("duty", "on", "zhang", "--from", f"2026-11-{begin}", "--until", f"2026-11-{end}",
                   officer="wang").code == (5 if begin == "21T07:00" else 0)  # fmt: skip
    for officer in ("li", "sun"):
        run("duty", "leave", officer, "--from", "2026-11-21", "--until", "2026-11-22", officer="wang")
    run("duty", "leave", "zhang", "--from", "2026-11-20T18:00", "--until", "2026-11-20T19:00", officer="wang")
    found = run("duty", "check", "--days", "1", "--json")
    kinds = [(row["kind"], row["subject"], row["officers"]) for row in found.json]
    assert found.code == 8
    assert kinds == [
        ("empty_desk", "duty_officer", []),
        ("leave", "duty_officer", ["zhang"]),
        ("empty_desk", "duty_officer", []),
        ("rest", None, ["zhang"]),
        ("empty_post", "CSGX", []),
        ("empty_desk", "duty_officer", []),
    ]
    assert run("duty", "check", "--days", "93").code == 2


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_note_is_masked_wherever_it_is_printed(run: Run, form: list[str]) -> None:
    """As it is written down, in the list, and as it ends."""
    given = ("duty", "leave", "li", "--until", "2026-11-21T18:00", "--note", "家属 13812345678 来电")
    for arguments in (given, ("duty", "show"), ("duty", "leave", "li", "--end")):
        ended = run(*arguments, *form, officer="wang")
        assert ended.code == 0, ended.err
        assert "138****5678" in ended.out
        assert "13812345678" not in ended.out + ended.err
