"""`zhihui ssh key` through the real command, and the program that sshd asks, on both kinds of store."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from console.remote.authorized_keys import authorized
from core.clock import SystemClock
from core.identity.accounts import AccountBook
from core.identity.public_key import PublicKey, read_public_key
from core.identity.ssh_keys import KeyBook
from data.errors import Refusal
from data.store import Store
from data.tables import Appointment, Officer, table
from tests.console.cli.conftest import Run, Street
from tests.passwords import fresh
from tests.street import small_street


def key_pair(folder: Path, name: str) -> str:
    """A fresh public key's file."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)], check=True)
    return str(folder / f"{name}.pub")


def test_a_key_is_added_listed_and_revoked_for_good(run: Run, tmp_path: Path) -> None:
    """Once a leader's affair, while the centre has no security administrator."""
    file = key_pair(tmp_path, "one")
    made = run(
        "ssh", "key", "add", "li", file, "--from", "10.1.0.0/16", "--expires", "2027-01-01", "--json", officer="chen"
    )
    assert made.code == 0, made.err
    (key,) = made.json
    assert (key["officer"], key["state"], key["addresses"]) == ("li", "live", ["10.1.0.0/16"])
    assert run("ssh", "key", "add", "sun", file, officer="chen").code == 5, "a key is one officer's"
    assert [one["fingerprint"] for one in run("ssh", "key", "list", "--json", officer="chen").json] == [
        key["fingerprint"]
    ]
    assert run("ssh", "key", "list", "--json", officer="zhao").json == [], "others see their own"
    assert run("ssh", "key", "revoke", key["fingerprint"][:14], officer="chen").code == 2, "it needs a reason"
    gone = run("ssh", "key", "revoke", key["fingerprint"][:14], "--reason", "电脑丢失", "--json", officer="li")
    assert (gone.code, gone.json[0]["state"], gone.json[0]["revoked_by"]) == (0, "revoked", "li")
    assert run("ssh", "key", "revoke", key["fingerprint"], "--reason", "再次", officer="chen").code == 5
    assert run("ssh", "key", "add", "li", file, officer="chen").code == 5, "and never comes back"


def test_who_may_not_and_what_is_no_key_changes_nothing(run: Run, street: Street, tmp_path: Path) -> None:
    file, before = key_pair(tmp_path, "one"), street.digest()
    for code, arguments, officer in (
        (4, ("add", "li", file), "zhang"),
        (2, ("add", "li", file.removesuffix(".pub")), "chen"),
        (2, ("add", "li", file, "--from", "*.example"), "chen"),
        (2, ("add", "li", file, "--from", "10.1.2.3/16"), "chen"),
        (2, ("add", "li", file, "--expires", "2020-01-01"), "chen"),
        (3, ("add", "nobody", file), "chen"),
        (3, ("add", "li", file + "x"), "chen"),
        (3, ("revoke", "SHA256:abcdefgh", "--reason", "x"), "chen"),
    ):
        ended = run("ssh", "key", *arguments, officer=officer)
        assert ended.code == code, (arguments, ended.err)
    with street.desk.store.write() as connection:
        connection.execute(
            insert(table(Officer)), {"centre_id": 1, "id": 90, "code": "an", "name": "安", "created_at": 0}
        )
        connection.execute(
            insert(table(Appointment)),
            {"centre_id": 1, "id": 90, "officer_id": 90, "unit_id": 1, "role": "security_admin", "from_at": 0},
        )
    assert run("ssh", "key", "add", "li", file, officer="chen").code == 4, "the administrator's affair from now on"
    assert run("ssh", "key", "add", "li", file, officer="an").code == 0
    assert street.digest() != before


def test_sshd_is_told_a_line_for_a_live_key_and_nothing_else(store_url: str, tmp_path: Path) -> None:
    store = Store(store_url if "://" in store_url else f"sqlite:///{store_url}", create=True)
    desk = small_street(store, SystemClock())
    key, other = (read_public_key(Path(key_pair(tmp_path, name)).read_text()) for name in ("one", "two"))

    def add(added: PublicKey, officer: str, *addresses: str) -> None:
        with store.write() as connection:
            KeyBook(connection, 1, desk.now(), desk.actor("chen")).add(
                officer, added, addresses, int(time.time()) + 3600
            )

    def told(asked: PublicKey, user: str = "zhihui", kind: str = "", blob: str = "") -> str:
        question = (user, kind or asked.key_type, blob or asked.blob, asked.fingerprint)
        return authorized(question, "zhihui", store.url, "/etc/zhihui/ssh/session")

    assert told(key) == ""
    add(key, "li", "10.0.0.0/8", "192.0.2.7")
    line = told(key)
    assert line.startswith('restrict,pty,from="10.0.0.0/8,192.0.2.7",command="trap ')
    assert "; exec /etc/zhihui/ssh/session --key-id 1." in line
    assert line.endswith(f'" {key.key_type} {key.blob}\n')
    assert line.count("\n") == 1
    assert told(other) == ""
    assert told(key, user="root") == ""
    assert told(key, kind="ssh-rsa") == ""
    assert told(key, blob=other.blob) == ""
    assert told(key, blob='x" ssh-rsa AAAA') == ""
    assert authorized((), "zhihui", store.url, "/x") == ""
    for disabled in (True, False):
        with store.write() as connection:
            book = AccountBook(connection, 1, desk.now(), desk.actor("chen"))
            if disabled:
                book.add("li", fresh(desk, "li", "blue-kettle-71-oak"))
            book.set_disabled("li", disabled)
        assert (told(key) == "") == disabled, "whose account is disabled"
    with store.write() as connection:
        connection.execute(
            update(table(Officer)).where(Officer.centre_id == 1, Officer.code == "li").values(active=False)
        )
    assert told(key) == "", "an officer who left"
    with pytest.raises(Refusal):
        authorized(("zhihui", key.key_type, key.blob, key.fingerprint), "zhihui", str(tmp_path / "none.db"), "/x")
    store.close()
