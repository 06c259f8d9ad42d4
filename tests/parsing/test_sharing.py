"""Copies on document-sharing sites: told by engine, pages stitched, years that were taken out, and what they resemble."""

from __future__ import annotations

import pytest

from parsing import normalise, read, resemblance, sharing, tampering
from parsing.document import Document, Provenance, TextIntegrity
from tests.parsing.test_rules import BODY

FILE = ["分享", "云棠市2012年政府信息公开工作年度报告.docx", "ID：100200", "大小：18.15KB", "页数：8页", "价格：10金币"]
FIRST = "全市各级行政机关严格按照《中华人民共和国政府信息公开条例》的要求，完善工作制度，强化监督检查，做到及时准"
REST = "确公开，全年主动公开政府信息120条。"
SEAM = ["第 1 页 / 共 8 页", "点击下载全文", "开通VIP会员"]


def copy(*lines: str, url: str | None = None) -> Document:
    """A sharing site's page that holds these lines."""
    body = "".join(f"<p>{line}</p>" if not line.startswith("<") else line for line in (*FILE, *lines))
    return read(f"<html><body><div class=doc>{body}</div></body></html>".encode(), [], url)


@pytest.mark.parametrize("engine", sharing.ENGINES, ids=lambda engine: engine.name)
def test_an_engine_is_known_by_its_host_or_by_a_line_that_it_alone_writes(engine: sharing.Engine) -> None:
    host = engine.hosts.pattern.split("|")[0].replace("\\.", ".").rstrip(".")
    by_host = read(BODY.encode(), [], f"https://{host}.com/d-1.html")
    assert (by_host.provenance, by_host.site) == (Provenance.docshare, engine.name)
    assert f"engine:{engine.name}" in by_host.provenance_evidence
    if engine.example:
        line = normalise.key(engine.example)
        assert [each.name for each in sharing.ENGINES if each.marks.match(line)] == [engine.name]
        assert copy(*BODY.split("\n"), engine.example).site == engine.name


def test_a_government_is_no_sharing_site_whatever_its_folders_are_called() -> None:
    assert read(BODY.encode(), [], "http://www.yuntang.gov.cn/fanwen/wenku.html").provenance is Provenance.official


@pytest.mark.parametrize("seam", [SEAM, SEAM[:1], SEAM[2:], ["广告"]])
def test_a_sentence_that_was_cut_by_the_end_of_a_page_is_whole_again(seam: list[str]) -> None:
    document = copy("一、概述", FIRST, *seam, REST, "二、主动公开政府信息情况", FIRST + REST)
    whole = FIRST + REST
    assert document.text.split("\n") == ["一、概述", whole, "二、主动公开政府信息情况", whole]
    assert [gone.text for gone in document.removed if gone.at == 2] == seam
    assert read(document.text.encode()).text == document.text


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (FIRST + REST, FIRST + REST),  # it had ended
        (FIRST + REST, "二、主动公开政府信息情况"),
        (FIRST, "二、主动公开政府信息情况"),  # the rest of it is lost
        ("二、主动公开政府信息情况", FIRST + REST),  # a heading has no end
        (FIRST, "2．及时准确公开。"),
    ],
)
def test_pages_that_end_with_a_sentence_or_a_heading_are_not_joined(above: str, below: str) -> None:
    document = copy(FIRST + REST, above, *SEAM, below, FIRST + REST)
    assert document.text.split("\n")[1:3] == [above, below]


def test_no_table_is_joined_to_anything_and_no_row_goes() -> None:
    table = "<table><tr><td>分享</td><td>1 / 8</td></tr><tr><td>下载文档</td><td>3</td></tr></table>"
    document = copy("一、概述", FIRST, *SEAM, table, *SEAM, REST, FIRST + REST)
    assert document.text.split("\n")[1:5] == [FIRST, "分享 | 1 / 8", "下载文档 | 3", REST]


