"""Files of made tickets, always the same for one seed, and the map that reads them."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

MADE_MAP = """
name = "made"
origin = "made"
zone = "Asia/Shanghai"
dates = ["%Y-%m-%d %H:%M:%S"]
[columns]
external_id = "no"
title = "title"
body = "text"
address = "place"
reported_at = "reported"
completed_at = "done"
closed_at = "closed"
official_due_at = "due"
source = { column = "source", default = "import" }
[units]
column = "post"
create = "post"
section = "economy"
"""
HEADER = ["no", "title", "text", "place", "source", "post", "reported", "due", "done", "closed"]
POSTS = ("城市更新岗", "规划建设岗", "综合执法岗", "Roads & Lights", "民政服务岗")
THINGS = ("井盖破损", "路灯不亮", "楼道堆物", "噪声扰民", "道路坑洼", "垃圾未清", "树枝折断", "漏水")
SOURCES = ("phone", "resident", "grid", "hotline", "patrol")


def write_made(
    file: Path, count: int, seed: int, late: int = 0, days: int = 270, start: str = "2025-01-01", prefix: str = "M"
) -> None:
    """`count` closed tickets spread over `days` from `start`; exactly `late` of them were done after their deadline."""
    draw = random.Random(seed)
    begin = datetime.fromisoformat(start)
    behind = set(draw.sample(range(count), late))
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(count):
            writer.writerow(made_row(draw, begin, days, f"{prefix}{number:06d}", number in behind))


def made_row(draw: random.Random, begin: datetime, days: int, name: str, late: bool) -> list[str]:
    reported = begin + timedelta(seconds=draw.randrange(days * 86_400))
    due = reported + timedelta(seconds=draw.choice((7_200, 86_400, 5 * 86_400)))
    budget = int((due - reported).total_seconds())
    spent = budget + draw.randint(1, 86_400) if late else draw.randint(1, budget)
    done = reported + timedelta(seconds=spent)
    closed = done + timedelta(seconds=draw.randrange(86_400))
    thing = draw.choice(THINGS)
    place = f"春晖路{draw.randint(1, 200)}号"
    return [
        name,
        f"{place}{thing}",
        f"群众反映{place}附近{thing}，" * draw.randint(1, 6),
        place,
        draw.choice(SOURCES),
        draw.choice(POSTS),
        *(moment.isoformat(" ") for moment in (reported, due, done, closed)),
    ]
