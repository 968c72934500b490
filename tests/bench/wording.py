"""What made tickets say; apart, so that baselines load nothing of the product."""

from __future__ import annotations

TITLES = (
    "井盖破损，边缘翘起",
    "堡坎裂缝有掉落风险",
    "楼道堆放杂物堵住通道",
    "下水道堵塞污水外溢",
    "夜间施工噪声扰民",
    "独居老人一天未出门",
    "外墙瓷砖脱落砸到车",
    "路灯连续三晚不亮",
    "占道经营堵住消防通道",
    "同一问题重复来电",
)
PLACE = "〔地点〕"
"""Stands in a pattern's text for a place that differs from copy to copy."""
STREETS = "解放建设人民中山和平新华光明滨江"
"""Eight names of two characters."""
HIDDEN, HIDDEN_EVERY, HIDDEN_AT = "塔影", 10_000, 7
"""A name that one copy in so many has instead: two characters that are rare in a store of any size."""
BODY = "群众来电反映，现场有人经过，请尽快派人查看并回复。"


def place(number: int) -> str:
    """The place of copy `number`: neighbouring copies have different ones."""
    at = number * 5 % 8 * 2
    street = HIDDEN if number % HIDDEN_EVERY == HIDDEN_AT else STREETS[at : at + 2]
    return f"{street}路{number * 389 % 997 + 1}号"


def place_sql(number: str) -> str:
    """The same as `place`, in SQL."""
    street = f"substr('{STREETS}', 1 + {number} * 5 % 8 * 2, 2)"
    street = f"iif({number} % {HIDDEN_EVERY} = {HIDDEN_AT}, '{HIDDEN}', {street})"
    return f"{street} || '路' || ({number} * 389 % 997 + 1) || '号'"
