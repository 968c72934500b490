"""An explanation in lines of text, in Chinese or English. Text from outside is cleaned here."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.accountability.explain import ClockExplained, Explanation, LimitOrigin, PieceLine, Recomputed, StepLine
from core.rules.budgets import Budget
from core.rules.policy import grade_of, plain_code
from data.clean import clean
from data.terms import ClockKind, ClockState, Grade, PauseReason, Urgency

NEVER_ZH, NEVER_EN = "未定", "open"
JOINED = "joined: "
"""What the desk writes when a clock stands still because its ticket was joined, before the main one's code."""
REASONS = {"returned": "退单后", "sent back": "再次派回", "rework": "返工"}
"""What the desk writes when a clock goes on where it stood."""


def explain_lines(explanation: Explanation, language: str) -> list[str]:
    """The explanation in lines, `zh` or `en`; instants in the centre's zone, to the second."""
    words = _Words(language, ZoneInfo(explanation.zone))
    lines = [words.say(f"{explanation.code} 时限说明（时区 {explanation.zone}）",
                       f"{explanation.code}: how its deadlines came about (zone {explanation.zone})")]  # fmt: skip
    for clock in explanation.clocks:
        lines.append("")
        lines.extend(words.clock(clock))
    if explanation.recomputed:
        lines.extend(["", words.say("重新计算的时限：", "Deadlines set anew:")])
        lines.extend(words.recomputed(line) for line in explanation.recomputed)
    if not explanation.clocks:
        lines.append(words.say("没有计时。", "It has no clocks."))
    return lines


