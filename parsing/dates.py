"""Dates and years as they are written: 2018年01月30日, 2018-1-3, 二○一三年三月一日, /202401/t20240125_1.html."""

from __future__ import annotations

import datetime
import re
import unicodedata

_DIGITS = str.maketrans(
    {"〇": "0", "○": "0", "零": "0", "O": "0", "o": "0", "０": "0", "Ｏ": "0", "◯": "0"}
    | dict(zip("一二三四五六七八九", "123456789", strict=True))
)
_ZERO = "〇○零OoＯ◯0０"
_CN_YEAR = re.compile(rf"[一二][{_ZERO}一二三四五六七八九][{_ZERO}一二三四五六七八九]{{2}}(?=\s*年|年度)")
_CN_MONTH_DAY = re.compile(r"(?<=[年月])\s*([一二三四五六七八九十]{1,3})\s*(?=[月日])")
_NUMERIC = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})\s*(?:[-/.∶年])\s*(?P<m>1[0-2]|0?[1-9])\s*(?:[-/.∶月])\s*(?P<d>3[01]|[12]\d|"
    r"0?[1-9])(?!\d)"
)
# Shapes of article addresses that hold the day (cms-shapes.md 1): id, pattern, an address of that shape.
URL_DATES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("t-date", re.compile(r"/t(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})_\d+"), "/202401/t20240125_123.html"),
    ("hanweb", re.compile(r"/art/(?P<y>20\d{2})/(?P<m>\d{1,2})/(?P<d>\d{1,2})/art_"), "/art/2022/1/14/art_1_2.html"),
    ("dashes", re.compile(r"/(?P<y>20\d{2})-(?P<m>\d{2})[-/](?P<d>\d{2})/"), "/govxxgk/2025-12-15/a.html"),
    ("folders", re.compile(r"/(?P<y>20\d{2})/(?P<m>\d{1,2})[/-](?P<d>\d{1,2})/"), "/2022/08-11/2559082.html"),
    ("monthday", re.compile(r"/(?P<y>20\d{2})/(?P<m>\d{2})(?P<d>\d{2})/"), "/2016/0504/1024.html"),
    ("yyyymm-dd", re.compile(r"/(?P<y>20\d{2})(?P<m>\d{2})/(?P<d>\d{2})/"), "/columns/u/202401/25/u.html"),
    ("compact", re.compile(r"/(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})/"), "/nw12344/20230331/ab.html"),
)


def arabic_years(text: str) -> str:
    """Years, months and days in Chinese numerals become digits: 二〇一三年三月 -> 2013年3月. Other numerals stay."""
    if "年" not in text:
        return text
    text = _CN_YEAR.sub(lambda found: found[0].translate(_DIGITS), text)
    return _CN_MONTH_DAY.sub(lambda found: str(_small(found[1])), text)


def _small(numeral: str) -> int:
    """三 -> 3, 十二 -> 12, 二十一 -> 21, 三十 -> 30."""
    if "十" not in numeral:
        return int(numeral.translate(_DIGITS)[:2])
    tens, _, units = numeral.partition("十")
    return (int(tens.translate(_DIGITS)[:1]) if tens else 1) * 10 + (int(units.translate(_DIGITS)[:1]) if units else 0)


def iso(year: str | int, month: str | int, day: str | int) -> str | None:
    """YYYY-MM-DD, or None when there is no such day or it lies outside 1990-2099."""
    try:
        found = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if 1990 <= found.year < 2100 else None


def first_date(text: str) -> str | None:
    """The first whole date in a text, ISO; None when there is none."""
    text = arabic_years(unicodedata.normalize("NFKC", text))
    for found in _NUMERIC.finditer(text):
        if day := iso(found["y"], found["m"], found["d"]):
            return day
    return None


def url_date(url: str) -> str | None:
    """The day that an article's address holds, ISO; None for addresses without one."""
    for _, pattern, _ in URL_DATES:
        for found in pattern.finditer(url):
            if day := iso(found["y"], found["m"], found["d"]):
                return day
    return None
