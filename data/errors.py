"""Refusals: what a user asked and the product will not do, said in Chinese and English. Nothing has changed."""

from __future__ import annotations


class Refusal(Exception):
    """An operation that was refused before it changed anything.

    `code` is stable and for scripts; `zh` and `en` are the two sentences; `details` are plain JSON values.
    """

    def __init__(self, code: str, zh: str, en: str, **details: object) -> None:
        super().__init__(f"{zh} / {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.details = details

    def text(self, language: str) -> str:
        """The sentence in a language: `zh` or `en`."""
        return self.en if language == "en" else self.zh


class BadInput(Refusal):
    """Something that was typed or handed over cannot be understood or is not allowed."""


class NotFound(Refusal):
    """What was named does not exist."""


def unknown_ticket(code: str) -> NotFound:
    """The refusal for a ticket that is not there, or that whoever asks does not see: in the same words."""
    shown = code if code.isprintable() else ascii(code)
    return NotFound("ticket-unknown", f"没有事件 {shown}。", f"There is no ticket {shown}.", ticket=code)


class NotAllowed(Refusal):
    """The actor may not do this, or the ticket's stage forbids it."""


class Conflict(Refusal):
    """Somebody else changed the ticket since it was last seen; `details` says what."""


class StoreTrouble(Refusal):
    """The store cannot be opened, read or written: wrong file, full disk, read-only, other version."""
