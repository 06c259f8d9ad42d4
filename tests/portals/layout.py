"""Lays out a portal of the new kinds: more trees, look-alike columns and entries, rows that are files, second addresses."""

from __future__ import annotations

from collections import Counter

from . import names, neighbours
from .blocks import Content, Para
from .draw import draw
from .model import Article, Attachment, Body, Column, SampleReport
from .plan import Plan, Planner, add_neighbours, add_reports, annual_columns, make_bodies
from .portal import SamplePortal

COLUMN_NAMES = [*names.ANNUAL_NAMES, "政府信息公开年报", "政府信息公开年报", "工作年度报告", "政府年报"]
# Columns that are called nearly so and hold none of ours (domain.md 2.4).
LOOK_ALIKES = [("年鉴", "nj"), ("统计年报", "tjnb"), ("企业年报公示", "qynb"), ("年度计划", "ndjh"), ("财务年报", "cwnb"),
               ("政府网站年度报表", "wznb")]  # fmt: skip
HUBS = ["部门和乡镇信息公开", "各地各部门信息公开", "部门乡镇信息公开", "部门信息公开", "乡镇（街道）信息公开"]
GROUPS = {"government": ("政府", "zf"), "department": ("部门", "bm"), "township": ("乡镇街道", "xz")}


def make_layout(portal: SamplePortal) -> Plan:
    traits = portal.traits
    assert traits
    planner = Planner(portal)
    rng = planner.rng
    news = planner.column(None, rng.choice(names.NEWS_NAMES), "xwzx")
    openness = planner.column(None, rng.choice(names.OPENNESS_NAMES), rng.choice(["zfxxgk", "xxgk", "zwgk"]), "landing")
    openness.host = portal.openness_host
    planner.column(openness, "政府信息公开指南", "zfxxgkzn", "page")
    places = {"zfxxgkzd": planner.column(openness, "政府信息公开制度", "zfxxgkzd")}
    statutory = planner.column(openness, "法定主动公开内容", "fdzdgknr", "landing")
    inner = [
        ("机构职能", "jgzn"),
        ("政策文件", "zcwj"),
        ("规划计划", "ghjh"),
        ("财政信息", "czxx"),
        ("政府工作报告", "zfgzbg"),
    ]
    places |= {slug: planner.column(statutory, name, slug) for name, slug in inner}
    annual = planner.column(openness, rng.choice(COLUMN_NAMES), rng.choice(names.ANNUAL_SLUGS), annual=True)
    annual.hidden = traits.entry in ("sitemap", "search")
    alike = [planner.column(rng.choice([openness, statutory]), *one) for one in rng.sample(LOOK_ALIKES, 2)]
    planner.column(openness, "依申请公开", "ysqgk", "page")
    bodies = make_bodies(portal, rng)
    made = Plan([news, openness], annual, openness, news, bodies)
    leaves = trees(portal, planner, made)
    if traits.frame and len(set(leaves.values())) <= 5:  # each costs a visitor one more request
        framed = {leaf: frame(planner, leaf) for leaf in dict.fromkeys(leaves.values())}
        leaves = {key: framed[leaf] for key, leaf in leaves.items()}
    add_reports(portal, planner, made, leaves)
    add_neighbours(portal, planner, made, places)
    add_look_alikes(portal, planner, made, alike)
    if traits.twice:
        newest = planner.column(openness, "最新公开", "zxgk")
        for report in sorted(made.reports, key=lambda report: report.date)[-3:]:
            planner.article(newest, report.title, report.date, report.organ, report=report)
    made.articles = [article for column in made.columns() for article in column.articles]
    often = Counter(id(article.report) for article in made.articles)
    for article in made.articles:
        if article.report and article.column.annual:
            vary(portal, article, article.report, once=often[id(article.report)] == 1)
    return made


