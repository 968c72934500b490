"""Personal data for the screens: one field in full, and reads on record once in so many minutes."""

from __future__ import annotations

from console.backend.policy_values import PolicyValues
from console.personal_ports import ShownField
from core.rules.personal import PERSONAL, Personal, read_personal
from data.errors import Refusal
from data.masking import mask_text


class PersonalBackend(PolicyValues):
    """The part of the backend that shows personal data and notes who looks."""

    _noted: dict[tuple[str, int | str], int]
    """Until when a read by an officer of a ticket (its id) or of a page counts as noted."""

    def _personal(self) -> Personal:
        try:
            return read_personal(self._policy_body())
        except Refusal:
            return PERSONAL

    def show_field(self, code: str, field: str, reason: str) -> ShownField:
        """Recorded first, read afterwards."""
        from core.desk.orders import read_order
        from core.desk.personal_orders import ShowField
        from core.desk.revealing import reveal_field

        order = read_order(ShowField, {"ticket": code, "field": field, "reason": reason})
        assert isinstance(order, ShowField)
        return ShownField(reveal_field(self.desk(), order, self.actor()), self._personal().show_seconds)

    def read_noted(self, ticket_id: int) -> bool:
        """Nobody who is named reads here, or it was noted a short while ago."""
        return self._is_noted(ticket_id)

    def note_read(self, ticket_id: int) -> None:
        """What the officer does not see is not there, and no read of it is noted."""
        from core.desk.revealing import note_look
        from data.access_terms import AccessKind

        found = self._reader().one(
            "SELECT t.code FROM ticket t WHERE t.centre_id = :centre AND t.id = :ticket",
            centre=self.centre.id,
            ticket=ticket_id,
        )
        if found is None or not self.officer:
            return
        note_look(self.desk(), self.actor(), AccessKind.READ, str(found[0]))
        self._keep_noted(ticket_id)

    def page_noted(self, page: str) -> bool:
        """The same for a page of the centre."""
        return self._is_noted(page)

    def note_page(self, page: str) -> None:
        """As the command of that name does; numbers that a code may hold are masked."""
        from core.desk.revealing import note_look
        from data.access_terms import AccessKind

        if not self.officer:
            return
        note_look(self.desk(), self.actor(), AccessKind.READ, mask_text(page))
        self._keep_noted(page)

    def _is_noted(self, what: int | str) -> bool:
        return not self.officer or self.seconds() < self._noted.get((self.officer, what), 0)

    def _keep_noted(self, what: int | str) -> None:
        now, minutes = self.seconds(), self._personal().read_minutes
        self._noted = {key: until for key, until in self._noted.items() if now < until}
        self._noted[self.officer or "", what] = now + minutes * 60
