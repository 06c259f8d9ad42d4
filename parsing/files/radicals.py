"""Hanzi that came out of a font as radicals: fonts draw ⼈ and 人 with one glyph, and the map back names either.

Kangxi radicals (U+2F00-2FD5) have compatibility mappings; those of the supplement (U+2E80-2EF3) have none, so here are
the ones that are a whole character (Unicode, EquivalentUnifiedIdeograph.txt).
"""

from __future__ import annotations

import unicodedata

_SUPPLEMENT = (
    "⺁厂⺒巳⺓幺⺜日⺝月⺞歺⺟母⺠民⺧牛⺩王⺫目⺬示⺮竹⺶羊⺽臼⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻡首⻢马⻣骨"
    "⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_MAP = {ord(_SUPPLEMENT[at]): _SUPPLEMENT[at + 1] for at in range(0, len(_SUPPLEMENT), 2)}
_MAP |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}


def whole(text: str) -> str:
    """The text with radicals as the characters that they stand for."""
    return text if text.isascii() else text.translate(_MAP)
