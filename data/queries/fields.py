"""The fields, flags and signs of the filter grammar, with their names in both languages: what a prompt can complete."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from data.terms import AffairKind, Source, Stage, Term, Tier, Urgency

FLAGS = {
    "late": "t.open = 1 AND t.due_at <= :now",
    "soon": "t.open = 1 AND t.due_at > :now AND t.warn_at <= :now",
    "mine": "",
    "open": "t.open = 1",
    "closed": "t.open = 0",
    "paused": "t.stage = 'suspended'",
    "supervised": "t.supervised",
    "confidential": "t.confidential",
}
"""Conditions of the flags; that of `mine` depends on who acts (`data.queries.filters`)."""
FLAG_LABELS = {
    "超期": "late",
    "临期": "soon",
    "我的": "mine",
    "未结": "open",
    "已结": "closed",
    "挂账": "paused",
    "督办": "supervised",
    "保密": "confidential",
}
WORDS: dict[str, type[Term]] = {
    "stage": Stage,
    "urgency": Urgency,
    "source": Source,
    "tier": Tier,
    "affair": AffairKind,
}
PLAIN = {"code": "t.code", "matter": "t.matter_code", "pending": "t.pending", "origin": "t.origin"}
UNITS = {
    "unit": "t.holder_unit_id",
    "lead": "t.lead_unit_id",
    "community": "t.community_id",
    "grid": "t.grid_id",
}
TIMES = {"due": "t.due_at", "reported": "t.reported_at", "completed": "t.completed_at", "closed": "t.closed_at"}
NUMBERS = {"bounces": "t.bounces", "reworks": "t.reworks", "reminders": "t.reminders"}
FIELDS = ("section", "title", *PLAIN, *WORDS, *UNITS, *TIMES, *NUMBERS)
FIELD_LABELS = {
    "板块": "section",
    "标题": "title",
    "编号": "code",
    "事项": "matter",
    "申请": "pending",
    "系统": "origin",
    "阶段": "stage",
    "紧急": "urgency",
    "来源": "source",
    "层级": "tier",
    "性质": "affair",
    "岗位": "unit",
    "单位": "unit",
    "主办": "lead",
    "社区": "community",
    "网格": "grid",
    "时限": "due",
    "上报": "reported",
    "办结": "completed",
    "结案": "closed",
    "退单": "bounces",
    "返工": "reworks",
    "催办": "reminders",
}
"""Chinese names of the fields; the first name of a field is the one to show."""


class Value(NamedTuple):
    """A value that a field can have."""

    value: str
    zh: str
    en: str


class FieldWords(NamedTuple):
    """A field or flag with its names; `kind` is flag, term, unit, time, number or text."""

    name: str
    zh: str
    en: str
    kind: str
    values: tuple[Value, ...] = ()


@cache
def vocabulary() -> tuple[FieldWords, ...]:
    """Everything that a filter can be made of, flags first. Units and matters are the centre's own: not in here."""
    flags = [FieldWords(name, zh, name, "flag") for zh, name in FLAG_LABELS.items()]
    labels: dict[str, str] = {}
    for zh, name in FIELD_LABELS.items():
        labels.setdefault(name, zh)
    return (*flags, *(FieldWords(name, labels[name], name, _kind(name), _values(name)) for name in FIELDS))


def _kind(name: str) -> str:
    kinds = {"term": tuple(WORDS), "unit": tuple(UNITS), "time": tuple(TIMES), "number": tuple(NUMBERS)}
    return next((kind for kind, names in kinds.items() if name in names), "text")


def _values(name: str) -> tuple[Value, ...]:
    return tuple(Value(str(word.value), word.zh, word.en) for word in WORDS[name]) if name in WORDS else ()
