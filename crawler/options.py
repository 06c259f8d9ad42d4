"""What the command's parts share: options that several of them take, and the way to say that something cannot be done."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import click
from click.core import ParameterSource
from rich.markup import escape

from crawler import show
from crawler.loader import named_folders
from crawler.verdict import some

_given: dict[str, list[str]] = {"data": [], "spiders": []}  # as they were written on the command line


def _data_at(context: click.Context, parameter: click.Parameter, folder: Path) -> Path:
    said = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    _given["data"] = [str(folder)] if said else []
    return folder


DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=True),
    envvar="NIANBAO_DATA",
    default=Path("data"),
    show_default=True,
    callback=_data_at,
    help="The data folder.",
)


def _spiders_from(context: click.Context, parameter: click.Parameter, folders: tuple[Path, ...]) -> None:
    _given["spiders"] = []
    for folder in folders:
        if not folder.is_dir() and context.command.name != "add":  # which makes it
            raise click.BadParameter(
                f"{folder}: expected a folder with spider modules, found none. Correct it, or make it (`nianbao add URL "
                f"--into {folder}` does)."
            )
        also_from(folder)


def also_from(folder: Path) -> None:
    """Let the spiders of a folder be found: into the environment, where the settings and every process look for it."""
    _given["spiders"] = list(dict.fromkeys([*_given["spiders"], str(folder)]))
    os.environ["NIANBAO_SPIDERS"] = os.pathsep.join(dict.fromkeys([*named_folders(), str(folder.resolve())]))


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
    show.console(stderr=True).print(f"[bold red]nianbao:[/] {escape(as_given(message))}", soft_wrap=True)
    sys.exit(code)


def tell_unloaded(unloaded: Iterable[str]) -> None:
    """Say which modules could not be imported."""
    for line in unloaded:
        show.console(stderr=True).print(f"[red]a spider could not be loaded:[/] {escape(line)}", soft_wrap=True)


NAME_FOLDER = "Name the folder of their modules in NIANBAO_SPIDERS, or with --spiders DIR."


def tell_without_spider(data: Path, names: Sequence[str]) -> None:
    """Say which portals of a data folder no loaded spider has."""
    if names:
        what = f"{some(len(names), 'portal')} of {data} without a spider, crawled by nobody:"
        said = f"[yellow]{escape(what)}[/] {', '.join(names)}. {NAME_FOLDER}"
        show.console(stderr=True).print(said, soft_wrap=True)


TAKE_SPIDERS = ("crawl", "status", "check", "probe", "add")  # commands that are told where spiders are


def as_given(advice: str) -> str:
    """The commands within backticks as they are to be typed: with --data and --spiders where this command was given them."""

    def whole(found: re.Match[str]) -> str:
        command = found[1]
        for name, values in _given.items():
            takes = name == "data" or found[2] in TAKE_SPIDERS
            if takes and f" --{name} " not in command:
                command += "".join(f" --{name} {shlex.quote(value)}" for value in values)
        return f"`{command}`"

    return re.sub(r"`(nianbao (\w+)[^`]*)`", whole, advice)
