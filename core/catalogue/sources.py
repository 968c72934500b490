"""Reading TOML that a site wrote: files the product ships and files from outside, through one careful door."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import data
from data.errors import BadInput, NotFound

SHIPPED = Path(data.__file__).parent
"""The folder of the catalogues and templates that come with the product."""

MAX_BYTES = 16_000_000
"""No catalogue or organisation comes near this; a larger file is a mistake or an attack."""


def read_bytes(path: Path) -> bytes:
    """A file's content. Raises NotFound or BadInput where it is missing, a folder, unreadable or too large."""
    shown = os.fspath(path)
    try:
        if path.is_dir():
            raise BadInput("file-directory", f"{shown} 是目录，不是文件。", f"{shown} is a folder, not a file.")
        if path.stat().st_size > MAX_BYTES:
            raise BadInput("file-size", f"{shown} 过大。", f"{shown} is too large.", limit=MAX_BYTES)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("file-missing", f"找不到文件 {shown}。", f"There is no file {shown}.") from error
    except (OSError, ValueError) as error:
        raise BadInput("file-read", f"无法读取 {shown}：{error}", f"Cannot read {shown}: {error}") from error


def parse_toml(content: bytes, name: str) -> dict[str, Any]:
    """The table that TOML text holds. Raises BadInput with the line for text that is none."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise BadInput("toml-depth", f"{name}：嵌套过深。", f"{name}: nested too deep.", file=name) from error
    except ValueError as error:
        raise BadInput("toml-text", f"{name} 不是 TOML：{error}", f"{name} is not TOML: {error}", file=name) from error


def read_toml(path: Path) -> dict[str, Any]:
    """The table of a TOML file. Raises BadInput or NotFound."""
    return parse_toml(read_bytes(path), path.name)
