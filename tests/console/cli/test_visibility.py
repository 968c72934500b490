"""No read shows a ticket that is not the reader's: every role, own and foreign tickets, commands and the console."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.backend.store import StoreBackend
from console.cli import words
from console.entry import main
from core.desk.orders import Accept, Assess, Dispatch
from core.desk.visibility_orders import NameReaders
from core.rules.roles import DESK_ROLES
from data.errors import BadInput, NotAllowed
from data.terms import ADMIN_ROLES, Role, Urgency
from tests.core.desk.scene import BY_ROLE, Scene, make_scene

OWN, FOREIGN, SECRET = "本片井盖松动", "他片路灯熄灭", "匿名反映家暴"
READS = (
    ("ticket", "list", "--json"),
    ("ticket", "list", "--all"),
    ("ticket", "list", "--csv", "--where", "熄灭|家暴"),
    ("ticket", "list", "--json", "--where", "家暴"),
    ("ticket", "list", "--json", "--where", "title:熄灭"),
    ("export", "tickets", "-"),
    ("report", "sources"),
)
OF_ONE = (("ticket", "show"), ("ticket", "log"), ("ticket", "explain"), ("ticket", "replay"), ("report", "custody"))


@dataclass
class Street:
    """A street with a ticket of the renewal post in C01, one of the emergency post in C02, and a confidential one."""

    scene: Scene
    path: str
    own: str
    foreign: str
    secret: str


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    path: Path = tmp_path_factory.mktemp("visibility") / "store.sqlite"
    scene = make_scene(str(path))
    codes = [
        scene.new(OWN, community="C01", grid="G01"),
        scene.new(FOREIGN, community="C02"),
        scene.new(SECRET, community="C02", confidential=True, reporter_phone="13812345678"),
    ]
    for code, to, matter in zip(codes, ("CSGX", "AJ", "AJ"), ("BJ0101", "", ""), strict=True):
        for order in (
            Accept(ticket=code),
            Assess(ticket=code, matter=matter, urgency=Urgency.NORMAL),
            Dispatch(ticket=code, to=to),
        ):
            scene.do(order)
    yield Street(scene, str(path), *codes)
    scene.store.close()


def read(street: Street, capsys: pytest.CaptureFixture[str], *arguments: str, officer: str) -> tuple[int, str]:
    words.choose("")
    capsys.readouterr()
    more = ["--as", officer] if officer else []
    code = main([*arguments, "--store", street.path, *more], street.scene.clock)
    found = capsys.readouterr()
    return code, found.out


def screens(street: Street, officer: str) -> str:
    """All that the console's panes would show, as text."""
    clock = street.scene.clock
    backend = StoreBackend(street.scene.store.url, clock, street.scene.desk.now, None, officer or None)
    now = street.scene.desk.now()
    try:
        ids = [
            row[0] for row in backend._reader().bare_rows("SELECT id FROM ticket WHERE centre_id = :centre", centre=1)
        ]
        shown = [
            [backend.queue(text).after(None, 50) for text in ("", "熄灭", "家暴")],
            backend.timers("").after(None, 50),
            [(backend.ticket(number), backend.ties(number), backend.proposal(number)) for number in ids],
            backend.alike({"title": "路灯熄灭 家暴", "community": "C02"}),
            backend.leaders(now),
            backend.overview(now),
        ]
        return repr(shown)
    finally:
        backend.close()


@pytest.mark.parametrize("role", list(Role))
def test_nothing_foreign_is_shown(street: Street, capsys: pytest.CaptureFixture[str], role: Role) -> None:
    officer = BY_ROLE[role]
    desk = role in DESK_ROLES
    shown = [read(street, capsys, *arguments, officer=officer)[1] for arguments in READS]
    for code in (street.foreign, street.secret):
        shown += [read(street, capsys, *verb, code, officer=officer)[1] for verb in OF_ONE]
    if role not in ADMIN_ROLES:
        shown.append(screens(street, officer))
    text = "\n".join(shown)
    assert (street.foreign in text, FOREIGN in text) == (desk, desk)
    assert (street.secret in text) == desk
    assert (SECRET in text) == (officer == "zhang")
    assert "13812345678" not in text
    assert (OWN in text) == (desk or role in SEES_OWN)


SEES_OWN = {
    *(Role.SECTION_LEADER, Role.POST_MEMBER, Role.COMMUNITY_SECRETARY, Role.GRID_HEAD, Role.GRID_WORKER),
    *(Role.GRID_WORKER_PART, Role.GRID_MENTOR),
}
"""Whose unit is the renewal post, its section, community or grid."""


def test_without_an_officer_all_is_read_but_what_is_confidential(
    street: Street, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [read(street, capsys, *arguments, officer="")[1] for arguments in READS]
    shown += [read(street, capsys, *verb, street.secret, officer="")[1] for verb in OF_ONE]
    text = "\n".join([*shown, screens(street, "")])
    assert OWN in text
    assert FOREIGN in text
    assert street.secret in text
    assert SECRET not in text


def test_whoever_is_named_sees_it_and_whoever_is_taken_off_no_longer(
    street: Street, capsys: pytest.CaptureFixture[str]
) -> None:
    scene, secret = street.scene, street.secret

    def seen(officer: str) -> bool:
        return SECRET in read(street, capsys, "ticket", "show", secret, officer=officer)[1]

    with pytest.raises(NotAllowed):
        scene.do(NameReaders(ticket=secret, officers=["li"], reason="经办"), "zhang")
    with pytest.raises(BadInput):
        scene.do(NameReaders(ticket=secret, reason="经办"), "wang")
    with pytest.raises(NotAllowed, match="保密"):
        scene.do(NameReaders(ticket=street.own, officers=["li"], reason="经办"), "wang")
    assert not seen("wang")
    scene.do(NameReaders(ticket=secret, officers=["wang", "li"], reason="经办"), "wang")
    assert (seen("wang"), seen("li"), seen("chen")) == (True, True, False)
    with pytest.raises(BadInput):
        scene.do(NameReaders(ticket=secret, officers=["li"], reason="再次"), "wang")
    scene.do(NameReaders(ticket=secret, off=["li", "wang"], reason="调离"), "wang")
    assert (seen("wang"), seen("li")) == (False, False)
