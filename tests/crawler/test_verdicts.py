"""What kind of page came, what changed on a portal since the last good run, and the verdict that follows."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from crawler import baseline
from crawler.changes import COMPARATORS, changes
from crawler.pagekind import Answer, fault, judge
from crawler.pagemarks import BAD_MARKS, GOOD, GOOD_MARKS, Kind, Mark
from crawler.signature import Home, Signature, stable
from crawler.verdict import Case, Expect, Tally, Word
from crawler.verdict import judge as verdict_of
from tests.conftest import Field
from tests.drift import EXPECTED, Outcome, crawl, harm, rows
from tests.parsing.shared import SHARED, WHY
from tests.portals.farm import Farm, Fault
from tests.portals.wild import serve_wild

# What kind of page


@pytest.mark.parametrize(
    "mark", [*BAD_MARKS, *GOOD_MARKS], ids=lambda mark: f"{mark.kind.name}-{mark.name}-{mark.where}"
)
def test_a_mark_is_found_in_its_example(mark: Mark) -> None:
    assert mark.compiled.search(mark.example)


CHROME = "<div>" + "".join(f"<a href='/c{n}/'>栏目{n}</a>" for n in range(30)) + "</div><p>网站标识码：9601230001</p>"
HOME = "http://www.sample.gov.cn/"


def page(text: str, title: str = "云棠市人民政府") -> bytes:
    return f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{text}</body></html>".encode()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(521, b"Set-Cookie: __jsluid_h=1", b"<script>document.cookie=('_')</script>"), Kind.challenge),
        (Answer(202, b"Set-Cookie: FSSBBIl1UgzbN7N80S=1", b"<html><script src='/a.js'></script></html>"), Kind.challenge),
        (Answer(412, b"", b""), Kind.challenge),
        (Answer(468, b"", b"<html><script>location='/WZWSREL2lu'</script></html>"), Kind.challenge),
        (Answer(200, b"", b"<script>eval(atob('YQ=='))</script>", expected="file"), Kind.challenge),
        (Answer(200, b"", b"<script>var arg1='0123456789ABCDEF01234567';</script>"), Kind.challenge),
        (Answer(403, b"", page("<h1>网站防火墙</h1>您的请求带有不合法参数，已被网站管理员设置拦截")), Kind.challenge),
        (Answer(200, b"", page("请拖动滑块完成验证", "安全验证")), Kind.challenge),
        (Answer(200, b"", page("<form>用户名 <input> 密码 <input type=password></form>", "用户登录")), Kind.login),
        (Answer(200, b"", page("<p>您尚未登录，请先登录</p><input type='password'>" + CHROME)), Kind.login),
        (Answer(200, b"", page("sample.cn 该域名正在出售，有意者请联系")), Kind.parked),
        (Answer(200, b"", page("This domain may be for sale.", "sample.cn")), Kind.parked),
        (Answer(200, b"", page("一、总体情况 二、主动公开 三、依申请公开" * 40, "新葡京_百家乐在线开户")), Kind.parked),
        (Answer(200, b"", page("百家乐 时时彩 老虎机 首存 送彩金 " * 9)), Kind.parked),
        (Answer(200, b"", page("本网站已迁移，新网址：<a href='http://new.gov.cn'>new.gov.cn</a>")), Kind.moved),
        (Answer(200, b"", page("<script>location.href='http://www.other.cn/'</script>网站迁移中"), HOME), Kind.moved),
        (Answer(503, b"", page("系统升级维护中，请稍后访问", "系统维护")), Kind.maintenance),
        (Answer(200, b"", page("您访问的页面不存在或已被删除 <a href='/'>返回首页</a>")), Kind.soft_404),
        (Answer(200, b"", page("<h2>找不到该页面</h2>" + CHROME)), Kind.soft_404),
        (Answer(200, b"", page(CHROME), HOME, HOME + "zwgk/nb/", HOME), Kind.soft_404),
        (
            Answer(200, b"", b'<html><meta http-equiv="refresh" content="0;url=../"></html>', HOME + "nb/", "", HOME),
            Kind.soft_404,
        ),
        (Answer(200, b"", b"<html><head></head><body> </body></html>", HOME + "nb/index_9.html", "", HOME), Kind.soft_404),
        (Answer(200, b"", page(CHROME)), Kind.page),
        (Answer(200, b"Set-Cookie: __jsluid_s=1", page(CHROME)), Kind.page),
        (Answer(200, b"", page(CHROME + "<form>邮箱登录 <input> <input type=password></form>")), Kind.page),
        (Answer(200, b"", page(CHROME + "<p>关于网站系统升级维护的公告</p>" + "<p>现就有关事项公告如下。</p>" * 160)), Kind.page),
        (Answer(200, b"", b'{"articles": [], "total": 0}'), Kind.page),
        (Answer(200, b"", b"<datastore><recordset></recordset></datastore>"), Kind.page),
        (Answer(200, b"", b"%PDF-1.5 <script>document.cookie</script>", expected="file"), Kind.page),
    ],
)  # fmt: skip
def test_an_answer_is_what_it_is(answer: Answer, kind: Kind) -> None:
    judged = judge(answer)
    assert judged.kind is kind, judged
    assert (fault(answer) is None) == (kind in GOOD)


REAL = sorted([*SHARED.glob("real/html/*.html"), *SHARED.glob("cases/*/input.txt"), *SHARED.glob("real/text/*.txt")])
REPORTS = ("huiwen_copy", "xunyang", "tuoan", "linfen", "wuhai", "pingtan_2023", "shanghai_2019")


@pytest.mark.skipif(not REAL, reason=WHY)
def test_no_real_page_is_faulted_and_real_reports_are_reports() -> None:
    for path in REAL:
        content = path.read_bytes()
        body = content if path.suffix == ".html" else b"<html><body>" + content + b"</body></html>"
        answer = Answer(200, b"", body, HOME + "nb/1.html", "", HOME)
        judged = judge(answer)
        assert judged.kind in GOOD, (path, judged)
        assert fault(answer) is None, path
        if any(name in str(path) for name in REPORTS):
            assert judged.kind is Kind.report, (path, judged)
    assert judge(Answer(200, b"", (SHARED / "real/html/pingtan_report_list.html").read_bytes())).kind is Kind.list


def test_no_page_of_the_farm_is_faulted() -> None:
    farm = Farm(7, 21)
    kinds: dict[Kind, int] = {}
    for portal in farm.portals:
        for key in sorted(farm.site(portal).routes)[::4]:
            host, _, path = key.partition("/")
            reply = farm.reply("GET", host, f"/{path}", {}, b"")
            answer = Answer(reply.status, b"", reply.body, f"http://{key}", f"http://{key}", portal.home_url)
            assert fault(answer) is None, (key, fault(answer))
            kind = judge(answer).kind
            kinds[kind] = kinds.get(kind, 0) + 1
    assert kinds[Kind.report] > 20


# What changed

LISTS = {f"{HOME}nb/{year}/": 4 for year in range(2010, 2022)}
SHEET = Signature(
    home=Home(HOME, "云棠市人民政府", "云棠市人民政府", "9601230001", tuple("abcdefgh")),
    columns={HOME + "nb/": "政府信息公开年报"},
    lists={HOME + "nb/": 0, **LISTS},
    rows={"a < li < ul.list < div.right": 48},
    further=4,
    reports=48,
    listed=48,
    dated=48,
    charsets={"utf-8": 13},
    platforms={"trs": 9},
    hosts={"https://www.sample.gov.cn": {"protocol": "tls/1.2", "cipher": "A", "cert_ok": 1}},
    bodies=("云棠市人民政府", "云棠市教育局", "云棠市民政局"),
    years=tuple(range(2010, 2022)),
)
TLS = SHEET.hosts["https://www.sample.gov.cn"]


def speaks(**facts: object) -> Signature:
    return replace(SHEET, hosts={"https://www.sample.gov.cn": {**TLS, **facts}})


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (replace(SHEET, rows={"a < div.card < div.box": 48}), "redesign"),
        (replace(SHEET, home=replace(SHEET.home, shape=tuple("stuvwxyz"))), "redesign"),
        (
            replace(SHEET, columns={HOME + "new/": "政府信息公开年报"}, lists={HOME + "new/": 0, **LISTS}),
            "column_moved",
        ),
        (replace(SHEET, lists={url.replace("nb", "xx"): count for url, count in SHEET.lists.items()}), "column_moved"),
        (replace(SHEET, reports=24, lists=dict.fromkeys(LISTS, 2), further=0), "reports"),
        (replace(SHEET, lists=dict.fromkeys(SHEET.lists, 0)), "emptied"),
        (replace(SHEET, reports=40, repeats=4), "pagination"),
        (replace(SHEET, reports=40, further=0, failed=4), "pagination"),
        (replace(SHEET, reports=30, further=0, years=SHEET.years[4:]), "pagination"),
        (replace(SHEET, reports=30, further=0), "reports"),  # of all years some: withdrawn
        (replace(SHEET, dated=2), "dates"),
        (replace(SHEET, charsets={"gb18030": 13}), "charset"),
        (speaks(protocol="tls/1.0"), "tls"),
        (speaks(cert_ok=0, cert_error="expired"), "certificate"),
        (replace(SHEET, home=replace(SHEET.home, url=HOME.replace("http:", "https:"))), "scheme"),
        (
            replace(
                SHEET,
                home=replace(SHEET.home, url=HOME.replace("http:", "https:")),
                lists={url.replace("http:", "https:"): count for url, count in SHEET.lists.items()},
                columns={url.replace("http:", "https:"): name for url, name in SHEET.columns.items()},
            ),
            "scheme",
        ),
        (replace(SHEET, platforms={"hanweb": 9}), "platform"),
        (replace(SHEET, home=replace(SHEET.home, code="9601230002")), "identity"),
        (replace(SHEET, home=replace(SHEET.home, code="", site="", title="Welcome")), "identity"),
        (replace(SHEET, bodies=("云棠市人民政府", "柳湾镇人民政府")), "bodies"),
    ],
)
def test_a_change_is_named_with_old_and_new_and_what_to_do(new: Signature, kind: str) -> None:
    found = changes(SHEET, new, "yuntang")
    assert found[0].kind == kind, found
    assert found[0].old != found[0].new
    assert found[0].old in found[0].sentence or found[0].new in found[0].sentence
    assert "nianbao" in found[0].advice
    assert "{" not in found[0].advice
    verdict = verdict_of(Case("yuntang", Tally(home_ok=True, lists=9, reports=new.reports), Expect(), 48, found))
    assert (verdict.word, verdict.advice) == (Word.degraded, found[0].advice)


def test_every_comparison_has_its_case() -> None:
    cases = test_a_change_is_named_with_old_and_new_and_what_to_do.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {kind for _, kind in cases} == {kind for kind, *_ in COMPARATORS}


@pytest.mark.parametrize(
    "new",
    [
        SHEET,
        replace(
            SHEET, reports=60, listed=60, dated=60, further=6, lists={**LISTS, HOME + "nb/": 0, HOME + "nb/2022/": 9}
        ),
        replace(
            SHEET, reports=47, listed=47, dated=46, further=3
        ),  # a report withdrawn, and with it the last page of a list
        replace(SHEET, rows={"a < li < ul.list < div.right": 47, "a < p < div.side": 1}),
        replace(SHEET, home=replace(SHEET.home, shape=(*"abcdef", "x", "y"), title="云棠市人民政府 新年好")),
        replace(SHEET, charsets={"utf-8": 12, "gb18030": 3}, platforms={"trs": 4, "hanweb": 1}),
        speaks(cipher="B"),
        replace(
            SHEET, lists={HOME + "nb/": 0}, reports=4, bodies=("云棠市人民政府",), lost=1
        ),  # the way to the rest failed
        replace(SHEET, hosts={}, bodies=(), charsets={}, platforms={}, rows={}, home=Home(HOME)),  # nobody knows
    ],
)
def test_an_ordinary_day_is_no_change(new: Signature) -> None:
    assert changes(SHEET, new) == ()


def test_a_signature_is_kept_as_json_and_one_of_other_facts_is_none() -> None:
    assert Signature.from_json(SHEET.as_json()) == SHEET
    for other in ({"version": 0}, json.loads(SHEET.as_json()) | {"version": 0}, {"version": 1, "home": {}}):
        assert Signature.from_json(json.dumps(other)) is None
    assert Signature.from_json(None) is None
    assert changes(None, SHEET) == ()


def test_sessions_and_moments_are_no_part_of_an_address() -> None:
    assert stable("http://h/nb/list.jsp;jsessionid=0A1B?cid=5&t=1677#top") == "http://h/nb/list.jsp?cid=5"
    assert stable("http://h/nb/?_=0.12&page=2") == "http://h/nb/?page=2"


# On the next run

DAYS = (  # what becomes of the farm's portals, on two days
    {"trs": "moved_column", "hanweb": "redesign", "vsb": "parked", "ucap": "login", "tables": "charset_flip"}
    | {"gkmlpt": "half_withdrawn", "docshare": "moved_site"},
    {
        "trs": "dates_vanish",
        "hanweb": "soft_404",
        "vsb": "empty_list",
        "ucap": "challenge",
        "tables": "broken_pagination",
    }
    | {"gkmlpt": "maintenance"},
)


@pytest.mark.parametrize("day", DAYS)
def test_a_portal_that_changed_gets_the_right_word_on_the_next_run(
    crawled: Field, tmp_path: Path, day: dict[str, str]
) -> None:
    crawled.farm.noisy |= {portal.name for portal in crawled.farm.portals}
    names = {crawled.name(platform): how for platform, how in day.items()}
    for name, how in names.items():
        crawled.farm.break_portal(name, how)  # type: ignore[arg-type]
    before = tmp_path / "before"
    before.mkdir()
    (before / "catalogue.db").write_bytes((crawled.data / "catalogue.db").read_bytes())
    outcomes = crawled.crawl("--all")
    said = {name: (outcomes[name]["verdict"], outcomes[name]["reason"], outcomes[name]["advice"]) for name in names}
    for name, how in names.items():
        word, reason, advice = EXPECTED[how]  # type: ignore[index]
        assert said[name][0] == word, (how, said[name])
        for pattern, text in ((reason, said[name][1]), (advice, said[name][2])):
            assert pattern in text, (how, said[name])
    assert {row["verdict"] for name, row in outcomes.items() if name not in {*names, "exit"}} <= {"ok"}
    assert not harm(before, crawled.data), "what was kept is still served, and nothing is called gone"


TLS_FAULTS: tuple[Fault, ...] = ("tls_1_0", "expired", "https_gone", "no_common_tls")  # python -m tests.drift has all


def test_a_portal_whose_tls_changed_gets_the_right_word(tmp_path: Path) -> None:
    farm = Farm(len(TLS_FAULTS), 5, platforms=["yearbook"], secure=True)
    faults = dict(zip((portal.name for portal in farm.portals), TLS_FAULTS, strict=True))
    good, data = tmp_path / "good", tmp_path / "data"
    with serve_wild(farm) as server:
        before = crawl(server, farm, good)
        shutil.copytree(good, data)
        for name, how in faults.items():
            farm.break_portal(name, how)
        after = crawl(server, farm, data)
    harmed = harm(good, data)
    for name, how in faults.items():
        said = (after[name][what] for what in ("verdict", "reason", "advice"))
        outcome = Outcome(how, "yearbook", name, before[name]["verdict"], *said, harmed[name])
        assert outcome.right, outcome


def test_status_says_since_when_what_changed_and_an_accepted_state_is_the_new_one(crawled: Field) -> None:
    name = crawled.name("trs")
    crawled.farm.break_portal(name, "moved_column")
    assert [crawled.crawl(name)[name]["verdict"] for _ in range(2)] == ["degraded", "degraded"]
    assert crawled.run("status", "--check").returncode == 1
    assert crawled.run("status", crawled.name("vsb"), "--check").returncode == 0
    shown = json.loads(crawled.run("status", name, "--json").stdout)
    (row,) = shown["portals"]
    runs = crawled.rows("SELECT started_at, verdict FROM run WHERE portal = ? ORDER BY id", name)
    assert (row["streak"]["runs"], row["streak"]["since"]) == (2, runs[1]["started_at"])
    assert row["streak"]["good"]["started_at"] == runs[0]["started_at"]
    assert [change["kind"] for change in shown["drift"]] == ["column_moved"]
    assert len(shown["samples"]) == 3
    assert f"nianbao check {name} --accept" in row["advice"]
    told = crawled.run("status").stdout.splitlines()
    assert any("1 degraded · 6 ok" in line for line in told)
    rule = next(at for at, line in enumerate(told) if line.startswith("─"))
    assert told[rule + 1].startswith(name), "the worst first"
    assert baseline.accept_in(crawled.data, name)["accepted_at"]
    assert crawled.run("status", "--check").returncode == 0
    assert crawled.crawl(name)[name]["verdict"] == "ok"
    rebuilt = crawled.run("rebuild", "--compare")
    assert " 0 differ" in rebuilt.stdout, rebuilt.stdout


def test_only_a_run_that_found_reports_can_be_accepted(crawled: Field) -> None:
    name = crawled.name("vsb")
    crawled.farm.break_portal(name, "unreachable")
    crawled.crawl(name)
    with pytest.raises(baseline.NothingToAcceptError, match="broken"):
        baseline.accept_in(crawled.data, name)
    assert rows(crawled.data, "SELECT id FROM run WHERE accepted_at IS NOT NULL") == []
