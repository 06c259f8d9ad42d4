"""What a published page says: bytes -> clean text, blocks and facts with their witnesses. Pure functions, no network.

from parsing import read
document = read(response_body, response_headers, url)
"""

from parsing.document import Document
from parsing.reading import read
from parsing.report import Report

__all__ = ["Document", "Report", "read"]
