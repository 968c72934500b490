"""Accounts, signing in and out, sessions: through the real commands, and a real terminal."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyotp
import typer
from sqlalchemy import select, update

from console.cli.permits import COMMANDS
from console.cli.proof import UNATTENDED
from console.cli.root import NOUNS, Root
from console.cli.session import Session
from console.cli.token_file import token_path
from core.identity.sessions import live_sessions
from data.errors import NotAllowed
from data.tables import AccessEvent, Officer, OfficerSession, TicketEvent, table
from tests.console.cli.conftest import FIRST, OWN, Ended, Run, Street, Type
from tests.console.test_permits import leaves

NEXT = "an entirely other one"


def test_no_command_runs_unproved_but_those_that_ask_themselves_and_the_machines_own(
    required: Type, street: Street
) -> None:
    root = typer.main.get_command(typer.Typer(callback=lambda: None, invoke_without_command=True))
    session, open_to_all, refusals = Session(street.clock), set[str](), set[str]()
    session.store_name = street.path

    def reached(path: str) -> Callable[..., None]:
        return lambda **_values: open_to_all.add(path)

    every = [leaf for noun in NOUNS for leaf in leaves(noun, Root.entries[noun].build())]
    for path, command in every:
        context = root.context_class(root, info_name="zhihui", obj=session)
        for word in path.split():
            context = root.context_class(root, info_name=word, parent=context)
        context.command = command
        kept, command.callback = command.callback, reached(path)
        try:
            command.invoke(context)
        except NotAllowed as refused:
            refusals.add(refused.code)
        command.callback = kept
    session.close()
    program = {path for path, operation in COMMANDS.items() if operation == "program"}
    assert refusals == {"sign-in-required"}
    asks_itself = {"sign-in", "sign-out", "account password", "account totp", "account lost-key"}
    assert open_to_all == program | UNATTENDED | asks_itself
    assert len(every) > 4 * len(open_to_all)


def kinds(street: Street) -> list[tuple[str, str]]:
    log = table(AccessEvent).c
    with street.desk.store.read() as connection:
        return [
            (row.kind, row.actor)
            for row in connection.execute(select(log.kind, log.actor).where(log.centre_id == 1).order_by(log.id))
        ]


def test_where_a_sign_in_is_required_a_name_is_no_proof(required: Type, street: Street) -> None:
    before = street.digest()
    for arguments in (
        ("ticket", "list", "--json"),
        ("ticket", "list"),
        ("ticket", "show", "20261120-0001"),
        ("ticket", "accept", "20261120-0001"),
        ("batch", "-"),
        ("duty", "show"),
        ("audit", "verify"),
        ("account", "policy", "--sign-in", "named"),
        ("account", "list"),
    ):
        for officer in (None, "an", "zhang"):
            ended = required(*arguments, officer=officer)
            assert (ended.code, ended.out) == (4, ""), (arguments, officer)
            assert "[sign-in-required]" in ended.err
            assert "zhihui sign-in" in ended.err
    assert street.digest() == before
    assert required("db", "info").code == 0, "the machine's own services run as nobody"


def test_a_session_acts_as_its_officer_and_as_nobody_else(required: Type, street: Street) -> None:
    assert required("sign-in", "zhang", lines=(OWN, "")).code == 0
    kept = Path(token_path("sqlite:///" + street.path, 1))
    assert kept.stat().st_mode & 0o777 == 0o600
    assert required("ticket", "list", "--json").code == 0
    assert required("ticket", "accept", "20261120-0001").code == 0
    assert required("ticket", "accept", "20261120-0004", officer="zhang").code == 0
    for arguments, lines in (
        (("ticket", "list", "--json"), ()),
        (("ticket", "note", "20261120-0001", "--text", "x"), ()),
    ):
        other = required(*arguments, lines=lines, officer="wang")
        assert (other.code, "[signed-in-as-another]" in other.err) == (4, True), other.err
    forged = Path(street.path).with_name("forged.jsonl")
    forged.write_text('{"verb": "accept", "ticket": "20261120-0001", "as": "wang"}')
    assert "acts-as-oneself" in required("batch", str(forged)).out
    assert required("account", "list").code == 4, "the security administrator's"
    events, held = table(TicketEvent).c, table(OfficerSession)
    with street.desk.store.read() as connection:
        body = connection.execute(
            select(events.body).where(events.centre_id == 1).order_by(events.id.desc()).limit(1)
        ).scalar_one()
        (session,) = connection.execute(select(held).where(held.c.centre_id == 1)).all()
    assert body["came_in"] == {"session_id": session.id, "how": "password", "address": f"local:{os.getuid()}"}
    token = kept.read_text()
    assert token not in repr(session), "the store knows no token"
    os.chmod(kept, 0o644)
    assert required("ticket", "list").code == 4, "a token that others could read"
    os.chmod(kept, 0o600)
    street.clock.advance(minutes=14 * 60)
    assert required("ticket", "list").code == 4, "its time is up"
    assert required("sign-in", "zhang", lines=(OWN, "")).code == 0
    assert required("sign-out").code == 0
    assert not kept.exists()
    assert required("ticket", "list").code == 4
    assert kinds(street)[-1] == ("signed_out", "zhang")
    assert required("sign-in", "an", lines=(OWN, "")).code == 0
    verified = required("audit", "verify", officer=None)
    assert verified.code == 4, "not the security administrator's"
    assert required("account", "policy", "--sign-in", "named").code == 0
    assert required("audit", "verify", officer="zhang").code == 0


def test_the_administrator_ends_sessions_disables_and_resets(required: Type, street: Street) -> None:
    def signed_in() -> str:
        assert required("sign-in", "zhang", lines=(OWN, "")).code == 0
        return Path(token_path("sqlite:///" + street.path, 1)).read_text()

    def as_an(*arguments: str, lines: tuple[str, ...] = ()) -> Ended:
        assert required("sign-in", "an", lines=(OWN, "")).code == 0
        return required(*arguments, lines=lines)

    def stands(token: str) -> bool:
        path = Path(token_path("sqlite:///" + street.path, 1))
        path.write_text(token)
        ended = required("ticket", "list")
        assert ended.code == 0 or "[sign-in-required]" in ended.err
        return ended.code == 0

    first = signed_in()
    listed = as_an("session", "list", "--json").json
    assert [one["officer"] for one in listed] == ["zhang", "an"]
    assert required("session", "end", listed[0]["id"], "--reason", "离岗").code == 0
    assert not stands(first)
    second = signed_in()
    assert as_an("account", "disable", "zhang").code == 0
    assert not stands(second)
    assert "sign-in-failed" in required("sign-in", "zhang", lines=(OWN, "")).err, "no word of being disabled"
    assert as_an("account", "enable", "zhang").code == 0
    assert as_an("account", "disable", "an").code == 5, "not the own one"
    third = signed_in()
    assert as_an("account", "reset", "zhang", "--totp", lines=(NEXT,)).code == 0
    assert not stands(third)
    assert "owes-password" in required("sign-in", "zhang", lines=(NEXT, "")).err
    fourth = required("account", "password", "zhang", lines=(NEXT, "", OWN))
    assert fourth.code == 0, fourth.err
    last = signed_in()
    with street.desk.store.write() as connection:
        connection.execute(
            update(table(Officer)).where(Officer.centre_id == 1, Officer.code == "zhang").values(active=False)
        )
    assert not stands(last), "an officer who left"
    assert ("session_ended", "an") in kinds(street)


def test_failures_make_everybody_wait_alike_and_a_leader_releases(run: Run, typed: Type, street: Street) -> None:
    assert typed("account", "add", "li", lines=(FIRST,), officer="zhang").code == 4
    assert typed("account", "add", "li", lines=("short",), officer="chen").code == 2
    assert typed("account", "add", "li", lines=(FIRST,), officer="chen").code == 0
    assert typed("account", "password", "li", lines=(FIRST, "", OWN)).code == 0
    told = {}
    for officer in ("li", "nobody-at-all"):
        told[officer] = [typed("sign-in", officer, lines=("wrong", "")).err for _ in range(6)]
        assert ["sign-in-failed" in text for text in told[officer]] == [True] * 5 + [False]
        street.clock.advance(minutes=24 * 60)
    assert told["li"] == told["nobody-at-all"]
    for _ in range(5):
        typed("sign-in", "li", lines=("wrong", ""))
    waits = typed("sign-in", "li", lines=(OWN, ""))
    assert (waits.code, "30" in waits.err) == (4, True), "even with the right one"
    assert run("account", "list", "--json", officer="chen").json[0]["waits_until"] is not None
    street.clock.advance(minutes=1)
    assert typed("sign-in", "li", lines=(OWN, "")).code == 0
    for _ in range(5):
        typed("sign-in", "li", lines=("wrong", ""))
    assert run("account", "release", "li", officer="zhao").code == 4
    assert run("account", "release", "li", officer="wang").code == 0
    assert run("account", "list", "--json", officer="chen").json[0]["waits_until"] is None
    assert {("sign_in_failed", "li"), ("sign_in_failed", "unknown"), ("unlocked", "wang")} <= set(kinds(street))
    with street.desk.store.read() as connection:
        assert "nobody-at-all" not in repr(
            connection.execute(select(table(AccessEvent)).where(AccessEvent.centre_id == 1)).all()
        )


def test_a_terminal_shows_no_password_and_pairs_a_phone(typed: Type, street: Street) -> None:
    """In a process of its own, on a real pseudo-terminal."""
    assert typed("account", "add", "li", lines=(FIRST,), officer="chen").code == 0

    def start(*arguments: str) -> pexpect.spawn[str]:
        words = ["-m", "console", *arguments, "--store", street.path, "--lang", "en"]
        return pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=60, dimensions=(60, 120))

    child = start("account", "password", "li")
    shown = ""
    for prompt, line in (("Password: ", FIRST), ("none\\): ", ""), ("New password: ", OWN), ("Once more: ", OWN)):
        child.expect(prompt)
        shown += child.before + child.after
        child.sendline(line)
    child.expect("The password is changed")
    shown += child.before
    child.wait()
    assert FIRST not in shown
    assert OWN not in shown
    child = start("account", "totp", "li")
    for prompt, line in (("Password: ", OWN), ("none\\): ", "")):
        child.expect(prompt)
        child.sendline(line)
    child.expect("secret=([A-Z2-7]+)")
    secret = pyotp.TOTP(re.sub("[^A-Z2-7]", "", child.match.group(1)))
    assert "▀" in child.before
    child.expect("shows: ")
    child.sendline(secret.at(int(time.time())))
    child.expect("Paired")
    child.wait()
    assert typed("account", "list", "--json", officer="chen").json[0]["totp"] is True


def test_the_console_asks_for_the_sign_in_and_a_lost_terminal_ends_its_session(required: Type, street: Street) -> None:
    words = ["-m", "console", "--store", street.path, "--as", "zhang"]
    utf8 = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
    child = pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=60, dimensions=(24, 80), env=utf8)
    child.expect("此处无人登录")
    shown = child.before
    for line, sign in (("", "密码"), (OWN, ""), ("", "全部")):
        child.send(f"{line}\r")
        child.expect(sign)
        shown += child.before
    assert OWN not in shown
    with street.desk.store.read() as connection:
        (session,) = live_sessions(connection, 1, int(time.time()))
    assert (session.officer, session.terminal) == ("zhang", "console")
    child.ptyproc.fileobj.close()
    until = time.monotonic() + 60
    while kinds(street)[-1] != ("signed_out", "zhang"):
        assert time.monotonic() < until, "the session is not ended"
        time.sleep(0.05)
