"""Takes the chrome off a list of lines, with a reason for every line, and never off a table (domain.md 5).

The body runs from the first line that is the report's own (heading, preamble, long sentence, table) to the last one.
Inside it only rules of zone `any` act; above it head, tail and site rules take single lines; below it the first tail
line cuts to the end. kept + removed = what came in; cleaning what was cleaned changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from parsing import markers, normalise
from parsing.document import Removal
from parsing.organs import BODY
from parsing.rules import BY_ID, DOCSHARE, FOOTER_PROOF, MENU_WORD, PIECES, RULES, SITE_LINE, Rule, Table
from parsing.titles import classify, is_column_name

_ABOVE = Table(
    entry for entry in RULES if entry.zone in ("head", "both", "any", "tail", "foot") and entry is not SITE_LINE
)
_INSIDE = Table(entry for entry in RULES if entry.zone == "any")
_BELOW = Table(entry for entry in RULES if entry.zone in ("any", "tail", "foot", "both"))
_SHARED = Table(DOCSHARE)
_NEVER_TITLE = (
    "head.position",
    "head.breadcrumb",
    "head.sheet",
    "head.index-number",
    "head.info",
    "t.neighbours",
    "head.crumbs",
    "head.menu",
)
_ABOVE_TITLE = ("head.crumbs", "head.menu", "head.columns")  # below it the same words are the report's
# Directly below a numbered heading such lines are the section's: 六、政务新媒体情况 / 微信公众号 / 阅读 1200.
_DOUBTFUL = frozenset(
    (
        *("x.social", "x.social-button", "x.social-count", "x.checked-by"),
        *("head.counter", "head.apps", "head.info", "head.access"),
        *("t.words", "t.contact", "t.services", "t.site-lists", "t.visits"),
    )
)
_NOTHING = re.compile(r"(?:本年度)?(?:无|没有|暂无|未有)[^,。;]{0,12}[。;]?$")  # all that there is to say in a section
_UNDER_TITLE = ("head.info", "head.info-date")  # the line of date and source: the title above it is the page's
_PIPES_ALONE = re.compile(r"[|\s]+$")
_STORM = "|" * 24
# An item of a menu that was scraped a line each; a title's halves, dates and numbers are longer or have figures.
_ITEM = re.compile(r"[^\W\d_]{2,10}$")
NUMBERED_ALONE = re.compile(rf"(?={markers.NUMBERED.pattern})[^。;!:]{{2,40}}[:]?$")  # a heading, no sentence
MENU = 4  # of such lines above the title, one of them a word of menus, are a menu: a cover has fewer
_LISTED = re.compile(r".{8,80}\s[\[(]?(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}[\])]?$")  # an entry of a list and its day
LISTED = 3
_NUMBERED_ENTRY = re.compile(r"\d{1,2}(?:\.\d{1,2})?[.、]?\s?(?=[^\d\s])(.{2,40})$")
_CONTENTS = re.compile(r"本?(?:词条|文章)目录$")
_CONTENTS_OF_ENTRY = re.compile(r"目录$")  # elsewhere an author's: a copy loses the numbers of his headings
_MACHINE = re.compile(r"(?:AI|智能)(?:摘要|总结|导读|解读)$", re.I)
FULL_TITLE = 12  # characters: a shorter part of the title may be anything
LINK = 60  # characters: a link that is longer may be a paragraph
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|et|ofd|zip|rar|pptx?)\b|^\d{0,2}[.、]?\s*(?:附件|附表)", re.I)
_FILE_LABEL = re.compile(r"^附件\d{0,2}:")
_SHEET_ROW = re.compile(
    r"索\s*引\s*号|发布机构|发文日期|公开日期|主题分类|组配分类|信息分类|发文字号|公开方式|作者\s*:|点击|来源\s*:|"
    r"时间\s*:\s*\d{4}"
)
_SIGNED_ON = re.compile(r"[(]?(?:19|20)\d{2}年\d{1,2}月\d{1,2}日[)]?$")
_SIGNED = re.compile(
    r"^[(]?(?:19|20)?\d{2,4}年\d{1,2}月(?:\d{1,2}日)?[)]?$|^[^,。;:|]{2,28}(?:人民政府|局|委员会|办公室|办公厅|厅|"
    r"办事处|委|中心|乡|镇)(?:\s*[(]?\d{4}年.{2,8}日[)]?)?$"
)


class Line(NamedTuple):
    """A line of the page; `table` says that markup proved it to be a table's row, `linked` that it is nothing but links.

    `home` is what lines that were typed one below the other have in common: the element around theirs.
    """

    text: str
    table: bool = False
    block: int = -1
    linked: bool = False
    home: object = None
    outside: bool = False  # not in a container that is known to hold the text alone
    titled: bool = False  # marked as a title, and outside
    boxed: bool = False  # in a box of advertisements, of other articles, of buttons to share


class Cleaned(NamedTuple):
    """What stays, what went, and the lines of the head and the tail (comparing form) for the metadata to read."""

    kept: list[Line]
    removed: list[Removal]
    chrome: list[str]
    flags: list[str]


def clean(
    lines: list[Line], title: str | None = None, docshare: bool = False, markup: bool = False, files: Iterable[str] = ()
) -> Cleaned:
    """Apply the rules. `title` marks the line that a title stands on; `markup` says that `Line.table` is known.

    A line below the body that is only the link to one of `files` goes: Document.attachments has it.
    """
    forms = normalise.keys([line.text for line in lines])
    rows = [_protected(line, form, markup) for line, form in zip(lines, forms, strict=True)]
    links = {normalise.squash(name) for name in files}
    widgets = [_FILE_LABEL.sub("", "".join(form.split())) in links for form in forms] if links else [False] * len(forms)
    first, last = _body(lines, forms, rows, docshare, widgets)
    title_at = _title_line(forms, first, title, docshare)
    reasons: list[str | None] = [None] * len(lines)
    if last >= first:
        _links(lines, rows, first, last, title_at, reasons)
    found = _above(lines, forms, rows, first, title_at, reasons, docshare, title)
    for at, line in enumerate(lines):
        if line.boxed:
            reasons[at] = "x.box"
    for at in range(first, last + 1):
        if not rows[at] and (entry := _INSIDE.first(forms[at])) is not None:
            reasons[at] = entry.id
    for at in range(1, len(lines)):
        if reasons[at] == "x.machine-made" and _MACHINE.match(forms[at - 1]):
            reasons[at - 1] = "x.machine-made"
    _runs(lines, forms, rows, found, title_at, title, reasons)
    for at in _contents(forms, rows):
        reasons[at] = "x.contents"
    _below(forms, rows, last + 1, reasons, docshare, widgets)
    return _collect(lines, forms, reasons, first, last)


def _protected(line: Line, form: str, markup: bool) -> bool:
    """A row of a table. In plain text 繁体版 | English is none, nor is a row of the metadata sheet."""
    if line.table:
        return True
    if markup or not markers.is_row(line.text):
        return False
    entry = _ABOVE.first(form)
    chrome = _SHEET_ROW.search(form) or (entry is not None and entry.id != "head.sheet")
    return not (chrome and markers.table_labels(normalise.squashed_key(form)) == 0)


def _body(
    lines: list[Line], forms: list[str], rows: list[bool], docshare: bool, widgets: list[bool]
) -> tuple[int, int]:
    """First and last line that is the report's own; (0, -1) when none is:
    then nothing is protected and nothing is cut.
    """
    own = []
    for at, form in enumerate(forms):
        if rows[at]:
            own.append(
                len([cell for cell in form.split("|") if cell.strip()]) > 1
                or markers.table_labels(normalise.squashed_key(form)) > 0
            )
        elif not form or (lines[at].linked and len(form) < LINK):
            own.append(False)
        else:
            own.append(is_own(form, docshare))
    proofs = [at for at, mine in enumerate(own) if mine]
    if not proofs:  # a list of entries has no sentence: its entries are what the page is about
        proofs = [at for at, form in enumerate(forms) if _LISTED.match(form) and not rows[at]]
        if len(proofs) < LISTED:
            return 0, -1
    first, last = proofs[0], proofs[-1]
    last = _section(lines, forms, rows, last, docshare, widgets)
    home = lines[last].home
    while last + 1 < len(forms):
        if widgets[last + 1] and home is not None and lines[last + 1].home is home:
            widgets[last + 1] = False  # a link to a file that was typed below the text is the text's
        elif widgets[last + 1] or not _is_tail_of_body(forms, last + 1, widgets):
            break
        last += 1
    return first, last


def _section(
    lines: list[Line], forms: list[str], rows: list[bool], last: int, docshare: bool, widgets: list[bool]
) -> int:
    """The last line of the section that the body's last line opens, when that is a heading with nothing behind it."""
    if rows[last] or not NUMBERED_ALONE.match(forms[last]):
        return last
    home = lines[last].home
    for at in range(last + 1, len(forms)):
        form = forms[at]
        if not form:
            continue
        if rows[at] or widgets[at] or lines[at].linked or lines[at].boxed or lines[at].home is not home:
            break
        entry = (_SHARED.first(form) if docshare else None) or _BELOW.first(form)
        if entry is not None and (entry.id not in _DOUBTFUL or "责" in form):
            break
        last = at
        if _NOTHING.match(form):
            break
    return last


