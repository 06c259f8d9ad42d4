"""The command's part on spiders: probing a portal, adding one, checking those there are."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.markup import escape
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoaderProtocol

from archive.archive import Archive
from crawler import adding, baseline, browser, checking, show, show_portals, status
from crawler.baseline import NothingToAcceptError
from crawler.loader import named_folders
from crawler.options import (
    AS_JSON,
    DATA,
    NAME_FOLDER,
    SPIDERS,
    also_from,
    as_given,
    fail,
    tell_unloaded,
    tell_without_spider,
)
from crawler.probe import SAMPLE, AddressError, Probe, addresses, probe, to_json
from crawler.runs import choose, load_spiders, project_settings
from crawler.spider import PortalSpider
from crawler.verdict import Word
from crawler.walking import StoppedWalkError

PAGES = click.option(
    "--sample", type=click.IntRange(0), default=SAMPLE, show_default=True, help="Ask so many of the entries' pages."
)


@click.command("probe")
@click.argument("url")
@DATA
@SPIDERS
@PAGES
@AS_JSON
def probe_command(url: str, data: Path, sample: int, as_json: bool) -> None:
    """What platform is this portal, where are its reports, what would a crawl cost? Writes nothing into the data folder.

    URL: the home page; a bare host or address with a port will do (61.150.65.235, 127.0.0.1:8123). The data folder is
    looked at only to see that no run is crawling the host now.
    """
    out = show.console(stderr=as_json)
    loader, unloaded = load_spiders(project_settings({}))
    tell_unloaded(unloaded)
    try:
        known = _spider_of(loader, url)
        checking.refuse_a_leased_host(data, urlsplit(addresses(url)[0]).hostname or "")
    except (AddressError, checking.NothingToCheckError) as error:
        fail(str(error))
    with tempfile.TemporaryDirectory(prefix="nianbao-probe-") as scratch, show_portals.walking(out, url) as watch:
        found = _probe(_settings(Path(scratch)), url, None, sample, watch, show_portals.aside(out))
    if as_json:
        click.echo(json.dumps(to_json(found) | {"spider": known}, ensure_ascii=False, indent=1))
    else:
        show_portals.probe(out, found)
        show_portals.after_probe(out, found, known, as_given)
    sys.exit(0 if found.reports else 1)


@click.command("add")
@click.argument("url")
@click.option("--name", help="The spider's name; else it is made from the host.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    help="Write the module into this folder, which need be no package [the first of NIANBAO_SPIDERS, where that is set].",
)
@DATA
@SPIDERS
@PAGES
@AS_JSON
def add_command(url: str, name: str | None, into: Path | None, data: Path, sample: int, as_json: bool) -> None:
    """Probe a portal, write its spider, and prove it over the archived pages. Says what to review.

    The module goes to spiders/ by province, or where --into or NIANBAO_SPIDERS says; a folder that is not there
    is made. What the probe fetched stays in the data folder.
    """
    out = show.console(stderr=as_json)
    if into is not None:
        also_from(into)
    for each in named_folders():
        _make(Path(each))
    into = into or next(map(Path, named_folders()), None)
    settings = _settings(data)
    if into is None and settings["NEWSPIDER_MODULE"] not in settings.getlist("SPIDER_MODULES"):
        fail(
            "expected a folder to write the spider into, got none: name it in NIANBAO_SPIDERS, or say --into DIR. (These "
            f"settings load no spiders from {settings['NEWSPIDER_MODULE']}: it is none of their SPIDER_MODULES.)"
        )
    loader, unloaded = load_spiders(settings)
    tell_unloaded(unloaded)
    name, is_known = _new_name(loader, url, name, data)
    try:
        with show_portals.walking(out, url) as watch:
            found = _probe(settings, url, name, sample, watch, show_portals.aside(out))
    except SystemExit:  # stopped by hand, say
        if not is_known and (data / "catalogue.db").exists():
            _forget(data, name)
        raise
    if not found.reports:
        show_portals.probe(out, found)
        show_portals.nothing_found(out, found)
        if not is_known:
            _forget(data, name)
        sys.exit(1)
    spiders = Path(import_module(settings["NEWSPIDER_MODULE"]).__file__ or "").parent
    folder = into or adding.folder_for(found.site.division_code, spiders)
    try:
        with out.status("[bold]proving the spider over the archived pages"):
            made = adding.add(found, name, folder, into is None, data)
    except adding.NameTakenError as error:
        fail(str(error))
    if as_json:
        said = {"name": name, "file": str(made.file), "platform": made.platform.platform, "fell_back": made.fell_back}
        click.echo(json.dumps(said | {"proof": made.proof.as_json(), "probe": to_json(found)}, ensure_ascii=False))
    else:
        show_portals.probe(out, found)
        show_portals.added(out, found, made, as_given)
    sys.exit(0 if made.proof.ok and found.verdict.word in (Word.ok, Word.degraded, Word.not_run) else 1)


@click.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--platform", help="All spiders of a platform, such as trs: after a change of its class.")
@click.option("--live", is_flag=True, help="Ask the portal itself, politely, and compare with its last good run.")
@click.option("--accept", is_flag=True, help="Write into the module that you reviewed its `expect` today.")
@click.option("--expect", is_flag=True, help="With --accept: propose `expect` anew from what is found now.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True, help="Spiders at a time."
)
@DATA
@SPIDERS
@AS_JSON
def check_command(
    names: tuple[str, ...],
    platform: str | None,
    live: bool,
    accept: bool,
    expect: bool,
    jobs: int,
    data: Path,
    as_json: bool,
) -> None:
    """Today's spiders over their archived pages: which entries they find now that a run did not, and the other way round.

    No request leaves this machine, unless --live says so. Without NAME: all spiders that were crawled. Exits 0 when no
    entry is lost, no page is asked for that the archive lacks, and what is found is what `expect` asks for; with --accept,
    when it was accepted.
    """
    if (accept and not names) or (expect and not accept):
        raise click.UsageError("--accept needs the NAME of the spider that you reviewed, and --expect needs --accept.")
    out = show.console(stderr=as_json)
    loader, unloaded = load_spiders(project_settings({}))
    tell_unloaded(unloaded)
    chosen = choose(loader, names, False) if names else _crawled(loader, data)
    if platform:
        chosen = [name for name in chosen if getattr(loader.load(name), "platform", None) == platform]
    if not names:
        with status.reading(data) as catalogue:
            tell_without_spider(data, status.without_spider(catalogue, loader.list()))
    if not loader.list():
        fail(f"expected spiders to check, found none. {NAME_FOLDER}", 1)
    if not chosen:
        known = sorted({getattr(loader.load(name), "platform", "") for name in loader.list()} - {""})
        what = f"spiders of the platform {platform} (there are: {', '.join(known)})" if platform else "spiders"
        fail(f"{data}: expected {what} that were crawled into it, found none. `nianbao crawl NAME` first.", 1)
    with show_portals.checking(out, len(chosen)) as advance:
        done = []
        for each in checking.check_all(chosen, data, live, jobs):
            done.append(each)
            advance(each.name)
    done.sort(key=lambda each: each.name)
    if as_json:
        click.echo(json.dumps([each.as_json() for each in done], ensure_ascii=False, indent=1))
    else:
        show_portals.checks(out, done, as_given)
    well = [_accept(out, loader, each, expect, data) if accept else each.ok for each in done]
    sys.exit(0 if all(well) else 1)


def _make(folder: Path) -> None:
    """The folder that the spider is to be written into: before anybody is asked anything."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{folder}: expected a folder to write the spider into, got “{error.strerror}”. Name another with --into.")


