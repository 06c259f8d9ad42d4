"""The command `nianbao`. Exit code 0 only when what was asked is true; 1 when it is not; 2 when it could not be tried."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from archive.catalogue import CatalogueError
from archive.retrieve import ArchiveError
from crawler.cli_archive import COMMANDS
from crawler.cli_crawl import crawl
from crawler.cli_portals import COMMANDS as PORTAL_COMMANDS
from crawler.cli_read import COMMANDS as READ_COMMANDS
from crawler.cli_status import status_command
from crawler.loader import NoSpiderFolderError
from crawler.options import fail
from crawler.runs import UnknownSpiderError


class Nianbao(click.Group):
    """The group, with what can go wrong anywhere turned into one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ArchiveError, CatalogueError, NoSpiderFolderError, UnknownSpiderError) as error:
            fail(str(error))


@click.group(cls=Nianbao, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nianbao")
def main() -> None:
    """Crawl, keep and read the annual reports on government information disclosure (政府信息公开工作年度报告)."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    sys.path.insert(0, os.getcwd())  # as `scrapy` does: spiders of a project that is not installed


for command in (crawl, status_command, *READ_COMMANDS, *COMMANDS, *PORTAL_COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="nianbao")
