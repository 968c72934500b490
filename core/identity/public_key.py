"""A public key as OpenSSH writes it, read strictly: what is not exactly one key of a kind that is let in is refused."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from data.clean import clean
from data.errors import BadInput

SMALLEST_RSA, LARGEST_RSA = 3072, 16384
LONGEST_LINE = 8192
LONGEST_COMMENT = 120
CURVES = {"nistp256": 32, "nistp384": 48, "nistp521": 66}
"""Curves, with the bytes of one coordinate."""
REFUSED = {"ssh-dss": ("DSA 密钥已不安全", "DSA keys are not safe any more")}
KINDS = (
    "ssh-ed25519, sk-ssh-ed25519@openssh.com, ecdsa-sha2-nistp256/384/521, sk-ecdsa-sha2-nistp256@openssh.com, ssh-rsa"
)


@dataclass(frozen=True)
class PublicKey:
    """A key: its kind, its base64 text, what its owner calls it."""

    key_type: str
    blob: str
    comment: str

    @property
    def fingerprint(self) -> str:
        """As OpenSSH prints it."""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def read_public_key(text: str) -> PublicKey:
    """The key on the one line of a `.pub` file.

    Raises BadInput for a private key, options in front, a certificate, a kind that is not let in, an RSA key below
    3072 bits, and anything that is not exactly what its kind says.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if "PRIVATE KEY" in text:
        raise BadInput(
            "key-private",
            "这是私钥。请给出 .pub 公钥；私钥已离开其主人，请另做一把。",
            "This is a private key. Give the .pub file; and make a new key, as this one has left its owner.",
        )
    if len(lines) != 1 or len(text) > LONGEST_LINE:
        raise _no_key("须恰好有一行公钥", "there must be exactly one line with one public key")
    kind, _, rest = lines[0].strip().partition(" ")
    blob, _, comment = rest.strip().partition(" ")
    _require_kind(kind)
    try:
        raw = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _no_key("公钥不是 base64", "the key is no base64") from error
    if base64.b64encode(raw).decode() != blob:
        raise _no_key("公钥的 base64 不规范", "the base64 of the key is not the usual one")
    _check(kind, _parts(raw))
    return PublicKey(kind, blob, clean(comment.strip())[:LONGEST_COMMENT])


def _require_kind(kind: str) -> None:
    if kind in REFUSED:
        raise BadInput("key-weak", f"{REFUSED[kind][0]}，请用 ssh-ed25519。", f"{REFUSED[kind][1]}: use ssh-ed25519.")
    if "-cert-" in kind:
        raise _no_key("不收证书，请给出公钥", "certificates are not taken: give the public key")
    if kind not in _SHAPES:
        raise _no_key(
            f"行首须为密钥类型（{KINDS}），不得带选项",
            f"the line begins with the kind of key ({KINDS}), without options",
        )


def _parts(raw: bytes) -> list[bytes]:
    """The strings that a key is made of. Raises BadInput where a length leads past the end."""
    found, place = [], 0
    while place < len(raw):
        length = int.from_bytes(raw[place : place + 4], "big")
        if len(raw) - place < 4 or length > len(raw) - place - 4:
            raise _no_key("公钥不完整", "the key is cut off")
        found.append(raw[place + 4 : place + 4 + length])
        place += 4 + length
    return found


def _check(kind: str, parts: list[bytes]) -> None:
    """Raises BadInput unless the parts are what a key of this kind has, and no more."""
    if not parts or parts[0] != kind.encode() or not _SHAPES[kind](parts[1:]):
        raise _no_key(f"内容不是 {kind} 密钥", f"this is no {kind} key inside")
    if kind == "ssh-rsa":
        bits = int.from_bytes(parts[2], "big").bit_length()
        if bits < SMALLEST_RSA:
            raise BadInput(
                "key-weak",
                f"RSA 密钥只有 {bits} 位，至少 {SMALLEST_RSA} 位；建议 ssh-ed25519。",
                f"The RSA key has {bits} bits; it needs {SMALLEST_RSA}, or better use ssh-ed25519.",
            )


def _is_ed25519(parts: list[bytes]) -> bool:
    return len(parts) == 1 and len(parts[0]) == 32


def _is_ecdsa(curve: str, parts: list[bytes]) -> bool:
    return len(parts) == 2 and parts[0] == curve.encode() and _is_point(parts[1], CURVES[curve])


def _is_point(point: bytes, size: int) -> bool:
    """An uncompressed point of a curve."""
    return len(point) == 1 + 2 * size and point[0] == 4


def _is_rsa(parts: list[bytes]) -> bool:
    """Exponent and modulus, both positive, odd, and without a byte too many in front."""
    if len(parts) != 2 or any(not part or part[0] & 0x80 or not part[-1] & 1 for part in parts):
        return False
    if any(part[0] == 0 and not part[1:2] >= b"\x80" for part in parts):
        return False
    exponent, modulus = (int.from_bytes(part, "big") for part in parts)
    return exponent >= 3 and modulus.bit_length() <= LARGEST_RSA


def _is_of_token(parts: list[bytes], inner: int) -> bool:
    """A key of a security token: its `inner` parts, and the application it is for."""
    return len(parts) == inner + 1 and parts[-1].startswith(b"ssh:") and parts[-1].isascii()


_SHAPES: dict[str, Callable[[list[bytes]], bool]] = {
    "ssh-ed25519": _is_ed25519,
    "sk-ssh-ed25519@openssh.com": lambda parts: _is_of_token(parts, 1) and _is_ed25519(parts[:1]),
    **{f"ecdsa-sha2-{curve}": partial(_is_ecdsa, curve) for curve in CURVES},
    "sk-ecdsa-sha2-nistp256@openssh.com": lambda parts: _is_of_token(parts, 2) and _is_ecdsa("nistp256", parts[:2]),
    "ssh-rsa": _is_rsa,
}
"""Whether the parts after its name are what a key of a kind has."""


def _no_key(zh: str, en: str) -> BadInput:
    return BadInput("key-unreadable", f"不是可用的公钥：{zh}。", f"This is no public key that can be used: {en}.")
