"""What repurchase is computed from: order lines by customer, product and day, and last visits."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from customers.models import Customer
from orders.models import OrderLine
from orders.models.orders import LineKind, OrderStatus
from planning.domain import rebuy
from planning.domain.purchases import day_number
from planning.models import DemandSignal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 10_000
VISITS = ("view", "cart", "favorite", "open")


@dataclass(frozen=True)
class Bought:
    """Sold lines [M] of known customers: places in `customers` and `skus`, days, units, money."""

    customers: tuple[int, ...]
    skus: tuple[int, ...]
    customer: Ints
    sku: Ints
    day: Ints
    qty: Ints
    value: Floats

    def lines(self) -> rebuy.Lines:
        """Return the days on which each customer bought each product."""
        return rebuy.lines_of(self.customer, self.sku, self.day)

    def fingerprint(self, touched: dict[int, int]) -> str:
        """Return a hash of everything that the models look at."""
        found = hashlib.sha256()
        ids = np.array(self.customers, dtype=np.int64)[self.customer]
        products = np.array(self.skus, dtype=np.int64)[self.sku]
        rows = np.column_stack([ids, products, self.day, self.qty])
        order = np.lexsort(rows.T)
        found.update(rows[order].tobytes())
        found.update(np.array(sorted(touched.items()), dtype=np.int64).tobytes())
        return found.hexdigest()


def read_bought(until: dt.datetime) -> Bought:
    """Return what known customers bought before `until` (UTC); two statements.

    Drafts, replacements, free lines and cancelled units are no purchases. A merged customer's
    lines belong to the one it lives on in.
    """
    lines = (
        OrderLine.objects.filter(
            kind__in=(LineKind.GOODS, LineKind.COMPONENT),
            sku__isnull=False,
            unit_price__gt=0,
            order__placed_at__lt=until,
            order__customer__isnull=False,
            order__replaces__isnull=True,
        )
        .exclude(order__status=OrderStatus.DRAFT)
        .order_by("order__placed_at", "pk")
        .values_list(
            "order__customer_id",
            "sku_id",
            "order__placed_at",
            "qty",
            "cancelled_qty",
            "unit_price",
        )
    )
    lives_on = dict(
        Customer.objects.filter(merged_into__isnull=False)
        .order_by("pk")
        .values_list("pk", "merged_into_id")
    )
    rows = [
        (_survivor(customer, lives_on), sku, _day(at), qty - gone, (qty - gone) * float(price))
        for customer, sku, at, qty, gone, price in lines.iterator(chunk_size=CHUNK)
        if qty > gone
    ]
    table = np.array([row[:4] for row in rows], dtype=np.int64).reshape(-1, 4)
    customers, customer = np.unique(table[:, 0], return_inverse=True)
    skus, sku = np.unique(table[:, 1], return_inverse=True)
    return Bought(
        tuple(int(one) for one in customers),
        tuple(int(one) for one in skus),
        customer.astype(np.int64),
        sku.astype(np.int64),
        table[:, 2],
        table[:, 3],
        np.array([row[4] for row in rows], dtype=np.float64),
    )


def _survivor(customer_id: int, lives_on: Mapping[int, int | None]) -> int:
    following = lives_on.get(customer_id)
    while following is not None:
        customer_id, following = following, lives_on.get(following)
    return customer_id


def _day(at: dt.datetime) -> int:
    return day_number(at.astimezone(dt.UTC).date())


def read_visits(until: dt.date) -> dict[int, int]:
    """Return {customer id: day number} of the last visit up to `until`; one statement."""
    rows = (
        DemandSignal.objects.filter(customer__isnull=False, kind__in=VISITS, on__lte=until)
        .order_by("customer_id")
        .values_list("customer_id")
        .annotate(Max("on"))
    )
    return {customer_id: day_number(on) for customer_id, on in rows}
