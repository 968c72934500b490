"""Lines of logs without personal data: messages masked, errors as kind and place, without what they quote."""

from __future__ import annotations

import logging

from console.incidents import places
from data.clean import clean
from data.masking import mask_text


def log_to_stderr() -> None:
    """For what runs without a screen: a service manager keeps what stands on stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogLines())
    logging.getLogger().handlers[:] = [handler]


class LogLines(logging.Formatter):
    """An error's own message may quote a row of the store, so only its kind and where it came from are written."""

    def __init__(self) -> None:
        """Time, level, logger and message."""
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One masked line."""
        record.message = mask_text(clean(record.message))
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        """Kinds and places, a line each."""
        error = ei[1] if isinstance(ei, tuple) else None
        return "\n".join(places(error)) if isinstance(error, BaseException) else ""
