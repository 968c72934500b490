"""Sessions through a real sshd: the console of an officer, commands with exit codes, revocation, a line that drops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from console import exit_codes
from console.drafts import INTAKE, Drafts, drafts_path
from core.identity.sessions import end_session, live_sessions
from data.queries.identity import REQUIRED, SETTING
from data.tables import Setting, table
from tests.console.remote.attempts import ENVIRONMENT
from tests.console.terminals import Emulator, Session, environment
from tests.remote_sshd import SESSION_PATIENCE, Remote, consoles, until
from tests.sshd import HOST, SSHD

NAMES = {one.partition("=")[0] for attempt in ENVIRONMENT for one in attempt.more}
SENT = " ".join(f'{one.replace("=", "=" + chr(34), 1)}"' for attempt in ENVIRONMENT for one in attempt.more)
"""All variables that are tried, as `SetEnv` takes them."""
OWN = {"HOME", "PATH", "LANG"}
"""Of these, what sshd sets by itself."""
F6, SHIFT_F1 = "\x1b[17~", "\x1b[1;2P"

pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")


@contextmanager
def console(remote: Remote, name: str, *options: str) -> Iterator[Session]:
    """The console of a key's officer, its list on the screen."""
    command = remote.client(name, "-tt", *options)
    with closing(Session(command, Emulator(100, 30), environment())) as session:
        session.until("井盖缺失")
        yield session


def kept_drafts(remote: Remote, officer: str) -> Path:
    """Where an officer's drafts are kept."""
    path = drafts_path(f"{remote.desk.store.url}#{remote.desk.centre_id}", officer)
    return remote.site.keep / "state" / Path(path).relative_to(os.environ["XDG_STATE_HOME"])


def forget_drafts(remote: Remote) -> None:
    """What was typed in another test is nobody's."""
    for officer in ("zhang", "li"):
        kept_drafts(remote, officer).unlink(missing_ok=True)


def kept_report(remote: Remote, officer: str) -> str:
    """The title of the report that an officer has begun."""
    return Drafts(str(kept_drafts(remote, officer)), remote.desk.now).get(INTAKE).values.get("title", "")


def test_a_key_opens_the_console_of_its_officer_and_quitting_restores_the_terminal(remote: Remote) -> None:
    """Nobody asks who it is, links and files are nobody's here, and Ctrl+Q leaves with exit code 0."""
    with console(remote, "zhang", "-o", f"SetEnv={SENT}") as session:
        session.until("张明")
        session.press("\x11")
        assert session.ended() == exit_codes.OK, session.screen.text
        assert session.restored()
    assert b"\x1b[?1049l" in session.sent


def test_commands_give_data_and_exit_codes(remote: Remote) -> None:
    """JSON on stdout, a batch from stdin in the own name, what is missing 3, what is not permitted 4."""
    listed = remote.run("li", "ticket", "list", "--json", line="li")
    assert (listed.returncode, listed.stderr) == (exit_codes.OK, b"")
    assert [row["title"] for row in json.loads(listed.stdout)] == ["井盖缺失"], "what is at the own post, no more"
    report = '{"verb": "report", "title": "路灯不亮", "community": "C01"}'
    void = '{"verb": "void", "ticket": "TICKET", "reason": "重复"}'
    lines = f"{report}\n{void}\n".replace("TICKET", json.loads(listed.stdout)[0]["code"])
    done = remote.run("li", "batch", line="li", data=lines.encode())
    assert done.returncode == exit_codes.PARTLY, done.stderr
    made, refused = (json.loads(line) for line in done.stdout.splitlines())
    assert made["ok"]
    assert refused["error"] == "not-permitted"
    log = json.loads(remote.run("zhang", f"ticket log {made['ticket']} --json", line="zhang").stdout)
    assert log[0]["actor"] == "li"
    came_in = remote.event(made["ticket"])["came_in"]
    key = next(key for key in remote.all_keys() if key.comment == "li")
    assert came_in == {"how": "ssh-key", "address": HOST, "fingerprint": key.fingerprint}
    noted = [entry for entry in remote.access() if entry["fingerprint"] == key.fingerprint]
    assert {("signed_in", "ticket list"), ("signed_in", "batch")} <= {(one["kind"], one["target"]) for one in noted}
    assert {(one["actor"], one["address"], one["how"]) for one in noted} == {("li", HOST, "ssh-key")}
    assert remote.run("li", "ticket show 9999 --json", line="li").returncode == exit_codes.MISSING
    assert remote.run("li", line="li").returncode == exit_codes.NOT_ALLOWED, "no terminal and no command"
    assert b"ticket list" in remote.run("li", "help", line="li").stdout


