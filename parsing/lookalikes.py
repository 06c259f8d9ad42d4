"""Characters that look like the ones that were meant: told by tables, undone where one meaning is sure, else flagged.

They come from PDF fonts (radicals in place of Hanzi), from Word (bullets and boxes of symbol fonts in the private use
area), from the mapping tables of GB 18030 before 2022 (private use in place of characters that Unicode has since given
a place) and from Korean fonts (compatibility ideographs). Searching, labels and rules would not know them.
"""

from __future__ import annotations

import re
import unicodedata

from parsing.normalise import UNPRINTED, line_ends, printable

# Radicals of U+2E80-2EF3 that Unicode itself does not decompose, as PDF fonts of simplified Chinese use them.
RADICALS: dict[str, str] = {
    **dict(
        zip(
            "⻓⻔⻅⻉⻋⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰⻳⻄⻘⻤⻣⻆⻙⻁⻨⻧⻐⻌⻍⻎",
            "长门见贝车页风飞食马鱼鸟黄齐齿龙龟西青鬼骨角韦虎麦卤金辶辶辶",
            strict=True,
        )
    ),
    **dict(zip("⺟⺠⺎⺓⺪⺹⺬⺝⺻⻃⺶⻊⻏⻖⺮⻑⻗⻈⻠", "母民兀幺疋耂示月聿西羊足阝阝竹長雨讠饣", strict=True)),
    **dict(zip("⺁⺒⺜⺞⺧⺩⺫⺽⻡⻪⻫⻭⻯⻱⻲", "厂巳日歺牛王目臼首黾斉歯竜龜亀", strict=True)),
    # Kangxi radicals whose decomposition is the traditional or Japanese form of what a simplified text means.
    **dict(zip("⼾⾭", "户青", strict=True)),
}  # e.g. ⻓沙市⼾籍 -> 长沙市户籍

# Private use of GB 18030-2000 and -2005, and what Unicode has in its place since (GB 18030-2022, tables 2 and 3).
GB18030: dict[str, str] = {
    **dict(zip("\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796", "︐︒︑︓︔︕︖︗︘︙", strict=True)),
    **dict(zip("\ue7c7\ue7c8\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864", "ḿǹ龴龵龶龷龸龹龺龻", strict=True)),
    **dict(
        zip(
            "\ue816\ue817\ue818\ue831\ue83b\ue855",
            "\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe",
            strict=True,
        )
    ),
}  # e.g. \ue81e -> 龴

# Symbol, Wingdings and Wingdings 2 as Word and WPS write them: the font's code + U+F000.
SYMBOLS: dict[str, str] = {
    "\uf020": " ",
    "\uf0a0": " ",
    "\uf02d": "-",
    "\uf052": "☑",  # Wingdings 2
    "\uf06c": "●",
    "\uf06e": "■",
    "\uf06f": "□",
    "\uf071": "□",
    "\uf075": "◆",
    "\uf076": "❖",
    "\uf09f": "•",
    "\uf0a3": "□",  # Wingdings 2; ≤ in Symbol, which reports do not use
    "\uf0a7": "▪",
    "\uf0a8": "□",
    "\uf0b1": "±",
    "\uf0b4": "×",
    "\uf0b7": "•",
    "\uf0d8": "➢",
    "\uf0e0": "→",
    "\uf0fb": "✗",
    "\uf0fc": "✓",
    "\uf0fd": "☒",
    "\uf0fe": "☑",
}  # e.g. 是\uf052 否\uf0a3 -> 是☑ 否□

# (flag, its characters, how they are undone: a table, or by Unicode's own compatibility decomposition)
KINDS: tuple[tuple[str, re.Pattern[str], dict[str, str]], ...] = (
    ("radicals_undone", re.compile("[\u2e80-\u2fd5]"), RADICALS),
    ("compatibility_forms_undone", re.compile("[\uf900-\ufad9]"), {}),
    ("private_use_undone", re.compile(f"[{''.join(GB18030)}{''.join(SYMBOLS)}]"), GB18030 | SYMBOLS),
)
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")  # nobody but the font knows what these are
_MAY_LOOK_ALIKE = "\u2e80-\u2fd5\ue000-\ufad9\U000f0000-\U0010fffd"
_ANY = re.compile(f"[{_MAY_LOOK_ALIKE}]")
_ODD = re.compile(f"[{UNPRINTED}{_MAY_LOOK_ALIKE}]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,10})|([0-9]{1,12}));?", re.I)
_UNSEEN = re.compile(r"&(?:shy|zwn?j|[lr]rm|ZeroWidthSpace|NoBreak);")  # zero-width characters by their names


def undo(text: str) -> tuple[str, list[str]]:
    """A page's source, printable, with the characters that were meant, and a flag for each kind that was found."""
    text = _UNSEEN.sub("", _REFERENCE.sub(_plain, text) if "&#" in text else text)
    if not _ODD.search(text):  # one look in place of two: most pages have nothing odd
        return line_ends(text), []
    return meant(printable(text))


def meant(text: str) -> tuple[str, list[str]]:
    """The same of a text that is no source: what looks like a reference is left as it is."""
    if not _ANY.search(text):
        return text, []
    flags = []
    for flag, pattern, table in KINDS:
        put = pattern.sub(lambda found, table=table: _meant(found[0], table), text)  # type: ignore[misc]
        if put != text:
            flags.append(flag)
        text = put
    return text, [*flags, "private_use_characters"] if PRIVATE.search(text) else flags


def _meant(char: str, table: dict[str, str]) -> str:
    return table.get(char) or unicodedata.normalize("NFKC", char)


def _plain(reference: re.Match[str]) -> str:
    """&#61623; as the character it names, if it is one of these; any other reference is the parser's.

    Numbers of Windows-1252 mean its characters (&#151; is a dash), as in browsers (HTML, numeric character reference end
    state). What no XML may hold is left out: libxml2 lets it in, and lxml then refuses to move it.
    """
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    if 0x80 <= number <= 0x9F:
        return bytes([number]).decode("cp1252", "ignore")
    if (number < 0x20 and number not in (9, 10, 13)) or 0xD800 <= number <= 0xDFFF or number in (0xFFFE, 0xFFFF):
        return ""
    char = chr(number) if number <= 0x10FFFF else "\ufffd"
    return "" if not printable(char) else char if _ANY.match(char) else reference[0]