def _links(
    lines: list[Line], rows: list[bool], first: int, last: int, title_at: int | None, reasons: list[str | None]
) -> None:
    """Lines of nothing but links above and below the body are menus and related articles."""
    for at, line in enumerate(lines):
        if line.linked and not rows[at] and not first <= at <= last and at != title_at:
            reasons[at] = "head.links" if at < first else "t.links"


def is_own(form: str, docshare: bool) -> bool:
    """Whether a line (comparing form) is the report's own and no rule knows it: where a body begins and ends."""
    if len(form) < 8 and not markers.NUMBERED.match(form):
        return False
    if markers.opens_body(form) or len(form) >= markers.LONG or (form.endswith(("。", ";", "!")) and len(form) >= 8):
        return _ABOVE.first(form) is None and not (docshare and _SHARED.first(form))
    return False


def is_signed(form: str) -> bool:
    """Whether a line (comparing form) may be a signature or its date."""
    return _SIGNED.match(form) is not None


def _is_tail_of_body(forms: list[str], at: int, widgets: list[bool]) -> bool:
    """Short lines right below the last sentence that belong to it: signature, date, list of enclosures, 无."""
    while at < len(forms) and not forms[at]:
        at += 1
    if at == len(forms):
        return False
    form = forms[at]
    if _SIGNED.match(form) and _BELOW.first(form) is None:
        return True
    follows = "" if any(widgets[at + 1 : at + 2]) else next((f for f in forms[at + 1 : at + 4] if f), "")
    if re.match(r"附件(?:下载|列表)?\s*:?$", form) and _is_enclosure(follows):
        return True
    return bool(_FILE_NAME.search(form)) and _BELOW.first(form) is None


