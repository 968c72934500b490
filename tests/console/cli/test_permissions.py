"""Every command as every role, and the table said by the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.cli.permits import COMMANDS
from console.cli.root import NOUNS, Root
from console.cli.session import Session
from console.entry import main
from core.rules.permission_table import OPERATIONS, grants_of
from data.errors import NotAllowed
from data.terms import Role, Stage
from tests.console.test_permits import leaves
from tests.core.desk.scene import BY_ROLE, Scene, make_scene


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = make_scene(str(tmp_path_factory.mktemp("permissions") / "store.sqlite"))
    yield scene
    scene.store.close()


class Reached(Exception):
    """The command itself would have run."""


def try_commands(scene: Scene, path: str, *only: str) -> Iterator[tuple[str, Role, str]]:
    """Runs each command as each role as far as its first line: path, role, and `` or the code of the refusal."""
    import typer

    def run(**_values: Any) -> int:
        raise Reached

    root = typer.main.get_command(typer.Typer(callback=lambda: None, invoke_without_command=True))
    sessions = {role: Session(scene.clock) for role in Role}
    for role, session in sessions.items():
        session.store_name, session.officer = path, BY_ROLE[role]
    for words, command in [leaf for noun in NOUNS for leaf in leaves(noun, Root.entries[noun].build())]:
        if words not in COMMANDS or (only and words not in only):
            continue
        kept, command.callback = command.callback, run
        for role, session in sessions.items():
            context = root.context_class(root, info_name="zhihui", obj=session)
            for word in words.split():
                context = root.context_class(root, info_name=word, parent=context)
            context.command = command
            try:
                command.invoke(context)
            except Reached:
                yield words, role, ""
            except NotAllowed as refused:
                yield words, role, refused.code
        command.callback = kept
    for session in sessions.values():
        session.close()


def test_every_command_as_every_role(street: Scene, tmp_path_factory: pytest.TempPathFactory) -> None:
    tried = 0
    for words, role, refusal in try_commands(street, street.store.url):
        operation = COMMANDS[words]
        grants = [grant for grant in grants_of(operation) if grant.vacant is None and role in grant.roles]
        # What is done to one ticket the desk decides on; nobody's role is asked before.
        allowed = bool(grants) or operation not in OPERATIONS
        assert refusal == ("" if allowed else "not-permitted"), (words, role)
        tried += 1
    assert tried == len(COMMANDS) * len(Role)


def test_the_table_and_what_it_means_for_somebody(street: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    def run(*words: str) -> Any:
        capsys.readouterr()
        code = main([*words, "--json", "--store", street.store.url], street.clock)
        found = capsys.readouterr()
        return json.loads(found.out) if code == 0 else (code, found.err)

    every = run("permission", "list")
    assert len(every) > 90
    (row,) = run("permission", "list", "--operation", "办结")
    assert row["operation"] == "complete"
    assert {"duty_officer:centre", "post_member:lead"} <= set(row["grants"])
    assert row["stages"] == "acknowledged on_scene handling"
    mine = {row["operation"]: row["grants"] for row in run("permission", "list", "--role", "审计管理员")}
    assert mine["audit"] == ["audit_admin:centre"]
    assert "accept" not in mine
    code = street.at_stage(Stage.ACKNOWLEDGED)

    def explain(*words: str) -> tuple[bool, str, list[str]]:
        (found,) = run("permission", "explain", *words)
        return found["allowed"], found["error"], found["grants"]

    assert explain("li", "complete", code) == (True, "", ["post_member:lead"])
    assert explain("ma", "complete", code) == (False, "ticket-unknown", ["post_member:lead"])
    assert explain("lin", "supervise", code)[1] == "ticket-unknown"
    assert explain("zhang", "accept", code)[1] == "stage"
    assert explain("shen", "complete", code)[1] == "not-permitted"
    assert explain("shen", "audit") == (True, "", ["audit_admin:centre"])
    assert explain("chen", "audit") == (False, "not-permitted", [])
    assert run("permission", "explain", "chen", "nothing")[0] == 3
    assert run("permission", "list", "--role", "king")[0] == 3


def test_the_desk_stands_in_for_an_administrator_whom_the_centre_does_not_have(street: Scene) -> None:
    assert street.who("chen").vacant == frozenset()
    with street.store.write() as connection:
        from sqlalchemy import update

        from data.tables import Appointment, table

        held = table(Appointment)
        connection.execute(
            update(held).where(held.c.centre_id == 1, held.c.role == "audit_admin").values(to_at=street.desk.now())
        )
    found = {
        (words, role): refusal
        for words, role, refusal in try_commands(street, street.store.url, "audit verify", "db backup")
    }
    assert found["audit verify", Role.DUTY_OFFICER] == ""
    assert found["audit verify", Role.POST_MEMBER] == "not-permitted"
    assert found["audit verify", Role.AUDIT_ADMIN] == "not-permitted"
    assert found["db backup", Role.DUTY_OFFICER] == "not-permitted"
