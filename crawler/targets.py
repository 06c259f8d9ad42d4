"""Where a page leads: addresses in attributes, in calls of scripts, in scripts that load a part of the page, in frames
and refreshes. Pure functions over elements and source text; all of them take linear time.

Scripts are not run. What is understood of them are calls with an address in them, functions of the page that put one
together from fixed parts and their arguments, and requests for a fixed address.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from lxml.html import HtmlElement

# Attributes that hold the address of a menu entry, in the order in which they are believed.
ATTRIBUTES = ("href", "data-url", "data-href", "data-link", "data-uri", "data-path", "data-src", "url", "link", "_href")
NO_ADDRESS = ("javascript:", "#", "mailto:", "tel:", "about:", "data:", "void(")
STRING = r"'[^'\\\n]*'|\"[^\"\\\n]*\""
_TERM = rf"(?:{STRING}|[\w$.]+)"
SUM = rf"(?P<sum>{_TERM}(?:\s*\+\s*{_TERM})*+)"
# What makes a string an address and not an id or a word: a slash, a query, or the ending of a page or a file.
ADDRESS = re.compile(
    r"^(?:https?:)?/|^\.{0,2}/|^\?[\w%]|^[\w%.\-/]+/|\.(?:s?html?|jspx?|aspx?|php|do|action|json|xml|pdf|docx?|wps|ofd|xlsx?)(?:[?#]|$)",
    re.IGNORECASE,
)
# Calls by which attributes and scripts lead somewhere: (pattern up to the address, example).
OPENERS: tuple[tuple[str, str], ...] = (
    (r"window\.open\s*\(\s*", "window.open('/nb/index.html')"),
    (r"location(?:\.href)?\s*=(?!=)\s*", "location.href='/nb/'"),
    (r"location\.(?:assign|replace)\s*\(\s*", "top.location.replace('/nb/')"),
    (r"\.(?:src|href|action)\s*=(?!=)\s*", "document.getElementById('f').src='/nb/list.html'"),
    (r"\.attr\s*\(\s*['\"](?:src|href)['\"]\s*,\s*", "$('#columniframe').attr('src','/nb/list.html')"),
    (r"\.load\s*\(\s*", "$('#right').load('/nb/list.html')"),
)
# Requests of scripts for a part of the page: (pattern up to the address, example).
LOADERS: tuple[tuple[str, str], ...] = (
    (r"\.load\s*\(\s*", "$('#list').load('/nb/rows.html')"),
    (r"\$\.(?:get|getJSON|post|ajax)\s*\(\s*", "$.get('/nb/rows.html', show)"),
    (r"(?<![\w.])url\s*:\s*", "$.ajax({url: '/nb/rows.html'})"),
    (r"(?<![\w.])fetch\s*\(\s*", "fetch('/nb/rows.json')"),
    (r"\.open\s*\(\s*['\"]GET['\"]\s*,\s*", "xhr.open('GET', '/nb/rows.html')"),
    (r"axios\.get\s*\(\s*", "axios.get('/nb/rows.json')"),
)
_OPENER = re.compile(rf"(?:{'|'.join(pattern for pattern, _ in OPENERS)}){SUM}")
_LOADER = re.compile(rf"(?:{'|'.join(pattern for pattern, _ in LOADERS)}){SUM}", re.IGNORECASE)
_TOLD = re.compile(  # $('#list').load($('#list').attr('data-url')): an element says where its content is
    rf"(?:{'|'.join(pattern for pattern, _ in LOADERS)})\$\(\s*['\"]#(?P<id>[\w-]{{1,80}})['\"]\s*\)\s*\.(?:attr|data)"
    r"\(\s*['\"](?P<name>[\w-]{1,40})['\"]",
    re.IGNORECASE,
)
_CALL = re.compile(r"(?<![\w.$])(?P<name>[A-Za-z_$][\w$]*)\s*\((?P<args>[^()]*)\)")
_ARGUMENT = re.compile(rf"({STRING}|[^,]+)(?:,|$)")
_FUNCTION = re.compile(
    r"function\s+(?P<name>[\w$]+)\s*\((?P<params>[^()]*)\)\s*\{|"
    r"(?<![\w$])(?P<name2>[\w$]+)\s*[=:]\s*function\s*\((?P<params2>[^()]*)\)\s*\{"
)
_VARIABLE = re.compile(rf"(?:(?:var|let|const)\s+|(?:^|[;{{,\n])\s*)(?P<name>[\w$]+)\s*=(?!=)\s*{SUM}")
_LITERAL = re.compile(r"(?:var|let|const)\s+(?P<name>[\w$]+)\s*=\s*\{(?P<members>[^{}]{3,600})\}")
_MEMBER = re.compile(rf"(?:^|[,\s])['\"]?(?P<name>[\w$]+)['\"]?\s*:\s*(?P<value>{STRING}|\d+)")
_NUMBERED = re.compile(  # "…&page=" + page: of a list its first page
    r"(?P<before>[?&](?:page(?:No|Num|Index|Number)?|cur(?:rent)?Page|currPage|p)=['\"]\s*\+\s*)[A-Za-z_$][\w.$]*",
    re.IGNORECASE,
)
_REFRESH = re.compile(r"^\s*+[\d.]*+\s*+[;,]\s*+(?:url\s*+=\s*+)?['\"]?(?P<address>[^'\"]+)", re.IGNORECASE)
_JUMP = re.compile(rf"(?:location(?:\.href)?\s*=(?!=)\s*|location\.(?:assign|replace)\s*\(\s*)({STRING})")
_CHOICE = re.compile(r"['\"](?P<before>[^'\"]{1,300}[=/?&])['\"]\s*\+\s*this\.(?:value|options\[)")
_OBJECT = re.compile(r"\{[^{}]{10,400}\}")
_LABEL = re.compile(rf"(?<![\w])['\"]?(?:name|title|text|label)['\"]?\s*:\s*({STRING})")
_LEADS = re.compile(rf"(?<![\w])['\"]?(?:link|url|href|path|linkUrl)['\"]?\s*:\s*({STRING})")
# Requests of scripts that bring no list: counters, weather, searches, log-ins, styles and pictures.
NO_PART = re.compile(
    r"\.(?:js|css|png|jpe?g|gif|svg|ico|woff2?|swf|mp4|pdf)(?:[?#]|$)|visit|count|hits?\b|click|stat(?:s|istics)?\b|"
    r"weather|captcha|login|user|search(?![^?]*\?.*(?:channel|column|catalog))|irs/|comment|token|analy|log\b|barrier|font|share|wza",
    re.IGNORECASE,
)
# The twin of a page for telephones (domain.md 3.9).
_MOBILE = re.compile(
    r"^https?://(?:m|wap|mobile|3g)\.|/(?:mobile|wap)/|/mpost_\d|[?&]isMobile=(?:true|1)", re.IGNORECASE
)
BUILT_IN = re.compile(
    r"\$|jQuery|if|for|while|switch|return|function|catch|alert|confirm|set(?:Timeout|Interval)|parse(?:Int|Float)|Number|String|"
    r"Date|Array|RegExp|eval|require|define|typeof|void|(?:de|en)codeURI(?:Component)?|(?:un)?escape|__doPostBack|"
    r"(?:show|write|put|get)?[Aa]ds?"
)
NO_LEAD = re.compile(  # what functions are called that lead to no list
    r"count|hits?$|share|visit|weather|stat$|font|zoom|print|favou?r|homepage|search|login|time|date|clock|play|close|toggle|tab$",
    re.IGNORECASE,
)
MOST_INLINE = 60  # scripts of a page
_INLINE = re.compile(
    r"<script\b[^<>]{0,300}>(.{1,20000}?)</script|\b(?:onclick\s*=\s*|href\s*=\s*['\"]?javascript:)['\"]?([\w$]+\([^<>\"]{1,60}\))",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_FUNCTION = 1200  # characters: what leads somewhere is short
LONGEST_SOURCE = 400_000
MOST_OPTIONS = 200  # of a choice
MOST_TOLD = 10  # parts of a page


@dataclass(frozen=True)
class Function:
    """A function of the page's own scripts: its parameters, and the beginning of its body."""

    params: tuple[str, ...]
    body: str