def _is_enclosure(form: str) -> bool:
    """Whether a line (comparing form) names a file and is no widget: a label above it is the report's."""
    return _FILE_NAME.search(form) is not None and _BELOW.first(form) is None


def _title_line(forms: list[str], first: int, title: str | None, docshare: bool) -> int | None:
    """Where the title stands: at or above the body's first lines."""
    wanted = normalise.squash(title) if title else None
    for exactly in (True, False):
        for at, form in enumerate(forms[: first + 3]):
            flat = normalise.squashed_key(form)
            if not flat or len(flat) >= 80:
                continue
            named = flat == wanted or (len(flat) >= FULL_TITLE and f"({flat})" in (wanted or ""))  # 公告第18号(…的公告)
            if not named if exactly else _is_no_title(form):
                continue
            if (entry := _ABOVE.first(form)) is None or entry.id not in _NEVER_TITLE:
                return at
    return None


def _is_no_title(form: str) -> bool:
    """Whether a line (comparing form) announces no report: a column's name alone stands in menus."""
    facts = classify(form)
    return facts.kind not in ("annual_report", "self_check") or (facts.year is None and is_column_name(form))


def _above(
    lines: list[Line],
    forms: list[str],
    rows: list[bool],
    first: int,
    title_at: int | None,
    reasons: list[str | None],
    docshare: bool,
    title: str | None,
) -> list[Rule | None]:
    """Single lines above the body; the rule that knows each of them comes back, for those that need a run."""
    found: list[Rule | None] = []
    for at in range(first):
        form = forms[at]
        if rows[at]:
            found.append(None)
            if _PIPES_ALONE.match(form):
                reasons[at] = "piece.pipes"
            continue
        entry = _SHARED.first(form) if docshare else None
        if docshare and title and form.count(" ") > 2 and normalise.squashed_key(form) in _titles(title):
            entry = BY_ID["doc.keywords"]
        entry = entry or _ABOVE.first(form)
        if entry is None and title_at is not None and at < title_at and SITE_LINE.matches(form):
            entry = None if title and _halves(form, forms[title_at], title) else SITE_LINE
        if entry is not None and entry.zone == "tail" and entry.id == "t.attachments":
            entry = None
        if entry is not None and entry.id in _ABOVE_TITLE and title_at is not None and at > title_at:
            entry = None
        if title_at == at and (entry is None or not entry.id.startswith("doc.")):
            entry = None
            if lines[at].titled or (lines[at].home is not None and _again(forms, at, first)):
                reasons[at] = "head.title"
        if (
            entry is None
            and title_at is not None
            and at < title_at
            and _above_title(lines, forms[at], at, title_at, first)
        ):
            reasons[at] = "head.above-title"
        found.append(entry)
    for at, entry in enumerate(found):
        if entry is not None and entry.run == 1:
            reasons[at] = entry.id
    marked = title_at is not None and title_at < first and lines[title_at].home is not None  # a page's, not a text's
    if title_at is not None and marked and _next_reason(forms, reasons, title_at) in _UNDER_TITLE:
        reasons[title_at] = reasons[title_at] or "head.title"
    if first and title_at is None and not reasons[0] and SITE_LINE.matches(forms[0]) and first > 1 and reasons[1]:
        reasons[0] = SITE_LINE.id
    return found


