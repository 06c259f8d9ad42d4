"""python -m tests.damage: each kind of damage done to an archive at places drawn by lot, and whether `verify` finds it.

A kind is a function that injures a copy of a sound data folder and says where: groups of places (file, byte), one of
each group being the right one to name. Place None: only the file can be named.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from isal import isal_zlib

from archive.findings import Finding
from archive.reader import StoredRecord
from archive.verify import verify
from archive.warc import GZIP
from tests.patients import Patient
from tests.samples import fill

Place = tuple[str, int | None]
Injury = Callable[[Patient], list[set[Place]]]
KINDS: dict[str, Injury] = {}


def kind(name: str) -> Callable[[Injury], Injury]:
    """Enter a function into the table."""

    def enter(injury: Injury) -> Injury:
        KINDS[name] = injury
        return injury

    return enter


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


# Records


@kind("a tail cut off inside a record")
def cut(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    at = p.at(path, k)
    path.write_bytes(path.read_bytes()[: at + p.rng.randrange(1, len(p.member(path, k)))])
    return [{(path.name, at)}]


@kind("a tail cut off between records")
def cut_between(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    at = p.at(path, max(k, 1))
    path.write_bytes(path.read_bytes()[:at])
    return [{(path.name, at)}]


@kind("a record removed")
def removed(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    here = p.at(path, k)
    p.write(path, [m for n, m in enumerate(p.members(path)) if n != k])
    return [{(path.name, here)}]


@kind("a record removed, manifest and catalogue made to agree")
def removed_quietly(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type in ("request", "metadata") and "WARC-Concurrent-To" in r.headers)
    anchor = p.record(path, k).headers["WARC-Concurrent-To"]
    p.write(path, [m for n, m in enumerate(p.members(path)) if n != k], agree=True)
    return [{(path.name, p.now(path, anchor))}]


@kind("a record duplicated")
def duplicated(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    members = p.members(path)
    to = p.rng.randrange(len(members) + 1)
    places = {(path.name, p.at(path, k)), (path.name, sum(map(len, members[:to])))}
    p.write(path, [*members[:to], members[k], *members[to:]])
    return [places]


@kind("a record duplicated into another file, manifest and catalogue made to agree")
def duplicated_over(p: Patient) -> list[set[Place]]:
    path, k = p.draw(is_not_manifest)
    other = p.rng.choice([each for each in p.paths if each != path])
    members = p.members(other)
    to = p.rng.randrange(1, len(members))
    p.write(other, [*members[:to], p.member(path, k), *members[to:]], agree=True)
    return [{(path.name, p.at(path, k)), (other.name, sum(map(len, members[:to])))}]


@kind("two records swapped")
def swapped(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    members = p.members(path)
    other = p.rng.choice([n for n in range(len(members)) if n != k])
    before = {(path.name, p.at(path, n)) for n in (k, other)}
    members[k], members[other] = members[other], members[k]
    return [before | {(path.name, at) for at in p.write(path, members)[min(k, other) : max(k, other) + 1]}]


@kind("records of two files swapped")
def swapped_over(p: Patient) -> list[set[Place]]:
    (one, k), (two, j) = p.draw(is_not_manifest), p.draw(is_not_manifest)
    while one == two:
        two, j = p.draw(is_not_manifest)
    first, second = p.members(one), p.members(two)
    first[k], second[j] = second[j], first[k]
    places: list[set[Place]] = [{(one.name, p.at(one, k))}, {(two.name, p.at(two, j))}]
    p.write(one, first)
    p.write(two, second)
    return places


@kind("records reordered")
def reordered(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    members = p.members(path)
    to = p.rng.choice([n for n in range(len(members)) if n != k])
    old = p.at(path, k)
    members.insert(to, members.pop(k))
    now = p.write(path, members)
    return [{(path.name, old), *((path.name, at) for at in now[min(k, to) : max(k, to) + 1])}]


@kind("a record replaced by another sound one")
def replaced(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type == "request")
    plain = p.plain(path, k).replace(b"gzip, deflate", b"gzip, Deflate")
    return p.replace(path, k, p.rehash(plain))


@kind("a record replaced by another sound one, manifest made to agree")
def replaced_quietly(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type == "request")
    members = p.members(path)
    members[k] = p.pack(p.rehash(p.plain(path, k).replace(b"gzip, deflate", b"gzip, Deflate")))
    p.write(path, members, seal=True)  # of all that is kept only the catalogue's digest of the file can tell
    return [{(path.name, None)}]


@kind("the original of a revisit removed, manifest and catalogue made to agree")
def dangling(p: Patient) -> list[set[Place]]:
    path, k = p.draw(lambda r: r.type == "revisit")
    original, place = p.record(path, k).headers["WARC-Refers-To"], p.record(path, k).id
    source = next(each for each in p.paths if p.index(each, original) is not None)
    tied = (original, *p.concurrent(source, original))
    p.write(source, [m for n, m in enumerate(p.members(source)) if p.record(source, n).id not in tied], agree=True)
    p.sql("DELETE FROM capture WHERE id = ?", original)
    return [{(path.name, p.now(path, place))}]


@kind("two records in one gzip member, manifest and catalogue made to agree")
def merged(p: Patient) -> list[set[Place]]:
    path, k = p.draw(is_not_manifest)
    members = p.members(path)
    k = min(k, len(members) - 3)
    both = p.pack(p.plain(path, k) + p.plain(path, k + 1))
    p.write(path, [*members[:k], both, *members[k + 2 :]], agree=True)
    return [{(path.name, p.at(path, k))}]


@kind("a foreign byte between members")
def foreign(p: Patient) -> list[set[Place]]:
    path, k = p.draw()
    data, at = path.read_bytes(), p.at(path, k)
    path.write_bytes(data[:at] + p.rng.randbytes(1) + data[at:])
    return [{(path.name, at)}]


@kind("bytes after the end")
def appended(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    at = path.stat().st_size
    path.write_bytes(path.read_bytes() + p.rng.randbytes(p.rng.randrange(1, 600)))
    return [{(path.name, at)}]


# Files


@kind("a file renamed")
def renamed(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    new = path.with_name(path.name.replace("nianbao-2", "nianbao-3"))
    path.rename(new)
    return [{(new.name, 0)}, {(path.name, None)}]


@kind("a file missing")
def missing(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    path.unlink()
    return [{(path.name, None)}]


@kind("a file from elsewhere")
def unknown(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    p.sql("DELETE FROM file WHERE name = ?", path.name)
    return [{(path.name, None)}]


# The catalogue


def off_by_one(column: str) -> Injury:
    def injury(p: Patient) -> list[set[Place]]:
        row = p.row()
        p.sql(f"UPDATE capture SET [{column}] = [{column}] + ? WHERE id = ?", p.rng.choice([1, -1]), row["id"])
        return [{(row["warc_file"], row["offset"])}]

    return injury


for _column in ("offset", "length", "status"):
    KINDS[f"a catalogue row's {_column} off by one"] = off_by_one(_column)


@kind("another value in a catalogue row")
def another_value(p: Patient) -> list[set[Place]]:
    row = p.row()
    column = p.rng.choice([name for name in row if name not in ("id", "offset", "length", "status")])
    p.sql(f"UPDATE capture SET [{column}] = coalesce([{column}], '') || 'x' WHERE id = ?", row["id"])
    return [{(row["warc_file"], row["offset"])}]


@kind("a catalogue row removed")
def row_removed(p: Patient) -> list[set[Place]]:
    row = p.row()
    p.sql("DELETE FROM capture WHERE id = ?", row["id"])
    return [{(row["warc_file"], row["offset"])}]


@kind("a catalogue row of no record")
def row_invented(p: Patient) -> list[set[Place]]:
    row = p.row()
    p.sql("UPDATE capture SET id = '<urn:uuid:00000000-0000-4000-8000-000000000000>' WHERE id = ?", row["id"])
    return [{(row["warc_file"], row["offset"])}]


@kind("an entry or a document of no capture")
def pointing_nowhere(p: Patient) -> list[set[Place]]:
    table = p.rng.choice(["entry", "document"])
    p.sql(f"UPDATE [{table}] SET capture = 'x' WHERE rowid IN (SELECT rowid FROM [{table}] ORDER BY random() LIMIT 1)")
    return [{("catalogue.db", None)}]


@kind("another value in a file's row")
def file_row(p: Patient) -> list[set[Place]]:
    path, _ = p.draw()
    how = p.rng.choice(["bytes = bytes + 1", "records = records - 1", "sha256 = 'f' || substr(sha256, 2) || ' '"])
    p.sql(f"UPDATE file SET {how} WHERE name = ?", path.name)
    return [{(path.name, None)}]


def is_not_manifest(record: StoredRecord) -> bool:
    return "urn:nianbao:manifest" not in record.uri


@dataclass
class Score:
    """How often a kind was tried, found, and named right."""

    trials: int = 0
    found: int = 0
    named: int = 0
    example: str = ""

    def count(self, findings: list[Finding], places: list[set[Place]]) -> bool:
        """Take a trial in. `places`: one of each group has to be named. Returns whether all was well."""
        there: set[Place] = {(f.file, at) for f in findings for at in (f.offset, None)}
        found, named = bool(findings), all(group & there for group in places)
        self.trials, self.found, self.named = self.trials + 1, self.found + found, self.named + (found and named)
        if not found or not named:
            self.example = self.example or f"{places}: {[str(f) for f in findings[:4]]}"
        return found and named


def trial(name: str, seed: int, sound: Path, scratch: Path) -> tuple[list[Finding], list[set[Place]]]:
    """Do one damage to a copy of `sound`. What `verify` found, and what was to be named."""
    folder = scratch / "patient"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    places = KINDS[name](Patient(folder, random.Random(f"{name} {seed}")))
    return [finding for finding in verify(folder) if not finding.is_note], places


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.damage", description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        sound = Path(scratch) / "sound"
        fill(sound, options.seed)
        if findings := list(verify(sound)):
            print("a sound archive is not passed:", *findings, sep="\n  ")
            return 1
        print(f"{'kind of damage':<76} trials  found  named")
        for name in KINDS:
            score = Score()
            for number in range(options.trials):
                score.count(*trial(name, options.seed * 1_000_000 + number, sound, Path(scratch)))
            print(f"{name:<76} {score.trials:6d} {score.found:6d} {score.named:6d}  {score.example}", flush=True)
            bad += score.named < score.trials
    print(f"{len(KINDS)} kinds, {len(KINDS) * options.trials} trials, {bad} kinds not always found and named")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
