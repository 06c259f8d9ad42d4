"""Writes a report: numbers of a body over the years, then sections, tables and signature as blocks."""

from __future__ import annotations

import copy
import random
from functools import lru_cache

from . import prose, statistics2014, statutory
from .blocks import Block, Cell, Content, Grid, Para, stat_grid, t2_grids, t3_grid, t4_grid
from .draw import draw
from .model import Body
from .statutory import Table

DIGITS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

# Headings of the 2019 and 2021 formats; the first is the official one, the others are met in life (domain.md 1.2).
HEADINGS = [
    ["一、总体情况"],
    ["二、主动公开政府信息情况"],
    ["三、收到和处理政府信息公开申请情况"],
    [
        "四、政府信息公开行政复议、行政诉讼情况",
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "四、政府信息公开行政复议和行政诉讼情况",
        "四、行政复议、行政诉讼情况",
    ],
    [
        "五、存在的主要问题及改进情况",
        "五、存在的问题及主要改进措施",
        "五、政府信息公开工作存在的主要问题及改进情况",
        "五、存在问题和改进措施",
    ],
    ["六、其他需要报告的事项", "六、需要报告的其他事项"],
]
OLD_HEADINGS = [
    ["一、概述", "一、基本情况", "一、总体情况"],
    ["二、主动公开政府信息的情况", "二、主动公开情况"],
    ["三、依申请公开政府信息和不予公开政府信息的情况", "三、依申请公开情况"],
    ["四、政府信息公开的收费及减免情况", "四、收费及减免情况"],
    ["五、因政府信息公开申请行政复议、提起行政诉讼的情况", "五、行政复议和行政诉讼情况"],
    ["六、存在的主要问题及改进情况", "六、存在的主要问题和改进措施"],
    ["七、其他需要报告的事项", "七、其他需要说明的事项"],
]


def format_of(year: int) -> str:
    return "fmt_2021" if year >= 2021 else "fmt_2019" if year >= 2019 else "stat_2014" if year >= 2014 else "freeform"


def chinese_year(year: int) -> str:
    return "".join(DIGITS[digit] for digit in str(year))


def chinese_number(value: int) -> str:
    """1..31 in Chinese, for dates of signature."""
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[str(tens)] + "十") + (DIGITS[str(ones)] if ones else "")


@lru_cache(maxsize=1024)
def numbers(seed: int, portal: str, body: Body) -> dict[int, dict[str, Table]]:
    """Tables of every year of a body, each year carrying on from the last."""
    carried: dict[str, int] = {}
    stock: dict[str, int] = {}
    years: dict[int, dict[str, Table]] = {}
    for year in range(body.first, body.last + 1):
        rng = draw(seed, portal, body.organ, year, "numbers")
        if year >= 2019:
            if year == 2021:  # the new format counts documents in force afresh
                stock = {}
            rules = body.kind == "government" and body.level == "prefecture"
            years[year] = {
                "t2": statutory.draw_t2(rng, year, body.scale, stock, rules),
                "t3": statutory.draw_t3(rng, year, body.scale, carried),
                "t4": statutory.draw_t4(rng, year, body.scale),
            }
        elif year >= 2014:
            years[year] = {"stat2014": {"values": dict(statistics2014.draw_stat(rng, body.scale))}}
        else:
            years[year] = {}
    return years


