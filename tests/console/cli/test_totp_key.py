"""The key that seals the secrets of one-time codes: kept outside the store, missed, brought back, lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select, update

from core.identity.accounts import AccountBook
from core.identity.key_file import VARIABLE, key_path, make_key
from data.errors import StoreTrouble
from data.tables import AccessEvent, Account, Officer, table
from tests.console.cli.conftest import OWN, Run, Street, Type

SECRET = {"an": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "zhang": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}
ACCOUNT = table(Account)


@pytest.fixture
def paired(required: Type, street: Street) -> Type:
    """A centre that requires a sign-in, its officers with a password and a paired phone."""
    for officer in SECRET:
        pair(street, officer)
    return required


def code(street: Street, officer: str) -> str:
    """A code that was not used: half a minute has passed since the last one."""
    street.clock.advance(minutes=1)
    return pyotp.TOTP(SECRET[officer]).at(street.desk.now())


def pair(street: Street, officer: str) -> None:
    shown, actor = code(street, officer), street.desk.actor(officer)
    with street.desk.store.write() as connection:
        AccountBook(connection, 1, street.desk.now(), actor).pair(SECRET[officer], shown)


def stored(street: Street, officer: str) -> str:
    officers = table(Officer).c
    with street.desk.store.read() as connection:
        found = connection.execute(
            select(ACCOUNT.c.totp_secret)
            .join(table(Officer), (officers.id == ACCOUNT.c.id) & (officers.centre_id == ACCOUNT.c.centre_id))
            .where(ACCOUNT.c.centre_id == 1, officers.code == officer)
        ).scalar_one()
    return str(found)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_neither_the_store_nor_its_backup_holds_secrets_or_the_key(
    paired: Type, street: Street, run: Run, tmp_path: Path
) -> None:
    key = Path(key_path())
    assert key.stat().st_mode & 0o777 == 0o600
    assert Path(street.path).parent not in key.parents
    copies = tmp_path / "copies"
    copies.mkdir()
    assert run("db", "backup", str(copies), officer=None).code == 0
    kept = everything(copies) + everything(Path(street.path).parent)
    assert b"v1:" in kept
    for secret in (*SECRET.values(), key.read_text().split()[1]):
        assert secret.encode() not in kept
    assert paired("sign-in", "zhang", lines=(OWN, code(street, "zhang"))).code == 0
    assert paired("account", "key", officer="zhang").code == 4
    assert paired("sign-in", "an", lines=(OWN, code(street, "an"))).code == 0
    shown = paired("account", "key", "--json").json[0]
    assert (shown["path"], shown["here"], shown["elsewhere"], shown["plain"]) == (str(key), 2, 0, 0)
    assert shown["key"] == stored(street, "an").split(":")[1]


def test_without_its_key_a_code_is_not_checked_and_with_it_again_it_is(
    paired: Type, street: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, away = key_path(), str(tmp_path / "credential")
    shutil.move(key, away)
    missed = paired("sign-in", "zhang", lines=(OWN, code(street, "zhang")))
    assert (missed.code, "[totp-key-missing]" in missed.err, "lost-key" in missed.err) == (6, True, True)
    assert "[sign-in-failed]" in paired("sign-in", "zhang", lines=("wrong", code(street, "zhang"))).err
    assert not os.path.exists(key), "no new one while secrets need the old one"
    monkeypatch.setenv(VARIABLE, away)
    os.chmod(away, 0o640)
    assert paired("sign-in", "zhang", lines=(OWN, code(street, "zhang"))).code == 0
    os.chmod(away, 0o644)
    assert "[totp-key-open]" in paired("sign-in", "zhang", lines=(OWN, code(street, "zhang"))).err
    os.chmod(away, 0o600)
    Path(away).write_text("zhihui-totp-key-1 short")
    assert "[totp-key-damaged]" in paired("sign-in", "zhang", lines=(OWN, code(street, "zhang"))).err
    monkeypatch.delenv(VARIABLE)
    os.makedirs(key)
    assert "[totp-key-read]" in paired("sign-in", "zhang", lines=(OWN, code(street, "zhang"))).err


def test_a_sealed_secret_is_good_for_its_own_account_alone(paired: Type, street: Street) -> None:
    with street.desk.store.write() as connection:
        connection.execute(
            update(ACCOUNT)
            .where(ACCOUNT.c.centre_id == 1, ACCOUNT.c.id == street.desk.actor("an").id)
            .values(totp_secret=stored(street, "zhang"), totp_step=0)
        )
    assert "[totp-damaged]" in paired("sign-in", "an", lines=(OWN, code(street, "zhang"))).err


def test_a_lost_key_is_got_over_by_the_security_administrator(paired: Type, street: Street) -> None:
    assert "sign-in-failed" in paired("account", "lost-key", "an", lines=(OWN,)).err, "the key is there"
    before = stored(street, "an").split(":")[1]
    os.unlink(key_path())
    with pytest.raises(StoreTrouble, match="zhihui account lost-key"):
        pair(street, "zhang")
    assert paired("account", "lost-key", "zhang", lines=(OWN,)).code == 4
    assert paired("account", "lost-key", "an", lines=("wrong",)).code == 4
    done = paired("account", "lost-key", "an", lines=(OWN,))
    assert (done.code, "an zhang" in done.err) == (0, True), done.err
    assert paired("sign-in", "zhang", lines=(OWN, "")).code == 0
    pair(street, "zhang")
    assert stored(street, "zhang").split(":")[1] != before
    assert "sign-in-failed" in paired("sign-in", "zhang", lines=(OWN, "")).err
    assert paired("sign-in", "zhang", lines=(OWN, code(street, "zhang"))).code == 0
    log = table(AccessEvent).c
    with street.desk.store.read() as connection:
        noted = connection.execute(select(log.actor, log.target, log.body).where(log.centre_id == 1)).all()
    assert {(row.actor, row.target) for row in noted if row.body.get("what") == "pairing-lost"} == {
        ("an", "an"),
        ("an", "zhang"),
    }
    assert paired("sign-in", "an", lines=(OWN, "")).code == 0
    assert "totp-key-there" in paired("account", "lost-key", "an", lines=(OWN,)).err


@pytest.mark.parametrize("by", [("db", "upgrade"), ("account", "key", "--seal")])
def test_what_an_earlier_release_left_plain_is_sealed(required: Type, street: Street, by: tuple[str, ...]) -> None:
    with street.desk.store.write() as connection:
        for officer in ("an", "zhang"):
            where = (ACCOUNT.c.centre_id == 1, ACCOUNT.c.id == street.desk.actor(officer).id)
            connection.execute(update(ACCOUNT).where(*where).values(totp_secret=SECRET[officer]))
    assert required("sign-in", "an", lines=(OWN, code(street, "an"))).code == 0, "good as before"
    done = required(*by)
    assert done.code == 0, done.err
    for officer in ("an", "zhang"):
        assert stored(street, officer).startswith("v1:")
        assert required("sign-in", officer, lines=(OWN, code(street, officer))).code == 0


def test_the_doctor_says_when_the_key_is_not_there_or_another_one(paired: Type, street: Street, run: Run) -> None:
    def level() -> list[str]:
        return [one["level"] for one in run("doctor", "--json", officer=None).json if one["code"] == "totp-key"]

    assert level() == ["ok"]
    path = Path(key_path())
    kept = path.read_bytes()
    path.unlink()
    assert level() == ["bad"]
    said = run("doctor", "--lang", "en", officer=None).out
    assert f"the one-time codes of {len(SECRET)} officers need is not at {path}" in said.replace("\n", " ")
    make_key()
    assert level() == ["bad"], "another key opens nothing"
    path.write_bytes(b"nonsense")
    assert level() == ["bad"]
    path.write_bytes(kept)
    assert level() == ["ok"]
    with street.desk.store.write() as connection:
        connection.execute(update(table(Account)).where(table(Account).c.centre_id == 1).values(totp_secret=""))
    assert level() == [], "nobody needs one"
