"""What a review says, in Chinese or English: what was late and whose, lessons, follow-up tasks. Text comes raw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from core.accountability.lateness import DECIDERS, DESK, Late, Share
from data.queries.reviews import FollowUpRow, LessonRow, PendingRow, ReviewRow
from data.review_terms import ReviewState
from data.terms import ClockKind, Grade, Holder, Stage, Urgency


class ReviewWords:
    """Says things in one language and zone; `text` hides what a reader may not see."""

    def __init__(self, language: str, zone: str, text: Callable[[str], str]) -> None:
        self.language, self.text = language, text
        self._zone = ZoneInfo(zone)

    def say(self, zh: str, en: str) -> str:
        """One of the two."""
        return en if self.language == "en" else zh

    def at(self, instant: int | None) -> str:
        """An instant to the minute."""
        if instant is None:
            return "--"
        return datetime.fromtimestamp(instant, self._zone).strftime("%Y-%m-%d %H:%M")

    def span(self, seconds: int) -> str:
        """A length of time to the second: 0:07:03."""
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"

    def late(self, late: Late) -> tuple[str, str]:
        """A missed deadline: what it was, and by how much it was missed and whose that is."""
        kind = ClockKind(late.kind).label(self.language)
        label = f"{kind} {late.hand}".strip()
        still = self.say("，仍在超期", ", still running") if late.ended_at is None else ""
        waived = self.say("，申诉已豁免统计", ", waived after an appeal") if late.waived else ""
        due, length = self.at(late.due_at), self.span(late.seconds)
        said = self.say(f"时限 {due}，超 {length}{still}{waived}", f"due {due}, {length} late{still}{waived}")
        whose = self.say("；", "; ").join(self.share(share) for share in late.shares)
        return label, f"{said}\n{self.say('其中', 'of which')} {whose}"

    def share(self, share: Share) -> str:
        """Whose part of the time past a deadline."""
        return f"{self.hands(share.hands, share.name)} {self.span(share.seconds)}"

    def hands(self, kind: str, name: str) -> str:
        """A holder: the unit, or what kind of hands."""
        if kind == DESK:
            return self.say("值班席", "the duty desk")
        if kind == DECIDERS:
            return self.say("审批人", "the deciders")
        holder = next((word for word in Holder if word == kind), None)
        return name or (holder.label(self.language) if holder else kind)

    def state(self, state: str) -> str:
        """The state of a review; none was opened where it is empty."""
        return ReviewState(state).label(self.language) if state else self.say("未复盘", "none yet")

    def review(self, row: ReviewRow) -> list[tuple[str, str]]:
        """A review in labels and values."""
        lines = [
            (self.say("状态", "state"), self.state(row.state)),
            (self.say("开启", "opened"), f"{self.at(row.opened_at)} {row.opened_by}"),
            (self.say("原因", "reason"), self.text(row.reason)),
            (self.say("召开", "held"), self.at(row.held_at) if row.held_at is not None else ""),
            (self.say("参加", "present"), self.text(row.attendance)),
            (self.say("纪要", "minutes"), self.text(row.minutes)),
            (
                self.say("结束", "concluded"),
                f"{self.at(row.concluded_at)} {row.concluded_by}" if row.concluded_at is not None else "",
            ),
            (self.say("结论", "conclusion"), self.text(row.conclusion)),
        ]
        return [(label, said) for label, said in lines if said]

    def lesson(self, row: LessonRow) -> tuple[str, str]:
        """A lesson: its number, when, by whom; what it corrects; its words."""
        corrects = self.say(f" 更正第 {row.corrects} 条", f" corrects {row.corrects}") if row.corrects else ""
        return f"{row.no}  {self.at(row.at)} {row.by}{corrects}", self.text(row.words)

    def follow_up(self, row: FollowUpRow, now: int) -> tuple[str, str]:
        """A follow-up task: its number and ticket; whose, until when, how far."""
        stage = next((word.label(self.language) for word in Stage if word == row.stage), row.stage)
        state = (
            stage
            if row.done_at is None
            else self.say(f"{stage} {self.at(row.done_at)}", f"{stage} {self.at(row.done_at)}")
        )
        late = self.say("，超期", ", late") if row.late(now) else ""
        due = self.at(row.due_at)
        whose = self.say(f"{row.owner_name}，{due} 前，{state}{late}", f"{row.owner_name}, by {due}, {state}{late}")
        return f"{row.no}  {row.child}", f"{self.text(row.words)}\n{whose}"

    def why_major(self, row: PendingRow) -> str:
        """Why a ticket is reviewed."""
        reasons = [Grade(row.grade).label(self.language)] if row.grade else []
        reasons += [Urgency.EMERGENCY.label(self.language)] if row.urgency == Urgency.EMERGENCY else []
        reasons += [self.say("督办", "supervised")] if row.supervised else []
        return self.say("、", ", ").join(reasons) or self.say("提出复盘", "asked for")
