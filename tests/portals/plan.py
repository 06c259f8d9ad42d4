"""Lays a portal out: who publishes, which columns there are, and which article stands in which."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from . import blemishes, names, neighbours
from .content import chinese_year, format_of, write_report
from .draw import draw
from .model import Article, Attachment, Body, Column, SampleReport
from .portal import SamplePortal

SCALES = {("government", "prefecture"): 110, ("government", "county"): 40, ("department", "prefecture"): 16,
          ("department", "county"): 6, ("township", "township"): 2}  # fmt: skip
TITLES = [
    "{o}{y}年政府信息公开工作年度报告",
    "{o}{y}年度政府信息公开工作年度报告",
    "{y}年{o}政府信息公开工作年度报告",
    "{o}{y}年政府信息公开年度报告",
    "{o}{y}年度政府信息公开工作报告",
]


@dataclass
class Plan:
    tops: list[Column]
    annual: Column
    openness: Column
    news: Column
    bodies: list[Body]
    articles: list[Article] = field(default_factory=list)
    reports: list[SampleReport] = field(default_factory=list)

    def columns(self) -> Iterator[Column]:
        for top in self.tops:
            yield from top.walk()


class Planner:
    """Gives out the numbers that content systems give to columns and articles."""

    def __init__(self, portal: SamplePortal) -> None:
        self.portal = portal
        self.rng = draw(portal.seed, portal.name, "plan")
        self.column_number = self.rng.randint(1000, 1_200_000 if portal.platform == "hanweb" else 9000)
        self.article_number = self.rng.randint(1000, 900_000)

    def column(self, parent: Column | None, name: str, slug: str, kind: str = "list", **more: object) -> Column:
        self.column_number += self.rng.randint(1, 7)
        host = parent.host if parent else self.portal.host
        column = Column(name, slug, self.column_number, host, kind, parent, **more)  # type: ignore[arg-type]
        if parent:
            parent.children.append(column)
            column.annual = column.annual or parent.annual
        return column

    def article(self, column: Column, title: str, date: str, source: str, **more: object) -> Article:
        self.article_number += self.rng.randint(1, 40)
        article = Article(title, date, source, self.article_number, column, **more)  # type: ignore[arg-type]
        column.articles.append(article)
        return article


def make_plan(portal: SamplePortal) -> Plan:
    planner = Planner(portal)
    rng = planner.rng
    news = planner.column(None, rng.choice(names.NEWS_NAMES), "xwzx")
    openness = planner.column(None, rng.choice(names.OPENNESS_NAMES), rng.choice(["zfxxgk", "xxgk", "zwgk"]), "landing")
    openness.host = portal.openness_host
    planner.column(openness, "政府信息公开指南", "zfxxgkzn", "page")
    rules = planner.column(openness, "政府信息公开制度", "zfxxgkzd")
    statutory = planner.column(openness, "法定主动公开内容", "fdzdgknr", "landing")
    inner = [
        ("机构职能", "jgzn"),
        ("政策文件", "zcwj"),
        ("规划计划", "ghjh"),
        ("财政信息", "czxx"),
        ("政府工作报告", "zfgzbg"),
    ]
    places = {slug: planner.column(statutory, name, slug) for name, slug in inner}
    annual = planner.column(openness, rng.choice(names.ANNUAL_NAMES), rng.choice(names.ANNUAL_SLUGS), annual=True)
    planner.column(openness, "依申请公开", "ysqgk", "page")
    bodies = make_bodies(portal, rng)
    plan = Plan([news, openness], annual, openness, news, bodies)
    leaves = annual_columns(portal, planner, plan)
    add_reports(portal, planner, plan, leaves)
    add_neighbours(portal, planner, plan, places | {"zfxxgkzd": rules})
    plan.articles = [article for column in plan.columns() for article in column.articles]
    return plan


def make_bodies(portal: SamplePortal, rng: random.Random) -> list[Body]:
    """Two to eight bodies with a run of years each; the first portal's government has all eighteen."""
    wanted = rng.choice([2, 3, 4, 5, 5, 6, 7, 8]) if portal.index else 5
    target = min(45, max(13, round(rng.gauss(25, 7))))
    if portal.platform == "scripted":
        wanted, target = 2, 7  # a browser takes its time over each page
    lead = rng.choice([2025, 2025, 2025, 2024, 2023, 2021, 2020, 2018, 2016, 2014, 2013])
    bodies = []
    departments = rng.sample(names.DEPARTMENTS, len(names.DEPARTMENTS))
    towns = names.towns(portal.name, portal.seed)
    left = target
    for index in range(wanted):
        run = max(2, min(18, round(left / (wanted - index) * rng.uniform(0.7, 1.35))))
        last = max(2009, min(2025, lead - (rng.choice([0, 0, 0, 1, 4, 7, 10]) if index else 0)))
        if index == 0 and portal.index == 0 and portal.platform != "scripted":
            run, last = 18, 2025
        if index == 0:
            organ, short, we, kind, level, slug, field_ = (
                portal.organ, portal.division, "我" + portal.division[-1], "government", portal.level, "szf", "民生保障"
            )  # fmt: skip
        elif portal.level == "prefecture" and index == wanted - 1 and wanted > 3:
            county = names.towns(portal.name, portal.seed)[9][1][:2] + "县"
            organ, short, we, kind, level, slug, field_ = (
                f"{county}人民政府",
                county,
                "我县",
                "government",
                "county",
                "xq1",
                "乡村振兴",
            )
        elif portal.level == "county" and index % 2:
            organ, short, slug = towns[index]
            we, kind, level, field_ = "我" + short[2:], "township", "township", "惠民补贴和村务"
        else:
            name, slug, field_ = departments[index]
            organ, short, we, kind, level = (
                portal.division + name,
                portal.division[-1] + name,
                "本局",
                "department",
                portal.level,
            )
        first = max(2008, last - run + 1)
        left -= last - first + 1
        bodies.append(Body(organ, short, we, kind, level, slug, field_, SCALES[kind, level], first, last))  # type: ignore[arg-type]
    return bodies


