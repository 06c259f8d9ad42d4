"""Files that are no web pages: PDF, Word, spreadsheets, OFD, archives of these, scans. docs/attachments.md."""
