"""What the names in a Python source stand for, as far as that can be told without running it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.architecture.screen_sinks import NUMBERS, SAFE_TYPES

SHELLS = {"None", "Optional", "list", "tuple", "Sequence", "Iterable", "Iterator", "Generator"}
SHELLS |= {"textual", "rich", "text"}  # content.Content, text.Text


@dataclass
class House:
    """What is known of names over all files."""

    returned: dict[str, list[ast.expr | None]] = field(default_factory=lambda: defaultdict(list))
    annotated: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    bases: dict[str, tuple[bool, list[str]]] = field(default_factory=dict)
    """Of each class: whether it has an `__init__` of its own, and what it derives from."""

    def read(self, tree: ast.Module) -> None:
        """Take in the annotations and constants of a module."""
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.returned[node.name].append(node.returns)
                if any(last_name(mark) in {"property", "cached_property"} for mark in node.decorator_list):
                    self.annotated[node.name].append(node.returns or ast.Constant(None))
            elif isinstance(node, ast.ClassDef):
                own_init = any(isinstance(line, ast.FunctionDef) and line.name == "__init__" for line in node.body)
                self.bases[node.name] = (own_init, [last_name(base) for base in node.bases])
            elif isinstance(node, ast.AnnAssign):
                self.annotated[last_name(node.target)].append(node.annotation)
        for line in tree.body:
            if isinstance(line, ast.Assign):
                for target in line.targets:
                    self.constants[last_name(target)].append(line.value)

    def returns(self, name: str, types: set[str]) -> bool:
        """Whether every function of that name says that it returns one of the types."""
        return bool(self.returned.get(name)) and all(is_of(found, types) for found in self.returned[name])

    def has(self, name: str, types: set[str]) -> bool:
        """Whether every attribute of that name is annotated with one of the types."""
        return bool(self.annotated.get(name)) and all(is_of(found, types) for found in self.annotated[name])


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c`, `c()` and `c[0]`."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_of(annotation: ast.expr | None, types: set[str]) -> bool:
    """Whether an annotation names nothing but the types, alone, in unions, or in containers."""
    if annotation is None:
        return False
    names = set(re.findall(r"[A-Za-z_]\w*", ast.unparse(annotation)))
    return bool(names & types) and names <= types | SHELLS


def bindings(scope: ast.AST) -> dict[str, list[ast.expr | None]]:
    """What each name of a scope is set to; None stands for something that cannot be followed."""
    found: dict[str, list[ast.expr | None]] = defaultdict(list)

    def bind(target: ast.AST, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            found[target.id].append(value)
        elif isinstance(target, ast.Tuple | ast.List):
            pairs = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
            for number, part in enumerate(target.elts):
                bind(part, pairs[number] if pairs else None)

    for node in inside(scope):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    bind(target, value)
            case ast.AnnAssign(target=ast.Name(), annotation=annotation, value=value):
                safe = is_of(annotation, SAFE_TYPES | NUMBERS)
                bind(node.target, ast.Constant(0) if safe and not is_of(annotation, {"str"}) else value)
            case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                bind(target, value)
            case ast.For(target=target, iter=values) | ast.comprehension(target=target, iter=values):
                bind(target, element(target, values))
            case ast.withitem(optional_vars=ast.expr() as target):
                bind(target, None)
            case ast.ExceptHandler(name=str() as name):
                found[name].append(None)
    return found


def element(target: ast.expr, values: ast.expr) -> ast.expr | None:
    """What a loop variable stands for: the whole of a literal list, a number of a range, or something unknown."""
    if isinstance(target, ast.Name) and isinstance(values, ast.List | ast.Tuple | ast.Set):
        return ast.List(values.elts)
    if isinstance(values, ast.Call) and last_name(values.func) == "range":
        return ast.Constant(0)
    return None


def inside(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions in it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from inside(child)
