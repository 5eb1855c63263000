"""Rules of the stock machine about costs: goods with a cost, bills that come after them."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from inventory.domain.lines import ReceiveLine
from inventory.models import CostLayer, CostVariance, LandedShare, LayerConsumption
from inventory.services import landing, stock
from inventory.services.landing import Share

few = st.integers(1, 4)
which = st.integers(0, 50)


class CostRules:
    """Mixed into the stock machine: later costs move value, never units."""

    costed = 0

    @rule(shelf=st.integers(0, 1), qty=few, cents=st.integers(0, 999))
    def receive_at_cost(self, shelf: int, qty: int, cents: int) -> None:
        line = ReceiveLine(
            self.shelves[shelf], self.plain, qty, unit_cost=Decimal(cents) / 100, currency="USD"
        )
        self.call(stock.receive, [line])
        self.costed += 1
        self.truth.move(qty, None, (line.bin_id, self.plain, None, "good"))

    @precondition(lambda self: self.costed)
    @rule(pick=which, cents=st.integers(-500, 500).filter(bool))
    def land(self, pick: int, cents: int) -> None:
        layers = CostLayer.objects.filter(unit_cost__isnull=False, currency="USD").order_by("pk")
        layer = layers[pick % layers.count()]
        before = layer.remaining_qty * layer.unit_cost + layer.landed_amount
        amount = Decimal(cents) / 100

        done = self.call(landing.land, [Share(layer.pk, amount, "USD", "freight")])

        layer.refresh_from_db()
        after = layer.remaining_qty * layer.unit_cost + layer.landed_amount
        assert done.stock_amount + done.gone_amount == amount
        assert (after - before, after >= 0) == (done.stock_amount, True)
        share = LandedShare.objects.order_by("-pk")[0]
        late = CostVariance.objects.filter(share=share).values_list("amount", flat=True)
        assert sum(late) == done.gone_amount

    def check_values(self) -> None:
        """Check for every costed layer that what came in is what is left and what left."""
        for layer in CostLayer.objects.filter(unit_cost__isnull=False).order_by("pk"):
            landed = sum(
                (row.amount - row.gone_amount for row in LandedShare.objects.filter(layer=layer)),
                Decimal(0),
            )
            gone = LayerConsumption.objects.filter(layer=layer).order_by("pk")
            left = sum((row.qty * layer.unit_cost + row.landed_amount for row in gone), Decimal(0))
            kept = layer.remaining_qty * layer.unit_cost + layer.landed_amount
            assert layer.qty * layer.unit_cost + landed == left + kept
