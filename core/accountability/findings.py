"""What an audit finds."""

from __future__ import annotations

from typing import Any, NamedTuple

from data.tables import OF_CENTRE, OF_TICKET

Place = str
"""What a row is: a key of the words below, or of `data.tables.projected`."""


class Finding(NamedTuple):
    """One disagreement: where, which row, which field, what the log says, what is stored.

    `number` is the event's number for the chain, the row's id or segment number otherwise. `ticket` is the ticket's
    code where it is known, else its id.
    """

    place: Place
    number: int | str
    ticket: int | str | None
    field: str
    expected: Any
    found: Any

    def text(self, language: str) -> str:
        """One line, `zh` or `en`. Values are shortened; they may be text from outside and need cleaning on display."""
        expected, found = _short(self.expected), _short(self.found)
        ticket = "" if self.ticket is None else str(self.ticket)
        if language == "en":
            of = f" of ticket {ticket}" if ticket else ""
            return f"{self.place} {self.number}{of}, {self.field}: expected {expected}, found {found}"
        of = f"（事件 {ticket}）" if ticket else ""
        return f"{_PLACES[self.place]} {self.number}{of} {self.field}：应为 {expected}，实为 {found}"


_PLACES = {
    "chain": "日志",
    "head": "日志末尾",
    "anchor": "打印的链头",
    "organisation": "机构变更记录",
    "organisation_head": "机构变更记录末尾",
    "organisation_anchor": "留存的机构变更链头",
    "access": "访问记录",
    "access_head": "访问记录末尾",
    "access_anchor": "留存的访问记录链头",
    "event": "日志",
    "ticket": "事件",
    "task": "任务",
    "clock": "计时",
    "custody": "持有时段",
    "clock_due": "待触发行",
    "ladder_step": "升级步骤凭证",
    "notice": "通知",
    "counter": "计数",
    **{kind: projected.zh for kind, projected in (OF_CENTRE | OF_TICKET).items()},
}
MISSING = "(missing)"
"""Stands for a row that is not there."""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:78] + ".."
