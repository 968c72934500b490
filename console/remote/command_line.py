"""What a client asks for beside the console (`ssh centre ticket list --json`), held against the table of what may be.

No shell sees it. Words are told apart by shlex; each option must stand in the table as it is, each operand be one that
the command takes. What comes out is put together anew from the table's own names.
"""

from __future__ import annotations

import shlex
import unicodedata

from console.remote.allowed import ALLOWED, LANGUAGE, STDIN
from data.errors import BadInput, NotAllowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.remote.allowed import Allowed

LONGEST = 4096
"""Bytes of a command; more goes by standard input."""
SHOWN = 120
REPLACED = chr(0xFFFD)
"""What stands for bytes that are no text."""
UNSAFE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Kinds of characters that no command has: controls, marks that turn the direction, line breaks."""


def read_command(given: bytes) -> list[str]:
    """The command line to run, every word of it checked.

    Raises BadInput for one that cannot be read, NotAllowed for what is not in the table.
    """
    text = _text(given)
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise BadInput(
            "remote-quotes", f"引号不成对：{shown(text)}", f"Quotes are not closed: {shown(text)}"
        ) from error
    row = _row(words)
    return _checked(row, words[len(row.path) :])


def shown(text: str) -> str:
    """What somebody sent, so that no terminal acts on it."""
    return ascii(text[:SHOWN]) + (" .." if len(text) > SHOWN else "")


def _text(given: bytes) -> str:
    if len(given) > LONGEST:
        raise BadInput(
            "remote-long",
            f"命令超过 {LONGEST} 字节；内容请用标准输入。",
            f"The command is longer than {LONGEST} bytes: send content by standard input.",
        )
    text = given.decode("utf-8", "replace")
    if REPLACED in text or any(unicodedata.category(char) in UNSAFE for char in text):
        raise BadInput(
            "remote-characters",
            f"命令含有不能用的字符：{shown(text)}",
            f"There are characters in the command that none may have: {shown(text)}",
        )
    return text


def _row(words: Sequence[str]) -> Allowed:
    """The table's row whose words the command begins with."""
    for length in (3, 2, 1):
        row = ALLOWED.get(tuple(words[:length]))
        if row is not None:
            return row
    named = " ".join(words[:3])
    raise NotAllowed(
        "remote-command",
        f"远程会话没有命令 {shown(named)}；可用的命令见 help。",
        f"There is no command {shown(named)} in a remote session; help lists what there is.",
    )


def _checked(row: Allowed, words: Sequence[str]) -> list[str]:
    """The command of a row with these options and operands."""
    line, operands, seen = list(row.path), list[str](), set[str]()
    left = iter(words)
    for word in left:
        if word == STDIN or not word.startswith("-"):
            operands.append(word)
            continue
        name, equals, value = word.partition("=")
        valued = _option(row, name)
        if name in seen and name not in row.repeated:
            raise _refused(f"{name} 给了两次", f"{name} is given twice")
        seen.add(name)
        if not valued and equals:
            raise _refused(f"{name} 不带值", f"{name} takes no value")
        if valued and not equals:
            given = next(left, None)
            if given is None:
                raise _refused(f"{name} 后面缺少值", f"{name} needs a value")
            value = given
        line.append(f"{name}={value}" if valued else name)
    return [*line, *_operands(row, operands)]


def _option(row: Allowed, name: str) -> bool:
    """Whether an option takes a value. Raises NotAllowed for one that the row does not have."""
    if name in row.valued or name == LANGUAGE:
        return True
    if name in row.flags:
        return False
    path = " ".join(row.path)
    raise _refused(
        f"{path} 在远程会话中没有选项 {shown(name)}", f"{path} has no option {shown(name)} in a remote session"
    )


def _operands(row: Allowed, operands: Sequence[str]) -> list[str]:
    """The operands, behind a mark after which nothing is an option."""
    if row.stdin:
        if any(operand != STDIN for operand in operands[row.operands :]) or len(operands) > row.operands + 1:
            raise _refused("远程会话不读写服务器上的文件，只能用 -", "no file of the server is read or written: only -")
        operands = [*operands[: row.operands], STDIN]
    elif len(operands) > row.most or STDIN in operands:
        extra = shown(" ".join(operands[row.operands :]) or STDIN)
        raise _refused(
            f"多余的参数 {extra}；命令不经过 shell", f"there is too much: {extra}; no shell reads the command"
        )
    if len(operands) < row.operands:
        raise _refused("缺少参数", "an operand is missing")
    return ["--", *operands] if operands else []


def _refused(zh: str, en: str) -> NotAllowed:
    return NotAllowed("remote-refused", f"不予执行：{zh}。", f"Not run: {en}.")
