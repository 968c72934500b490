"""`zhihui theme`: which themes there are, what is in one, whether a file is sound, and a start for one's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from console import output
from console.cli import words
from console.cli.findings import show_findings
from console.cli.frame import built, command, new_app
from console.cli.options import Csv, Force, Json, Jsonl, argument, form_of, show_records
from console.exit_codes import OK
from console.theming import remembered
from console.theming.colours import contrast
from console.theming.pairs import PAIRS
from console.theming.recipe import NAME, Problem, Recipe
from console.theming.shelf import DEFAULT, FOLDER, bundled, fill, own_folder, read_file
from data.errors import BadInput, Conflict, NotFound, StoreTrouble
from data.findings import Finding

LIST_FIELDS = ("name", "label", "dark", "own", "chosen", "problem")
PAIR_FIELDS = ("text", "colour", "ground", "ground_colour", "contrast")
START = """# {name}: what is not written here is as in the theme that it extends.
# Colours are #rgb or #rrggbb. `zhihui theme check {file}` says what is wrong or hard to read;
# a running console takes the file up when it is saved. All names: zhihui theme show night
name = "{name}"
label = {{ zh = "{name}", en = "{name}" }}
extend = "night"

[variables]
# zh-ground = "#11161d"
# zh-ink = "#dde3ea"
# zh-late-weight = "bold reverse"
"""


def build() -> Any:
    """The noun."""
    app = new_app("主题：列表、查看、检查、新建", "themes: list, show, check, make one's own")
    command(app, "list", "全部主题，及有误的主题文件", "all themes, and files that are broken")(list_command)
    command(app, "show", "主题的每对颜色及其对比度", "each pair of a theme's colours with its contrast")(show_command)
    command(app, "check", "检查主题文件；有误时退出码 8", "check a theme file; exit code 8 when it is broken")(
        check_command
    )
    command(app, "new", "在配置目录新建自己的主题", "begin a theme of one's own in the configuration folder")(
        new_command
    )
    return built(app)


def list_command(json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """Every theme by name; `problem` says why a file cannot be used or what in it is hard to read."""
    shelf = fill(own_folder())
    chosen, spoken = remembered.recall() or DEFAULT, _spoken()
    files = {name: file for file, name in shelf.names.items()}
    records: list[dict[str, Any]] = []
    for recipe in shelf.recipes.values():
        found = shelf.readings[files[recipe.name]].problems if recipe.name in files else []
        records.append(
            {
                "name": recipe.name,
                "label": recipe.label(spoken),
                "dark": recipe.dark,
                "own": recipe.name in files,
                "chosen": recipe.name == chosen,
                "problem": found[0].text(spoken) if found else None,
            }
        )
    for file, reading in shelf.readings.items():
        if reading.errors:
            records.append(
                {"name": file, "label": "", "dark": None, "own": True, "chosen": False,
                 "problem": reading.errors[0].text(spoken)}
            )  # fmt: skip
    titles = (
        ("名称", "name"),
        ("标签", "label"),
        ("深色", "dark"),
        ("自有", "own"),
        ("选用", "chosen"),
        ("问题", "problem"),
    )
    show_records(records, LIST_FIELDS, form_of(json, jsonl, csv), titles, flow=True)
    return OK


def show_command(
    name: Annotated[str, argument("主题名称", "name of a theme")],
    json: Json = False,
    jsonl: Jsonl = False,
    csv: Csv = False,
) -> int:
    """Text and ground of every pair that the screens draw, with the contrast; 4.5 is what text needs (WCAG AA)."""
    shelf = fill(own_folder())
    if name not in shelf.recipes:
        known = ", ".join(shelf.recipes)
        raise NotFound("theme-unknown", f"没有主题“{name}”，可用：{known}", f"No theme {name}; there are {known}")
    titles = (("文字", "text"), ("颜色", "colour"), ("底", "ground"), ("底色", "colour"), ("对比度", "contrast"))
    show_records(_pairs(shelf.recipes[name]), PAIR_FIELDS, form_of(json, jsonl, csv), titles, right=(4,))
    return OK


def _pairs(recipe: Recipe) -> list[dict[str, Any]]:
    colours = recipe.variables
    return [
        {
            "text": ink,
            "colour": colours[ink],
            "ground": ground,
            "ground_colour": colours[ground],
            "contrast": f"{contrast(colours[ink], colours[ground]):.1f}",
        }
        for ink, ground in PAIRS
    ]


def check_command(
    file: Annotated[str, argument("主题文件", "a theme file")],
    json: Json = False,
) -> int:
    """What is wrong with a theme file, with line and field. Contrast below 4.5 is a warning: such a theme works."""
    path = Path(file)
    if not path.exists():
        raise NotFound("theme-file", f"没有文件 {file}", f"There is no file {file}")
    folder = fill(own_folder())
    reading = read_file(path, folder.recipes.get)
    found = [_finding(problem) for problem in reading.problems]
    recipe = reading.recipe
    if recipe is not None and recipe.name in bundled() and path.resolve().parent != FOLDER.resolve():
        zh = f"{path.name}：已有名为 {recipe.name} 的自带主题，请换名称"
        found.append(Finding("theme-taken", "bad", zh, f"{path.name}: {recipe.name} is a theme of the program"))
    elif recipe is not None:
        zh = f"{path.name}：可以使用，名称 {recipe.name}"
        found.append(Finding("theme-sound", "ok", zh, f"{path.name}: can be used, its name is {recipe.name}"))
    return show_findings(found, json)


def _finding(problem: Problem) -> Finding:
    level, code = ("warn", "theme-contrast") if problem.warning else ("bad", "theme-broken")
    return Finding(code, level, problem.text("zh"), problem.text("en"))  # type: ignore[arg-type]


def new_command(
    name: Annotated[str, argument("主题名称", "name of the theme")],
    force: Force = False,
) -> int:
    """Write a theme file that extends night, to be changed; prints its path."""
    if not NAME.fullmatch(name) or name.startswith("-"):
        raise BadInput(
            "theme-name",
            "名称只能用文字、数字、- 和 _，最多 40 个字符。",
            "A name has only letters, digits, - and _, 40 at most.",
        )
    if name in bundled():
        raise BadInput("theme-taken", f"{name} 是自带主题的名称。", f"{name} is the name of a theme of the program.")
    path = own_folder() / f"{name}.toml"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
        with open(os.open(path, how, 0o600), "w", encoding="utf-8") as file:
            file.write(START.format(name=name, file=path.name))
    except FileExistsError as error:
        raise Conflict("theme-exists", f"{path} 已存在。", f"{path} is there already.") from error
    except OSError as error:
        raise StoreTrouble(
            "theme-write", f"无法写入 {path}：{error.strerror}", f"{path} cannot be written: {error.strerror}"
        ) from error
    output.say_line(str(path))
    return OK


def _spoken() -> str:
    return "en" if words.chosen() == "en" else "zh"
