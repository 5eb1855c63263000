"""Where the units of a review come from, by which mode, at which price, within which budget.

Costs that are compared are plain numbers of the base currency; prices of a proposal are decimals.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from planning.domain.alert_bands import Band
from planning.domain.modes import Demand, LineCosts, Mode, ModeChoice, ModeOption, choose_mode
from planning.domain.position import near_position
from planning.domain.replenishment import (
    BudgetLine,
    Source,
    SourceCost,
    SourceKind,
    choose_source,
    choose_tier,
    fit_budget,
)
from planning.domain.review import Advice
from planning.queries.review_stock import Pair
from planning.services.review_inputs import Case, Inputs
from suppliers.services.pricing import PriceAsk, PriceQuote, price_lines

#: Days a kit takes whose components lie ready.
KIT_DAYS = 1
#: Days of a transfer that crosses a border.
ABROAD_DAYS = 30
#: At most so many other warehouses are compared for one SKU.
MOST_DONORS = 3
CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Plan:
    """What one case should get: units, source, mode, price; `options` are what was compared."""

    case: Case
    advice: Advice
    decision: str
    qty: int
    kind: str
    mode: str = "none"
    fast_qty: int = 0
    fast_mode: str = ""
    slow_mode: str = ""
    from_warehouse_id: int | None = None
    unit_cost: Decimal | None = None
    currency: str = ""
    total_base: Decimal = Decimal(0)
    tier_qty: int = 0
    options: tuple[dict[str, Any], ...] = ()

    @property
    def pair(self) -> Pair:
        """Return SKU id and warehouse id."""
        return self.case.pair


@dataclass
class Spare:
    """Units that warehouses can give away, and kits that can be built; each unit once."""

    units: dict[Pair, int]
    kits: Mapping[Pair, int]
    by_sku: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def donors(self, pair: Pair) -> list[tuple[int, int]]:
        """Return (warehouse id, units) of others that have some, the most first."""
        sku_id, place = pair
        found = [
            (other, self.units[sku_id, other])
            for other in self.by_sku.get(sku_id, ())
            if other != place and self.units[sku_id, other] > 0
        ]
        return sorted(found, key=lambda one: (-one[1], one[0]))[:MOST_DONORS]


def spare_of(cases: Sequence[Case], advices: Sequence[Advice], kits: Mapping[Pair, int]) -> Spare:
    """Return what each warehouse has above its own level, can ship now and has not given away."""
    found: dict[Pair, int] = {}
    by_sku: dict[int, list[int]] = defaultdict(list)
    for case, advice in zip(cases, advices, strict=True):
        above = advice.terms["position"] - advice.terms["level"] - case.leaving_qty
        units = int(min(above, case.row.picture.sellable - case.leaving_qty))
        if units > 0 and advice.color.band == Band.GREEN and case.row.stock_limits is None:
            found[case.pair] = units
            by_sku[case.pair[0]].append(case.pair[1])
    return Spare(found, kits, by_sku)


def plan(inputs: Inputs, advices: Sequence[Advice], spare: Spare) -> list[Plan]:
    """Return what to get, the most urgent first served by what others can spare.

    Cases that need nothing have no plan. Red goes first, then what runs out first.
    """
    wanting = [
        (case, advice)
        for case, advice in zip(inputs.cases, advices, strict=True)
        if advice.qty > 0 or (advice.color.band == Band.RED and advice.terms["need"] > 0)
    ]
    wanting.sort(key=lambda one: (_rank(one[1]), one[0].pair))
    found = [_plan(inputs, case, advice, spare) for case, advice in wanting]
    return [one for one in found if one is not None]


def _rank(advice: Advice) -> tuple[int, float]:
    cover = advice.color.terms["stock_days"]
    return (advice.color.band != Band.RED, float("inf") if cover is None else cover)


def _plan(inputs: Inputs, case: Case, advice: Advice, spare: Spare) -> Plan | None:
    """Return the cheapest way to get what one case needs; None: its policy asks for nothing."""
    if advice.qty <= 0:
        return None
    need = int(advice.terms["need"])
    horizon = case.row.terms.regular.mean_days + case.row.policy.review_days
    daily = case.row.daily + case.row.extra_qty / horizon
    demand = Demand(daily, case.daily_var)
    choice, tier = _mode(inputs, case, advice.qty, demand)
    sources = [*_inside(inputs, case, spare), *_purchases(inputs, case, advice.qty)]
    costs = choose_source(
        max(need, 1),
        float(advice.terms["near"]),
        demand,
        case.margin,
        sources,
        horizon,
    )
    best = _best(case, costs)
    if best.source.kind == SourceKind.WAIT:
        return _waiting(inputs, case, advice, costs)
    if best.source.kind == SourceKind.PURCHASE:
        return _purchase(inputs, case, advice, (choice, tier), costs)
    if best.source.kind == SourceKind.TRANSFER:
        spare.units[case.pair[0], int(best.source.name)] -= best.qty
    return Plan(
        case=case,
        advice=advice,
        decision="AS_NEEDED",
        qty=best.qty,
        kind=best.source.kind.value,
        from_warehouse_id=(
            int(best.source.name) if best.source.kind == SourceKind.TRANSFER else None
        ),
        total_base=_money(best.bring),
        tier_qty=best.qty,
        options=tuple(_source_option(inputs, case, one, one is best) for one in costs),
    )


def _best(case: Case, costs: Sequence[SourceCost]) -> SourceCost:
    """Return the source of least expected cost.

    That units are needed is decided by the service level. Waiting wins only over sources that
    bring a unit for more than it earns, and where there is no source. Samples and inserts are
    given away: they need not earn what they cost to bring (A-36).
    """
    bringing = [one for one in costs if one.source.kind != SourceKind.WAIT]
    if not bringing:
        return costs[0]
    given = case.goods.is_given
    pays = [one for one in bringing if given or one.bring <= one.qty * case.margin]
    return pays[0] if pays else next(one for one in costs if one.source.kind == SourceKind.WAIT)


def _inside(inputs: Inputs, case: Case, spare: Spare) -> list[Source]:
    """Return what the company's own places offer: transfers and kits."""
    known, place = inputs.known, case.pair[1]
    per_unit = known.transfer_rate * (1000 if case.goods.weight_g is None else case.goods.weight_g)
    found = [
        Source(
            SourceKind.TRANSFER,
            units,
            float(
                known.transfer_days
                if inputs.countries.get(other) == inputs.countries.get(place)
                else ABROAD_DAYS
            ),
            per_unit / 1000,
            known.transfer_cost,
            str(other),
        )
        for other, units in spare.donors(case.pair)
    ]
    kits = spare.kits.get(case.pair, 0)
    return [*found, Source(SourceKind.KIT, kits, KIT_DAYS, 0.0)] if kits > 0 else found


