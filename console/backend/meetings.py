"""Meetings, consultations with residents and mediation rounds for the screens, personal data masked."""

from __future__ import annotations

from collections.abc import Iterator

from console.i18n import _, language
from console.meeting_ports import AttendanceView, AttendeeView, ComingMeeting, ProceedingView
from console.widgets.columns import term
from console.widgets.ticket_lines import when
from core.rules.opinions import change_in_percent
from data.masking import mask_text
from data.meeting_terms import (
    AskKind,
    AskState,
    Attendance,
    MediationOutcome,
    MeetingKind,
    MeetingState,
    PublishedStep,
)
from data.queries.meetings import (
    AttendeeLine,
    ConsultationLine,
    MediationLine,
    MeetingLine,
    Proceedings,
    PublicationLine,
    ResolutionLine,
    coming_meetings,
    proceedings,
)
from data.reader import Reader
from data.terms import Stage, TaskState

BEGUN = 12 * 3600
"""A meeting that began so long ago is still to be seen: its attendance is taken then."""
Said = tuple[str, str]


def proceeding_views(reader: Reader, centre: int, ticket: int, zone: str) -> tuple[ProceedingView, ...]:
    """Everything of a ticket: meetings, then consultations, then rounds of mediation."""
    found = proceedings(reader, centre, ticket)
    return (
        *(_meeting(line, found, zone) for line in found.meetings),
        *(_consultation(line, found, zone) for line in found.consultations),
        *(_mediation(line, zone) for line in found.mediations),
    )


def attendance_view(reader: Reader, centre: int, ticket: int, zone: str) -> AttendanceView | None:
    """The list of the newest meeting that was not called off."""
    found = proceedings(reader, centre, ticket)
    meeting = next((line for line in reversed(found.meetings) if line.state != MeetingState.CALLED_OFF), None)
    if meeting is None:
        return None
    heading = f"{term(MeetingKind, meeting.kind, language())}  {when(meeting.meets_at, zone)}  {meeting.place}"
    lines = (line for line in found.attendees if line.meeting == meeting.no)
    views = (AttendeeView(line.hand, _name(line), line.state, line.people, line.outside) for line in lines)
    return AttendanceView(meeting.no, mask_text(heading), tuple(views))


def coming(reader: Reader, centre: int, now: int) -> list[ComingMeeting]:
    """Meetings to be held, and those that have begun."""
    return [
        ComingMeeting(
            line.ticket_id,
            line.ticket,
            _("(confidential)") if line.confidential else mask_text(line.title),
            term(MeetingKind, line.kind, language()),
            line.meets_at,
            mask_text(line.place),
        )
        for line in coming_meetings(reader, centre, now - BEGUN)
    ]


def _name(line: AttendeeLine) -> str:
    name = line.name_en if language() == "en" else line.name
    return mask_text(name) if line.outside else name


# ------------------------------------------------------------------------------------------------ one of each


def _meeting(line: MeetingLine, found: Proceedings, zone: str) -> ProceedingView:
    kind, state = term(MeetingKind, line.kind, language()), term(MeetingState, line.state, language())
    attendees = [item for item in found.attendees if item.meeting == line.no]
    said = [
        (_("Agenda"), mask_text(line.agenda)),
        (_("Reason"), mask_text(line.reason)),
        (_("Roll"), _present(attendees)),
        (_("Minutes"), mask_text(line.minutes)),
        *(_decision(item, zone) for item in found.resolutions if item.meeting == line.no),
        *_published([item for item in found.publications if item.meeting == line.no], zone),
    ]
    heading = f"{kind} {line.no}  {when(line.meets_at, zone)}  {mask_text(line.place)}  {state}"
    return ProceedingView(heading, line.state != MeetingState.CONVENED, _kept(said))


def _present(attendees: list[AttendeeLine]) -> str:
    """Who was there and who was not, by state."""
    shown = []
    for state in Attendance:
        names = [
            f"{_name(item)}{f' ({item.people})' if item.people > 1 else ''}"
            for item in attendees
            if item.state == state
        ]
        if names:
            shown.append(_("{state}: {names}").format(state=state.label(language()), names=_(", ").join(names)))
    return _("; ").join(shown)


def _decision(item: ResolutionLine, zone: str) -> Said:
    became = (
        f"{item.child} {term(Stage, item.child_stage, language())}"
        if item.child
        else term(TaskState, item.task_state, language())
    )
    return _("Decision"), f"{mask_text(item.words)}  {item.owner_name}  {when(item.due_at, zone)}  {became}"


def _published(items: list[PublicationLine], zone: str) -> Iterator[Said]:
    for item in items:
        step = term(PublishedStep, item.step, language())
        text = f"{when(item.published_at, zone)}  {step}  {mask_text(item.place)}  {mask_text(item.words)}"
        yield _("Published"), text


def _consultation(line: ConsultationLine, found: Proceedings, zone: str) -> ProceedingView:
    kind, state = term(AskKind, line.kind, language()), term(AskState, line.state, language())
    answers = _("{n} answers of {m} households").format(n=line.opinions, m=line.answered)
    if line.households:
        answers += _(", {n} asked").format(n=line.households)
    tally = _(", ").join(f"{mask_text(name)} {count}" for name, count in line.tally.items())
    change = change_in_percent(line.before, line.after)
    figures = f"{line.before} -> {line.after} {mask_text(line.unit)}" if line.before else ""
    said = [
        (_("Subject"), mask_text(line.subject)),
        (_("Answers"), f"{answers}  {tally}".strip()),
        (_("Result"), mask_text(line.result)),
        (_("Figures"), f"{figures} ({change:+}%)" if change is not None else figures),
        (_("Reason"), mask_text(line.reason)),
        *_published([item for item in found.publications if item.consultation == line.no], zone),
    ]
    heading = f"{kind} {line.no}  {when(line.opens_at, zone)} - {when(line.closes_at, zone)}  {state}"
    return ProceedingView(heading, line.state in (AskState.CONCLUDED, AskState.CALLED_OFF), _kept(said))


def _mediation(line: MediationLine, zone: str) -> ProceedingView:
    outcome = term(MediationOutcome, line.outcome, language())
    done = f"{when(line.followed_at, zone)}  {mask_text(line.followed)}" if line.followed_at is not None else ""
    said = [
        (_("Parties"), mask_text(line.parties)),
        (_("Mediator"), mask_text(line.mediator)),
        (_("Where"), mask_text(line.place)),
        (_("Said"), mask_text(line.words)),
        (_("To follow"), mask_text(line.follow)),
        (_("Fulfilled"), done),
    ]
    heading = _("Mediation round {n}").format(n=line.no) + f"  {when(line.held_at, zone)}  {outcome}"
    return ProceedingView(heading, not line.follow or line.followed_at is not None, _kept(said))


def _kept(said: list[Said]) -> tuple[Said, ...]:
    return tuple((label, text) for label, text in said if text)
