"""The forecast table of repurchases (B-08) and the sizes of the segments (B-02 to B-04)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from planning.domain.segments import Segment
from planning.models import (
    CrossPurchase,
    CustomerEstimate,
    ProductRepurchase,
    RepurchaseRun,
)


def newest_run() -> RepurchaseRun | None:
    """Return the run that counts now."""
    return RepurchaseRun.objects.order_by("-cut_on", "-pk").first()


def table(run: RepurchaseRun | None) -> QuerySet[Any]:
    """Return the products of a run with their likeliest companion and its numbers. One statement.

    `related_code`, `related_name` and `related_chance` are of the product that buyers of this one
    most likely buy next, `related_watched` the buyers that say so; None without any.
    """
    rows = ProductRepurchase.objects.filter(run=run) if run else ProductRepurchase.objects.none()
    likeliest = CrossPurchase.objects.filter(
        run=OuterRef("run"), first_sku=OuterRef("sku")
    ).order_by("-planned", "-watched", "pk")
    picked = {
        "related_id": "then_sku",
        "related_code": "then_sku__code",
        "related_chance": "planned",
        "related_watched": "watched",
    }
    found = {name: Subquery(likeliest.values(field)[:1]) for name, field in picked.items()}
    return rows.annotate(code=F("sku__code"), **found).select_related("sku")


def segment_counts(run: RepurchaseRun | None) -> list[tuple[str, int]]:
    """Return how many customers of a run are in each of the six segments, by priority."""
    rows = CustomerEstimate.objects.filter(run=run) if run else CustomerEstimate.objects.none()
    counted = dict(rows.order_by().values_list("segment").annotate(customers=Count("pk")))
    return [(segment.value, counted.get(segment.value, 0)) for segment in Segment]
