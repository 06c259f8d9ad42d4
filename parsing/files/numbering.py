"""The labels of numbered paragraphs in Word, which stand in no text: 一、 （二） 3. (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

_DIGITS = "〇一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_HEADING = re.compile(r"(?:heading|标题)\s*\d|^title$", re.I)


def chinese(number: int) -> str:
    """一 二 … 十 十一 … 九十九; above that digit by digit."""
    if not 0 < number < 100:
        return "".join(_DIGITS[int(digit)] for digit in str(max(number, 0)))
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (_DIGITS[ones] if ones else "")


def shown(number: int, form: str) -> str:
    """A number as w:numFmt writes it."""
    if form.startswith(("chinese", "ideograph", "taiwanese", "japanese")) and "Enclosed" not in form:
        return chinese(number)
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese", "ideographEnclosedCircle"):
        return _CIRCLED[number - 1] if 0 < number <= len(_CIRCLED) else str(number)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        text = _roman(number)
        return text.upper() if form == "upperRoman" else text
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    parts = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for value, letters in parts if number < 400 else ():
        text, number = text + letters * (number // value), number % value
    return text


class Numbering:
    """The lists of a document: how each level is written, and how far it has counted."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[tuple[str, int], tuple[int, str, str]] = {}  # (list, level) -> start, format, text
        self.counters: dict[tuple[str, int], int] = {}
        self.headings: set[str] = set()
        self.of_style: dict[str, tuple[str, int]] = {}
        self._styles(document.styles.element)
        part = next(
            (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None
        )
        if part is not None:
            self._lists(etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True)))

    def _styles(self, styles: etree._Element) -> None:
        for style in styles.iter(qn("w:style")):
            key, name = style.get(qn("w:styleId")) or "", style.find(qn("w:name"))
            if name is not None and _HEADING.search(name.get(qn("w:val")) or ""):
                self.headings.add(key)
            if (found := _of(style.find(f"{qn('w:pPr')}/{qn('w:numPr')}"))) is not None:
                self.of_style[key] = found

    def _lists(self, root: etree._Element) -> None:
        abstract = {each.get(qn("w:abstractNumId")): each for each in root.iter(qn("w:abstractNum"))}
        for number in root.iter(qn("w:num")):
            key, named = number.get(qn("w:numId")) or "", number.find(qn("w:abstractNumId"))
            levels = abstract.get(named.get(qn("w:val")) if named is not None else None)
            for level in levels.iter(qn("w:lvl")) if levels is not None else ():
                self._level(key, level)
            for override in number.iter(qn("w:lvlOverride")):
                start, at = override.find(qn("w:startOverride")), _int(override.get(qn("w:ilvl")))
                if start is not None and (key, at) in self.levels:
                    self.levels[key, at] = (_int(start.get(qn("w:val"))), *self.levels[key, at][1:])

    def _level(self, key: str, level: etree._Element) -> None:
        start, form, text = (level.find(qn(name)) for name in ("w:start", "w:numFmt", "w:lvlText"))
        self.levels[key, _int(level.get(qn("w:ilvl")))] = (
            _int(start.get(qn("w:val"))) if start is not None else 1,
            (form.get(qn("w:val")) or "decimal") if form is not None else "decimal",
            (text.get(qn("w:val")) or "") if text is not None else "",
        )

    def is_heading(self, style: str | None) -> bool:
        """Whether a paragraph style is one of Word's headings or its title."""
        return style in self.headings

    def label(self, paragraph: etree._Element) -> str:
        """The label before a paragraph, "" for one that is not numbered; asking counts it."""
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        found = _of(paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}"))
        if found is None and style is not None:
            found = self.of_style.get(style.get(qn("w:val")) or "")
        if found is None or found not in self.levels:
            return ""
        key, at = found
        start, form, text = self.levels[found]
        if form in ("bullet", "none"):
            return ""
        self.counters[found] = self.counters.get(found, start - 1) + 1
        for deeper in [each for each in self.counters if each[0] == key and each[1] > at]:
            del self.counters[deeper]

        def number(place: re.Match[str]) -> str:
            level = (key, int(place[1]) - 1)
            begin, how, _ = self.levels.get(level, (1, "decimal", ""))
            return shown(self.counters.get(level, begin), how)

        return re.sub(r"%([1-9])", number, text)


def _of(properties: etree._Element | None) -> tuple[str, int] | None:
    """(list, level) of a w:numPr; list 0 takes the numbering off."""
    if properties is None:
        return None
    number, level = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
    key = (number.get(qn("w:val")) or "") if number is not None else ""
    return (key, _int(level.get(qn("w:val"))) if level is not None else 0)


def _int(value: str | None) -> int:
    return int(value) if value is not None and re.fullmatch(r"\d{1,6}", value) else 0
