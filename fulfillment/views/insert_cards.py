"""What the pack screen shows of extras: what to add now, what is in, what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fulfillment.models import Carton, CartonExtra
from fulfillment.services.inserts import SCANNED
from fulfillment.verdicts.insert_reasons import REASONS
from inventory.models import BinStock


@dataclass(frozen=True)
class ExtraCard:
    """One extra as the packer sees it. `facts` are campaign, brand and language."""

    extra: CartonExtra
    name: str
    reason: str
    facts: str
    is_now: bool = False
    shelf: str = ""
    left_qty: int = 0


def extras_context(carton: Carton) -> dict[str, Any]:
    """Return the column of extras: two queries, a third while one waits."""
    rows = list(CartonExtra.objects.filter(carton=carton).on_card())
    scanned = [row for row in rows if row.kind in SCANNED]
    # Goods come first: an insert is asked for once every unit is in.
    is_due = carton.state == "verified"
    now = next((row for row in scanned if is_due and row.state == "planned"), None)
    cards = [_card(row, carton, is_now=row is now) for row in scanned if row.state != "skipped"]
    boxes = [row for row in rows if row.kind == "packaging" and row.state != "skipped"]
    return {
        "extras": cards,
        "left_out": [_card(row, carton) for row in rows if _is_told(row)],
        "extras_done": sum(card.extra.state == "added" for card in cards),
        "insert_now": next((card for card in cards if card.is_now), None),
        "wanted_box": boxes[0].sku if boxes else None,
    }


def _is_told(row: CartonExtra) -> bool:
    """Say whether a packer should know that this was left out; the control group is not told."""
    return row.state == "skipped" and row.reason in {
        "MISSING_AT_BENCH",
        "OUT_OF_STOCK",
        "NO_CODE_LEFT",
        "GIFT_ORDER",
    }


def _card(row: CartonExtra, carton: Carton, *, is_now: bool = False) -> ExtraCard:
    shelf, left_qty = _shelf(row, carton) if is_now else ("", 0)
    return ExtraCard(
        extra=row,
        name=in_language(row.sku.name, row.sku.name_zh),
        reason=_reason(row),
        facts=_facts(row),
        is_now=is_now,
        shelf=shelf,
        left_qty=left_qty,
    )


def _reason(row: CartonExtra) -> str:
    if row.reason:
        return _(REASONS[row.reason])
    return in_language(row.rule.name, row.rule.name_zh)


def _facts(row: CartonExtra) -> str:
    campaign = row.campaign
    if campaign is None:
        return ""
    until = _("until %(day)s") % {"day": campaign.valid_until_on.isoformat()}
    name = in_language(campaign.name, campaign.name_zh)
    return " · ".join(part for part in (name, campaign.brand, campaign.language, until) if part)


def _shelf(row: CartonExtra, carton: Carton) -> tuple[str, int]:
    stock = BinStock.objects.filter(
        sku_id=row.sku_id, bin__warehouse_id=carton.shipment.warehouse_id, qty__gt=0
    )
    places = stock.values_list("bin__code").annotate(units=Sum("qty")).order_by("bin__code")
    found = list(places[:20])
    return (found[0][0] if found else "—", sum(units for _code, units in found))


def in_language(english: str, chinese: str) -> str:
    """Return the name in the language of the page."""
    return chinese if chinese and (get_language() or "").startswith("zh") else english
