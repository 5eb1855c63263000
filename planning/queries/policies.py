"""Which policy is in force for a SKU at a warehouse, and whose decision it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from inventory.models import Sku
from planning.domain.categories import Kind
from planning.domain.policies import NUMBERS, Layer, PolicyFor, resolve
from planning.models import BandOverride, CategoryPolicy, SkuPolicy
from planning.models.policies import PolicyNumbers

T = TypeVar("T")
#: SKU id, warehouse id.
Pair = tuple[int, int]
#: SKUs asked for in one statement.
BATCH = 2000


def policies_for(pairs: Iterable[Pair], today: dt.date) -> dict[Pair, PolicyFor]:
    """Return the policy in force on `today` (UTC) of each pair of SKU and warehouse.

    Layers from general to near: kind's default, policy of all categories, of the category, of the
    SKU, of the SKU at the warehouse. Four statements per 2 000 SKUs, whatever the pairs.
    """
    wanted = list(dict.fromkeys(pairs))
    if not wanted:
        return {}
    by_sku = layers_for({sku_id for sku_id, _warehouse in wanted}, today)
    forced = _forced({sku_id for sku_id, _warehouse in wanted}, today)
    known: dict[tuple[int, int | None], PolicyFor] = {}
    found: dict[Pair, PolicyFor] = {}
    for pair in wanted:
        sku_id, warehouse_id = pair
        general, near = by_sku[sku_id]
        own = near.get(warehouse_id)
        key = (sku_id, warehouse_id if own else None)
        if key not in known:
            known[key] = resolve([*general, own] if own else general)
        policy = known[key]
        found[pair] = replace(policy, forced_band=forced[pair]) if pair in forced else policy
    return found


def policy_of_category(category: str) -> PolicyFor:
    """Return the policy of goods of a category that have none of their own. One statement."""
    return policies_of_categories([category])[category]


def policies_of_categories(names: Iterable[str]) -> dict[str, PolicyFor]:
    """Return the policy of each category; one statement per 2 000."""
    wanted = list(dict.fromkeys(names))
    rows = _categories({"", *wanted})
    return {
        name: resolve([rows[one] for one in dict.fromkeys(("", name)) if one in rows])
        for name in wanted
    }


def layers_for(
    sku_ids: Iterable[int], today: dt.date
) -> dict[int, tuple[list[Layer], dict[int, Layer]]]:
    """Return by SKU: the layers of all its warehouses, general first, and those by warehouse."""
    ids = sorted(set(sku_ids))
    category = dict.fromkeys(ids, "")
    for part in _parts(ids):
        rows = Sku.objects.filter(pk__in=part).values_list("pk", "product__category")
        category.update((pk, name or "") for pk, name in rows)
    layers = _categories({"", *category.values()})
    found: dict[int, tuple[list[Layer], dict[int, Layer]]] = {}
    for pk in ids:
        names = dict.fromkeys(("", category[pk]))
        found[pk] = ([layers[name] for name in names if name in layers], {})
    for part in _parts(ids):
        for row in SkuPolicy.objects.in_force(today).filter(sku_id__in=part).order_by("pk"):
            if row.warehouse_id is None:
                found[row.sku_id][0].append(layer_of(row, "sku"))
            else:
                found[row.sku_id][1][row.warehouse_id] = layer_of(row, "warehouse")
    return found


def layer_of(row: PolicyNumbers, source: str) -> Layer:
    """Return a stored decision as a layer."""
    numbers = {name: getattr(row, name, None) for name in NUMBERS}
    kind: Kind | None = getattr(row, "kind", None) or None
    return Layer(source, kind, numbers)


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Return the values in parts that one statement takes."""
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))


def _categories(names: set[str]) -> dict[str, Layer]:
    found: dict[str, Layer] = {}
    for part in _parts(sorted(names)):
        for row in CategoryPolicy.objects.filter(category__in=part):
            found[row.category] = layer_of(row, "category")
    return found


def _forced(sku_ids: set[int], today: dt.date) -> dict[Pair, str]:
    found: dict[Pair, str] = {}
    for part in _parts(sorted(sku_ids)):
        rows: Any = BandOverride.objects.filter(
            sku_id__in=part, withdrawn_at__isnull=True, expires_on__gte=today
        ).values_list("sku_id", "warehouse_id", "band")
        found.update(((sku_id, warehouse_id), band) for sku_id, warehouse_id, band in rows)
    return found