def functions(source: str) -> dict[str, Function]:
    """The functions that a page's scripts define, by name. The last definition counts, as it does in a browser."""
    return {name: function for _, name, function in defined(source)}


def defined(source: str) -> Iterator[tuple[int, str, Function]]:
    """(where its body begins, name, function) of each function that a script defines."""
    heads = list(_FUNCTION.finditer(source[:LONGEST_SOURCE]))
    for at, head in enumerate(heads):
        end = heads[at + 1].start() if at + 1 < len(heads) else len(source)
        params = (head["params"] or head["params2"] or "").split(",")
        body = source[head.end() : min(end, head.end() + LONGEST_FUNCTION)].partition("</script")[0]
        yield head.end(), head["name"] or head["name2"], Function(tuple(name.strip() for name in params), body)


def arguments_of(name: str, function: Function, source: str, names: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What a page's calls of a function give to its parameters, where that is known; its definition is no call."""
    seen: list[dict[str, str]] = []
    for call in _CALL.finditer(source[:LONGEST_SOURCE]):
        if call["name"] != name or source.endswith("function ", 0, call.start()):
            continue
        given = (each.strip() for each in _ARGUMENT.findall(html.unescape(call["args"])))
        values = ((param, evaluate(each, names)) for param, each in zip(function.params, given, strict=False))
        known = {param: value for param, value in values if param and value is not None}
        if known not in seen:
            seen.append(known)
            yield known


def variables(source: str, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables with a fixed value, in the order of the script; those put together from earlier ones as well, and members of
    objects as `state.level`.
    """
    names = dict(known or {})
    for thing in _LITERAL.finditer(source[:LONGEST_SOURCE]):
        for pair in _MEMBER.finditer(thing["members"]):
            names[f"{thing['name']}.{pair['name']}"] = pair["value"].strip("'\"")
    for found in _VARIABLE.finditer(source[:LONGEST_SOURCE]):
        value = evaluate(found["sum"], names)
        if value is not None:
            names[found["name"]] = value
    return names


def evaluate(expression: str, names: Mapping[str, str]) -> str | None:
    """The value of strings, numbers and known names with + between them; None when a part of it is not known."""
    parts = []
    for term in re.findall(_TERM, expression):
        if term[0] in "'\"":
            parts.append(term[1:-1])
        elif term.isdigit():
            parts.append(term)
        elif (value := names.get(term.removesuffix(".toString"))) is not None:
            parts.append(value)
        else:
            return None
    return "".join(parts)


def is_chrome(name: str) -> bool:
    """Whether a function is the language's own, or called like what leads to no list."""
    return BUILT_IN.fullmatch(name) is not None or NO_LEAD.search(name) is not None


def calls_unknown(element: HtmlElement, own: Mapping[str, Function]) -> bool:
    """Whether an element leads nowhere but to a function, called with a fixed value, that is not among the known ones."""
    script = f"{element.get('href') or ''};{element.get('onclick') or ''}"
    if len(script) < 4 or "(" not in script or of_element(element, own) is not None:
        return False
    calls = (call for call in _CALL.finditer(script[:2000]) if re.search(r"['\"\d]", call["args"]))
    return any(call["name"] not in own and not is_chrome(call["name"]) for call in calls)


def calls_others(source: str) -> bool:
    """Whether a page's script calls, with a fixed value, a function that the page itself does not define."""
    own = functions(source)
    inline = (found[1] or found[2] for found in _INLINE.finditer(source[:LONGEST_SOURCE]))
    scripts = ";\n".join(islice(inline, MOST_INLINE))
    calls = (call for call in _CALL.finditer(scripts) if re.search(r"['\"\d]", call["args"]))
    return any(call["name"] not in own and not is_chrome(call["name"]) for call in calls)


def of_element(element: HtmlElement, own: Mapping[str, Function]) -> str | None:
    """The address that an element leads to, as written; None when it leads nowhere that we understand."""
    if element.tag in ("iframe", "frame"):
        return str(element.get("src") or element.get("data-src") or "") or None
    for name in ("data-url", "value") if element.tag == "option" else ATTRIBUTES:
        value = str(element.get(name) or "").strip()
        if value and not value.lower().startswith(NO_ADDRESS) and (name == "href" or ADDRESS.search(value)):
            return value
    if element.tag == "option":
        return _chosen(element)
    script = f"{element.get('href') or ''};{element.get('onclick') or ''}"
    return of_script(script, own) if len(script) > 1 else None


def _chosen(option: HtmlElement) -> str | None:
    """Where a choice leads whose value is a part of an address: by the box's script, or by the form that it stands in."""
    box = next(option.iterancestors("select"), None)
    value = str(option.get("value") or "").strip()
    if box is None or not value:
        return None
    if found := _CHOICE.search(box.get("onchange") or ""):
        return f"{found['before']}{value}"
    form, name = next(box.iterancestors("form"), None), box.get("name")
    if form is None or not name or not form.get("action") or str(form.get("method") or "get").lower() != "get":
        return None
    boxes = {str(each.get("name")) for each in islice(form.iter("select"), MOST_OPTIONS)}
    narrowed = any(value for each, value in _sent(form).items() if each in boxes - {name})
    if narrowed and any(not (each.get("value") or "").strip() for each in islice(box.iter("option"), MOST_OPTIONS)):
        return None  # 全部 of this box is what shows already, of what another box has chosen
    return f"{form.get('action')}?{urlencode(_sent(form) | {str(name): value})}"


def _sent(form: HtmlElement) -> dict[str, str]:
    """What a form sends before anybody changes it: its hidden fields, and the choices as they stand."""
    sent = {
        str(each.get("name")): str(each.get("value") or "")
        for each in form.iter("input")
        if each.get("type") == "hidden" and each.get("name")
    }
    for box in form.iter("select"):
        options = list(islice(box.iter("option"), MOST_OPTIONS))
        chosen = next((each for each in options if each.get("selected") is not None), options[0] if options else None)
        if chosen is not None and box.get("name"):
            sent[str(box.get("name"))] = str(chosen.get("value") or "")
    return sent


def of_script(script: str, own: Mapping[str, Function]) -> str | None:
    """The address in a call such as `openInfo('/nb/1.html')`, or that the page's own function makes of `show(12)`."""
    if (found := _OPENER.search(script)) and (address := evaluate(found["sum"], {})):
        return address
    for call in _CALL.finditer(script[:2000]):
        arguments = [each.strip() for each in _ARGUMENT.findall(call["args"])]
        function = own.get(call["name"])
        if function and (address := _called(function, arguments)):
            return address
        for argument in arguments:
            if argument[:1] in ("'", '"') and ADDRESS.search(argument[1:-1]):
                return str(argument[1:-1])
    return None


def _called(function: Function, arguments: list[str]) -> str | None:
    """Where a function of the page goes when it is called with these arguments."""
    names = {}
    for param, argument in zip(function.params, arguments, strict=False):
        if (value := evaluate(argument, {})) is not None:
            names[param] = value
    found = _OPENER.search(function.body)
    if found is None and "post" not in function.body.lower():
        found = _LOADER.search(function.body)
    if found is None:
        return None
    names = variables(function.body[: found.start()], names)
    address = evaluate(found["sum"], names)
    return address if address and ADDRESS.search(address) else None


def menu(source: str) -> Iterator[tuple[str, str]]:
    """(label, address) of the objects with both that a page's script makes its menu of: {name: '年报', link: '/nb/'}."""
    for thing in _OBJECT.findall(source[:LONGEST_SOURCE]):
        label, address = _LABEL.search(thing), _LEADS.search(thing)
        if label and address and ADDRESS.search(address[1][1:-1]):
            yield label[1][1:-1], html.unescape(address[1][1:-1])


def parts(source: str) -> list[str]:
    """Addresses that the page's scripts load a part of it from, as written, each once."""
    names = variables(source)
    sums = (_NUMBERED.sub(r"\g<before>'1'", match["sum"]) for match in _LOADER.finditer(source[:LONGEST_SOURCE]))
    found = (evaluate(each, names) for each in sums)
    wanted = (html.unescape(each) for each in found if each and ADDRESS.search(each) and not NO_PART.search(each))
    return list(dict.fromkeys(wanted))


def told(root: HtmlElement | None, source: str) -> Iterator[str]:
    """Addresses of parts that scripts load from where an element of the page says, as written."""
    for found in islice(_TOLD.finditer(source[:LONGEST_SOURCE]), MOST_TOLD if root is not None else 0):
        for element in root.xpath("//*[@id=$id]", id=found["id"])[:1]:  # type: ignore[union-attr]
            value = str(element.get(found["name"]) or element.get(f"data-{found['name']}") or "").strip()
            if ADDRESS.search(value) and not NO_PART.search(value):
                yield value


def refresh(root: HtmlElement | None, source: str) -> str | None:
    """Where a page sends its reader on at once: a meta refresh, or a script that does nothing else. None: nowhere."""
    for meta in [] if root is None else root.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and (found := _REFRESH.match(meta.get("content") or "")):
            return found["address"].strip()
    if len(source) < 3000 and "<a" not in source.lower() and (jump := _JUMP.search(source)):
        return jump[1][1:-1]
    return None


def frames(root: HtmlElement | None) -> Iterator[str]:
    """Addresses of a page's frames, as written."""
    elements: Iterable[HtmlElement] = [] if root is None else root.iter("frame", "iframe")
    for element in elements:
        if (address := of_element(element, {})) and not address.lower().startswith(NO_ADDRESS):
            yield address


def is_mobile(url: str, page: str) -> bool:
    """Whether an address is the twin for telephones of a page, as seen from a page that is no twin itself."""
    return _MOBILE.search(url) is not None and _MOBILE.search(page) is None
