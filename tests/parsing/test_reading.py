"""Pages that real portals serve: copies, hidden parts, broken shells, frames, sheets; and the facts around the text."""

from __future__ import annotations

import base64

import pytest

from parsing import read
from parsing.attachments import is_page
from parsing.document import Document, Provenance, TextStatus
from parsing.files.scans import installed
from parsing.statutory import parse
from tests.portals.files import pdf

ARTICLE = (
    "<p>本报告根据《中华人民共和国政府信息公开条例》编制，统计期限自2022年1月1日起至2022年12月31日止。</p><p>一、总"
    "体情况</p>"
    "<p>全年主动公开政府信息120条，其中规范性文件3件，均在形成之日起二十个工作日内公布。</p><p>二、主动公开政府信息"
    "情况</p>"
    "<p>信息见门户网站。</p><p>六、其他需要报告的事项</p><p>无其他事项。</p><p>云棠市教育局</p><p>2023年1月18日</p>"
)
TITLE = "云棠市教育局2022年政府信息公开工作年度报告"
HEAD = (
    '<meta name="SiteName" content="云棠市人民政府"><meta name="SiteIDCode" content="4301000001"><meta '
    'name="ColumnName" content="政府信息公开年报">'
    f'<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2023-01-20 '
    f'10:00"><title>{TITLE}_云棠市人民政府</title>'
)


def page(body: str, head: str = HEAD) -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def lines(document: Document) -> list[str]:
    return document.text.split("\n")


def test_body_without_what_stands_around_it() -> None:
    chrome = '<div class="nav"><a href="/">首页</a></div>'
    foot = '<div class="footer"><p>主办单位：云棠市人民政府办公室 某ICP备05000000号</p></div>'
    document = read(page(f'{chrome}<h1>{TITLE}</h1><div class="TRS_Editor">{ARTICLE}</div>{foot}'))
    assert lines(document)[0].startswith("本报告根据")
    assert lines(document)[-1] == "2023年1月18日"
    assert document.title == TITLE
    assert document.signature == "云棠市教育局"
    assert document.signature_date == "2023-01-18"
    report = parse(document)
    assert (report.organ, report.report_year, report.portal) == ("云棠市教育局", 2022, "云棠市人民政府")


@pytest.mark.parametrize("hidden", ['style="display:none"', 'class="ng-hide"', 'class="am-hide-sm-only"', ""])
def test_an_article_that_stands_twice_is_read_once(hidden: str) -> None:
    document = read(page(f'<div class="wrap"><div id="a">{ARTICLE}</div><div id="b" {hidden}>{ARTICLE}</div></div>'))
    assert document.text.count("一、总体情况") == 1
    assert document.text.count("无其他事项。") == 1


@pytest.mark.parametrize(
    ("shown", "other"),
    [
        ("am-hide-sm-only", "am-show-sm-only"),
        ("am-hide-sm-only", ""),
        ("hidden-xs", "visible-xs"),
        ("hide", ""),
        ('hide"><div class="hidden', ""),
        ('x" style="margin-left:-1000px', ""),
    ],
)
def test_the_copy_that_a_wide_screen_shows_is_kept(shown: str, other: str) -> None:
    copy = f'<div class="c {other}"><div id="zoom">{ARTICLE}</div></div>' if other else ""
    document = read(page(f'<div class="w"><div class="c {shown}"><div id="zoom">{ARTICLE}</div></div>{copy}</div>'))
    assert document.text.count("一、总体情况") == 1
    assert document.text.count("无其他事项。") == 1


@pytest.mark.parametrize("away", ["left:-9999px", "text-indent: -5000px", "top:-2000px"])
def test_a_copy_beside_the_screen_is_none(away: str) -> None:
    dialog = "您将离开本网站。请注意安全。链接由他人提供。本站不负责。是否继续。"
    copy = f'<div style="position:absolute;{away}">{ARTICLE}</div><div style="display:none">{dialog}</div>'
    assert (
        read(page(f'<div id="zoom">{ARTICLE}</div>{copy}')).text == read(page(f'<div id="zoom">{ARTICLE}</div>')).text
    )
    assert "是否继续" not in read(page(f'<a href="2022.pdf">年报</a><div style="display:none">{dialog}</div>')).text


