"""The doctor: each check on values that are good and bad, and all of it on a real machine, terminal and store."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import termios
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core import clock_check, doctor, drawing_check, multiplexer_check, terminal_check
from core.desk.orders import Report
from data.backup_log import BackupRun, note
from data.daily_copies import folder_of
from data.findings import Finding
from data.location import locate
from data.revision import HEAD
from data.store import Store
from tests.street import START, small_street

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
server:/export /mnt/share\\040one nfs4 rw 0 0
user@host: /mnt/remote fuse.sshfs rw 0 0
/dev/sdb1 /mnt/share\\040one/disk xfs rw 0 0
"""
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("folder", "kind", "level"),
    [
        ("/var/lib", "ext4", "ok"),
        ("/run", "tmpfs", "warn"),
        ("/running", "ext4", "ok"),
        ("/mnt/share one/zhihui", "nfs4", "bad"),
        ("/mnt/share one/disk/zhihui", "xfs", "ok"),
        ("/mnt/remote", "fuse.sshfs", "bad"),
    ],
)
def test_file_systems(folder: str, kind: str, level: str) -> None:
    assert doctor.file_system_of(folder, MOUNTS) == kind
    assert doctor.file_system_finding(kind).level == level


def test_no_table_of_mounts() -> None:
    assert doctor.file_system_of("/x", "") == ""
    assert doctor.file_system_finding("").level == "ok"


GIB = 1024**3


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [(50 * GIB, 100 * GIB, "ok"), (GIB - 1, 2 * GIB, "warn"), (GIB, 100 * GIB, "warn"), (100_000_000, GIB, "bad")],
)
def test_room(free: int, total: int, level: str) -> None:
    assert doctor.room_finding(free, total).level == level


def test_rights(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "s.db"
    assert doctor.rights_finding(path).level == "ok"
    small_street(Store(locate(str(path)), create=True)).store.close()
    assert doctor.rights_finding(path).level == "ok"
    path.chmod(0o640)
    found = doctor.rights_finding(path)
    assert (found.level, f"chmod 600 {path}" in found.todo_en) == ("warn", True)


@pytest.mark.parametrize(("version", "level"), [(HEAD, "ok"), (None, "warn"), ("9999", "bad")])
def test_schema(version: str | None, level: str) -> None:
    assert doctor.schema_finding(version).level == level


def test_python() -> None:
    assert doctor.python_finding((3, 11, 0)).level == "ok"
    assert doctor.python_finding((3, 10, 9)).level == "bad"


def test_the_store_itself(store_url: str) -> None:
    store = Store(locate(store_url), create=True)
    assert [finding.level for finding in doctor.store_findings(locate(store_url), NOW)] != ["ok"]
    desk = small_street(store)
    desk.do(Report(title="x", source="phone"), desk.actor("zhang"))
    store.close()
    later = doctor.store_findings(locate(store_url), START + timedelta(hours=1))
    assert {finding.code: finding.level for finding in later} == {
        "schema": "ok",
        "last-event": "ok",
        "search-index": "ok",
        **({"backup": "warn"} if store.sqlite else {}),
    }
    earlier = doctor.store_findings(locate(store_url), START - timedelta(hours=1))
    assert earlier[1].level == "bad"


@pytest.mark.parametrize(
    ("runs", "level", "said"),
    [
        ([("20261120", "sound")], "ok", "2026-11-20"),
        ([("20261118", "sound")], "warn", "2026-11-18"),
        ([("20261119", "sound"), ("20261120", "failed")], "bad", "2026-11-19"),
        ([("20261120", "failed")], "bad", "-"),
        ([], "warn", "-"),
    ],
)
def test_the_daily_backups(tmp_path: Path, runs: list[tuple[str, str]], level: str, said: str) -> None:
    folder = folder_of(str(tmp_path / "street.db"))
    folder.mkdir()
    for day, outcome in runs:
        (folder / f"daily-{day}.db").write_text("a copy")
        note(folder, BackupRun(0, f"daily-{day}.db", outcome))
    found = doctor.backup_finding(tmp_path / "street.db", datetime(2026, 11, 21, 9, tzinfo=UTC))
    assert found.level == level
    assert said in found.en
    assert said in found.zh


def test_a_store_that_is_not_there_or_is_something_else(tmp_path: Path) -> None:
    missing, foreign = tmp_path / "none" / "s.db", tmp_path / "text"
    foreign.write_text("x" * 9000)
    assert [finding.level for finding in doctor.store_findings(locate(str(missing)), NOW)] == ["ok"]
    assert [finding.level for finding in doctor.store_findings(locate(str(foreign)), NOW)] == ["bad"]
    assert not missing.parent.exists()


# ------------------------------------------------------------------------------------------------ time


@pytest.mark.parametrize(("year", "level"), [(1970, "bad"), (2024, "bad"), (2026, "ok"), (2100, "bad")])
def test_years(year: int, level: str) -> None:
    assert clock_check.year_finding(datetime(year, 5, 1, tzinfo=UTC)).level == level


@pytest.mark.parametrize(("drift", "level"), [(0.001, "ok"), (-0.049, "ok"), (0.06, "warn"), (-3600.0, "warn")])
def test_drift(drift: float, level: str) -> None:
    assert clock_check.drift_finding(drift).level == level


def test_a_steady_clock_has_no_drift() -> None:
    assert abs(clock_check.measure_drift(0.01)) < clock_check.DRIFT_SECONDS


@pytest.mark.parametrize(("answer", "level"), [("yes", "ok"), ("no", "warn"), ("", "ok"), ("n/a", "ok")])
def test_synchronised(answer: str, level: str) -> None:
    assert clock_check.synchronised_finding(answer).level == level


def test_a_system_without_timedatectl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert clock_check.ask_timedatectl() == ""


@pytest.mark.parametrize(
    ("today", "level"),
    [(date(2026, 6, 1), "ok"), (date(2026, 11, 16), "ok"), (date(2026, 11, 17), "warn"), (date(2027, 1, 1), "bad")],
)
def test_calendar(today: date, level: str) -> None:
    assert clock_check.calendar_finding(date(2026, 12, 31), today).level == level


# ------------------------------------------------------------------------------------------------ terminal


@pytest.mark.parametrize(
    ("environment", "level"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "ok"),
        ({"LC_ALL": "C.utf8", "LANG": "C"}, "ok"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "warn"),
        ({"LANG": "zh_CN.GB18030"}, "warn"),
        ({}, "warn"),
    ],
)
def test_locale(environment: dict[str, str], level: str) -> None:
    assert terminal_check.locale_finding(environment).level == level


