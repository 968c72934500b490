"""The baseline of ordinary commands: a typer program with one command that has two options."""

from __future__ import annotations

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def show(name: str = "world", times: int = 1) -> None:
    """Print a word some times."""
    for _ in range(times):
        typer.echo(name)


if __name__ == "__main__":
    app()
