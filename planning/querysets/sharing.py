from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from inventory.querysets.scopes import SharedQuerySet, WarehouseScopedQuerySet

if TYPE_CHECKING:
    from planning.models import ForecastShare, PackItem, ReportSchedule, WeeklyPack


class ForecastShareQuerySet(SharedQuerySet["ForecastShare"]):
    """What suppliers were told to expect."""


class WeeklyPackQuerySet(SharedQuerySet["WeeklyPack"]):
    """Packs of all weeks; their items belong to warehouses."""


class PackItemQuerySet(WarehouseScopedQuerySet["PackItem"]):
    """Deviations of weekly packs."""

    warehouse_path: ClassVar[str] = "warehouse"


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    """Reports that people get by mail."""
