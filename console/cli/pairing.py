"""The address that pairs a phone, as text and as a picture of half blocks."""

from __future__ import annotations

BORDER = 2
HALVES = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
"""Light modules are drawn: a terminal is dark, and a reader wants dark on light."""


def picture(address: str) -> str:
    """The QR code of an address, two rows of modules to a line."""
    import segno

    rows = [list(row) for row in segno.make(address, error="l", micro=False).matrix_iter(border=BORDER)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "".join(
        "".join(HALVES[bool(up), bool(down)] for up, down in zip(upper, lower, strict=True)) + "\n"
        for upper, lower in pairs
    )
