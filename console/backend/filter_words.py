"""What a filter can be made of, for completion: flags, fields, values of terms, units, people and matters by pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from console.i18n import _, language, mark
from console.intake_ports import FilterWord
from console.ports import PostNode
from data.pinyin import spellings
from data.queries.fields import FIELD_LABELS, UNITS, FieldWords, vocabulary

FIELD_NAMES = {
    "stage": mark("stage"),
    "urgency": mark("urgency"),
    "source": mark("source of the report"),
    "tier": mark("tier that holds it"),
    "affair": mark("kind of affair"),
    "unit": mark("unit that has it in hand"),
    "lead": mark("lead unit"),
    "community": mark("community"),
    "grid": mark("grid"),
    "section": mark("section"),
    "matter": mark("matter of the catalogue"),
    "code": mark("ticket number"),
    "title": mark("words in the title"),
    "due": mark("time left, as <30m or <2h"),
    "reported": mark("age, as >1d, or a date"),
    "completed": mark("time of completion"),
    "closed": mark("time of closing"),
    "bounces": mark("times sent back"),
    "reworks": mark("times reworked"),
    "reminders": mark("times urged"),
}
ENDINGS = {"time": "<", "number": ">"}
"""What usually stands behind a field; a colon behind the others."""


def filter_words(posts: Sequence[PostNode], matters: Iterable[tuple[str, str]]) -> list[FilterWord]:
    """Everything in the user's language, flags first, then fields, their values, units and matters (code, name)."""
    words = vocabulary()
    fields = {word.name: word for word in words if word.kind != "flag"}
    found = [_flag(word) for word in words if word.kind == "flag"]
    found += [_field(word) for word in fields.values()]
    found += [item for word in fields.values() for item in _values(word)]
    return [*found, *_units(fields["unit"], posts), *_matters(fields["matter"], matters)]


def _spoken(word: FieldWords) -> str:
    """The name that the grammar knows in the user's language."""
    return word.name if language() == "en" else word.zh


def _flag(word: FieldWords) -> FilterWord:
    return FilterWord(_spoken(word), _spoken(word), names=_names(word.name, word.zh))


def _field(word: FieldWords) -> FilterWord:
    title = _(FIELD_NAMES.get(word.name, word.name))
    return FilterWord(_spoken(word) + ENDINGS.get(word.kind, ":"), title, names=_names(word.name, word.zh))


def _values(word: FieldWords) -> Iterator[FilterWord]:
    for value in word.values:
        label = value.en if language() == "en" else value.zh
        text = label if " " not in label else value.value
        names = _names(value.value, value.zh, value.en)
        yield FilterWord(f"{_spoken(word)}:{text}", label, _(FIELD_NAMES[word.name]), (word.name, word.zh), names)


def _units(unit: FieldWords, posts: Sequence[PostNode]) -> Iterator[FilterWord]:
    """Posts, communities and forces, found by who is on duty there too; the grammar knows them by code and by name."""
    fields = tuple(name for name in (unit.name, *FIELD_LABELS) if FIELD_LABELS.get(name, name) in UNITS)
    for post in posts:
        if post.target:
            text = post.code if language() == "en" or " " in post.name else post.name
            people = re.findall(r"[^\s/()]{2,}", post.on_duty)
            names = (*_names(post.name, post.code), *post.found_by.split(), *_names(*people))
            yield FilterWord(
                f"{_spoken(unit)}:{text}", post.name, _(FIELD_NAMES["unit"]), (*fields, *UNITS), names, post.on_duty
            )


def _matters(matter: FieldWords, matters: Iterable[tuple[str, str]]) -> Iterator[FilterWord]:
    for code, name in matters:
        text, fields = f"{_spoken(matter)}:{code}", (matter.name, matter.zh)
        yield FilterWord(text, name, _(FIELD_NAMES[matter.name]), fields, _names(name, code))


def _names(*words: str) -> tuple[str, ...]:
    """Each word with its pinyin and the initials of it."""
    found: list[str] = []
    for word in words:
        if word:
            found += [word.lower(), *spellings(word)]
    return tuple(dict.fromkeys(found))
