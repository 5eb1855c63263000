"""What the demo company buys: terms of its two suppliers, and purchase orders in every state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from config.demo.catalog import DemoSku
from core.actors import SYSTEM, Actor
from core.models import User
from core.services.rates import RateDraft, put_rate
from inventory.models import Sku, Warehouse
from suppliers.domain.answering import WantedChange
from suppliers.models import (
    ListPrice,
    PurchaseOrder,
    PurchaseRevision,
    Supplier,
    SupplierContact,
    SupplierLeadTime,
    SupplierSku,
)
from suppliers.services import (
    answers,
    purchase_approving,
    purchase_closing,
    purchase_drafting,
    purchase_revising,
    purchase_sending,
    purchase_submitting,
)
from suppliers.services.purchase_drafts import LineAsk, LineChange, OrderDraft

#: Supplier, currency, worth of one unit of it in US dollars, contact, language, days by sea.
TERMS = (
    ("HILLSIDE", "CNY", "0.1395", "Lin Yue", "zh-hans", 35),
    ("BRIGHTWAY", "USD", "", "Maria Lund", "en", 28),
)
PACKS = ((200, 40), (1, 24), (60, 12), (1, 1))


def purchase_orders(rows: Sequence[DemoSku], *, at: dt.datetime) -> int:
    """Write terms and one order of each kind; return how many orders there are. Safe to repeat."""
    if PurchaseOrder.objects.exists():
        return PurchaseOrder.objects.count()
    skus = {code: _terms(code, rows, at) for code, *_rest in TERMS}
    desk = Desk(at)
    tea, home = skus["HILLSIDE"], skus["BRIGHTWAY"]
    desk.planned("HILLSIDE", tea[:3])
    desk.draft("BRIGHTWAY", home[:2])
    desk.submitted("HILLSIDE", tea[:4])
    desk.rejected("BRIGHTWAY", home[1:3])
    desk.approved("BRIGHTWAY", home[2:4])
    desk.sent("HILLSIDE", tea[2:5])
    desk.late("BRIGHTWAY", home[3:5])
    desk.confirmed("HILLSIDE", tea[1:3])
    desk.revised("BRIGHTWAY", home[:3])
    desk.closed("HILLSIDE", tea[3:5])
    desk.cancelled("BRIGHTWAY", home[4:6])
    desk.changed("HILLSIDE", tea[:2])
    return PurchaseOrder.objects.count()


def _terms(code: str, rows: Sequence[DemoSku], at: dt.datetime) -> list[Sku]:
    """Give a supplier a contact, a lead time, a currency and list prices; return its SKUs."""
    _code, currency, worth, person, language, days = next(one for one in TERMS if one[0] == code)
    supplier = Supplier.objects.get(code=code)
    Supplier.objects.filter(pk=supplier.pk).update(
        currency=currency, country="CN", incoterm="FOB", payment_days=30
    )
    first = at.date() - dt.timedelta(days=400)
    if worth:
        put_rate(RateDraft(currency, first, Decimal(worth)), actor=SYSTEM, at=at)
    SupplierContact.objects.get_or_create(
        supplier=supplier,
        email=f"sales@{code.lower()}.example",
        defaults={"name": person, "language": language},
    )
    SupplierLeadTime.objects.get_or_create(
        supplier=supplier, mode="sea", defaults={"agreed_days": days}
    )
    wanted = [row.code for row in rows if row.lot_tracked is (code == "HILLSIDE")][:8]
    skus = list(Sku.objects.filter(code__in=wanted).order_by("code"))
    for place, sku in enumerate(skus):
        moq, multiple = PACKS[place % len(PACKS)]
        goods, _made = SupplierSku.objects.get_or_create(
            supplier=supplier,
            sku=sku,
            defaults={"currency": currency, "moq_qty": moq, "multiple_qty": multiple},
        )
        ListPrice.objects.get_or_create(
            supplier_sku=goods,
            min_qty=1,
            valid_from=first,
            defaults={"unit_price": Decimal(12 + 7 * place) / 4},
        )
    return skus


class Desk:
    """The buyer's and the approver's work, order by order."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at
        self.place = Warehouse.objects.get(code="LAX")
        self.buyer = _actor("bruno")
        self.approver = _actor("anna")

    def draft(self, code: str, skus: Sequence[Sku], days: int = 45, **more: str) -> PurchaseOrder:
        """Draft needs that packs and least orders round up."""
        return purchase_drafting.create_draft(
            self._asked(code, skus, days, **more), actor=self.buyer, at=self.at
        )

    def planned(self, code: str, skus: Sequence[Sku]) -> None:
        """Let the system draft."""
        draft = self._asked(code, skus, 40, reason="12 days of cover, lead time 35 days")
        purchase_drafting.create_system_draft(draft, source_key="demo:plan:1", at=self.at)

    def submitted(self, code: str, skus: Sequence[Sku], days: int = 45) -> PurchaseOrder:
        """Submit a draft."""
        order = self.draft(code, skus, days, reason="Spring campaign")
        return purchase_submitting.submit(order.pk, actor=self.buyer, at=self.at)

    def rejected(self, code: str, skus: Sequence[Sku]) -> None:
        """Submit and have it rejected."""
        order = self.submitted(code, skus)
        purchase_approving.reject(
            order.pk,
            self._shown(order),
            reason="Too many for the season",
            actor=self.approver,
            at=self.at,
        )

    def approved(self, code: str, skus: Sequence[Sku], days: int = 45) -> PurchaseOrder:
        """Submit and have it approved."""
        order = self.submitted(code, skus, days)
        purchase_approving.approve(order.pk, self._shown(order), actor=self.approver, at=self.at)
        return order

    def sent(self, code: str, skus: Sequence[Sku], days: int = 45) -> PurchaseOrder:
        """Send an approved order."""
        order = self.approved(code, skus, days)
        return purchase_sending.send(order.pk, actor=self.buyer, at=self.at)

    def late(self, code: str, skus: Sequence[Sku]) -> None:
        """Send an order that should have been here."""
        order = self.sent(code, skus, 30)
        was_due = self.at.date() - dt.timedelta(days=4)
        PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=was_due)

    def confirmed(self, code: str, skus: Sequence[Sku]) -> None:
        """Send an order that its supplier accepts as it is."""
        order = self.sent(code, skus)
        answers.accept(
            order.pk,
            revision=order.revision,
            event_key=f"demo:accept:{order.pk}",
            actor=Actor("supplier", None, code),
            at=self.at,
        )

    def changed(self, code: str, skus: Sequence[Sku]) -> None:
        """Send an order of which its supplier wants fewer units, later, and the rest as it is."""
        order = self.sent(code, skus)
        first, *rest = order.lines.order_by("position")
        later = self.at.date() + dt.timedelta(days=52)
        fewer = first.qty - first.multiple_qty or first.qty + first.multiple_qty
        draft = answers.AnswerDraft(
            order_id=order.pk,
            revision=order.revision,
            confirmed_line_ids=[line.pk for line in rest],
            changes=[WantedChange(first.pk, "CAPACITY", qty=fewer, on=later)],
            comment="One machine is under repair until next month.",
        )
        answers.propose(
            draft,
            event_key=f"demo:change:{order.pk}",
            actor=Actor("supplier", None, code),
            at=self.at,
        )

    def revised(self, code: str, skus: Sequence[Sku]) -> None:
        """Send an order, then change it a little: its approval carries over."""
        order = self.sent(code, skus)
        last = order.lines.order_by("-position")[0]
        purchase_revising.revise(
            order.pk,
            changes=[LineChange(last.pk, qty=last.qty + last.multiple_qty)],
            expected_version=order.version,
            reason="One more carton fills the pallet",
            actor=self.buyer,
            at=self.at,
        )

    def closed(self, code: str, skus: Sequence[Sku]) -> None:
        """Send an order that is given up."""
        order = self.sent(code, skus)
        purchase_closing.close_short(order.pk, reason="NOT_SENT", actor=self.buyer, at=self.at)

    def cancelled(self, code: str, skus: Sequence[Sku]) -> None:
        """Draft an order nobody needs."""
        order = self.draft(code, skus)
        purchase_closing.cancel(order.pk, reason="NOT_NEEDED", actor=self.buyer, at=self.at)

    def _asked(self, code: str, skus: Sequence[Sku], days: int, **more: str) -> OrderDraft:
        return OrderDraft(
            supplier_id=Supplier.objects.get(code=code).pk,
            warehouse_id=self.place.pk,
            required_by=self.at.date() + dt.timedelta(days=days),
            lines=[LineAsk(sku.pk, 37 + 60 * place) for place, sku in enumerate(skus)],
            **more,
        )

    def _shown(self, order: PurchaseOrder) -> purchase_approving.Shown:
        last = PurchaseRevision.objects.filter(order=order).order_by("-revision")[0]
        return purchase_approving.Shown(last.revision, last.content_hash)


def _actor(username: str) -> Actor:
    user = User.objects.get(username=username)
    return Actor("user", user.pk, user.full_name)
