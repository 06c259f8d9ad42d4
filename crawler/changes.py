"""What has changed on a portal since the last good run: two signatures in, changes out. Pure.

A new comparison is a new line of COMPARATORS, with the sentence and the advice that it gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from crawler.signature import MOST, Signature
from crawler.verdict import DROP, Word

SAMPLES = 3  # addresses shown of what has changed
MOVED = 0.3  # share of the lists with reports that stand no longer where they stood
ALIKE = 0.3  # share of common paths below which a page has another design


@dataclass(frozen=True)
class Change:
    """One thing that is not what it was: what, the verdict it makes, old and new in words, a sentence, what to do, where."""

    kind: str
    word: Word
    old: str
    new: str
    sentence: str
    advice: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a comparison has found: old and new in words, and pages that show it."""

    old: str
    new: str
    samples: Iterable[str] = ()


LOOK = "Open {url} in a browser and look. If all is as it should be: `nianbao check {name} --accept`."
Compare = Callable[[Signature, Signature], Found | None]


def changes(old: Signature | None, new: Signature, name: str = "NAME") -> tuple[Change, ...]:
    """What differs from the last good run, gravest first. Nothing where there was none."""
    return tuple(_changes(_as_addressed(old, new), new, name)) if old is not None else ()


def _as_addressed(old: Signature, new: Signature) -> Signature:
    """The old sheet with the scheme that pages are had by now: http or https is no other place."""
    now = {_bare(url): url for url in (*new.lists, *new.columns)}
    lists = {now.get(_bare(url), url): count for url, count in old.lists.items()}
    return replace(old, lists=lists, columns={now.get(_bare(url), url): name for url, name in old.columns.items()})


def _bare(url: str) -> str:
    """An address without its scheme."""
    return url.partition("://")[2]


def _changes(old: Signature, new: Signature, name: str) -> Iterator[Change]:
    for kind, compare, sentence, advice in COMPARATORS:
        found = compare(old, new)
        if found is not None:
            samples = tuple(dict.fromkeys(found.samples))[:SAMPLES]
            said = sentence.format(old=found.old, new=found.new)
            url = samples[0] if samples else new.home.url
            yield Change(kind, Word.degraded, found.old, found.new, said, advice.format(name=name, url=url), samples)


# Comparisons: the new sheet against that of the last good run


def _pagination(old: Signature, new: Signature) -> Found | None:
    """Later pages of lists fail, or show the first again, or are no longer found; and reports are missing."""
    if not old.further or new.reports >= old.reports:
        return None
    said = f"{new.further} later pages of lists, {new.failed} failed, {new.repeats} the same as another"
    before = f"{old.further} later pages of lists"
    firsts = sum(old.lists.values())
    first_pages = firsts and sum(new.lists.get(url, 0) for url in old.lists) >= 0.9 * firsts
    newest = len(new.years) < len(old.years) and old.years[-len(new.years) :] == new.years  # withdrawn ones leave gaps
    few = not new.further and new.reports < DROP * old.reports and first_pages and newest
    worse = new.failed > old.failed or new.repeats > old.repeats or few
    return Found(before, said, _giving(new) or _giving(old)) if worse else None


def _reports(old: Signature, new: Signature) -> Found | None:
    """Far fewer reports than there were, though no page on the way to them failed."""
    if new.reports >= DROP * old.reports or new.lost > old.lost:
        return None
    fewer = [url for url, count in old.lists.items() if count > new.lists.get(url, 0)]
    return Found(str(old.reports), str(new.reports), fewer or _giving(old))


def _emptied(old: Signature, new: Signature) -> Found | None:
    """Most lists that gave reports are there and give none, though reports may be found by another way: by search."""
    empty = [url for url in _giving(old) if new.lists.get(url) == 0]
    if not empty or len(empty) <= len(_giving(old)) / 2:
        return None
    return Found(f"{len(_giving(old))} lists with reports", f"{len(empty)} of them without any", empty)


