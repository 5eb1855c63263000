"""What the pages of policies show: categories, a SKU at its warehouses, limits that can't work."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from inventory.models import Sku, Warehouse
from planning.domain.alert_bands import FlatLimits, Leads, limit_warnings
from planning.domain.policies import PolicyFor
from planning.models import BandOverride, CategoryPolicy, CoverStatus, KindProposal, SkuPolicy
from planning.queries.policies import policies_for, policies_of_categories
from planning.queries.review_terms import offers, read_defaults

#: Categories on one page.
MOST_CATEGORIES = 500


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category: how many SKUs, the policy in force, whose it is, what can't work about it.

    `late` counts SKUs by warning code: their limit lies below their supplier's lead time.
    """

    name: str
    skus: int
    policy: PolicyFor
    stored: CategoryPolicy | None
    late: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One SKU at one warehouse: policy, lead times in days (None: no supplier), warnings."""

    warehouse: Warehouse
    policy: PolicyFor
    forced: BandOverride | None
    cover: CoverStatus | None
    fastest_days: float | None
    regular_days: float | None
    warnings: tuple[str, ...]


def category_rows(now: dt.datetime) -> list[CategoryRow]:
    """Return all categories with live SKUs, by name, and first those without one. 7 statements."""
    goods = dict(Sku.objects.live().order_by("pk").values_list("pk", "product__category"))
    by_name: dict[str, list[int]] = defaultdict(list)
    for pk, name in goods.items():
        by_name[name or ""].append(pk)
    stored = {row.category: row for row in CategoryPolicy.objects.order_by("category")}
    names = sorted({"", *by_name, *stored})[:MOST_CATEGORIES]
    policies = policies_of_categories(names)
    leads = lead_days(None, now)
    return [
        CategoryRow(
            name=name,
            skus=len(by_name.get(name, ())),
            policy=policies[name],
            stored=stored.get(name),
            late=_late(policies[name], [leads[pk] for pk in by_name.get(name, ()) if pk in leads]),
        )
        for name in names
    ]


def lead_days(sku_ids: Iterable[int] | None, now: dt.datetime) -> dict[int, tuple[float, float]]:
    """Return the days of the fastest and the regular mode of each SKU that has a supplier."""
    ids = None if sku_ids is None else list(sku_ids)
    return {
        sku_id: (offer.fast.lead.mean_days, offer.slow.lead.mean_days)
        for sku_id, offer in offers(now, read_defaults(), sku_ids=ids).items()
    }


def warnings_of(policy: PolicyFor, leads: tuple[float, float] | None) -> tuple[str, ...]:
    """Return the codes of flat limits that leave no room for the lead times (E5)."""
    if leads is None:
        return ()
    limits = FlatLimits(policy.red_days, policy.yellow_days)
    return limit_warnings(limits, Leads(fastest_days=leads[0], regular_days=leads[1]))


def place_rows(sku_id: int, places: Iterable[Warehouse], now: dt.datetime) -> list[PlaceRow]:
    """Return the policy of a SKU at each warehouse. 10 statements, whatever the warehouses."""
    today, wanted = now.date(), list(places)
    found = policies_for([(sku_id, place.pk) for place in wanted], today)
    forced = {
        row.warehouse_id: row
        for row in BandOverride.objects.filter(
            sku_id=sku_id, withdrawn_at__isnull=True, expires_on__gte=today
        ).order_by("pk")
    }
    covers = {row.warehouse_id: row for row in CoverStatus.objects.filter(sku_id=sku_id)}
    leads = lead_days([sku_id], now).get(sku_id)
    return [
        PlaceRow(
            warehouse=place,
            policy=found[sku_id, place.pk],
            forced=forced.get(place.pk),
            cover=covers.get(place.pk),
            fastest_days=leads[0] if leads else None,
            regular_days=leads[1] if leads else None,
            warnings=warnings_of(found[sku_id, place.pk], leads),
        )
        for place in wanted
    ]


def open_proposals() -> list[KindProposal]:
    """Return the kinds that wait for a decision, by category."""
    return list(KindProposal.objects.filter(state="open").order_by("category", "pk"))


def exceptions_by_category(today: dt.date) -> dict[str, int]:
    """Return how many SKUs of each category have a policy of their own."""
    rows = SkuPolicy.objects.in_force(today).order_by("sku__product__category")
    return {
        name or "": count
        for name, count in rows.values_list("sku__product__category").annotate(
            Count("sku", distinct=True)
        )
    }


def _late(policy: PolicyFor, leads: Iterable[tuple[float, float]]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = defaultdict(int)
    for one in leads:
        for code in warnings_of(policy, one):
            counts[code] += 1
    return tuple(sorted(counts.items()))
