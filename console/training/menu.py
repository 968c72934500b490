"""The menu of scenarios, with the best score of each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App

from console.closed import APP, closing
from console.dialogs.choose import Item, MenuDrawer
from console.i18n import _, language
from console.theming.live import default_variables, put_on
from console.theming.shelf import STYLE_SHEET
from core.training.scenario import Scenario
from core.training.scores import PlayedScore


@closing(APP)
class TrainingMenu(App[str]):
    """Asks which scenario to play; its return value is the code, or None to leave."""

    CSS_PATH = [STYLE_SHEET]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, scenarios: Sequence[Scenario], scores: Sequence[PlayedScore], theme: str = "") -> None:
        super().__init__()
        self.animation_level = "none"
        self.items = menu_items(scenarios, scores)
        put_on(self, theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables()

    def on_mount(self) -> None:
        heading = _("Training: choose a scenario by its number; Esc leaves")
        self.push_screen(MenuDrawer(heading, self.items), self._chosen)

    def _chosen(self, code: str | None) -> None:
        self.exit(code)


def menu_items(scenarios: Sequence[Scenario], scores: Sequence[PlayedScore]) -> list[Item]:
    """A line for each scenario: what it is, how often it was played and the best score."""
    items = []
    for scenario in scenarios:
        title = scenario.title_en if language() == "en" else scenario.title
        own = [played for played in scores if played.scenario == scenario.code]
        best = max(own, key=lambda played: played.points / played.most, default=None)
        detail = f"x{scenario.speed}"
        if best is not None:
            detail += "  " + _("best {points:g} of {most} ({grade}), played {n} times").format(
                points=best.points, most=best.most, grade=best.grade, n=len(own)
            )
        items.append(Item(scenario.code, f"{scenario.code:<6} {title}", detail))
    return items
