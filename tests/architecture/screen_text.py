"""Reads the source of the console and finds text that could reach the screen as markup or with controls in it.

Three rules. A sink that parses markup takes no `str` but one written in the source: everything else comes as `Content`
or `Text`. What a `Content` or `Text` is made of went through `clean()`, is a number, or is our own wording. And so is
what a command prints, JSON apart.

Types are not inferred in general. A name is followed to what is assigned to it in the same function or module, an
attribute or a function to its annotation; what cannot be followed counts as text from outside. So the checker errs
towards asking for one `clean()` too many, never towards one too few.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.architecture.screen_sinks import (
    CLEANERS,
    COUNTING,
    FOR_PROGRAMS,
    MARKUP_ATTRIBUTES,
    MARKUP_CALLS,
    MARKUP_METHODS,
    NUMBER_FORMAT,
    NUMBERS,
    OUR_WORDS,
    SAFE_TYPES,
    SHAPING,
    TERMINAL_CALLS,
    TEXT_CALLS,
    TRANSLATORS,
    Where,
)
from tests.architecture.source_names import House, bindings, is_of, last_name


class Finding(NamedTuple):
    """A place where text may reach the screen in a wrong way."""

    file: str
    line: int
    sink: str
    reason: str


class Reader(ast.NodeVisitor):
    """Walks one module and collects findings."""

    def __init__(self, house: House, file: str) -> None:
        self.house = house
        self.file = file
        self.found: list[Finding] = []
        self.scopes: list[dict[str, list[ast.expr | None]]] = [{}]
        self.types: list[dict[str, ast.expr]] = [{}]
        self.following: set[tuple[str, str]] = set()
        self.own: set[str] = set()
        self.classes: list[ast.ClassDef] = []

    # -------------------------------------------------------------------------------- names and their values

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [given for given in (arguments.vararg, arguments.kwarg) if given]
        self.types.append({given.arg: given.annotation for given in every if given.annotation})
        self.scopes.append(bindings(node))
        if node.name == "render" and not is_of(node.returns, SAFE_TYPES):
            for line in ast.walk(node):
                if isinstance(line, ast.Return) and line.value and not self.shown(line.value):
                    self._report(line, "render()", "a str that render() returns is parsed as markup")
        self.generic_visit(node)
        self.scopes.pop()
        self.types.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.classes.append(node)
        self.generic_visit(node)
        self.classes.pop()

    def visit_Module(self, node: ast.Module) -> None:
        self.scopes[0] = bindings(node)
        self.own = own_classes(node)
        self.generic_visit(node)

    def follow(self, node: ast.Name, question: str, types: set[str]) -> bool:
        """Ask the question of everything that a name may stand for."""
        key = (question, node.id)
        if key in self.following:
            return True  # `x = x + …`: the other assignments decide
        self.following.add(key)
        try:
            for names, annotations in zip(reversed(self.scopes), reversed(self.types), strict=True):
                if node.id in annotations:
                    return is_of(annotations[node.id], types)
                if node.id in names:
                    return all(value is not None and getattr(self, question)(value) for value in names[node.id])
            values = self.house.constants.get(node.id, [])
            return bool(values) and all(getattr(self, question)(value) for value in values)
        finally:
            self.following.discard(key)

    # -------------------------------------------------------------------------------- the three questions

    def number(self, node: ast.expr) -> bool:
        """Whether a value can hold nothing but digits and signs."""
        match node:
            case ast.Constant(value=value):
                return isinstance(value, int | float)
            case ast.Name():
                return self.follow(node, "number", NUMBERS)
            case ast.Call():
                return last_name(node.func) in COUNTING or self.house.returns(last_name(node.func), NUMBERS)
            case ast.Attribute():
                return self.house.has(node.attr, NUMBERS)
            case ast.BinOp():
                return self.number(node.left) and self.number(node.right)
            case ast.UnaryOp(operand=operand):
                return isinstance(node.op, ast.Not) or self.number(operand)
            case ast.IfExp():
                return self.number(node.body) and self.number(node.orelse)
            case ast.Compare():
                return True
            case ast.FormattedValue(value=value, format_spec=ast.JoinedStr(values=[*_, ast.Constant(value=spec)])):
                return bool(NUMBER_FORMAT.match(str(spec))) or self.number(value)
            case ast.FormattedValue(value=value):
                return self.number(value)
        return False

    def shown(self, node: ast.expr) -> bool:
        """Whether a value can stand where markup is parsed."""
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr(values=values):
                return all(isinstance(value, ast.Constant) or self.number(value) for value in values)
            case ast.Name():
                return self.follow(node, "shown", SAFE_TYPES | NUMBERS)
            case ast.Attribute():
                return self.house.has(node.attr, SAFE_TYPES | NUMBERS)
            case ast.Call():
                return self._shown_call(node)
        return self._parts(node, self.shown) or self.number(node)

    def _shown_call(self, node: ast.Call) -> bool:
        name = last_name(node.func)
        if name in SAFE_TYPES or self.house.returns(name, SAFE_TYPES) or self.number(node):
            return True
        if name in TRANSLATORS:
            return all(isinstance(given, ast.Constant) or self.number(given) for given in node.args)
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in SAFE_TYPES:
                return True  # Content.styled(…), Text.assemble(…)
            if name == "format":
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                return self.shown(owner) and all(map(self.number, given))
            return not isinstance(owner, ast.Constant) and not is_text(owner) and self.shown(owner)
        return False

    def harmless(self, node: ast.expr) -> bool:
        """Whether a value holds no text from outside that was not cleaned."""
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr(values=values):
                return all(map(self.harmless, values))
            case ast.FormattedValue(value=value):
                return self.number(node) or self.harmless(value)
            case ast.Name():
                return self.follow(node, "harmless", SAFE_TYPES | NUMBERS)
            case ast.Attribute():
                return self.house.has(node.attr, SAFE_TYPES | NUMBERS)
            case ast.Call():
                name = last_name(node.func)
                if name in CLEANERS | SAFE_TYPES | OUR_WORDS or self.house.returns(name, SAFE_TYPES):
                    return True
                if self.number(node):
                    return True
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
                if owner and isinstance(owner[0], ast.Name) and owner[0].id in SAFE_TYPES:
                    return True
                return name in SHAPING and all(map(self.harmless, [*owner, *given]))
            case ast.Subscript(value=value):
                return self.harmless(value)
            case ast.Dict(values=values):
                return all(map(self.harmless, values))
        return self._parts(node, self.harmless) or self.number(node)

    def _parts(self, node: ast.expr, question: Callable[[ast.expr], bool]) -> bool:
        """Expressions that are as good as their parts."""
        match node:
            case ast.IfExp(body=body, orelse=orelse):
                return question(body) and question(orelse)
            case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values) | ast.Set(elts=values):
                return all(map(question, values))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return question(left) or question(right)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return question(left) and question(right)
            case ast.Starred(value=value) | ast.Await(value=value) | ast.NamedExpr(value=value):
                return question(value)
            case ast.ListComp(elt=elt) | ast.GeneratorExp(elt=elt):
                return question(elt)
        return False

    # -------------------------------------------------------------------------------- sinks

    def visit_Call(self, node: ast.Call) -> None:
        name = self._sink(node)
        literal = any(word.arg == "markup" and ast.unparse(word.value) == "False" for word in node.keywords)
        if name in MARKUP_CALLS or (name in MARKUP_METHODS and is_rich(node.func)):
            question = self.harmless if literal else self.shown
            for value in aimed(node, MARKUP_CALLS.get(name) or MARKUP_METHODS[name]):
                if not question(value) and not (name == "update" and is_mapping(node, value)):
                    self._report(value, name, "not Content, Text or our own words, where markup is parsed")
        if name in TEXT_CALLS and (name[0].isupper() or last_name(getattr(node.func, "value", node)) in SAFE_TYPES):
            for value in aimed(node, TEXT_CALLS[name]):
                piece = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value
                if not self.harmless(piece):
                    self._report(value, name, "text that did not go through clean()")
        if goes_to_terminal(node.func):
            for value in node.args:
                if last_name(value) not in FOR_PROGRAMS and not self.harmless(value):
                    self._report(value, name, "printed without clean()")
        self.generic_visit(node)

    def _sink(self, node: ast.Call) -> str:
        """What a call is as a sink: a class of ours is what it derives from, `super().__init__` its base."""
        name = last_name(node.func)
        if ast.unparse(node.func) == "super().__init__" and self.classes:
            return next((base for base in self._ancestors(self.classes[-1].name) if base in MARKUP_CALLS), name)
        if name in self.own and name[0].isupper():
            return next((base for base in self._ancestors(name) if base in MARKUP_CALLS), "its own")
        return name

    def _ancestors(self, name: str, depth: int = 0) -> Iterator[str]:
        """The foreign classes that a class of ours derives from, unless one in between has an `__init__` of its own."""
        known = self.house.bases.get(name)
        if known is None or depth > 8:
            return
        own_init, bases = known
        if own_init and not (self.classes and self.classes[-1].name == name):
            return
        for base in bases:
            yield base
            if base != name:
                yield from self._ancestors(base, depth + 1)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr in MARKUP_ATTRIBUTES and not self.shown(node.value):
                self._report(node, target.attr, "not Content, Text or our own words, where markup is parsed")
        self.generic_visit(node)

    def _report(self, node: ast.AST, sink: str, reason: str) -> None:
        self.found.append(Finding(self.file, getattr(node, "lineno", 0), sink, f"{reason}: {ast.unparse(node)[:80]}"))


def own_classes(module: ast.Module) -> set[str]:
    """The classes that a module defines or takes from our own floors: they only share a name with a sink."""
    names = {line.name for line in module.body if isinstance(line, ast.ClassDef)}
    for line in module.body:
        if isinstance(line, ast.ImportFrom) and (line.module or "").partition(".")[0] in {"console", "core", "data"}:
            names |= {alias.asname or alias.name for alias in line.names}
    return names


def aimed(node: ast.Call, where: Where) -> Iterator[ast.expr]:
    """The arguments of a call that land in the named positions."""
    positions, words = where
    for number, value in enumerate(node.args):
        if positions is None or number in positions or (isinstance(value, ast.Starred) and positions):
            yield value
    yield from (word.value for word in node.keywords if word.arg in words)


def is_text(node: ast.expr) -> bool:
    """Whether a method called on this gives a plain str."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and last_name(node.func) in TRANSLATORS)


