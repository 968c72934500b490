"""Text from outside reaches the screen only through `clean()` and as `Content` or `Text`, never as markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.screen_text import findings, sources

BAD = {
    "a name": "def f(self, title: str):\n    yield Static(title)",
    "an attribute": "yield Label(ticket.title)",
    "an f-string": "Button(f'close {ticket.code}')",
    "a cleaned str is still markup": "Static(clean(ticket.title))",
    "a variable": "title = row['title']\nStatic(title)",
    "one of two assignments": "t = Content('x')\nif late:\n    t = row.title\nStatic(t)",
    "one of two branches": "Static(Content('x') if late else row.title)",
    "an or": "Static(row.title or Content('-'))",
    "a keyword": "Static(content=row.title)",
    "notify": "self.notify(str(error))",
    "the title of a notice": "self.notify('saved', title=row.title)",
    "a cell": "table.add_row(Content('1'), row.title)",
    "cells": "table.add_row(*[row.title for row in rows])",
    "cells by name": "def f(self, cells: list[str]):\n    table.add_row(*cells)",
    "a border": "self.border_title = row.title",
    "a tooltip": "self.tooltip = f'{row.title}'",
    "update": "self.query_one(Static).update(row.title)",
    "a translation with text in it": "Static(_('Ticket {t}').format(t=row.title))",
    "a translation of text": "Static(_(row.title))",
    "a percent": "Static('%s' % row.title)",
    "joined": "Static(', '.join(row.titles))",
    "added": "Static('Ticket ' + row.title)",
    "a prompt": "Option(row.title)",
    "prompts": "options.add_options([row.title for row in rows])",
    "markup on purpose": "Content.from_markup(f'[b]{row.title}[/b]')",
    "markup made elsewhere": "Text.from_markup(row.title)",
    "escape codes": "Text.from_ansi(row.title)",
    "rich print": "console.print(row.title)",
    "a log": "self.rich_log.write(row.title)",
    "render": "class W(Widget):\n    def render(self):\n        return self.ticket.title",
    "render that hides its type": "class W(Widget):\n    def render(self) -> Shown:\n        return f'{a.title}'",
    "a function that returns str": "def name(row) -> str:\n    return row.title\nStatic(name(row))",
    "a method of a str": "Static(row.title.upper())",
    "a loop": "for title in titles:\n    Label(title)",
    "a caught error": "try:\n    go()\nexcept E as error:\n    Label(error)",
    "no markup, but not cleaned": "Static(row.title, markup=False)",
    "Content of outside text": "Static(Content(row.title))",
    "Text of outside text": "Text(row.title)",
    "Content of a parameter": "def f(title: str):\n    return Content(title)",
    "an f-string in Content": "Content(f'{clean(row.code)} {row.title}')",
    "a styled piece": "Content.styled(row.title, 'bold')",
    "an assembled piece": "Content.assemble('a', (row.title, 'bold'))",
    "cleaned only once of twice": "t = clean(a)\nt = b.title\nContent(t)",
    "added to the cleaned": "t = clean(a)\nt += b.title\nContent(t)",
    "a method hides it": "Content(row.title.strip())",
    "a width is not a number": "Content(f'{row.title:>8}')",
    "a tree leaf": "node.add_leaf(row.title)",
    "a tab": "TabPane(row.title)",
    "a found command": "Hit(score, row.title, run)",
    "progress": "progress.add_task(row.title)",
    "a widget of ours": "class Mine(Static):\n    pass\nMine(row.title)",
    "two widgets of ours": "class A(Static):\n    pass\nclass B(A):\n    pass\nB(row.title)",
    "passed to the base": "class A(Static):\n    def __init__(self, row):\n        super().__init__(row.title)",
    "passed to a far base": "class A(Label): x\nclass B(A):\n    def __init__(self, r):\n        super().__init__(r.x)",
    "echo": "typer.echo(row.title)",
    "print": "print(f'{row.code} {clean(row.title)}')",
    "standard output": "sys.stdout.write(row.title)",
    "standard error": "sys.stderr.write(str(error))",
    "a mixed attribute": "class A:\n    x: Content\nclass B:\n    x: str\nStatic(a.x)",
}

GOOD = {
    "our words": "Static('Queue')",
    "our markup": "Static('[b]Queue[/b]')",
    "translated": "Label(_('Queue'))",
    "a translated number": "def f(n: int):\n    Label(_('{n} open').format(n=n))",
    "a number": "Static(f'{len(rows)} open')",
    "a number by its format": "Static(f'{row.share:.1f}%')",
    "cleaned": "Static(Content(clean(row.title)))",
    "cleaned, no markup": "Static(clean(row.title), markup=False)",
    "through a variable": "t = Content(clean(row.title))\nStatic(t)",
    "through a parameter": "def f(self, text: Content):\n    self.update(text)",
    "through an attribute": "class A:\n    text: Content\n    def f(self):\n        Static(self.text)",
    "through a property": "class A:\n    @property\n    def text(self) -> Content:\n        return T\nStatic(a.text)",
    "through a function": "def line(row) -> Text:\n    return Text(clean(row.title))\nStatic(line(row))",
    "cells": "table.add_row(*[Content(clean(row.title)) for row in rows])",
    "typed cells": "def f(self, cells: list[Content]):\n    table.add_row(*cells)",
    "assembled": "Content.assemble((clean(row.title), 'bold'), ' ', Content('x'))",
    "styled": "Static(Content.styled(clean(row.title), 'bold'))",
    "joined": "Content(', '.join(clean(name) for name in names))",
    "a method of Content": "Static(Content(clean(row.title)).truncate(8))",
    "a term": "Content(stage.label('zh'))",
    "two branches": "Static(Content('a') if late else 'b')",
    "nothing": "self.border_title = None",
    "a name that is ours": "from console.widgets.fields import Label\nLabel(spec.title)",
    "a class that is ours": "class Label(Widget):\n    def __init__(self, t: str): ...\nLabel(spec.title)",
    "a widget of ours that cleans": (
        "class A(Static):\n    def __init__(self, t: str):\n        super().__init__(Content(clean(t)))\nA(row.title)"
    ),
    "a dict": "settings.update({'a': row.title})",
    "a file": "file.write(row.title)",
    "echo": "typer.echo(clean(row.title, lines=True))",
    "print": "print(len(rows), clean(row.title))",
    "JSON": "typer.echo(json.dumps(row))",
    "render": "class W(Widget):\n    def render(self) -> Content:\n        return self.line",
    "markup with a variable": "Content.from_markup('[b]$t[/b]', t=clean(row.title))",
    "cleaned before": "t = clean(row.title)\nt += ' x'\nContent(t)",
    "padded": "Content(pad(clean(row.title), 8))",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_text_is_found(name: str) -> None:
    assert findings({"bad.py": BAD[name]}), BAD[name]


@pytest.mark.parametrize("name", GOOD)
def test_good_text_passes(name: str) -> None:
    assert findings({"good.py": GOOD[name]}) == []


def test_no_outside_text_reaches_the_screen_as_markup(repository: Path) -> None:
    console = sources(repository, "console")
    assert len(console) > 20
    found = findings(console, sources(repository, "core", "data"))
    assert [f"{one.file}:{one.line}: {one.sink}: {one.reason}" for one in found] == []
