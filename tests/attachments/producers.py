"""A report's content as a file, by the programs that make such files: a table of formats, each with its producer.

LibreOffice and Chromium are asked where they are; a producer that is not there gives None, and the caller says so.
"""

from __future__ import annotations

import base64
import io
import random
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from html import escape
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdfium2
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from PIL import Image, ImageFilter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

from tests.attachments.grids import expanded, places
from tests.portals.blocks import Content, Grid, Para

POINT = 72 / 25.4  # points in a millimetre
FONT = "Noto Serif CJK SC"


def docx(title: str, content: Content) -> bytes:
    """Word, by python-docx: merged cells, a running head. Other formats are made from it: it is made once."""
    key = (title, content.text())
    if key not in _WORD:
        _WORD[key] = _docx(title, content)
    return _WORD[key]


_WORD: dict[tuple[str, str], bytes] = {}


def _docx(title: str, content: Content) -> bytes:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    document.sections[0].header.paragraphs[0].text = title
    paragraph = document.add_paragraph(title)
    paragraph.alignment, paragraph.runs[0].font.size = WD_ALIGN_PARAGRAPH.CENTER, Pt(18)
    for block in content.blocks:
        if isinstance(block, Para):
            paragraph = document.add_paragraph(block.text)
            if block.role in ("organ", "date"):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            elif block.role not in ("title", "heading"):
                paragraph.paragraph_format.first_line_indent = Pt(24)
        else:
            _docx_table(document, block)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _docx_table(document: object, grid: Grid) -> None:
    rows = expanded(grid)
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")  # type: ignore[attr-defined]
    for (y, x), cell in places(grid).items():
        corner = table.cell(y, x)
        if cell.rowspan > 1 or cell.colspan > 1:
            corner = corner.merge(table.cell(y + cell.rowspan - 1, x + cell.colspan - 1))
        corner.text = cell.text


def pdf(title: str, content: Content) -> bytes:
    """PDF, by reportlab: a font that is not embedded, running head and page number, tables that break anywhere."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    text = ParagraphStyle("text", fontName="STSong-Light", fontSize=11, leading=18, firstLineIndent=22, wordWrap="CJK")
    flat, small = ParagraphStyle("flat", text, firstLineIndent=0), ParagraphStyle("cell", text, firstLineIndent=0)
    small.fontSize, small.leading = 8, 10
    middle = ParagraphStyle("title", text, fontSize=17, leading=26, alignment=1, firstLineIndent=0)
    story: list[object] = [Paragraph(escape(title), middle)]
    for block in content.blocks:
        if isinstance(block, Para):
            style = {"heading": flat, "title": middle}.get(block.role, text)
            story.append(Paragraph(escape(block.text), style))
        else:
            story.append(_pdf_table(block, small))
    buffer = io.BytesIO()

    def margins(canvas: object, template: object) -> None:
        canvas.setFont("STSong-Light", 9)  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, A4[1] - 30, title)  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, 28, f"— {template.page} —")  # type: ignore[attr-defined]

    SimpleDocTemplate(buffer, pagesize=A4).build(story, onFirstPage=margins, onLaterPages=margins)
    return buffer.getvalue()


def _pdf_table(grid: Grid, style: ParagraphStyle) -> LongTable:
    rows = expanded(grid)
    cells = [[Paragraph(escape(text), style) for text in row] for row in rows]
    width = (A4[0] - 144) / len(rows[0])
    wide = [2.2 if len(rows[0]) == 10 and x == 2 else 1.0 for x in range(len(rows[0]))]
    widths = [width * len(wide) * share / sum(wide) for share in wide]
    spans = [("SPAN", (x, y), (x + cell.colspan - 1, y + cell.rowspan - 1)) for (y, x), cell in places(grid).items()]
    return LongTable(cells, widths, style=[("GRID", (0, 0), (-1, -1), 0.5, "black"), *spans])


def html(title: str, content: Content) -> str:
    parts = []
    for block in content.blocks:
        if isinstance(block, Para):
            parts.append(f'<p class="{block.role}">{escape(block.text)}</p>')
            continue
        rows = (
            "".join(f'<td rowspan="{c.rowspan}" colspan="{c.colspan}">{escape(c.text)}</td>' for c in row)
            for row in block.rows
        )
        parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    return (
        f"<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>{escape(title)}</title><style>"
        f"body{{font-family:'{FONT}';font-size:16px}}p{{text-indent:2em}}h1,.title{{text-align:center;text-indent:0}}"
        ".heading{text-indent:0}table{margin:6px 0;border-collapse:collapse;width:100%;font-size:12px}td{border:1px solid}"
        f"</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>"
    )


def printed(title: str, content: Content) -> bytes | None:
    """PDF, by Chromium's printer: embedded subsets of fonts, its own head and foot on every page."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        page, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html(title, content), encoding="utf-8")
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        subprocess.run(
            [*command, f"--print-to-pdf={made}", page.as_uri()], capture_output=True, timeout=120, check=True
        )
        return made.read_bytes()


