"""What packing rules may know about parcels: orders, customers, goods, stock; read in batches."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from fulfillment.domain.conditions import Value, check
from fulfillment.domain.insert_rules import CampaignFacts, ParcelFacts, Rule
from fulfillment.models import CampaignAssignment, CouponCode, InsertCampaign, PackRule
from inventory.models import StockLevel, Warehouse
from orders.models import Order, OrderLine

GOODS = ("goods", "component", "free")


@dataclass(frozen=True, slots=True)
class Subject:
    """One parcel to be asked about: its order, the warehouse that packs it, its place."""

    order_id: int
    warehouse_id: int
    is_first_parcel: bool = True
    kept: dict[str, str] = field(default_factory=dict)
    given_up: frozenset[str] = frozenset()


def live_rules() -> list[Rule]:
    """Return the rules asked at the bench, in order. Two queries."""
    return rules_of(PackRule.objects.live())


def rules_of(rows: Iterable[PackRule]) -> list[Rule]:
    """Return stored rules as the decision reads them, in the given order. One query more."""
    found = list(rows)
    codes = _codes_left({row.campaign_id for row in found if row.campaign_id})
    return [_rule(row, codes) for row in found]


def parcels_of(
    subjects: Sequence[Subject], rules: Sequence[Rule], *, at: dt.datetime
) -> list[ParcelFacts]:
    """Return the facts of each subject, in order. A constant number of queries (8).

    `at` is aware UTC; `today` is its day in the zone of the warehouse.
    """
    order_ids = {row.order_id for row in subjects}
    orders = {row.pk: row for row in _orders(order_ids)}
    goods = _goods(order_ids)
    houses = Warehouse.objects.in_bulk({row.warehouse_id for row in subjects})
    running = list(
        InsertCampaign.objects.filter(state="active").values_list(
            "code", "valid_from_on", "valid_until_on"
        )
    )
    stock = _stock(houses, rules)
    keys = {row.pk: customer_key(row) for row in orders.values()}
    arms = _arms(keys.values(), rules)
    made = []
    for subject in subjects:
        house, order = houses[subject.warehouse_id], orders[subject.order_id]
        today = at.astimezone(ZoneInfo(house.timezone)).date()
        codes = tuple(sorted(code for code, first, last in running if first <= today <= last))
        key = keys[order.pk]
        made.append(
            ParcelFacts(
                values=_values(order, goods.get(order.pk, _Goods()), house, today, codes),
                customer_key=key,
                is_first_parcel=subject.is_first_parcel,
                arms=arms.get(key, {}),
                stock=stock.get(house.pk, {}),
                kept=subject.kept,
                given_up=subject.given_up,
            )
        )
    return made


def customer_key(order: Order) -> str:
    """Return by which name an order's customer is kept in one arm of a campaign.

    `customer:ID`; for a guest a hash of the e-mail; without one the order stands for itself.
    """
    if order.customer_id is not None:
        return f"customer:{order.customer_id}"
    mail = order.email.strip().lower()
    if mail:
        return f"guest:{hashlib.sha256(mail.encode()).hexdigest()[:32]}"
    return order.key


def _orders(order_ids: Collection[int]) -> QuerySet[Order]:
    counted = Order.objects.exclude(status__in=("draft", "cancelled")).filter(
        Q(placed_at__lt=OuterRef("placed_at"))
        | Q(placed_at=OuterRef("placed_at"), pk__lt=OuterRef("pk"))
    )
    by_customer = counted.filter(customer=OuterRef("customer"))
    by_mail = counted.filter(customer=None, email=OuterRef("email")).exclude(email="")
    return (
        Order.objects.filter(pk__in=order_ids)
        .select_related("customer", "channel")
        .annotate(earlier=Coalesce(_count(by_customer, "customer"), _count(by_mail, "email"), 0))
    )


def _count(rows: QuerySet[Order], field_name: str) -> Subquery:
    return Subquery(rows.order_by().values(field_name).annotate(found=Count("pk")).values("found"))


@dataclass(slots=True)
class _Goods:
    items: int = 0
    skus: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)
    brands: set[str] = field(default_factory=set)


def _goods(order_ids: Collection[int]) -> dict[int, _Goods]:
    found: dict[int, _Goods] = {}
    rows = (
        OrderLine.objects.filter(order_id__in=order_ids, qty__gt=F("cancelled_qty"))
        .exclude(kind="fee")
        .values_list(
            "order_id",
            "kind",
            "sku__code",
            "sku__product__category",
            "sku__product__brand",
            F("qty") - F("cancelled_qty"),
        )
    )
    for order_id, kind, code, category, brand, units in rows:
        goods = found.setdefault(order_id, _Goods())
        goods.items += units if kind in GOODS else 0
        for known, value in ((goods.skus, code), (goods.categories, category)):
            if value:
                known.add(value)
        if brand:
            goods.brands.add(brand)
    return found


def _values(
    order: Order, goods: _Goods, house: Warehouse, today: dt.date, campaigns: tuple[str, ...]
) -> dict[str, Value]:
    customer = order.customer
    earlier = int(getattr(order, "earlier", 0))
    return {
        "channel": order.channel.code,
        "country": order.ship_country,
        "segment": customer.segment if customer else "",
        "tags": tuple(str(tag) for tag in customer.tags) if customer else (),
        "language": (customer.language if customer else "") or order.channel.language,
        "is_first_order": earlier == 0,
        "order_count": earlier + 1,
        "total": order.total_amount,
        "currency": order.currency,
        "items": goods.items,
        "skus": tuple(sorted(goods.skus)),
        "categories": tuple(sorted(goods.categories)),
        "brands": tuple(sorted(goods.brands)),
        "is_gift": order.is_gift,
        "has_gift_note": order.is_gift and bool(order.gift_message.strip()),
        "today": today,
        "weekday": today.isoweekday(),
        "campaigns": campaigns,
        "warehouse": house.code,
    }


def _stock(warehouses: Collection[int], rules: Sequence[Rule]) -> dict[int, dict[int, int]]:
    skus = {rule.sku_id for rule in rules} | {rule.alternate_sku_id or 0 for rule in rules}
    rows = StockLevel.objects.filter(
        Q(warehouse_id__in=list(warehouses)), sku_id__in=skus
    ).values_list("warehouse_id", "sku_id", F("on_hand") - F("unsellable") - F("reserved"))
    free: dict[int, dict[int, int]] = {}
    for warehouse_id, sku_id, units in rows:
        free.setdefault(warehouse_id, {})[sku_id] = units
    return free


def _arms(keys: Iterable[str], rules: Sequence[Rule]) -> dict[str, dict[int, str]]:
    campaigns = {rule.campaign.campaign_id for rule in rules if rule.campaign}
    rows = CampaignAssignment.objects.filter(
        campaign_id__in=campaigns, customer_key__in=set(keys)
    ).values_list("customer_key", "campaign_id", "arm")
    arms: dict[str, dict[int, str]] = {}
    for key, campaign_id, arm in rows:
        arms.setdefault(key, {})[campaign_id] = arm
    return arms


def _codes_left(campaign_ids: Collection[int]) -> dict[int, int]:
    """Return free codes of the campaigns that have any; the others need none."""
    rows = (
        CouponCode.objects.filter(campaign_id__in=campaign_ids)
        .order_by()
        .values("campaign_id")
        .annotate(free=Count("pk", filter=Q(state="free")))
    )
    return {row["campaign_id"]: row["free"] for row in rows}


def _rule(row: PackRule, codes: dict[int, int]) -> Rule:
    campaign = row.campaign
    return Rule(
        rule_id=row.pk,
        code=row.code,
        version=row.version,
        condition=check(row.condition),
        effect=row.effect,
        sku_id=row.sku_id,
        qty=row.qty,
        on_oos=row.on_oos,
        alternate_sku_id=row.alternate_sku_id,
        campaign=None if campaign is None else campaign_facts(campaign, codes.get(campaign.pk)),
    )


def campaign_facts(row: InsertCampaign, codes_left: int | None) -> CampaignFacts:
    """Return a stored campaign as its rules see it."""
    return CampaignFacts(
        campaign_id=row.pk,
        code=row.code,
        kind=row.kind,
        state=row.state,
        valid_from_on=row.valid_from_on,
        valid_until_on=row.valid_until_on,
        control_percent=row.control_percent,
        brand=row.brand,
        language=row.language,
        codes_left=codes_left,
    )