def _forget(data: Path, name: str) -> None:
    """A portal that was not added is none of `status`: what was fetched stays, and its runs."""
    archive = Archive(data)
    try:
        archive.catalogue.put("portal", {"name": name, "home_url": None})
    finally:
        archive.close()


def _accept(out: Any, loader: SpiderLoaderProtocol, made: checking.Check, expect: bool, data: Path) -> bool:
    """Write down that a person accepts a spider and its last run; nothing at all where either cannot be accepted."""
    wrong = "" if made.is_whole else "correct what is lost or missing first."
    if made.unmet and made.is_whole and not expect:
        wrong = f"{made.unmet}. If that is what the portal has: `nianbao check {made.name} --accept --expect`"
    try:
        with status.reading(data) as catalogue:
            baseline.acceptable(catalogue, made.name)
    except NothingToAcceptError as error:
        wrong = wrong or str(error)
    if wrong:
        out.print(f"[yellow]{made.name} is not accepted:[/] {escape(as_given(wrong))}", soft_wrap=True)
        return False
    spider = loader.load(made.name)
    assert issubclass(spider, PortalSpider)
    try:
        file = adding.accept(spider, date.today(), adding.expected(made.now, made.years) if expect else None)
    except ValueError as error:
        fail(str(error))
    out.print(f"[green]{made.name}:[/] reviewed today, written into {file}", soft_wrap=True)
    run = baseline.accept_in(data, made.name)
    when = run["started_at"][:16].replace("T", " ")
    out.print(f"  later runs are compared with that of {when} UTC", soft_wrap=True)
    return True


