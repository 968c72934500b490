"""Meetings about a ticket: classify the affair, call a meeting, put it off, take attendance, write the minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from core.desk.hands import Found, Hand, refuse_doubles
from core.desk.meeting_orders import Attend, Classify, Convene, Minutes, PutOff
from core.desk.work import Decision, Work
from core.rules.local_time import is_date, read_end, read_instant
from core.rules.meetings import (
    EARLY,
    FURTHEST,
    MEETINGS,
    next_of_consultation,
    next_of_meeting,
    proposed_meeting,
    refusal_of_convening,
)
from data.errors import BadInput, NotAllowed, NotFound
from data.instants import from_seconds
from data.masking import mask_text
from data.meeting_terms import AskState, Attendance, MeetingKind, MeetingState
from data.tables import AttendeeRecord, ConsultationRecord, MeetingRecord
from data.terms import Severity, TaskRole

NOTICE = "meeting"
MOST_PEOPLE = 100_000


def decide_classify(work: Work, order: Classify) -> Decision:
    """Which kind of affair it is."""
    before = work.case.ticket.affair
    if before == order.affair.value:
        raise BadInput("no-change", f"已是{order.affair.zh}。", f"It is a {order.affair.en} already.")
    work.effects.set["affair"] = order.affair.value
    meeting = proposed_meeting(order.affair.value)
    return work.decision(affair=order.affair.value, meets=meeting, was=before, reason=order.reason)


# ------------------------------------------------------------------------------------------------ call


def decide_convene(work: Work, order: Convene) -> Decision:
    """Called: those named are told when, where and what about."""
    proposed = proposed_meeting(work.case.ticket.affair)
    kind = order.kind or proposed
    if kind is None:
        raise BadInput(
            "meeting-which",
            "还没有分类为公事、家事或共事，请先分类，或写明会议类别。",
            "The affair is not classified: classify it, or name the kind of meeting.",
        )
    if proposed not in (None, kind) and not order.reason and kind != MeetingKind.CONSULTATION:
        raise BadInput(
            "meeting-other",
            f"按分类应开{proposed.zh}；改开{kind.zh}须写明原因。",
            f"The class asks for a {proposed.en}; a {kind.en} needs a reason.",
        )
    why = refusal_of_convening(kind, work.actor.roles)
    if why is not None:
        raise NotAllowed(why.code, why.zh + "。", why.en + ".")
    meets_at = _time_of(work, order.at)
    no = add_meeting(work, kind, meets_at, order.place, order.agenda, order.reason)
    hands = find_hands(work, order.call)
    outside = read_outside(order.outside)
    if not hands and not outside:
        raise BadInput("nobody-called", "没有说明通知谁参会。", "Nobody is called.")
    number = add_attendees(work, no, hands, outside)
    text = f"{kind.zh}，{local(work, meets_at)}，{order.place}", f"{kind.en}, {local(work, meets_at)}, {order.place}"
    _tell_called(work, hands, "请参会", "you are called to a", *text)
    return work.decision(
        meeting=no,
        kind=kind.value,
        when=local(work, meets_at),
        place=order.place,
        text=order.agenda,
        called=number,
        reason=order.reason,
    )


def add_meeting(
    work: Work, kind: MeetingKind, meets_at: int, place: str, agenda: str, reason: str = "", **fields: Any
) -> int:
    """A new meeting; its number."""
    no = len(work.case.rows("meeting")) + 1
    row = {
        "kind": kind.value,
        "state": MeetingState.CONVENED.value,
        "meets_at": meets_at,
        "place": place,
        "agenda": agenda,
        "reason": reason,
        "convened_by": work.actor.id,
        "convened_at": work.at,
        "next_at": next_of_meeting(meets_at, work.at),
    }
    work.effects.attach("meeting", no, **row | fields)
    count(work, MEETINGS, no)
    return no


def count(work: Work, what: str, number: int) -> None:
    """Keep on the ticket how many there are: what can be done next is known without reading them."""
    work.effects.set["facts"] = {**work.effects.set.get("facts", work.case.ticket.facts), what: number}


def find_hands(work: Work, named: Sequence[str]) -> list[Found]:
    """Units and officers by name, each once."""
    hands = [work.finder.find(Hand.read(text, TaskRole.INFORM)) for text in named]
    refuse_doubles(hands)
    return hands


def read_outside(named: Iterable[str]) -> list[tuple[str, int]]:
    """People in words and how many they are; the same words twice are one."""
    found: dict[str, int] = {}
    for text in named:
        name, people, note = split_name(text)
        if note:
            shown = mask_text(name)
            raise BadInput(
                "outside-count",
                f"“{shown}=”后面应是人数，1 到 {MOST_PEOPLE}。",
                f"Behind “{shown}=” there must be a number of people, 1 to {MOST_PEOPLE}.",
            )
        found[name] = people
    return list(found.items())


def split_name(text: str) -> tuple[str, int, str]:
    """A name, how many people it stands for, and what else is said behind `=`. Raises BadInput for no name."""
    name, _, said = (part.strip() for part in text.replace("＝", "=").partition("="))
    if not name:
        raise BadInput("hand-empty", "没有说明是谁。", "It does not say who is meant.")
    if said.isdecimal() and len(said) < 10:
        people = int(said)
        if not 1 <= people <= MOST_PEOPLE:
            raise BadInput("outside-count", f"人数须为 1 到 {MOST_PEOPLE}。", f"People: 1 to {MOST_PEOPLE}.")
        return name, people, ""
    return name, 1, said


def add_attendees(
    work: Work, meeting: int, hands: Sequence[Found], outside: Sequence[tuple[str, int]], **fields: Any
) -> int:
    """New lines of an attendance list; how many."""
    made = work.effects.attached.get("attendee", ())
    no = len(work.case.rows("attendee")) + sum(1 for row in made if row["no"] > len(work.case.rows("attendee")))
    lines: list[dict[str, Any]] = [
        {"unit_id": hand.unit.id, "officer_id": hand.person.id if hand.person else None} for hand in hands
    ]
    lines += [{"outside": name, "people": people} for name, people in outside]
    for step, line in enumerate(lines, 1):
        work.effects.attach("attendee", no + step, meeting=meeting, **line | fields)
    return len(lines)


# ------------------------------------------------------------------------------------------------ put off, call off


def decide_put_off(work: Work, order: PutOff) -> Decision:
    """Another time, or none any more; those called hear of it."""
    if order.meeting and order.consultation:
        raise BadInput("put-off-which", "会议和征求意见只能选一个。", "Name a meeting or a consultation, not both.")
    if order.off and (order.at or order.place):
        raise BadInput("put-off-how", "取消时不写时间地点。", "What is called off has no time or place.")
    rows = work.case.rows("meeting").values()
    no_meeting = not order.meeting and all(row.state != MeetingState.CONVENED for row in rows)
    if order.consultation or (no_meeting and work.case.rows("consultation")):
        return _prolong(work, order)
    meeting = the_meeting(work, order.meeting, MeetingState.CONVENED)
    if order.off:
        work.effects.attach(
            "meeting", meeting.no, state=MeetingState.CALLED_OFF.value, reason=order.reason, next_at=None
        )
        tell_attendees(work, meeting, f"取消：{order.reason}", f"called off: {order.reason}")
        return work.decision(meeting=meeting.no, off=True, reason=order.reason)
    if not order.at:
        raise BadInput("put-off-how", "请写明新的时间，或取消。", "Say the new time, or that it is called off.")
    meets_at, place = _time_of(work, order.at), order.place or meeting.place
    work.effects.attach(
        "meeting",
        meeting.no,
        meets_at=meets_at,
        place=place,
        put_off=meeting.put_off + 1,
        reason=order.reason,
        next_at=next_of_meeting(meets_at, work.at),
    )
    when = f"{local(work, meets_at)}，{place}", f"{local(work, meets_at)}, {place}"
    tell_attendees(work, meeting, f"改为 {when[0]}", f"now {when[1]}")
    return work.decision(
        meeting=meeting.no,
        was=local(work, meeting.meets_at),
        when=local(work, meets_at),
        place=place,
        reason=order.reason,
    )


def _prolong(work: Work, order: PutOff) -> Decision:
    """A consultation may last longer than was said, never shorter: residents rely on its end."""
    asked = the_consultation(work, order.consultation, AskState.OPEN)
    if order.off:
        work.effects.attach(
            "consultation", asked.no, state=AskState.CALLED_OFF.value, reason=order.reason, next_at=None
        )
        return work.decision(consultation=asked.no, off=True, reason=order.reason)
    if order.place or not order.at:
        raise BadInput("put-off-how", "请写明新的截止时间。", "Say the new end.")
    closes_at = read_end(order.at, work.refs.centre().zone)
    if work.at >= asked.closes_at:
        raise NotAllowed("ask-over", "已经截止，不能延长。", "It is closed: it cannot be prolonged.")
    if not asked.closes_at < closes_at <= asked.opens_at + FURTHEST:
        raise BadInput("ask-shorter", "截止时间只能推后，总共不超过一年。", "The end can only be later, within a year.")
    work.effects.attach(
        "consultation",
        asked.no,
        closes_at=closes_at,
        reason=order.reason,
        next_at=next_of_consultation(closes_at, work.at),
    )
    return work.decision(
        consultation=asked.no, was=local(work, asked.closes_at), closes=local(work, closes_at), reason=order.reason
    )


# ------------------------------------------------------------------------------------------------ attendance, minutes


def decide_attend(work: Work, order: Attend) -> Decision:
    """Attendance; who came uncalled is added to the list."""
    given = {
        Attendance.CAME: order.came,
        Attendance.SENT: order.sent,
        Attendance.EXCUSED: order.excused,
        Attendance.ABSENT: order.absent,
    }
    if not any(given.values()) and not order.outside:
        raise BadInput(
            "nobody-named",
            "没有说明谁到会：请写明到会、派人、请假或缺席的单位、人员。",
            "Nobody is named: say who came, sent somebody, was excused or absent.",
        )
    meeting = the_meeting(work, order.meeting)
    if meeting.state == MeetingState.CALLED_OFF:
        raise NotAllowed("meeting-off", "会议已取消。", "The meeting was called off.")
    early = work.at < meeting.meets_at - EARLY
    if early and (order.came or order.sent or order.absent or order.outside):
        raise NotAllowed(
            "meeting-early",
            f"会议 {local(work, meeting.meets_at)} 才召开，现在只能登记请假。",
            f"The meeting is at {local(work, meeting.meets_at)}: only excuses can be noted yet.",
        )
    _mark(work, meeting, given)
    if order.outside:
        add_attendees(work, meeting.no, [], read_outside(order.outside), state=Attendance.CAME.value)
    if not early and meeting.state == MeetingState.CONVENED and (order.came or order.sent or order.outside):
        work.effects.attach("meeting", meeting.no, state=MeetingState.HELD.value)
    return work.decision(
        meeting=meeting.no, **{state.value: names for state, names in given.items()}, outside=order.outside
    )


def _mark(work: Work, meeting: MeetingRecord, given: dict[Attendance, list[str]]) -> None:
    lines = [row for row in work.case.rows("attendee").values() if row.meeting == meeting.no]
    marked: set[Any] = set()
    for state, names in given.items():
        for text in names:
            name, people, note = split_name(text)
            line, hand = _line_of(work, lines, name)
            key = line.no if line is not None else hand.key if hand is not None else name
            if key in marked:
                raise BadInput("unit-twice", f"{name} 出现了两次。", f"“{name}” is named twice.")
            marked.add(key)
            said = {"state": state.value, "note": note, **({"people": people} if people > 1 else {})}
            if line is not None:
                work.effects.attach("attendee", line.no, **said)
            else:
                add_attendees(work, meeting.no, [hand] if hand else [], [], **said)


def _line_of(work: Work, lines: Sequence[AttendeeRecord], name: str) -> tuple[AttendeeRecord | None, Found | None]:
    """The line of the list that a name means, else the unit or officer who was not called."""
    outside = next((line for line in lines if line.outside == name), None)
    if outside is not None:
        return outside, None
    try:
        hand = work.finder.find(Hand.read(name, TaskRole.INFORM))
    except NotFound as unknown:
        known = "、".join(mask_text(line.outside) for line in lines if line.outside)
        shown = mask_text(name)
        raise NotFound(
            "attendee-unknown",
            f"名单上没有“{shown}”，也没有这个单位或人员；名单外的群众请用 outside。名单上的群众：{known or '无'}。",
            f"“{shown}” is neither on the list nor a unit or officer; others from outside go under outside."
            f" From outside there are: {known or 'none'}.",
        ) from unknown
    return next((line for line in lines if (line.unit_id, line.officer_id) == hand.key), None), hand


def decide_minutes(work: Work, order: Minutes) -> Decision:
    """The minutes; the meeting is held by that."""
    meeting = the_meeting(work, order.meeting)
    if meeting.state == MeetingState.CALLED_OFF:
        raise NotAllowed("meeting-off", "会议已取消。", "The meeting was called off.")
    if work.at < meeting.meets_at:
        at = local(work, meeting.meets_at)
        raise NotAllowed(
            "meeting-early",
            f"会议 {at} 才召开，之后再写纪要。",
            f"The meeting is at {at}: minutes can be written from then on.",
        )
    write_minutes(work, meeting.no, order.text)
    return work.decision(meeting=meeting.no, text=order.text)


def write_minutes(work: Work, meeting: int, text: str) -> None:
    """Held, with these minutes; nobody need be reminded any more."""
    work.effects.attach(
        "meeting", meeting, state=MeetingState.HELD.value, minutes=text, minutes_at=work.at, next_at=None
    )


# ------------------------------------------------------------------------------------------------ shared


def the_meeting(work: Work, number: int | None, state: MeetingState | None = None) -> MeetingRecord:
    """The meeting of a number, else the newest (in a state, if given). Raises BadInput where there is none."""
    named = f"第 {number} 次会议" if number else "会议", f"meeting {number}" if number else "meeting"
    found: MeetingRecord = _the_row(
        work.case.rows("meeting"), number, lambda row: state is None or row.state == state, named, state
    )
    return found


def the_consultation(work: Work, number: int | None, state: AskState | None = None) -> ConsultationRecord:
    """The consultation of a number, else the newest (in a state, if given). Raises BadInput where there is none."""
    named = (
        f"第 {number} 次征求意见" if number else "征求意见",
        f"consultation {number}" if number else "consultation",
    )
    found: ConsultationRecord = _the_row(
        work.case.rows("consultation"), number, lambda row: state is None or row.state == state, named, state
    )
    return found


def _the_row(
    rows: dict[int, Any],
    number: int | None,
    fits: Callable[[Any], bool],
    named: tuple[str, str],
    state: MeetingState | AskState | None,
) -> Any:
    if number is not None and number in rows:
        if fits(rows[number]):
            return rows[number]
        has = type(state)(rows[number].state) if state is not None else ""
        raise NotAllowed(
            "proceeding-state",
            f"{named[0]}现在是“{getattr(has, 'zh', '')}”。",
            f"The {named[1]} is {getattr(has, 'en', '')}.",
        )
    found = [row for _, row in sorted(rows.items()) if fits(row)] if number is None else []
    if not found:
        which = f"（{state.zh}）" if state is not None and number is None else ""
        raise BadInput("proceeding-none", f"没有{named[0]}{which}。", f"There is no {named[1]}.")
    return found[-1]


def local(work: Work, instant: int) -> str:
    """An instant in the centre's zone, to the minute."""
    from zoneinfo import ZoneInfo

    return from_seconds(instant).astimezone(ZoneInfo(work.refs.centre().zone)).strftime("%Y-%m-%d %H:%M")