def _runs(
    lines: list[Line],
    forms: list[str],
    rows: list[bool],
    found: list[Rule | None],
    title_at: int | None,
    title: str | None,
    reasons: list[str | None],
) -> None:
    """Runs of names above the body, a line each, counted over what stays: a rule's own, and in a plain text menus that
    nothing marks as such. A name of a body and a part of the title belong to no menu.
    """
    flat = normalise.squash(title) if title else ""
    above = [at for at in range(len(found)) if reasons[at] is None and forms[at]]
    run: list[int] = []
    items = 0
    for place, at in enumerate(above):
        entry = found[at]
        by_rule = entry is not None and entry.run > 1
        item = (
            title_at is not None
            and at < title_at
            and not rows[at]
            and lines[at].home is None
            and (by_rule or _is_item(forms[at], forms[above[place + 1]] if place + 1 < len(above) else "", flat))
        )
        if by_rule or item:
            run.append(at)
            items += item
            continue
        _take_run(forms, found, run, items, title_at, reasons)
        run, items = [], 0
    _take_run(forms, found, run, items, title_at, reasons)


def _is_item(form: str, following: str, title: str) -> bool:
    """Whether a line (comparing form) may be an item of a menu: a word of menus, or no body's name and no part of a title."""
    if not _ITEM.match(form):
        return False
    if MENU_WORD.match(form):
        return True
    return (
        BODY.search(form) is None
        and form not in title
        and not (_ITEM.match(following) and BODY.search(form + following) is not None)
    )


