"""Which tables are a projection of the log besides tickets, tasks, clocks and custody.

An event's effects carry rows of these by their name; the desk writes them and `audit verify` rebuilds them. A new
kind of record is one line here, its table, and the words of its findings.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Table
from sqlmodel import SQLModel

from data.tables.duty_asks import DutyAskRecord, DutyAskRow
from data.tables.duty_gaps import DutyGap, DutyGapRecord
from data.tables.emergency import Emergency, EmergencyRecord, PhoneRecord, PhoneRecordFields
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
from data.tables.retention import Erasure, ErasureRecord, LegalHold, LegalHoldRecord
from data.tables.reviews import FollowUp, FollowUpRecord, Lesson, LessonRecord, Review, ReviewRecord
from data.tables.rights import BreakGlass, BreakGlassRecord, RoleGrant, RoleGrantRecord
from data.tables.visibility import TicketReader, TicketReaderRecord


class Projected(NamedTuple):
    """A table that the log fills."""

    record: type[SQLModel]
    """The fields, as the rules work on them."""
    model: type[SQLModel]
    """The table."""
    zh: str
    """What a row is called where an audit finds it wrong."""

    @property
    def table(self) -> Table:
        """The table as SQLAlchemy Core has it."""
        found = self.model.metadata.tables[str(self.model.__tablename__)]
        return found


OF_CENTRE: dict[str, Projected] = {
    "emergency": Projected(EmergencyRecord, Emergency, "应急状态"),
    "phone": Projected(PhoneRecordFields, PhoneRecord, "电话记录"),
    "hazard": Projected(HazardRecord, Hazard, "隐患"),
    "hazard_entry": Projected(HazardEntryRecord, HazardEntry, "隐患档案"),
    "broadcast": Projected(BroadcastRecord, Broadcast, "广播通知"),
    "receipt": Projected(ReceiptRecord, BroadcastReceipt, "通知回执"),
    "handover": Projected(HandoverRecord, Handover, "交接班"),
    "handover_note": Projected(HandoverNoteRecord, HandoverNote, "交接说明"),
    "role_grant": Projected(RoleGrantRecord, RoleGrant, "授权"),
    "break_glass": Projected(BreakGlassRecord, BreakGlass, "紧急授权"),
    "duty_ask": Projected(DutyAskRecord, DutyAskRow, "请假和换班"),
    "erasure": Projected(ErasureRecord, Erasure, "删除记录"),
    "legal_hold": Projected(LegalHoldRecord, LegalHold, "保全"),
    "duty_gap": Projected(DutyGapRecord, DutyGap, "值班缺口"),
}
"""Rows of the centre's own log, by their part in its effects; numbered by `id` inside a centre."""

OF_TICKET: dict[str, Projected] = {
    "meeting": Projected(MeetingRecord, Meeting, "会议"),
    "attendee": Projected(AttendeeRecord, Attendee, "签到"),
    "resolution": Projected(ResolutionRecord, Resolution, "议定事项"),
    "consultation": Projected(ConsultationRecord, Consultation, "征求群众意见"),
    "opinion": Projected(OpinionRecord, Opinion, "群众意见"),
    "publication": Projected(PublicationRecord, Publication, "公示"),
    "mediation": Projected(MediationRecord, Mediation, "调解"),
    "review": Projected(ReviewRecord, Review, "复盘"),
    "lesson": Projected(LessonRecord, Lesson, "经验教训"),
    "follow_up": Projected(FollowUpRecord, FollowUp, "整改任务"),
    "reader": Projected(TicketReaderRecord, TicketReader, "知悉人"),
}
"""Rows that hang on one ticket, by their name in its effects; numbered by `no` inside a ticket."""
