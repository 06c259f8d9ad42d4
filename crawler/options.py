"""What the command's parts share: options that several of them take, and the way to say that something cannot be done."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
from rich.markup import escape

from crawler import show

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=True),
    envvar="NIANBAO_DATA",
    default=Path("data"),
    show_default=True,
    help="The data folder.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


def fail(message: str, code: int = 2) -> NoReturn:
    """Say what is wrong on standard error and leave."""
    show.console(stderr=True).print(f"[bold red]nianbao:[/] {escape(message)}", soft_wrap=True)
    sys.exit(code)
