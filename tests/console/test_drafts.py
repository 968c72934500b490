"""What was typed and not sent survives refusals, escapes, crashes, kills and another officer's turn."""

from __future__ import annotations

import os
import pty
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.dialogs.form import FormDrawer
from console.drafts import ASIDE, INTAKE, KEPT_DRAFTS, KEPT_SECONDS, Drafts, drafts_path
from console.screens.intake import IntakeScreen
from console.widgets.fields import TextField
from data.errors import StoreTrouble
from tests.console.conftest import StreetCopy
from tests.console.memory import NOW, MemoryBackend, made_row
from tests.console.pilots import paint, ready, said, screen_text, street_app, until
from tests.console.terminals import environment


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend([made_row(number) for number in range(60)])


def drafts(path: Path, now: int = NOW) -> Drafts:
    return Drafts(str(path), lambda: now)


# ------------------------------------------------------------------------------------------------ the file


def test_a_draft_is_there_again_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "d.json"
    first = drafts(path)
    first.keep("note 1", {"text": "井盖\n已补", "kind": ""})
    first.save()
    assert drafts(path).get("note 1").values == {"text": "井盖\n已补"}
    assert drafts(path).get("note 2").values == {}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_consoles_change_their_own_forms_only(tmp_path: Path) -> None:
    one, other = drafts(tmp_path / "d"), drafts(tmp_path / "d")
    one.keep("note 1", {"text": "甲"})
    other.keep("note 2", {"text": "乙"})
    one.save()
    other.save()
    one.drop("note 1")
    one.save()
    assert drafts(tmp_path / "d").get("note 1").values == {}
    assert drafts(tmp_path / "d").get("note 2").values == {"text": "乙"}


def test_old_drafts_are_forgotten_and_the_file_stays_small(tmp_path: Path) -> None:
    full = drafts(tmp_path / "d")
    for number in range(KEPT_DRAFTS + 20):
        full.keep(f"note {number}", {"text": "x"})
    full.save()
    assert sum(bool(drafts(tmp_path / "d").get(f"note {number}")) for number in range(KEPT_DRAFTS + 20)) == KEPT_DRAFTS
    later = drafts(tmp_path / "d", NOW + KEPT_SECONDS)
    assert not later.get(f"note {KEPT_DRAFTS}")
    later.save()
    assert (tmp_path / "d").read_text() == "{}", "gone from the disk, not only from sight"


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"values": 3, "at": 1}}', "\udcff{", '{"a": null}'])
def test_a_broken_file_counts_as_empty_and_is_written_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "d"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    broken = drafts(path)
    assert not broken.get("a")
    broken.keep("note 1", {"text": "甲"})
    broken.save()
    assert drafts(path).get("note 1")


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = drafts(tmp_path / "file" / "d")
    kept.keep("note 1", {"text": "甲"})
    with pytest.raises(OSError, match="File exists"):
        kept.save()
    assert kept.unsaved
    (tmp_path / "file").unlink()
    kept.save()
    assert not kept.unsaved
    assert drafts(tmp_path / "file" / "d").get("note 1")


# ------------------------------------------------------------------------------------------------ forms


async def test_a_refused_form_comes_back_as_it_was(backend: MemoryBackend) -> None:
    app = street_app(backend)
    backend.refusal = StoreTrouble("store-busy", "数据库正忙，未保存", "busy")
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press(*"居民已撤离", "f8")
        await until(pilot, lambda: said(app, "已输入的内容已保留"))
        backend.refusal = None
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await until(pilot, lambda: "居民已撤离" in screen_text(app) and "已恢复上次输入" in screen_text(app))
        await pilot.press("f8")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done[0][3]["text"] == "居民已撤离"
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        assert app.screen.query(TextField).first().value == ""


