"""Freight, duty, insurance and handling are spread over what arrived, and land in stock.

A draft can be looked at line by line; posting writes the shares and lets `inventory` raise the
layers and book the variance of what has left. A posted cost is only ever reversed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q

from core import audit, numbers
from core.actors import Actor
from core.money import apportion, quantize
from core.services import rates
from inventory.domain.landing import LayerValue, split_landing
from inventory.models import LandedShare, Sku
from inventory.queries.layers import LayerFact
from inventory.services import landing
from inventory.services.landing import Share
from suppliers.domain import cost_states
from suppliers.domain.landed_split import Goods, measure, unmeasured
from suppliers.domain.states import IllegalMove
from suppliers.models import Asn, LandedCost, LandedCostShare
from suppliers.queries.arrival_costs import layers_by_arrival
from suppliers.services import journal
from suppliers.services.cost_errors import (
    BillKnown,
    CostRefused,
    CostState,
    MeasureMissing,
    NothingArrived,
    NothingToSpreadBy,
    ReasonMissingHere,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDraft:
    """One bill to enter. `fx_rate` None: the rate of the day of the bill."""

    kind: str
    payee: str
    amount: Decimal
    currency: str
    billed_on: dt.date
    asn_ids: tuple[int, ...]
    basis: str = LandedCost.Basis.VALUE
    reference: str = ""
    fx_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """What falls to one cost layer: `base_amount` of the bill, `amount` in the layer's currency.

    `stock_amount` raises the units left, `gone_amount` is variance of those gone; the unit costs
    are the layer's before and after.
    """

    asn: Asn
    sku: Sku
    layer: LayerFact
    weight: Decimal
    base_amount: Decimal
    amount: Decimal
    currency: str
    layer_rate: Decimal
    stock_amount: Decimal
    gone_amount: Decimal

    @property
    def unit_before(self) -> Decimal | None:
        """Return what a unit left is worth before; None when none is left."""
        return self._unit(Decimal(0))

    @property
    def unit_after(self) -> Decimal | None:
        """Return what a unit left is worth after; None when none is left."""
        return self._unit(self.stock_amount)

    def _unit(self, more: Decimal) -> Decimal | None:
        left = self.layer.remaining_qty
        if not left or self.layer.unit_cost is None:
            return None
        return self.layer.unit_cost + (self.layer.landed_amount + more) / left


@transaction.atomic
def enter(draft: CostDraft, *, actor: Actor, at: dt.datetime) -> LandedCost:
    """Write a bill down as a draft, with its exchange rate.

    Raises:
        CostRefused: the amount is not above zero at the currency's exponent.
        NothingArrived: no arrival is named.
        BillKnown: this bill was entered before.
        RateUnknown: the currency has no rate on the day of the bill.
    """
    rate = draft.fx_rate or rates.rate_on(draft.currency, draft.billed_on)
    base_amount = quantize(draft.amount * rate, rates.base_currency())
    fine = draft.amount == quantize(draft.amount, draft.currency)
    if draft.amount <= 0 or base_amount <= 0 or not fine:
        raise CostRefused(amount=str(draft.amount), currency=draft.currency)
    arrivals = list(Asn.objects.filter(pk__in=draft.asn_ids).order_by("pk"))
    if not arrivals:
        raise NothingArrived
    cost = LandedCost(
        number=numbers.take("landed_cost")[0],
        kind=draft.kind,
        payee=draft.payee,
        reference=draft.reference,
        amount=draft.amount,
        currency=draft.currency,
        fx_rate=rate,
        base_amount=base_amount,
        basis=draft.basis,
        billed_on=draft.billed_on,
        created_at=at,
        created_by=actor.key,
    )
    try:
        with transaction.atomic():
            cost.save(force_insert=True)
    except IntegrityError as error:
        raise _known(draft, error) from error
    cost.arrivals.set(arrivals)
    journal.note(
        cost, "entered", {"amount": str(cost.amount), "currency": cost.currency}, actor, at
    )
    return cost


def preview(cost: LandedCost) -> list[SpreadLine]:
    """Return what would fall to each cost layer if the cost were posted now; writes nothing.

    The base amounts sum to the cost's.

    Raises:
        NothingArrived: nothing of its arrivals is received.
        MeasureMissing, NothingToSpreadBy: the basis says nothing about some or all goods.
        LayerNotCosted, RateUnknown: some goods have no cost, or one without a rate.
    """
    return _spread(cost, list(cost.arrivals.order_by("pk")))


@transaction.atomic
def post(cost_id: int, *, actor: Actor, at: dt.datetime) -> LandedCost:
    """Spread a draft over what arrived; units gone get a variance of today. See `preview`.

    Raises:
        CostState: it is posted already; and what `preview` raises. Nothing is written then.
    """
    cost = _lock(cost_id)
    state = _after(cost, "post")
    lines = _spread(cost, list(cost.arrivals.order_by("pk")))
    LandedCostShare.objects.bulk_create(
        [
            LandedCostShare(
                cost=cost,
                asn=line.asn,
                layer_id=line.layer.layer_id,
                weight=line.weight,
                base_amount=line.base_amount,
                amount=line.amount,
                currency=line.currency,
                layer_rate=line.layer_rate,
            )
            for line in lines
        ],
        batch_size=500,
    )
    event_id = landing.land(
        [Share(li.layer.layer_id, li.amount, li.currency, cost.kind) for li in lines if li.amount],
        event_key=f"landed_cost:{cost.pk}:post",
        cause_key=f"landed_cost:{cost.pk}",
        actor=actor,
        at=at,
    ).event_id
    cost.gone_amount = _gone(event_id, {line.layer.layer_id: line.layer_rate for line in lines})
    cost.stock_amount = cost.base_amount - cost.gone_amount
    cost.state, cost.posted_at, cost.posted_by = state, at, actor.key
    cost.save()
    after = {"on_stock": str(cost.stock_amount), "for_units_gone": str(cost.gone_amount)}
    journal.note(cost, "posted", after, actor, at)
    return cost


@transaction.atomic
def reverse(cost_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> LandedCost:
    """Take a posted cost back: out of the units left, and by a variance of today for the rest.

    Raises:
        ReasonMissingHere: without a reason.
        CostState: it is not posted.
    """
    if not reason.strip():
        raise ReasonMissingHere
    cost = _lock(cost_id)
    state = _after(cost, "reverse")
    shares = LandedCostShare.objects.filter(cost=cost).exclude(amount=0).order_by("pk")
    landing.land(
        [Share(row.layer_id, -row.amount, row.currency, cost.kind) for row in shares],
        event_key=f"landed_cost:{cost.pk}:reverse",
        cause_key=f"landed_cost:{cost.pk}",
        actor=actor,
        at=at,
    )
    cost.state, cost.reversed_at, cost.reversed_by = state, at, actor.key
    cost.reversal_reason = reason.strip()[:200]
    cost.save()
    journal.note(cost, "reversed", {"state": state}, actor, at, reason)
    return cost


@transaction.atomic
def discard(cost_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Throw a draft away; the audit keeps what it was.

    Raises:
        CostState: it is posted.
    """
    cost = _lock(cost_id)
    _after(cost, "post")
    journal.note(cost, "discarded", {"amount": str(cost.amount), "payee": cost.payee}, actor, at)
    cost.arrivals.clear()
    cost.delete()