def _settings(data: Path) -> Settings:
    return project_settings({"NIANBAO_DATA": str(data), "LOG_LEVEL": "CRITICAL"})


def _probe(
    settings: Settings, url: str, name: str | None, sample: int, watch: Any, say: Callable[[str], None]
) -> Probe:
    if wrong := browser.missing(settings):
        fail(wrong)
    try:
        return probe(settings, url, name, sample, watch, say)
    except AddressError as error:
        fail(str(error))
    except StoppedWalkError as error:
        fail(f"{error}. Nothing was written but the pages that had come.", 130)


def _new_name(loader: SpiderLoaderProtocol, url: str, name: str | None, data: Path) -> tuple[str, bool]:
    """A name that no spider has, and whether the data folder knows a portal of that name. Fails where it has a spider."""
    try:
        known = _spider_of(loader, url)
    except AddressError as error:
        fail(str(error))
    if known:
        fail(f"{url}: expected a portal without a spider, it has one. {show_portals.has_spider(known)}", 1)
    held = _known_at(data)
    if name is None:
        if lone := next((each for each, host in held.items() if host == _host(url)), None):
            lost = f"If its module is lost: `nianbao add {url} --name {lone}`."
            fail(
                f"{url}: expected a portal that is new to {data}, it is {lone} there, whose spider is not loaded. "
                f"{NAME_FOLDER} {lost}",
                1,
            )
        return adding.name_for(addresses(url)[0], [*loader.list(), *held]), False
    if not adding.NAME.match(name):
        fail(f"{name}: expected a name of small letters, digits and _, that begins with a letter.")
    if name in loader.list():
        fail(f"{name}: expected a name that no spider has, it has one. Choose another.", 1)
    return name, name in held


def _spider_of(loader: SpiderLoaderProtocol, url: str) -> str | None:
    """The name of the spider that the portal at an address has. Raises AddressError."""
    host = _host(url)
    homes = {name: getattr(loader.load(name), "home_url", "") for name in loader.list()}
    return next((name for name, home in homes.items() if urlsplit(home).netloc == host), None)


def _host(url: str) -> str:
    """Host and port of an address as people write it. Raises AddressError."""
    return urlsplit(addresses(url)[0]).netloc


def _known_at(data: Path) -> dict[str, str]:
    """The portals that a data folder knows, with host and port of their home pages."""
    if not (data / "catalogue.db").exists():
        return {}
    with status.reading(data) as catalogue:
        known = catalogue.rows("SELECT name, home_url FROM portal WHERE home_url IS NOT NULL")
        return {row["name"]: urlsplit(row["home_url"]).netloc for row in known}


def _crawled(loader: SpiderLoaderProtocol, data: Path) -> list[str]:
    with status.reading(data) as catalogue:
        known = {row["portal"] for row in catalogue.rows("SELECT DISTINCT portal FROM run WHERE entries > 0")}
    return [name for name in sorted(loader.list()) if name in known]


COMMANDS = (probe_command, add_command, check_command)
