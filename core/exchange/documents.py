"""Short documents that a centre hands on: as plain text, as Markdown, or as HTML that a word processor opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from data.clean import clean
from data.errors import BadInput

FORMS = ("text", "markdown", "html")
_STYLE = (
    "body{font-family:serif;max-width:48em;margin:2em auto}th{text-align:left;vertical-align:top;padding-right:1em}"
)


@dataclass(frozen=True)
class Section:
    """A part with its title; each row is a label and what is said under it, which may have several lines."""

    title: str
    rows: Sequence[tuple[str, str]]
    figure: Sequence[str] = ()
    """Lines whose columns must stay under each other: a chart."""


@dataclass(frozen=True)
class Document:
    """A title and its sections, in one language."""

    title: str
    sections: Sequence[Section]


def written(document: Document, form: str) -> str:
    """The document in a form of `FORMS`; texts from outside are cleaned. Raises BadInput for another form."""
    if form not in FORMS:
        known = ", ".join(FORMS)
        raise BadInput("document-form", f"格式只能是：{known}。", f"The format must be one of: {known}.")
    return _WRITERS[form](document)


def _text(document: Document) -> str:
    parts = [clean(document.title)]
    for section in document.sections:
        parts.append("")
        if section.title:
            parts.append(f"【{clean(section.title)}】")
        parts += [clean(line) for line in section.figure]
        for label, said in section.rows:
            first, *rest = _lines(said)
            parts.append(f"{clean(label)}：{first}" if label else first)
            parts.extend(f"    {line}" for line in rest)
    return "\n".join(parts) + "\n"


def _markdown(document: Document) -> str:
    parts = [f"# {_plain(document.title)}"]
    for section in document.sections:
        parts.append("")
        if section.title:
            parts += [f"## {_plain(section.title)}", ""]
        if section.figure:
            # Indented rather than fenced: no line of the figure can end it.
            parts += [*(f"    {clean(line)}" for line in section.figure), ""]
        for label, said in section.rows:
            lines = "  \n  ".join(_plain(line) for line in _lines(said))
            parts.append(f"- **{_plain(label)}** {lines}" if label else f"- {lines}")
    return "\n".join(parts) + "\n"


def _html(document: Document) -> str:
    parts = [
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(clean(document.title))}</title>',
        f"<style>{_STYLE}</style></head><body><h1>{escape(clean(document.title))}</h1>",
    ]
    for section in document.sections:
        if section.title:
            parts.append(f"<h2>{escape(clean(section.title))}</h2>")
        if section.figure:
            parts.append(f"<pre>{escape(chr(10).join(clean(line) for line in section.figure))}</pre>")
        parts.append("<table>")
        for label, said in section.rows:
            lines = "<br>".join(escape(line) for line in _lines(said))
            parts.append(f"<tr><th>{escape(clean(label))}</th><td>{lines}</td></tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _lines(said: str) -> list[str]:
    return [clean(line) for line in said.split("\n")] or [""]


def _plain(text: str) -> str:
    """A text in which Markdown sees no markup."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#|!" else sign for sign in clean(text))


_WRITERS: dict[str, Callable[[Document], str]] = {"text": _text, "markdown": _markdown, "html": _html}
