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
    foot = "版权所有：云棠市人民医院"
    assert text(*lines, foot, url="http://www.example.com/nb/1.html").provenance is Provenance.official_uncertified
    assert text(*lines, url="http://www.example.com/nb/1.html").provenance is Provenance.unknown
    for url in ("http://www.example.com/xxgk/2023/1.html", "http://www.example.com/t20230101_1.html"):
        assert text(*lines, foot, url=url).provenance is Provenance.mirror
        assert text(*BODY.split("\n"), url=url).provenance is Provenance.mirror


@pytest.mark.parametrize(
    ("url", "organ", "foot", "provenance"),
    [
        ("http://news.yuntang.edu.cn/1.html", "云棠大学", "", Provenance.official_uncertified),
        (
            "http://www.yuntang-paper.com/1.html",
            "云棠祥和纸业有限公司",
            "祥和纸业版权所有",
            Provenance.official_uncertified,
        ),
        ("http://www.yuntang-paper.com/1.html", "云棠祥和纸业有限公司", "", Provenance.unknown),
        ("http://www.yuntang-paper.com/1.html", "云棠市教育局", "", Provenance.media_repost),
        ("http://blog.example.com/1.html", "云棠大学", "", Provenance.unknown),
        ("http://blog.example.com/1.html", "云棠供水有限公司", "某某博客版权所有", Provenance.unknown),
    ],
)
def test_a_service_is_its_own_publisher_when_host_or_foot_say_so(
    url: str, organ: str, foot: str, provenance: Provenance
) -> None:
    lines = [line.replace("云棠市教育局", organ) for line in BODY.split("\n")]
    assert text(*lines, foot, url=url).provenance is provenance


def test_a_host_that_only_ends_like_the_governments_is_not_official() -> None:
    lines = (TITLE, "全年主动公开信息120条，都能在服务大厅里查到，也能打电话来问。" * 8)
    assert text(*lines, url="http://evilgov.cn/1.html").doc_type is DocType.other
    assert text(*lines, url="http://gov.cn/1.html").doc_type is DocType.annual_report


def test_a_menu_above_the_title_goes_and_a_cover_stays() -> None:
    menu = ["工作动态", "政策文件", "组织机构", "通知公告"]
    assert text(*menu, *BODY.split("\n")).text == BODY
    assert text(*menu[:2], *BODY.split("\n")).text == "\n".join([*menu[:2], BODY])
    between = ["工作动态", "政策文件", "关注", "", "组织机构", "打印", "通知公告"]
    assert text(*between, *BODY.split("\n")).text == BODY


def test_contents_that_a_site_made_go_and_an_authors_stay() -> None:
    made = [TITLE, REST[0], "词条目录", "1 总体情况", "2 存在问题", "总体情况", PROSE, "存在问题", PROSE]
    assert text(*made).text.split("\n") == [TITLE, REST[0], *made[5:]]
    own = [TITLE, REST[0], "目录", "1 总体情况", "2 存在问题", "1 总体情况", PROSE, "2 存在问题", PROSE]
    assert text(*own).text.split("\n") == own
    lost = [TITLE, REST[0], "目录", *made[3:]]  # copied from a text that numbers its headings by itself
    assert text(*lost).text.split("\n") == lost
    assert text("词条 编辑 收藏", *lost).text == text(*made).text


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


HEAD = ["云棠县教育局2023年政府信息公开工作年度报告"]
PREAMBLE = ["本报告根据《中华人民共和国政府信息公开条例》编制，统计期限自2023年1月1日起至2023年12月31日止。"]
SECTION = ["一、总体情况", "全年主动公开政府信息120条，办理申请3件，均按时答复申请人。"]
SIGNED = ["云棠县教育局", "2024年1月10日"]


def unchanged(lines: list[str]) -> None:
    """Nothing of a text goes, and reading it again changes nothing."""
    document = text(*lines)
    assert document.text.split("\n") == lines, [(item.text, item.rule) for item in document.removed]
    assert not [flag for flag in document.flags if flag.startswith("spam")]
    assert document.text_integrity.value == "clean"


@pytest.mark.parametrize(
    "lines",
    [
        ["县发展改革局", "县教育局", "县公安局", "县民政局"],
        ["云棠县", "教育局", "政府信息", "公开工作"],
        ["云棠", "县教育局"],
        ["东街街道", "西街街道", "南街街道", "北街街道", "联系我们"],
    ],
)
def test_lines_above_the_title_that_stay(lines: list[str]) -> None:
    kept = [line for line in lines if line != "联系我们"]
    above = text(*lines, "2023年政府信息公开工作年度报告", *PREAMBLE, *SECTION).text.split("\n")
    assert above[: len(kept)] == kept


