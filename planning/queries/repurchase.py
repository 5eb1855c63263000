"""What the repurchase models say of coming demand, as it was known at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from planning.domain.repurchase_demand import Component, component
from planning.models import CrossPurchase, ExpectedRepurchase, ProductRepurchase, RepurchaseRun

#: A run speaks of eight whole weeks.
DAYS_AHEAD = 56
#: A companion is worth a proposal from this chance on (B-13).
LEAST_CHANCE = 0.2

#: SKU id and Monday (UTC) of a week of demand.
SkuWeek = tuple[int, dt.date]


def latest_run(as_of: dt.datetime) -> RepurchaseRun | None:
    """Return the newest run that was computed by this moment (UTC)."""
    known = RepurchaseRun.objects.filter(computed_at__lte=as_of)
    return known.order_by("-cut_on", "-pk").first()


def companions(sku_id: int, as_of: dt.datetime, least: float = LEAST_CHANCE) -> list[CrossPurchase]:
    """Return what buyers of a SKU buy next with at least this chance, the likeliest first."""
    run = latest_run(as_of)
    rows = CrossPurchase.objects.filter(run=run, first_sku=sku_id, planned__gte=least)
    return list(rows.select_related("then_sku").order_by("-planned", "pk")) if run else []


def components(forecast: Mapping[SkuWeek, float], as_of: dt.datetime) -> dict[SkuWeek, Component]:
    """Return the repeat part of a forecast (units a week) for the weeks the newest run speaks of.

    `.total` takes the place of the forecast: repeats that it holds already are replaced, not added.
    Three queries.
    """
    run = latest_run(as_of)
    if run is None:
        return {}
    skus = {sku_id for sku_id, _week in forecast}
    shares = dict(
        ProductRepurchase.objects.filter(run=run, sku__in=skus).values_list("sku", "repeat_share")
    )
    expected = {
        (sku_id, week_on): qty
        for sku_id, week_on, qty in ExpectedRepurchase.objects.filter(
            run=run, sku__in=skus
        ).values_list("sku", "week_on", "expected_qty")
    }
    return {
        key: component(units, shares[key[0]], expected[key])
        for key, units in forecast.items()
        if key in expected and key[0] in shares
    }
