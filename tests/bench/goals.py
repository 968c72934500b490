"""The goals that the product set itself, and the figures that say whether they are met; a test holds both together."""

from __future__ import annotations

from typing import NamedTuple


class Goal(NamedTuple):
    """One promise: in words, and by the figures that carry its limits."""

    promise: str
    figures: tuple[str, ...]


GOALS = (
    Goal("a script that lists tickets in a loop pays little more than an interpreter", ("commands.list",)),
    Goal(
        "other commands and help cost what a typer program costs",
        ("commands.help", "commands.show", "commands.log", "commands.desk"),
    ),
    Goal("the console shows tickets as soon as a bare table would", ("opening.cpu",)),
    Goal("paging costs a fraction of a table", ("keys.page_down.cpu",)),
    Goal("scrolling sends next to nothing", ("keys.scroll.bytes",)),
    Goal("a second of countdowns sends its digits and costs a fraction of a table", ("ticking.bytes", "ticking.cpu")),
    Goal("over SSH an idle screen and a typed character are cheap", ("ssh.idle.80x24", "ssh.typed.80x24")),
    Goal("a checked import keeps up with a bare one", ("importing.tickets.wall",)),
    Goal(
        "a page costs the same on any store, and figures are kept, not counted",
        ("queue.first.growth", "queue.next.growth", "queue.counters.growth"),
    ),
    Goal("the query layer adds little to its SQL", ("queue.first", "queue.next")),
    Goal("a sweep leaves the plain way far behind", ("sweeping.wall",)),
    Goal(
        "fifty consoles write without waiting, also beside an import", ("writing.consoles", "writing.consoles.import")
    ),
    Goal(
        "a change is on the other screens at once, and waiting for it costs nothing",
        ("spreading.p50", "spreading.p99", "spreading.idle"),
    ),
    Goal("two Chinese characters are found at once in a million texts", ("searching.two.page",)),
    Goal("a session shares most of its memory with the others", ("remote.shared",)),
    Goal(
        "a terminal that reads nothing stops neither engine nor clocks, and its screen heals",
        ("stalled.beats", "stalled.late", "stalled.healed"),
    ),
)
