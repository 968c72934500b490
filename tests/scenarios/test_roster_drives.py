"""What the roster drives, by the real commands and the engine on a clock: who is told at each rung, and who is sent.

The street is that of the template S3: three shifts a day from midnight, a leader for each day, A and B at every post.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.scenarios.street_centre import CHONGQING, StreetCentre

DESK, SHIFT, LEADER = "duty_officer", "shift_leader", "duty_leader"
CLIMBS = ("ladder", "remind")


def seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=CHONGQING).timestamp())


def serving(centre: StreetCentre, role: str, moment: str) -> list[str]:
    """Who has a shift in a role at a local time, by the book alone."""
    found = centre.rows(
        "SELECT o.code FROM duty d JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id"
        " WHERE d.centre_id = :centre AND d.kind = 'shift' AND d.role = :role AND d.from_at <= :at"
        " AND (d.to_at IS NULL OR d.to_at > :at) ORDER BY o.id",
        role=role,
        at=seconds(moment),
    )
    return [str(code) for (code,) in found]


def commander_of(centre: StreetCentre) -> str:
    """Who holds A of the commander."""
    found = centre.rows(
        "SELECT o.code FROM appointment a JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
        " WHERE a.centre_id = :centre AND a.role = 'commander' ORDER BY a.rank, o.code"
    )
    return str(found[0][0])


def rung(centre: StreetCentre, code: str, moment: str) -> set[str]:
    """Whom the engine tells of a ticket at a local time."""
    centre.at(moment)
    centre.engine()
    found = centre.rows(
        "SELECT o.code, n.kind FROM notice n JOIN ticket t ON t.centre_id = n.centre_id AND t.id = n.ticket_id"
        " LEFT JOIN officer o ON o.centre_id = n.centre_id AND o.id = n.officer_id"
        " WHERE n.centre_id = :centre AND t.code = :code AND n.created_at = :at",
        code=code,
        at=seconds(moment),
    )
    return {str(officer) for officer, kind in found if kind in CLIMBS}


def reported(centre: StreetCentre, moment: str) -> str:
    """A report at a local time that nobody accepts; it is due within five minutes."""
    centre.at(moment)
    who = serving(centre, DESK, moment)[0]
    return centre.report("--title", "路口井盖缺失", "--community", centre.a_grid()[1], who=who)


def hand_over(centre: StreetCentre, moment: str, change: str) -> None:
    """The shift that leaves makes the pack and gives it, who comes signs."""
    leaving, coming = serving(centre, DESK, moment)[0], serving(centre, DESK, change)[0]
    centre.at(moment)
    for act in ("pack", "give"):
        centre.run("handover", act, who=leaving)
    centre.run("handover", "accept", who=coming)


@pytest.fixture
def centre(tmp_path: Path) -> StreetCentre:
    """Friday afternoon, half an hour before the shift of the evening."""
    return StreetCentre(tmp_path, "2026-11-20 15:30")


@pytest.mark.slow
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_rotations_change_whom_the_ladder_reaches_and_an_unsigned_shift_is_told_too(
    centre: StreetCentre, signed: bool
) -> None:
    before, after = "2026-11-20 23:57", "2026-11-21 00:02"
    old, new = serving(centre, DESK, before), serving(centre, DESK, after)
    old_lead, new_lead = serving(centre, SHIFT, before), serving(centre, SHIFT, after)
    assert set(old).isdisjoint(new)
    assert set(old_lead).isdisjoint(new_lead)
    if signed:
        hand_over(centre, "2026-11-20 23:55", after)
    code = reported(centre, before)
    kept = set() if signed else {*old, *old_lead}
    assert rung(centre, code, after) == {new[0], new_lead[0], *kept}
    shown = json.loads(centre.run("duty", "now", "--json"))
    desk = next(one for one in shown if one["code"] == DESK)
    assert {one["officer"] for one in desk["a"] if one.get("unsigned")} == (set() if signed else set(old))
    # The leader of the day before is asked no more: the day's turn is over at midnight.
    friday, saturday = serving(centre, LEADER, before), serving(centre, LEADER, after)
    assert friday != saturday
    assert rung(centre, code, "2026-11-21 00:07") == set(saturday)
    commanders = rung(centre, code, "2026-11-21 00:32") - set(saturday)
    assert commanders == {commander_of(centre)}


@pytest.mark.slow
@pytest.mark.parametrize("substitute", [True, False], ids=["substitute", "nobody"])
def test_a_leave_is_passed_over_for_the_substitute_or_for_the_level_above(
    centre: StreetCentre, substitute: bool
) -> None:
    night = "2026-11-21 00:30"
    lead, leader = serving(centre, SHIFT, night)[0], serving(centre, LEADER, night)[0]
    commander = commander_of(centre)
    hand_over(centre, "2026-11-20 23:30", night)
    asked = ("--from", "2026-11-21T00:00", "--until", "2026-11-21T08:00", "--reason", "发烧")
    centre.run("duty", "leave-ask", *asked, who=lead)
    busy = {one for at in ("2026-11-20 17:00", night, "2026-11-21 09:00") for one in serving(centre, SHIFT, at)}
    others = centre.rows(
        "SELECT DISTINCT o.code FROM officer o JOIN appointment a ON a.centre_id = o.centre_id AND a.officer_id = o.id"
        " WHERE o.centre_id = :centre AND a.role = 'shift_leader' ORDER BY o.code"
    )
    free = next(str(code) for (code,) in others if code not in busy)
    granted = centre.run("duty", "grant", "1", *(("--substitute", free) if substitute else ()), who=commander)
    assert ("无值班长" in granted) is not substitute
    code = reported(centre, night)
    desk = serving(centre, DESK, night)[0]
    # With nobody in the leader's place the step is no step lost: the level above hears it at once.
    assert rung(centre, code, "2026-11-21 00:35") == {desk, free if substitute else leader}
    assert rung(centre, code, "2026-11-21 00:40") == {leader}


@pytest.mark.slow
def test_an_exchange_of_days_moves_the_rung_and_the_dispatch_with_it(centre: StreetCentre) -> None:
    saturday, sunday = (serving(centre, LEADER, f"2026-11-{day} 12:00")[0] for day in (21, 22))
    commander = commander_of(centre)
    words = ("--mine", "2026-11-21", "--theirs", "2026-11-22", "--reason", "家事")
    centre.run("duty", "exchange", sunday, *words, who=saturday)
    centre.run("duty", "agree", "1", who=sunday)
    # Agreed and not granted: it is still the turn of whom the roster names.
    centre.at("2026-11-20 23:50")
    assert serving(centre, LEADER, "2026-11-21 12:00") == [saturday]
    centre.run("duty", "grant", "1", who=commander)
    for day, expected in ((21, sunday), (22, saturday)):
        code = reported(centre, f"2026-11-{day} 10:00")
        rung(centre, code, f"2026-11-{day} 10:05")
        assert rung(centre, code, f"2026-11-{day} 10:10") == {expected}
        desk = serving(centre, DESK, f"2026-11-{day} 10:10")[0]
        centre.ticket("accept", code, who=desk)
        centre.ticket("assess", code, "--matter", "BJ0101", "--urgency", "normal", who=desk)
        centre.ticket("dispatch", code, "--to", "CSGX", "--assist", "@duty_leader", who=desk)
        hands = json.loads(centre.run("ticket", "hands", code, "--json", who=desk))
        assert expected in json.dumps(hands)
        assert ({saturday, sunday} - {expected}).pop() not in json.dumps(hands)


@pytest.mark.slow
def test_a_post_is_asked_by_its_turns_b_while_a_is_away_and_the_section_on_holidays(tmp_path: Path) -> None:
    """Turns of a week at the post, the National Day between: the clock of working hours waits as the people do."""
    centre = StreetCentre(tmp_path, "2026-09-28 08:30")
    a, b = (centre.officer("CSGX", "post_member", rank) for rank in "ab")
    section = centre.officer("economy", "section_leader", "a")
    commander = commander_of(centre)
    turns = tmp_path / "turns.toml"
    turns.write_text(
        centre.run("duty", "rotations", "--toml")
        + '[[rotation]]\ncode = "csgx"\nrole = "post_member"\nshifts = ["09:00-18:00"]\nby = "week"\n'
        f'weekdays = [1, 2, 3, 4, 5]\nsince = 2026-09-28\nteams = [["{a}"], ["{b}"]]\n',
        "utf-8",
    )
    centre.run("duty", "rotations-load", str(turns), who=commander)
    centre.run("duty", "write", "--days", "14", who=commander)

    def sent(moment: str) -> str:
        centre.at(moment)
        desk = serving(centre, DESK, moment)[0]
        code = reported(centre, moment)
        centre.ticket("accept", code, who=desk)
        centre.ticket("assess", code, "--matter", "BJ0101", "--urgency", "normal", who=desk)
        centre.ticket("dispatch", code, "--to", "CSGX", who=desk)
        return code

    # Monday: A has the week. B has no shift, and is not asked.
    first = sent("2026-09-28 10:00")
    assert rung(centre, first, "2026-09-28 10:45") == {a}
    # Tuesday: A is ill. B has no shift this week either: the section hears what the post would have.
    centre.at("2026-09-29 09:30")
    centre.run("duty", "leave", a, "--from", "2026-09-29T09:30", "--until", "2026-09-29T18:00", who=a)
    second = sent("2026-09-29 10:00")
    assert rung(centre, second, "2026-09-29 10:45") == {section}
    # B comes in for A.
    centre.run("duty", "on", b, "--from", "2026-09-29T10:50", "--until", "2026-09-29T18:00", who=commander)
    third = sent("2026-09-29 10:55")
    assert rung(centre, third, "2026-09-29 11:40") == {b}
    # Over the National Day the turns of the week stand in the book; both are away, as everybody is.
    for officer in (a, b):
        span = ("--from", "2026-10-01T00:00", "--until", "2026-10-08T00:00")
        centre.run("duty", "leave", officer, *span, who=commander)
    fourth = sent("2026-10-01 10:00")
    assert rung(centre, fourth, "2026-10-01 10:45") == {section}
    assert centre.clock_of(fourth, "acknowledge")[1:] == ("4 work_hour", "2026-10-08 15:00:00")
    # Thursday the 8th, the first working day: it is the second week, and B's turn.
    assert serving(centre, "post_member", "2026-10-08 11:00") == [b]
    fifth = sent("2026-10-08 09:30")
    assert rung(centre, fifth, "2026-10-08 10:15") == {b}