def _column(old: Signature, new: Signature) -> Found | None:
    """Lists with reports, or the column above them, stand at other addresses."""
    missing = _missing(old, new)
    tops = [url for url in old.columns if url not in new.columns and url not in new.lists]
    many = len(missing) >= MOVED * len(_giving(old)) and missing
    if not many and not (tops and len(tops) >= len(old.columns) / 2):
        return None
    before = (tops or missing)[0]
    same_name = [url for url, called in new.columns.items() if called == old.columns.get(before)]
    fresh = [url for url in (*same_name, *new.columns, *_giving(new)) if url not in old.lists]
    if not fresh and new.lost > old.lost:
        return None  # its page, or one on the way to it, did not come: nobody knows where it is
    return Found(before, fresh[0] if fresh else "nowhere that was found", [*fresh, before])


def _design(old: Signature, new: Signature) -> Found | None:
    """The rows of lists, or the whole home page, are marked up in another way."""
    if old.rows and new.rows and not _other_way(old, new):
        known = sum(count for path, count in new.rows.items() if path in old.rows)
        if known < sum(new.rows.values()) / 2:
            return Found(next(iter(old.rows)), next(iter(new.rows)), _giving(new))
    if old.home.shape and new.home.shape:
        common = len(set(old.home.shape) & set(new.home.shape))
        if common < ALIKE * min(len(old.home.shape), len(new.home.shape)):
            words = f"{len(new.home.shape)} kinds of links on the home page, {common} of them as before"
            return Found(f"{len(old.home.shape)} kinds of links on the home page", words, [new.home.url])
    return None


def _dates(old: Signature, new: Signature) -> Found | None:
    """Rows that had dates have none."""
    before, after = (sheet.dated / max(sheet.listed, 1) for sheet in (old, new))
    if not new.listed or before < 0.5 or after >= before / 2 or _other_way(old, new):
        return None
    return Found(f"{before:.0%} of {old.listed} rows", f"{after:.0%} of {new.listed} rows", _giving(new))


def _charset(old: Signature, new: Signature) -> Found | None:
    """Pages are in another charset."""
    if not old.charsets or not new.charsets:
        return None
    before, after = (max(sheet.charsets, key=lambda each: sheet.charsets[each]) for sheet in (old, new))
    still = new.charsets.get(before, 0) / sum(new.charsets.values())
    return Found(before, after, [new.home.url, *_giving(new)]) if before != after and still < ALIKE else None


def _tls(old: Signature, new: Signature) -> Found | None:
    """A host speaks another TLS. A cipher alone changes with the machine that answers."""
    return _of_hosts(old, new, lambda host: ", ".join(str(host[f]) for f in ("protocol", "tls_profile") if host.get(f)))


def _certificate(old: Signature, new: Signature) -> Found | None:
    """A host's certificate is worth something else than it was."""
    return _of_hosts(old, new, _worth)


def _worth(host: dict[str, Any]) -> str:
    if host.get("cert_ok") is None:
        return ""
    return "good" if host["cert_ok"] else str(host.get("cert_error") or "not good")


def _of_hosts(old: Signature, new: Signature, said: Callable[[dict[str, Any]], str]) -> Found | None:
    """The first host of which something else is to be said than before; nothing where one of the two is not known."""
    for origin in sorted(set(old.hosts) & set(new.hosts)):
        before, after = said(old.hosts[origin]), said(new.hosts[origin])
        if before and after and before != after:
            return Found(before, after, [f"{origin}/"])
    return None


def _scheme(old: Signature, new: Signature) -> Found | None:
    """The home page is had by the other scheme."""
    before, after = (sheet.home.url.partition("://")[0] for sheet in (old, new))
    return Found(before, after, [new.home.url]) if before and after and before != after else None


def _platform(old: Signature, new: Signature) -> Found | None:
    """Another content management system's marks, and none of the one that there was."""
    if not old.platforms or not new.platforms or set(old.platforms) & set(new.platforms):
        return None
    return Found(", ".join(old.platforms), ", ".join(new.platforms), [new.home.url])


def _identity(old: Signature, new: Signature) -> Found | None:
    """The site calls itself something else: merged into another, or somebody else's."""
    for fact in ("code", "site"):
        before, after = getattr(old.home, fact), getattr(new.home, fact)
        if before and after and before != after:
            return Found(before, after, [new.home.url])
    named = any(sheet.home.code or sheet.home.site for sheet in (new,))
    before, after = (re.sub(r"\d+", "", sheet.home.title) for sheet in (old, new))
    if not named and before and after and not set(before) & set(after):
        return Found(old.home.title, new.home.title, [new.home.url])
    return None


