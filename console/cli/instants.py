"""Instants as they are typed on a command line."""

from __future__ import annotations

from core.rules.local_time import read_instant as instant

__all__ = ["instant"]
