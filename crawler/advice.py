"""Kinds of problems, and what to do about each."""

from __future__ import annotations

# What to do about each kind of problem; {url} and {name} are filled in. A new kind is a new line.
ADVICE = {
    "blocked": "Nobody solves challenges. Leave the portal for a day, then `nianbao crawl {name}`.",
    "robots": "The site does not want it fetched. Leave it.",
    "refused": "If the host is yours to crawl, name it in NIANBAO_ALLOW_PRIVATE_HOSTS.",
    "unreachable": "Open {url} in a browser. If it answers there, run `nianbao crawl {name}` again later.",
    "missing": "Open {url} in a browser: withdrawn while still listed, or moved.",
    "server_error": "The server fails. Run `nianbao crawl {name}` again later.",
    "nothing": "Open {url} in a browser: the server says 200 and sends an empty page. Run `nianbao crawl {name}` again later.",
    "soft_404": "Open {url} in a browser: the server says 200 and shows an error page.",
    "refused_answer": "Open {url}: the interface answers, and refuses or has changed. crawler/answers.py knows its shapes.",
    "too_big": "Raise PAGE_MAXSIZE for a page, DOWNLOAD_MAXSIZE for a file, if one of this size is meant to be there.",
    "not_a_report": "`nianbao read` the page: its list calls it a report and its text does not.",
    "parser": "The page is kept. Correct the parser, then `nianbao parse --all`.",
    "exception": "The page is kept. Correct the spider or its platform, then `nianbao crawl {name}`.",
    "not_fetched": "Run `nianbao crawl {name}` again: it goes on from here.",
    "offsite": "If the address belongs to the portal, name its domain in `hosts` of the spider.",
    "moved": "Open {url} in a browser. If the portal moved there, correct home_url; if a page of it did, name it in `hosts`.",
    "loop": "Open {url} in a browser: it wants a cookie, which we carry none of, or it is misconfigured.",
    "later": "The host asked for a pause. Run `nianbao crawl {name}` again after it.",
    "endless": "Look at {url} in a browser: a calendar without an end. If lists are missing, raise MOST_BARREN_LISTS.",
    "too_many_links": "Look at {url} in a browser. If a page is meant to be that long, raise MOST_LINKS_OF_A_PAGE.",
    "leased": "Wait for the other run to end; `nianbao status {name}` shows it.",
    "too_many_pages": "Look at the list in a browser: endless, or longer than MOST_PAGES_OF_A_LIST.",
    "unread_file": "The file is kept. Reading such files comes later; nothing to do.",
    "requisite": "The report is kept, and will be shown without it. It is asked for again when its page changes.",
    "requisite_budget": "Run `nianbao crawl {name}` again: it goes on from here. REQUISITES_PER_RUN is the bound.",
    "no_browser": "Install one (`apt-get install chromium`), or name it in NIANBAO_CHROMIUM; then `nianbao crawl {name}`.",
    "browser": "Open {url} in a browser. If it shows there, run `nianbao crawl {name}` again.",
    "subresource": "The page was read without it. Look at its picture in the archive if text is missing.",
    "not_archived": "Today's code asks for it and no run has: `nianbao check {name} --live`, or crawl it again.",
    "disappeared": "Its archived copy stays. Nothing to do, unless the portal moved it.",
}