def _purchases(inputs: Inputs, case: Case, qty: int) -> list[Source]:
    """Return what the supplier offers by its regular and its fastest mode."""
    if case.offer is None:
        return []
    terms = case.row.terms
    ways = {case.offer.slow.mode: terms.regular, case.offer.fast.mode: terms.fastest}
    return [
        Source(
            SourceKind.PURCHASE,
            qty,
            lead.mean_days,
            inputs.known.freight(mode, case.goods.weight_g),
            name=mode,
        )
        for mode, lead in ways.items()
    ]


def _mode(inputs: Inputs, case: Case, qty: int, demand: Demand) -> tuple[ModeChoice | None, int]:
    """Return how to bring the units, and how many a price break makes of them."""
    offer = case.offer
    if offer is None:
        return None, qty
    tier = _tier(inputs, case, qty)
    fast, slow = (
        Mode(way.mode, round(lead.mean_days), inputs.known.freight(way.mode, case.goods.weight_g))
        for way, lead in (
            (offer.fast, case.row.terms.fastest),
            (offer.slow, case.row.terms.regular),
        )
    )
    if offer.fast.mode == offer.slow.mode or fast.days > slow.days or case.row.daily <= 0:
        return None, tier
    picture = case.row.picture
    costs = LineCosts(case.margin, case.unit_cost or 0.0)
    chosen = choose_mode(
        tier,
        lambda days: near_position(picture, days),
        demand,
        (fast, slow),
        costs,
        pack_qty=offer.pack_qty,
    )
    return chosen, tier


