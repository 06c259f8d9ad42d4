"""Where the further pages of a list are, in every variant that a platform is known to write."""

# Markup stays on the line it would be served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.answers import AnswerError

from .platform_pages import HEX, HOST, JPAGE, RECORD, UNIT, page, row
from .test_platforms import CLASSES

PROXY = "/module/web/jpage/dataproxy.jsp"
SAME = "col=1&appid=1&webid=39&path=%2F&columnid=61490&sourceContentType=1&unitid=247686&webname=%E9%9D%92%E5%9E%A3%E5%8C%BA&permissiontype=0"
GATEWAY = "/api-gateway/jpaas-publish-server/front/page/build/unit"
UNIT_QUERY = (
    "webId=149&tplSetId=x7&pageType=column&tagId="
    + quote("年报列表")
    + "&pageId=61490&parseType=bulidstatic&editType=null"
)
LABEL = "/site/label/8888?IsAjax=1&dataType=html&labelName=publicInfoList&siteId=6795621&pageSize=2&pageIndex={}&organId=6596391"
VIEW = "/rest/front/getPageInfoListNew"


def paged(number: int, size: int = 15) -> str:
    return f"{GATEWAY}?{UNIT_QUERY}&" + urlencode(
        {"paramJson": json.dumps({"pageNo": number, "pageSize": size}, separators=(",", ":"))}
    )


def unit_answer(count: int) -> str:
    fragment = f'<ul>{row(f"/art/2024/art_{HEX}.html")}</ul><div class="pagination" rows="15" count="{count}"></div>'
    return json.dumps({"success": True, "data": {"html": fragment}})


def infos(*titles: str, total: int = 3) -> str:
    return json.dumps(
        {
            "custom": {
                "total": total,
                "infodata": [
                    {"title": t, "infourl": f"/a/{i}.html", "infodate": "2024-01-25"} for i, t in enumerate(titles)
                ],
            }
        }
    )


def posted(index: int) -> bytes:
    return urlencode(
        {
            "params": json.dumps(
                {"pageSize": 2, "categoryNum": "009001", "siteGuid": "7eb5", "pageIndex": index}, ensure_ascii=False
            )
        }
    ).encode()


def span(start: int, end: int, size: int = 15) -> str:
    return f"{PROXY}?startrecord={start}&endrecord={end}&perpage={size}"


HIDDEN = base64.b64encode(quote('<a href="nb/10.htm">2</a><a href="nb/9.htm">3</a>').encode()).decode()

