"""Pagers of ASP.NET Web Forms: a page that is had by sending the one before it back, with what it keeps in hidden fields.

Pure functions. Only a pager's next page is asked for: everything else that such a page offers is a form to be filled in.
"""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlencode, urljoin

from scrapy import Request

from crawler.pagers import NEXT

_CONTROL = re.compile(  # <a href="javascript:__doPostBack('pager','2')">下一页</a>
    r"<a\b[^<>]{0,300}?__doPostBack\((?P<target>'[^']{0,200}'|&#39;.{0,200}?&#39;)\s*,\s*"
    r"(?P<argument>'[^']{0,100}'|&#39;.{0,100}?&#39;)\)[^<>]{0,200}>(?P<label>[^<]{0,40})<",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(type|name|value)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_FORM = re.compile(r"<form\b[^<>]*>", re.IGNORECASE)
_ACTION = re.compile(r"\baction\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|\$)(\d{1,4})$")


def next_page(source: str, url: str, asked: Request | None) -> Request | None:
    """The request for the page after this one, as a press on 下一页 or on the next number would send it; None without one."""
    if "__doPostBack" not in source or "__VIEWSTATE" not in source:
        return None
    sent = parse_qs(asked.body.decode()) if asked is not None and asked.method == "POST" else {}
    said = _NUMBER.search("".join(sent.get("__EVENTARGUMENT", [])))
    here = int(said[1]) if said else 1
    controls = [
        (_plain(each["target"]), _plain(each["argument"]), each["label"].strip()) for each in _CONTROL.finditer(source)
    ]
    pressed = next(((target, argument) for target, argument, label in controls if NEXT.match(label)), None) or next(
        ((target, argument) for target, argument, label in controls if label == str(here + 1)), None
    )
    if pressed is None:
        return None
    target, argument = pressed
    fields = {**_hidden(source), "__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    before = source[: source.find("__VIEWSTATE")]  # another form may stand above
    forms = _FORM.findall(before)
    action = _ACTION.search(forms[-1]) if forms else None
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    where = urljoin(url, html.unescape(action[1])) if action else url
    return Request(where, method="POST", body=urlencode(fields), headers=headers)


def _hidden(source: str) -> dict[str, str]:
    """The hidden fields of a page, which has one form."""
    found = {}
    for tag in _HIDDEN.findall(source):
        said = {name.lower(): html.unescape(one or two) for name, one, two in _ATTRIBUTE.findall(tag)}
        if said.get("type", "").lower() == "hidden" and said.get("name"):
            found[said["name"]] = said.get("value", "")
    return found


def _plain(quoted: str) -> str:
    return html.unescape(quoted).strip("'")
