"""What is ordered under agreements, what their caps leave, and how batches are called off."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import DecimalField, ExpressionWrapper, F, Sum

from suppliers.models import CallOff, PurchaseLine

#: Orders in these states use nothing of an agreement up.
NOT_ORDERED = ("draft", "rejected", "cancelled")
_UNITS = F("qty") - F("short_qty")
_AMOUNT = ExpressionWrapper(
    _UNITS * F("unit_price"), output_field=DecimalField(max_digits=30, decimal_places=6)
)


@dataclass(slots=True)
class Used:
    """What orders took of one version of an agreement: units by SKU, and money."""

    by_sku: dict[int, int] = field(default_factory=dict)
    amount: Decimal = Decimal(0)

    @property
    def qty(self) -> int:
        """Return the units of all SKUs."""
        return sum(self.by_sku.values())


@dataclass(frozen=True, slots=True)
class Batch:
    """One planned batch with what of it is ordered; `open_qty` is the rest."""

    call_off: CallOff
    ordered_qty: int

    @property
    def open_qty(self) -> int:
        """Return the units that nobody ordered yet."""
        return self.call_off.qty - self.ordered_qty


def used_of(
    agreement_ids: Collection[int], *, exclude_order_id: int | None = None
) -> dict[int, Used]:
    """Return agreement id -> what orders took of that version; units given up count no more.

    A new version begins at nothing: its caps and batches say what may still be called off.
    """
    rows = PurchaseLine.objects.filter(agreement_line__agreement_id__in=agreement_ids).exclude(
        order__state__in=NOT_ORDERED
    )
    if exclude_order_id is not None:
        rows = rows.exclude(order_id=exclude_order_id)
    sums = (
        rows.values("agreement_line__agreement_id", "sku_id")
        .annotate(units=Sum(_UNITS), spent=Sum(_AMOUNT))
        .order_by("agreement_line__agreement_id", "sku_id")
    )
    found: dict[int, Used] = {pk: Used() for pk in agreement_ids}
    for row in sums:
        used = found[row["agreement_line__agreement_id"]]
        used.by_sku[row["sku_id"]] = row["units"]
        used.amount += row["spent"]
    return found


def batches(call_offs: Sequence[CallOff], ordered: Mapping[int, int]) -> list[Batch]:
    """Spread what is ordered over the planned batches of each SKU, oldest first."""
    left = dict(ordered)
    found = []
    for one in sorted(call_offs, key=lambda row: (row.planned_on, row.pk)):
        taken = min(one.qty, left.get(one.sku_id, 0))
        left[one.sku_id] = left.get(one.sku_id, 0) - taken
        found.append(Batch(one, taken))
    return found
