"""The steps of an order at the supplier and the days they are planned for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

PRE_PRODUCTION, PRODUCTION = "pre_production", "production"
PRE_SHIPMENT, SHIPMENT, DELIVERY = "pre_shipment", "shipment", "delivery"
KINDS: Final = (PRE_PRODUCTION, PRODUCTION, PRE_SHIPMENT, SHIPMENT, DELIVERY)

#: Days on the way where neither agreement nor supplier says more.
TRANSIT_DAYS: Final[Mapping[str, int]] = {"express": 4, "air": 7, "rail": 20, "sea": 35}
#: Goods are ready this many days before they leave. Source: PUR-11.
READY_BEFORE_DAYS: Final = 7


def plan(*, sent_on: dt.date, delivery_on: dt.date | None, mode: str) -> dict[str, dt.date | None]:
    """Return the planned day of each step, counted back from the delivery; never before `sent_on`.

    Production stands halfway between sending and readiness, materials halfway before that.
    Without a delivery day nothing is planned.
    """
    if delivery_on is None:
        return dict.fromkeys(KINDS)
    shipment = max(sent_on, delivery_on - dt.timedelta(days=TRANSIT_DAYS[mode]))
    ready = max(sent_on, shipment - dt.timedelta(days=READY_BEFORE_DAYS))
    days = (ready - sent_on).days
    return {
        PRE_PRODUCTION: sent_on + dt.timedelta(days=days // 4),
        PRODUCTION: sent_on + dt.timedelta(days=days // 2),
        PRE_SHIPMENT: ready,
        SHIPMENT: shipment,
        DELIVERY: max(sent_on, delivery_on),
    }


def light(
    planned_on: dt.date | None, actual_on: dt.date | None, *, today: dt.date, grace_days: int
) -> str:
    """Return green (done), gray (nothing due), orange (due) or red (`grace_days` over).

    Source: RSK-01.
    """
    if actual_on is not None:
        return "green"
    if planned_on is None or today < planned_on:
        return "gray"
    if today > planned_on + dt.timedelta(days=grace_days):
        return "red"
    return "orange"
