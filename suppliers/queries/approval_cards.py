"""What an approver looks at before deciding on a purchase order, on one screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from core import formats
from core.models import ApprovalRequest
from core.money import quantize
from inventory.models import Sku
from suppliers.domain.purchase_diff import Difference, differences
from suppliers.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from suppliers.queries.budget import Budget, budget_for
from suppliers.queries.cover import Cover, cover_of

Snapshot = Mapping[str, Any]
HEAD_WORDS = {
    "supplier": _("Supplier"),
    "warehouse": _("Warehouse"),
    "agreement": _("Agreement"),
    "mode": _("Transport"),
    "currency": _("Currency"),
    "required_by": _("Wanted by"),
    "expected_on": _("Expected on"),
    "note": _("Note to the supplier"),
    "total": _("Total"),
}


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line as it was submitted. `amount` in the order's currency."""

    sku: str
    name: str
    category: str
    qty: int
    raw_need_qty: int
    unit_price: Decimal
    quoted_price: Decimal | None
    amount: Decimal
    reason: str

    @property
    def price_text(self) -> str:
        """Return the unit price as people read it."""
        return formats.number(self.unit_price.normalize())


@dataclass(frozen=True, slots=True)
class Against:
    """The prices of an order against others: `share` of the value compared, 0.021 for + 2.1 %.

    `line_count` lines could be compared. The figures are those of the line that differs most.
    """

    share: Decimal
    line_count: int
    sku: str
    unit_price: Decimal
    other_price: Decimal
    order_number: str = ""
    on: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference to the version before: the name of the SKU, or the field of the head."""

    name: str
    field: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        """Return the name of a field of the head."""
        return str(HEAD_WORDS.get(self.field, self.field))


@dataclass(frozen=True, slots=True)
class Card:
    """One order that waits, or waited, with all that speaks for and against it."""

    request: ApprovalRequest
    order: PurchaseOrder
    amount: Decimal
    lines: tuple[CardLine, ...]
    agreed: Against | None
    last: Against | None
    since_revision: int | None
    changes: tuple[Change, ...]
    cover: Cover | None
    cover_name: str
    budget: Budget | None

    @property
    def agreed_text(self) -> str:
        """Return the distance to agreed prices, such as `+ 2.1 %`."""
        return signed(self.agreed.share) if self.agreed else ""

    @property
    def last_text(self) -> str:
        """Return the distance to the last prices paid."""
        return signed(self.last.share) if self.last else ""

    @property
    def last_price_text(self) -> str:
        """Return the last price of the line that differs most."""
        return formats.number(self.last.other_price.normalize()) if self.last else ""

    @property
    def rate_text(self) -> str:
        """Return the exchange rate as people quote it: the larger of both ways."""
        rate = self.order.fx_rate
        if not rate:
            return ""
        shown = rate if rate >= 1 else (1 / rate)
        return formats.number(shown.quantize(Decimal("0.0001")).normalize())

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why prices leave the agreement, each reason once."""
        return tuple(dict.fromkeys(line.reason for line in self.lines if line.reason))


def signed(share: Decimal) -> str:
    """Return a share as a percentage with its sign: `+ 2.1 %`, `0.0 %`."""
    sign = "+ " if share > 0 else ""
    return f"{sign}{formats.number(share * 100, 1)} %"


def order_id_of(request: ApprovalRequest) -> int:
    """Return the id of the order a request is about."""
    return int(request.document_key.rpartition(":")[2])


def orders_of(requests: Sequence[ApprovalRequest]) -> dict[int, PurchaseOrder]:
    """Return the orders of requests by the id of the request, in one query."""
    ids = {request.pk: order_id_of(request) for request in requests}
    if not ids:
        return {}
    rows = PurchaseOrder.objects.select_related("supplier", "agreement")
    found = rows.in_bulk(list(set(ids.values())))
    return {request_id: found[order_id] for request_id, order_id in ids.items()}


