"""What the dock counts is counted on the purchase order, at the price that was ordered.

Units held above the tolerance are not received until a buyer decides (X16). Order of locks: the
arrival first, then the purchase order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import F, Sum

from core.actors import Actor
from core.services.rates import base_currency
from inventory.domain.costing import STEP
from inventory.models import Sku
from suppliers.domain import purchase_states
from suppliers.models import Asn, AsnLine, PurchaseLine, PurchaseOrder, ReceiptLine
from suppliers.services import answer_asking, journal, purchase_rows


@dataclass(frozen=True, slots=True)
class ArrivalCost:
    """What a unit of an arrival line costs as it comes in; provisional while costs may follow."""

    unit_cost: Decimal | None
    currency: str
    is_provisional: bool


def cost_of(line: AsnLine, sku: Sku) -> ArrivalCost:
    """Return the order's price in the base currency; the SKU's default cost without an order."""
    if line.purchase_line_id is None:
        return ArrivalCost(sku.default_cost, sku.currency, is_provisional=False)
    price, rate = PurchaseLine.objects.values_list("unit_price", "order__fx_rate").get(
        pk=line.purchase_line_id
    )
    cost = (price * (rate or 1)).quantize(STEP, rounding=ROUND_HALF_UP)
    return ArrivalCost(cost, base_currency(), is_provisional=True)


@transaction.atomic
def book(
    asn_id: int, *, actor: Actor, at: dt.datetime, line_ids: Collection[int] | None = None
) -> None:
    """Count what was received of the arrival's lines (or some) on their purchase lines.

    Reads the receipts anew, so it may be called after any change of theirs, any number of times.
    The order becomes partly received with its first unit. The caller holds the arrival's lock.
    """
    lines = AsnLine.objects.filter(asn_id=asn_id, purchase_line__isnull=False)
    if line_ids is not None:
        lines = lines.filter(pk__in=line_ids)
    wanted = dict(lines.order_by("pk").values_list("purchase_line_id", "purchase_line__order_id"))
    for order_id in sorted(set(wanted.values())):
        order = purchase_rows.lock(order_id)
        mine = [pk for pk, owner in wanted.items() if owner == order_id]
        received = _received(mine)
        for pk in mine:
            PurchaseLine.objects.filter(pk=pk).update(received_qty=received.get(pk, 0))
        if any(received.values()):
            _move(order, "receive_part", actor=actor, at=at)


@transaction.atomic
def settle(asn: Asn, *, actor: Actor, at: dt.datetime) -> None:
    """Say that orders of which nothing is open any more are received; called when counting ends.

    The caller holds the arrival's lock. Repeatable.
    """
    book(asn.pk, actor=actor, at=at)
    orders = PurchaseLine.objects.filter(arrival_lines__asn=asn).values_list("order_id", flat=True)
    for order_id in sorted(set(orders)):
        order = purchase_rows.lock(order_id)
        lines = purchase_rows.lines_of(order)
        if not any(line.open_qty for line in lines) and any(line.received_qty for line in lines):
            _move(order, "receive_all", actor=actor, at=at)


def _received(purchase_line_ids: Collection[int]) -> dict[int, int]:
    """Return the units that stayed, whatever their state, of each purchase line."""
    kept = (
        ReceiptLine.objects.filter(
            asn_line__purchase_line_id__in=purchase_line_ids, is_undone=False
        )
        .exclude(kind="over")
        .order_by()
        .values("asn_line__purchase_line_id")
        .annotate(units=Sum(F("qty") - F("withdrawn_qty")))
    )
    return dict(kept.values_list("asn_line__purchase_line_id", "units"))


def _move(order: PurchaseOrder, name: str, *, actor: Actor, at: dt.datetime) -> None:
    """Move the order on where its table lets it; one under revision is moved when it is back."""
    state = purchase_states.TRANSITIONS[name].get(order.state)
    if state is None or state == order.state:
        return
    purchase_rows.save(order, state=state)
    journal.note(order, state, {"state": state}, actor=actor, at=at)
    if state == purchase_states.RECEIVED:
        answer_asking.stop(order, at=at)
