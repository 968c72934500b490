"""Officers, leaders, grid workers, residents and devices: what they do next, drawn by the weights of the field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from core.accountability.lookup import plain
from core.catalogue.calendars import read_calendars
from core.catalogue.load import load_calendar
from core.desk.broadcast_orders import SendBroadcast
from core.desk.centre_orders import CentreOrder, Declare, Lift, LogEntry, PhoneFollowUp, PhoneReport, Regrade
from core.desk.handover_orders import HandoverAccept, HandoverGive, HandoverNoted, HandoverPack, HandoverRefuse
from core.desk.hazard_orders import HazardFound
from core.desk.orders import Order, Report
from core.desk.verbs.table import VERBS
from core.organisation.duty import DutyBook
from core.rules.worktime import WorkCalendar
from core.sensing.orders import Signal
from data.device_terms import SignalKind
from data.terms import Grade
from tests.core.desk.walk import FIELDS, MEMBER, ORDINARY, VALUES
from tests.simulator.centre import CENTRE, DEVICES, Centre
from tests.simulator.field import ZONE, drawn

DESK = ("zhang", "zhang", "gao", "wang", "chen")
WORKERS = ("li", "sun", "hu", "ye", "qian", "zhou", "zhao", "feng", "lin", "ma", "tan", "pan", "wei", "xie", "tao")
REPORTERS = ("zhang", "zhang", "gao", "zhao", "tao", "zhou", "xie", "li")
MOST_OPEN = 24
"""With so many open tickets everybody works instead of reporting more."""
Give = Callable[..., Any]
"""Hands an order to the desk: (order, officer, revision seen) → receipt or None."""


class People:
    """Who does what next. Each choice comes from the dice, each deed goes through `give`."""

    def __init__(
        self,
        centre: Centre,
        dice: Random,
        give: Give,
        signal: Give,
        write: Give,
        moves: dict[str, float],
        aside: dict[str, float],
    ) -> None:
        self.centre, self.dice, self.moves, self.aside = centre, dice, moves, aside
        self._give, self._signal, self._write = give, signal, write
        self._reports = self._messages = self._calendars = 0
        self._last: tuple[str, str] = ("", "")
        self._said: Signal | None = None

    def act(self, storm: bool) -> str:
        """One deed; its name."""
        open_ = self._open()
        name = drawn(self.dice, self.moves)
        if name.startswith("report") and len(open_) >= MOST_OPEN * (2 if storm else 1):
            name = "go_on"
        if not open_ and name in ("go_on", "turn_aside", "decide", "anything"):
            name = "report"
        getattr(self, name)(open_)
        return name

    # ------------------------------------------------------------------------------------------------ reports

    def report(self, _open: Sequence[dict[str, Any]]) -> None:
        """A resident calls, or a grid worker has found something."""
        self._reports += 1
        facts = {name: self.dice.choice(options) for name, options in FIELDS["report"].items()}
        outside = f"12345-{self._reports}" if self.dice.random() < 0.4 else ""
        order = Report(title=f"第 {self._reports} 件", external_id=outside, origin="12345" if outside else "", **facts)
        receipt = self._give(order, self.dice.choice(REPORTERS))
        if receipt is not None:
            self._last = (receipt.ticket, outside)

    def report_again(self, open_: Sequence[dict[str, Any]]) -> None:
        """The same once more: under the number of the other system, or by a neighbour and joined at the door."""
        code, outside = self._last
        self._reports += 1
        if outside and self.dice.random() < 0.5:
            self._give(Report(title="重复转办", external_id=outside, origin="12345"), "zhang")
        elif code:
            self._give(Report(title=f"第 {self._reports} 件，又报", join=code), "zhang")
        else:
            self.report(open_)

    def sense(self, _open: Sequence[dict[str, Any]]) -> None:
        """A device says something: most often that it is alive."""
        self._messages += 1
        kind = self.dice.choice((*[SignalKind.ALIVE] * 6, *SignalKind))
        battery = self.dice.choice((None, None, 90, 12)) if kind in (SignalKind.BATTERY, SignalKind.ALIVE) else None
        at = self.centre.now() - self.dice.choice((0, 0, 0, 40, 4000, -9000))
        said = Signal(device=self.dice.choice(DEVICES)[0], id=str(self._messages), kind=kind, battery=battery, at=at)
        self._said = said
        self._signal(said)

    def sense_again(self, open_: Sequence[dict[str, Any]]) -> None:
        """A platform sends its last message a second time."""
        if self._said is None:
            self.sense(open_)
        else:
            self._signal(self._said)

    # ------------------------------------------------------------------------------------------------ work

    def go_on(self, open_: Sequence[dict[str, Any]]) -> None:
        """The ordinary way on, mostly on what is due first."""
        ticket = open_[min(int(self.dice.expovariate(0.4)), len(open_) - 1)]
        verb = ORDINARY.get(ticket["stage"])
        if verb is None:
            return
        who = "wang" if ticket["pending"] == "lead" else self.dice.choice(DESK)
        if verb == "complete" and plain(ticket["facts"]).get("agreements"):
            verb = "fulfil"
        values = dict(VALUES.get(verb, {}))
        if verb in ("acknowledge", "complete", "fulfil"):
            who = MEMBER.get(ticket["holder_unit_id"], who)
        if verb == "dispatch":
            values |= self._fields("dispatch", ("assist", "limit_no", "urgency")) | {
                "to": self.dice.choice(("CSGX", "CSGX", "GHJS", "AJ", "XF", "C01", "G01"))
            }
        if verb in ("check", "call_back") and self.dice.random() < 0.15:
            values = self._fields(verb)
        self._order(verb, ticket, who, values)

    def turn_aside(self, open_: Sequence[dict[str, Any]]) -> None:
        """What is possible besides, by the weights of the field."""
        ticket = self.dice.choice(open_)
        who = MEMBER.get(ticket["holder_unit_id"], "zhang") if self.dice.random() < 0.5 else self.dice.choice(DESK)
        possible = self.centre.desk.possible(ticket["code"], self.centre.scene.who(who))
        weights = {
            one.verb.name: self.aside[one.verb.name] for one in possible if one.allowed and one.verb.name in self.aside
        }
        if not weights:
            return
        verb = drawn(self.dice, weights)
        values = self._fields(verb)
        if verb in ("join", "link"):
            values["into" if verb == "join" else "other"] = self.dice.choice(open_)["code"]
        if verb == "separate":
            values["reason"] = "另一件"
        self._order(verb, ticket, who, values)

    def decide(self, open_: Sequence[dict[str, Any]]) -> None:
        """Whoever decides grants or declines what waits; an appeal needs two."""
        waiting = [row for row in open_ if row["pending"] not in ("", "lead")]
        waiting += self._rows("pending = 'appeal' AND open = 0")
        if not waiting:
            self._appeal()
            return
        ticket = self.dice.choice(waiting)
        verb = "grant" if self.dice.random() < 0.7 else "decline"
        self._order(verb, ticket, self.dice.choice(("wang", "chen", "gao")), self._fields(verb))

    def _appeal(self) -> None:
        late = self._rows("stage = 'archived' AND on_time = 0 AND pending = ''")
        if late:
            self._order("request", self.dice.choice(late), "zhang", {"kind": "appeal", "reason": "道路封闭"})

    def anything(self, open_: Sequence[dict[str, Any]]) -> None:
        """Any verb by anybody on a revision that may have passed: it must be refused or done, and nothing between."""
        ticket = self.dice.choice(open_)
        verb = self.dice.choice(list(VERBS))
        seen = ticket["revision"] - self.dice.choice((0, 0, 1))
        self._order(verb, ticket, self.dice.choice((*DESK, *WORKERS)), self._fields(verb), seen)

    # ------------------------------------------------------------------------------------------------ the centre

    def lead(self, open_: Sequence[dict[str, Any]]) -> None:
        """Emergency mode, the running log, the telephone log, broadcasts, hazards."""
        code = self.dice.choice(open_)["code"] if open_ and self.dice.random() < 0.5 else ""
        grade = self.dice.choice(tuple(Grade))
        deeds: tuple[tuple[CentreOrder, str], ...] = (
            (Declare(grade=grade, reason="暴雨", ticket=code), "chen"),
            (Regrade(grade=grade, reason="升级"), "chen"),
            (Lift(reason="排除"), "chen"),
            (LogEntry(text="巡查一遍"), "zhang"),
            (PhoneReport(place="江边", course="水涨", ticket=code), "zhang"),
            (PhoneFollowUp(first=1, result="退了"), "zhang"),
            (SendBroadcast(title="防汛提醒", everybody=True), "gao"),
            (HazardFound(place="三栋", what="电线老化", unit="G01"), "zhang"),
        )
        self._give(*self.dice.choice(deeds))

    def roster(self, _open: Sequence[dict[str, Any]]) -> None:
        """Somebody goes on leave, and B stands in; or a shift of the desk is written down."""
        now = self.centre.now()
        begin = now + self.dice.choice((0, 3600, 40_000))
        end = begin + self.dice.choice((3600, 28_800, 200_000))
        if self.dice.random() < 0.6:
            who = self.dice.choice(("li", "hu", "zhang", "wang"))
            self._write(lambda connection, actor: self._book(connection, actor).leave(who, begin, end, "年假"), "chen")
        else:
            who, role = self.dice.choice((("zhang", "duty_officer"), ("gao", "shift_leader"), ("wang", "duty_leader")))
            self._write(lambda connection, actor: self._book(connection, actor).on(who, role, begin, end), "chen")

    def _book(self, connection: Any, actor: Any) -> DutyBook:
        return DutyBook(connection, CENTRE, self.centre.now(), actor)

    def hand_over(self, _open: Sequence[dict[str, Any]]) -> None:
        """A step of a change of shift, in any order."""
        steps: tuple[tuple[CentreOrder, str], ...] = (
            (HandoverPack(), "zhang"),
            (HandoverNoted(text="注意江边"), "zhang"),
            (HandoverGive(), "zhang"),
            (HandoverAccept(), "gao"),
            (HandoverRefuse(reason="不全"), "gao"),
        )
        self._give(*self.dice.choice(steps))

    def sweep_up(self, open_: Sequence[dict[str, Any]]) -> None:
        """Learn from a ticket: many grids look for the like of it."""
        if open_:
            values = {"title": "排查", "kinds": ["grid"], "limit": self.dice.choice(("", "3 work_day"))}
            self._order("sweep", self.dice.choice(open_), "wang", values)

    def publish_calendar(self, open_: Sequence[dict[str, Any]]) -> None:
        """A day of the next weeks becomes a holiday, or a Saturday a day of work; open tickets are set on it."""
        self._calendars += 1
        entry = next(entry for entry in read_calendars() if entry.code == "cn_official")
        day = (self.centre.clock.now().astimezone(ZONE) + timedelta(days=self.dice.randrange(1, 20))).date()
        body: dict[str, Any] = {**entry.hours.to_dict(), "version": f"sim.{self._calendars}"}
        if day.weekday() < 5:
            body["holidays"] = [day.isoformat()]
        else:
            body["date_overrides"] = {day.isoformat(): [["09:00", "12:00"], ["14:00", "18:00"]]}
        made = replace(entry, hours=WorkCalendar.from_dict(body))
        self._write(lambda connection, actor: load_calendar(connection, CENTRE, made, self.centre.now(), actor), "wang")
        for ticket in open_[:5]:
            self._order("recompute", ticket, "gao", {})

    # ------------------------------------------------------------------------------------------------ drawing

    def _order(
        self, verb: str, ticket: dict[str, Any], who: str, values: dict[str, Any], seen: int | None = None
    ) -> None:
        try:
            order: Order = VERBS[verb].order(ticket=ticket["code"], **values)
        except ValueError:
            return
        self._give(order, who, ticket["revision"] if seen is None else seen)

    def _fields(self, verb: str, only: Sequence[str] | None = None) -> dict[str, Any]:
        options = FIELDS.get(verb, {})
        return {name: self.dice.choice(of) for name, of in options.items() if only is None or name in only}

    def _open(self) -> list[dict[str, Any]]:
        return self._rows("open = 1")

    def _rows(self, condition: str) -> list[dict[str, Any]]:
        return self.centre.scene.rows(
            "SELECT code, stage, pending, holder_unit_id, revision, facts, due_at FROM ticket"
            f" WHERE centre_id = :centre AND {condition} ORDER BY due_at, id LIMIT 60"
        )
