"""Leave and exchanges of shifts as the screens show them. Reasons are for those whom they concern, and masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from console.backend.opening import OpenStore
from console.duty_ask_ports import DutyAskRow, DutyAskView, StandInRow
from console.i18n import language
from console.widgets.columns import term
from data.duty_terms import WAITING_ASKS
from data.queries import duty_asks as queries
from data.terms import Role

if TYPE_CHECKING:
    from data.queries.duty_asks import AskLine

SHOWN = 100


class DutyAskBackend(OpenStore):
    """The part of the backend that reads them."""

    def duty_asks(self) -> Sequence[DutyAskRow]:
        """Those that wait first, then the newest."""
        from core.desk.duty_reasons import for_reader

        actor = self.actor() if self.officer else None
        found = queries.asks(self._reader(), self.centre.id, self.seconds())[:SHOWN]
        found.sort(key=lambda line: line.state not in WAITING_ASKS)
        return [_row(for_reader(line, actor)) for line in found]

    def duty_ask(self, number: int) -> DutyAskView:
        """One of them, with who stands in and what is wrong then."""
        from core.desk.duty_reasons import for_reader
        from core.organisation.duty_cover import effect_of

        reader, centre, now = self._reader(), self.centre.id, self.seconds()
        line = for_reader(queries.ask(reader, centre, now, number), self.actor() if self.officer else None)
        stand_ins, gaps = effect_of(reader, centre, now, line)
        spoken = language()
        return DutyAskView(
            _row(line),
            line.asked_by,
            line.decided_by,
            line.words,
            tuple(
                StandInRow(one.name or term(Role, one.subject, spoken), one.from_at, one.to_at, one.people)
                for one in stand_ins
            ),
            tuple((gap.from_at, gap.to_at, en if spoken == "en" else zh) for gap, zh, en, _ in gaps),
        )

    def ask_leave(self, values: Mapping[str, object], key: str) -> str:
        """Ask for leave between two times as they are typed."""
        from console.backend.emergency import do_for_centre
        from core.rules.local_time import read_end, read_instant

        since, until = str(values.get("since") or ""), str(values.get("until") or "")
        begin = read_instant(since, self.centre.zone) if since else self.seconds()
        span = {"from_at": begin, "to_at": read_end(until, self.centre.zone), "reason": values.get("reason", "")}
        return do_for_centre(self.desk(), self.actor(), "leave_ask", span, key)


def _row(line: AskLine) -> DutyAskRow:
    turns = tuple(int(turn["from"]) for turn in line.turns) if line.kind == "exchange" else ()
    return DutyAskRow(
        *(line.id, line.kind, line.state, line.name, line.other_name, line.from_at, line.to_at, turns, line.reason)
    )
