"""The drill of a recovery, on a copy: backup, damage, check, restore, comparison, audit. The store is only read."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from tempfile import TemporaryDirectory

from core.backup_proof import audit_store, prove
from data import maintenance
from data.errors import Refusal, StoreTrouble
from data.location import is_sqlite, sqlite_path
from data.row_check import same_sums
from data.snapshot import contents_of, opened
from data.steps import Said, Step, Steps, Tell

COPIES = 5
"""So often the store lies on the disk at the same time: backup, store, proof, kept state, what is being written."""
MARKS = (
    "SELECT salt FROM ticket_event ORDER BY id DESC LIMIT 1",
    "SELECT name FROM centre LIMIT 1",
)
"""A text of a row that the drill damages: the newest entry's salt, or the name of a centre that has none yet."""


@dataclass(frozen=True)
class _Files:
    folder: Path

    @property
    def backup(self) -> Path:
        return self.folder / "backup.db"

    @property
    def store(self) -> Path:
        return self.folder / "store.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.store}"


def drill(url: str, folder: Path, tell: Tell = lambda _step: None) -> list[Step]:
    """Rehearse the recovery of a store in a scratch folder inside `folder`; all steps went well, or the last failed.

    Raises nothing: a refusal is a step that failed.
    """
    steps = Steps(tell)
    try:
        with TemporaryDirectory(prefix=".drill-", dir=folder) as scratch:
            _drill(url, _Files(Path(scratch)), steps)
    except (Refusal, _Stop):
        pass
    except OSError as error:
        steps.done.append(Step(len(steps.done) + 1, "disk", "磁盘", "the disk", False, 0.0, str(error), str(error)))
    return steps.done


class _Stop(Exception):
    """A step found something wrong: the rest would prove nothing."""


def _drill(url: str, files: _Files, steps: Steps) -> None:
    with steps.step("room", "磁盘空间", "room on the disk") as said:
        _room(url, files.folder, said)
    _go_on(said)
    with steps.step("backup", "备份当前数据", "a backup of the store") as said:
        maintenance.backup(url, str(files.backup))
        said.zh = said.en = f"{files.backup.stat().st_size >> 10} KiB"
    with steps.step("prove", "恢复到临时位置并逐行核对", "the backup restored and compared, row by row") as said:
        bad = next((step for step in prove(files.backup) if not step.ok), None)
        if bad is not None:
            said.ok, said.zh, said.en = False, f"{bad.zh}：{bad.said_zh}", f"{bad.en}: {bad.said_en}"
    _go_on(said)
    with steps.step("damage", "在副本中翻转一位", "one bit flipped in a copy") as said:
        maintenance.restore(files.url, str(files.backup))
        at = _damage(files.store)
        said.zh, said.en = f"第 {at} 字节", f"byte {at}"
    with steps.step("check", "检查应发现损坏", "the check finds the damage") as said:
        _found(files.url, said)
    _go_on(said)
    with steps.step("recover", "用备份恢复损坏的副本", "the damaged copy restored from the backup"):
        maintenance.restore(files.url, str(files.backup), force=True, live=False)
    with steps.step("compare", "与备份逐行比较", "compared with the backup, row by row") as said:
        said.ok = contents_of(str(files.store)) == contents_of(str(files.backup))
        said.ok = said.ok and same_sums(str(files.store), str(files.backup))
    _go_on(said)
    with steps.step("sound", "恢复后应无损坏", "the check finds nothing any more") as said:
        bad_findings = [one for one in maintenance.check(files.url) if one.level == "bad"]
        said.ok = not bad_findings
        said.zh, said.en = ("；".join(one.zh for one in bad_findings), "; ".join(one.en for one in bad_findings))
    _go_on(said)
    with steps.step("audit", "核验并重放日志", "the log verified and replayed") as said:
        audit_store(str(files.store), said)
    _go_on(said)


def _go_on(said: Said) -> None:
    if not said.ok:
        raise _Stop


def _room(url: str, folder: Path, said: Said) -> None:
    size = os.path.getsize(sqlite_path(url)) if is_sqlite(url) else maintenance.info(url).size
    free = shutil.disk_usage(folder).free
    said.ok = free > COPIES * size
    said.zh = f"需要 {COPIES * size >> 20} MiB，剩余 {free >> 20} MiB"
    said.en = f"{COPIES * size >> 20} MiB are needed, {free >> 20} MiB are free"


def _damage(path: Path) -> int:
    """Flip one bit in a row of a store that nobody has open; gives the byte."""
    with opened(str(path)) as connection:
        found = [row[0] for mark in MARKS for row in connection.execute(mark)]
    with path.open("r+b") as file, mmap(file.fileno(), 0) as whole:
        at = whole.find(str(found[0]).encode())
        if at < 0:
            raise StoreTrouble("drill-damage", "副本中找不到要损坏的行。", "The row to be damaged is not in the copy.")
        whole[at] ^= 1
    return at


def _found(url: str, said: Said) -> None:
    try:
        bad = [one for one in maintenance.check(url) if one.level == "bad"]
    except StoreTrouble as trouble:
        said.zh, said.en = trouble.zh, trouble.en
        return
    said.ok = bool(bad)
    said.zh, said.en = ("；".join(one.zh for one in bad), "; ".join(one.en for one in bad))
    if not bad:
        said.zh, said.en = "损坏未被发现", "the damage was not found"
