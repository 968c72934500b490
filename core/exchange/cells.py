"""Cells that are safe to open in a spreadsheet: no formula, no control character, not too long (CWE-1236)."""

from __future__ import annotations

import unicodedata

from data.clean import clean

GUARD = "'"
CELL_LIMIT = 32_767
"""Characters that a cell of a workbook can hold."""

_FORMULA = frozenset("=+-@|%")


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula, whatever stands before it: blanks, tabs, full-width forms.

    Control characters become pictures, line breaks stay. A cell that would be a formula gets an apostrophe in front.
    """
    cleaned = clean(text, CELL_LIMIT - 1, lines=True)
    return GUARD + cleaned if is_formula(text) or is_formula(cleaned.lstrip(GUARD)) else cleaned


def without_guard(cell: str) -> str:
    """The text of a cell that `safe_cell` wrote."""
    return cell[1:] if cell.startswith(GUARD) and is_formula(cell.lstrip(GUARD)) else cell


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula or a command."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    plain = text.lstrip()
    if not plain:
        return False
    first = plain[0]
    if first.isascii():
        return first in _FORMULA
    if unicodedata.category(first) in ("Cf", "Mn"):
        # An invisible character in front does not make a formula harmless.
        return is_formula(plain[1:])
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULA
