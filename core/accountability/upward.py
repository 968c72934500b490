"""What is handed on: the report to the tier above, the telephone log and the running log, as documents.

The report has the fields that the field's rules ask for: when and from whom it was heard, when and where it happened,
nature, scope, first loss, trend, who is on scene, what was done, what is proposed. A follow-up says only what came
after the report before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.accountability.lookup import Lookup
from core.exchange.documents import Document, Section
from core.rules.follow_up import FIELD_TITLES, follow_up_title
from data.errors import NotAllowed
from data.masking import mask_address, mask_name, mask_phone, mask_text
from data.queries import tickets
from data.queries.emergency import Call, LogLine, Mode, calls_of
from data.reader import Reader
from data.terms import Grade, Source, TaskRole, TaskState, UpwardForm

CALL_MASKS: dict[str, Callable[[str], str]] = {
    "place": mask_address,
    "caller_name": mask_name,
    "caller_phone": mask_phone,
}
"""How the fields of a call are masked; all others as free text."""
LOG_TITLES = {
    "declare": ("进入战时", "emergency mode"),
    "regrade": ("调整等级", "another grade"),
    "lift": ("解除战时", "normal times"),
    "duty_log": ("值班记事", "entry"),
    "phone": ("电话记录", "call"),
    "phone_follow": ("电话续报", "follow-up"),
    "phone_tie": ("电话记录关联事件", "call tied"),
    "reveal": ("查看完整信息", "seen in full"),
    "show_field": ("查看一项个人信息", "a field seen in full"),
    "find_number": ("按号码查找", "searched by a number"),
    "broadcast": ("广播通知", "broadcast"),
    "broadcast_remind": ("提醒未回执单位", "reminder of a broadcast"),
    "handover_pack": ("制作交接包", "pack of a handover"),
    "handover_note": ("交接说明", "note for the next shift"),
    "handover_give": ("移交", "handover given"),
    "handover_accept": ("签收接班", "handover signed"),
    "handover_refuse": ("拒绝接班", "handover refused"),
    "handover_due": ("交接未签", "handover not signed"),
    "anchor_late": ("链头未送达", "head of the logs not received"),
    "backup_failed": ("每日备份失败", "the daily backup failed"),
    "duty_gap": ("值班缺口", "gaps of the roster"),
    "role_ask": ("申请授权", "rights asked for"),
    "role_agree": ("同意授权", "rights agreed to"),
    "role_decline": ("不同意授权", "rights declined"),
    "break_glass": ("紧急授权", "break-glass"),
    "break_glass_end": ("结束紧急授权", "break-glass ended"),
    "break_glass_review": ("复核紧急授权", "break-glass reviewed"),
}
"""What the deeds of the centre's log are called where they are listed."""


