"""The baseline of the screens: a bare Textual app whose one widget is a DataTable of made tickets.

python -m tests.bench.table_app ROWS [--tick]
"""

from __future__ import annotations

import sys
import time

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from tests.bench.wording import TITLES, place

VISIBLE = 43
COLUMNS = ("剩余", "编号", "紧急", "阶段", "标题", "地点", "承办", "来源")


class TableApp(App[None]):
    """Shows rows; with `tick`, rewrites the countdown of the visible ones each second."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: int, tick: bool) -> None:
        super().__init__()
        self.rows = rows
        self.tick = tick
        self.began = time.monotonic()

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row", zebra_stripes=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        self.first, *_ = table.columns
        for number in range(self.rows):
            code = f"20{number // 10_000:06d}-{number % 10_000:04d}"
            title = place(number) + TITLES[number % len(TITLES)]
            table.add_row(
                self.left(number), code, "一般", "待受理", title, "一社区", "中心待办", "电话", key=str(number)
            )
        table.focus()
        if self.tick:
            self.set_interval(1, self.count_down)

    def left(self, number: int) -> str:
        """The countdown of a row: all below an hour, so that each changes every second."""
        seconds = 900 + number * 7 % 2600 - int(time.monotonic() - self.began)
        return f"{seconds // 60:02d}:{seconds % 60:02d}"

    def count_down(self) -> None:
        table = self.query_one(DataTable)
        for number in range(min(VISIBLE, self.rows)):
            table.update_cell(str(number), self.first, self.left(number))


if __name__ == "__main__":
    TableApp(int(sys.argv[1]), "--tick" in sys.argv).run()
