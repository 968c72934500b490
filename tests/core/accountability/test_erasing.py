"""Personal data erased when its time is up: nothing of it is left, the chain verifies, and tampering is still found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.accountability.audit import verify
from core.accountability.erased import VOUCHED
from core.accountability.lookup import plain
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder, PhoneReport
from core.desk.ledger import chain_hash
from core.desk.orders import (
    Accept,
    Acknowledge,
    Amend,
    Archive,
    Assess,
    CallBack,
    Check,
    Complete,
    Decline,
    Dispatch,
    GradeIncident,
    Handle,
    Note,
    Order,
    Pause,
    Refuse,
    Remind,
    Report,
    ReportUp,
    Request,
    Resume,
)
from core.desk.retention_orders import Erase, Hold, LiftHold
from core.engine.retention import forget_words
from core.rules.erasing import erase
from data.errors import BadInput, NotAllowed, NotFound
from data.masking import ERASED
from data.search_index import fill
from data.terms import Grade, PauseReason, RequestKind, Satisfaction, UpwardForm
from tests.console.cli.canaries import ADDRESS, LINE, MOBILE, NAME, TEXT, leaks
from tests.core.desk.scene import Scene

KEEP_DAYS = 1_096


def do(scene: Scene, order: CentreOrder, officer: str = "an") -> None:
    CentreDesk(scene.desk).do(order, scene.who(officer))


def life(code: str) -> tuple[tuple[str, Order], ...]:
    """A ticket's way to its end, with personal data in every text."""
    return (
        ("zhang", Accept(ticket=code, note=TEXT)),
        ("zhang", Amend(ticket=code, title=LINE, reporter_name=NAME + "女", reporter_phone=MOBILE)),
        ("zhang", Assess(ticket=code, matter="BJ0101", note=TEXT)),
        ("zhang", Dispatch(ticket=code, to="CSGX=" + TEXT, assist=["GHJS=" + TEXT], instruction=TEXT)),
        ("li", Acknowledge(ticket=code)),
        ("zhang", Pause(ticket=code, code=PauseReason.CITIZEN, reason=TEXT)),
        ("zhang", Resume(ticket=code, note=TEXT)),
        ("li", Handle(ticket=code, note=TEXT)),
        ("zhang", Remind(ticket=code, note=TEXT)),
        ("li", Request(ticket=code, kind=RequestKind.EXTENSION, reason=TEXT)),
        ("wang", Decline(ticket=code, reason=TEXT)),
        ("zhang", Note(ticket=code, text=TEXT)),
        ("wang", GradeIncident(ticket=code, grade=Grade.I, reason=TEXT)),
        *(("zhang", ReportUp(ticket=code, form=form, to=LINE, text=TEXT)) for form in UpwardForm),
        ("li", Complete(ticket=code, outcome=TEXT, public_reply=TEXT, open_assist_reason=TEXT)),
        ("zhang", Check(ticket=code, passed=True, note=TEXT)),
        ("zhang", CallBack(ticket=code, result=Satisfaction.SATISFIED, note=TEXT)),
        ("zhang", Archive(ticket=code, note=TEXT)),
    )


def reported(scene: Scene) -> str:
    given: dict[str, Any] = {"reporter_name": NAME, "reporter_phone": MOBILE, "address": ADDRESS}
    return scene.do(Report(title=LINE, body=TEXT, community="C01", **given)).ticket


def archived(scene: Scene) -> str:
    code = reported(scene)
    do(scene, PhoneReport(place=ADDRESS, course=TEXT, caller_name=NAME, caller_phone=MOBILE, ticket=code), "zhang")
    for officer, order in life(code):
        scene.do(order, officer)
    return code


def refused(scene: Scene) -> str:
    """A short life: two entries, the second with the reason."""
    code = reported(scene)
    scene.do(Refuse(ticket=code, reason=TEXT))
    return code


def found(scene: Scene) -> list[Any]:
    with scene.store.reader() as reader:
        return verify(reader, 1)


