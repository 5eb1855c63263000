"""What the pages show of a draft: the money of each outcome, variants, places, one line each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext as _

from inventory.models import Sku, Warehouse
from orders.models import Shipment
from returns import portal_words
from returns.domain.refund_math import (
    WAY_OF,
    Breakdown,
    RefundItem,
    RefundTerms,
    Way,
    breakdown,
)
from returns.models import ReturnDraft, ReturnReason
from returns.services import exchange_offers, return_labels
from returns.services.portal_drafts import Choice, Standing

#: Outcomes without money of their own.
_FREE: Final = frozenset({"replacement", "repair"})


@dataclass(frozen=True, slots=True)
class Option:
    """One outcome that a customer may choose. `amount` above zero is given, below it is paid."""

    value: str
    title: str
    hint: str
    amount: Decimal | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """One item with its outcomes. `returnless`: the customer keeps it."""

    order_line_id: int
    sku_code: str
    name: str
    qty: int
    reason: str
    is_kept: bool
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """One item of the last page."""

    sku_code: str
    name: str
    qty: int
    reason: str
    outcome: str
    is_kept: bool


def offered(standing: Standing, *, at: dt.datetime, is_chinese: bool) -> list[OfferedItem]:
    """Return the items of a draft with what each may become, the money and the stock of now."""
    reasons = reason_names(standing, is_chinese)
    return [
        OfferedItem(
            one.line.order_line_id,
            one.line.sku_code,
            name_of(one, is_chinese),
            one.qty,
            reasons.get(one.reason_code, ""),
            one.line.verdict.is_returnless,
            _options(one, standing.returns.currency, at, is_chinese),
        )
        for one in standing.choices
    ]


def _options(one: Choice, currency: str, at: dt.datetime, is_chinese: bool) -> tuple[Option, ...]:
    found: list[Option] = []
    for code in one.line.verdict.resolutions:
        if code == "exchange":
            found += _variants(one, at, is_chinese)
        elif code in WAY_OF or code in _FREE:
            found.append(
                Option(
                    code,
                    str(portal_words.OUTCOMES[code]),
                    str(portal_words.HINTS.get(code, "")),
                    _amount(one, code, currency),
                    False,
                )
            )
    chosen = f"{one.resolution}:{one.sku_id}" if one.sku_id else one.resolution
    if chosen not in {option.value for option in found}:
        chosen = found[0].value if found else ""
    return tuple(
        Option(option.value, option.title, option.hint, option.amount, option.value == chosen)
        for option in found
    )


def _variants(one: Choice, at: dt.datetime, is_chinese: bool) -> list[Option]:
    found = []
    offered = exchange_offers.offers(one.line.order_line_id, at=at, qty=one.qty)
    for offer in exchange_offers.nearest(offered):
        name = (is_chinese and offer.name_zh) or offer.name
        found.append(
            Option(
                f"exchange:{offer.sku_id}",
                _("Exchange for %(name)s") % {"name": name},
                _("%(count)s left") % {"count": offer.available_qty},
                -offer.difference_amount * one.qty,
                False,
            )
        )
    return found


def _amount(one: Choice, resolution: str, currency: str) -> Decimal | None:
    """Return what an outcome gives for this item alone; the way back is taken off once, later."""
    if resolution in _FREE:
        return None
    verdict = one.line.verdict
    item = RefundItem(
        key=one.line.order_line_id,
        qty=one.qty,
        value_amount=one.value_amount,
        gross_amount=one.value_amount,
        way=WAY_OF[resolution],
        restocking_share=verdict.restocking_share,
        bonus_share=verdict.bonus_share,
    )
    return breakdown([item], RefundTerms(currency)).amount_of(WAY_OF[resolution])


def name_of(one: Choice, is_chinese: bool) -> str:
    """Return the item's name in the reader's language."""
    return (is_chinese and one.line.name_zh) or one.line.name


def names(standing: Standing, is_chinese: bool) -> dict[int, str]:
    """Return the items' names by order line."""
    return {one.line.order_line_id: name_of(one, is_chinese) for one in standing.choices}


def reason_names(standing: Standing, is_chinese: bool) -> dict[str, str]:
    """Return the names of the chosen reasons by code. One query."""
    codes = {one.reason_code for one in standing.choices}
    rows = ReturnReason.objects.filter(code__in=codes).order_by("code")
    return {row.code: (is_chinese and row.name_zh) or row.name for row in rows}


def summary(standing: Standing, *, is_chinese: bool) -> list[SummaryItem]:
    """Return what the last page says of each item. Two queries."""
    reasons = reason_names(standing, is_chinese)
    wanted = {one.sku_id for one in standing.choices if one.sku_id}
    variants = Sku.objects.in_bulk(wanted) if wanted else {}
    found = []
    for one in standing.choices:
        outcome = str(portal_words.OUTCOMES[one.resolution])
        if one.sku_id and one.sku_id in variants:
            sku = variants[one.sku_id]
            name = (is_chinese and sku.name_zh) or sku.name
            outcome = _("Exchange for %(name)s") % {"name": name}
        found.append(
            SummaryItem(
                one.line.sku_code,
                name_of(one, is_chinese),
                one.qty,
                reasons.get(one.reason_code, ""),
                outcome,
                one.line.verdict.is_returnless,
            )
        )
    return found


def rows_of(shown: Breakdown | None, item_names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return a breakdown in words: for each way its rows and their exact sum."""
    if shown is None:
        return []
    blocks = []
    for way in Way:
        rows = shown.of_way(way)
        if rows:
            blocks.append(
                {
                    "way": way.value,
                    "title": portal_words.OUTCOMES[way.value],
                    "amount": shown.amount_of(way),
                    "currency": shown.currency,
                    "rows": [
                        {
                            "text": portal_words.ROWS[row.code],
                            "item": item_names.get(row.key, "") if row.key else "",
                            "qty": row.qty,
                            "amount": row.amount,
                        }
                        for row in rows
                    ],
                }
            )
    return blocks


def photo_counts(draft: ReturnDraft) -> dict[int, int]:
    """Return how many photos each line of a draft has. One query."""
    rows = draft.photos.values("order_line_id").annotate(count=Count("pk"))
    return {row["order_line_id"]: row["count"] for row in rows.order_by("order_line_id")}


def deadline(standing: Standing) -> dt.date | None:
    """Return the day by which all items must be sent, None where nothing ends."""
    days = [one.line.verdict.deadline_on for one in standing.choices]
    return min((day for day in days if day is not None), default=None)


def destination(standing: Standing) -> Warehouse | None:
    """Return where the items would go: the policy's place, else the one that sent them."""
    code = standing.returns.decision.destination_code
    if code:
        found = Warehouse.objects.filter(code=code).first()
        if found is not None:
            return found
    sent = [pk for one in standing.choices for pk in one.line.shipment_line_ids]
    shipments = Shipment.objects.filter(lines__in=sent).select_related("warehouse")
    shipment = shipments.order_by("pk").first()
    return shipment.warehouse if shipment is not None else None


def crosses_border(standing: Standing, place: Warehouse | None) -> bool:
    """Say whether the parcel back passes customs."""
    if place is None or all(one.line.verdict.is_returnless for one in standing.choices):
        return False
    return return_labels.crosses_border(standing.returns.order.ship_country, place.country)


def stores() -> list[Warehouse]:
    """Return the stores that take goods back, by name."""
    return list(Warehouse.objects.filter(kind="store", is_active=True).order_by("name", "pk"))
