"""Pages that ask to prove that one is not a machine. They are recorded as `blocked`; nobody solves them (domain.md 4)."""

from __future__ import annotations

import re

# (name, statuses or None for any, a mark in headers or body, an example of what it looks like). A cookie alone is no mark
# on a 200: ordinary pages carry it as well.
MARKS: tuple[tuple[str, frozenset[int] | None, re.Pattern[bytes], str], ...] = (
    ("jsl", frozenset({521, 512}), re.compile(rb"__jsl|document\.cookie"), "加速乐: 521 with a cookie"),
    ("jsl", None, re.compile(rb"document\.cookie=\('_'\)\+"), "加速乐: a script that spells a cookie"),
    ("rs", frozenset({412, 202, 400}), re.compile(rb"FSSBBIl1UgzbN7N|\$_ts\b|_\$[a-zA-Z0-9]{2}\b"), "瑞数: 412"),
    ("safedog", None, re.compile("safedog-flow-item|网站防火墙".encode()), "安全狗"),
    ("acw", None, re.compile(rb"acw_sc__v2|arg1='[0-9A-F]{20,}'"), "阿里云 WAF"),
    ("other", None, re.compile(rb"WZWSREL|_bot_sbu|sbu_fpc\.js"), "网御, 360, 绿盟"),
)
BARE = frozenset({521, 412})  # statuses that nothing but a challenge uses
SMALL = 8192  # bytes: a challenge is a script, not a page
SOFT_404 = re.compile(
    r"页面不存在|找不到(?:该|您)?.{0,6}页面|您访问的(?:页面|内容).{0,8}(?:不存在|已删除)|正在建设中|404 ?(?:not found|错误)",
    re.I,
)


def challenge(status: int, headers: bytes, body: bytes) -> str | None:
    """Which challenge a reply is, by the table above; None when it is a page. `headers` are raw header lines."""
    if len(body) > SMALL:
        return None
    for name, statuses, mark, _ in MARKS:
        if (statuses is None or status in statuses) and (mark.search(body) or mark.search(headers)):
            return name
    return "status" if status in BARE else None
