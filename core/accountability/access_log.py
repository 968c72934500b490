"""The access log: appended in the transaction of what it records, so that neither stands without the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.accountability.chained import FIRST, Walk, entry_of
from core.accountability.findings import MISSING, Finding
from core.accountability.head import Anchor
from core.desk.actor import ENGINE, Actor, Origin
from core.desk.ledger import chain_hash
from data.access_terms import AccessKind
from data.clean import clean
from data.masking import mask_text
from data.reader import Reader
from data.tables import AccessEvent, AccessHead, table

ENTRIES_AT_ONCE = 2_000
FIELDS = (
    *("id", "at", "kind", "actor_id", "actor", "session_id", "how", "address", "fingerprint", "target"),
    *("body", "hash"),
)
WORDS = frozenset(("reason", "where"))
"""Parts of an entry that people write; the others are codes, kinds and digests."""
NOWHERE = Origin(None, "", "", "")
_ENTRIES = f"""
SELECT {", ".join(FIELDS)} FROM access_event
WHERE centre_id = :centre AND id > :after AND id <= :last ORDER BY id LIMIT :size
"""  # noqa: S608 - names of our own


class AccessTop(NamedTuple):
    """The head of an access log, and up to where its beginning was removed."""

    number: int = 0
    hash: str = ""
    base_number: int = 0
    base_hash: str = ""

    @property
    def anchor(self) -> str:
        """NUMBER:HASH, as `core.accountability.head.read_anchor` takes it."""
        return f"{self.number}:{self.hash}"


def note_access(
    connection: Connection,
    centre_id: int,
    at: int,
    actor: Actor,
    kind: AccessKind,
    target: str = "",
    body: Mapping[str, Any] | None = None,
) -> int:
    """Append an entry inside an open write transaction; gives its number.

    Whatever raises here undoes the transaction: what cannot be recorded does not happen. Numbers and names that people
    wrote into a reason are masked: the log is kept for years and read by others. `target` must be no personal data.
    With tickets in the same transaction, those come first (their lock is always taken first).
    """
    return note_each(connection, centre_id, at, actor, kind, [target], body)


def note_each(
    connection: Connection,
    centre_id: int,
    at: int,
    actor: Actor,
    kind: AccessKind,
    targets: Sequence[str],
    body: Mapping[str, Any] | None = None,
) -> int:
    """Append an entry for each target, as `note_access` does; gives the number of the last one."""
    top = locked_top(connection, centre_id)
    origin = actor.origin or NOWHERE
    marked = {**(body or {}), "glass": actor.glass} if actor.glass is not None else dict(body or {})
    number, digest = top.number, top.hash
    entries: list[dict[str, Any]] = []
    for target in targets:
        number += 1
        entry: dict[str, Any] = {
            "centre_id": centre_id,
            "id": number,
            "at": at,
            "kind": kind.value,
            "actor_id": actor.id,
            "actor": actor.code[:60],
            "session_id": origin.session_id,
            "how": origin.how[:12],
            "address": clean(origin.address)[:64],
            "fingerprint": clean(origin.fingerprint)[:80],
            "target": clean(target)[:120],
            "body": _masked(marked),
        }
        entry["hash"] = digest = chain_hash(digest, entry)
        entries.append(entry)
    if entries:
        connection.execute(insert(table(AccessEvent)), entries)
        head = table(AccessHead)
        connection.execute(update(head).where(head.c.centre_id == centre_id).values(no=number, hash=digest))
    return number


def _masked(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: mask_text(clean(value)) if isinstance(value, str) and name in WORDS else value
        for name, value in body.items()
    }


def locked_top(connection: Connection, centre_id: int) -> AccessTop:
    """The head of the log, locked until the transaction ends (SQLite has one writer anyhow)."""
    head = table(AccessHead)
    wanted = (
        select(head.c.no, head.c.hash, head.c.base_no, head.c.base_hash)
        .where(head.c.centre_id == centre_id)
        .with_for_update()
    )
    row = connection.execute(wanted).first()
    if row is None:
        try:
            with connection.begin_nested():
                connection.execute(
                    insert(head), [{"centre_id": centre_id, "no": 0, "hash": "", "base_no": 0, "base_hash": ""}]
                )
        except IntegrityError:
            pass  # another writer made it between the two statements
        row = connection.execute(wanted).one()
    return AccessTop(int(row.no), str(row.hash), int(row.base_no), str(row.base_hash))


def remove_old(connection: Connection, centre_id: int, now: int, before: int, most: int) -> int:
    """Remove entries from the beginning up to an instant, `most` at a time; gives how many went.

    An entry says up to which one, and that one's hash: the chain goes on from there.
    """
    top = locked_top(connection, centre_id)
    entries = table(AccessEvent)
    here = entries.c.centre_id == centre_id
    young = connection.execute(select(func.min(entries.c.id)).where(here, entries.c.at > before)).scalar()
    up_to = min(top.number if young is None else int(young) - 1, top.base_number + most)
    if up_to <= top.base_number:
        return 0
    digest = connection.execute(select(entries.c.hash).where(here, entries.c.id == up_to)).scalar_one()
    note_access(connection, centre_id, now, ENGINE, AccessKind.REMOVED, "", {"up_to": up_to, "hash": digest})
    connection.execute(delete(entries).where(here, entries.c.id <= up_to))
    head = table(AccessHead)
    connection.execute(update(head).where(head.c.centre_id == centre_id).values(base_no=up_to, base_hash=digest))
    return up_to - top.base_number


def access_top(reader: Reader, centre: int) -> AccessTop:
    """The head of a centre's access log now; number 0 for an empty one."""
    row = reader.one("SELECT no, hash, base_no, base_hash FROM access_head WHERE centre_id = :centre", centre=centre)
    return AccessTop(int(row[0]), str(row[1]), int(row[2]), str(row[3])) if row else AccessTop()


