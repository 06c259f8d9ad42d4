"""Writing a spider from what a probe found: its name, where it goes, its twenty lines; and the proof that it works."""

from __future__ import annotations

import ast
import inspect
import ipaddress
import keyword
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from crawler import discovery
from crawler.checking import Check, check_all
from crawler.discovery import Role
from crawler.probe import Probe
from crawler.spider import PortalSpider

MOST_LINES = 20
EXPECTED = 0.85  # of the reports seen: fewer than that and something is wrong
LONGEST_LINE = 118
NAME = re.compile(r"^[a-z][a-z0-9_]*$")
# What stands at the end of a host and names no portal.
SUFFIXES = re.compile(r"(?:\.(?:gov|com|org|net|edu|ac))?\.(?:cn|com|org|net|test|example|localhost)$")
UNPLACED = "unplaced"
PROVINCES = (  # GB/T 2260, first two digits: folder, name
    "11 beijing 北京市|12 tianjin 天津市|13 hebei 河北省|14 shanxi 山西省|15 neimenggu 内蒙古自治区|21 liaoning 辽宁省|"
    "22 jilin 吉林省|23 heilongjiang 黑龙江省|31 shanghai 上海市|32 jiangsu 江苏省|33 zhejiang 浙江省|34 anhui 安徽省|"
    "35 fujian 福建省|36 jiangxi 江西省|37 shandong 山东省|41 henan 河南省|42 hubei 湖北省|43 hunan 湖南省|"
    "44 guangdong 广东省|45 guangxi 广西壮族自治区|46 hainan 海南省|50 chongqing 重庆市|51 sichuan 四川省|"
    "52 guizhou 贵州省|53 yunnan 云南省|54 xizang 西藏自治区|61 shaanxi 陕西省|62 gansu 甘肃省|63 qinghai 青海省|"
    "64 ningxia 宁夏回族自治区|65 xinjiang 新疆维吾尔自治区"
)
PLACES = {code: (folder, name) for code, folder, name in (each.split() for each in PROVINCES.split("|"))}


class NameTakenError(ValueError):
    """The name, or the portal, has a spider already."""


def name_for(url: str, taken: Collection[str]) -> str:
    """A spider's name from its portal's host: www.linfen.gov.cn → linfen, mw.wuhai.gov.cn → wuhai_mw, else with a number."""
    host = (urlsplit(url).hostname or "").lower()
    try:
        ipaddress.ip_address(host)
        labels = ["host", *re.split(r"[.:]", host), *([str(port)] if (port := urlsplit(url).port) else [])]
    except ValueError:
        bare = SUFFIXES.sub("", host.removeprefix("www."))
        labels = list(reversed([label for label in bare.split(".") if label]))
    name = re.sub(r"[^a-z0-9_]+", "_", "_".join(labels)).strip("_") or "portal"
    name = f"p{name}" if name[0].isdigit() or keyword.iskeyword(name) else name
    unique = (each for number in range(1, len(taken) + 2) if (each := f"{name}_{number}" if number > 1 else name))
    return next(each for each in unique if each not in taken)


def folder_for(division_code: str | None, spiders: Path) -> Path:
    """Where in the project's spiders a portal belongs: its province's folder, else `unplaced`."""
    folder, _ = PLACES.get((division_code or "")[:2], (UNPLACED, ""))
    return spiders / folder


def module_text(found: Probe, name: str, platform: type[PortalSpider], today: date) -> str:
    """The spider's module: at most MOST_LINES lines, formatted as the project's are."""
    site = found.site
    title = site.site_name or urlsplit(found.home_url).netloc
    about = ", ".join(each for each in (site.level, platform.platform) if each)
    imports = sorted(
        ["from crawler.verdict import Expect", f"from {platform.__module__} import {platform.__name__}"], key=_order
    )
    lines = [
        f'"""{_plain(title)}: {about}. Written by `nianbao add` on {today.isoformat()}."""',
        "",
        *imports,
        "",
        "",
        f"class {_class_name(name, platform)}({platform.__name__}):",
        *(f"    {attribute} = {value}" for attribute, value in _declared(found, name, title, today)),
    ]
    return "\n".join(lines) + "\n"


def _class_name(name: str, platform: type[PortalSpider]) -> str:
    made = "".join(part.title() for part in name.split("_"))
    return f"{made}Portal" if made in (platform.__name__, "Expect") else made


def _order(line: str) -> str:
    return line.split()[1]


def _declared(found: Probe, name: str, title: str, today: date) -> Iterator[tuple[str, str]]:
    yield "name", quoted(name)
    yield "site_name", quoted(title)
    yield "home_url", quoted(found.home_url)
    for attribute in ("organ", "level", "division_code", "site_id_code"):
        value = getattr(found.site, attribute)
        if value is not None:
            yield attribute, quoted(value)
    if hints := hints_of(found):
        yield "hints", f"({', '.join(map(quoted, hints))},)"
    if found.scripts:
        yield "scripts", f"frozenset({{{', '.join(map(quoted, sorted(found.scripts)))}}})"
    yield "expect", expected(found.count, found.years)
    yield "checked_live", quoted(today.isoformat())
    yield "reviewed", quoted("never")


