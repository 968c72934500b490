"""Officers who leave with an organisation's file: what they came in with ends, and an administrator is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from core.clock import SetClock
from core.desk.desk import Desk
from core.identity.accounts import AccountBook, check_password
from core.identity.policy import change_policy
from core.identity.public_key import read_public_key
from core.identity.sessions import live_session, open_session
from core.identity.ssh_keys import KeyBook
from core.organisation.init import init_centre
from core.organisation.load import LoadReport, load_organisation
from core.organisation.model import AppointmentEntry, OfficerEntry, Organisation, UnitEntry
from core.organisation.stored import stored_organisation
from data.errors import Conflict
from data.location import locate
from data.schema import create_tables
from data.store import Store
from data.tables import AccessEvent, Appointment, Officer, Unit, table
from tests.core.organisation.conftest import COMMANDER, NOW
from tests.core.organisation.test_check import APPOINTMENTS, OFFICERS, SOUND, UNITS
from tests.made_stores import MadeStores
from tests.passwords import fresh

PASSWORD = "blue-kettle-71-oak"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOLXxvDmKu9o2eqCESBmhejXT3/KtBVSiag/mDklw/6Q liu"
STREET = replace(
    SOUND,
    units=(*UNITS, UnitEntry("GHJS", "post", "规划建设岗", parent="economy", section="economy", post_kind="fixed")),
    officers=(*OFFICERS, *(OfficerEntry(code, code) for code in ("an", "bao", "liu"))),
    appointments=(
        *APPOINTMENTS,
        AppointmentEntry("an", "GHJS", "security_admin"),
        AppointmentEntry("liu", "GHJS", "post_member", "a"),
    ),
)
"""`an` is the security administrator, at a post that a file may leave out; `bao` has no role."""


def make(store: Store) -> int:
    create_tables(store)
    return init_centre(store, STREET, NOW, roster_days=0).centre_id


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def desk(request: pytest.FixtureRequest, made_stores: MadeStores, tmp_path: Path) -> Iterator[Desk]:
    with made_stores.copy(make, request.param, tmp_path / "store.sqlite") as (url, centre):
        store = Store(locate(url))
        yield Desk(store, SetClock(NOW), centre)
        store.close()


def make_bao_administrator(desk: Desk) -> None:
    with desk.store.write() as connection:
        centre, at = desk.centre_id, desk.now()
        officer, unit = (
            connection.execute(select(one.c.id).where(one.c.centre_id == centre, one.c.code == code)).scalar_one()
            for one, code in ((table(Officer), "bao"), (table(Unit), "ZX"))
        )
        held = {"centre_id": centre, "id": 1, "officer_id": officer, "unit_id": unit, "role": "security_admin"}
        connection.execute(insert(table(Appointment)), {**held, "from_at": at})


def stored(desk: Desk) -> Organisation:
    with desk.store.reader() as reader:
        return stored_organisation(reader.rows, desk.centre_id, desk.now())


def without(organisation: Organisation, unit: str, *officers: str) -> Organisation:
    return replace(
        organisation,
        units=tuple(one for one in organisation.units if one.code != unit),
        officers=tuple(one for one in organisation.officers if one.code not in officers),
        appointments=tuple(one for one in organisation.appointments if one.unit != unit),
    )


def load(desk: Desk, organisation: Organisation) -> LoadReport:
    with desk.store.write() as connection:
        return load_organisation(connection, desk.centre_id, organisation, desk.now(), COMMANDER, replace=True)


def noted(desk: Desk) -> set[tuple[Any, ...]]:
    log = table(AccessEvent).c
    with desk.store.read() as connection:
        return {
            (row.kind, row.actor, row.target, row.body.get("what") or row.body.get("fingerprint"))
            for row in connection.execute(
                select(log.kind, log.actor, log.target, log.body).where(log.centre_id == desk.centre_id)
            )
        }


def test_no_file_leaves_the_centre_without_an_administrator(desk: Desk) -> None:
    before = stored(desk)
    with pytest.raises(Conflict) as refused:
        load(desk, without(before, "GHJS", "an", "liu"))
    assert refused.value.code == "no-administrator-left"
    assert stored(desk) == before
    make_bao_administrator(desk)
    with desk.store.write() as connection:
        AccountBook(connection, desk.centre_id, desk.now(), desk.actor("an")).add("an", fresh(desk, "an", PASSWORD))
        change_policy(connection, desk.centre_id, desk.now(), desk.actor("an"), {"sign_in": "required"})
    with pytest.raises(Conflict) as refused:
        load(desk, without(stored(desk), "GHJS", "an", "liu"))
    assert refused.value.code == "no-administrator-left", "the other one could not sign in"


def test_whoever_leaves_has_no_session_no_key_and_no_account_any_more(desk: Desk) -> None:
    make_bao_administrator(desk)
    now, bao, liu = desk.now(), desk.actor("bao"), desk.actor("liu")
    with desk.store.write() as connection:
        AccountBook(connection, desk.centre_id, now, bao).add("liu", fresh(desk, "liu", PASSWORD))
        key = KeyBook(connection, desk.centre_id, now, bao).add("liu", read_public_key(KEY))
        session = open_session(connection, desk.centre_id, liu.id or 0, now, "password", "local:1", "", "tty")
    staying = stored(desk)
    report = load(desk, without(staying, "GHJS", "an", "liu"))
    assert report.ended == {"unit": 1, "officer": 2, "session": 1, "key": 1, "account": 1}
    wanted = {
        ("session_ended", "admin", "tty", None),
        ("key_revoked", "admin", "liu", key.fingerprint),
        ("account", "admin", "liu", "disabled"),
    }
    assert wanted <= noted(desk)
    assert not load(desk, stored(desk)).is_change, "once"
    load(desk, replace(stored(desk), officers=staying.officers))  # the same people come back
    assert desk.actor("liu").code == "liu"
    with desk.store.read() as connection:
        assert not live_session(connection, desk.centre_id, session, now)
        (kept,) = KeyBook(connection, desk.centre_id, now, bao).listed()
        assert (kept.state(now), kept.reason) == ("revoked", "left")
    assert check_password(desk.store, desk.centre_id, "liu", PASSWORD, "", "local:1", now).officer is None
