"""What a portal's pages need to look like something: sheets, scripts, pictures, a font, a framed notice.

Every address with one of the known endings answers on every host of a portal; all portals of some platforms share a
script on CDN, a host of nobody's. Bytes come from the portal's skin, so that they are the same from run to run.
"""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .font import ttf
from .pictures import colours, css_colour, png

if TYPE_CHECKING:
    from .model import Article
    from .platforms.base import Page
    from .portal import SamplePortal

CDN = "cdn.portal.test"  # what the portals of these platforms share:
ON_CDN = ("ucap", "gkmlpt")

# Width and height by the name of a picture; others are of the last size.
SIZES = {
    "logo": (320, 52),
    "banner1": (1000, 120),
    "top": (1000, 120),
    "qr": (120, 120),
    "red": (60, 72),
    "bg_header": (40, 90),
}
SIZES |= {"jiucuo": (100, 60), "dot": (6, 6), "blank": (1, 1), "favicon": (32, 32), "ad": (728, 90)}
OTHERS = (420, 130)

BASE = """@charset "utf-8";
@import url("layout.css");
body{margin:0;font:14px/1.8 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#333}
a{color:%(deep)s;text-decoration:none}a:hover{text-decoration:underline}ul{margin:0;padding:0}li{list-style:none}
.top{background:%(light)s;font-size:12px}.header{background:%(deep)s url("../images/bg_header.png") repeat-x;padding:18px 0}
.header img{width:320px;height:52px}.header form{float:right}.header input{border:1px solid %(deep)s;padding:4px 8px}
.nav{background:%(deep)s;border-top:2px solid %(light)s}.nav li{display:inline-block;padding:8px 26px}.nav a{color:#fff}
.position{border-bottom:2px solid %(deep)s;margin-bottom:10px}h1{font-size:24px;text-align:center;color:%(deep)s}
.info_menu_list h2,.news h3,.gk h3,.fw h3{background:%(light)s;margin:0;padding:4px 10px;font-size:16px;border-left:4px solid %(deep)s}
table{border-collapse:collapse}#zoom table td,.TRS_Editor table td,.v_news_content table td,.article-content table td,#UCAP-CONTENT table td{
border:1px solid #999;padding:2px 6px}.footer{clear:both;border-top:3px solid %(deep)s;text-align:center;font-size:12px}
.fujian,.attachment{background:%(light)s;padding:8px 14px;margin:12px 0}.prevnext{border-top:1px dashed #bbb;margin-top:20px}
"""
LAYOUT = """.w{width:1040px;margin:0 auto}.fr{float:right}.main{overflow:hidden;padding:12px 0}
.left{float:left;width:220px}.left li{border-bottom:1px solid #ddd;padding:6px 10px}.right{margin-left:240px}
.news,.gk,.fw{width:48%%;float:left;margin:0 1%% 14px 0}.links{clear:both}.banner img{max-width:100%%}
.clearfix:after{content:"";display:block;clear:both}.page{text-align:center;padding:16px}
"""
OPENNESS = """@font-face{font-family:"Sample Signs";src:local("Sample Signs Nowhere"),url("../fonts/signs.ttf") format("truetype")}
.position:before{font-family:"Sample Signs";content:"\\e001 ";color:%(deep)s}.fujian h4:before{font-family:"Sample Signs";content:"\\e002 "}
.xxgk_head,.headInfo,.xxgk_table{background:%(light)s}.xxgk_head li{display:inline-block;width:32%%;padding:4px 0}
.article_title,.title{border-bottom:1px solid #ddd;padding-bottom:12px}.info,.article_extend{text-align:center;color:#888;font-size:12px}
@media print{.top,.nav,.footer,.left{display:none}}
"""
NOTICE = """body{margin:0;background:%(light)s;font-size:12px}p{margin:6px 10px}img{vertical-align:middle}"""

MAIN = """(function(){
 function late(){var all=document.getElementsByTagName('img');for(var i=0;i<all.length;i++){
  var address=all[i].getAttribute('data-src');if(address){all[i].src=address;all[i].removeAttribute('data-src');}}}
 if(document.readyState==='loading'){document.addEventListener('DOMContentLoaded',late);}else{late();}
})();
"""
# What the content systems' pages call; in life each brings its own script for it.
CALLS = """window.doZoom=function(n){var z=document.getElementById('zoom');if(z){z.style.fontSize=n+'px';}};
window.createPageHTML=window.addViewRecord=window._showDynClicks=window.showVsbpdfIframe=function(){};
"""


def script() -> bytes:
    """A library of the size that portals carry around: what the pages call, and helpers that nobody does."""
    return _script().encode()


