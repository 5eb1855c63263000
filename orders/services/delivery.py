"""Which deliveries a basket can have now: each service with its day, price and last minute (A-26).

An option is a whole plan of the router for one service, over the stock and the cut-offs of this
moment: same-day is there only while a warehouse of the destination's country has every unit and
its cut-off has not passed. Nothing is reserved and nothing written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core import money
from core.actors import SYSTEM
from core.errors import InputRefused, gettext_noop
from orders.domain.drafts import OrderDraft
from orders.domain.promise import Level, level_of, slowest
from orders.domain.route_facts import RoutePlan, RouteRequest
from orders.domain.routing import plan_order
from orders.services import master_data, placing, snapshots
from orders.services.master_data import MasterData
from orders.services.order_rows import check_draft
from orders.services.planning import Job, Planner, demand_of


class BasketRefused(InputRefused):
    """No delivery can be worked out for the basket; `why` says what to correct."""

    code = "BASKET_REFUSED"
    text = gettext_noop("No delivery can be worked out: %(why)s")


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """One way to have everything delivered.

    `order_by` (aware UTC) is the last minute for these days, `amount` what the parcels cost in
    `currency`, the network's. Days are those of the destination's promise.
    """

    service_code: str
    level: Level
    parcels: int
    amount: Decimal
    currency: str
    order_by: dt.datetime
    arrives_from: dt.date
    arrives_by: dt.date


def list_options(draft: OrderDraft, *, as_of: dt.datetime) -> list[DeliveryOption]:
    """Return the deliveries that the draft's goods can have at `as_of` (aware UTC), soonest first.

    Empty when nothing can be delivered whole now. One snapshot of stock, whatever the services.

    Raises:
        OrderRefused: the draft makes no sense.
        UnknownChannel: no active channel has its code.
        BasketRefused: a SKU is unknown, or nothing in it is sent.
    """
    draft = replace(draft, is_draft=False, is_history=False, payments=())
    check_draft(draft)
    data = master_data.current(as_of)
    call = placing.Call(SYSTEM, as_of, "options")
    [built] = placing.build_all({draft.key: draft}, data, call)
    job = placing.job_of(built, data)
    unknown = sorted(line.sku_code for line in built.lines if line.sku_id is None and line.sku_code)
    if unknown:
        why = gettext_noop("a SKU is unknown. Check its code.")
        raise BasketRefused(why=why, skus=", ".join(unknown))
    if job is None or not demand_of(job):
        raise BasketRefused(why=gettext_noop("nothing in it is sent by parcel."))
    return _plan_all(job, data, as_of)


def _plan_all(job: Job, data: MasterData, as_of: dt.datetime) -> list[DeliveryOption]:
    book = snapshots.read_book(data, job.skus.values(), as_of=as_of)
    request = Planner(data, book, as_of=as_of).request_of(job, demand_of(job))
    found = []
    for code in _service_codes(request, data):
        plan = plan_order(replace(request, service_code=code), data.network, book)
        if plan.is_full:
            found.append(_option(code, plan, request, data))
    return sorted(found, key=lambda one: (one.arrives_by, one.amount, one.service_code))


def _service_codes(request: RouteRequest, data: MasterData) -> list[str]:
    """Return every service that goes there from anywhere, for some weight of the basket."""
    weights = {want.weight_g * want.qty for want in request.wants}
    weights.add(sum(weights))
    options = data.network.rates.options
    return sorted(
        {
            offer.service_code
            for site in data.network.sites
            for weight_g in weights
            for offer in options(site.code, request.country, request.postcode, weight_g)
        }
    )


def _option(code: str, plan: RoutePlan, request: RouteRequest, data: MasterData) -> DeliveryOption:
    network = data.network
    sites = [network.site(leg.warehouse_id) for leg in plan.legs]
    levels: Sequence[Level] = [
        level_of(
            leg.promise,
            as_of=request.as_of,
            site=site.calendar,
            is_local=site.country == request.country,
        )
        for leg, site in zip(plan.legs, sites, strict=True)
    ]
    return DeliveryOption(
        service_code=code,
        level=slowest(levels),
        parcels=len(plan.legs),
        amount=money.quantize(plan.cost, network.currency),
        currency=network.currency,
        order_by=min(leg.promise.hand_over.cutoff_at for leg in plan.legs),
        arrives_from=plan.arrives_from,
        arrives_by=plan.arrives_by,
    )
