"""Marks by which kinds of pages are told: a line each, with an example. crawler/pagekind.py weighs them.

Sources: domain.md 4 for challenges, charsets and soft 404s, field-notes/cms-shapes.md for stubs and hijacked domains.
"""

# A mark is a line, however long; the linter counts a Chinese character as two.
# ruff: noqa: E501

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

SURE = 3  # weights that decide: one plain mark, or several of those that ordinary pages have one of


class Kind(StrEnum):
    """Kinds of pages. The value of a bad one is the kind of problem that it is written down as."""

    report = "report"
    list = "list"
    page = "page"  # neither of the two, and nothing speaks against it
    challenge = "blocked"
    login = "login"
    parked = "parked"
    moved = "moved"
    maintenance = "maintenance"
    soft_404 = "soft_404"


GOOD = (Kind.report, Kind.list, Kind.page)
Where = Literal["wire", "source", "title", "text", "whole", "shape"]


@dataclass(frozen=True)
class Mark:
    """A sign of a kind of page: a regular expression, where it is looked for, how much it says, and what it is read off.

    `where`: "wire" is raw headers and body of a small answer, "source" the decoded page with its markup, "title" the text
    of <title>, "text" the opening of what a reader sees, "whole" all of it, "shape" the words of SHAPES. `statuses`: none
    is any. `times`: how often it must occur.
    """

    kind: Kind
    name: str
    pattern: str
    example: str
    weight: int = SURE
    where: Where = "text"
    statuses: tuple[int, ...] = ()
    times: int = 1

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    def found_in(self, status: int, place: str) -> bool:
        """Whether it is shown by an answer with that status and, at the mark's place, that text."""
        if self.statuses and status not in self.statuses:
            return False
        if self.times == 1:
            return self.compiled.search(place) is not None
        return len(self.compiled.findall(place)) >= self.times


