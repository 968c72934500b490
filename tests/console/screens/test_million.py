"""On a million tickets nothing is read by walking: every key asks for a page or two, whatever view and order are on."""

from __future__ import annotations

from collections.abc import Sequence

from console.ports import Key, QueueProvider, QueueRow
from console.widgets.pages import PAGE
from console.widgets.queue_view import QueueView
from data.queries.counted import Counted, capped
from tests.console.memory import EndlessProvider, MemoryBackend
from tests.console.pilots import ready, street_app, until

MILLION = 1_000_000


class Watched(EndlessProvider):
    """Notes what is asked for; places are counted up to a limit, as in a store."""

    def __init__(self, log: list[tuple[str, int, int]]) -> None:
        super().__init__(MILLION)
        self.log = log

    def after(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        self.log.append(("after", size, skip))
        return super().after(key, size, skip)

    def before(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        self.log.append(("before", size, skip))
        return super().before(key, size, skip)

    def rank(self, key: Key) -> Counted:
        self.log.append(("rank", 0, 0))
        return capped(super().rank(key).number)

    def rows(self, ids: Sequence[int]) -> Sequence[QueueRow]:
        self.log.append(("rows", len(ids), 0))
        return super().rows(ids)


class Million(MemoryBackend):
    """A street whose every list has a million tickets."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, int, int]] = []

    def queue(self, words: str, order: str = "due") -> QueueProvider:
        return Watched(self.log)


async def test_each_key_asks_for_a_few_pages_and_skips_nothing() -> None:
    backend = Million()
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        view = await ready(pilot)
        assert isinstance(view, QueueView)

        async def asked(*keys: str) -> list[tuple[str, int, int]]:
            backend.log.clear()
            await pilot.press(*keys)
            await until(pilot, lambda: view.ready and app.focused is view)
            found = list(backend.log)
            assert len(found) <= 8, keys
            assert all(size <= PAGE and skip <= PAGE for _what, size, skip in found), (keys, found)
            return found

        await asked("pagedown", "pagedown")
        await asked("end")
        assert view.cursor == MILLION - 1
        await asked("pageup", "up")
        ticket = view.cursor_id
        await asked("9")
        assert view.cursor_id == ticket
        await asked("alt+3")
        assert view.cursor == 0
        await asked("slash", "井", "enter")
        await asked("end")
        await asked("home")
        assert view.cursor == 0
        backend.mark += 1
        await asked("down")
