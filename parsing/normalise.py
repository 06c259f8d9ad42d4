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
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_ZERO_WIDTH = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_SPACES = re.compile(r"\s+")
_BETWEEN_CJK = re.compile(rf"(?<=[{CJK}，。、；：）】》”])\s*[\r\n\x85]\s*(?=[{CJK}（【《“])")
# Characters that only traditional text has and the character-by-character converters do produce (domain.md 4).
_HANT = frozenset("開關報務門國會書與這們對學實現產業動當發經體員問題點總萬條縣區辦應無時個電話來見觀長馬請證")


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
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\u2028", "\n")
    return _ZERO_WIDTH.sub("", _CONTROL.sub("", text))


def tidy(text: str) -> str:
    """One line of HTML text as shown:
    runs of white space are one space, none where a source line broke between two Hanzi.
    """
    if "\n" in text:
        text = _BETWEEN_CJK.sub("", text)
    return _SPACES.sub(" ", text).strip()


def glue(text: str) -> str:
    """A table cell's or a title's text on one line: broken between Hanzi it is joined, elsewhere one space is kept."""
    return tidy(re.sub(r"\s*\n\s*", "\n", text))


def key(line: str) -> str:
    """For matching rules: NFKC, simplified, single spaces, no zero-width characters (domain.md 5)."""
    return keys([line])[0]


def keys(lines: list[str]) -> list[str]:
    """`key` of many lines with one call of the converter (a call costs more than a line)."""
    joined = "\n".join(
        _SPACES.sub(" ", unicodedata.normalize("NFKC", _ZERO_WIDTH.sub("", line))).strip() for line in lines
    )
    return simplify(joined).split("\n") if lines else []


def squash(text: str) -> str:
    """NFKC, simplified, without any white space: what labels are looked up in and digests are taken over."""
    return _SPACES.sub("", simplify(unicodedata.normalize("NFKC", _ZERO_WIDTH.sub("", text))))


def text_digest(text: str) -> str:
    """SHA-256 (hex) over `squash(text)`: equal means that nothing but layout or script changed."""
    return hashlib.sha256(squash(text).encode("utf-8", "surrogatepass")).hexdigest()


def traditional_share(text: str) -> float:
    """Share of Hanzi that are on the list of traditional-only characters; over 0.02 the text is traditional."""
    hanzi = [c for c in text[:6000] if "一" <= c <= "鿿"]
    return sum(c in _HANT for c in hanzi) / len(hanzi) if hanzi else 0.0
