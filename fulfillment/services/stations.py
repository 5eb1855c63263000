"""Register the tablets and benches of the floor."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from fulfillment.models import Station
from inventory.models import Bin


@dataclass(frozen=True, slots=True)
class StationDraft:
    """A station by code: where it stands and the bin its goods lie in."""

    code: str
    name: str
    warehouse_id: int
    bin_id: int
    kind: str
    is_active: bool = True
    printer_name: str = ""


@transaction.atomic
def save_station(draft: StationDraft, *, actor: Actor, at: dt.datetime) -> Station:
    """Create or change a station by code; return it. Repeatable."""
    values = {name: value for name, value in asdict(draft).items() if name != "code"}
    station, made = Station.objects.update_or_create(code=draft.code, defaults=values)
    audit.record(
        actor=actor,
        action=f"fulfillment.station_{'created' if made else 'changed'}",
        target=f"station:{station.pk}",
        at=at,
    )
    return station


def bench_at(warehouse_id: int, station_code: str) -> int | None:
    """Return the bin that goods are packed on: the station's own, else the first pack bench.

    A station of another warehouse, or a code that is none, counts as no station.
    """
    own = Station.objects.filter(code=station_code, warehouse_id=warehouse_id, is_active=True)
    bench = own.values_list("bin_id", flat=True).first()
    if bench is not None:
        return bench
    benches = Bin.objects.filter(warehouse_id=warehouse_id, kind="pack").order_by("pk")
    return benches.values_list("pk", flat=True).first()