def test_a_session_gets_no_variable_no_agent_and_no_display_of_the_client(remote: Remote) -> None:
    """All that is tried with the environment at once, and a real agent that the client would lend."""
    agent, told = remote.folder / "agent", {**environment(), "DISPLAY": ":99"}
    keeper = subprocess.Popen(["ssh-agent", "-D", "-a", str(agent)], stdout=subprocess.DEVNULL)
    options = ("-o", f"ForwardAgent={agent}", "-Y", "-o", f"SetEnv={SENT}")
    before = set(consoles(remote))
    try:
        until(agent.exists, "the agent is there")
        client = subprocess.Popen(
            [*remote.client("zhang", *options), "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=told
        )
        until(lambda: set(consoles(remote)) - before, "the session runs")
        (session,) = set(consoles(remote)) - before
        given = Path(f"/proc/{session}/environ").read_bytes().split(b"\0")
        names = {one.partition(b"=")[0].decode() for one in given}
        assert names.isdisjoint(NAMES - OWN | {"SSH_AUTH_SOCK", "DISPLAY"})
        assert not any(b"EVIL" in one for one in given)
        assert "SSH_CONNECTION" in names
        client.communicate(b"")
        assert client.returncode == exit_codes.OK
    finally:
        keeper.terminate()
        keeper.wait()


def test_a_revoked_key_ends_the_sessions_that_it_opened(remote: Remote) -> None:
    """A console and a batch that runs; and nobody comes in with it again."""
    key = remote.add("li", "lost")
    batch = subprocess.Popen(
        [*remote.client("lost"), "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with console(remote, "lost") as session:
        assert batch.stdin is not None
        batch.stdin.write(b'{"verb": "note"}\n')
        batch.stdin.flush()
        assert batch.stdout is not None
        assert b"false" in batch.stdout.readline(), "the batch is at work"
        remote.revoke(key)
        assert session.ended() == exit_codes.NOT_ALLOWED
        session.until("密钥被吊销")
        assert session.restored()
    ended = [one for one in remote.access() if one["kind"] == "session_ended"]
    assert [one["target"] for one in ended if one["fingerprint"] == key.fingerprint] == ["console"]
    assert batch.wait(SESSION_PATIENCE) == exit_codes.NOT_ALLOWED
    assert "The session has ended" in batch.stderr.read().decode() if batch.stderr else False
    assert remote.run("lost", "help").returncode == 255


def test_who_has_nothing_but_a_key_goes_on_after_the_lock_by_connecting_again(remote: Remote) -> None:
    """The lock hides everything and stays up, for the alarms; what was typed is there in the next session."""
    desk = remote.desk
    row = {"centre_id": desk.centre_id, "name": SETTING}
    with desk.store.write() as connection:
        connection.execute(insert(table(Setting)), {**row, "value": {"sign_in": REQUIRED}})
    try:
        with console(remote, "li") as session:
            session.press(F6)
            session.until("内容")
            session.press("half a report")
            session.until("half a report")
            session.press(SHIFT_F1)
            session.until(lambda text: "您以密钥登录" in text and "half a report" not in text)
            session.press("zhang")
            session.press("\r")
            assert session.ended() == exit_codes.OK, session.screen.text
            session.until("请重新连接")
        assert [(one["kind"], one["actor"]) for one in remote.access()][-1] == ("signed_out", "li")
        assert kept_report(remote, "li") == "half a report", "it is there in the next session"
    finally:
        with desk.store.write() as connection:
            connection.execute(
                delete(table(Setting)).where(Setting.centre_id == row["centre_id"], Setting.name == SETTING)  # type: ignore[arg-type]
            )


def test_the_security_administrator_sees_and_ends_a_console(remote: Remote) -> None:
    desk = remote.desk
    with console(remote, "zhang") as session:
        with desk.store.write() as connection:
            (one,) = [
                live
                for live in live_sessions(connection, desk.centre_id, desk.now())
                if (live.officer, live.how, live.terminal, live.address) == ("zhang", "ssh-key", "console", HOST)
            ]
            end_session(connection, desk.centre_id, one.id, desk.now(), desk.actor("chen"), "离岗")
        assert session.ended() == exit_codes.NOT_ALLOWED
        session.until("结束了会话")
    assert [entry["actor"] for entry in remote.access() if entry["kind"] == "session_ended"][-1] == "chen"


def test_a_line_that_drops_leaves_no_process_and_keeps_what_was_typed(remote: Remote) -> None:
    """The client is killed in the middle of a report."""
    before = set(consoles(remote))
    with console(remote, "zhang") as session:
        (process,) = set(consoles(remote)) - before
        session.press(F6)
        session.until("地点")
        session.press("堡坎裂缝")
        session.until("堡坎裂缝")
        os.kill(session.process.pid, signal.SIGKILL)
        until(lambda: process not in consoles(remote), "the console ends")
    assert kept_report(remote, "zhang") == "堡坎裂缝"


def test_several_officers_at_once_each_in_their_own_name(remote: Remote) -> None:
    """Four at once here; `python -m tests.bench --only remote` runs 50."""
    titles = [f"同时上报{number}" for number in range(4)]
    clients = [
        subprocess.Popen([*remote.client(name), f"ticket report --title={title} --json"], stdout=subprocess.PIPE)
        for title, name in zip(titles, ("zhang", "li") * 2, strict=True)
    ]
    said = [client.communicate(timeout=SESSION_PATIENCE)[0] for client in clients]
    assert [client.returncode for client in clients] == [exit_codes.OK] * 4
    assert len({json.loads(one)[0]["ticket"] for one in said}) == 4
