"""A street per test, on SQLite or on both engines."""

from __future__ import annotations

from tests.core.desk.conftest import any_scene, scene, street

__all__ = ["any_scene", "scene", "street"]