@pytest.mark.parametrize(
    ("term", "level"), [("xterm-256color", "ok"), ("", "warn"), ("dumb", "warn"), ("linux", "warn"), ("\x1b[2J", "ok")]
)
def test_terminal(term: str, level: str) -> None:
    found = terminal_check.term_finding({"TERM": term})
    assert found.level == level
    assert (found.zh + found.en).isprintable()


def test_colours_and_multiplexers() -> None:
    assert "256 " in terminal_check.colour_finding({"TERM": "xterm-256color"}).en
    assert "16777216" in terminal_check.colour_finding({"COLORTERM": "truecolor"}).en
    assert "NO_COLOR" in terminal_check.colour_finding({"NO_COLOR": "1"}).en
    assert multiplexer_check.between_findings({}) == []
    assert level(multiplexer_check.screen_finding({"STY": "1.x", "TERM": "screen"})) == "warn"
    assert level(multiplexer_check.screen_finding({"STY": "1.x", "TERM": "screen-256color"})) == "ok"


def test_settings_of_tmux() -> None:
    fit = {"default-terminal": "tmux-256color", "escape-time": "10", "extended-keys": "on", "set-clipboard": "external"}
    assert [found.level for found in multiplexer_check.tmux_findings(fit)] == ["ok"]
    poor = multiplexer_check.tmux_findings({**fit, "default-terminal": "screen", "escape-time": "500"})
    assert [found.code for found in poor] == ["tmux-default-terminal", "tmux-escape-time"]
    assert "set -g escape-time 20" in poor[1].todo("zh")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_tmux_is_asked_for_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = str(tmp_path / "s")
    subprocess.run(["tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d", "cat"], check=True)
    try:
        subprocess.run(["tmux", "-S", socket, "set", "-s", "escape-time", "777"], check=True)
        monkeypatch.setenv("TMUX", f"{socket},1,0")
        assert "tmux-escape-time" in [found.code for found in multiplexer_check.between_findings({"TMUX": socket})]
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], check=False)


@pytest.mark.parametrize(("setting", "level"), [("", "ok"), ("2", "ok"), ("wide", "bad")])
def test_ambiguous_setting(setting: str, level: str) -> None:
    assert terminal_check.ambiguous_finding({"ZHIHUI_AMBIGUOUS": setting}).level == level


def level(finding: Finding | None) -> str:
    assert finding is not None
    return finding.level


@pytest.mark.parametrize(("columns", "lines", "level"), [(80, 24, "ok"), (79, 24, "warn"), (120, 20, "warn")])
def test_size(columns: int, lines: int, level: str) -> None:
    assert terminal_check.size_finding(columns, lines).level == level


NARROW = dict(drawing_check.PROBES)