def converted(content: bytes, source: str, target: str) -> bytes | None:
    """A file of another format, by LibreOffice; None where it is not installed."""
    program = shutil.which("soffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / f"file.{source}"
        given.write_bytes(content)
        command = [program, "--headless", f"-env:UserInstallation=file://{tempfile.gettempdir()}/nianbao-producer"]
        command += ["--convert-to", target, "--outdir", str(Path(folder) / "out"), str(given)]
        subprocess.run(command, capture_output=True, timeout=180, check=True)
        return next((Path(folder) / "out").iterdir()).read_bytes()


def xlsx(title: str, content: Content) -> bytes:
    """A workbook, by openpyxl: a line in each row's first cell, tables with merged cells, numbers as numbers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    for block in content.blocks:
        if isinstance(block, Para):
            sheet.append([block.text])
            continue
        first = sheet.max_row + 1
        for row in expanded(block):
            sheet.append(
                [int(t) if t.isascii() and t.isdigit() and not t.startswith("0" * 2) else t or None for t in row]
            )
        for (y, x), cell in places(block).items():
            down, right = cell.rowspan - 1, cell.colspan - 1
            if down or right:
                sheet.merge_cells(
                    start_row=first + y, start_column=x + 1, end_row=first + y + down, end_column=x + 1 + right
                )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(title: str, content: Content) -> bytes:
    """The Word file and a note in a zip, under names in GBK, as Windows writes them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("报告/年报.docx".encode("gbk").decode("cp437")), docx(title, content))
    return buffer.getvalue()


def mhtml(title: str, content: Content) -> bytes:
    """Word's single-file web page, which offices save as .doc."""
    page = html(title, content).replace("charset=utf-8", "charset=gb2312").encode("gb18030")
    part = b"--b\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    return head + part + base64.encodebytes(page) + b"\r\n--b--\r\n"


