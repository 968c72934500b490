"""`zhihui review`: after-action reviews (复盘): what happened, whose it was, lessons, follow-up tasks."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from console.cli.frame import Entry, Group, built, new_app, single
from console.cli.ticket import verb_entries


def _view(name: str, zh: str, en: str) -> Entry:
    def build() -> Any:
        views = import_module("console.cli.review_views")
        return single(getattr(views, name.replace("-", "_") + "_command"), name, zh, en)

    return Entry(zh, en, build)


class ReviewGroup(Group):
    """`zhihui review`: the verbs are those of `zhihui ticket`."""

    entries = {
        "show": _view(
            "show",
            "时间轴、超期与归属、经验教训、整改任务",
            "the chart, what was late and whose, lessons, follow-up tasks",
        ),
        "pending": _view(
            "pending",
            "还没有复盘的重大事件，未结束的复盘",
            "major tickets without a review, reviews that are not concluded",
        ),
        "follow-ups": _view("follow-ups", "未完成的整改任务", "follow-up tasks that are not done"),
        "export": _view("export", "复盘报告：文字、Markdown、HTML", "the review as a document"),
        **verb_entries(
            open="review-open",
            hold="review-hold",
            lesson="review-lesson",
            conclude="review-conclude",
            **{"follow-up": "review-follow-up"},
        ),
    }


def build() -> Any:
    """The noun."""
    app = new_app(
        "复盘：时间轴、归属、经验教训、整改", "after-action reviews: chart, lessons, follow-up tasks", cls=ReviewGroup
    )
    app.callback()(_noun)
    return built(app)


def _noun() -> None:
    """The group itself does nothing."""
