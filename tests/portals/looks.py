"""The outer skins of the portals of the new kinds: header, navigation, menu, landing pages, footer. A look is a row of templates.

None of them is of any content system: what tells a platform is what its module puts inside.
"""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Look:
    """Templates for str.format; each names in braces what is put in."""

    page: str  # charset metas title nav main foot form
    nav_item: str  # url name
    crumb: str  # links
    joint: str
    split: str  # menu content
    menu: str  # name items
    menu_item: str  # link
    landing: str  # name items
    landing_item: str  # link
    home: str  # news more cards friends name
    news_item: str  # url title date
    card: str  # url name
    query: str  # the search box's parameter


LOOKS: Final = (
    Look(
        page='<!DOCTYPE html>\n<html><head><meta charset="{charset}">{metas}<title>{title}</title><link rel="stylesheet" href="/css/layout.css"></head>'
        '<body><header class="hd"><a class="lg" href="{home}"><img src="/images/logo.png" alt=""></a>{form}</header><nav class="gnb">{nav}</nav><main class="wp">{main}</main><footer>{foot}</footer></body></html>',
        nav_item='<a href="{url}">{name}</a>',
        crumb='<p class="bread">您的位置：{links}</p>',
        joint=" › ",
        split='<div class="cols"><aside>{menu}</aside><section>{content}</section></div>',
        menu='<h4>{name}</h4><ul class="side-nav">{items}</ul>',
        menu_item="<li>{link}</li>",
        landing='<h3>{name}</h3><ul class="entry">{items}</ul>',
        landing_item="<li>{link}</li>",
        home='<div class="focus"><h3>{name}</h3>{news}<p class="more"><a href="{more}">更多</a></p></div><div class="quick">{cards}</div><div class="friends">{friends}</div>',
        news_item='<p><a href="{url}">{title}</a> <em>{date}</em></p>',
        card='<a class="q" href="{url}"><span>{name}</span></a>',
        query="q",
    ),
    Look(
        page='<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset={charset}" />{metas}'
        '<title>{title}</title><link href="/css/style.css" rel="stylesheet" type="text/css" /></head><body><div id="wrap"><div id="top"><img src="/images/top.png" />{form}</div><div id="nav"><ul>{nav}</ul></div><div id="mid">{main}</div><div id="bottom">{foot}</div></div></body></html>',
        nav_item='<li><a href="{url}" target="_blank"><b>{name}</b></a></li>',
        crumb='<div class="weizhi">当前位置：{links}</div>',
        joint=" &gt;&gt; ",
        split='<table width="100%" cellspacing="0"><tr><td width="210" valign="top">{menu}</td><td valign="top">{content}</td></tr></table>',
        menu='<table class="lm" width="100%"><tr><th>{name}</th></tr>{items}</table>',
        menu_item='<tr><td height="32">{link}</td></tr>',
        landing='<table class="lmlb" width="98%"><tr><td colspan="2"><b>{name}</b></td></tr>{items}</table>',
        landing_item='<tr><td width="12">·</td><td>{link}</td></tr>',
        home='<table width="100%"><tr><td width="60%"><h2>{name} <a href="{more}">MORE&gt;&gt;</a></h2><ul>{news}</ul></td><td>{cards}</td></tr></table><p>友情链接：{friends}</p>',
        news_item='<li><a href="{url}" title="{title}">{title}</a><span>({date})</span></li>',
        card='<p class="btn"><a href="{url}"><img src="/images/ico1.png" alt="{name}" /></a><br /><a href="{url}">{name}</a></p>',
        query="keyword",
    ),
    Look(
        page='<!doctype html><html lang="zh"><head><meta charset="{charset}"><meta name="viewport" content="width=device-width">{metas}<title>{title}</title><link rel="stylesheet" href="/css/app.css"></head>'
        '<body class="pg"><div class="bar"><div class="bar-in"><strong>{home_name}</strong>{form}</div></div><div class="tabs">{nav}</div><div class="stage">{main}</div><div class="ft">{foot}</div></body></html>',
        nav_item='<div class="tab"><a href="{url}">{name}</a></div>',
        crumb='<ol class="path">{links}</ol>',
        joint="",
        split='<div class="grid"><div class="g9">{content}</div><div class="g3">{menu}</div></div>',
        menu='<div class="panel"><div class="panel-t">{name}</div>{items}</div>',
        menu_item='<div class="panel-i">{link}</div>',
        landing='<div class="tiles"><h1>{name}</h1>{items}</div>',
        landing_item='<div class="tile">{link}</div>',
        home='<div class="hero"><img src="/images/banner1.png"></div><div class="feed"><h2>{name}</h2><dl>{news}</dl><a href="{more}">查看全部</a></div><div class="shortcuts">{cards}</div><div class="fl">{friends}</div>',
        news_item='<dt>{date}</dt><dd><a href="{url}">{title}</a></dd>',
        card='<div class="sc"><a href="{url}"><i></i>{name}</a></div>',
        query="wd",
    ),
    Look(
        page='<html><head><title>{title}</title><meta http-equiv="content-type" content="text/html;charset={charset}">{metas}<link rel=stylesheet href=/css/main.css></head>'
        "<body><center><img src=/images/banner1.png>{form}<div class=daohang>{nav}</div></center><div class=neirong>{main}</div><hr><center class=banquan>{foot}</center></body></html>",
        nav_item='<span> | <a href="{url}">{name}</a></span>',
        crumb="<div class=dqwz>您现在的位置: {links}</div>",
        joint=" -&gt; ",
        split="<div class=zuo>{menu}</div><div class=you>{content}</div>",
        menu="<div class=caidan><b>{name}</b><dl>{items}</dl></div>",
        menu_item="<dd>{link}</dd>",
        landing="<div class=lanmu><b>{name}</b><br>{items}</div>",
        landing_item="<span class=lm>[{link}]</span>",
        home='<div class=xw><b>{name}</b> <a href="{more}">全部</a><br>{news}</div><div class=tb>{cards}</div><div class=lj>{friends}</div>',
        news_item='· <a href="{url}">{title}</a> {date}<br>',
        card='<a href="{url}"><font color=blue>{name}</font></a>　',
        query="key",
    ),
    Look(
        page='<!DOCTYPE html>\n<html>\n<head>\n<meta charset="{charset}">\n{metas}\n<title>{title}</title>\n<link rel="stylesheet" href="/assets/site.css">\n</head>\n<body>\n<div class="m-top"><div class="m-w">{form}</div></div>\n'
        '<div class="m-nav"><ul class="m-w f-cb">{nav}</ul></div>\n<div class="m-w m-body">{main}</div>\n<div class="m-foot">{foot}</div>\n</body>\n</html>\n',
        nav_item='<li class="u-nav"><a href="{url}" title="{name}">{name}</a></li>',
        crumb='<div class="m-path"><span>所在位置</span>{links}</div>',
        joint="<i>/</i>",
        split='<div class="m-l">{menu}</div><div class="m-r">{content}</div>',
        menu='<div class="m-menu"><div class="hd">{name}</div><div class="bd"><ul>{items}</ul></div></div>',
        menu_item='<li class="u-m"><h5>{link}</h5></li>',
        landing='<div class="m-sub"><h2>{name}</h2><ul>{items}</ul></div>',
        landing_item='<li><h3>{link}</h3></li>',
        home='<div class="m-news"><ul>{news}</ul><a class="u-more" href="{more}">{name} +</a></div><ul class="m-entry">{cards}</ul><div class="m-link">{friends}</div>',
        news_item='<li><span class="d">{date}</span><a href="{url}" title="{title}">{title}</a></li>',
        card='<li><a href="{url}"><img src="/images/ico2.png"><p>{name}</p></a></li>',
        query="searchWord",
    ),
)  # fmt: skip
