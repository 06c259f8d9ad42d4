"""Forms of a text that are made for comparing, never for showing.

`key` is what the boilerplate rules see, `squash` what labels and digests see. The text that is handed on is touched
only by `printable` (control characters out) and, for HTML, by the white-space rules of `tidy`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

CJK = r"㐀-䶿一-鿿豈-﫿"
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff"
_ZERO_WIDTHS = r"\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad"
_ZERO_WIDTH = re.compile(f"[{_ZERO_WIDTHS}]")
UNPRINTED = f"{_CONTROLS}{_ZERO_WIDTHS}"
_UNPRINTED = re.compile(f"[{UNPRINTED}]+")
_LINE_END = re.compile(r"[\r\n\x85]")
_JOINS_NEXT = re.compile(rf"[{CJK}，。、；：）】》”]")
_JOINS_PREVIOUS = re.compile(rf"[{CJK}（【《“]")
_SHORT = 120  # characters: cells, labels, titles and headings come again and again, within a page and between pages
_HANZI = re.compile("[一-鿿]+")
_LONG, MOST_KNOWN = 3000, 4096  # characters of a line, and lines, that are remembered: a few pages' worth
_known: dict[str, str] = {}  # line: its comparing form
# Characters that only traditional text has and the character-by-character converters do produce (domain.md 4).
_HANT = re.compile("[開關報務門國會書與這們對學實現產業動當發經體員問題點總萬條縣區辦應無時個電話來見觀長馬請證]")


def words(text: str) -> frozenset[str]:
    """A set written as one string with spaces: tables of names stay readable that way."""
    return frozenset(text.split())


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional to simplified characters (OpenCC t2s); a text that is simplified already comes back unchanged."""
    return str(_converter().convert(text)) if text else text


def printable(text: str) -> str:
    """Without NUL, the other C0/C1 controls and zero-width characters; line ends become LF."""
    return _UNPRINTED.sub("", line_ends(text))


def line_ends(text: str) -> str:
    """Each of the ways to end a line as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\u2028", "\n")


def tidy(text: str) -> str:
    """One line of HTML text as shown:
    runs of white space are one space, none where a source line broke between two Hanzi.
    """
    if _LINE_END.search(text) is None:
        return " ".join(text.split())
    whole: list[str] = []
    for part in _LINE_END.split(text):
        line = " ".join(part.split())
        if line:
            if whole and not (_JOINS_NEXT.match(whole[-1][-1]) and _JOINS_PREVIOUS.match(line)):
                whole.append(" ")
            whole.append(line)
    return "".join(whole)


def key(line: str) -> str:
    """For matching rules: NFKC, simplified, single spaces, no zero-width characters (domain.md 5)."""
    return keys([line])[0]


def keys(lines: list[str]) -> list[str]:
    """`key` of many lines with one call of the converter (a call costs more than a line). Lines asked lately are known:
    a page's are asked for by rules, facts and evidence in turn."""
    found = [_known.get(line) for line in lines]
    if None in found:
        fresh = list(dict.fromkeys(line for line, form in zip(lines, found, strict=True) if form is None))
        forms = dict(zip(fresh, _keys(fresh), strict=True))
        found = [forms[line] if form is None else form for line, form in zip(lines, found, strict=True)]
        if len(_known) > MOST_KNOWN:
            _known.clear()
        _known.update((line, form) for line, form in forms.items() if len(line) <= _LONG)
    return [form for form in found if form is not None]


def _keys(lines: list[str]) -> list[str]:
    joined = "\n".join(lines)
    if joined.count("\n") >= len(lines):
        joined = "\n".join(line.replace("\n", " ") for line in lines)
    plain = unicodedata.normalize("NFKC", _ZERO_WIDTH.sub("", joined))
    return simplify("\n".join([" ".join(line.split()) for line in plain.split("\n")])).split("\n")


def squash(text: str) -> str:
    """NFKC, simplified, without any white space: what labels are looked up in and digests are taken over."""
    return _squash_short(text) if len(text) <= _SHORT else _squash(text)


def squashed_key(form: str) -> str:
    """`squash` of a line that is in comparing form."""
    return form.replace(" ", "")


def _squash(text: str) -> str:
    return "".join(simplify(unicodedata.normalize("NFKC", _ZERO_WIDTH.sub("", text))).split())


@lru_cache(maxsize=8192)
def _squash_short(text: str) -> str:
    return _squash(text)


def text_digest(text: str) -> str:
    """SHA-256 (hex) over `squash(text)`: equal means that nothing but layout or script changed."""
    return squashed_digest(squash(text))


def squashed_digest(squashed: str) -> str:
    """The same of a text that is squashed already."""
    return hashlib.sha256(squashed.encode("utf-8", "surrogatepass")).hexdigest()


def traditional_share(text: str) -> float:
    """Share of Hanzi that are on the list of traditional-only characters; over 0.02 the text is traditional."""
    sample = text[:6000]
    hanzi = sum(map(len, _HANZI.findall(sample)))
    return len(_HANT.findall(sample)) / hanzi if hanzi else 0.0
