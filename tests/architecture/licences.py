"""What the installed packages say about their licences: `python -m tests.architecture.licences` prints the list."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distributions

# These say nothing in their metadata; read off the licence file that each ships.
STATED_IN_FILE = {"atheris": "Apache-2.0", "pysqlite3": "Zlib", "sqlcipher3": "Zlib"}

_KINDS = (
    ("MIT-0", r"\bMIT-0\b"),
    ("MIT", r"\bMIT\b"),
    ("BSD", r"\bBSD\b"),
    ("Apache-2.0", r"\bApache\b"),
    ("ISC", r"\bISC\b"),
    ("MPL-2.0", r"\bMPL\b|Mozilla Public License"),
    ("LGPL-3.0", r"\bLGPL|Lesser General Public"),
    ("PSF-2.0", r"\bPSF|Python Software Foundation"),
    ("Zlib", r"\bzlib\b"),
    ("Unlicense", r"\bUnlicense\b|public domain"),
)
PERMITTED = {kind for kind, _ in _KINDS}


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(distribution: Distribution) -> str:
    """The licence in short form, or what the package states when that is none of the known ones."""
    metadata = distribution.metadata
    classifiers = [text for text in metadata.get_all("Classifier") or [] if text.startswith("License ::")]
    texts = [metadata.get("License-Expression"), *classifiers, metadata.get("License")]
    stated = [text[:200] for text in texts if text]
    for text in stated:
        kinds = [kind for kind, pattern in _KINDS if re.search(pattern, text, re.IGNORECASE)]
        if kinds:
            return " or ".join(kinds) if " OR " in text else kinds[0]
    return STATED_IN_FILE.get(normal(distribution.name), stated[0] if stated else "none stated")


def installed() -> dict[str, Distribution]:
    """Every installed distribution by its normal name."""
    return {normal(found.name): found for found in distributions()}


if __name__ == "__main__":
    for name, found in sorted(installed().items()):
        print(f"{name:28} {found.version:16} {licence(found)}")
