"""Looks words up: turns the phrases of a filter into conditions that fit the database and the number of hits.

Few hits are found through the index and put in order then; of many, the list is walked in its own order and each
ticket's tokens are looked at. Either way a page costs the same on a thousand tickets and on a million. Tickets whose
texts still wait to be taken in (`text_due`) are compared as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from data.queries.filters import Condition, Phrase, UnitNames, parse
from data.reader import Reader, expand
from data.tokens import grams_of_phrase, holds, line_of, phrase

FEW = 20_000
"""Hits up to which they are put in order after they were found."""
COMPARED = 2_000
"""Tickets not taken in yet that are compared one by one; of more, the ticket's own texts are looked through."""

_LOOKED_AT = (
    "EXISTS (SELECT 1 FROM ticket_text x WHERE x.centre_id = :centre AND x.ticket_id = t.id AND x.tokens LIKE :{0})"
)
_FOUND = {
    True: "t.id IN (SELECT rowid FROM ticket_search WHERE ticket_search MATCH :{0}_q)",
    False: "t.id IN (SELECT x.ticket_id FROM ticket_text x WHERE x.centre_id = :centre"
    " AND string_to_array(x.grams, ' ') @> string_to_array(:{0}_q, ' ') AND x.tokens LIKE :{0})",
}
_COUNTED = {
    True: "SELECT count(*) FROM (SELECT 1 AS one FROM ticket_search WHERE ticket_search MATCH :query LIMIT :cap)"
    " AS hits",
    False: "SELECT count(*) FROM (SELECT 1 AS one FROM ticket_text x WHERE x.centre_id = :centre"
    " AND string_to_array(x.grams, ' ') @> string_to_array(:query, ' ') AND x.tokens LIKE :line LIMIT :cap) AS hits",
}


def look_up(
    reader: Reader,
    centre: int,
    text: str,
    now: int,
    zone: str = "Asia/Shanghai",
    officer: str | None = None,
    units: UnitNames | None = None,
) -> Condition:
    """The condition of a filter text, ready for this store. Raises BadInput (`data.queries.filters.parse`)."""
    return resolve(reader, centre, parse(text, now, zone, officer, units))


def resolve(reader: Reader, centre: int, condition: Condition) -> Condition:
    """The condition with its phrases turned into SQL for this store; one without phrases is given back as it is."""
    if not condition.phrases:
        return condition
    waiting = _waiting(reader, centre)
    sql, values, few = condition.sql, dict(condition.values), condition.few
    for number, words in enumerate(condition.phrases):
        name = f"w{number}"
        hits = _hits(reader, centre, words)
        rare = hits <= FEW and not words.absent
        few = few or rare
        found = (_FOUND[reader.sqlite] if rare else _LOOKED_AT).format(name)
        values[name] = f"%{phrase(list(words.tokens))}%"
        if rare:
            values[f"{name}_q"] = _query(reader, centre, words)
        sql = sql.replace(words.mark, _with_waiting(found, name, words, waiting, values))
    return condition._replace(sql=sql, values=values, phrases=(), few=few)


def _query(reader: Reader, centre: int, words: Phrase) -> str:
    """The phrase as the index takes it."""
    if reader.sqlite:
        return f'centre : "{centre}" AND tokens : "{" ".join(words.tokens)}"'
    return grams_of_phrase(list(words.tokens))


def _hits(reader: Reader, centre: int, words: Phrase) -> int:
    """How many tickets hold a phrase, counted a little beyond FEW."""
    values: dict[str, object] = {"query": _query(reader, centre, words), "cap": FEW + 1}
    if not reader.sqlite:
        values |= {"centre": centre, "line": f"%{phrase(list(words.tokens))}%"}
    row = reader.one(_COUNTED[reader.sqlite], fanout=reader.sqlite, **values)
    return int(row[0]) if row else 0


def _waiting(reader: Reader, centre: int) -> dict[int, str] | None:
    """The tokens of tickets that are not taken in yet; None when there are too many to compare."""
    due = reader.rows(
        "SELECT ticket_id FROM text_due WHERE centre_id = :centre LIMIT :cap", centre=centre, cap=COMPARED + 1
    )
    if len(due) > COMPARED:
        return None
    return tokens_now(reader, centre, [int(row[0]) for row in due])


def tokens_now(reader: Reader, centre: int, ids: Sequence[int]) -> dict[int, str]:
    """The tokens of tickets' texts as they are now."""
    if not ids:
        return {}
    names, values = expand("id", ids)
    texts: dict[int, list[str]] = {}
    for ticket, *parts in reader.rows(
        f"SELECT id, code, title, address, body FROM ticket WHERE centre_id = :centre AND id IN ({names})",
        centre=centre,
        **values,
    ):
        texts[int(ticket)] = [str(part) for part in parts]
    for ticket, body in reader.rows(
        f"SELECT ticket_id, body FROM ticket_event WHERE centre_id = :centre AND ticket_id IN ({names}) ORDER BY id",
        centre=centre,
        **values,
    ):
        facts = json.loads(body) if isinstance(body, str) else body
        texts[int(ticket)] += [str(facts[name]) for name in SAID if facts.get(name)]
    return {ticket: line_of(parts) for ticket, parts in texts.items()}


def _with_waiting(
    found: str, name: str, words: Phrase, waiting: dict[int, str] | None, values: dict[str, object]
) -> str:
    """A condition that looks at tickets which wait as they are, and at the others through their tokens."""
    if waiting == {}:
        return found
    if waiting is None:
        values[f"{name}_t"] = f"%{''.join(words.tokens)}%"
        like = " OR ".join(f"lower(t.{column}) LIKE :{name}_t" for column in ("code", "title", "address", "body"))
        due = "t.id IN (SELECT d.ticket_id FROM text_due d WHERE d.centre_id = :centre)"
        return f"(({found}) OR ({due} AND ({like})))"
    fresh = ", ".join(str(ticket) for ticket, line in waiting.items() if holds(line, list(words.tokens))) or "-1"
    stale = ", ".join(map(str, waiting))
    return f"((({found}) AND t.id NOT IN ({stale})) OR t.id IN ({fresh}))"


SAID = ("note", "text", "reason", "outcome", "public_reply", "instruction", "result", "open_assist_reason")
"""The facts of an event that are words of people."""
