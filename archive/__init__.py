"""What is kept: WARC files, the catalogue derived from them, and what is exported. Knows no Scrapy and no parsing."""
