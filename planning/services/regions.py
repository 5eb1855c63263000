"""Which warehouse should serve a destination, whatever stock sent the order elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from inventory.models import Warehouse
from orders.domain import geo
from orders.models import ChannelWarehouse, DestinationRule
from orders.models.channels import RuleKind


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    warehouse_id: int
    country: str
    prefix: str
    channel_id: int | None

    def fits(self, channel_id: int, country: str, postcode: str) -> bool:
        return (
            self.country == country
            and self.channel_id in (None, channel_id)
            and postcode.upper().startswith(self.prefix)
        )


@dataclass
class Regions:
    """The answer for each destination; read once, then without the database."""

    places: list[tuple[int, str, float | None, float | None]]
    rules: list[_Rule]
    refused: set[tuple[int, int]]
    known: dict[tuple[int, str, str], int | None] = field(default_factory=dict)

    def of(self, channel_id: int, country: str, postcode: str) -> int | None:
        """Return the warehouse id: by rule, else the nearest one; None when there is none at all.

        A rule of the channel wins over one for all, then the longest postcode. Warehouses that a
        rule or the channel excludes are left out unless nothing else remains.
        """
        key = (channel_id, country, postcode)
        if key not in self.known:
            self.known[key] = self._find(*key)
        return self.known[key]

    def _find(self, channel_id: int, country: str, postcode: str) -> int | None:
        fitting = [rule for rule in self.rules if rule.fits(channel_id, country, postcode)]
        never = {rule.warehouse_id for rule in fitting if rule.kind == RuleKind.NEVER}
        live = {place[0] for place in self.places}
        wanted = [rule for rule in fitting if rule.kind != RuleKind.NEVER]
        wanted = [rule for rule in wanted if rule.warehouse_id in live - never]
        if wanted:
            best = min(
                wanted,
                key=lambda rule: (
                    rule.kind != RuleKind.ONLY,
                    rule.channel_id is None,
                    -len(rule.prefix),
                ),
            )
            return best.warehouse_id
        open_to = [
            place
            for place in self.places
            if place[0] not in never and (channel_id, place[0]) not in self.refused
        ]
        return self._nearest(open_to or self.places, country, postcode)

    @staticmethod
    def _nearest(
        places: list[tuple[int, str, float | None, float | None]], country: str, postcode: str
    ) -> int | None:
        """Prefer the same country, then distance; the order of the list decides among equals."""

        def far(place: tuple[int, str, float | None, float | None]) -> tuple[bool, float]:
            _, home, lat, lon = place
            away = None
            if lat is not None and lon is not None:
                away = geo.distance_to(lat, lon, country, postcode[:1])
            return (home != country, float("inf") if away is None else float(away))

        return min(places, key=far)[0] if places else None


def read_regions() -> Regions:
    """Return the regions as the master data stands now; three statements."""
    warehouses = Warehouse.objects.filter(
        is_active=True, kind__in=(Warehouse.Kind.OWN, Warehouse.Kind.THIRD_PARTY)
    ).order_by("priority", "code", "pk")
    rules = DestinationRule.objects.order_by("priority", "pk").values_list(
        "kind", "warehouse_id", "country", "postcode_prefix", "channel_id"
    )
    refused = ChannelWarehouse.objects.filter(is_allowed=False).order_by("pk")
    return Regions(
        places=[(row.pk, row.country, _degrees(row.lat), _degrees(row.lon)) for row in warehouses],
        rules=[
            _Rule(kind, warehouse_id, country, prefix.upper(), channel_id)
            for kind, warehouse_id, country, prefix, channel_id in rules
        ],
        refused=set(refused.values_list("channel_id", "warehouse_id")),
    )


def _degrees(value: object) -> float | None:
    return None if value is None else float(str(value))
