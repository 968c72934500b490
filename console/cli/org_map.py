"""`zhihui org map`: the areas that the overview draws, from a GeoJSON file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import command, new_app, session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, show_records
from console.exit_codes import OK
from data.errors import BadInput, NotFound

area_map = new_app("总览的地图：设置、查看、清除", "the overview's map: set, show, clear")

FIELDS = ("area", "code", "unit", "unit_name", "points")
TITLES = (("区域", "Area"), ("编码", "Code"), ("对应单位", "Unit"), ("单位名称", "Unit name"), ("点数", "Points"))


@command(area_map, "set", "用 GeoJSON 文件设置地图", "set the map from a GeoJSON file")
def map_set(
    context: typer.Context,
    file: Annotated[str, argument("GeoJSON 文件，区域带 name 或 code", "GeoJSON file, its areas with name or code")],
) -> int:
    """Areas are matched to communities and grids by code, name or alias. A file that cannot be used changes nothing."""
    from core.organisation.area_map import set_area_map
    from core.organisation.geojson import read_map
    from data.queries.area_map import areas_with_places

    session = session_of(context)
    actor = session.actor()
    drawn = read_map(_content(file))
    with session.store().write() as connection:
        set_area_map(connection, session.desk().centre_id, drawn, Path(file).name, actor, session.now())
    found = areas_with_places(session.reader(), session.centre_id())
    known = sum(place is not None for _area, place in found)
    zh = f"地图有 {len(found)} 个区域，{known} 个对应到单位。"
    output.say_line(words.say(zh, f"The map has {len(found)} areas, {known} of them units."))
    return OK


def _content(file: str) -> bytes:
    """What is read of a file: one byte more than may be, so that what is too large is told."""
    from core.organisation.geojson import SIZE_LIMIT

    try:
        with Path(file).open("rb") as opened:
            return opened.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise BadInput("map-file", f"无法读取文件 {file}。", f"The file {file} cannot be read.") from error


@command(area_map, "show", "地图上的区域及其对应的单位", "the areas of the map and the units they stand for")
def map_show(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """What has no unit is drawn without figures."""
    from data.queries.area_map import areas_with_places

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    found = areas_with_places(session.reader(), session.centre_id())
    if not found and not form:
        output.remark(words.say("没有设置地图。", "There is no map."))
    records: list[dict[str, Any]] = [
        {
            "area": area["name"],
            "code": area["code"],
            "unit": place.code if place is not None else "",
            "unit_name": words.say(place.name, place.name_en or place.name) if place is not None else "",
            "points": sum(map(len, area["rings"])),
        }
        for area, place in found
    ]
    if records or form:
        show_records(records, FIELDS, form, TITLES, right=(4,))
    return OK


@command(area_map, "clear", "清除地图，总览改列单位", "keep no map: the overview lists units instead")
def map_clear(context: typer.Context) -> int:
    """Nothing else changes."""
    from core.organisation.area_map import clear_area_map

    session = session_of(context)
    actor = session.actor()
    with session.store().write() as connection:
        if not clear_area_map(connection, session.desk().centre_id, actor, session.now()):
            raise NotFound("no-map", "没有设置地图。", "There is no map.")
    output.say_line(words.say("已清除地图。", "The map is gone."))
    return OK
