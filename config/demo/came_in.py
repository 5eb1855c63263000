"""What came of the demo company's orders: received, billed, claimed, invoiced, and still at sea."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from config.demo.buying import Desk
from config.demo.catalog import DemoSku
from core.actors import Actor
from core.gs1 import sscc
from inventory.models import Sku
from suppliers.models import Asn, LandedCost, PurchaseOrder, SupplierSku
from suppliers.services import (
    announcing,
    answers,
    claims,
    finishing,
    landed_cost,
    matching,
    receiving,
    supplier_shipments,
)
from suppliers.services.drafts import Counted, OrderArrivalDraft
from suppliers.services.landed_cost import CostDraft
from suppliers.services.matching import InvoiceAsk, InvoiceDraft
from suppliers.services.shipment_drafts import ShipmentDraft
from suppliers.services.supplier_shipments import ShipmentRow

#: Days ago the orders were sent whose goods are here.
SENT_DAYS_AGO: Final = 34
PREFIX: Final = "4006381"


def came(rows: Sequence[DemoSku], *, at: dt.datetime) -> int:
    """Let three orders come, in full, in part and late; return their arrivals. Safe to repeat."""
    if LandedCost.objects.exists():
        return Asn.objects.filter(purchase_order__isnull=False).count()
    plain = {row.code for row in rows if not row.lot_tracked}
    goods = SupplierSku.objects.filter(supplier__code="BRIGHTWAY", sku__code__in=plain)
    home = [row.sku for row in goods.select_related("sku").order_by("sku__code")]
    harbor = _Harbor(at)
    whole = harbor.ordered("BRIGHTWAY", home[:3])
    here = harbor.received(whole, damaged_qty=3)
    harbor.billed(here)
    harbor.claimed(here)
    harbor.invoiced(whole)
    harbor.received(harbor.ordered("BRIGHTWAY", home[3:5]), part=2)
    harbor.late(harbor.ordered("BRIGHTWAY", home[5:7]))
    return 4


class _Harbor:
    """The way of goods from a confirmed order to the books."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at
        self.before = at - dt.timedelta(days=SENT_DAYS_AGO)
        self.desk = Desk(self.before)

    def ordered(self, code: str, skus: Sequence[Sku]) -> PurchaseOrder:
        """Send an order, weeks ago, that its supplier accepts as it is."""
        order = self.desk.sent(code, skus, SENT_DAYS_AGO + 2)
        vendor = Actor("supplier", None, code)
        answers.accept(
            order.pk,
            revision=order.revision,
            event_key=f"demo:came:{order.pk}",
            actor=vendor,
            at=self.before,
        )
        return PurchaseOrder.objects.get(pk=order.pk)

    def received(self, order: PurchaseOrder, *, damaged_qty: int = 0, part: int = 1) -> Asn:
        """Announce and count an order, or one `part`-th of it; the rest is due in five days."""
        whole = {line.pk: line.qty for line in order.lines.order_by("position")}
        units = {pk: qty // part for pk, qty in whole.items()}
        asn = self._announced(order, units, self.at.date())
        opened = receiving.open_receipt(asn.pk, actor=self.desk.buyer, at=self.at)
        for number, line in enumerate(asn.lines.order_by("pk")):
            broken = 0 if number else damaged_qty
            for kind, qty in (("good", (line.announced_qty or 0) - broken), ("damaged", broken)):
                if qty:
                    receiving.receive_line(
                        Counted(receipt_id=opened.pk, sku_id=line.sku_id, qty=qty, kind=kind),
                        event_key=f"demo:came:{asn.pk}:{line.pk}:{kind}",
                        actor=self.desk.buyer,
                        at=self.at,
                    )
        finishing.finish(opened.pk, actor=self.desk.buyer, at=self.at)
        for sample in opened.inspections.order_by("pk"):
            finishing.answer_inspection(sample.pk, failed_qty=0, actor=self.desk.buyer, at=self.at)
        if part > 1:
            rest = {pk: qty - units[pk] for pk, qty in whole.items()}
            self._announced(order, rest, self.at.date() + dt.timedelta(days=5))
        return asn

    def late(self, order: PurchaseOrder) -> None:
        """Let the supplier announce two cartons that should have come two days ago."""
        lines = list(order.lines.order_by("position"))
        draft = ShipmentDraft(
            order_id=order.pk,
            rows=tuple(
                ShipmentRow(line.pk, line.qty, sscc(PREFIX, 900 + number))
                for number, line in enumerate(lines)
            ),
            expected_on=self.at.date() - dt.timedelta(days=2),
            reference=f"BW-{order.pk:04}",
            carrier="Harbor Freight Lines",
        )
        vendor = Actor("supplier", None, order.supplier.code)
        supplier_shipments.submit(draft, actor=vendor, at=self.before)

    def billed(self, asn: Asn) -> None:
        """Post the freight of an arrival and leave its duty as a draft."""
        for kind, payee, amount in (
            ("freight", "Harbor Freight Lines", "486.00"),
            ("duty", "Customs, Los Angeles", "131.40"),
        ):
            draft = CostDraft(
                kind=kind,
                payee=payee,
                amount=Decimal(amount),
                currency="USD",
                billed_on=self.at.date(),
                asn_ids=(asn.pk,),
                reference=f"{kind[:1].upper()}-{asn.pk:04}",
            )
            cost = landed_cost.enter(draft, actor=self.desk.buyer, at=self.at)
            if kind == "freight":
                landed_cost.post(cost.pk, actor=self.desk.buyer, at=self.at)

    def claimed(self, asn: Asn) -> None:
        """Send a claim for what came broken."""
        claim = claims.draft_for(asn, actor=self.desk.buyer, at=self.at)
        claim = claim or claims.draw_up(asn.pk, actor=self.desk.buyer, at=self.at)
        claims.send(claim.pk, actor=self.desk.buyer, at=self.at)

    def invoiced(self, order: PurchaseOrder) -> None:
        """Enter an invoice whose first line is dearer than it was ordered: it is blocked."""
        lines = order.lines.order_by("position")
        asked = [
            InvoiceAsk(line.pk, line.qty, line.unit_price * (Decimal("1.08") if first else 1))
            for first, line in ((line.position == 1, line) for line in lines)
        ]
        draft = InvoiceDraft(
            order_id=order.pk,
            number=f"INV-{order.pk:05}",
            invoiced_on=self.at.date(),
            lines=asked,
        )
        matching.enter(draft, actor=self.desk.buyer, at=self.at)

    def _announced(self, order: PurchaseOrder, units: dict[int, int], day: dt.date) -> Asn:
        draft = OrderArrivalDraft(
            order_id=order.pk,
            units=units,
            expected_on=day,
            reference=f"{order.number}-{day:%m%d}",
            carrier="Harbor Freight Lines",
        )
        return announcing.announce(draft, actor=self.desk.buyer, at=self.at)
