"""Pages that are no reports: invented notices, news, lists of names and tables under invented menus, sheets and footers.

The words make no sense; what varies is what an article stands in, what stands around it, and how little of it there is.
"""

from __future__ import annotations

import random

from parsing import read
from tests.reading.measure import characters

WORDS = [
    *(
        "工作",
        "项目",
        "单位",
        "群众",
        "服务",
        "河湖",
        "供水",
        "监管",
        "检查",
        "整改",
        "资金",
        "道路",
        "学校",
        "医院",
        "社区",
    ),
    *("农田", "林地", "企业", "市场", "安全", "生产", "应急", "防汛", "环境", "空气", "补贴", "审批"),
]
LINK = "<li><a href='/{}'>{}</a>{}</li>"


def words(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(WORDS, k=count))


def sentence(rng: random.Random) -> str:
    text, step = words(rng, rng.randint(6, 22)), 2 * rng.randint(4, 9)
    return "，".join(text[at : at + step] for at in range(0, len(text), step)) + "。"


def paragraph(rng: random.Random) -> str:
    return "".join(sentence(rng) for _ in range(rng.randint(1, 4)))


def article(rng: random.Random) -> list[str]:
    """The lines of one: news, a sentence, a notice, appointments, a list of names, a law, questions, pictures."""
    many = range(1, rng.randint(5, 20))
    return rng.choice(
        [
            [paragraph(rng) for _ in many],
            [sentence(rng)],
            [
                "各单位：",
                paragraph(rng),
                "二、时间安排",
                "5月1日至6月30日",
                "联系人：张某",
                "特此通知。",
                "某某市水务局",
                "2023年5月4日",
            ],
            ["经研究决定：", *(f"任命李某为{words(rng, 1)}局局长；" for _ in many), "免去王某的职务。"],
            ["2023年入选名单", *(words(rng, 4) for _ in range(10 + len(many)))],
            ["第一章　总则", *(f"第{n}条　{paragraph(rng)}" for n in many)],
            [line for _ in many for line in (f"问：{words(rng, 5)}？", f"答：{paragraph(rng)}")],
            [paragraph(rng), *(f"活动现场图{n}" for n in many)],
        ]
    )


def rows(rng: random.Random) -> list[list[str]]:
    if rng.random() < 0.5:
        return [
            ["文号", "某罚〔2023〕3号"],
            ["当事人", "某某公司"],
            ["主要事实", paragraph(rng)],
            ["决定", "罚款3万元"],
        ]
    return [
        ["序号", "单位", "数量"],
        *([str(n), words(rng, 3), str(rng.randint(0, 999))] for n in range(1, rng.randint(4, 30))),
    ]


FORMS = (
    ("", "<p>　　{}</p>"),
    ("", "<div style='text-indent:2em'>{}</div>"),
    ("", "　　{}<br>\n"),
    ("", "<p class=MsoNormal><span style='font-family:仿宋'><font>{}</font></span><o:p></o:p></p>"),
    ("", "<section><section><p><span>{}</span></p></section></section>"),
    ("span", "<p>{}</p>"),
)
CONTAINERS = (
    "id=zoom",
    "class=TRS_Editor",
    "class=content",
    "id=mycontent",
    "class=wz",
    "class='xl-con clearfix'",
    "id=vsb_content_2",
)
HEADS = (
    "<div><span>发布时间：2023-05-06 10:11</span><span>来源：某某市水务局</span><span>浏览次数：<b>12</b>次</span></div>",
    "<p>2023-05-06　某某市人民政府网</p>",
    "<ul><li>发布日期：2023-05-06</li><li>来源：水务局</li><li>打印</li></ul>",
    "<table><tr><td>索引号</td><td>123/2023-1</td><td>发布机构</td><td>水务局</td></tr><tr><td>公开日期</td><td>2023-05-06</td>"
    "<td>文号</td><td>某水〔2023〕3号</td></tr></table>",
)
FEET = (
    "<div><p>主办：某某市人民政府办公室</p><p>某ICP备05000000号　网站标识码：9901000039</p>"
    "<p>地址：某某路1号　电话：0990-1234567</p></div>",
    "<div>版权所有：某某市人民政府　建议使用1366*768分辨率、IE10以上浏览器浏览本站，以获得最佳效果。<br>"
    "网站地图 | 联系我们</div>",
    "<footer>某某市人民政府 网站标识码9901000039</footer>",
)