def trees(portal: SamplePortal, planner: Planner, made: Plan) -> dict[tuple[Body, int], Column]:
    """(body, year) -> the list that holds the report."""
    annual, rng = made.annual, planner.rng
    pairs = [(body, year) for body in made.bodies for year in range(body.first, body.last + 1)]
    if portal.structure in ("year_tree", "year_group"):
        annual.kind = "landing"
        years = sorted({year for _, year in pairs}, reverse=True)
        recent = years[: 3 if portal.structure == "year_group" else 7]
        lists: dict[tuple[int, str], Column] = {}
        form, words = rng.choice(["nb_{}n", "{}nb", "{}n", "gknb{}"]), rng.choice(["{}年", "{}年度", "{}年年报"])
        for year in recent:
            kinds = list(dict.fromkeys(body.kind for body, y in pairs if y == year))
            split = portal.structure == "year_group" and len(kinds) > 1
            head = planner.column(annual, words.format(year), form.format(year), "landing" if split else "list")
            for kind in kinds:
                lists[year, kind] = planner.column(head, *GROUPS[kind]) if split else head
        if len(years) > len(recent):
            older = planner.column(
                annual, rng.choice(["往年年报", "历年年报", "{}年及以前"]).format(recent[-1] - 1), "wnnb"
            )
        return {(body, year): lists[year, body.kind] if year in recent else older for body, year in pairs}
    if portal.structure == "sub_hosts":
        hub = planner.column(made.openness, rng.choice(HUBS), "bmxx", "landing")
        leaves = {made.bodies[0]: annual}
        for body in made.bodies[1:]:
            home = planner.column(hub, body.organ, body.slug, "landing", body=body)
            home.host = f"{body.slug}.{portal.host.removeprefix('www.')}"
            planner.column(home, "机构概况", "jggk", "page", body=body)
            planner.column(home, "通知公告", "tzgg", body=body)
            leaves[body] = planner.column(home, rng.choice(COLUMN_NAMES), "nb", annual=True, body=body)
        return {(body, year): leaves[body] for body, year in pairs}
    return annual_columns(portal, planner, made)


def frame(planner: Planner, leaf: Column) -> Column:
    """Turns a list into a page that brings the list in; returns the list."""
    leaf.kind = "frame"
    return planner.column(leaf, leaf.name, "lb", body=leaf.body, bare=True)


def add_look_alikes(portal: SamplePortal, planner: Planner, made: Plan, columns: list[Column]) -> None:
    """Entries that are called nearly like ours, among ours and in columns of their own."""
    rng = planner.rng
    lists = [column for column in made.annual.walk() if column.kind == "list"]
    words: dict[str, object] = {"division": portal.division, "site": portal.site_name, "o": portal.organ, "we": portal.division,
                                "town": portal.place + "镇", "day": "近日"}  # fmt: skip
    targets = [rng.choice(lists) for _ in range(rng.randint(1, 3))] + [column for column in columns for _ in range(3)]
    for column in targets:
        year = rng.randint(2014, 2025)
        title = rng.choice(neighbours.LOOK_ALIKES).format(**words, y=year)
        date = f"{year + 1}-{rng.randint(1, 10):02d}-{rng.randint(1, 28):02d}"
        text = neighbours.neighbour_text(rng, title, words | {"y": year})
        planner.article(column, title, date, f"{portal.organ}办公室", text=text)


def vary(portal: SamplePortal, article: Article, report: SampleReport, once: bool) -> None:
    """Rows that lead to a file, and titles that leave to their column what it says already."""
    traits = portal.traits
    assert traits
    rng = draw(portal.seed, portal.name, report.organ, report.year, "row")
    if traits.titles == "yearless" and any(str(report.year) in column.name for column in article.column.path()):
        article.title = report.title = f"{report.organ}政府信息公开工作年度报告"
    elif traits.titles == "organless" and article.column.body:
        article.title = report.title = f"{report.year}年政府信息公开工作年度报告"
    told = article.column.body or report.body.organ in article.title or portal.platform == "yearbook"
    if once and told and traits.files and rng.random() < 0.3:  # a file is not asked who wrote it
        kind = rng.choice(["pdf", "pdf", "docx"])
        article.file_row = True
        article.attachments = [Attachment("", "", kind)]  # type: ignore[arg-type]
        report.blemishes.append("file_row")
        lines = [f"{report.organ}{report.year}年的年度报告以文件形式公布。"]
        report.make = lambda _: Content([Para(line) for line in lines])
        report.whole = None
    for attachment in article.attachments:
        attachment.name = f"{article.title}.{attachment.kind}"
