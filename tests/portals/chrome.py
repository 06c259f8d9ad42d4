"""What stands around the text: head and meta tags, navigation, metadata block, tools, footer."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .assets import library
from .draw import draw
from .model import Article, Column

if TYPE_CHECKING:
    from .platforms.base import Site

OUTSIDE = [  # links that are not ours; .example can never be crawled by mistake
    ("中国政府网", "http://www.state.example/"),
    ("省政府网站", "http://www.province.example/"),
    ("信用信息查询", "http://credit.example/"),
    ("人才招聘网", "http://jobs.example/list?type=1"),
]


def metas(site: Site, column: Column | None = None, article: Article | None = None) -> str:
    """The mandated meta tags (国办发〔2017〕47号), with the faults they have in life."""
    portal = site.portal
    faults = article.report.blemishes if article and article.report else portal.blemishes
    tags = [("SiteName", portal.site_name), ("SiteDomain", portal.host), ("SiteIDCode", portal.site_id_code)]
    if column:
        kind = "信息公开年报" if column.annual else "信息公开"
        tags += [("ColumnName", column.name), ("ColumnDescription", f"{portal.site_name}{column.name}栏目")]
        tags += [("ColumnKeywords", f"{portal.division},{column.name}"), ("ColumnType", kind)]
    if article and column:
        title = column.name if "article_title_is_column" in portal.blemishes else article.title
        date = f"{article.date} {9 + article.number % 8:02d}:{article.number % 60:02d}"
        if "pubdate_null" in portal.blemishes:
            date = "null"
        elif "pubdate_wrong" in faults:
            date = f"{int(article.date[:4]) + 3}-06-18 00:12"
        tags += [("ArticleTitle", title), ("PubDate", date), ("ContentSource", article.source)]
        tags += [("Keywords", ""), ("Author", ""), ("Description", article.title), ("Image", ""), ("Url", article.url)]
    return "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in tags)


def head(site: Site, title: str, column: Column | None = None, article: Article | None = None) -> str:
    portal = site.portal
    charset = "gb2312" if portal.charset == "gbk" else "utf-8"
    meta = (
        f'<meta charset="{charset}">'
        if portal.option("meta", 2)
        else f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    )
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head>\n{meta}\n{metas(site, column, article)}\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<link rel="stylesheet" type="text/css" href="/css/base.css"><link href="/css/xxgk.css" rel="stylesheet">\n'
        f'<link rel="shortcut icon" href="/favicon.ico"><script src="{library(portal)}"></script>\n</head>\n'
    )


def page_title(site: Site, article: Article) -> str:
    if "title_is_site_name" in site.portal.blemishes:
        return site.portal.site_name
    return [
        f"{article.title}_{article.column.name}_{site.portal.site_name}",
        f"{article.title}-{site.portal.site_name}",
        article.title,
    ][site.portal.option("title", 3)]


def header(site: Site, host: str) -> str:
    """Top bar, logo, search box and the main navigation."""
    portal, plan = site.portal, site.plan
    links = [
        ("首页", portal.home_url),
        (f"走进{portal.place}", site.extra_url("about")),
        (plan.news.name, site.column_url(plan.news)),
        (plan.openness.name, site.column_url(plan.openness)),
        ("办事服务", site.extra_url("bszn")),
        ("互动交流", site.extra_url("search")),
    ]
    nav = "".join(f'<li><a href="{site.href(url, host)}">{name}</a></li>' for name, url in links)
    return (
        '<div class="top"><div class="w"><span>无障碍浏览</span> | <a href="javascript:void(0)">长者版</a> | '
        '<a href="javascript:;">手机版</a></div></div>\n'
        f'<div class="header"><div class="w"><a href="{site.href(portal.home_url, host)}"><img src="/images/logo.png" alt="{portal.site_name}"></a>'
        f'<form action="{site.href(site.extra_url("search"), host)}"><input type="text" name="q" placeholder="请输入关键字"><button>搜索</button></form></div></div>\n'
        f'<div class="nav"><ul class="w">{nav}</ul></div>\n'
    )


def breadcrumb(site: Site, column: Column, host: str, last: str = "") -> str:
    mark = [" &gt; ", " &gt;&gt; ", " / ", "&nbsp;&gt;&nbsp;"][site.portal.option("crumb", 4)]
    label = ["当前位置：", "您的位置：", "您现在的位置：", "当前位置: "][site.portal.option("where", 4)]
    links = [f'<a href="{site.href(site.portal.home_url, host)}">首页</a>']
    links += [f'<a href="{site.href(site.column_url(c), host)}">{c.name}</a>' for c in column.path()]
    return f'<div class="position">{label}{mark.join([*links, *([last] if last else [])])}</div>'


def menu(site: Site, host: str) -> str:
    """The parts of the openness platform, as they stand at the left of each of its pages."""
    items = "".join(
        f'<li><a href="{site.href(site.column_url(column), host)}"><i class="ico"></i><span>{column.name}</span></a></li>'
        for column in site.plan.openness.children
    )
    return f'<div class="info_menu_list"><h2>{site.plan.openness.name}</h2><ul>{items}</ul></div>'


def trap_box(site: Site, column: Column) -> str:
    """A link that robots.txt forbids, beside the list."""
    if not site.has_trap() or column is not site.plan.annual:
        return ""
    title = f"{site.portal.organ}2020年政府信息公开工作年度报告（内部核对稿）"
    return (
        f'<div class="side"><h4>资料库</h4><p><a href="{site.href(site.trap_url(), column.host)}">{title}</a></p></div>'
    )


def info_line(site: Site, article: Article) -> str:
    """Date, source, size of type and visits, in one of the orders that portals use."""
    hits = "@@HITS@@" if "hit_counter" in site.portal.blemishes else '<script>document.write("")</script>'
    date = article.date
    y, m, d = date.split("-")
    return [
        f'<span>发布时间：{date} 09:{article.number % 60:02d}</span> <span>来源：{article.source}</span> <span>字号：[<a href="javascript:doZoom(16)">大</a> <a href="javascript:doZoom(14)">中</a> <a href="javascript:doZoom(12)">小</a>]</span> <span>浏览次数：{hits}</span>',
        f"<span>日期：{y}年{m}月{d}日</span>&nbsp;&nbsp;<span>作者：</span>&nbsp;&nbsp;<span>来源：{article.source}</span>&nbsp;&nbsp;<span>点击：[{hits}]</span>",
        f'<span class="time">时间：{date}</span><span class="source">信息来源：{article.source}</span><span>访问量：{hits}</span><span>【字体：<a href="javascript:;">大</a> <a href="javascript:;">中</a> <a href="javascript:;">小</a>】</span>',
    ][site.portal.option("info", 3)]


def meta_block(site: Site, article: Article) -> str:
    """索引号 and its companions, on openness pages; as a list, a table, or lines."""
    if article.column.path()[0] is not site.plan.openness:
        return ""
    index = (
        f"{site.portal.option('org', 89_999_999) + 10_000_000:09d}/{article.date[:4]}-{article.number % 100_000:05d}"
    )
    number = "" if article.number % 3 else f"{site.portal.place}政发〔{article.date[:4]}〕{article.number % 60 + 1}号"
    pairs = [("索引号", index), ("发布机构", article.source), ("发文日期", article.date), ("文号", number),
             ("公开方式", "主动公开"), ("公开时限", "常年公开"), ("信息类别", article.column.name)]  # fmt: skip
    form = site.portal.option("metablock", 4)
    if form == 0:
        cells = "".join(f"<li><b>{name}：</b>{value}</li>" for name, value in pairs)
        return f'<div class="xxgk_head"><ul class="clearfix">{cells}</ul></div>'
    if form == 1:
        rows = "".join(
            f"<tr>{''.join(f'<td class=n>{a}：</td><td>{b}</td>' for a, b in pairs[i : i + 2])}</tr>"
            for i in range(0, len(pairs), 2)
        )
        return f'<table class="xxgk_table" width="100%" border="1"><tbody>{rows}<tr><td>信息名称：</td><td colspan="3">{article.title}</td></tr></tbody></table>'
    if form == 2:
        return '<div class="headInfo">' + "".join(f"<p>- {name}：{value}</p>" for name, value in pairs[:5]) + "</div>"
    return ""


def attachments_box(site: Site, article: Article) -> str:
    if not article.attachments:
        return ""
    label = ["附件：", "相关附件", "附件下载："][site.portal.option("attach", 3)]
    host = article.url.split("/")[2]
    links = "".join(
        f'<li><a href="{site.href(a.url, host)}" title="{a.name}">{a.name}</a></li>' for a in article.attachments
    )
    return f'<div class="fujian"><h4>{label}</h4><ul>{links}</ul></div>'


def tools(site: Site) -> str:
    return [
        '<div class="share">分享到：<a href="javascript:;" title="微信">微信</a><a href="javascript:;">微博</a></div><div class="print"><a href="javascript:window.print()">【打印本页】</a> <a href="javascript:window.close()">【关闭窗口】</a></div>',
        '<div class="ewm"><img src="/images/qr.png" alt=""><p>扫一扫在手机打开当前页</p></div><div class="bdsharebuttonbox"><a href="#">分享</a></div>',
        '<p align="right"><a href="javascript:window.print();">打印</a> | <a href="javascript:window.close();">关闭</a></p>',
    ][site.portal.option("tools", 3)]


def prev_next(site: Site, article: Article, tag: str = "p") -> str:
    """Links to the neighbours on the list: their titles are reports too, and none of this text is the article's."""
    around = article.column.listed()
    host = article.url.split("/")[2]
    place = around.index(article)
    words = [("上一篇：", "下一篇："), ("上一条：", "下一条：")][site.portal.option("prev", 2)]
    parts = []
    for word, index in zip(words, (place - 1, place + 1), strict=True):
        if 0 <= index < len(around):
            other = around[index]
            parts.append(f'<{tag}>{word}<a href="{site.href(other.url, host)}">{other.title}</a></{tag}>')
        else:
            parts.append(f"<{tag}>{word}没有了</{tag}>")
    return f'<div class="prevnext">{"".join(parts)}</div>'


