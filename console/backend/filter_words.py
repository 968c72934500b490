"""What a filter can be made of, for completion: flags, fields, the values of terms, and units by name or pinyin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from console.i18n import _, language, mark
from console.ports import FilterWord, PostNode
from data.queries.filters import FIELDS, FLAG_LABELS, FLAGS, NUMBERS, TIMES, WORDS

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
    "due": mark("time left: due<30m, due<2h"),
    "reported": mark("age: reported>1d, or a date"),
    "completed": mark("time of completion"),
    "closed": mark("time of closing"),
    "bounces": mark("times sent back"),
    "reworks": mark("times reworked"),
    "reminders": mark("times urged"),
}
CODES_ONLY = 40
"""Letters of a name that are turned into pinyin; longer ones are found by their beginning."""


def filter_words(posts: Sequence[PostNode]) -> list[FilterWord]:
    """Everything in the user's language, what is asked for most first."""
    return [*_flags(), *_fields(), *_values(), *_units(posts)]


def _flags() -> Iterator[FilterWord]:
    chinese = {flag: label for label, flag in FLAG_LABELS.items()}
    for flag in FLAGS:
        label = chinese.get(flag, "")
        text = label if label and language() != "en" else flag
        yield FilterWord(text, label if language() != "en" and label else flag, names=_names(flag, label))


def _fields() -> Iterator[FilterWord]:
    for field in FIELDS:
        label = _(FIELD_NAMES.get(field, field))
        ending = "<" if field in TIMES or field in NUMBERS else ":"
        yield FilterWord(field + ending, label, names=_names(field, label if language() != "en" else ""))


def _values() -> Iterator[FilterWord]:
    for field, kind in WORDS.items():
        for word in kind:
            label = word.label(language())
            value = label if " " not in label else str(word.value)
            names = _names(str(word.value), word.zh, word.en.lower())
            yield FilterWord(f"{field}:{value}", label, _(FIELD_NAMES[field]), (field,), names)


def _units(posts: Sequence[PostNode]) -> Iterator[FilterWord]:
    for post in posts:
        if post.target:
            names = (*_names(post.name, post.code), *post.found_by.split())
            yield FilterWord(
                f"unit:{post.code}", post.name, _(FIELD_NAMES["unit"]), ("unit", "lead", "community"), names
            )


def _names(*words: str) -> tuple[str, ...]:
    """Each word with its pinyin and the initials of it."""
    found: list[str] = []
    for word in words:
        if word:
            found.append(word.lower())
            if not word.isascii():
                found += _pinyin(word[:CODES_ONLY])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=2000)
def _pinyin(text: str) -> tuple[str, str]:
    """A text in pinyin, and its initials. The dictionary is heavy and loaded when it is first needed."""
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(text)
    return "".join(syllables).lower(), "".join(syllable[:1] for syllable in syllables).lower()
