"""Characters are told by the bytes, not by what is declared (thirteen kinds of wrong declarations: reading.md 3)."""

from __future__ import annotations

import pytest

from parsing import read
from parsing.charset import decode

SENTENCE = "云棠市人民政府办公室公布本年度政府信息公开工作报告，共受理申请三件，均按时答复。" * 4
PAGE = (
    '<html><head><meta charset="{charset}"><title>年报</title></head><body><div id="zoom"><p>'
    + SENTENCE
    + "</p></div></body></html>"
)


@pytest.mark.parametrize(
    ("codec", "meta", "header"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "gb2312", None),
        ("utf-8", "utf-8", "text/html; charset=gbk"),
        ("utf-8-sig", "gb2312", None),
        ("gbk", "gb2312", None),
        ("gbk", "utf-8", None),
        ("gb18030", "gb2312", "text/html; charset=UTF-8"),
        ("gb18030", "iso-8859-1", "text/html; charset=iso-8859-1"),
        ("utf-16", "utf-16", None),
    ],
)
def test_wrong_declarations_do_no_harm(codec: str, meta: str, header: str | None) -> None:
    content = PAGE.format(charset=meta).encode(codec)
    document = read(content, {"Content-Type": header} if header else None)
    assert SENTENCE in document.text


def test_big5_is_read() -> None:
    text = "本年度政府資訊公開工作報告，共受理申請三件，均依法按時答覆申請人，未收取費用。" * 6
    assert decode(text.encode("big5")).text == text


def test_gb2312_is_decoded_as_gb18030() -> None:
    text = "中国·云棠 朱镕基 囍 公开条例 " * 10
    decoded = decode(text.encode("gb18030"))
    assert decoded.text == text
    assert decoded.charset == "gb18030"


def test_what_was_declared_is_kept_as_losing_evidence() -> None:
    decoded = decode(PAGE.format(charset="gb2312").encode(), "text/html; charset=big5")
    assert [(witness.value, witness.source, witness.chosen) for witness in decoded.witnesses] == [
        ("utf-8", "strict-utf-8", True),
        ("big5", "header", False),
        ("gb2312", "meta", False),
    ]


def test_utf8_cut_in_its_last_character() -> None:
    assert decode(SENTENCE.encode()[:-1]).text == SENTENCE[:-1]
