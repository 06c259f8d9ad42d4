"""python -m tests.charsets: pages whose charset is declared wrongly, hardly to be told, or damaged; who reads them.

Beside ours stand w3lib, called as Scrapy 2.19 calls it for `response.text` (html_to_unicode with the Content-Type header,
its own search for a meta tag, and where neither names a charset Scrapy's own guess: ascii, utf-8, charset-normalizer), and
charset-normalizer (`from_bytes(content).best()`, which looks at no header). A case is right when the text is the
expected one to the character; U+FFFD stands for what is lost beyond recall, a run of them counts as one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import NamedTuple

from charset_normalizer import from_bytes
from rich.table import Table
from scrapy.http.response.text import TextResponse
from w3lib.encoding import html_to_unicode

from crawler import show
from parsing.charset import decode

SENTENCE = "云棠市人民政府办公室公布本年度政府信息公开工作报告，共受理申请三件，均按时答复。"
LONG = SENTENCE * 4 + "（一）主动公开：“三公”经费——见附表1；其余3项·略……"
TITLE = "年报"
HANT = "本年度政府資訊公開工作報告，共受理申請三件，均依法按時答覆申請人，未收取費用。"
RARE = "受理人：𠮷田、䶮某、㐂某，地名：㑇岙村、𬭳家圩。"  # in GB18030 only, some of four bytes
HTML, UTF8, GBK = "text/html", "text/html; charset=utf-8", "text/html;charset=GBK"
LATIN = "text/html; charset=ISO-8859-1"
LOST = "\ufffd"


class Case(NamedTuple):
    """Bytes as they come, the HTTP header Content-Type, and the text that was meant."""

    name: str
    content: bytes
    header: str | None
    meant: str


def page(text: str, meta: str | None, title: str = TITLE) -> str:
    """A page with its text in one paragraph; `meta`: the charset that it declares."""
    declared = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{declared}<title>{title}</title></head><body><p>{text}</p></body></html>"


def http_equiv(text: str, meta: str) -> str:
    """A page that declares its charset in the old way, behind a kilobyte of other tags."""
    tags = '<meta name="SiteName" content="x">' * 40
    return f"<html><head>{tags}<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset={meta}'></head><p>{text}</p>"


def _plain(name: str, codec: str, meta: str | None, header: str | None, text: str = LONG) -> Case:
    meant = page(text, meta, "年報" if codec == "big5" else TITLE)
    return Case(name, meant.encode(codec), header, meant)


def _bare(name: str, text: str, codec: str, header: str | None = None) -> Case:
    return Case(name, text.encode(codec), header, text)


def _short(name: str, text: str, codec: str, meta: str | None = None, header: str | None = None) -> Case:
    declared = f'<meta charset="{meta}">' if meta else ""
    meant = f"<html><head>{declared}<title>{text}</title></head></html>"
    return Case(name, meant.encode(codec), header, meant)


def _hurt(name: str, codec: str, meta: str, at: str, how: Callable[[bytes], bytes], lost: str = LOST) -> Case:
    """A page one character of which (the first `at`) came in other bytes; `lost`: what is then read in its place."""
    before, after = page(LONG, meta).split(at, 1)
    content = before.encode(codec) + how(at.encode(codec)) + after.encode(codec)
    return Case(name, content, HTML, before + lost + after)


def _misread(text: str, wrong: str) -> str:
    """UTF-8 read in another charset, as editors and converters do; Latin-1 as browsers have it."""
    raw = text.encode("utf-8")
    if wrong == "cp1252":
        return "".join(bytes([byte]).decode("cp1252") if byte not in _HOLES else chr(byte) for byte in raw)
    return raw.decode(wrong)


def _cut(name: str, codec: str, meta: str | None, header: str | None, left: int, lost: str) -> Case:
    """A page that ends within a character, `left` bytes of which came; `lost`: what is read in its place."""
    before = page(LONG, meta).split("略", maxsplit=1)[0]
    return Case(name, before.encode(codec) + "略".encode(codec)[:left], header, before + lost)


_HOLES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
HEADLINE = "2022年政府信息公开年报"
PAGE = page(SENTENCE, "utf-8")
# 36 Hanzi are 108 bytes, an even number: read as GBK none is lost.
EVEN = page("政府信息公开工作年度报告已经公布受理申请三件均按时答复办结率达到百分之百", "utf-8", "年度")
FOOT = "<p>主办单位：云棠市人民政府</p>"

CASES: tuple[Case, ...] = (
    # What is declared and what is there.
    _plain("utf-8, declared so", "utf-8", "utf-8", UTF8),
    _plain("utf-8, nothing declared", "utf-8", None, None),
    _plain("utf-8 declared gb2312", "utf-8", "gb2312", None),
    _plain("utf-8 declared gbk, header too", "utf-8", "gbk", GBK),
    _plain("utf-8 declared iso-8859-1", "utf-8", "iso-8859-1", LATIN),
    _plain("utf-8 declared utf-16", "utf-8", "utf-16", HTML),
    _plain("utf-8, header gbk", "utf-8", "utf-8", GBK),
    _plain("utf-8, header big5", "utf-8", None, "text/html; charset=big5"),
    _plain("gbk declared gb2312", "gbk", "gb2312", HTML, LONG + "朱镕基 囍 喆 堃"),
    _plain("gbk, nothing declared", "gbk", None, HTML),
    _plain("gbk declared utf-8", "gbk", "utf-8", HTML),
    _plain("gbk, header utf-8", "gbk", "gb2312", UTF8),
    _plain("gbk, header and meta utf-8", "gbk", "utf-8", UTF8),
    _plain("gbk, header iso-8859-1", "gbk", None, LATIN),
    _plain("gbk declared iso-8859-1, header too", "gbk", "iso-8859-1", LATIN),
    _plain("gbk declared big5", "gbk", "big5", HTML),
    _plain("gbk, a charset that there is not", "gbk", "chinese-gov", "text/html; charset=x-unknown"),
    _plain("gbk declared idna (a codec, no charset)", "gbk", "idna", HTML),
    _plain("gb18030-only characters declared gb2312", "gb18030", "gb2312", HTML, LONG + RARE),
    _plain("gb18030-only characters, nothing declared", "gb18030", None, None, LONG + RARE),
    _plain("gb18030-only characters declared utf-8", "gb18030", "utf-8", UTF8, LONG + RARE),
    _plain("gb2312 declared gb18030", "gb2312", "gb18030", HTML, SENTENCE * 4),
    Case(
        "gbk, declared far behind in http-equiv",
        http_equiv(LONG, "gb2312").encode("gbk"),
        None,
        http_equiv(LONG, "gb2312"),
    ),
    Case("utf-8, gb2312 in http-equiv", http_equiv(LONG, "gb2312").encode(), HTML, http_equiv(LONG, "gb2312")),
    _plain("gbk, two charsets in the header", "gbk", None, "text/html; charset=utf-8; charset=gbk"),
    # The middle dot and its neighbours, which Python's gb2312 codec maps to other characters than the web does.
    _plain("middle dot and dash declared gb2312", "gb18030", "gb2312", HTML, "中国·云棠——公开 " * 9),
    _plain("middle dot and dash, header gb2312", "gb18030", None, "text/html; charset=gb2312", "阿卜杜拉·买买提——" * 9),
    # Traditional characters.
    _plain("big5 declared so", "big5", "big5", "text/html; charset=big5", HANT * 3),
    _plain("big5, nothing declared", "big5", None, None, HANT * 3),
    _plain("big5 declared utf-8", "big5", "utf-8", UTF8, HANT * 3),
    _plain("big5 declared gb2312", "big5", "gb2312", HTML, HANT * 3),
    _plain("traditional in gbk declared big5", "gbk", "big5", HTML, HANT * 3),
    _plain("traditional in utf-8 declared big5", "utf-8", "big5", HTML, HANT * 3),
    # So short that statistics say little.
    _short("gbk title of two characters", TITLE, "gbk"),
    _short("gbk title of two characters declared utf-8", TITLE, "gbk", "utf-8"),
    _short("gbk title of four characters", "政府年报", "gbk", None, HTML),
    _short("gbk title, header utf-8", "信息公开", "gbk", "gb2312", UTF8),
    _short("gbk that every editor takes for utf-8", "联通", "gbk", "gb2312"),
    _short("gbk that is valid utf-8", "一片", "gbk", "gb2312"),
    _short("utf-8 title of two characters declared gbk", TITLE, "utf-8", "gbk"),
    _short("big5 title of four characters", "政府資訊公開", "big5", "big5"),
    _short("a copyright mark alone", "Report © 2022", "utf-8", "gb2312"),
    _short("a middle dot alone", "PART·A", "utf-8", "gb2312"),
    _bare("gbk cell without markup", "规章 | 0 | 0 | 3", "gbk"),
    _bare("utf-8 cell without markup", "规章 | 0 | 0 | 3", "utf-8", GBK),
    _bare("ascii", "<html><title>Annual report 2022</title>", "ascii", GBK),
    # Cut and damaged.
    _cut("utf-8 cut in its last character", "utf-8", "gbk", GBK, 2, ""),
    _cut("utf-8 cut after a byte of three", "utf-8", None, None, 1, ""),
    _cut("gbk cut in its last character", "gbk", "gbk", HTML, 1, LOST),
    _hurt("utf-8, one bad byte", "utf-8", "gb2312", "受", lambda raw: b"\xff" + raw[1:]),
    _hurt("utf-8, a byte lost", "utf-8", "utf-8", "受", lambda raw: raw[:-1]),
    _hurt("utf-8, a stray byte", "utf-8", "utf-8", "受", lambda raw: raw + b"\x80", "受" + LOST),
    _hurt("gbk, first byte of a character bad", "gbk", "gb2312", "受", lambda raw: b"\xff" + raw[1:]),
    _hurt("gbk, second byte of a character bad", "gbk", "gb2312", "受", lambda raw: raw[:1] + b"\xff"),
    _hurt("gbk, a byte lost", "gbk", "gb2312", "受", lambda raw: raw[:1]),
    _hurt("gbk, a stray byte", "gbk", "gbk", "受", lambda raw: raw + b"\xff", "受" + LOST),
    _hurt("gbk declared utf-8, a byte lost", "gbk", "utf-8", "申", lambda raw: raw[1:]),
    _hurt("gb18030, a byte of four lost", "gb18030", "gb2312", "室", lambda raw: "𠮷".encode("gb18030")[:-1]),
    # Marks.
    _plain("utf-8 with its mark declared gb2312", "utf-8-sig", "gb2312", GBK),
    _plain("utf-16 with its mark declared gb2312", "utf-16", "gb2312", None),
    Case("utf-16-be with its mark", b"\xfe\xff" + page(LONG, "utf-8").encode("utf-16-be"), UTF8, page(LONG, "utf-8")),
    _plain("utf-16-le without a mark", "utf-16-le", "utf-16", HTML),
    _plain("utf-16-be without a mark", "utf-16-be", None, HTML),
    _plain("utf-32 with its mark", "utf-32", None, None),
    Case("gbk behind the mark of utf-8", b"\xef\xbb\xbf" + page(LONG, "gbk").encode("gbk"), None, page(LONG, "gbk")),
    Case("a cut utf-16 character", page(LONG, None).encode("utf-16")[:-1], None, page(LONG, None)[:-1] + LOST),
    # Read with a wrong charset and saved again, and two charsets in one page.
    Case("utf-8 read as latin-1 and saved", _misread(page(LONG, "utf-8"), "cp1252").encode(), UTF8, page(LONG, "utf-8")),
    Case("utf-8 read as latin-1, a title only", _misread(HEADLINE, "cp1252").encode(), None, HEADLINE),
    Case("gbk read as latin-1 and saved", PAGE.encode("gbk").decode("latin-1").encode(), UTF8, PAGE),
    Case("utf-8 read as gbk and saved", EVEN.encode().decode("gb18030").encode(), UTF8, EVEN),
    Case("a gbk footer in a utf-8 page", PAGE.encode() + FOOT.encode("gbk"), UTF8, PAGE + FOOT),
    Case("a utf-8 footer in a gbk page", PAGE.encode("gbk") + FOOT.encode(), GBK, PAGE + FOOT),
    # What must stay as it is.
    _plain("C0 controls in gbk", "gbk", "gb2312", HTML, "一、总体情况\x00\x0b\x1f" + LONG),
    _plain("C0 controls in utf-8", "utf-8", "gb2312", HTML, "一、总体情况\x00\x0b\x1f" + LONG),
    _plain("accents in a utf-8 page", "utf-8", None, None, LONG + "Français, Müller, naïve, señor; °C ± × ÷ ······"),
    _plain("Cyrillic in utf-8 declared gbk", "utf-8", "gbk", GBK, "Правительство провинции открывает информацию"),
    _plain("Uyghur in utf-8", "utf-8", "gb2312", None, "ھۆكۈمەت ئۇچۇرلىرىنى ئاشكارىلاش يىللىق دوكلاتى"),
    _plain("rare characters in utf-8", "utf-8", "utf-8", None, RARE * 3),
)  # fmt: skip


def ours(content: bytes, header: str | None) -> str:
    """parsing.charset, which `parsing.read` uses."""
    return decode(content, header).text


def w3lib(content: bytes, header: str | None) -> str:
    """As scrapy.http.TextResponse does for response.text when nobody gave an encoding."""
    response = TextResponse("http://a.test/", headers={"Content-Type": header} if header else None, body=content)
    return html_to_unicode(header, content, auto_detect_fun=response._auto_detect_fun, default_encoding="ascii")[1]


def charset_normalizer(content: bytes, header: str | None) -> str:
    """Its best guess; nothing when it has none."""
    best = from_bytes(content).best()
    return str(best) if best else ""


READERS: dict[str, Callable[[bytes, str | None], str]] = {
    "ours": ours,
    "w3lib": w3lib,
    "charset-normalizer": charset_normalizer,
}


def comparable(text: str) -> str:
    """Without a mark in front, and each run of lost characters as one."""
    return re.sub(f"{LOST}+", LOST, text.removeprefix("\ufeff"))


def main() -> int:
    """Print who reads which case right; 1 when we do not read one."""
    table = Table(title="Charsets", title_justify="left")
    table.add_column("case")
    for name in READERS:
        table.add_column(name)
    right = dict.fromkeys(READERS, 0)
    for case in CASES:
        cells = []
        for name, reader in READERS.items():
            try:
                text = comparable(reader(case.content, case.header))
            except UnicodeError as error:  # w3lib asks any codec that a page names, idna as well
                text = f"raises {type(error).__name__}"
            good = text == comparable(case.meant)
            right[name] += good
            cells.append("[green]right[/]" if good else f"[red]wrong[/] {_where(text, comparable(case.meant))}")
        table.add_row(case.name, *cells)
    table.add_section()
    table.add_row(f"of {len(CASES)}", *map(str, right.values()))
    show.console().print(table)
    return 0 if right["ours"] == len(CASES) else 1


def _where(text: str, meant: str) -> str:
    """The first characters that differ, for a person to see."""
    at = next((at for at, (a, b) in enumerate(zip(text, meant, strict=False)) if a != b), min(len(text), len(meant)))
    return repr(text[at : at + 6])


if __name__ == "__main__":
    sys.exit(main())
