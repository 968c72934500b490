"""Roles in an organisation's file: administrators apart, and no file goes round the two persons who give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.desk.actor import Actor
from core.organisation.init import init_centre
from core.organisation.load import LoadReport, load_organisation
from core.organisation.model import AppointmentEntry, OfficerEntry
from core.organisation.stored import stored_organisation
from data.errors import BadInput, NotAllowed
from data.location import locate
from data.schema import create_tables
from data.store import Store
from tests.core.organisation.conftest import COMMANDER, NOW, Street
from tests.core.organisation.test_check import APPOINTMENTS, OFFICERS, SOUND

AT = int(NOW.timestamp())
STREET = replace(SOUND, officers=(*OFFICERS, OfficerEntry("c", "丙")))
AUDITOR, GUARD = AppointmentEntry("c", "ZX", "audit_admin"), AppointmentEntry("c", "ZX", "security_admin")
HEAD = AppointmentEntry("b", "ZX", "duty_leader")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Street]:
    store = Store(locate(str(tmp_path / "store.sqlite")), create=True)
    create_tables(store)
    yield Street(store, init_centre(store, STREET, NOW, roster_days=0))
    store.close()


def load(
    street: Street, *entries: AppointmentEntry, at: int, replace_all: bool = False, actor: Actor = COMMANDER
) -> LoadReport:
    wanted = replace(STREET, appointments=entries)
    with street.store.write() as connection:
        return load_organisation(connection, street.centre.centre_id, wanted, at, actor, replace_all)


def held(street: Street) -> set[AppointmentEntry]:
    with street.store.reader() as reader:
        return set(stored_organisation(reader.rows, street.centre.centre_id, AT).appointments)


def test_an_administrator_holds_no_other_role_at_any_time(small: Street) -> None:
    extra = AppointmentEntry("c", "G1", "grid_head")
    load(small, *APPOINTMENTS, extra, at=AT + 1)
    # Wrong by itself; and right by itself, but not with what stays from before.
    for entries in ((*APPOINTMENTS, extra, AUDITOR), (*APPOINTMENTS, AUDITOR)):
        with pytest.raises(BadInput, match="c 不能同时担任审计管理员和网格长"):
            load(small, *entries, at=AT + 2)
        assert held(small) == {*APPOINTMENTS, extra}
    load(small, *APPOINTMENTS, AUDITOR, at=AT + 3, replace_all=True)
    assert held(small) == {*APPOINTMENTS, AUDITOR}


def test_no_file_goes_round_the_two_persons(small: Street) -> None:
    with pytest.raises(NotAllowed, match="zhihui grant"):
        load(small, *APPOINTMENTS, HEAD, at=AT + 1, actor=replace(COMMANDER, glass=1))
    # Nobody to ask as yet, as on a single terminal: the file holds.
    load(small, *APPOINTMENTS, HEAD, GUARD, at=AT + 2)
    standing = (*APPOINTMENTS, HEAD, GUARD)
    for entries, whole in (((*standing, AppointmentEntry("b", "ZX", "commander")), False), (standing[1:], True)):
        with pytest.raises(NotAllowed, match="zhihui grant"):
            load(small, *entries, at=AT + 3, replace_all=whole)
        assert held(small) == set(standing)
    assert not load(small, *standing, at=AT + 3, replace_all=True).is_change
