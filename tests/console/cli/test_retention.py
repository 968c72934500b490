"""Personal data erased and held by the real commands and by the engine's daily look; old entries of the access log."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from core.accountability.audit import verify
from core.desk.orders import Refuse
from core.engine.retention import erase_due, prune_access
from core.rules.personal import PERSONAL
from tests.console.cli.canaries import TEXT, leaks
from tests.console.cli.conftest import Run, Street

CODES = ("20261120-0001", "20261120-0004")
"""Of the street's four tickets those that are refused here; the others stay open."""


@pytest.fixture
def ended(street: Street) -> Street:
    """The street when the time of two of its tickets is up."""
    for code in CODES:
        street.desk.do(Refuse(ticket=code, reason=TEXT), street.desk.actor("zhang"))
    street.clock.advance(days=PERSONAL.keep_days)
    return street


def whole(street: Street) -> bool:
    with street.desk.store.reader() as reader:
        return verify(reader, 1) == []


def set_policy(street: Street, **values: int) -> None:
    """Change values of the policy's [personal]."""
    with street.desk.store.write() as connection:
        body = connection.execute(
            text("SELECT body FROM catalogue WHERE centre_id = 1 AND kind = 'policy'")
        ).scalar_one()
        changed = json.loads(body)
        changed["personal"] |= values
        connection.execute(
            text("UPDATE catalogue SET body = :body WHERE centre_id = 1 AND kind = 'policy'"),
            {"body": json.dumps(changed)},
        )


def test_what_is_due_is_erased_after_a_trial_and_what_is_held_is_not(run: Run, ended: Street) -> None:
    assert [row["ticket"] for row in run("personal", "due", "--json", officer="wang").json] == list(CODES)
    assert run("personal", "due", officer="li").code == 4
    assert run("personal", "hold", CODES[0], "--reason", "诉讼", officer="wang").code == 0
    assert [row["ticket"] for row in run("personal", "holds", "--json", officer="wang").json] == [CODES[0]]
    kept = run("personal", "due", "--kept", "--json", "--lang", "en", officer="wang").json
    assert [(row["ticket"], row["kept"]) for row in kept] == [(CODES[0], True), (CODES[1], False)]
    before = ended.digest()
    tried = run("personal", "erase", "--due", "--reason", "到期", "--dry-run", "--json", officer="wang").json
    assert [(row["ticket"], row["erased"], row["why"]) for row in tried] == [(CODES[1], False, "")]
    assert ended.digest() == before
    assert run("personal", "erase", "--reason", "到期", officer="wang").code == 2
    assert run("personal", "erase", CODES[1], officer="wang").code == 2, "no reason"
    assert run("personal", "erase", CODES[0], "--reason", "到期", officer="wang").code == 4, "held"
    assert run("personal", "erase", CODES[1], "--reason", "到期", officer="zhang").code == 4
    assert run("personal", "erase", CODES[1], "20261120-0002", "--reason", "到期", officer="wang").code == 7
    assert [row["ticket"] for row in run("personal", "erased", "--json", officer="wang").json] == [CODES[1]]
    assert "王" not in run("ticket", "show", CODES[1]).out.split("现在能做")[0]
    assert run("personal", "lift", CODES[0], "--reason", "结案", officer="wang").code == 0
    assert run("personal", "erase", "--due", "--reason", "到期", officer="wang").code == 0
    assert run("personal", "due", "--json", officer="wang").json == []
    assert run("audit", "verify").code == 0


def test_the_engine_tells_once_a_day_or_erases_as_many_as_the_policy_lets_it(ended: Street) -> None:
    store, clock = ended.desk.store, ended.clock

    def told() -> int:
        with store.reader() as reader:
            return len(
                {row[0] for row in reader.rows(
                    "SELECT created_at FROM notice WHERE centre_id = :centre AND kind = 'retention_due'", centre=1
                )}
            )  # fmt: skip

    assert [erase_due(store, clock, 1), erase_due(store, clock, 1), told()] == [0, 0, 1]
    clock.advance(days=1)
    assert [erase_due(store, clock, 1), told()] == [0, 2]
    set_policy(ended, erase_daily=1)
    assert [erase_due(store, clock, 1), erase_due(store, clock, 1)] == [1, 0]
    clock.advance(days=1)
    assert [erase_due(store, clock, 1), erase_due(store, clock, 1)] == [1, 0]
    clock.advance(days=1)
    assert erase_due(store, clock, 1) == 0
    assert whole(ended)
    with store.read() as connection:
        left = connection.execute(text("SELECT body FROM ticket_event WHERE centre_id = 1")).scalars().all()
    assert leaks(str(left)) == []


def test_entries_of_the_access_log_go_when_their_time_is_up_and_no_sooner(run: Run, street: Street) -> None:
    for _number in range(3):
        run("ticket", "show", CODES[0])
    street.clock.advance(days=PERSONAL.keep_access_days - 1)
    run("ticket", "show", CODES[0])
    assert prune_access(street.desk.store, street.clock, 1) == 0
    street.clock.advance(days=1)
    assert prune_access(street.desk.store, street.clock, 1) == 3
    assert prune_access(street.desk.store, street.clock, 1) == 0
    assert [row["kind"] for row in run("audit", "log", "--jsonl").lines] == ["audited", "removed", "read"]
    assert whole(street)
    with street.desk.store.write() as connection:
        connection.execute(text("DELETE FROM access_event WHERE centre_id = 1 AND kind = 'removed'"))
    assert not whole(street)


@pytest.mark.parametrize("name", ["keep_days", "keep_access_days"])
def test_no_policy_keeps_less_than_half_a_year(name: str) -> None:
    from core.rules.personal import read_personal
    from data.errors import BadInput

    with pytest.raises(BadInput, match="184"):
        read_personal({"personal": {name: 183}})
    assert getattr(read_personal({"personal": {name: 184}}), name) == 184