async def test_an_escape_by_mistake_loses_nothing_and_a_draft_is_for_its_ticket_alone(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await pilot.press(*"三号楼", "escape")
        await until(pilot, lambda: not isinstance(app.screen, FormDrawer))
        await pilot.press("down", "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        assert app.screen.query(TextField).first().value == ""
        await pilot.press("escape", "up", "o")
        await until(pilot, lambda: isinstance(app.screen, FormDrawer))
        await until(pilot, lambda: app.screen.query(TextField).first().value == "三号楼")


# ------------------------------------------------------------------------------------------------ intake


async def to_intake(pilot: object, app: object) -> IntakeScreen:
    await pilot.press("f6")  # type: ignore[attr-defined]
    await until(pilot, lambda: isinstance(app.screen, IntakeScreen) and isinstance(app.focused, TextField))  # type: ignore[arg-type, attr-defined]
    return app.screen  # type: ignore[attr-defined, no-any-return]


async def test_a_report_is_there_after_a_crash_of_the_console(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        screen = await to_intake(pilot, app)
        await pilot.press(*"井盖破损", "enter", *"春晖路")
        screen.choice("urgency").action_choose(1)
        await until(pilot, lambda: app.drafts.get(INTAKE).values.get("address") == "春晖路")
        await app._beat()
        await app.workers.wait_for_complete()
        assert not app.drafts.unsaved
    again = street_app(backend)
    async with again.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        screen = await to_intake(pilot, again)
        await until(pilot, lambda: screen.text("title").value == "井盖破损")
        assert screen.text("address").value == "春晖路"
        assert screen.choice("urgency").filled == "emergency"
        await pilot.press("f8")
        await until(pilot, lambda: bool(backend.done))
        assert not again.drafts.get(INTAKE)


async def test_a_second_call_puts_the_first_report_aside(backend: MemoryBackend) -> None:
    app = street_app(backend)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        screen = await to_intake(pilot, app)
        await pilot.press(*"路灯不亮", "ctrl+n")
        await until(pilot, lambda: screen.text("title").value == "")
        await pilot.press(*"楼道起火", "enter", *"锦霞街")
        assert "已搁置一件：路灯不亮" in screen_text(app)
        await pilot.press("f8")
        await until(pilot, lambda: bool(backend.done))
        assert backend.done[0][3]["title"] == "楼道起火"
        await pilot.press("ctrl+n")
        await until(pilot, lambda: screen.text("title").value == "路灯不亮")
        assert not app.drafts.get(ASIDE)


@pytest.mark.parametrize("way", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_a_hang_up_or_a_kill_leaves_the_report(street_copy: StreetCopy, repository: Path, way: signal.Signals) -> None:
    """The real program on a real terminal: half a report typed, the line drops, the next session has it."""
    desk, officer = street_copy()
    desk.store.close()
    path = drafts_path(f"{desk.store.url}#{desk.centre_id}", officer)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "--store", desk.store.path, "--as", officer],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=repository, start_new_session=True,
        env=environment(COLUMNS="100", LINES="30"),
    )  # fmt: skip
    os.close(theirs)
    try:
        paint(ours, "F10", 60)
        os.write(ours, b"\x1b[17~")
        paint(ours, "详情", 60)
        os.write(ours, "堡坎裂缝".encode())
        paint(ours, "缝", 60)
        if way == signal.SIGKILL:  # nothing gets to say goodbye: what was typed a second ago is on the disk
            paint_until_kept(ours, path, "堡坎裂缝")
        process.send_signal(way)
        process.wait(10)
    finally:
        if process.poll() is None:
            process.kill()
            pytest.fail("the process is an orphan")
        os.close(ours)
    assert Drafts(path, desk.now).get(INTAKE).values["title"] == "堡坎裂缝"


def paint_until_kept(ours: int, path: str, words: str) -> None:
    """Read from the terminal until the file holds the words."""
    paint(ours, lambda _seen: os.path.exists(path) and words in Path(path).read_text("utf-8"), 60)
