"""`zhihui matter card`: the card of a matter, and the centre's own texts of cards as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console import output
from console.cli import words
from console.cli.frame import command, session_of
from console.cli.options import DryRun, Force, Json, argument, option
from console.exit_codes import OK
from data.errors import NotFound


def add_cards(app: typer.Typer) -> None:
    """Put the commands of cards into the noun."""
    command(app, "card", "事项卡：是什么、问什么、先做什么、谁办、时限", "the card of a matter")(card)
    command(app, "card-check", "检查事项卡文件，不导入", "check a file of cards")(card_check)
    command(app, "card-load", "导入本中心的事项卡文字", "import the centre's own texts of cards")(card_load)
    command(app, "card-export", "导出事项卡文字为 TOML", "write the texts of cards as TOML")(card_export)


def card(
    context: typer.Context, code: Annotated[str, argument("事项编码", "the matter's code")], json: Json = False
) -> int:
    """From the catalogue, the lists, the policy, the plans, and what is written for the card itself."""
    from core.catalogue.cards import card_of, sources_of

    session = session_of(context)
    sources = sources_of(session.reader().rows, session.centre_id())
    matter = sources.catalogue.matter(code)
    if matter is None:
        raise NotFound("matter-unknown", f"事项目录里没有 {code}。", f"The catalogue has no matter {code}.")
    found, language = card_of(sources, matter), "en" if words.chosen() == "en" else "zh"
    if json:
        parts = {part.name: {"zh": list(part.lines_zh), "en": list(part.lines_en)} for part in found.parts}
        output.write_json({"code": matter.code, "name": matter.name, "name_en": matter.name_en, **parts})
        return OK
    output.say_line(found.title(language))
    for part in found.parts:
        output.say_line(part.title(language))
        for line in part.lines(language):
            output.say_line(f"  {line}")
    return OK


def card_check(context: typer.Context, file: Annotated[str, argument("TOML 文件", "a TOML file")]) -> int:
    """Every mistake with its place."""
    from core.catalogue.cards import read_cards
    from core.catalogue.stored import stored_catalogue

    session = session_of(context)
    cards = read_cards(Path(file))
    catalogue = stored_catalogue(session.reader().rows, session.centre_id())
    known = {matter.code for matter in catalogue.matters} | {category.code for category in catalogue.categories}
    for one in cards:
        if one.matter not in known:
            output.say_line(words.say(f"事项目录里没有 {one.matter}", f"the catalogue has no {one.matter}"))
    output.say_line(words.say(f"{len(cards)} 张", f"{len(cards)} cards"))
    return OK


def card_load(
    context: typer.Context,
    file: Annotated[str, argument("TOML 文件", "a TOML file")],
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Each becomes a new version for its matter or category. The same content again changes nothing."""
    from console.cli.plan import load_each
    from core.catalogue.cards import read_cards
    from core.catalogue.load import load_card

    cards = read_cards(Path(file))
    return load_each(session_of(context), cards, load_card, dry_run, json)


def card_export(
    context: typer.Context,
    file: Annotated[str, argument("TOML 文件，- 为标准输出", "a TOML file, - for stdout")] = "-",
    matter: Annotated[str, option("--matter", zh="只导出一项", en="of one matter or category alone")] = "",
    force: Force = False,
) -> int:
    """What `card-load` takes back."""
    from console.cli.plan import write_toml
    from core.catalogue.cards import cards_toml, texts_of

    session = session_of(context)
    texts = texts_of(session.reader().rows, session.centre_id())
    if matter and matter not in texts:
        raise NotFound("card-unknown", f"没有 {matter} 的事项卡文字。", f"There is no text of a card for {matter}.")
    chosen = [texts[matter]] if matter else list(texts.values())
    labels = dict.fromkeys(one.label for one in chosen if one.label)
    return write_toml(file, cards_toml(chosen, next(iter(labels), "1")), force)
