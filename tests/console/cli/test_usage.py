"""A command line that is wrong: the Chinese line says what is wrong, as the English one does."""

from __future__ import annotations

import pytest

from tests.console.cli.conftest import Run, Street

WRONG = {
    "missing argument": (["ticket", "show"], "缺少参数 code，"),
    "missing option": (["org", "merge", "C01"], "缺少选项 --into，"),
    "unknown option": (["ticket", "accept", "--colour", "red"], "没有选项 --colour，"),
    "unknown option with a likely one": (
        ["ticket", "list", "--wher", "open"],
        "没有选项 --wher（是否指 --after、--help、--where？），",
    ),
    "unknown command": (["nonsense"], "没有命令 nonsense，"),
    "unknown command with a likely one": (["ticket", "shoo"], "没有命令 shoo（是否指 show？），"),
    "too much": (["ticket", "list", "extra"], "多余的参数 extra，"),
    "a value for a flag": (["ticket", "list", "--json=3"], "选项 --json 不带值，"),
    "no integer": (["ticket", "list", "--limit", "x"], "--limit 的值不对：须为整数，"),
    "too big": (["engine", "webhook", "test", "--timeout", "99"], "--timeout 的值不对：须不大于 60，"),
    "too small": (["matter", "find", "x", "--top", "0"], "--top 的值不对：须不小于 1，"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_chinese(run: Run, name: str) -> None:
    arguments, said = WRONG[name]
    ended = run(*arguments)
    assert ended.code == 2
    chinese, english = ended.err.splitlines()
    assert chinese.startswith(f"zhihui: {said}用法见 zhihui")
    assert english.endswith("[usage]")


def test_an_option_without_its_value(run: Run, street: Street) -> None:
    ended = run("ticket", "list", "--store", street.path, "--where", officer=None)
    assert ended.code == 2
    assert ended.err.startswith("zhihui: 选项 --where 后面缺少值，")
