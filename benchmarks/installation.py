"""A fresh Quayside database for a benchmark: cluster, schema, master data, opening stock."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.workload import HOME_COUNTRY, SKU_COUNT, WAREHOUSES, Workload
from scripts.pg import Cluster

AT = dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.UTC)
ZONES = {"SZX": "Asia/Shanghai", "RTM": "Europe/Amsterdam", "LAX": "America/Los_Angeles"}
PLACES = {"SZX": ("22.54", "114.06"), "RTM": ("51.92", "4.48"), "LAX": ("34.05", "-118.24")}
CHANNEL = "bench"
VIRTUAL_BINS = {
    -1: "SUPPLIER",
    -2: "CUSTOMER",
    -3: "SCRAP",
    -4: "COUNT",
    -5: "ASSEMBLY",
    -6: "TRANSIT",
}


@dataclass(frozen=True, slots=True)
class Installation:
    """A running cluster with Quayside's schema; `url` leads to it."""

    cluster: Cluster
    url: str

    @property
    def postmaster(self) -> int:
        """Return the server's process id, whose CPU time is measured."""
        pid = self.cluster.pid()
        if pid is None:
            raise RuntimeError("the benchmark's database is not running")
        return pid


@contextmanager
def installed(name: str = "bench") -> Iterator[Installation]:
    """Start a cluster of its own (fsync on), migrate, and remove it afterwards."""
    cluster = Cluster(name)
    cluster.start()
    os.environ["DATABASE_URL"] = cluster.url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415  # settings read the environment set above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    try:
        yield Installation(cluster, cluster.url)
    finally:
        connection.close()
        cluster.stop("immediate")
        cluster.remove()


def empty_tables() -> None:
    """Take every business row out, so that the next size starts like the first one."""
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    tables = [
        model._meta.db_table
        for app in ("inventory", "suppliers", "orders", "shipping", "fulfillment", "customers")
        for model in apps.get_app_config(app).get_models()
    ]
    tables += ["core_auditentry", "core_outboxevent", "core_handledevent"]
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(f"truncate {', '.join(tables)} restart identity cascade")
        cursor.execute("set session_replication_role = default")


def master_data() -> tuple[dict[str, int], dict[int, str]]:
    """Create warehouses, one bin and the SKUs; return warehouse -> bin id, SKU index -> code."""
    from inventory.models import Bin, Sku, Warehouse  # noqa: PLC0415
    from orders.models import Channel  # noqa: PLC0415
    from shipping.models import Carrier, CarrierService  # noqa: PLC0415

    for pk, code in VIRTUAL_BINS.items():
        Bin.objects.get_or_create(
            pk=pk, defaults={"code": code, "kind": "virtual", "is_pickable": False}
        )
    bins = {}
    for code in WAREHOUSES:
        place = Warehouse.objects.create(
            code=code,
            name=code,
            country=HOME_COUNTRY[code] if code != "RTM" else "NL",
            timezone=ZONES[code],
            lat=Decimal(PLACES[code][0]),
            lon=Decimal(PLACES[code][1]),
            handling_cost=Decimal("1.90"),
        )
        bins[code] = Bin.objects.create(
            warehouse=place, code="A-01-01", kind="pick", is_pickable=True
        ).pk
    skus = Sku.objects.bulk_create(
        Sku(code=f"B-{index:05d}", name=f"Item {index}", weight_g=300) for index in range(SKU_COUNT)
    )
    carrier = Carrier.objects.create(code="builtin", name="Built-in", kind="builtin")
    service = CarrierService.objects.create(
        carrier=carrier, code="ground", name="Ground", is_default_flat=True
    )
    _rate_card(service.pk)
    Channel.objects.create(
        code=CHANNEL,
        name="Benchmark",
        currency="USD",
        partial_policy="ship_available",
        country_only=True,
        allow_split=True,
    )
    return bins, {index: sku.pk for index, sku in enumerate(skus)}


def _rate_card(service_id: int) -> None:
    from shipping.models import RateBreak, RateCard, ShippingZone, ZoneCountry  # noqa: PLC0415

    card = RateCard.objects.create(
        service_id=service_id,
        version=1,
        currency="USD",
        valid_from=dt.date(2026, 1, 1),
        content_hash="bench",
        created_at=AT,
    )
    for code in WAREHOUSES:
        near = ShippingZone.objects.create(
            card=card, warehouse_code=code, code="near", transit_lo_days=2, transit_hi_days=3
        )
        ZoneCountry.objects.create(zone=near, country=HOME_COUNTRY[code])
        far = ShippingZone.objects.create(
            card=card, warehouse_code=code, code="far", transit_lo_days=5, transit_hi_days=9
        )
        ZoneCountry.objects.create(zone=far, country="*")
        for zone, base in ((near, "6.20"), (far, "14.10")):
            for weight in (500, 1000, 2000, 5000, 20000):
                RateBreak.objects.create(
                    zone=zone,
                    max_weight_g=weight,
                    amount=Decimal(base) + Decimal(weight) / 1000,
                )


def opening_stock(workload: Workload, bins: dict[str, int], sku_ids: dict[int, int]) -> None:
    """Receive the workload's stock through the stock service, one call a warehouse."""
    from core.actors import SYSTEM  # noqa: PLC0415
    from inventory.domain.lines import ReceiveLine  # noqa: PLC0415
    from inventory.services import stock  # noqa: PLC0415

    for code in WAREHOUSES:
        lines = [
            ReceiveLine(bins[code], sku_ids[sku], units, unit_cost=Decimal("2.50"), currency="USD")
            for (warehouse, sku), units in sorted(workload.stock.items())
            if warehouse == code and units
        ]
        stock.receive(lines, event_key=f"bench:{code}", actor=SYSTEM, at=AT, reason="OPENING")


def root() -> Path:
    """Return the project's folder."""
    return Path(__file__).resolve().parent.parent
