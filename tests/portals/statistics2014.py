"""The 政府信息公开情况统计表 of 2014: its rows as a table of data, and a consistent draw of its numbers."""

# Labels are the form's (国办发〔2014〕32号); the form's notes on how to count are left out.
# They keep their line; the linter counts a Chinese character as two.

from __future__ import annotations

import random
from typing import Final

# (label, unit, key, size for a body of scale 1); no key = a group header whose value cell shows a dash
ROWS: Final[list[tuple[str, str, str, float]]] = [
    ("一、主动公开情况", "—", "", 0),
    ("（一）主动公开政府信息数", "条", "proactive_total", 0),
    ("其中：主动公开规范性文件数", "条", "proactive_normative", 0),
    ("制发规范性文件总数", "件", "normative_made", 0.2),
    ("（二）通过不同渠道和方式公开政府信息的情况", "—", "", 0),
    ("1.政府公报公开政府信息数", "条", "via_gazette", 2),
    ("2.政府网站公开政府信息数", "条", "via_website", 30),
    ("3.政务微博公开政府信息数", "条", "via_weibo", 6),
    ("4.政务微信公开政府信息数", "条", "via_wechat", 8),
    ("5.其他方式公开政府信息数", "条", "via_other", 4),
    ("二、回应解读情况", "—", "", 0),
    ("（一）回应公众关注热点或重大舆情数", "次", "responses_hot_topics", 0.2),
    ("（二）通过不同渠道和方式回应解读的情况", "—", "", 0),
    ("1.参加或举办新闻发布会总次数", "次", "press_conferences", 0.1),
    ("其中：主要负责同志参加新闻发布会次数", "次", "press_conferences_by_head", 0),
    ("2.政府网站在线访谈次数", "次", "online_interviews", 0.1),
    ("其中：主要负责同志参加政府网站在线访谈次数", "次", "online_interviews_by_head", 0),
    ("3.政策解读稿件发布数", "篇", "policy_interpretations", 0.5),
    ("4.微博微信回应事件数", "次", "social_media_responses", 0.4),
    ("5.其他方式回应事件数", "次", "other_responses", 0.3),
    ("三、依申请公开情况", "—", "", 0),
    ("（一）收到申请数", "件", "requests_received", 0),
    ("1.当面申请数", "件", "requests_in_person", 0),
    ("2.传真申请数", "件", "requests_fax", 0),
    ("3.网络申请数", "件", "requests_online", 0),
    ("4.信函申请数", "件", "requests_letter", 0),
    ("（二）申请办结数", "件", "requests_closed", 0),
    ("1.按时办结数", "件", "closed_on_time", 0),
    ("2.延期办结数", "件", "closed_extended", 0),
    ("（三）申请答复数", "件", "replies_total", 0),
    ("1.属于已主动公开范围数", "件", "reply_already_public", 0),
    ("2.同意公开答复数", "件", "reply_granted", 0),
    ("3.同意部分公开答复数", "件", "reply_partial", 0),
    ("4.不同意公开答复数", "件", "reply_refused", 0),
    ("其中：涉及国家秘密", "件", "refused_state_secret", 0),
    ("涉及商业秘密", "件", "refused_trade_secret", 0),
    ("涉及个人隐私", "件", "refused_privacy", 0),
    ("危及国家安全、公共安全、经济安全和社会稳定", "件", "refused_security_stability", 0),
    ("不是《条例》所指应公开的政府信息", "件", "refused_not_gov_info", 0),
    ("法律法规规定的其他情形", "件", "refused_other_law", 0),
    ("5.不属于本行政机关公开数", "件", "reply_not_this_body", 0),
    ("6.申请信息不存在数", "件", "reply_not_exist", 0),
    ("7.告知作出更改补充数", "件", "reply_asked_to_amend", 0),
    ("8.告知通过其他途径办理数", "件", "reply_other_channel", 0),
    ("四、行政复议数量", "件", "review_total", 0),
    ("（一）维持具体行政行为数", "件", "review_upheld", 0.05),
    ("（二）被依法纠错数", "件", "review_corrected", 0.01),
    ("（三）其他情形数", "件", "review_other", 0.02),
    ("五、行政诉讼数量", "件", "suit_total", 0),
    ("（一）维持具体行政行为或者驳回原告诉讼请求数", "件", "suit_upheld_or_dismissed", 0.03),
    ("（二）被依法纠错数", "件", "suit_corrected", 0.01),
    ("（三）其他情形数", "件", "suit_other", 0.01),
    ("六、举报投诉数量", "件", "complaints", 0.03),
    ("七、依申请公开信息收取的费用", "万元", "request_fees_wan_yuan", 0),
    ("八、机构建设和保障经费情况", "—", "", 0),
    ("（一）政府信息公开工作专门机构数", "个", "offices", 0.1),
    ("（二）设置政府信息公开查阅点数", "个", "reading_points", 0.2),
    ("（三）从事政府信息公开工作人员数", "人", "staff_total", 0),
    ("1.专职人员数", "人", "staff_full_time", 0.2),
    ("2.兼职人员数", "人", "staff_part_time", 0.8),
    ("（四）政府信息公开专项经费", "万元", "budget_wan_yuan", 0.3),
    ("九、政府信息公开会议和培训情况", "—", "", 0),
    ("（一）召开政府信息公开工作会议或专题会议数", "次", "meetings", 0.2),
    ("（二）举办各类培训班数", "次", "trainings", 0.2),
    ("（三）接受培训人员数", "人次", "trainees", 4),
]  # fmt: skip

REASONS: Final = [key for _, _, key, _ in ROWS if key.startswith("refused_")]
REPLIES: Final = [key for _, _, key, _ in ROWS if key.startswith("reply_")]
SUMS: Final = [  # total = sum of parts, the hard rule ST.1 of domain.md 1.7
    ("requests_received", ["requests_in_person", "requests_fax", "requests_online", "requests_letter"]),
    ("requests_closed", ["closed_on_time", "closed_extended"]),
    ("replies_total", REPLIES),
    ("reply_refused", REASONS),
    ("review_total", ["review_upheld", "review_corrected", "review_other"]),
    ("suit_total", ["suit_upheld_or_dismissed", "suit_corrected", "suit_other"]),
    ("staff_total", ["staff_full_time", "staff_part_time"]),
]


def draw_stat(rng: random.Random, scale: int) -> dict[str, int]:
    """key -> number for one body and year."""
    values = {key: int(rng.expovariate(1.0) * size * scale) for _, _, key, size in ROWS if key}
    values["proactive_total"] = max(values["via_website"], values["via_gazette"]) + rng.randint(0, 40)
    values["proactive_normative"] = rng.randint(0, values["normative_made"])
    values["press_conferences_by_head"] = rng.randint(0, values["press_conferences"])
    values["online_interviews_by_head"] = rng.randint(0, values["online_interviews"])
    requests = int(rng.expovariate(1.0) * scale * 0.8)
    for key in rng.choices(SUMS[0][1], [3, 1, 8, 4], k=requests):
        values[key] += 1
    for key in rng.choices(["closed_on_time", "closed_extended"], [20, 1], k=requests):
        values[key] += 1
    for key in rng.choices(REPLIES, [8, 10, 2, 2, 4, 4, 1, 1], k=requests):
        values[key] += 1
    for key in rng.choices(REASONS, k=values["reply_refused"]):
        values[key] += 1
    values["offices"] += 1
    values["staff_part_time"] += 1
    for total, parts in SUMS:
        if total != "reply_refused":
            values[total] = sum(values[part] for part in parts)
    return values
