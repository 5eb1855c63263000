"""Turn due days of subscriptions into orders, and tell what they will need."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from core.actors import SYSTEM
from core.errors import DomainError
from customers.domain.drafts import AddressDraft
from orders.domain.drafts import LineDraft, OrderDraft
from orders.models import Subscription, SubscriptionRun
from orders.models.subscriptions import SubscriptionState
from orders.services import placing, subscriptions


def _silent(_done: int, _total: int) -> None:
    """Nobody asked how far it is."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one pass did: orders made, runs refused, pauses that ended."""

    ordered: int
    refused: int
    resumed: int


def run_due(
    *,
    today: dt.date,
    lead_days: int,
    at: dt.datetime,
    tell: Callable[[int, int], None] = _silent,
) -> RunReport:
    """Make the orders of all due days up to `lead_days` after `today`; end pauses that are over.

    Repeatable: a day has one run, an order one external id. Each subscription is a transaction of
    its own, so that one that is refused stops no other; it is tried again the next time. `tell`
    hears how many are done of how many. Locks the subscription, then what placing locks.
    """
    resumed = _end_pauses(today, at)
    due = list(
        Subscription.objects.filter(
            state=SubscriptionState.ACTIVE, next_on__lte=today + dt.timedelta(days=lead_days)
        )
        .order_by("next_on", "pk")
        .values_list("pk", flat=True)
    )
    results = []
    for done, pk in enumerate(due, 1):
        results.append(_order_next(pk, today + dt.timedelta(days=lead_days), at))
        tell(done, len(due))
    return RunReport(results.count(True), results.count(False), resumed)


def _end_pauses(today: dt.date, at: dt.datetime) -> int:
    over = Subscription.objects.filter(
        state=SubscriptionState.PAUSED, paused_until__lte=today
    ).order_by("pk")
    count = 0
    for pk in over.values_list("pk", flat=True):
        try:
            subscriptions.resume(subscriptions.Version(pk), today=today, actor=SYSTEM, at=at)
        except subscriptions.SubscriptionMoveRefused:
            # Somebody resumed or ended it since it was listed.
            continue
        count += 1
    return count


def _order_next(pk: int, until: dt.date, at: dt.datetime) -> bool | None:
    """Order the next day of one subscription; None when there is nothing to do any more."""
    with transaction.atomic():
        row = Subscription.objects.filter(pk=pk, state=SubscriptionState.ACTIVE).lock().first()
        if row is None or row.next_on is None or row.next_on > until:
            return None
        due_on = row.next_on
        try:
            with transaction.atomic():
                order_id = _placed(row, due_on, at)
        except DomainError as error:
            _keep(row, due_on, at, state=SubscriptionRun.State.REFUSED, problem=str(error)[:255])
            return False
        _keep(row, due_on, at, state=SubscriptionRun.State.ORDERED, order_id=order_id, problem="")
        subscriptions.advance(row, after=due_on)
        row.version += 1
        row.save(update_fields=["state", "next_on", "paused_until", "version"])
        return True


def _keep(row: Subscription, due_on: dt.date, at: dt.datetime, **values: object) -> None:
    SubscriptionRun.objects.update_or_create(
        subscription=row, due_on=due_on, defaults={"at": at, "by": SYSTEM.key, **values}
    )


def _placed(row: Subscription, due_on: dt.date, at: dt.datetime) -> int:
    draft = OrderDraft(
        channel=row.channel.code,
        external_id=f"{row.number}/{due_on.isoformat()}",
        placed_at=at,
        currency=row.currency,
        email=row.email,
        customer_id=row.customer_id,
        service_code=row.service_code,
        ship_to=AddressDraft(
            name=row.ship_name,
            company=row.ship_company,
            line1=row.ship_line1,
            line2=row.ship_line2,
            city=row.ship_city,
            region=row.ship_region,
            postcode=row.ship_postcode,
            country=row.ship_country,
            phone=row.ship_phone,
        ),
        lines=tuple(
            LineDraft(sku=line.sku.code, qty=line.qty, unit_price=line.unit_price)
            for line in row.lines.select_related("sku").order_by("pk")
        ),
    )
    return placing.place([draft], actor=SYSTEM, as_of=at, source="subscription").orders[0].order_id


def needs(*, start: dt.date, end: dt.date) -> dict[int, int]:
    """Return units by SKU id that active subscriptions will order for due days in the range.

    Days that are ordered or skipped already are not counted; both ends are inclusive. A kit counts
    as itself, not as its components.
    """
    total: Counter[int] = Counter()
    for by_sku in needs_by_channel(start=start, end=end).values():
        total.update(by_sku)
    return dict(sorted(total.items()))


def needs_by_channel(*, start: dt.date, end: dt.date) -> dict[int, dict[int, int]]:
    """Return what `needs` does, by channel id and then SKU id."""
    rows = (
        Subscription.objects.filter(state=SubscriptionState.ACTIVE, next_on__lte=end)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=F("next_on")))
        .prefetch_related("lines")
        .order_by("pk")
    )
    units: dict[int, Counter[int]] = {}
    for row in rows:
        first = max(start, row.next_on or start)
        times = sum(1 for _day in subscriptions.schedule_of(row).between(first, end))
        for line in row.lines.all() if times else ():
            units.setdefault(row.channel_id, Counter())[line.sku_id] += times * line.qty
    return {channel_id: dict(by_sku) for channel_id, by_sku in units.items()}
