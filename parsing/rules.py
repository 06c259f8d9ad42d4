"""What is chrome and not report: one table of line rules (domain.md part 5, public lists of portal furniture).

A pattern is matched from the start of a line in its comparing form (`normalise.keys`: NFKC, simplified, single
spaces), so `:` stands for `：` and `|` for `｜`. Zones say where a rule may act; `clean.py` keeps the guards:

    head   above the body
    both   above the body, and below it (a line of its own, never a cut)
    any    anywhere between as well: never a sentence of a report (class X of domain.md)
    tail   below the body: cuts from here to the end; above the body it takes its line only (class T)
    foot   as tail, but only where a footer is proved by an ICP number, a site code or a copyright line
    docshare  on document-sharing pages only, above and below the body

No pattern may match a line of a table: tests/parsing/test_rules.py holds every rule against the tables of the cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from parsing import tampering

LONGEST = 600  # characters: chrome is shorter, and a pattern with several .{0,60} is asked no further
ANY_LENGTH = frozenset(("x.code", "x.tags", "t.disclaimer"))  # leaked scripts and notices; these are linear

Zone = Literal["head", "both", "any", "tail", "foot", "docshare"]


class Rule(NamedTuple):
    """One kind of chrome. `run`: the least number of neighbouring lines that must match before any of them goes.

    `needs`: words (in lower case, joined by |) of which each line of this kind has one. A pattern that may begin anywhere is
    slow, and is tried only where one of them stands.
    """

    id: str
    zone: Zone
    pattern: re.Pattern[str]
    example: str
    reason: str
    run: int = 1
    needs: str = ""

    def matches(self, form: str) -> bool:
        """Whether a line (comparing form) is of this kind. Long lines are prose: only leaked code is longer."""
        return (len(form) <= LONGEST or self.id in ANY_LENGTH) and self.pattern.match(form) is not None


def rule(name: str, zone: Zone, pattern: str, example: str, reason: str, run: int = 1, needs: str = "") -> Rule:
    """A line of the table; the pattern must match the whole line."""
    return Rule(name, zone, re.compile(rf"(?:{pattern})\s*$", re.I), example, reason, run, needs)


_META = (
    r"信息类别|信息分类|主题分类|组配分类|体裁分类|公开类别|公开方式|公开形式|公开时限|公开范围|公开程度|公开属性|"
    r"公开主体|生成日期|成文日期|发文日期|发布日期|"
    r"发文时间|成文时间|印发日期|公开日期|公开时间|生效日期|生效时间|失效日期|废止日期|有效性|时效性?|文号|发文字号|"
    r"发布文号|文件编号|发布机构|发文机关|发文单位|发文机构|"
    r"制发机关|公开单位|发布单位|发布部门|责任部门|责任单位|信息来源|来源|关键词|主题词|内容概述|信息名称|标题|名称|"
    r"主题导航|服务对象|有效期|所属机构|所属主题|分类|栏目"
)
_DAY = r"(?:\d{4}[-/.年]\s*\d{1,2}[-/.月]\s*\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?)"
_INFO = (
    r"(?:日期|时间|发布时间|发布日期|发文时间|发稿时间|更新时间|更新日期|信息时间|录入时间|文章来源|信息来源|来源|"
    r"稿源|作者|编辑|责任编辑|责编|审核|初审|终审|供稿|撰稿|录入|发布者|发布人|"
    r"点击数?|点击量|点击率|浏览量?|浏览次数|浏览数|访问量?|访问次数|阅读量?|阅读次数|阅读数|字号|字体|字体大小|"
    r"文字大小|分享到?|打印|视力保护色|保护视力色|背景色?|转贴自|转载自|出处)"
)
# Words of which a site's menus and top bars are made; what stands under a social site's text, with its count.
_MENU = (
    r"(?:(?:网站)?首页|主页|设为首页|加入收藏|收藏本站|站内搜索|高级搜索|搜索|登录|登陆|注册|退出|个人中心|会员中心|"
    r"邮箱登录|无障碍\S{0,6}|长者(?:版|模式|专区|助手)|关怀版|适老化\S{0,6}|English|EN|简体(?:版|中文)?|繁体(?:版|中文)?|"
    r"[藏维蒙彝壮朝]\S?文(?:版)?|手机版|移动版|客户端|APP|微信|微博|RSS|网站地图|联系我们|关于我们|帮助(?:中心)?|"
    r"[^\s|,。;:]{2,6}(?:概况|专栏|频道|论坛)|新闻(?:中心|动态|资讯)?|政务(?:公开|服务|动态)|信息公开|办事(?:服务|大厅)|"
    r"(?:网上)?营业厅|网上办事|互动交流|政民互动|公众参与|通知公告|[^\s|,。;:]{2,4}(?:公告|公示)|专题专栏|企业文化|党建(?:工作)?|人才招聘|招聘|"
    r"[^\s|,。;:]{1,6}查询|下载(?:中心|APP)?)"
)
MENU_WORD = re.compile(rf"{_MENU}$", re.I)
_SOCIAL = (
    r"(?:我要评论|发表评论|评论|阅读(?:量|数)?|浏览|点?赞|在看|收藏|转发|分享(?:到|至)?|举报|关注|微信好友|微信|朋友圈|"
    r"新浪微博|腾讯微博|微博|QQ空间|QQ好友|(?:\d+人)?点赞)"
)
_COUNT = r"\s?:?\s?[(\[]?(?:\d[\d.,]*+[万wk]?\+?)?(?:点赞|收藏)?[)\]]?"  # a report counts with 人, 次, 条

# Of a post: a day and a time.
_POSTED = r"(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日)\s\d{1,2}:\d{2}(?::\d{2})?"

HEAD: tuple[Rule, ...] = (
    rule(
        "head.position",
        "both",
        r"(?:\d+\. ?)?(?:您|你)?(?:现在|当前)?(?:所在|的)?(?:的)?位置\s*(?:[:>]|(?=首页)).{0,120}|当前位置",
        "您当前的位置：首页 > 政务公开 > 年报",
        "breadcrumb, also as a numbered line of a scraped list",
    ),
    rule(
        "head.breadcrumb",
        "both",
        r"(?:首页|网站首页|主页)\s*(?:>>?|»|/|->|›|·|\||-).{0,120}",
        "首页 >> 乡镇信息公开 >> 柳湾镇",
        "breadcrumb without a label",
    ),
    rule(
        "head.crumbs",
        "head",
        r"(?=[^>»›]{2,40}+[>»›])(?=[^>»›]{0,40}?(?:首页|论坛|网|文库|百科|社区|大全)|[^<>»›]{2,40}+[-<>»›＞\s]{1,4}[^<>»›]{1,60}[>»›])"
        r"[^<>»›|。;:]{2,30}(?>\s?(?:>{1,2}|»|->|›|＞)\s?[^<>»›|。;]{1,60}){1,8}>?",
        "云棠论坛 -> 办公天地 -> 公文写作",
        "breadcrumb that begins with the site's name, or of three parts; above the title only",
    ),
    rule(
        "head.menu",
        "head",
        rf"(?:[^\s|,。;:]{{2,10}}[\s|丨·]++)?{_MENU}(?:[\s|丨·]++{_MENU})++(?:[\s|丨·]++[^\s|,。;:]{{2,6}})?|"
        r"[^\s|,。;:]{0,6}首页(?:[\s|]++[^\s|,。;:]{2,10}){3,}+",
        "云棠概况 新闻中心 政务公开 办事服务",
        "a menu or a top bar in one line: nothing but words of menus; above the title only",
    ),
    rule(
        "head.welcome",
        "head",
        r"(?:您好,?)?欢迎(?:您)?(?:访问|光临|来到|浏览)[^,。;:]{2,30}(?:网|网站|平台|门户)[!。]?",
        "欢迎访问云棠县信息公开网！",
        "a greeting in a page's top bar",
    ),
    rule(
        "head.archive",
        "both",
        r"(?:The )?Wayback Machine(?:\s*-.{0,200})?|\d[\d,]* captures?(?:\s.{0,60})?|About this capture|"
        r"(?:COLLECTED BY|TIMESTAMPS)|Saved from .{0,200}|archive\.(?:today|ph|is)\b.{0,120}|互联网档案馆.{0,60}|"
        r"(?:Go )?(?:(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\s?){2,3}|success\s?/?\s?fail|Web Archive",
        "12 captures 03 May 2011 - 20 Dec 2019",
        "the banner of a web archive",
    ),
    rule(
        "head.company",
        "both",
        r"(?:天眼查|企查查|启信宝|爱企查|水滴信用|企信宝)(?:[\s|-][^,。;]{0,80})?",
        "企查查 企业信息 法律诉讼",
        "the top bar of a site about companies, which copies reports of firms and of offices",
    ),
    rule(
        "head.law-database",
        "both",
        r"(?>[【\[](?:发布部门|颁布单位|发文机关|发文字号|批准部门|批准日期|发布日期|颁布日期|实施日期|施行日期|失效日期|时效性|"
        r"效力级别|效力等级|法规类别|法律分类|法宝引证码|专题分类)[】\]]\s*[^【\[]{0,60})++|"
        r"(?:法宝引证码|法规类别|效力级别|效力等级)\s?:?\s?[^。;]{1,40}",
        "【时效性】现行有效【效力级别】地方规范性文件",
        "the sheet of a database of laws, its labels in brackets",
    ),
    rule(
        "head.summary",
        "head",
        r"[【\[(](?:摘要|内容摘要|提要|内容提要|核心提示|导读|导语|编者按|编者的话)[】\])].{1,160}",
        "[摘要]全年公开信息两万条",
        "what an editor wrote above another's text",
    ),
    rule(
        "head.entry",
        "both",
        r"(?:词条|本词条)(?:\s?(?:编辑|收藏|讨论|历史版本|历史|分享|统计|标签|图册|贡献者|目录|由.{2,30}(?:提供|编写|审核).{0,20}))++|"
        r"(?:编辑|查看)词条|添加义项|(?:(?:播报|编辑|讨论|上传视频|锁定|收藏|历史版本|查看历史|更多图册)[\s|]*+){2,}",
        "词条 讨论 历史版本",
        "buttons of an encyclopedia",
    ),
    rule(
        "head.poster",
        "both",
        r"(?=.{0,80}(?:用户组|发帖|帖子|积分|威望|金币|精华|在线时间|最后登录))(?:(?:级别|等级|头衔|用户组|发帖|帖子|积分|威望|金钱|金币|经验|精华|注册时间|在线时间|最后登录)\s?:\s?[^\s,。;:]{0,12}\s*+){2,}",
        "等级：新手 帖子：12 积分：30",
        "who wrote in a forum",
        needs="用户组|发帖|帖子|积分|威望|金币|精华|在线时间|最后登录",
    ),
    rule("head.arrow", "both", r"[>»›·/\\＞]{1,3}", ">", "what a breadcrumb leaves when its links are lines"),
    rule(
        "head.access",
        "both",
        r"(?:无障碍(?:浏览|阅读|版|辅助工具)?|长者(?:版|模式|专区|助手)|适老化\S{0,8}|关怀版|老年人模式|退出(?:关怀|"
        r"老年人|长者)\S{0,6})",
        "无障碍浏览",
        "accessibility tools",
    ),
    rule(
        "head.language",
        "both",
        r"(?:繁体(?:版|中文)?|简体(?:版|中文)?|English|EN|日本语|日本語|한국어|Français)(?:\s*+[|丨]++\s*+[^\s|丨]{1,8})*+",
        "繁体版 | English",
        "language switch",
    ),
    rule(
        "head.apps",
        "both",
        r"(?:手机版|移动版|客户端|微信|微信好友|朋友圈|微博|头条|抖音|RSS(?:订阅)?|登录|登陆|注册|个人中心|智能问答|站内搜索|"
        r"高级搜索|热搜词?:.{0,60}|请输入(?:搜索内容|关键(?:字|词)).{0,12})(?:\s*+[|丨]++\s*+[^\s|丨]{1,8})*+",
        "请输入关键字",
        "account and search tools",
    ),
    rule(
        "head.index-number",
        "head",
        r"[-·•*]?\s*(?:索\s*引\s*号|信息索取号|信息索引号|索取号)\s*[:|].{0,80}",
        "- 信息索取号：000123456/2020-000001",
        "the sheet's number; read before it is dropped",
    ),
    rule(
        "head.sheet",
        "head",
        rf"[-·•*]?\s*(?:{_META})\s*(?::|\|).{{0,100}}",
        "- 公开方式: 依申请",
        "the metadata sheet above an article, one field a line",
    ),
    rule(
        "head.sheet-spaced",
        "head",
        r"[-·•*]?\s*(?:名\s称|标\s题|文\s号|分\s类|来\s源|关\s?键\s词|主\s题\s词|时\s效|日\s期)\s*(?::|\|).{0,100}",
        "名 称：关于印发某办法的通知",
        "the same with labels that were spread to one width",
    ),
    rule(
        "head.info",
        "both",
        rf"[(【\[]?\s?{_INFO}\s*:\s*[^。;]{{0,90}}",
        "发布时间：2016-03-31 00:00 来源：柳湾镇 字体：[大 中 小]",
        "the line under a title; read before it is dropped",
    ),
    rule(
        "head.entered-by",
        "both",
        rf"(?:信息员|文章录入|点击次数)\s*:\s*[^\s,。;:]{{0,6}}(?:\s+(?:{_INFO}|点击次数)\s*:\s*[^\s,。;:]{{0,12}})*",
        "信息员：某某 点击次数：47",
        "who entered it, and how often it was seen; a name, no sentence",
    ),
    rule(
        "head.info-date",
        "both",
        rf"{_DAY}[\s|]+(?:{_INFO}\s*:|浏览|阅读|字[体号]).{{0,80}}|"
        rf"{_DAY}(?:浏览|阅读)(?:量|数|次数)?[\s:]?\d{{1,9}}(?:次|人次)?\s*(?:收藏|分享|打印|点赞)?|"
        rf"{_DAY}\s[^\s,。;:|]{{2,20}}\s(?:{_INFO}|[【\[(]\s?字[体号])[\s:\d][^。;]{{0,80}}",
        "2016-03-31 10:20 来源：某镇",
        "the same, the date first",
    ),
    rule(
        "head.date-line",
        "head",
        r"(?:[^,。;:|\d]{2,24}[\s·]\s?)?\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s\d{1,2}:\d{2}(?::\d{2})?)?(?:[\s·]\s?[^,。;:|\d]{2,24})?|"
        r"\d{4}年\d{1,2}月\d{1,2}日\s[^,。;:|\d]{2,24}",
        "2016-03-31 柳湾镇人民政府",
        "date and source under a title, without labels",
    ),
    rule(
        "head.counter",
        "both",
        r"(?:点击|点击数|点击量|点击率|浏览|浏览量|浏览次数|浏览数|访问|访问量|访问次数|阅读|阅读量|阅读次数|"
        r"累计次数|查看)\s*:?\s*(?:\[\s*\d*\s*\]|[-\d]*)\s*(?:次|人次|人)?",
        "点击数：人次",
        "a counter that a script would have filled",
    ),
    rule(
        "head.font",
        "both",
        r"[【\[(]?\s*(?:字号|字体|字体大小|文章字号|文字大小)\s*:?\s*[\[【(]?\s*(?:特大|超大|大|中|小|默认|\+|-|A|"
        r"\s|\||T)*[\]】)]?\s*】?.{0,20}",
        "【字体：大 中 小】",
        "font size tool",
    ),
    rule(
        "head.font-sizes",
        "both",
        r"[\[【(]?\s*(?:特大|大)\s+中\s+小\s*[\]】)]?(?:\s*打印)?|A\sA\sA|[TA]\s?(?:大|中|小|\+|-)(?:[\s|/]*+[TA]\s?(?:大|中|小|\+|-)){1,2}",
        "大 中 小",
        "font size tool whose label was an image",
    ),
    rule(
        "head.reading",
        "both",
        r"(?:背景颜色|视力保护色|保护视力色|阅读模式|语音(?:播报|朗读)?|朗读|收听|播放|暂停|全文共计\d.{0,20}|"
        r"预计阅读时间.{0,20})\s*:?",
        "语音播报",
        "reading tools",
    ),
    rule(
        "head.login",
        "both",
        r"(?:您|你)?(?:还未|尚未|没有)登录.{0,20}|(?:请)?(?:登录|注册|付费|订阅|开通会员)(?:后|之后|即)(?:可以?|方可|才能)?(?:查看|阅读|浏览|评论|下载)(?:全文|更多|完整内容|剩余内容|原文)|请(?:您)?先?登录.{0,16}|请输入(?:验证码|用户名|密码|手机号).{0,6}|(?:昵称|验证码|用户名|密码)\s*:?",
        "您还未登录，请登录后进行收藏！",
        "account box",
    ),
    rule(
        "head.weather",
        "head",
        r"(?:今天是|今天|现在是)?[:\s]*\d{4}年\d{1,2}月\d{1,2}日\s*星期[一二三四五六日天].{0,40}|(?:今天是|现在是):",
        "2023年5月6日 星期六 多云 12~20℃",
        "day and weather in a page's top bar",
    ),
    rule(
        "head.lead",
        "head",
        r"(?:关联导读|导读|相关导读|摘要|内容提要)\s*:?",
        "关联导读：",
        "a label with nothing behind it",
    ),
    rule(
        "head.text-label",
        "head",
        r"(?:正文|详细信息|信息详情|文章详情|文档内容|内容|正文内容)\s*:?",
        "正文",
        "a label for the body itself",
    ),
    rule(
        "head.loading",
        "both",
        r"(?:页面|数据|正在|努力)?(?:载入中|加载中|正在加载|Loading)\W{0,6}",
        "页面载入中...",
        "what stands before scripts have run",
    ),
    rule(
        "head.channel",
        "head",
        r"[(【](?:.{0,6}公开|图文|原创|转载)[)】]",
        "（政务公开）",
        "the channel in brackets under a title",
    ),
    rule(
        "head.columns",
        "head",
        r"(?:法定)?主动公开(?:内容|目录|信息)?|依申请公开|法定主动公开内容|(?:政府|政务)?信息公开(?:指南|制度|年报|目录|规定|意见箱|公告|年度报告)?|"
        r"政策文件|机构(?:职能|设置)|领导(?:信息|之窗|简介)|通知公告|政策解读|财政(?:信息|资金)|人事信息|重点领域(?:信息公开)?|基层政务公开",
        "政府信息公开制度",
        "the columns of the platform in a run above its list; above the title only",
        run=3,
    ),
    rule("head.nav-bullets", "head", r"[-·•*]\s*\S{2,10}", "- 社会发展", "a menu as a scraped list", run=3),
)
SITE_LINE = rule(
    "head.site-name",
    "head",
    r"[^,。:;|]{2,30}(?:人民政府|政府网|政府网站|门户网站|信息公开网|政务网|公开平台)(?:办公室)?|"
    r"[^\s,。:;|]{2,10}(?:百科|词典|文库|论坛|新闻网|资讯网|在线|法规网|律师网|法律网|数据库)",
    "云棠市人民政府",
    "the name of the site or of the sub-portal, above the title only",
)

TAIL: tuple[Rule, ...] = (
    rule(
        "x.scan",
        "any",
        r"(?:微信)?(?:扫一扫|扫描二维码|用手机扫|手机扫)[^,。]{0,24}|扫码(?:浏览|分享|关注)|(?:本页|本文|网站|公众号|手机版)二维码",
        "微信扫一扫看本页",
        "QR code label",
    ),
    rule(
        "x.share",
        "any",
        r"(?:分享|分享到|分享至|一键分享|分享本页)\s*:?(?:\s*+(?>微信好友|微信|新浪微博|微博|QQ空间|QQ好友|QQ|朋友圈|腾讯微博|空间))*+|"
        r"(?>微信好友|朋友圈|QQ空间|QQ好友|新浪微博|腾讯微博)(?:\s*+(?>微信好友|微信|新浪微博|微博|QQ空间|QQ好友|朋友圈|腾讯微博))++",
        "分享到：微信 微博",
        "share bar",
    ),
    rule(
        "x.offer",
        "any",
        r"点击(?:领取|获取|下载)[^,。;《]{0,30}(?:礼包|资料包|课件|VIP)[^,。;]{0,8}",
        "点击领取公文写作资料包",
        "what a site gives away between two paragraphs",
    ),
    rule(
        "x.link",
        "any",
        r"[^<>,。;:|]{2,36}(?:在这里|点(?:击)?这里|点击(?:进入|查看)|戳这里|更多精彩)\s?>{2,3}",
        "云棠旅游攻略在这里>>",
        "a link between two paragraphs: it says that one clicks, and ends with arrows",
    ),
    rule(
        "x.social-bar",
        "both",
        rf"(?=.{{0,60}}(?:分享[到至]|我要评论|发表评论|朋友圈|好友|QQ))(?>{_SOCIAL}{_COUNT}[\s|·]*+){{2,}}+",
        "我要评论(2) 分享到:微博",
        "buttons to share and to comment, in one line",
        needs="分享到|分享至|评论|朋友圈|好友|qq",
    ),
    rule(
        "x.social",
        "both",
        rf"(?>{_SOCIAL}{_COUNT}[\s|·]*+){{2,}}+",
        "阅读 1.3万 赞 20 在看 6",
        "what a social site counts under a text",
    ),
    rule("x.social-button", "both", r"关注|评论|点赞|在看|转发", "在看", "one of its buttons alone"),
    rule(
        "x.social-count",
        "both",
        r"(?:评论|阅读(?:量|数)?|浏览|点?赞|在看|收藏|分享)\s?:?\s?[(\[]?\d[\d.,]*[万wk]?\+?[)\]]?",
        "在看 12",
        "one of its counters alone",
    ),
    rule(
        "x.forum",
        "any",
        r"(?:返回列表\s)?查看\s?:\s?\d+\s?\|\s?回复\s?:\s?\d+",
        "查看：31 | 回复：2",
        "how often a thread was read",
    ),
    rule(
        "x.forum-edited",
        "any",
        r"本[帖贴]最后由[^,。;]{2,30}(?:于|在)[^,。;]{4,30}编辑",
        "本帖最后由 某某 于 2020-1-2 08:00 编辑",
        "who changed a post",
    ),
    rule(
        "x.forum-posted",
        "any",
        rf"(?:(?:楼主|沙发|板凳|地板|地下室|#?\d{{1,4}}[#楼]|\d{{1,4}})\s+[^,。;:]{{0,30}})?(?:发表|回复|发布)于\s?:?\s?{_POSTED}"
        r"(?:\s?\|?\s?[^,。;:|]{0,12}){0,4}",
        "沙发 某某 发表于 2020-1-2 08:00 | 只看该作者",
        "the line above a post: a day and a time",
    ),
    rule(
        "x.forum-tools",
        "any",
        r"[^,。;]{0,60}(?:只看(?:楼主|该作者|大图)|倒序浏览)[^,。;]{0,40}|电梯直达|使用道具(?:\s?[|\s]\s?举报)?",
        "只看该作者 倒序浏览",
        "what one may do with a thread",
    ),
    rule(
        "x.forum-reply",
        "any",
        rf"(?:TOP\s*\[\d{{1,4}}楼\]|\[\d{{1,4}}楼\](?=.{{0,60}}{_POSTED})).{{0,120}}",
        "TOP [2楼] 某某：谢谢",
        "a reply in one line",
    ),
    rule(
        "x.wechat",
        "both",
        r"预览时标签不可点|(?:继续|向上)滑动看下一个|(?:轻触|点击)?阅读原文|收录于合集.{0,40}|喜欢(?:此内容|这篇文章)的人还喜欢|赞赏(?:作者)?|写留言",
        "预览时标签不可点",
        "what an account on a messenger writes around an article",
    ),
    rule(
        "x.press",
        "both",
        r"长按(?:识别|扫描)?.{0,6}二维码[^,。;]{0,12}|[点轻]击(?:上方|下方|右下角|左下角)[^,。;]{0,24}(?:关注|在看|阅读原文)[^,。;]{0,8}|"
        r"打开(?:APP|微信|客户端),?(?:阅读|查看)(?:全文|更多|完整|原文)[^,。;]{0,8}",
        "长按识别二维码关注",
        "where it asks one to press",
    ),
    rule(
        "x.tools",
        "any",
        r"[【\[(|]*\s*(?>(?:打印(?:本页|此页|本文|文章|正文|页面)?|关闭(?:窗口|本页|页面|此页)?|收藏(?:本页|此页)?|"
        r"加入收藏|发表评论|告诉好友|推荐给好友|[大中小]字体|复制全文|阅读模式|护眼(?:模式|底色)|朗读全文|(?:放大|缩小)(?:字体)?|返回(?:顶部|上一?页|首页|列表)?|回到顶部|顶部|TOP|纠错|我要纠错|推荐|复制链接|全文下载)[\s】\])|"
        r"【\[(丨/]*+)++",
        "【打印本页】 【关闭窗口】",
        "buttons",
    ),
    rule(
        "x.buttons",
        "any",
        r"搜索|收起|展开|更多(?:>+)?|详细|查看更多|More>*|取消|确定|智能搜索",
        "搜索",
        "buttons in one word",
    ),
    rule(
        "x.end",
        "any",
        r"[-—\s]*(?:已显示全部(?:内容)?|(?:没有|暂无)更多(?:了|内容|数据)?|(?:已经)?到底(?:啦|了))[-—\s]*",
        "— 已显示全部内容 —",
        "what a list without end says at its end",
    ),
    rule(
        "x.inline-link",
        "any",
        r"(?:【(?:推荐|延伸|相关|关联)阅读】|>+\s?(?:推荐|延伸|相关|关联)(?:阅读|新闻)\s?:).{0,60}|点击(?:进入|查看)专题\s*:.{0,40}|(?:微信)?搜一搜[“\"].{1,12}[”\"].{0,30}|"
        r"[^,。;]{0,14}海量(?:范文|模板|素材)\S{0,4}(?:生成|下载|任选)\S{0,8}|下载Word文档到电脑.{0,40}",
        "【推荐阅读】部门年终总结怎么写",
        "what a site puts between two paragraphs for its other pages",
    ),
    rule(
        "x.contents",
        "any",
        r"(?:本页|本文|文章|章节|页内)(?:目录|导航|跳转)\s*:?(?:\s?[一二三四五六七八九十\d]{1,3})*",
        "章节跳转：一 二 三",
        "links to the parts of the page itself",
    ),
    rule(
        "x.follow",
        "any",
        r"[↑▲]*\s?点击(?:上方|下方|左上角|右上角|上面)\s?[“\"]?[^,。;]{0,16}?(?:蓝字[^,。;]{0,12}|(?:名片|卡片|关注)[”\"]?\s?(?:关注)?(?:我们|我|订阅)?[!]?)",
        "点击上方蓝字 关注我们",
        "what articles of WeChat begin with",
    ),
    rule(
        "x.looked",
        "any",
        r"(?:点|点个|点一?下|点亮)[“\"]?(?:赞和在看|在看)(?!守|护|管)[”\"]?[^,。;]{0,10}",
        "点个“在看”再走",
        "what they end with",
    ),
    rule(
        "x.the-end",
        "any",
        r"[-—–~·]{0,6}\s?(?:THE )?END\s?[-—–~·]{0,6}|[-—–~]{1,6}\s?完\s?[-—–~]{1,6}",
        "— END —",
        "their last line",
    ),
    rule(
        "x.player",
        "any",
        r"(?:视频|音频)(?:加载(?:失败|中)|无法播放)[^。]{0,24}|您的浏览器不支持.{0,30}",
        "视频加载失败，请刷新重试",
        "what a player says that does not play",
    ),
    rule(
        "x.machine-made",
        "any",
        r"(?:以[上下]|本)?(?:内容|摘要|总结)由\s?(?:AI|大模型|人工智能|智能助手)[^,。:]{0,8}?(?:自动)?生成(?:[^。]{0,40}|:[^。]{0,200}|[^。]{0,200}仅供参考)。?",
        "以下内容由大模型生成：仅供参考",
        "a summary that a machine made, beside the report",
    ),
    rule(
        "x.error-report",
        "any",
        r"[【(\[]?(?:我要纠错|网页纠错)[】)\]]?(?:\s*责任编辑.{0,20})?",
        "【我要纠错】责任编辑：张某",
        "correction tool",
    ),
    rule(
        "x.code",
        "any",
        r"(?:\$\(|\$\.|var \w|function\s*\(|document\.write|<!--|window\.|"
        r"\.[A-Za-z_][\w-]*+\s*+(?:[\w.#,:]++\s*+){0,4}+\{|img#|@page|@media|mso-|//\w).*",
        "$('#tools-2').hide();",
        "script and style that leaked into the text",
    ),
    rule(
        "x.tags",
        "any",
        r"(?></?[a-z][a-z0-9:-]*+(?:\s[^<>]*+|/)?>\s*+)++",
        '<code id="a1"></code>',
        "random tags of a hijacked page, left in a plain text",
    ),
    rule(
        "x.lost-spaces",
        "any",
        r"[?\ufffd]{1,8}(?: [?\ufffd]+)*",
        "? ?",
        "a row of lost non-breaking spaces; a lone | is not one: it marks table rows",
    ),
    rule(
        "x.spam",
        "any",
        rf"(?![^。]{{0,160}}{tampering.FOUGHT})[^。]{{0,80}}(?:{tampering.SPAM_WORDS})[^。]{{0,80}}",
        "开云体育app官网入口 | 百家乐在线娱乐城",
        "lines of gambling, adult and trade sites in a hijacked copy (tampering.py)",
        needs=tampering.SPAM_BEGINS,
    ),
    rule(
        "x.editor",
        "both",
        r"[(【\[]?(?:责任编辑|责编)\s*:[^。]{0,24}",
        "（责任编辑：某某）",
        "who put it online",
    ),
    rule(
        "x.checked-by",
        "both",
        r"[(【\[]?(?:编辑|编审|审核|校对|终审)\s*:[^。]{0,24}",
        "审核：某某",
        "who checked it",
    ),
    rule(
        "x.page-break",
        "any",
        r"#PAGE_BREAK#|<pagebreak>",
        "#PAGE_BREAK#",
        "where a system cuts long articles into pages",
    ),
    rule(
        "t.neighbours",
        "tail",
        r"[▪·•◆◇■□●○★☆▲△>\[【]?\s*(?:(?:上一?|下一?|前一|后一)(?:条|篇|页|则)(?:文章|新闻|信息)?)\s*(?:[:】\]>].{0,100}|"
        r"新闻.{0,60})?",
        "上一条：柳湾镇2018年年报",
        "neighbouring articles",
    ),
    rule(
        "t.related",
        "tail",
        r"[【\[]?(?:相关(?:链接|新闻|文章|信息|稿件|文档|解读|阅读|政策|内容|推荐|词条|附件下载)|延伸阅读|热点新闻|相关政策解读|"
        r"关联(?:政策|文件|稿件|阅读|解读)|其他解读方式?.{0,80}|政策原文|"
        r"热门(?:词条|文章|新闻|推荐|服务|科室|专题|搜索)|更多(?:同行业|同类|相关|热门|精彩|推荐|类似)(?:企业|文章|新闻|推荐|阅读|资讯|文档|范文)|"
        r"词条(?:统计|标签|图册)|开放分类|推荐阅读|猜你喜欢|信息推荐|最新文章)[】\]]?\s*:?",
        "相关文档：",
        "related links",
    ),
    rule(
        "t.comments",
        "tail",
        r"(?:网友评论|我要评论|发表评论|最新评论|评论列表|热门评论|全部评论|精彩评论)\s*[(]?\d*[)]?\s*:?|文明上网[,\s]?(?:理性|登录|从我)[^。]{0,40}|"
        r"我有话说(?:\s?[(]\d*[)])?|网友评论\s?\d+\s?条(?:评论)?|网友评论\s\d.{0,10}|[进加]入论坛>*|大家(?:都在看|还在看|正在看)|"
        r"[(]原标题\s?:.{2,100}[)]|(?:(?:发表回复|快速(?:发帖|回复)|回复本[帖贴]|高级模式|返回列表|发新[帖贴]|发表新[帖贴]|我来说两句)[\s|]*+)++",
        "网友评论",
        "comment box",
    ),
    rule(
        "t.pager",
        "both",
        r"(?=.{0,80}(?:上一?页|下一?页|尾页|末页|跳转))(?:\d{1,3}\s\d|共\s?\d+\s?(?:条|页|篇|记录|个)|第\s?\d+\s?页|首页|上一?页|每页\s?\d+)[\s\d./|]"
        r"[^,。;]{0,100}",
        "共 35 条 上一页 1 2 下一页 到第 页",
        "the pages of a list",
        needs="页|跳转",
    ),
    rule(
        "t.statement",
        "tail",
        r"[\[【(]?(?:特别|免责|版权|郑重|平台|本站)?声明[\]】)]?\s*:\s*(?=.{0,120}(?:作者|本站|本网|转载|侵权|侵删|版权|网友)).{4,200}",
        "声明：本文只代表作者的看法，与平台无关",
        "who may copy a page, by a site that did not write it",
    ),
    rule(
        "t.opinion",
        "tail",
        r"(?:本|该|此)(?:文|文章|稿)[^。]{0,10}(?:观点|内容)?仅?代表(?:作者|其)[^。]{0,80}。?",
        "本文仅代表作者个人观点",
        "whose opinion it is",
    ),
    rule(
        "t.infringement",
        "tail",
        r"[^。;]{0,40}[如若](?:有|涉及|涉嫌)?侵权[^。]{0,60}(?:删除|联系)[^。]{0,40}。?",
        "图片来自网络，如有侵权请联系删除",
        "whom to ask about a copy",
        needs="侵权",
    ),
    rule(
        "t.attachments",
        "tail",
        r"(?:附件(?:下载|列表|信息|资料)|相关附件|本页附件|附件|(?:资料|文件)下载)\s*:?",
        "附件下载：",
        "an empty attachment widget; kept when file names follow",
    ),
    rule(
        "t.attachment-item",
        "tail",
        r"附件\d{0,2}\s*[:：]?\s*[【\[].{2,90}[】\]]\s*(?:已?下载\s*\d*\s*次)?",
        "附件【柳湾镇年报.docx】已下载12次",
        "the download widget of VSB; the file is among the attachments",
    ),
    rule(
        "t.download",
        "tail",
        r"(?:(?:资料|文件|附件)?(?:下载)?\s?(?:点击|立即)?下载\s*[(]\s?\d[\d.]*\s?[KMG]B?\s?[)]|"
        r"(?:点击|立即)下载\s*:.{0,80}\.(?:docx?|pdf|xlsx?|wps|zip|rar)).{0,40}",
        "点击下载：附件一.doc",
        "a download widget; the file is among the attachments",
    ),
    rule(
        "t.hosts",
        "tail",
        r"(?:主办|承办|协办|维护|运行维护|技术支持|建设维护|网站管理|开发维护|开办|运营|主管)(?:单位|者)?\s*:.{0,120}",
        "主办单位：云棠市人民政府办公室",
        "footer: who runs the site; read before it is dropped",
    ),
    rule(
        "t.hosts-behind",
        "tail",
        r"(?>.{2,40}?(?:主办|承办|主管))(?>.{0,40}?(?:主办|承办|建设|维护|主管|运维))*+\s*(?:版权所有)?",
        "云棠市人民政府办公室主办 云棠市大数据局承办",
        "the same, the role behind",
        needs="主办|承办|主管",
    ),
    rule(
        "t.copyright",
        "tail",
        r"(?:版权所有|Copyright|©|\(C\)|&copy;|版权归).{0,120}|.{2,40}版权所有.{0,80}",
        "版权所有：云棠市人民政府",
        "footer",
    ),
    rule(
        "t.icp",
        "tail",
        r".{0,60}ICP\s*备(?:案(?:编号|号)?)?\s*[:]?\s*(?>\S*\d{5})号?.{0,120}|\S{1,3}卫网审\s?[\[〔(]\d{4}[\]〕)]第?\s?\d+号",
        "某ICP备05000000号 网站标识码：9901000039",
        "footer; 卫网审: of a hospital",
        needs="icp|卫网审",
    ),
    rule(
        "t.police",
        "tail",
        r".{0,40}公(?:网|安)安?备(?:案号?)?\s*[:]?\s*(?:号|第)?\s*(?>\S*\d{8})号?.{0,60}",
        "某公网安备 99010002000001号",
        "footer",
    ),
    rule(
        "t.site-code",
        "tail",
        r".{0,30}网站标识码\s*[:]?\s*(?:\d{10}|bm\d{8}|N\d{9})?.{0,120}",
        "政府网站标识码：9901000039",
        "footer; the code is read before it is dropped",
    ),
    rule(
        "t.map",
        "tail",
        r"[|丨]?\s*(?:网站地图|站点地图|网站导航|联系我们|联络我们|关于我们|关于本站|网站声明|网站申明|法律声明|"
        r"免责声明|版权声明|版权保护|隐私(?:政策|声明|保护|安全)|安全隐私|使用帮助|使用说明|网站概况|友情链接|"
        r"网站大事记|网站统计\S{0,4}|归档数据|网站支持IPv6|"
        r"本(?:网)?站已?支持IPv6\S{0,6}|IPv6)(?:[\s|丨·,]*(?:网站地图|站点地图|网站导航|联系我们|关于我们|网站声明|"
        r"法律声明|免责声明|版权声明|版权保护|隐私\S{2}|使用帮助|友情链接|意见建议|建议意见|归档数据|"
        r"联系方式))*[\s|丨]*",
        "网站地图 | 联系我们 | 隐私声明",
        "footer menu",
    ),
    rule(
        "t.words",
        "foot",
        r"联系方式|意见建议|建议意见",
        "联系方式",
        "items of a footer's menu that may be a heading in a notice",
    ),
    rule(
        "t.contact",
        "foot",
        r"(?:地址|单位地址|办公地址|联系地址|邮编|邮政编码|电话|联系电话|值班电话|运维电话|传真|邮箱|电子邮箱|急救电话|投诉电话|"
        r"E-?mail|网址|联系方式)\s*:.{0,80}",
        "地址：某市某路1号 邮编：000000",
        "footer; in a preamble it is body",
    ),
    rule(
        "t.services",
        "foot",
        r"政府网站找错|党政机关|违法和不良信息举报.{0,40}|网上(?:有害|不良)信息.{0,20}|互联网举报.{0,20}|"
        r"12345.{0,16}|政务服务热线.{0,16}|国家政务服务平台|信用中国|适老化无障碍服务|学习强国",
        "政府网站找错",
        "footer services",
    ),
    rule("t.secrecy", "tail", r"涉密(?:文件|信息|内容)?[,]?严禁上网.{0,12}", "涉密信息严禁上网", "footer warning"),
    rule(
        "t.browser",
        "tail",
        r".{0,60}(?=[建最])(?:建议|最佳)(?:您)?(?:使用|浏览|浏览效果).{0,40}(?:分辨率|浏览器).{0,60}|.{0,60}(?=[分I浏])(?:分辨率|IE\s?\d|"
        r"浏览器).{0,60}(?:最佳|浏览效果).{0,20}",
        "云棠市人民政府门户网站提示：使用1366*768分辨率可获得最佳浏览效果",
        "footer advice",
        needs="建议|最佳|浏览",
    ),
    rule(
        "t.visits",
        "tail",
        r"(?:您是|今日|总|累计|本站|本页)(?:第)?\s*(?:访问|浏览|在线|点击).{0,30}(?:\d+|人|次)",
        "今日访问 100 人次",
        "footer counter",
    ),
    rule(
        "t.site-lists",
        "foot",
        r"中国政府网|国务院部门网站|各?省.{0,8}(?:政府)?网站|.{0,6}市(?:直)?部门网站|.{0,6}区县网站|.{0,6}(?:辖市|"
        r"县区|乡镇|街道).{0,4}(?:网站|导航)|驻外机构|其他链接|新闻媒体|--.{0,12}--|友情网站链接",
        "国务院部门网站",
        "link lists",
    ),
    rule(
        "t.leaving",
        "tail",
        r"您?访问的链接即将离开.{0,80}|是否继续\s*[??]?.{0,10}|继续(?:访问)?|放弃",
        "您访问的链接即将离开本门户网站 是否继续？",
        "the dialog about leaving a site",
    ),
    rule(
        "t.disclaimer",
        "tail",
        r"版权(?:与|和|及)?(?:免责)?声明|(?:特别|郑重|免责)?声明\s?:.{0,40}(?:转载|观点).{0,30}|\d?[.、]?\s*凡本(?:站|网).{0,24}(?:注明|转载|作品|来源).*",
        "版权与免责声明",
        "who may copy the page",
    ),
    rule("t.produced", "tail", r"(?:Produced By|Powered by).{0,60}", "Produced By 某某网络", "vendor's mark"),
)

DOCSHARE: tuple[Rule, ...] = (
    rule(
        "doc.buttons",
        "docshare",
        r"(?:下载文档|下载本文档|收藏\s*分享(?:赚钱|\(赏\))?|收藏|举报|下载相关举报|立即下载.{0,12}|免费下载.{0,12}|"
        r"开通vip.{0,12}|分享|展开|收起|合集下载|换一换|友情提示|继续免费阅读|文档简介|全部分类|资源目录|上传文档|"
        r"分享文档|下载本文档.{0,12}|登录\s?注册.{0,16}|最新文档|用户评论|(?:还没有人|暂无)评论.{0,12}|"
        r"(?:一键)?(?:下载|保存).{0,4}Word(?:文档|版).{0,30}|推荐度\s*:.{0,12}|领取资料包|"
        r"展开(?:阅读)?全文|(?:(?:收藏|举报|分享|下载|相关|点赞|打印|纠错|\d+\s?(?:人|次)(?:点赞|收藏|下载|阅读|浏览))[\s|]*+){2,})",
        "下载文档",
        "buttons of sharing sites",
    ),
    rule(
        "doc.id",
        "docshare",
        r"(?:ID|编号|资源ID|文档编号|文档ID|文库编号)\s*:\s*\d+.{0,20}",
        "ID:100200",
        "the site's number",
    ),
    rule(
        "doc.size",
        "docshare",
        r"(?:大小|文件大小|资源大小)\s*:\s*[\d.]+\s*[KMG]?B.{0,20}|(?:页数|全文页数|共)\s*:?\s*\d+\s*页.{0,20}|"
        r"(?:格式|文档格式|资源格式|类型)\s*:\s*(?:DOCX?|PDF|PPTX?|XLSX?|WPS|RAR|ZIP|TXT|共享资源).{0,20}",
        "大小:3.20MB",
        "file facts",
    ),
    rule(
        "doc.facts",
        "docshare",
        r"(?:(?:分享者|分享人|上传者|上传人|上传用户|上传会员|上传时间|上传日期|发布时间|文档编号|文档ID|ID|编号|格式|文档格式|类型|页数|大小|资源大小|价格|积分|文件大小|字数|评分|"
        r"下载次数|浏览次数|阅读)\s?:\s?[^\s,。;:]{0,20}\s*+){3,}",
        "上传者：某某 上传时间：2020-01-02 格式：DOC 页数：4",
        "the file's facts in one line",
    ),
    rule(
        "doc.preview",
        "docshare",
        r"文档贡献者.{0,30}|贡献于\s?\d{4}.{0,12}|(?:\d+\s?(?:人|次)?\s?(?:评价|阅读|下载|页|积分|收藏)[\s|·]*+){2,}|内容需要下载(?:文档)?才能查看|"
        r"还剩\s?\d+\s?页未读.{0,10}|下载文档,?方便阅读(?:与|和)编辑|文档热度.{0,10}|VIP免费.{0,6}|阅读已结束.{0,20}",
        "12次阅读 3次下载",
        "what stands beside and below a preview",
    ),
    rule(
        "doc.samples",
        "docshare",
        r"(?=[^>]{2,40}+>)(?=.{0,40}(?:文库|范文|论文|实用文|公文|写作|文档|作文))[^,。;:>]{2,28}(?>\s?>{1,2}\s?[^,。;:>]{2,20}){1,5}|"
        r"[【\[(]?(?:导语|前言|引言|导读|简介)?[】\])]?:?\s?[^。]{0,12}(?:以下|下面|今天|本文)[^。]{0,12}小编(?!制).{0,100}|"
        r"点击(?:领取|获取|下载)[^,。;]{0,30}(?:礼包|资料包|模板|范文|课件|VIP)[^,。;]{0,12}",
        "【导语】下面是小编整理的报告范文",
        "what a site of model texts says of itself; several of such lines prove it",
        needs=">|小编|点击",
    ),
    rule(
        "doc.time",
        "docshare",
        r"(?:时间|上传时间|上传日期|发布时间|发布)\s*:\s*\d{4}-\d{2}-\d{2}.{0,30}|(?:上传人|上传者|上传会员|贡献者|"
        r"作者|店铺)\s*:.{0,80}",
        "上传时间:2023-04-14",
        "the upload's day says nothing about the report",
    ),
    rule(
        "doc.price",
        "docshare",
        r"(?:下载积分|积分|价格|金币|售价|下载(?:本|该|此)?(?:资源|文档|资料|文件)?(?:需要|需|所需)).{0,30}",
        "价格:10金币",
        "price",
    ),
    rule(
        "doc.notice",
        "docshare",
        r"(?:温馨提示|版权说明|版权提示|版权声明|文档声明)\s*:?.{0,120}|本(?:文档|资料|作品)(?:由|为|来自)(?:会员|用户|网友).{0,80}",
        "温馨提示:",
        "the site's notice",
    ),
    rule(
        "doc.notice-items",
        "docshare",
        r"\d{1,2}[.、,:)]\s*(?=.*(?:文档|下载|本站|预览|客服|迅雷|资源|版权)).{6,160}",
        "2. 本文档由用户上传,版权归属用户。",
        "items of that notice",
    ),
    rule(
        "doc.service",
        "docshare",
        r"网站客服\s*:\s*\d{5,12}|(?:客服|QQ|联系客服|微信客服|投诉电话)\D{0,8}\d[\d-]{4,}.{0,20}",
        "网站客服:1234567",
        "help line",
    ),
    rule(
        "doc.income",
        "docshare",
        r"此文档下载收益归作者所有|你可能关注的文档|你可能(?:感兴趣|喜欢).{0,10}|相关(?:资源|文档|搜索).{0,6}",
        "你可能关注的文档",
        "related files",
    ),
    rule(
        "doc.pages",
        "docshare",
        r"已阅读\d+页,?还剩\d+页未读.{0,20}|第\s*\d+\s*页\s*/?\s*共\s*\d+\s*页|亲,该文档总共\d+页.{0,40}|"
        r"仅展示\d+字,全文共\d+字|本文档共\s*\d+\s*页.{0,30}",
        "第 1 页 / 共 8 页",
        "pager",
    ),
    rule(
        "doc.labels",
        "docshare",
        r"(?:资源描述|内容简介|关\s*键\s*词|文档介绍|内容提示|文档星级|热度|标签|文档详情|文章详情|文档分类|"
        r"压缩包内文档预览|(?:文档)?文本预览(?:下载声明)?)\s*:?.{0,60}",
        "标签:报告 公开",
        "labels",
    ),
    rule(
        "doc.login",
        "docshare",
        r"快捷下载|游客一键下载|会员登录下载|三方登录下载.{0,20}|微信登录下载|加入VIP.{0,8}|支付方式.{0,20}|"
        r"验证码\s*:.{0,10}|账号\s*:?|密码\s*:?|忘记密码\??|邮箱/手机\s*:?|ImageVerifierCode.{0,20}|"
        r"用户名和密码都是您填写的.{0,40}|如填写123.{0,40}|免费券.{0,20}",
        "会员登录下载",
        "login box",
    ),
    rule(
        "doc.site",
        "docshare",
        r"欢迎来到.{2,12}!.{0,20}|.{2,20}(?=[文豆])(?:文库|文阁|豆网|豆丁)网?\s*[-—].{0,60}|首页.{2,12}>\s*资源分类\s*>.{0,60}|"
        r".{0,60}(?=[原道豆百人])(?:原创力文档|道客巴巴|豆丁网|百度文库|人人文库).{0,40}|.*(?=[V用续])(?:VIP专享文档|用券下载|"
        r"续费VIP).*",
        "欢迎来到某某文库!",
        "the site's name",
        needs="欢迎|文库|文阁|豆网|豆丁|资源分类|原创力|道客|vip|用券",
    ),
    rule(
        "doc.seam",
        "docshare",
        r"广告|推广|赞助商?链接|(?:广告|推广)?\s?(?:开通|加入|升级|续费)\s?VIP.{0,30}|.{0,24}(?:海量(?:范文|模板|素材)|一键生成).{0,16}|(?:点击|扫码)?(?:下载|阅读|查看|预览)(?:剩余)?(?:全文|原文|更多|全部).{0,10}|"
        r"(?:未完,?)?[上下]一页(?:继续阅读)?|.{2,80}_第\s*\d+\s*页|-?\s*\d{1,3}\s*/\s*\d{1,3}\s*-?|"
        r"(?:剩余|后面还有|还有)\s*\d+\s*页.{0,12}|(?:限时|开通|加入)?(?:会员(?!单位)|VIP).{0,12}(?:下载|优惠|特价|折|畅读).{0,10}",
        "某局政府信息公开工作年度报告_第 3 页",
        "what stands between two pages of a preview",
    ),
    rule(
        "doc.essay",
        "docshare",
        r"(?:小编(?!制)|编者按|范文).{0,80}|篇[一二三四五\d]{1,3}\s*:(?!.{0,60}(?:报告|年报)).{0,80}",
        "小编为大家整理了以下范文",
        "sites of model texts speak for themselves",
    ),
    rule(
        "doc.file-name",
        "docshare",
        r".{0,60}\.(?:docx?|pdf|pptx?|wps|txt)",
        "某局年度报告.docx",
        "the title again, with its extension; read before it is dropped",
    ),
    rule(
        "doc.keywords",
        "docshare",
        r"(?=.*[一-鿿])(?:[一-鿿A-Za-z0-9]{1,10}\s){4,}[一-鿿A-Za-z0-9]{1,10}",
        "2023 某局 信息 公开 报告",
        "the title cut into words; only here: a flattened table header looks the same",
    ),
)


class Table:
    """Rules in the order in which they are asked; patterns of them all answer first, and mostly say no."""

    def __init__(self, entries: Iterable[Rule]) -> None:
        self.entries = tuple(entries)
        self.any = _either(entry.pattern.pattern for entry in self.entries if not entry.needs)
        self.rare = _either(entry.pattern.pattern for entry in self.entries if entry.needs)
        self.needs = re.compile("|".join(entry.needs for entry in self.entries if entry.needs) or "$^")
        self.first = lru_cache(maxsize=4096)(self._first)  # menus and headings come again on every page

    def _first(self, form: str) -> Rule | None:
        """The first rule that knows a line (comparing form)."""
        if len(form) <= LONGEST and self.any.match(form) is None and not self._is_rare(form):
            return None
        return next((entry for entry in self.entries if entry.matches(form)), None)

    def _is_rare(self, form: str) -> bool:
        return self.needs.search(form.lower()) is not None and self.rare.match(form) is not None


def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "$^", re.I)


RULES: tuple[Rule, ...] = (*HEAD, SITE_LINE, *TAIL, *DOCSHARE)
BY_ID: dict[str, Rule] = {entry.id: entry for entry in RULES}
# What proves that a footer has begun, so that addresses and telephone numbers around it are not the report's.
FOOTER_PROOF = frozenset({"t.icp", "t.police", "t.site-code", "t.copyright", "t.hosts", "t.hosts-behind", "t.map"})
# Pieces inside a line: the rest of the line stays. `docshare` pieces act on document-sharing pages only.
PIECES: tuple[Rule, ...] = (
    Rule(
        "piece.gloss",
        "any",
        re.compile(tampering.GLOSS),
        "開(kāi)",
        "pinyin that mirror sites inject behind characters (domain.md 4)",
    ),
    Rule(
        "piece.pipes",
        "any",
        re.compile(r"(?:(?<!\s)\s*+\|)?\s?\|{24,}[|\s]*$"),
        "标题 | " + "|" * 30,
        "a storm of empty cells behind a line of text",
    ),
    Rule(
        "piece.page-number",
        "docshare",
        re.compile(r"(?<=[。！])\s+\d{1,3}$"),
        "做好公开工作。 8",
        "the page number a converter left behind the last sentence",
    ),
)
