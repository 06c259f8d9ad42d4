"""Damage within records: bits that rot on a disk, and changes that somebody made."""

from __future__ import annotations

import random

from isal import isal_zlib

from archive.warc import GZIP
from tests.damage.kinds import is_not_manifest, kind
from tests.damage.patient import Patient, Place


def flip(data: bytes, start: int, end: int, rng: random.Random) -> bytes:
    """One bit of data[start:end] turned."""
    bit, out = rng.randrange(8 * start, 8 * end), bytearray(data)
    out[bit // 8] ^= 1 << bit % 8
    return bytes(out)


# Bits, as they rot on a disk


@kind("a flipped bit in a gzip head")
def gzip_head(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    return p.overwrite(path, k, flip(p.member(path, k), 0, 10, p.rng))


@kind("a flipped bit in compressed data")
def compressed(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    return p.overwrite(path, k, flip(p.member(path, k), 10, len(p.member(path, k)) - 8, p.rng))


@kind("a flipped bit that inflating does not see")
def unseen(p: Patient) -> list[set[Place]]:
    while True:
        path, k = p.draw()
        member = p.member(path, k)
        changed = flip(member, len(member) - 9, len(member) - 8, p.rng)  # what fills up the last byte
        inflater = isal_zlib.decompressobj(GZIP)
        try:
            if inflater.decompress(changed) == p.plain(path, k) and inflater.eof and not inflater.unused_data:
                return p.overwrite(path, k, changed)
        except isal_zlib.error:
            continue


@kind("a flipped bit in a gzip trailer")
def gzip_trailer(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    size = len(p.member(path, k))
    return p.overwrite(path, k, flip(p.member(path, k), size - 8, size, p.rng))


@kind("a sector of zeros")
def zeros(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    data = path.read_bytes()
    at = p.at(path, k) + p.rng.randrange(len(p.member(path, k)))
    path.write_bytes(data[:at] + bytes(len(data[at : at + 512])) + data[at + 512 :])
    return [{(path.name, p.at(path, k))}]


# The same within records, compressed anew, so that the gzip member is sound


@kind("a flipped bit in a WARC head, recompressed")
def warc_head(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    plain = p.plain(path, k)
    return p.replace(path, k, flip(plain, 0, plain.index(b"\r\n\r\n") + 4, p.rng))


@kind("a flipped bit in an HTTP head, recompressed")
def http_head(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type in ("response", "revisit", "request"))
    plain = p.plain(path, k)
    start = plain.index(b"\r\n\r\n") + 4
    return p.replace(path, k, flip(plain, start, plain.index(b"\r\n\r\n", start) + 4, p.rng))


@kind("a flipped bit in a payload, recompressed")
def payload(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type == "response" and len(r.block) > 500)
    plain = p.plain(path, k)
    start = plain.index(b"\r\n\r\n", plain.index(b"\r\n\r\n") + 4) + 4
    return p.replace(path, k, flip(plain, start, len(plain) - 4, p.rng))


@kind("a wrong Content-Length, all else made to agree")
def length(p: Patient) -> list[set[Place]]:
    path, k = p.draw(is_not_manifest)
    n = len(p.record(path, k).block)
    other = p.rng.choice([n + 1, n - 1, n * 10, n // 2, n + 2])
    return p.edit(path, k, b"Content-Length: %d\r\n" % n, b"Content-Length: %d\r\n" % other)


@kind("another character in a digest, all else made to agree")
def digest(p: Patient) -> list[set[Place]]:
    field = p.rng.choice(["WARC-Block-Digest", "WARC-Payload-Digest"])
    path, k = p.draw(lambda r: is_not_manifest(r) and field in r.headers and r.type != "revisit")
    old = p.record(path, k).headers[field]
    at = p.rng.randrange(5, len(old))
    other = p.rng.choice([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if c != old[at]])
    new = old[:at] + other + old[at + 1 :]
    return p.edit(path, k, f"{field}: {old}".encode(), f"{field}: {new}".encode())


@kind("another date, all else made to agree")
def date(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type in ("response", "revisit"))
    old = p.record(path, k).headers["WARC-Date"]
    new = f"{int(old[:4]) - p.rng.randrange(1, 9)}{old[4:]}"
    return p.edit(path, k, f"WARC-Date: {old}".encode(), f"WARC-Date: {new}".encode())


@kind("a header line removed, all else made to agree")
def header(p: Patient) -> list[set[Place]]:
    names = ("WARC-Type", "WARC-Date", "WARC-Record-ID", "WARC-Target-URI", "WARC-Block-Digest", "Content-Type")
    path, k = p.draw(lambda r: r.type in ("response", "request", "revisit"))
    name = p.rng.choice(names)
    return p.edit(path, k, f"{name}: {p.record(path, k).headers[name]}\r\n".encode(), b"")


@kind("a wrong date beside a response, all else made to agree")
def companion_date(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type in ("request", "metadata") and "WARC-Concurrent-To" in r.headers)
    old = p.record(path, k).headers["WARC-Date"]
    new = f"{int(old[:4]) - 1}{old[4:]}"
    return p.edit(path, k, f"WARC-Date: {old}".encode(), f"WARC-Date: {new}".encode())


@kind("another address or date of a revisit's original, all else made to agree")
def referred(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type == "revisit")
    name = p.rng.choice(["WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"])
    old = p.record(path, k).headers[name]
    new = old + "x" if name.endswith("URI") else f"{int(old[:4]) - 1}{old[4:]}"
    return p.edit(path, k, f"{name}: {old}".encode(), f"{name}: {new}".encode())


@kind("another payload, its block digest and all else made to agree")
def payload_quietly(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type == "response" and r.block.endswith(b"</html>"))
    plain = p.plain(path, k)
    return p.rewrite(path, k, flip(plain, len(plain) - 200, len(plain) - 4, p.rng))


@kind("a journal or crawl facts that cannot be read, all else made to agree")
def journal(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type == "metadata" and is_not_manifest(r))
    return p.rewrite(path, k, p.plain(path, k).replace(b'{"', b'("', 1))


@kind("another digest in a manifest, all else made to agree")
def listed(p: Patient) -> list[set[Place]]:
    path, k = p.draw(is_not_manifest)
    members, last = p.members(path), len(p.members(path)) - 1
    old = p.record(path, k).digest.encode()
    members[last] = p.pack(p.rehash(p.plain(path, last).replace(old, old[:-1] + (b"A" if old[-1:] != b"A" else b"B"))))
    p.write(path, members)
    p.agree(path)
    return [{(path.name, p.at(path, k))}]
