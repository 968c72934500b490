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
BODY = "群众来电反映，现场有人经过，请尽快派人查看并回复。"
