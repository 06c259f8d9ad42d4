"""XLS, XLSX and ET by python-calamine: each sheet that is shown, its title lines as paragraphs, the rest as a grid."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from parsing import blocks
from parsing.document import Block
from parsing.files.body import Body, UnreadableError
from parsing.files.office import is_encrypted
from parsing.files.packed import check
from parsing.normalise import tidy

MAX_CELLS = 2_000_000  # of a sheet, blank ones within its corners included


def read(content: bytes) -> Body:
    """The text of a workbook. Raises UnreadableError for one that is encrypted, broken or too large."""
    if content.startswith(b"PK"):
        check(content)
    elif is_encrypted(content):
        raise UnreadableError("encrypted")
    flags: list[str] = []
    found: list[Block] = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        if len(shown) < len(book.sheet_names):
            flags.append("hidden_sheets")
        for name in shown:
            sheet = _sheet(book, name)
            if sheet.total_height * sheet.total_width > MAX_CELLS:
                raise UnreadableError("too_large")
            found += _blocks([[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)])
    except PasswordError as error:
        raise UnreadableError("encrypted") from error
    except CalamineError as error:
        raise UnreadableError("corrupt_file") from error
    return Body(blocks=found, flags=flags)


def _sheet(book: CalamineWorkbook, name: str) -> Any:
    try:
        return book.get_sheet_by_name(name)
    except BaseException as error:
        if "Panic" not in type(error).__name__:
            raise
        raise UnreadableError("too_large" if "capacity" in str(error) else "corrupt_file") from error


def _text(value: Any) -> str:
    """A cell as it is shown, as far as that is known: a number's format is not."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return (
        value.isoformat()
        if isinstance(value, (date, time))
        else str(value)
        if isinstance(value, timedelta)
        else tidy(str(value))
    )


def _blocks(rows: list[list[str]]) -> list[Block]:
    """Rows to blocks: a row with text in its first cell alone is a line, others are a table as wide as its texts."""
    found: list[Block] = []
    table: list[list[str]] = []
    for at, row in enumerate([*rows, []]):
        filled = [x for x, text in enumerate(row) if text]
        inside = bool(table) and len(filled) == 1 and _is_part(table, rows[at + 1 :], row[filled[0]])
        if len(filled) > 1 or (len(filled) == 1 and filled[0] > 0 and table) or inside:
            table.append(row)
            continue
        if table:
            found.append(blocks.table_block(_trimmed(table)))
            table = []
        found += [blocks.line_block(row[x]) for x in filled]
    return found


def _is_part(table: list[list[str]], after: list[list[str]], text: str) -> bool:
    """Whether a row of one cell stands within a table: a heading of some of its rows, not a paragraph below it."""
    follows = next((row for row in after if any(row)), [])
    return len(text) <= 30 and sum(map(bool, follows)) > 1 and not blocks.heading_like(text)


def _trimmed(table: list[list[str]]) -> list[list[str]]:
    width = max(at + 1 for row in table for at, text in enumerate(row) if text)
    return [row[:width] for row in table]
