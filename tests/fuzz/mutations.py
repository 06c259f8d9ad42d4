"""How an input is made: a seed is drawn, by kinds, and changed. Text is changed where its structure is; files: files.py.

A mutation takes (chance, what it changes, another seed's text) and gives the changed one. A new one is a function and a
line in OF_TEXT.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from parsing import media, normalise
from parsing.charset import decode
from parsing.rules import RULES
from tests.fuzz.files import LARGEST, changed, span
from tests.fuzz.seeds import SHARES, Seed

CODECS = ("utf-8", "gb18030", "gbk", "big5", "utf-16", "utf-16-le", "utf-8-sig", "latin-1", "utf-32")
NAMES = (*CODECS, "gb2312", "idna", "x-none", "utf-7", "hz-gb-2312", "")
TAGS = normalise.words(
    "div p table tr td th tbody span a br h1 h2 ul li font b center html body head script style title meta ucapcontent "
    "iframe form input svg template select option pre textarea caption o:p col thead noscript frame base article"
)
ATTRIBUTES = (
    "rowspan=99999",
    "colspan=0",
    "colspan=-3",
    "rowspan=2",
    "colspan='２'",
    "id=zoom",
    "class=TRS_Editor",
    "style='display:none'",
    "hidden",
    "class=footer",
    "href='http://[x'",
    "href='a.pdf'",
    "href='javascript:1'",
    "src=//",
    "style=mso-",
    "id=''",
    'name="PubDate" content="2023∶01-32"',
)
SPECIAL = (
    *(
        "\x00",
        "\x0b",
        "\x85",
        "\ufeff",
        "\u202e",
        "\u200b" * 40,
        "\u0301" * 300,
        "\ufffd",
        "\ue000",
        "\uf0b7",
        "\U0001f600",
    ),
    *(
        "⼈⼯",
        "⻓",
        "&#xFFFFFFFF;",
        "&#0;",
        "&#xD800;",
        "&nbsp;" * 50,
        "&",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml",
        "\x1b$)A",
    ),
    *("|" * 60, "| " * 40, "\t" * 30, "　" * 30, "?" * 20, "一" * 200, "1" * 400, "(" * 100, "公开(kāi)", "\r\n" * 30),
    *(
        "0",
        "-1",
        "1e999",
        "９９",
        "①",
        "½",
        "٣",
        "—",
        "无",
        "12,345.67万元",
        "二〇二二年",
        "99999年99月99日",
        "2022-02-30",
    ),
)
_TAG = re.compile(r"<[^<>]{0,200}>")
_NUMBER = re.compile(r"\d+")


class Input(NamedTuple):
    """What is read."""

    content: bytes
    headers: dict[str, str]
    url: str | None


def _at_tag(chance: Random, text: str) -> tuple[int, int]:
    """A span that begins and ends at tags, where there are some."""
    begins, ends = span(chance, len(text))
    first, last = text.find("<", begins), text.find(">", ends)
    return (begins if first < 0 else first), (ends if last < first else last + 1)


def cut(chance: Random, text: str, other: str) -> str:
    begins, ends = _at_tag(chance, text) if chance.random() < 0.5 else span(chance, len(text))
    return text[:begins] if chance.random() < 0.3 else text[:begins] + text[ends:]


def splice(chance: Random, text: str, other: str) -> str:
    begins, ends = _at_tag(chance, other)
    at = chance.randrange(len(text) + 1)
    return text[:at] + other[begins:ends] + text[at:]


def nest(chance: Random, text: str, other: str) -> str:
    begins, ends = _at_tag(chance, text)
    tags = chance.sample(sorted(TAGS), chance.randint(1, 3))
    depth = int(600 ** chance.random())
    closed = chance.random() < 0.6
    before = "".join(f"<{tag}>" for tag in tags) * depth
    after = "".join(f"</{tag}>" for tag in reversed(tags)) * depth if closed else ""
    return text[:begins] + before + text[begins:ends] + after + text[ends:]


def repeat(chance: Random, text: str, other: str) -> str:
    begins, ends = _at_tag(chance, text) if chance.random() < 0.5 else span(chance, len(text))
    times = int((60_000 / max(ends - begins, 1)) ** chance.random()) + 1
    return text[:begins] + text[begins:ends] * times + text[ends:]


def swap(chance: Random, text: str, other: str) -> str:
    a, b, c, d = sorted(chance.randrange(len(text) + 1) for _ in range(4))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def unclose(chance: Random, text: str, other: str) -> str:
    share = chance.random() ** 2
    return _TAG.sub(lambda tag: "" if tag[0].startswith("</") and chance.random() < share else tag[0], text)


def retag(chance: Random, text: str, other: str) -> str:
    share, tag = chance.random() ** 2, chance.choice(sorted(TAGS))
    return re.sub(r"(</?)[A-Za-z][\w:]*", lambda old: old[1] + tag if chance.random() < share else old[0], text)


def attribute(chance: Random, text: str, other: str) -> str:
    share, put = chance.random() ** 3, chance.choice(ATTRIBUTES)
    return re.sub(r"<[A-Za-z][\w:]*", lambda tag: f"{tag[0]} {put} " if chance.random() < share else tag[0], text)


def special(chance: Random, text: str, other: str) -> str:
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(SPECIAL) + text[at:]
    return text


def chrome(chance: Random, text: str, other: str) -> str:
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(text) + 1)
        line = chance.choice(RULES).example
        text = text[:at] + chance.choice(("<p>{}</p>", "\n{}\n", "{}")).format(line) + text[at:]
    return text


def numbers(chance: Random, text: str, other: str) -> str:
    share, put = chance.random(), chance.choice(SPECIAL)
    return _NUMBER.sub(lambda old: put if chance.random() < share else old[0], text)


def declaration(chance: Random, text: str, other: str) -> str:
    return f'<meta charset="{chance.choice(NAMES)}">{text}'


OF_TEXT: tuple[Callable[[Random, str, str], str], ...] = (
    *(cut, cut, splice, nest, repeat, swap, unclose, retag, attribute, special, chrome, numbers, declaration),
)


def changed_text(chance: Random, text: str, other: str, most: int) -> str:
    """The text after one to `most` mutations."""
    for _ in range(chance.randint(1, most)):
        text = chance.choice(OF_TEXT)(chance, text, other)[:LARGEST]
    return text


def made(run: int, number: int, seeds: list[Seed]) -> tuple[Input, str]:
    """Input `number` of run `run`, and the seed that it was made of. The same arguments give the same input."""
    chance = Random(f"{run}/{number}")
    by_kind: dict[str, list[Seed]] = {}
    for each in seeds:
        by_kind.setdefault(each.kind, []).append(each)
    (kind,) = chance.choices(list(by_kind), [SHARES[kind] for kind in by_kind])
    seed, other = chance.choice(by_kind[kind]), chance.choice(seeds)
    content = seed.content
    if media.sniff(content) in (media.HTML, media.PLAIN):
        text = changed_text(chance, decode(content).text, decode(other.content).text, 5)
        codec = chance.choice(CODECS) if chance.random() < 0.4 else "utf-8"
        content = text.encode(codec, chance.choice(("replace", "ignore")))
        if chance.random() < 0.2:
            content = changed(chance, content, other.content, 2, changed_text)
    else:
        content = changed(chance, content, other.content, 3, changed_text)
    headers = {"Content-Type": f"text/html; charset={chance.choice(NAMES)}"} if chance.random() < 0.5 else {}
    return Input(content, headers, chance.choice(URLS)), seed.name


URLS = (
    None,
    "http://www.yuntang.gov.cn/zfxxgk/art/2023/1/20/art_1_2.html",
    "http://www.example.test/a.html",
    "http://wenku.example.com/view/1.html",
    "http://[bad",
    "",
    "https://a.com:99999999/%00%ff?x=\u4e00",
)
