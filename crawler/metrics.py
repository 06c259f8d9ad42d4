"""Metrics for Prometheus' node_exporter (textfile collector): the state of all portals after a crawl.

The format is the text exposition format 0.0.4: HELP, TYPE, samples, a line feed at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from archive.catalogue import Row
from crawler.report import WORST_FIRST, replace

Sample = tuple[dict[str, str], float]


def write(made: Row, path: Path) -> None:
    """Write the metrics of a report (crawler/report.py) so that a collector never reads half a file. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, render(made))


def render(made: Row) -> str:
    """The metrics of a report as text."""
    portals, totals = made["portals"], made["totals"]
    whole: dict[str, str] = {}
    lines: list[str] = []
    for name, kind, words, samples in (
        (
            "nianbao_verdict",
            "gauge",
            "1 for the verdict that the portal has now, 0 for the others.",
            (
                ({"portal": p["name"], "verdict": str(word)}, float(p["verdict"] == word))
                for p in portals
                for word in WORST_FIRST
            ),
        ),
        ("nianbao_reports", "gauge", "Reports that the portal's lists held in its last run.", _of(portals, "reports")),
        ("nianbao_documents", "gauge", "Documents of the portal in the archive.", _of(portals, "documents")),
        ("nianbao_requests", "gauge", "Requests of the portal's last run.", _of(portals, "requests")),
        ("nianbao_bytes", "gauge", "Bytes received in the portal's last run.", _of(portals, "bytes")),
        (
            "nianbao_last_run_timestamp_seconds",
            "gauge",
            "When the portal's last run began.",
            _moments(portals, "last_run"),
        ),
        (
            "nianbao_last_good_timestamp_seconds",
            "gauge",
            "When the portal's last run began whose verdict was ok.",
            _moments(portals, "last_good"),
        ),
        ("nianbao_crawl_portals", "gauge", "Portals that the last crawl ran.", [(whole, float(totals["crawled"]))]),
        (
            "nianbao_crawl_new_documents",
            "gauge",
            "Pages of reports that the last crawl read for the first time.",
            [(whole, float(totals["new_documents"]))],
        ),
        (
            "nianbao_crawl_changed_documents",
            "gauge",
            "Documents that the last crawl found changed.",
            [(whole, float(totals["changed"]))],
        ),
        (
            "nianbao_crawl_gone_documents",
            "gauge",
            "Reports that the last crawl no longer found listed.",
            [(whole, float(totals["disappeared"]))],
        ),
        ("nianbao_crawl_duration_seconds", "gauge", "How long the last crawl took.", [(whole, made["seconds"])]),
        (
            "nianbao_crawl_finished_timestamp_seconds",
            "gauge",
            "When the last crawl ended.",
            [(whole, _moment(made["finished_at"]))],
        ),
    ):
        lines += _family(name, kind, words, samples)
    return "\n".join(lines) + "\n"


def _family(name: str, kind: str, words: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {words}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{inner}}} {value!r}" if inner else f"{name} {value!r}"


def _of(portals: Iterable[Row], name: str) -> Iterator[Sample]:
    """Unknown is not zero: a portal that never ran has no sample."""
    return (({"portal": p["name"]}, float(p[name])) for p in portals if p[name] is not None)


def _moments(portals: Iterable[Row], name: str) -> Iterator[Sample]:
    return (({"portal": p["name"]}, _moment(p[name])) for p in portals if p[name])


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
