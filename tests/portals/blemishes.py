"""Which faults of real life a portal or a report shows: one table each, (name, chance, what it looks like)."""

from __future__ import annotations

import random
from typing import Final

# A portal-wide fault is recorded on each of the portal's reports.
PORTAL: Final = [
    ("cut_list_titles", 0.35, "list text ends in …, the whole title is in the title attribute"),
    ("no_list_dates", 0.12, "lists show no date"),
    ("mmdd_list_dates", 0.15, "lists show month and day only"),
    ("title_is_site_name", 0.2, "<title> holds the name of the site and nothing else"),
    ("article_title_is_column", 0.15, "meta ArticleTitle repeats ColumnName on every page"),
    ("pubdate_null", 0.12, "meta PubDate is null"),
    ("no_charset_header", 0.3, "the charset is only in a meta tag"),
    ("wrong_charset_header", 0.15, "the header names another charset than the bytes have"),
    ("hidden_mobile_copy", 0.15, "the article stands in the page twice, the second copy is not displayed"),
    ("nested_layout", 0.2, "the body sits in tables that only lay out the page"),
    ("hit_counter", 0.35, "the server writes the number of visits into the page"),
]

REPORT: Final = [
    ("bom", 0.04, "the bytes begin with a byte order mark"),
    ("title_without_organ", 0.08, "the body is named only in source, publisher and signature"),
    ("chinese_year_title", 0.06, "the year of the title is in Chinese numerals"),
    ("doubled_year_title", 0.05, "the title begins with the year and then says it again"),
    ("short_organ_title", 0.06, "the title calls the body by its short name"),
    ("pubdate_wrong", 0.06, "meta PubDate is the day of a later redesign"),
    ("republished", 0.05, "the report was put up anew years later, under a new date and address"),
    ("title_in_body", 0.08, "the title is typed once more at the head of the body"),
    ("glued_heading", 0.06, "one heading runs into the paragraph after it"),
    ("heading_variants", 0.3, "headings differ from the official wording"),
    ("chinese_date", 0.1, "the date of signature is in Chinese numerals"),
    ("blank_zeros:", 0.04, "zero cells are left empty"),
    ("blank_zeros:-", 0.04, "zero cells show a dash"),
    ("blank_zeros:/", 0.03, "zero cells show a stroke"),
    ("fullwidth_digits", 0.04, "digits in tables are full width"),
    ("split_table", 0.05, "table 3 is broken into two tables"),
    ("br_in_cells", 0.15, "header cells are broken by <br>"),
    ("leaked_style", 0.08, "a style and a script stand inside the body container"),
    ("page_break", 0.12, "the editor's mark #PAGE_BREAK# stands between two sections"),
    ("unclosed_tags", 0.05, "cells and rows are never closed"),
    ("attachments_only", 0.15, "the page has one sentence, the report is the attachment"),
    ("body_style:word", 0.15, "Word markup with o:p and empty spans"),
    ("body_style:div_br", 0.1, "one div, lines parted by <br>"),
    ("body_style:loose", 0.08, "text nodes outside any paragraph"),
    ("body_style:unclosed", 0.06, "paragraphs that never end"),
    ("body_style:nbsp", 0.12, "indents of &nbsp; and empty paragraphs"),
    ("body_style:section", 0.06, "a section element for each paragraph"),
]

# Of faults that exclude one another a report keeps the first.
EXCLUSIVE: Final = [
    {"title_without_organ", "short_organ_title", "doubled_year_title"},
    {"chinese_year_title", "doubled_year_title"},
    {"pubdate_wrong", "republished"},
    {"blank_zeros:", "blank_zeros:-", "blank_zeros:/"},
    {f"body_style:{style}" for style in ("word", "div_br", "loose", "unclosed", "nbsp", "section")},
]


# What a platform cannot show: the old portal has no meta tags and is nested tables anyway; gkmlpt lists are
# JSON; what scripts draw has no meta tags of its own.
CANNOT: Final = {
    "tables": {
        "article_title_is_column",
        "pubdate_null",
        "nested_layout",
        "hidden_mobile_copy",
        "pubdate_wrong",
        "bom",
    },
    "gkmlpt": {"cut_list_titles", "no_list_dates", "mmdd_list_dates"},
    "homemade": {"leaked_style", "nested_layout"},  # their markup is some maker's
    "docshare": {name for name, _, _ in PORTAL},
    "scripted": {
        "cut_list_titles",
        "title_is_site_name",
        "article_title_is_column",
        "pubdate_null",
        "pubdate_wrong",
        "bom",
    },
}


def draw_portal(rng: random.Random, platform: str) -> list[str]:
    names = [name for name, chance, _ in PORTAL if rng.random() < chance]
    names = [name for name in names if name not in CANNOT.get(platform, ())]
    return _keep_first(names, [{"no_list_dates", "mmdd_list_dates"}, {"no_charset_header", "wrong_charset_header"}])


def draw_report(rng: random.Random, year: int, platform: str) -> list[str]:
    """Faults of one report; those of a table only where the year has the table."""
    names = [name for name, chance, _ in REPORT if rng.random() < chance]
    names = [name for name in names if name not in CANNOT.get(platform, ())]
    if platform != "ucap" or any(name.startswith("body_style") for name in names):
        names = [name for name in names if name != "page_break"]
    if year < 2019:
        names = [name for name in names if name not in ("split_table", "br_in_cells")]
    if year < 2014:
        names = [
            name for name in names if not name.startswith(("blank_zeros", "fullwidth")) and name != "unclosed_tags"
        ]
    else:
        names = [name for name in names if name != "attachments_only"]
    if year > 2016:
        names = [name for name in names if name != "republished"]
    if "attachments_only" in names:
        names = [
            name
            for name in names
            if not name.startswith(("body_style", "glued", "title_in", "chinese_date", "heading"))
        ]
    return _keep_first(names, EXCLUSIVE)


def _keep_first(names: list[str], groups: list[set[str]]) -> list[str]:
    for group in groups:
        seen = [name for name in names if name in group]
        names = [name for name in names if name not in seen[1:]]
    return names