def _tier(inputs: Inputs, case: Case, qty: int) -> int:
    """Return the units with which a price break is cheaper, in whole packs; careful: as needed."""
    offer = case.offer
    if offer is None or inputs.risk.is_conservative or len(offer.breaks) < 2:
        return qty
    if qty < offer.breaks[0].from_qty:
        return qty
    found = choose_tier(qty, offer.breaks, case.row.daily).qty
    return -(-found // offer.pack_qty) * offer.pack_qty


def _purchase(
    inputs: Inputs,
    case: Case,
    advice: Advice,
    chosen: tuple[ModeChoice | None, int],
    costs: Sequence[SourceCost],
) -> Plan:
    choice, tier = chosen
    offer = case.offer
    if offer is None:
        raise ValueError("A purchase needs a supplier.")
    inside = [one for one in costs if one.source.kind != SourceKind.PURCHASE]
    options = [_source_option(inputs, case, one, False) for one in inside]
    if choice is None:
        mode, fast_qty = offer.slow.mode, 0
        named = [one for one in costs if one.source.name == offer.slow.mode][:1]
        options += [_source_option(inputs, case, one, True) for one in named]
    else:
        mode, fast_qty = choice.best.name, choice.best.fast_qty
        options += [_mode_option(case, one, one is choice.best) for one in choice.options]
    return Plan(
        case=case,
        advice=advice,
        decision="PRICE_BREAK" if tier > advice.qty else advice.reason,
        qty=tier,
        kind=SourceKind.PURCHASE.value,
        mode=mode,
        fast_qty=fast_qty,
        fast_mode=offer.fast.mode,
        slow_mode=offer.slow.mode,
        currency=offer.currency,
        tier_qty=tier,
        options=tuple(options),
    )


def _waiting(inputs: Inputs, case: Case, advice: Advice, costs: Sequence[SourceCost]) -> Plan:
    """Return the plan of nothing to do: waiting is cheapest, or nobody can bring it."""
    can = any(one.qty > 0 for one in costs)
    need = int(advice.terms["need"])
    return Plan(
        case=case,
        advice=advice,
        decision="WAIT" if can else "NO_SUPPLIER",
        qty=need,
        kind=SourceKind.WAIT.value,
        tier_qty=need,
        options=tuple(
            _source_option(inputs, case, one, one.source.kind == SourceKind.WAIT) for one in costs
        ),
    )


def _source_option(inputs: Inputs, case: Case, one: SourceCost, is_chosen: bool) -> dict[str, Any]:
    """Return one source with its costs, under the names of the page."""
    found = {**one.terms(), "mode": "", "is_chosen": is_chosen}
    if one.source.kind == SourceKind.PURCHASE and case.offer is not None:
        found |= {
            "mode": one.source.name,
            "name": case.offer.name,
            "supplier_id": case.offer.supplier_id,
        }
    if one.source.kind == SourceKind.TRANSFER:
        place = int(one.source.name)
        found |= {"name": inputs.codes.get(place, ""), "warehouse_id": place}
    return found


def _mode_option(case: Case, one: ModeOption, is_chosen: bool) -> dict[str, Any]:
    """Return one way to bring a purchase with its costs."""
    offer = case.offer
    fastest = case.row.terms.fastest.mean_days if one.fast_qty else None
    return {
        "kind": SourceKind.PURCHASE.value,
        "name": offer.name if offer else "",
        "mode": one.name,
        "supplier_id": offer.supplier_id if offer else None,
        "days": fastest if fastest is not None else case.row.terms.regular.mean_days,
        "qty": one.fast_qty + one.slow_qty,
        "bring": round(one.freight + one.holding, 4),
        **one.terms(),
        "is_chosen": is_chosen,
    }


def priced(inputs: Inputs, plans: Sequence[Plan], on: dt.date) -> list[Plan]:
    """Return the plans with today's price of agreement or list; 4 statements per supplier."""
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, one in enumerate(plans):
        if one.kind == SourceKind.PURCHASE.value and one.case.offer is not None:
            groups[one.case.offer.supplier_id, one.currency].append(place)
    found = list(plans)
    for (supplier_id, currency), places in sorted(groups.items()):
        ask = PriceAsk(supplier_id=supplier_id, on=on, required_by=None, currency=currency)
        quotes = price_lines(ask, [(plans[place].pair[0], plans[place].qty) for place in places])
        for place, quoted in zip(places, quotes, strict=True):
            price = quoted.unit_price if isinstance(quoted, PriceQuote) else None
            found[place] = _with_price(inputs, plans[place], price)
    return found


def _with_price(inputs: Inputs, one: Plan, price: Decimal | None) -> Plan:
    rate = inputs.rates.get(one.currency)
    if price is not None and rate is not None:
        total = _money(price * rate * one.qty)
    else:
        total = _money((one.case.unit_cost or 0.0) * one.qty)
    return replace(one, unit_cost=price, total_base=total)


def budgeted(plans: Sequence[Plan], left: Decimal | None) -> list[Plan]:
    """Return the plans that a budget of the base currency allows; None: there is no budget.

    Most margin saved for the money first. A line that is cut keeps what fits in whole packs; one
    of which nothing fits stays as a plan of 0 units with the reason BUDGET.
    """
    if left is None:
        return list(plans)
    lines, places = [], {}
    for place, one in enumerate(plans):
        if one.kind == SourceKind.PURCHASE.value and one.total_base > 0:
            key = f"{one.pair[0]}/{one.pair[1]}"
            places[key] = place
            lines.append(_line(key, one))
    granted = fit_budget(lines, float(max(left, Decimal(0))))
    found = list(plans)
    for key, units in granted.items():
        one = plans[places[key]]
        if units < one.qty:
            found[places[key]] = _cut(one, units)
    return found


def _line(key: str, one: Plan) -> BudgetLine:
    """Return a plan as a line to rank: the margin of the units that would be lost without it."""
    short = max(0.0, float(one.advice.terms["level"]) - float(one.advice.terms["position"]))
    pack = one.case.offer.pack_qty if one.case.offer else 1
    return BudgetLine(
        key=key,
        qty=one.qty,
        unit_cost=float(one.total_base) / one.qty,
        saved_margin=min(float(one.qty), short) * one.case.margin,
        pack_qty=pack,
    )


def _cut(one: Plan, units: int) -> Plan:
    fast = min(one.fast_qty, units)
    total = _money(one.total_base * units / one.qty)
    return replace(one, qty=units, fast_qty=fast, total_base=total, decision="BUDGET")


def _money(amount: float | Decimal) -> Decimal:
    value = amount if isinstance(amount, Decimal) else Decimal(repr(amount))
    return value.quantize(CENT)
