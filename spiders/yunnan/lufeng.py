"""禄丰市人民政府: county, VSB. Its townships publish here, 妥安乡 among them; until 2021 it was 禄丰县."""

from crawler.verdict import Expect
from spiders.platforms.vsb import Vsb


class Lufeng(Vsb):
    name = "lufeng"
    site_name = "禄丰市人民政府"
    home_url = "http://www.cxlf.gov.cn/"
    organ = "禄丰市人民政府"
    level = "county"
    division_code = "532302"
    expect = Expect(reports=(3, None), years=(2016, 2017, 2018))
    checked_live = "never"
