"""Reads of the floor's tables; every one can be cut to what a principal may see."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from core.permissions import Principal
    from fulfillment.models import (
        Cart,
        Carton,
        CartonExtra,
        CouponCode,
        FloorDevice,
        InsertCampaign,
        Manifest,
        PackRule,
        Pallet,
        PickRound,
        PickTask,
        Printer,
        PrintJob,
        ProblemReport,
        PutAwayRun,
        PutBackTask,
        PutWall,
        Shift,
        Station,
        Wave,
        WaveRule,
    )

ModelT = TypeVar("ModelT", bound=models.Model)


class WarehouseScoped(models.QuerySet[ModelT], Generic[ModelT]):
    """Rows that belong to one warehouse, named by `warehouse_path`."""

    warehouse_path = "warehouse__code"

    def visible_to(self, principal: Principal) -> Self:
        """Keep the rows of the warehouses that `principal` is assigned to."""
        return self.filter(principal.warehouse_q(self.warehouse_path))


class WaveQuerySet(WarehouseScoped["Wave"]):
    """Waves."""

    def on_floor(self) -> Self:
        """Keep the waves that people work on now."""
        return self.filter(state__in=("released", "in_progress"))


class WaveRuleQuerySet(WarehouseScoped["WaveRule"]):
    """Rules of wave planning."""

    def in_turn(self) -> Self:
        """Keep the rules in use, in the order in which they take shipments."""
        return self.filter(is_active=True).order_by("warehouse_id", "position", "pk")


class PickTaskQuerySet(WarehouseScoped["PickTask"]):
    """Pick tasks."""

    def open(self) -> Self:
        """Keep the tasks that still have to be walked, in walking order."""
        return self.filter(state="open").order_by("sequence", "pk")

    def for_walk(self) -> Self:
        """Join what an instruction card shows."""
        return self.select_related(
            "sku", "bin", "lot", "other_lot", "tote", "shipment", "wave", "round"
        )


class PutBackTaskQuerySet(WarehouseScoped["PutBackTask"]):
    """Put-back tasks."""

    def open(self) -> Self:
        """Keep the tasks not yet confirmed by a scan."""
        return self.filter(state="open").order_by("pk")


class CartonQuerySet(WarehouseScoped["Carton"]):
    """Cartons; the warehouse is the one of the shipment."""

    warehouse_path = "shipment__warehouse__code"


class ManifestQuerySet(WarehouseScoped["Manifest"]):
    """Manifests."""


class StationQuerySet(WarehouseScoped["Station"]):
    """Stations."""


class FloorDeviceQuerySet(WarehouseScoped["FloorDevice"]):
    """Floor devices; the warehouse is the one of the station."""

    warehouse_path = "station__warehouse__code"

    def in_use(self) -> Self:
        """Keep the devices that take badge and PIN."""
        return self.filter(token_hash__isnull=False, station__is_active=True)


class ShiftQuerySet(WarehouseScoped["Shift"]):
    """Shifts; the warehouse is the one of the station."""

    warehouse_path = "station__warehouse__code"

    def open(self) -> Self:
        """Keep the shifts whose sign-in still stands."""
        return self.filter(ended_at__isnull=True, session__isnull=False)


class CartQuerySet(WarehouseScoped["Cart"]):
    """Carts."""


class PickRoundQuerySet(WarehouseScoped["PickRound"]):
    """Rounds."""

    def waiting(self) -> Self:
        """Keep the rounds a picker can take or that one walks now."""
        return self.filter(state__in=("planned", "open"))


class PutWallQuerySet(WarehouseScoped["PutWall"]):
    """Put walls."""


class PrinterQuerySet(WarehouseScoped["Printer"]):
    """Printers."""


class PrintJobQuerySet(WarehouseScoped["PrintJob"]):
    """Print jobs; the warehouse is the one of the station."""

    warehouse_path = "station__warehouse__code"

    def waiting(self) -> Self:
        """Keep the jobs that no printer has taken yet, oldest first."""
        return self.filter(state="queued").order_by("pk")


class ProblemReportQuerySet(WarehouseScoped["ProblemReport"]):
    """What the floor told its managers."""


class PutAwayRunQuerySet(WarehouseScoped["PutAwayRun"]):
    """What people carry from docks to shelves."""


class CompanyWide(models.QuerySet[ModelT], Generic[ModelT]):
    """Rows of the whole company: every member of the floor's office sees them."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep all rows for who may see the floor's planning, else none."""
        return self if principal.may("fulfillment.view") else self.none()


class InsertCampaignQuerySet(CompanyWide["InsertCampaign"]):
    """Insert campaigns."""

    def running(self, on: dt.date) -> Self:
        """Keep the campaigns that are active and valid on this day."""
        return self.filter(state="active", valid_from_on__lte=on, valid_until_on__gte=on)


class PackRuleQuerySet(CompanyWide["PackRule"]):
    """Packing rules, each version a row."""

    def live(self) -> Self:
        """Keep what is asked at the bench, in the order of asking, with what the answer shows."""
        return (
            self.filter(state="live")
            .select_related("sku", "alternate_sku", "campaign")
            .order_by("priority", "code", "pk")
        )


class CouponCodeQuerySet(CompanyWide["CouponCode"]):
    """Coupon codes."""

    def free(self) -> Self:
        """Keep the codes no parcel has, oldest first."""
        return self.filter(state="free").order_by("pk")


class CartonExtraQuerySet(WarehouseScoped["CartonExtra"]):
    """Extras of cartons; the warehouse is the one of the shipment."""

    warehouse_path = "carton__shipment__warehouse__code"

    def on_card(self) -> Self:
        """Join what the pack screen shows, in the order of the rules."""
        return self.select_related("sku", "campaign", "rule", "coupon").order_by(
            "rule__priority", "rule_code", "pk"
        )


class PalletQuerySet(WarehouseScoped["Pallet"]):
    """Pallets."""
