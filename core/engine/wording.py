"""What the ladder says to people, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.rules.case import Case
from core.rules.cover import Cover
from core.rules.ladder import Step
from data.instants import from_seconds
from data.meeting_terms import Act, AskKind, MeetingKind
from data.tables import ClockRecord, ConsultationRecord, MeetingRecord
from data.terms import ClockKind, CoverReason

SUMMARY_MIN = 2
"""From this many steps of one ticket to one person on, one summary is sent instead."""


@dataclass(frozen=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str


def step_words(case: Case, clock: ClockRecord, step: Step, now: int, zone: ZoneInfo) -> Words:
    """What a step says to whom it reaches."""
    kind = ClockKind(clock.kind)
    zh, en = _state(clock, now, zone)
    if step.action == "climb":
        zh, en = f"{zh}，请您督促解决", f"{en}: you answer for it as well now"
    elif step.action == "handup":
        zh, en = f"{zh}，提请区级介入", f"{en}: the district is asked to step in"
    name = _name(case)
    return Words(f"{case.ticket.code} {kind.zh}{zh}{name.zh}", f"{case.ticket.code} {kind.en} clock {en}{name.en}")


def summary_words(last: Words, steps: int) -> Words:
    """Several steps of one ticket in one sentence: how many, and where the ladder stands now."""
    earlier = steps - 1
    return Words(
        f"{last.zh}（含此前 {earlier} 次未及时的提醒）", f"{last.en} (stands for {earlier} earlier ones that were late)"
    )


def nobody_words(words: Words) -> Words:
    """What every screen shows when a step reached nobody at all."""
    return Words(f"{words.zh}；无人在岗可通知", f"{words.en}; nobody on duty could be told")


def stood_in_words(case: Case, a: str, cover: Cover) -> Words:
    """To B, who has the ticket now."""
    why, name = _cover_reason(cover), _name(case)
    return Words(
        f"{case.ticket.code} 由您接手（A岗 {a}，{why.zh}）{name.zh}",
        f"{case.ticket.code} is yours now, for {a} of post A ({why.en}){name.en}",
    )


def taken_over_words(case: Case, b: str, cover: Cover) -> Words:
    """To A, whose ticket B has now."""
    why, name = _cover_reason(cover), _name(case)
    return Words(
        f"{case.ticket.code} 已由B岗 {b} 接手（{why.zh}）{name.zh}",
        f"{case.ticket.code} was taken over by {b} of post B ({why.en}){name.en}",
    )


def given_back_words(case: Case, a: str, b: str) -> Words:
    """To both, when a ticket goes back by itself."""
    name = _name(case)
    return Words(
        f"{case.ticket.code} 由B岗 {b} 交回A岗 {a}{name.zh}",
        f"{case.ticket.code} goes back from {b} of post B to {a} of post A{name.en}",
    )


def _cover_reason(cover: Cover) -> Words:
    reason = CoverReason(cover.why)
    if reason == CoverReason.SILENT:
        return Words(f"{cover.minutes} 分钟未签收", f"no acknowledgement for {cover.minutes} min")
    return Words(reason.zh, reason.en)


def meeting_words(case: Case, meeting: MeetingRecord, act: Act, zone: ZoneInfo) -> Words:
    """To those who were called before a meeting; after it, to whoever called it."""
    kind, name = MeetingKind(meeting.kind), _name(case)
    if act == Act.ASK_MINUTES:
        return Words(
            f"{case.ticket.code} {kind.zh}还没有纪要，请补记{name.zh}",
            f"{case.ticket.code}: the {kind.en} has no minutes yet{name.en}",
        )
    at = from_seconds(meeting.meets_at).astimezone(zone).strftime("%m-%d %H:%M")
    return Words(
        f"{case.ticket.code} {kind.zh} {at} 在{meeting.place}召开{name.zh}",
        f"{case.ticket.code}: {kind.en} {at}, {meeting.place}{name.en}",
    )


def consultation_words(case: Case, asked: ConsultationRecord, act: Act) -> Words:
    """To whoever opened a consultation and to the unit that has the ticket: it ends soon, or has ended."""
    kind, name = AskKind(asked.kind), _name(case)
    zh = f"收到 {asked.opinions} 条，{asked.answered} 户"
    en = f"{asked.opinions} answers of {asked.answered} households"
    if act == Act.CLOSE:
        return Words(
            f"{case.ticket.code} {kind.zh}已截止，{zh}，请写结果{name.zh}",
            f"{case.ticket.code}: the {kind.en} closed with {en}: conclude it{name.en}",
        )
    return Words(
        f"{case.ticket.code} {kind.zh}将在一天内截止，{zh}{name.zh}",
        f"{case.ticket.code}: the {kind.en} closes within a day, {en} so far{name.en}",
    )


def duration_words(seconds: int) -> Words:
    """A length of time in its two largest units: 1 天 2 小时, 1 d 2 h."""
    days, rest = divmod(max(seconds, 0), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, "天", "d"), (hours, "小时", "h"), (minutes, "分", "min"), (rest, "秒", "s")]
    first = next((place for place, part in enumerate(parts) if part[0]), 3)
    shown = [part for part in parts[first : first + 2] if part[0]] or [parts[3]]
    if len(shown) > 1 and shown[1][1] == "秒":
        shown = shown[:1]
    return Words(" ".join(f"{n} {zh}" for n, zh, _ in shown), " ".join(f"{n} {en}" for n, _, en in shown))


def _state(clock: ClockRecord, now: int, zone: ZoneInfo) -> tuple[str, str]:
    due = clock.due_at or now
    at = from_seconds(due).astimezone(zone).strftime("%m-%d %H:%M")
    if now < due:
        left = duration_words(due - now)
        return f"将于 {at} 到期（还有 {left.zh}）", f"is due {at} (in {left.en})"
    late = duration_words(now - due)
    if now == due:
        return f"已到期（{at}）", f"is due now ({at})"
    return f"已超期 {late.zh}", f"is overdue by {late.en}"


def _name(case: Case) -> Words:
    ticket = case.ticket
    if ticket.confidential:
        return Words("：保密事件", " — confidential")
    return Words(f"：{ticket.title}", f" — {ticket.title}") if ticket.title else Words("", "")
