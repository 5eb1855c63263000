"""Turn an order's open demand into a plan, and a plan into what the channel's policy makes of it.

Reads nothing and writes nothing: master data and stock come in, a `Planned` goes out. Placing,
backorders, edits and re-routing all plan here, so an order is treated alike on every path.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from orders.domain import attention
from orders.domain.life_rules import LifeTerms
from orders.domain.presets import preset_for
from orders.domain.route_facts import RoutePlan, RouteRequest, Want
from orders.domain.routing import plan_order
from orders.domain.splitting import Allotment, DemandLine, allot, cut_to_stock, sum_by_sku
from orders.domain.stock_book import StockBook
from orders.models import Order, OrderHold, OrderLine
from orders.models.channels import PartialPolicy
from orders.models.orders import HoldKind, LineKind
from orders.services.master_data import ChannelInfo, MasterData, SkuFact

ZERO = Decimal(0)
#: Kinds of lines that are reserved and shipped.
DEMAND_KINDS = frozenset({LineKind.GOODS, LineKind.FREE, LineKind.COMPONENT, LineKind.SUBSTITUTE})
#: Holds during which the stock stays for ever: a person, a date or a return set them on purpose.
HOLDS_THAT_KEEP_STOCK = frozenset(
    {HoldKind.OPERATOR, HoldKind.HOLD_UNTIL, HoldKind.AWAITING_RETURN}
)


@dataclass(frozen=True, slots=True)
class Job:
    """One order to plan. `lines` are its order lines, `open_qty` the units to find per position.

    `only_warehouses` limits the choice (an override), `preset` replaces the order's own.
    """

    order: Order
    channel: ChannelInfo
    lines: Sequence[OrderLine]
    open_qty: dict[int, int]
    skus: dict[int, SkuFact]
    only_warehouses: frozenset[int] | None = None
    preset: str = ""
    is_backorder: bool = False


@dataclass(slots=True)
class Planned:
    """A plan and its consequences, by line position.

    `waiting` units stay backordered, `dropped` units are cancelled under the policy
    cancel_remainder. `codes` are attention codes, `holds` (kind, note) to be placed.
    """

    job: Job
    plan: RoutePlan | None = None
    allotments: list[Allotment] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    holds: list[tuple[str, str]] = field(default_factory=list)
    decide_at: dt.datetime | None = None

    @property
    def has_legs(self) -> bool:
        """Say whether there is something to reserve."""
        return bool(self.allotments)


def open_holds(holds: Iterable[OrderHold]) -> list[OrderHold]:
    """Return the holds that still stand."""
    return [hold for hold in holds if hold.released_at is None]


def demand_of(job: Job) -> list[DemandLine]:
    """Return the units of each line that are to be found now."""
    return [
        DemandLine(line.position, line.sku_id, qty, line.kit_position, line.qty_per_kit or 1)
        for line in job.lines
        if line.kind in DEMAND_KINDS
        and line.sku_id is not None
        and (qty := job.open_qty.get(line.position, 0)) > 0
    ]


def line_value(line: OrderLine, kits: dict[int, OrderLine]) -> Decimal:
    """Return the goods value of one unit of a line; a component has its share of the kit."""
    if line.kind == LineKind.COMPONENT and line.kit_position in kits:
        kit = kits[line.kit_position]
        part: Decimal = kit.unit_price * (line.price_share or ZERO) / (line.qty_per_kit or 1)
        return part
    price: Decimal = line.unit_price
    return price


class Planner:
    """Plans the orders of one batch one after the other over one snapshot of stock."""

    def __init__(self, data: MasterData, book: StockBook, *, as_of: dt.datetime) -> None:
        self.data, self.book, self.as_of = data, book, as_of

    def plan(self, job: Job) -> Planned:
        """Return what becomes of an order now, and count its units as taken from the snapshot."""
        demand = demand_of(job)
        done = Planned(job, waiting=dict(job.open_qty))
        if not demand:
            done.waiting = {}
            return done
        unknown = [line.sku_code for line in job.lines if _is_unknown(line)]
        if unknown:
            done.codes = [f"{attention.UNKNOWN_SKU}:{code}" for code in unknown]
            return done
        if not job.order.ship_country:
            return done
        request = self.request_of(job, demand)
        done.plan = plan_order(request, self.data.network, self.book)
        if done.plan.is_full:
            self._settle(done, demand)
        else:
            self._fall_short(done, demand, request)
        self._check_customs(done)
        return done

    def request_of(self, job: Job, demand: Sequence[DemandLine]) -> RouteRequest:
        """Return what the router is asked for an order."""
        order, channel, skus = job.order, job.channel, job.skus
        kits = {line.position: line for line in job.lines if line.kind == LineKind.KIT}
        unit_values = {line.position: line_value(line, kits) for line in job.lines}
        to_cost = self.data.network.to_cost
        values: dict[int, Decimal] = {}
        for line in demand:
            worth = to_cost(unit_values[line.position] * line.qty, order.currency)
            values[line.sku_id] = values.get(line.sku_id, ZERO) + worth
        wants = tuple(
            Want(
                sku_id,
                qty,
                skus[sku_id].weight_g,
                values[sku_id],
                skus[sku_id].is_lot_tracked,
                skus[sku_id].is_hazardous,
                self._life(job, sku_id) if skus[sku_id].is_lot_tracked else None,
            )
            for sku_id, qty in sum_by_sku(demand).items()
        )
        preset = job.preset or preset_for(
            channel.preset,
            order_preset=order.cost_preset,
            lifecycle=order.lifecycle,
            by_lifecycle=self.data.by_lifecycle,
        )
        return RouteRequest(
            order_key=order.number,
            country=order.ship_country,
            postcode=order.ship_postcode,
            wants=wants,
            channel=channel.fact,
            weights=self.data.presets[preset],
            as_of=self.as_of,
            value_amount=sum(values.values(), ZERO),
            promised_by=order.promised_by,
            service_code=order.service_code,
            has_customs_data=_has_customs_data(job, demand),
            only_warehouses=job.only_warehouses,
        )

    def _life(self, job: Job, sku_id: int) -> LifeTerms:
        """Return how long the lots of a SKU must live for this order (X13)."""
        order, channel = job.order, job.channel
        return self.data.life_rules.terms(
            sku_id=sku_id,
            channel_id=channel.id,
            country=order.ship_country,
            customer_id=order.customer_id,
            default=channel.fact.min_life_days,
        )

    def _settle(self, done: Planned, demand: Sequence[DemandLine]) -> None:
        """Give the plan's units to the lines and take them from the snapshot."""
        plan = done.plan
        if plan is None:
            return
        done.allotments = allot([leg.takes for leg in plan.legs], demand)
        for _leg, position, qty in done.allotments:
            done.waiting[position] -= qty
        done.waiting = {position: qty for position, qty in done.waiting.items() if qty}
        self.book.take(plan.legs)

    def _fall_short(
        self, done: Planned, demand: Sequence[DemandLine], request: RouteRequest
    ) -> None:
        """Apply the order's partial policy (X02) when not everything has a warehouse."""
        order = done.job.order
        blocker = done.plan.blocker if done.plan is not None else ""
        policy = order.partial_policy
        if blocker == "CUSTOMS_DATA_MISSING":
            done.holds.append((HoldKind.CUSTOMS_DATA_MISSING, ""))
            return
        ships_part = policy in {PartialPolicy.SHIP_AVAILABLE, PartialPolicy.CANCEL_REMAINDER}
        takes_part = ships_part or order.commit_partial
        if blocker in {"OUT_OF_STOCK", "LOT_LIFE", "SPLIT_NOT_ALLOWED", "SPLIT_TOO_DEAR"}:
            if takes_part:
                self._plan_part(done, demand, request)
            if ships_part and done.has_legs:
                self._after_part(done, policy)
                return
        self._say_why(done, blocker, policy)

    def _plan_part(
        self, done: Planned, demand: Sequence[DemandLine], request: RouteRequest
    ) -> None:
        """Plan what stock covers, kits only whole."""
        sites = [
            site.id
            for site in self.data.network.sites
            if site.is_active and (not request.channel.ranks or site.id in request.channel.ranks)
        ]
        kept = cut_to_stock(demand, self.book.free({line.sku_id for line in demand}, sites))
        if not kept:
            return
        qty = sum_by_sku(kept)
        wants = tuple(
            want._replace(qty=qty[want.sku_id], value=want.value * qty[want.sku_id] / want.qty)
            for want in request.wants
            if want.sku_id in qty
        )
        part = plan_order(
            replace(request, wants=wants, coverage="available"), self.data.network, self.book
        )
        if part.legs:
            done.plan = part
            self._settle(done, kept)

    def _after_part(self, done: Planned, policy: str) -> None:
        if policy == PartialPolicy.CANCEL_REMAINDER:
            done.dropped, done.waiting = done.waiting, {}
            done.codes.append(attention.PARTLY_CANCELLED)
        elif done.waiting:
            done.codes.append(attention.PARTLY_BACKORDERED)

    def _say_why(self, done: Planned, blocker: str, policy: str) -> None:
        if blocker == attention.OUT_OF_STOCK and policy == PartialPolicy.WAIT_UNTIL:
            done.codes.append(attention.WAITING)
            if done.job.order.decide_at is None:
                wait = dt.timedelta(days=done.job.channel.wait_days)
                done.decide_at = self.as_of + wait
            return
        done.codes.append(blocker or attention.NO_ROUTE)
        if blocker == attention.OUT_OF_STOCK and done.plan is not None:
            done.codes += self._kit_codes(done)

    def _kit_codes(self, done: Planned) -> list[str]:
        """Name the components that keep a kit from being shipped (X14)."""
        short = {sku_id for sku_id, _qty in done.plan.short} if done.plan is not None else set()
        parts = {
            line.sku_id
            for line in done.job.lines
            if line.kind == LineKind.COMPONENT and line.position in done.waiting
        }
        codes = sorted(done.job.skus[sku_id].code for sku_id in short & parts if sku_id)
        return [f"{attention.KIT_COMPONENT_OOS}:{code}" for code in codes]

    def _check_customs(self, done: Planned) -> None:
        """Hold an order whose goods pass customs without complete data, before anybody picks."""
        plan, job = done.plan, done.job
        if plan is None or not done.has_legs or job.channel.country_only:
            return
        network = self.data.network
        foreign = [
            leg
            for leg in plan.legs
            if network.is_foreign(network.site(leg.warehouse_id).country, job.order.ship_country)
        ]
        if foreign and not _has_customs_data(job, demand_of(job)):
            lacking = sorted(fact.code for fact in job.skus.values() if not fact.has_customs_data)
            done.holds.append((HoldKind.CUSTOMS_DATA_MISSING, ", ".join(lacking)[:500]))


def _is_unknown(line: OrderLine) -> bool:
    return line.kind in DEMAND_KINDS and line.sku_id is None and line.qty > line.cancelled_qty


def _has_customs_data(job: Job, demand: Sequence[DemandLine]) -> bool:
    return all(job.skus[line.sku_id].has_customs_data for line in demand)
