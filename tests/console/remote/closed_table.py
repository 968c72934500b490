"""The table of what is closed, as docs/remote.md has it: `python -m tests.console.remote.closed_table` writes it."""

from __future__ import annotations

from console.closed import CLOSED, Closed
from tests.console.remote.attempts import PAGE

BEGIN, END = "<!-- closed: python -m tests.console.remote.closed_table -->", "<!-- end of the closed -->"


def listed() -> str:
    """The table."""
    rows = "".join(f"| {row.what} | {row.instead} | {_where(row)} | {_by(row)} |\n" for row in CLOSED)
    return f"| closed | instead, or why | where | by |\n|---|---|---|---|\n{rows}"


def page_with_table(page: str) -> str:
    """docs/remote.md with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{listed()}{END}{rest.partition(END)[2]}"


def _where(row: Closed) -> str:
    return "on every terminal" if row.locally else "over SSH"


def _by(row: Closed) -> str:
    """What refuses, by name."""
    ways = [f"`{owner}.{name}`" for owner, name in row.calls]
    ways += [f"`{name}={value}`" for name, value in row.variables]
    ways += [f"no `{option}`" for option in row.options]
    return ", ".join(ways) or "never switched on"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text("utf-8")), "utf-8")
    print(listed(), end="")
