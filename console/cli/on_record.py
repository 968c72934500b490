"""Commands that print pages which name citizens, or hand such out: on record before anything is printed.

Tickets' own pages say so themselves (`console.cli.ticket_record.note_read`); lists are masked and not on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from data.masking import mask_text

if TYPE_CHECKING:
    from console.cli.session import Session

_OF_TICKET = frozenset(
    (
        *("meeting show", "consult show", "consult opinions", "mediate show", "emergency report"),
        "review export",
    )
)
_OF_CENTRE = frozenset(
    (
        *("hazard show", "hazard export", "phone show", "phone list", "device show", "device export", "emergency log"),
        *("handover show", "handover print", "handover export"),
    )
)
PAGES = _OF_TICKET | _OF_CENTRE
"""Every command that is put on record here."""


def note_page(session: Session, path: str, given: Mapping[str, Any]) -> None:
    """Write down that the officer who is named is about to see a page. Raises StoreTrouble, and it is not printed."""
    if path not in PAGES or not (session.officer or "").strip():
        return
    from console.cli.ticket_codes import whole_code
    from core.desk.revealing import note_look
    from data.access_terms import AccessKind

    kind = AccessKind.EXPORTED if path.endswith(("export", "print")) else AccessKind.READ
    if path in _OF_TICKET and given.get("code"):
        note_look(session.desk(), session.actor(), kind, whole_code(session, str(given["code"])), part=path)
        return
    item = given.get("number") or given.get("code") or ""
    note_look(session.desk(), session.actor(), kind, mask_text(f"{path} {item}".strip()))