@pytest.mark.parametrize(
    "lines",
    [
        ["2022年120条→2023年150条"],
        ["编制单位→云棠县教育局"],
        ["申请→受理→答复"],
        ["依申请公开", "政策文件", "通知公告"],
        ["通知公告 政策解读 办事指南"],
    ],
)
def test_lines_between_title_and_preamble_that_stay(lines: list[str]) -> None:
    unchanged([*HEAD, *lines, *PREAMBLE, *SECTION])


@pytest.mark.parametrize(
    "line",
    [
        "2023 年全部政策文件发布于县政府门户网站，方便群众查阅。",
        "12 条信息发布于县政府网站，受到好评。",
        "3 件申请均回复于法定期限内，无超期。",
        "1 政策文件 发布于 2023-05-06，全文公开",
        "[3楼] 政务公开服务大厅",
        "电梯直达政务公开专区",
        "在看守所信息公开方面",
        "点击下载《政府信息公开申请表》模板",
        "主动公开>>",
        "点击上方“依申请公开”卡片进入",
        "智能解读",
        "内容由人工智能客服提供咨询",
        "总结由智能助手生成工单120件，办结率达到百分之百，群众对答复都很满意，没有一件超出期限，也没有一件退回重办的。",
        "福利彩票投注站120个",
        "3. 注册娱乐场所3家",
        "药品追溯码无码销售问题",
        "新注册娱乐场所许可信息全部公开；",
        "半岛官方网站",
        "胶东半岛体育设施信息",
        "公开体育彩票投注站设置情况。",
        "查处网络博彩平台案件2起",
        "打击百家乐等网络赌博，公开典型案例。",
        "登录后可查看办理进度",
        "12条评论",
    ],
)
def test_lines_of_the_body_that_stay(line: str) -> None:
    unchanged([*HEAD, *PREAMBLE, *SECTION, line, "二、存在问题", SECTION[1]])


@pytest.mark.parametrize(
    "lines",
    [
        ["微信公众号", "关注 1200人", "阅读 1.2万次", "转发 300", "微博 120"],
        ["微博 30条 转发 12次"],
        ["关注", "评论"],
        ["微信 微博", "信息公开 财政公告", "一站式查询 政务服务"],
        ["首页 公告 文件 专栏 指南"],
        ["打开微信公众号查阅"],
        ["打开APP查询公开信息"],
        ["更多相关政策见网站", *SIGNED[:1]],
        ["参考资料", "1.《条例》", *SIGNED[:1]],
        ["阅读 13000", "查看 30次"],
        ["联系方式", "电话：0000-0000000"],
        ["12条评论", "我有话说栏目答复30件"],
        ["审核：某某"],
        ["适老化改造", "累计访问 3000人次"],
        ["登录后可查看办理进度"],
    ],
)
def test_short_lines_below_a_heading_that_stay(lines: list[str]) -> None:
    unchanged([*HEAD, *PREAMBLE, *SECTION, "六、政务新媒体情况", *lines])


@pytest.mark.parametrize(
    "lines",
    [
        ["说明：以上数据由县政府信息公开平台自动统计", *SIGNED],
        ["声明：以上数据以纸质文件为准", *SIGNED],
        ["更多相关政策见网站", *SIGNED[:1]],
        ["打开微信公众号查阅", *SIGNED],
        ["微博 30条 转发 12次", *SIGNED],
        ["声明：以上数据仅供参考", *SIGNED],
    ],
)
def test_lines_below_the_body_that_stay(lines: list[str]) -> None:
    unchanged([*HEAD, *PREAMBLE, *SECTION, *lines])


def test_a_cut_takes_no_signature() -> None:
    for cut in ("相关链接", "声明：转载请注明来源，版权归作者所有"):
        lines = text(*HEAD, *PREAMBLE, *SECTION, cut, *SIGNED, "某地新闻", "云棠县公安局").text.split("\n")
        assert lines == [*HEAD, *PREAMBLE, *SECTION, *SIGNED]
        assert text(*HEAD, *PREAMBLE, *SECTION, cut, SIGNED[0]).text.endswith(SIGNED[0])


def test_a_footer_ends_the_section_below_the_last_heading() -> None:
    lines = ["六、其他事项", "关注", "打印", "阅读 30", "主办单位：某某", "微博"]
    assert text(*HEAD, *PREAMBLE, *SECTION, *lines).text.split("\n")[-2:] == lines[:2]
    lines = ["六、其他事项", "无", "阅读 30 点赞 2"]
    assert text(*HEAD, *PREAMBLE, *SECTION, *lines).text.split("\n")[-2:] == lines[:2]


