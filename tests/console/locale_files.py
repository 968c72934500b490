"""Keeps the Chinese catalogue of the console in step with the code: python -m tests.console.locale_files.

Takes out the messages of console/, keeps the translations there are, writes the catalogue and its compiled form, and
names what still needs words.
"""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
CONSOLE = Path(__file__).parent.parent.parent / "console"
PO = CONSOLE / "locale" / "zh_CN" / "LC_MESSAGES" / "zhihui.po"
MO = PO.with_suffix(".mo")
HEAD = """# Chinese words of the console. Message ids are English; the code is where they come from.
msgid ""
msgstr ""
"Project-Id-Version: zhihui\\n"
"Language: zh_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def used_messages() -> set[str]:
    """Every message that the code of the console speaks."""
    found = extract_from_dir(str(CONSOLE), [("**.py", "python")], keywords={"_": None, "mark": None})
    return {str(message) for _file, _line, message, _comments, _context in found}


def translations() -> dict[str, str]:
    """What the catalogue says now."""
    if not PO.exists():
        return {}
    with PO.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale="zh_CN") if entry.id}


def catalogue_text(words: dict[str, str]) -> str:
    """The catalogue as a file."""
    entries = [f"msgid {_quoted(message)}\nmsgstr {_quoted(text)}\n" for message, text in sorted(words.items())]
    return "\n".join([HEAD, *entries])


def compiled(words: dict[str, str]) -> bytes:
    """The catalogue in its compiled form."""
    catalogue: Catalog = read_po(io.BytesIO(catalogue_text(words).encode()), locale="zh_CN")
    catalogue.creation_date = catalogue.revision_date = NO_DATE  # babel writes today's otherwise
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def placeholders(text: str) -> set[str]:
    """The names that are filled into a message."""
    return set(re.findall(r"\{(\w+)", text))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main() -> int:
    """Bring the files up to date."""
    known = translations()
    words = {message: known.get(message, "") for message in used_messages()}
    PO.write_text(catalogue_text(words), encoding="utf-8")
    MO.write_bytes(compiled(words))
    for message in sorted(message for message, text in words.items() if not text):
        sys.stdout.write(f"no Chinese for: {message}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
