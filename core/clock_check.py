"""Whether the clock can be trusted: deadlines are made of it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from data.findings import Finding
from data.official_days import last_official_day

DRIFT_SECONDS = 0.05
PUBLISHED_BY = 45
"""Days before a year begins by which its official calendar is usually out (the notice comes in early November)."""


def clock_findings(now: datetime) -> list[Finding]:
    """Everything about time; takes a fifth of a second to watch the clock run."""
    return [
        year_finding(now),
        zone_finding(time.tzname),
        synchronised_finding(ask_timedatectl()),
        drift_finding(measure_drift()),
        calendar_finding(last_official_day(), now.date()),
    ]


def year_finding(now: datetime) -> Finding:
    """A year that can be."""
    if 2025 <= now.year < 2100:
        return Finding("clock", "ok", f"系统时间 {now:%Y-%m-%d %H:%M} UTC。", f"The time is {now:%Y-%m-%d %H:%M} UTC.")
    return Finding(
        "clock", "bad", f"系统年份 {now.year} 不对。", f"The year {now.year} is wrong.", "请校时。", "Set the clock."
    )


def zone_finding(names: tuple[str, ...]) -> Finding:
    """The machine's zone, for information: each centre has its own. The table of zones must be there."""
    import zoneinfo

    try:
        zoneinfo.ZoneInfo("Asia/Shanghai")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding(
            "zone", "bad", "缺少时区数据。", "There are no time zone data.", "安装 tzdata。", "Install tzdata."
        )
    shown = "/".join(dict.fromkeys(names))
    return Finding(
        "zone", "ok", f"本机时区 {shown}；期限按中心时区计算。", f"Zone {shown}; deadlines go by the centre's."
    )


def ask_timedatectl() -> str:
    """What the system says about its clock being synchronised: yes, no, or nothing."""
    program = shutil.which("timedatectl")
    if program is None:
        return ""
    try:
        ended = subprocess.run(  # noqa: S603 - a fixed program with fixed arguments
            [program, "show", "--property=NTPSynchronized", "--value"], capture_output=True, text=True, timeout=2
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""


def synchronised_finding(answer: str) -> Finding:
    """Whether the clock is kept right by the network."""
    if answer == "yes":
        return Finding("synchronised", "ok", "系统时钟已与网络同步。", "The clock is synchronised.")
    if answer != "no":
        return Finding("synchronised", "ok", "无法得知时钟是否同步。", "It is not known whether the clock is right.")
    return Finding(
        "synchronised",
        "warn",
        "系统时钟未与网络同步，时限可能不准。",
        "The clock is not synchronised: deadlines may be off.",
        "timedatectl set-ntp true",
        "timedatectl set-ntp true",
    )


def measure_drift(seconds: float = 0.2, wait: Callable[[float], None] = time.sleep) -> float:
    """How far the wall clock runs from the steady one over a moment, in seconds."""
    wall, steady = time.time(), time.monotonic()
    wait(seconds)
    return (time.time() - wall) - (time.monotonic() - steady)


def drift_finding(drift: float) -> Finding:
    """A clock that jumps while it is watched."""
    if abs(drift) < DRIFT_SECONDS:
        return Finding("drift", "ok", "系统时钟走时平稳。", "The clock runs steadily.")
    return Finding(
        "drift",
        "warn",
        f"系统时钟正在跳动（{drift:+.2f} 秒）。",
        f"The clock jumps ({drift:+.2f} s).",
        "请检查校时服务或虚拟机设置。",
        "Look at the time service or the virtual machine.",
    )


def calendar_finding(last: date, today: date) -> Finding:
    """Whether the official holidays reach far enough: deadlines beyond them are provisional."""
    if today + timedelta(days=PUBLISHED_BY) <= last:
        return Finding("calendar", "ok", f"法定节假日到 {last} 为止。", f"Official holidays are known until {last}.")
    return Finding(
        "calendar",
        "bad" if today > last else "warn",
        f"法定节假日只到 {last}，之后的期限为暂定。",
        f"Official holidays are known until {last} only: deadlines after it are provisional.",
        "请升级 chinesecalendar，或在日历中录入新一年的安排。",
        "Update chinesecalendar, or enter the new year's days into the calendar.",
    )
