"""WARC 1.1's rules on a record's header as one table, our own as a second, and the loop that applies either.

A line per field: what its value looks like, on which record types it must be, on which it must not, and the clause of
WARC 1.1 (ISO 28500:2017) that says so. Fields that no line names are ignored, as §5.1 asks for. Values are taken as the
standard's errata and community annotations read them, so that WARC 1.0 files pass: `<…>` around URIs, `/` in digests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

TYPES = frozenset(["warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"])
ALL = frozenset({*TYPES, ""})  # and records without a type, or of one that an extension defines (§5.5)

_TOKEN = r"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
_URI = r"[A-Za-z][A-Za-z0-9+.-]*:\S*"
_DIGEST = rf"{_TOKEN}:[-!#$%&'*+.^_`|~0-9A-Za-z/@=]+"
_DATE = r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?)?)?"
_PRECISE = r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d\.\d{6}Z"
_MEDIA_TYPE = rf'{_TOKEN}/{_TOKEN}([ \t]*;[ \t]*{_TOKEN}=({_TOKEN}|"[^"]*"))*'
_IP = r"\d{1,3}(\.\d{1,3}){3}|\[?[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*\]?"
_ANY = r".*"
_ASCII_URI = r"[!-~]+"

# A head is lines that end with CRLF, the version first; a value may go on in lines that begin with white space (§4)
HEAD = re.compile(
    rb"WARC/(?:0\.1[78]|1\.[01])\r\n(?:[-!#$%&'*+.^_`|~0-9A-Za-z]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+\r\n"
)


@dataclass(frozen=True)
class Rule:
    """What holds for one field; `clause` is where WARC 1.1 says so."""

    field: str
    clause: str
    pattern: str = _ANY
    required: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    repeatable: bool = False


def _on(types: str) -> frozenset[str]:
    return frozenset(types.split())


def _only(types: str) -> frozenset[str]:
    return TYPES - _on(types)


_RETRIEVED = "response resource request metadata revisit"

WARC_1_1 = (
    Rule("WARC-Record-ID", "§5.2", rf"<{_URI}>", required=ALL),
    Rule("Content-Length", "§5.3", r"[0-9]+", required=ALL),
    Rule("WARC-Date", "§5.4", _DATE, required=ALL),
    Rule("WARC-Type", "§5.5", _TOKEN, required=ALL),
    Rule("Content-Type", "§5.6", _MEDIA_TYPE),
    Rule("WARC-Concurrent-To", "§5.7", rf"<{_URI}>", forbidden=_only(_RETRIEVED), repeatable=True),
    Rule("WARC-Block-Digest", "§5.8", _DIGEST),
    Rule("WARC-Payload-Digest", "§5.9", _DIGEST),
    Rule("WARC-IP-Address", "§5.10", _IP, forbidden=_only(_RETRIEVED)),
    Rule("WARC-Refers-To", "§5.11", rf"<{_URI}>", forbidden=_only("metadata revisit conversion")),
    Rule("WARC-Refers-To-Target-URI", "§5.12", rf"<{_URI}>|{_URI}", forbidden=_only("revisit")),
    Rule("WARC-Refers-To-Date", "§5.13", _DATE, forbidden=_only("revisit")),
    Rule("WARC-Target-URI", "§5.14", rf"<{_URI}>|{_URI}", _only("warcinfo metadata"), _on("warcinfo")),
    Rule("WARC-Truncated", "§5.15", _TOKEN),
    Rule("WARC-Warcinfo-ID", "§5.16", rf"<{_URI}>", forbidden=_on("warcinfo")),
    Rule("WARC-Filename", "§5.17", forbidden=_only("warcinfo")),
    Rule("WARC-Profile", "§5.18", rf"<{_URI}>|{_URI}", required=_on("revisit")),
    Rule("WARC-Identified-Payload-Type", "§5.19", _MEDIA_TYPE),
    Rule("WARC-Segment-Number", "§5.20", r"[0-9]+", required=_on("continuation")),
    Rule("WARC-Segment-Origin-ID", "§5.21", rf"<{_URI}>", _on("continuation"), _only("continuation")),
    Rule("WARC-Segment-Total-Length", "§5.22", r"[0-9]+", forbidden=_only("continuation")),
    # Proposed for the next edition: iipc/warc-specifications#42 and #86
    Rule("WARC-Protocol", "specs#42", r"[a-z][a-z0-9.+-]*(/[0-9.]+)?", forbidden=_only(_RETRIEVED), repeatable=True),
    Rule("WARC-Cipher-Suite", "specs#86", r"[A-Z0-9_-]+", forbidden=_only(_RETRIEVED)),
)

HOUSE = (  # what nianbao's own files keep beyond that (docs/archive.md)
    Rule("WARC-Record-ID", "house", r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>", required=ALL),
    Rule("WARC-Type", "house", "warcinfo|response|resource|request|metadata|revisit", required=ALL),
    Rule("WARC-Date", "house", _PRECISE, required=ALL),
    Rule("WARC-Block-Digest", "house", r"sha1:[A-Z2-7]{32}", required=ALL),
    Rule("WARC-Payload-Digest", "house", r"sha1:[A-Z2-7]{32}", required=_on("response resource revisit")),
    Rule("Content-Type", "house", required=ALL),
    Rule("WARC-Target-URI", "house", _ASCII_URI, required=_on("metadata")),
    Rule("WARC-Truncated", "house", "length|time|disconnect|unspecified"),
    Rule("WARC-Filename", "house", r"\S+", required=_on("warcinfo")),
    Rule("WARC-Refers-To", "house", required=_on("revisit")),
    Rule("WARC-Refers-To-Target-URI", "house", _ASCII_URI, required=_on("revisit")),
    Rule("WARC-Refers-To-Date", "house", _PRECISE, required=_on("revisit")),
)


@dataclass(frozen=True)
class Rules:
    """Tables made ready: lines by lower-case field name, patterns compiled, and what each record type must have."""

    lines: Mapping[str, tuple[tuple[Rule, re.Pattern[str]], ...]]
    required: Mapping[str, Mapping[str, Rule]]


def ready(*tables: Iterable[Rule]) -> Rules:
    """Make tables ready to be applied together."""
    lines: dict[str, tuple[tuple[Rule, re.Pattern[str]], ...]] = {}
    required: dict[str, dict[str, Rule]] = {kind: {} for kind in ALL}
    for rule in (rule for table in tables for rule in table):
        name = rule.field.lower()
        lines[name] = (*lines.get(name, ()), (rule, re.compile(rule.pattern)))
        for kind in rule.required:
            required[kind].setdefault(name, rule)
    return Rules(lines, required)


def broken(fields: Iterable[tuple[str, str]], record_type: str, rules: Rules) -> Iterator[tuple[str, str]]:
    """What of a header breaks the rules: (expected, got) for each."""
    kind, seen = record_type if record_type in TYPES else "", set()
    for name, value in fields:
        lower = name.lower()
        for rule, pattern in rules.lines.get(lower, ()):
            if lower in seen and not rule.repeatable and rule.clause != "house":
                yield f"{rule.field} once ({rule.clause})", f"again: {value[:80]}"
            if kind in rule.forbidden:
                yield f"no {rule.field} on a {kind} record ({rule.clause})", value[:80]
            if not pattern.fullmatch(value):
                yield f"{rule.field} of the form {rule.pattern} ({rule.clause})", value[:80] or "nothing"
        seen.add(lower)
    for rule in (rule for name, rule in rules.required[kind].items() if name not in seen):
        yield f"{rule.field} on {f'a {kind}' if kind else 'every'} record ({rule.clause})", "none"
