"""Files that are no web pages: read, and hostile ones named, within bounds. More: python -m tests.attachments."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from parsing import read
from parsing.document import BlockKind, TextStatus
from parsing.files import layout, limits, worker
from parsing.files.scans import installed
from parsing.statutory import parse
from tests.attachments import hostile
from tests.attachments.__main__ import measure, reports
from tests.attachments.producers import FORMATS, docx, pdf, photographed, scanned
from tests.parsing.shared import SHARED, WHY
from tests.portals import files
from tests.portals.blocks import Cell, Content, Grid, Para

REPORT = next(iter(reports(1, 3)))
QUICK = [name for name in FORMATS if "LibreOffice" not in name and "Chromium" not in name]
SLOWEST = 30.0  # seconds for a hostile file; each has its own limit in parsing/files/limits.py


@pytest.mark.parametrize("name", QUICK)
def test_a_report_is_read_whole(name: str) -> None:
    title, content = REPORT
    made = FORMATS[name](title, content)
    if made is None:
        pytest.skip(f"{name}: its producer is not installed")
    document = read(made)
    precision, recall, rows, missing = measure(document, title, content)
    assert (precision, recall) >= (0.98, 0.98)
    assert rows > 25
    assert not missing
    assert document.text_status is TextStatus.full
    assert document.doc_type == "annual_report"
    assert parse(document).report_year is not None


def test_an_old_word_file_is_read_or_says_what_it_needs() -> None:
    title, content = REPORT
    made = FORMATS["doc (LibreOffice)"](title, content)
    if made is None:
        pytest.skip("soffice is not installed: no DOC can be made")
    document = read(made)
    assert measure(document, title, content)[3] == []
    assert document.media_type == "application/msword"


@pytest.mark.skipif(not SHARED.exists(), reason=WHY)
def test_a_real_pdf_has_its_tables_whole() -> None:
    """Seven tables over six pages, broken by pages: 25 rows of table 3, and sums that check."""
    document = read((SHARED / "real" / "files" / "huaian_2024.pdf").read_bytes())
    tables = [block.rows for block in document.blocks if block.rows]
    assert [len(rows) for rows in tables if len(rows[0]) == 10] == [28]
    (third,) = (rows for rows in tables if len(rows[0]) == 10)
    values = [[int(cell) for cell in row[3:]] for row in third[3:]]
    assert all(sum(row[:-1]) == row[-1] for row in values)
    assert values[0][-1] + values[1][-1] == values[-2][-1] + values[-1][-1]
    assert {item.rule for item in document.removed} == {"page.number"}
    report = parse(document)
    assert (report.report_year, report.format_version) == (2024, "fmt_2021")


@pytest.mark.skipif(not SHARED.exists(), reason=WHY)
def test_a_real_word_file_has_its_merged_cells_once() -> None:
    document = read((SHARED / "real" / "files" / "report_template.docx").read_bytes())
    headings = [block.text for block in document.blocks if block.kind is BlockKind.heading]
    assert [heading[0] for heading in headings] == list("一二三四五六")
    assert [len(block.rows[0]) for block in document.blocks if block.rows] == [4, 10, 15]


def test_lookalikes_are_undone_in_files_as_in_pages() -> None:
    """⼈ for 人 comes from the fonts of PDF, bullets of the private use area from Word."""
    body = Content([Para("一、总体情况"), Para("公开\uf0b7解读：⼈⼯智能、⻓期⼾籍⼯作，均按时答复，全年没有超期。")])
    document = read(docx("云棠市2023年政府信息公开工作年度报告", body))
    assert "公开•解读：人工智能、长期户籍工作，均按时答复" in document.text
    assert {"radicals_undone", "private_use_undone"} <= set(document.flags)
    glyphs = [
        layout.Glyph(text, 72 + 12 * at, 300, 84 + 12 * at, 312, 12) for at, text in enumerate("⼀、总体⼯作情况&#65;")
    ]
    page = layout.Page(595, 842, glyphs)
    assert layout.mended([page]) == ["radicals_undone"]
    blocks, _ = layout.to_blocks([page])
    assert [block.text for block in blocks] == ["一、总体工作情况&#65;"]


def test_a_page_that_one_of_the_two_pdf_readers_refuses_costs_no_other_page() -> None:
    whole = files.pdf("云棠市2023年政府信息公开工作年度报告", "全年主动公开政府信息3条，均按时答复。\n" * 60)
    begins = whole.rindex(b"BT /F1")
    ends = whole.index(b"ET", begins)
    blank = whole[:begins] + b" " * (ends - begins) + whole[ends:].replace(b"ET", b"  ", 1)
    assert read(blank).flags == []
    document = read(blank.replace(b"/Root 1 0 R", b"/Root 01 0R"))  # which pdfminer forgives and pdfium does not
    assert document.flags == ["pages_without_text"]
    assert document.text.count("均按时答复") == read(blank).text.count("均按时答复") > 30


def test_lines_without_a_width_are_lines() -> None:
    page = layout.Page(595, 842, [layout.Glyph("一", 90, 300, 80, 312, 12), layout.Glyph("二", 90, 400, 80, 412, 12)])
    assert [block.text for block in layout.to_blocks([page])[0]] == ["一", "二"]


def test_a_title_in_two_lines_is_one() -> None:
    """The body's name above the title would be taken for a site's, which pages have there."""
    paragraphs = [
        Para("2023年政府信息公开工作年度报告"),
        Para("本报告根据《中华人民共和国政府信息公开条例》编制。" * 9),
    ]
    document = read(docx("云棠市人民政府", Content(paragraphs)))
    assert document.title == "云棠市人民政府2023年政府信息公开工作年度报告"
    assert document.text.split("\n")[0] == document.title
    assert (parse(document).organ, document.removed) == ("云棠市人民政府", [])


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_is_named_within_bounds(name: str) -> None:
    make, flag = hostile.FILES[name]
    content = make()
    started = time.monotonic()
    document = read(content)
    assert time.monotonic() - started < SLOWEST
    if flag:
        assert flag in document.flags
    assert not Path("/tmp/nianbao-evil.docx").exists()
    assert not Path("/etc/nianbao-evil").exists()


@pytest.mark.parametrize("make", [hostile.entity, hostile.ofd_entity])
def test_xml_brings_no_file_in(make: object, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(hostile.SECRET, encoding="utf-8")
    document = read(make(secret.as_uri()))  # type: ignore[operator]
    assert "前" in document.text, document.flags
    assert hostile.SECRET not in document.text


def test_an_archive_reads_the_report_first_and_names_the_rest() -> None:
    title, content = REPORT
    report = FORMATS["docx (python-docx)"](title, content)
    assert report is not None
    members = {
        "a说明.txt": "本压缩包有一个文件。".encode("gb18030"),
        f"{title}.docx": report,
        "图.png": b"\x89PNG\r\n\x1a\n",
    }
    document = read(hostile.zipped(members))
    assert measure(document, title, content)[3] == []
    assert "several_files" in document.flags
    assert document.text.index(title) < document.text.index("本压缩包有一个文件")


def test_a_worker_that_died_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    made = FORMATS["docx (python-docx)"](*REPORT)
    assert made is not None
    assert read(made).blocks
    server = worker._server
    assert server is not None
    server.kill()
    server.wait()
    assert read(made).blocks
    assert worker._server is not server


FORKS = """
import os
from parsing import read
from parsing.files import worker
from tests.attachments import hostile

