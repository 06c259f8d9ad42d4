"""Plain texts of pages: titles of papers that are no reports, who published the copy, and the furniture of kinds of sites."""

from __future__ import annotations

import pytest

from parsing import read
from parsing.document import DocType, Document, Provenance
from parsing.organs import self_named
from parsing.statutory import parse
from parsing.statutory.bodies import Body, level_of
from tests.parsing.test_rules import BODY

TITLE, *REST = BODY.split("\n")
PROSE = "为了让群众看得明白、用得方便，现将有关事项逐条列出，请对照自己的实际认真落实，遇到疑问随时与我们沟通。"
OFFICIAL = "http://www.yuntang.gov.cn/zwgk/1.html"


def text(*lines: str, url: str = OFFICIAL) -> Document:
    return read("\n".join(lines).encode(), None, url)


@pytest.mark.parametrize(
    ("above", "title", "below"),
    [
        (["首页 > 通知公告"], "关于做好2022年度政府信息公开工作年度报告编制工作的通知", ["各镇人民政府：", PROSE]),
        ([], "云棠市教育局政府信息公开指南", [PROSE, "一、公开范围", "（三）政府信息公开工作年度报告。"]),
        (["索引号：YT-1 主题词：解读"], "《云棠市2022年政府信息公开工作年度报告》解读", ["日期：2023-02-01", PROSE]),
        (["云棠晚报网 > 本地"], "去年全市主动公开信息三万条 图解占一半", ["2023-02-01 08:00 来源：云棠晚报 记者 某某", PROSE]),
        (["云棠论坛 » 办公天地"], "求教：勾稽关系怎么算？", ["楼主 某某 发表于 2022-1-4 10:00 | 只看该作者", PROSE]),
        (["设为首页 加入收藏", "云棠概况 新闻中心 政务公开"], "云棠市2022年村务公开情况", [PROSE]),
        (["云政办函〔2023〕1号"], "关于报送政务公开台账的通知", ["各科室：", PROSE]),
        ([], "云棠市人民法院2021年司法公开工作年度报告", [PROSE, "一、审判流程"]),
    ],
)  # fmt: skip
def test_a_paper_that_is_no_report_has_its_own_title(above: list[str], title: str, below: list[str]) -> None:
    document = text(*above, title, *below)
    assert document.title == title
    assert document.doc_type is DocType.other
    assert title in document.text.split("\n")


@pytest.mark.parametrize(
    "lines",
    [
        ["云棠镇 > 村务公开 > 柳湾村", PROSE],
        ["六、其他需要报告的事项", PROSE],
        ["信息内容", "本年制发件数", "规章", "0", PROSE],
        ["推进重点领域公开", PROSE],
        ["签发人：某某", PROSE],
        ["首页 > 年报", *(f"柳湾镇{year}年政府信息公开工作年度报告 {year + 1}-01-09" for year in range(2015, 2021))],
    ],
)
def test_what_is_no_title_is_none(lines: list[str]) -> None:
    assert text(*lines).title is None


def test_a_title_of_two_lines_keeps_both() -> None:
    document = text("首页 > 年报", "云棠市人民政府", "2022年政府信息公开工作年度报告", *REST)
    assert document.title == "云棠市人民政府2022年政府信息公开工作年度报告"
    assert document.text.startswith("云棠市人民政府\n2022年")


def test_a_papers_title_has_its_bodys_name_in_the_line_above() -> None:
    document = text("云棠县人民政府", "关于印发年报编制办法的通知", "各乡镇：", PROSE)
    assert document.title == "云棠县人民政府关于印发年报编制办法的通知"
    assert document.text.startswith("云棠县人民政府\n关于印发")


def test_the_sheet_names_the_title_behind_its_label() -> None:
    assert text(f"名称：{TITLE}", *REST[1:]).title == TITLE


def test_two_headings_of_the_form_are_a_report_without_its_head() -> None:
    middle = [
        "五、存在的主要问题及改进情况",
        PROSE,
        "六、其他需要报告的事项",
        "我镇未收取信息公开的处理费，无其他事项。",
    ]
    assert text(*middle).doc_type is DocType.annual_report
    assert text(*middle[:3], "无。").doc_type is DocType.annual_report
    assert text(*middle[:2]).doc_type is DocType.other


@pytest.mark.parametrize("said", ["本报讯", "本网讯（通讯员 某某）", "记者昨日从市政府办公室获悉，"])
def test_news_of_a_report_is_none(said: str) -> None:
    told = f"{said}云棠市2022年政府信息公开工作年度报告已经公布，全年主动公开信息120条，收到申请3件。"
    assert text("云棠市公布2022年政府信息公开年报", told).doc_type is DocType.other
    assert text(TITLE, *REST, "本局全年接待记者3人次。").doc_type is DocType.annual_report


