"""The scheduled copies: one a day, each restored and compared by itself, and leaders told when one is no good."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from core.backup_proof import prove_apart
from core.clock import Clock
from core.desk.actor import ENGINE
from core.desk.deeds.deed import Deed
from core.desk.desk import Desk
from core.desk.ledger import Ledger
from core.desk.references import References
from core.desk.work import Message
from core.processes import steady
from data.backup import backup
from data.backup_log import FAILED, SOUND, BackupRun, newest_of, note
from data.daily_copies import PREFIX, copies_in, folder_of
from data.errors import Refusal
from data.instants import to_seconds
from data.snapshot import read_manifest
from data.steps import Step
from data.store import Store
from data.tables import Notice, table
from data.terms import Role, Severity

KEEP_BACKUPS = 14
ALARM = "backup_failed"
"""The kind of the event and of its notices."""
AGAIN = 20 * 3600
"""Seconds after which leaders are told again."""
TOLD = (Role.COMMANDER, Role.DUTY_LEADER, Role.SHIFT_LEADER)
Prove = Callable[[Path], list[Step]]

log = logging.getLogger("zhihui.engine")


def take_backup(store: Store, clock: Clock, centre_id: int, prove: Prove = prove_apart) -> Path | None:
    """One copy of an embedded store per day of the centre, in `backups` beside it; the newest are kept.

    Each is restored into a scratch place and compared there; what came of it stands in the record beside the copies. A
    copy that fails is told to the leaders and made again with the next day's; one that could not even be made is tried
    again at the next look. None where the day's copy is there and was compared, or the store is a server (whose copies
    its administrator takes).
    """
    if not store.sqlite:
        return None
    with store.read() as connection:
        zone = ZoneInfo(References(connection, centre_id).centre().zone)
    folder = folder_of(store.path)
    target = folder / f"{PREFIX}{clock.now().astimezone(zone):%Y%m%d}.db"
    if target.exists() and target.name in newest_of(folder):
        return None
    began, now = steady(), to_seconds(clock.now())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.exists():
            backup(store.url, str(target))
        run = proved(target, now, prove)
    except Refusal as trouble:
        run = BackupRun(now, target.name, FAILED, step="copy", zh=trouble.zh, en=trouble.en)
    except OSError as error:
        run = BackupRun(now, target.name, FAILED, step="copy", zh=str(error), en=str(error))
    run = BackupRun(**{**run.__dict__, "seconds": round(steady() - began, 2)})
    _keep(folder, run)
    if run.outcome == SOUND:
        _forget_old(folder)
    else:
        log.error("the backup %s failed at %s: %s", run.file, run.step, run.en)
        _alarm(store, clock, centre_id, run)
    return target if target.exists() else None


def proved(copy: Path, now: int, prove: Prove = prove_apart) -> BackupRun:
    """Restore and compare a copy; what came of it, for the record."""
    steps = prove(copy)
    manifest = read_manifest(copy)
    rows = manifest.contents.rows if manifest else {}
    size = copy.stat().st_size
    tickets, events = rows.get("ticket", 0), rows.get("ticket_event", 0)
    seconds = round(sum(step.seconds or 0.0 for step in steps), 2)
    bad = next((step for step in steps if not step.ok), None)
    if bad is None:
        return BackupRun(now, copy.name, SOUND, seconds, size, tickets, events)
    zh, en = f"{bad.zh}：{bad.said_zh}", f"{bad.en}: {bad.said_en}"
    return BackupRun(now, copy.name, FAILED, seconds, size, tickets, events, bad.code, zh, en)


def _keep(folder: Path, run: BackupRun) -> None:
    """Where the disk takes no record either, the alarm has to do."""
    try:
        note(folder, run)
    except (OSError, Refusal) as error:
        log.error("the record of the backups was not written: %s", error)


def _forget_old(folder: Path) -> None:
    """Keep the newest daily copies that did not fail, each with what lies beside it; other files are not ours."""
    known = newest_of(folder)
    copies = copies_in(folder)
    good = [copy for copy in copies if copy.name not in known or known[copy.name].outcome == SOUND]
    oldest = good[-KEEP_BACKUPS:][0]
    for copy in copies:
        if copy.name < oldest.name:
            for file in folder.glob(f"{copy.stem}.*"):
                file.unlink()


def _alarm(store: Store, clock: Clock, centre_id: int, run: BackupRun) -> None:
    """Tell the leaders, once in a day."""
    now = to_seconds(clock.now())
    with store.write() as connection:
        if _told(connection, centre_id, now):
            return
        deed = Deed(Desk(store, clock, centre_id), Ledger(connection, centre_id, now), ENGINE)
        zh = f"每日备份 {run.file} 失败：{run.zh}。请运行 zhihui db backups、zhihui db check"
        en = f"The daily backup {run.file} failed: {run.en}. Run zhihui db backups and zhihui db check"
        for role in TOLD:
            deed.tell(Message(ALARM, Severity.ALARM, zh, en, role=role.value))
        deed.append(ALARM, {"file": run.file, "step": run.step, "effects": {}})
        deed.ledger.flush()


def _told(connection: Connection, centre_id: int, now: int) -> bool:
    known = table(Notice).c
    query = select(known.id).where(
        known.centre_id == centre_id, known.kind == ALARM, known.created_at > now - AGAIN, known.created_at <= now
    )
    return connection.execute(query.limit(1)).first() is not None
