"""Public keys: real ones of every kind that is let in, and what is refused although it looks like one."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from core.identity.public_key import read_public_key
from data.errors import BadInput

KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa521": ("-t", "ecdsa", "-b", "521"),
    "rsa3072": ("-t", "rsa", "-b", "3072"),
}


def made(folder: Path, *kind: str) -> tuple[str, str]:
    """A real key's .pub text, and its fingerprint in OpenSSH's words."""
    path = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "张 明 @台", *kind, "-f", str(path)], check=True)
    said = subprocess.run(["ssh-keygen", "-lf", f"{path}.pub"], check=True, capture_output=True, text=True).stdout
    return Path(f"{path}.pub").read_text(), said.split()[1]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made(tmp_path_factory.mktemp("key"), "-t", "ed25519")[0]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_real_key_is_read_with_the_fingerprint_that_openssh_prints(tmp_path: Path, kind: tuple[str, ...]) -> None:
    text, fingerprint = made(tmp_path, *kind)
    found = read_public_key(f"# my key\n\n{text}\r\n")
    assert (found.key_type, found.blob) == tuple(text.split()[:2])
    assert found.fingerprint == fingerprint
    assert found.comment == "张 明 @台"


def part(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def line(kind: str, *parts: bytes) -> str:
    return f"{kind} {base64.b64encode(b''.join(map(part, (kind.encode(), *parts)))).decode()} x"


POINT = b"\x04" + b"\x01" * 64


def test_keys_of_security_tokens_are_read() -> None:
    assert read_public_key(line("sk-ssh-ed25519@openssh.com", b"\x01" * 32, b"ssh:")).comment == "x"
    assert read_public_key(line("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", POINT, b"ssh:centre")).comment == "x"


MODULUS = b"\x00" + b"\xff" * 384
BAD = {
    "rsa of 2048 bits": (line("ssh-rsa", b"\x01\x00\x01", b"\x00" + b"\xff" * 256), "key-weak"),
    "rsa of 3071 bits": (line("ssh-rsa", b"\x01\x00\x01", b"\x7f" + b"\xff" * 383), "key-weak"),
    "an even modulus": (line("ssh-rsa", b"\x01\x00\x01", MODULUS[:-1] + b"\xfe"), "key-unreadable"),
    "a negative modulus": (line("ssh-rsa", b"\x01\x00\x01", b"\xff" * 384), "key-unreadable"),
    "a byte too many in front": (line("ssh-rsa", b"\x01\x00\x01", b"\x00" + b"\x7f" * 384), "key-unreadable"),
    "exponent one": (line("ssh-rsa", b"\x01", MODULUS), "key-unreadable"),
    "an enormous modulus": (line("ssh-rsa", b"\x01\x00\x01", b"\x00" + b"\xff" * 2100), "key-unreadable"),
    "dsa": (line("ssh-dss", b"\x01"), "key-weak"),
    "a certificate": (line("ssh-ed25519-cert-v01@openssh.com", b"\x01" * 32), "key-unreadable"),
    "another kind inside": (line("ssh-ed25519", b"\x01" * 32).replace("ssh-ed25519 ", "ssh-rsa ", 1), "key-unreadable"),
    "a short key": (line("ssh-ed25519", b"\x01" * 31), "key-unreadable"),
    "a part too many": (line("ssh-ed25519", b"\x01" * 32, b""), "key-unreadable"),
    "a point of another curve": (line("ecdsa-sha2-nistp384", b"nistp384", POINT), "key-unreadable"),
    "another curve's name": (line("ecdsa-sha2-nistp256", b"nistp384", POINT), "key-unreadable"),
    "a compressed point": (line("ecdsa-sha2-nistp256", b"nistp256", b"\x02" + POINT[1:]), "key-unreadable"),
    "a token for something else": (line("sk-ssh-ed25519@openssh.com", b"\x01" * 32, b"web:"), "key-unreadable"),
    "no base64": ("ssh-ed25519 AAAA*BBBB x", "key-unreadable"),
    "cut off": ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBAA x", "key-unreadable"),
    "nothing": ("", "key-unreadable"),
    "a private key": ("-----BEGIN OPENSSH " + "PRIVATE KEY-----\nabc\n", "key-private"),
    "a password file": ("root:x:0:0:root:/root:/bin/sh\n", "key-unreadable"),
}


@pytest.mark.parametrize(("text", "code"), BAD.values(), ids=BAD)
def test_what_is_no_sound_key_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_public_key(text)
    assert refused.value.code == code


def test_options_and_further_lines_are_refused(good: str) -> None:
    blob = good.split()[1]
    for text in (
        f'command="sh" {good}',
        good + good,
        good + "x" * 9000,
        good.replace(blob, blob + "=="),
        good.replace(blob, blob[:-1] + "\n" + blob[-1]),
    ):
        with pytest.raises(BadInput):
            read_public_key(text)