def page(rng: random.Random) -> tuple[str, str, str]:
    """HTML, truth and title."""
    title = words(rng, 5) + rng.choice(["的通知", "工作会议召开", "公示", "情况"])
    if rng.random() < 0.3:
        table = rows(rng)
        inner = (
            "<table>"
            + "".join(f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in table)
            + "</table>"
        )
        truth = "\n".join(" ".join(row) for row in table)
    else:
        lines, (around, form) = article(rng), rng.choice(FORMS)
        inner, truth = "".join(map(form.format, lines)), "\n".join(lines)
        inner = f"<{around}>{inner}</{around}>" if around else inner
    text = f"<div {rng.choice(CONTAINERS)}>{inner}</div>"
    text = f"<table><tr><td>{text}</td></tr></table>" if rng.random() < 0.2 else text
    menu = rng.choice(
        [
            "<ul>" + "".join(LINK.format(n, words(rng, 2), "") for n in range(30)) + "</ul>",
            "<div>" + "".join(f"<span onclick=go({n})>{words(rng, 2)}</span>" for n in range(40)) + "</div>",
            f"<div><p>{paragraph(rng)}</p>" + "".join(LINK.format(n, sentence(rng), "") for n in range(40)) + "</div>",
            "<table><tr>" + "".join(f"<td><a href='/{n}'>{words(rng, 1)}</a></td>" for n in range(8)) + "</tr></table>",
        ]
    )
    tail = rng.choice(
        [
            "",
            "<div><p>扫一扫在手机打开当前页</p></div>",
            "<div><a>打印</a><a>关闭</a></div>",
            "<h4>相关新闻</h4><ul>" + "".join(LINK.format(n, words(rng, 8), "2023-02-03") for n in range(5)) + "</ul>",
            "<p>上一篇：<a href='/1'>某某</a></p><p>下一篇：<a href='/2'>某某通知</a></p>",
            "<div>版权与免责声明：凡本网注明来源的作品，版权均属本网所有，未经授权不得转载、摘编或以其他方式使用。</div>",
        ]
    )
    side = rng.choice(
        [
            "",
            "<h3>热点</h3><ul>" + "".join(LINK.format(n, sentence(rng), "") for n in range(10)) + "</ul>",
            "<div><p>您还未登录，请登录后进行收藏！</p><p>请输入验证码</p></div>",
            "<div>您访问的链接即将离开“某某市人民政府”网站，是否继续？</div>",
        ]
    )
    place = "<div>当前位置：<a>首页</a>&gt;<a>公告</a></div>"
    main = f"<div class=main><h1>{title}</h1>{rng.choice(HEADS)}{text}{tail}</div><div>{side}</div>"
    html = f"<html><head><title>{title}_某某市人民政府</title></head><body>{menu}{place}{main}{rng.choice(FEET)}</body></html>"
    return html, truth, title


def test_an_article_is_found_whatever_it_stands_in() -> None:
    shares = {}
    for seed in range(200):
        html, truth, title = page(random.Random(seed))
        shares[seed] = characters(
            read(html.encode(), None, "http://www.yuntang.gov.cn/art/2023/5/6/art_1_2.html").text, truth, title
        ).f1
    assert sum(shares.values()) / len(shares) >= 0.99, sorted(shares.items(), key=lambda item: item[1])[:5]
    assert min(shares.values()) >= 0.9, sorted(shares.items(), key=lambda item: item[1])[:5]