def card(request: ApprovalRequest, *, now: dt.datetime) -> Card:
    """Return the card of a request, in a constant number of queries.

    Shows the revision that was asked for, whatever became of the order since.
    """
    order = orders_of([request])[request.pk]
    revisions = PurchaseRevision.objects.filter(order=order, revision__lte=request.revision)
    newest = list(revisions.order_by("-revision")[:2])
    snapshot: Snapshot = newest[0].snapshot
    before = newest[1] if len(newest) > 1 else None
    skus = _skus(snapshot, before.snapshot if before else {"lines": []})
    lines = tuple(_line(line, skus, order.currency) for line in snapshot["lines"])
    cover = _cover(order, lines, skus, now)
    return Card(
        request=request,
        order=order,
        amount=Decimal(snapshot["total"]),
        lines=lines,
        agreed=_agreed(lines),
        last=_last(order, lines, skus),
        since_revision=before.revision if before else None,
        changes=changes(before.snapshot, snapshot, skus) if before else (),
        cover=cover,
        cover_name=next(
            (sku.name for sku in skus.values() if cover is not None and sku.pk == cover.sku_id), ""
        ),
        budget=budget_for(request.amount_base, without=order.pk, now=now),
    )


def _cover(
    order: PurchaseOrder, lines: Sequence[CardLine], skus: Mapping[str, Sku], now: dt.datetime
) -> Cover | None:
    """Return the cover of the SKU that runs out first; None when none of them sold."""
    wanted = {skus[line.sku].pk: line.qty for line in lines if line.sku in skus}
    found = cover_of(order, wanted, now=now)
    return found[0] if found and found[0].sold_qty > 0 else None


def changes(
    before: Snapshot, after: Snapshot, skus: Mapping[str, Sku] | None = None
) -> tuple[Change, ...]:
    """Return what differs between two snapshots, with the names of SKUs."""
    known = skus if skus is not None else _skus(before, after)
    return tuple(_change(one, known) for one in differences(before, after))


def _change(one: Difference, skus: Mapping[str, Sku]) -> Change:
    name = skus[one.sku].name if one.sku in skus else one.sku
    return Change(name, one.field, one.before, one.after)


def _skus(*snapshots: Snapshot) -> dict[str, Sku]:
    codes = {line["sku"] for snapshot in snapshots for line in snapshot["lines"]}
    rows = Sku.objects.select_related("product").filter(code__in=codes)
    return {sku.code: sku for sku in rows}


def _line(line: Snapshot, skus: Mapping[str, Sku], currency: str) -> CardLine:
    sku = skus.get(line["sku"])
    price, quoted = Decimal(line["unit_price"]), line["quoted_price"]
    return CardLine(
        sku=line["sku"],
        name=sku.name if sku else line["sku"],
        category=sku.product.category if sku and sku.product else "",
        qty=line["qty"],
        raw_need_qty=line["raw_need_qty"],
        unit_price=price,
        quoted_price=Decimal(quoted) if quoted is not None else None,
        amount=quantize(price * line["qty"], currency),
        reason=line["reason"],
    )


def _agreed(lines: Sequence[CardLine]) -> Against | None:
    pairs = [(line, line.quoted_price) for line in lines if line.quoted_price]
    return _against([(line, price, "", None) for line, price in pairs])


def _last(
    order: PurchaseOrder, lines: Sequence[CardLine], skus: Mapping[str, Sku]
) -> Against | None:
    """Compare with the newest approved order of the same supplier and currency, SKU by SKU."""
    newest = Window(
        RowNumber(),
        partition_by=[F("sku_id")],
        order_by=[F("order__approved_at").desc(), F("pk").desc()],
    )
    older = (
        PurchaseLine.objects.filter(
            sku__in=[sku.pk for sku in skus.values()],
            order__supplier=order.supplier_id,
            order__currency=order.currency,
            order__approved_at__isnull=False,
        )
        .exclude(order=order.pk)
        .annotate(place=newest)
        .filter(place=1)
        .values_list("sku__code", "unit_price", "order__number", "order__approved_at")
    )
    by_code = {code: (price, number, on) for code, price, number, on in older}
    compared = [
        (line, *by_code[line.sku]) for line in lines if line.sku in by_code and by_code[line.sku][0]
    ]
    return _against(compared)


def _against(
    compared: Sequence[tuple[CardLine, Decimal, str, dt.datetime | None]],
) -> Against | None:
    if not compared:
        return None
    now = sum((line.unit_price * line.qty for line, *_more in compared), Decimal(0))
    then = sum((price * line.qty for line, price, *_more in compared), Decimal(0))
    line, price, number, on = max(
        compared, key=lambda one: (abs(one[0].unit_price / one[1] - 1), one[0].sku)
    )
    share = (now / then - 1).quantize(Decimal("0.0001"))
    return Against(share, len(compared), line.name, line.unit_price, price, number, on)