def test_what_stands_between_pages_stays_on_a_page_that_is_no_copy() -> None:
    body = "".join(f"<p>{line}</p>" for line in ("一、概述", FIRST, SEAM[0], REST, FIRST + REST))
    document = read(
        f"<html><body><div id=zoom>{body}</div></body></html>".encode(), [], "http://www.yuntang.gov.cn/1.html"
    )
    assert SEAM[0] in document.text.split("\n")


@pytest.mark.parametrize(("pattern", "example"), tampering.BLANKED)
def test_a_year_that_was_taken_out_is_noticed(pattern: str, example: str) -> None:
    document = read(BODY.replace("无。", f"{example}。截至年12月31日，无。").encode())
    assert document.text_integrity is TextIntegrity.damaged
    (seen,) = document.witnesses["text_integrity"]
    assert seen.chosen
    assert seen.source.startswith("blanked: ")


@pytest.mark.parametrize(
    "honest",
    [
        "2023 年，我市认真贯彻。2022 年度我市公开信息3条。",
        "2023\n年，我市认真贯彻。2022\n年度我市公开信息3条。",
        "全年，我市办理3件；上年度，青年12人；自2023年1月1日起。",
        "印发〔2020〕 109号文件。",
    ],
)
def test_years_that_are_there_are_not_missed(honest: str) -> None:
    assert tampering.blanked(honest) == []


SPUN = {"及时": "准时", "情况": "状况", "督促": "催促", "积极": "乐观", "原则": "原那么", "服务": "效劳", "提供": "供应",
        "按照": "依据", "规范": "标准", "答复": "回复", "认识": "生疏", "渠道": "途径"}  # fmt: skip
PROSE = [
    "全市各级行政机关按照条例规定积极推进主动公开工作，及时公布重点领域的政策文件与办理结果。",
    "市政府办公室组织开展业务培训两期，督促各部门规范填报目录并定期检查更新情况。",
    "建立健全保密审查制度，坚持先审查后公开的原则，明确审查程序和责任追究办法。",
    "在档案馆图书馆和便民大厅设置查阅场所，为公众提供查阅复印等便利服务。",
    "收到的申请均在法定期限内答复，涉及住房教育社会保障等群众关心的方面。",
    "部分单位对这项任务认识不够，专业人员不足，内容与公众需求还有距离。",
    "下一步将拓宽渠道，充实队伍，完善考核评议办法，让群众看得见听得懂能监督。",
]


def report(sentences: list[str], heading: str = "一、概述") -> Document:
    return read("\n".join([heading, *sentences]).encode())


def test_a_spun_copy_resembles_its_source_and_shares_hardly_a_sentence() -> None:
    source, other = report(PROSE), report([f"{year}年度{line[::-1]}" for year, line in enumerate(PROSE, 2010)])
    text = "\n".join(PROSE)
    for word, swapped in SPUN.items():
        text = text.replace(word, swapped)
    spun = report(text.split("\n"))
    sketches = [resemblance.sketch(each) for each in (source, spun, other)]
    mine, copied, unlike = (resemblance.opened(each or "") for each in sketches)
    assert resemblance.ALIKE <= resemblance.resemblance(mine, copied) <= 0.8
    assert resemblance.resemblance(mine, unlike) < 0.1
    assert resemblance.resemblance(mine, mine) == 1.0
    assert resemblance.shared_sentences(spun.text, source.text) < 0.3
    assert resemblance.shared_sentences(source.text, source.text) == 1.0


def test_the_estimate_is_near_the_share_that_it_estimates() -> None:
    words = [f"{chr(0x4E00 + 7 * n)}{chr(0x5E00 + 11 * n)}{chr(0x6E00 + 13 * n)}的" for n in range(400)]
    for part in (0, 100, 200, 300):
        texts = "".join(words[:300]), "".join(words[part : part + 300])
        sets = [{text[at : at + 5] for at in range(len(text) - 4)} for text in texts]
        true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        mine, other = (resemblance.opened(resemblance.sketch(report([text])) or "") for text in texts)
        assert true < 0.2 or abs(resemblance.resemblance(mine, other) - true) < 0.15
