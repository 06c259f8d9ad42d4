"""What the command's parts share: options that several of them take, and the way to say that something cannot be done."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
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


_given: list[str] = []  # folders of spiders, as they were written on the command line


def _spiders_from(context: click.Context, parameter: click.Parameter, folders: tuple[Path, ...]) -> None:
    """Into the environment, where the settings and every process that is started find it."""
    for folder in folders:
        if not folder.is_dir():
            raise click.BadParameter(f"{folder}: expected a folder with spider modules, found none.")
    _given.extend(str(folder) for folder in folders)
    if folders:
        known = [each for each in os.environ.get("NIANBAO_SPIDERS", "").split(os.pathsep) if each]
        named = [str(folder.resolve()) for folder in folders]
        os.environ["NIANBAO_SPIDERS"] = os.pathsep.join(dict.fromkeys([*known, *named]))


SPIDERS = click.option(
    "--spiders",
    type=click.Path(path_type=Path),
    multiple=True,
    callback=_spiders_from,
    expose_value=False,
    is_eager=True,
    metavar="DIR",
    help="A folder of spiders beside the project's, as `add --into DIR` writes them. Also NIANBAO_SPIDERS.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


def fail(message: str, code: int = 2) -> NoReturn:
    """Say what is wrong on standard error and leave."""
    show.console(stderr=True).print(f"[bold red]nianbao:[/] {escape(message)}", soft_wrap=True)
    sys.exit(code)


def tell_unloaded(unloaded: Iterable[str]) -> None:
    """Say which modules could not be imported."""
    for line in unloaded:
        show.console(stderr=True).print(f"[red]a spider could not be loaded:[/] {escape(line)}", soft_wrap=True)


TAKE_SPIDERS = ("crawl", "status", "check")  # commands that are told where spiders are


def with_data(advice: str, data: Path) -> str:
    """Commands within backticks, with the data folder and the folders of spiders that this command was given."""
    usual = str(data) in ("data", os.environ.get("NIANBAO_DATA"))

    def whole(found: re.Match[str]) -> str:
        spiders = "".join(f" --spiders {folder}" for folder in _given) if found[2] in TAKE_SPIDERS else ""
        return f"`{found[1]}{spiders}{'' if usual else f' --data {data}'}`"

    return re.sub(r"`(nianbao (\w+)[^`]*)`", whole, advice)
