"""Why an action cannot run now: for the bottom line, help, palette, and the banner when its key comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.i18n import _
from console.keyboard.table import WORK, Action
from console.permits import ACTIONS

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.screens.duty import DutyScreen

READING = frozenset({"actions", "handover", "card", "review"})
"""Work that an observer may look at: it says itself what is possible."""


def why_not(app: ZhihuiApp, screen: DutyScreen, item: Action) -> str:
    """Why an action cannot run on a screen now, in words; empty when it can, as far as the screen knows.

    What a stage or a role forbids is known to the desk alone: the menu of F7 and the help ask it.
    """
    if item.id in screen.OWN_KEYS:
        return ""
    if screen.NAME not in item.screens:
        return _("not on this screen")
    if item.id == "sign_out" and app.locking.nobody_here():
        return _("nobody has signed in here")
    if ACTIONS.get(item.id) in app.status.rights.barred:
        return _("not for the role of {officer}").format(officer=app.status.officer)
    if app.backend.read_only and (item.id == "intake" or (item.group == WORK and item.id not in READING)):
        return _("this console only observes")
    own = item.id in screen.OWN_CALLS
    if (item.group == WORK or item.id == "open") and not own and screen.ticket() is None:
        return _("no ticket is chosen")
    return ""
