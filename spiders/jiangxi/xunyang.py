"""九江市浔阳区人民政府: county, TRS (the search pages of 九江 are; the district's own are not confirmed)."""

from crawler.verdict import Expect
from spiders.platforms.trs import Trs


class Xunyang(Trs):
    name = "xunyang"
    site_name = "浔阳区人民政府"
    home_url = "http://www.xunyang.gov.cn/"
    organ = "浔阳区人民政府"
    level = "county"
    division_code = "360403"
    expect = Expect(reports=(1, None), years=(2019,))
    checked_live = "never"