def _take_run(
    forms: list[str],
    found: list[Rule | None],
    run: list[int],
    items: int,
    title_at: int | None,
    reasons: list[str | None],
) -> None:
    rules = [found[at] for at in run]
    menu = items >= MENU and any(
        (rule is not None and rule.run > 1) or MENU_WORD.match(forms[at]) for at, rule in zip(run, rules, strict=True)
    )
    counts = Counter(rule.id for rule in rules if rule is not None)
    for at, rule in zip(run, rules, strict=True):
        if rule is not None and counts[rule.id] >= rule.run:
            reasons[at] = rule.id
        elif menu and title_at is not None and at < title_at:
            reasons[at] = "head.menu"


def _contents(forms: list[str], rows: list[bool]) -> list[int]:
    """Lines of a list of contents that a site made: 目录, then headings with figures that the text has without them.

    Figures in the list alone are the proof: what an author numbers, he numbers in the text as well.
    """
    found: list[int] = []
    stands = {form: at for at, form in enumerate(forms)}  # the last place of each line
    is_entry = any("词条" in form and BY_ID["head.entry"].matches(form) for form in stands)
    for at, form in enumerate(forms):
        if rows[at] or not (_CONTENTS.match(form) or (is_entry and _CONTENTS_OF_ENTRY.match(form))):
            continue
        entries = []
        for below in range(at + 1, len(forms)):
            hit = _NUMBERED_ENTRY.match(forms[below])
            if forms[below] and not hit:
                break
            entries += [(below, hit[1])] if hit else []
        if entries and all(stands.get(heading, -1) > entries[-1][0] for _, heading in entries):
            found += [at, *(below for below, _ in entries)]
    return found


def _halves(form: str, below: str, title: str) -> bool:
    """Whether two lines are the two halves of the title: a body's name above the rest is no site's name."""
    return normalise.squashed_key(form) + normalise.squashed_key(below) == normalise.squash(title)


def _next_reason(forms: list[str], reasons: list[str | None], at: int) -> str | None:
    return next((reason for form, reason in zip(forms[at + 1 :], reasons[at + 1 :], strict=True) if form), None)


def _again(forms: list[str], at: int, first: int) -> bool:
    """Whether the title stands a second time before the text begins: then it was typed there, and the first is the page's."""
    flat = normalise.squashed_key(forms[at])
    return any(normalise.squashed_key(form) == flat for form in forms[at + 1 : first + 1])


def _above_title(lines: list[Line], form: str, at: int, title_at: int, first: int) -> bool:
    """Whether a line above the title is the page's: a name in an element of its own, as the title is, apart from the text."""
    apart = lines[at].outside and lines[title_at].outside
    return (
        apart
        and lines[first].home not in (lines[at].home, lines[title_at].home)
        and len(form) < 30
        and form[-1:] not in "。:,;"
    )


def _titles(title: str) -> tuple[str, str]:
    """The title squashed, and without the extension that a file's name brings."""
    flat = normalise.squash(title)
    return flat, re.sub(r"\.[a-z]{2,4}$", "", flat)


def _below(
    forms: list[str], rows: list[bool], start: int, reasons: list[str | None], docshare: bool, widgets: list[bool]
) -> None:
    """Below the body: single lines go by their own rule; from the first tail line on everything short goes."""
    matched = [
        None if rows[at] else (_SHARED.first(forms[at]) if docshare else None) or _BELOW.first(forms[at])
        for at in range(start, len(forms))
    ]
    proved = any(entry is not None and entry.id in FOOTER_PROOF for entry in matched)
    cutting: str | None = None
    cut_at = -1
    for offset, entry in enumerate(matched):
        at = start + offset
        if rows[at]:
            continue
        if widgets[at]:
            reasons[at] = "t.attachment-link"
            continue
        if entry is not None and entry.id == "t.attachments":
            follows = next((f for f in forms[at + 1 : at + 4] if f), "")
            if not cutting and _is_enclosure(follows) and not any(widgets[at + 1 : at + 4]):
                continue
        if entry is not None and (entry.zone != "foot" or proved):
            reasons[at] = entry.id
            if entry.zone == "tail" and entry.id != "t.attachments":
                cutting, cut_at = entry.id, at
        elif (
            cutting
            and forms[at]
            and len(forms[at]) < markers.LONG
            and (cutting in FOOTER_PROOF or not _signs(forms, at, at == cut_at + 1))
        ):
            reasons[at] = cutting