def access_findings(reader: Reader, centre: int) -> Iterator[Finding]:
    """What of the access log is not as it was written: edited, deleted, inserted, moved, or with its tail cut off."""
    with reader.steady():
        top = access_top(reader, centre)
        newest = reader.one("SELECT max(id) FROM access_event WHERE centre_id = :centre", centre=centre)
    last = max(top.number, int(newest[0] or 0) if newest else 0)
    walk, after = Walk("access", top.base_number, top.base_hash), FIRST
    removals: set[tuple[Any, Any]] = set()
    while rows := reader.rows(_ENTRIES, centre=centre, after=after, last=last, size=ENTRIES_AT_ONCE):
        for row in rows:
            entry = entry_of(FIELDS, row, centre)
            yield from walk.step(entry)
            if entry["kind"] == AccessKind.REMOVED.value and isinstance(entry["body"], dict):
                removals.add((entry["body"].get("up_to"), entry["body"].get("hash")))
        after = rows[-1][0]
    if walk.top != (top.number, top.hash):
        yield Finding("access_head", top.number, None, "head", top.anchor, f"{walk.number}:{walk.hash}")
    base = (top.base_number, top.base_hash)
    if top.base_number and base not in removals:
        yield Finding("access_head", top.base_number, None, "base", MISSING, f"{base[0]}:{base[1]}")


def access_against(reader: Reader, centre: int, anchor: Anchor) -> list[Finding]:
    """Whether the access log still holds the entry of a head that was kept outside, with the same hash."""
    top = access_top(reader, centre)
    # An entry that was removed when its time was up cannot be looked at any more; its removal stands in the chain.
    if anchor.number < top.base_number or anchor.number == 0:
        return []
    if anchor.number == top.base_number:
        found: str | None = top.base_hash
    else:
        row = reader.one(
            "SELECT hash FROM access_event WHERE centre_id = :centre AND id = :number",
            centre=centre,
            number=anchor.number,
        )
        found = str(row[0]) if row else None
    if found == anchor.hash:
        return []
    return [Finding("access_anchor", anchor.number, None, "hash", anchor.hash, found or MISSING)]
