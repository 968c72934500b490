"""Search against a plain oracle: any texts, any query, any lag of the index, on both engines the same tickets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from core.desk.orders import Archive, Note, Refuse, Report
from data.queries import export, listing, queue, searching, timers
from data.queries.filters import parse
from data.queries.orders import ORDERS, order_named
from data.reader import Reader
from data.search_index import empty_index, fill
from data.tables import Centre, CentreSequence, Ticket, TicketText, table
from data.terms import Stage
from data.tokens import searchable
from tests import postgres
from tests.core.desk.scene import Scene, make_scene

ALPHABET = "井盖破损路口𠮷々ab12AＢ１ßﬁｱ- -，。é\u0301'\"+!:%_•"
"""Chinese of both planes, letters and digits of both widths, ligatures, and the signs that the indexes know."""
WORDS = st.text(ALPHABET, min_size=1, max_size=12)
QUERY = st.text("井盖破损路口𠮷々ab12A１ßﬁｱé'+%_", min_size=1, max_size=5)


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
"""By store: the texts of each open ticket, by code."""
CLOSED: dict[str, dict[str, list[str]]] = {}
"""The same of closed ones."""
REASON = "井路1a"
"""Why a ticket is refused: in its texts from then on."""


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
    if not wanted:
        return False
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
        assert queue.count(reader, 1, condition).number == len(codes)
        for name in ORDERS:
            order = order_named(reader, 1, name)
            assert {line.code for line in queue.page_after(reader, 1, None, 10_000, 0, condition, order)} == codes
        assert {row["code"] for row in listing.page(reader, 1, 0, limit=10_000, condition=condition)} == codes
        lines = timers.clocks_after(reader, 1, None, 10_000, 0, condition)
        assert {line.code for line in lines} <= codes
        assert timers.count_clocks(reader, 1, condition).number == len(lines)
        for line in lines[-1:]:
            assert timers.rank_clock(reader, 1, (line.due_at, line.id), condition).number == len(lines) - 1
        return codes


def found_closed(scene: Scene, text: str) -> set[str]:
    """What the list of all tickets and the export find more."""
    with Reader(scene.store.url) as reader:
        condition = parse(text, scene.desk.now())
        rows = listing.page(reader, 1, 0, True, limit=10_000, condition=condition)
        place = list(export.COLUMNS).index("code")
        exported = [row[place] for row in export.tickets(reader, 1, condition)]
        assert {row["code"] for row in rows} == set(exported)
        assert len(rows) == len(exported) == export.count(reader, 1, condition)
        return set(exported) & set(CLOSED.get(scene.store.url, {}))


@settings(max_examples=8)
@given(
    tickets=st.lists(st.tuples(WORDS, WORDS, WORDS, st.lists(WORDS, max_size=2)), min_size=1, max_size=4),
    refused=st.integers(0, 4),
    queries=st.lists(QUERY, min_size=1, max_size=4),
    indexed=st.booleans(),
    few=st.sampled_from([0, 2, 1_000]),
    many=st.sampled_from([0, 3, 50_000]),
    steps=st.sampled_from([0, 2, 5_000]),
)
def test_the_same_as_a_plain_search(
    scene: Scene,
    tickets: list[tuple[str, str, str, list[str]]],
    refused: int,
    queries: list[str],
    indexed: bool,
    few: int,
    many: int,
    steps: int,
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
    closed = CLOSED.setdefault(scene.store.url, {})
    for code in list(known)[:refused]:
        scene.do(Refuse(ticket=code, reason=REASON))
        closed[code] = [*known.pop(code), REASON]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FEW", few), ("MANY", many), ("STEPS", steps)):
            patch.setattr(searching, name, value)
        for query in queries:
            assert found(scene, query) == {code for code, texts in known.items() if holds(texts, query)}, query
            wanted = {code for code, texts in closed.items() if holds(texts, query)}
            assert found_closed(scene, query) == wanted, query
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


def test_what_is_closed_without_a_word_is_counted_no_more(scene: Scene) -> None:
    code = scene.at_stage(Stage.CALLED_BACK)
    scene.do(Note(ticket=code, text="紫砂壶"))
    while fill(scene.store, 1):
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "FEW", 0)
        assert found(scene, "紫砂") == {code}
        scene.do(Archive(ticket=code))
        assert found(scene, "紫砂") == set()
        while fill(scene.store, 1):
            pass
        assert found(scene, "紫砂") == set()


def test_a_history_of_any_length_is_indexed(scene: Scene) -> None:
    """More different pairs than a tsvector could hold."""
    code = scene.new("很长的历史")
    signs = [chr(0x4E00 + number) for number in range(20_000)]
    random = Random(1)
    for _ in range(80):
        text = "".join(random.sample(signs, 2_000))
        scene.do(Note(ticket=code, text=text))
    while fill(scene.store, 1):
        pass
    assert code in found(scene, text[-3:])


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


def test_centres_that_share_an_id_find_their_own_tickets_only(scene: Scene) -> None:
    code = scene.new("翡翠湖水质")
    with scene.store.write() as connection:
        for model in (Centre, CentreSequence, Ticket, TicketText):
            kind = table(model)
            wanted = kind.c.ticket_id if model is TicketText else kind.c.id if model is Ticket else None
            number = scene.ticket(code)["id"]
            chosen = select(kind) if wanted is None else select(kind).where(wanted == number)
            row = dict(connection.execute(chosen.execution_options(fanout=True)).mappings().one())
            row |= {"id": 2, "code": "OTHER"} if model is Centre else {"centre_id": 2}
            row |= {name: None for name in row if name.endswith("_unit_id")}
            row |= {"head": searchable("琥珀山道路")} if model is TicketText else {}
            connection.execute(insert(kind), [row])
    while fill(scene.store, 1) or fill(scene.store, 2):
        pass
    for few in (0, 1_000):
        with pytest.MonkeyPatch.context() as patch, Reader(scene.store.url) as reader:
            patch.setattr(searching, "FEW", few)
            for centre, own, other in ((1, "翡翠", "琥珀"), (2, "琥珀", "翡翠")):
                for words, number in ((own, 1), (other, 0)):
                    condition = parse(words, scene.desk.now())
                    assert queue.count(reader, centre, condition).number == number
                    assert len(queue.page_after(reader, centre, None, 9, 0, condition)) == number


def test_signs_alone_are_in_no_ticket(scene: Scene) -> None:
    assert found(scene, "。") == set()
