"""Consultations with residents: open, take answers, say what came of it; and what is made public, step by step."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation

from core.desk.meeting_orders import Collect, CollectFile, Conclude, Consult, Given, Publish
from core.desk.verbs.meeting import count, local, the_consultation, the_meeting
from core.desk.work import Decision, Work
from core.rules.local_time import is_date, read_end, read_instant
from core.rules.meetings import CONSULTATIONS, FURTHEST, next_of_consultation
from core.rules.opinions import VOTE_OPTIONS, Answer, Fault, add_up, fault_of, mark_of
from data.clean import clean
from data.errors import BadInput, NotAllowed
from data.meeting_terms import AskKind, AskState
from data.tables import ConsultationRecord

FIGURE_LIMIT = 20


def decide_consult(work: Work, order: Consult) -> Decision:
    """Opened: nothing is taken before `opens` or from `closes` on."""
    zone = work.refs.centre().zone
    opens_at, closes_at = work.at, read_end(order.closes, zone)
    if order.opens:
        opens_at = read_instant(order.opens, zone)
        if is_date(order.opens) and opens_at <= work.at < read_end(order.opens, zone):
            opens_at = work.at
    if opens_at < work.at:
        raise BadInput("ask-past", "开始时间已经过去。", "The opening has passed.")
    if not opens_at < closes_at <= opens_at + FURTHEST:
        raise BadInput("ask-window", "截止须晚于开始，最长一年。", "The end comes after the opening, within a year.")
    options = list(dict.fromkeys(order.options or (VOTE_OPTIONS if order.kind == AskKind.VOTE else ())))
    if order.kind == AskKind.VOTE and len(options) < 2:
        raise BadInput("ask-options", "表决至少要有两个选项。", "A vote needs two options at least.")
    if any(len(option) > 60 for option in options):
        raise BadInput("ask-options", "选项最长 60 个字符。", "An option has 60 characters at most.")
    no = len(work.case.rows("consultation")) + 1
    work.effects.attach(
        "consultation",
        no,
        kind=order.kind.value,
        subject=order.subject,
        body=order.body,
        options=options,
        households=order.households,
        opens_at=opens_at,
        closes_at=closes_at,
        opened_by=work.actor.id,
        next_at=next_of_consultation(closes_at, work.at),
    )
    count(work, CONSULTATIONS, no)
    return work.decision(
        consultation=no,
        kind=order.kind.value,
        text=order.subject,
        opens=local(work, opens_at),
        closes=local(work, closes_at),
        options=options,
        households=order.households or None,
    )


# ------------------------------------------------------------------------------------------------ answers


class Sorted:
    """Answers sorted into new ones, ones that were there, and ones that do not count."""

    def __init__(self, work: Work, asked: ConsultationRecord) -> None:
        """Against what the consultation has already."""
        self._asked, self._now, self._zone = asked, work.at, work.refs.centre().zone
        self._known = {
            row.mark: row.choice for row in work.case.rows("opinion").values() if row.consultation == asked.no
        }
        self.new: list[tuple[str, Answer]] = []
        self.known = 0

    def take(self, given: Given) -> Fault | None:
        """Why an answer does not count, or None where it is new or was there before."""
        try:
            answer = self._answer(given)
        except BadInput as error:
            return Fault(error.code, error.zh.rstrip("。"), error.en.rstrip("."))
        fault = fault_of(self._asked, answer, self._now)
        if fault is not None:
            return fault
        mark = mark_of(self._asked.kind, answer)
        if mark not in self._known:
            self._known[mark] = answer.choice
            self.new.append((mark, answer))
            return None
        if self._asked.kind == AskKind.VOTE and self._known[mark] != answer.choice:
            return Fault("voted", "该户已表决，以第一次为准", "this household has voted already: the first vote counts")
        self.known += 1
        return None

    def _answer(self, given: Given) -> Answer:
        received = given.received.strip()
        at = self._received(received) if received else self._now
        household = unicodedata.normalize("NFKC", given.household)
        one_line = (" ".join(clean(text).split()) for text in (household, given.name, given.choice))
        household, name, choice = one_line
        return Answer(household, at, name, choice, clean(given.words, lines=True).strip())

    def _received(self, text: str) -> int:
        """When it was received. A day alone counts where any part of it lies in the time of the consultation."""
        at = read_instant(text.replace("/", "-"), self._zone)
        if is_date(text) and at < self._asked.opens_at < read_end(text.replace("/", "-"), self._zone):
            return self._asked.opens_at
        return at


def decide_collect(work: Work, order: Collect | CollectFile) -> Decision:
    """Answers are taken while the consultation runs; what was there before changes nothing."""
    asked = running(work, order.consultation)
    found = Sorted(work, asked)
    faults = [fault for fault in map(found.take, order.given()) if fault is not None]
    if isinstance(order, Collect) and faults:
        raise BadInput(f"answer-{faults[0].code}", faults[0].zh + "。", faults[0].en.capitalize() + ".")
    refused = len(faults) + (order.unread if isinstance(order, CollectFile) else 0)
    if not found.new:
        raise BadInput("no-change", "没有新的意见。", "There is no new answer.")
    rows, start = work.case.rows("opinion"), len(work.case.rows("opinion"))
    for step, (mark, answer) in enumerate(found.new, 1):
        work.effects.attach(
            "opinion",
            start + step,
            consultation=asked.no,
            mark=mark,
            household=answer.household,
            name=answer.name,
            choice=answer.choice,
            words=answer.words,
            received_at=answer.received_at,
        )
    old = [row for row in rows.values() if row.consultation == asked.no]
    count = add_up([*old, *(answer for _, answer in found.new)])
    work.effects.attach(
        "consultation",
        asked.no,
        opinions=count.opinions,
        answered=count.answered,
        tally=count.tally,
        refused=refused if isinstance(order, CollectFile) else asked.refused,
    )
    file = {"file": order.file, "digest": order.digest} if isinstance(order, CollectFile) else {}
    return work.decision(
        consultation=asked.no,
        taken=len(found.new),
        known=found.known or None,
        rejected=refused or None,
        opinions=count.opinions,
        **file,
    )


def running(work: Work, number: int | None) -> ConsultationRecord:
    """The consultation that answers are for. Raises NotAllowed before its opening and from its end on."""
    asked = the_consultation(work, number, AskState.OPEN)
    if work.at < asked.opens_at:
        raise NotAllowed(
            "ask-early",
            f"{local(work, asked.opens_at)} 才开始。",
            f"It opens at {local(work, asked.opens_at)}.",
        )
    if work.at >= asked.closes_at:
        raise NotAllowed(
            "ask-over", f"已于 {local(work, asked.closes_at)} 截止。", f"It closed at {local(work, asked.closes_at)}."
        )
    return asked


def decide_conclude(work: Work, order: Conclude) -> Decision:
    """What came of it; only when nothing can come in any more."""
    asked = the_consultation(work, order.consultation)
    if asked.state in (AskState.CONCLUDED, AskState.CALLED_OFF):
        state = AskState(asked.state)
        raise NotAllowed("proceeding-state", f"该次征求意见{state.zh}。", f"The consultation is {state.en} already.")
    if work.at < asked.closes_at:
        raise NotAllowed(
            "ask-runs",
            f"要到 {local(work, asked.closes_at)} 截止后才有结果。",
            f"It runs until {local(work, asked.closes_at)}: there is no result before.",
        )
    before, after = read_figure(order.before), read_figure(order.after)
    if bool(before) != bool(after) or bool(before) != bool(order.unit):
        raise BadInput("figure-part", "前后数值和单位须一并填写。", "Give both figures and their unit, or none.")
    work.effects.attach(
        "consultation",
        asked.no,
        state=AskState.CONCLUDED.value,
        result=order.result,
        concluded_at=work.at,
        before=before,
        after=after,
        unit=order.unit[:40],
        next_at=None,
    )
    return work.decision(
        consultation=asked.no,
        opinions=asked.opinions,
        answered=asked.answered,
        tally=asked.tally,
        result=order.result,
        figure_before=before,
        figure_after=after,
        figure_unit=order.unit[:40],
    )


def read_figure(text: str) -> str:
    """A decimal number as it is stored: 1,400,000 and １４０ are fine. Raises BadInput."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not plain:
        return ""
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise BadInput("figure", "数值无法理解。", "The figure is no number.") from error
    if not number.is_finite() or len(plain) > FIGURE_LIMIT:
        raise BadInput("figure", "数值无法理解。", "The figure is no number.")
    return plain


# ------------------------------------------------------------------------------------------------ publication


def decide_publish(work: Work, order: Publish) -> Decision:
    """A line of the publication log; by default of the newest consultation, else of the newest meeting."""
    if order.meeting and order.consultation:
        raise BadInput("publish-which", "会议和征求意见只能选一个。", "Name a meeting or a consultation, not both.")
    of: dict[str, int] = {}
    if order.consultation or (not order.meeting and work.case.rows("consultation")):
        of["consultation"] = the_consultation(work, order.consultation).no
    else:
        of["meeting"] = the_meeting(work, order.meeting).no
    at = read_instant(order.at, work.refs.centre().zone) if order.at else work.at
    if not work.case.ticket.reported_at <= at <= work.at:
        raise BadInput("publish-time", "公示时间须在登记之后、现在之前。", "It was published after the report, by now.")
    no = len(work.case.rows("publication")) + 1
    work.effects.attach(
        "publication", no, step=order.step.value, place=order.place, published_at=at, words=order.words, **of
    )
    return work.decision(
        item=no, step=order.step.value, place=order.place, text=order.words, published=local(work, at), **of
    )