def test_a_premature_end_of_html_loses_nothing() -> None:
    included = f"<html><head>{HEAD}</head><body><div>头</div></body></html>"
    content = f"{included}<html><body class='x'><div id='zoom'>{ARTICLE}</div></body></html>"
    assert "无其他事项。" in read(content.encode()).text


def test_bare_text_between_and_behind_elements_is_body() -> None:
    document = read(
        page(
            f'<div id="zoom">{ARTICLE}一行没有标签的文字，说明本报告所附的统计口径。<br>另一行，同样没有标签，'
            f"也是报告的内容。</div>"
        )
    )
    assert lines(document)[-2:] == [
        "一行没有标签的文字，说明本报告所附的统计口径。",
        "另一行，同样没有标签，也是报告的内容。",
    ]


def test_sections_in_containers_of_their_own() -> None:
    parts = ARTICLE.split("<p>二、")
    document = read(
        page(f'<div class="main"><div class="s1">{parts[0]}</div><div class="s2"><p>二、{parts[1]}</div></div>')
    )
    assert "本报告根据" in document.text
    assert "无其他事项。" in document.text


def test_control_characters_and_nul() -> None:
    content = page(f'<div id="zoom">{ARTICLE}</div>').replace("一、总体情况".encode(), "一、总\x00体\x0b情况".encode())
    assert "一、总体情况" in read(content).text


def test_the_metadata_sheet_is_read_and_dropped() -> None:
    sheet = (
        "<table><tr><td>索 引 号：</td><td>000123456/2023-00001</td><td>发布机构：</td><td>云棠市教育局</td></tr>"
        "<tr><td>发文日期：</td><td>2023-01-19</td><td>文　　号：</td><td>云教〔2023〕5号</td></tr></table>"
    )
    document = read(page(f'<div id="zoom">{sheet}{ARTICLE}</div>'))
    assert document.index_number == "000123456/2023-00001"
    assert document.publisher_text == "云棠市教育局"
    assert document.document_number == "云教〔2023〕5号"
    assert document.publication_date == "2023-01-19"
    assert lines(document)[0].startswith("本报告根据")
    assert any(removal.rule == "head.sheet-table" for removal in document.removed)


def test_the_date_shown_beats_the_meta_tag() -> None:
    document = read(
        page(
            f'<h1>{TITLE}</h1><p class="info">发布时间：2023-01-28 09:00<span>来源：教育局</span></p><div '
            f'id="zoom">{ARTICLE}</div>'
        )
    )
    assert document.publication_date == "2023-01-28"
    assert document.content_source == "教育局"
    assert {witness.value for witness in document.witnesses["publication_date"]} >= {"2023-01-28", "2023-01-20"}


def test_breadcrumb_neighbours_and_attachments() -> None:
    content = page(
        '<div class="breadcrumb">当前位置：<a href="/">首页</a> &gt; <a href="/gk/">政务公开</a> &gt; <a '
        'href="/gk/nb/">政府信息公开年报</a></div>'
        f'<h1>{TITLE}</h1><div id="zoom">{ARTICLE}</div><p>附件：<a href="./P020230101.pdf">年报全文.pdf</a></p>'
        '<p>上一篇：<a href="/a.html">云棠市教育局2021年政府信息公开工作年度报告</a></p><p>下一篇：没有了</p>'
    )
    document = read(content, None, "http://www.yuntang.gov.cn/gk/nb/202301/t20230120_1.html")
    assert document.column_path == ["首页", "政务公开", "政府信息公开年报"]
    assert document.links.previous == "云棠市教育局2021年政府信息公开工作年度报告"
    assert document.links.next is None
    assert [(item.url, item.name, item.extension) for item in document.attachments] == [
        ("http://www.yuntang.gov.cn/gk/nb/202301/P020230101.pdf", "年报全文.pdf", "pdf")
    ]
    assert document.provenance is Provenance.official


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        (
            '<script>showVsbpdfIframe("/__local/A/1.pdf","100%","600")</script>',
            "http://www.yuntang.gov.cn/__local/A/1.pdf",
        ),
        (
            '<iframe src="/pdfjs/web/viewer.html?file=%2Ffiles%2Fa.pdf"></iframe>',
            "http://www.yuntang.gov.cn/files/a.pdf",
        ),
        ('<embed src="b.pdf">', "http://www.yuntang.gov.cn/nb/b.pdf"),
        ("<embed src=/dl?id=9 type=application/pdf>", "http://www.yuntang.gov.cn/dl?id=9"),
        ('<object><param name="src" value="b.pdf#page=1"></object>', "http://www.yuntang.gov.cn/nb/b.pdf"),
        ('<iframe src="/v/viewer.html?v=3&amp;file=/dl%3Fid%3D9%26n%3D3">', "http://www.yuntang.gov.cn/dl?id=9&n=3"),
        ('<iframe src="/ofdview/read?file=/a.ofd#p"></iframe>', "http://www.yuntang.gov.cn/a.ofd"),
        ('<a href="/pdfjs/viewer.html?file=/a.pdf">在线查看</a>', "http://www.yuntang.gov.cn/a.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=../../up/a.pdf"></iframe>', "http://www.yuntang.gov.cn/up/a.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=../a.pdf"></iframe>', "http://www.yuntang.gov.cn/pdfjs/a.pdf"),
        ("<script>show('/pdfjs/web/viewer.html?file=../a.pdf')</script>", "http://www.yuntang.gov.cn/pdfjs/a.pdf"),
        ('<script>PDFObject.embed("/a.pdf", "#pdf")</script>', "http://www.yuntang.gov.cn/a.pdf"),
        ("<script>var u='/a.pdf'; pdfjsLib.getDocument(u)</script>", "http://www.yuntang.gov.cn/a.pdf"),
    ],
)
def test_a_report_that_is_only_a_file(markup: str, url: str) -> None:
    document = read(
        page(f'<h1>{TITLE}</h1><div id="vsb_content">{markup}</div>'), None, "http://www.yuntang.gov.cn/nb/1.htm"
    )
    assert [item.url for item in document.attachments] == [url]
    assert document.text_status is TextStatus.attachment_only
    assert document.doc_type == "annual_report"


