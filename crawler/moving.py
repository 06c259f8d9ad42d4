"""Where a page is when it is not where the link says: redirects, refreshes, the other scheme, another site."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response

from crawler.hosts import Hosts
from crawler.keeping import Keeper
from crawler.robots import is_robots

OTHER = {"http": "https", "https": "http"}


class OffsiteError(IgnoreRequest):
    """An address outside the portal's domains that a page links to."""

    expected, kind = "an address of the portal", "offsite"

    def __init__(self, url: str) -> None:
        self.got = urlsplit(url).netloc
        super().__init__(f"{url}: expected {self.expected}, got {self.got}")


class MovedError(OffsiteError):
    """A page of the portal that sends us to another site. It is not followed: whose site that is, a person must say."""

    kind = "moved"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.got = f"a redirect to {url}"


class CredentialsError(OffsiteError):
    """An address with a name and a password in it. None are ever sent, and none are ever needed for what is public."""

    expected, kind = "an address without a password", "refused"


class LoopError(IgnoreRequest):
    """Redirects or refreshes that lead back to where they began."""

    expected, kind = "a page at the end of the redirects", "loop"

    def __init__(self, url: str, hops: int) -> None:
        self.got = f"{hops} hops that lead back to {url}"
        super().__init__(f"{url}: expected {self.expected}, got {self.got}")


class PortalOffsiteMiddleware(OffsiteMiddleware):
    """Scrapy's, but robots.txt of any host that is asked anything may be asked, and nothing else slips through."""

    def request_scheduled(self, request: Request, spider: Spider) -> None:
        """Not here: a request that is dropped while it is scheduled reaches no errback, and nobody would know."""

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        if "@" in urlsplit(request.url).netloc:
            raise CredentialsError(request.url)
        allowed = is_robots(request) or request.meta.get("allow_offsite")
        portal = self.crawler.spider
        if not allowed and portal is not None and not self.should_follow(request, portal):
            raise (MovedError if request.meta.get("redirect_urls") else OffsiteError)(request.url)


def _raise_in_a_loop(answer: Request | Response) -> None:
    """Scrapy's filter of duplicates would drop the request in silence, and its page would be nobody's problem."""
    if isinstance(answer, Request) and answer.url in answer.meta.get("redirect_urls", ()):
        raise LoopError(answer.url, len(answer.meta["redirect_urls"]))


class PortalRedirectMiddleware(RedirectMiddleware):
    """Scrapy's, which ends a loop where it closes. We carry no cookies: the second time is like the first."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        answer = super().process_response(request, response)
        _raise_in_a_loop(answer)
        return answer


class PortalRefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's, but a page that only refreshes itself, as many home pages do, is the page."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        answer = super().process_response(request, response)
        if isinstance(answer, Request) and answer.url.partition("#")[0] == response.url.partition("#")[0]:
            return response
        _raise_in_a_loop(answer)
        return answer


class SchemeMiddleware:
    """Downloader middleware: hosts that answer over http only, or over https only.

    A first request that a host does not answer at all is tried once by the other scheme; what that says is remembered
    for the run and the next ones (crawler/hosts.py). Addresses with a port are left alone: they name one service.
    """

    def __init__(self, crawler: Crawler) -> None:
        keeper = crawler.get_extension(Keeper)
        self._hosts = keeper.hosts if keeper else Hosts(None)
        self._answered: set[tuple[str, str]] = set()  # scheme, host
        self._tried: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request, spider: Spider | None = None) -> Request | None:
        scheme, host = _place(request)
        only = self._hosts[host]["scheme"] if host else None
        if only in (None, scheme) or request.meta.get("scheme_of"):
            return None
        return _by(request, only)

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        scheme, host = _place(request)
        if not host:
            return response
        self._answered.add((scheme, host))
        if request.meta.get("scheme_of") == "tried" and response.status < 500:
            self._hosts.learn(host, scheme=scheme)
        return response

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> Any:
        scheme, host = _place(request)
        other_reasons = (IgnoreRequest, CannotResolveHostError)  # the other scheme would do no better
        silent = not isinstance(exception, other_reasons) and not _anything_came(request)
        if not host or not silent:
            return None
        if request.meta.get("scheme_of"):  # neither: back to what the link says, and to Scrapy's retries
            self._hosts.learn(host, scheme=None)
            return request.replace(url=_with(request.url, OTHER[scheme]), meta=_without(request), dont_filter=True)
        if host in self._tried or (scheme, host) in self._answered:
            return None
        self._tried.add(host)
        return _by(request, OTHER[scheme], "tried")


def _place(request: Request) -> tuple[str, str]:
    """Scheme and host; no host for what has a port of its own, or goes through a proxy."""
    parts = urlsplit(request.url)
    plain = parts.scheme in OTHER and parts.port is None and not request.meta.get("proxy")
    return parts.scheme, (parts.hostname or "") if plain else ""


def _anything_came(request: Request) -> bool:
    capture = request.meta.get("capture") or {}
    return capture.get("status") is not None


def _with(url: str, scheme: str) -> str:
    return f"{scheme}://{url.partition('://')[2]}"


def _without(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.meta.items() if name not in ("scheme_of", "capture")}


def _by(request: Request, scheme: str, why: str = "known") -> Request:
    meta = _without(request) | {"scheme_of": why}
    return request.replace(url=_with(request.url, scheme), meta=meta, dont_filter=True)
