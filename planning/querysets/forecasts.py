"""Forecasts, what people changed in them, and who may see them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from core.permissions import Principal
    from planning.models import (
        DemandAnalogue,
        DemandEvent,
        Forecast,
        ForecastOutcome,
        ForecastOverride,
        MethodLock,
        SeriesOutlook,
    )


class ForecastQuerySet(WarehouseScopedQuerySet["Forecast"]):
    """Forecasts at the warehouses of the principal."""


class ForecastOverrideQuerySet(WarehouseScopedQuerySet["ForecastOverride"]):
    """What people entered in place of a forecast."""

    def in_force(self, today: dt.date) -> Self:
        """Keep those neither withdrawn nor expired on `today` (UTC)."""
        return self.filter(withdrawn_at__isnull=True, expires_on__gte=today)


class DemandEventQuerySet(WarehouseScopedQuerySet["DemandEvent"]):
    """The calendar of demand; an event of all warehouses is seen by everybody."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the events of the principal's warehouses and those of all."""
        if principal.warehouse_codes is None:
            return self.all()
        return self.filter(self._in_scope(principal.warehouse_codes) | Q(warehouse__isnull=True))

    def editable_by(self, principal: Principal) -> Self:
        """Keep the events of the principal's warehouses; those of all belong to the company."""
        return super().visible_to(principal)


class MethodLockQuerySet(WarehouseScopedQuerySet["MethodLock"]):
    """Methods that people fixed."""

    def open(self) -> Self:
        """Keep those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class DemandAnalogueQuerySet(WarehouseScopedQuerySet["DemandAnalogue"]):
    """Which SKU a new one is expected to sell like."""

    def open(self) -> Self:
        """Keep those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class ForecastOutcomeQuerySet(WarehouseScopedQuerySet["ForecastOutcome"]):
    """What was said of weeks that are known now."""


class SeriesOutlookQuerySet(WarehouseScopedQuerySet["SeriesOutlook"]):
    """Lines of the forecast board."""