def annual_columns(portal: SamplePortal, planner: Planner, plan: Plan) -> dict[tuple[Body, int], Column]:
    """The lists below the 年报 column, by structure: (body, year) -> the list that holds the report."""
    annual, bodies, rng = plan.annual, plan.bodies, planner.rng
    pairs = [(body, year) for body in bodies for year in range(body.first, body.last + 1)]
    if portal.structure == "single":
        return dict.fromkeys(pairs, annual)
    if portal.structure == "year_tree":
        annual.kind = "landing"
        form = rng.choice(["nb_{}n", "{}nb", "{}n", "gknb{}"])
        years = {
            year: planner.column(annual, f"{year}年{rng.choice(['', '度'])}", form.format(year))
            for year in sorted({year for _, year in pairs}, reverse=True)
        }
        return {(body, year): years[year] for body, year in pairs}
    if portal.structure == "hub":
        hub = planner.column(
            plan.openness,
            rng.choice(["部门和乡镇信息公开", "各地各部门信息公开", "部门乡镇信息公开"]),
            "bmxx",
            "landing",
        )
        leaves: dict[Body, Column] = {bodies[0]: annual}
        for body in bodies[1:]:
            home = planner.column(hub, body.short, body.slug, "landing", body=body)
            planner.column(home, "机构概况", "jggk", "page", body=body)
            leaves[body] = planner.column(home, rng.choice(names.ANNUAL_NAMES), "nb", annual=True, body=body)
        return {(body, year): leaves[body] for body, year in pairs}
    annual.kind = "landing"
    groups = {
        "government": ("政府年报", "zfnb"),
        "department": ("部门年报", "bmnb"),
        "township": ("乡镇街道年报", "xznb"),
    }
    heads = {kind: planner.column(annual, *groups[kind]) for kind in dict.fromkeys(body.kind for body in bodies)}
    if portal.structure == "group_tree":
        return {(body, year): heads[body.kind] for body, year in pairs}
    tree: dict[Body, Column] = {}
    for body in bodies:
        heads[body.kind].kind = "landing"
        tree[body] = planner.column(
            heads[body.kind], body.short if body.kind != "government" else body.organ, body.slug, body=body
        )
    return {(body, year): tree[body] for body, year in pairs}


