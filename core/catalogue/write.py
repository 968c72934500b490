"""A catalogue as TOML, in the shape that `core.catalogue.read` takes: to edit it and load it again."""

from __future__ import annotations

from typing import Any

import tomli_w

from core.catalogue.model import CatalogueVersion, MatterEntry


def catalogue_toml(catalogue: CatalogueVersion) -> str:
    """The whole catalogue as one file."""
    body: dict[str, Any] = {"version": catalogue.version}
    if catalogue.synonyms:
        body["synonyms"] = [list(group) for group in catalogue.synonyms]
    body["category"] = [
        {name: value for name, value in vars(category).items() if value} for category in catalogue.categories
    ]
    body["matter"] = [_matter(entry) for entry in catalogue.matters]
    return tomli_w.dumps(body, multiline_strings=False)


def _matter(entry: MatterEntry) -> dict[str, Any]:
    """A matter as its table; what is empty is left out."""
    row: dict[str, Any] = {}
    for name, value in vars(entry).items():
        if value in ("", (), False):
            continue
        row["kind" if name == "affair" else name] = list(value) if isinstance(value, tuple) else value
    row.pop("limits", None)
    row["limit"] = [{name: value for name, value in limit.items() if value} for limit in entry.limits]
    return row
