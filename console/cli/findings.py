"""What checks find, printed: one line each with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from console import output
from console.cli import words
from console.exit_codes import FAILED, OK

if TYPE_CHECKING:
    from data.findings import Finding

MARKS = {"ok": ("正常", "ok  "), "warn": ("注意", "warn"), "bad": ("有误", "bad ")}


def show_findings(found: Sequence[Finding], json: bool) -> int:
    """Print findings; FAILED when one of them is bad."""
    if json:
        output.write_json([asdict(finding) for finding in found])
    else:
        language = "en" if words.chosen() == "en" else "zh"
        for finding in found:
            output.say_line(f"[{words.say(*MARKS[finding.level])}] {finding.text(language)}")
            if finding.todo(language):
                output.say_line("       " + finding.todo(language))
    return FAILED if any(finding.level == "bad" for finding in found) else OK