@pytest.mark.parametrize(
    "lines",
    [
        [*HEAD, "通知公告", "关注", "政策文件", "依申请公开", *PREAMBLE, *SECTION],
        [
            "工作动态",
            "政策 → 甲",
            "组织机构",
            "政策法规",
            "关注",
            "办事指南",
            "云棠县教育局",
            *HEAD,
            *PREAMBLE,
            *SECTION,
        ],
        [
            "通知公告",
            "关注",
            "政策文件",
            "- 甲乙",
            "依申请公开",
            "丙丁",
            "- 戊己",
            "- 庚辛",
            *HEAD,
            *PREAMBLE,
            *SECTION,
        ],
        ["甲乙丙", "关注", "通知公告", "打印", "丁戊", "首页", *HEAD, *PREAMBLE, *SECTION, "相关链接", *SIGNED],
        [*HEAD, *PREAMBLE, *SECTION, "六、其他事项", "关注", "打印", "评论", "阅读 30"],
        ["AI摘要", "以下内容由大模型生成：仅供参考", *HEAD, *PREAMBLE, *SECTION],
        [*HEAD, *PREAMBLE, *SECTION, "附件", "附件："],
        [*HEAD, *PREAMBLE, *SECTION, "附件", "点击下载：附件一.doc"],
        [*HEAD, *PREAMBLE, *SECTION, "相关链接", "附件：", "附件1：情况表.doc"],
        ["欢迎访问云棠县信息公开网！", "首页 > 年报", *HEAD, "A A A", *PREAMBLE, *SECTION],
    ],
)
def test_reading_what_was_read_changes_nothing(lines: list[str]) -> None:
    once = text(*lines).text
    assert text(once).text == once
    assert len(once.split("\n")) < len(lines)


def test_joint_issuers_of_an_announcement_give_it_no_name() -> None:
    title = "关于公开2023年政府信息公开工作年度报告编制安排的公告"
    bodies = ["县发展改革局", "县公安局", "县卫健局"]
    assert text(*bodies, title, "各单位：", PROSE).title == title
    assert text(bodies[0], title, "各单位：", PROSE).title == bodies[0] + title


def test_what_sends_a_report_on_and_has_it_in_full_is_one() -> None:
    cover = ["签发人：张三", "关于报送2023年政府信息公开工作年度报告的报告", "县人民政府："]
    assert text(*cover, *PREAMBLE, *SECTION).doc_type is DocType.annual_report
    assert text(*cover, PROSE).doc_type is DocType.other


def test_the_label_of_a_summary_goes_with_the_summary() -> None:
    lines = [
        "AI摘要",
        "以下内容由大模型生成：本文说了某局怎样公开信息、怎样答复来信来电，又说了明年的打算，也说了还有哪些问题，仅供参考。",
    ]
    for around in ((*HEAD, *lines, *PREAMBLE), (*HEAD, *PREAMBLE, *lines)):
        assert text(*around, *SECTION).text.split("\n") == [*HEAD, *PREAMBLE, *SECTION]


@pytest.mark.parametrize(
    "line",
    [
        "登录开云体育门户网站查阅，违法行为可以举报，电话000。",
        "打开百家乐平台就能查阅本报告的电子版全文，对违法行为可以举报。",
        "体育投注平台",
        "日韩无码专区",
    ],
)
def test_spam_is_flagged_whatever_stands_far_from_it(line: str) -> None:
    flags = text(*HEAD, *PREAMBLE, *SECTION, line, *SECTION).flags
    assert [flag for flag in flags if flag.startswith("spam")]


WHOLE = (
    "2022年度云棠县水务局政府信息公开工作年度报告 统计期限为全年。 三、收到和处理政府信息公开申请情况 0件。 "
    "六、其他需要报告的事项 无。"
)
UNTITLED = (
    "我乡对2014年度政府信息公开工作进行了总结，现予公布，数据截至2014年12月31日。\n一、基本情况\n全年上网67条。\n"
    "二、依申请公开情况\n无。\n三、收费情况\n无。\n四、复议诉讼情况\n无。\n柳湾乡人民政府\n2015年3月12日"
)


@pytest.mark.parametrize("text", [WHOLE, UNTITLED], ids=["run together in one line", "without a title"])
def test_a_report_is_one_without_lines_or_without_a_title(text: str) -> None:
    assert read(text.encode()).doc_type is DocType.annual_report


@pytest.mark.parametrize("verb", ["依照条例编制", "遵照通知编写"])
def test_the_body_that_a_preamble_names(verb: str) -> None:
    text = f"本年报由云棠县水务局{verb}，数据自2020年1月1日起至2020年12月31日止。\n一、总体情况\n公开信息534条，均按期发布。"
    assert "云棠县水务局" in {witness.value for witness in self_named(text.replace("，", ","))}


def test_a_sentence_is_no_title_and_a_day_alone_above_the_text_is_its_day() -> None:
    lead = "根据国务院办公厅要求，云棠县民政局公布2023年政府信息公开工作年度报告。"
    found = read(f"{lead}\n一、总体情况\n公开信息119条，均按季公示。".encode())
    assert found.title is None
    assert "云棠县民政局" in {witness.value for witness in self_named(lead.replace("，", ","))}
    title = "云棠县民政局2023年政府信息公开工作年度报告"
    dated = read(f"{title}\n2024年1月25日\n{lead}\n一、总体情况\n公开信息119条。".encode())
    assert dated.publication_date == "2024-01-25"
