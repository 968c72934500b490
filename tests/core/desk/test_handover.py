"""The handover of a shift as an act: made by the system, noted on, given, signed by who comes; on both engines."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import insert

from core.accountability.audit import verify
from core.accountability.handover import preview, record_of, under_way, view_of
from core.accountability.handover_list import stood_then
from core.accountability.handover_pack import LISTED
from core.accountability.handover_paper import handover_document
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder, Declare
from core.desk.duty_now import duty_now
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverNoted, HandoverPack, HandoverRefuse
from core.desk.orders import Accept, Report, Request
from core.desk.people import people_at
from core.engine.loop import Engine
from core.exchange.documents import written
from core.organisation.journal import note_change
from core.rules.roles import SENIOR_ROLES
from data.errors import Refusal
from data.handover_terms import HandoverPart, HandoverState
from data.ids import new_id
from data.instants import FAR
from data.tables import BreakGlass, Duty, table
from data.terms import Grade, Role, Stage
from tests.core.desk.scene import Scene

HOUR = 3_600
MINUTE = 60


def on_shift(scene: Scene, code: str, role: Role, begin: int, end: int) -> None:
    row = Duty(
        centre_id=1, id=new_id(), officer_id=scene.who(code).id, kind="shift", role=role.value, from_at=begin, to_at=end
    )
    with scene.store.write() as connection:
        connection.execute(insert(table(Duty)), [row.model_dump()])


def two_shifts(scene: Scene) -> int:
    """Zhang until an hour from now, then gao; gives when the duty changes."""
    change = scene.desk.now() + HOUR
    on_shift(scene, "zhang", Role.DUTY_OFFICER, change - 8 * HOUR, change)
    on_shift(scene, "gao", Role.SHIFT_LEADER, change, change + 8 * HOUR)
    return change


def act(scene: Scene, order: CentreOrder, who: str) -> int:
    return CentreDesk(scene.desk).do(order, scene.who(who)).item


def code_of_refusal(scene: Scene, order: CentreOrder, who: str) -> str:
    before = scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")
    with pytest.raises(Refusal) as refused:
        act(scene, order, who)
    assert scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre") == before
    return refused.value.code


def look(scene: Scene, times: int = 1) -> None:
    for _ in range(times):
        engine = Engine(scene.store, scene.clock, 1)
        engine.once(send=False)
        engine.close()


def row(scene: Scene, number: int) -> dict[str, Any]:
    (found,) = scene.rows("SELECT * FROM handover WHERE centre_id = :centre AND id = :id", id=number)
    return found


def told(scene: Scene) -> list[str]:
    names = {scene.who(code).id: code for code in ("zhang", "gao", "wang", "chen")}
    return [names[notice["officer_id"]] for notice in scene.notices("handover")]


def whole(scene: Scene) -> None:
    with scene.reader() as reader:
        assert verify(reader, 1) == []


STAGES = (
    Stage.REPORTED,
    Stage.DISPATCHED,
    Stage.DISPATCHED,
    Stage.HANDLING,
    Stage.SUSPENDED,
    Stage.CHECKED,
    Stage.ARCHIVED,
)


def test_from_the_pack_to_the_signature(any_scene: Scene) -> None:
    """The counts are those of the rows at that moment; afterwards the centre moves on and the pack does not."""
    scene = any_scene
    with scene.store.write() as connection:
        note_change(connection, 1, scene.desk.now(), "xi", "rename", {"before": "一岗"})
    two_shifts(scene)
    codes = [scene.at_stage(stage) for stage in STAGES]
    scene.do(Request(ticket=codes[3], kind="extension", reason="等材料"), "li")
    scene.do(Report(title="某人隐情", body="不可见", confidential=True))
    act(scene, Declare(grade=Grade.III, reason="暴雨", ticket=codes[0]), "chen")
    scene.wait(minutes=20)
    (head,) = scene.rows("SELECT * FROM centre_seq WHERE centre_id = :centre")

    number = act(scene, HandoverPack(), "zhang")
    with scene.reader() as reader:
        view = view_of(reader, 1, number)
    pack = view.pack
    tickets = scene.rows("SELECT * FROM ticket WHERE centre_id = :centre AND open = 1")
    at, until = pack["at"], scene.desk.now() + 40 * MINUTE + 8 * HOUR
    assert (at, pack["until"]) == (scene.desk.now(), until)
    wanted = {
        "open": len(tickets),
        "late": sum(ticket["due_at"] <= at for ticket in tickets),
        "due": sum(at < ticket["due_at"] <= until for ticket in tickets),
        "waiting": 2,
        "suspended": 1,
        "call_backs": 1,
        "requests": 1,
        "upward": len(
            scene.rows("SELECT id FROM clock WHERE centre_id = :centre AND kind LIKE 'up%' AND state = 'running'")
        ),
    }
    assert all(wanted.values())
    assert pack["counts"] == {part.value: wanted.get(part.value, 0) for part in HandoverPart}
    assert {part: len(lines) for part, lines in pack["lists"].items()} == {p: n for p, n in wanted.items() if n}
    assert [line["at"] for line in pack["lists"]["open"]] == sorted(
        (None if ticket["due_at"] == FAR else ticket["due_at"] for ticket in tickets), key=lambda due: due or FAR
    )
    assert "隐情" not in json.dumps(pack, ensure_ascii=False)
    assert pack["head"] == {"number": head["chain_no"], "hash": head["chain_hash"]}
    changes = f"{head['organisation_no']}:{head['organisation_hash']}"
    assert pack["heads"]["organisation"] == changes
    assert set(pack["heads"]) == {"organisation", "access"}
    assert (pack["emergency"]["grade"], pack["emergency"]["by"]) == ("3", "陈静")
    assert (pack["shift"]["officers"], pack["next"]["officers"]) == (["张明"], ["高远"])

    act(scene, HandoverNoted(text="钥匙在二号柜 13812345678"), "zhang")
    act(scene, HandoverNoted(text="等居民开门", ticket=codes[4]), "zhang")
    assert code_of_refusal(scene, HandoverAccept(), "gao") == "handover-none"
    act(scene, HandoverGive(), "zhang")
    assert code_of_refusal(scene, HandoverNoted(text="又想起"), "zhang") == "handover-none"
    assert code_of_refusal(scene, HandoverPack(), "zhang") == "handover-given"
    assert code_of_refusal(scene, HandoverAccept(), "zhang") == "handover-own"
    assert code_of_refusal(scene, HandoverAccept(), "wang") == "handover-not-incoming"
    assert code_of_refusal(scene, HandoverAccept(handover=77), "gao") == "handover-unknown"
    with scene.reader() as reader:
        listed = list(stood_then(reader, 1, pack))
    scene.do(Accept(ticket=codes[0]))
    act(scene, HandoverAccept(remarks="钥匙已点"), "gao")
    assert code_of_refusal(scene, HandoverAccept(handover=number), "gao") == "handover-state"

    with scene.reader() as reader:
        after = view_of(reader, 1)
        paper = written(handover_document(after, "zh"), "text")
        assert list(stood_then(reader, 1, pack)) == listed
    assert after.pack == pack
    assert "organisation:1:\n" in paper.replace("\r", "")
    assert changes.partition(":")[2][:4] in paper
    assert after.line.state == HandoverState.ACCEPTED
    assert after.line.bound == [scene.who("gao").id]
    canonical = json.dumps(pack, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert after.line.pack_hash == hashlib.sha256(canonical.encode()).hexdigest()
    events = scene.rows(
        "SELECT kind, body FROM ticket_event WHERE centre_id = :centre AND kind LIKE 'handover%' ORDER BY id"
    )
    assert [event["kind"] for event in events] == [
        *("handover_pack", "handover_note", "handover_note", "handover_give", "handover_accept"),
    ]
    read = scene.rows(
        "SELECT actor, target FROM access_event WHERE centre_id = :centre AND kind = 'handover' ORDER BY id"
    )
    who = ["zhang", "zhang", "zhang", "zhang", "gao"]
    assert [(one["actor"], one["target"]) for one in read] == [(code, str(number)) for code in who]
    bodies = [json.loads(event["body"]) if isinstance(event["body"], str) else event["body"] for event in events]
    assert {body["pack_hash"] for body in bodies if "pack_hash" in body} == {after.line.pack_hash}
    assert told(scene) == ["gao", "zhang"]
    for words in (
        "钥匙在二号柜 138****5678",
        "等居民开门",
        "钥匙已点",
        "高远",
        "III级",
        f"事件号{pack['head']['number']}",
    ):
        assert words in paper.replace("　", ""), words
    assert record_of(after)["answered_by"] == "高远"
    whole(scene)


def test_the_whole_list_is_told_by_the_log_although_the_centre_moved_on(scene: Scene) -> None:
    """More tickets than a pack names; later steps, new tickets and closed ones change nothing of what stood then."""
    two_shifts(scene)
    codes = [scene.new(f"第 {n} 件") for n in range(LISTED + 2)]
    codes += [scene.at_stage(stage) for stage in (Stage.DISPATCHED, Stage.SUSPENDED, Stage.CHECKED)]
    scene.wait(minutes=20)
    number = act(scene, HandoverPack(), "zhang")
    with scene.reader() as reader:
        pack = view_of(reader, 1, number).pack
        now = list(stood_then(reader, 1, pack))
    assert len(pack["lists"]["open"]) == LISTED < pack["counts"]["open"]
    for code in codes[:5]:
        scene.do(Accept(ticket=code))
    scene.at_stage(Stage.HANDLING)
    scene.wait(hours=3)
    look(scene)
    with scene.reader() as reader:
        then = list(stood_then(reader, 1, pack))
    assert then == now
    for part in ("open", "late", "due", "waiting", "suspended", "call_backs"):
        assert sum(part in line["parts"] for line in then) == pack["counts"][part], part


def test_an_unsigned_change_is_noted_and_climbs_each_step_once(any_scene: Scene) -> None:
    """Nobody makes a pack; then one is made but not signed; each leader hears once, however often engines look."""
    scene = any_scene
    change = two_shifts(scene)
    scene.wait(seconds=HOUR - 1)
    look(scene)
    assert scene.rows("SELECT id FROM handover WHERE centre_id = :centre") == []
    scene.wait(minutes=1)
    look(scene, 2)
    owed = row(scene, 1)
    assert (owed["state"], owed["change_at"], owed["next_at"]) == ("owed", change, change + 15 * MINUTE)
    assert told(scene) == []
    scene.wait(minutes=14, seconds=1)
    look(scene, 2)
    assert sorted(told(scene)) == ["gao", "zhang"]
    assert act(scene, HandoverPack(), "zhang") == 1
    act(scene, HandoverGive(), "zhang")
    assert told(scene)[2:] == ["gao"]
    scene.wait(minutes=16)
    look(scene, 2)
    assert told(scene)[3:] == ["wang"]
    scene.wait(minutes=40)
    look(scene, 2)
    assert told(scene)[4:] == ["chen"]
    assert (row(scene, 1)["step"], row(scene, 1)["next_at"]) == (3, None)
    act(scene, HandoverAccept(), "gao")
    scene.wait(hours=2)
    look(scene)
    assert len(told(scene)) == 6
    assert not row(scene, 1)["unsigned"]
    whole(scene)


def test_after_a_stop_of_the_engine_all_steps_at_once_and_once(scene: Scene) -> None:
    two_shifts(scene)
    act(scene, HandoverPack(), "zhang")
    scene.wait(hours=3)
    look(scene, 2)
    assert sorted(told(scene)) == ["chen", "gao", "wang", "zhang"]
    due = scene.rows("SELECT body FROM ticket_event WHERE centre_id = :centre AND kind = 'handover_due'")
    assert len(due) == 1
    whole(scene)


def reached(scene: Scene, role: Role = Role.DUTY_OFFICER) -> list[str]:
    """Whom a notice to a role reaches now."""
    with scene.store.read() as connection:
        people = people_at(connection, 1, scene.desk.now())
    names = {scene.who(code).id: code for code in ("zhang", "li", "gao", "wang", "chen")}
    return [names[officer] for officer in people.on_duty(role.value)]


def test_between_the_hour_and_the_signature_both_shifts_are_reached(any_scene: Scene) -> None:
    """To the second, over midnight and by the ladder; a refusal frees nobody, the signature does."""
    scene = any_scene
    scene.wait(hours=14, minutes=30)
    change = two_shifts(scene)
    on_shift(scene, "li", Role.DUTY_OFFICER, change, change + 8 * HOUR)
    scene.wait(seconds=HOUR - 1)
    assert reached(scene) == ["zhang"]
    scene.wait(seconds=1)
    assert scene.desk.now() == change
    assert (reached(scene), reached(scene, Role.SHIFT_LEADER)) == (["li", "zhang"], ["gao"])
    with scene.store.read() as connection:
        desk = duty_now(connection, 1, change)[0]
    assert [(one.code, one.kept) for one in desk.a] == [("li", False), ("zhang", True)]
    scene.new(who="li")
    scene.wait(hours=2)
    look(scene)
    assert [notice["officer_id"] for notice in scene.notices("remind")] == [scene.who("li").id, scene.who("zhang").id]
    act(scene, HandoverPack(), "zhang")
    act(scene, HandoverGive(), "zhang")
    act(scene, HandoverRefuse(reason="少了两件"), "gao")
    assert reached(scene) == ["li", "zhang"]
    act(scene, HandoverPack(), "zhang")
    act(scene, HandoverGive(), "zhang")
    scene.wait(minutes=5)
    act(scene, HandoverAccept(), "gao")
    assert reached(scene) == ["li"]


def test_a_shift_before_hours_without_a_desk_and_one_long_gone_are_not_reached(scene: Scene) -> None:
    change = two_shifts(scene)
    on_shift(scene, "wang", Role.DUTY_OFFICER, change + 11 * HOUR, change + 14 * HOUR)
    scene.wait(hours=9)
    assert reached(scene, Role.SHIFT_LEADER) == ["gao"]
    assert "zhang" in reached(scene)
    scene.wait(hours=3)
    assert reached(scene) == ["wang"]


def test_refused_goes_on_pressing_and_is_made_anew(scene: Scene) -> None:
    change = two_shifts(scene)
    act(scene, HandoverPack(), "zhang")
    act(scene, HandoverGive(), "zhang")
    act(scene, HandoverRefuse(reason="少了两件"), "gao")
    assert (row(scene, 1)["state"], row(scene, 1)["unsigned"]) == ("refused", 1)
    assert told(scene) == ["gao", "zhang"]
    assert act(scene, HandoverPack(), "zhang") == 2
    first, second = row(scene, 1), row(scene, 2)
    assert (first["unsigned"], first["next_at"], first["words"]) == (0, None, "少了两件")
    assert (second["attempt"], second["change_at"], second["next_at"]) == (2, change, change + 15 * MINUTE)
    assert act(scene, HandoverPack(), "zhang") == 2
    assert row(scene, 2)["packs"] == 2
    act(scene, HandoverGive(), "zhang")
    act(scene, HandoverAccept(), "gao")
    whole(scene)


def test_who_does_not_leave_does_not_hand_over_and_a_leader_may(scene: Scene) -> None:
    """The incoming officer makes no pack of a shift that still runs, unless as a leader, and then does not sign it."""
    two_shifts(scene)
    on_shift(scene, "chen", Role.DUTY_OFFICER, scene.desk.now() + HOUR, scene.desk.now() + 9 * HOUR)
    assert code_of_refusal(scene, HandoverPack(), "li") == "not-permitted"
    act(scene, HandoverPack(), "gao")
    act(scene, HandoverGive(), "gao")
    assert code_of_refusal(scene, HandoverAccept(), "gao") == "handover-own"
    act(scene, HandoverAccept(), "chen")
    assert json.loads(row(scene, 1)["bound"]) == [scene.who("chen").id, scene.who("gao").id]


def test_without_a_roster_whoever_did_not_make_it_signs_and_nobody_is_pressed(scene: Scene) -> None:
    glass = BreakGlass(
        centre_id=1, id=1, officer_id=scene.who("gao").id, role="commander", reason="火情", from_at=1, to_at=1801
    )
    with scene.store.write() as connection:
        connection.execute(insert(table(BreakGlass)), [glass.model_dump()])
    with scene.reader() as reader:
        shown = preview(reader, 1, scene.desk.now(), scene.who("zhang").id)
    act(scene, HandoverPack(), "zhang")
    assert (row(scene, 1)["next_at"], json.loads(row(scene, 1)["leaving"])) == (None, [])
    with scene.reader() as reader:
        assert view_of(reader, 1).pack == shown
        assert "高远：01-01 08:00  指挥长  火情" in written(handover_document(view_of(reader, 1), "zh"), "text")
    assert shown["counts"]["break_glass"] == 1
    scene.wait(hours=5)
    look(scene)
    assert told(scene) == []
    act(scene, HandoverGive(), "zhang")
    assert code_of_refusal(scene, HandoverAccept(), "zhang") == "handover-own"
    act(scene, HandoverAccept(), "wang")


ORDERS: dict[str, CentreOrder] = {
    "pack": HandoverPack(),
    "note": HandoverNoted(text="钥匙在二号柜"),
    "give": HandoverGive(),
    "accept": HandoverAccept(),
    "refuse": HandoverRefuse(reason="缺项"),
}
POSSIBLE = {
    # Before a pack is made, once it is made, once it is given: zhang leaves, gao comes, wang is a leader of neither.
    "owed": {"zhang": {"pack"}, "gao": {"pack"}, "wang": {"pack"}},
    "made": {"zhang": {"pack", "note", "give"}, "gao": {"pack", "note", "give"}, "wang": {"pack", "note", "give"}},
    "given": {"zhang": set(), "gao": {"pack", "accept", "refuse"}, "wang": set()},
}
TURN = {"owed": ("pack", "zhang"), "made": ("give", "zhang"), "given": ("accept", "gao")}


def test_what_an_officer_cannot_do_is_said_before_it_is_tried_in_the_words_of_the_refusal(scene: Scene) -> None:
    two_shifts(scene)
    scene.wait(minutes=70)
    for state, who_can in POSSIBLE.items():
        for who, possible in who_can.items():
            officer = scene.who(who)
            with scene.reader() as reader:
                found = under_way(reader, 1, scene.desk.now(), officer.id, bool(officer.roles & SENIOR_ROLES))
            assert ORDERS.keys() - found.refused.keys() == possible, (state, who)
            # Gao has a shift of her own that runs: she could hand that over as well.
            assert (found.next, found.own) == (TURN[state][0], who == TURN[state][1] or (state, who) == ("owed", "gao"))
            for act_name, why in found.refused.items():
                # The drawer names the handover that it shows.
                shown = {} if state == "owed" or act_name == "pack" else {"handover": 1}
                with pytest.raises(Refusal) as refused:
                    act(scene, ORDERS[act_name].model_copy(update=shown), who)
                assert (refused.value.code, refused.value.text("zh")) == (why.code, f"{why.zh}。"), (state, who)
        next_act, who = TURN[state]
        act(scene, ORDERS[next_act], who)
