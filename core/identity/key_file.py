"""The key that seals the secrets of one-time codes: a file outside the store, which no copy of the store holds.

Light: a remote session names the file before anything else is loaded.
"""

from __future__ import annotations

import os

from data.errors import StoreTrouble

VARIABLE = "ZHIHUI_TOTP_KEY_FILE"
"""Names the file where it lies elsewhere, such as a credential of systemd."""
BYTES = 32
MARK = "zhihui-totp-key-1"
LONGEST = 200


class Key:
    """A key, and a short name of it that gives nothing away."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @property
    def id(self) -> str:
        """Tells keys apart: eight digits of a digest."""
        import hashlib

        return hashlib.sha256(MARK.encode() + self.raw).hexdigest()[:8]


def key_path() -> str:
    """Where the key is, or will be."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return below(base)


def below(settings: str) -> str:
    """The key in a folder of settings."""
    return os.path.join(settings, "zhihui", "totp.key")


def find_key() -> Key | None:
    """The key; None where there is no file. Raises StoreTrouble for one that cannot be read, or that others can."""
    # A credential of systemd is its group's too.
    others = 0o007 if os.environ.get(VARIABLE) else 0o077
    try:
        with open(key_path(), "rb") as file:
            if os.fstat(file.fileno()).st_mode & others:
                raise _trouble("open", "他人可读，请改为 0600", "can be read by others: make its mode 0600")
            return _parsed(file.read(LONGEST))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _trouble("read", f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}") from error


def make_key() -> Key:
    """Make the key where there is none; gives the one that is there then. Raises StoreTrouble."""
    import base64
    import secrets

    found = find_key()
    if found is not None:
        return found
    path, key = key_path(), Key(secrets.token_bytes(BYTES))
    fresh = f"{path}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(f"{MARK} {base64.b64encode(key.raw).decode()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # never over a key that somebody made meanwhile
        except FileExistsError:
            pass
        finally:
            os.unlink(fresh)
        _keep_entry(os.path.dirname(path))
    except OSError as error:
        raise _trouble("write", f"无法建立：{error.strerror}", f"cannot be made: {error.strerror}") from error
    return find_key() or key


def _keep_entry(folder: str) -> None:
    """See that the file's name outlasts a power cut: what was sealed with a lost key cannot be opened."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parsed(text: bytes) -> Key:
    import base64
    import binascii

    mark, _, rest = text.strip().partition(b" ")
    try:
        raw = base64.b64decode(rest, validate=True)
    except binascii.Error:
        raw = b""
    if mark != MARK.encode() or len(raw) != BYTES:
        raise _trouble("damaged", "内容不是密钥", "holds no key")
    return Key(raw)


def _trouble(what: str, zh: str, en: str) -> StoreTrouble:
    path = key_path()
    return StoreTrouble(f"totp-key-{what}", f"验证码密钥文件 {path} {zh}。", f"The key of one-time codes {path} {en}.")
