"""The lines of the overview's panels: they fill their panel, and cut nothing that has room."""

from __future__ import annotations

import pytest

from console.terminal.width import cells
from console.widgets.overview_lines import area_lines, deadline_lines, figure_lines, people_lines, tree_lines
from data.terms import Stage
from tests.console.memory import NOW, PLACES, made_overview, made_row
from tests.console.pilots import speaking


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [39, 52, 78])
def test_no_line_is_wider_than_its_panel(language: str, width: int) -> None:
    view = made_overview([made_row(number) for number in range(60)], NOW, PLACES, False)
    with speaking(language):
        panels = (
            figure_lines(view, width),
            deadline_lines(view, width, NOW),
            area_lines(view, width),
            tree_lines(view, width),
            people_lines(view, width),
        )
        for line in (line for lines in panels for line in lines):
            text = "".join(part[0] for part in line.parts)
            assert cells(text) <= width, text


def test_a_deadline_says_its_stage_whole_in_english() -> None:
    view = made_overview([made_row(number) for number in range(60)], NOW, PLACES, False)
    with speaking("en"):
        text = "\n".join("".join(part[0] for part in line.parts) for line in deadline_lines(view, 39, NOW))
    stages = {row.stage for row in (*view.overdue, *view.nearest)}
    assert stages
    assert all(any(Stage(stage).en in line for line in text.splitlines()) for stage in stages)