@transaction.atomic
def close_costs(asn_id: int, *, actor: Actor, at: dt.datetime) -> int:
    """Say that no more costs of an arrival are to come; margins of its goods are final then.

    Returns how many cost layers were provisional. Repeatable.
    """
    layers = layers_by_arrival([asn_id]).get(asn_id, [])
    closed = landing.mark_final([layer.layer_id for layer in layers])
    if closed:
        audit.record(
            actor=actor,
            action="suppliers.arrival_costs_closed",
            target=f"asn:{asn_id}",
            after={"layers": closed},
            at=at,
        )
    return closed


def _spread(cost: LandedCost, arrivals: Sequence[Asn]) -> list[SpreadLine]:
    found = layers_by_arrival([asn.pk for asn in arrivals])
    rows = [(asn, layer) for asn in arrivals for layer in found.get(asn.pk, [])]
    if not rows:
        raise NothingArrived
    base = rates.base_currency()
    values = rates.rates_on({layer.currency or base for _asn, layer in rows}, cost.billed_on)
    skus = Sku.objects.in_bulk({layer.sku_id for _asn, layer in rows})
    weights = _weights(cost, [layer for _asn, layer in rows], skus, values)
    parts = apportion(cost.base_amount, weights, base)
    return [
        _line(asn, skus[layer.sku_id], layer, weight, part, values[layer.currency or base])
        for (asn, layer), weight, part in zip(rows, weights, parts, strict=True)
    ]


