"""Which operation of the table of permissions each action of the screen is."""

from __future__ import annotations

from collections.abc import Mapping

OPEN = "program"
"""What only looks around on the screen that one may have open anyway, or is about the program itself."""

_OF: Mapping[str, str] = {
    OPEN: "help theme themes lock quit palette filter views sort mark mark.range mark.all newest back jump training "
    "repaint " + " ".join(f"view.{digit}" for digit in range(1, 10)),
    "read": "pane.queue pane.dispatch pane.leaders pane.timers open actions next card join plans review meetings",
    "figures": "pane.overview",
    "directory": "pane.roster",
    "registers": "emergency watch devices notices",
    "handover_read": "handover",
    "duty_ask": "duty_asks",
    "rights": "rights",
    "show_field": "show_field",
    "own_account": "sign_out",
    "report": "intake",
    "dispatch": "as_proposed verb.dispatch",
    "undo": "undo",
    "sweep": "verb.sweep",
    "accept": "verb.accept",
    "assess": "verb.assess",
    "return": "verb.return",
    "remind": "verb.remind",
    "take_back": "verb.take_back",
    "grant": "verb.grant",
    "decline": "verb.decline",
    "note": "verb.note",
    "notice": "acknowledge",
}
ACTIONS: Mapping[str, str] = {action: operation for operation, actions in _OF.items() for action in actions.split()}
"""The row of the table for each action; the menu of a ticket asks the desk for each verb besides."""
