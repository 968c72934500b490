"""Commands that run for long, and what stops them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.console.cli.conftest import Run, Street

ROOT = Path(__file__).parents[3]


def started(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "console", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_batch_that_is_interrupted_keeps_what_it_has_answered(street: Street, run: Run) -> None:
    child = started("batch", "-", "--store", street.path, "--as", "zhang")
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b'{"verb": "accept", "ticket": "20261120-0001"}\n')
    child.stdin.flush()
    answer = json.loads(child.stdout.readline())
    assert answer["ok"], answer
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert b"Traceback" not in err
    stages = {row["code"]: row["stage"] for row in run("ticket", "list", "--json").json}
    assert stages["20261120-0001"] == "accepted"


def test_the_engine_runs_until_it_is_told_to_stop(street: Street, run: Run) -> None:
    child = started("engine", "run", "--no-jobs", "--store", street.path)
    assert child.stderr is not None
    assert child.stderr.readline()
    child.send_signal(signal.SIGTERM)
    _, err = child.communicate(timeout=30)
    assert (child.returncode, b"Traceback" in err) == (0, False)
    assert run("engine", "status", "--json").json["holder"] == ""