# A page may quote what these look for, so what speaks for a page is weighed as well (GOOD_MARKS); a tie goes to the page.
# Challenges have nothing to quote: they outweigh all.
BAD_MARKS = (
    Mark(Kind.challenge, "jsl", r"__jsl|document\.cookie", "Set-Cookie: __jsluid_s=1", 9, "wire", (521, 512)),
    Mark(Kind.challenge, "jsl", r"document\.cookie=\('_'\)\+", "<script>document.cookie=('_')+('_')", 9, "wire"),
    Mark(Kind.challenge, "rs", r"FSSBBIl1UgzbN7N|\$_ts\b|_\$[a-zA-Z0-9]{2}\b", "$_ts=window['$_ts']", 9, "wire", (412, 202, 400)),
    Mark(Kind.challenge, "safedog", r"safedog-flow-item", "Set-Cookie: safedog-flow-item=8A", 9, "wire"),
    Mark(Kind.challenge, "safedog", r"网站防火墙", "网站防火墙 您的请求带有不合法参数", 5, "text"),
    Mark(Kind.challenge, "acw", r"acw_sc__v2|arg1='[0-9A-F]{20,}'", "var arg1='0123456789ABCDEF01234567';", 9, "wire"),
    Mark(Kind.challenge, "other", r"WZWSREL|_bot_sbu|sbu_fpc\.js|HOY_TR", "location='/WZWSREL2luZGV4'", 9, "wire"),
    Mark(Kind.challenge, "other", r"wzws_sessionid|HMF_CI", "Set-Cookie: HMF_CI=fd31", 9, "wire", (403, 405, 468, 493)),
    Mark(Kind.challenge, "status", r"status-challenge", "status-challenge", 8, "shape"),
    Mark(Kind.challenge, "script", r"script-only.*as-file", "script-only as-file", SURE, "shape"),  # HTML instead of a PDF
    Mark(Kind.challenge, "script", r"script-only.*status-unusual", "script-only status-unusual", SURE, "shape"),
    Mark(Kind.challenge, "cookie", r"document\.cookie\s*=[^<]{1,900}location|location\.reload", "document.cookie='c=1';location.reload()", 2, "wire"),
    Mark(Kind.challenge, "script", r"script-only", "script-only", 1, "shape"),
    Mark(Kind.challenge, "asks", r"(?:拖动|滑动|点击).{0,8}(?:滑块|验证)|正在(?:进行)?(?:安全|浏览器)(?:验证|检测|检查)|人机验证|checking your browser", "请拖动滑块完成验证", 3, "text"),
    Mark(Kind.login, "password", r"<input[^>]+type\s*=\s*[\"']?password", '<input name="pw" type="password">', 2, "source"),
    Mark(Kind.login, "title", r"^.{0,20}(?:登录|登陆|统一身份认证|log ?in|sign ?in).{0,8}$", "统一身份认证平台", 2, "title"),
    Mark(Kind.login, "words", r"(?<!申)请(?:您|先|重新|点击)*登[录陆]|您(?:还没有|尚未|未)登[录陆]|请输入(?:用户名|账号|密码)|忘记密码|统一身份认证", "您尚未登录，请先登录", 2),
    Mark(Kind.login, "short", r"\bshort\b", "short", 1, "shape"),
    Mark(Kind.parked, "for sale", r"domain.{0,20}(?:is|may be) for sale|buy this domain|parked (?:free|domain)|domain (?:name )?has expired", "This domain is for sale", 5),
    Mark(Kind.parked, "for sale", r"(?:该|此|本)?域名.{0,6}(?:出售|转让|停放|已过期|到期|未备案|尚未绑定)|购买(?:该|此|本)?域名", "该域名正在出售，有意者请联系", 5),
    Mark(Kind.parked, "for sale", r"domain.{0,12}for sale|域名(?:出售|转让|停放)", "sample.cn 域名出售", 5, "title"),
    Mark(Kind.parked, "registrar", r"sedoparking|parkingcrew|bodis\.com|afternic|dan\.com/|parklogic", "https://img.sedoparking.com/x.js", 4, "wire"),
    Mark(Kind.parked, "gambling", r"博彩|赌场|百家乐|六合彩|时时彩|娱乐城|老虎机|真人(?:视讯|荷官)|棋牌(?:游戏|平台)|(?:威尼斯人|葡京|金沙)|casino|slot gacor|bet365|成人(?:视频|影院)", "澳门新葡京官网_百家乐在线", 9, "title"),
    Mark(Kind.parked, "gambling", r"博彩|赌场|百家乐|六合彩|时时彩|娱乐城|老虎机|真人(?:视讯|荷官)|新葡京|威尼斯人|首存|体育投注", "博彩网 百家乐 时时彩 首存送彩金", 4, "text", times=4),
    Mark(Kind.moved, "notice", r"(?:网站|本站|平台|栏目).{0,8}(?:已|将|正式)?.{0,6}(?:迁移|搬迁|迁至|并入|整合(?:至|到)|关停|下线|停止(?:运行|服务|更新))", "本网站已迁移至市政府门户网站", 2),
    Mark(Kind.moved, "address", r"新(?:的)?(?:网站|域名|网址|站点?)(?:地址|域名|网址)?(?:为|是|[:：])|请(?:访问|登录|点击|前往)(?:我们的)?新(?:版)?(?:网|站|域名)|(?:new (?:site|address)|has moved to)", "新网址：www.sample.gov.cn", 2),
    Mark(Kind.moved, "sends away", r"sends-away", "sends-away", 2, "shape"),
    Mark(Kind.moved, "short", r"\bshort\b", "short", 1, "shape"),
    Mark(Kind.maintenance, "words", r"(?:系统|网站|平台|服务器|站点).{0,12}(?:维护|升级|改造|割接).{0,4}(?:中|期间|暂停|$)|(?:维护|升级)中|暂停(?:服务|访问|对外)|(?:网站|本站).{0,4}建设中|(?:under|scheduled) (?:maintenance|construction)", "系统升级维护中，请稍后访问", 2),
    Mark(Kind.maintenance, "title", r"^.{0,16}(?:维护|升级|建设)中?.{0,4}$|maintenance", "系统维护中", 1, "title"),
    Mark(Kind.maintenance, "short", r"\bshort\b", "short", 1, "shape"),
    Mark(Kind.soft_404, "words", r"页面不存在|找不到(?:该|您)?.{0,6}页面|您(?:要)?访问的(?:页面|内容|信息).{0,8}(?:不存在|已(?:被)?删除)|404 ?(?:not found|错误|页面)", "您访问的页面不存在或已被删除", SURE),
    Mark(Kind.soft_404, "words", r"(?:信息|文章|内容|栏目|文件)(?:不存在|已(?:被)?删除|正在建设中)|没有找到(?:相关|该)?(?:页面|文章|信息)", "该文章不存在", 2),
    Mark(Kind.soft_404, "short", r"\bshort\b", "short", 1, "shape"),
    Mark(Kind.soft_404, "title", r"^\W*404\b|404 not found|页面不存在|^(?:出错|错误)(?:了|提示|页面)?$|页面未找到", "404 Not Found", SURE, "title"),
    Mark(Kind.soft_404, "to home", r"to-home", "to-home", 9, "shape"),
    Mark(Kind.soft_404, "sends home", r"sends-home", "sends-home", 2, "shape"),
    Mark(Kind.soft_404, "stub", r"\bstub\b", "stub", 2, "shape"),
)  # fmt: skip

GOOD_MARKS = (
    Mark(Kind.report, "title", r"(?:政府)?信息公开(?:工作)?(?:年度)?(?:年?报告?|情况报告)", "云棠市2022年政府信息公开工作年度报告", 1, "title"),
    Mark(Kind.report, "sections", r"[一二三四五六]、\s*(?:总体情况|概述|主动公开|收到和处理|依申请公开|存在的|其他需要|政府信息公开|因(?:政府)?信息公开|基本情况)", "一、总体情况 二、主动公开政府信息情况", 4, "whole", times=3),
    Mark(Kind.report, "words", r"主动公开|依申请公开|不予公开|行政复议|信息公开申请", "主动公开 依申请公开 行政复议", 2, "whole", times=8),
    Mark(Kind.list, "rows", r"\brows\b", "linked rows", 3, "shape"),
    Mark(Kind.list, "rows", r"信息公开(?:工作)?年度?报告?", "2021年信息公开工作年度报告 2020年信息公开工作年度报告", 2, "whole", times=4),
    Mark(Kind.list, "pager", r"下一?页|尾页|共\s*\d+\s*[页条]|createPageHTML|totalRecord", "共3页 首页 下一页", 1, "source"),
    Mark(Kind.page, "long", r"\blong\b", "long", 3, "shape"),
    Mark(Kind.page, "linked", r"\blinked\b", "linked", 1, "shape"),
    Mark(Kind.page, "leads on", r"<(?:a|option)\b[^>]{0,300}>[^<]{0,20}(?:信息公开|年度报告|年报)", '<a href="xxgk.asp">年度报告</a>', 2, "source"),
    Mark(Kind.page, "footer", r"网站标识码|公网安备|SiteIDCode", "网站标识码：9601230001", 1, "source"),
)  # fmt: skip
