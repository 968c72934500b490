"""What a handover says, in Chinese or English, for paper, command and screen. Text comes masked, names raw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.device_terms import DeviceKind
from data.handover_terms import HandoverPart, HandoverState
from data.meeting_terms import MeetingKind
from data.terms import ClockKind, Grade, Holder, RequestKind, Role, Stage, Term

KINDS: dict[str, type[Term]] = {
    HandoverPart.REQUESTS: RequestKind,
    HandoverPart.MEETINGS: MeetingKind,
    HandoverPart.UPWARD: ClockKind,
    HandoverPart.AWAY: DeviceKind,
    HandoverPart.GLASS: Role,
}
"""What the kind of a line of a list is; of tickets it is that of the nearest deadline and needs no word."""
SIGNS = {HandoverPart.LATE: "!"}


class HandoverWords:
    """Says things in one language and zone."""

    def __init__(self, language: str, zone: str) -> None:
        self.language = language
        self._zone = ZoneInfo(zone)

    def say(self, zh: str, en: str) -> str:
        """One of the two."""
        return en if self.language == "en" else zh

    def at(self, instant: int | None) -> str:
        """An instant to the minute."""
        if instant is None:
            return "--"
        return datetime.fromtimestamp(instant, self._zone).strftime("%m-%d %H:%M")

    def part(self, part: HandoverPart) -> str:
        """The title of a list."""
        return f"{SIGNS[part]} {part.label(self.language)}" if part in SIGNS else part.label(self.language)

    def state(self, state: str) -> str:
        """How far a handover is."""
        return HandoverState(state).label(self.language)

    def people(self, names: Sequence[str]) -> str:
        """Some names."""
        return self.say("、", ", ").join(names) or self.say("（值班表未排）", "(not in the roster)")

    def shift(self, shift: Mapping[str, Any]) -> str:
        """A shift of a pack: its times and people."""
        if shift["from"] is None:
            return self.people(shift["officers"])
        return f"{self.at(shift['from'])} - {self.at(shift['to'])}  {self.people(shift['officers'])}"

    def counts(self, counts: Mapping[str, int]) -> str:
        """The figures of a pack that are not nought, the whole first."""
        whole = self.say(f"未结 {counts[HandoverPart.OPEN]}", f"open {counts[HandoverPart.OPEN]}")
        others = [
            f"{self.part(part)} {counts[part]}" for part in HandoverPart if part != HandoverPart.OPEN and counts[part]
        ]
        return "  ".join([whole, *others])

    def stages(self, stages: Mapping[str, int]) -> str:
        """How many open tickets there are at each stage, in the order of a ticket's life."""
        return "  ".join(f"{stage.label(self.language)} {stages[stage]}" for stage in Stage if stages.get(stage))

    def line(self, part: HandoverPart, line: Mapping[str, Any]) -> tuple[str, str]:
        """A line of a list: what it is about, and what there is to say."""
        if part == HandoverPart.OUTAGES:
            return f"{self.at(line['at'])} - {self.at(line['until'])}", ""
        if part == HandoverPart.GLASS:
            return str(line["who"]), f"{self.at(line['at'])}  {self._kind(part, line)}  {line['title']}"
        words = [self._when(part, line), self._kind(part, line), self._stage(line), self._who(line), line["title"]]
        return line["ticket"], "  ".join(word for word in words if word)

    def _when(self, part: HandoverPart, line: Mapping[str, Any]) -> str:
        if part in (HandoverPart.SUSPENDED, HandoverPart.AWAY):
            if line["until"] is None:
                return self.say("未定期限", "no end set")
            return self.say(f"至 {self.at(line['until'])}", f"until {self.at(line['until'])}")
        if line["at"] is None:
            return ""
        if part == HandoverPart.MEETINGS:
            return self.at(line["at"])
        return self.say(f"限 {self.at(line['at'])}", f"due {self.at(line['at'])}")

    def _kind(self, part: HandoverPart, line: Mapping[str, Any]) -> str:
        terms = KINDS.get(part)
        known = next((term for term in terms or () if term == line["kind"]), None)
        return known.label(self.language) if known is not None else ""

    def _stage(self, line: Mapping[str, Any]) -> str:
        known = next((stage for stage in Stage if stage == line["stage"]), None)
        return known.label(self.language) if known is not None else ""

    def _who(self, line: Mapping[str, Any]) -> str:
        if line["who"].strip():
            return str(line["who"]).strip()
        known = next((holder for holder in Holder if holder == line["holder"]), None)
        return known.label(self.language) if known is not None else ""

    def emergency(self, mode: Mapping[str, Any] | None) -> str:
        """The mode of the centre."""
        if mode is None:
            return self.say("平时", "normal times")
        grade = next((item.label(self.language) for item in Grade if item == mode["grade"]), "")
        by = f"{mode['by']}{self.say(' 代 ', ' for ')}{mode['behalf']}" if mode["behalf"] else mode["by"]
        words = [self.say("战时", "EMERGENCY"), grade, self.at(mode["since"]), by, mode["ticket"], mode["reason"]]
        return "  ".join(word for word in words if word)

    def engine(self, engine: Mapping[str, Any]) -> str:
        """How the engine did."""
        beat = self.say(f"最近心跳 {self.at(engine['beat_at'])}", f"last beat {self.at(engine['beat_at'])}")
        words = [self.say("运行中", "running") if engine["running"] else self.say("! 未运行", "! not running"), beat]
        if engine["overdue"]:
            words.append(self.say(f"! 未执行 {engine['overdue']} 步", f"! {engine['overdue']} steps overdue"))
        if engine["notices_waiting"]:
            amount = engine["notices_waiting"]
            words.append(self.say(f"待发通知 {amount}", f"{amount} notices waiting"))
        if engine["notices_failed"]:
            amount = engine["notices_failed"]
            words.append(self.say(f"! 发送失败 {amount}", f"! {amount} notices failed"))
        return "  ".join(words)

    def backup(self, day: str | None) -> str:
        """The newest daily copy."""
        if day is None:
            return self.say("由数据库服务器管理员负责", "made by the server's administrator")
        return day or self.say("! 还没有每日备份", "! no daily copy yet")
