"""Damage to the order of records: cut off, removed, copied, swapped."""

from __future__ import annotations

from tests.damage.kinds import is_not_manifest, kind
from tests.damage.patient import Patient, Place


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
    if anchor in p.last_exchanges:  # there verify has no more than a note: a killed process leaves one like that
        return removed_quietly(p)
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
