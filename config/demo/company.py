"""Write the demo company through the services: places, catalog, people, channels, rates, stock."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Sequence
from decimal import Decimal

from config.demo import boxes, places
from config.demo.catalog import DemoSku
from config.demo.staff import PEOPLE
from core.actors import SYSTEM
from core.services import first_people
from fulfillment.models import Printer, Station
from fulfillment.services import print_routes, stations
from fulfillment.services.print_routes import PrinterDraft
from fulfillment.services.stations import StationDraft
from inventory.domain.catalog import (
    BarcodeDraft,
    BinDraft,
    BomLineDraft,
    SkuDraft,
    WarehouseDraft,
)
from inventory.domain.lines import ReceiveLine
from inventory.models import Bin, Sku, Warehouse
from inventory.services import catalog as sku_service
from inventory.services import layouts, stock
from inventory.services import places as place_service
from orders.services import channels as channel_service
from orders.services.channels import ChannelDraft, DestinationRuleDraft, WarehouseRank
from shipping.domain.rate_file import COLUMNS
from shipping.services import rates
from shipping.services import services as carrier_services

KIT_CODE = "KIT-GIFT-04"
EUROPE = "DE AT NL BE FR LU"
RATE_ROWS = (
    # service, warehouse, zone, countries, days, amounts for 500 g / 2 kg / 10 kg, extra kg
    ("EU-GROUND", "RTM", "core", EUROPE, (2, 3), ("4.90", "6.90", "12.90"), "1.10"),
    ("EU-GROUND", "RTM", "near", "GB IT ES PL SE DK", (3, 5), ("8.90", "11.90", "19.90"), "1.60"),
    ("EU-GROUND", "RTM", "world", "*", (6, 11), ("16.90", "24.90", "58.00"), "6.20"),
    ("US-GROUND", "LAX", "west", "US:8 US:9", (1, 2), ("5.40", "7.80", "14.20"), "1.30"),
    ("US-GROUND", "LAX", "east", "US CA", (4, 5), ("6.80", "9.90", "18.40"), "1.70"),
    ("US-GROUND", "LAX", "world", "*", (6, 10), ("18.20", "27.40", "61.00"), "6.80"),
    ("ASIA-AIR", "SZX", "home", "CN HK", (1, 3), ("2.10", "3.40", "8.20"), "0.70"),
    ("ASIA-AIR", "SZX", "pacific", "AU JP SG", (4, 7), ("9.80", "16.40", "44.00"), "4.90"),
    ("ASIA-AIR", "SZX", "world", "*", (7, 12), ("11.40", "21.80", "66.00"), "6.40"),
)


def people_of_the_company(at: dt.datetime) -> dict[str, str]:
    """Make one person per role; return their new passwords by user name."""
    return first_people.set_demo_people(PEOPLE, production=False, at=at)


def warehouses(at: dt.datetime) -> dict[str, Warehouse]:
    """Create the three warehouses with bins, totes, benches and stations; return them by code."""
    made = {}
    for draft in places.WAREHOUSES:
        place = place_service.save_warehouse(
            WarehouseDraft(
                code=draft.code,
                name=draft.name,
                name_zh=draft.name_zh,
                country=draft.country,
                region=draft.region,
                city=draft.city,
                postcode=draft.postcode,
                line1=draft.line1,
                lat=draft.lat,
                lon=draft.lon,
                timezone=draft.timezone,
                cutoff_time=draft.cutoff,
                priority=draft.priority,
                currency=draft.currency,
                handling_cost=draft.handling_cost,
            ),
            actor=SYSTEM,
            at=at,
        )
        made[draft.code] = place
        bins = place_service.save_bins(place.pk, _bins(), actor=SYSTEM, at=at)
        layouts.save_layout(place.pk, places.LAYOUT, actor=SYSTEM, at=at)
        layouts.save_places(place.pk, places.bin_places(), actor=SYSTEM, at=at)
        for number in (1, 2):
            stations.save_station(
                StationDraft(
                    code=f"{draft.code}-PACK-{number}",
                    name=f"Pack bench {number}",
                    warehouse_id=place.pk,
                    bin_id=bins[f"PACK-{number}"].pk,
                    kind="pack",
                ),
                actor=SYSTEM,
                at=at,
            )
        _printers(place, at)
    return made


def _printers(place: Warehouse, at: dt.datetime) -> None:
    """Give the second bench printers: its browser prints what is packed there by hand."""
    bench = Station.objects.get(code=f"{place.code}-PACK-2")
    printers: dict[str, Printer | None] = {
        media: print_routes.save_printer(
            PrinterDraft(f"{place.code}-{short}", name, place.pk, "browser", media),
            actor=SYSTEM,
            at=at,
        )
        for media, short, name in (
            ("label", "LABELS", "Label printer at bench 2"),
            ("small_label", "TAGS", "Tag printer at bench 2"),
            ("paper", "PAPER", "Laser printer at bench 2"),
        )
    }
    print_routes.set_printers(bench, printers, actor=SYSTEM, at=at)


def _bins() -> list[BinDraft]:
    shelves = [
        BinDraft(code=code, zone_code=zone, kind="pick", pick_sequence=number)
        for number, (zone, code) in enumerate(places.bin_codes(), 1)
    ]
    totes = [BinDraft(code=f"T-{number:03d}", kind="tote") for number in range(1, 61)]
    return [
        *shelves,
        *totes,
        BinDraft(code="PACK-1", kind="pack"),
        BinDraft(code="PACK-2", kind="pack"),
        BinDraft(code="QUAR-1", kind="quarantine"),
        BinDraft(code="DOCK-1", kind="dock"),
    ]


def products(rows: Sequence[DemoSku], at: dt.datetime) -> dict[str, Sku]:
    """Create the catalog, the boxes and one virtual kit; return the SKUs by code."""
    drafts = [_sku(row) for row in rows]
    drafts += boxes.drafts()
    drafts.append(
        SkuDraft(
            code=KIT_CODE,
            name="Tea gift set, 4 tins",
            name_zh="四季茶礼盒",
            kind="virtual_kit",
            list_price=Decimal("64.00"),
        )
    )
    made = sku_service.save_skus(drafts, actor=SYSTEM, at=at)
    tins = [row.code for row in rows if row.category == "Tea"][:4]
    lines = [BomLineDraft(code, 1) for code in tins]
    sku_service.save_bom(KIT_CODE, lines, actor=SYSTEM, at=at)
    return made


def _sku(row: DemoSku) -> SkuDraft:
    return SkuDraft(
        code=row.code,
        name=row.name,
        name_zh=row.name_zh,
        kind="goods",
        product_code=row.code.rpartition("-")[0],
        category=row.category,
        brand=row.brand,
        barcodes=(BarcodeDraft(row.gtin),),
        weight_g=row.weight_g,
        length_mm=row.size_mm[0],
        width_mm=row.size_mm[1],
        height_mm=row.size_mm[2],
        hs_code=row.hs_code,
        origin_country=row.origin,
        customs_text=row.customs_text,
        customs_value=row.default_cost,
        lot_tracked=row.lot_tracked,
        shelf_life_days=row.shelf_life_days,
        default_cost=row.default_cost,
        currency="USD",
        list_price=row.list_price,
        fragile=row.code.startswith(boxes.FRAGILE),
        this_side_up=row.code.startswith(boxes.UPRIGHT),
    )


def channels(at: dt.datetime) -> None:
    """Create four channels and the rule that Canada is served from Los Angeles."""
    europe = (WarehouseRank("RTM", 1), WarehouseRank("SZX", 2))
    drafts = (
        ChannelDraft("web-eu", "Web shop Europe", "EUR", warehouses=europe),
        ChannelDraft("market-de", "Marketplace DE", "EUR", "marketplace", priority=3),
        ChannelDraft("web-us", "Web shop US", "USD", partial_policy="ship_available"),
        ChannelDraft("web-cn", "Mini program 小程序", "CNY", language="zh-hans"),
    )
    for draft in drafts:
        channel_service.save_channel(draft, actor=SYSTEM, at=at)
    rule = DestinationRuleDraft(country="CA", kind="prefer", warehouse_code="LAX")
    channel_service.save_destination_rule(rule, actor=SYSTEM, at=at)


def rate_cards(at: dt.datetime) -> None:
    """Create the three services and load their rate cards from one file."""
    carrier_services.save_services(
        [
            carrier_services.ServiceDraft(
                "EU-GROUND", "Europe ground", "欧洲陆运", "ground", 2, 11
            ),
            carrier_services.ServiceDraft("US-GROUND", "US ground", "美国陆运", "ground"),
            carrier_services.ServiceDraft("ASIA-AIR", "Asia air", "亚洲空运", "air"),
        ],
        actor=SYSTEM,
        at=at,
    )
    rates.import_rates(rate_file(at.year), source_name="demo-rates.csv", actor=SYSTEM, at=at)


def rate_file(year: int) -> bytes:
    """Return the demo's rate cards as the file a seller would upload."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for service, place, zone, countries, days, amounts, extra in RATE_ROWS:
        head = [service, "USD", f"{year - 1}-01-01", "", place, zone, countries, *days]
        for grams, amount in zip((500, 2000, 10000), amounts, strict=True):
            writer.writerow([*head, grams, amount, ""])
        writer.writerow([*head, "", "", extra])
    return text.getvalue().encode()


