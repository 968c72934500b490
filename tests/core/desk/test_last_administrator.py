"""The last security administrator who can act is not ended: by no grant and no account; a merger carries them on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, insert

from core.desk.actor import Actor
from core.desk.centre_desk import CentreDesk
from core.desk.rights_orders import AgreeRole, AskRole
from core.identity.accounts import AccountBook, new_password
from core.identity.administrators import administrator_kept, can_administer
from core.identity.policy import change_policy
from core.organisation.change import Redrawing
from data.errors import Refusal
from data.rights_terms import GrantKind
from data.tables import Appointment, Officer, table
from data.terms import Role
from tests.core.desk.scene import C02, Scene

PASSWORD = "blue-kettle-71-oak"
HELD = table(Appointment)


def second(scene: Scene) -> Actor:
    """Another security administrator, at a community: units may be merged away."""
    with scene.store.write() as connection:
        officer = Officer(centre_id=1, id=90, code="bao", name="包安", created_at=0)
        connection.execute(insert(table(Officer)), [officer.model_dump()])
        held = Appointment(
            centre_id=1, id=90, officer_id=90, unit_id=C02, role=Role.SECURITY_ADMIN.value, rank="", from_at=0
        )
        connection.execute(insert(HELD), [held.model_dump()])
    return scene.desk.actor("bao")


def refusal(scene: Scene, work: Callable[[], object]) -> str:
    """Why not; and then nothing was changed."""
    before = scene.rows("SELECT count(*) AS n, max(to_at) AS gone FROM appointment WHERE centre_id = :centre")
    try:
        work()
    except Refusal as refused:
        assert (
            scene.rows("SELECT count(*) AS n, max(to_at) AS gone FROM appointment WHERE centre_id = :centre") == before
        )
        return refused.code
    return ""


def ask(scene: Scene, about: str, who: str) -> int:
    unit = "C02" if about == "bao" else ""
    order = AskRole(kind=GrantKind.TAKE, officer=about, role=Role.SECURITY_ADMIN, unit=unit, reason="调离")
    return CentreDesk(scene.desk).do(order, scene.desk.actor(who)).item


def administered(scene: Scene) -> bool:
    with scene.store.read() as connection:
        return can_administer(connection, 1, scene.desk.now())


def test_two_grants_that_wait_end_only_one_of_two(any_scene: Scene) -> None:
    """Each asks about the other: whichever is agreed to first, the second is refused."""
    scene = any_scene
    second(scene)
    first, other = ask(scene, "an", "bao"), ask(scene, "bao", "an")
    agree = CentreDesk(scene.desk).do
    agree(AgreeRole(grant=first), scene.desk.actor("chen"))
    assert refusal(scene, lambda: agree(AgreeRole(grant=other), scene.desk.actor("chen"))) == "no-administrator-left"
    assert administered(scene)
    assert refusal(scene, lambda: ask(scene, "bao", "bao")) == "own-rights"
    assert {row["state"] for row in scene.rows("SELECT state FROM role_grant WHERE centre_id = :centre")} == {
        *("agreed", "waiting"),
    }


def test_one_without_an_account_does_not_count_where_one_signs_in(scene: Scene) -> None:
    bao = second(scene)
    an, now = scene.who("an"), scene.desk.now()
    fresh = {who: new_password(scene.store, 1, who, PASSWORD, now) for who in ("an", "bao")}
    with scene.store.write() as connection:
        AccountBook(connection, 1, now, an).add("an", fresh["an"])
        change_policy(connection, 1, now, an, {"sign_in": "required"})
    assert refusal(scene, lambda: ask(scene, "an", "bao")) == "no-administrator-left"

    def disable(code: str, disabled: bool = True) -> None:
        with scene.store.write() as connection:
            AccountBook(connection, 1, now, bao).set_disabled(code, disabled)

    assert refusal(scene, lambda: disable("an")) == "no-administrator-left"
    with scene.store.write() as connection:
        AccountBook(connection, 1, now, an).add("bao", fresh["bao"])
    disable("an")
    assert administered(scene)
    disable("an", disabled=False)
    assert ask(scene, "an", "bao") == 1, "now somebody is left"


def test_a_merger_of_units_carries_the_last_one_on(scene: Scene) -> None:
    second(scene)
    with scene.store.write() as connection:
        connection.execute(delete(HELD).where(HELD.c.centre_id == 1, HELD.c.officer_id == scene.who("an").id))
    with scene.store.write() as connection:
        now = scene.desk.now()
        Redrawing(connection, 1, now, now, scene.who("wang")).merge(["C01", "C02"], "C01")
    assert administered(scene)


def test_a_centre_that_never_had_one_may_go_without(scene: Scene) -> None:
    with scene.store.write() as connection:
        connection.execute(delete(HELD).where(HELD.c.centre_id == 1, HELD.c.role == Role.SECURITY_ADMIN.value))
    with scene.store.write() as connection, administrator_kept(connection, 1, scene.desk.now()):
        pass
    assert not administered(scene)
