"""Which extras go into one parcel: the rules asked in order, each answer with its reason.

A rule whose condition does not hold gives no decision. One that holds is added, or skipped for a
reason: its campaign does not run or is for another language or brand, the parcel is not the first
of its order (inserts and gift cards go into parcel 1), promotions stay out of gifts, a card without
a message is not printed, the customer is in the control group, nothing is left, or the parcel is
full. Nothing here writes.

Worked example: at most 2 inserts; rules A, B, C match, B's customer is in the control group:
A added, B skipped (CONTROL_GROUP, no place used), C added; a fourth would be TOO_MANY_INSERTS.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fulfillment.domain.conditions import Condition, Value

CONTROL, TREATED = "control", "treated"
ONCE_PER_ORDER: Final = frozenset({"add_insert", "add_gift_card"})
NOT_IN_GIFTS: Final = frozenset({"promotion"})
KINDS: Final = {
    "add_insert": "insert",
    "use_packaging": "packaging",
    "add_gift_card": "gift_card",
    "add_tissue": "tissue",
}


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A campaign as its rules see it. `codes_left` is None where no coupon codes were loaded."""

    campaign_id: int
    code: str
    kind: str
    state: str
    valid_from_on: dt.date
    valid_until_on: dt.date
    control_percent: int = 0
    brand: str = ""
    language: str = ""
    codes_left: int | None = None

    def runs_on(self, day: dt.date) -> bool:
        """Say whether inserts of the campaign go out on this day."""
        return self.state == "active" and self.valid_from_on <= day <= self.valid_until_on


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule, as it is asked."""

    rule_id: int
    code: str
    version: int
    condition: Condition
    effect: str
    sku_id: int
    qty: int = 1
    on_oos: str = "skip"
    alternate_sku_id: int | None = None
    campaign: CampaignFacts | None = None

    @property
    def kind(self) -> str:
        """Return the kind of extra the rule makes."""
        return KINDS[self.effect]


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What is known about one parcel. `arms` are given already, by campaign id.

    `kept` are the codes of rules whose extra is in the box; `given_up` of those a packer reported
    missing. `stock` holds free units of the warehouse by SKU id.
    """

    values: Mapping[str, Value]
    customer_key: str
    is_first_parcel: bool = True
    arms: Mapping[int, str] = field(default_factory=dict)
    stock: Mapping[int, int] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    given_up: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What one matching rule does to the parcel: add, hold (add or hold the parcel) or skip."""

    rule: Rule
    outcome: str
    reason: str
    sku_id: int
    matched: Mapping[str, Value]
    arm: str = ""


def arm_of(campaign_code: str, customer_key: str, control_percent: int) -> str:
    """Return the arm of a customer: always the same for the same names and percentage.

    The first 8 hex digits of SHA-256 over both names, modulo 100, below the percentage = control.
    """
    mark = hashlib.sha256(f"{campaign_code}|{customer_key}".encode()).hexdigest()[:8]
    return CONTROL if int(mark, 16) % 100 < control_percent else TREATED


def decide(rules: Sequence[Rule], parcel: ParcelFacts, most_inserts: int) -> list[Decision]:
    """Return a decision for every rule whose condition holds, in the order of the rules."""
    desk = _Desk(parcel, most_inserts)
    return [
        desk.decision(rule)
        for rule in rules
        if rule.code not in parcel.kept and rule.condition.matches(parcel.values)
    ]


class _Desk:
    """The parcel being filled: places for inserts and units of stock left."""

    def __init__(self, parcel: ParcelFacts, most_inserts: int) -> None:
        self.parcel = parcel
        self.places = most_inserts - list(parcel.kept.values()).count("insert")
        self.has_box = "packaging" in parcel.kept.values()
        self.stock = dict(parcel.stock)

    def decision(self, rule: Rule) -> Decision:
        matched = rule.condition.matched_values(self.parcel.values)
        reason, arm = self._refusal(rule), ""
        if not reason and rule.campaign is not None:
            arm = self._arm(rule.campaign)
            reason = "CONTROL_GROUP" if arm == CONTROL else ""
        if reason:
            return Decision(rule, "skip", reason, rule.sku_id, matched, arm)
        outcome, reason, sku_id = self._stocked(rule)
        if outcome != "skip":
            self.stock[sku_id] = self.stock.get(sku_id, 0) - rule.qty
            self.places -= rule.kind == "insert"
            self.has_box = self.has_box or rule.kind == "packaging"
        return Decision(rule, outcome, reason, sku_id, matched, arm)

    def _refusal(self, rule: Rule) -> str:
        parcel = self.parcel
        if rule.code in parcel.given_up:
            return "MISSING_AT_BENCH"
        if rule.campaign is not None and (why := self._campaign_refusal(rule.campaign)):
            return why
        no_note = rule.effect == "add_gift_card" and not parcel.values["has_gift_note"]
        refusals = (
            (rule.effect in ONCE_PER_ORDER and not parcel.is_first_parcel, "LATER_PARCEL"),
            (no_note, "NO_GIFT_NOTE"),
            (rule.kind == "packaging" and self.has_box, "OTHER_BOX_FIRST"),
            (rule.kind == "insert" and self.places <= 0, "TOO_MANY_INSERTS"),
        )
        return next((why for refused, why in refusals if refused), "")

    def _campaign_refusal(self, campaign: CampaignFacts) -> str:
        values = self.parcel.values
        today, brands = values["today"], values["brands"]
        if not isinstance(today, dt.date) or not campaign.runs_on(today):
            return "CAMPAIGN_NOT_RUNNING"
        if campaign.language and campaign.language != values["language"]:
            return "OTHER_LANGUAGE"
        if campaign.brand and not (isinstance(brands, tuple) and campaign.brand in brands):
            return "OTHER_BRAND"
        if values["is_gift"] and campaign.kind in NOT_IN_GIFTS:
            return "GIFT_ORDER"
        return ""

    def _arm(self, campaign: CampaignFacts) -> str:
        known = self.parcel.arms.get(campaign.campaign_id)
        return known or arm_of(campaign.code, self.parcel.customer_key, campaign.control_percent)

    def _stocked(self, rule: Rule) -> tuple[str, str, int]:
        """Return (outcome, reason, SKU id) by what is left in the warehouse."""
        if rule.campaign is not None and rule.campaign.codes_left == 0:
            return ("hold" if rule.on_oos == "block" else "skip", "NO_CODE_LEFT", rule.sku_id)
        if self.stock.get(rule.sku_id, 0) >= rule.qty:
            return "add", "", rule.sku_id
        if rule.on_oos == "block":
            return "hold", "OUT_OF_STOCK", rule.sku_id
        other = rule.alternate_sku_id
        if rule.on_oos == "alternate" and other and self.stock.get(other, 0) >= rule.qty:
            return "add", "ALTERNATE_USED", other
        return "skip", "OUT_OF_STOCK", rule.sku_id
