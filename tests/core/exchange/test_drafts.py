"""The compiled reading of rows is as strict as the desk's own orders, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.orders import Report, read_order
from core.exchange.drafts import Draft, RowFault, draft_reader
from core.exchange.maps import TEXTS, read_map
from data.errors import BadInput
from tests.core.exchange.importing_rig import RULES
from tests.street import START

NOW = int(START.timestamp())
TEXT_FIELDS = ("title", "body", "address", "reporter_name", "reporter_phone")


class NoLookups:
    """Nothing is looked up in these tests."""

    def find(self, field: str, name: str) -> dict[str, Any]:
        raise AssertionError(field)


def reader(columns: dict[str, Any], **changes: Any) -> Any:
    values = {
        **RULES,
        "columns": {"title": "title", "reported_at": "when", **columns},
        "fixed": {"affair": "public"},
        **changes,
    }
    chosen = {
        name: value for name, value in values.items() if value is not None and name not in changes.get("less", ())
    }
    chosen.pop("less", None)
    rules = read_map(chosen, "t.toml")
    header = rules.used_columns()
    read = draft_reader(rules, header, NoLookups(), NOW)  # type: ignore[arg-type]

    def read_row(**cells: str) -> Draft:
        given = {"title": "井盖", "when": "2026-11-01 09:00:00", **cells}
        return read(2, [given.get(column, "") for column in header])  # type: ignore[no-any-return]

    return read_row


def plain(columns: dict[str, Any], **changes: Any) -> Any:
    """A reader without status and units."""
    return reader(columns, status=None, units=None, **changes)


READ_TEXTS = plain({name: name for name in TEXT_FIELDS})
ODD = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["x" * 200, "x" * 201, "x" * 300, "x" * 301, "字" * 20_000, "字" * 20_001, " a ", "a\r\nb\rc\n", "\ud800", "a\x00"]
)


@pytest.mark.parametrize("field", TEXT_FIELDS)
@given(text=ODD)
def test_a_text_is_taken_or_refused_as_the_desk_does(field: str, text: str) -> None:
    values = {"title": "井盖", field: text}
    try:
        expected: str | None = getattr(read_order(Report, values), field)
    except BadInput:
        expected = None
    try:
        draft = READ_TEXTS(**{field: text})
        found: str | None = draft.opening.get(field, "")
    except RowFault:
        found = None
    if expected == "" and field == "title":
        # Invisible separators alone: stricter than the desk.
        assert found is None
    else:
        assert found == expected


def test_the_limits_are_those_of_the_orders() -> None:
    for name in TEXT_FIELDS:
        (limit,) = (rule.max_length for rule in Report.model_fields[name].metadata if hasattr(rule, "max_length"))
        assert TEXTS[name][0] == limit


def test_what_is_too_long_is_cut_and_marked_where_the_map_says_so() -> None:
    read = plain({"title": {"column": "title", "cut": 10}})
    assert read(title="0123456789").opening["title"] == "0123456789"
    assert read(title="0123456789x").opening["title"] == "01234567.."


def test_columns_are_joined_and_empty_ones_left_out() -> None:
    read = plain({"address": {"join": ["a", "b", "c"], "with": ", "}})
    assert read(a="春晖路", b=" ", c="5号").opening["address"] == "春晖路, 5号"


def test_words_come_by_table_by_label_and_by_default() -> None:
    read = plain({"source": {"column": "s", "values": {"Tel": "phone"}, "default": "import"}})
    assert [read(s=text).opening["source"] for text in ("Tel", "hotline", "热线转办", "resident", "?", "")] == [
        "phone", "hotline", "hotline", "resident", "import", "import",
    ]  # fmt: skip
    strict = plain({"urgency": "u"})
    assert strict(u="特急").opening["urgency"] == "emergency"
    assert strict(u="").opening["urgency"] == "normal"
    with pytest.raises(RowFault, match="not known"):
        strict(u="very")


def test_confidential_is_a_truth_value() -> None:
    read = plain({"confidential": {"column": "c", "values": {"是": "true", "否": "false"}}})
    assert read(c="是").opening["confidential"] is True
    assert "confidential" not in read(c="否").opening
    assert "confidential" not in read(c="").opening


def test_without_a_status_the_closing_time_tells() -> None:
    read = plain({"closed_at": "closed"})
    assert read(closed="2026-11-02 09:00:00").stage == "archived"
    assert read(closed="").stage == "reported"


def test_what_is_known_only_of_closed_tickets_waits_for_the_closing() -> None:
    read = plain({"closed_at": "closed", "outcome": "o", "public_reply": "r"})
    draft = read(closed="2026-11-02 09:00:00", o="修好", r="已修")
    assert draft.closing == {"outcome": "修好", "public_reply": "已修"}
    assert not {"outcome", "public_reply"} & set(draft.opening)


def test_the_digest_is_of_the_columns_that_are_read() -> None:
    read = plain({"body": "text"}, facts={"kept": "extra"})
    one, same, other = read(text="a", extra="b"), read(text="a", extra="b"), read(text="ab", extra="")
    assert one.digest == same.digest != other.digest
    assert one.external_id == f"row-{one.digest}"
    assert one.opening["facts"] == {"kept": "b", "import": one.digest}


@given(cells=st.lists(st.text(max_size=12), min_size=5, max_size=5))
def test_any_cells_make_a_draft_or_a_fault(cells: list[str]) -> None:
    read = plain({"closed_at": "c", "official_due_at": "d", "body": "b"})
    title, when, closed, due, body = cells
    try:
        draft = read(title=title, when=when, c=closed, d=due, b=body)
    except RowFault as error:
        assert error.fault.zh != error.fault.en  # noqa: PT017 - both ends are right
        return
    assert draft.reported_at <= NOW
