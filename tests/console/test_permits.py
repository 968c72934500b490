"""Every way in has its row in the table of permissions: orders, deeds, commands, actions of the screen."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.cli.permission_page import page
from console.cli.permits import COMMANDS
from console.cli.root import NOUNS, Root
from console.cli.verb_table import VERB_COMMANDS
from console.keyboard.table import ACTIONS
from console.permits import ACTIONS as PERMITS
from core.catalogue import load
from core.desk import orders
from core.desk.centre_desk import DEEDS
from core.desk.centre_orders import CentreOrder
from core.desk.orders import Order
from core.desk.verbs.table import VERBS
from core.rules.permission_table import CENTRE, OPERATIONS, SYSTEMS, TICKET, grants_of
from core.rules.roles import BUSINESS_ROLES
from core.rules.stages import STAGES
from data.terms import ADMIN_ROLES


def leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command below one, with the words that lead to it."""
    if not hasattr(command, "list_commands"):
        yield path, command
        return
    for name in command.list_commands(None):
        yield from leaves(f"{path} {name}", command.get_command(None, name))


def orders_below(kind: type[Order]) -> Iterator[type[Order]]:
    for below in kind.__subclasses__():
        yield from orders_below(below)
        if "verb" in vars(below):
            yield below


def test_every_verb_and_deed_has_a_row() -> None:
    assert TICKET.keys() == VERBS.keys() | {"report"}
    assert TICKET.keys() - {"report"} <= STAGES.keys()
    assert {deed.permission for deed in DEEDS.values()} <= OPERATIONS.keys()
    assert not TICKET.keys() & OPERATIONS.keys()
    # An order that nothing carries out would be a way in that no table knows.
    for order in orders_below(orders.Order):
        assert order.verb in (DEEDS if issubclass(order, CentreOrder) else TICKET), order


def test_every_command_has_a_row() -> None:
    found = {path for noun in NOUNS for path, _ in leaves(noun, Root.entries[noun].build())}
    verbs = {f"ticket {item.command}": item.verb for item in VERB_COMMANDS}
    assert found == COMMANDS.keys() | verbs.keys()
    assert not COMMANDS.keys() & verbs.keys()
    assert all(grants_of(operation) for operation in [*COMMANDS.values(), *verbs.values()])


def test_every_action_of_the_screen_has_a_row() -> None:
    assert {item.id for item in ACTIONS} == PERMITS.keys()
    assert all(grants_of(operation) for operation in PERMITS.values())
    for item in ACTIONS:
        if item.id.startswith("verb."):
            assert PERMITS[item.id] == item.id.removeprefix("verb.")


def test_whoever_asks_for_a_permission_by_name_asks_for_one_that_is_there() -> None:
    repository = Path(inspect.getfile(Root)).parents[2]
    asked = {
        name
        for file in [*repository.glob("core/**/*.py"), *repository.glob("console/**/*.py")]
        for name in re.findall(r'(?:require_role|may|roles_of)\("(\w+)"', file.read_text("utf-8"))
    }
    assert {"organisation", "duty_others", "override_lists"} <= asked <= OPERATIONS.keys()


def test_what_changes_the_centre_asks_for_its_row_in_core() -> None:
    """A check in a command alone is none for the screen, the next command, or a script of a later day."""
    core = Path(inspect.getfile(Root)).parents[2] / "core"
    files = [file for file in core.glob("**/*.py") if file.name not in ("permission_table.py", "stages.py")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    named = set(re.findall(r'"(\w+)"', "\n".join(line for line in text.splitlines() if _ASKS.search(line))))
    asked = named | {deed.permission for deed in DEEDS.values()} | set(load._ROW.values())
    assert (CENTRE.keys() | SYSTEMS.keys()) - asked == ELSEWHERE


_ASKS = re.compile(r"require_role\(|roles_of\(|may\(|OPERATIONS\[")
"""Lines that ask for a row."""
ELSEWHERE = {
    *("notice", "sessions"),  # one's own notices and sessions; ending another's is asked in the command
    *("found", "database", "machine"),  # before there is a centre, or about the machine
    *("rights_log", "retention"),  # reading
}
"""Rows that core does not ask for."""


def test_administrators_work_on_no_ticket_and_read_none() -> None:
    business = {*TICKET, "read", "registers", "figures", "reveal", "export", "console", "emergency", "organisation"}
    for operation in business:
        for grant in grants_of(operation):
            assert not grant.roles & set(ADMIN_ROLES), operation
            assert grant.vacant is None
    for operation, role in (("database", "system_admin"), ("engine", "system_admin"), ("audit", "audit_admin")):
        mine, instead = grants_of(operation)
        assert {str(one) for one in mine.roles} == {role} == {str(instead.vacant)}
        assert instead.roles <= BUSINESS_ROLES


def test_the_page_of_permissions_is_current(repository: Path) -> None:
    assert (repository / "docs" / "permissions.md").read_text("utf-8") == page(), (
        "run: python -m console.cli.permission_page"
    )


@pytest.mark.parametrize("table", [TICKET, {name: row.grants for name, row in OPERATIONS.items()}])
def test_a_row_says_each_role_and_reach_once(table: dict[str, Any]) -> None:
    for operation, grants in table.items():
        said = [(role, grant.reach, grant.vacant) for grant in grants for role in grant.roles]
        assert said, operation
        assert len(said) == len(set(said)), operation
