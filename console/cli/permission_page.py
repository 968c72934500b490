"""Writes docs/permissions.md out of the table: `python -m console.cli.permission_page`."""

from __future__ import annotations

import sys
from pathlib import Path

from console.cli.permission import operations, stages_of
from core.rules.permission_table import CENTRE, READING, SYSTEMS, TICKET, Grant, Operation, Reach
from core.rules.roles import BUSINESS_ROLES, DESK_ROLES, FIELD_ROLES, HEAD_ROLES, MEETING_ROLES, SENIOR_ROLES
from data.terms import Role, Stage

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
HEAD = """# Permissions

The tables below are written by `python -m console.cli.permission_page` out of `core/rules/permission_table.py`, which
the desk, the commands and the console ask; do not edit them by hand. What is not in them, nobody may.

`zhihui permission list --role post_member` lists what a role may, `--operation complete` one operation; `zhihui
permission explain OFFICER OPERATION [TICKET]` says which role carries it, or what forbids it. On the screen the menu of
a ticket (`F7`) says the same for each verb.

**Reach** is how far a role carries an operation: a task given by name; a ticket that the own unit leads; one in which
the own unit, or one right under it, has a part (a community for its grids, a section for its posts); the own section;
the whole centre; for the district's officers counts and urgent tickets.

**The three administrators** (三员) exclude each other and every other role; this is refused where an organisation is
made, loaded or checked. They handle no tickets and do not read them. In a centre without one of them, such as a single
terminal, the roles marked "while there is no" administrator stand in.

Without a named officer (`--as`, `ZHIHUI_OFFICER`) a command that changes nothing of the centre asks for no role.

## Giving and taking roles

`zhihui grant give OFFICER ROLE --unit UNIT --reason WHY` and `grant take` ask; the security administrator does so. It
holds when the commander or the duty leader says `zhihui grant agree NUMBER`: never who asked, never who it is about.
`grant decline` refuses it, or withdraws one's own; `grant list` is the record. Where a security administrator holds
office, `zhihui org load` changes nobody's roles, so that no file goes round the two persons. The last security
administrator who can act (with an account, where one signs in) keeps role and account: asking, agreeing, disabling and
loading are refused until there is another one.

## Break-glass

Where nobody who may can be reached, `zhihui break-glass take commander --reason WHY` (or `shift_leader`) gives that
right for 30 minutes. The commander, the duty leader, the security and the audit administrator are told at once, every
screen of the centre and the wall say so, and every event made meanwhile carries its number. It ends by itself, or with
`zhihui break-glass end`. Under it nobody agrees to a grant, reviews a use, or changes roles by a file.

Uses that nobody reviewed yet stand in the pack of the next handover and in `zhihui break-glass list --unreviewed`; the
commander or the duty leader, but not who took it, says `zhihui break-glass review NUMBER --proper|--improper --words
TEXT`.

## On the screen

`Alt+0` shows what lasts now with the minutes left, what is to be reviewed, grants that wait, and the history; whoever
has no right to the whole record sees what concerns them. Digits give a role, take one away (chosen by name, role, unit
or pinyin) and break the glass, each where the role may; Enter opens a line, and digits there agree, decline, withdraw,
end or review. Uses in the pack of the handover (`Ctrl+O`) open there with Enter. While glass is broken the line on top
of every screen counts the minutes, on a locked one without the reason; its end is said in the banner. The three
administrators do not open the console and use the commands.
"""
GROUPS = (
    ("Tickets", frozenset(TICKET)),
    ("The centre", frozenset(CENTRE)),
    ("Reading", frozenset(READING)),
    ("Administration", frozenset(SYSTEMS)),
)
NAMES: dict[frozenset[Role], str] = {
    DESK_ROLES: "the desk",
    SENIOR_ROLES: "the desk's seniors",
    HEAD_ROLES: "duty leader and commander",
    FIELD_ROLES: "the field",
    MEETING_ROLES: "the field's meeting roles",
    BUSINESS_ROLES: "everybody but administrators",
    frozenset(Role): "everybody",
}
SAID = (
    ("The desk", DESK_ROLES),
    ("Its seniors", SENIOR_ROLES),
    ("The field", FIELD_ROLES),
    ("Its meeting roles", MEETING_ROLES),
)


def page() -> str:
    """The whole page: the words before the tables, and a table per group."""
    lines = [HEAD, "\n## Roles\n\n"]
    for title, group in SAID:
        lines.append(f"- {title}: {', '.join(f'{role.en} ({role.zh})' for role in Role if role in group)}\n")
    rows = list(operations())
    for title, names in GROUPS:
        staged = title == "Tickets"
        lines.append(f"\n## {title}\n\n| Operation | 名称 | Who may, and how far |{' Stages |' if staged else ''}\n")
        lines.append("|---|---|---|---|\n" if staged else "|---|---|---|\n")
        lines += [_line(row, staged) for row in rows if row.name in names]
    return "".join(lines)


def _line(row: Operation, staged: bool) -> str:
    cells = [f"`{row.name}` {row.en}", row.zh, "; ".join(map(_grant, row.grants))]
    if staged:
        found = stages_of(row.name)
        every = len(found) == len(Stage)
        usual = "any" if every else ", ".join(Stage(stage).en for stage in found)
        cells.append(usual or "before it")
    return f"| {' | '.join(cells)} |\n"


def _grant(grant: Grant) -> str:
    who = NAMES.get(grant.roles) or ", ".join(role.en for role in Role if role in grant.roles)
    said = who if grant.reach is Reach.CENTRE else f"{who}: {grant.reach.en}"
    return f"{said} (while there is no {grant.vacant.en})" if grant.vacant else said


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