@pytest.mark.parametrize(
    ("markup", "flag", "urls"),
    [
        ('<p><img src="1.jpg"></p><p><img src="2.jpg" width="600"></p>', "body_in_images", ["1.jpg", "2.jpg"]),
        ('<p>现予公布。</p><img src="/i/loading.gif" data-original="1.png">', "body_in_images", ["1.png"]),
        ('<a href="big.jpg"><img src="small.jpg"></a>', "body_in_images", ["big.jpg"]),
        (
            '<a href="1.jpg">年报（图片版）</a><img src="icon_1.png"><img src="a.jpg" height="40">',
            "body_in_images",
            ["1.jpg"],
        ),
        ('<iframe src="f/2022.html"></iframe><img src="1.jpg">', "body_in_frame", ["f/2022.html"]),
        ('<iframe src="http://zt.yuntang.gov.cn/f/"></iframe>', "body_in_frame", ["http://zt.yuntang.gov.cn/f/"]),
        ('<object data="1.jpg"></object>', "body_in_images", ["1.jpg"]),
        ('<iframe src="http://weather.example/"></iframe><iframe src=n.htm height=40>', "no_text", []),
    ],
)
def test_a_report_that_is_only_pictures_or_a_frame(markup: str, flag: str, urls: list[str]) -> None:
    chrome = '<div class="header"><img src="head.jpg"></div>', '<div class="footer"><img src="foot.jpg"></div>'
    where = "http://www.yuntang.gov.cn/nb/1.htm"
    document = read(page(f'{chrome[0]}<h1>{TITLE}</h1><div id="zoom">{markup}</div>{chrome[1]}'), None, where)
    assert [item.url.removeprefix("http://www.yuntang.gov.cn/nb/") for item in document.attachments] == urls
    assert flag in document.flags
    assert document.doc_type == "annual_report"
    whole = read(page(f'<h1>{TITLE}</h1><div id="zoom">{ARTICLE}{markup}</div>'), None, where)
    assert whole.text_status is TextStatus.full
    assert whole.attachments == []  # beside a text they are no attachments


@pytest.mark.parametrize(
    ("url", "paged"),
    [
        ("http://a.gov.cn/nb/2022.html", True),
        ("http://a.gov.cn/nb/frame/", True),
        ("http://a.gov.cn/files/2022.shtml", True),
        ("http://a.gov.cn/attach/0/2022.htm", True),
        ("http://a.gov.cn/profile/show.aspx?id=3", True),
        ("http://a.gov.cn/DownLoad.aspx?id=3", False),
        ("http://a.gov.cn/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=1", False),
        ("http://a.gov.cn/down?id=3", False),
        ("http://a.gov.cn/show.jsp?id=3&name=%E5%B9%B4%E6%8A%A5.PDF&v=2", False),
    ],
)
def test_a_frame_shows_a_page_or_a_file_by_its_address(url: str, paged: bool) -> None:
    assert is_page(url) is paged


