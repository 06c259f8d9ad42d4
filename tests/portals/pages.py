"""The pages between home and list: home page, landing columns, columns of one text, site map, and the trap."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING

from . import chrome, prose
from .draw import draw
from .model import Column

if TYPE_CHECKING:
    from .platforms.base import Site


def home(site: Site) -> str:
    portal, plan = site.portal, site.plan
    host = portal.host
    news = "".join(
        f'<li><a href="{site.href(a.url, host)}" title="{a.title}">{a.title}</a><span>{a.date[5:]}</span></li>'
        for a in plan.news.listed()[:8]
    )
    entries = [(plan.openness.name, plan.openness)]
    entries += [(column.name, column) for column in plan.openness.children[: 4 if portal.option("direct", 3) else 3]]
    cards = "".join(
        f'<li><a href="{site.href(site.column_url(column), host)}"><img src="/images/ico{i}.png"><p>{name}</p></a></li>'
        for i, (name, column) in enumerate(entries)
    )
    services = "".join(
        f'<a href="{site.href(site.extra_url("bszn"), host)}?id={i}">{name}</a>'
        for i, name in enumerate(["个人办事", "法人办事", "社保查询", "公积金查询", "不动产预约", "办件进度"])
    )
    others = [p for p in portal.siblings if p.index % 5 == portal.index % 5 and p is not portal][:3]
    outside = chrome.OUTSIDE + [(p.site_name, p.home_url) for p in others if p.organ]
    options = "".join(f'<option value="{url}">{name}</option>' for name, url in outside)
    friends = "".join(f'<a href="{url}" target="_blank">{name}</a>' for name, url in outside)
    main = (
        '<div class="banner"><img src="/images/banner1.png"><img src="/images/banner2.gif"></div>'
        f'<div class="news"><h3>{plan.news.name}<a href="{site.href(site.column_url(plan.news), host)}">更多&gt;&gt;</a></h3><ul>{news}</ul></div>'
        f'<div class="gk"><h3>公开</h3><ul>{cards}</ul></div><div class="fw"><h3>服务</h3>{services}</div>'
        f'<div class="links"><select onchange="window.open(this.value)"><option>友情链接</option>{options}</select>{friends}</div>'
    )
    return chrome.shell(site, portal.site_name, main)


def landing(site: Site, column: Column) -> str:
    """A column that only leads on to its children."""
    items = "".join(
        f'<li><a href="{site.href(site.column_url(child), column.host)}" title="{child.name}">{child.name}</a></li>'
        for child in column.children
    )
    main = (
        f'{chrome.breadcrumb(site, column, column.host)}<div class="left">{chrome.menu(site, column.host)}{chrome.trap_box(site, column)}</div>'
        f'<div class="right"><h2>{column.name}</h2><ul class="sub_list">{items}</ul></div>'
    )
    return chrome.shell(site, f"{column.name}-{site.portal.site_name}", main, column)


def text_page(site: Site, column: Column) -> str:
    """A column that is one text: the guide, how to apply, what a body is for."""
    rng = draw(site.portal.skin, column.number, "text")
    who = column.body.organ if column.body else site.portal.organ
    text = "".join(f"<p>{prose.fill(rng, sentence)}</p>" for sentence in prose.NOTICE[2:])
    main = (
        f'{chrome.breadcrumb(site, column, column.host)}<div class="left">{chrome.menu(site, column.host)}</div>'
        f'<div class="right"><h2>{column.name}</h2><p>{who}为公众提供信息查询服务，办公时间为工作日上午和下午。</p>{text}</div>'
    )
    return chrome.shell(site, f"{column.name}-{site.portal.site_name}", main, column)


def extra(site: Site, name: str) -> str:
    """Site map, about, search and services."""
    host = site.portal.host
    if name == "sitemap":
        every = "".join(
            f'<li><a href="{site.href(site.column_url(column), host)}">{column.name}</a></li>'
            for column in site.plan.columns()
            if len(column.path()) <= 3
        )
        return chrome.shell(site, "网站地图", f'<h2>网站地图</h2><ul class="map">{every}</ul>')
    names = {"about": "关于本站", "search": "站内搜索", "bszn": "办事指南"}
    return chrome.shell(
        site,
        names[name],
        f"<h2>{names[name]}</h2><p>{site.portal.site_name}为居民和企业提供网上服务，欢迎提出意见。</p>",
    )


def trap(site: Site) -> str:
    """A page that robots.txt keeps from robots; it looks like a report and is not in the ground truth."""
    title = f"{site.portal.organ}2020年政府信息公开工作年度报告（内部核对稿）"
    text = "<p>一、总体情况</p><p>此稿未经核定，不作为公布文本。</p>"
    return chrome.shell(site, title, f'<h1>{title}</h1><div id="zoom">{text}</div>', site.plan.annual)
