"""汇文网: a document-sharing site, copies only: metadata and public previews. Its address is not confirmed."""

from crawler.verdict import Expect
from spiders.platforms.docshare import DocShare


class Huiwen(DocShare):
    name = "huiwen"
    site_name = "汇文网"
    home_url = "https://www.huiwenwang.com/"
    expect = Expect(reports=(1, None))
    checked_live = "never"