class Papers:
    """Writes documents of one centre in one language; `full` leaves names and numbers unmasked."""

    def __init__(self, reader: Reader, centre: int, language: str, full: bool = False) -> None:
        """The right to see everything in full was checked before, and is on record."""
        self.reader, self.centre, self.language, self.full = reader, centre, language, full
        self.facts = Lookup(reader, centre).centre()
        self._zone = ZoneInfo(self.facts.zone)

    def call(self, thread: Sequence[Call]) -> Document:
        """A first report and its follow-ups."""
        title = self._say(f"{self.facts.name}电话记录 第 {thread[0].first} 号", f"Telephone log, no. {thread[0].first}")
        return Document(title, [self._call_section(call) for call in thread])

    def running_log(self, entries: Sequence[LogLine], mode: Mode | None) -> Document:
        """The running log of a time."""
        now = self._say("当前：平时", "Now: normal times")
        if mode is not None:
            now = self._say("当前：战时 ", "Now: emergency, ") + self._grade(mode.grade)
        rows = [(f"{entry.number}  {self._at(entry.at)}", self.entry(entry)) for entry in entries]
        return Document(self._say(f"{self.facts.name}运行记录", "Running log"), [Section(now, rows)])

    def entry(self, entry: LogLine) -> str:
        """What an entry of the centre's log says, in one or two lines."""
        facts = entry.facts
        who = entry.name or entry.actor
        if entry.behalf:
            who = self._say(f"{who} 代 {entry.behalf}", f"{who} for {entry.behalf}")
        words = [self._say(*LOG_TITLES.get(entry.kind, (entry.kind, entry.kind)))]
        if facts.get("grade"):
            words.append(self._grade(str(facts["grade"])))
        if facts.get("call"):
            call = self._say(f"第 {facts['call']} 号", f"no. {facts['call']}")
            words.append(f"{call} {follow_up_title(int(facts.get('follow_no', 0)), self.language)}")
        if facts.get("handover"):
            words.append(self._say(f"第 {facts['handover']} 号", f"no. {facts['handover']}"))
        if facts.get("corrects"):
            words.append(self._say(f"更正第 {facts['corrects']} 号", f"corrects {facts['corrects']}"))
        words += [str(facts["ticket"])] if facts.get("ticket") else []
        said = [self.text(str(facts[name])) for name in ("text", "what", "reason", "title") if facts.get(name)]
        by = self._say(f"（{who}）", f" ({who})")
        return " ".join(words) + by + ("\n" + " ".join(said) if said else "")

    def upward(self, code: str, form: str, suggestion: str = "") -> Document:
        """The report of a ticket to the tier above. Raises NotFound, NotAllowed for a confidential one to be masked."""
        ticket = tickets.ticket(self.reader, self.centre, tickets.ticket_id(self.reader, self.centre, code)) or {}
        if ticket["confidential"] and not self.full:
            raise NotAllowed(
                "confidential",
                f"{code} 是保密事件，须有权限并说明原因后出具完整内容。",
                f"{code} is confidential: it is written in full only, by those who may, with a reason.",
            )
        made = ticket["facts"].get("upward", {})
        since = int(made.get("last", 0)) if form in (UpwardForm.FOLLOW_UP, UpwardForm.FINAL) else 0
        calls = [call for call in calls_of(self.reader, self.centre, ticket["id"]) if call.recorded_at > since]
        number = int(made.get("follow_ups", 0)) + 1 if since else 0
        name = self._say(UpwardForm(form).zh, UpwardForm(form).en)
        heading = follow_up_title(number, self.language)
        title = self._say(
            f"{self.facts.name}信息报送（{name}·{heading}）{code}", f"Report upward ({name}, {heading}) {code}"
        )
        rows = [] if since else self._first_rows(ticket, calls)
        rows += self._said(calls, ("result",), self._say("初步损失（伤亡、财产）", "loss so far (people, property)"))
        rows += self._said(calls, ("effect",), self._say("影响范围", "scope"))
        rows += self._said(calls, ("trend",), self._say("发展趋势", "trend"))
        rows += [(self._say("到场力量及领导", "on scene"), self._on_scene(ticket["id"], since))]
        rows += [(self._say("已采取措施", "done so far"), self._done(ticket["id"], calls, since))]
        rows += [(self._say("建议", "proposed"), self.text(suggestion) or self._none())]
        return Document(title, [Section("", rows)])

    # ------------------------------------------------------------------------------------------- parts of the report

    def _first_rows(self, ticket: tickets.Row, calls: Sequence[Call]) -> list[tuple[str, str]]:
        """What only the first report says."""
        grade = ticket["facts"].get("grade", "")
        matter = Lookup(self.reader, self.centre).matter(ticket["matter_code"], ticket["matter_version"])
        nature = matter.name if matter else self.text(ticket["title"])
        source = next((self._say(s.zh, s.en) for s in Source if s == ticket["source"]), ticket["source"])
        happened = min([ticket["reported_at"], *(call.at for call in calls)])
        place = self.place(ticket["address"]) or next((self.place(call.place) for call in calls if call.place), "")
        course = self._said(calls, ("cause", "course"), self._say("起因及经过", "cause and course"))
        body = self.text(ticket["body"] or ticket["title"])
        return [
            (self._say("接报时间", "heard at"), self._at(ticket["reported_at"])),
            (self._say("信息来源", "source"), source),
            (self._say("事发时间", "happened at"), self._at(happened)),
            (self._say("事发地点", "place"), place or self._none()),
            (self._say("事件性质", "nature"), f"{nature}  {self._grade(grade)}" if grade else nature),
            *(course or [(self._say("起因及经过", "cause and course"), body)]),
        ]

    def _said(self, calls: Sequence[Call], names: Sequence[str], label: str) -> list[tuple[str, str]]:
        """What callers said under some fields; nothing where they said nothing."""
        said = [self.field(name, getattr(call, name)) for call in calls for name in names if getattr(call, name)]
        return [(label, "\n".join(said))] if said else []

    def _on_scene(self, ticket: int, since: int) -> str:
        lines = []
        for task in tickets.tasks(self.reader, self.centre, ticket):
            if task["arrived_at"] is None or task["arrived_at"] <= since:
                continue
            people = self._say(f" {task['people']} 人", f", {task['people']} people") if task["people"] else ""
            lines.append(f"{self._at(task['arrived_at'])} {task['unit_name']}{people}")
        leaders = self.reader.rows(
            "SELECT DISTINCT o.name, o.title FROM task k"
            " JOIN appointment a ON a.centre_id = k.centre_id AND a.officer_id = k.officer_id"
            " JOIN officer o ON o.centre_id = k.centre_id AND o.id = k.officer_id"
            " WHERE k.centre_id = :centre AND k.ticket_id = :ticket AND k.arrived_at > :since"
            " AND a.role IN ('commander', 'duty_leader', 'section_leader')",
            centre=self.centre,
            ticket=ticket,
            since=since,
        )
        lines += [f"{name} {title}".strip() for name, title in leaders]
        return "\n".join(lines) or self._none()

    def _done(self, ticket: int, calls: Sequence[Call], since: int) -> str:
        lines = [self.field("measures", call.measures) for call in calls if call.measures]
        for task in tickets.tasks(self.reader, self.centre, ticket):
            if task["sent_at"] > since and task["state"] not in (TaskState.WITHDRAWN, TaskState.CANCELLED):
                role = next((self._say(r.zh, r.en) for r in TaskRole if r == task["role"]), task["role"])
                lines.append(f"{self._at(task['sent_at'])} {role} {task['unit_name']}")
        for event in tickets.events(self.reader, self.centre, ticket):
            note = event["body"].get("note", "")
            if event["at"] > since and event["kind"] == "handle" and note:
                lines.append(f"{self._at(event['at'])} {self.text(note)}")
        return "\n".join(lines) or self._none()

    # ------------------------------------------------------------------------------------------- one call

    def _call_section(self, call: Call) -> Section:
        rows = [(self._say("来电时间", "called at"), self._at(call.at))]
        for name, (zh, en) in FIELD_TITLES.items():
            said = getattr(call, name)
            if said or not call.follow_no:
                rows.append((self._say(zh, en), self.field(name, said) or self._none()))
        rows.append((self._say("记录人", "recorder"), call.recorder))
        rows.append((self._say("记录时间", "recorded at"), self._at(call.recorded_at)))
        if call.ticket:
            rows.append((self._say("关联事件", "ticket"), call.ticket))
        return Section(follow_up_title(call.follow_no, self.language), rows)

    def field(self, name: str, said: str) -> str:
        """A field of a call, masked unless this is the full paper."""
        return said if self.full else CALL_MASKS.get(name, mask_text)(said)

    def text(self, said: str) -> str:
        """Free text."""
        return said if self.full else mask_text(said)

    def place(self, said: str) -> str:
        """An address."""
        return said if self.full else mask_address(said)

    def _grade(self, grade: str) -> str:
        known = next((item for item in Grade if item == grade), None)
        return "" if known is None else f"{self._say(known.zh, known.en)} {self._say(known.colour.zh, known.colour.en)}"

    def _none(self) -> str:
        return self._say("未报", "not reported")

    def _say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def _at(self, instant: int) -> str:
        return datetime.fromtimestamp(instant, self._zone).strftime("%Y-%m-%d %H:%M")
