"""What is in the repository: nothing of the machine it was made on, nothing unfinished, nothing too long."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

FLOORS = ("console", "core", "data", "themes")
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib"}
# Real input that may be read in tests but does not ship (see the fixture `shared_data`).
NOT_OURS = {
    "baltimore311_10000.csv",
    "residents_messages_4326.csv",
    "residents_replies_2816.csv",
    "labelled_messages_1842.tsv",
    "taxonomy_517.csv",
    "case_limits_519.csv",
    "districts.geojson",
}
# Written in pieces, so that this file does not hold what it looks for.
LEAKS = re.compile(
    "|".join(
        (
            "--(extra-)?index" + "-url|--find" + "-links",
            "pypi" + r"\.(org|python)|python" + r"hosted\.org|/sim" + r"ple/?\b.*whl",
            "https?://[^ ]*" + "(pypi|mirrors?[.])",
            r"(?<![\w.~$}])/(root|wo" + r"rk|opt/py\w*|home/(?!zhihui|you|user\b)\w+)/",
            "-----BEGIN [A-Z ]*PRIV" + "ATE KEY",
        )
    )
)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def tracked(root: Path) -> list[Path]:
    """The files that are in the repository or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if ended.returncode:
        pytest.skip("not a git work tree")
    return sorted({root / name for name in ended.stdout.split("\0") if name and (root / name).is_file()})


def matches(pattern: re.Pattern[str], files: list[Path]) -> Iterator[str]:
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                yield f"{file.name}:{number}: {line.strip()[:120]}"


@pytest.fixture(scope="module")
def files(repository: Path) -> list[Path]:
    return tracked(repository)


@pytest.fixture(scope="module")
def modules(files: list[Path], repository: Path) -> dict[Path, ast.Module]:
    """Every Python file of the product and its tests, parsed."""
    return {file.relative_to(repository): ast.parse(file.read_text()) for file in files if file.suffix == ".py"}


def test_nothing_tells_of_the_machine_it_was_made_on(files: list[Path]) -> None:
    assert list(matches(LEAKS, files)) == []


@pytest.mark.parametrize(
    "line",
    [
        "--extra-index" + "-url x",
        "see https://py" + "pi.org/project/zhihui",
        "cd /ro" + "ot/zhihui/x",
        "open('/home/" + "li/x')",
        "'/wo" + "rk/main/data'",
    ],
)
def test_leaks_are_seen(line: str) -> None:
    assert LEAKS.search(line)


@pytest.mark.parametrize(
    "line", ["../shared/data", "~/wo" + "rk/x", "https://www.sqlite.org/wal.html", "a/wo" + "rk/b", "/home/zhihui/x"]
)
def test_plain_text_is_no_leak(line: str) -> None:
    assert not LEAKS.search(line)


def test_no_foreign_data_is_in_the_repository(files: list[Path]) -> None:
    assert [file.name for file in files if file.name in NOT_OURS] == []


def test_nothing_is_left_for_later(files: list[Path]) -> None:
    assert list(matches(UNFINISHED, [file for file in files if file.suffix in {".py", ".toml", ".tcss", ".md"}])) == []


def test_no_python_file_is_too_long(files: list[Path], repository: Path) -> None:
    python = [file for file in files if file.suffix == ".py"]
    lengths = {str(file.relative_to(repository)): len(file.read_text().splitlines()) for file in python}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def long_functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.name, length


def test_no_function_is_too_long(modules: dict[Path, ast.Module]) -> None:
    found = [
        f"{file}: {name} has {length} lines"
        for file, tree in modules.items()
        if file.parts[0] in FLOORS and "versions" not in file.parts
        for name, length in long_functions(tree)
    ]
    assert found == []


def test_modules_are_named_for_what_is_in_them(modules: dict[Path, ast.Module]) -> None:
    assert [str(file) for file in modules if VAGUE & {file.stem, *file.parent.parts}] == []


def filled_in(trees: list[ast.Module]) -> set[tuple[str, str]]:
    """Class and method, where another class that derives from it has that method."""
    return {
        (_name(base), method.name)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def unwritten(tree: ast.Module, elsewhere: set[tuple[str, str]]) -> Iterator[str]:
    """Functions whose whole body is `pass`, `...` or NotImplementedError.

    Apart from protocols, abstract methods, and methods that a derived class fills in (`elsewhere`). A docstring alone
    is a body: it says why there is nothing to do.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            protocol = {"Protocol", "ABC"} & {_name(base) for base in node.bases}
            node.body = [] if protocol else [line for line in node.body if (node.name, _defined(line)) not in elsewhere]
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = {_name(mark) for mark in node.decorator_list}
        body = [line for line in node.body if not (isinstance(line, ast.Expr) and _is_docstring(line.value))]
        if body and all(map(_is_stub, body)) and not marks & {"overload", "abstractmethod"}:
            yield node.name


def _defined(line: ast.stmt) -> str:
    """The name of the method that a line of a class defines as a bare refusal."""
    if isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef) and isinstance(line.body[-1], ast.Raise):
        return line.name
    return ""


def _name(node: ast.expr) -> str:
    """The last name in `a`, `m.a`, `a[b]` and `a()`."""
    while isinstance(node, ast.Subscript | ast.Call):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_docstring(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_stub(line: ast.stmt) -> bool:
    if isinstance(line, ast.Raise):
        raised = line.exc.func if isinstance(line.exc, ast.Call) else line.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(line, ast.Pass) or (
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and line.value.value is Ellipsis
    )


def test_no_function_is_unwritten(modules: dict[Path, ast.Module]) -> None:
    product = {file: tree for file, tree in modules.items() if file.parts[0] in FLOORS}
    elsewhere = filled_in(list(product.values()))
    assert [f"{file}: {name}" for file, tree in product.items() for name in unwritten(tree, elsewhere)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def late(): pass", ["late"]),
        ("def late(): ...", ["late"]),
        ("def late():\n    'doc'\n    raise NotImplementedError('later')", ["late"]),
        ("class A:\n    def late(self): ...", ["late"]),
        ("from typing import Protocol\nclass A(Protocol):\n    def door(self): ...", []),
        ("class A:\n    @abstractmethod\n    def door(self): ...", []),
        ("class A:\n    def f(self):\n        raise NotImplementedError\nclass B(A):\n    def f(self): return 1", []),
        ("class A:\n    def f(self):\n        raise NotImplementedError\nclass B(A): x = 1", ["f"]),
        ("def done():\n    'Does nothing on purpose.'", []),
        ("def done(): return 1", []),
    ],
)
def test_unwritten_functions_are_seen(source: str, found: list[str]) -> None:
    tree = ast.parse(source)
    assert list(unwritten(tree, filled_in([tree]))) == found


def test_long_functions_are_seen() -> None:
    source = "def long():\n" + "    x = 1\n" * LONGEST_FUNCTION
    assert list(long_functions(ast.parse(source))) == [("long", LONGEST_FUNCTION + 1)]
