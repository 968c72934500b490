"""What is remembered about the acting officer across sessions: what they looked at, which filters they used."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from console.attention.looked import Looked, looked_path
from console.filter_history import FilterHistory, filters_path

if TYPE_CHECKING:
    from console.app import ZhihuiApp

BEAT = 30
"""Seconds between two writings: it is no work that could be lost."""


class OfficerMemory:
    """The memories of whoever acts; another officer has others."""

    def __init__(self, app: ZhihuiApp) -> None:
        self._app = app
        self._looked: Looked | None = None
        self._filters: FilterHistory | None = None
        self._looked_by = self._filters_by = ("", "")
        """Whose memories these are: asked for each line that is drawn, so the path is worked out once."""

    @property
    def looked(self) -> Looked:
        """What the acting officer has looked at."""
        whose = self._whose()
        if self._looked is None or self._looked_by != whose:
            self.save()
            self._looked, self._looked_by = Looked(looked_path(*whose)), whose
        return self._looked

    @property
    def filters(self) -> FilterHistory:
        """The filters that the acting officer has used."""
        whose = self._whose()
        if self._filters is None or self._filters_by != whose:
            self.save()
            self._filters, self._filters_by = FilterHistory(filters_path(*whose)), whose
        return self._filters

    def beat(self, now: int) -> None:
        """A second has passed: now and then write down what is new, away from the event loop."""
        if now % BEAT or not any(memory.unsaved for memory in self._known()):
            return

        async def keep() -> None:
            await self._app.keeping(self.save)

        self._app.run_worker(keep(), group="memory", exit_on_error=False)

    def save(self) -> None:
        """Write down what is new; a disk that takes nothing costs no work."""
        for memory in self._known():
            if memory.unsaved:
                with suppress(OSError):
                    memory.save()

    def _known(self) -> list[Looked | FilterHistory]:
        return [memory for memory in (self._looked, self._filters) if memory is not None]

    def _whose(self) -> tuple[str, str]:
        return self._app.backend.name, self._app.backend.officer or ""
