"""Characters are told by the bytes, not by what is declared: the cases of `python -m tests.charsets`, ours alone."""

from __future__ import annotations

import random

import pytest
from rapidfuzz.distance import Levenshtein

from parsing import read
from parsing.charset import codec_of, decode
from tests.charsets import CASES, HANT, LONG, SENTENCE, Case, comparable, page

PAGE = page(SENTENCE * 4, "gb2312").replace("<p>", '<div id="zoom"><p>')


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_text_is_the_one_that_was_meant(case: Case) -> None:
    assert comparable(decode(case.content, case.header).text) == comparable(case.meant)


def test_there_are_sixty_cases_and_no_two_alike() -> None:
    assert len({(case.content, case.header) for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_a_page_is_read_whatever_it_declares(codec: str) -> None:
    assert SENTENCE * 4 in read(PAGE.encode(codec), {"Content-Type": "text/html; charset=big5"}).text


@pytest.mark.parametrize("name", ["idna", "hex", "undefined", "punycode", "unicode_escape", "utf-7", "mbcs"])
def test_a_codec_that_is_no_charset_is_not_asked(name: str) -> None:
    assert codec_of(name) is None
    assert decode("<p>年报</p>".encode("gbk"), f"text/html; charset={name}").text == "<p>年报</p>"


def test_what_was_declared_is_kept_as_losing_evidence() -> None:
    decoded = decode(PAGE.encode(), "text/html; charset=big5")
    assert [(witness.value, witness.source, witness.chosen) for witness in decoded.witnesses] == [
        ("utf-8", "strict-utf-8", True),
        ("big5", "header", False),
        ("gb2312", "meta", False),
    ]


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("gbk, a byte lost", ["damaged_bytes"]),
        ("utf-8, one bad byte", ["damaged_bytes"]),
        ("a gbk footer in a utf-8 page", ["mixed_charsets"]),
        ("a utf-8 footer in a gbk page", ["mixed_charsets"]),
        ("utf-8 read as latin-1 and saved", ["encoded_twice"]),
        ("gbk declared utf-8", []),
        ("accents in a utf-8 page", []),
    ],
)
def test_what_was_put_right_is_flagged(name: str, flag: list[str]) -> None:
    case = next(case for case in CASES if case.name == name)
    assert list(decode(case.content, case.header).flags) == flag
    assert [each for each in read(case.content).flags if each in flag] == flag


@pytest.mark.parametrize(("codec", "text"), [("utf-8", LONG), ("gb18030", LONG), ("big5", HANT * 3)])
def test_one_damaged_byte_costs_a_few_characters_at_most(codec: str, text: str) -> None:
    """Bytes overwritten, lost, added and flipped at random places; without mending, GBK loses the whole paragraph."""
    chance = random.Random(5)
    content = page(text, None, "A").encode(codec)
    places = [at for at, byte in enumerate(content) if byte > 0x7F]
    worst = 0
    for at in chance.sample(places, 40):
        one = bytes([chance.randrange(256)])
        for hurt in (one, b"", one + content[at : at + 1], bytes([content[at] ^ 1 << chance.randrange(8)])):
            read_as = decode(content[:at] + hurt + content[at + 1 :]).text.replace("\ufffd", "")
            worst = max(worst, Levenshtein.distance(read_as, page(text, None, "A")))
    assert worst <= 9
