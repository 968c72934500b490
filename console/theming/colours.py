"""Colours as numbers: contrast as WCAG 2 defines it, and how a colour looks with a colour vision deficiency."""

from __future__ import annotations

import re

HEX = re.compile("#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
TEXT_CONTRAST = 4.5
"""What WCAG 2 asks of text at level AA."""
BEST_CONTRAST = 7.0
"""What it asks at level AAA."""

_WHITE = (0.9505, 1.0, 1.089)
_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
Rows = tuple[tuple[float, float, float], ...]
Triple = tuple[float, float, float]

DEFICIENCIES: dict[str, Rows] = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB."""


def is_colour(value: object) -> bool:
    """Whether a value is a colour as themes write them: #rgb or #rrggbb."""
    return isinstance(value, str) and HEX.fullmatch(value) is not None


def full(colour: str) -> str:
    """A colour as #rrggbb in small letters."""
    digits = colour[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it: 1 (none) to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2): 0 (black) to 1 (white)."""
    return _times(_XYZ, _linear(colour))[1]


def lightness(colour: str, deficiency: str = "") -> float:
    """How light a colour looks, CIE L*: 0 to 100."""
    return _lab(colour, deficiency)[0]


def difference(one: str, other: str, deficiency: str = "") -> float:
    """How far apart two colours look, CIE 1976: 2.3 is just noticeable side by side, 20 cannot be mixed up."""
    first, second = _lab(one, deficiency), _lab(other, deficiency)
    squares = [(a - b) ** 2 for a, b in zip(first, second, strict=True)]
    return float(sum(squares) ** 0.5)


def _linear(colour: str) -> Triple:
    """The light of the three channels, 0 to 1."""
    digits = full(colour)
    channels = [int(digits[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return red, green, blue


def _lab(colour: str, deficiency: str) -> Triple:
    light = _linear(colour)
    if deficiency:
        seen = _times(DEFICIENCIES[deficiency], light)
        light = (_clipped(seen[0]), _clipped(seen[1]), _clipped(seen[2]))
    x, y, z = (_curve(value / white) for value, white in zip(_times(_XYZ, light), _WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _clipped(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _curve(value: float) -> float:
    """The cube root of CIE Lab, straight near black."""
    return float(value ** (1 / 3)) if value > 0.008856 else 7.787 * value + 16 / 116


def _times(rows: Rows, values: Triple) -> Triple:
    red, green, blue = (sum(factor * value for factor, value in zip(row, values, strict=True)) for row in rows)
    return red, green, blue
