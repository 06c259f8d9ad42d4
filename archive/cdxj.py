"""CDXJ: the index by which other tools find a capture (webrecorder/specs, CDXJ 0.1), sorted bytewise by key and time.

The keys here are those that the tools compute when they look something up, not our own (archive/urlkey.py): pywb and
cdxj-indexer drop `www` with any digits, wabac.js lower-cases and sorts. They only narrow the search down; the URL in
the line is exact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote, unquote_to_bytes, urlsplit

from archive.catalogue import Catalogue, Row
from archive.urlkey import target_uri

Key = Callable[[str], str]

PORTS = {b"http": 80, b"https": 443}
_PARTS = re.compile(rb"(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?", re.DOTALL)  # RFC 3986, B
_WWW = re.compile(rb"www[0-9]*\.")
_PRINTABLE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"  # what pywb's keys leave as it is, besides letters and digits

# Session ids that pywb's keys leave out. Each names what is cut; ids in a query end with it or at the next `&`.
_PATH_SESSIONS = [
    re.compile(rb"(?<=/)\((?:[a-z]\([0-9a-z]{24}\))+\)/(?=[^?]+\.aspx)"),  # /(S(4hqa0555fwsecu455xqckv45))/mileg.aspx
    re.compile(rb"(?<=/)\([0-9a-z]{24}\)/(?=[^?]+\.aspx)"),  # /(4hqa0555fwsecu455xqckv45)/mileg.aspx
]
_QUERY_SESSIONS = [
    re.compile(rb"jsessionid=[0-9a-z]{32}(?:&|$)"),
    re.compile(rb"phpsessid=[0-9a-z]{32}(?:&|$)"),
    re.compile(rb"sid=[0-9a-z]{32}(?:&|$)"),
    re.compile(rb"aspsessionid[a-z]{8}=[a-z]{24}(?:&|$)"),
    re.compile(rb"cfid=[^&]+&cftoken=[^&]+(?:&|$)"),
]


def surt(url: str) -> str:
    """The key of pywb and cdxj-indexer: `http://www2.a.gov.cn/B/?y&x=1` → `cn,gov,a)/b?x=1&y`. Never raises.

    Scheme, user, `www<digits>.`, default port, fragment, session ids and the last slash go; escapes are undone and made
    anew; all is lower case; the query is sorted. What has no host keeps its scheme: `urn:view:…`.
    """
    text = url.encode("utf-8", "surrogatepass").strip().translate(None, b"\r\n\t")
    if not text:
        return "-"
    if not re.match(rb"[a-zA-Z][a-zA-Z0-9+.-]*:", text):
        text = b"http://" + text
    text = re.sub(rb"^(?:https?://)*(?=https?://)", b"", text)  # http://https://a/ is the second
    match = _PARTS.match(text)
    if match is None:
        return url
    scheme, authority, path, asked = match.groups()
    if scheme.lower().startswith(b"http") and not authority:
        authority, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    try:
        host, port = _host_and_port(authority or b"")
    except ValueError:  # a port that is no number
        return url
    place = b""
    if host:
        place = b",".join(reversed(_host(host).split(b".")))
        place += b":%d)" % port if port and port != PORTS.get(scheme.lower()) else b")"
    else:
        place = scheme + b":"
    path = _unescape(path)
    path = _escape(_dotless(path) if host else path).lower()
    for session in _PATH_SESSIONS:
        path = session.sub(b"", path, count=1)
    if len(path) > 1:
        path = path.removesuffix(b"/")
    query = _escape(_unescape(asked or b"")).lower()
    for session in _QUERY_SESSIONS:
        query = session.sub(b"", query, count=1)
    query = b"&".join(b"=".join(pair) for pair in sorted(each.split(b"=", 1) for each in query.split(b"&")))
    path = path or (b"/" if query else b"")
    return (place + path + (b"?" + query if query else b"")).decode("ascii", "replace")


def browser_key(url: str) -> str:
    """The key of wabac.js, the engine of ReplayWeb.page: lower case, query sorted, the last slash kept. Never raises."""
    if not url.startswith(("http://", "https://")):
        return url
    try:
        parts = urlsplit(re.sub(r"^(https?://)www\d*\.", r"\1", target_uri(url), flags=re.ASCII).lower())
        port = parts.port
    except ValueError:
        return url
    host = unquote(parts.hostname or "")
    with suppress(UnicodeError):  # no name that DNS knows: as it is
        host = host if host.isascii() else host.encode("idna").decode()
    place = f"[{host}]" if ":" in host else ",".join(reversed(host.split(".")))
    if port and port != PORTS[parts.scheme.encode()]:
        place += f":{port}"
    query = "&".join(sorted(parts.query.replace("'", "%27").split("&")))
    return f"{place}){_resolved(parts.path)}" + (f"?{query}" if query else "")


def _host_and_port(authority: bytes) -> tuple[bytes, int | None]:
    place = authority.rpartition(b"@")[2].rstrip(b":")
    if place.startswith(b"["):
        host, _, rest = place[1:].partition(b"]")
        port = rest.removeprefix(b":")
    else:
        host, _, port = place.partition(b":")
    if port and not (port.isdigit() and int(port) < 65536):
        raise ValueError(f"expected a port, got {port!r}")
    return host.lower(), int(port) if port else None


def _host(host: bytes) -> bytes:
    host = _unescape(host)
    with suppress(UnicodeError):  # no name that DNS knows: as it is
        host = host if host.isascii() else host.decode().encode("idna")
    host = host.replace(b"..", b".").strip(b".")
    host = _escape(host.lower()).lower()
    return _WWW.sub(b"", host, count=1) if _WWW.match(host) else host


def _unescape(text: bytes) -> bytes:
    while (plain := unquote_to_bytes(text)) != text:
        text = plain
    return text


def _escape(text: bytes) -> bytes:
    return quote_from_bytes(text, safe=_PRINTABLE).encode()


def _dotless(path: bytes) -> bytes:
    """A path without `.`, `..` and empty segments; whether it ends in a slash is kept."""
    kept: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b"..":
            kept = kept[:-1] if kept else [segment]
        elif segment != b".":
            kept.append(segment)
    return b"/" + b"/".join([*(segment for segment in kept[:-1] if segment), *kept[-1:]])


def _resolved(path: str) -> str:
    """A path as a browser asks for it: `.` and `..` are gone, empty segments stay (WHATWG URL, path state)."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments, 1):
        dots = segment.replace("%2e", ".")
        if dots == "..":
            del kept[-1:]
        if dots not in (".", ".."):
            kept.append(segment)
        elif number == len(segments):
            kept.append("")
    return "/" + "/".join(kept)


