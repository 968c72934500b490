"""Whether a backup is one: it is restored into a scratch place and compared there, row by row, its log verified."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from core.accountability.audit import verify
from data.backup import restore
from data.errors import Refusal
from data.reader import Reader
from data.revision import HEAD
from data.row_check import rotten_in, same_sums
from data.snapshot import contents_of
from data.steps import Said, Step, Steps, Tell

SHOWN = 3
PATIENCE = 3600.0
"""Seconds that the proof in a program of its own may take; a million tickets need some minutes."""
NICE = 10
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from core.backup_proof import main; main(sys.argv[2])"
_ROOT = str(Path(__file__).parents[1])


def prove(copy: Path, tell: Tell = lambda _step: None) -> list[Step]:
    """Restore a backup into a scratch folder beside it and compare; of the steps all went well, or the last failed.

    Raises nothing: a refusal is a step that failed.
    """
    steps = Steps(tell)
    try:
        with TemporaryDirectory(prefix=".proof-", dir=copy.parent) as folder:
            _prove(copy, Path(folder) / "store.db", steps)
    except Refusal:
        pass
    except OSError as error:
        steps.done.append(_failed("room", str(error), len(steps.done) + 1))
    return steps.done


def prove_apart(copy: Path) -> list[Step]:
    """The same in a program of its own, so that the consoles of an engine's process stay quick."""
    # -I: neither the environment nor the current folder decides what the child imports.
    command = [sys.executable, "-I", "-c", _PROGRAM, _ROOT, str(copy)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return [Step(**step) for step in json.loads(ended.stdout)]
    except subprocess.TimeoutExpired:
        return [_failed("proof", f"> {PATIENCE:.0f} s")]
    except (ValueError, TypeError):
        return [_failed("proof", ended.stderr.strip()[-300:] or f"exit {ended.returncode}")]


def main(copy: str) -> None:
    """The program: prints the steps as JSON."""
    os.nice(NICE)
    sys.stdout.write(json.dumps([asdict(step) for step in prove(Path(copy))]))


def _prove(copy: Path, scratch: Path, steps: Steps) -> None:
    with steps.step("restore", "恢复到临时位置", "restored into a scratch place") as said, _reason(said):
        found = restore(f"sqlite:///{scratch}", str(copy), accept_rot=True).contents
    with steps.step("counts", "核对各表行数与链头", "rows of each table and heads of the logs") as said:
        said.ok = contents_of(str(scratch)) == found
        said.zh = f"{len(found.rows)} 张表，{sum(found.rows.values())} 行"
        said.en = f"{len(found.rows)} tables, {sum(found.rows.values())} rows"
    if not said.ok:
        return
    with steps.step("sums", "逐行核对校验值", "each row against its checksum") as said, _reason(said):
        rows = rotten_in(str(scratch), SHOWN)
        said.ok = not rows and same_sums(str(copy), str(scratch))
        said.zh = said.en = "; ".join(map(str, rows))
    if said.ok and found.schema == HEAD:
        with steps.step("audit", "核验并重放日志", "the log verified and replayed") as said, _reason(said):
            audit_store(str(scratch), said)


def audit_store(scratch: str, said: Said) -> None:
    """Verify the logs of every centre of a store. Raises StoreTrouble."""
    with Reader(f"sqlite:///{scratch}") as reader:
        for (centre,) in reader.rows("SELECT id FROM centre", fanout=True):
            if found := verify(reader, centre, limit=SHOWN):
                said.ok = False
                said.zh = said.en = "; ".join(f"{one.place} {one.field}" for one in found)
                return
        events = reader.rows("SELECT coalesce(sum(chain_no), 0) FROM centre_seq", fanout=True)[0][0]
    said.zh, said.en = f"{events} 条", f"{events} events"


@contextlib.contextmanager
def _reason(said: Said) -> Iterator[None]:
    """A refusal inside becomes what the step says."""
    try:
        yield
    except Refusal as error:
        said.zh, said.en = error.zh, error.en
        raise


def _failed(code: str, words: str, number: int = 1) -> Step:
    return Step(number, code, "核对备份", "the backup's proof", False, 0.0, words, words)
