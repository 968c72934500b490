"""Where a screen takes text: what parses markup, what text is made of, and what makes text harmless."""

from __future__ import annotations

import re

# Values that a screen takes as they are: no markup is parsed in them.
SAFE_TYPES = {
    "Content", "Text", "Strip", "Segment", "Style", "Table", "Panel", "Group", "Padding", "Align", "Columns",
    "Widget", "Syntax", "Visual", "ComposeResult", "Tree", "Rule", "Option", "Selection", "Separator", "ContentText",
}  # fmt: skip
NUMBERS = {"int", "float", "bool", "timedelta", "date", "datetime"}
COUNTING = {
    "len", "int", "float", "round", "abs", "sum", "ord", "bool", "range", "total_seconds", "cells", "index", "count",
}  # fmt: skip
TRANSLATORS = {"_", "n_", "mark", "gettext", "ngettext", "pgettext"}
CLEANERS = {"clean"} | TRANSLATORS
# The labels of the field's terms are our own words; a formatted instant holds digits and what its format says.
OUR_WORDS = {"label", "strftime", "isoformat", "hex", "token_hex"}
# Give back what they are given, in another shape.
SHAPING = {
    "str", "pad", "join", "strip", "lstrip", "rstrip", "ljust", "rjust", "center", "upper", "lower", "title",
    "format", "replace", "removesuffix", "removeprefix", "capitalize", "min", "max", "sorted", "list", "tuple",
    "reversed", "zfill", "dim", "fit", "elide", "shorten", "splitlines", "split", "expandtabs",
}  # fmt: skip

# Where markup is parsed: the positions and the keyword names of what is shown.
Where = tuple[tuple[int, ...] | None, tuple[str, ...]]  # None: every position
MARKUP_CALLS: dict[str, Where] = {
    "Static": ((0,), ("content", "renderable")),
    "Label": ((0,), ("content", "renderable")),
    "Button": ((0,), ("label",)),
    "Checkbox": ((0,), ("label",)),
    "RadioButton": ((0,), ("label",)),
    "Option": ((0,), ("prompt",)),
    "Selection": ((0,), ("prompt",)),
    "Tab": ((0,), ("label",)),
    "TabPane": ((0,), ("title",)),
    "Collapsible": ((), ("title",)),
    "Tree": ((0,), ("label",)),
    "Placeholder": ((0,), ("label",)),
    "Hit": ((1,), ("match_display", "help")),
    "DiscoveryHit": ((0,), ("display", "help")),
    "Panel": ((0,), ("renderable", "title", "subtitle")),
    "Table": (None, ("title", "caption")),
    "notify": ((0,), ("message", "title")),
    "add_row": (None, ("label",)),
    "add_rows": ((0,), ()),
    "add_column": ((0,), ("label", "header", "footer")),
    "add_columns": (None, ()),
    "add_leaf": ((0,), ("label",)),
    "add_option": ((0,), ("option",)),
    "add_options": ((0,), ("new_options",)),
    "add_task": ((0,), ("description",)),
    "set_label": ((0,), ("label",)),
    "set_options": ((0,), ("options",)),
    "replace_option_prompt": ((1,), ("prompt",)),
    "update": ((0,), ("content", "renderable", "description")),
    "update_cell": ((2,), ("value",)),
    "update_cell_at": ((1,), ("value",)),
    "render_str": ((0,), ()),
    "from_markup": ((0,), ()),
    "from_text": ((0,), ()),
    "from_ansi": ((0,), ()),
    "rule": ((0,), ("title",)),
}
# `console.print(…)` of rich; the builtin has no receiver.
MARKUP_METHODS: dict[str, Where] = {"print": (None, ()), "write": ((0,), ())}
MARKUP_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip"}
# What the text of a screen is made of.
TEXT_CALLS: dict[str, Where] = {
    "Content": ((0,), ("text",)),
    "Text": ((0,), ("text",)),
    "styled": ((0,), ("text",)),
    "assemble": (None, ()),
}
# What goes to the terminal as it is. JSON has its own escapes and is for programs, which get what is stored.
TERMINAL_CALLS = {"echo", "secho"}
FOR_PROGRAMS = {"dumps", "model_dump_json"}
NUMBER_FORMAT = re.compile(r"^.*[bcdeEfFgGnoxX%,]$")
