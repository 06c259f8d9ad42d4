"""Files that are made to do harm, and what must come of each: a flag that names it, within seconds and memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.portals import files

MB = 1 << 20
SECRET = "nianbao-secret"  # what stands in a file that XML must not bring in
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def docx(document: str) -> bytes:
    """A Word file with this XML as its document."""
    with zipfile.ZipFile(io.BytesIO(files.docx("甲", "乙"))) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    return zipped(members | {"word/document.xml": document.encode()})


def entity(system: str) -> bytes:
    kind = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "{system}">]>'
    return docx(
        f"<?xml version='1.0'?>{kind}<w:document {W}><w:body><w:p><w:r><w:t>前&x;后</w:t></w:r></w:p></w:body></w:document>"
    )


def laughs() -> bytes:
    names = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "笑"}">' for n in range(10)]
    text = f"<w:document {W}><w:body><w:p><w:r><w:t>前&l9;后</w:t></w:r></w:p></w:body></w:document>"
    return docx(f"<?xml version='1.0'?><!DOCTYPE d [{''.join(names)}]>{text}")


def deep(levels: int) -> bytes:
    inner = "<w:tbl><w:tr><w:tc>" * levels + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * levels
    return docx(f"<w:document {W}><w:body>{inner}</w:body></w:document>")


def matryoshka(levels: int) -> bytes:
    content = files.docx("甲", "乙")
    for _ in range(levels):
        content = zipped({"inner.zip": content})
    return content


def locked_zip() -> bytes:
    """A member with the flag of encryption set, in both of its headers."""
    made = bytearray(zipped({"report.docx": files.docx("甲", "乙")}))
    made[6] |= 1
    made[made.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def pages(count: int) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(count):
        canvas.drawString(72, 400, f"page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def long_pages() -> bytes:
    """200 pages of 5,000 letters each, which take a core some twenty seconds."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for _ in range(200):
        for line in range(50):
            canvas.drawString(72, 50 + 15 * line, "a" * 100)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def locked_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("secret"))
    canvas.drawString(72, 400, "nobody reads this")
    canvas.save()
    return buffer.getvalue()


def pdf(objects: list[bytes]) -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer\n<< /Root 1 0 R /Size 9 >>\n%%EOF\n"


def swelling_pdf() -> bytes:
    """A page whose content unpacks to 3 GB, packed twice. A piece that ends with a full flush can be repeated."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * (16 * MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    stream = zlib.compress(head + piece * 192 + packer.flush(), 9)
    head = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(stream)
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            head + stream + b"\nendstream",
        ]
    )


def looping_pdf() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])


def wide_sheet() -> bytes:
    """A sheet of two cells, at its first and its last corner: 17 thousand million between them."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'

    def related(kind: str, target: str) -> bytes:
        one = f'<Relationship Id="r" Type="{rel}/{kind}" Target="{target}"/>'
        return f"<Relationships {package}>{one}</Relationships>".encode()

    sheets = '<sheets><sheet name="a" sheetId="1" r:id="r"/></sheets>'
    return zipped(
        {
            "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}">{sheets}</workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/a.xml"),
            "xl/worksheets/a.xml": f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>".encode(),
        }
    )


def huge_picture() -> bytes:
    """The head of a PNG of 100,000 x 100,000 pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00" * 64


def ofd_entity(system: str) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    text = f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    document = f'<ofd:Document {space}><ofd:Pages><ofd:Page ID="1" BaseLoc="a.xml"/></ofd:Pages></ofd:Document>'
    page = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{system}">]><ofd:Page {space}><ofd:TextObject Boundary="20 20 90 9" Size="4">'
        '<ofd:TextCode X="0" Y="4">前&x;后</ofd:TextCode></ofd:TextObject></ofd:Page>'
    )
    return zipped({"OFD.xml": text.encode(), "Doc_0/Document.xml": document.encode(), "Doc_0/a.xml": page.encode()})


def ole(*names: str) -> bytes:
    directory = b"".join(f"{name}\0".encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + directory.ljust(2048, b"\0")


# name -> (bytes, one of the flags that must name it). An empty flag: it is read, and does nothing else.
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a Word file that unpacks to 64 MB": (
        lambda: zipped({"word/document.xml": b" " * (64 * MB), "_rels/.rels": b""}),
        "zip_bomb",
    ),
    "a zip that unpacks to 300 MB": (lambda: zipped({f"{n}.txt": b"a" * (9 * MB) for n in range(34)}), "zip_bomb"),
    "zips within zips": (lambda: matryoshka(5), "member_member_nested_too_deep"),
    "a zip of 5,000 files": (lambda: zipped({f"{n}.txt": b"a" for n in range(5000)}), "too_many_members"),
    "names that lead out of the folder": (
        lambda: zipped({"../../../../tmp/nianbao-evil.docx": files.docx("甲", "乙"), "/etc/nianbao-evil": b"x"}),
        "several_files",
    ),
    "a zip with a password": (locked_zip, "encrypted"),
    "entities that grow": (laughs, ""),
    "tables within tables": (lambda: deep(3000), "corrupt_file"),
    "a PDF with a password": (locked_pdf, "encrypted"),
    "a PDF that swells": (swelling_pdf, "out_of_memory"),
    "a PDF whose pages are its own parents": (looping_pdf, "corrupt_file"),
    "a PDF of 1,000 pages": (lambda: pages(1000), "pages_cut"),
    "half a PDF": (lambda: files.pdf("标题", "正文。" * 900)[:1500], "corrupt_file"),
    "half a Word file": (lambda: files.docx("标题", "正文。" * 900)[:900], "corrupt_file"),
    "a sheet without an end": (wide_sheet, "out_of_memory"),
    "a Word file with a password": (lambda: ole("EncryptedPackage", "EncryptionInfo"), "encrypted"),
    "half a workbook": (lambda: ole("Workbook"), "corrupt_file"),
    "a RAR of noise": (lambda: b"Rar!\x1a\x07\x00" + bytes(range(256)) * 40, "corrupt_file"),
}
