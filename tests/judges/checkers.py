"""Checkers: warcio's and FastWARC's of records, py-wacz's of WACZ files."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from archive import wacz
from tests.judges import tools
from tests.judges.verdict import Material, Verdict

_RECORD = re.compile(r"^  offset \d+ WARC-Record-ID (\S+) (\S+)$")
Complaint = tuple[str, list[tuple[str, str]]]  # a record that was checked, and what is wrong with it: topic, words


def warcio_check(material: Material) -> Verdict:
    """`warcio check`: block and payload digests of every record."""
    return _check("warcio check", material, _warcio)


def fastwarc_check(material: Material) -> Verdict:
    """`fastwarc check --verify-payloads`."""
    return _check("fastwarc check", material, _fastwarc)


def _check(tool: str, material: Material, run: Callable[[Path], tuple[list[Complaint], str]]) -> Verdict:
    """A checker over each file. When it stops in mid-file, that is held against it, and it starts again behind there."""
    verdict = Verdict(tool, material.name, "records", len(material.places))
    part = material.scratch / "part.warc.gz"
    for path in material.files:
        ids = [record_id for record_id, (file, _) in material.places.items() if file == path]
        at = 0
        while at < len(ids):
            with path.open("rb") as file:
                file.seek(material.places[ids[at]][1])
                part.write_bytes(file.read())
            checked, said = run(part)
            for record_id, complaints in checked:
                for topic, words in complaints:
                    record = material.record(record_id)
                    original = material.record(record.headers.get("WARC-Refers-To", "")) if record else None
                    verdict.against(topic, f"{path.name} {record_id}", words, record, original)
            at += len(checked)
            if at < len(ids):
                verdict.against("stops reading", f"{path.name} {ids[at]}", said, material.record(ids[at]))
            at += 1
    return verdict


def _warcio(path: Path) -> tuple[list[Complaint], str]:
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    checked: list[Complaint] = []
    for line in done.stdout.splitlines():
        if found := _RECORD.match(line):
            checked.append((found[1], []))
        elif "digest failed" in line:
            checked[-1][1].append(("payload digest" if "payload" in line else "block digest", line.strip()))
    return checked, (done.stdout + done.stderr).strip()[-120:]


def _fastwarc(path: Path) -> tuple[list[Complaint], str]:
    out = path.with_suffix(".txt")
    out.write_text("")
    command = [str(Path(sys.executable).with_name("fastwarc")), "check", "-q", "-p", "-o", str(out), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return list(_fastwarc_lines(out)), (done.stdout + done.stderr).strip()[-120:]


def _fastwarc_lines(out: Path) -> Iterator[Complaint]:
    for line in out.read_text().splitlines():
        record_id, _, status = line.rpartition(": ")
        words = status.split(", ")
        topics = (("FAIL", "block digest"), ("PAYLOAD_FAIL", "payload digest"))
        yield record_id, [(topic, word) for word, topic in topics if word in words]


def wacz_validate(material: Material) -> Verdict:
    """`wacz validate` on our WACZ file of the whole folder."""
    verdict = Verdict("wacz validate", material.name, "WACZ file", 1)
    path = material.scratch / "archive.wacz"
    wacz.write(material.archive.catalogue, material.files, path, "nianbao, judged")
    command = [str(tools.environment(*tools.INDEXERS) / "wacz"), "validate", "-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or "the passed WACZ is valid" not in done.stdout:
        verdict.against("validation", path.name, (done.stdout + done.stderr).strip()[-300:])
    return verdict