@pytest.mark.parametrize(
    ("drawn", "wrong"),
    [
        ({}, {}),
        ({"│": 2, "①": 2}, {"ambiguous-width": "warn"}),
        ({"汉": 1}, {"widths": "bad"}),
        ({"汉": 3, "…": 3}, {"widths": "bad", "ambiguous-width": "warn"}),
    ],
)
def test_what_the_widths_mean(drawn: dict[str, int], wrong: dict[str, str]) -> None:
    found = drawing_check.drawing_findings(drawing_check.Drawing({**NARROW, **drawn}, True), False)
    assert {finding.code: finding.level for finding in found if finding.level != "ok"} == wrong
    assert all(finding.todo("zh") and finding.todo("en") for finding in found if finding.level != "ok")
    told = " ".join(finding.zh for finding in found)
    assert all(f"{char} {cells}" in told for char, cells in drawn.items())


def test_synchronized_output_is_named_where_it_is_missing() -> None:
    found = {one.code: one for one in drawing_check.drawing_findings(drawing_check.Drawing(NARROW), False)}
    assert found["whole-frames"].level == "warn"
    assert "2026" in found["whole-frames"].en
    inside = {one.code: one for one in drawing_check.drawing_findings(drawing_check.Drawing(NARROW), True)}
    assert inside["whole-frames"].level == "ok"
    assert "terminal-features" in inside["whole-frames"].todo("zh")


def test_a_font_can_only_be_looked_at() -> None:
    for cells in ({}, NARROW):
        codes = {one.code: one for one in drawing_check.drawing_findings(drawing_check.Drawing(cells), False)}
        assert "井盖" in codes["font"].zh


def answer(master: int, ambiguous: int, mode: bytes, stop: threading.Event) -> None:
    """A terminal that draws what it gets, says where its cursor is, and what of mode 2026 it knows."""
    heard = b""
    while not stop.is_set():
        try:
            heard += os.read(master, 1024)
        except OSError:
            return
        while b"\x1b[6n" in heard:
            drawn, _, heard = heard.partition(b"\x1b[6n")
            char = drawn.rpartition(b"\r")[2].decode()
            cells = dict(drawing_check.PROBES)[char]
            os.write(master, b"typed ahead\x1b[12;%dR" % (1 + (cells if cells == 2 else ambiguous)))
        if heard.endswith(b"\x1b[?2026$p\x1b[c"):
            heard = b""
            os.write(master, mode + b"\x1b[?62;22c")


@pytest.mark.parametrize(
    ("ambiguous", "mode", "whole"),
    [(1, b"\x1b[?2026;2$y", True), (2, b"\x1b[?2026;0$y", False), (1, b"", False), (1, b"\x1b[?2026;4$y", False)],
)
def test_the_terminal_is_asked(ambiguous: int, mode: bytes, whole: bool) -> None:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    stop = threading.Event()
    terminal = threading.Thread(target=answer, args=(master, ambiguous, mode, stop), daemon=True)
    terminal.start()
    drawing = drawing_check.probe_drawing(slave, slave)
    assert drawing.cells == {char: cells if cells == 2 else ambiguous for char, cells in drawing_check.PROBES}
    assert drawing.whole_frames == whole
    assert termios.tcgetattr(slave) == before
    stop.set()
    os.close(slave)
    terminal.join(10)
    os.close(master)


def test_a_terminal_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_check, "PROBE_SECONDS", 0.01)
    master, slave = pty.openpty()
    drawing = drawing_check.probe_drawing(slave, slave)
    assert drawing.cells == {}
    assert {found.code: found.level for found in drawing_check.drawing_findings(drawing, False)} == {
        "widths": "warn",
        "font": "ok",
    }
    os.close(slave)
    os.close(master)


# ------------------------------------------------------------------------------------------------ all of it


def test_all_of_it_without_a_screen_or_a_database_library(repository: Path, home: Path) -> None:
    script = (
        "import sys; from datetime import UTC, datetime\n"
        "from core.doctor import examine; from data.location import locate\n"
        "found = examine(locate(), datetime.now(UTC))\n"
        "assert all(f.zh and f.en and f.level in ('ok', 'warn', 'bad') for f in found)\n"
        "print(*[f.code for f in found])\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules} & {'textual', 'rich', 'typer', 'sqlalchemy'}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert ended.returncode == 0, ended.stderr
    codes, loaded = ended.stdout.split("\n")[:2]
    wanted = "python sqlite file-system room rights store locale terminal colours ambiguous"
    wanted += " clock zone synchronised drift calendar"
    assert codes.split() == wanted.split()
    assert loaded == ""
    assert not (home / "data" / "zhihui").exists(), "looking makes nothing"