@pytest.mark.parametrize(
    ("lines", "url", "provenance"),
    [
        (["【时效性】现行有效", "【效力级别】地方规范性文件"], "http://www.example.cn/1", Provenance.law_database),
        (["云棠日报网首页 > 新闻 > 本地"], "http://www.example.cn/1", Provenance.media_repost),
        ([], "http://news.example.cn/a/1.html", Provenance.media_repost),
        (["【时效性】现行有效"], "http://www.example.cn/1", Provenance.unknown),
        (["云棠市 > 新闻"], "http://www.example.cn/1", Provenance.unknown),
        ([], "http://xxgk.example.edu.cn/info/1.htm", Provenance.official_uncertified),
        (
            [
                "上传者：某某 上传时间：2020-01-02 格式：DOC 页数：4",
                "下载本文档需要5积分",
                "本文档共4页，开通会员可阅读",
            ],
            "http://www.example.cn/1",
            Provenance.docshare,
        ),
        (
            ["文秘大全 > 公文范文 > 工作报告", "【导语】下面是小编整理的报告", "点击领取公文写作资料包"],
            "http://www.example.cn/1",
            Provenance.docshare,
        ),
    ],
)
def test_who_published_a_copy_is_told_by_its_lines(lines: list[str], url: str, provenance: Provenance) -> None:
    document = text(*lines, *BODY.split("\n"), url=url)
    assert document.provenance is provenance
    assert "\n".join(REST) in document.text
    assert not [line for line in lines if line in document.text and provenance is not Provenance.unknown]


def test_a_hospitals_report_on_its_own_host_is_no_copy() -> None:
    lines = [line.replace("云棠市教育局", "云棠市人民医院") for line in BODY.split("\n")]
    document = text(*lines, url="http://www.example.com/xxgk/2023/1.html")
    assert document.provenance is Provenance.official_uncertified
    assert text(*BODY.split("\n"), url="http://www.example.com/xxgk/2023/1.html").provenance is Provenance.mirror


def test_a_menu_above_the_title_goes_and_a_cover_stays() -> None:
    menu = ["东街街道", "西街街道", "南街街道", "北街街道"]
    assert text(*menu, *BODY.split("\n")).text == BODY
    assert text(*menu[:2], *BODY.split("\n")).text == "\n".join([*menu[:2], BODY])


def test_contents_that_a_site_made_go_and_an_authors_stay() -> None:
    made = [TITLE, REST[0], "目录", "1 总体情况", "2 存在问题", "总体情况", PROSE, "存在问题", PROSE]
    assert text(*made).text.split("\n") == [TITLE, REST[0], *made[5:]]
    own = [TITLE, REST[0], "目录", "1 总体情况", "2 存在问题", "1 总体情况", PROSE, "2 存在问题", PROSE]
    assert text(*own).text.split("\n") == own


@pytest.mark.parametrize(
    "line",
    [
        "微信公众号关注人数 1.2万",
        "参考国家标准",
        "本报告所说的县级市",
        "受理人：某某 受理时间：2022年",
        "说明：本表由各镇报送",
        "共35条",
    ],
)
def test_a_line_of_the_report_that_has_a_sites_word(line: str) -> None:
    lines = [*BODY.split("\n")[:-3], line, *BODY.split("\n")[-3:]]
    assert text(*lines).text.split("\n") == lines


@pytest.mark.parametrize(
    ("name", "said", "level"),
    [
        ("云棠地区行政公署", "", "prefecture"),
        ("云棠市人民政府", "云棠市(由省直辖、归别市代管的县级市)", "county"),
        ("云棠市公安局柳湾分局", "", "county"),
        ("国家税务总局云棠县税务局", "", "county"),
        ("国家税务总局", "", "central"),
    ],
)
def test_the_rank_that_a_name_or_a_text_tells(name: str, said: str, level: str) -> None:
    assert level_of(Body(name, None, False), said) == level


@pytest.mark.parametrize(
    ("opening", "organ"),
    [
        ("依照条例第五十条的规定,云棠县水利局编制了2022年度报告。", "云棠县水利局"),
        ("柳湾街道办事处2022年政府信息公开工作情况,依据条例予以公布。", "柳湾街道办事处"),
    ],
)
def test_a_first_sentence_names_its_body(opening: str, organ: str) -> None:
    assert organ in [witness.value for witness in self_named(opening)]
    assert parse(text(opening, *REST[1:-2])).organ == organ
