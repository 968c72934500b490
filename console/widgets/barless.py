"""A view that scrolls without bars: how much it holds moves nothing else on the screen."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView


class Barless(ScrollView):
    """Holds more or less without laying out the screen anew, which costs more than drawing the change.

    Only a view whose own height follows what it holds, or that begins or ceases to scroll, asks for a layout.
    """

    virtual_size = Reactive(Size(0, 0), repaint=False)

    def watch_virtual_size(self, old: Size, new: Size) -> None:
        """What the view holds has another size."""
        if old == new:
            return
        scrolls = new.height > self.container_size.height
        if self.styles.is_auto_height or scrolls != self.show_vertical_scrollbar:
            self.refresh(layout=True)
        elif new.height < old.height:
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
