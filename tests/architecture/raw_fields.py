"""Finds raw fields that are drawn without `clean()`.

The values in `console/ports.py` carry text as it is stored; the widgets draw most of it as segments of a line, where no
markup is parsed and nothing else would stop a control character. So each `str` field of such a value that is put into a
line, an f-string or a pair of text and style has to stand inside `clean()`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.screen_sinks import CLEANERS
from tests.architecture.screen_text import Finding
from tests.architecture.source_names import bindings, last_name

# Put text on a line as it is.
DRAWING = {"Segment", "Strip", "pad", "cut", "wrap", "text_line", "format", "join", "append"}
# Look a stored value up, and clean it themselves when they do not know it.
LOOKUPS = {"term"}
SHAPE_KEEPING = {"strip", "lstrip", "rstrip", "upper", "lower", "replace", "ljust", "rjust", "center", "str"}
# Stored values that are looked up, never shown.
NOT_TEXT = {"zone"}


# What a function gives back that makes lines out of text.
DRAWN_TYPES = ("Line", "Part", "Segment", "Strip")


def drawing_functions(module: ast.Module) -> set[str]:
    """The functions of a module that make lines."""
    return {
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.returns
        if re.search("|".join(DRAWN_TYPES), ast.unparse(node.returns))
    }


def str_fields(module: ast.Module) -> dict[str, set[str]]:
    """The `str` fields of each class of a module."""
    return {
        node.name: {
            last_name(line.target)
            for line in node.body
            if isinstance(line, ast.AnnAssign) and ast.unparse(line.annotation) in ("str", "str | None")
        }
        - NOT_TEXT
        for node in module.body
        if isinstance(node, ast.ClassDef)
    }


class Ports:
    """The values that carry raw text: their `str` fields, and which fields are such values themselves."""

    def __init__(self, source: str) -> None:
        module = ast.parse(source)
        self.raw = str_fields(module)
        self.fields: set[str] = set().union(*self.raw.values())
        self.kinds = {
            last_name(line.target): ast.unparse(line.annotation)
            for node in module.body
            if isinstance(node, ast.ClassDef)
            for line in node.body
            if isinstance(line, ast.AnnAssign) and ast.unparse(line.annotation) in self.raw
        }


class FieldReader(ast.NodeVisitor):
    """Walks one module of the screens."""

    def __init__(self, file: str, ports: Ports, ours: set[str], drawing: set[str]) -> None:
        self.file = file
        self.raw = ports.raw
        self.kinds = ports.kinds
        self.ports_fields = ports.fields
        self.sure = ports.fields - ours
        self.drawing = DRAWING | drawing
        self.path: list[ast.AST] = []
        self.types: list[dict[str, str]] = []
        self.names: list[dict[str, list[ast.expr | None]]] = []
        self.found: list[Finding] = []

    def visit(self, node: ast.AST) -> None:
        self.path.append(node)
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if function:
            arguments = node.args  # type: ignore[attr-defined]
            given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            self.types.append({one.arg: ast.unparse(one.annotation) for one in given if one.annotation})
            self.names.append(bindings(node))
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load) and self.is_raw(node):
            where = self.drawn()
            if where:
                reason = f"raw field without clean(): {ast.unparse(node)}"
                self.found.append(Finding(self.file, node.lineno, where, reason))
        self.generic_visit(node)
        if function:
            self.types.pop()
            self.names.pop()
        self.path.pop()

    def is_raw(self, node: ast.expr | None, depth: int = 0) -> bool:
        """Whether an expression is a raw field, or a name for one."""
        match node:
            case ast.Attribute(value=owner, attr=field):
                annotation = self._type(owner)
                if annotation:
                    return any(field in fields for name, fields in self.raw.items() if name in annotation)
                return field in (self.ports_fields if self._in_column() else self.sure)
            case ast.Name(id=name) if depth < 5:
                values = self.names[-1].get(name, []) if self.names else []
                return any(self.is_raw(value, depth + 1) for value in values)
            case ast.BoolOp(values=values):
                return any(self.is_raw(value, depth) for value in values)
            case ast.IfExp(body=body, orelse=orelse):
                return self.is_raw(body, depth) or self.is_raw(orelse, depth)
        return False

    def _type(self, owner: ast.expr) -> str:
        """What is known of the type of a value whose field is read."""
        if isinstance(owner, ast.Attribute):
            return self.kinds.get(owner.attr, "")
        if not isinstance(owner, ast.Name):
            return ""
        return next((types[owner.id] for types in reversed(self.types) if owner.id in types), "")

    def drawn(self) -> str:
        """Where the expression that is being visited gets drawn; empty when it does not, or is cleaned before."""
        for child, parent in zip(reversed(self.path), reversed(self.path[:-1]), strict=False):
            match parent:
                case ast.Call(func=func):
                    if child is func or last_name(func) in CLEANERS | LOOKUPS:
                        if last_name(func) in SHAPE_KEEPING:
                            continue
                        return ""
                    if last_name(func) in SHAPE_KEEPING:
                        continue
                    return last_name(func) if last_name(func) in self.drawing else ""
                case ast.FormattedValue():
                    return "f-string"
                case ast.BinOp(op=ast.Add(), left=left, right=right):
                    if any(isinstance(side, ast.JoinedStr) or is_words(side) for side in (left, right)):
                        return "joined text"
                case ast.Tuple(elts=[first, second]) if first is child and is_words(second):
                    return "text and style"
                case ast.Lambda() if child is parent.body and self._in_column():
                    return "column"
                case ast.Attribute() | ast.keyword() | ast.IfExp() | ast.BoolOp() | ast.Subscript() | ast.Starred():
                    if isinstance(parent, ast.IfExp) and child is parent.test:
                        return ""
                    if isinstance(parent, ast.Subscript) and child is parent.slice:
                        return ""
                case ast.Return():
                    return "returned text" if self._says_text() else ""
                case _:
                    return ""
        return ""

    def _in_column(self) -> bool:
        """Whether this is the text of a column of a list, where the lambda's argument is a row."""
        return any(isinstance(node, ast.Call) and last_name(node.func) == "Column" for node in self.path)

    def _says_text(self) -> bool:
        """Whether the function around is one that makes text for a line, by its name."""
        functions = [node for node in self.path if isinstance(node, ast.FunctionDef)]
        return bool(functions) and functions[-1].name.endswith(("_text", "_line", "_label"))


def is_words(node: ast.expr) -> bool:
    """Whether this is a str written in the source, or a choice of such."""
    if isinstance(node, ast.IfExp):
        return is_words(node.body) and is_words(node.orelse)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def raw_findings(ports: str, screens: dict[str, str]) -> Iterator[Finding]:
    """Raw fields that the screens draw; `ports` is the source of the module that declares them."""
    trees = {name: ast.parse(text) for name, text in screens.items()}
    ours = {field for tree in trees.values() for fields in str_fields(tree).values() for field in fields}
    drawing = {function for tree in trees.values() for function in drawing_functions(tree)}
    for name, tree in trees.items():
        reader = FieldReader(name, Ports(ports), ours, drawing)
        reader.visit(tree)
        yield from reader.found
