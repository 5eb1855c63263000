"""Order, receipt and invoice side by side for one arrival."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from suppliers.models import Asn, AsnLine, PurchaseLine, ReceiptLine
from suppliers.queries.arrival_costs import landed_unit_costs


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of an arrival beside its purchase line; None where there is no order.

    `waiting_qty` units above the tolerance wait for a decision. `landed_cost` is what one unit
    has cost until here, in `landed_currency`.
    """

    line: AsnLine
    ordered: PurchaseLine | None
    waiting_qty: int
    landed_cost: Decimal | None
    landed_currency: str

    @property
    def is_wrong(self) -> bool:
        """Say whether anything came otherwise than announced, or was invoiced beyond it."""
        invoiced = (
            self.ordered is not None and self.ordered.invoiced_qty > self.ordered.received_qty
        )
        return bool(
            self.line.excess_qty
            or self.line.short_qty
            or self.line.damaged_qty
            or self.line.held_qty
            or invoiced
        )


def compare(asn: Asn) -> list[Compared]:
    """Return the lines of an arrival by SKU, each with what was ordered, received and invoiced."""
    lines = asn.lines.select_related("sku", "purchase_line__order").order_by("sku__code", "pk")
    held = ReceiptLine.objects.filter(receipt__asn=asn, kind="over", is_undone=False)
    waiting = dict(
        held.order_by()
        .values("asn_line_id")
        .annotate(units=Sum(F("qty") - F("withdrawn_qty")))
        .values_list("asn_line_id", "units")
    )
    costs = landed_unit_costs(asn.pk)
    return [
        Compared(
            line,
            line.purchase_line,
            waiting.get(line.pk, 0),
            *costs.get(line.sku_id, (None, "")),
        )
        for line in lines
    ]
