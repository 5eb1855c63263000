"""What an approver looks at before deciding on an agreement, on one screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core.models import ApprovalRequest
from suppliers.domain.agreement_terms import Change
from suppliers.domain.pricing import PriceBreak, break_for
from suppliers.models import Agreement, ListPrice
from suppliers.queries.agreement_terms import changes, coverage


@dataclass(frozen=True, slots=True)
class AgreementLineRow:
    """One price of an agreement. `share` is its distance to the list, None where either is open."""

    sku: str
    name: str
    category: str
    min_qty: int
    unit_price: Decimal | None
    list_price: Decimal | None

    @property
    def share(self) -> Decimal | None:
        """Return the distance to the list price of the same quantity: -0.05 for 5 % less."""
        if self.unit_price is None or not self.list_price:
            return None
        return (self.unit_price / self.list_price - 1).quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class AgreementCard:
    """One agreement that waits, or waited, with all that speaks for and against it."""

    request: ApprovalRequest
    agreement: Agreement
    lines: tuple[AgreementLineRow, ...]
    batch_qty: int
    changes: tuple[Change, ...]
    clashes: tuple[Any, ...]

    @property
    def worst(self) -> AgreementLineRow | None:
        """Return the line that stands highest above the list, or least below it."""
        known = [line for line in self.lines if line.share is not None]
        return max(known, key=lambda line: (line.share or Decimal(0), line.sku), default=None)


def agreement_id_of(request: ApprovalRequest) -> int:
    """Return the id of the agreement a request is about."""
    return int(request.document_key.rpartition(":")[2])


def agreements_of(requests: Sequence[ApprovalRequest]) -> dict[int, Agreement]:
    """Return the agreements of requests by the id of the request, in one query."""
    ids = {request.pk: agreement_id_of(request) for request in requests}
    if not ids:
        return {}
    found = Agreement.objects.select_related("supplier", "previous").in_bulk(list(ids.values()))
    return {request_id: found[pk] for request_id, pk in ids.items()}


def card(request: ApprovalRequest) -> AgreementCard:
    """Return the card of one request; a constant number of queries."""
    agreement = agreements_of([request])[request.pk]
    _gaps, overlaps = coverage(agreement)
    return AgreementCard(
        request=request,
        agreement=agreement,
        lines=tuple(_lines(agreement, request.requested_at.date())),
        batch_qty=sum(agreement.call_offs.order_by("pk").values_list("qty", flat=True)),
        changes=tuple(changes(agreement)),
        clashes=tuple(overlaps),
    )


def _lines(agreement: Agreement, on: dt.date) -> list[AgreementLineRow]:
    rows = list(
        agreement.lines.select_related("sku__product").order_by("sku__code", "min_qty", "pk")
    )
    listed = _listed(agreement, [row.sku_id for row in rows], on)
    found = []
    for row in rows:
        at = break_for(listed.get(row.sku_id, ()), row.min_qty)
        found.append(
            AgreementLineRow(
                sku=row.sku.code,
                name=row.sku.name,
                category=row.sku.product.category if row.sku.product else "",
                min_qty=row.min_qty,
                unit_price=row.unit_price,
                list_price=at.unit_price if at else None,
            )
        )
    return found


def _listed(
    agreement: Agreement, sku_ids: Sequence[int], on: dt.date
) -> dict[int, list[PriceBreak]]:
    """Return the breaks of the list of a day by SKU: the newest list replaces the older ones."""
    prices = ListPrice.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        supplier_sku__supplier=agreement.supplier_id,
        supplier_sku__sku__in=sku_ids,
        supplier_sku__currency=agreement.currency,
        valid_from__lte=on,
    )
    newest: dict[int, tuple[dt.date, list[PriceBreak]]] = {}
    for sku_id, day, least, price in prices.order_by("valid_from", "pk").values_list(
        "supplier_sku__sku_id", "valid_from", "min_qty", "unit_price"
    ):
        if sku_id not in newest or newest[sku_id][0] != day:
            newest[sku_id] = (day, [])
        newest[sku_id][1].append(PriceBreak(least, price))
    return {sku_id: breaks for sku_id, (_day, breaks) in newest.items()}
