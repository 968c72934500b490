"""Hostile text: what cannot be stored is refused, what can be is kept as it came, on both engines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.orders import Amend, Dispatch, Note, Remind, Report, read_order
from data.errors import BadInput
from data.terms import Stage
from tests.core.desk.scene import Scene

MARKUP = "[bold]x[/bold] [@click=app.bell]y[/] </script> '; DROP TABLE ticket; -- %s {0} \\n"
CONTROLS = "红\x1b[31m灯\x07 \x9b2J \u202e反\u200b零 \x7f"


@pytest.mark.parametrize("text", [MARKUP, CONTROLS, "𝒳 emoji 🚒 e\u0301", "ａｂｃ　全角"])
def test_strange_text_is_kept_as_it_came(any_scene: Scene, text: str) -> None:
    scene = any_scene
    code = scene.new(text, body=text, address=text, reporter_name=text)
    scene.do(Note(ticket=code, text=text))
    ticket = scene.ticket(code)
    wanted = " ".join(text.split("\n")).strip()
    assert (ticket["title"], ticket["address"], ticket["body"]) == (wanted, wanted, text.strip())
    assert scene.events(code)[-1]["body"]["text"] == text.strip()


@pytest.mark.parametrize(
    "values",
    [
        {"title": "a\x00b"},
        {"title": "\ud800"},
        {"title": "x", "body": "\udfff"},
        {"title": "x", "external_id": "a\x00", "origin": "o"},
        {"title": "x", "origin": "\x00"},
        {"title": "x" * 10_240},
        {"title": "   "},
        {"title": "\n\t\r"},
        {"title": "\x1f"},
        {"title": "\x85\u2028"},
        {"title": "x", "body": "y" * 20_001},
        {"title": "x", "address": "y" * 301},
        {"title": "x", "matter": ["a"]},
        {"title": "x", "limit_no": -1},
        {"title": None},
    ],
)
def test_what_no_store_can_hold_is_refused_at_the_door(values: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        read_order(Report, values)
    assert refused.value.zh
    assert refused.value.en
    assert len(refused.value.zh) < 400


def test_unknown_codes_with_controls_are_shown_harmlessly(scene: Scene) -> None:
    code = scene.at_stage(Stage.ACCEPTED)
    for order in (Dispatch(ticket=code, to="岗\x1b[2J"), Dispatch(ticket=code, to="CSGX", matter="\x1b]0;x\x07")):
        with pytest.raises(Exception, match=r"没有") as refused:
            scene.do(order)
        assert refused.value.zh.isprintable()  # type: ignore[attr-defined]
        assert refused.value.en.isprintable()  # type: ignore[attr-defined]


@given(st.text(max_size=300))
def test_whatever_is_let_in_can_be_stored(text: str) -> None:
    """Anything at all: either refused with a sentence, or UTF-8 without NUL on one line."""
    try:
        order = read_order(Report, {"title": text, "address": text[:100]})
    except BadInput:
        return
    assert isinstance(order, Report)
    assert order.title.encode("utf-8")
    assert not set("\x00\n\r") & set(order.title)
    assert order.title.strip() == order.title != ""


def test_corrections_keep_the_old_words_in_the_log(any_scene: Scene) -> None:
    scene = any_scene
    code = scene.new("井盖", address="旧址", reporter_phone="13800000000")
    scene.do(Amend(ticket=code, address="新址", title="井盖"))
    assert scene.ticket(code)["address"] == "新址"
    body = scene.events(code)[-1]["body"]
    assert body["before"] == {"address": "旧址"}
    assert body["effects"]["set"] == {"address": "新址"}
    with pytest.raises(BadInput) as same:
        scene.do(Amend(ticket=code, address="新址"))
    assert same.value.code == "no-change"


def test_notices_do_not_tell_what_is_confidential(scene: Scene) -> None:
    code = scene.new("举报某人", confidential=True)
    scene.do(Remind(ticket=code))
    said = scene.notices("remind")[-1]
    assert "举报某人" not in said["title"] + said["title_en"]
    assert code in said["title"]
    assert scene.ticket(code)["confidential"]
