"""`zhihui ticket as-proposed` and `undo`: dry runs change nothing, then one transaction, then back."""

from __future__ import annotations

import json

from tests.console.cli.conftest import Run, Street


def stages(out: str) -> list[tuple[str, str, bool]]:
    """Verb, stage and whether it was a dry run, of each result."""
    return [(row["verb"], row["stage"], row["dry_run"]) for row in json.loads(out)]


def test_there_and_back(run: Run, street: Street) -> None:
    code = run("ticket", "report", "--title", "路口给排水井盖缺失", "--json").json[0]["ticket"]
    way = [("accept", "accepted"), ("assess", "assessed"), ("dispatch", "dispatched")]
    tried = run("ticket", "as-proposed", code, "--dry-run", "--json")
    assert tried.code == 0, tried.err
    assert stages(tried.out) == [(verb, stage, True) for verb, stage in way]
    done = run("ticket", "as-proposed", code, "--seen", "1", "--json")
    assert stages(done.out) == [(verb, stage, False) for verb, stage in way]
    assert "BJ0101" in done.err
    again = run("ticket", "as-proposed", code)
    assert again.code == 4
    assert "no-proposal" in again.err
    assert stages(run("ticket", "undo", code, "--dry-run", "--json").out) == [("undo", "assessed", True)]
    assert stages(run("ticket", "undo", code, "--json").out) == [("undo", "assessed", False)]
    assert "派单" in run("ticket", "log", code).out.splitlines()[-1]
    assert run("audit", "verify").code == 0
