"""What sits beside the reports and is not one: the negative titles of domain.md 1.1, and the news of the day."""

from __future__ import annotations

import random
from collections.abc import Callable

from . import prose
from .blocks import Block, Cell, Content, Grid, Para

# (title, where it is put: "annual" among the reports, else the slug of a column)
NEIGHBOURS = [
    ("{site}{y}年政府网站工作年度报表", "annual"),
    ("{division}{y}年法治政府建设年度报告", "annual"),
    ("关于做好{y}年度政府信息公开工作年度报告编制和发布工作的通知", "annual"),
    ("{division}政府信息公开工作年度报告制度", "annual"),
    ("{y}年{division}政务公开工作要点", "zcwj"),
    ("{division}{y}年政务公开工作总结", "annual"),
    ("{y}年{division}人民政府工作报告", "zfgzbg"),
    ("{division}教育局{y}年度部门决算", "czxx"),
    ("{division}民政局{y}年部门预算公开说明", "czxx"),
    ("{division}{y}年度依法行政工作报告", "zcwj"),
    ("关于印发{division}政府信息公开指南的通知", "zcwj"),
    ("关于报送{y}年度政府信息公开年度报告的通知", "zcwj"),
    ("{division}{y}年国民经济和社会发展统计公报", "ghjh"),
    ("{division}政府信息公开申请流程图", "zcwj"),
    ("{division}{y}年度企业年报公示情况通报", "zcwj"),
]

# Titles with the words of ours that are something else (domain.md 1.1 and 2.4), for the portals of the new kinds.
LOOK_ALIKES = [
    "{division}年鉴（{y}）",
    "{division}{y}年度工作计划",
    "关于公示{y}年度企业年报抽查结果的公告",
    "{division}{y}年统计年报",
    "{division}{y}年度财政决算报告",
    "{division}市场监督管理局{y}年度部门决算公开报告",
    "{division}{y}年政府网站工作年度报表",
    "{division}{y}年财务年报汇总",
    "{division}{y}年度政府信息公开工作要点",
    "{division}{y}年法治政府建设年度报告",
]

ALWAYS = [  # every portal has these
    ("{division}政府信息公开审查制度", "zfxxgkzd"),
    ("{division}政府信息公开监督检查办法", "zfxxgkzd"),
    ("{division}人民政府机构职能", "jgzn"),
]

NEWS_TITLES = [
    "{division}召开年度重点工作推进会",
    "{division}举办政务公开业务培训班",
    "{town}柑橘喜获丰收",
    "城区三条道路完成改造",
    "便民服务中心延长办理时间",
    "{division}开展冬季用电安全检查",
    "乡村小学用上新操场",
    "河道清淤工程通过验收",
]


def neighbour_text(rng: random.Random, title: str, words: dict[str, object]) -> Callable[[], Content]:
    """The text of a neighbour page; a yearly form of the web site has its own table, which is none of ours."""
    lines = [prose.fill(rng, sentence, **words) for sentence in rng.sample(prose.NOTICE, 3)]
    counts = [rng.randint(0, 900) for _ in range(4)]

    def make() -> Content:
        blocks: list[Block] = [Para(line) for line in lines]
        if "报表" in title:
            labels = ["网站名称", "信息发布总数（条）", "概况类信息更新量", "政务动态信息更新量", "留言办理数量"]
            values = [str(words["site"]), *map(str, counts)]
            blocks.append(Grid([[Cell(a), Cell(b)] for a, b in zip(labels, values, strict=True)]))
        return Content(blocks)

    return make


def news_text(rng: random.Random, words: dict[str, object]) -> Callable[[], Content]:
    lines = [prose.fill(rng, sentence, **words) for sentence in rng.sample(prose.NEWS, 3)]
    return lambda: Content([Para(line) for line in lines])
