"""What the bytes are, by their look: extensions and Content-Type lie (domain.md 4), the first bytes seldom do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

HTML, PLAIN, EMPTY = "text/html", "text/plain", "application/x-empty"

# (first bytes, media type). Zip containers are told apart by the names inside.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in an OLE2 container (.doc, .xls, .wps, .et alike); a Word file may have a workbook inside it.
_OLE_INSIDE = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_ZIP_INSIDE = (  # how the name of a member begins
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"OFD.xml", "application/ofd"),
)
# Structure tells HTML; a stray <b> or <meter> in a text (hijacked copies leave such) does not.
_STRUCTURE = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|div|p|br|meta|title|ucapcontent|h1|ul|tr|td|article)\b", re.I
)
_UTF16_HTML = re.compile(
    rb"<\x00(?:h\x00t\x00m\x00l|!\x00d\x00o\x00c|d\x00i\x00v)|\x00<\x00(?:h\x00t\x00m\x00l|!\x00d\x00o)", re.I
)

_MHTML = re.compile(rb"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*?)*?Content-Type:\s*multipart/related", re.I)


def sniff(content: bytes) -> str:
    """Media type of the bytes; text/plain when nothing else is recognised, application/octet-stream for binary."""
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        return EMPTY if not content.strip(b"\xef\xbb\xbf \t\r\n\x00") else _texty(content)
    pdf = content[:1024].find(b"%PDF-")  # a PDF may stand behind a few stray bytes (ISO 32000, annex H)
    if pdf >= 0 and not _STRUCTURE.search(content[:pdf]):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        names, window = list(_members(content)), content[:65536] + content[-65536:]
        for begin, kind in _ZIP_INSIDE:
            if any(name.startswith(begin) for name in names) or (not names and begin in window):
                return kind
        return "application/zip"
    if content.startswith(_OLE):
        named = (kind for name, kind in _OLE_INSIDE if f"{name}\0".encode("utf-16-le") in content)
        return next(named, "application/msword")
    if re.match(rb"\s*<\?xml[^>]*>\s*(?:<\?mso-application[^>]*>\s*)?<w:wordDocument", content[:2000]):
        return "application/vnd.ms-word.xml"
    if _MHTML.match(content[:4000].lstrip()):
        return "multipart/related"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    for magic, kind in _MAGIC:
        if content.startswith(magic) and not (magic == b"BM" and content[6:10] != b"\x00\x00\x00\x00"):
            return kind
    return _texty(content)


def _members(content: bytes) -> Iterator[bytes]:
    """Names in a zip's directory (APPNOTE 4.3.12), the first few hundred; none when it has no directory.

    An archive of Word files is no Word file: names that stand in its members' own headers must not count.
    """
    end = content.rfind(b"PK\x05\x06", max(len(content) - 66_000, 0))
    at = int.from_bytes(content[end + 16 : end + 20], "little") if end >= 0 else -1
    for _ in range(400):
        if at < 0 or content[at : at + 4] != b"PK\x01\x02":
            return
        lengths = [int.from_bytes(content[at + place : at + place + 2], "little") for place in (28, 30, 32)]
        yield content[at + 46 : at + 46 + lengths[0]]
        at += 46 + sum(lengths)


def _texty(content: bytes) -> str:
    sample = content[:200_000]
    if _UTF16_HTML.search(sample[:4096]):
        return HTML
    if len(list(islice(_STRUCTURE.finditer(sample), 2))) >= 2 or re.match(rb"\s*<(?:!doctype|html)", sample, re.I):
        return HTML
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return PLAIN
    odd = sum(sample.count(bytes([b])) for b in (*range(9), *range(14, 32)) if b != 27)
    return "application/octet-stream" if odd > len(sample) * 0.1 else PLAIN
