"""The policy: limits by urgency, pre-warning, ladders and the bounce rule, as one versioned value.

Shape (TOML, or the JSON body of a catalogue row):
    bounce_limit = 3
    [urgency.emergency]     ladder, pre_warning, silent_minutes, accept, assess, acknowledge, final, check, call_back;
                            arrive, make_safe and part (an assisting task) where the urgency has them
    [clock.accept]          ladder = "accept"            ladders of clocks that measure the centre itself
    [[ladder.emergency.step]] …                          see core.rules.ladder

`silent_minutes`: how long the A holder may leave a dispatch unanswered before the B holder is asked as well. It is kept
as ladder data: an acknowledge clock warns when that time is used up (in the clock's own unit), and its ladder is the
ordinary one with that warning, to holder and B post, in place of the ordinary pre-warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from core.rules.budgets import Budget
from core.rules.ladder import Ladder, Step
from data.errors import BadInput
from data.terms import ClockKind, Severity, Urgency

REQUIRED = (
    ClockKind.ACCEPT,
    ClockKind.ASSESS,
    ClockKind.ACKNOWLEDGE,
    ClockKind.FINAL,
    ClockKind.CHECK,
    ClockKind.CALL_BACK,
)
"""Clocks for which a policy must give a limit at every urgency."""
OPTIONAL = (ClockKind.ARRIVE, ClockKind.MAKE_SAFE, ClockKind.PART)
FROM_MATTER = {
    ClockKind.FINAL: "final",
    ClockKind.HANDLE: "final",
    ClockKind.MAKE_SAFE: "make_safe",
    ClockKind.ARRIVE: "arrive",
}
"""Clocks whose limit a condition of the catalogue may set, and under which name."""
SILENT = "+silent"
"""Ends the code of a ladder whose pre-warning asks the B holder."""


@dataclass(frozen=True)
class Pressing:
    """What one urgency asks for."""

    limits: Mapping[str, str]
    ladder: str
    pre_warning: float
    silent_minutes: int


@dataclass(frozen=True)
class Policy:
    """One version of the limits and ladders."""

    urgencies: Mapping[str, Pressing]
    ladders: Mapping[str, Ladder]
    clock_ladder: Mapping[str, str]
    bounce_limit: int = 3
    version: str = ""

    @classmethod
    def from_dict(cls, body: Mapping[str, Any], version: str = "") -> Policy:
        """A policy from its plain form. Raises BadInput naming what is missing or wrong."""
        ladders = {code: Ladder.from_dict(code, steps) for code, steps in body.get("ladder", {}).items()}
        urgencies = {word.value: _read_urgency(body, word, ladders) for word in Urgency}
        clock_ladder = {kind: str(values.get("ladder", "")) for kind, values in body.get("clock", {}).items()}
        for kind, code in clock_ladder.items():
            _demand_ladder(ladders, code, f"clock.{kind}.ladder")
        bounce_limit = body.get("bounce_limit", 3)
        if not isinstance(bounce_limit, int) or not 1 <= bounce_limit <= 100:
            raise BadInput("policy-bounce", "bounce_limit 须为 1 到 100", "bounce_limit must be 1 to 100")
        return cls(urgencies, ladders, clock_ladder, bounce_limit, version or str(body.get("version", "")))

    def limit(self, kind: ClockKind, urgency: Urgency) -> str:
        """The limit of a clock at an urgency, as written; empty where the urgency has none."""
        return self.urgencies[urgency.value].limits.get(kind.value, "")

    def share(self, urgency: Urgency) -> float:
        """The share of a budget at which the pre-warning falls."""
        return self.urgencies[urgency.value].pre_warning

    def ladder_code(self, urgency: Urgency, wanted: str = "") -> str:
        """The ladder that a matter asks for, or the one of its urgency."""
        return wanted if wanted in self.ladders else self.urgencies[urgency.value].ladder

    def warning(self, kind: ClockKind, urgency: Urgency, ladder: str, seconds: int) -> tuple[float | None, str]:
        """The share of a clock's budget (in seconds) at which it warns, and the code of the ladder it climbs.

        No share for a clock without a ladder. An acknowledge clock warns when the holder has been silent too long.
        """
        if not ladder:
            return None, ""
        silent = self.urgencies[urgency.value].silent_minutes * 60
        if kind != ClockKind.ACKNOWLEDGE or not 0 < silent < seconds:
            return self.share(urgency), ladder
        # Rounded up, so that whole seconds come out of the share again.
        share = (Decimal(silent) / Decimal(seconds)).quantize(Decimal("1e-12"), ROUND_UP)
        return float(share), ladder + SILENT

    def ladder(self, code: str) -> Ladder | None:
        """A ladder by code; None for a clock without one."""
        plain = self.ladders.get(code.removesuffix(SILENT))
        if plain is None or not code.endswith(SILENT):
            return plain
        asked = Step("silent", None, ("holder", "post_b"), "remind", Severity.WARNING)
        later = [step for step in plain.steps if step.offset_seconds is not None]
        return Ladder(code, (asked, *later), plain.zh, plain.en)


def _read_urgency(body: Mapping[str, Any], urgency: Urgency, ladders: Mapping[str, Ladder]) -> Pressing:
    given = body.get("urgency", {}).get(urgency.value, {})
    limits: dict[str, str] = {}
    for kind in (*REQUIRED, *OPTIONAL):
        text = given.get(kind.value)
        if text is None and kind in OPTIONAL:
            continue
        if not isinstance(text, str):
            place = f"urgency.{urgency.value}.{kind.value}"
            raise BadInput("policy-limit", f"政策缺少时限：{place}", f"the policy has no limit {place}")
        Budget.parse(text)
        limits[kind.value] = text
    ladder = str(given.get("ladder", urgency.value))
    _demand_ladder(ladders, ladder, f"urgency.{urgency.value}.ladder")
    share = given.get("pre_warning", 0.75)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise BadInput("policy-share", "pre_warning 须在 0 与 1 之间", "pre_warning must lie between 0 and 1")
    silent = given.get("silent_minutes", 0)
    if isinstance(silent, bool) or not isinstance(silent, int) or not 0 <= silent <= 525_600:
        raise BadInput(
            "policy-silent", "silent_minutes 须为不小于 0 的整数分钟", "silent_minutes must be whole minutes, 0 or more"
        )
    return Pressing(limits, ladder, float(share), silent)


def _demand_ladder(ladders: Mapping[str, Ladder], code: str, place: str) -> None:
    if code not in ladders:
        raise BadInput("policy-ladder", f"{place}：没有升级链“{code}”", f"{place}: there is no ladder {code!r}")
