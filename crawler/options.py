"""What the command's parts share: options that several of them take, and the way to say that something cannot be done."""

from __future__ import annotations

import os
import re
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


def tell_unloaded(unloaded: list[str]) -> None:
    """Spiders that could not be loaded, on standard error: a line of `load_spiders` each."""
    for line in unloaded:
        show.console(stderr=True).print(f"[red]a spider could not be loaded:[/] {escape(line)}", soft_wrap=True)


def with_data(advice: str, data: Path) -> str:
    """Commands within backticks, with the data folder that this command was given."""
    if str(data) in ("data", os.environ.get("NIANBAO_DATA")):
        return advice
    return re.sub(r"`nianbao ([^`]+)`", rf"`nianbao \1 --data {data}`", advice)
