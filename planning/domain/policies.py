"""One policy out of layers: the kind's defaults, the category's, the SKU's, the warehouse's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from planning.domain.alert_bands import RED_DAYS, YELLOW_DAYS
from planning.domain.categories import DEFAULTS, Kind

#: The kind of goods that nobody has decided about. Source: categories.effective.
DEFAULT_KIND: Final[Kind] = "consumable"
REVIEW_DAYS: Final = 7
#: B-39: safety stock of a destination, as a share of the forecast over lead time and review.
BUFFER_SHARE: Final = 0.15
#: What a layer may say; None = as the layer below.
NUMBERS: Final = (
    "service_level",
    "review_days",
    "red_days",
    "yellow_days",
    "buffer_share",
    "is_auto",
    "is_stopped",
    "batches",
    "prepare_days",
    "min_qty",
    "max_qty",
)
#: Least and most of the numbers that a person enters.
MOST: Final[Mapping[str, tuple[float, float]]] = {
    "service_level": (0.5, 0.999),
    "review_days": (1, 90),
    "red_days": (0, 365),
    "yellow_days": (0, 730),
    "buffer_share": (0, 1),
    "batches": (1, 12),
    "prepare_days": (0, 365),
    "min_qty": (0, 1_000_000),
    "max_qty": (0, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class PolicyFor:
    """The policy in force for one SKU at one warehouse.

    `service_level` is a probability a cycle, `red_days`/`yellow_days` the flat limits,
    `buffer_share` of the forecast over lead time and review. `is_auto`: a review proposes
    purchases by itself (made-to-order goods only when someone waits for them); `is_stopped`:
    nothing is bought. `source`: "warehouse", "sku", "category" or "default", the nearest layer
    that says anything. `forced_band`: the color a person set, None = as computed. Below `min_qty`
    units stock is filled up to `max_qty` while there is no demand to compute from.
    """

    kind: Kind
    service_level: float
    review_days: int = REVIEW_DAYS
    red_days: int = int(RED_DAYS)
    yellow_days: int = int(YELLOW_DAYS)
    buffer_share: float = BUFFER_SHARE
    is_auto: bool = True
    is_stopped: bool = False
    batches: int = 1
    prepare_days: int = 0
    companions: bool = False
    source: str = "default"
    forced_band: str | None = None
    min_qty: int | None = None
    max_qty: int | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """What one decision says: a kind or None, and any of `NUMBERS`; None values are left out."""

    source: str
    kind: Kind | None
    numbers: Mapping[str, Any]


def default_for(kind: Kind) -> PolicyFor:
    """Return the defaults of a kind; goods made to order are not bought ahead."""
    base = DEFAULTS[kind]
    return PolicyFor(
        kind=kind,
        service_level=base.service_share,
        is_auto=base.sourcing != "make_to_order",
        batches=base.batches,
        prepare_days=base.prepare_days,
        companions=base.companions,
    )


def resolve(layers: Iterable[Layer]) -> PolicyFor:
    """Return the policy of layers, the most general first.

    A layer that names another kind begins with that kind's defaults: numbers that were chosen for
    other goods don't count for it. A red limit above the yellow one in force moves that one up.
    """
    found = default_for(DEFAULT_KIND)
    for layer in layers:
        if layer.kind is not None and layer.kind != found.kind:
            found = default_for(layer.kind)
        said = {name: layer.numbers.get(name) for name in NUMBERS}
        known = {name: value for name, value in said.items() if value is not None}
        found = replace(found, **known, source=layer.source)
        if found.red_days > found.yellow_days and "yellow_days" in known:
            found = replace(found, red_days=found.yellow_days)
        elif found.red_days > found.yellow_days:
            found = replace(found, yellow_days=found.red_days)
    return found
