"""Invented places and the bodies in them: tables of syllables, departments and slugs."""

from __future__ import annotations

from .draw import draw

# The pairs are rare enough that no county or township of China is called so; the spelling gives the host name.
FIRST = {
    "云": "yun", "青": "qing", "石": "shi", "柳": "liu", "鹭": "lu", "霁": "ji", "岚": "lan", "苇": "wei",
    "樟": "zhang", "澜": "lan", "槐": "huai", "砚": "yan", "雁": "yan", "菱": "ling", "枫": "feng", "蓼": "liao",
    "杉": "shan", "沧": "cang", "荻": "di", "麓": "lu", "梧": "wu", "棣": "di", "锦": "jin", "禾": "he",
}  # fmt: skip
SECOND = {
    "棠": "tang", "垣": "yuan", "棱": "leng", "穗": "sui", "圩": "xu", "屿": "yu", "堰": "yan", "榭": "xie",
    "岫": "xiu", "栖": "qi", "桁": "heng", "湄": "mei", "漪": "yi", "陂": "bei", "塬": "yuan", "浔": "xun",
    "畈": "fan", "濯": "zhuo",
}  # fmt: skip

DEPARTMENTS = [  # (name after the place, path token, what it works on)
    ("教育局", "jyj", "义务教育招生、学校收费和教师招聘"),
    ("民政局", "mzj", "社会救助、养老服务和地名管理"),
    ("财政局", "czj", "财政预决算、政府采购和专项资金"),
    ("水利局", "slj", "河湖管理、供水保障和水利工程"),
    ("交通运输局", "jtj", "农村公路、客货运输和交通执法"),
    ("生态环境局", "sthjj", "环境质量、环评审批和污染治理"),
    ("卫生健康局", "wsjkj", "疾病预防、医疗机构和公共卫生服务"),
    ("自然资源局", "zrzyj", "土地征收、规划许可和不动产登记"),
    ("住房和城乡建设局", "zjj", "保障性住房、工程质量和物业管理"),
    ("市场监督管理局", "scjgj", "食品药品抽检、计量标准和消费维权"),
    ("农业农村局", "nyncj", "惠农补贴、动物防疫和农机安全"),
    ("人力资源和社会保障局", "rsj", "就业创业、社会保险和劳动仲裁"),
    ("应急管理局", "yjglj", "安全生产、防灾减灾和应急预案"),
    ("统计局", "tjj", "统计数据、统计调查和数据解读"),
    ("审计局", "sjj", "审计计划、审计结果和整改情况"),
    ("文化和旅游局", "wlj", "公共文化、文物保护和旅游市场"),
]

ANNUAL_NAMES = [  # column names of domain.md 2.4
    "政府信息公开年报", "政府信息公开年度报告", "信息公开年报", "公开年报", "年度报告", "年报", "信息公开年度报告",
    "政务公开年报", "政府信息公开工作年度报告",
]  # fmt: skip
ANNUAL_SLUGS = ["zfxxgknb", "gknb", "ndbg", "xxgknb", "zfxxgkndbg", "nb", "gzndbg", "zfxxgknb82"]
OPENNESS_NAMES = ["政府信息公开", "政务公开", "信息公开", "政府信息公开平台", "政府信息公开专栏"]
NEWS_NAMES = ["要闻动态", "政务要闻", "新闻中心", "今日关注"]


def place_names(count: int, seed: int) -> list[tuple[str, str]]:
    """`count` different (hanzi, ascii) place names, shuffled by the seed."""
    every = [(a + b, x + y) for a, x in FIRST.items() for b, y in SECOND.items()]
    draw(seed, "places").shuffle(every)
    chosen: list[tuple[str, str]] = []
    taken: set[str] = set()
    for hanzi, ascii_name in every:
        if ascii_name not in taken:
            taken.add(ascii_name)
            chosen.append((hanzi, ascii_name))
    base = list(chosen)
    while len(chosen) < count:  # past some hundreds of portals the names get a number
        hanzi, ascii_name = base[len(chosen) % len(base)]
        chosen.append((f"新{hanzi}", f"xin{ascii_name}{len(chosen)}"))
    return chosen[:count]


def towns(portal: str, seed: int) -> list[tuple[str, str, str]]:
    """Township bodies of one portal: (full name, short name, path token)."""
    rng = draw(seed, portal, "towns")
    pairs = [(a + b, x[0] + y[0]) for a, x in FIRST.items() for b, y in SECOND.items()]
    result = []
    for index, (hanzi, token) in enumerate(rng.sample(pairs, 10)):
        kind = rng.choice(["镇", "镇", "乡", "街道"])
        full = f"{hanzi}街道办事处" if kind == "街道" else f"{hanzi}{kind}人民政府"
        result.append((full, hanzi + kind, f"{token}{'jd' if kind == '街道' else 'xz'}{index}"))
    return result
