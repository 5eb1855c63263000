"""Say whether the books balance; call it at the end of every flow test."""

from __future__ import annotations

from django.db.models import F, Sum

from inventory.services import checking
from orders.models import Shipment


def assert_books_balance() -> None:
    """Fail with every number that is not what it is derived from."""
    drifts = checking.check()
    assert not drifts, "\n".join(
        f"{drift.rule} {drift.where}: holds {drift.stored}, should hold {drift.expected}"
        for drift in drifts
    )
    wrong = (
        Shipment.objects.annotate(line_units=Sum("lines__qty", default=0))
        .exclude(unit_qty=F("line_units"))
        .values_list("number", "unit_qty", "line_units")
    )
    assert list(wrong) == [], "unit_qty differs from the sum of the lines"