def _signs(forms: list[str], at: int, alone: bool) -> bool:
    """Whether a line is of a signature, which is a body's name and a day: that no site writes below a text. `alone`:
    one of them is enough where nothing follows.
    """
    if alone and not any(forms[at + 1 :]):
        return _SIGNED.match(forms[at]) is not None
    after, before = (
        next((f for f in forms[at + 1 : at + 3] if f), ""),
        next((f for f in forms[at - 1 : at][::-1] if f), ""),
    )
    if _SIGNED_ON.match(forms[at]):
        return _SIGNED.match(before) is not None and _SIGNED_ON.match(before) is None
    return _SIGNED.match(forms[at]) is not None and _SIGNED_ON.match(after) is not None


def without_pieces(lines: list[Line], docshare: bool) -> tuple[list[Line], list[Removal]]:
    """Lines without injected pieces, and the pieces, `at` the number of their line. Asked first:
    the rules would not know a line that is full of them.
    """
    removed: list[Removal] = []
    whole: list[Line] = []
    for at, line in enumerate(lines):
        text = line.text
        for entry in PIECES:
            if (line.table and entry.id != "piece.gloss") or (entry.zone == "docshare" and not docshare):
                continue
            before = ""
            if entry.id == "piece.gloss" and "(" not in text and "（" not in text:
                continue
            if entry.id == "piece.pipes":
                if _STORM not in text:
                    continue
                tail = len(
                    text.rstrip("| \t\u3000\xa0")
                )  # asked there only: within a run of pipes the pattern cannot fail
                before, text = text[:tail], text[tail:]
            text, pieces = take_out(entry.pattern, text)
            removed.extend(
                Removal(text=piece.strip(), rule=entry.id, at=at, column=len(before) + column)
                for column, piece in pieces
            )
            text = before + text
        whole.append(line if text is line.text else line._replace(text=text.rstrip()))
    return whole, removed


def take_out(pattern: re.Pattern[str], text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text without what a pattern finds, and (where in that text it stood, what it was) for each find."""
    pieces: list[tuple[int, str]] = []
    gone = 0
    for hit in pattern.finditer(text):
        pieces.append((hit.start() - gone, hit[0]))
        gone += len(hit[0])
    return (pattern.sub("", text) if pieces else text), pieces


def in_text(removed: list[Removal], lines: list[Line], cleaned: Cleaned) -> list[Removal]:
    """The removals with their places in the clean text; before, `at` is a number of `lines`, which `cleaned` is of."""
    gone = {removal.at for removal in cleaned.removed}
    before = [0]
    for at, line in enumerate(lines):
        before.append(before[-1] + (at not in gone and bool(line.text.strip())))
    placed = []
    for removal in removed:
        if removal.at is not None:
            stays = removal.at < len(lines) and before[removal.at + 1] > before[removal.at]
            put = {"at": before[removal.at], "column": removal.column if stays else None}
            removal = removal.model_copy(update=put)
        placed.append(removal)
    return placed


def _collect(lines: list[Line], forms: list[str], reasons: list[str | None], first: int, last: int) -> Cleaned:
    kept = [line for line, reason in zip(lines, reasons, strict=True) if not reason and line.text.strip()]
    removed = [
        Removal(text=line.text.strip(), rule=reason, at=at)
        for at, (line, reason) in enumerate(zip(lines, reasons, strict=True))
        if reason and line.text.strip()
    ]
    chrome = [form for at, form in enumerate(forms) if form and (reasons[at] or at < first)]
    flags = []
    if not kept and removed:  # a page of nothing but chrome is handed on as it is: somebody must look at it
        flags, kept, removed = ["all_chrome"], [line for line in lines if line.text.strip()], []
    elif last < first and removed:
        flags = ["no_body_found"]
    return Cleaned(kept, removed, chrome, flags)