def is_rich(func: ast.expr) -> bool:
    """Whether `.print` or `.write` is called on a console or a log, by the receiver's name."""
    return isinstance(func, ast.Attribute) and bool(re.search("console|log$|rich", last_name(func.value).lower()))


def goes_to_terminal(func: ast.expr) -> bool:
    """Whether a call prints: `echo`, the builtin `print`, `sys.stdout.write`."""
    if isinstance(func, ast.Name):
        return func.id in TERMINAL_CALLS | {"print"}
    return last_name(func) in TERMINAL_CALLS or (
        isinstance(func, ast.Attribute) and func.attr == "write" and last_name(func.value) in {"stdout", "stderr"}
    )


def is_mapping(node: ast.Call, value: ast.expr) -> bool:
    """Whether this `update` is that of a dict, a set or a hash."""
    if isinstance(value, ast.Dict | ast.DictComp | ast.Set | ast.SetComp | ast.GeneratorExp):
        return True
    owner = last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    return bool(re.search("digest|hash|values|settings|environ|counts|kept|seen|fields", owner))


def findings(sources: dict[str, str], context: dict[str, str] | None = None) -> list[Finding]:
    """Everything found in the sources; `context` are files that are only read for their annotations."""
    house = House()
    trees = {name: ast.parse(text) for name, text in sources.items()}
    for tree in [*trees.values(), *(ast.parse(text) for text in (context or {}).values())]:
        house.read(tree)
    found: list[Finding] = []
    for name, tree in trees.items():
        reader = Reader(house, name)
        reader.visit(tree)
        found += reader.found
    return found


def sources(root: Path, *floors: str) -> dict[str, str]:
    """The Python files under the floors by their path."""
    files = [file for floor in floors for file in sorted((root / floor).rglob("*.py"))]
    return {str(file.relative_to(root)): file.read_text() for file in files}
