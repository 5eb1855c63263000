"""The rulebook and the reasons a new house begins with; both are rows, to be changed by people.

Sources: behaviours.md part 6 (30 days, next working day, EU minimum), features.md RET-05 (across
borders a person looks), RET-12 (cheap goods stay), A-25 (the three reasons of level 1). 90 days for
a fault of ours is the time in which carriers take claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

EU: Final = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
FAULTY: Final = 'fault in ["seller", "carrier", "supplier"]'

#: States of a rule version, and where each may go.
RULE_MOVES: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"active"}),
    "active": frozenset({"paused", "ended"}),
    "paused": frozenset({"active", "ended"}),
    "ended": frozenset({"active"}),
}


@dataclass(frozen=True, slots=True)
class RuleSeed:
    """One rule of the first rulebook."""

    code: str
    priority: int
    name: str
    name_zh: str
    condition: str
    effects: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReasonSeed:
    """One reason of the first list; details stand under their group."""

    code: str
    name: str
    name_zh: str
    fault: str = "customer"
    asks_photo: bool = False
    details: tuple[ReasonSeed, ...] = field(default=())


RULES: Final[tuple[RuleSeed, ...]] = (
    RuleSeed(
        "EU-LAW",
        10,
        "EU: at least 14 days",
        "欧盟 · 至少 14 天",
        "country in [" + ", ".join(f'"{code}"' for code in EU) + "]",
        {"min_window_days": 14},
    ),
    RuleSeed(
        "OUR-FAULT",
        20,
        "Damaged or wrong: our cost",
        "破损或错发 · 由我们承担",
        FAULTY,
        {
            "window_days": 90,
            "final_sale": False,
            "with_outcomes": ["replacement", "repair"],
            "return_shipping_amount": "0",
            "restocking_percent": "0",
            "label_payer": "seller",
            "refund_shipping": True,
        },
    ),
    RuleSeed(
        "RISK",
        30,
        "Many returns: a person decides",
        "退货频繁 · 人工审核",
        "risk_score >= 70",
        {"review": True},
    ),
    RuleSeed(
        "KEEP-CHEAP",
        40,
        "Cheap and faulty: keep it",
        "低价问题商品 · 无需寄回",
        f"unit_value < 10 and {FAULTY}",
        {"keep": "keep"},
    ),
    RuleSeed(
        "CUSTOMS",
        50,
        "Over a customs border: a person decides",
        "跨关境退货 · 人工审核",
        "is_cross_border",
        {"review": True},
    ),
    RuleSeed(
        "STANDARD",
        100,
        "30 days from delivery",
        "签收后 30 天",
        "",
        {
            "window_days": 30,
            "window_start": "delivered",
            "extends_to_workday": True,
            "outcomes": ["refund", "store_credit", "exchange"],
            "methods": ["label", "qr", "own", "drop_off", "store", "pickup"],
            "return_shipping_amount": "0",
            "label_payer": "seller",
            "money_when": "validated",
        },
    ),
)

REASONS: Final[tuple[ReasonSeed, ...]] = (
    ReasonSeed(
        "DAMAGED",
        "Damaged or faulty",
        "破损或故障",
        "seller",
        details=(
            ReasonSeed("DAMAGED_IN_TRANSIT", "Broken on arrival", "到货破损", "carrier", True),
            ReasonSeed("DAMAGED_PACKAGE", "Package damaged", "包装破损", "carrier", True),
            ReasonSeed("DEFECTIVE", "Does not work", "无法正常使用", "supplier", True),
            ReasonSeed("EXPIRED_GOODS", "Expired or nearly so", "过期或临期", "seller", True),
        ),
    ),
    ReasonSeed(
        "INACCURATE",
        "Not what I ordered",
        "与订单不符",
        "seller",
        details=(
            ReasonSeed("WRONG_ITEM", "Wrong item", "发错商品", "seller", True),
            ReasonSeed("WRONG_VARIANT", "Wrong size or color", "尺寸或颜色不对", "seller", True),
            ReasonSeed("MISSING_PARTS", "Parts are missing", "缺少配件", "seller", True),
            ReasonSeed("NOT_AS_DESCRIBED", "Not as described", "与描述不符", "seller"),
            ReasonSeed("ARRIVED_LATE", "Came too late", "到货太晚", "carrier"),
        ),
    ),
    ReasonSeed(
        "DISSATISFIED",
        "I do not want it",
        "不想要了",
        details=(
            ReasonSeed("TOO_SMALL", "Too small", "太小"),
            ReasonSeed("TOO_LARGE", "Too large", "太大"),
            ReasonSeed("QUALITY_BELOW", "Quality below what I expected", "质量不如预期"),
            ReasonSeed("CHANGED_MIND", "Changed my mind", "改变主意"),
            ReasonSeed("ORDERED_BY_MISTAKE", "Ordered by mistake", "下错单"),
            ReasonSeed("BETTER_PRICE", "Found a better price", "有更优惠的价格"),
        ),
    ),
    ReasonSeed(
        "UNDELIVERED",
        "Not delivered",
        "未送达",
        "carrier",
        details=(
            ReasonSeed("REFUSED_BY_CUSTOMER", "Refused at the door", "客户拒收"),
            ReasonSeed("ADDRESS_WRONG", "Address wrong", "地址有误"),
            ReasonSeed("NOT_COLLECTED", "Not collected", "未领取"),
        ),
    ),
)
#: Groups that only staff and carriers give.
NOT_PUBLIC: Final = frozenset({"UNDELIVERED"})
