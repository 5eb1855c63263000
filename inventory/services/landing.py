"""Costs that come after the goods fall to their cost layers; what has left is a variance of today.

Nothing that was written is changed: a share, its variance and the amount on the layer are added,
and a correction is a landing with the opposite sign.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from core.money import quantize
from inventory.domain.landing import KINDS, LayerValue, split_landing
from inventory.models import CostLayer, CostVariance, LandedShare, LayerConsumption
from inventory.services import level_sql
from inventory.services.event_log import Call, first_event_id, open_event
from inventory.services.retrying import StockMoved, stock_write

__all__ = ["LandRefused", "LandResult", "LayerNotCosted", "Share", "land", "mark_final"]


class LandRefused(InputRefused):
    """A share is zero, finer than its currency, of an unknown kind, or of another currency."""

    code = "LAND_REFUSED"
    text = gettext_noop(
        "%(amount)s %(currency)s can't be added to stock kept in %(layer_currency)s. Enter an "
        "amount other than 0 in that currency."
    )


class LayerNotCosted(StateConflict):
    """The goods have no unit cost yet, so nothing can be added to it."""

    code = "LAYER_NOT_COSTED"
    text = gettext_noop("%(sku)s of this receipt has no unit cost yet. Enter it, then post again.")


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one cost that falls to one layer, in the layer's currency at its exponent."""

    layer_id: int
    amount: Decimal
    currency: str
    kind: str = "freight"


@dataclass(frozen=True, slots=True)
class LandResult:
    """What a landing did: `stock_amount` raised layers, `gone_amount` is variance (as posted)."""

    event_id: int
    stock_amount: Decimal
    gone_amount: Decimal
    repeated: bool = False


@stock_write()
def land(
    shares: Sequence[Share],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
    cause_key: str = "",
) -> LandResult:
    """Add later costs to cost layers, all or none; see `inventory.domain.landing`.

    Locks the levels of all layers in pk order, as departures do, so the units left are those that
    leave with the new cost. A repeated `event_key` changes nothing.

    Raises:
        LandRefused, LayerNotCosted: nothing is written.
        StockMoved: units left at this very moment; the whole call must run again.
    """
    ids = {share.layer_id for share in shares}
    rows = CostLayer.objects.filter(pk__in=ids).order_by("pk")
    level_sql.lock_levels(rows.values_list("warehouse_id", "sku_id"))
    call = Call(event_key, "land", actor, at, cause_key=cause_key)
    event_id = open_event(call)
    if event_id is None:
        return _first(call)
    layers = {row.pk: row for row in rows.select_related("sku")}
    planned = [_planned(share, layers[share.layer_id], event_id) for share in shares]
    raised = [
        (row.layer_id, layers[row.layer_id].remaining_qty, row.amount - row.gone_amount)
        for row in planned
    ]
    # One layer may have a share of each kind; the sums are added in one statement.
    amounts: dict[tuple[int, int], Decimal] = {}
    for layer_id, qty, amount in raised:
        amounts[layer_id, qty] = amounts.get((layer_id, qty), Decimal(0)) + amount
    changed = [(*key, amount) for key, amount in amounts.items() if amount]
    if changed and not level_sql.land_on_layers(changed):
        raise StockMoved
    _write(planned, layers, at)
    return _result(event_id, planned)


@stock_write()
def mark_final(layer_ids: Collection[int]) -> int:
    """Say that no more costs are to come for these layers; return how many were provisional."""
    return CostLayer.objects.filter(pk__in=layer_ids, is_provisional=True).update(
        is_provisional=False
    )


def _planned(share: Share, layer: CostLayer, event_id: int) -> LandedShare:
    currency = layer.currency or share.currency
    if layer.unit_cost is None:
        raise LayerNotCosted(sku=layer.sku.code)
    fits = share.currency == currency and share.kind in KINDS and share.amount
    if not fits or share.amount != quantize(share.amount, currency):
        raise LandRefused(
            amount=str(share.amount), currency=share.currency, layer_currency=currency
        )
    value = layer.remaining_qty * layer.unit_cost + layer.landed_amount
    parts = split_landing(share.amount, LayerValue(layer.qty, layer.remaining_qty, value), currency)
    layer.landed_amount += parts.stock_amount
    return LandedShare(
        event_id=event_id,
        layer=layer,
        kind=share.kind,
        amount=share.amount,
        gone_amount=parts.gone_amount,
        remaining_qty=layer.remaining_qty,
    )


def _write(planned: Sequence[LandedShare], layers: dict[int, CostLayer], at: dt.datetime) -> None:
    rows = LandedShare.objects.bulk_create(planned, batch_size=500)
    newest = dict(
        LayerConsumption.objects.filter(layer_id__in=layers)
        .order_by()
        .values("layer_id")
        .annotate(newest=Max("pk"))
        .values_list("layer_id", "newest")
    )
    CostVariance.objects.bulk_create(
        [
            CostVariance(
                share=row,
                layer_id=row.layer_id,
                until_consumption_id=newest.get(row.layer_id),
                gone_qty=layers[row.layer_id].qty - row.remaining_qty,
                amount=row.gone_amount,
                on=at.astimezone(dt.UTC).date(),
            )
            for row in rows
            if row.gone_amount
        ],
        batch_size=500,
    )


def _first(call: Call) -> LandResult:
    event_id = first_event_id(call.event_key)
    rows = list(LandedShare.objects.filter(event_id=event_id).order_by("pk"))
    return _result(event_id, rows, repeated=True)


def _result(event_id: int, rows: Sequence[LandedShare], *, repeated: bool = False) -> LandResult:
    gone = sum((row.gone_amount for row in rows), Decimal(0))
    total = sum((row.amount for row in rows), Decimal(0))
    return LandResult(event_id, total - gone, gone, repeated)
