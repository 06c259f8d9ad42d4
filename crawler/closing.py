"""The end of a run: entries that are still open, reports that are no longer listed, and all that the verdict is made of."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from archive.archive import utc_now
from archive.catalogue import Row
from crawler import baseline
from crawler.changes import Change, changes
from crawler.identity import identity
from crawler.verdict import DROP, NO_PAGES, Case, Expect, Verdict

if TYPE_CHECKING:
    from crawler.ledger import Ledger

# A list page that gave one of these may have held the report: nobody knows whether it is gone.
WALK_FAILED = ("missing", "server_error", "unreachable", "no_host", "blocked", *NO_PAGES)
FAILED = 0.1  # of the reports: when more pages than that fail, what the lists say is not to be trusted either
# After these the lists that were read are not what they were: a report that is not on them may still be published.
LISTS_CHANGED = ("pagination", "column_moved", "reports", "emptied", "redesign", "bodies")


def close(ledger: Ledger) -> Case:
    """Settle what a run has left open. Returns what its verdict is judged by."""
    spider, tally = ledger.spider, ledger.tally
    expect = getattr(spider, "expect", Expect())
    if not ledger.is_portal:
        return Case(spider.name, tally, expect, None, is_portal=False)
    last_good = baseline.last_good(ledger.catalogue, spider.name)
    changed: tuple[Change, ...] = ()
    tally.sampled = spider.sample is not None
    if tally.finish_reason != "leased":
        _settle_the_rest(ledger)
        if tally.finish_reason == "finished" and tally.home_ok and tally.lists:
            ledger.signature = ledger.seen.signature(ledger.entries, ledger.keeper.connections)
            changed = changes(baseline.sheet_of(ledger.catalogue, last_good), ledger.signature, spider.name)
        _disappearances(ledger, last_good, changed)
    return Case(spider.name, tally, expect, last_good["reports"] if last_good else None, changed)


def run_row(case: Case, verdict: Verdict, signature: str | None) -> Row:
    """The columns of the run's row that are known at its end."""
    tally = case.tally
    return {
        "signature": signature,
        "changes": json.dumps([asdict(change) for change in case.changes], ensure_ascii=False)
        if case.changes
        else None,
        "verdict": verdict.word,
        "reason": verdict.reason,
        "advice": verdict.advice,
        "requests": tally.requests,
        "bytes": tally.bytes,
        "entries": tally.entries,
        "fetched": tally.fetched,
        "unchanged": tally.unchanged,
        "not_due": tally.not_due,
        "reports": tally.reports,
        "new_documents": tally.new_documents,
        "changed": tally.changed,
        "disappeared": tally.disappeared,
        "problems": sum(tally.problems.values()),
    }


def _settle_the_rest(ledger: Ledger) -> None:
    """An entry whose page never came, whatever the reason, is a problem."""
    for url, row in ledger.entries.items():
        if row["outcome"] is None:
            got = f"the run ended first ({ledger.tally.finish_reason})"
            ledger.problem("not_fetched", url, "the page of a listed entry", got)
            ledger.settle(row, "problem")


def _disappearances(ledger: Ledger, last_good: Row | None, changed: tuple[Change, ...]) -> None:
    """Reports that the last good run saw listed and this one does not. Not asked when the walk itself looks broken."""
    tally = ledger.tally
    if last_good is None or tally.finish_reason != "finished" or tally.reports < DROP * (last_good["reports"] or 0):
        return
    failed = sum(tally.problems.get(kind, 0) for kind in WALK_FAILED)
    if any(change.kind in LISTS_CHANGED for change in changed) or failed > FAILED * tally.reports:
        return
    listed = {row["document"] for row in ledger.entries.values()}
    sql = (
        "SELECT e.url, e.title, e.list_url, e.document FROM entry e JOIN document d ON d.id = e.document "
        "WHERE e.run = ? AND d.gone_since IS NULL"
    )
    for row in ledger.catalogue.rows(sql, last_good["id"]):
        if identity(row["url"]) in ledger.identities or row["document"] in listed:
            continue
        if failed and row["list_url"] not in ledger.lists:
            continue  # its list was not read: nobody knows
        tally.disappeared += 1
        expected = f"“{row['title']}” on its list, as in run {last_good['id']}"
        ledger.problem("disappeared", row["url"], expected, "no such entry")
        for document in (row["document"], *ledger.memory.parts.get(row["document"], ())):
            ledger.catalogue.put("document", {"id": document, "gone_since": utc_now()})
