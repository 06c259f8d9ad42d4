"""Blocks to HTML the way editors and word processors leave it behind."""

# Markup stays on the line it is served on; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import random
from html import escape

from .blocks import Block, Cell, Grid, Para

STYLES = ["plain", "word", "div_br", "loose", "section", "unclosed", "nbsp"]
LEAKED = "<style type=\"text/css\">.TRS_Editor P{margin-top:0;font-family:宋体;font-size:12pt;}</style><script>var zoomSize=16;$('#zoom').css('font-size',zoomSize+'px');</script>"


def render(blocks: list[Block], style: str, quirks: list[str], rng: random.Random) -> str:
    """The body's HTML, without its container. `style` is one of STYLES, `quirks` are names of blemishes."""
    parts = [LEAKED] if "leaked_style" in quirks else []
    if style == "div_br":
        parts.append("<div>")
    table_style = rng.randint(0, 3)
    for block in blocks:
        if "page_break" in quirks and isinstance(block, Para) and block.role == "heading" and block.text[0] == "三":
            parts.append("#PAGE_BREAK#")  # UCAP splits pages there when it shows them; the source has all of them
        if isinstance(block, Grid):
            parts.append(table(block, "word" if style == "word" else "plain", table_style, quirks))
        else:
            parts.append(paragraph(block, style))
    if style == "div_br":
        parts.append("</div>")
    return "\n".join(parts)


def paragraph(para: Para, style: str) -> str:
    text = escape(para.text, quote=False)
    align = {"organ": "right", "date": "right", "title": "center"}.get(para.role, "")
    strong = f"<strong>{text}</strong>" if para.role == "heading" else text
    if style == "word":
        font = "黑体" if para.role == "heading" else "仿宋_GB2312"
        cut = len(text) // 2
        while cut > 0 and "&" in text[max(0, cut - 5) : cut]:  # never cut through an entity
            cut -= 1
        return (
            f'<p class="MsoNormal" style="text-indent:32.0pt;mso-char-indent-count:2.0;text-align:{align or "justify"}">'
            f'<span style="font-family:{font};mso-bidi-font-family:{font};font-size:16.0pt">{text[:cut]}</span>'
            f'<span lang="EN-US" style="mso-font-kerning:0pt"><o:p></o:p></span>'
            f'<span style="font-family:{font};font-size:16.0pt">{text[cut:]}<o:p></o:p></span></p>'
        )
    if style == "div_br":
        return ("&emsp;&emsp;" if not align else "&nbsp;" * 30) + strong + "<br/>"
    if style == "loose":
        return f'<p align="{align}">{text}</p>' if align else f"　　{strong}<br>"
    if style == "section":
        return f'<section style="margin:0 8px;line-height:2em;text-align:{align or "left"}"><span>{strong}</span></section>'
    if style == "unclosed":
        return f'<p align="{align or "left"}"><font face="宋体" size="3">　　{text}'
    if style == "nbsp":
        return f'<p style="text-align:{align or "left"}">&nbsp;&nbsp;&nbsp;&nbsp;&ensp;{strong}&nbsp;</p><p>&nbsp;</p>'
    return f'<p style="text-indent: 2em;{f"text-align: {align};" if align else ""}">{strong}</p>'


def table(grid: Grid, kind: str, style: int, quirks: list[str]) -> str:
    attributes = [
        'border="1" cellspacing="0" cellpadding="0" align="center" width="98%"',
        'style="border-collapse:collapse;border:none;width:640px" class="ke-zeroborder"',
        'class="MsoNormalTable" border="0" style="mso-table-layout-alt:fixed;border-collapse:collapse"',
        'cellspacing="0" align="center" border="1" style="border-collapse:collapse"',
    ][style]
    unclosed = "unclosed_tags" in quirks
    end, row_end = ("", "") if unclosed else ("</td>", "</tr>")
    rows = []
    for row in grid.rows:
        cells = "".join(f"<td{spans(cell)}>{inside(cell, kind, style, quirks)}{end}" for cell in row)
        rows.append(f"<tr>{cells}{row_end}")
    html = f"<table {attributes}><tbody>{''.join(rows)}</tbody></table>"
    return f'<div style="overflow-x:auto">{html}</div>' if style == 1 else html


def spans(cell: Cell) -> str:
    return (f' colspan="{cell.colspan}"' if cell.colspan > 1 else "") + (
        f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    )


def inside(cell: Cell, kind: str, style: int, quirks: list[str]) -> str:
    text = escape(cell.text, quote=False)
    if "br_in_cells" in quirks and cell.head and 4 <= len(text) <= 8:
        text = f"{text[:2]}<br/>{text[2:]}"
    if kind == "word":
        return (
            f'<p class="MsoNormal" align="center" style="mso-pagination:widow-orphan"><span style="mso-spacerun:yes"></span>'
            f'<span lang="EN-US" style="font-size:10.5pt">{text}<o:p></o:p></span></p>'
        )
    if style == 0:
        return text or "&nbsp;"
    if style == 3:
        return f'<p align="center">{text or "&nbsp;"}</p>'
    return f'<span style="font-size:14px">{text}</span>'