def test_a_table_beside_a_picture_is_the_body() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td>云棠市某某运输有限公司第{n}分公司</td><td>罚款{n}万元</td></tr>" for n in range(1, 4)
    )
    table = f"<table border=1><tr><td>序号</td><td>当事人</td><td>处罚内容</td></tr>{rows}</table>"
    document = read(page(f'<h1>行政处罚公开表</h1><div id="zoom">{table}<img src="seal.jpg"></div>'))
    assert (document.text_status, document.attachments) == (TextStatus.full, [])


def test_a_frame_that_brings_its_own_page_is_the_body() -> None:
    framed = ARTICLE.replace('"', "&quot;")
    document = read(page(f'<h1>{TITLE}</h1><div id="zoom"><iframe srcdoc="{framed}"></iframe></div>'))
    assert document.text == read(page(f'<h1>{TITLE}</h1><div id="zoom">{ARTICLE}</div>')).text
    assert document.text_status is TextStatus.full


def test_a_file_that_a_script_holds_is_the_body() -> None:
    file = base64.b64encode(pdf(TITLE, "一、总体情况\n全年主动公开政府信息3条，均按时答复。")).decode()
    document = read(page(f'<h1>{TITLE}</h1><div id="zoom"></div><script>var pdfData = atob("{file}")</script>'))
    assert "全年主动公开政府信息3条" in document.text


def test_the_site_code_in_the_link_of_the_error_report() -> None:
    head = f"<title>{TITLE}</title>"
    link = (
        '<a href="http://pucha.kaipuyun.cn/exposure/jiucuo.html?site_code=5323310001&amp;url=x"><img src="a.png"></a>'
    )
    document = read(page(f'<div id="zoom">{ARTICLE}</div>{link}', head))
    assert document.site_id_code == "5323310001"


@pytest.mark.parametrize(
    ("title", "site", "organ"),
    [
        ("云棠市2022年政府信息公开工作年度报告", "云棠市人民政府", "云棠市人民政府"),
        ("2022年政府信息公开工作年度报告", "浏阳市人民政府", "浏阳市人民政府"),
        ("市教育局2022年政府信息公开工作年度报告", "浏阳市人民政府门户网站", "浏阳市教育局"),
        ("教育局2022年政府信息公开工作年度报告", "浏阳市人民政府", "浏阳市教育局"),
        ("柳湾镇2022年政府信息公开工作年度报告", "浏阳市人民政府", "柳湾镇"),
        ("浏阳市2022年政府信息公开工作年度报告", "浏阳市人民政府", "浏阳市人民政府"),
    ],
)
def test_organs_and_their_places(title: str, site: str, organ: str) -> None:
    body = ARTICLE.replace("<p>云棠市教育局</p>", "")
    document = read(
        page(
            f'<h1>{title}</h1><div id="zoom">{body}</div>',
            f'<meta name="SiteName" content="{site}"><title>{title}</title>',
        )
    )
    assert parse(document).organ == organ


@pytest.mark.parametrize(
    "title",
    ["政府信息公开工作年度报告制度", "关于做好2022年政府信息公开工作年度报告编制的通知", "2022年法治政府建设年度报告"],
)
def test_neighbours_are_not_reports(title: str) -> None:
    body = "<p>各部门要按照条例要求，认真做好年度报告的编制和公布工作，按时报送。</p>" * 3
    document = read(page(f'<h1>{title}</h1><div id="zoom">{body}</div>', f"<title>{title}</title>"))
    assert document.doc_type == "other"
    assert parse(document).report_year is None


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"%PDF-1.7\n%", "application/pdf", TextStatus.attachment_only),
        (
            b"PK\x03\x04" + b"\x00" * 40 + b"word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            TextStatus.attachment_only,
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40, "application/msword", TextStatus.attachment_only),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "image/png", TextStatus.image_only),
    ],
)
def test_other_media_are_named_and_flagged(content: bytes, media_type: str, status: TextStatus) -> None:
    document = read(content)
    assert (document.media_type, document.text_status, document.text) == (media_type, status, "")
    unread = "ocr_not_installed" if status is TextStatus.image_only and not installed() else "corrupt_file"
    assert document.flags == [unread]
