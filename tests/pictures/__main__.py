"""`python -m tests.pictures [NAME …]` draws the pictures of the documentation, all of them or those named."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from console.i18n import LANGUAGES
from tests.console.pilots import at_rest, speaking
from tests.pictures.scenes import SCENES, Scene
from tests.pictures.stage import Stage, Street, copied, house, made_street
from tests.pictures.svg import picture

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def draw(scene: Scene, street: Street, language: str) -> str:
    """One scene in one language, as SVG."""
    with tempfile.TemporaryDirectory() as home, speaking(language), house(Path(home)):
        copied(street, Path(home))
        return asyncio.run(_draw(scene, Stage(street), {"zh": scene.zh, "en": scene.en}[language]))


async def _draw(scene: Scene, stage: Stage, title: str) -> str:
    try:
        app = scene.opening(stage, scene.theme)
        async with app.run_test(size=scene.size) as stage.pilot:
            await scene.act(stage)
            await at_rest(stage.pilot)
            return picture(app, title)
    finally:
        stage.close()


def main(names: list[str]) -> None:
    """Make the street and draw."""
    with tempfile.TemporaryDirectory() as home:
        street = made_street(Path(home))
        for name in names or SCENES:
            for language in LANGUAGES:
                svg = draw(SCENES[name], street, language)
                file = FOLDER / language / f"{name}.svg"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(svg, "utf-8")
                print(language, name, len(svg))


if __name__ == "__main__":
    main(sys.argv[1:])
