"""Which revision of the schema a store has. Light: every reader asks, and reading must stay cheap.

The revisions are Alembic's (data/migrations); their names are repeated here so that asking needs no Alembic.
"""

from __future__ import annotations

from data.errors import StoreTrouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from data.reader import Reader

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
    "0025",
    "0026",
    "0027",
)
"""Every revision that this program knows, oldest first."""
HEAD = REVISIONS[-1]
"""The revision that this program works on."""
VERSION_TABLE = "zhihui_schema"
"""Holds the store's revision; a name of our own, so that another product's database is never taken for a store."""
VERSION_QUERY = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant
NO_TABLE = ("no such table", "does not exist", "UndefinedTable")


def schema_version(reader: Reader) -> str | None:
    """The store's revision; None for a database without our tables. Raises StoreTrouble when reading fails."""
    try:
        row = reader.one(VERSION_QUERY, fanout=True)
    except StoreTrouble as error:
        if any(sign in str(error.__cause__) for sign in NO_TABLE):
            return None
        raise
    return str(row[0]) if row else None


def require_current(reader: Reader) -> None:
    """Raise StoreTrouble unless the store has the revision that this program works on."""
    require_head(schema_version(reader))


def require_head(version: str | None) -> None:
    """Raise StoreTrouble unless this is the revision that the program works on; the message says what to do."""
    if version == HEAD:
        return
    if version is None:
        raise StoreTrouble(
            "store-empty",
            "数据库里还没有 zhihui 的数据表。请先运行 zhihui org init（新建街道）或 zhihui demo（示范街道）。",
            "There is no store in this database yet. Run zhihui org init (a new street) or zhihui demo first.",
        )
    if version in REVISIONS:
        raise StoreTrouble(
            "store-older",
            f"数据库结构版本为 {version}，本程序需要 {HEAD}。请先运行 zhihui db upgrade（会先做备份）。",
            f"The store has schema {version}, this program needs {HEAD}. Run zhihui db upgrade (it copies it first).",
            version=version,
            needed=HEAD,
        )
    raise StoreTrouble(
        "store-newer",
        f"数据库结构版本 {version[:20]!a} 由更新的 zhihui 建立，本程序只支持到 {HEAD}。请升级程序。",
        f"The store has schema {version[:20]!a}, made by a newer zhihui; this program knows up to {HEAD}. Update it.",
        version=version,
        needed=HEAD,
    )
