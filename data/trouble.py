"""What a database error means to the user, in both languages. Light: readers and writers share it."""

from __future__ import annotations

from data.errors import BadInput, StoreTrouble

LOST = frozenset(("57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006"))
"""SQLSTATEs of a connection that broke or a server that is going or coming."""
AGAIN = frozenset(("40001", "40P01", "25006"))
"""SQLSTATEs after which the same transaction may succeed: nothing of it was kept."""

_SAVED = {
    "store-readonly": ("数据库只读，无法保存。", "The store is read-only: nothing was saved."),
    "store-full": ("磁盘已满，未保存。", "No room on the disk: nothing was saved."),
    "store-io": ("磁盘读写错误，未保存。", "The disk failed: nothing was saved."),
    "store-busy": ("数据库正忙，未保存，请重试。", "The store is busy: nothing was saved; try again."),
    "store-lost": ("与数据库的连接中断，未保存，请重试。", "The connection to the database broke: try again."),
    "store-in-doubt": (
        "提交时连接中断或磁盘出错，是否已保存尚不清楚，请查看后再操作。",
        "The connection or the disk failed during the commit: look whether it was saved before you try again.",
    ),
    "store-damaged": ("数据文件已损坏，请运行 zhihui db check。", "The store is damaged: run zhihui db check."),
    "store-login": (
        "数据库拒绝登录，请检查用户名和密码。",
        "The database refused the login: check user name and password.",
    ),
    "store-no-database": ("没有这个数据库，请先创建。", "There is no such database: create it first."),
}
_WHAT = {
    "store-readonly": ("数据库只读", "The store is read-only"),
    "store-full": ("磁盘已满", "No room on the disk"),
    "store-io": ("磁盘读写错误", "The disk failed"),
    "store-busy": ("数据库正忙", "The store is busy"),
    "store-lost": ("与数据库的连接中断", "The connection to the database broke"),
}
_STATES = {
    "53100": "store-full",
    "53200": "store-busy",
    "53300": "store-busy",
    "55P03": "store-busy",
    "58030": "store-io",
    "28000": "store-login",
    "28P01": "store-login",
    "3D000": "store-no-database",
    "25006": "store-readonly",
    "40001": "store-busy",
    "40P01": "store-busy",
}
_WORDS = (
    ("readonly", "store-readonly"),
    ("read-only", "store-readonly"),
    ("database or disk is full", "store-full"),
    ("no space left", "store-full"),
    ("disk i/o error", "store-io"),
    ("database is locked", "store-busy"),
    # Somebody hangs in the midst of recovering the write-ahead log.
    ("locking protocol", "store-busy"),
    ("not a database", "store-damaged"),
    ("malformed", "store-damaged"),
    ("password authentication failed", "store-login"),
    ("no password supplied", "store-login"),
    ("server closed the connection", "store-lost"),
)


def state_of(error: BaseException | None) -> str:
    """The SQLSTATE of a driver's error; empty where the driver has none (SQLite, and failing to connect)."""
    return str(getattr(error, "sqlstate", None) or "")


def trouble_code(error: BaseException | None) -> str:
    """The code of the trouble that a driver's error means; empty for one that is not known."""
    state = state_of(error)
    if state in LOST:
        return "store-lost"
    if state in _STATES:
        return _STATES[state]
    lowered = str(error).lower()
    if "fatal" in lowered and "does not exist" in lowered:
        return "store-login" if "role" in lowered else "store-no-database"
    return next((code for words, code in _WORDS if words in lowered), "")


def trouble_named(code: str) -> StoreTrouble:
    """The trouble of a known code."""
    zh, en = _SAVED[code]
    return StoreTrouble(code, zh, en)


def trouble_of(error: BaseException | None) -> StoreTrouble:
    """What a driver's error means."""
    code = trouble_code(error)
    if code:
        return trouble_named(code)
    return StoreTrouble("store-error", f"数据库错误：{error}", f"Database error: {error}")


def after_saving(trouble: StoreTrouble) -> StoreTrouble:
    """The same trouble for who has saved something before it came: "nothing was saved" would not be true."""
    if trouble.code not in _WHAT:
        return trouble
    zh, en = _WHAT[trouble.code]
    return StoreTrouble(
        trouble.code,
        f"{zh}。此前已保存的保留，重试前请先查看。",
        f"{en}. What was saved before that stays: look before you try again.",
        **trouble.details,
    )


def no_text() -> BadInput:
    """Half a character: bytes of a command line or of a JSON escape that are no Unicode. No store can take it."""
    return BadInput("not-text", "输入中有无法识别的字符。", "The input holds bytes that are no text.")


def missing(path: str) -> StoreTrouble:
    """The trouble of a store that is not there."""
    return StoreTrouble(
        "store-missing",
        f"数据文件 {path} 不存在。请先运行 zhihui org init（新建街道）或 zhihui demo（示范街道）。",
        f"There is no store at {path}. Run zhihui org init (a new street) or zhihui demo (a demo street) first.",
        path=path,
    )


def foreign(path: str) -> StoreTrouble:
    """The trouble of a file that is something else."""
    return StoreTrouble(
        "store-foreign", f"{path} 不是 zhihui 的数据文件。", f"{path} is not a store of zhihui.", path=path
    )


def folder_instead(path: str) -> StoreTrouble:
    """The trouble of a folder where a file is wanted."""
    return StoreTrouble("store-directory", f"{path} 是目录，不是数据库文件。", f"{path} is a folder, not a store.")


def unopened(path: str, error: object) -> StoreTrouble:
    """The trouble of a file that cannot be opened, with the system's reason."""
    return StoreTrouble("store-open", f"无法打开 {path}：{error}", f"Cannot open {path}: {error}", path=path)


def unwritable(path: str, error: OSError) -> StoreTrouble:
    """The trouble of a place where nothing can be written."""
    code = {"ENOSPC": "store-full", "EDQUOT": "store-full", "EIO": "store-io"}.get(_name(error), "store-readonly")
    return StoreTrouble(
        code, f"无法写入 {path}：{error.strerror}。", f"Cannot write to {path}: {error.strerror}.", path=path
    )


def _name(error: OSError) -> str:
    import errno

    return errno.errorcode.get(error.errno or 0, "")
