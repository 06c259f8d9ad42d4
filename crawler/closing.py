"""The end of a run: entries that are still open, reports that are no longer listed, and all that the verdict is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.archive import utc_now
from archive.catalogue import Row
from crawler.verdict import DROP, Case, Expect, Verdict

if TYPE_CHECKING:
    from crawler.ledger import Ledger

# A list page that gave one of these may have held the report: nobody knows whether it is gone.
WALK_FAILED = ("missing", "server_error", "unreachable", "soft_404")


def close(ledger: Ledger) -> Case:
    """Settle what a run has left open. Returns what its verdict is judged by."""
    spider, tally = ledger.spider, ledger.tally
    expect = getattr(spider, "expect", Expect())
    if not ledger.is_portal:
        return Case(spider.name, tally, expect, None, is_portal=False)
    last_good = _last_good(ledger)
    if tally.finish_reason != "leased":
        _settle_the_rest(ledger)
        _disappearances(ledger, last_good)
    return Case(spider.name, tally, expect, last_good["reports"] if last_good else None)


def run_row(case: Case, verdict: Verdict) -> Row:
    """The columns of the run's row that are known at its end."""
    tally = case.tally
    return {
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


def _last_good(ledger: Ledger) -> Row | None:
    sql = "SELECT id, reports FROM run WHERE portal = ? AND verdict = 'ok' ORDER BY id DESC"
    found: Row | None = ledger.catalogue.row(sql, ledger.spider.name)
    return found


def _settle_the_rest(ledger: Ledger) -> None:
    """An entry whose page never came, whatever the reason, is a problem."""
    for url, row in ledger.entries.items():
        if row["outcome"] is None:
            got = f"the run ended first ({ledger.tally.finish_reason})"
            ledger.problem("not_fetched", url, "the page of a listed entry", got)
            ledger.settle(row, "problem")


def _disappearances(ledger: Ledger, last_good: Row | None) -> None:
    """Reports that the last good run saw listed and this one does not. Not asked when the walk itself looks broken."""
    tally = ledger.tally
    if last_good is None or tally.finish_reason != "finished" or tally.reports < DROP * (last_good["reports"] or 0):
        return
    walk_failed = any(tally.problems.get(kind) for kind in WALK_FAILED)
    listed = {row["document"] for row in ledger.entries.values()}
    sql = (
        "SELECT e.url, e.title, e.list_url, e.document FROM entry e JOIN document d ON d.id = e.document "
        "WHERE e.run = ? AND d.gone_since IS NULL"
    )
    for row in ledger.catalogue.rows(sql, last_good["id"]):
        if row["url"] in ledger.entries or row["document"] in listed:
            continue
        if walk_failed and row["list_url"] not in ledger.lists:
            continue  # its list was not read: nobody knows
        tally.disappeared += 1
        expected = f"“{row['title']}” on its list, as in run {last_good['id']}"
        ledger.problem("disappeared", row["url"], expected, "no such entry")
        ledger.catalogue.put("document", {"id": row["document"], "gone_since": utc_now()})
