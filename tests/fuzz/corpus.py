"""The kept inputs of each target: one file of JSON strings, bytes that are no text as half surrogates."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"


def kept(name: str) -> list[bytes]:
    """What is kept for a target; nothing for one that has no file yet."""
    path = FOLDER / f"{name}.jsonl"
    if not path.exists():
        return []
    return [json.loads(line).encode("utf-8", "surrogateescape") for line in path.read_text("ascii").splitlines()]


def keep(name: str, inputs: Iterable[bytes]) -> None:
    """Write the inputs of a target, in one order whatever found them."""
    lines = sorted({json.dumps(given.decode("utf-8", "surrogateescape")) for given in inputs})
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), "ascii")
