"""B-20: how many days an order usually takes, where nobody has said a day."""

from __future__ import annotations

from core import settings_store
from suppliers.domain import defaults
from suppliers.models import SupplierLeadTime


def expected_days(supplier_id: int | None, mode: str) -> int:
    """Return the days from order to arrival: as agreed for the mode, else as set. Two queries."""
    agreed = SupplierLeadTime.objects.filter(supplier=supplier_id, mode=mode)
    days = agreed.values_list("agreed_days", flat=True).first() if supplier_id else None
    return days if days is not None else int(str(settings_store.get(defaults.EXPECTED_DAYS)))
