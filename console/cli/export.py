"""`zhihui export`: tickets to CSV, XLSX or JSON lines, safe to open in a spreadsheet."""

from __future__ import annotations

from typing import Any

from console.cli.frame import built, new_app

app = new_app("导出事件到 CSV、XLSX、JSONL", "export tickets to CSV, XLSX or JSONL")


def build() -> Any:
    """The command."""
    return built(app)
