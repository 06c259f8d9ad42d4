"""What others did to a text is undone or flagged, and honest texts are left alone: each table by its own examples."""

from __future__ import annotations

import unicodedata

import pytest

from parsing import lookalikes, normalise, read, tampering
from parsing.document import LanguageVariant, Provenance, TextIntegrity
from tests.parsing.test_rules import BODY

HOST = "http://www.yuntang-news.com/art/2023/1/20/art_1_2.html"


@pytest.mark.parametrize(
    ("seen", "meant", "flag"),
    [
        ("⼈⼯智能、⻓期⼾籍⼯作", "人工智能、长期户籍工作", "radicals_undone"),
        ("⺠政局⻔户⽹站，⻅附表", "民政局门户网站，见附表", "radicals_undone"),
        ("公开\uf0b7解读\uf0b7回应", "公开•解读•回应", "private_use_undone"),
        ("是否收费：是\uf052 否\uf0a3", "是否收费：是☑ 否□", "private_use_undone"),
        ("是否收费：是&#61522; 否&#xf0a3;", "是否收费：是☑ 否□", "private_use_undone"),
        ("受理人：\ue81e某", "受理人：龴某", "private_use_undone"),
        ("受理人：\ue863某", "受理人：\ue863某", "private_use_characters"),
        ("\uf9fd\uf90a政府", unicodedata.normalize("NFKC", "\uf9fd\uf90a政府"), "compatibility_forms_undone"),
    ],
)
def test_lookalikes_are_the_characters_that_were_meant(seen: str, meant: str, flag: str) -> None:
    document = read(
        f"<html><body><div id=zoom><p>一、总体情况</p><p>{seen}，均按时答复。</p></div></body></html>".encode()
    )
    assert f"{meant}，均按时答复。" in document.text
    assert flag in document.flags


@pytest.mark.parametrize("table", [lookalikes.RADICALS, lookalikes.GB18030, lookalikes.SYMBOLS])
def test_the_tables_of_lookalikes_lead_out_of_themselves(table: dict[str, str]) -> None:
    for seen, meant in table.items():
        assert lookalikes.undo(seen)[0] == meant
        assert lookalikes.undo(meant) == (meant, [])


def test_a_reference_to_any_other_character_is_left_to_the_parser() -> None:
    text = "&#60;&#x4e00;&#1114112;&#xFFFFFF;&#;"
    assert lookalikes.undo(text) == (text, [])


@pytest.mark.parametrize(
    "reference", ["&#1;", "&#x0b", "&#0;", "&#xFFFF;", "&#xD800;", "&#x0000000001;", "&#00000000000000001;"]
)
def test_a_reference_to_what_no_tree_may_hold_breaks_nothing(reference: str) -> None:
    body = f"<p>一、总体情况</p><p>全年<b>主动</b>公<script></script>{reference}开。</p>"
    page = f"<html><body><div id=zoom>{body}</div></body></html>"
    assert "全年主动公" in read(page.encode()).text


def test_numbers_of_windows_1252_are_its_characters() -> None:
    assert lookalikes.undo("公开&#151;&#151;解读&#x93;两&#x94;")[0] == "公开——解读“两”"


@pytest.mark.parametrize("kind", tampering.SPAM, ids=lambda kind: kind.id)
@pytest.mark.parametrize("where", ["above", "within", "below"])
def test_a_line_of_spam_goes_and_is_flagged(kind: tampering.Kind, where: str) -> None:
    lines = BODY.split("\n")
    lines.insert({"above": 0, "within": 5, "below": len(lines)}[where], kind.example)
    document = read("\n".join(lines).encode(), None, HOST)
    assert document.text == BODY
    assert f"spam:{kind.id}" in document.flags
    assert document.text_integrity is TextIntegrity.injected
    assert document.provenance is Provenance.mirror


def test_spam_in_a_sentence_stays_where_it_is_and_is_flagged() -> None:
    sentence = "全年主动公开政府信息120条，澳门新葡京官网为您服务，办理申请3件，均按时答复申请人。"
    document = read(BODY.replace("无。", sentence).encode(), None, HOST)
    assert sentence in document.text
    assert "spam:gambling-brands" in document.flags


