"""The catalogue's tables, as migrations: a new one is added below the last, none is ever edited.

The nouns are design.md's. Ids are made from content (or are WARC record ids), so that a catalogue made again from the
WARC files says the same. Times are ISO 8601, UTC. NULL is unknown, never zero.
"""

from __future__ import annotations

from hashlib import sha256

from sqlite_utils import Database, Migrations

catalogue = Migrations("nianbao")

KEYS = {
    "portal": ("name",),
    "run": ("id",),
    "capture": ("id",),
    "file": ("name",),
    "entry": ("run", "url"),
    "report": ("id",),
    "document": ("id",),
    "problem": ("id",),
    "host": ("host",),
    "signature": ("id",),
}

# What only the crawl knows is also written into WARC records (the journal), so that a rebuild loses nothing: whole rows
# (None), or the columns named. All else is made again: captures and files from the records, the rest by reading.
CRAWL_FACTS: dict[str, tuple[str, ...] | None] = {
    "portal": None,
    "run": None,
    "entry": None,
    "problem": None,
    "host": None,
    "signature": None,
    "document": ("id", "portal", "url", "capture", "first_seen", "last_seen", "supersedes", "gone_since", "part_of"),
}


@catalogue()
def m001_first_nouns(db: Database) -> None:
    """portal, run, capture, entry, report, document, problem, lease."""
    db.table("portal").create(
        {
            "name": str,
            "site_name": str,
            "platform": str,
            "home_url": str,
            "organ": str,
            "level": str,
            "division_code": str,
            "site_id_code": str,
            "checked_live": str,
            "expect_reports_min": int,
            "expect_reports_max": int,
            "last_seen": str,
        },
        pk="name",
    )
    db.table("run").create(
        {
            "id": str,
            "portal": str,
            "spider_revision": str,
            "started_at": str,
            "finished_at": str,
            "verdict": str,  # ok degraded blocked broken empty stale not-run; NULL while running or killed
            "reason": str,
            "advice": str,
            "requests": int,
            "bytes": int,
            "entries": int,
            "fetched": int,
            "unchanged": int,
            "not_due": int,
            "reports": int,  # entries that are reports, listed in this run
            "new_documents": int,
            "changed": int,
            "disappeared": int,
            "problems": int,
            "handover_bytes": int,
        },
        pk="id",
        foreign_keys=[("portal", "portal", "name")],
    )
    db.table("run").create_index(["portal", "started_at"])
    db.table("capture").create(
        {
            "id": str,  # WARC-Record-ID of the exchange's first record: response, revisit, request, metadata; or resource
            "run": str,
            "portal": str,
            "url": str,
            "method": str,
            "requested_at": str,
            "status": int,
            "media_type": str,
            "payload_digest": str,
            "truncated": str,
            "error": str,
            "warc_file": str,
            "offset": int,  # bytes
            "length": int,  # bytes, compressed
        },
        pk="id",
    )
    db.table("capture").create_index(["url", "requested_at"])
    db.table("entry").create(
        {
            "run": str,
            "url": str,
            "portal": str,
            "title": str,
            "listed_date": str,
            "organ": str,
            "year": int,
            "kind": str,  # annual_report self_check neighbour unknown: what the title says
            "list_url": str,
            "found_by": str,
            "outcome": str,  # fetched unchanged not_due skipped no_report problem
            "capture": str,
            "document": str,
            "etag": str,
            "last_modified": str,
            "checked_at": str,
            "unchanged_checks": int,
            "due_at": str,
        },
        pk=("run", "url"),
        foreign_keys=[("run", "run", "id")],
    )
    db.table("entry").create_index(["portal", "url"])
    db.table("report").create(
        {
            "id": str,
            "organ": str,
            "report_year": int,
            "scope": str,
            "portal": str,
            "division_code": str,
            "admin_level": str,
        },
        pk="id",
    )
    db.table("document").create(
        {
            "id": str,
            "report": str,
            "portal": str,
            "url": str,
            "capture": str,
            "doc_type": str,
            "title": str,
            "publication_date": str,
            "organ": str,
            "report_year": int,
            "year_confidence": str,
            "format_version": str,
            "provenance": str,
            "text_status": str,  # full, or that the text is in an attachment, an image, …
            "text": str,
            "text_sha256": str,
            "fingerprint": str,  # over text and attachments: equal means that nothing was changed
            "content_sha256": str,
            "attachments": str,  # JSON
            "flags": str,  # JSON
            "parsed_with": str,
            "first_seen": str,
            "last_seen": str,
            "supersedes": str,
            "gone_since": str,
        },
        pk="id",
        foreign_keys=[("report", "report", "id")],
    )
    db.table("document").create_index(["portal", "url"])
    db.table("document").create_index(["report"])
    db.table("problem").create(
        {
            "id": str,
            "run": str,
            "portal": str,
            "kind": str,
            "url": str,
            "expected": str,
            "got": str,
            "advice": str,
            "at": str,
        },
        pk="id",
    )
    db.table("problem").create_index(["run"])
    db.table("lease").create({"host": str, "run": str, "pid": int, "expires_at": str}, pk="host")


