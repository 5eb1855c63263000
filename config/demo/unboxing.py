"""The demo's unboxing: a branded box, tissue, cards, two campaigns, a gift on the bench."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from config.demo.catalog import DemoSku
from config.demo.standing import buyer_address, buyers
from core.actors import SYSTEM
from customers.domain.drafts import CustomerDraft
from fulfillment.models import PickTask
from fulfillment.services import campaigns, coupons, picking, rules, waves
from fulfillment.services.campaigns import CampaignDraft
from fulfillment.services.rules import RuleDraft
from inventory.domain.catalog import SkuDraft
from inventory.models import Bin, Sku, Warehouse
from inventory.services import catalog as sku_service
from inventory.services import stock
from inventory.services.stock import ReceiveLine
from orders.domain.drafts import LineDraft, OrderDraft
from orders.models import Shipment
from orders.services import placing

#: code, English, Chinese, kind, grams, cost
THINGS = (
    ("BOX-TEA", "Tea box, printed", "茶礼品牌盒", "packaging", 95, "0.82"),
    ("TISSUE-RED", "Red tissue", "红色雪梨纸", "packaging", 8, "0.05"),
    ("CARD-GIFT", "Greeting card", "贺卡", "insert", 12, "0.18"),
    ("CARD-SPRING", "Spring card, 10 % off", "春日优惠卡", "insert", 6, "0.09"),
    ("GUIDE-BREW", "Brewing guide", "冲泡指南", "insert", 9, "0.07"),
)
UNITS = 400
TOTE = "T-060"
SPRING, GUIDE = "SPRING", "BREWING"


def materials(made: Mapping[str, Warehouse], at: dt.datetime) -> None:
    """Create packaging and inserts and put them, and the plain boxes, on the first bench."""
    drafts = [
        SkuDraft(
            code=code,
            name=name,
            name_zh=name_zh,
            kind=kind,
            weight_g=grams,
            length_mm=260 if code == "BOX-TEA" else None,
            width_mm=190 if code == "BOX-TEA" else None,
            height_mm=130 if code == "BOX-TEA" else None,
            default_cost=Decimal(cost),
            currency="USD",
        )
        for code, name, name_zh, kind, grams, cost in THINGS
    ]
    sku_service.save_skus(drafts, actor=SYSTEM, at=at)
    stocked = list(Sku.objects.filter(kind__in=("packaging", "insert")).order_by("pk"))
    for code, place in made.items():
        bench = Bin.objects.get(warehouse=place, code="PACK-1")
        lines = [
            ReceiveLine(
                bench.pk,
                sku.pk,
                UNITS,
                unit_cost=sku.default_cost or Decimal("0.40"),
                currency="USD",
            )
            for sku in stocked
        ]
        key = f"demo:materials:{code}"
        stock.receive(lines, event_key=key, actor=SYSTEM, at=at, reason="OPENING")


def rules_and_campaigns(at: dt.datetime) -> None:
    """Run two campaigns and five rules: a box, tissue, a card and two inserts."""
    first, last = at.date() - dt.timedelta(days=20), at.date() + dt.timedelta(days=70)
    spring = CampaignDraft(
        SPRING, "Spring 2026", "coupon", first, last, name_zh="2026 春季", control_percent=10
    )
    guide = CampaignDraft(GUIDE, "Brewing guide", "new_product", first, last, name_zh="冲泡指南")
    for draft in (spring, guide):
        row = campaigns.save_campaign(draft, actor=SYSTEM, at=at)
        campaigns.move(row.pk, "active", actor=SYSTEM, at=at)
        if draft is spring:
            codes = [f"SPR-{number:04d}" for number in range(1, 501)]
            coupons.load(row, codes, actor=SYSTEM, at=at)
    europe = 'country in ["DE", "AT", "NL", "BE", "FR"]'
    box = RuleDraft(
        "TEA-BOX",
        "Gifts go in the printed box",
        "BOX-TEA",
        "use_packaging",
        "is_gift",
        "礼品订单用品牌盒",
        priority=10,
    )
    tissue = replace(
        box,
        code="TISSUE",
        name="Gifts are wrapped",
        name_zh="礼品包纸",
        sku="TISSUE-RED",
        effect="add_tissue",
        priority=20,
    )
    card = replace(
        box,
        code="GIFT-CARD",
        name="Gift with a message",
        name_zh="附言礼品",
        sku="CARD-GIFT",
        effect="add_gift_card",
        condition="has_gift_note",
        priority=30,
    )
    brew = RuleDraft(
        "BREW-FIRST",
        "First order with tea",
        "GUIDE-BREW",
        condition='is_first_order and "Tea" in categories',
        name_zh="首单含茶",
        priority=40,
        campaign=GUIDE,
    )
    offer = RuleDraft(
        "SPRING-EU",
        "Buyers in Europe",
        "CARD-SPRING",
        condition=europe,
        name_zh="欧洲买家",
        priority=50,
        campaign=SPRING,
    )
    for rule in (box, tissue, card, brew, offer):
        drafted = rules.save_draft(rule, actor=SYSTEM, at=at)
        rules.publish(drafted.pk, actor=SYSTEM, at=at)


def gift_on_the_bench(rows: Sequence[DemoSku], *, at: dt.datetime) -> None:
    """Place a first order that is a gift, and pick it into a tote that waits to be packed."""
    buyer = buyers("DE", 8)[-1]
    mail = "lieselotte.gift@example.com"
    tea = [row for row in rows if row.category == "Tea" and not row.lot_tracked] or list(rows)
    total = sum((row.list_price for row in tea[:2]), Decimal(0))
    placed = placing.place(
        [
            OrderDraft(
                channel="web-eu",
                external_id="N-GIFT-1",
                placed_at=at,
                email=mail,
                customer=CustomerDraft(
                    channel_code="web-eu",
                    external_id=mail,
                    name=buyer.name,
                    email=mail,
                    country="DE",
                    language="de",
                ),
                ship_to=buyer_address(buyer),
                lines=tuple(LineDraft(row.code, 1, row.list_price) for row in tea[:2]),
                paid_amount=total,
                is_gift=True,
                gift_message="Alles Gute zum Geburtstag, Mama! Bis bald in Berlin. 李",
            )
        ],
        actor=SYSTEM,
        as_of=at,
        source="demo",
    )
    shipment = Shipment.objects.filter(order_id=placed.orders[0].order_id).order_by("pk").first()
    if shipment is None:
        return
    asked = waves.WaveOrder(shipment.warehouse_id, [shipment.pk], {"group": "demo gift"})
    waves.release_wave(order=asked, actor=SYSTEM, at=at)
    tote = Bin.objects.get(warehouse_id=shipment.warehouse_id, code=TOTE)
    for task in PickTask.objects.filter(shipment=shipment, state="open").order_by("sequence", "pk"):
        picking.confirm(picked=picking.Picked(task.pk, task.qty, tote.pk), actor=SYSTEM, at=at)
