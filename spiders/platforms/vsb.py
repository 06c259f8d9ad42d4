"""VSB (博达 Visual SiteBuilder)."""

from __future__ import annotations

from crawler.spider import PortalSpider


class Vsb(PortalSpider):
    """Recognise it: articles at `/info/1006/1221.htm`, lists at `zfxxgknb.htm` whose page 2 is a descending number in a
    folder of the same name (`zfxxgknb/10.htm`), `.v_news_content` around the text. Pages are followed by 下页, never
    computed: the base class does that. Nothing to supply.
    """

    platform = "vsb"
