"""Every operation of the desk can be asked for from the console, with everything that it needs."""

from __future__ import annotations

import pytest

from console.dialogs.verb_forms import FORMS, NEEDS_UNIT, OF_A_TASK, order_values
from console.widgets.fields import FieldSpec
from core.desk.verbs.table import VERBS

ASKED_OTHERWISE = {
    "sweep": {"title", "limit", "instruction", "lead", "tags", "kinds", "communities", "units"},
    "dispatch": {"to"},
    "assess": {"matter", "limit_no"},
    "activate_plan": {"plan"},
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_form_asks_for_what_the_order_needs_and_for_nothing_else(verb: str) -> None:
    fields = {name: field for name, field in VERBS[verb].order.model_fields.items() if name != "ticket"}
    asked = {spec.name for spec in FORMS[verb]()} if verb in FORMS else set()
    asked |= ASKED_OTHERWISE.get(verb, set())
    asked |= {"to"} if verb in NEEDS_UNIT else set()
    asked |= {"unit"} if verb in OF_A_TASK else set()
    assert asked <= set(fields), "the form has a field that the order does not know"
    needed = {name for name, field in fields.items() if field.is_required()}
    assert needed <= asked, "the order needs something that nobody asks for"


def _filled(spec: FieldSpec, choice: int) -> str:
    """What a person may choose or type in a field."""
    if spec.options:
        return spec.options[min(choice, len(spec.options) - 1)][0]
    if spec.name == "reporter_phone":
        return "13900001111"
    return "3" if spec.number else "文字"


@pytest.mark.parametrize("verb", FORMS)
def test_what_is_filled_in_is_understood_by_the_order(verb: str) -> None:
    """Each option of each choice, and a text in each field."""
    specs = FORMS[verb]()
    for choice in range(max(len(spec.options) for spec in specs) or 1):
        filled = {spec.name: _filled(spec, choice) for spec in specs if _filled(spec, choice)}
        values = order_values(verb, filled)
        if verb in NEEDS_UNIT:
            values["to"] = ["CSGX"] if verb == "add_task" else "CSGX"
        if verb in OF_A_TASK:
            values["unit"] = "CSGX"
        VERBS[verb].order.model_validate({"ticket": "20260720-0001", **values})