@pytest.mark.parametrize(
    "sentence",
    [
        "依法查处网络赌博案件12起，整治棋牌室35家。",
        "福利彩票、体育彩票公益金使用情况已公开。",
        "开展打击非法发票专项行动，公开典型案例3个。",
        "半岛公园、皇冠社区、星空影院等场所信息已公开。",
        "成人教育、成人高考信息及时公开。",
        "客户端(app)、办公系统(oa)和公众号(wx)同步更新。",
    ],
)
def test_honest_words_are_no_spam(sentence: str) -> None:
    document = read(BODY.replace("无。", sentence).encode())
    assert sentence in document.text
    assert not document.removed
    assert document.flags == []
    assert document.text_integrity is TextIntegrity.clean


@pytest.mark.parametrize(
    ("sentence", "flags"),
    [
        (
            "可登录云棠市人民政府门户网站（www.yabo-188.com）查阅。",
            ["spam:address", "foreign_address:www.yabo-188.com"],
        ),
        ("可登录云棠市人民政府门户网站（http://www.qpwin.xyz）查阅。", ["foreign_address:www.qpwin.xyz"]),
        ("可登录云棠市人民政府门户网站（http://www.yuntang.gov.cn/）查阅。", []),
        ("可登录云棠市人民政府门户网站（www.yuntang-news.com）查阅。", []),
        ("邮箱：yuntang@www.163.com，见http://mp.weixin.qq.com/s/1。", []),
    ],
)
def test_an_address_that_was_swapped_is_flagged(sentence: str, flags: list[str]) -> None:
    assert tampering.swapped_addresses(sentence, HOST) == [flag.split(":")[1] for flag in flags if "foreign" in flag]
    document = read(BODY.replace("无。", sentence).encode(), None, "http://www.yuntang.gov.cn/a.html")
    if flags:
        assert document.flags == flags


@pytest.mark.parametrize(
    ("glossed", "plain"),
    [
        ("政府信息公开(kāi)工作", "政府信息公开工作"),
        ("依法(fǎ)办理（lǐ）的(de)申请", "依法办理的申请"),
        ("政务公开(gōng kāi)平台[tái]", "政务公开平台"),
        ("综合(he\u0301)服务", "综合服务"),
    ],
)
def test_glosses_are_taken_out(glossed: str, plain: str) -> None:
    document = read(BODY.replace("无。", f"{glossed}，均已完成。").encode(), None, HOST)
    assert f"{plain}，均已完成。" in document.text
    assert document.text_integrity is TextIntegrity.injected


@pytest.mark.parametrize(("made", "proper"), tampering.CONVERTED)
def test_script_that_was_converted_is_told_from_script_that_was_written(made: str, proper: str) -> None:
    text = "本年度政府資訊公開工作報告，{}受理申請三件，均依法按時答覆申請人。"
    assert read(text.format(made).encode()).language_variant is LanguageVariant.zh_hant_pseudo
    assert read(text.format(proper).encode()).language_variant is LanguageVariant.zh_hant
    assert normalise.simplify(made) == normalise.simplify(proper)


@pytest.mark.parametrize(("wreck", "reason"), tampering.WRECKS)
def test_wrecked_characters_are_damage(wreck: str, reason: str) -> None:
    assert read(BODY.replace("无。", f"信{wreck}公开。").encode()).text_integrity is TextIntegrity.damaged
    assert reason


@pytest.mark.parametrize(
    ("lines", "lost"),
    [
        (["?二、主动公开政府信息情况", "? ? 改进措施：一是强化培训。"], True),
        (["(六)其他处理 | 0 | 0 | ? 0", "9? | 0 | 1 | 4 | 14"], True),
        (["云棠市人民政府办公室 ? 版权所有", "？一、总体情况", "?一、总体情况"], True),
        (["是否收费? 否", "什么是依申请公开?"], False),
        (["规章 | 0 | 0 | 0", "有何建议? | 无"], False),
    ],
)
def test_lost_spaces_are_flagged(lines: list[str], lost: bool) -> None:
    assert tampering.lost_spaces(lines) is lost


def test_every_table_has_an_example_that_it_knows() -> None:
    for kind in tampering.SPAM:
        assert kind.pattern.search(kind.example.lower()), kind.id
        assert kind.id in tampering.spam(kind.example)
