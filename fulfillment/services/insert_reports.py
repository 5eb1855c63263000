"""What a campaign used, cost and did: units, arms, repeat orders in both arms."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from fulfillment.domain.effects import Arm, Effect, compare
from fulfillment.models import CampaignAssignment, CartonExtra, CouponCode, InsertCampaign
from orders.models import Order

BATCH = 500


@dataclass(frozen=True, slots=True)
class Usage:
    """How often the inserts of a campaign went out. `skipped` counts by reason code.

    `cost_amount` adds what the ledger says; `uncosted` parcels have no cost yet.
    """

    added: int
    units: int
    skipped: dict[str, int]
    missing_units: int
    cost_amount: Decimal
    uncosted: int
    codes_free: int
    codes_used: int

    @property
    def cost_per_parcel(self) -> Decimal | None:
        """Return the mean cost of a parcel that has one, None before the first."""
        costed = self.added - self.uncosted
        return (self.cost_amount / costed).quantize(Decimal("0.0001")) if costed else None


@dataclass(frozen=True, slots=True)
class Report:
    """Usage and effect of one campaign. `running` customers may still order within the goal."""

    campaign: InsertCampaign
    treated: int
    control: int
    running: int
    usage: Usage
    effect: Effect


def report(campaign: InsertCampaign, *, as_of: dt.datetime) -> Report:
    """Return the usage report of a campaign (A-08) as of an aware UTC moment.

    A customer counts once its goal days are over. A repeat order is any later order of the same
    customer within those days, cancelled ones and drafts aside.
    """
    rows = list(
        CampaignAssignment.objects.filter(campaign=campaign)
        .order_by("pk")
        .values_list("customer_key", "arm", "assigned_at", "order_key")
    )
    span = dt.timedelta(days=campaign.goal_days)
    over = [row for row in rows if row[2] + span <= as_of]
    repeated = _repeated(over, span)
    arms = Counter(row[1] for row in over)
    again = Counter(row[1] for row in over if row[0] in repeated)
    sizes = Counter(row[1] for row in rows)
    return Report(
        campaign=campaign,
        treated=sizes["treated"],
        control=sizes["control"],
        running=len(rows) - len(over),
        usage=_usage(campaign),
        effect=compare(
            Arm(arms["treated"], again["treated"]), Arm(arms["control"], again["control"])
        ),
    )


Row = tuple[str, str, dt.datetime, str]


def _repeated(rows: list[Row], span: dt.timedelta) -> set[str]:
    begun = {key: (at, order) for key, _arm, at, order in rows}
    people = [int(key.partition(":")[2]) for key in begun if key.startswith("customer:")]
    found: set[str] = set()
    for start in range(0, len(people), BATCH):
        orders = _later().filter(customer_id__in=people[start : start + BATCH])
        for pk, customer_id, placed_at in orders.values_list("pk", "customer_id", "placed_at"):
            _note(found, begun, f"customer:{customer_id}", (pk, placed_at), span)
    if any(key.startswith("guest:") for key in begun):
        first = min(at for at, _order in begun.values())
        guests = _later().filter(customer=None, placed_at__gt=first).exclude(email="")
        for pk, email, placed_at in guests.values_list("pk", "email", "placed_at").iterator():
            mark = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
            _note(found, begun, f"guest:{mark}", (pk, placed_at), span)
    return found


def _later() -> QuerySet[Order]:
    return Order.objects.exclude(status__in=("draft", "cancelled")).order_by()


def _note(
    found: set[str],
    begun: dict[str, tuple[dt.datetime, str]],
    key: str,
    order: tuple[int, dt.datetime],
    span: dt.timedelta,
) -> None:
    if key not in begun:
        return
    at, first_order = begun[key]
    if at < order[1] <= at + span and f"order:{order[0]}" != first_order:
        found.add(key)


def _usage(campaign: InsertCampaign) -> Usage:
    extras = CartonExtra.objects.filter(campaign=campaign)
    added = extras.filter(state="added").aggregate(
        parcels=Count("pk"),
        units=Sum("qty"),
        missing=Sum("missing_qty"),
        cost=Sum("cost_amount"),
        uncosted=Count("pk", filter=Q(cost_amount=None)),
    )
    reasons = (
        extras.filter(state="skipped")
        .order_by("reason")
        .values_list("reason")
        .annotate(parcels=Count("pk"))
    )
    codes = CouponCode.objects.filter(campaign=campaign).aggregate(
        free=Count("pk", filter=Q(state="free")), used=Count("pk", filter=Q(state="assigned"))
    )
    return Usage(
        added=added["parcels"],
        units=int(added["units"] or 0),
        skipped=dict(reasons),
        missing_units=int(added["missing"] or 0),
        cost_amount=added["cost"] or Decimal(0),
        uncosted=added["uncosted"],
        codes_free=codes["free"],
        codes_used=codes["used"],
    )
