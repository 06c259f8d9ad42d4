"""The plan of a document-sharing site, which holds copies of what the portals before it published."""

from __future__ import annotations

from . import neighbours
from .blocks import Content, Para
from .model import Column, SampleReport
from .plan import Plan, Planner
from .portal import SamplePortal


def make_share_plan(portal: SamplePortal) -> Plan:
    """A document-sharing site: copies of free-form reports of the portals before it, among documents of other kinds."""
    planner = Planner(portal)
    rng = planner.rng
    news = planner.column(None, "工作总结", "zongjie")
    openness = planner.column(None, "公文写作", "gongwen", "landing")
    annual = planner.column(openness, "信息公开报告", "xxgk", annual=True)
    planner.column(openness, "合同范本", "hetong")
    plan = Plan([news, openness], annual, openness, news, [])
    sources = [p for p in portal.siblings[max(0, portal.index - 8) : portal.index] if p.platform != "docshare"]
    every = [
        report for source in sources for report in source.site.plan.reports  # a copy outlives its original
        if report.year <= 2018 and not {"attachments_only", "file_row"} & set(report.blemishes)
    ]  # fmt: skip
    for original in sorted(
        rng.sample(every, min(len(every), rng.randint(12, 18))), key=lambda report: (report.year, report.organ)
    ):
        one_line = original.format_version == "freeform" and rng.random() < 0.5
        plan.reports.append(copy_report(portal, planner, annual, original, one_line))
    words: dict[str, object] = {
        "division": "某",
        "site": "",
        "we": "本单位",
        "town": "某镇",
        "day": "近日",
        "o": "本单位",
        "y": 2020,
    }
    junk = [
        "年度个人工作总结范文.docx",
        "政务公开工作要点模板.doc",
        "办公室工作计划.docx",
        "政府网站工作年度报表样表.xls",
        "劳动合同范本.doc",
    ]
    for index, name in enumerate(junk):
        text = neighbours.neighbour_text(rng, name, words)
        planner.article(
            [news, annual, news, annual, openness.children[1]][index],
            name,
            f"2023-0{index + 2}-11",
            "用户上传",
            text=text,
        )
    plan.articles = [article for column in plan.columns() for article in column.articles]
    return plan


def copy_report(
    portal: SamplePortal, planner: Planner, column: Column, original: SampleReport, one_line: bool
) -> SampleReport:
    """A report as a stranger uploaded it: the title is a file name, sometimes all the text is one line."""

    def make(revision: int) -> Content:
        content = original.make(revision)
        if one_line:
            return Content([Para("".join(block.text for block in content.blocks if isinstance(block, Para)))])
        return content

    title = f"{original.organ}{original.year}年政府信息公开工作年度报告.docx"
    date = f"{planner.rng.randint(2020, 2024)}-{planner.rng.randint(1, 12):02d}-{planner.rng.randint(1, 28):02d}"
    faults = ["docshare_copy", *(["one_line_body"] if one_line else [])]
    report = SampleReport(
        portal.name, original.body, original.organ, original.year, title, date, original.level, original.format_version,
        faults, make, also_at=[original.url],
    )  # fmt: skip
    planner.article(column, title, date, "用户上传", report=report)
    return report