def related(site: Site, article: Article) -> str:
    if not site.portal.option("related", 2):
        return ""
    host = article.url.split("/")[2]
    items = "".join(f'<li><a href="{site.href(a.url, host)}">{a.title}</a></li>' for a in site.plan.news.listed()[:3])
    return f'<div class="relation"><h3>相关信息</h3><ul>{items}</ul></div>'


def footer(site: Site, host: str) -> str:
    """The mandated footer in varying order and punctuation."""
    portal = site.portal
    rng = draw(portal.skin, "footer")
    colon = rng.choice(["：", ":", "： ", " ："])
    bits = [
        f"主办单位{colon}{portal.organ}办公室",
        f"承办单位{colon}{portal.division}大数据中心",
        f"{rng.choice(['虚', '岚', '泽'])}ICP备{rng.randint(10_000_000, 29_999_999)}号{rng.choice(['', '-1'])}",
        f"公网安备{rng.randint(96_000_000_000_000, 98_999_999_999_999)}号",
        f"{rng.choice(['', '政府'])}网站标识码{colon}{portal.site_id_code}",
        f"地址{colon}{portal.division}府前路{rng.randint(1, 99)}号",
        f"电话{colon}0{rng.randint(960, 999)}-{rng.randint(2_000_000, 8_999_999)}",
    ]
    rng.shuffle(bits)
    joiner = rng.choice(["<br>", "&nbsp;&nbsp;", "</p><p>", " | "])
    links = " | ".join(
        f'<a href="{site.href(site.extra_url(name), host)}">{label}</a>'
        for name, label in [("sitemap", "网站地图"), ("about", "联系我们"), ("about", "网站声明")]
    )
    code = portal.site_id_code
    return (
        f'<div class="footer"><p>{links}</p><p>{joiner.join(bits)}</p>'
        f'<a href="http://emblem.example/sitename?method=show&amp;id={code}"><img src="/images/red.png"></a>'
        f'<a href="http://errata.example/exposure/jiucuo.html?site_code={code}&amp;url={portal.host}"><img src="/images/jiucuo.png" alt="政府网站找错"></a>'
        '</div>\n<script src="/js/main.js"></script>\n'
    )


def shell(site: Site, title: str, main: str, column: Column | None = None, article: Article | None = None) -> str:
    """A whole page around `main`."""
    host = column.host if column else site.portal.host
    return f'{head(site, title, column, article)}<body>\n{header(site, host)}<div class="w main">\n{main}\n</div>\n{footer(site, host)}</body></html>\n'