VARIANTS: list[tuple[str, str, Response, list[str]]] = [
    (
        "trs",
        "pages and current page, from 0",
        page("/nb/", 'createPageHTML(3, 0, "index", "html");'),
        ["/nb/index_1.html", "/nb/index_2.html"],
    ),
    ("trs", "createPage", page("/nb/", 'createPage(2,0,"index","shtml")'), ["/nb/index_1.shtml"]),
    (
        "trs",
        "rows first",
        page("/nb/", 'createPageHTML(52, 3, 0, "index", "htm");'),
        ["/nb/index_1.htm", "/nb/index_2.htm"],
    ),
    ("trs", "from 1", page("/nb/", 'createPageHTML(3, 1, "index", "html");'), ["/nb/index_2.html", "/nb/index_3.html"]),
    (
        "trs",
        "six arguments",
        page("/nb/nav_list.shtml", "createPageHTML('page_div',3, 1,'nav_list','shtml',45)"),
        ["/nb/nav_list_2.shtml", "/nb/nav_list_3.shtml"],
    ),
    ("trs", "a further page computes nothing", page("/nb/index_1.html", 'createPageHTML(3, 1, "index", "html");'), []),
    (
        "trs",
        "variables",
        page(
            "/nb/",
            "<script>var currentPage = 0; var countPage = 3; document.write(\"<a href='index_\"); x = 'index_' + nextPage + '.html';</script>",
        ),
        ["/nb/index_1.html", "/nb/index_2.html"],
    ),
    (
        "trs",
        "the definition of the function is no call",
        page("/nb/", "function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){}"),
        [],
    ),
    (
        "trs",
        "links",
        page("/nb/", '<a href="index_1.html">2</a><a href="index_1.html">下一页</a>'),
        ["/nb/index_1.html"],
    ),
    (
        "ucap",
        "from 1",
        page("/c1/list.shtml", "createPageHTML('page_div',3, 1,'list','shtml',52);"),
        ["/c1/list_2.shtml", "/c1/list_3.shtml"],
    ),
    (
        "ucap",
        "double quotes",
        page("/c1/xlist.shtml", 'createPageHTML("page_div", 2, 1, "xlist", "shtml", 22)'),
        ["/c1/xlist_2.shtml"],
    ),
    (
        "ucap",
        "list.shtml?2",
        page("/c1/list.shtml", "createPageHTML('page_div',2, 1,'list','shtml',22); a.href = 'list.shtml?' + n;"),
        ["/c1/list.shtml?2"],
    ),
    (
        "ucap",
        "a further page of that kind",
        page("/c1/list.shtml?2", "createPageHTML('page_div',2, 2,'list','shtml',22); a.href = 'list.shtml?' + n;"),
        [],
    ),
    (
        "ucap",
        "channel",
        page("/c1/list.shtml", "", head='<meta name="channelid" content="8a2f31">'),
        [
            "/common/search/8a2f31?_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"
        ],
    ),
    (
        "ucap",
        "channel where the script says",
        page(
            "/c1/list.shtml",
            "<script>$.get('/searchList/' + id)</script>",
            head='<meta name="channelid" content="8a2f31">',
        ),
        [
            "/searchList/8a2f31?_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"
        ],
    ),
    (
        "ucap",
        "pages of a channel",
        page(
            "/common/search/8a2f31?_pageSize=2&page=1",
            json.dumps({"data": {"total": 5, "results": [{"title": "报告", "url": "//h/1.shtml"}] * 2}}),
        ),
        ["/common/search/8a2f31?_pageSize=2&page=2", "/common/search/8a2f31?_pageSize=2&page=3"],
    ),
    (
        "vsb",
        "descending",
        page(
            "/zf/nb.htm",
            '<span class="p_no"><a href="nb/10.htm">2</a></span><a href="nb/10.htm">下页</a><a href="nb/1.htm">尾页</a>',
        ),
        ["/zf/nb/10.htm"],
    ),
    (
        "vsb",
        "digits only",
        page("/zf/nb.htm", '<a href="nb/10.htm">2</a><a href="nb/9.htm">3</a>'),
        ["/zf/nb/10.htm", "/zf/nb/9.htm"],
    ),
    (
        "vsb",
        "list.jsp",
        page(
            "/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1062",
            '<a href="list.jsp?totalpage=11&PAGENUM=2&urltype=tree.TreeTempUrl&wbtreeid=1062">下页</a>',
        ),
        ["/list.jsp?totalpage=11&PAGENUM=2&urltype=tree.TreeTempUrl&wbtreeid=1062"],
    ),
    ("vsb", "base64", page("/zf/nb.htm", f'<div id="pages">{HIDDEN}</div>'), ["/zf/nb/10.htm", "/zf/nb/9.htm"]),
    ("hanweb", "the first group by GET", page("/col/col61490/index.html", JPAGE), [f"{span(2, 46)}&{SAME}"]),
    (
        "hanweb",
        "all rows are there",
        page("/col/col61490/index.html", JPAGE.replace("totalRecord:52", "totalRecord:1")),
        [],
    ),
    (
        "hanweb",
        "encrypted href",
        page(
            "/col/col61490/index.html",
            JPAGE.replace(
                "<recordset>",
                f'<nextgroup><![CDATA[<a href="{PROXY}?page=1&amp;columnid=x9Q"></a>]]></nextgroup><recordset>',
            ),
        ),
        [f"{PROXY}?page=1&columnid=x9Q"],
    ),
    (
        "hanweb",
        "the next group",
        page(
            f"{span(2, 46)}&{SAME}",
            f"<datastore><totalrecord>52</totalrecord><recordset>{RECORD * 45}</recordset></datastore>",
        ),
        [f"{span(47, 91)}&{SAME}"],
    ),
    (
        "hanweb",
        "empty by GET: by POST",
        page(f"{span(2, 46)}&{SAME}", "<datastore></datastore>"),
        [f"POST {span(2, 46)} {SAME}"],
    ),
    (
        "hanweb",
        "POST goes on by POST",
        page(span(2, 46), f"<datastore><totalrecord>52</totalrecord>{RECORD * 45}</datastore>", "POST", SAME.encode()),
        [f"POST {span(47, 91)} {SAME}"],
    ),
    (
        "hanweb",
        "empty by POST: by number",
        page(span(46, 90), "<datastore></datastore>", "POST", SAME.encode()),
        ["/col/col61490/index.html?uid=247686&pageNum=4"],
    ),
    (
        "hanweb",
        "numbers go on",
        page("/col/col61490/index.html?uid=247686&pageNum=2", JPAGE),
        ["/col/col61490/index.html?uid=247686&pageNum=3"],
    ),
    ("hanweb", "numbers end", page("/col/col61490/index.html?uid=247686&pageNum=4", JPAGE), []),
    ("hanweb", "the empty end asks nothing", page(f"{span(100, 144)}&{SAME}", "<datastore></datastore>"), []),
    ("jpaas", "a unit that is not drawn", page("/col/col61490/index.html", UNIT), [f"{GATEWAY}?{UNIT_QUERY}"]),
    (
        "jpaas",
        "a unit that is drawn",
        page(
            "/col/col61490/index.html",
            UNIT + row(f"/art/2024/art_{HEX}.html") + '<div class="pagination" rows="15" count="31"></div>',
        ),
        [paged(2), paged(3)],
    ),
    ("jpaas", "an answer", page(f"{GATEWAY}?{UNIT_QUERY}", unit_answer(31)), [paged(2), paged(3)]),
    ("jpaas", "a later answer", page(paged(2), unit_answer(31)), []),
    (
        "gkmlpt",
        "pages of a category",
        page(
            "/gkmlpt/api/all/2155?page=1&sid=7",
            json.dumps({"articles": [{"title": "报告", "url": "/a.html"}] * 2, "total": 5}),
        ),
        ["/gkmlpt/api/all/2155?page=2&sid=7", "/gkmlpt/api/all/2155?page=3&sid=7"],
    ),
    (
        "gkmlpt",
        "post_count",
        page(
            "/gkmlpt/api/all/2155?page=1&sid=7",
            json.dumps({"classify": {"post_count": 3}, "articles": [{"title": "报告", "url": "/a.html"}] * 2}),
        ),
        ["/gkmlpt/api/all/2155?page=2&sid=7"],
    ),
    (
        "gkmlpt",
        "no count",
        page("/gkmlpt/api/all/2155?page=4&sid=7", json.dumps({"articles": [{"title": "报告", "url": "/a.html"}]})),
        ["/gkmlpt/api/all/2155?page=5&sid=7"],
    ),
    (
        "gkmlpt",
        "NFCMS from 1",
        page("/zwgk/nb/index.html", '<a class="next" href="index_2.html">下一页</a>'),
        ["/zwgk/nb/index_2.html"],
    ),
    (
        "lonsun",
        "rows by label",
        page("/public/column/6596391?type=4&catId=67&action=list", "<script>var siteId = '6795621';</script>"),
        [
            "/site/label/8888?IsAjax=1&dataType=html&labelName=publicInfoList&siteId=6795621&pageSize=15&pageIndex=1&action=list&organId=6596391&type=4&catId=67&isDate=true&dateFormat=yyyy-MM-dd&length=80"
        ],
    ),
    (
        "lonsun",
        "as the script asks",
        page("/public/column/6596391?type=4&catId=67", f'<script>$.get("{LABEL.format(1)}")</script>'),
        [LABEL.format(1)],
    ),
    (
        "lonsun",
        "a full piece",
        page(LABEL.format(1), row("/public/6596391/1.html") + row("/public/6596391/2.html", 2022)),
        [LABEL.format(2)],
    ),
    ("lonsun", "a piece that is not full", page(LABEL.format(2), row("/public/6596391/1.html")), []),
    (
        "lonsun",
        "showList",
        page("/OpennessContent/showList/16/4021/page_1.html", row("/OpennessContent/show/1.html") + "共2页"),
        ["/OpennessContent/showList/16/4021/page_2.html"],
    ),
    (
        "lonsun",
        "the last of showList",
        page("/OpennessContent/showList/16/4021/page_2.html", row("/OpennessContent/show/1.html") + "共2页"),
        [],
    ),
    (
        "epoint",
        "from 0 by POST",
        page(
            "/009001/moreinfo.html",
            f"<script>var siteGuid = '7eb5'; var categoryNum = '009001'; var pageSize = 2; post('{VIEW}')</script>",
        ),
        [f"POST {VIEW} {posted(0).decode()}"],
    ),
    (
        "epoint",
        "the next index",
        page(VIEW, infos("甲", "乙"), "POST", posted(0)),
        [f"POST {VIEW} {posted(1).decode()}"],
    ),
    ("epoint", "the last index", page(VIEW, infos("甲"), "POST", posted(1)), []),
    (
        "epoint",
        "static",
        page("/009001/moreinfo.html", '<a href="2.html">2</a><a href="2.html">下页></a>'),
        ["/009001/2.html"],
    ),
    (
        "hashed",
        "node",
        page("/xxgk/node_7254.htm", '<a href="node_7254_2.htm">2</a><a href="node_7254_3.htm">3</a>'),
        ["/xxgk/node_7254_2.htm", "/xxgk/node_7254_3.htm"],
    ),
    (
        "static",
        "folder of numbers",
        page("/nb/1.html", '<a href="/nb/2.html">2</a><a href="/nb/3.html">3</a><a href="/news/4.html">4</a>'),
        ["/nb/2.html", "/nb/3.html"],
    ),
    (
        "static",
        "query",
        page("/nb/?cid=3", '<a href="/nb/?cid=3&page=2">2</a><a href="/nb/?cid=4&page=3">3</a>'),
        ["/nb/?cid=3&page=2"],
    ),
    (
        "static",
        "up to the last",
        page("/nb/index.html", '<a href="index_3.html">尾页</a> 共4页'),
        ["/nb/index_1.html", "/nb/index_2.html", "/nb/index_3.html"],
    ),
    (
        "static",
        "up to the last, from 1",
        page("/nb/index.html", '<a href="index_3.html">末页</a> 共3页'),
        ["/nb/index_2.html", "/nb/index_3.html"],
    ),
    (
        "static",
        "days of a calendar are no pages",
        page("/nb/index.html", '<a href="/day.html?d=2024-05-02">2</a><a href="/nb/2024-05-03.html">3</a>'),
        [],
    ),
    (
        "epoint",
        "values are literals, not other names",
        page(
            "/009001/moreinfo.html",
            f"<script>var info = {{siteGuid: '7eb5'}}; var categoryNum='009001', pageSize=2; list('{VIEW}', {{siteGuid: info.siteGuid, categoryNum: categoryNum, pageSize: pageSize}})</script>",
        ),
        [f"POST {VIEW} {posted(0).decode()}"],
    ),
    (
        "lonsun",
        "as an object of the script says",
        page(
            "/public/column/6596391?catId=67",
            row("/public/6596391/1.html")
            + "<script>turn({pageCount:3}); ask('/site/label/9999', {labelName:'publicInfoList',pageSize:2,pageIndex:1,organId:'6596391'})</script>",
        ),
        ["/site/label/9999?labelName=publicInfoList&pageSize=2&pageIndex=2&organId=6596391"],
    ),
    (
        "lonsun",
        "as an object of the script says, by its variables",
        page(
            "/public/column/6596391?catId=67",
            "<script>var unit='6596391'; function get(pageIndex){ ask('/site/label/9999', {_:Math.random(), labelName:'publicInfoList',"
            "pageSize:2, pageIndex:pageIndex, organId:unit}) }</script>",
        ),
        ["/site/label/9999?labelName=publicInfoList&pageSize=2&pageIndex=1&organId=6596391"],
    ),
    ("static", "an arrow", page("/nb/index.html", '<a href="index_2.html">›</a>'), ["/nb/index_2.html"]),
    (
        "static",
        "an arrow without words",
        page(
            "/nb/index.html",
            '<a class="pg next" href="index_2.html"><i></i></a><a class="next" href="/news/2.html"></a>',
        ),
        ["/nb/index_2.html"],
    ),
    ("static", "its own number", page("/nb/rows?currpage=1", "共3页"), ["/nb/rows?currpage=2"]),
    (
        "epoint",
        "digits beside moreinfo",
        page(
            "/008/008577/moreinfo.html",
            '<a href="/008/008577/2.html">2</a><a href="/009/3.html">3</a><a href="/008/008577/2.html">&gt;</a>',
        ),
        ["/008/008577/2.html"],
    ),
]


def written(asked: str | Request) -> str:
    """A page to ask for as this table writes it."""
    if isinstance(asked, str):
        return asked.removeprefix(HOST)
    return f"{asked.method} {asked.url} {asked.body.decode()}".replace(HOST, "").removeprefix("GET ").strip()


@pytest.mark.parametrize(
    ("platform", "variant", "response", "expected"), VARIANTS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_further_pages(platform: str, variant: str, response: Response, expected: list[str]) -> None:
    spider = CLASSES[platform](name="sample")
    found = list(dict.fromkeys(written(each) for each in spider.next_pages(response, spider.links(response))))
    assert [each for each in found if each != written(response.url)] == expected


@pytest.mark.parametrize(
    ("platform", "path"),
    [("gkmlpt", "/gkmlpt/api/all/2155?page=1&sid=7"), ("jpaas", f"{GATEWAY}?{UNIT_QUERY}"), ("epoint", VIEW)],
)
def test_a_refusal_with_status_200_is_an_error_that_names_it(platform: str, path: str) -> None:
    spider = CLASSES[platform](name="sample")
    with pytest.raises(AnswerError, match="系统错误"):
        spider.links(page(path, '{"success":false,"msg":"系统错误","data":null,"code":1000}'))