def write_report(
    seed: int, portal: str, body: Body, year: int, title: str, signed: str, blemishes: list[str], revision: int
) -> Content:
    """The whole report; `signed` is the ISO date under it, `revision` counts the edits made since publication."""
    rng = draw(seed, portal, body.organ, year, "content")
    if "attachments_only" in blemishes:
        return Content([Para(f"{body.organ}{year}年度报告全文请见本页附件，如需纸质文本可到{body.we}办公室索取。")])
    tables = copy.deepcopy(numbers(seed, portal, body)[year])
    if revision and "t2" in tables:
        licensing = tables["t2"]["administrative_licensing"]
        licensing["decisions"] = (licensing["decisions"] or 0) + revision
    elif revision and tables:
        values = tables["stat2014"]["values"]
        values["via_other"] = (values["via_other"] or 0) + revision
    blank = _blank_zeros(tables, blemishes)
    words = _words(body, year, tables, rng)
    blocks = (_new if year >= 2019 else _old)(rng, year, tables, blank, words, blemishes)
    if revision:
        count = rng.randint(10, 90) + revision
        blocks.insert(3, Para(f"本报告公布后作过第{revision}次更正，涉及数字{count}项，现以更正后的内容为准。"))
    blocks += _signature(body, signed, rng, blemishes)
    if "title_in_body" in blemishes:
        blocks.insert(0, Para(title, "title"))
    if "glued_heading" in blemishes:
        blocks = _glue(blocks)
    if "split_table" in blemishes:
        blocks = [part for block in blocks for part in _split(block)]
    if "fullwidth_digits" in blemishes:
        blocks = [_widen(block) for block in blocks]
    truth = {"stat2014": tables["stat2014"]} if "stat2014" in tables else tables
    return Content(blocks, truth)


def _words(body: Body, year: int, tables: dict[str, Table], rng: random.Random) -> dict[str, object]:
    words: dict[str, object] = {
        "o": body.organ,
        "we": body.we,
        "y": year,
        "field": body.works_on,
        "town": body.organ[:2],
    }
    words["fmt"] = "2021〕30号" if year >= 2021 else "2019〕60号"
    if "t3" in tables:
        t3 = tables["t3"]
        for word, row in [
            ("new", "new_received"),
            ("carried", "carried_in"),
            ("done", "results_total"),
            ("left", "carried_out"),
        ]:
            words[word] = t3[row]["total"] or 0
    elif "stat2014" in tables:
        values = tables["stat2014"]["values"]
        words |= {
            "new": values["requests_received"] or 0,
            "carried": 0,
            "done": values["requests_closed"] or 0,
            "left": 0,
        }
    else:
        new = rng.randint(0, body.scale)
        words |= {"new": new, "carried": 0, "done": new, "left": 0}
    return words


def _pick(rng: random.Random, bank: list[str], count: int, words: dict[str, object]) -> list[Block]:
    return [Para(prose.fill(rng, sentence, **words)) for sentence in rng.sample(bank, min(count, len(bank)))]


def _heading(rng: random.Random, names: list[str], blemishes: list[str]) -> Para:
    varied = "heading_variants" in blemishes or len(names) == 1 or names in OLD_HEADINGS
    return Para(rng.choice(names) if varied else names[0], "heading")


def _new(
    rng: random.Random,
    year: int,
    tables: dict[str, Table],
    blank: str | None,
    words: dict[str, object],
    blemishes: list[str],
) -> list[Block]:
    heads = [_heading(rng, names, blemishes) for names in HEADINGS]
    style = rng.randint(0, 5)
    blocks: list[Block] = [Para(prose.fill(rng, rng.choice(prose.PREAMBLE_NEW), **words), "preamble"), heads[0]]
    blocks += _pick(rng, prose.OVERVIEW, rng.randint(2, 4), words)
    for bank in (prose.PROACTIVE, prose.REQUESTS, prose.MANAGEMENT, prose.PLATFORM, prose.SUPERVISION):
        blocks += _pick(rng, bank, 1, words)
    blocks += [heads[1], *t2_grids(tables["t2"], year, blank, style)]
    blocks += [heads[2], t3_grid(tables["t3"], year, blank)]
    blocks += [heads[3], t4_grid(tables["t4"], blank)]
    blocks += [heads[4], *_pick(rng, prose.PROBLEMS, rng.randint(1, 2), words), *_pick(rng, prose.IMPROVE, 1, words)]
    blocks += [heads[5], *_pick(rng, prose.OTHER, 1, words)]
    return blocks


