"""Search against a plain oracle: any texts, any query, any lag of the index, on both engines the same tickets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.desk.orders import Note, Report
from data.queries import listing, queue, searching, timers
from data.queries.filters import parse
from data.queries.orders import ORDERS, order_named
from data.reader import Reader
from data.search_index import empty_index, fill
from tests import postgres
from tests.core.desk.scene import Scene, make_scene

ALPHABET = "井盖破损路口水电ab12AＢ１ -，。é"
WORDS = st.text(ALPHABET, min_size=1, max_size=12)
QUERY = st.text("井盖破损路口水电ab12A１", min_size=1, max_size=4)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with ExitStack() as stack:
        url = str(tmp_path_factory.mktemp("search") / "store.sqlite")
        if request.param == "postgresql":
            url = stack.enter_context(postgres.database(request.getfixturevalue("postgres_url")))
        made = make_scene(url)
        stack.callback(made.store.close)
        yield made


KNOWN: dict[str, dict[str, list[str]]] = {}
"""By store: the texts of each ticket, by code."""


def plain(text: str) -> list[str]:
    """The oracle's own cutting: Chinese signs one by one, the rest in runs."""
    found: list[str] = []
    run = ""
    for char in unicodedata.normalize("NFKC", text).lower():
        if char.isalnum() and ord(char) < 0x2E80:
            run += char
            continue
        found += [run] if run else []
        run = ""
        found += [char] if char.isalnum() else []
    return [*found, run] if run else found


def holds(texts: list[str], query: str) -> bool:
    wanted = plain(query)
    for text in texts:
        have = plain(text)
        if any(have[at : at + len(wanted)] == wanted for at in range(len(have) - len(wanted) + 1)):
            return True
    return False


def found(scene: Scene, text: str) -> set[str]:
    """What every way of asking finds, which is the same."""
    with Reader(scene.store.url) as reader:
        condition = parse(text, scene.desk.now())
        codes = set(listing.codes(reader, 1, condition, 10_000))
        assert queue.count(reader, 1, condition) == len(codes)
        for name in ORDERS:
            order = order_named(reader, 1, name)
            assert {line.code for line in queue.page_after(reader, 1, None, 10_000, 0, condition, order)} == codes
        assert {row["code"] for row in listing.page(reader, 1, 0, limit=10_000, condition=condition)} == codes
        lines = timers.clocks_after(reader, 1, None, 10_000, 0, condition)
        assert {line.code for line in lines} <= codes
        assert timers.count_clocks(reader, 1, condition) == len(lines)
        return codes


@settings(max_examples=8)
@given(
    tickets=st.lists(st.tuples(WORDS, WORDS, WORDS, st.lists(WORDS, max_size=2)), min_size=1, max_size=4),
    queries=st.lists(QUERY, min_size=1, max_size=4),
    indexed=st.booleans(),
    few=st.sampled_from([0, 2, 5_000]),
)
def test_the_same_as_a_plain_search(
    scene: Scene, tickets: list[tuple[str, str, str, list[str]]], queries: list[str], indexed: bool, few: int
) -> None:
    known = KNOWN.setdefault(scene.store.url, {})
    for title, address, body, notes in tickets:
        if not title.strip(" -"):
            continue
        code = scene.do(Report(title=f"题{title}", source="phone", address=address, body=body)).ticket
        for note in notes:
            if note.strip(" -"):
                scene.do(Note(ticket=code, text=f"记{note}"))
        known[code] = [code, f"题{title}", address, body, *(f"记{note}" for note in notes if note.strip(" -"))]
    while indexed and fill(scene.store, 1, 3):
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "FEW", few)
        for query in queries:
            assert found(scene, query) == {code for code, texts in known.items() if holds(texts, query)}, query
        both = " ".join(queries[:2])
        wanted = {code for code, texts in known.items() if all(holds(texts, query) for query in queries[:2])}
        assert found(scene, both) == wanted
        without = f"{queries[0]} -{queries[-1]}"
        assert found(scene, without) == {
            code for code, texts in known.items() if holds(texts, queries[0]) and not holds(texts, queries[-1])
        }


def test_a_report_is_found_right_after_it_and_its_notes_too(scene: Scene) -> None:
    while fill(scene.store, 1):
        pass
    code = scene.do(
        Report(title="Manhole 塌陷", source="phone", reporter_name="欧阳锋", reporter_phone="13912345678")
    ).ticket
    assert found(scene, "塌陷") == found(scene, "MANHOLE") == {code}
    assert found(scene, "欧阳") == found(scene, "13912345678") == set()
    while fill(scene.store, 1):
        pass
    scene.do(Note(ticket=code, text="请燃气公司"))
    assert found(scene, "燃气") == {code}
    assert fill(scene.store, 1) == 1
    assert fill(scene.store, 1) == 0
    assert found(scene, "燃气") == {code}


def test_an_emptied_index_finds_the_same_and_fills_again(scene: Scene) -> None:
    code = scene.new("窨井盖")
    with scene.store.write() as connection:
        empty_index(connection)
    with Reader(scene.store.url) as reader:
        assert searching.waiting(reader, 1) > 0
    assert code in found(scene, "窨井")
    while fill(scene.store, 1):
        pass
    with Reader(scene.store.url) as reader:
        assert searching.waiting(reader, 1) == 0
    assert code in found(scene, "窨井")


def test_signs_alone_are_in_no_ticket(scene: Scene) -> None:
    assert found(scene, "。") == set()
