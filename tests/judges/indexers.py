"""Indexers: cdxj-indexer's lines against ours, and the keys of surt (pywb, cdxj-indexer) against ours."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator

from archive import cdxj
from archive.reader import records
from tests.judges import tools
from tests.judges.verdict import Material, Verdict

FIELDS = ("url", "digest", "offset", "length", "filename")
KEYS = 20_000  # made-up addresses whose keys are compared
_SURT = """import json, sys, surt
for line in sys.stdin:
    print(json.dumps(surt.surt(json.loads(line))))
"""
Place = tuple[str, str]  # file name and offset
Line = tuple[str, str, dict[str, str]]  # key, timestamp, fields


def _parsed(lines: Iterator[str]) -> Iterator[tuple[Place, Line]]:
    for line in lines:
        key, timestamp, rest = line.split(" ", 2)
        fields = json.loads(rest)
        yield (fields["filename"], fields["offset"]), (key, timestamp, fields)


def cdxj_indexer(material: Material) -> Verdict:
    """cdxj-indexer over the same files: each capture's key, time, URL, digest, place and length are the same."""
    command = [str(tools.environment(*tools.INDEXERS) / "cdxj-indexer"), "-s", *map(str, material.files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = dict(_parsed(cdxj.lines(material.archive.catalogue, [path.name for path in material.files])))
    theirs = dict(_parsed(iter(done.stdout.splitlines())))
    verdict = Verdict("cdxj-indexer", material.name, "captures", len(ours))
    if done.returncode:
        verdict.against("reading", "all files", done.stderr.strip()[-300:])
    folder = material.archive.warc_folder
    for place in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(place), theirs.get(place)
        record = next(records(folder / place[0], int(place[1])))
        where = f"{place[0]} {place[1]}"
        if mine is None:
            verdict.against("line that we have not", where, str(other), record)
        elif other is None:
            verdict.against("line that it has not", where, str(mine), record)
        else:
            here = (*mine[:2], *(mine[2].get(name) for name in FIELDS))
            there = (*other[:2], *(other[2].get(name) for name in FIELDS))
            if here != there:
                verdict.against("other values", where, f"{there} for {here}", record)
    return verdict


def surt_keys(material: Material) -> Verdict:
    """surt's key of every captured URL, and of made-up ones with everything in them that is known to be odd."""
    urls = sorted({row["url"] for row in material.captures()}) + list(_made_up(random.Random(1), KEYS))
    command = [str(tools.environment(*tools.INDEXERS) / "python"), "-W", "ignore", "-c", _SURT]
    lines = "".join(json.dumps(url) + "\n" for url in urls)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    verdict = Verdict("surt", material.name, "keys", len(urls))
    for url, key in zip(urls, map(json.loads, done.stdout.splitlines()), strict=True):
        if key != cdxj.surt(url):
            verdict.against("key", url, f"{key!r} for {cdxj.surt(url)!r}")
    return verdict


SCHEMES = ("http://", "https://", "HTTP://", "", "urn:dom:http://", "urn:view:", "ftp://", "http://https://")
HOSTS = (
    *("www.a.gov.cn", "WWW2.A.gov.cn", "www12.b.cn", "www1355544.com", "www.cn", "wwwx.cn", "a..b.cn.", "a_b.cn"),
    *("127.0.0.1", "127.0.0.1:8080", "[::1]:80", "a.cn:80", "a.cn:443", "a.cn:", "user:pw@a.cn", "%61.cn", "年报.中国"),
)
PATHS = (
    *("", "/", "/a/", "/a//b/", "/A/./b/../c", "/..", "/../x", "/./", "/a/.", "/a/..", "/%2e%2e/x", "/年报/1.HTML"),
    *("/%E5%B9%B4/", "/%e5%b9%b4", "/a%20b", "/a b", "/a%2Fb", "/a;b", "/a%25b", "/%2525", "/a%3Fb", "/a[b]'c", "/a%"),
    *("/%zz", "/a\\b", "/~x/", "/(S(4hqa0555fwsecu455xqckv45))/m.aspx", "/(4hqa0555fwsecu455xqckv45)/m.aspx"),
)
QUERIES = (
    *("", "?", "?a=1", "?b=2&a=1", "?A=B&a", "?x&x=", "?&a=1&", "?q=年", "?q=%E5%B9%B4", "?a=%26&b", "?a='b'", "?a?b"),
    *("?a=1&a=0&a", f"?jsessionid={'a1' * 16}", f"?x=1&PHPSESSID={'0' * 32}&y=2", f"?sid={'f' * 32}&z"),
    *("?CFID=1&CFTOKEN=2&x=1", f"?aspsessionidabcdefgh={'q' * 24}"),
)


def _made_up(rng: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        yield "".join(map(rng.choice, (SCHEMES, HOSTS, PATHS, QUERIES, ("", "#x", "#"))))
