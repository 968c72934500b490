"""What is closed is closed everywhere the table says, and the page has the table."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from textual.app import App
from textual.driver import Driver

import console
from console.closed import APP, CLOSED, DRIVER, OPTIONS, Refused, calls_of
from console.remote.allowed import Allowed
from console.remote.environment import rebuild
from console.terminal.cell_output import CellOutput
from console.terminal.driver import ConsoleDriver
from tests.console.remote.closed_table import PAGE, page_with_table

REACHES_OUT = re.compile(
    r"webbrowser|subprocess|os\.(?:system|kill|exec)|[^_\w]open\(|\.open_url\(|\.deliver_\w+\(|suspend\("
)
HARMLESS = {"_deliver_binary"}
"""What goes on to another call of the table, and nobody can reach with a key."""


def reaching(whole: type) -> set[str]:
    """The calls of a class of Textual's that write, open or start something, by their source."""
    found = set()
    for name, member in vars(whole).items():
        function = inspect.unwrap(member) if callable(member) else None
        if inspect.isfunction(function) and REACHES_OUT.search(without_words(inspect.getsource(function))):
            found.add(name)
    return found


def without_words(source: str) -> str:
    """Source without its docstrings and comments."""
    return re.sub(r'"""[\s\S]*?"""|#.*', "", source)


@pytest.mark.parametrize(("whole", "whose"), [(App, APP), (Driver, DRIVER)])
def test_whatever_textual_has_that_writes_or_starts_something_is_in_the_table(whole: type, whose: str) -> None:
    """A newer Textual that has more of it fails here."""
    assert reaching(whole) - HARMLESS <= set(calls_of(whose))
    for name in calls_of(whose):
        assert callable(getattr(whole, name)), f"Textual has no {name} any more"


def apps() -> list[type]:
    for found in walk_packages(console.__path__, "console."):
        if not found.name.endswith("__main__"):
            import_module(found.name)
    fresh, all_of_them = list(App.__subclasses__()), []
    while fresh:
        one = fresh.pop()
        fresh += one.__subclasses__()
        if one.__module__.startswith("console."):
            all_of_them.append(one)
    return all_of_them


def test_every_app_of_ours_refuses_and_so_does_the_driver() -> None:
    """But for the halves of an app that stand for nothing by themselves."""
    halves = {"KeyOrder", "AtWork"}
    found = [app for app in apps() if app.__name__ not in halves]
    assert CellOutput in found
    for name in calls_of(APP):
        for app in found:
            assert getattr(app, name).__module__ == "console.closed", (app, name)
    for name in calls_of(DRIVER):
        assert getattr(ConsoleDriver, name).__module__ == "console.closed"
    assert not any(app.ENABLE_COMMAND_PALETTE for app in found if not app.__subclasses__())  # type: ignore[attr-defined]


def test_a_call_that_is_closed_does_nothing_and_suspending_is_said_to_be() -> None:
    app = CellOutput()
    assert app.deliver_text("somewhere") is None  # type: ignore[arg-type]
    assert app.save_screenshot("picture.svg") is None
    with pytest.raises(Refused), app.suspend():
        pytest.fail("a program would run here")


def test_a_session_has_what_the_table_says_and_no_row_an_option_of_it() -> None:
    sent = {name: "EVIL" for row in CLOSED for name, _value in row.variables}
    made = rebuild(sent, "", "/keep")
    assert {name: made[name] for row in CLOSED for name, _value in row.variables} == {
        name: value for row in CLOSED for name, value in row.variables
    }
    for option in sorted(OPTIONS):
        for given in (option, f"{option}=", f"{option}=*"):
            with pytest.raises(ValueError, match="closed"):
                Allowed("ticket list", 0, given)


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text("utf-8")
    assert page_with_table(page) == page, "run python -m tests.console.remote.closed_table"
