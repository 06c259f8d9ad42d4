"""The smallest portal there is: a home page, the column, three reports. Hazards are laid over it (hazards.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

YEARS = (2020, 2021, 2022)
BODY = "青垣区教育局"
SECTIONS = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "存在的主要问题及改进情况")
Pieces = Iterable[bytes | float]  # bytes to send, seconds to wait


@dataclass(frozen=True)
class Ask:
    """One request, as the server read it."""

    host: str  # without port
    target: str
    headers: dict[str, str]
    secure: bool
    port: int  # of the server
    nth: int  # how often this target of this host was asked, this time included
    address: str = "127.0.0.1"  # of ours that the connection came to
    body: bytes = field(default=b"", repr=False)
    method: str = "GET"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


def reply(
    body: bytes | str, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8"
) -> list[bytes | float]:
    """A whole reply in good order, after which the connection is closed."""
    data = body.encode() if isinstance(body, str) else body
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(data)}",
        "Connection: close",
        *headers,
    ]
    return ["\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data]


def redirect(url: str, status: str = "302 Found") -> list[bytes | float]:
    return reply("", f"Location: {url}", status=status)


def html(*inner: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{''.join(inner)}</body></html>"


def link(href: str, text: str, date: str = "") -> str:
    return f'<li><a href="{href}">{text}</a> {date}</li>'


def title(year: int) -> str:
    return f"{BODY}{year}年政府信息公开工作年度报告"


def row(year: int, href: str = "") -> str:
    return link(href or f"/nb/{year}.html", title(year), f"{year + 1}-01-20")


def rows(years: Iterable[int] = YEARS) -> str:
    return "".join(row(year) for year in years)


def report(year: int, extra: str = "", head: str = "") -> str:
    """A report's page. `extra` stands in its text, `head` in its head."""
    text = f"<h1>{title(year)}</h1><div id='zoom'><p>本报告由{BODY}编制，统计期限为{year}年1月1日至12月31日。</p>"
    for number, section in zip("一二三四", SECTIONS, strict=True):
        text += f"<p>{number}、{section}</p><p>{year}年{BODY}照章办理，细目{year - 2000}项。</p>"
    return html(f"{text}{extra}</div>", head=f"<title>{title(year)}</title>{head}")


HOME = html(link("/nb/", "政府信息公开年报"))


def little(ask: Ask) -> Pieces:
    """What the portal answers where no hazard says otherwise."""
    if ask.path == "/":
        return reply(HOME)
    if ask.path == "/nb/":
        return reply(html(rows()))
    for year in YEARS:
        if ask.path == f"/nb/{year}.html":
            return reply(report(year))
    return reply("not here", status="404 Not Found", kind="text/plain")