worker.start()
server = worker._server.pid
for _ in range(4):
    if os.fork() == 0:
        flags = read(hostile.FILES["a RAR of noise"][0]()).flags
        os.write(1, f"{worker._server.pid == server} {flags}\\n".encode())  # in one piece: four of them share the pipe
        os._exit(0)
for _ in range(4):
    os.wait()
"""


def test_processes_that_are_forked_ask_the_same_server() -> None:
    told = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.splitlines() == ["True ['corrupt_file']"] * 4, told.stderr


def test_no_more_files_are_read_at_once_than_there_are_cores() -> None:
    worker.start()
    assert worker._server is not None
    children = Path(f"/proc/{worker._server.pid}/task/{worker._server.pid}/children")
    most = 0
    with ThreadPoolExecutor(limits.cores() + 4) as pool:
        reading = [pool.submit(read, hostile.pages(40 + number)) for number in range(limits.cores() + 4)]
        while not all(each.done() for each in reading):
            most = max(most, len(children.read_text().split()))
            time.sleep(0.002)
    assert 0 < most <= limits.cores()
    assert [each.result().flags for each in reading] == [[]] * len(reading)


def test_a_reading_ends_when_whoever_asked_has_gone() -> None:
    content, kind = hostile.long_pages(), b"application/pdf"
    for _ in range(limits.cores()):  # each of which would keep a core for half a minute
        with worker._turn() as server:
            server.sendall(worker._HEAD.pack(len(kind), len(content)) + kind + content)
    begun = time.monotonic()
    assert read(hostile.pages(1)).media_type == "application/pdf"
    assert time.monotonic() - begun < 8


def test_a_file_that_takes_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server keeps its own limits; ours alone are shortened here, so that the answer comes too late for us."""
    monkeypatch.setattr(worker, "GRACE", 0)
    monkeypatch.setitem(limits._LIMITS, "application/pdf", limits.Limits(64 * limits.MB, 0.02, 1024 * limits.MB))
    assert read(hostile.pages(400)).flags == ["out_of_time"]
    monkeypatch.undo()
    made = FORMATS["docx (python-docx)"](*REPORT)
    assert made is not None
    assert read(made).blocks


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.stop()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read(hostile.FILES["a RAR of noise"][0]())
    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]
    worker.stop()
    assert not list(tmp_path.iterdir())