def _weights(
    cost: LandedCost,
    layers: Sequence[LayerFact],
    skus: Mapping[int, Sku],
    values: Mapping[str, Decimal],
) -> list[Decimal]:
    base = rates.base_currency()
    goods = [
        Goods(
            skus[layer.sku_id].code,
            layer.qty,
            None
            if layer.unit_cost is None
            else layer.qty * layer.unit_cost * values[layer.currency or base],
            skus[layer.sku_id].weight_g,
            _volume(skus[layer.sku_id]),
        )
        for layer in layers
    ]
    missing = unmeasured(goods, cost.basis)
    if missing:
        raise MeasureMissing(skus=", ".join(missing[:5]), basis=cost.get_basis_display())
    weights = [measure(one, cost.basis) or Decimal(0) for one in goods]
    if not any(weights):
        raise NothingToSpreadBy(basis=cost.get_basis_display())
    return weights


def _line(  # one line is exactly these facts
    asn: Asn, sku: Sku, layer: LayerFact, weight: Decimal, part: Decimal, rate: Decimal
) -> SpreadLine:
    if layer.unit_cost is None:
        raise landing.LayerNotCosted(sku=sku.code)
    currency = layer.currency or rates.base_currency()
    amount = quantize(part / rate, currency)
    value = layer.remaining_qty * layer.unit_cost + layer.landed_amount
    halves = split_landing(amount, LayerValue(layer.qty, layer.remaining_qty, value), currency)
    return SpreadLine(
        asn,
        sku,
        layer,
        weight,
        part,
        amount,
        currency,
        rate,
        halves.stock_amount,
        halves.gone_amount,
    )


def _volume(sku: Sku) -> int | None:
    if sku.length_mm is None or sku.width_mm is None or sku.height_mm is None:
        return None
    return sku.length_mm * sku.width_mm * sku.height_mm


def _gone(event_id: int, layer_rates: Mapping[int, Decimal]) -> Decimal:
    """Return the variance of a landing in the base currency."""
    rows = LandedShare.objects.filter(event_id=event_id).values_list("layer_id", "gone_amount")
    total = sum((amount * layer_rates[layer_id] for layer_id, amount in rows), Decimal(0))
    return quantize(total, rates.base_currency())


def _lock(cost_id: int) -> LandedCost:
    return LandedCost.objects.select_for_update().get(pk=cost_id)


def _after(cost: LandedCost, move: str) -> str:
    try:
        return cost_states.after("landed_cost", cost.state, move)
    except IllegalMove as error:
        raise CostState(number=cost.number, state=cost.get_state_display()) from error


def _known(draft: CostDraft, error: IntegrityError) -> Exception:
    same = LandedCost.objects.filter(
        ~Q(state="reversed"), payee=draft.payee, reference=draft.reference, kind=draft.kind
    )
    first = same.order_by("pk").first() if draft.reference else None
    if first is None:
        return error
    return BillKnown(reference=draft.reference, payee=draft.payee, number=first.number)


__all__ = [
    "CostDraft",
    "SpreadLine",
    "close_costs",
    "discard",
    "enter",
    "post",
    "preview",
    "reverse",
]
