"""Reports that are no text: pictures, a frame, a viewer. What stands in the page's place is fetched, read, and its part."""

from __future__ import annotations

import asyncio
import base64
import threading

import pytest

from crawler import handover
from parsing.files.scans import installed
from tests.crawler.test_walk import SECTIONS, Crawl, Site, crawl, link, page, report, site, title  # noqa: F401
from tests.portals.files import pdf
from tests.portals.pictures import png

TEXT = "".join(
    f"{n}、{name}\n照章办理，全年主动公开政府信息3条，均按时答复。\n"
    for n, name in zip("一二三四", SECTIONS, strict=True)
)


def shown(year: int, markup: str) -> bytes:
    """A report's page that has no text but its title."""
    name = title(year)
    logo = '<div class="header"><img src="/logo.png"></div>'
    html = f"<html><head><title>{name}</title></head><body>{logo}<h1>{name}</h1><div id='zoom'>{markup}</div></body></html>"
    return html.encode()


def test_what_stands_in_a_reports_place_is_read_as_its_part(site: Site, crawl: Crawl) -> None:  # noqa: F811
    site.pages |= {
        "/": page(link("/gk/", "政府信息公开年报")),
        "/gk/": page(
            link("/nb/2018/", "2018年"),
            *(link(f"/nb/{year}.html", title(year), f"{year + 1}-01-20") for year in range(2019, 2024)),
        ),
        "/nb/2018/": (200, {"Content-Type": "application/pdf"}, pdf(title(2018), TEXT)),
        "/nb/2019.html": shown(2019, '<p><img src="1.png"></p><p><img data-original="2.png" src="/loading.gif"></p>'),
        "/nb/1.png": (200, {"Content-Type": "image/png"}, png(300, 200, 1, "1")),
        "/nb/2.png": (200, {"Content-Type": "image/png"}, png(300, 200, 1, "2")),
        "/nb/2020.html": shown(2020, '<iframe src="/frames/2020.html" width="100%"></iframe>'),
        "/frames/2020.html": report(2020),
        "/nb/2021.html": shown(2021, '<iframe src="/pdfjs/web/viewer.html?v=2&amp;file=%2Ff%2Fa.pdf"></iframe>'),
        "/f/a.pdf": (200, {"Content-Type": "application/pdf"}, pdf(title(2021), TEXT)),
        "/nb/2022.html": shown(2022, '<object data="/dl?id=9" type="application/pdf"></object>'),
        "/dl?id=9": (200, {"Content-Type": "application/pdf"}, pdf(title(2022), TEXT)),
        "/nb/2023.html": shown(2023, '<iframe src="/frames/2023/"></iframe>'),
        "/frames/2023/": b"<html><body><embed src='b.pdf'></body></html>",
        "/frames/2023/b.pdf": (200, {"Content-Type": "application/pdf"}, pdf(title(2023), TEXT)),
    }  # fmt: skip
    outcome = crawl()
    assert (outcome["verdict"], outcome["reports"]) == ("ok", 6)
    assert crawl.rows("SELECT report_year FROM document WHERE url LIKE '%/nb/2018/'") == [(2018,)]
    sql = "SELECT p.report_year, d.url, d.report_year FROM document d JOIN document p ON p.id = d.part_of ORDER BY 1"
    parts = {year: (url.partition(str(site.port))[2], said) for year, url, said in crawl.rows(sql)}
    wanted = {2020: "/frames/2020.html", 2021: "/f/a.pdf", 2022: "/dl?id=9", 2023: "/frames/2023/b.pdf"}
    assert {year: part for year, part in parts.items() if year != 2019} == {y: (url, y) for y, url in wanted.items()}
    told = {
        url.rpartition("/")[2]: got
        for url, got in crawl.rows("SELECT url, got FROM problem WHERE kind = 'unread_file'")
    }
    if not installed():
        assert told == dict.fromkeys(("1.png", "2.png"), "image/png: ocr_not_installed")
    assert "/logo.png" in site.paths()  # kept with the page, as all that it needs, and not taken for the report
    assert told.keys() <= {"1.png", "2.png"}


@pytest.mark.parametrize(
    ("body", "aside"),
    [
        (pdf(title(2022), TEXT), True),
        (
            shown(
                2022, f"<embed src='data:application/pdf;base64,{base64.b64encode(pdf(title(2022), TEXT)).decode()}'>"
            ),
            True,
        ),
        (report(2022), False),
    ],
    ids=["file", "file in a page", "page"],
)
def test_what_may_take_long_to_read_does_not_hold_up_the_crawl(body: bytes, aside: bool) -> None:
    told = {"thread": lambda document: threading.get_ident()}
    reading = asyncio.run(handover.read_aside(body, [], None, told))
    assert reading.is_report
    assert len(reading.document.text) > 60
    assert (reading.parsed["thread"] != threading.get_ident()) is aside
