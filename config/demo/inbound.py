"""What is on its way to the demo company: two suppliers, three arrivals, one at the dock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from config.demo.catalog import DemoSku
from core.actors import SYSTEM
from core.gs1 import check_digit
from suppliers.models import Asn, Supplier
from suppliers.services import arrivals, receiving
from suppliers.services.drafts import ArrivalDraft, Counted, LineDraft

SUPPLIERS = (
    ("HILLSIDE", "Hillside Tea Gardens", "山麓茶园", "sample", False),
    ("BRIGHTWAY", "Brightway Home Goods", "明途家居", "none", True),
)
PALLET = "34012345000001001"


def on_the_way(rows: Sequence[DemoSku], *, at: dt.datetime) -> int:
    """Announce three arrivals at Los Angeles and return how many there are; safe to repeat."""
    for code, name, name_zh, inspection, is_new in SUPPLIERS:
        Supplier.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_zh": name_zh,
                "inspection": inspection,
                "is_new": is_new,
            },
        )
    if Asn.objects.exists():
        return Asn.objects.count()
    lots = [row for row in rows if row.lot_tracked][:4]
    plain = [row for row in rows if not row.lot_tracked][:4]
    today = at.date()
    standing = _announce("HILLSIDE", "HT-2041", [*lots, *plain[:1]], today, at, pallet=True)
    _announce("BRIGHTWAY", "BW-7730", plain, today + dt.timedelta(1), at)
    _announce("HILLSIDE", "HT-2044", lots[:2], today + dt.timedelta(6), at)
    _count_some(standing, plain[0], at)
    return 3


def _announce(
    supplier: str,
    reference: str,
    rows: Sequence[DemoSku],
    expected_on: dt.date,
    at: dt.datetime,
    *,
    pallet: bool = False,
) -> Asn:
    lines = tuple(LineDraft(row.code, 24 * (rank + 1)) for rank, row in enumerate(rows))
    draft = ArrivalDraft(
        supplier_code=supplier,
        warehouse_code="LAX",
        reference=reference,
        carrier="Harbor Freight Lines",
        tracking=f"HFL{reference[-4:]}88",
        expected_on=expected_on,
        ssccs=(PALLET + str(check_digit(PALLET)),) if pallet else (),
        lines=lines,
    )
    return arrivals.announce(draft, actor=SYSTEM, at=at)


def _count_some(asn: Asn, row: DemoSku, at: dt.datetime) -> None:
    receipt = receiving.open_receipt(asn.pk, actor=SYSTEM, at=at)
    line = asn.lines.get(sku__code=row.code)
    for kind, qty in (("good", 20), ("damaged", 2)):
        receiving.receive_line(
            Counted(receipt_id=receipt.pk, sku_id=line.sku_id, qty=qty, kind=kind),
            event_key=f"demo:receipt:{asn.reference}:{kind}",
            actor=SYSTEM,
            at=at,
        )