def _old(
    rng: random.Random,
    year: int,
    tables: dict[str, Table],
    blank: str | None,
    words: dict[str, object],
    blemishes: list[str],
) -> list[Block]:
    heads = [_heading(rng, names, blemishes) for names in OLD_HEADINGS]
    request = Para(prose.fill(rng, rng.choice(prose.REQUESTS), **words).split("。", 1)[1] or "全年没有收到申请。")
    sections: list[list[Block]] = [
        _pick(rng, prose.OVERVIEW, 2, words) + _pick(rng, prose.LONG_OLD, rng.randint(1, 3), words),
        _pick(rng, prose.LONG_OLD, rng.randint(2, 4), words),
        [request],
        _pick(rng, prose.FEES, 1, words),
        _pick(rng, prose.REVIEW, 1, words),
        _pick(rng, prose.PROBLEMS, 1, words) + _pick(rng, prose.IMPROVE, 1, words),
        [Para("没有其他需要报告的事项。")],
    ]
    blocks: list[Block] = [Para(prose.fill(rng, rng.choice(prose.PREAMBLE_OLD), **words), "preamble")]
    for head, section in zip(heads, sections, strict=True):
        blocks += [head, *section]
    if "stat2014" in tables:
        blocks.append(Para(rng.choice(["附表：政府信息公开情况统计表", f"政府信息公开情况统计表（{year}年度）"])))
        blocks.append(stat_grid(tables["stat2014"]["values"], blank))
    return blocks


def _signature(body: Body, signed: str, rng: random.Random, blemishes: list[str]) -> list[Block]:
    year, month, day = (int(part) for part in signed.split("-"))
    date = f"{year}年{month}月{day}日"
    if "chinese_date" in blemishes:
        date = f"{chinese_year(year)}年{chinese_number(month)}月{chinese_number(day)}日"
    return [Para(body.organ, "organ"), Para(date, "date")]


def _blank_zeros(tables: dict[str, Table], blemishes: list[str]) -> str | None:
    """Takes the zeros out of the tables when the body leaves them blank; returns what it prints instead."""
    mark = next((blemish.split(":", 1)[1] for blemish in blemishes if blemish.startswith("blank_zeros:")), None)
    if mark is not None:
        for table in tables.values():
            for row in table.values():
                for key, value in row.items():
                    if value == 0:
                        row[key] = None
    return mark


def _glue(blocks: list[Block]) -> list[Block]:
    """The third heading runs into its paragraph, as after a careless paste."""
    heads = [
        index
        for index, block in enumerate(blocks[:-1])
        if isinstance(block, Para) and block.role == "heading" and isinstance(blocks[index + 1], Para)
    ]
    chosen = heads[min(2, len(heads) - 1)]
    head, after = blocks[chosen], blocks[chosen + 1]
    assert isinstance(head, Para)
    assert isinstance(after, Para)
    return [*blocks[:chosen], Para(head.text + after.text), *blocks[chosen + 2 :]]


def _split(block: Block) -> list[Block]:
    """Table 3 falls into two tables where the printed page broke, before row （四）: the vertical label is repeated."""
    if isinstance(block, Para) or len(block.rows) < 26:
        return [block]
    cut = next((i for i, row in enumerate(block.rows) if row[0].text == "（四）无法提供"), None)
    if cut is None:
        return [block]
    head, tail = list(block.rows[:cut]), list(block.rows[cut:])
    start = next(i for i, row in enumerate(head) if row[0].text == "三、本年度办理结果")
    head[start] = [Cell("三、本年度办理结果", rowspan=cut - start), *head[start][1:]]
    tail[0] = [Cell("三、本年度办理结果", rowspan=len(tail) - 1), *tail[0]]
    return [Grid(head), Grid(tail)]


def _widen(block: Block) -> Block:
    """Digits of the tables typed with a Chinese input method in full width."""
    if isinstance(block, Para):
        return block
    return Grid([[_wide_cell(cell) for cell in row] for row in block.rows])


def _wide_cell(cell: Cell) -> Cell:
    if cell.text.isdigit():
        return Cell(cell.text.translate(WIDE), cell.colspan, cell.rowspan, cell.head)
    return cell
