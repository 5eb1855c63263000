"""Lines of a purchase order: rounded to what the supplier sells, priced, written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F

from inventory.models import MOST_UNITS, Sku
from suppliers.domain.order_qty import round_up
from suppliers.domain.purchase_hash import plain
from suppliers.models import PurchaseLine, PurchaseOrder, SupplierSku
from suppliers.services.pricing import PriceAsk, PriceQuote, Unpriced, price_lines
from suppliers.services.purchase_drafts import LineAsk
from suppliers.services.purchase_errors import (
    LineUnderWay,
    NoLines,
    PriceMissing,
    PriceReasonNeeded,
    PriceRefused,
    SkuTwice,
    SkuUnknown,
)

#: Where a price comes from beside the sources of a quote.
TYPED, NONE = "TYPED", "NONE"
UNIT = Decimal("0.000001")
LARGEST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all lines of one order share. `kept` lines by SKU id keep price and source."""

    supplier_id: int
    currency: str
    on: dt.date
    required_by: dt.date | None
    order_id: int | None = None
    kept: Mapping[int, PurchaseLine] = field(default_factory=dict)


def prepare(asks: Sequence[LineAsk], terms: Terms) -> list[PurchaseLine]:
    """Return unsaved lines: needs rounded up, priced, positions from 1. At most 6 queries.

    Raises:
        NoLines, SkuTwice, SkuUnknown, PriceRefused: a line is refused.
    """
    skus = _skus(asks)
    goods = _goods(terms.supplier_id, list(skus))
    rows = [
        _rounded(position, ask, skus[ask.sku_id], goods.get(ask.sku_id))
        for position, ask in enumerate(asks, start=1)
    ]
    quotes = price_lines(
        PriceAsk(
            supplier_id=terms.supplier_id,
            on=terms.on,
            required_by=terms.required_by,
            currency=terms.currency,
            exclude_order_id=terms.order_id,
        ),
        [(row.sku_id, row.qty) for row in rows],
    )
    for row, ask, quote in zip(rows, asks, quotes, strict=True):
        known = terms.kept.get(row.sku_id)
        if known is not None and ask.unit_price is None and known.qty == row.qty:
            copy_price(known, row)
        else:
            _price(row, ask, quote)
    return rows


def write(order: PurchaseOrder, wanted: Sequence[PurchaseLine]) -> list[PurchaseLine]:
    """Make the order's lines the wanted ones; a SKU it had keeps its row and what came of it.

    Raises:
        LineUnderWay: a line would lose units that are shipped or received.
    """
    known = {line.sku_id: line for line in PurchaseLine.objects.filter(order=order)}
    for line in wanted:
        _adopt(line, known.pop(line.sku_id, None))
        line.order = order
    for line in known.values():
        refuse_under_way(line, 0, line.sku.code)
    PurchaseLine.objects.filter(pk__in=[line.pk for line in known.values()]).delete()
    _free_positions(order)
    fresh = [line for line in wanted if not line.pk]
    PurchaseLine.objects.bulk_update([line for line in wanted if line.pk], _WRITTEN, batch_size=200)
    PurchaseLine.objects.bulk_create(fresh, batch_size=500)
    return list(wanted)


def refuse_under_way(line: PurchaseLine, qty: int, code: str) -> None:
    """Refuse to order less of a line than is shipped or received.

    Raises:
        LineUnderWay: it would.
    """
    gone = max(line.shipped_qty, line.received_qty)
    if qty < gone:
        raise LineUnderWay(qty=gone, sku=code)


def refuse_unpriced(lines: Sequence[PurchaseLine]) -> None:
    """Refuse lines without a price, or off the agreement without a reason.

    Raises:
        PriceMissing, PriceReasonNeeded: the first such line.
    """
    for line in lines:
        if line.price_source == NONE:
            raise PriceMissing(sku=line.sku.code)
        if is_off(line) and not line.off_agreement_reason:
            quoted = plain(line.quoted_price) if line.quoted_price is not None else "-"
            raise PriceReasonNeeded(sku=line.sku.code, price=plain(line.unit_price), quoted=quoted)


def moved(lines: Sequence[PurchaseLine], terms: Terms) -> list[str]:
    """Return the SKUs whose quote, least order or pack is not what their line was saved with."""
    asks = [LineAsk(line.sku_id, line.raw_need_qty) for line in lines]
    return [
        old.sku.code
        for old, now in zip(lines, prepare(asks, terms), strict=True)
        if (old.qty, old.quoted_price) != (now.qty, now.quoted_price)
    ]


