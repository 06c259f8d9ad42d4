"""DOC, WPS, RTF and Word's XML: LibreOffice makes a DOCX of them where it is installed, catdoc gives the lines of a DOC
else. Both are programs of their own, started within the worker's limits and ended with it.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from parsing import blocks, markers
from parsing.document import Block
from parsing.files import docx
from parsing.files.body import Body, UnreadableError
from parsing.normalise import printable, tidy

SECONDS = 80
PROGRAMS = ("soffice", "libreoffice")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a DOCX or XLSX with a password is an OLE file of this stream
_FIB = b"\xec\xa5"  # the head of the stream WordDocument ([MS-DOC] 2.5.2); it begins on a sector
# What the file must not make LibreOffice do: fetch what it links to, or run anything.
_SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "0"),
    ("Office.Common/Load", "UserDefinedSettings", "false"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def read(content: bytes) -> Body:
    """The text of an old Word file. Raises UnreadableError when it is encrypted, or nothing here can read it."""
    if is_encrypted(content):
        raise UnreadableError("encrypted")
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is not None:
        return docx.read(converted(content, program, "docx"))
    if (program := shutil.which("catdoc")) is not None and content.startswith(b"\xd0\xcf\x11\xe0"):
        return by_catdoc(content, program)
    raise UnreadableError("needs_libreoffice")


def is_encrypted(content: bytes) -> bool:
    """Whether an OLE file is one with a password: by the package's stream, or the flag in Word's file header."""
    if _ENCRYPTED in content:
        return True
    at = next((at for at in range(512, len(content) - 12, 512) if content.startswith(_FIB, at)), None)
    return at is not None and bool(content[at + 11] & 1)


def converted(content: bytes, program: str, target: str) -> bytes:
    """The file as LibreOffice writes it in another format, in the working folder."""
    given, folder, profile = Path("given"), Path("made"), Path("profile").absolute()
    given.write_bytes(content)
    (folder / f"given.{target}").unlink(missing_ok=True)  # of another member of the same archive
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
    command = [
        program,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        target,
    ]
    try:
        subprocess.run(
            [*command, "--outdir", str(folder), str(given)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("out_of_time") from error
    made = folder / f"given.{target}"
    if not made.exists():
        raise UnreadableError("corrupt_file")
    return made.read_bytes()


def _registry() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>'
    )


def by_catdoc(content: bytes, program: str) -> Body:
    """The lines of a DOC; cells are parted by tabs, merged cells are lost: the flag says so."""
    Path("given").write_bytes(content)
    command = [program, "-d", "utf-8", "-w", "given"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("out_of_time") from error
    found: list[Block] = []
    rows: list[list[str]] = []
    for line in printable(done.stdout.decode("utf-8", "replace")).split("\n"):
        if markers.is_row(line):
            rows.append([tidy(cell) for cell in line.strip("\n").split("\t")])
            continue
        if rows:
            found.append(blocks.table_block(rows))
            rows = []
        if text := tidy(line):
            found.append(blocks.line_block(text))
    if rows:
        found.append(blocks.table_block(rows))
    if not found:
        raise UnreadableError("corrupt_file")
    return Body(blocks=found, flags=["read_by_catdoc"])