def opening_stock(
    rows: Sequence[DemoSku], skus: dict[str, Sku], made: dict[str, Warehouse], at: dt.datetime
) -> None:
    """Receive opening stock: popular SKUs deep, the tail thin, some lots close to their end."""
    rng = random.Random(17)
    for code, place in made.items():
        shelves = list(
            Bin.objects.filter(warehouse=place, kind="pick").order_by("pick_sequence", "pk")
        )
        lines = []
        for rank, row in enumerate(rows):
            for units, days in _portions(rank, code, row, rng):
                lines.append(
                    _line(row, skus[row.code], shelves[rank % len(shelves)], units, days, at)
                )
        for start in range(0, len(lines), 500):
            stock.receive(
                lines[start : start + 500],
                event_key=f"demo:opening:{code}:{start}",
                actor=SYSTEM,
                at=at,
                reason="OPENING",
            )


def _portions(
    rank: int, code: str, row: DemoSku, rng: random.Random
) -> list[tuple[int, int | None]]:
    if rng.random() < (0.12 if rank > 40 else 0.02):
        return []
    units = (
        max(4, int(420 / (1 + rank / 14))) if code != "SZX" else max(6, int(300 / (1 + rank / 20)))
    )
    if not row.lot_tracked:
        return [(units, None)]
    near = rng.choice((40, 120, 210))
    return [(max(2, units // 4), near), (units, near + 300)]


def _line(
    row: DemoSku, sku: Sku, shelf: Bin, units: int, days: int | None, at: dt.datetime
) -> ReceiveLine:
    expires = at.date() + dt.timedelta(days=days) if days is not None else None
    return ReceiveLine(
        shelf.pk,
        sku.pk,
        units,
        lot_code=f"L{expires:%y%m%d}" if expires else "",
        expires_on=expires,
        unit_cost=row.default_cost,
        currency="USD",
    )