def is_off(line: PurchaseLine) -> bool:
    """Return whether the line is ordered at another price than agreement or list say."""
    return line.quoted_price is None or line.unit_price != line.quoted_price


def copy_price(source: PurchaseLine, target: PurchaseLine) -> None:
    """Give a line the price of another one, with where it comes from."""
    for name in _PRICE:
        setattr(target, name, getattr(source, name))


def parse_price(raw: Decimal, code: str) -> Decimal:
    """Return a typed price with 6 decimals.

    Raises:
        PriceRefused: it is negative, endless, too large or finer than 6 decimals.
    """
    if not raw.is_finite() or not 0 <= raw < LARGEST:
        raise PriceRefused(sku=code)
    price = raw.quantize(UNIT)
    if price != raw:
        raise PriceRefused(sku=code)
    return price


_PRICE = (
    "unit_price",
    "quoted_price",
    "price_source",
    "price_trace",
    "agreement_line_id",
    "off_agreement_reason",
)
_WRITTEN = (
    "position",
    "raw_need_qty",
    "qty",
    "moq_qty",
    "multiple_qty",
    "unit_price",
    "quoted_price",
    "price_source",
    "price_trace",
    "agreement_line",
    "off_agreement_reason",
    "confirmed_qty",
    "confirmed_on",
)
_KEPT = ("shipped_qty", "received_qty", "short_qty", "invoiced_qty")


def _skus(asks: Sequence[LineAsk]) -> dict[int, Sku]:
    if not asks:
        raise NoLines(most=MOST_UNITS)
    skus = Sku.objects.in_bulk([ask.sku_id for ask in asks])
    seen: set[int] = set()
    for ask in asks:
        if ask.sku_id not in skus:
            raise SkuUnknown(sku=ask.sku_id)
        if ask.sku_id in seen:
            raise SkuTwice(sku=skus[ask.sku_id].code)
        seen.add(ask.sku_id)
    return skus


def _goods(supplier_id: int, sku_ids: list[int]) -> dict[int, SupplierSku]:
    rows = SupplierSku.objects.filter(supplier_id=supplier_id, sku_id__in=sku_ids, is_active=True)
    return {row.sku_id: row for row in rows}


def _rounded(position: int, ask: LineAsk, sku: Sku, goods: SupplierSku | None) -> PurchaseLine:
    moq, multiple = (goods.moq_qty, goods.multiple_qty) if goods is not None else (1, 1)
    units = ask.need_qty if ask.qty is None else ask.qty
    if type(units) is not int or not 1 <= units <= MOST_UNITS or ask.need_qty < 0:
        raise NoLines(most=MOST_UNITS)
    qty = round_up(units, moq_qty=moq, multiple_qty=multiple) if ask.qty is None else units
    if qty > MOST_UNITS:
        raise NoLines(most=MOST_UNITS)
    return PurchaseLine(
        position=position,
        sku=sku,
        raw_need_qty=ask.need_qty,
        qty=qty,
        moq_qty=moq,
        multiple_qty=multiple,
        off_agreement_reason=ask.reason.strip()[:200],
    )


def _price(line: PurchaseLine, ask: LineAsk, quote: PriceQuote | Unpriced) -> None:
    line.price_trace = list(quote.trace)
    if isinstance(quote, PriceQuote):
        line.quoted_price = quote.unit_price
        line.price_source = quote.source
        line.agreement_line_id = quote.agreement_line_id
    else:
        line.price_source = NONE
    if ask.unit_price is not None:
        line.unit_price = parse_price(ask.unit_price, line.sku.code)
        if line.unit_price != line.quoted_price:
            line.price_source, line.agreement_line_id = TYPED, None
    else:
        line.unit_price = line.quoted_price if line.quoted_price is not None else Decimal(0)
    if not is_off(line):
        line.off_agreement_reason = ""


def _adopt(line: PurchaseLine, known: PurchaseLine | None) -> None:
    if known is None:
        return
    refuse_under_way(known, line.qty, line.sku.code)
    line.pk = known.pk
    for name in _KEPT:
        setattr(line, name, getattr(known, name))
    if known.qty == line.qty:
        line.confirmed_qty, line.confirmed_on = known.confirmed_qty, known.confirmed_on


def _free_positions(order: PurchaseOrder) -> None:
    """Move what is left out of the way: two lines may swap their positions."""
    PurchaseLine.objects.filter(order=order).update(position=F("position") + MOST_UNITS)
