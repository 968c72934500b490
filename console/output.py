"""What commands print: data on stdout, everything else on stderr.

JSON is for programs and gets what is stored; plain text is cleaned; CSV is safe to open in a spreadsheet. None of
them has a control that a terminal would act on.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, TextIO

FORMATS = ("json", "jsonl", "csv")
_CONSTANTS = {None: "null", True: "true", False: "false"}
_FORMULA = "=+-@\t\r\n|%＝＋－＠"
_CONTROLS = (*range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
"""Controls that JSON leaves as they are and that terminals act on: C1, and those of the reading direction."""
_AS_JSON = {code: f"\\u{code:04x}" for code in _CONTROLS}
_AS_CSV = dict.fromkeys((*(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)), *_CONTROLS), "\u2426")


class PipeClosed(Exception):
    """Whoever read the output went away."""


def write(text: str) -> None:
    """Write to stdout. Raises PipeClosed when nobody reads it any more."""
    _write(sys.stdout, text)


def write_bytes(content: bytes) -> None:
    """Write a file's content to stdout as it is. Raises PipeClosed."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise _failed(error) from error


def flush() -> None:
    """Hand everything written to the system. Raises PipeClosed."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise _failed(error) from error


def remark(text: str) -> None:
    """Write a line to stderr, cleaned."""
    from data.clean import clean

    try:
        sys.stderr.write(clean(text, lines=True) + "\n")
        sys.stderr.flush()
    except OSError:
        return


def say_line(text: str) -> None:
    """Write a line of plain text to stdout, cleaned."""
    from data.clean import clean

    write(clean(text) + "\n")


def prepare() -> None:
    """Make stdout and stderr take every character, whatever the locale says: data is UTF-8, screens get a stand-in."""
    for stream, to_screen in ((sys.stdout, sys.stdout.isatty()), (sys.stderr, True)):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if to_screen:
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def write_json(value: object) -> None:
    """One JSON value, indented, UTF-8."""
    import json

    write(_harmless(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")


def write_record(record: Mapping[str, Any]) -> None:
    """One line of JSONL."""
    write(json_object(record) + "\n")


def json_object(record: Mapping[str, Any]) -> str:
    """A record as JSON on one line.

    A flat record of texts and numbers is put together here, quoted by the interpreter's own quoting: the `json`
    package costs a script in a loop more than the query does.
    """
    try:
        from _json import encode_basestring as quoted
    except ImportError:  # an interpreter without the C part
        from json.encoder import py_encode_basestring as quoted
    parts = []
    for name, value in record.items():
        if isinstance(value, str):
            parts.append(f"{quoted(name)}: {quoted(value)}")
        elif value is None or isinstance(value, bool):
            parts.append(f"{quoted(name)}: {_CONSTANTS[value]}")
        elif isinstance(value, int):
            parts.append(f"{quoted(name)}: {int(value)}")
        else:
            import json

            return _harmless(json.dumps(record, ensure_ascii=False))
    return _harmless("{" + ", ".join(parts) + "}")


def _harmless(text: str) -> str:
    """JSON that says the same and has nothing that a terminal acts on."""
    return text if text.isprintable() else text.translate(_AS_JSON)


def write_records(records: Iterable[Mapping[str, Any]], fields: Sequence[str], form: str) -> None:
    """Records as `json` (one array), `jsonl` or `csv` (with a header)."""
    if form == "json":
        rows = [json_object(record) for record in records]
        write("[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n")
    elif form == "jsonl":
        for record in records:
            write_record(record)
    else:
        write(csv_line(fields))
        for record in records:
            write(csv_line([record.get(name) for name in fields]))


def csv_line(values: Sequence[Any]) -> str:
    """One CSV line (RFC 4180), its texts safe against formulas."""
    return ",".join(csv_cell(value) for value in values) + "\r\n"


def csv_cell(value: Any) -> str:
    """A value as a CSV cell; a text that a spreadsheet would calculate gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else _compact(value)
    if not text.isprintable():
        text = text.translate(_AS_CSV)
    if text.lstrip(" \u3000")[:1] and text.lstrip(" \u3000")[0] in _FORMULA:
        text = "'" + text
    if any(char in text for char in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except OSError as error:
        raise _failed(error) from error


def _failed(error: OSError) -> Exception:
    """Why nothing more can be printed: nobody reads it, or there is no room for it."""
    if isinstance(error, BrokenPipeError):
        return PipeClosed()
    from data.errors import StoreTrouble

    return StoreTrouble(
        "output-failed", f"无法输出：{error.strerror}。", f"The output cannot be written: {error.strerror}."
    )


def _compact(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
