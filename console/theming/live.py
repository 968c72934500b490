"""The themes on the screen: which one is on, changing it, and taking up a person's files while the console runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.theme import Theme

from console.i18n import _, language
from console.terminal.legible import clean
from console.theming import remembered
from console.theming.recipe import Problem, Recipe
from console.theming.shelf import DEFAULT, Shelf, Stamp, bundled, fill, own_folder, stamp

if TYPE_CHECKING:
    from console.app import ZhihuiApp

LOOK_EVERY = 2.0
"""Seconds between looks at the folder of own themes."""
FIRST_LOOK = 0.3
"""Seconds after which what is wrong with a file is said: the first screen must be there to say it."""


def as_theme(recipe: Recipe) -> Theme:
    """A theme as the framework has it."""
    return Theme(recipe.name, dark=recipe.dark, variables=dict(recipe.variables), **recipe.base)  # type: ignore[arg-type]


def default_variables() -> dict[str, str]:
    """Our own colours, for the framework's own themes, which have none."""
    return dict(bundled()[DEFAULT].variables)


def put_on(app: App[Any], asked: str = "") -> tuple[Shelf, str]:
    """Let an app use the themes there are, and put on the one asked for, else the remembered one, else the default.

    Gives the themes, and the name that was wanted.
    """
    shelf = fill(own_folder())
    for recipe in shelf.recipes.values():
        app.register_theme(as_theme(recipe))
    wanted = asked or remembered.recall() or DEFAULT
    app.theme = wanted if wanted in shelf.recipes else DEFAULT
    return shelf, wanted


class LiveThemes:
    """The themes of a running console."""

    def __init__(self, app: ZhihuiApp, asked: str = "") -> None:
        """With the theme that was asked for, else the one remembered, else the default."""
        self._app = app
        self._folder = own_folder()
        self._stamp: Stamp = stamp(self._folder)
        self.shelf, self.wanted = put_on(app, asked)
        """The themes there are; and the one that was chosen last: it comes on when its file is mended."""
        self._unsaid: list[str] = [problem.text(language()) for problem in self._spoken(self.shelf)]
        if self.wanted not in self.shelf.recipes and not self._unsaid:
            words = _("There is no theme named {name}.").format(name=clean(self.wanted, 40))
            self._unsaid.append(words)

    def say_too(self, text: str) -> None:
        """Say something more about how the screen looks, when there is a screen to say it on."""
        if text:
            self._unsaid.append(text)

    def start(self) -> None:
        """From now on follow the folder of own themes."""
        self._app.set_timer(FIRST_LOOK, self.look)
        self._app.set_interval(LOOK_EVERY, self.look)

    # ------------------------------------------------------------------------------------------- choosing

    def next(self) -> None:
        """Go on to the next theme."""
        names = list(self.shelf.recipes)
        self.choose(names[(names.index(self._app.theme) + 1) % len(names)] if self._app.theme in names else DEFAULT)

    def choose(self, name: str) -> None:
        """Put a theme on and remember it on this machine."""
        self.wanted = name
        self._app.theme = self._usable()
        self._say(_("Theme: {name}").format(name=self.shelf.recipes[self._app.theme].label(language())), "info")
        self._app.run_worker(self._remember(name), group="theme-choice", exclusive=True, exit_on_error=False)

    async def _remember(self, name: str) -> None:
        try:
            await asyncio.to_thread(remembered.remember, name)
        except OSError:
            self._say(_("The choice of theme cannot be kept: the state folder cannot be written."), "warning")

    # ------------------------------------------------------------------------------------------- following files

    def look(self) -> None:
        """Say what is still unsaid, and see whether a file changed; the files are read away from the event loop."""
        if self._unsaid and self._app.duty_screen is not None:
            self._say(self._unsaid.pop(0), "warning")
        self._app.run_worker(self._look(), group="themes", exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        found = await asyncio.to_thread(stamp, self._folder)
        if found != self._stamp:
            self._stamp = found
            self._take(await asyncio.to_thread(fill, self._folder, self.shelf))

    def _take(self, shelf: Shelf) -> None:
        """Take up what the files say now."""
        app, before, self.shelf = self._app, self.shelf, shelf
        for name in set(before.recipes) - set(shelf.recipes):
            app.unregister_theme(name)
        changed = {name for name, recipe in shelf.recipes.items() if recipe != before.recipes.get(name)}
        for name in changed:
            app.register_theme(as_theme(shelf.recipes[name]))
        usable = self._usable()
        if usable == app.theme and usable in changed:
            app._watch_theme(usable)  # the same name with other colours: nothing else makes the framework look again
        app.theme = usable
        self._unsaid = [problem.text(language()) for problem in self._spoken(shelf)]
        if self._unsaid:
            self._say(self._unsaid.pop(0), "warning")

    def _usable(self) -> str:
        """The wanted theme, or the default while there is none such."""
        return self.wanted if self.wanted in self.shelf.recipes else DEFAULT

    @staticmethod
    def _spoken(shelf: Shelf) -> Sequence[Problem]:
        """What has to be said about files, what is broken first."""
        return [*shelf.errors, *shelf.warnings[:1]]

    def _say(self, text: str, severity: str) -> None:
        if self._app.duty_screen is not None:
            self._app.duty_screen.say(text, severity)