def _bodies(old: Signature, new: Signature) -> Found | None:
    """Many issuing bodies are listed no longer, though others took their places in the count."""
    gone = sorted(set(old.bodies) - set(new.bodies))
    if len(old.bodies) < 3 or not new.bodies or new.lost > old.lost or len(gone) <= len(old.bodies) / 2:
        return None
    return Found("、".join(gone[:3]) + f" and {len(gone) - 3} more" * (len(gone) > 3), "not listed", _giving(old))


def _other_way(old: Signature, new: Signature) -> bool:
    """Whether reports come by another way than they did: rows of lists are not as those of search results are."""
    return bool(_giving(old)) != bool(_giving(new)) or _emptied(old, new) is not None


def _giving(sheet: Signature) -> list[str]:
    """Addresses of lists with reports, the fullest first."""
    return sorted((url for url, count in sheet.lists.items() if count), key=lambda url: -sheet.lists[url])


def _missing(old: Signature, new: Signature) -> list[str]:
    """Lists that gave reports and were not read this time. Of cut sheets nobody knows, so nothing is said missing."""
    if len(new.lists) >= MOST:
        return []
    return [url for url in _giving(old) if url not in new.lists]


# kind, comparison, sentence ({old}, {new}), advice ({name}, {url}: the first sample). Gravest first: it gives the advice.
COMPARATORS: tuple[tuple[str, Compare, str, str], ...] = (
    (
        "pagination",
        _pagination,
        "later pages of lists give nothing new: {new}; the last good run had {old}",
        "Open {url} and its second page in a browser. If they differ there, correct `next_pages` of the spider's platform; "
        "if not, the portal is at fault: `nianbao crawl {name}` later.",
    ),
    (
        "column_moved",
        _column,
        "the column has moved: {old} → {new}",
        "All that was found at the new place is kept. " + LOOK,
    ),
    (
        "reports",
        _reports,
        "{new} reports listed, the last good run had {old}",
        "Open {url} in a browser: withdrawn, or in lists that the spider no longer finds. Nothing is marked as gone. If they "
        "are withdrawn: `nianbao check {name} --accept`.",
    ),
    (
        "emptied",
        _emptied,
        "lists are empty: {old} → {new}",
        "Open {url} in a browser: emptied, or loaded by a script that the platform class does not read. Nothing is marked as "
        "gone. If it is to be so: `nianbao check {name} --accept`.",
    ),
    (
        "redesign",
        _design,
        "the pages have another design: {old} → {new}",
        "See with `nianbao status {name}` whether bodies and years are complete. " + LOOK,
    ),
    (
        "dates",
        _dates,
        "dates have vanished from the lists: {old} had one, now {new}",
        "Open {url} in a browser: if dates show there, the spider's platform must learn where they stand now. If not: "
        "`nianbao check {name} --accept`.",
    ),
    (
        "charset",
        _charset,
        "pages are in another charset: {old} → {new}",
        "`nianbao read {url}` and see whether the text is sound. If it is: `nianbao check {name} --accept`.",
    ),
    (
        "tls",
        _tls,
        "the host speaks another TLS: {old} → {new}",
        "Nothing is lost: what the host speaks now is remembered for the next run. See in a browser whether {url} is still the "
        "portal's own. If it is: `nianbao check {name} --accept`.",
    ),
    (
        "certificate",
        _certificate,
        "the certificate is not what it was: {old} → {new}",
        "Pages are kept all the same, each with what its certificate was worth. See in a browser who the certificate of {url} "
        "is made out to: if another is answering, set the portal aside; if it is the portal's own: "
        "`nianbao check {name} --accept`.",
    ),
    (
        "scheme",
        _scheme,
        "the home page is had by {new}, no longer by {old}",
        "Open {url} in a browser. If that is how the portal is to be had now, correct home_url in the spider; then "
        "`nianbao check {name} --accept`.",
    ),
    (
        "platform",
        _platform,
        "the site runs on another system: {old} → {new}",
        "`nianbao probe {url}` says which platform the spider should be of. If it finds all as it is: "
        "`nianbao check {name} --accept`.",
    ),
    ("identity", _identity, "the site calls itself something else: {old} → {new}", LOOK),
    ("bodies", _bodies, "bodies are no longer listed: {old}", LOOK),
)
