"""临汾市人民政府: prefecture, TRS."""

from crawler.verdict import Expect
from spiders.platforms.trs import Trs


class Linfen(Trs):
    name = "linfen"
    site_name = "临汾市人民政府"
    home_url = "http://www.linfen.gov.cn/"
    organ = "临汾市人民政府"
    level = "prefecture"
    division_code = "141000"
    site_id_code = "1410000039"
    expect = Expect(reports=(1, None), years=(2023,))
    checked_live = "never"
