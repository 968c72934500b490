"""What hears that another process wrote to the store."""

from __future__ import annotations

from typing import Protocol


class BellListener(Protocol):
    """Becomes readable when the bell rings."""

    def fileno(self) -> int:
        """The descriptor to wait for."""
        ...

    def take(self) -> bool:
        """Take what rang since the last time."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...
