"""The scope of whoever reads, looked up in the organisation as it stands now."""

from __future__ import annotations

from core.rules.visibility import BRANCHES, Held, scope_of
from data.errors import BadInput, NotFound
from data.scope import NOBODY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from data.reader import Reader
    from data.scope import Scope

_OFFICER = """
SELECT id, code FROM officer WHERE centre_id = :centre AND active AND (code = :named OR name = :named) LIMIT 3
"""
_HELD = """
SELECT a.role, a.unit_id, u.kind, u.code FROM appointment a
JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id
WHERE a.centre_id = :centre AND a.officer_id = :officer AND a.from_at <= :now AND (a.to_at IS NULL OR a.to_at > :now)
UNION ALL SELECT b.role, 0, 'centre', '' FROM break_glass b
WHERE b.centre_id = :centre AND b.officer_id = :officer AND b.from_at <= :now AND b.to_at > :now
"""
"""Break-glass is a role of the whole centre for as long as it lasts."""
_BELOW = "SELECT id, kind FROM unit WHERE centre_id = :centre AND parent_id = :parent"
DEEPEST = 4
"""Steps from a section or community down to its last micro-grid."""


def scope_for(reader: Reader, centre: int, named: str | None, now: int) -> Scope:
    """How far an officer (code, or a name that only one has) sees at an instant; without one the whole centre.

    Raises NotFound for an unknown or inactive officer, BadInput for a name that several have.
    """
    wanted = (named or "").strip()
    if not wanted:
        return NOBODY
    found = reader.rows(_OFFICER, centre=centre, named=wanted)
    exact = [row for row in found if row[1] == wanted] or found
    if not exact:
        shown = wanted if wanted.isprintable() else ascii(wanted)
        raise NotFound("officer-unknown", f"没有人员“{shown}”。", f"There is no officer {shown}.")
    if len(exact) > 1:
        raise BadInput(
            "officer-ambiguous",
            f"有多名人员叫 {wanted}，请用编号。",
            f"Several officers are called {wanted}: use the code.",
        )
    officer = int(exact[0][0])
    held = [Held(*row) for row in reader.rows(_HELD, centre=centre, officer=officer, now=now)]
    branches = {one.unit_id for one in held if (one.role, one.kind) in BRANCHES}
    return scope_of(officer, held, {unit: units_below(reader, centre, unit) for unit in branches})


def units_below(reader: Reader, centre: int, unit: int) -> list[tuple[int, str]]:
    """Everything under a unit, closed units too: what they had in hand is the officer's own past."""
    found: list[tuple[int, str]] = []
    level = [unit]
    for _step in range(DEEPEST):
        rows = [row for parent in level for row in reader.rows(_BELOW, centre=centre, parent=parent)]
        found += [(int(number), str(kind)) for number, kind in rows]
        level = [int(number) for number, _kind in rows]
        if not level:
            break
    return found
