"""The lines of a ticket's summary."""

from __future__ import annotations

from console.ports import HistoryLine
from console.widgets.ticket_lines import _latest


def test_steps_of_the_ladder_in_a_row_leave_room_for_what_people_did() -> None:
    step = [HistoryLine(at, "升级链", "引擎", by_engine=True) for at in range(20, 40)]
    history = [
        HistoryLine(1, "受理", "张"),
        HistoryLine(2, "派单", "张"),
        *step[:10],
        HistoryLine(30, "催办", "张"),
        *step[10:],
    ]
    assert [(item.at, item.what) for item in _latest(history)] == [
        (39, "升级链"),
        (30, "催办"),
        (29, "升级链"),
        (2, "派单"),
        (1, "受理"),
    ]