@cache
def _script() -> str:
    core = """(function(w,d){
 function Set(nodes){this.nodes=nodes;this.length=nodes.length;}
 Set.prototype={each:function(f){for(var i=0;i<this.length;i++){f.call(this.nodes[i],i,this.nodes[i]);}return this;},
  css:function(k,v){return this.each(function(){this.style[k.replace(/-(.)/g,function(_,c){return c.toUpperCase();})]=v;});},
  html:function(t){return this.each(function(){this.innerHTML=t;});},jpage:function(){return this;},
  hide:function(){return this.css('display','none');},show:function(){return this.css('display','');}};
 var $=function(what){if(typeof what==='function'){d.addEventListener('DOMContentLoaded',what);return new Set([]);}
  return new Set(typeof what==='string'?d.querySelectorAll(what):[what]);};
 w.$=w.jQuery=$;
"""
    helpers = "".join(
        f" $.helper{i}=function(a,b){{var t=[];for(var i=0;i<(a||[]).length;i++){{if((a[i]+{i})%{i % 7 + 2}!==b){{t.push(a[i]*{i * 37 % 101}+{i * i % 977});}}}}return t;}};\n"
        for i in range(300)
    )
    return f"{core}{helpers}}})(window,document);\n{CALLS}"


def asset(portal: SamplePortal, path: str) -> Page | None:
    """What is at `path` on a portal's host, None when nothing with that ending is served."""
    from .platforms.base import Page

    name, _, ending = path.rsplit("/", 1)[-1].rpartition(".")
    stamp = ("2020-03-12", 0) if portal.index % 5 != 4 else None  # most servers give validators for files
    if ending in ("png", "gif", "ico") or path.endswith("/showpic.asp"):
        return Page(png(*SIZES.get(name, OTHERS), portal.skin, name), "image/png", stamp=stamp)
    if ending == "css":
        return Page(sheet(portal, name).encode(), "text/css", stamp=stamp)
    if ending == "js":
        body = (
            script()
            if "jquery" in name
            else MAIN.encode() + (b"" if portal.platform in ("ucap", "gkmlpt") else CALLS.encode())
        )
        return Page(body, "application/javascript", stamp=stamp)
    if ending == "ttf":
        return Page(ttf(), "font/ttf", stamp=stamp)
    if path.endswith("/articlehits.jsp"):
        return Page(b"void 0;\n", "application/javascript")
    if path.endswith("/system/notice.htm"):
        return Page(notice().encode(), "text/html; charset=utf-8", stamp=stamp)
    return None


def sheet(portal: SamplePortal, name: str) -> str:
    """A style sheet by its name: the basic one imports the layout, the openness platform's brings the font."""
    deep, light = colours(portal.skin)
    text = {"layout": LAYOUT, "xxgk": OPENNESS, "notice": NOTICE}.get(name, BASE)
    return text % {"deep": css_colour(deep), "light": css_colour(light)}


def shared(path: str) -> Page | None:
    """What the shared host has."""
    from .platforms.base import Page

    return Page(script(), "application/javascript", stamp=("2019-05-06", 0)) if path == "/lib/jquery.min.js" else None


def library(portal: SamplePortal) -> str:
    """Where the portal's pages have their library from."""
    return f"http://{CDN}/lib/jquery.min.js" if portal.platform in ON_CDN else "/js/jquery.min.js"


def notice() -> str:
    """A page in a frame."""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>提示</title><link rel="stylesheet" href="/system/css/notice.css"></head>'
        '<body><p><img src="/images/dot.gif" alt=""> 建议使用分辨率较高的屏幕浏览本站。</p></body></html>'
    )


def pictures_of(portal: SamplePortal, article: Article) -> str:
    """Pictures and frames at the end of some reports' bodies, each platform in the way it has them in life."""
    report = article.report
    if report is None or article.number % 3 or "attachments_only" in report.blemishes:
        return ""
    address = f"/uploads/{article.date[:4]}/{article.number}.png"
    return {
        "hanweb": f'<p align="center"><img src="/images/blank.gif" data-src="{address}" class="lazy" alt=""></p>',
        "tables": f'<img src="/showpic.asp?name=图{article.number}" alt="">',  # the query is in the page's GB2312
        "ucap": f'<p style="text-align:center"><img src="/uploads/宣传画/{article.number}.png" srcset="{address} 2x" alt=""></p>',
        "vsb": '<iframe src="/system/notice.htm" width="100%" height="40" frameborder="0" scrolling="no"></iframe>',
        "docshare": "",
    }.get(portal.platform, f'<p style="text-align:center"><img src="{address}" alt=""></p>')
