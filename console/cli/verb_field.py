"""What a verb is as a command, and the options that several verbs share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from data.terms import Term


class Field(NamedTuple):
    """An option of a verb. `kind` is text, number, flag or many; `term` names the enum of its values."""

    name: str
    zh: str
    en: str
    kind: str = "text"
    term: str = ""
    flag: str = ""
    """The option as it is typed, where it is not the field's name."""

    @property
    def option(self) -> str:
        """The option as it is typed."""
        return self.flag or "--" + self.name.replace("_", "-")

    @property
    def values(self) -> Iterable[Term]:
        """The words of the field that it takes."""
        from data import device_terms, meeting_terms, terms

        found: Iterable[Term] = next(
            getattr(words, self.term) for words in (terms, meeting_terms, device_terms) if hasattr(words, self.term)
        )
        return found


class VerbCommand(NamedTuple):
    """A verb as a command: its name as typed, the order's verb, its Chinese title, help in both languages, options."""

    command: str
    verb: str
    title: str
    zh: str
    en: str
    fields: tuple[Field, ...]


NOTE = Field("note", "说明", "a note")
REASON = Field("reason", "原因（必填）", "the reason (required)")
REASON_GIVEN = Field("reason", "原因", "the reason")
MATTER = Field("matter", "事项编码", "code of the matter")
LIMIT_NO = Field("limit_no", "立案条件序号，从 0 起", "number of the condition, from 0", "number")
URGENCY = Field("urgency", "紧急程度", "how urgent it is", term="Urgency")
COMMUNITY = Field("community", "村社区编码或名称", "community, by code or name")
GRID = Field("grid", "网格编码或名称", "grid, by code or name")
UNIT = Field("unit", "单位编码或 @人员，缺省为主办单位", "the unit or @officer, by default the lead")
PEOPLE = Field("people", "到场人数", "how many people came", "number")
OVERRIDE = Field(
    "override",
    "清单不允许时仍派出的理由，限值班领导、指挥长",
    "why it is sent although the lists stop it: for the duty leader and the commander",
)
INSTRUCTION = Field("instruction", "处置要求", "what everybody is asked to do who has no instruction of their own")