def test_a_scan_is_read_or_says_what_it_needs() -> None:
    """A page turned by a degree, blurred and noisy. Strokes through cells are no numbers."""
    rows = [["项目", "数量", "备注"], ["行政许可", "120", "/"], ["行政处罚", "11", "/"], ["行政强制", "0", "/"]]
    grid = Grid([[Cell(text) for text in row] for row in rows])
    document = read(
        scanned(pdf("云棠市二〇二二年统计表", Content([Para("全年作出处理决定的数量如下表所列。"), grid])), 1)
    )
    if not installed():
        assert (document.text_status, document.flags) == (TextStatus.scanned_pdf, ["ocr_not_installed"])
        return
    (table,) = (block for block in document.blocks if block.rows)
    assert table.rows == rows
    assert 0.5 <= (table.confidence or 0) < 1
    assert "read_by_ocr" in document.flags


def test_pictures_in_the_page_itself_and_in_an_archive_are_pages_of_one_report() -> None:
    title = "云棠市教育局2022年政府信息公开工作年度报告"
    text = Content([Para("一、总体情况"), Para("全年主动公开政府信息三条，均按时答复。"), Para("二、存在的主要问题")])
    (picture,) = photographed(pdf(title, text), 1)
    shown = f"<img src='data:image/jpeg;base64,{base64.b64encode(picture).decode()}'>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        for number in (10, 2):
            pack.writestr(f"第{number}页.jpg", picture)
    page = read(f"<title>{title}</title><h1>{title}</h1><div id=zoom>{shown}<p>{shown}</p></div>".encode())
    for document in (page, read(packed.getvalue())):
        if not installed():
            assert document.text_status is TextStatus.image_only
            assert "ocr_not_installed" in document.flags
            continue
        assert "read_by_ocr" in document.flags
        assert "均按时答复" in document.text
        assert all(block.confidence is not None for block in document.blocks)
    assert (page.doc_type, page.attachments) == ("annual_report", [])


def test_a_page_so_low_that_its_margins_meet_is_read() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 12))
    for _ in range(3):
        canvas.drawString(72, 3, "a line")
        canvas.showPage()
    canvas.save()
    assert "corrupt_file" not in read(buffer.getvalue()).flags