def _time_of(work: Work, text: str) -> int:
    """When a meeting is to be. Raises BadInput for a day without a time, what has passed, or what is too far off."""
    if is_date(text):
        raise BadInput("meeting-time", "请写明几点开会。", "Say at which time of the day.")
    meets_at = read_instant(text, work.refs.centre().zone)
    if not work.at <= meets_at <= work.at + FURTHEST:
        raise BadInput("meeting-time", "会议时间须在今后一年内。", "A meeting lies within the year ahead.")
    return meets_at


def tell_attendees(work: Work, meeting: MeetingRecord, zh: str, en: str) -> None:
    """Tell everybody of the organisation who was called."""
    kind, code = MeetingKind(meeting.kind), work.case.ticket.code
    said = f"{code} {kind.zh}{zh}", f"{code}, {kind.en} {en}"
    for line in work.case.rows("attendee").values():
        if line.meeting != meeting.no:
            continue
        if line.officer_id is not None:
            work.tell_person(line.officer_id, NOTICE, *said, Severity.WARNING)
        else:
            work.tell_unit(line.unit_id, NOTICE, *said, Severity.WARNING)


def _tell_called(work: Work, hands: Sequence[Found], ask_zh: str, ask_en: str, zh: str, en: str) -> None:
    code, about = work.case.ticket.code, (work.subject("zh"), work.subject("en"))
    for hand in hands:
        work.tell_hand(
            hand, NOTICE, f"{ask_zh} {code} {zh}：{about[0]}", f"{code}, {ask_en} {en}: {about[1]}", Severity.WARNING
        )