def everything(scene: Scene) -> str:
    """Every row of every table."""
    from sqlmodel import SQLModel

    with scene.store.read() as connection:
        return "\n".join(
            str(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in connection.execute(table.select(), execution_options={"fanout": True})
        )


def test_nothing_is_left_and_the_chain_verifies(any_scene: Scene) -> None:
    scene = any_scene
    code, other = archived(scene), archived(scene)
    fill(scene.store, 1)
    assert leaks(everything(scene))
    with pytest.raises(NotAllowed, match="1096"):
        do(scene, Erase(ticket=code, reason="到期"))
    scene.wait(days=KEEP_DAYS)
    for one in (code, other):
        do(scene, Erase(ticket=one, reason=f"到期 {MOBILE}"))
    forget_words(scene.store, 1)
    assert found(scene) == []
    assert leaks(everything(scene)) == []
    ticket = scene.ticket(code)
    assert (ticket["title"], ticket["reporter_phone"], ticket["stage"]) == (ERASED, ERASED, "archived")
    kept = [event["kind"] for event in scene.events(code)]
    assert kept == ["report", "note", *(order.verb for _, order in life(code))], "what happened stays"
    assert leaks(str(scene.rows("SELECT * FROM access_event WHERE centre_id = :centre"))) == []
    with pytest.raises(NotAllowed, match="erased already"):
        do(scene, Erase(ticket=code, reason="到期"))
    with pytest.raises(NotAllowed):
        do(scene, Erase(ticket=code, reason="到期"), "zhang")
    if scene.store.sqlite:
        scene.store.close()
        assert not [one for one in (NAME, MOBILE) if one.encode() in Path(str(scene.store.path)).read_bytes()]


def test_what_must_be_kept_is_kept(scene: Scene) -> None:
    code, still = refused(scene), reported(scene)
    scene.wait(days=KEEP_DAYS)
    with pytest.raises(NotAllowed, match="is open"):
        do(scene, Erase(ticket=still, reason="到期"))
    with pytest.raises(NotFound):
        do(scene, LiftHold(ticket=code, reason="结案"))
    do(scene, Hold(ticket=code, reason="诉讼"), "wang")
    with pytest.raises(BadInput):
        do(scene, Hold(ticket=code, reason="诉讼"), "wang")
    with pytest.raises(NotAllowed, match="hold"):
        do(scene, Erase(ticket=code, reason="到期"))
    do(scene, LiftHold(ticket=code, reason="结案"), "wang")
    with scene.store.write() as connection:
        connection.execute(text("UPDATE ticket SET pending = 'appeal' WHERE centre_id = 1 AND code = :c"), {"c": code})
    with pytest.raises(NotAllowed, match="waits for a decision"):
        do(scene, Erase(ticket=code, reason="到期"))
    kinds = [row["kind"] for row in scene.rows("SELECT kind FROM access_event WHERE centre_id = :centre ORDER BY id")]
    assert kinds == ["held", "hold_lifted"]


def put(scene: Scene, **values: Any) -> None:
    """Change the second entry past the desk."""
    with scene.store.write() as connection:
        connection.execute(
            text(f"UPDATE ticket_event SET {', '.join(f'{name} = :{name}' for name in values)}"
                 " WHERE centre_id = 1 AND id = 2"), values
        )  # fmt: skip


def second(scene: Scene) -> dict[str, Any]:
    row = scene.rows("SELECT * FROM ticket_event WHERE centre_id = :centre AND id = 2")[0]
    return {**row, "body": plain(row["body"]), "erased": plain(row["erased"])}


TAMPERING: tuple[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("a word put in", lambda event: {"body": json.dumps({**event["body"], "reason": "另一句"})}),
    ("a fact changed", lambda event: {"body": json.dumps({**event["body"], "by_desk": True})}),
    ("a commitment changed", lambda event: {"erased": json.dumps({**event["erased"], "/reason": "0" * 64})}),
    ("its time changed", lambda event: {"at": event["at"] - 1}),
    ("said to be another's word", lambda event: {"salt": VOUCHED}),
    ("commitments gone", lambda event: {"erased": "{}"}),
)


@pytest.mark.parametrize(("what", "change"), TAMPERING, ids=[what for what, _ in TAMPERING])
def test_tampering_with_an_erased_entry_is_found(
    scene: Scene, what: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    code = refused(scene)
    scene.wait(days=KEEP_DAYS)
    do(scene, Erase(ticket=code, reason="到期"))
    put(scene, **change(second(scene)))
    assert [finding for finding in found(scene) if finding.place == "chain" and finding.number == 2], what


def test_an_entry_emptied_without_an_erasure_is_found(scene: Scene) -> None:
    refused(scene)
    event = second(scene)
    body, kept = erase(event)
    put(scene, body=json.dumps(body), salt=event["salt"][:1], erased=json.dumps(kept))
    assert [(finding.place, finding.number, finding.field) for finding in found(scene) if finding.place == "chain"] == [
        ("chain", 2, "erasure")
    ]


def test_an_entry_from_before_salts_is_vouched_for_by_its_erasure(scene: Scene) -> None:
    code = refused(scene)
    _forget_salts(scene)
    assert found(scene) == []
    scene.wait(days=KEEP_DAYS)
    do(scene, Erase(ticket=code, reason="到期"))
    assert found(scene) == []
    assert leaks(everything(scene)) == []
    body = second(scene)["body"]
    put(scene, body=json.dumps({**body, "by_desk": True}))
    assert [finding.number for finding in found(scene) if finding.place == "chain"] == [2]


def _forget_salts(scene: Scene) -> None:
    """The log as an earlier revision wrote it: every text under the hash itself."""
    previous = ""
    with scene.store.write() as connection:
        rows = connection.execute(text("SELECT * FROM ticket_event WHERE centre_id = 1 ORDER BY id")).mappings().all()
        for row in rows:
            event = {**row, "body": plain(row["body"]), "erased": {}, "salt": ""}
            previous = chain_hash(previous, event)
            given = {"hash": previous, "id": row["id"]}
            connection.execute(
                text("UPDATE ticket_event SET salt = '', hash = :hash WHERE centre_id = 1 AND id = :id"), given
            )
        connection.execute(text("UPDATE centre_seq SET chain_hash = :hash WHERE centre_id = 1"), {"hash": previous})
