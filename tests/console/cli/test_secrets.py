"""No secret comes out: canaries are typed into real commands and looked for in what is printed, logged and kept."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from console.cli.root import NOUNS, Root
from console.cli.token_file import token_path
from core.identity import passwords, totp
from core.identity.key_file import key_path
from data.location import ENVIRONMENT
from data.tables import Setting
from tests.console.cli.conftest import Ended, Run, Street, Type
from tests.console.test_permits import leaves

GIVEN, OWN, SHORT = "canary-given-71-oak", "金丝雀 canary own at dusk", "canary-s"
WRONG, NAMED = "canary-wrong-53-elm", "canary-typed-as-a-name"
CODE_SECRET = "KNQW4YLSPFBWC3TBOJ4UC3TBOJ4XS4TJ"
HOOK_KEY, HOOK_SECRET = "canaryhookkey77", "canary-hook-secret-81"
STORE_PASSWORD = "canary-of-the-store"
TYPED = (GIVEN, OWN, SHORT, WRONG, NAMED)
SECRET_WORDS = re.compile(r"password|passwd|passphrase|secret|token|one_time|pin$")
READING = (
    "account list --json",
    "account key --json",
    "account policy --json",
    "session list --json",
    "session list --csv",
    "audit log --json",
    "audit log --csv",
    "audit head --json",
    "audit verify --json",
    "audit export FOLDER/audit.jsonl",
    "engine status --json",
    "engine once --json",
    "engine dry-run --json",
    "db info --json",
    "db check --json",
    "db backup FOLDER",
    "doctor --json",
    "org export FOLDER/org.toml",
    "permission list --json",
    "account release zhang",
    "session end zhang --reason out",
)
"""Whatever looks at accounts and sessions, at what happened, or copies the store."""


def forms(secret: str) -> tuple[bytes, ...]:
    """A secret as text, and as JSON writes it."""
    return secret.encode(), json.dumps(secret)[1:-1].encode()


def found(kept: bytes, secrets: tuple[str, ...]) -> list[str]:
    return [secret for secret in secrets if any(form in kept for form in forms(secret))]


def everything(*folders: Path, but: tuple[str, ...] = ()) -> tuple[bytes, bytes]:
    """What stores and copies of them hold, and what all other files do."""
    kinds: dict[bool, list[bytes]] = {True: [], False: []}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file() and str(path) not in but):
        held = path.read_bytes()
        kinds[held.startswith(b"SQLite format 3") or path.name.endswith("-wal")].append(held)
    return b"\n".join(kinds[True]), b"\n".join(kinds[False])


@pytest.fixture
def all_logged(home: Path) -> Iterator[None]:
    """Every record of every logger in a file, statements with their values too."""
    handler = logging.FileHandler(home / "everything.log")
    loggers = {logging.getLogger(): logging.DEBUG, logging.getLogger("sqlalchemy.engine"): logging.INFO}
    before = [logger.level for logger in loggers]
    for logger, level in loggers.items():
        logger.setLevel(level)
    logging.getLogger().addHandler(handler)
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_what_is_typed_paired_and_kept_is_nowhere_but_where_it_belongs(
    all_logged: None, street: Street, typed: Type, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totp, "new_secret", lambda: CODE_SECRET)
    said: list[Ended] = []

    def code() -> str:
        street.clock.advance(minutes=1)
        return pyotp.TOTP(CODE_SECRET).at(street.desk.now())

    def do(line: str, *lines: str, officer: str | None = None, ends: int | None = 0) -> Ended:
        ended = typed(*line.replace("FOLDER", str(tmp_path)).split(), lines=lines, officer=officer)
        assert ends in (None, ended.code), (line, ended)
        said.append(ended)
        return ended

    do("account add zhang", GIVEN, officer="chen")
    do("sign-in zhang", WRONG, "", ends=4)
    do(f"sign-in {NAMED}", WRONG, "", ends=4)
    do("sign-in zhang", GIVEN, "", ends=4)
    do("account password zhang", GIVEN, "", SHORT, ends=2)
    do("account password zhang", GIVEN, "", OWN)
    do("account password zhang", OWN, "", GIVEN, ends=2)
    assert CODE_SECRET in do("account totp zhang", OWN, "", code()).out
    said[-1] = Ended(0, "", said[-1].err)  # the only place where it is shown
    do("engine webhook set - --secret", f"http://127.0.0.1:9/hook?key={HOOK_KEY}", HOOK_SECRET, officer="chen")
    do("engine webhook set http://name:canary-hook-secret-81@127.0.0.1/", officer="chen", ends=2)
    do("engine webhook test --timeout 0.1", officer="chen", ends=6)
    do("sign-in zhang", OWN, code())
    token = Path(token_path("sqlite:///" + street.path, 1)).read_text()
    key = Path(key_path()).read_text().split()[1]
    for line in READING:
        do(line, officer="chen", ends=None)
    with monkeypatch.context() as broken:
        broken.setattr(passwords, "fits", failing)
        do("sign-in zhang", OWN, code(), ends=1)
    secrets = (*TYPED, CODE_SECRET, token, key, HOOK_KEY, HOOK_SECRET)
    assert not [(ended, leak) for ended in said if (leak := found((ended.out + ended.err).encode(), secrets))]
    stores, others = everything(home, tmp_path, but=(token_path("sqlite:///" + street.path, 1), key_path()))
    assert b"INSERT INTO access_event" in others, "statements were logged"
    assert found(others, secrets) == []
    assert found(rows_but_settings(street), secrets) == []
    assert stores.count(b"SQLite format 3") >= 2, "the store and its backup"
    assert found(stores, (*TYPED, CODE_SECRET, token, key)) == [], "what signs notices must be there"


def failing(_stored: str | None, password: str) -> bool:
    raise ValueError(password)


def test_a_crash_in_a_process_of_its_own_shows_no_password(street: Street, typed: Type, tmp_path: Path) -> None:
    """Whatever the environment asks of tracebacks: the program that broke held the password in its variables."""
    assert typed("account", "add", "zhang", lines=(GIVEN,), officer="chen").code == 0
    (tmp_path / "sitecustomize.py").write_text(
        "import core.identity.passwords as p\n"
        "def fits(stored, password):\n    raise ValueError(password)\n"
        "p.fits = fits\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}:{Path.cwd()}",
        "PYTHONFAULTHANDLER": "1",
        "TYPER_USE_RICH": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "console", "sign-in", "zhang", "--store", street.path],
        input=f"{GIVEN}\n\n", capture_output=True, text=True, env=environment, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    kept = everything(Path(os.environ["XDG_STATE_HOME"]))[1]
    assert b"ValueError" in kept
    assert found((ended.stdout + ended.stderr).encode() + kept, TYPED) == []


def test_no_option_and_no_argument_takes_a_secret() -> None:
    """They would stand in the list of processes and in the shell's history."""
    asked = [
        (path, parameter.name)
        for noun in NOUNS
        for path, command in leaves(noun, Root.entries[noun].build())
        for parameter in command.params
        if SECRET_WORDS.search(str(parameter.name)) and not getattr(parameter, "is_flag", False)
    ]
    assert asked == []


