"""How far somebody sees: a plain value that the rule makes (`core.rules.visibility`) and the reader goes by."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Scope:
    """How far an officer sees. Units, communities and grids are ids; sections are codes."""

    def __init__(
        self,
        officer_id: int | None,
        whole: bool = False,
        sections: Iterable[str] = (),
        units: Iterable[int] = (),
        communities: Iterable[int] = (),
        grids: Iterable[int] = (),
        urgent: bool = False,
        counts: bool = False,
        contacts: bool = False,
        nothing: bool = False,
    ) -> None:
        """`whole`: every ticket; `urgent`: the open urgent ones; `counts`: the centre's kept counters as they are.

        `contacts`: who called is seen beyond the life of an own task.
        """
        self.officer_id = officer_id
        self.whole = whole
        self.sections = tuple(sorted(sections))
        self.units = tuple(sorted(units))
        self.communities = tuple(sorted(communities))
        self.grids = tuple(sorted(grids))
        self.urgent = urgent
        self.counts = whole or counts
        self.contacts = whole or contacts or nothing
        self.nothing = nothing


NOBODY = Scope(None, whole=True)
"""A single terminal at which nobody is named, a wall, an observer: all tickets, and of confidential ones no content."""

NOTHING = Scope(0, nothing=True)
"""A console at which nobody has signed in yet: no ticket at all."""

URGENT = ("emergency", "urgent")
LIVE = ("sent", "acknowledged", "arrived")
GIVEN = (*LIVE, "done", "returned")
"""A task that was given and not taken away again."""
