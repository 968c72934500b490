"""What random officers do: the moves of the random tests, with every choice handed in by whoever draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.accountability.lookup import plain
from core.desk.centre_desk import CentreDesk
from core.desk.centre_orders import CentreOrder, Declare, Lift, LogEntry, PhoneFollowUp, PhoneReport, Regrade
from core.desk.orders import Order, Report, ReportUp
from core.desk.verbs.table import VERBS
from core.engine.loop import Engine
from data.device_terms import AlertFinding
from data.errors import Conflict, Refusal
from data.meeting_terms import AskKind, MediationOutcome, MeetingKind
from data.terms import (
    AffairKind,
    Grade,
    PauseReason,
    RequestKind,
    ReturnReason,
    Satisfaction,
    Source,
    Tier,
    UpwardForm,
    Urgency,
)
from tests.core.desk.scene import AJ, C01, CSGX, G01, G02, GHJS, QJ, W01, XF, Scene
from tests.core.desk.test_timing import closed_next_week, load

Choose = Callable[[str, Sequence[Any]], Any]
"""Draws one of several; the name is for the report of a failure."""

MOST_TICKETS = 4
OFFICERS = ("holder", "holder", "zhang", "gao", "wang", "chen", "li", "hu", "qian", "zhou", "zhao", "feng", "dai")
UNITS = ("", "CSGX", "GHJS", "AJ", "XF", "C01", "C02", "G01", "G02", "W01", "QJ", "ZX", "economy")
SPANS = (0, 1, 59, 300, 1800, 7200, 40_000, 200_000)
WORDS = ("办不了", "x", "井盖[/]\x1b[2J", "长" * 150)
URGENCIES = (None, None, *Urgency)
MEMBER = {CSGX: "li", GHJS: "qian", XF: "feng", C01: "zhou", G01: "zhao", AJ: "ma", QJ: "dai", G02: "tao", W01: "xie"}

FIELDS: dict[str, dict[str, Sequence[Any]]] = {
    "report": {
        "tier": (Tier.CENTRE, Tier.CENTRE, Tier.GRID, Tier.COMMUNITY, Tier.MICRO_GRID),
        "grid": ("", "G01", "G02", "W01"),
        "community": ("", "C01"),
        "matter": ("", "BJ0101"),
        "source": tuple(Source),
        "urgency": URGENCIES,
    },
    "refuse": {"reason": WORDS},
    "amend": {"title": WORDS},
    "assess": {
        "matter": ("", "BJ0101"),
        "limit_no": (None, 0, 1, 2),
        "urgency": URGENCIES,
        "grid": ("", "", "G01", "W01"),
    },
    "dispatch": {
        "to": UNITS,
        "assist": ([], [], ["XF"], ["XF", "AJ"], ["CSGX"]),
        "inform": ([], [], ["economy"]),
        "matter": ("", "BJ0101"),
        "limit_no": (None, 0, 1),
        "urgency": URGENCIES,
    },
    "redispatch": {"to": UNITS[1:], "reason": WORDS},
    "add_task": {"to": (["XF"], ["AJ", "XF"], ["GHJS"], ["XF", "XF"]), "role": ("assist", "inform")},
    "activate_plan": {"plan": ("LIFT", "FIRE-OLD", "FALLING")},
    "tick": {"plan": ("LIFT", "FALLING", ""), "check": (1, 2, 3), "off": (True, False)},
    "acknowledge": {"unit": ("", "", *UNITS)},
    "arrive": {"unit": ("", "", *UNITS), "people": (0, 9)},
    "handle": {"note": WORDS, "made_safe": (True, False)},
    "finish_task": {"unit": ("XF", "AJ", "GHJS")},
    "finding": {"found": tuple(AlertFinding)},
    "complete": {"outcome": WORDS, "open_assist_reason": ("", "不再需要")},
    "return": {"code": tuple(ReturnReason), "reason": WORDS},
    "check": {"passed": (True, False), "note": WORDS},
    "call_back": {"result": tuple(Satisfaction), "note": WORDS},
    "void": {"reason": WORDS},
    "hand_up": {"reason": WORDS, "to": ("", "", *UNITS)},
    "hand_down": {"to": UNITS[1:], "reason": WORDS},
    "supervise": {"off": (True, False)},
    "ask": {"note": WORDS},
    "note": {"text": WORDS},
    "classify": {"affair": tuple(AffairKind)},
    "convene": {
        "kind": (None, *MeetingKind),
        "at": ("2026-11-24 19:30", "2026-12-30 09:00"),
        "place": ("会议室",),
        "agenda": WORDS,
        "call": (["CSGX"], ["XF", "@zhang"]),
        "outside": ([], ["居民=9"]),
        "reason": ("", "报请支持"),
    },
    "put_off": {"reason": WORDS, "at": ("", "2026-12-30 10:00"), "off": (True, False)},
    "attend": {"came": ([], ["CSGX"], ["居民=8"]), "excused": ([], ["XF=值勤"]), "outside": ([], ["记者"])},
    "minutes": {"text": WORDS},
    "decide": {"text": WORDS, "to": ("CSGX", "XF", "@li"), "due": ("2026-12-31", "2027-03-01 18:00")},
    "consult": {"kind": tuple(AskKind), "subject": ("停车",), "closes": ("2026-11-30", "2027-03-01")},
    "collect": {"household": ("8-2-301", "８栋2单元301"), "choice": ("", "同意", "反对"), "words": ("", *WORDS)},
    "conclude": {"result": WORDS, "before": ("", "140"), "after": ("", "80"), "unit": ("", "万元")},
    "publish": {"place": ("公告栏",), "words": WORDS},
    "mediate": {
        "parties": ("双方",),
        "outcome": tuple(MediationOutcome),
        "words": WORDS,
        "follow": ("", "", "施工"),
    },
    "fulfil": {"words": WORDS},
    "pause": {"code": tuple(PauseReason), "reason": WORDS},
    "request": {
        "kind": tuple(RequestKind),
        "reason": WORDS,
        "to": ([], [], [], ["XF"], ["C01"]),
        "days": (0, 0, 1, 30, 365),
        "code": (None, None, None, *ReturnReason),
    },
    "grant": {"minutes": ("", "", "议定由城管牵头")},
    "decline": {"reason": WORDS},
    "recompute": {"policy": (True, False)},
    "grade": {"grade": tuple(Grade)},
    "cordon": {"note": WORDS},
    "remind_hands": {"silent": (True, False), "units": ([], ["C01"], ["XF"])},
    "name_readers": {"officers": ([], ["li"], ["wang", "li"]), "off": ([], [], ["li"]), "reason": WORDS},
    "sweep": {
        "title": WORDS,
        "kinds": (["grid"], ["grid", "micro_grid"], ["post"]),
        "lead": ("", "CSGX", "XF"),
        "limit": ("", "3 work_day", "x"),
    },
    "review_hold": {"attendance": WORDS},
    "review_lesson": {"text": WORDS, "corrects": (0, 0, 1)},
    "review_follow_up": {"text": WORDS, "to": ("CSGX", "XF", "@li"), "due": ("2026-12-31", "2027-03-01 18:00")},
    "review_conclude": {"conclusion": WORDS},
    "report_up": {"form": tuple(UpwardForm), "text": ("", *WORDS)},
}
"""What is drawn for an order; verbs that are not here need nothing but the ticket."""
ENDING = frozenset({"void", "refuse", "note", "remind", "amend", "supervise", "ask", "grade", "report_up"}) | {
    *("classify", "convene", "put_off", "attend", "minutes", "decide", "consult", "collect", "conclude", "publish"),
    *("mediate", "fulfil", "review_open", "review_hold", "review_lesson", "review_follow_up", "review_conclude"),
}
"""Verbs that end a life too soon, or change little: seldom drawn."""
ORDINARY = {
    "reported": "accept",
    "accepted": "dispatch",
    "assessed": "dispatch",
    "dispatched": "acknowledge",
    "acknowledged": "complete",
    "on_scene": "complete",
    "handling": "complete",
    "completed": "check",
    "checked": "call_back",
    "called_back": "archive",
    "suspended": "resume",
}
VALUES: dict[str, dict[str, Any]] = {
    "dispatch": {"to": "CSGX"},
    "complete": {"outcome": "办好了", "open_assist_reason": "不再需要"},
    "fulfil": {"words": "已履行"},
    "check": {"passed": True},
    "call_back": {"result": "satisfied"},
}


class Walk:
    """One street with a few tickets and an engine that runs when it is told to."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tickets: list[str] = []
        self.done: dict[str, int] = {}
        self.published = False
        self._steady = 1000.0
        self.engine = Engine(scene.store, scene.clock, 1, steady_clock=lambda: self._steady, holder="walk")

    def report(self, choose: Choose) -> None:
        """A new ticket, while there are few open ones."""
        who = choose("who", ("zhang", "zhang", "zhao", "zhou", "xie", "li"))
        facts = {name: choose(name, options) for name, options in FIELDS["report"].items()}
        code = self.attempt(Report(title="有人报事", **facts), who)
        if code is not None:
            self.tickets = [*self.tickets, code][-MOST_TICKETS:]

    def act(self, choose: Choose) -> None:
        """What the desk says is possible for an officer; now and then anything, or on a revision that has passed."""
        code = choose("ticket", self.tickets)
        ticket, who = self.scene.ticket(code), choose("who", OFFICERS)
        who = MEMBER.get(ticket["holder_unit_id"], "zhang") if who == "holder" else who
        each = self.scene.desk.possible_each([ticket["id"]], self.scene.who(who))
        if not each and choose("instead", (True, True, False)):  # they do not see it: mostly somebody who does
            who = MEMBER.get(ticket["holder_unit_id"], "zhang")
            each = self.scene.desk.possible_each([ticket["id"]], self.scene.who(who))
        possible = [found.verb.name for found in each.get(ticket["id"], ()) if found.allowed]
        likely = [verb for verb in possible if verb not in ENDING] or list(VERBS)
        pool = choose("pool", (likely, likely, likely, likely, likely, possible or list(VERBS), list(VERBS)))
        verb = choose("verb", pool)
        drawn = {name: choose(name, options) for name, options in FIELDS.get(verb, {}).items()}
        seen = choose("seen", (None, None, None, ticket["revision"], ticket["revision"] - 1))
        try:
            order = VERBS[verb].order(ticket=code, **drawn)
        except ValueError:
            return
        self.attempt(order, who, seen=seen)

    def forward(self, choose: Choose) -> None:
        """The ordinary way on, by whoever it is up to: it must always be open."""
        ticket = self.scene.ticket(choose("ticket", self.tickets))
        verb = ORDINARY.get(ticket["stage"])
        if verb is None:
            return
        who = "wang" if ticket["pending"] == "lead" else "zhang"
        if verb == "archive" and self.attempt(ReportUp(ticket=ticket["code"], form=UpwardForm.WRITTEN), who):
            ticket = self.scene.ticket(ticket["code"])  # what was owed upward has been made: only then it is filed
        if verb == "complete" and plain(ticket["facts"]).get("agreements"):
            verb = "fulfil"  # a ticket is not done when an agreement is signed
        if verb in ("acknowledge", "complete", "fulfil"):
            who = MEMBER.get(ticket["holder_unit_id"], who)
        order = VERBS[verb].order(ticket=ticket["code"], **VALUES.get(verb, {}))
        assert self.attempt(order, who, seen=ticket["revision"])

    def wait(self, choose: Choose) -> None:
        """Time passes."""
        span = choose("span", SPANS)
        self.scene.wait(seconds=span)
        self._steady += span

    def set_back(self, choose: Choose) -> None:
        """Somebody sets the clock back."""
        self.scene.wait(seconds=-choose("span", (1, 3600, 100_000)))

    def engine_cycle(self, choose: Choose) -> None:
        """The engine does what is due."""
        self._steady += 1
        self.engine.once(send=False)

    def mode(self, choose: Choose) -> None:
        """The commander declares, changes or lifts an emergency, or something is written into the centre's logs."""
        grade = choose("grade", tuple(Grade))
        orders: dict[str, CentreOrder] = {
            "declare": Declare(grade=grade, reason="演练", ticket=choose("ticket", ("", *self.tickets))),
            "regrade": Regrade(grade=grade, reason="升级"),
            "lift": Lift(reason="排除"),
            "note": LogEntry(text="长" * 150),
            "call": PhoneReport(place="x", course="井盖[/]\x1b[2J", ticket=choose("ticket", ("", *self.tickets))),
            "follow": PhoneFollowUp(first=1, result=choose("result", WORDS)),
        }
        before = self.chain()
        try:
            CentreDesk(self.scene.desk).do(orders[choose("deed", tuple(orders))], self.scene.who("chen"))
        except Refusal as refusal:
            self.refused(refusal, before)

    def new_holidays(self, choose: Choose) -> None:
        """A new version of the calendar, once."""
        if not self.published:
            load(self.scene.store, "calendar", "cn_official", 2, closed_next_week())
            self.published = True

    def attempt(self, order: Order, who: str, **more: Any) -> str | None:
        """Do it; what is refused changes nothing and says why in both languages."""
        before = self.chain()
        try:
            receipt = self.scene.do(order, who, **more)
        except Refusal as refusal:
            self.refused(refusal, before)
            return None
        assert receipt.event_no == before + 1
        self.done[order.verb] = self.done.get(order.verb, 0) + 1
        return receipt.ticket

    def refused(self, refusal: Refusal, before: int) -> None:
        """An answer for people: no trouble of the store, no clock that its operation should have minded."""
        assert refusal.zh
        assert refusal.en
        assert refusal.code not in ("store-error", "store-busy", "clock.calendar", "clock.state", "clock-live")
        assert isinstance(refusal, Conflict) == (refusal.code == "changed")
        assert self.chain() == before

    def chain(self) -> int:
        """The number of the newest event."""
        found: int = self.scene.rows("SELECT chain_no FROM centre_seq WHERE centre_id = :centre")[0]["chain_no"]
        return found