def expected(reports: int, years: list[int]) -> str:
    """The proposal: a floor some way below what was seen, and the years that occurred."""
    floor = max(1, int(reports * EXPECTED))
    line = f"Expect(reports=({floor}, None), years=({', '.join(map(str, years))}{',' if len(years) == 1 else ''}))"
    if not years:
        return f"Expect(reports=({floor}, None))"
    if len(line) <= LONGEST_LINE - len("    expect = ") and len(years) <= 6:
        return line
    first = max(year for year in years if year - 1 not in years)  # the newest years without a gap between them
    return f"Expect(reports=({floor}, None), years=tuple(range({first}, {years[-1] + 1})))"


def hints_of(found: Probe, most: int = 2) -> list[str]:
    """Paths of the 年报 column on the portal's own host, where no menu of the home page leads to it but a site map does."""
    host = urlsplit(found.home_url).netloc
    own = []
    for row in found.reports:
        first, *further = row["found_by"].split(" > ")
        by_menu = discovery.role(first) in (Role.column, Role.hub) or first in ("home", "hint")
        columns = further and all(discovery.role(step) in (Role.column, Role.hub) for step in further)
        parts = urlsplit(row["list_url"])
        if columns and not by_menu and parts.netloc == host and row["list_url"] != row["url"]:
            own.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return list(dict.fromkeys(own))[:most]


def quoted(text: str) -> str:
    """A Python string with double quotes, Chinese as it is."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _plain(text: str) -> str:
    return text.replace('"', "'").replace("\\", "/").strip()


@dataclass
class Added:
    """What `add` wrote, and what the proof over the archived pages said."""

    file: Path
    name: str
    platform: type[PortalSpider]
    proof: Check
    fell_back: str = ""  # why the platform's own class was not taken


def add(found: Probe, name: str, folder: Path, package: bool, data: Path) -> Added:
    """Write the spider and prove it: over the archived pages it must find what the probe found.

    Where the platform's class finds fewer, the generic one is taken. Files that reports link to are the first crawl's, and
    none of the proof. `package`: the folder is the project's own.
    Raises NameTakenError.
    """
    candidates = [each for each in (found.platform, found.spider) if each is not None]
    province = PLACES.get((found.site.division_code or "")[:2], ("", "Portals whose place nobody has told yet"))[1]
    best: Added | None = None
    for platform in dict.fromkeys(candidates):
        text = module_text(found, name, platform, date.today())
        file = write(text, folder, name, province if package else "", again=best is not None)
        settings = {"ASK_ATTACHMENTS": False} | ({} if package else {"SPIDER_FOLDERS": [str(folder)]})
        proof = next(check_all([name], data, overrides=settings, against=found.run))
        made = Added(file, name, platform, proof)
        if proof.ok and not proof.removed:
            made.fell_back = f"{best.platform.__name__} {_shortfall(best.proof)}" if best else ""
            return made
        if best is None or (made.proof.now, made.proof.ok) > (best.proof.now, best.proof.ok):
            best = made
    assert best is not None  # there is a generic class always
    write(module_text(found, name, best.platform, date.today()), folder, name, again=True)
    return best


def _shortfall(proof: Check) -> str:
    more = f", and asked for {len(proof.missing)} that are not there" if proof.missing else ""
    return proof.error or f"found {proof.now} of {proof.before} reports over the archived pages{more}"


def write(text: str, folder: Path, name: str, province: str = "", again: bool = False) -> Path:
    """Write the module; a new folder of the project becomes a package with its province's name. Returns the file.

    Raises NameTakenError where there is such a file, unless it is to be written `again`.
    """
    if not NAME.match(name) or keyword.iskeyword(name):
        raise NameTakenError(f"{name}: expected a name of small letters, digits and _, that begins with a letter")
    file = folder / f"{name}.py"
    if file.exists() and not again:
        raise NameTakenError(f"{file}: expected no such file yet, there is one. Name the spider otherwise: --name.")
    folder.mkdir(parents=True, exist_ok=True)
    if province and not (folder / "__init__.py").exists():
        (folder / "__init__.py").write_text(f'"""{province}"""\n', encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    return file


def accept(spider: type[PortalSpider], today: date, expect: str | None = None) -> Path:
    """Write into a spider's module that a person accepted its `expect` today; with `expect`, that as well.

    Returns the file. Raises ValueError where the class is not written in a file as a class with attributes.
    """
    file = Path(inspect.getsourcefile(spider) or "")
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    body = next((node for node in classes if node.name == spider.__name__), None)
    places = {
        target.id: node
        for node in (body.body if body else ())
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    last = places.get("checked_live") or places.get("expect") or places.get("name")
    if last is None:
        raise ValueError(f"{file}: expected class {spider.__name__} with `name = …`, to write `reviewed` into it")
    wanted = {"reviewed": quoted(today.isoformat())} | ({"expect": expect} if expect else {})
    edits = []  # (first line, line after the last, text), by index
    for name, value in wanted.items():
        at = places.get(name)
        start = at.lineno - 1 if at else last.end_lineno or last.lineno
        edits.append((start, at.end_lineno if at else start, f"    {name} = {value}"))
    for start, stop, line in sorted(edits, reverse=True):  # from below: what stands above keeps its place
        lines[start:stop] = [line]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
