"""Puts a look around what a platform writes: whole pages, menus in three ways, frames, home page, site map."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from . import chrome, prose, searching
from .draw import draw
from .looks import LOOKS, Look
from .model import Article, Column

if TYPE_CHECKING:
    from .platforms.skinned import Skinned

CALLS = ("location.href='{}'", "window.open('{}')", "openUrl('{}')", "loadPage('{}',this)")
NOTHING = ("javascript:;", "javascript:void(0)", "#")


def look(site: Skinned) -> Look:
    assert site.portal.traits
    return LOOKS[site.portal.traits.look]


def shell(
    site: Skinned, title: str, main: str, column: Column | None = None, article: Article | None = None, extra: str = ""
) -> str:
    """A whole page; `extra` goes into its head."""
    portal, plan = site.portal, site.plan
    host = article.url.split("/")[2] if article else column.host if column else portal.host
    links = [
        ("首页", portal.home_url), (plan.news.name, site.link(plan.news)), (plan.openness.name, site.link(plan.openness)),
        ("办事服务", site.extra_url("bszn")), ("关于本站", site.extra_url("about")),
    ]  # fmt: skip
    nav = "".join(look(site).nav_item.format(url=site.href(url, host), name=name) for name, url in links)
    metas = "" if portal.option("nometas", 4) == 0 else chrome.metas(site, column, article)
    return look(site).page.format(
        charset="gb2312" if portal.charset == "gbk" else "utf-8", metas=metas + extra, title=escape(title), nav=nav, main=main,
        home=site.href(portal.home_url, host), home_name=portal.site_name, form=searching.form(site, host), foot=foot(site, host),
    )  # fmt: skip


def foot(site: Skinned, host: str) -> str:
    portal = site.portal
    lines = [
        f"主办：{portal.organ}办公室", f"网站标识码：{portal.site_id_code}",
        f'<a href="{site.href(site.extra_url("sitemap"), host)}">网站地图</a>', f'<a href="{site.href(site.extra_url("about"), host)}">联系我们</a>',
    ]  # fmt: skip
    return (" | ", "<br>", "　", "&nbsp;&nbsp;")[portal.option("foot", 4)].join(lines)


def anchor(site: Skinned, column: Column, host: str, plain: bool = False) -> str:
    """A column in a menu: a link, or something that only a script makes into one."""
    assert site.portal.traits
    url, name, way = site.href(site.link(column), host), column.name, site.portal.traits.menu
    nothing = NOTHING[site.portal.option("nothing", 3)]
    if plain or way == "links":
        return f'<a href="{url}">{name}</a>'
    if way == "data-url":
        if site.portal.option("dataurl", 2):
            return f'<span class="item" data-url="{url}">{name}</span>'
        return f'<a href="{nothing}" data-url="{url}">{name}</a>'
    call = CALLS[site.portal.option("call", 4)].format(url)
    return f'<a href="{nothing}" onclick="{call}">{name}</a>'


def shown(columns: list[Column]) -> list[Column]:
    return [column for column in columns if not column.hidden]


def menu(site: Skinned, column: Column) -> str:
    """The openness platform's parts; on the host of one body that body's columns."""
    top = next((c for c in reversed(column.path()) if c.parent and c.host != c.parent.host), site.plan.openness)
    items = "".join(look(site).menu_item.format(link=anchor(site, c, column.host)) for c in shown(top.children))
    return look(site).menu.format(name=top.name, items=items)


def crumb(site: Skinned, column: Column, host: str) -> str:
    links = [f'<a href="{site.href(site.portal.home_url, host)}">首页</a>']
    links += [f'<a href="{site.href(site.link(c), host)}">{c.name}</a>' for c in column.path() if not c.bare]
    parts = [f"<li>{link}</li>" for link in links] if look(site).crumb.startswith("<ol") else links
    return look(site).crumb.format(links=look(site).joint.join(parts))


def inside(site: Skinned, column: Column, content: str) -> str:
    """Crumb, menu and what the column shows."""
    return crumb(site, column, column.host) + look(site).split.format(menu=menu(site, column), content=content)


def column_page(site: Skinned, column: Column, content: str, extra: str = "") -> str:
    """A list in its page; a bare one is a small page for an iframe, or a piece of one for a script."""
    assert site.portal.traits
    if column.bare and site.portal.traits.frame == "xhr":
        return content
    if column.bare:
        return f'<html><head><meta charset="{"gb2312" if site.portal.charset == "gbk" else "utf-8"}"><title>{column.name}</title></head><body>{content}</body></html>'
    return shell(site, f"{column.name}-{site.portal.site_name}", inside(site, column, content), column, extra=extra)


def framed(site: Skinned, column: Column) -> str:
    """A column that brings its list in from another address."""
    assert site.portal.traits
    url = site.href(site.column_url(column.children[0]), column.host)
    if site.portal.traits.frame == "iframe":
        name = "mainframe" if site.portal.platform == "homemade" else "columniframe"
        inner = f'<iframe id="{name}" name="{name}" src="{url}" width="100%" height="800" frameborder="0" scrolling="no"></iframe>'
    else:
        box, way = f"lb{column.number}", site.portal.option("load", 4)
        script = (
            f'$("#{box}").load("{url}");',
            f"$.ajax({{type:'get',url:'{url}',dataType:'html',success:function(t){{$('#{box}').html(t);}}}});",
            f'$.get("{url}",function(t){{document.getElementById("{box}").innerHTML=t;}});',
            f'$("#{box}").load($("#{box}").attr("data-url"));',
        )[way]
        told = f' data-url="{url}"' if way == 3 else ""
        inner = f'<div id="{box}"{told}>正在加载……</div><script>{script}</script>'
    return column_page(site, column, f"<h3>{column.name}</h3>{inner}")


def landing(site: Skinned, column: Column) -> str:
    items = "".join(
        look(site).landing_item.format(link=anchor(site, c, column.host, plain=column is not site.plan.openness))
        for c in shown(column.children)
    )
    return column_page(site, column, look(site).landing.format(name=column.name, items=items))


def text_page(site: Skinned, column: Column) -> str:
    rng = draw(site.portal.skin, column.number, "text")
    who = column.body.organ if column.body else site.portal.organ
    text = "".join(f"<p>{prose.fill(rng, sentence)}</p>" for sentence in prose.NOTICE[2:])
    return column_page(site, column, f"<h3>{column.name}</h3><p>{who}为公众提供信息查询服务。</p>{text}")


def home(site: Skinned) -> str:
    portal, plan = site.portal, site.plan
    assert portal.traits
    host = portal.host
    news = "".join(
        look(site).news_item.format(url=site.href(a.url, host), title=escape(a.title), date=a.date[5:])
        for a in plan.news.listed()[:6] if not a.report
    )  # fmt: skip
    entries = [plan.openness, *([plan.annual] if portal.traits.entry == "home" else [])]
    cards = "".join(look(site).card.format(url=site.href(site.link(c), host), name=c.name) for c in entries)
    others = [p for p in portal.siblings if p.index % 7 == portal.index % 7 and p is not portal][:3]
    friends = "".join(
        f'<a href="{url}">{name}</a> ' for name, url in [*chrome.OUTSIDE, *((p.site_name, p.home_url) for p in others)]
    )
    more = site.href(site.link(plan.news), host)
    return shell(
        site,
        portal.site_name,
        look(site).home.format(name=plan.news.name, news=news, more=more, cards=cards, friends=friends),
    )


def extra(site: Skinned, name: str) -> str:
    """Site map, about and services."""
    assert site.portal.traits
    host = site.portal.host
    if name == "sitemap":
        every = [
            c
            for c in site.plan.columns()
            if len(c.path()) <= 3 and not (c.hidden and site.portal.traits.entry == "search")
        ]
        items = "".join(f'<li><a href="{site.href(site.link(c), host)}">{c.name}</a></li>' for c in every if not c.bare)
        return shell(site, "网站地图", f"<h2>网站地图</h2><ul>{items}</ul>")
    label = {"about": "关于本站", "bszn": "办事指南"}[name]
    return shell(site, label, f"<h2>{label}</h2><p>{site.portal.site_name}为居民和企业提供网上服务，欢迎提出意见。</p>")
