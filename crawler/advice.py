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
    "soft_404": "Open {url} in a browser: the server says 200 and shows an error page.",
    "to_home": "Nothing to do as long as the reports are found: {url} leads back to the home page.",
    "login": "Nobody logs in. See in a browser whether {url} is public elsewhere.",
    "parked": "Do not follow {url}: it is no page of the portal. Its archived copy stays.",
    "moved": "Open {url} in a browser. If the portal moved there, correct home_url; if a page of it did, name it in `hosts`.",
    "maintenance": "Run `nianbao crawl {name}` again tomorrow.",
    "too_big": "Raise DOWNLOAD_MAXSIZE if a file of this size is meant to be there.",
    "not_a_report": "`nianbao read` the page: its list calls it a report and its text does not.",
    "parser": "The page is kept. Correct the parser, then `nianbao parse --all`.",
    "exception": "The page is kept. Correct the spider or its platform, then `nianbao crawl {name}`.",
    "not_fetched": "Run `nianbao crawl {name}` again: it goes on from here.",
    "offsite": "If the address belongs to the portal, name its domain in `hosts` of the spider.",
    "leased": "Wait for the other run to end; `nianbao status {name}` shows it.",
    "too_many_pages": "Look at the list in a browser: endless, or longer than MOST_PAGES_OF_A_LIST.",
    "unread_file": "The file is kept. Reading such files comes later; nothing to do.",
    "requisite": "The report is kept, and will be shown without it. It is asked for again when its page changes.",
    "requisite_budget": "Run `nianbao crawl {name}` again: it goes on from here. REQUISITES_PER_RUN is the bound.",
    "no_browser": "Install one (`apt-get install chromium`), or name it in NIANBAO_CHROMIUM; then `nianbao crawl {name}`.",
    "browser": "Open {url} in a browser. If it shows there, run `nianbao crawl {name}` again.",
    "subresource": "The page was read without it. Look at its picture in the archive if text is missing.",
    "disappeared": "Its archived copy stays. Nothing to do, unless the portal moved it.",
}
