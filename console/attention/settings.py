"""How attention may be drawn on this machine: `attention.toml` in the XDG configuration folder, all of it optional.

sound = true                  # the terminal's bell
title = true                  # alarms counted in the terminal's title
desktop = "osc9"              # osc9, osc777 or osc99: a desktop notification too; off unless it is written here
gap = 10                      # seconds between two rings at least
quiet = "22:00-06:00"         # only emergencies ring
[repeat]                      # seconds after which what is not acknowledged rings again; the last goes on
emergency = [30, 60, 60, 120]
alarm = [60, 120, 300]
nearing = [300, 600, 1800]
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from console.attention.budget import Grade, Policy, QuietHours
from data.errors import BadInput

GAPS = range(5, 61)
"""Seconds that may be asked for between two rings."""
INTERVALS = range(10, 3601)
"""Seconds after which something may be asked to ring again: an alarm cannot be put off for good."""
DESKTOP = ("", "osc9", "osc777", "osc99")
QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
KNOWN = {"sound", "title", "desktop", "gap", "quiet", "repeat"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be used, and the policy of rings."""

    sound: bool = True
    title: bool = True
    desktop: str = ""
    policy: Policy = field(default_factory=Policy)


def settings_path() -> str:
    """The file, in the XDG configuration folder."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(base, "zhihui", "attention.toml")


def load_settings() -> tuple[Settings, BadInput | None]:
    """The settings of this machine; the usual ones, and why, when the file cannot be followed."""
    path = settings_path()
    if not os.path.exists(path):
        return Settings(), None
    import tomllib

    try:
        with open(path, "rb") as file:
            return settings_of(tomllib.load(file)), None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Settings(), _wrong(f"无法读取（{error}）", f"cannot be read ({error})")
    except BadInput as error:
        return Settings(), error


def settings_of(given: Mapping[str, object]) -> Settings:
    """The settings that a file asks for. Raises BadInput, naming the entry, for what it may not ask."""
    for name in given:
        if name not in KNOWN:
            raise _wrong(f"没有设置项 {name}", f"there is no setting {name}")
    sound, title = (_yes_or_no(given, name) for name in ("sound", "title"))
    desktop, gap = given.get("desktop", ""), given.get("gap", Policy().gap)
    if desktop not in DESKTOP:
        raise _wrong(f"desktop 只能是 {', '.join(DESKTOP[1:])}", f"desktop is one of {', '.join(DESKTOP[1:])}")
    if type(gap) is not int or gap not in GAPS:
        raise _wrong("gap 应为 5 到 60 秒", "gap is 5 to 60 seconds")
    return Settings(sound, title, str(desktop), Policy(gap, _repeats(given.get("repeat", {})), _quiet(given)))


def _yes_or_no(given: Mapping[str, object], name: str) -> bool:
    value = given.get(name, True)
    if not isinstance(value, bool):
        raise _wrong(f"{name} 应为 true 或 false", f"{name} is true or false")
    return value


def _repeats(given: object) -> Mapping[Grade, tuple[int, ...]]:
    """The intervals by grade; those not given are the usual ones."""
    usual = dict(Policy().repeats)
    grades = {grade.name.lower(): grade for grade in Grade}
    if not isinstance(given, dict) or any(name not in grades for name in given):
        raise _wrong(f"repeat 只有 {', '.join(grades)}", f"repeat knows {', '.join(grades)}")
    for name, steps in given.items():
        fits = isinstance(steps, list) and steps and all(type(step) is int and step in INTERVALS for step in steps)
        if not fits:
            raise _wrong(f"repeat.{name} 应为若干 10 到 3600 秒", f"repeat.{name} is a list of 10 to 3600 seconds")
        usual[grades[name]] = tuple(steps)
    return usual


def _quiet(given: Mapping[str, object]) -> QuietHours | None:
    text = given.get("quiet", "")
    if text == "":
        return None
    match = QUIET.fullmatch(str(text))
    if match is None:
        raise _wrong('quiet 应写作 "22:00-06:00"', 'quiet is written "22:00-06:00"')
    hours = [int(part) for part in match.groups()]
    return QuietHours(hours[0] * 3600 + hours[1] * 60, hours[2] * 3600 + hours[3] * 60)


def _wrong(zh: str, en: str) -> BadInput:
    return BadInput("attention", f"attention.toml：{zh}；按默认提醒。", f"attention.toml: {en}; alarms ring as usual.")
