"""A made week of the roster with everything that can be wrong with it, for screens without a store."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.organisation.duty_ahead import GapLine
from core.organisation.duty_week import LEAVE, SERVES, UNSIGNED, WRONG, A, B, Entry, Place, Week, WeekDay
from core.rules.duty_watch import Gap
from data.duty_terms import GapKind
from data.terms import Role

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 3_600
TEAMS = (("陈建", "林小雨"), ("王凡", "赵敏"), ("欧阳志远", "孙立"))


def made_week(first: date, days: int = 7) -> Week:
    """Seven days; tonight nobody is at the desk, somebody is in two places, A of a post is away for three days."""
    found = [_day(first + timedelta(days=ahead)) for ahead in range(days)]
    start = found[0].begin
    desk: list[list[Entry]] = []
    for number, day in enumerate(found):
        early, late = TEAMS[number % 3], TEAMS[(number + 1) % 3]
        entries = [Entry(SERVES, day.begin + 8 * HOUR, day.begin + 20 * HOUR, name, name) for name in early]
        if number == 1:
            gone = Entry(WRONG, day.begin + 20 * HOUR, day.begin + 32 * HOUR, gaps=(GapKind.EMPTY_DESK,))
            entries.append(gone)
        else:
            entries += [Entry(SERVES, day.begin + 20 * HOUR, day.begin + 32 * HOUR, name, name) for name in late]
        desk.append(entries)
    desk[0].insert(0, Entry(UNSIGNED, start + 8 * HOUR, None, "孙立", "孙立"))
    desk[2][0] = desk[2][0]._replace(gaps=(GapKind.TWO_PLACES,))
    desk[3][0] = desk[3][0]._replace(gaps=(GapKind.REST,))
    wrong = (
        _gap(GapKind.EMPTY_DESK, "duty_officer", start + 44 * HOUR, start + 56 * HOUR, "值班席无人",
             "nobody at the desk"),
        _gap(GapKind.TWO_PLACES, "", start + 58 * HOUR, start + 60 * HOUR, "欧阳志远 一人两处",
             "欧阳志远 one person in two places"),
    )  # fmt: skip
    leaders = [[Entry(SERVES, day.begin + 8 * HOUR, day.end + 8 * HOUR, "高远", "高远")] for day in found]
    posts = [
        Place(
            "post",
            f"P{number}",
            f"第{number}号岗位",
            f"Post {number}",
            tuple(_post(found, number, day) for day in found),
        )
        for number in range(1, 13)
    ]
    desk_place = Place("role", "duty_officer", Role.DUTY_OFFICER.zh, Role.DUTY_OFFICER.en, tuple(map(tuple, desk)))
    heads = Place("role", "duty_leader", Role.DUTY_LEADER.zh, Role.DUTY_LEADER.en, tuple(map(tuple, leaders)))
    section = Place(
        "section", "S1", "经济发展", "Economy", tuple((Entry(A, start, None, "hu", "胡敏"),) for _ in found)
    )
    return Week(tuple(found), (desk_place, heads, section, *posts), wrong)


def _post(days: list[WeekDay], number: int, day: WeekDay) -> tuple[Entry, ...]:
    at = days.index(day)
    if number == 2 and at in (1, 2, 3):
        return (Entry(B, day.begin, day.end, "sun", "孙伟"), Entry(LEAVE, day.begin, day.end, "li", "李强"))
    return (Entry(A, days[0].begin, None, "li", "李强"),)


def _day(day: date) -> WeekDay:
    begin = datetime.combine(day, time(), ZONE)
    return WeekDay(day, int(begin.timestamp()), int((begin + timedelta(days=1)).timestamp()))


def _gap(kind: GapKind, subject: str, begin: int, end: int, zh: str, en: str) -> GapLine:
    officers = () if subject else (1,)
    return GapLine(Gap(kind, subject, officers, begin, end), zh, en, ())
