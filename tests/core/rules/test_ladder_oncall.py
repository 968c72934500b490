"""Who is told: on duty first, the substitute for who is off, the next level for nobody, each skip with its reason."""

from hypothesis import given
from hypothesis import strategies as st

from core.rules.ladder import LEVELS, TARGETS, Step
from core.rules.oncall import ALREADY_TOLD, NOBODY, OFF_DUTY, Duty, Officer, Resolution, resolve


def step(*targets):
    return Step("due", 0, targets)


def on(number):
    return Officer(number, f"officer {number}")


def off(number, why="leave"):
    return Officer(number, f"officer {number}", False, why)


def told(lines):
    return [(line.target, line.officer_id) for line in lines if line.is_told]


FULL = {target: [on(number)] for number, target in enumerate(TARGETS, 1)}


def test_everybody_named_is_told_once_from_below():
    assert told(resolve(step("commander", "holder", "section_a"), Duty(FULL))) == [
        ("holder", FULL["holder"][0].officer_id),
        ("section_a", FULL["section_a"][0].officer_id),
        ("commander", FULL["commander"][0].officer_id),
    ]


def test_the_first_of_a_target_on_duty_takes_it():
    assert resolve(step("holder"), Duty({"holder": [off(1), on(2), on(3)]})) == [
        Resolution("holder", 1, "leave"),
        Resolution("holder", 2),
    ]


def test_a_shift_that_is_not_signed_for_is_told_besides_whoever_has_come():
    left = Officer(3, "officer 3", kept=True)
    duty = Duty({"duty_desk": [on(1), on(2), left], "shift_leader": [off(4), left]})
    assert told(resolve(step("duty_desk"), duty)) == [("duty_desk", 1), ("duty_desk", 3)]
    assert told(resolve(step("shift_leader"), duty)) == [("shift_leader", 3)]


def test_b_takes_over_when_a_is_off():
    duty = Duty({"section_a": [off(1, "")], "section_b": [on(2)]})
    assert resolve(step("section_a"), duty) == [
        Resolution("section_a", 1, OFF_DUTY),
        Resolution("section_b", 2, None, "section_a"),
    ]
    assert told(resolve(step("section_a", "section_b"), duty)) == [("section_b", 2)]


def test_a_does_not_stand_in_for_b():
    lines = resolve(step("section_b"), Duty({"section_a": [on(1)], "section_b": [off(2)], "duty_leader": [on(3)]}))
    assert told(lines) == [("duty_leader", 3)]


def test_one_answer_is_enough_for_a_level():
    duty = Duty({"holder": [on(1)], "post_b": [off(2)], "section_a": [on(3)]})
    assert resolve(step("holder", "post_b"), duty) == [Resolution("holder", 1), Resolution("post_b", 2, "leave")]


def test_nobody_on_a_level_falls_through_to_the_next_at_once():
    duty = Duty(
        {
            "holder": [off(1)],
            "section_a": [off(3)],
            "section_b": [off(4)],
            "duty_leader": [off(5)],
            "commander": [on(6)],
        }
    )
    assert resolve(step("holder"), duty) == [
        Resolution("holder", 1, "leave"),
        Resolution("post_a", None, NOBODY, "holder"),
        Resolution("post_b", None, NOBODY, "holder"),
        Resolution("section_a", 3, "leave", "holder"),
        Resolution("section_b", 4, "leave", "holder"),
        Resolution("duty_leader", 5, "leave", "holder"),
        Resolution("commander", 6, None, "holder"),
    ]


def test_the_desk_falls_through_to_the_duty_leader_and_a_section_passes_the_desk_by():
    duty = Duty({"duty_desk": [off(1)], "shift_leader": [off(2)], "duty_leader": [on(3)]})
    assert told(resolve(step("duty_desk"), duty)) == [("duty_leader", 3)]
    assert told(resolve(step("section_a"), Duty({"duty_desk": [on(1)], "duty_leader": [on(3)]}))) == [
        ("duty_leader", 3)
    ]


def test_a_person_with_two_posts_is_told_once():
    duty = Duty({"section_a": [on(1)], "duty_leader": [on(1)]})
    assert resolve(step("section_a", "duty_leader"), duty) == [
        Resolution("section_a", 1),
        Resolution("duty_leader", 1, ALREADY_TOLD),
    ]


def test_a_step_for_a_leader_who_is_away_reaches_the_leader_below():
    duty = Duty({"duty_leader": [on(1)], "commander": [off(2)], "section_a": [on(3)]})
    assert resolve(step("commander"), duty) == [
        Resolution("commander", 2, "leave"),
        Resolution("district", None, NOBODY, "commander"),
        Resolution("duty_leader", 1, None, "commander"),
    ]


def test_with_nobody_anywhere_no_line_is_told_and_all_are_written_down():
    lines = resolve(step("holder"), Duty())
    assert not told(lines)
    assert [line.target for line in lines] == [
        t for level in LEVELS for t in level if t not in ("duty_desk", "shift_leader")
    ]
    assert {line.skipped_reason for line in lines} == {NOBODY}


officers = st.lists(
    st.tuples(st.integers(1, 6), st.booleans()).map(lambda pair: on(pair[0]) if pair[1] else off(pair[0])), max_size=2
)


@given(
    st.lists(st.sampled_from(TARGETS), min_size=1, unique=True),
    st.fixed_dictionaries(dict.fromkeys(TARGETS, officers)),
)
def test_never_silent_while_anybody_above_is_on_duty(targets, people):
    lines = resolve(step(*targets), Duty(people))
    reached = told(lines)
    if any(officer.on_duty for target in ("duty_leader", "commander", "district") for officer in people[target]):
        assert reached
    assert len({officer for _, officer in reached}) == len(reached)
    assert {line.target for line in lines} >= set(targets)
    for target, officer_id in reached:
        assert any(officer.officer_id == officer_id and officer.on_duty for officer in people[target])
    for target in targets:
        first = next((officer for officer in people[target] if officer.on_duty), None)
        if first:
            assert first.officer_id in {officer for _, officer in reached}