_WHICH = """
FROM capture
WHERE record_type IN ('response', 'revisit', 'resource') AND warc_file IN (SELECT value FROM json_each(?))
"""
_SQL = """
SELECT {key}(url) || ' ' || substr(replace(replace(replace(requested_at, '-', ''), ':', ''), 'T', ''), 1, 14) AS place,
       url, record_type, media_type, status, payload_digest, length, offset, warc_file
"""
_SORTED = " ORDER BY place"  # SQLite's order is bytewise; its sorter spills to disk


def lines(catalogue: Catalogue, files: Iterable[str], keys: tuple[Key, ...] = (surt,)) -> Iterator[str]:
    """An index line, without its end, for every capture in these WARC files, sorted, in bounded memory.

    With more than one kind of key a capture has a line for each that differs.
    """
    names = [f"nianbao_key{number}" for number, _ in enumerate(keys)]
    for name, key in zip(names, keys, strict=True):
        catalogue.connection.create_function(name, 1, key, deterministic=True)
    among = json.dumps(list(files))
    selects = [_SQL.format(key=names[0]) + _WHICH]
    selects += [f"{_SQL.format(key=name)}{_WHICH} AND {name}(url) <> {names[0]}(url)" for name in names[1:]]
    sql = " UNION ALL ".join(selects) + _SORTED
    for place, rows in groupby(catalogue.rows(sql, *[among] * len(selects)), itemgetter("place")):
        yield from sorted(f"{place} {json.dumps(_fields(row), ensure_ascii=False)}" for row in rows)


def _fields(row: Row) -> dict[str, str]:
    fields = {
        "url": target_uri(row["url"]),
        "mime": "warc/revisit" if row["record_type"] == "revisit" else row["media_type"],
        "status": row["status"],
        "digest": row["payload_digest"],
        "length": row["length"],
        "offset": row["offset"],
        "filename": row["warc_file"],
    }
    return {name: str(value) for name, value in fields.items() if value is not None}


def count(catalogue: Catalogue, files: Iterable[str]) -> int:
    """How many captures `lines` lists."""
    row = catalogue.row(f"SELECT count(*) AS n {_WHICH}", json.dumps(list(files)))
    return int(row["n"]) if row else 0


def finished(folder: Path) -> list[Path]:
    """The WARC files of a folder that no writer holds any more."""
    return sorted(folder.glob("*.warc.gz"))


def left_out(catalogue: Catalogue, files: Iterable[str]) -> dict[str, int]:
    """The WARC files besides these in which captures lie, and how many in each."""
    sql = """SELECT warc_file, count(*) AS n FROM capture WHERE warc_file NOT IN (SELECT value FROM json_each(?))
             GROUP BY warc_file ORDER BY warc_file"""
    return {row["warc_file"]: row["n"] for row in catalogue.rows(sql, json.dumps(list(files)))}


def write(catalogue: Catalogue, files: Iterable[str], path: Path) -> int:
    """Write the index, under its name only when it is whole. Returns the number of lines."""
    count = 0
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("w", encoding="utf-8", newline="\n") as out:
            for line in lines(catalogue, files):
                out.write(line + "\n")
                count += 1
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return count
