"""A whole street centre of the S3 template, worked by the real commands on a clock that the scenario moves."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from console.cli import words
from console.entry import main
from console.exit_codes import OK, PARTLY
from core.clock import SetClock
from data.reader import Reader

CHONGQING = ZoneInfo("Asia/Shanghai")


class StreetCentre:
    """The centre after `zhihui org init`; instants are Chongqing's."""

    def __init__(self, folder: Path, moment: str) -> None:
        self.path = str(folder / "centre.sqlite")
        self.clock = SetClock(datetime.fromisoformat(moment).replace(tzinfo=CHONGQING))
        self.run("org", "init")

    def run(self, *arguments: str, who: str = "", expect: int = 0) -> str:
        """The real command in this process; its standard output, of a refusal the other one.

        Fails on another exit code than expected.
        """
        out, err = io.StringIO(), io.StringIO()
        words.choose("")
        more = ["--as", who] if who else []
        with redirect_stdout(out), redirect_stderr(err):
            code = main([*arguments, "--store", self.path, *more], self.clock)
        words.choose("")
        assert code == expect, f"{arguments}: {code}\n{out.getvalue()}\n{err.getvalue()}"
        return out.getvalue() if expect in (OK, PARTLY) else err.getvalue()

    def ticket(self, verb: str, *arguments: str, who: str, expect: int = 0) -> str:
        """`zhihui ticket VERB …` as an officer."""
        return self.run("ticket", verb, *arguments, who=who, expect=expect)

    def report(self, *arguments: str, who: str) -> str:
        """A new ticket's code."""
        found: str = json.loads(self.ticket("report", *arguments, "--json", who=who))[0]["ticket"]
        return found

    def show(self, code: str, who: str = "") -> dict[str, Any]:
        """`zhihui ticket show --json`, as somebody or with nobody named."""
        found: dict[str, Any] = json.loads(self.run("ticket", "show", code, "--json", who=who))
        return found

    def log(self, code: str, who: str = "") -> list[dict[str, Any]]:
        """`zhihui ticket log --json`, as somebody or with nobody named."""
        found: list[dict[str, Any]] = json.loads(self.run("ticket", "log", code, "--json", who=who))
        return found

    def at(self, moment: str) -> None:
        """Move the clock to a local time; the engine does what is due until then, as it would have."""
        self.clock.set(datetime.fromisoformat(moment).replace(tzinfo=CHONGQING))

    def engine(self) -> None:
        """One cycle of the engine."""
        self.run("engine", "once")

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a SELECT, `:centre` given."""
        with Reader(f"sqlite:///{self.path}") as reader:
            (centre,) = reader.rows("SELECT id FROM centre", fanout=True)
            return reader.rows(sql, centre=centre[0], **values)

    def officer(self, unit: str, role: str, rank: str = "") -> str:
        """The code of somebody in a role at a unit (by its code)."""
        found = self.rows(
            "SELECT o.code FROM appointment a"
            " JOIN officer o ON o.centre_id = a.centre_id AND o.id = a.officer_id"
            " JOIN unit u ON u.centre_id = a.centre_id AND u.id = a.unit_id"
            " WHERE a.centre_id = :centre AND u.code = :unit AND a.role = :role AND (:rank = '' OR a.rank = :rank)"
            " ORDER BY o.code",
            unit=unit,
            role=role,
            rank=rank,
        )
        return str(found[0][0])

    def on_duty(self, role: str) -> str:
        """The code of whoever serves a shift in a role now."""
        found = self.rows(
            "SELECT o.code FROM duty d JOIN officer o ON o.centre_id = d.centre_id AND o.id = d.officer_id"
            " WHERE d.centre_id = :centre AND d.role = :role AND d.kind = 'shift'"
            " AND d.from_at <= :now AND (d.to_at IS NULL OR d.to_at > :now) ORDER BY o.code",
            role=role,
            now=int(self.clock.now().timestamp()),
        )
        return str(found[0][0])

    def a_grid(self) -> tuple[str, str]:
        """(code of a basic grid, code of its community)."""
        found = self.rows(
            "SELECT g.code, c.code FROM unit g JOIN unit c ON c.centre_id = g.centre_id AND c.id = g.parent_id"
            " WHERE g.centre_id = :centre AND g.kind = 'grid' AND c.kind = 'community' ORDER BY g.code LIMIT 1"
        )
        return str(found[0][0]), str(found[0][1])

    def clock_of(self, code: str, kind: str) -> tuple[str, str, str]:
        """(state, limit, local due time) of the newest clock of a kind."""
        state, budget, due = self.rows(
            "SELECT k.state, k.budget, k.due_at FROM clock k JOIN ticket t"
            " ON t.centre_id = k.centre_id AND t.id = k.ticket_id"
            " WHERE k.centre_id = :centre AND t.code = :code AND k.kind = :kind ORDER BY k.id DESC LIMIT 1",
            code=code,
            kind=kind,
        )[0]
        return str(state), str(budget), datetime.fromtimestamp(due, CHONGQING).strftime("%Y-%m-%d %H:%M:%S")
