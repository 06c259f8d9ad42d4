"""乌海市民族事务委员会: a prefecture's department with a host of its own; `/gg/2017-03-27/549.html` says a plain static site."""

from crawler.spider import PortalSpider
from crawler.verdict import Expect


class WuhaiMzw(PortalSpider):
    name = "wuhai_mzw"
    site_name = "乌海市民族事务委员会"
    home_url = "http://mw.wuhai.gov.cn/"
    organ = "乌海市民族事务委员会"
    level = "prefecture"
    division_code = "150300"
    expect = Expect(reports=(1, None))
    checked_live = "never"
