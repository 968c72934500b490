"""Paging by key shows the same lines as a plain list, whatever the order of the jumps, and skips little."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from console.ports import Key, QueueRow
from console.widgets.pages import KEPT_PAGES, PAGE, MemoryProvider, Pages


def made_rows(amount: int) -> list[QueueRow]:
    """Rows with clashing deadlines, so that the id must break ties."""
    return [QueueRow(id=number * 7 + 1, revision=1, due=1000 + number // 3) for number in range(amount)]


class Counting(MemoryProvider):
    """Notes how many rows were skipped over."""

    def __init__(self, rows: Sequence[QueueRow]) -> None:
        super().__init__(rows)
        self.skipped = 0
        self.read = 0

    def after(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        self.skipped += skip
        self.read += size
        return super().after(key, size, skip)

    def before(self, key: Key | None, size: int, skip: int = 0) -> Sequence[QueueRow]:
        self.skipped += skip
        self.read += size
        return super().before(key, size, skip)


def look(pages: Pages, provider: MemoryProvider, line: int) -> QueueRow | None:
    """Read a line, loading what it needs."""
    for number in pages.missing(line, line):
        pages.store(pages.request(number)(provider))
    return pages.row(line)


@given(st.integers(0, 1500), st.lists(st.integers(0, 1499), max_size=40))
def test_any_jumps_show_the_plain_list(amount: int, jumps: list[int]) -> None:
    provider = MemoryProvider(made_rows(amount))
    pages = Pages(amount)
    for line in jumps:
        assert look(pages, provider, line) == (provider.all[line] if line < amount else None)


def test_the_usual_moves_skip_nothing() -> None:
    """Start, End, and walking from both by pages read by key alone."""
    provider = Counting(made_rows(100_000))
    pages = Pages(provider.count().number)
    for line in [0, 99_999, *range(0, 5000, 45), *range(99_999, 95_000, -45)]:
        assert look(pages, provider, line) == provider.all[line]
    assert provider.skipped == 0
    assert provider.read < 12_000


def test_a_jump_into_the_middle_leaves_an_anchor() -> None:
    provider = Counting(made_rows(100_000))
    pages = Pages(provider.count().number)
    look(pages, provider, 60_000)
    assert 0 < provider.skipped <= 50_000
    before = provider.skipped
    look(pages, provider, 60_000 + PAGE)
    look(pages, provider, 60_000 - PAGE)
    assert provider.skipped == before


def test_old_pages_are_forgotten_and_come_back() -> None:
    provider = MemoryProvider(made_rows(PAGE * (KEPT_PAGES + 10)))
    pages = Pages(provider.count().number)
    for number in range(KEPT_PAGES + 10):
        look(pages, provider, number * PAGE)
    assert pages.row(0) is None
    assert look(pages, provider, 5) == provider.all[5]


def test_a_counter_that_was_too_high_is_corrected_at_the_end() -> None:
    provider = MemoryProvider(made_rows(300))
    pages = Pages(310)
    look(pages, provider, 0)
    look(pages, provider, PAGE)
    look(pages, provider, 2 * PAGE)
    assert pages.total == 300


def test_a_fresher_reading_keeps_its_place() -> None:
    provider = MemoryProvider(made_rows(10))
    pages = Pages(10)
    look(pages, provider, 0)
    newer = QueueRow(id=provider.all[4].id, revision=2, due=9_999_999)
    assert pages.replace(newer) == 4
    assert pages.row(4) == newer
    assert pages.replace(QueueRow(id=-1, revision=1, due=0)) is None
