"""The replay server. Runs in the replay's own environment (archive/replay.py makes it), never in Scrapy's.

Of this project it imports archive.http, archive.reader and archive.urlkey, and of those only what needs no more than the
standard library, brotli and zstd: `launcher.py` lends it the package `archive` by its path.
"""