@pytest.mark.parametrize("words", ["ticket list --json", "doctor", "db info"])
def test_a_password_of_the_database_is_refused_on_the_command_line(run: Run, words: str) -> None:
    for address in (f"postgresql://zhihui:{STORE_PASSWORD}@127.0.0.1:1/x", f"postgres://h/x?password={STORE_PASSWORD}"):
        ended = run(*words.split(), "--store", address)
        assert (ended.code, "[store-password]" in ended.err) == (2, True)
        assert STORE_PASSWORD not in ended.out + ended.err


def test_an_address_in_the_environment_is_not_repeated(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from console.entry import main

    monkeypatch.setenv(ENVIRONMENT, f"postgresql://zhihui:{STORE_PASSWORD}@127.0.0.1:1/x")
    for words in ("ticket list --json", "doctor", "db info", "db backup", "session list --as zhang"):
        code = main(words.split())
        said = capsys.readouterr()
        assert code != 0
        assert STORE_PASSWORD not in said.out + said.err


def rows_but_settings(street: Street) -> bytes:
    """Every row but those of settings: a secret that signs must be there."""
    with street.desk.store.read() as connection:
        return "\n".join(
            repr(row)
            for table in SQLModel.metadata.sorted_tables
            if table.name != Setting.__tablename__
            for row in connection.execute(select(table), execution_options={"fanout": True})
        ).encode()
