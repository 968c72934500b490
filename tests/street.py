"""A very small street for tests: one section, two posts, a community, a grid, a district, five officers, one matter."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from core.clock import SetClock
from core.desk.desk import Desk, open_desk
from data.schema import create_tables
from data.store import Store
from data.tables import Appointment, Catalogue, Centre, CentreSequence, Matter, Officer, Unit, table

CATALOGUE = Path(__file__).parent.parent / "data" / "catalogue"
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""Friday 2026-11-20, 09:00 in Chongqing."""

UNITS = [
    (1, "ZX", "centre", "指挥中心", None, ""),
    (2, "economy", "section", "经济发展", 1, "economy"),
    (3, "CSGX", "post", "城市更新岗", 2, "economy"),
    (4, "GHJS", "post", "规划建设岗", 2, "economy"),
    (5, "C01", "community", "一社区", 1, ""),
    (6, "G01", "grid", "第一网格", 5, ""),
    (7, "QJ", "district", "区级中心", None, ""),
]
OFFICERS = {"zhang": "张明", "li": "李强", "wang": "王芳", "zhao": "赵磊", "chen": "陈静", "sun": "孙伟"}
APPOINTMENTS = [
    ("zhang", 1, "duty_officer", ""),
    ("li", 3, "post_member", "a"),
    ("sun", 3, "post_member", "b"),
    ("wang", 1, "duty_leader", ""),
    ("zhao", 6, "grid_worker", ""),
    ("chen", 1, "commander", ""),
]


def small_street(store: Store, clock: SetClock | None = None) -> Desk:
    """Make the tables and the street in an empty store; returns its desk on a clock that stands at START."""
    create_tables(store)
    with store.write() as connection:
        connection.execute(insert(table(Centre)), _centre())
        connection.execute(
            insert(table(CentreSequence)),
            {"centre_id": 1, "chain_no": 0, "chain_hash": "", "change_no": 0, "organisation_no": 0},
        )
        connection.execute(insert(table(Unit)), [_unit(*row) for row in UNITS])
        connection.execute(insert(table(Officer)), [_officer(n, *row) for n, row in enumerate(OFFICERS.items(), 1)])
        connection.execute(insert(table(Appointment)), [_appointment(n, *row) for n, row in enumerate(APPOINTMENTS, 1)])
        connection.execute(insert(table(Catalogue)), _catalogues())
        connection.execute(insert(table(Matter)), [_matter()])
    return open_desk(store, clock or SetClock(START))


def _centre() -> dict[str, Any]:
    return {
        "id": 1,
        "code": "demo",
        "name": "示范街道",
        "name_en": "Demo street",
        "zone": "Asia/Shanghai",
        "calendar": "cn_official",
        "labels": {},
        "created_at": 0,
    }


def _unit(number: int, code: str, kind: str, name: str, parent: int | None, section: str) -> dict[str, Any]:
    return {
        "centre_id": 1,
        "id": number,
        "code": code,
        "kind": kind,
        "name": name,
        "name_en": "",
        "aliases": [],
        "parent_id": parent,
        "section": section,
        "post_kind": "fixed" if kind == "post" else "",
        "households": 0,
        "people": 0,
        "facts": {},
        "sort_no": number,
        "opened_at": 0,
        "closed_at": None,
    }


def _officer(number: int, code: str, name: str) -> dict[str, Any]:
    return {
        "centre_id": 1,
        "id": number,
        "code": code,
        "name": name,
        "phone": "",
        "title": "",
        "active": True,
        "created_at": 0,
    }


def _appointment(number: int, officer: str, unit: int, role: str, rank: str) -> dict[str, Any]:
    return {
        "centre_id": 1,
        "id": number,
        "officer_id": list(OFFICERS).index(officer) + 1,
        "unit_id": unit,
        "role": role,
        "rank": rank,
        "from_at": 0,
        "to_at": None,
    }


def _catalogues() -> list[dict[str, Any]]:
    policy = tomllib.loads((CATALOGUE / "policy.toml").read_text("utf-8"))
    calendar = tomllib.loads((CATALOGUE / "calendar.toml").read_text("utf-8"))["calendar"][0]["hours"]
    bodies = [("policy", "", policy), ("calendar", "cn_official", calendar), ("matters", "", {})]
    return [
        {
            "centre_id": 1,
            "id": number,
            "kind": kind,
            "name": name,
            "version": 1,
            "label": "",
            "digest": "",
            "body": body,
            "loaded_at": 0,
            "actor": "",
        }
        for number, (kind, name, body) in enumerate(bodies, 1)
    ]


def _matter() -> dict[str, Any]:
    return {
        "centre_id": 1,
        "id": 1,
        "version": 1,
        "code": "BJ0101",
        "category": "BJ01",
        "category_path": "部件 / 井盖",
        "name": "给排水井盖",
        "name_en": "Manhole cover",
        "work": "围护后补装",
        "ask": ["位置"],
        "section": "economy",
        "lead": "CSGX",
        "assist": ["GHJS"],
        "stages": ["arrive", "make_safe"],
        "urgency": "urgent",
        "affair": "public",
        "ladder": "",
        "keywords": ["井盖"],
        "confidential": False,
        "limits": [
            {"when": "缺失", "when_en": "missing", "make_safe": "1 urgent_hour", "final": "2 urgent_hour"},
            {"when": "破损", "when_en": "broken", "final": "4 work_hour"},
        ],
        "sort_no": 1,
    }
