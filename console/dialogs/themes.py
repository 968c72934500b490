"""Themes as things to choose: in their menu and among the commands of the palette."""

from __future__ import annotations

from console.dialogs.choose import Item
from console.i18n import _, language
from console.theming.recipe import Recipe
from console.theming.shelf import Shelf, bundled

THEME_KEY = "theme:"
"""Stands before a theme's name where it is one choice among others."""


def theme_items(shelf: Shelf, prefix: str = "") -> list[Item]:
    """The themes that work; without a prefix also the files that do not, each with what is wrong in it."""
    spoken = language()
    items = [_item(recipe, prefix) for recipe in shelf.recipes.values()]
    if not prefix:
        items += [Item(f"file:{name}", name, off=reading.errors[0].text(spoken))
                  for name, reading in shelf.readings.items() if reading.errors]  # fmt: skip
    return items


def _item(recipe: Recipe, prefix: str) -> Item:
    label = recipe.label(language())
    title = _("Theme: {name}").format(name=label) if prefix else label
    ground = _("dark") if recipe.dark else _("light")
    detail = f"{recipe.name}  {ground}" + ("" if recipe.name in bundled() else "  " + _("own"))
    found_by = f"zhuti zt theme {recipe.name} {recipe.label_zh} {recipe.label_en}"
    return Item(prefix + recipe.name, title, detail, found_by=found_by)
