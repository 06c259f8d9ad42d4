"""The statutory tables: labels, keys (domain.md 1.3-1.5) and numbers that satisfy the identities of 1.7."""

# Labels keep their line; the linter counts a Chinese character as two.

from __future__ import annotations

import random
from typing import Final

Value = int | float | None
Table = dict[str, dict[str, Value]]

T3_COLUMNS: Final = [
    ("自然人", "natural_person"), ("商业企业", "legal_commercial"), ("科研机构", "legal_research"),
    ("社会公益组织", "legal_public_interest"), ("法律服务机构", "legal_law_service"), ("其他", "legal_other"),
    ("总计", "total"),
]  # fmt: skip

# (group label, row label, key, weight of the row among all answers); a group repeats on each of its rows
T3_RESULTS: Final = [
    ("", "（一）予以公开", "granted", 44),
    ("", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "partially_granted", 7),
    ("（三）不予公开", "1.属于国家秘密", "denied_state_secret", 1),
    ("（三）不予公开", "2.其他法律行政法规禁止公开", "denied_prohibited_by_law", 1),
    ("（三）不予公开", "3.危及“三安全一稳定”", "denied_three_securities_one_stability", 0.4),
    ("（三）不予公开", "4.保护第三方合法权益", "denied_third_party_rights", 2),
    ("（三）不予公开", "5.属于三类内部事务信息", "denied_internal_affairs", 1),
    ("（三）不予公开", "6.属于四类过程性信息", "denied_process_information", 1),
    ("（三）不予公开", "7.属于行政执法案卷", "denied_enforcement_files", 1),
    ("（三）不予公开", "8.属于行政查询事项", "denied_administrative_inquiry", 1),
    ("（四）无法提供", "1.本机关不掌握相关政府信息", "unable_not_held", 24),
    ("（四）无法提供", "2.没有现成信息需要另行制作", "unable_needs_creation", 3),
    ("（四）无法提供", "3.补正后申请内容仍不明确", "unable_unclear_after_correction", 2),
    ("（五）不予处理", "1.信访举报投诉类申请", "rejected_petition_complaint", 3),
    ("（五）不予处理", "2.重复申请", "rejected_duplicate", 2),
    ("（五）不予处理", "3.要求提供公开出版物", "rejected_public_publication", 0.4),
    ("（五）不予处理", "4.无正当理由大量反复申请", "rejected_excessive_repeated", 0.4),
    ("（五）不予处理", "5.要求行政机关确认或重新出具已获取信息", "rejected_confirm_or_reissue", 0.4),
]  # fmt: skip
T3_OTHER_2019: Final = [("", "（六）其他处理", "other_handling", 4)]
T3_OTHER_2021: Final = [
    ("（六）其他处理", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "other_no_correction_in_time", 2),
    ("（六）其他处理", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "other_fee_unpaid", 0.3),
    ("（六）其他处理", "3.其他", "other_misc", 2),
]  # fmt: skip

T4_BLOCKS: Final = ["review", "suit_direct", "suit_after_review"]
T4_COLUMNS: Final = [
    ("结果维持", "upheld"), ("结果纠正", "corrected"), ("其他结果", "other_result"), ("尚未审结", "pending"),
    ("总计", "total"),
]  # fmt: skip

# item of Art. 20 -> (column labels and keys, rows)
T2_2019: Final = [
    ("一", [("本年新制作数量", "newly_made"), ("本年新公开数量", "newly_disclosed"), ("对外公开总数量", "total_disclosed")],
     [("规章", "rules"), ("规范性文件", "normative_documents")]),
    ("五", [("上一年项目数量", "prior_year_items"), ("本年增/减", "net_change"), ("处理决定数量", "decisions")],
     [("行政许可", "administrative_licensing"), ("其他对外管理服务事项", "other_external_services")]),
    ("六", [("上一年项目数量", "prior_year_items"), ("本年增/减", "net_change"), ("处理决定数量", "decisions")],
     [("行政处罚", "administrative_penalties"), ("行政强制", "administrative_coercion")]),
    ("八", [("上一年项目数量", "prior_year_items"), ("本年增/减", "net_change")],
     [("行政事业性收费", "administrative_fees")]),
    ("九", [("采购项目数量", "procurement_items"), ("采购总金额", "procurement_amount_yuan")],
     [("政府集中采购", "centralized_procurement")]),
]  # fmt: skip
T2_2021: Final = [
    ("一", [("本年制发件数", "issued"), ("本年废止件数", "repealed"), ("现行有效件数", "in_force")],
     [("规章", "rules"), ("行政规范性文件", "normative_documents")]),
    ("五", [("本年处理决定数量", "decisions")], [("行政许可", "administrative_licensing")]),
    ("六", [("本年处理决定数量", "decisions")],
     [("行政处罚", "administrative_penalties"), ("行政强制", "administrative_coercion")]),
    ("八", [("本年收费金额（单位：万元）", "fee_amount_wan_yuan")], [("行政事业性收费", "administrative_fees")]),
]  # fmt: skip