def published(rng: random.Random, body: Body, year: int) -> tuple[str, str]:
    """(day of publication, day of signature) of a report, inside the legal time more often than not."""
    if year >= 2019 and body.kind == "department":
        month, day = 1, rng.randint(8, 31)
    elif body.kind == "government":
        month, day = 3, rng.randint(1, 31)
    else:
        month, day = rng.choice([1, 2, 3]), rng.randint(5, 28)
    if rng.random() < 0.04:
        month, day = rng.choice([4, 5]), rng.randint(1, 28)
    return f"{year + 1}-{month:02d}-{day:02d}", f"{year + 1}-{month:02d}-{rng.randint(max(1, day - 6), day):02d}"


def make_title(rng: random.Random, body: Body, year: int, faults: list[str]) -> str:
    form = TITLES[draw(body.organ, "title").randint(0, 4)] if rng.random() < 0.8 else rng.choice(TITLES)
    organ = body.short if "short_organ_title" in faults else "" if "title_without_organ" in faults else body.organ
    title = form.format(o=organ, y=year)
    if "chinese_year_title" in faults:
        title = title.replace(str(year), chinese_year(year)).replace("年政府", "年度政府")
    if "doubled_year_title" in faults:
        title = f"{year}{organ}{year}年度政府信息公开工作年度报告"
    return title


def add_reports(portal: SamplePortal, planner: Planner, plan: Plan, leaves: dict[tuple[Body, int], Column]) -> None:
    for (body, year), column in sorted(leaves.items(), key=lambda item: (item[0][1], item[0][0].organ)):
        rng = draw(portal.seed, portal.name, body.organ, year, "report")
        faults = blemishes.draw_report(rng, year, portal.platform)
        date, signed = published(rng, body, year)
        if "republished" in faults:  # a redesign put the old page up again
            date = f"{min(2026, year + rng.randint(4, 9))}-{rng.randint(6, 11):02d}-{rng.randint(1, 28):02d}"
        title = make_title(rng, body, year, faults)
        every = [*faults, *portal.blemishes]
        make = partial(write_report, portal.seed, portal.name, body, year, title, signed, faults)
        rest = [fault for fault in faults if fault != "attachments_only"]
        whole = partial(write_report, portal.seed, portal.name, body, year, title, signed, rest)
        report = SampleReport(
            portal.name, body, body.organ, year, title, date, body.level, format_of(year), every, make
        )
        report.whole = whole if rest != faults else None
        office = (
            f"{body.organ}办公室" if body.kind == "government" and "title_without_organ" not in faults else body.organ
        )
        article = planner.article(column, title, date, office, report=report)
        if "attachments_only" in faults or rng.random() < 0.3:
            kind = rng.choice(["pdf", "pdf", "docx", "doc"])
            article.attachments.append(Attachment(f"{title}.{kind}", "", kind))  # type: ignore[arg-type]
        plan.reports.append(report)
        if rng.random() < 0.03 and "attachments_only" not in faults:  # the same text, put into the news as well
            planner.article(plan.news, title, date, office, report=report)


def add_neighbours(portal: SamplePortal, planner: Planner, plan: Plan, places: dict[str, Column]) -> None:
    rng = planner.rng
    words: dict[str, object] = {
        "division": portal.division, "site": portal.site_name, "we": portal.division,
        "town": portal.place + "镇", "day": "近日",
    }  # fmt: skip
    lists = [column for column in plan.annual.walk() if column.kind == "list"]
    chosen = rng.sample(neighbours.NEIGHBOURS, rng.randint(7, 12))
    for form, where in [*chosen, *neighbours.ALWAYS]:
        year = rng.randint(2014, 2025)
        title = form.format(**words, y=year)
        date = f"{year + 1}-{rng.randint(1, 10):02d}-{rng.randint(1, 28):02d}"
        column = rng.choice(lists) if where == "annual" else places[where]
        text = neighbours.neighbour_text(rng, title, words | {"o": portal.organ, "y": 2020})
        planner.article(column, title, date, f"{portal.organ}办公室", text=text)
    for form in neighbours.NEWS_TITLES:
        date = f"2026-{rng.randint(1, 10):02d}-{rng.randint(1, 28):02d}"
        planner.article(
            plan.news, form.format(**words), date, f"{portal.division}融媒体中心", text=neighbours.news_text(rng, words)
        )