def ofd(title: str, content: Content) -> bytes:
    """OFD, drawn from the pages of the PDF: a text object for each run of characters, a path for each ruling line."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    members, pages = {}, []
    with pdfplumber.open(io.BytesIO(pdf(title, content))) as source:
        for number, page in enumerate(source.pages):
            objects = []
            for word in page.extract_words(keep_blank_chars=True, return_chars=True):
                chars = word["chars"]
                steps = " ".join(f"{(b['x0'] - a['x0']) / POINT:.4f}" for a, b in pairwise(chars))
                x, y, size = (chars[0][key] / POINT for key in ("x0", "top", "size"))
                objects.append(
                    f'<ofd:TextObject Boundary="{x:.4f} {y:.4f} 100 {size:.4f}" Size="{size:.4f}"><ofd:TextCode X="0" '
                    f'Y="{0.88 * size:.4f}" DeltaX="{steps}">{escape(word["text"])}</ofd:TextCode></ofd:TextObject>'
                )
            for line in page.lines:
                x, y = line["x0"] / POINT, line["top"] / POINT
                across, down = line["width"] / POINT, line["height"] / POINT
                objects.append(
                    f'<ofd:PathObject Boundary="{x:.4f} {y:.4f} {across:.4f} {down:.4f}"><ofd:AbbreviatedData>'
                    f"M 0 0 L {across:.4f} {down:.4f}</ofd:AbbreviatedData></ofd:PathObject>"
                )
            name = f"Pages/Page_{number}/Content.xml"
            pages.append(f'<ofd:Page ID="{number + 1}" BaseLoc="{name}"/>')
            layer = f'<ofd:Content><ofd:Layer ID="9{number}">{"".join(objects)}</ofd:Layer></ofd:Content>'
            members[f"Doc_0/{name}"] = f"<ofd:Page {space}>{layer}</ofd:Page>"
    box = "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
    members["Doc_0/Document.xml"] = f"<ofd:Document {space}>{box}<ofd:Pages>{''.join(pages)}</ofd:Pages></ofd:Document>"
    info = f"<ofd:DocInfo><ofd:Title>{escape(title)}</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    members["OFD.xml"] = f'<ofd:OFD {space} Version="1.0"><ofd:DocBody>{info}</ofd:DocBody></ofd:OFD>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return buffer.getvalue()


def packed7z(title: str, content: Content) -> bytes | None:
    """The Word file in a 7z, by bsdtar, which reads RAR the same way and cannot write it."""
    program = shutil.which("bsdtar")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.docx").write_bytes(docx(title, content))
        command = [program, "-c", "-f", "made", "--format=7zip", "report.docx"]
        subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=True)
        return (Path(folder) / "made").read_bytes()


def photographed(source: bytes, seed: int, dpi: int = 150, degree: float = 1.2) -> list[bytes]:
    """Pictures of a PDF's pages: turned, blurred, with noise, as JPEG of quality 40."""
    rng = random.Random(seed)
    document = pypdfium2.PdfDocument(source)
    pictures = []
    for at in range(len(document)):
        picture = document[at].render(scale=dpi / 72, grayscale=True).to_pil()
        picture = picture.rotate(
            rng.choice((-1, 1)) * degree, expand=False, fillcolor=255, resample=Image.Resampling.BICUBIC
        )
        picture = picture.filter(ImageFilter.GaussianBlur(0.6))
        noise = Image.effect_noise(picture.size, 24).point(lambda value: value)
        picture = Image.blend(picture, noise, 0.12)
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, "JPEG", quality=40)
        pictures.append(buffer.getvalue())
    return pictures


def scanned(source: bytes, seed: int, dpi: int = 150) -> bytes:
    """A PDF of such pictures."""
    pictures = [Image.open(io.BytesIO(picture)) for picture in photographed(source, seed, dpi)]
    made = io.BytesIO()
    pictures[0].save(made, "PDF", save_all=True, append_images=pictures[1:], resolution=dpi)
    return made.getvalue()


Producer = Callable[[str, Content], bytes | None]


def _by_office(target: str, make: Callable[[str, Content], bytes], source: str) -> Producer:
    return lambda title, content: converted(make(title, content), source, target)


FORMATS: dict[str, Producer] = {
    "docx (python-docx)": docx,
    "docx (LibreOffice)": _by_office("docx:MS Word 2007 XML", lambda t, c: html(t, c).encode(), "html"),
    "doc (LibreOffice)": _by_office("doc:MS Word 97", docx, "docx"),
    "rtf (LibreOffice)": _by_office("rtf", docx, "docx"),
    "pdf (reportlab)": pdf,
    "pdf (Chromium)": printed,
    "pdf (LibreOffice)": _by_office("pdf", docx, "docx"),
    "xlsx (openpyxl)": xlsx,
    "xls (LibreOffice)": _by_office("xls:MS Excel 97", xlsx, "xlsx"),
    "ofd (from the PDF)": ofd,
    "mhtml called .doc": mhtml,
    "zip of docx": zipped,
    "7z of docx": packed7z,
}
