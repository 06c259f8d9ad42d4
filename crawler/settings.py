"""Scrapy settings of the project. Each one that is not Scrapy's default has its reason on the line."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version

try:
    NIANBAO_VERSION = version("nianbao")
except PackageNotFoundError:  # run from a checkout that was never installed
    NIANBAO_VERSION = "0+checkout"


def number_from_environment(name: str, default: float) -> float:
    """A variable as a number. Ends the program with a clear word when it is none."""
    text = os.environ.get(name, "").strip()
    try:
        return float(text) if text else default
    except ValueError:
        sys.exit(f"nianbao: {name}: expected a number of seconds such as 2.5, got {text!r}")


BOT_NAME = "nianbao"
SPIDER_MODULES = ["spiders"]
SPIDER_LOADER_CLASS = "crawler.loader.PatientLoader"  # a module with a mistake in it must not cost the other portals
NEWSPIDER_MODULE = "spiders"
SPIDER_FOLDERS: list[
    str
] = []  # plain folders of spiders beside the modules; NIANBAO_SPIDERS names more: crawler/loader.py
GENERIC_PLATFORM = "spiders.platforms.generic.Generic"  # what a portal is walked with before its platform is known
PLATFORM_MODULES = ["spiders.platforms"]  # where `probe` and `add` look for classes with fingerprints

# Where everything is kept
NIANBAO_DATA = os.environ.get("NIANBAO_DATA", "data")

# Who we are: a site's operator must be able to find us
NIANBAO_CONTACT = os.environ.get("NIANBAO_CONTACT", "")
USER_AGENT = f"nianbao/{NIANBAO_VERSION} (public archive of government annual reports" + (
    f"; +{NIANBAO_CONTACT})" if NIANBAO_CONTACT else ")"
)

# Politeness: crawler/politeness.py
LONGEST_WAIT = 120.0  # seconds: more of Retry-After leaves the host for the next run, more of Crawl-delay is cut to it
ROBOTSTXT_OBEY = True  # domain.md 4: also for public reports
ROBOTSTXT_USER_AGENT = "nianbao"  # the product token, not the whole string (RFC 9309 §2.2.1)
DELAY_FLOOR = number_from_environment("NIANBAO_DELAY_FLOOR", 2.0)  # seconds; lowered for named private hosts only
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # one connection per host
CONCURRENT_REQUESTS = 4  # per portal: of those one may wait for a host that another portal has (crawler/turns.py)
HTTPPROXY_ENABLED = False  # a proxy resolves names by itself, past the guard against private addresses
ALLOW_PRIVATE_HOSTS = os.environ.get("NIANBAO_ALLOW_PRIVATE_HOSTS", "")  # crawler/addresses.py
TWISTED_DNS_RESOLVER = "crawler.addresses.GuardedResolver"  # refuses private addresses
COOKIES_ENABLED = False  # nothing is carried from page to page

# Limits of one run of one portal
CLOSESPIDER_PAGECOUNT = 20_000  # pages
CLOSESPIDER_TIMEOUT = 6 * 3600  # seconds
RUN_MAX_BYTES = 8 << 30  # bytes received
DOWNLOAD_MAXSIZE = 256 << 20  # bytes of one reply; Scrapy's 1 GiB is more than any report
DOWNLOAD_TIMEOUT = 60  # seconds; Scrapy's 180 lets a slow drip hold a host for too long
GATHER_REQUISITES = True  # `nianbao check` asks for none
ASK_ATTACHMENTS = True  # `nianbao check` does not where the run that it compares with was a sample
REQUISITES_PER_RUN = 2_000  # pictures, scripts … of reports; at two seconds each a bit more than an hour of a host
REQUISITES_MAX_BYTES = 1 << 30  # bytes of them in one run: a portal's design is a few MiB, scanned reports are more
REQUISITE_MAXSIZE = 32 << 20  # bytes of one: a scan fits, a film does not; what is longer is kept as far as it came
REQUISITES_DEPTH = 5  # steps from the page: it, its sheet, what that imports …; sheets that import each other end here
PAGE_MAXSIZE = 32 << 20  # bytes of a page, packed and unpacked: a tree of it takes ten times as much memory
MOST_BARREN_LISTS = (
    300  # lists in a row without a new entry: a calendar without an end; the largest hubs have 200 bodies
)
MOST_PAGES_OF_A_LIST = 300  # an endless calendar ends here, with a recorded problem
DISCOVERY_PAGES = 12  # pages and questions beside the way from the home page, when that led to no report
SEARCH_PAGES = 10  # of results of the portal's own search; from the third on only while the one before had new reports
DISCOVERY_PARTS = 4  # frames and parts that a page without a list may load in its place
METAREFRESH_MAXDELAY = 10  # seconds: what refreshes later is a page that is shown, and reloads itself
METAREFRESH_IGNORE_TAGS = ["noscript"]  # “please switch scripts on” is no place to go
REQUEST_FINGERPRINTER_CLASS = "crawler.identity.Fingerprinter"  # session ids and schemes make no new pages
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # given-up requests are recorded problems, not log lines

# Pages that need scripts: crawler/browser.py
BROWSER_EXECUTABLE = os.environ.get("NIANBAO_CHROMIUM", "")  # a path or a name; else what is found on the PATH
BROWSER_QUIET = 1.0  # seconds without a request after which a loaded page is ready: longer than scripts' usual timers
BROWSER_TIMEOUT = number_from_environment(
    "NIANBAO_BROWSER_TIMEOUT", 180
)  # seconds for a page: ninety requests, 2 s apart
BROWSER_MOST_REQUESTS = 80  # of one page, so that all of them have their turn within its time
BROWSER_KEEPS = 32 << 20  # bytes of scripts, styles and images that further pages of a run are given again unasked

DOWNLOAD_HANDLERS = {
    "http": "crawler.wire.WireDownloadHandler",  # keeps the bytes on the wire
    "https": "crawler.wire.WireDownloadHandler",
    "ftp": None,  # portals do not serve reports over it
    "s3": None,
    "file": None,  # a page cannot make us read this machine
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",  # br and zstd are unreadable for later tools (field-notes/archive.md 4)
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.gathering.RequisiteBudget": 40,  # before robots.txt of another host is asked in vain
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.moving.PortalOffsiteMiddleware": 50,  # lets robots.txt of an attachment's host through
    "crawler.budget.WalkBudget": 60,  # after what is not asked anyhow
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.robots.RobotsMiddleware": 100,  # a robots.txt that fails is a “not now” (RFC 9309 §2.3.1.4)
    "crawler.browser.BrowserMiddleware": 545,  # sees what redirects (600), codings (590) and retries (550) have left
    "crawler.moving.SchemeMiddleware": 560,  # inside the retries (550): first the other scheme, then again
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.moving.PortalRefreshMiddleware": 580,  # in its place: a page that refreshes itself is the page
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.budget.PortalCompressionMiddleware": 590,  # in its place: a bomb is a problem with a name
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.moving.PortalRedirectMiddleware": 600,  # in its place: loops end, and are told
}
EXTENSIONS = {
    "crawler.ledger.Ledger": 0,  # before the Keeper: at the end it writes the verdict while the archive is open
    "crawler.keeping.Keeper": 10,
    "scrapy.extensions.telnet.TelnetConsole": None,  # no door into a running crawl
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # on by default since 2.19: an HTTP server that runs Python
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
CONCURRENT_ITEMS = 1  # Scrapy starts that many tasks for each page, for item pipelines: there are none here
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 0  # progress is shown by the command