def results_of(year: int) -> list[tuple[str, str, str, float]]:
    """The result rows of table 3 in force for a report year."""
    return T3_RESULTS + (T3_OTHER_2021 if year >= 2021 else T3_OTHER_2019)


def draw_t3(rng: random.Random, year: int, scale: int, carried: dict[str, int]) -> Table:
    """Table 3 of one year; `carried` is last year's 结转下年 by column and is updated to this year's."""
    rows = results_of(year)
    keys = [row[2] for row in rows]
    weights = [row[3] for row in rows]
    table: Table = {key: {} for key in ["new_received", "carried_in", *keys, "results_total", "carried_out"]}
    for _, column in T3_COLUMNS[:-1]:
        share = {"natural_person": 1.0, "legal_commercial": 0.15}.get(column, 0.02)
        new = int(rng.expovariate(1.0) * scale * share)
        waiting = new + carried.get(column, 0)
        left = min(waiting, int(waiting * rng.uniform(0, 0.12)))
        table["new_received"][column] = new
        table["carried_in"][column] = carried.get(column, 0)
        for key in keys:
            table[key][column] = 0
        for key in rng.choices(keys, weights, k=waiting - left):
            table[key][column] += 1  # type: ignore[operator]
        table["results_total"][column] = waiting - left
        table["carried_out"][column] = carried[column] = left
    for row in table.values():
        row["total"] = sum(int(value or 0) for value in row.values())
    return table


def draw_t4(rng: random.Random, year: int, scale: int) -> Table:
    """Table 4; from 2024 review comes before suit, so direct suits become rare."""
    table: Table = {}
    for block in T4_BLOCKS:
        size = scale / 25 if block == "review" else scale / 50
        if block == "suit_direct" and year >= 2024:
            size /= 4
        values = {key: int(rng.expovariate(1.0) * size) for _, key in T4_COLUMNS[:-1]}
        table[block] = {**values, "total": sum(values.values())}
    return table


def draw_t2(rng: random.Random, year: int, scale: int, stock: dict[str, int], may_make_rules: bool) -> Table:
    """Table 2 of the year's format; `stock` holds what runs on from year to year (items, documents in force)."""
    rules = rng.randint(0, 2) if may_make_rules else 0
    made = int(rng.expovariate(1.0) * (2 + scale / 20))
    if year <= 2020:
        for key in ("licensing", "external", "penalties", "coercion", "fees"):
            stock.setdefault(key, rng.randint(0, 20 + 4 * scale))
        change = {
            key: rng.randint(-min(9, stock[key]), 12)
            for key in ("licensing", "external", "penalties", "coercion", "fees")
        }
        before = dict(stock)
        for key, step in change.items():
            stock[key] += step
        stock["in_force"] = stock.get("in_force", rng.randint(0, 10 + scale)) + made
        stock["rules"] = stock.get("rules", rng.randint(3, 30) if may_make_rules else 0) + rules

        def items(key: str, size: int) -> dict[str, Value]:
            return {"prior_year_items": before[key], "net_change": change[key],
                    "decisions": int(rng.expovariate(1.0) * size)}  # fmt: skip

        fees = items("fees", 0)
        del fees["decisions"]
        bought = int(rng.expovariate(1.0) * scale / 4)
        return {
            "rules": {"newly_made": rules, "newly_disclosed": rules, "total_disclosed": stock["rules"]},
            "normative_documents": {"newly_made": made, "newly_disclosed": made, "total_disclosed": stock["in_force"]},
            "administrative_licensing": items("licensing", 90 * scale),
            "other_external_services": items("external", 200 * scale),
            "administrative_penalties": items("penalties", 30 * scale),
            "administrative_coercion": items("coercion", 3 * scale),
            "administrative_fees": fees,
            "centralized_procurement": {
                "procurement_items": bought,
                "procurement_amount_yuan": bought * rng.randint(20_000, 900_000),
            },
        }
    stock["in_force"] = stock.get("in_force", rng.randint(2, 10 + scale))
    gone = rng.randint(0, min(6, stock["in_force"]))
    stock["in_force"] += made - gone
    stock["rules"] = stock.get("rules", rng.randint(3, 30) if may_make_rules else 0) + rules
    return {
        "rules": {"issued": rules, "repealed": 0, "in_force": stock["rules"]},
        "normative_documents": {"issued": made, "repealed": gone, "in_force": stock["in_force"]},
        "administrative_licensing": {"decisions": int(rng.expovariate(1.0) * 90 * scale)},
        "administrative_penalties": {"decisions": int(rng.expovariate(1.0) * 30 * scale)},
        "administrative_coercion": {"decisions": int(rng.expovariate(1.0) * 3 * scale)},
        "administrative_fees": {"fee_amount_wan_yuan": round(rng.expovariate(1.0) * 6 * scale, 2)},
    }
