"""Pages of platforms in our own words: home, list and article, with the marks by which each platform is told."""

# Markup stays on the line it would be served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from scrapy.http import HtmlResponse, Request, Response

HOST = "http://www.qingyuan.gov.cn"
HEX, UUID = "e89f9aee73e344f3971381321d54ab70", "0f8fad5b-d9cb-469f-a165-70867728950e"
OUTSIDE = '<a href="http://www.gov.cn/zhengce/202401/t20240125_1.htm">中国政府网</a><a href="https://www.zj.gov.cn/col/col1/index.html">省政府</a>'


def page(path: str, body: str, method: str = "GET", asked: bytes = b"", head: str = "") -> Response:
    """A page of the sample portal as Scrapy would hand it over."""
    request = Request(HOST + path, method=method, body=asked)
    html = f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>{body}{OUTSIDE}</body></html>'
    raw = body if body.startswith(("{", "[")) else html
    return HtmlResponse(request.url, body=raw.encode(), encoding="utf-8", request=request)


def row(href: str, year: int = 2023) -> str:
    return f'<li><a href="{href}" title="青垣区{year}年政府信息公开工作年度报告">青垣区{year}年政府信息公开工作…</a><span>{year + 1}-01-25</span></li>'


RECORD = f"<record><![CDATA[{row('/art/2024/1/25/art_12_7.html')}]]></record>"
JPAGE = (
    f'<div id="247686"><script type="text/xml"><datastore><recordset>{RECORD}</recordset></datastore></script></div>'
    "<script>$('#247686').jpage({storeproxy:'/module/web/jpage/dataproxy.jsp',storeparams:'col=1&appid=1&webid=39&path=/"
    "&columnid=61490&sourceContentType=1&unitid=247686&webname=青垣区&permissiontype=0',totalRecord:52,perPage:15,groupSize:3});</script>"
)
UNIT = (
    "<script url=\"/api-gateway/jpaas-publish-server/front/page/build/unit\" queryData=\"{'webId':'149','tplSetId':'x7','pageType':'column',"
    "'tagId':'年报列表','pageId':'61490','parseType':'bulidstatic','editType':'null'}\"></script>"
)

# What each platform's pages look like, in the order home, list, article.
PAGES: dict[str, list[Response]] = {
    "trs": [
        page("/", '<ul><li><a href="./zwyw/202401/t20240125_3271106.html">要闻</a></li></ul>'),
        page("/zfxxgk/nb/index.shtml", '<script>createPageHTML(4, 0, "index", "shtml");</script>' + row("./202401/t20240125_1.shtml")),
        page("/zfxxgk/nb/202401/t20240125_1.shtml", '<div class="TRS_Editor"><p>一、总体情况</p></div>'),
    ],
    "hanweb": [
        page("/", '<a href="/col/col1620985/index.html">政府信息公开</a><a href="/art/2024/1/25/art_12_7.html">要闻</a>'),
        page("/col/col61490/index.html", JPAGE),
        page("/art/2024/1/25/art_12_7.html", '<div id="zoom"><!--<$[信息内容]>begin--><p>一</p><!--<$[信息内容]>end--></div>'),
    ],
    "jpaas": [
        page("/", UNIT + '<a href="/col/col61490/index.html">年报</a>'),
        page("/col/col61490/index.html", UNIT),
        page("/art/2026/art_" + HEX + ".html", '<a href="/api-gateway/jpaas-publish-server/front/page/build/unit?x=1">页</a>'),
    ],
    "xxgk": [
        page("/", '<a href="/col/col1/index.html">公开</a><a href="/module/xxgk/xxgkAnnualReport.jsp?area=001008">信息公开年报</a>'),
        page("/module/xxgk/xxgkAnnualReport.jsp?area=001008", "<select><option value='2019'>2019</option></select>"),
        page("/module/xxgk/xxgkAnnualReport.jsp?area=001008003&fbtime=2019", "<h1>青垣区教育局2019年年度报告</h1>"),
    ],
    "ucap": [
        page("/", f'<a href="/qyq/c100061/202401/{HEX}.shtml">要闻</a>'),
        page("/qyq/c100061/xxgk_list.shtml", f"<script>createPageHTML('page_div',4, 1,'xxgk_list','shtml',52);</script>{row(f'/qyq/c100061/202401/{HEX}.shtml')}"),
        page(f"/qyq/c100061/202401/{HEX}.shtml", "<UCAPTITLE>报告</UCAPTITLE><UCAPCONTENT><p>一</p></UCAPCONTENT>"),
    ],
    "vsb": [
        page("/", '<a href="info/1006/1221.htm">要闻</a>'),
        page("/zfxxgk/nb.htm", row("../info/1062/2345.htm") + '<span class="p_next p_fun"><a href="nb/10.htm">下页</a></span>'),
        page("/info/1062/2345.htm", '<div id="vsb_content"><div class="v_news_content"><p>一</p></div></div>'),
    ],
    "gkmlpt": [
        page("/", '<a href="/gkmlpt/index">政府信息公开</a>'),
        page("/gkmlpt/index", "<script>window._CONFIG = {SID: '755031', TREE: []};</script>"),
        page("/zwgk/nb/content/post_5491193.html", '<div class="article-content"><p>一</p></div>'),
    ],
    "lonsun": [
        page("/", '<a href="/public/column/6596391?type=3&nav=3">年度报告</a>'),
        page("/public/column/6596391?type=4&catId=6717051&action=list", "<script>labelName=publicInfoList</script>"),
        page("/XxgkAnnualReport/show/3985.html", "<p>一、总体情况</p>"),
    ],
    "epoint": [
        page("/", '<div class="ewb-head clearfix"><a href="/govxxgk/jyj/about.html">概况</a></div>'),
        page("/009001/009001002/moreinfo.html", f'<ul class="ewb-list">{row(f"/009001/009001002/20240125/{UUID}.html")}</ul>'),
        page(f"/govxxgk/jyj/2025-12-15/{UUID}.html", '<div class="ewb-article-content"><p>一</p></div>'),
    ],
    "hashed": [
        page("/", '<a href="/xxgk/node_7254.htm">信息公开年报</a>'),
        page("/xxgk/node_7254.htm", row("/xxgk/2024-01/25/content_1335045.htm") + '<a href="node_7254_2.htm">下一页</a>'),
        page(f"/nw12344/20230331/{HEX}.html", '<div id="ivs_content">一</div>'),
    ],
    "tables": [
        page("/", '<table><tr><td><a href="list.asp?cid=12">信息公开</a></td></tr></table>'),
        page("/list.asp?cid=12", '<table><tr><td><a href="show.asp?id=4571">报告</a></td></tr></table>'),
        page("/gknb_show.php?id=4374", "<table><tr><td>一、总体情况</td></tr></table>"),
    ],
    "static": [
        page("/nb/index.html", row("2024/report.html") + '<a href="index_2.html">下一页</a>'),
        page("/nb/", row("/nb/show/report-31.html") + '<a href="/nb/?page=2">下一页</a>'),
    ],
    "yearbook": [
        page("/nb.html", "".join(f"<h3>{year}年</h3><ul><li><a href='/r/{year}-jyj.html'>区教育局</a></li></ul>" for year in (2023, 2022, 2021))),
    ],
    "docshare": [
        page("/d-31.html", '<a href="javascript:;">开通VIP</a><button>下载文档</button><p>上传时间：2024-01-25</p>'),
    ],
}  # fmt: skip
