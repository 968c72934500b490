"""So many looks at personal data an hour, on both engines: counted over all ways to look, by officer."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from core.desk.personal_orders import FindNumber, ShowField
from core.desk.revealing import find_number, reveal_field
from core.rules.retention import DAY
from data.access_terms import PersonalField
from data.errors import NotAllowed
from tests.core.desk.scene import Scene

PHONE = "13900008000"


def test_more_looks_than_the_policy_lets_are_refused_until_the_hour_is_over(any_scene: Scene) -> None:
    scene = any_scene
    with scene.store.write() as connection:
        query = "SELECT body FROM catalogue WHERE centre_id = 1 AND kind = 'policy'"
        found = connection.execute(text(query)).scalar_one()
        body = json.loads(found) if isinstance(found, str) else found
        body["personal"] |= {"looks_an_hour": 2}
        connection.execute(
            text("UPDATE catalogue SET body = :body WHERE centre_id = 1 AND kind = 'policy'"),
            {"body": json.dumps(body)},
        )
    code = scene.new(reporter_phone=PHONE)
    look = ShowField(ticket=code, field=PersonalField.REPORTER_PHONE, reason=f"回访 {PHONE}")
    search = FindNumber(digits=PHONE, reason="重复来电")
    zhang, gao = scene.who("zhang"), scene.who("gao")
    assert reveal_field(scene.desk, look, zhang) == PHONE
    scene.wait(minutes=30)
    assert find_number(scene.desk, search, zhang) == [code]
    for _number in range(2):
        with pytest.raises(NotAllowed, match="2 times within an hour"):
            reveal_field(scene.desk, look, zhang)
        with pytest.raises(NotAllowed, match="2 times within an hour"):
            find_number(scene.desk, search, zhang)
    assert reveal_field(scene.desk, look, gao) == PHONE, "another officer's looks are their own"
    told = {notice["officer_id"] for notice in scene.notices("reveal_limit")}
    assert len(scene.notices("reveal_limit")) == len(told) > 0, "once, to each head"
    scene.wait(minutes=30)
    assert reveal_field(scene.desk, look, zhang) == PHONE, "the first look is an hour ago, the search is not"
    with pytest.raises(NotAllowed):
        reveal_field(scene.desk, look, zhang)
    scene.wait(seconds=DAY)
    assert find_number(scene.desk, search, zhang) == [code]
    kinds = [row["kind"] for row in scene.rows("SELECT kind FROM access_event WHERE centre_id = :centre ORDER BY id")]
    refused = ["reveal_refused"] * 4
    assert kinds == ["revealed", "searched", *refused, "revealed", "revealed", "reveal_refused", "searched"]