@catalogue()
def m002_indexes(db: Database) -> None:
    """What is asked for at every start and for every page, without reading the whole table."""
    db.table("capture").create_index(["portal", "status", "url"])
    db.table("capture").create_index(["warc_file", "offset"])
    db.table("entry").create_index(["document"])
    db.table("document").create_index(["text_sha256"])


@catalogue()
def m003_what_captures_are(db: Database) -> None:
    """Revisits, resources and the files that hold them; keys by which an address or a payload is found."""
    capture = db.table("capture")
    for name in ("record_type", "refers_to", "role", "urlkey"):
        capture.add_column(name, str)
    capture.create_index(["urlkey", "requested_at"])
    capture.create_index(["payload_digest"])
    capture.create_index(["refers_to"])
    db.table("file").create(
        {
            "name": str,
            "bytes": int,
            "records": int,
            "sha256": str,  # hex, of the finished file
            "finished_at": str,
        },
        pk="name",
    )


@catalogue()
def m004_originals(db: Database) -> None:
    """The record that a repeated payload refers to, without passing over its thousands of revisits."""
    db.execute(
        "CREATE INDEX idx_capture_originals ON capture (payload_digest, requested_at) "
        "WHERE record_type = 'response' AND status = 200 AND truncated IS NULL"
    )


@catalogue()
def m005_writing(db: Database) -> None:
    """How much of each unfinished file is on disk and told here: what lies beyond it a crash may have cut off from us."""
    db.table("writing").create({"name": str, "bytes": int}, pk="name")


@catalogue()
def m006_signatures(db: Database) -> None:
    """How a portal looked in a run, what had changed by then, and whether a person took that run for a good one."""
    run = db.table("run")
    run.add_column("signature", str)  # JSON: crawler/signature.py
    run.add_column("changes", str)  # JSON: against the last good run
    run.add_column("accepted_at", str)


@catalogue()
def m007_hosts(db: Database) -> None:
    """What was learned about a host by talking to it (crawler/hosts.py)."""
    db.table("host").create(
        {
            "host": str,
            "scheme": str,  # http or https where only that answers
            "tls_profile": str,  # modern legacy; NULL: never asked over TLS
            "cert_ok": int,
            "cert_error": str,
            "protocol": str,  # tls/1.2 …
            "cipher": str,
            "changed_at": str,
        },
        pk="host",
    )


@catalogue()
def m008_reports_of_bodies(db: Database) -> None:
    """A report is a body's, of a year; a portal has documents of it, and often several portals have the same one."""
    db.execute("ALTER TABLE report DROP COLUMN portal")


@catalogue()
def m009_signatures_once(db: Database) -> None:
    """A portal looks as before in most runs: its signature is kept once, and its runs name it by its digest."""
    db.table("signature").create({"id": str, "sheet": str}, pk="id")
    for (sheet,) in db.execute("SELECT DISTINCT signature FROM run WHERE signature IS NOT NULL").fetchall():
        db.table("signature").insert({"id": (key := sha256(sheet.encode()).hexdigest()[:16]), "sheet": sheet})
        db.execute("UPDATE run SET signature = ? WHERE signature = ?", (key, sheet))


@catalogue()
def m010_parts(db: Database) -> None:
    """A file that a report's page links to is a document of its own, and part of the page's."""
    db.table("document").add_column("part_of", str)


@catalogue()
def m011_sketches(db: Database) -> None:
    """What a document's prose is like (parsing/resemblance.py), to find where a copy was taken from."""
    db.table("document").add_column("sketch", str)
    db.execute("CREATE INDEX idx_document_sketches ON document (report_year, organ) WHERE sketch IS NOT NULL")
