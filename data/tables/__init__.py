"""The tables. Importing this package registers every one of them in SQLModel's metadata."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from data.tables.access import AccessEvent, AccessHead
from data.tables.catalogue import CalendarDay, Catalogue, Matter
from data.tables.centre import Centre, CentreSequence, CentreStatistic, DailyNumber, Request, Setting
from data.tables.duty_asks import DutyAskRecord, DutyAskRow
from data.tables.duty_gaps import DutyGap, DutyGapRecord
from data.tables.emergency import Emergency, EmergencyRecord, PhoneRecord, PhoneRecordFields
from data.tables.engine import EngineOutage, LadderStep, Lease, Notice
from data.tables.handovers import Handover, HandoverNote, HandoverNoteRecord, HandoverRecord
from data.tables.hazards import (
    Broadcast,
    BroadcastReceipt,
    BroadcastRecord,
    Hazard,
    HazardEntry,
    HazardEntryRecord,
    HazardRecord,
    ReceiptRecord,
)
from data.tables.identity import Account, OfficerSession, SignInFailure
from data.tables.meetings import (
    Attendee,
    AttendeeRecord,
    Consultation,
    ConsultationRecord,
    Mediation,
    MediationRecord,
    Meeting,
    MeetingRecord,
    Opinion,
    OpinionRecord,
    Publication,
    PublicationRecord,
    Resolution,
    ResolutionRecord,
)
from data.tables.organisation import (
    Appointment,
    Duty,
    DutySwap,
    Officer,
    OrganisationEvent,
    Unit,
    UnitSpan,
    UnitSuccession,
)
from data.tables.projected import OF_CENTRE, OF_TICKET, Projected
from data.tables.remote import SshKey
from data.tables.retention import Erasure, ErasureRecord, LegalHold, LegalHoldRecord
from data.tables.reviews import FollowUp, FollowUpRecord, Lesson, LessonRecord, Review, ReviewRecord
from data.tables.rights import BreakGlass, BreakGlassRecord, RoleGrant, RoleGrantRecord
from data.tables.search import SearchMark, TicketText
from data.tables.sensing import Device, DeviceAlert, DeviceSignal, DeviceState, SignalRefused
from data.tables.ticket import (
    CENTRE_LOG,
    ClockDue,
    ClockRecord,
    ClockRow,
    Custody,
    CustodyRecord,
    Task,
    TaskRecord,
    Ticket,
    TicketEvent,
    TicketRecord,
)
from data.tables.visibility import TicketReader, TicketReaderRecord

__all__ = [
    "CENTRE_LOG",
    "OF_CENTRE",
    "OF_TICKET",
    "AccessEvent",
    "AccessHead",
    "Account",
    "Appointment",
    "Attendee",
    "AttendeeRecord",
    "BreakGlass",
    "BreakGlassRecord",
    "Broadcast",
    "BroadcastReceipt",
    "BroadcastRecord",
    "CalendarDay",
    "Catalogue",
    "Centre",
    "CentreSequence",
    "CentreStatistic",
    "ClockDue",
    "ClockRecord",
    "ClockRow",
    "Consultation",
    "ConsultationRecord",
    "Custody",
    "CustodyRecord",
    "DailyNumber",
    "Device",
    "DeviceAlert",
    "DeviceSignal",
    "DeviceState",
    "Duty",
    "DutyAskRecord",
    "DutyAskRow",
    "DutyGap",
    "DutyGapRecord",
    "DutySwap",
    "Emergency",
    "EmergencyRecord",
    "EngineOutage",
    "Erasure",
    "ErasureRecord",
    "FollowUp",
    "FollowUpRecord",
    "Handover",
    "HandoverNote",
    "HandoverNoteRecord",
    "HandoverRecord",
    "Hazard",
    "HazardEntry",
    "HazardEntryRecord",
    "HazardRecord",
    "LadderStep",
    "Lease",
    "LegalHold",
    "LegalHoldRecord",
    "Lesson",
    "LessonRecord",
    "Matter",
    "Mediation",
    "MediationRecord",
    "Meeting",
    "MeetingRecord",
    "Notice",
    "Officer",
    "OfficerSession",
    "Opinion",
    "OpinionRecord",
    "OrganisationEvent",
    "PhoneRecord",
    "PhoneRecordFields",
    "Projected",
    "Publication",
    "PublicationRecord",
    "ReceiptRecord",
    "Request",
    "Resolution",
    "ResolutionRecord",
    "Review",
    "ReviewRecord",
    "RoleGrant",
    "RoleGrantRecord",
    "SearchMark",
    "Setting",
    "SignInFailure",
    "SignalRefused",
    "SshKey",
    "Task",
    "TaskRecord",
    "Ticket",
    "TicketEvent",
    "TicketReader",
    "TicketReaderRecord",
    "TicketRecord",
    "TicketText",
    "Unit",
    "UnitSpan",
    "UnitSuccession",
    "table",
]


def table(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table of a model, for Core statements."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found
