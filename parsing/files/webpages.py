"""Web pages that came as files: Word's single-file page (MHTML, often called .doc), HTML and text within archives."""

from __future__ import annotations

import email
import email.policy

from parsing import charset, source
from parsing.document import Block
from parsing.files.body import Body, UnreadableError
from parsing.normalise import printable


def read_mhtml(content: bytes) -> Body:
    """The page of an MHTML file (RFC 2557): its first part that is HTML."""
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            return read_html(payload if isinstance(payload, bytes) else b"")
    raise UnreadableError("corrupt_file")


def read_html(content: bytes) -> Body:
    """The body region of a page."""
    found = source.html(_text(content))
    kept = [Block(**{name: getattr(piece, name) for name in Block.model_fields}) for piece in found.pieces]
    return Body(blocks=kept, removed=found.removed, flags=found.flags)


def read_text(content: bytes) -> Body:
    """Lines of a text file."""
    from parsing import blocks

    return Body(blocks=[blocks.line_block(line.text.strip()) for line in source.plain(_text(content)).body])


def _text(content: bytes) -> str:
    return printable(charset.decode(content).text)
