"""How tickets of a list are marked: one by one, from the last mark to here, or all that the list has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.message import Message

from console.i18n import _
from console.ports import Loader, QueueProvider, QueueRow
from console.widgets.list_reading import ListReading
from console.widgets.marks import MARK_LIMIT, Marks, rows_between, rows_matching


class ListMarking(ListReading):
    """The marking part of a ticket list."""

    class Said(Message):
        """Something about marks that the person must hear; the text is ours."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, load: Loader, *, name: str | None = None, classes: str | None = None) -> None:
        super().__init__(load, name=name, classes=classes)
        self.marks = Marks()

    def action_move(self, step: int) -> None:
        raise NotImplementedError

    def refresh_mark(self) -> None:
        """Draw the line of the cursor and the header again."""
        raise NotImplementedError

    def action_mark(self) -> None:
        """Mark the ticket under the cursor or take its mark away, and go on to the next."""
        row = self.row
        if row is not None:
            if not self.marks.toggle(row):
                self._say_full()
            self.refresh_mark()
            self.action_move(1)

    def action_mark_range(self) -> None:
        """Mark from the ticket marked last to the one under the cursor."""
        row, last = self.row, self.marks.last
        if row is None:
            return
        if last is None:
            self.action_mark()
            return

        def found(rows: list[QueueRow] | None) -> None:
            if rows is None:
                self.post_message(
                    self.Said(_("The ticket marked last is not in this list: mark one with Space first."))
                )
            elif self._add_marks(rows, len(rows) > MARK_LIMIT):
                self.marks.last = row.id

        self._collect(lambda provider: rows_between(provider, last, row.id, MARK_LIMIT + 1), found)

    def action_mark_all(self) -> None:
        """Mark every ticket of the list, up to the limit."""

        def found(rows: list[QueueRow] | None) -> None:
            rows = rows or []
            if self._add_marks(rows, len(rows) > MARK_LIMIT):
                self.post_message(
                    self.Said(_("{n} tickets are marked; Escape takes the marks away.").format(n=len(rows)))
                )

        self._collect(lambda provider: rows_matching(provider, MARK_LIMIT + 1), found)

    def clear_marks(self) -> bool:
        """Take all marks away; whether there were any."""
        had = bool(self.marks)
        self.marks.clear()
        if had:
            self.refresh()
        return had

    def _add_marks(self, rows: Sequence[QueueRow], too_many: bool) -> bool:
        """Mark rows; say so when not all of them found room."""
        fits = self.marks.add(rows) and not too_many
        if not fits:
            self._say_full()
        self.refresh()
        return fits

    def _say_full(self) -> None:
        words = _("{n} tickets are marked, no more: so many can be worked on at once. A filter makes the list shorter.")
        self.post_message(self.Said(words.format(n=len(self.marks))))

    def _collect(
        self,
        read: Callable[[QueueProvider], list[QueueRow] | None],
        then: Callable[[list[QueueRow] | None], None],
    ) -> None:
        """Read rows to mark away from the event loop; nothing comes of it when another list is shown meanwhile."""
        provider, frame = self._provider, self._frame
        if provider is None:
            return

        async def run() -> None:
            try:
                rows = await self._load(lambda: read(provider))
            except Exception as error:  # noqa: BLE001 - a failed query is a banner, never the end of the screen
                self.post_message(self.Failed(error))
                return
            if provider is self._provider and frame <= self._frame:
                then(rows)

        self.run_worker(run(), group="queue-marks", exclusive=True, exit_on_error=False)