class _Words:
    """Says things in one language and zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language
        self.zone = zone

    def say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def at(self, instant: int | None) -> str:
        if instant is None:
            return self.say(NEVER_ZH, NEVER_EN)
        return datetime.fromtimestamp(instant, self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def span(self, seconds: int) -> str:
        sign, left = ("-" if seconds < 0 else ""), abs(seconds)
        return f"{sign}{left // 3600}:{left % 3600 // 60:02}:{left % 60:02}"

    def limit(self, text: str) -> str:
        return Budget.parse(text, zero=True).label(self.language)

    def clock(self, clock: ClockExplained) -> list[str]:
        kind, state = ClockKind(clock.kind).label(self.language), ClockState(clock.state).label(self.language)
        unit = f" · {clean(clock.unit, 60)}" if clock.unit else ""
        lines = [f"【{kind}】{unit.removeprefix(' · ')} {state}".replace("】 ", "】")]
        if self.language == "en":
            lines = [f"[{kind}]{unit} {state}"]
        lines.append("  " + self.origin(clock.limit))
        lines.append("  " + self.calendar(clock))
        lines.extend("    " + self.piece(piece, clock.stopped_at) for piece in clock.pieces)
        lines.append("  " + self.deadline(clock))
        lines.extend("    " + self.step(step) for step in clock.fired)
        if clock.next_at is not None:
            name = clean(clock.next_step, 40)
            ladder = self.ladder(clock.ladder)
            lines.append(self.say(f"  下一步：{self.at(clock.next_at)} {name}（升级链 {ladder}）",
                                  f"  next: {self.at(clock.next_at)} {name} (ladder {ladder})"))  # fmt: skip
        return lines

    def ladder(self, code: str) -> str:
        """A ladder's code, and the mode whose pace it has."""
        grade = next((item for item in Grade if item == grade_of(code)), None)
        plain = clean(plain_code(code), 40)
        if grade is None:
            return plain
        return plain + self.say(f"，战时{grade.numeral}级加快", f", faster at grade {grade.numeral}")

    def origin(self, limit: LimitOrigin) -> str:
        said = self.say("时限：", "limit: ") + self.limit(limit.text)
        if limit.kind == "matter":
            condition = clean(limit.condition if self.language == "zh" else limit.condition_en or limit.condition, 80)
            name = clean(limit.matter_name, 60)
            return said + self.say(
                f"，事项 {limit.matter} {name}，立案条件“{condition}”，目录第 {limit.catalogue_version} 版",
                f", matter {limit.matter} {name}, condition {condition!r}, catalogue version {limit.catalogue_version}",
            )
        if limit.kind == "policy":
            urgency = Urgency(limit.urgency).label(self.language)
            return said + self.say(
                f"，政策第 {limit.policy_version} 版，紧急程度“{urgency}”",
                f", policy version {limit.policy_version}, urgency {urgency}",
            )
        if limit.kind == "plan":
            return said + self.say(f"，预案 {clean(limit.plan, 40)} 的时限", f", of plan {clean(limit.plan, 40)}")
        if limit.kind == "joined":
            return said + self.say(
                f"，随并入的 {clean(limit.joined, 40)} 带来；各时限同时计，最早的先到",
                f", brought by {clean(limit.joined, 40)}, joined in; all run, the earliest counts",
            )
        if limit.kind == "upward":
            grade = next((item.label(self.language) for item in Grade if item == limit.grade), "")
            return said + self.say(
                f"，政策第 {limit.policy_version} 版，{grade}的报送时限",
                f", policy version {limit.policy_version}, what {grade} owes upward",
            )
        return said + self.say("，随事件带入的原定时限", ", the deadline it came with")

    def calendar(self, clock: ClockExplained) -> str:
        if not clock.calendar:
            return self.say("昼夜连续计算，节假日不停", "counted through nights and holidays")
        note = self.say("，含尚未公布的年份，暂定", ", beyond the last official year: provisional")
        return self.say(
            f"按日历 {clock.calendar} 第 {clock.calendar_version} 版计算工作时间",
            f"counted in working time of calendar {clock.calendar}, version {clock.calendar_version}",
        ) + (note if clock.provisional else "")

    def piece(self, piece: PieceLine, stopped_at: int | None) -> str:
        """A stretch; what lies behind the stop is the time that was left, not time that was used."""
        stretch = f"{self.at(piece.since)} → {self.at(piece.until)}"
        if piece.kind == "work" and stopped_at is not None and piece.since >= stopped_at:
            return self.say(
                f"{stretch}  剩 {self.span(piece.seconds)}，累计 {self.span(piece.total)}",
                f"{stretch}  left {self.span(piece.seconds)}, together {self.span(piece.total)}",
            )
        if piece.kind == "work":
            return self.say(
                f"{stretch}  计 {self.span(piece.seconds)}，累计 {self.span(piece.total)}",
                f"{stretch}  counted {self.span(piece.seconds)}, together {self.span(piece.total)}",
            )
        title = self.say("暂停", "paused") if piece.kind == "pause" else self.say("在他人手中", "in other hands")
        why = self.say("：", ": ") + self.reason(piece.reason) if piece.reason else ""
        by = self.say(f"（{clean(piece.by, 40)}）", f" ({clean(piece.by, 40)})") if piece.by else ""
        return f"{stretch}  {title}{why}{by}"

    def reason(self, stored: str) -> str:
        """Why a stretch does not count: the desk's own words, or a pause's code and what was written with it."""
        if stored.startswith(JOINED):
            code = clean(stored.removeprefix(JOINED), 40)
            return self.say(f"并入 {code}", f"joined into {code}")
        if stored in REASONS:
            return self.say(REASONS[stored], stored)
        code, _, text = stored.partition(": ")
        if code in set(PauseReason):
            stored = f"{PauseReason(code).label(self.language)}{self.say('，', ', ')}{text}"
        return clean(stored, 120)

    def deadline(self, clock: ClockExplained) -> str:
        said = self.say(f"到期：{self.at(clock.due_at)}", f"due: {self.at(clock.due_at)}")
        if clock.warn_at is not None and clock.warn_share is not None:
            share = f"{clock.warn_share:.0%}"
            said += self.say(
                f"；预警：{self.at(clock.warn_at)}（用去 {share}）",
                f"; pre-warning: {self.at(clock.warn_at)} ({share} used)",
            )
        if clock.stopped_at is not None:
            said += self.say(f"；停止：{self.at(clock.stopped_at)}", f"; stopped: {self.at(clock.stopped_at)}")
        return said

    def step(self, step: StepLine) -> str:
        told = "、".join(clean(name, 40) for name in step.told) or self.say("无人", "nobody")
        passed = "；".join(f"{clean(name, 40)}（{clean(why, 60)}）" for name, why in step.skipped)
        late = self.say("，停机后补做", ", caught up after an outage") if step.caught_up else ""
        said = self.say(f"{self.at(step.fired_at)} {step.step} → {told}{late}",
                        f"{self.at(step.fired_at)} {step.step} → {told}{late}")  # fmt: skip
        return said + (self.say(f"；跳过：{passed}", f"; passed over: {passed}") if passed else "")

    def recomputed(self, line: Recomputed) -> str:
        # The table of verbs brings the whole desk with it: most explanations do without.
        from core.desk.verbs.table import VERBS

        kind, verb = ClockKind(line.clock).label(self.language), VERBS.get(line.verb)
        unit = f" {clean(line.unit, 60)}" if line.unit else ""
        done = self.say(verb.zh, verb.en) if verb else line.verb
        limit = ""
        if line.limit_before != line.limit_after:
            limit = f" ({self.limit(line.limit_before)} → {self.limit(line.limit_after)})"
        return f"  {self.at(line.at)} {clean(line.actor, 40)} {done}: {kind}{unit} " + (
            f"{self.at(line.before)} → {self.at(line.after)}{limit}"
        )
