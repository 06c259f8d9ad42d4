"""Shapes of real government pages (field-notes/reading.md 7), imitated in our own words: each once, and all that is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

import pytest

from parsing import read
from parsing.document import Document

TITLE = "云棠市水务局2022年政府信息公开工作年度报告"
BODY = (
    "本报告由云棠市水务局依照《中华人民共和国政府信息公开条例》编写，所列数据的统计期限为2022年1月1日至12月31日。",
    "一、总体情况",
    "全年在门户网站发布供水、防汛和河湖管理方面的信息218条，比上年多31条，其中停水通知占四成。",
    "二、收到和处理政府信息公开申请情况",
    "收到申请6件，全部在法定期限内答复，没有结转到下一年的申请。",
    "三、存在的主要问题及改进情况",
    "部分停水通知发布得不够早，下一步将与供水企业约定提前两天报送。",
    "云棠市水务局",
    "2023年1月16日",
)
MENU = "".join(f'<li><a href="/c{n}/">第{n}栏目</a></li>' for n in range(40))
FOOT = (
    "<div class=dibu><p>主办单位：云棠市人民政府办公室 网站标识码：9901000039</p><p>某ICP备05000000号-1</p>"
    "<p>联系电话：0990-1234567</p></div>"
)


def paragraphs(body: tuple[str, ...] = BODY) -> str:
    return "".join(f"<p>　　{line}</p>" for line in body)


def page(article: str, title: str = TITLE, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><ul class=daohang>{MENU}</ul>'
        f'<div class=weizhi>当前位置：<a href="/">首页</a> &gt; <a href="/c1/">年报</a></div>{article}{FOOT}</body></html>'
    )


def article(inner: str, before: str = "", behind: str = "") -> str:
    return f'<div class="neirong"><h1>{TITLE}</h1>{before}<div class="zw" id="zhengwen">{inner}</div>{behind}</div>'


def document(html: str) -> Document:
    return read(html.encode(), None, "http://www.yuntang.gov.cn/swj/202301/t20230116_1.html")


def lines(html: str) -> list[str]:
    """The clean text without the title: it stands in some containers and beside others."""
    return [line for line in document(html).text.split("\n") if line != TITLE]


def test_the_plain_page() -> None:
    assert lines(page(article(paragraphs()))) == list(BODY)


NOT_SHOWN = ("class='ng-hide'", "style='display:none'", "class='am-show-sm-only'", "hidden")


@pytest.mark.parametrize("how", [*NOT_SHOWN, "class='wap'", ""])
@pytest.mark.parametrize("place", ["beside", "before", "inside"])
@pytest.mark.parametrize("form", ["paragraphs", "breaks", "one line"])
def test_one_copy_of_two(how: str, place: str, form: str) -> None:
    forms = {"paragraphs": paragraphs(), "breaks": "<br>".join(BODY), "one line": " ".join(BODY)}
    copy = f"<div {how}><div id='zhengwen'>{forms[form]}</div></div>"
    if place == "inside":
        html = page(article(paragraphs() + copy))
    else:
        html = page(copy + article(paragraphs()) if place == "before" else article(paragraphs()) + copy)
    assert "".join(lines(html)).replace(" ", "") == "".join(BODY)


@pytest.mark.parametrize(
    "store", ["textarea id=nr style='display:none'", "script type=text/html", "script type='text/x-template'"]
)
def test_an_article_that_the_page_keeps_as_text_for_its_script(store: str) -> None:
    kept = paragraphs() if store.startswith("script") else escape(paragraphs())
    stored = f"<{store}>{kept}</{store.split()[0]}>"
    assert lines(page(article("") + stored)) == list(BODY)
    assert lines(page(article(paragraphs()) + stored)) == list(BODY)


def as_json(markup: str, **more: str) -> str:
    return json.dumps({"id": 7, "title": TITLE, "date": "2023-01-16", "content": markup} | more, ensure_ascii=False)


IN_SCRIPTS = (
    lambda markup: f"window._CONFIG = {{SID: '7', TREE: [], DETAIL: {as_json(markup)}}};".replace("<p", "\\u003Cp"),
    lambda markup: f"var info = {as_json(markup)};".replace("</p>", "<\\/p>"),
    lambda markup: f"var info = {json.dumps({'title': TITLE, 'date': '2023-01-16', 'html': markup})};",
    lambda markup: f"show({{title: '{TITLE}', content: '{markup}', date: '2023-01-16'}})".replace("<", "\\x3C"),
)


@pytest.mark.parametrize("script", IN_SCRIPTS)
def test_an_article_that_a_script_has_as_a_string(script: Callable[[str], str]) -> None:
    shell = '<div id="app"></div><script>{}</script>'
    whole = document(page(shell.format(script(paragraphs())), "云棠市政府信息公开平台"))
    assert (whole.title, whole.publication_date, whole.text.split("\n")) == (TITLE, "2023-01-16", list(BODY))
    only_file = document(page(shell.format(script('<p><a href="/f/7.pdf">年报.pdf</a></p>')), "云棠市政府信息公开平台"))
    assert (only_file.title, [file.url for file in only_file.attachments]) == (
        TITLE,
        ["http://www.yuntang.gov.cn/f/7.pdf"],
    )


def test_what_a_script_has_beside_an_article_is_not_read() -> None:
    other = as_json("<p>局长在会上说，公开要及时。</p>" * 4, title="会议召开")
    assert lines(page(article(paragraphs()) + f"<script>var news = {other};</script>")) == list(BODY)
    guide = as_json('<p><a href="/zn.pdf">指南</a></p>', title="云棠市水务局信息公开指南", date="2024-05-01")
    beside = document(page(article(paragraphs()) + f"<script>var info = {guide};</script>"))
    assert (beside.title, beside.publication_date, beside.attachments) == (
        TITLE,
        document(page(article(paragraphs()))).publication_date,
        [],
    )
    tip = "<script>document.title = '云棠市信息公开'; var date = '2099-01-01', tip = '<p><a href=/zn.pdf>指南</a>';</script>"
    assert document(page(tip)).publication_date != "2099-01-01"
    half = as_json(paragraphs(), source="水务局\\ud83d\\u0000").replace("\\\\", "\\")
    assert document(page(f"<script>var info = {half};</script>")).content_source == "水务局?"
    rows = f"<script>var rows = [{as_json(paragraphs())}, {other}];</script>"
    assert BODY[2] not in document(page(rows)).text


LABELLED = (
    "信息员：张某某　点击次数：47",
    "2025-01-10阅读 908收藏",
    "文章录入：admin　责任编辑：admin",
    "上一篇文章：关于清明节祭扫安全的通知",
    "本页二维码",
    "【返回上页】",
    "云卫网审（2013）第0990号",
)


SAYING = (
    "信息员：各科室确定一名信息员",
    "信息录入：全年共录入政府信息120条",
    "2022年12月31日浏览数120万，公开信息1234条",
)


@pytest.mark.parametrize("line", SAYING)
def test_a_line_that_says_something_stays_at_either_end(line: str) -> None:
    assert lines(page(article(f"<p>{line}</p>" + paragraphs()))) == [line, *BODY]
    assert lines(page(article(paragraphs(BODY[:-2]) + f"<p>{line}</p>"))) == [*BODY[:-2], line]


@pytest.mark.parametrize("line", LABELLED)
def test_a_line_that_a_site_puts_under_title_or_text(line: str) -> None:
    above = f"<p>{line}</p>" if ":" in line or "：" in line or "阅读" in line else ""
    assert lines(page(article(above + paragraphs() + f"<p>{line}</p>"))) == list(BODY)


def test_one_copy_of_three() -> None:
    copies = f"<div class=wap>{paragraphs()}</div><em id=langdu class=hideBr>{''.join(BODY)}</em>"
    assert lines(page(article(paragraphs()) + copies)) == list(BODY)


def test_an_included_header_closes_the_page() -> None:
    html = page(article(paragraphs())).replace("<div class=weizhi>", "</body></html><div class=weizhi>")
    assert lines(html) == list(BODY)


def test_several_bodies() -> None:
    html = page("<body><div>政务公开</div></body><body>" + article(paragraphs()) + "</body>")
    assert lines(html) == list(BODY)


@pytest.mark.parametrize("tag", ["ucapcontent", "founder-content", "span", "font", "section", "form"])
def test_the_tag_around_the_article(tag: str) -> None:
    html = page(f"<div class=neirong><h1>{TITLE}</h1><{tag} id=Zoom>{paragraphs()}</{tag}></div>")
    assert lines(html) == list(BODY)


def test_text_behind_the_last_element() -> None:
    inner = paragraphs(BODY[:6]) + f"　　{BODY[6]}<br>　　{BODY[7]}<br>　　{BODY[8]}"
    assert lines(page(article(inner))) == list(BODY)
    outside = article(paragraphs(BODY[:6])).removesuffix("</div>") + "<br>".join(BODY[6:]) + "</div>"
    assert lines(page(outside)) == list(BODY)


SHEET = (
    "<table class=sheet><tr><td>索 引 号：</td><td>000000-02/2023-00001</td><td>主题分类：</td><td>水利、水务</td></tr>"
    "<tr><td>发布机构：</td><td>云棠市水务局</td><td>发文日期：</td><td>2023年01月16日</td></tr>"
    f"<tr><td>名　　称：</td><td colspan=3>{TITLE}</td></tr></table>"
)
INSIDE = {
    "metadata sheet": (SHEET, ""),
    "metadata list": (
        "<ul><li>索引号：000000-02/2023-00001</li><li>发布机构：云棠市水务局</li><li>有效性：有效</li><li>文号：</li></ul>",
        "",
    ),
    "info line": (
        "<div>发布时间：2023-01-16 09:12　来源：云棠市水务局　浏览次数：<span>318</span> 【字体：大 中 小】</div>",
        "",
    ),
    "date and source": ("<div>云棠市水务局　2023-01-16 09:12</div>", ""),
    "title typed again": (f"<p style='text-align:center'>{TITLE}</p>", ""),
    "code for telephones": ("", "<div class=ewm><img src=q.png><p>扫一扫在手机打开当前页</p></div>"),
    "print bar": ("", "<div><a href='#'>打印本页</a>　<a href='#'>关闭窗口</a></div>"),
    "share bar": ("", "<div>分享到：<a href='#'>微信</a><a href='#'>微博</a></div>"),
    "attachment widget": (
        "",
        "<div class=fj><h4>相关附件：</h4><ul><li><a href='/f/1.pdf'>云棠市水务局年报.pdf</a></li></ul></div>",
    ),
    "related links": (
        "",
        "<div><h3>相关链接</h3><ul><li><a href='/1'>云棠市水务局2021年政府信息公开工作年度报告</a></li><li>"
        "<a href='/2'>一图读懂云棠市供水保障规划，看看水从哪里来、怎样送到千家万户的水龙头边上以及价格怎么定</a></li></ul></div>",
    ),
    "neighbours": (
        "",
        f"<p>上一篇：<a href='/1'>{TITLE.replace('2022', '2021')}</a></p><p>下一篇：<a href='/2'>没有了</a></p>",
    ),
    "responsible editor": ("", "<p>（责任编辑：张某某）</p>"),
    "hidden copy": ("", f"<div class=ng-hide>{paragraphs()}</div>"),
}


@pytest.mark.parametrize("what", INSIDE)
def test_inside_the_container(what: str) -> None:
    before, behind = INSIDE[what]
    assert lines(page(article(before + paragraphs() + behind))) == list(BODY)


def test_everything_inside_the_container() -> None:
    before, behind = ("".join(part) for part in zip(*INSIDE.values(), strict=True))
    assert lines(page(article(before + paragraphs() + behind))) == list(BODY)


def test_one_sentence_under_a_mountain_of_menus() -> None:
    menu = "".join(
        f"<dl><dt>栏目{n}</dt>"
        + "".join(f"<dd><a href='/{n}/{m}'>第{n}类第{m}项信息，长一些的栏目名称</a></dd>" for m in range(30))
        for n in range(80)
    )
    sentence = "2022年度政府信息公开工作年度报告请见附件，纸质文本可到市水务局办公室领取。"
    html = page(f"<div class=nav_pc>{menu}</div>" + article(f"<p>{sentence}</p>") + f"<div>{menu}</div>")
    assert len(html.encode()) > 198_000
    assert document(html).text == sentence


def test_a_cell_of_one_character_stays() -> None:
    rows = [["项目", "数量", "说明"], ["规章", "一", "无"], ["许可", "二", "新"]]
    table = "".join("<tr>" + "".join(f"<td><p><span>{cell}</span></p></td>" for cell in row) + "</tr>" for row in rows)
    found = document(page(article(paragraphs(BODY[:3]) + f"<table>{table}</table>" + paragraphs(BODY[3:]))))
    assert [block.rows for block in found.blocks if block.rows] == [rows]
    assert found.text.split("\n") == [*BODY[:3], *(" | ".join(row) for row in rows), *BODY[3:]]


def test_word_markup_of_half_a_megabyte() -> None:
    style = "mso-style-name:正文;margin:0cm 0cm 0.0001pt;font-family:仿宋_GB2312;mso-fareast-language:ZH-CN;line-height:150%;"

    def cell(text: str) -> str:
        spans = "".join(
            f"<span lang=EN-US style='{style}'>{part}</span><span style='{style}'>&nbsp;</span>" for part in text
        )
        return f"<td style='{style}'><p class=MsoNormal style='{style}'>{spans}<o:p></o:p></p></td>"

    rows = [
        ["序号", "单位", "公开数", "申请数"],
        *([str(n), "甲乙丙丁"[n % 4] + "单位", str(n * 7 % 90), str(n % 3)] for n in range(1, 271)),
    ]
    table = "".join("<tr>" + "".join(map(cell, row)) + "</tr>" for row in rows)
    html = page(article(paragraphs(BODY[:3]) + f"<table class=MsoNormalTable>{table}</table>" + paragraphs(BODY[3:])))
    assert len(html.encode()) > 510_000
    found = document(html)
    assert [[cell.replace(" ", "") for cell in row] for block in found.blocks for row in block.rows or ()] == rows
    assert [line for line in found.text.split("\n") if "|" not in line] == list(BODY)


def test_files_typed_below_the_text_are_the_texts_and_a_widget_is_not() -> None:
    typed = "<p>附件：<a href='/f/1.xls'>1.信息公开情况统计表</a></p><p><a href='/f/2.doc'>2.主动公开目录</a></p>"
    found = document(page(article(paragraphs() + typed))).text.split("\n")
    assert found == [*BODY, "附件：1.信息公开情况统计表", "2.主动公开目录"]


METAS = (
    "<meta name=PubDate content='{}'><meta name=ArticleTitle content='{}'><meta name=SiteName content='云棠市人民政府'>"
)


@pytest.mark.parametrize("meta", ["2025-06-30 10:00", "2025-06-30 10∶00", "null", ""])
def test_the_date_shown_beats_a_meta_tag_of_another_time(meta: str) -> None:
    info = "<div class=info>发布时间：2023-01-16 09∶12</div>"
    found = document(page(article(paragraphs(), info), head=METAS.format(meta, TITLE)))
    assert found.publication_date == "2023-01-16"


@pytest.mark.parametrize(
    "line",
    [
        "2023年01月16日 08:40　作者：　点击：[12]",
        "2023.01.16　来源 云棠市水务局　字号 大 小",
        "编辑：admin2　2023-01-16　来源：水务局",
    ],
)
def test_a_date_without_a_label_is_the_one_shown(line: str) -> None:
    found = document(page(article(paragraphs(), f"<div class=xx>{line}</div>"), head=METAS.format("2025-06-30", TITLE)))
    assert (found.publication_date, found.publication_date_source) == ("2023-01-16", "page:line")


@pytest.mark.parametrize("clock", ["2025年06月07日 10:30:12", "2025-06-07 10:30 某新闻", "2025年06月07日 10:30 打印"])
def test_the_clock_of_a_page_is_no_date_of_its_article(clock: str) -> None:
    info = "<div class=xx>2023-01-16 来源：云棠市水务局</div>"
    html = page(f"<div class=top>{clock}</div>{article(paragraphs(), info)}<div class=foot>{clock}</div>")
    assert document(html).publication_date == "2023-01-16"


@pytest.mark.parametrize("title", ["云棠市人民政府", "云棠市水务局", "年报_云棠市人民政府门户网站", ""])
@pytest.mark.parametrize(
    "shown",
    [
        f"<h1>{TITLE}</h1>",
        f"<h2>【部门年报】</h2><h1>{TITLE}</h1>",
        "<div class=title>云棠市水务局<br>2022年政府信息公开工作<br>年度报告</div>",
        "<div class=title><p>云棠市水务局</p><p>2022年</p><p>政府信息公开工作</p><p>年度报告</p></div>",
        f"<h1><script>document.write('标题')</script></h1><div class=bt>{TITLE}</div>",
        f"<h3>部门列表</h3><span class=bt>{TITLE}.doc</span>",
        f"<h1>{TITLE}<br><span>2023-01-16 09:12:13&nbsp;来源：水务局</span></h1>",
    ],
    ids=["h1", "lead-in", "broken", "four elements", "scripted", "beside a box", "with its date"],
)
def test_the_title_shown(title: str, shown: str) -> None:
    html = page(f"<div class=neirong>{shown}<div class=zw>{paragraphs()}</div></div>", title=title)
    assert document(html).title == TITLE


def test_a_title_typed_in_the_body_alone() -> None:
    html = page(f"<div class=zw><p>{TITLE}</p>{paragraphs()}</div>", title="云棠市人民政府")
    assert document(html).title == TITLE


def test_the_site_code_of_the_footer_when_the_meta_tag_has_none() -> None:
    assert document(page(article(paragraphs()), head="<meta name=SiteIDCode content=''>")).site_id_code == "9901000039"


def test_sections_that_a_click_shows_in_turn() -> None:
    first, *rest = (BODY[:3], BODY[3:5], BODY[5:])
    tabs = (
        "<ul class=tabs><li><a href='#a'>总体</a></li><li><a href='#b'>申请</a></li><li><a href='#c'>问题</a></li></ul>"
    )
    panes = f"<div class='pane on'>{paragraphs(first)}</div>"
    panes += "".join(f"<div class='pane' style='display:none'>{paragraphs(pane)}</div>" for pane in rest)
    assert lines(page(article(tabs + panes))) == list(BODY)


def test_a_hidden_copy_of_its_neighbour_is_none_of_them() -> None:
    copy = f"<div class='pane wap' style='display:none'><p>字号：大 中 小　手机阅读版面如下所示</p>{paragraphs()}</div>"
    assert lines(page(article(f"<div class='pane pc'>{paragraphs()}</div>{copy}"))) == list(BODY)


@pytest.mark.parametrize(
    "hidden",
    [
        "<p>本站推荐的投资项目收益稳定。</p><p>开户即送礼包。</p><p>客服全天在线。</p><p>欢迎咨询。</p>",
        "<p>一、总体情况</p><p>这是上一年的旧文本，留在页面里没有显示。</p><p>公开信息99条。</p>",
        "<p>左右滑动查看</p><p>一、总体情况</p>",
    ],
    ids=["an advertisement", "last year's text", "a copy's first lines"],
)
def test_what_is_hidden_beside_the_text_and_is_no_part_of_it(hidden: str) -> None:
    beside = f"<div class='c'>{paragraphs()}</div><div class='c' style='display:none'>{hidden}</div>"
    assert lines(page(article(beside))) == list(BODY)


def test_parts_that_were_hidden_are_flagged() -> None:
    both = (
        f"<div class='c'>{paragraphs(BODY[:3])}</div><div class='c' style='display:none'>{paragraphs(BODY[3:])}</div>"
    )
    assert "hidden_parts_shown" in document(page(article(both))).flags


def test_headings_on_buttons_that_open_their_sections() -> None:
    opened = "".join(
        f'<div class=card><button data-toggle="collapse">{BODY[at]}</button>'
        f'<div class="collapse">{paragraphs(BODY[at + 1 : end])}</div></div>'
        for at, end in ((1, 3), (3, 5), (5, 9))
    )
    navbar = '<button data-toggle="collapse" class="navbar-toggler">主导航</button><button data-toggle="modal">我要评价</button>'
    assert lines(page(article(navbar + paragraphs(BODY[:1]) + opened))) == list(BODY)


def test_a_form_that_shows_what_was_filled_in() -> None:
    table = (
        "<table><tr><td>规章</td><td><input readonly value='3'></td></tr>"
        "<tr><td>规范性文件</td><td><input type=text disabled value='12'></td></tr></table>"
    )
    prose = "".join(f"<textarea readonly>{line}</textarea><br>" for line in BODY)
    search = "<input name=q value='请输入关键词'><input readonly value='http://www.yuntang.gov.cn/a.html'>"
    search += "<table><tr><td><input readonly value='请选择日期'></td></tr></table><textarea readonly>复制链接发给好友</textarea>"
    search += "<input type=hidden readonly value='77'><textarea>写下意见</textarea>"
    shown = lines(page(article(search + prose + table)))
    assert shown == [*BODY, "规章 | 3", "规范性文件 | 12"]


def test_words_that_are_pictures() -> None:
    inner = "".join(
        f"<p><img src=/t{at}.gif alt='{line}'></p>" if line[1] == "、" else f"<p>{line}</p>"
        for at, line in enumerate(BODY)
    )
    head = "<tr><td><img src=/a.gif alt='指标'></td><td><img src=/b.gif alt='本年度'></td></tr>"
    table = f"<table>{head}<tr><td>信息条数</td><td>218</td></tr><tr><td>申请件数</td><td>6</td></tr></table>"
    others = "<table><tr><td><img alt='首页横幅'></td><td><img alt='扫码有礼'></td></tr></table>"
    others += "<p><img alt='一、概述专栏图'></p><p><img src=/logo.png alt='云棠市水务局标志'><img src=/x.jpg alt='现场.jpg'></p>"
    shown = lines(page(article(others + inner + table)))
    assert shown == [*BODY, "指标 | 本年度", "信息条数 | 218", "申请件数 | 6"]


BOXES = (
    "<div class='ad_1'><span>推广</span> 周末看房专车免费接送</div>",
    "<div id='jp-relatedposts'><h3>还有这些</h3><p>防汛值班安排表</p></div>",
    "<aside class='fr side'><h3>最新</h3><ul><li>河长名单更新</li><li>水价听证结果</li></ul></aside>",
    "<div class='sharedaddy'><h3>共享此文章</h3><ul><li>点击以打印</li></ul></div>",
)


@pytest.mark.parametrize("box", BOXES)
def test_a_box_of_something_else_within_the_text_goes(box: str) -> None:
    inner = paragraphs(BODY[:3]) + box + paragraphs(BODY[3:])
    found = document(page(article(inner)))
    assert [line for line in found.text.split("\n") if line != TITLE] == list(BODY)
    assert any(removal.rule == "x.box" for removal in found.removed)


OWN = (
    "<p>云棠市水务局</p><p>2023年1月16日</p>",
    "<p>主动公开120条</p><p>依申请公开3件</p>",
    "<p>表1 主动公开情况表</p><p>单位：件</p>",
)


@pytest.mark.parametrize("name", ["side", "ad", "sharebox", "related", "respond"])
@pytest.mark.parametrize("own", OWN)
def test_lines_of_the_report_in_a_box_of_such_a_name_stay(name: str, own: str) -> None:
    found = document(page(article(paragraphs(BODY[:7]) + f"<div class='{name}'>{own}</div>" + paragraphs(BODY[2:3]))))
    assert not any(removal.rule == "x.box" for removal in found.removed)


@pytest.mark.parametrize("name", ["share-content", "side", "ad", "related-files", "comments"])
def test_a_text_in_an_element_of_such_a_name_stays(name: str) -> None:
    whole = f"<div class='{name}'>{paragraphs()}</div>"
    part = paragraphs(BODY[:3]) + f"<div class='{name}'>{paragraphs(BODY[3:5])}</div>" + paragraphs(BODY[5:])
    assert lines(page(article(whole))) == lines(page(article(part))) == list(BODY)


def test_the_pages_of_one_article_are_of_one_class() -> None:
    rest = BODY[5:]
    both = f"<div class=pf>{paragraphs(BODY[:5] * 1)}</div><div class=pf>{paragraphs(rest)}</div>"
    assert lines(page(f"<div id=pages>{both}</div>")) == list(BODY)


def test_a_signature_in_a_container_of_its_own() -> None:
    parts = (BODY[:7], BODY[7:])
    boxes = "".join(
        f"<div id=vsb_content{n}><div class=v_news_content>{paragraphs(part)}</div></div>"
        for n, part in enumerate(parts)
    )
    assert lines(
        page(f"<form><h3>{TITLE}</h3>{boxes}<div class=pages>上一条：<a href=1.htm>公告</a></div></form>")
    ) == list(BODY)


def test_characters_without_width_are_gone_however_they_are_written() -> None:
    hidden = "&#8203;", "&#xad;", "&shy;", "&zwnj;", "\u200b"
    inner = "".join(f"<p>{line[:5]}{hidden[at % 5]}{line[5:]}</p>" for at, line in enumerate(BODY))
    assert lines(page(article(inner))) == list(BODY)


def test_a_notice_of_any_kind_in_a_text_field_of_a_page_that_says_nothing() -> None:
    said = ("云棠市水务局定于6月3日夜间检修主管道，北片停水八小时。", "请居民提前储水。")
    stored = f"<textarea style='display:none'>{escape(paragraphs(said))}</textarea><div>正在加载</div>"
    assert all(line in lines(page(article(stored))) for line in said)


def test_sentences_that_a_page_has_and_its_reading_has_not_are_counted() -> None:
    """Beside the container that the system is known for, which was taken for the article: somebody has to look."""
    rest = "".join(f"<p>第{n}项补充材料列在本页右侧，供各单位在次年编制报告时参考使用。</p>" for n in range(9))
    beside = f"<div class=TRS_Editor>{paragraphs(BODY * 1)}</div><footer>{rest}</footer>"
    assert "sentences_left_out:9" in document(page(beside)).flags
    assert not any("left_out" in flag for flag in document(page(article(paragraphs()))).flags)
    script = f"<script>var tip = '{'请先登录后再继续操作本页面上的功能。' * 9}';</script>"
    assert not any("left_out" in flag for flag in document(page(script + article(paragraphs()))).flags)
