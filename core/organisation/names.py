"""Made-up names of people for templates: drawn by a seed, each used once."""

from __future__ import annotations

import random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "明华建国志强伟军勇磊洋涛杰鹏飞宇浩然俊峰海波文斌博超凯瑞晨阳旭东宁静雅婷芳敏丽娟霞燕玲慧颖雪梅兰英秀珍"
    "桂荣红玉莲琴云倩蕾薇佳怡欣悦思雨梦琪诗涵子轩一诺嘉禾永安春晓秋实冬青立新长青广平学礼怀义守信知远致和景行"
)


class Names:
    """A source of names; the same seed gives the same names in the same order."""

    def __init__(self, draw: random.Random) -> None:
        """Take the seeded source of chance."""
        self._draw = draw
        self._used: set[str] = set()

    def next(self) -> str:
        """A name that was not given before."""
        while True:
            length = 1 if self._draw.random() < 0.15 else 2
            name = self._one(_SURNAMES) + "".join(self._one(_GIVEN) for _ in range(length))
            if name not in self._used:
                self._used.add(name)
                return name

    def _one(self, characters: str) -> str:
        # random() alone is promised to give the same numbers in every release of Python.
        return characters[int(self._draw.random() * len(characters))]
